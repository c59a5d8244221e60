from django.core.management.base import BaseCommand

from assessments.portfolio.actions import clear_bundles


class Command(BaseCommand):
    help = "Delete zips of action plans that were asked for more than a day ago."

    def handle(self, **options):
        self.stdout.write(f"Deleted {clear_bundles()} zips.")
