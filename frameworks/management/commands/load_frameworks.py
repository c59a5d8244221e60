from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from frameworks.loading import FixtureError, load


class Command(BaseCommand):
    help = (
        "Load or reload the guidance from fixtures/. It is safe to run again: councils' answers do "
        "not change."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--from",
            dest="directory",
            type=Path,
            default=settings.FIXTURE_DIRS[0],
            help="the folder with the fixture files (default: fixtures/)",
        )

        parser.add_argument(
            "--edition",
            dest="editions",
            type=Path,
            action="append",
            default=[],
            help="an edition file to load as well (repeat for several)",
        )

    def handle(self, *, directory, editions=(), **options):
        try:
            report = load(directory, editions)
        except FixtureError as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        for kind, number in sorted(report.created.items()):
            self.stdout.write(f"created {number:>4}  {kind}")
        for label, entries in (
            ("changed", report.changed),
            ("removed", report.removed),
            ("no longer in the files, kept", report.unknown),
        ):
            for entry in entries:
                self.stdout.write(f"{label}: {entry}")
        self.stdout.write(
            f"{report.created.total()} created, {len(report.changed)} changed, "
            f"{len(report.removed)} removed, {report.unchanged.total()} unchanged."
        )
