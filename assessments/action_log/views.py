"""The action log edited in Excel: upload it, see what it changes, and save that."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assessments.access import plan_context, plan_for
from assessments.plans.actions import change_in_bulk
from assessments.plans.stages import MoveRefused
from assessments.printing.responses import RETRY_AFTER
from assessments.printing.turns import in_turn
from assessments.versions import StaleVersion
from assessments.words import counted
from councils.models import Membership
from councils.permissions import Right

from .changes import pack, preview_log, unpack
from .forms import BUSY, LogForm
from .workbook import COLUMNS

# Characters of changed rows that one confirmation can carry, below the limit of a request.
MAX_PACKED = 1_500_000

# Characters of texts that are compared word by word for one page: it can take a second for 4,000.
MOST_COMPARED = 40_000

FROM_A_LOG = "from an edited Excel action log"
KEPT = "Nothing has been changed: you kept what is in the plan."
STALE = (
    "Some of these actions have changed since you checked. Nothing has been saved. Check again "
    "what will change."
)


@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def upload(request, plan_id):
    """Ask for the file, show what it would change, and save that once confirmed."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.EDIT_ITEMS)
    context = plan_context(plan, rights) | {"columns": COLUMNS.values()}
    if request.method == "POST" and "rows" in request.POST:
        rows = unpack(request.POST["rows"])
        if rows is not None:
            return _check(request, plan, context, rows)
    form = LogForm(request.POST, request.FILES) if request.method == "POST" else LogForm()
    if form.is_bound and form.is_valid():
        return _check(request, plan, context, form.cleaned_data["file"], form=form)
    return _ask(request, context, form)


def _ask(request, context, form):
    status = 422 if form.is_bound else 200
    if is_busy := form.has_error("file", BUSY):
        status = 503
    context = context | {"form": form}
    response = render(request, "assessments/action_log/upload.html", context, status=status)
    if is_busy:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def _check(request, plan, context, rows, *, form=None):
    """Show what the rows change, or save it if that was confirmed."""
    members = Membership.objects.filter(council=plan.council).select_related("user")
    found = preview_log(plan, rows, members=members, said=request.POST)
    packed = pack(found.rows)
    if form and rows and not found.matched:
        form.add_error(
            "file",
            "None of the references in the file belongs to an action in this plan. Check that you "
            "have selected this plan’s log",
        )
        return _ask(request, context, form)
    if form and len(packed) > MAX_PACKED:
        form.add_error("file", "The file changes too much at once. Change part of it at a time")
        return _ask(request, context, form)
    problem, status = "", 200
    if "confirm" in request.POST:
        problem, status = STALE, 409
        if request.POST.get("versions") == found.versions:
            if not found.is_decided:
                problem, status = "", 422
            elif not found.planned.changed:
                messages.info(request, KEPT)
                return redirect("log_upload", plan.pk)
            else:
                try:
                    done = _save(plan, found, request.user)
                except (StaleVersion, MoveRefused):
                    pass
                else:
                    return redirect("plan_bulk_done", plan.pk, done.pk)
    context = context | {
        "found": found,
        "lines": [(each, each.item.words(plan.term)) for each in found.planned.changed],
        "refused": [(each, each.item.words(plan.term)) for each in found.planned.refused],
        "conflicts": _with_marks(found.conflicts, plan.term),
        "packed": packed,
        "stale": problem,
        "undecided": _undecided(found) if status == 422 else [],
    }
    return render(request, "assessments/action_log/check.html", context, status=status)


def _save(plan, found, user):
    number = counted(len(found.planned.changed), "action")
    what = f"{number}: {FROM_A_LOG}"
    return change_in_bulk(plan, found.planned, what=what, detail=FROM_A_LOG, by=user)


def _with_marks(conflicts, term):
    """Return each conflict, the words of its action, and whether to mark where its texts differ."""
    shown, length = [], 0
    for each in conflicts:
        length += sum(len(choice.theirs) + len(choice.mine) for choice in each.choices)
        shown.append((each, each.item.words(term), length <= MOST_COMPARED))
    return shown


def _undecided(found):
    """Return a message and the id of its fieldset for each field without a decision."""
    return [
        (
            f"Row {each.row}: choose which {choice.label.lower()} to keep",
            f"merge-{each.item.pk}-{choice.name}",
        )
        for each in found.conflicts
        for choice in each.choices
        if not choice.chosen
    ]
