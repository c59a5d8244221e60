from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from assessments.data_protection.council_export import RestrictedSelection, export_council
from assessments.printing.pdf import PdfNotMade
from assessments.rounds.actions import keep_results_of
from councils.actions import record_data_export
from councils.models import Council
from councils.one_moment import in_one_moment


class Command(BaseCommand):
    help = (
        "Write the data held for one council, and nothing of another council, to a zip file. "
        "The council's record shows that it was exported."
    )

    def add_arguments(self, parser):
        parser.add_argument("council", metavar="SLUG")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")
        parser.add_argument("--no-pdfs", action="store_true", help="without the action plans")
        parser.add_argument(
            "--restricted-notes",
            action="store_true",
            help="with all restricted notes, scenarios, and requests and amendments in "
            "confidence; only if the council's owners ask",
        )
        parser.add_argument(
            "--complete",
            action="store_true",
            help="for import_council: with everything that another installation needs, including "
            "all restricted texts and answers in review rounds that owners cannot read, and "
            "without PDFs; the file is for system administrators only",
        )
        parser.add_argument("--force", action="store_true", help="replace the file if it exists")

    def handle(self, *, council, output, no_pdfs, restricted_notes, complete, force, **options):
        found = Council.objects.filter(slug=council).first()
        if found is None:
            raise CommandError(f"No council has the slug '{council}'.")
        if output.exists() and not force:
            raise CommandError(f"{output} exists. Add --force to replace it.")
        restricted = RestrictedSelection.everything() if restricted_notes else None
        pdfs = not (no_pdfs or complete)
        unfinished = output.with_name(f"{output.name}.part")
        keep_results_of(found)  # before the moment: it waits for rounds that are being closed
        try:
            with in_one_moment():
                contents = self._write(
                    found, unfinished, pdfs=pdfs, restricted=restricted, complete=complete
                )
            said = contents.in_words(pdfs=pdfs, restricted=restricted is not None)
            # The event is kept only if the file is. It has a transaction of its own, since the
            # record may have grown after the moment that the first one sees.
            with transaction.atomic():
                record_data_export(found, by=None, contents=said)
                unfinished.replace(output)
        except PdfNotMade as error:
            raise CommandError(f"{error}. Or leave the PDFs out with --no-pdfs.") from error
        except OSError as error:
            raise CommandError(f"Could not write {output}: {error.strerror}.") from error
        finally:
            unfinished.unlink(missing_ok=True)
        self.stdout.write(f"Wrote {output}: {found}, {said}.")
        if complete and contents.head:
            self.stdout.write(f"Give import_council the head of its record: --head {contents.head}")

    def _write(self, council, path, *, pdfs, restricted, complete):
        path.unlink(missing_ok=True)
        path.touch(0o600)
        with path.open("wb") as file:
            return export_council(
                council, file, pdfs=pdfs, restricted=restricted, complete=complete
            )
