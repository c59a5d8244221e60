from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.data_protection.actions import AlreadyDeleted, NotDue, OnHold, purge_expired_plan
from assessments.data_protection.expiry import due_for_deletion
from assessments.words import day_in_words
from councils.models import Council


class Command(BaseCommand):
    help = (
        "Permanently delete plans whose retention period is over, by their councils' rules. Shows "
        "what it would do; does it with --confirm. Each plan leaves a certificate."
    )

    def add_arguments(self, parser):
        parser.add_argument("councils", nargs="*", metavar="SLUG", help="default: all councils")
        parser.add_argument("--confirm", action="store_true", help="delete them; cannot be undone")

    def handle(self, *, councils, confirm, **options):
        chosen = Council.objects.all()
        if councils:
            unknown = set(councils) - set(Council.objects.values_list("slug", flat=True))
            if unknown:
                raise CommandError(f"No council has the slug {', '.join(sorted(unknown))}.")
            chosen = chosen.filter(slug__in=councils)
        due, today = 0, timezone.localdate()
        for expiry, retention in due_for_deletion(chosen, today):
            what = f"{expiry.plan}, which ended on {day_in_words(expiry.ends)}"
            if retention.hold:
                self.stdout.write(f"On hold ({retention.hold}): {what}.")
                continue
            due += 1
            if not confirm:
                self.stdout.write(f"Would delete {what}. {retention.rule}.")
                continue
            try:
                certificate = purge_expired_plan(expiry.plan, today=today)
            except OnHold as error:
                self.stdout.write(f"On hold ({error}): {what}.")
            except AlreadyDeleted:
                self.stdout.write(f"Deleted meanwhile: {what}.")
            except NotDue:
                self.stdout.write(f"Kept, because its period is not over any more: {what}.")
            else:
                self.stdout.write(f"Deleted {what}. Certificate {certificate.pk}.")
        if not due:
            self.stdout.write("No plan has reached the end of its retention period.")
        elif not confirm:
            self.stdout.write("Nothing was changed. Run it again with --confirm to delete.")
