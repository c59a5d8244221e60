from smtplib import SMTPException

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.digests.news import digest_for
from councils.actions import claim_digest, give_digest_back
from councils.models import User


class Command(BaseCommand):
    help = (
        "Send email updates to the people who are due one. Run it at least once a day: no one is "
        "sent 2 in a period, however often it runs."
    )

    def handle(self, **options):
        if not settings.SITE_URL:
            raise CommandError("Set SITE_URL, so that emails can link to the planner.")
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
        self.stdout.write(f"Sent {sent} email update{'' if sent == 1 else 's'}.")
        if failed:
            raise CommandError(f"{failed} could not be sent. The next run will try them again.")
