from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from assessments.data_protection.council_export import RestrictedSelection, export_council
from assessments.printing.pdf import PdfNotMade
from councils.actions import record_data_export
from councils.models import Council


class Command(BaseCommand):
    help = (
        "Write everything held for one council, and nothing of another council, to a zip file. "
        "The council's record shows that it was exported."
    )

    def add_arguments(self, parser):
        parser.add_argument("council", metavar="SLUG")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")
        parser.add_argument("--no-pdfs", action="store_true", help="without the action plans")
        parser.add_argument(
            "--restricted-notes",
            action="store_true",
            help="with all restricted notes, scenarios and requests in confidence; only if the "
            "council's owners ask",
        )
        parser.add_argument("--force", action="store_true", help="replace the file if it exists")

    def handle(self, *, council, output, no_pdfs, restricted_notes, force, **options):
        found = Council.objects.filter(slug=council).first()
        if found is None:
            raise CommandError(f"No council has the slug '{council}'.")
        if output.exists() and not force:
            raise CommandError(f"{output} exists. Add --force to replace it.")
        restricted = RestrictedSelection.everything() if restricted_notes else None
        try:
            # The event is kept only if the file was written.
            with transaction.atomic():
                contents = self._write(found, output, pdfs=not no_pdfs, restricted=restricted)
                record_data_export(found, by=None, contents=contents)
        except PdfNotMade as error:
            raise CommandError(f"{error}. Or leave the PDFs out with --no-pdfs.") from error
        self.stdout.write(f"Wrote {output}: {found}, {contents}.")

    def _write(self, council, output, *, pdfs, restricted):
        unfinished = output.with_name(f"{output.name}.part")
        try:
            with unfinished.open("wb") as file:
                contents = export_council(council, file, pdfs=pdfs, restricted=restricted)
            unfinished.replace(output)
        except OSError as error:
            raise CommandError(f"Could not write {output}: {error.strerror}.") from error
        finally:
            unfinished.unlink(missing_ok=True)
        return contents.in_words(pdfs=pdfs, restricted=restricted is not None)
