from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from assessments.exports.formats import FORMATS
from assessments.exports.forms import LONGEST_REASON
from assessments.exports.report import ExportOptions, report_for
from assessments.exports.scope import Scope, ScopeError
from assessments.plans.actions import record_export
from assessments.plans.models import Plan
from assessments.printing.pdf import (
    PdfBusy,
    PdfInterrupted,
    PdfNoPlaces,
    PdfTooLarge,
    PdfUnavailable,
)
from assessments.printing.text import missing_characters
from assessments.words import day_in_words


class Command(BaseCommand):
    help = "Write a plan to a file: PDF, Excel, Word or CSV. The plan's history records it."

    def add_arguments(self, parser):
        parser.add_argument("plan", help="the plan's number, or its council's short name (slug)")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")
        parser.add_argument("--format", choices=FORMATS, default="pdf", help="pdf (the default)")
        parser.add_argument(
            "--scope",
            default="whole",
            help="whole (the default), summary, stage-2, area-3 or officer-monitoring-officer",
        )
        parser.add_argument("--open-only", action="store_true", help="open actions only")
        parser.add_argument("--guidance", action="store_true", help="with guidance and prompts")
        parser.add_argument("--no-notes", action="store_true", help="without notes")
        parser.add_argument("--comments", action="store_true", help="with comments")
        parser.add_argument(
            "--reason", default="", help="needed for a Word report in the pre-election period"
        )
        parser.add_argument("--force", action="store_true", help="replace the file if it exists")

    def handle(self, *, plan, output, scope, open_only, guidance, no_notes, force, **options):
        plan = _plan(plan)
        today = timezone.localdate()
        file_format = FORMATS[options["format"]]
        reason = _reason(file_format, plan, today, options["reason"])
        try:
            scope = Scope.parse(scope)
        except ScopeError as error:
            raise CommandError(f"--scope: {error}.") from error
        if scope.kind not in file_format.scopes:
            raise CommandError(f"--scope: a {file_format.name} cannot cover {scope.slug}.")
        if output.exists() and not force:
            raise CommandError(f"{output} exists. Add --force to replace it.")
        choices = ExportOptions(
            open_only=open_only,
            guidance=guidance,
            notes=not no_notes,
            comments=options["comments"],
        )
        report = report_for(
            plan, scope=scope, options=file_format.options_for(choices), today=today
        )
        content = _drawn(file_format, report)
        contents = file_format.contents_in_words(report, reason=reason)
        # Record the download only if the file was written.
        with transaction.atomic():
            record_export(plan, by=None, detail=contents)
            _write(output, content)
        self.stdout.write(f"Wrote {output}: {plan}, {contents}, {report.marking}.")
        if file_format.is_typeset and (missing := missing_characters(report.texts())):
            self.stderr.write(
                f"{len(missing)} characters cannot be printed and are replaced: {' '.join(missing)}"
            )


def _reason(file_format, plan, today, text):
    """Return the reason to record. Raises CommandError if one is needed and there is none."""
    if not file_format.needs_reason(plan, today):
        return ""
    reason = " ".join(text.split())
    if not reason:
        raise CommandError(
            f"It is the pre-election period. Add --reason to write the {file_format.name}."
        )
    if len(reason) > LONGEST_REASON:
        raise CommandError(f"--reason must be {LONGEST_REASON} characters or fewer.")
    return reason


def _drawn(file_format, report):
    """Return the file, waiting for a place if it goes through the press. Raises CommandError."""
    if not file_format.is_typeset:
        return file_format.draw(report)
    try:
        return file_format.draw(report, wait=settings.PDF_SECONDS)
    except (PdfUnavailable, PdfInterrupted, PdfNoPlaces) as error:
        raise CommandError(str(error)) from error
    except PdfBusy as error:
        raise CommandError("The server is busy making other PDFs. Try again.") from error
    except PdfTooLarge as error:
        raise CommandError("That is too large for one PDF. Choose a smaller --scope.") from error


def _plan(text):
    plans = Plan.objects.with_all_stages().select_related("council")
    if text.isascii() and text.isdigit():
        plan = plans.filter(pk=text).first()
        if plan is None:
            raise CommandError(f"There is no plan {text}.")
        return plan
    found = list(plans.filter(council__slug=text))
    if not found:
        raise CommandError(f"There is no plan of a council called {text}.")
    if len(found) > 1:
        listed = "; ".join(f"{plan.pk} for {day_in_words(plan.election_day)}" for plan in found)
        raise CommandError(f"{text} has several plans. Give a number: {listed}.")
    return found[0]


def _write(path, content):
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"Could not write {path}: {error.strerror}.") from error
