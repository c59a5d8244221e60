"""The edition of the guidance that a plan is on, and a move to another one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from assessments.access import item_for, plan_context, plan_for
from assessments.fields import version_in
from assessments.plans.stages import StageSignedOff
from assessments.versions import StaleVersion
from assessments.words import counted
from councils.permissions import Right
from frameworks.wording import put_term

from .actions import accept_wording, change_edition
from .changes import (
    EditionChangeKind,
    EditionMove,
    Editions,
    EditionsDiffer,
    edition_to_go_back_to,
    edition_to_move_to,
    move_to,
)


@require_http_methods(["GET", "HEAD", "POST"])
def edition(request, plan_id):
    """Show the edition and what a move would change; POST moves the plan.

    `to` is "back" for the edition before the last move. Otherwise it is the current edition, or the
    rest of a move in stages that were reopened since.
    """
    plan, rights = plan_for(request.user, plan_id, needs=Right.MANAGE_PLAN)
    is_back = (request.POST if request.method == "POST" else request.GET).get("to") == "back"
    back = edition_to_go_back_to(plan)
    if is_back and back is None:
        if request.method == "POST":
            return _page(request, plan, rights, back=None, is_stale=True)
        raise Http404
    if request.method != "POST":
        return _page(request, plan, rights, back=back, is_back=is_back)
    to = back if is_back else edition_to_move_to(plan) or Editions.of(plan)
    if request.POST.get("editions") != to.key:
        return _page(request, plan, rights, back=back, is_back=is_back, is_stale=True)
    try:
        move = change_edition(plan, to=to, version=version_in(request.POST), by=request.user)
    except (StaleVersion, EditionsDiffer):
        plan, rights = plan_for(request.user, plan_id, needs=Right.MANAGE_PLAN)
        back = edition_to_go_back_to(plan)
        is_back = is_back and back is not None
        return _page(request, plan, rights, back=back, is_back=is_back, is_stale=True)
    messages.success(request, _moved_words(move))
    return redirect("plan_edition", plan.pk)


@require_POST
def wording(request, plan_id, item_id):
    """Accept the new wording of an action; its answer stays as it is."""
    item, _ = item_for(request.user, plan_id, item_id, needs=Right.EDIT_ITEMS)
    place = reverse("plan_step", args=[item.plan_id, item.step.number]) + f"#item-{item.pk}"
    if item.removed_at:
        raise Http404
    try:
        accept_wording(item, version=version_in(request.POST), by=request.user)
    except StaleVersion:
        messages.error(
            request,
            "Someone saved this action after you opened the page. The wording has not changed. "
            "Check the answer, then accept the new wording again.",
        )
        return redirect(place)
    except StageSignedOff as error:
        raise PermissionDenied(str(error)) from error
    messages.success(request, f"The action now has the new wording: {item.words(item.plan.term)}")
    return redirect(place)


def _page(request, plan, rights, *, back, is_back=False, is_stale=False):
    """Render the page with the preview of the move, if there is one."""
    newer = edition_to_move_to(plan)
    to = back if is_back else newer or Editions.of(plan)
    move, refused = None, ""
    try:
        move = move_to(plan, to)
    except EditionsDiffer as error:
        refused = str(error)
    if move and to == Editions.of(plan) and not move.changes:
        move = None
    context = plan_context(plan, rights) | {
        "version": plan.version,
        "now": Editions.of(plan),
        "newer": newer,
        "back": back,
        "back_words": back.words_from(Editions.of(plan)) if back else "",
        "is_back": is_back,
        "words": to.words_from(Editions.of(plan)),
        "to": to,
        "is_same": to == Editions.of(plan),
        "move": move,
        "refused": refused,
        "is_stale": is_stale,
        "groups": _groups(move) if move else [],
        "guidance": [(step, put_term(step.summary, plan.term)) for step in move.guidance]
        if move
        else [],
    }
    name = "assessments/editions/edition.html"
    return render(request, name, context, status=409 if is_stale else 200)


def _groups(move: EditionMove):
    """Return (title, what happens to them, changes) for each kind of change that occurs."""
    words = {
        EditionChangeKind.NEW: (
            "New actions",
            "They are added as not started, with the suggested date if it has not passed.",
        ),
        EditionChangeKind.WORDING_KEPT: (
            "Answered actions with new wording",
            "The answer and the wording it was given to are kept. The step shows the new wording "
            "beside it, and you can accept it there.",
        ),
        EditionChangeKind.REWORDED: (
            "Actions with new wording, not answered yet",
            "They take the new wording.",
        ),
        EditionChangeKind.KEPT: (
            "Actions that the other edition does not have, kept",
            "They stay in the plan with everything recorded on them, and say which edition they "
            "are from.",
        ),
        EditionChangeKind.REMOVED: (
            "Actions that the other edition does not have, removed",
            "Nothing was recorded on them. They return if the plan moves to an edition with them.",
        ),
    }
    return [(*words[kind], found) for kind in words if (found := move.of_kind(kind))]


def _moved_words(move: EditionMove) -> str:
    numbers = [
        (len(move.of_kind(kind)), words)
        for kind, words in (
            (EditionChangeKind.NEW, "added"),
            (EditionChangeKind.REWORDED, "reworded"),
            (EditionChangeKind.WORDING_KEPT, "kept with the wording that was answered"),
            (EditionChangeKind.KEPT, "kept from the other edition"),
            (EditionChangeKind.REMOVED, "removed"),
        )
    ]
    parts = [f"{counted(number, 'action')} {words}" for number, words in numbers if number]
    return f"This plan is on {move.to.words}" + (f": {', '.join(parts)}" if parts else "")
