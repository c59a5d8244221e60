from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessments.seats.actions import suggest_compositions
from assessments.words import counted
from councils.models import Council
from elections.open_council_data import OpenCouncilDataError, read_councillors


class Command(BaseCommand):
    help = (
        "Suggest the composition of councils from a CSV file of councillors by council and party, "
        "as Open Council Data UK publishes it. Download the file yourself: nothing is fetched. An "
        "officer of each council confirms or dismisses its suggestion. Safe to run again."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="the CSV file")
        parser.add_argument("--council", help="suggest to this council only: its slug")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be suggested, and save nothing"
        )

    def handle(self, *, file, council, dry_run, **options):
        only = None
        if council:
            only = Council.objects.filter(slug=council).first()
            if only is None:
                raise CommandError(f"There is no council with the slug '{council}'.")
        try:
            reading = read_councillors(Path(file).read_bytes().decode("utf-8-sig"))
        except OSError as error:
            raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(
                f"{file} is not UTF-8 text. If it came from Excel, save it as 'CSV UTF-8'."
            ) from error
        except OpenCouncilDataError as error:
            raise CommandError(str(error)) from error
        outcome = suggest_compositions(reading.suggestions, only=only, dry_run=dry_run)
        for each, found in outcome.made:
            self.stdout.write(f"{each}: {counted(found.composition.seats, 'seat')} suggested")
            for note in found.notes:
                self.stdout.write(f"  {note}")
        for each in outcome.as_recorded:
            self.stdout.write(f"{each}: as recorded, so nothing is suggested")
        for each in outcome.as_dismissed:
            self.stdout.write(f"{each}: suggested before, so nothing is suggested")
        for problem in reading.problems:
            self.stdout.write(self.style.WARNING(problem))
        if only is None:
            for name in outcome.unknown:
                self.stdout.write(self.style.WARNING(f"Unknown council: {name}"))
        elif not (outcome.made or outcome.as_recorded or outcome.as_dismissed):
            self.stdout.write(self.style.WARNING(f"The file has no councillors of {only}"))
        self.stdout.write(
            f"{len(outcome.made)} suggested, {len(outcome.as_recorded)} as recorded, "
            f"{len(outcome.as_dismissed)} suggested before, {len(outcome.unknown)} unknown."
        )
        if dry_run:
            self.stdout.write("This was a dry run: nothing was saved.")
