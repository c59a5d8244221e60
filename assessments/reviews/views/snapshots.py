"""What was kept: the list of snapshots, each of them, its PDF, and what changed between two."""

from django import forms
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import plan_for
from assessments.exports.pdf import render_pdf
from assessments.exports.report import ExportOptions, report_for
from assessments.plans.actions import record_export
from assessments.plans.differences import compare as compare_reports
from assessments.plans.models import Snapshot
from assessments.printing.pdf import PdfNotMade
from assessments.printing.responses import file_response, no_pdf
from assessments.words import day_in_words, moment_words
from councils.permissions import Right

from ..access import snapshot_for
from ..frozen import Frozen, report_of

NOW = "now"


@require_safe
def snapshots(request, plan_id):
    plan, rights = plan_for(request.user, plan_id, needs=Right.TAKE_PART)
    found = list(_of(plan))
    return _page(
        request,
        plan,
        rights,
        "list",
        snapshots=[(snapshot, moment_words(snapshot.taken_at)) for snapshot in found],
        form=CompareForm(snapshots=found, initial=_latest(found)),
    )


@require_safe
def snapshot(request, plan_id, snapshot_id):
    """What stood in the plan then, and whether it still is what it was."""
    snapshot, plan, rights = snapshot_for(request.user, plan_id, snapshot_id)
    frozen = Frozen.of(snapshot)
    return _page(
        request,
        plan,
        rights,
        "snapshot",
        snapshot=snapshot,
        taken=moment_words(snapshot.taken_at),
        report=report_of(frozen),
        is_intact=frozen.is_intact,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def pdf(request, plan_id, snapshot_id):
    """The snapshot as the action plan it was. It leaves an event, so it is asked for by POST."""
    snapshot, plan, rights = snapshot_for(request.user, plan_id, snapshot_id)
    if request.method != "POST":
        return redirect(snapshot)
    report = report_of(Frozen.of(snapshot))
    try:
        content = render_pdf(report)
    except PdfNotMade as error:
        return no_pdf(
            request,
            error,
            _context(plan, rights),
            layout="assessments/plans/base.html",
            back=reverse("snapshot", args=[plan.pk, snapshot.pk]),
        )
    record_export(plan, by=request.user, detail=report.contents_in_words)
    return file_response(content, "application/pdf", f"{report.file_stem}.pdf")


class CompareForm(forms.Form):
    """Which snapshot to compare with which, or with the plan as it stands now."""

    before = forms.ChoiceField(
        label="From",
        label_suffix="",
        error_messages={
            "required": "Choose a snapshot to compare from",
            "invalid_choice": "Choose a snapshot of this plan",
        },
    )
    after = forms.ChoiceField(
        label="To",
        label_suffix="",
        error_messages={
            "required": "Choose what to compare it with",
            "invalid_choice": "Choose a snapshot of this plan, or now",
        },
    )
    unchanged = forms.BooleanField(
        label="Show what did not change, too",
        required=False,
        widget=forms.CheckboxInput(attrs={"value": "1"}),
    )

    def __init__(self, *args, snapshots, **kwargs):
        super().__init__(*args, **kwargs)
        self.snapshots = {str(snapshot.pk): snapshot for snapshot in snapshots}
        choices = [
            (pk, f"{snapshot.title}, {moment_words(snapshot.taken_at)}")
            for pk, snapshot in self.snapshots.items()
        ]
        self.fields["before"].choices = choices
        self.fields["after"].choices = [(NOW, "The plan as it stands now"), *choices]


@require_safe
def compare(request, plan_id):
    """Two snapshots, or one with now, item by item; only what changed, unless asked for all."""
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
    """The Report of one side, the stages it knows, and what to call it."""
    if choice == NOW:
        today = timezone.localdate()
        report = report_for(plan, options=ExportOptions(guidance=True), today=today)
        return report, {1, 2, 3}, f"now, {day_in_words(today)}"
    snapshot = form.snapshots[choice]
    frozen = Frozen.of(snapshot)
    return report_of(frozen), set(frozen.taken_stages), moment_words(snapshot.taken_at)


def _of(plan):
    return Snapshot.objects.filter(plan=plan).select_related("sign_off")


def _latest(snapshots):
    return {"before": str(snapshots[0].pk) if snapshots else "", "after": NOW}


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
