from django.core.management.base import BaseCommand

from assessments.portfolio.actions import clear_bundles


class Command(BaseCommand):
    help = "Delete zip files of action plans that were requested more than a day ago."

    def handle(self, **options):
        number = clear_bundles()
        self.stdout.write(f"Deleted {number} zip file{'' if number == 1 else 's'}.")
