"""The action plan as a file: what to download, then the file in one of the formats."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import plan_for
from assessments.plans.actions import record_export
from assessments.plans.models import PlanItem
from assessments.plans.progress import Tally
from assessments.printing.pdf import PdfNotMade
from assessments.printing.responses import file_response, no_pdf
from assessments.printing.text import missing_characters
from assessments.printing.turns import in_turn
from councils.permissions import Right

from .formats import FORMATS
from .forms import ExportForm, from_link
from .report import report_for

MISSING_SHOWN = 20  # characters listed on the page


@require_safe
def options(request, plan_id):
    """Ask what to download. A link can preselect it: ?scope=stage-2&open=1."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EXPORT)
    data = from_link(request.GET) if "scope" in request.GET else None
    form = _form(plan, data)
    status = 200 if data is None or form.is_valid() else 422
    return _page(request, plan, rights, form, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def download(request, plan_id, key):
    """Send the file in one format. It leaves an event, so it needs a POST; a GET is redirected."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EXPORT)
    if request.method != "POST":
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(reverse("action_plan", args=[plan.pk]) + query)
    today = timezone.localdate()
    file_format = FORMATS[key]
    form = _form(plan, request.POST, file_format=file_format)
    is_valid = form.is_valid()
    if file_format.needs_reason(plan, today) and not rights.can_manage:
        raise PermissionDenied(
            f"During the pre-election period, only a plan owner can download the "
            f"{file_format.name}."
        )
    if not is_valid:
        return _page(request, plan, rights, form, status=422)
    report = report_for(
        plan,
        scope=form.cleaned_data["scope"],
        options=file_format.options_for(form.options),
        today=today,
    )
    missing = missing_characters(report.texts()) if file_format.is_typeset else ""
    if missing and not form.cleaned_data["replace"]:
        return _page(request, plan, rights, form, missing=missing, status=422)
    try:
        content = file_format.draw(report)
    except PdfNotMade as error:
        return no_pdf(
            request,
            error,
            _context(plan, rights),
            layout="assessments/plans/base.html",
            back=reverse("plan", args=[plan.pk]),
            smaller=reverse("action_plan", args=[plan.pk]),
        )
    reason = form.cleaned_data["reason"] if file_format.needs_reason(plan, today) else ""
    detail = file_format.contents_in_words(report, reason=reason)
    record_export(plan, by=request.user, detail=detail)
    return file_response(
        content, file_format.content_type, f"{report.file_stem}.{file_format.ending}"
    )


def _form(plan, data, *, file_format=None):
    today = timezone.localdate()
    rows = PlanItem.objects.live().on(plan).tally_by("plan", today=today)
    return ExportForm(
        data,
        plan=plan,
        stage=plan.boundaries.stage_on(today),
        tally=sum(map(Tally.of, rows), Tally()),
        today=today,
        file_format=file_format,
    )


def _page(request, plan, rights, form, *, missing="", status):
    """Render the options page. `missing` are the characters that the PDF cannot show."""
    today = timezone.localdate()
    formats = [
        (each, each.needs_reason(plan, today) and not rights.can_manage)
        for each in FORMATS.values()
    ]
    context = _context(plan, rights) | {
        "form": form,
        "formats": formats,
        "is_held_back": any(each.needs_reason(plan, today) for each in FORMATS.values()),
        "missing": " ".join(missing[:MISSING_SHOWN]),
        "missing_more": max(0, len(missing) - MISSING_SHOWN),
    }
    return render(request, "assessments/exports/options.html", context, status=status)


def _context(plan, rights):
    return {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
    }
