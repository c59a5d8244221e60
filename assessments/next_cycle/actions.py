"""Make the plan for the next election of a council from its present plan."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from assessments.plans.actions import begin_plan, checklist_of, hold, record
from assessments.plans.item_forms import NOTE_MAX_LENGTH
from assessments.plans.models import TITLE_MAX_LENGTH, Event, Plan, PlanItem, ReviewMark
from assessments.versions import first_values
from assessments.words import day_in_words
from councils.models import Membership, User
from frameworks.models import Step

KEPT_SETTINGS = ("coalition_term", "stage_2_weeks", "marking")
# The number of the step, and the code of the guidance or the primary key.
Place = tuple[int, str | int]


def make_next_plan(
    plan: Plan,
    *,
    election_day: dt.date,
    items: Iterable[PlanItem],
    keep_owners: bool,
    lessons: Iterable[PlanItem],
    concerns: Iterable[ReviewMark],
    by: User,
) -> Plan:
    """Make a plan for the election on `election_day`, linked to `plan`, and return it.

    Carried forward are `items`, actions of the council's own; the notes of `lessons`, actions of
    the guidance; the owners of both, if `keep_owners` and still members; and `concerns`, review
    marks, each as an action of its step. A lesson on an action that the current edition does not
    have becomes one of the council's own. Statuses, dates and control are reset. `plan` does not
    change. Raises IntegrityError if it has a next plan, or the day has a plan, and
    PlanDeleted if it has been deleted.
    """
    with transaction.atomic():
        hold(plan)
        following = begin_plan(
            council=plan.council,
            by=by,
            previous=plan,
            election_day=election_day,
            **{name: getattr(plan, name) for name in KEPT_SETTINGS},
        )
        guidance = list(checklist_of(following))
        owners = _owners_of(plan) if keep_owners else {}
        lessons = list(lessons)
        notes = {_place(item): _note_from(plan, item.note) for item in lessons}
        for item in guidance:
            item.owner = owners.get(_place(item))
            item.note = notes.get(_place(item), "")
        own = [_own_again(item, owners) for item in items]
        places = {_place(item) for item in guidance}
        own += [_item_of_lesson(item) for item in lessons if _place(item) not in places]
        own += [_item_of(concern) for concern in concerns]
        own = _placed_after(guidance, own, following, by)
        PlanItem.objects.bulk_create([*guidance, *own])
        for item in [*own, *(item for item in guidance if item.note)]:
            _record_added(item, by=by)
        record(plan, Event.Kind.PLAN_FOLLOWED, by=by, detail=_election(following))
        record(following, Event.Kind.PLAN_CREATED, by=by, detail=f"from {_the_plan(plan)}")
    return following


def _record_added(item: PlanItem, *, by: User) -> None:
    """Record what an action of the new plan begins with, or the record would say that it is empty.

    Before the event of the plan itself: by that, `record_checks` knows plans of earlier versions.
    """
    changes = first_values(PlanItem, {"owner": item.owner, "note": item.note})
    record(item.plan, Event.Kind.ITEM_ADDED, by=by, item=item, detail=str(item), changes=changes)


def _place(item: PlanItem) -> Place:
    """Return what an action has in common with the same one in another plan or edition."""
    return item.step.number, item.source.code if item.source else item.pk


def _owners_of(plan: Plan) -> dict[Place, Membership]:
    """Return the owners who are still members, by place."""
    owned = plan.items.live().filter(owner__isnull=False, owner__ended_at=None)
    owned = owned.select_related("step", "source", "owner")
    return {_place(item): item.owner for item in owned}


def _own_again(item: PlanItem, owners: dict[Place, Membership]) -> PlanItem:
    note = _note_from(item.plan, item.note) if item.note else ""
    return PlanItem(step=item.step, title=item.title, note=note, owner=owners.get(_place(item)))


def _item_of_lesson(item: PlanItem) -> PlanItem:
    """Return an action of the council's own for a lesson on one that the edition does not have."""
    title = _shortened(f"Lesson: {item.words(item.plan.term)}")
    return PlanItem(step=item.step, title=title, note=_note_from(item.plan, item.note))


def _shortened(title: str) -> str:
    if len(title) <= TITLE_MAX_LENGTH:
        return title
    return f"{title[: TITLE_MAX_LENGTH - 1]}…"


def _item_of(concern: ReviewMark) -> PlanItem:
    return PlanItem(
        step=concern.step,
        title=_shortened(f"Unresolved concern: {' '.join(concern.words.split())}"),
        note=f"Raised by {concern.reviewer} in {_the_plan(concern.review.plan)}:\n{concern.words}",
    )


def _placed_after(
    guidance: list[PlanItem], own: list[PlanItem], plan: Plan, by: User
) -> list[PlanItem]:
    """Place the actions of the council on the same steps of the new plan, after the guidance."""
    steps = {step.number: step for step in Step.objects.filter(framework=plan.transition)}
    last = {item.step.number: item.position for item in guidance}
    for item in own:
        number = item.step.number
        last[number] = last.get(number, 0) + 1
        item.plan, item.step, item.position, item.saved_by = plan, steps[number], last[number], by
    return own


def _note_from(plan: Plan, note: str) -> str:
    """Return the note with where it is from, unless it would then be too long to save."""
    told = f"From {_the_plan(plan)}:\n{note}"
    return told if len(told) <= NOTE_MAX_LENGTH else note


def _the_plan(plan: Plan) -> str:
    return f"the plan for the {_election(plan)}"


def _election(plan: Plan) -> str:
    return f"election on {day_in_words(plan.election_day)}"
