"""Snapshots of a plan: list, take, view, download and compare."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import plan_for
from assessments.exports.formats import PDF
from assessments.exports.report import ExportOptions, report_for
from assessments.plans.actions import record_export
from assessments.plans.differences import compare as compare_reports
from assessments.plans.models import Snapshot
from assessments.printing.pdf import PdfNotMade
from assessments.printing.responses import file_response, no_pdf
from assessments.printing.text import missing_characters
from assessments.printing.turns import in_turn
from assessments.words import day_in_words, moment_in_words
from councils.once import once
from councils.permissions import Right
from frameworks.models import Stage

from .. import actions
from ..access import snapshot_for
from ..forms import CompareForm, SnapshotForm
from ..frozen import Frozen, report_of


@require_safe
def snapshots(request, plan_id):
    """List the snapshots of the plan, the latest first."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.TAKE_PART)
    found = list(_of(plan))
    return _page(
        request,
        plan,
        rights,
        "list",
        snapshots=[(snapshot, moment_in_words(snapshot.taken_at)) for snapshot in found],
        form=CompareForm(snapshots=found, initial=_latest(found)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request, plan_id):
    """Take a snapshot of some or all stages."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.MANAGE_PLAN)
    stages = Stage.objects.filter(framework=plan.transition_id).order_by("number")
    if request.method != "POST":
        return _page(request, plan, rights, "new", form=SnapshotForm(stages=stages))
    form = SnapshotForm(request.POST, stages=stages)
    if not form.is_valid():
        return _page(request, plan, rights, "new", form=form, status=422)
    try:
        taken = actions.take_snapshot(
            plan,
            form.cleaned_data["stages"],
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
    except actions.TooManySnapshots as error:
        form.add_error(None, str(error))
        return _page(request, plan, rights, "new", form=form, status=422)
    messages.success(request, "The snapshot has been taken.")
    return redirect(taken)


@require_safe
def snapshot(request, plan_id, snapshot_id):
    """Show the plan as it was, and whether the snapshot still matches its checksum."""
    snapshot, plan, rights = snapshot_for(request.user, plan_id, snapshot_id)
    return _snapshot_page(request, plan, rights, Frozen.of(snapshot))


@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def pdf(request, plan_id, snapshot_id):
    """Download the snapshot as PDF. It states the checksum, so nothing altered may be printed.

    It leaves an event, so it needs a POST.
    """
    snapshot, plan, rights = snapshot_for(request.user, plan_id, snapshot_id)
    if request.method != "POST":
        return redirect(snapshot)
    frozen = Frozen.of(snapshot)
    if not frozen.is_intact:
        return _snapshot_page(request, plan, rights, frozen, is_refused=True, status=409)
    report = report_of(frozen)
    try:
        content = PDF.draw(report)
    except PdfNotMade as error:
        return no_pdf(
            request,
            error,
            _context(plan, rights),
            layout="assessments/plans/base.html",
            back=reverse("snapshot", args=[plan.pk, snapshot.pk]),
        )
    record_export(plan, by=request.user, detail=PDF.contents_in_words(report))
    return file_response(content, PDF.content_type, f"{report.file_stem}.{PDF.ending}")


@require_safe
def compare(request, plan_id):
    """Compare 2 snapshots, or one with the plan as it is now, action by action."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.TAKE_PART)
    found = list(_of(plan))
    if "before" not in request.GET:
        form = CompareForm(snapshots=found, initial=_latest(found))
        return _page(request, plan, rights, "compare", form=form, snapshots=found)
    form = CompareForm(request.GET, snapshots=found)
    if not form.is_valid():
        return _page(request, plan, rights, "compare", form=form, snapshots=found, status=422)
    before, before_stages, before_words = _side(plan, form, form.cleaned_data["before"])
    after, after_stages, after_words = _side(plan, form, form.cleaned_data["after"])
    stages = before_stages & after_stages
    return _page(
        request,
        plan,
        rights,
        "compare",
        form=form,
        snapshots=found,
        before=before_words,
        after=after_words,
        stages=sorted(stages),
        steps=compare_reports(
            before, after, stages=stages, unchanged=form.cleaned_data["unchanged"]
        ),
        unchanged=form.cleaned_data["unchanged"],
    )


def _side(plan, form, choice):
    """Return the Report of one side, the numbers of its stages, and its name."""
    if choice == CompareForm.NOW:
        today = timezone.localdate()
        report = report_for(plan, options=ExportOptions(guidance=True), today=today)
        return report, {1, 2, 3}, f"now, {day_in_words(today)}"
    snapshot = form.snapshots[choice]
    frozen = Frozen.of(snapshot)
    return report_of(frozen), set(frozen.taken_stages), moment_in_words(snapshot.taken_at)


def _of(plan):
    return Snapshot.objects.filter(plan=plan).select_related("sign_off")


def _latest(snapshots):
    return {"before": str(snapshots[0].pk) if snapshots else "", "after": CompareForm.NOW}


def _snapshot_page(request, plan, rights, frozen, *, is_refused=False, status=200):
    report = report_of(frozen)
    return _page(
        request,
        plan,
        rights,
        "snapshot",
        snapshot=frozen.snapshot,
        taken=moment_in_words(frozen.snapshot.taken_at),
        report=report,
        is_intact=frozen.is_intact,
        is_refused=is_refused,
        missing=" ".join(missing_characters(report.texts())),
        status=status,
    )


def _context(plan, rights, **context):
    return {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
        **context,
    }


def _page(request, plan, rights, name, *, status=200, **context):
    template = f"assessments/reviews/snapshots/{name}.html"
    return render(request, template, _context(plan, rights, **context), status=status)
