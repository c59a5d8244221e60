from smtplib import SMTPException

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.digests.news import digest_for
from councils.actions import claim_digest, give_digest_back
from councils.models import User


class Command(BaseCommand):
    help = (
        "E-mail each member what waits for them, as often as they chose. To be run once a day or "
        "oftener: nobody is sent two in a period, however often or however many at once it runs."
    )

    def handle(self, **options):
        if not settings.SITE_URL:
            raise CommandError("Set SITE_URL, so that messages can link to the planner.")
        sent, failed = 0, 0
        now = timezone.now()
        for user in User.objects.due_a_digest(now):
            message = digest_for(user, now=now)
            if message is None or not claim_digest(user, now=now):
                continue
            try:
                message.send()
            except (SMTPException, OSError) as error:
                give_digest_back(user, now=now)
                self.stderr.write(f"Person {user.pk}: not sent ({error.__class__.__name__}).")
                failed += 1
            else:
                sent += 1
        self.stdout.write(f"Sent {sent} digest{'' if sent == 1 else 's'}.")
        if failed:
            raise CommandError(f"{failed} could not be sent; the next run tries them again.")
