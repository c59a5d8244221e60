from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from councils.actions import forget_invitation, forgettable_invitations
from councils.models import User


class Command(BaseCommand):
    help = (
        "Erase the names and addresses of people who were invited and never joined: those whose "
        "invitations were withdrawn or expired INVITATION_RETENTION_DAYS ago, or one address. "
        "Shows what it would do; does it with --confirm. It cannot be undone."
    )

    def add_arguments(self, parser):
        parser.add_argument("--email", default="", help="only this address, at any time")
        parser.add_argument(
            "--confirm", action="store_true", help="erase them; without it, only list them"
        )

    def handle(self, *, email, confirm, **options):
        if email and User.objects.filter(email=email.strip().lower()).exists():
            raise CommandError(f"{email} has an account. Use erase_person.")
        cutoff = timezone.now() - timedelta(days=settings.INVITATION_RETENTION_DAYS)
        invitations = list(forgettable_invitations(closed_before=cutoff, email=email))
        if not invitations:
            self.stdout.write("There is nothing to erase.")
            return
        for invitation in invitations:
            if confirm:
                forget_invitation(invitation, by=None)
            self.stdout.write(
                f"{invitation.council}: invitation {invitation.pk}, "
                f"sent on {invitation.sent_at:%d %B %Y}"
            )
        done = "Erased" if confirm else "Would erase"
        self.stdout.write(f"{done} {len(invitations)}.")
        if not confirm:
            self.stdout.write("Nothing was changed. Run it again with --confirm to go ahead.")
