from django.core.management.base import BaseCommand

from assessments.comparisons.actions import publish_comparisons
from assessments.words import counted


class Command(BaseCommand):
    help = (
        "Publish the comparison between councils that share their counts. Run it at least once a "
        "day: it publishes once a week, on Monday or the first day after it."
    )

    def handle(self, **options):
        publication = publish_comparisons()
        if publication is None:
            self.stdout.write("This week’s comparison has already been published.")
            return
        number = publication.spreads.count()
        self.stdout.write(f"Published {counted(number, 'figure')} for {publication.week}.")
