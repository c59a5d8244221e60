"""The action plan as a file: what to take, then a PDF, an Excel log or a Word report."""

from dataclasses import replace

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
from assessments.words import within_sentence
from councils.permissions import Right

from . import excel as spreadsheet
from . import word as committee
from .forms import ExportForm, from_link
from .pdf import render_pdf
from .report import report_for


@require_safe
def options(request, plan_id):
    """Ask what to take. A link may have answered already: ?scope=stage-2&open=1."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EXPORT)
    data = from_link(request.GET) if "scope" in request.GET else None
    form = _form(plan, data)
    status = 200 if data is None or form.is_valid() else 422
    return _page(request, plan, rights, form, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def pdf(request, plan_id):
    """The file. It leaves an event, so it is asked for by POST; a link leads to the questions."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EXPORT)
    if request.method != "POST":
        return _to_the_questions(request, plan)
    form = _form(plan, request.POST)
    if not form.is_valid():
        return _page(request, plan, rights, form, status=422)
    report = report_for(
        plan, scope=form.cleaned_data["scope"], options=form.options, today=timezone.localdate()
    )
    try:
        content = render_pdf(report)
    except PdfNotMade as error:
        return no_pdf(
            request,
            error,
            _context(plan, rights),
            layout="assessments/plans/base.html",
            back=reverse("plan", args=[plan.pk]),
            smaller=reverse("action_plan", args=[plan.pk]),
        )
    record_export(plan, by=request.user, detail=report.contents_in_words)
    return file_response(content, "application/pdf", f"{report.file_stem}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
def excel(request, plan_id):
    """The actions as a log to sort and filter."""
    return _office_file(request, plan_id, spreadsheet.FORMAT)


@require_http_methods(["GET", "HEAD", "POST"])
def word(request, plan_id):
    """The frame of a report to a committee, for officers to finish."""
    return _office_file(request, plan_id, committee.FORMAT)


def _office_file(request, plan_id, made):
    plan, rights = plan_for(request.user, plan_id, needs=Right.EXPORT)
    if request.method != "POST":
        return _to_the_questions(request, plan)
    form = _form(plan, request.POST)
    if not form.is_valid():
        return _page(request, plan, rights, form, status=422)
    options = replace(form.options, register=False)  # it is for the PDF alone
    report = report_for(
        plan, scope=form.cleaned_data["scope"], options=options, today=timezone.localdate()
    )
    content = made.draw(report)
    record_export(
        plan, by=request.user, detail=f"{made.name}: {within_sentence(report.contents_in_words)}"
    )
    return file_response(content, made.content_type, f"{report.file_stem}.{made.ending}")


def _to_the_questions(request, plan):
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(reverse("action_plan", args=[plan.pk]) + query)


def _form(plan, data):
    today = timezone.localdate()
    rows = PlanItem.objects.live().on(plan).tally_by("plan", today=today)
    return ExportForm(
        data,
        plan=plan,
        stage=plan.boundaries.stage_on(today),
        tally=sum(map(Tally.of, rows), Tally()),
    )


def _page(request, plan, rights, form, *, status):
    context = _context(plan, rights) | {"form": form}
    return render(request, "assessments/exports/options.html", context, status=status)


def _context(plan, rights):
    return {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
    }
