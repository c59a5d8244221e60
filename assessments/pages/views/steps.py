"""The page of a step."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.access import plan_context, plan_for
from assessments.addresses import address
from assessments.links.places import place_of_item, placed
from assessments.plans.progress import Tally, tallies_by_step
from assessments.plans.rows import ItemRow, way_back
from assessments.plans.stages import StageSignedOff, current_sign_offs
from assessments.presence.viewers import viewers_of
from assessments.presence.views import others_in_words
from assessments.register.lines import COMPONENTS
from assessments.reviews.reopenings import pending_reopenings
from assessments.seats.access import may_read_scenarios
from frameworks.models import CoalitionComponent, DevelopmentTheme
from frameworks.wording import put_term

from ..step_queries import (
    actions_of_step,
    comments_by_action,
    links_on_actions,
    readable_notes,
    related_guidance,
    rows_of_area,
    steps_near,
)


@require_safe
def step(request, plan_id, number):
    """Show the actions of a step beside its guidance."""
    plan, rights = plan_for(request.user, plan_id)
    return step_page(request, plan, rights, step_of(request.user, plan, number))


def step_of(user, plan, number):
    """Return the step with what its page shows; 404 if the reader of the plan cannot see it.

    Its `near` are the steps of its area, itself too, and those with the numbers before and after.
    """
    numbers = number - 1, number, number + 1
    reader = [user.pk] if plan.grant_id else []  # an adviser sees their own questions
    near = steps_near.fetch(plan.transition_id, *numbers, plan.pk, *reader, stages=plan.stages)
    for step in near:
        if step.number == number:
            step.near = near
            return step
    raise Http404


def step_page(
    request, plan, rights, step, *, open_item=None, adding=None, begins=False, status=200
):
    """Render the page of a step from `step_of`, with one action open or being added.

    `open_item` and `adding` are contexts of `views.items`.

    Without JavaScript, whatever goes wrong with an action is shown here with what was typed. In a
    signed-off stage the step is read-only; `begins`, a request to start an edit, gets 403 there.
    """
    today = timezone.localdate()
    signed_off = current_sign_offs(plan).get(step.stage_id)
    may_look_again = rights.can_edit  # also in a signed-off stage, because no answer changes
    if signed_off:
        rights = rights.read_only()
        if begins:
            raise PermissionDenied(str(StageSignedOff(signed_off)))
    items = actions_of_step.fetch(plan.pk, step.pk, stages=plan.stages)
    said = {
        tally["thread__item"]: tally
        for tally in comments_by_action.fetch(request.user.pk, plan.pk, step.pk)
    }
    rows = [
        ItemRow(item, plan, today=today, is_read_only=signed_off is not None)
        for item in items
        if not item.removed_at
    ]
    _add_notes_and_links(rows, request.user, plan, step, rights)
    for row in rows:
        row.comments = said.get(row.pk)
    components, themes = _related_guidance(step, plan)
    is_editing = open_item is not None or adding is not None
    context = {
        **plan_context(plan, rights),
        **_beside(plan, step, today=today),
        **way_back(request.path if request.method == "GET" else ""),
        "step": step,
        "advice": step.questions,
        "summary": put_term(step.summary, plan.term),
        "guidance": [put_term(text, plan.term) for text in step.guidance_paragraphs],
        "rows": rows,
        "people": others_in_words(viewers_of(plan, step), request.user, rights),
        "said_of_step": said.get(None),
        "removed": [item for item in items if item.removed_at and item.is_own],
        "components": components,
        "shows_register": plan.shows_register
        and any(component.number in COMPONENTS for component, _ in components),
        "themes": themes,
        "signed_off": signed_off,
        "is_over": plan.is_over(today),
        # A link elsewhere is not worth a query while the user is editing an action.
        "shows_scenarios": not is_editing and may_read_scenarios(request.user, plan, rights),
        "can_look_again": may_look_again,
        # Everyone who edits actions also records seats and results.
        "can_record": may_look_again,
        "reopenings": [each for each in pending_reopenings(plan) if each.step_id == step.pk],
        "opened": open_item,
        "adding": adding,
        "current_stage": plan.boundaries.stage_on(today),
    }
    return render(request, "assessments/pages/step.html", context, status=status)


def _add_notes_and_links(rows, user, plan, step, rights):
    """Add to each row its restricted note, if the user can read it, and its links to documents."""
    needs_second_factor = settings.SECOND_FACTOR_REQUIRED
    notes = readable_notes.fetch(user.pk, plan.pk, step.pk, needs_second_factor=needs_second_factor)
    restricted = {note.item_id: note for note in notes}
    links = placed(links_on_actions.fetch(plan.pk, step.pk), "item")
    for row in rows:
        row.restricted = restricted.get(row.pk)
        row.made_from = getattr(row.item, "made_from", None)
        row.links = place_of_item(
            row.item, plan, row.text, step.number, links, can_edit=rights.can_edit
        )


def _beside(plan, step, *, today):
    """Return the steps before and after, and those of the same area with their progress."""
    by_number = {each.number: each for each in step.near}
    rows = rows_of_area.fetch(plan.pk, step.role_area_id, stages=plan.stages)
    tallies = tallies_by_step(rows, today=today)
    return {
        "previous": _link_to(plan, by_number.get(step.number - 1)),
        "next": _link_to(plan, by_number.get(step.number + 1)),
        "siblings": [
            (each, tallies.get(each.pk, Tally()))
            for each in step.near
            if each.role_area_id == step.role_area_id
        ],
    }


def _related_guidance(step, plan):
    """Return the components and the themes related to the step, each with the reason. One query."""
    found = ([], [])
    models = (CoalitionComponent, DevelopmentTheme)
    for kind, number, title, reason in sorted(related_guidance.fetch(step.pk, plan.components_id)):
        entry = models[kind](number=number, title=title)
        found[kind].append((entry, put_term(reason, plan.term)))
    return found


def _link_to(plan, step):
    """Return the step before or after, as the links at the foot of the page need it, or None."""
    if step is None:
        return None
    return {
        "number": step.number,
        "title": step.title,
        "stage": step.stage,
        "get_absolute_url": address("plan_step", plan.pk, step.number),
    }
