"""The plan for a council's next election, begun with what the last one knew."""

from django.db import transaction

from assessments.plans.actions import begin_plan, checklist_of, record
from assessments.plans.models import Event, PlanItem
from frameworks.models import Step

KEPT_SETTINGS = ("coalition_term", "stage_2_weeks", "marking")
LONGEST_TITLE = PlanItem._meta.get_field("title").max_length
LONGEST_NOTE = 20_000  # as its box takes it


def make_next_plan(plan, *, election_day, items, keep_owners, lessons, concerns, by):
    """A plan for the election after that of `plan`, linked to it, with what is carried over:

    `items`, the council's own, and the notes of `lessons`, items of the guidance; the owners of
    both, if wanted and still members; and `concerns`, reviewers' marks, each as an item of its
    step. Statuses, dates and who runs the council begin afresh. Nothing of `plan` changes.
    Raises IntegrityError if it is followed already, or the day has a plan.
    """
    with transaction.atomic():
        following = begin_plan(
            council=plan.council,
            by=by,
            previous=plan,
            election_day=election_day,
            **{name: getattr(plan, name) for name in KEPT_SETTINGS},
        )
        guidance = list(checklist_of(following))
        owners = _owners_of(plan) if keep_owners else {}
        notes = {_place(item): _note_from(plan, item.note) for item in lessons}
        for item in guidance:
            item.owner = owners.get(_place(item))
            item.note = notes.get(_place(item), "")
        own = [_own_again(item, owners) for item in items]
        own += [_item_of(concern) for concern in concerns]
        PlanItem.objects.bulk_create([*guidance, *_placed_after(guidance, own, following, by)])
        record(plan, Event.Kind.PLAN_FOLLOWED, by=by, detail=_election(following))
        record(following, Event.Kind.PLAN_CREATED, by=by, detail=f"from {_the_plan(plan)}")
    return following


def _place(item):
    """The same item in another plan, or edition of the guidance, has the same place."""
    return item.step.number, item.source.code if item.source else item.pk


def _owners_of(plan):
    """Who owns what, of those who are members still, by place."""
    owned = plan.items.live().filter(owner__isnull=False, owner__ended_at=None)
    owned = owned.select_related("step", "source", "owner")
    return {_place(item): item.owner for item in owned}


def _own_again(item, owners):
    note = _note_from(item.plan, item.note) if item.note else ""
    return PlanItem(step=item.step, title=item.title, note=note, owner=owners.get(_place(item)))


def _item_of(concern):
    title = f"Unresolved concern: {' '.join(concern.words.split())}"
    if len(title) > LONGEST_TITLE:
        title = f"{title[: LONGEST_TITLE - 1]}…"
    return PlanItem(
        step=concern.step,
        title=title,
        note=f"Concern of {concern.reviewer}, in {_the_plan(concern.review.plan)}:\n"
        f"{concern.words}",
    )


def _placed_after(guidance, own, plan, by):
    """The council's items on the same steps of the new plan, below the guidance's own."""
    steps = {step.number: step for step in Step.objects.filter(framework=plan.transition)}
    last = {item.step.number: item.position for item in guidance}
    for item in own:
        number = item.step.number
        last[number] = last.get(number, 0) + 1
        item.plan, item.step, item.position, item.saved_by = plan, steps[number], last[number], by
    return own


def _note_from(plan, note):
    """The note with where it comes from, unless that would make it too long to be saved again."""
    told = f"From {_the_plan(plan)}:\n{note}"
    return told if len(told) <= LONGEST_NOTE else note


def _the_plan(plan):
    return f"the plan for the {_election(plan)}"


def _election(plan):
    day = plan.election_day
    return f"election of {day.day} {day:%B %Y}"
