from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from assessments.exports.pdf import render_pdf
from assessments.exports.report import ExportOptions, report_for
from assessments.exports.scope import Scope, ScopeError
from assessments.plans.actions import record_export
from assessments.plans.models import Plan
from assessments.printing.pdf import PdfBusy, PdfTooLarge, PdfUnavailable


class Command(BaseCommand):
    help = "Write a plan's action plan to a PDF file. The plan's history records it."

    def add_arguments(self, parser):
        parser.add_argument("plan", help="the plan's number, or its council's short name (slug)")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")
        parser.add_argument(
            "--scope",
            default="whole",
            help="whole (the default), summary, stage-2, area-3 or officer-monitoring-officer",
        )
        parser.add_argument("--open-only", action="store_true", help="open items only")
        parser.add_argument("--guidance", action="store_true", help="with guidance and prompts")
        parser.add_argument("--no-notes", action="store_true", help="without notes")
        parser.add_argument("--comments", action="store_true", help="with comments")
        parser.add_argument("--force", action="store_true", help="replace the file if it exists")

    def handle(self, *, plan, output, scope, open_only, guidance, no_notes, force, **options):
        plan = _plan(plan)
        try:
            scope = Scope.parse(scope)
        except ScopeError as error:
            raise CommandError(f"--scope: {error}.") from error
        if output.exists() and not force:
            raise CommandError(f"{output} exists. Add --force to replace it.")
        report = report_for(
            plan,
            scope=scope,
            options=ExportOptions(
                open_only=open_only,
                guidance=guidance,
                notes=not no_notes,
                comments=options["comments"],
            ),
            today=timezone.localdate(),
        )
        try:
            content = render_pdf(report, wait=settings.PDF_SECONDS)
        except PdfUnavailable as error:
            raise CommandError(str(error)) from error
        except PdfBusy as error:
            raise CommandError("This computer is busy making other PDFs. Try again.") from error
        except PdfTooLarge as error:
            raise CommandError("That is too much for one PDF. Choose a smaller --scope.") from error
        # The event stands only if the file does.
        with transaction.atomic():
            record_export(plan, by=None, detail=report.contents_in_words)
            _write(output, content)
        self.stdout.write(f"Wrote {output}: {plan}, {report.contents_in_words}, {report.marking}.")


def _plan(text):
    plans = Plan.objects.select_related("council")
    if text.isascii() and text.isdigit():
        plan = plans.filter(pk=text).first()
        if plan is None:
            raise CommandError(f"There is no plan {text}.")
        return plan
    found = list(plans.filter(council__slug=text))
    if not found:
        raise CommandError(f"There is no plan of a council called {text}.")
    if len(found) > 1:
        listed = "; ".join(f"{plan.pk} for {plan.election_day:%-d %B %Y}" for plan in found)
        raise CommandError(f"{text} has several plans. Give a number: {listed}.")
    return found[0]


def _write(path, content):
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"Could not write {path}: {error.strerror}.") from error
