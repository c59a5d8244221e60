"""The time between the poll and annual council: who holds office and who decides."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from assessments.access import Rights, plan_for
from assessments.plans.actions import record_export
from assessments.plans.models import Plan
from assessments.printing.names import document_name
from assessments.printing.pdf import PdfNotMade
from assessments.printing.responses import WORD_TYPE, file_response, no_pdf
from assessments.printing.turns import in_turn
from assessments.versions import StaleVersion, differences
from assessments.words import moment_in_words
from councils.permissions import Right
from elections.interim import Governance, interim_period

from .. import actions
from ..forms import InterimForm
from ..interim_note import note_for, note_pdf, note_word
from ..models import InterimArrangements


@require_http_methods(["GET", "HEAD", "POST"])
def interim(request, plan_id):
    """Show what the law says and what the council entered; POST saves the council's answers."""
    needs = Right.EDIT_ITEMS if request.method == "POST" else Right.VIEW
    plan, rights = plan_for(request.user, plan_id, needs=needs)
    saved = _saved(plan)
    if request.method != "POST":
        return _page(request, plan, rights, saved)
    has_period = interim_period(plan.timetable) is not None
    form = InterimForm(request.POST, governance=_governance(saved), has_period=has_period)
    if not form.is_valid():
        return _page(request, plan, rights, saved, form=form, status=422)
    try:
        actions.save_interim(plan, by=request.user, **form.cleaned_data)
    except StaleVersion:
        return _page(request, plan, rights, _saved(plan), form=form, is_stale=True, status=409)
    messages.success(request, "What your constitution says has been saved.")
    return redirect("interim", plan.pk)


@require_POST
@in_turn
def note(request, plan_id):
    """Download the one-page note; the history says so."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EXPORT)
    found = note_for(plan, _saved(plan))
    if found is None:
        return _page(request, plan, rights, None, status=422)
    stem = document_name(str(plan.council), "before annual council", day=timezone.localdate())
    if request.POST.get("format") == "word":
        content, kind, name = note_word(found), WORD_TYPE, f"{stem}.docx"
        file_format = "Word"
    else:
        try:
            content, kind, name = note_pdf(found), "application/pdf", f"{stem}.pdf"
            file_format = "PDF"
        except PdfNotMade as error:
            return no_pdf(
                request,
                error,
                _context(plan, rights),
                layout="assessments/plans/base.html",
                back=reverse("interim", args=[plan.pk]),
                instead="You can download the note in Word instead.",
            )
    detail = f"Note on the time before annual council ({file_format})"
    record_export(plan, by=request.user, detail=detail)
    return file_response(content, kind, name)


def _saved(plan: Plan) -> InterimArrangements | None:
    return InterimArrangements.objects.filter(plan=plan).select_related("saved_by").first()


def _governance(saved: InterimArrangements | None) -> Governance:
    return Governance(saved.governance if saved else "")


def _context(plan: Plan, rights: Rights) -> dict:
    return {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
    }


def _page(
    request,
    plan: Plan,
    rights: Rights,
    saved: InterimArrangements | None,
    *,
    form: InterimForm | None = None,
    is_stale: bool = False,
    status: int = 200,
):
    """Render the page. A stale save shows what someone else saved above what was typed."""
    if form is None and rights.can_edit:
        names = ("governance", *InterimArrangements.POINTS)
        initial = {name: getattr(saved, name) for name in names} if saved else {}
        has_period = interim_period(plan.timetable) is not None
        form = InterimForm(initial=initial, governance=_governance(saved), has_period=has_period)
    typed = form.data.get("version", "0") if form and form.is_bound else ""
    version = str(saved.version if saved else 0)
    context = _context(plan, rights) | {
        "note": note_for(plan, saved),
        "form": form,
        "version": version if is_stale or not typed.isdecimal() else typed,
    }
    if is_stale and saved and form:
        answers = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "version"}
        context |= {
            "theirs": saved,
            "theirs_when": moment_in_words(saved.saved_at),
            "differences": differences(saved, answers),
        }
    return render(request, "assessments/timetable/interim.html", context, status=status)
