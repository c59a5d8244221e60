from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.digests.sending import send_due_digests
from assessments.words import counted


class Command(BaseCommand):
    help = (
        "Send email updates to the people who are due one. The worker does so every morning. No "
        "one is sent 2 in a period, however often it runs."
    )

    def handle(self, **options):
        if not settings.SITE_URL:
            raise CommandError("Set SITE_URL, so that emails can link to the planner.")
        done = send_due_digests(now=timezone.now())
        for key, reason in done.failed:
            self.stderr.write(f"Person {key}: not sent ({reason}).")
        self.stdout.write(f"Sent {counted(done.sent, 'email update')}.")
        if done.failed:
            number = len(done.failed)
            raise CommandError(f"{number} could not be sent. The next run will try them again.")
