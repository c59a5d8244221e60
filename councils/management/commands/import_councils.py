from django.core.management.base import BaseCommand, CommandError

from councils.actions import import_councils
from councils.council_directory import DirectoryError, read


class Command(BaseCommand):
    help = (
        "Import councils from a CSV file: mySociety's published UK Local Authorities, or one with "
        "the columns gss, official_name, type, start_date, end_date and current_2025. Safe to run "
        "again: existing councils are brought up to date, and none is deleted."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="the CSV file")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )
        parser.add_argument(
            "--with-shadow",
            action="store_true",
            help="include authorities that are not yet established, for their first election",
        )

    def handle(self, *, file, dry_run, with_shadow, **options):
        try:
            outcome = import_councils(entries=read(file), dry_run=dry_run, with_shadow=with_shadow)
        except DirectoryError as error:
            raise CommandError("\n".join([*error.problems, "Nothing was imported."])) from error

        for line in outcome.changes:
            self.stdout.write(line)
        for line in outcome.links:
            self.stdout.write(line)
        for council in outcome.abolished_but_here:
            self.stdout.write(
                self.style.WARNING(
                    f"{council.name}: abolished according to the file, kept in the planner"
                )
            )
        self.stdout.write(
            f"{len(outcome.created)} created, {outcome.changed} changed, "
            f"{outcome.unchanged} already up to date. "
            f"Left out: {outcome.abolished} abolished, {outcome.to_come} not yet established."
        )
        if dry_run:
            self.stdout.write("This was a dry run: nothing was saved.")
