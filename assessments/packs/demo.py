"""The demo's packs: what new councillors returned, a finance note, and a leaders' meeting."""

import datetime as dt
from collections.abc import Mapping, Sequence

from assessments.plans.models import Plan
from assessments.timetable.actions import save_interim
from councils.models import Membership, User
from frameworks.models import Step

from .actions import (
    add_leaders_meeting,
    make_actions,
    record_returns,
    save_councillors,
    save_finance_note,
)
from .models import NewCouncillor
from .new_councillors import FORMS, names_in_notices

# Days from election day, and how many more councillors had returned each form by then.
RETURNED = {
    "declaration": ((4, 8), (6, 3)),
    "interests": ((11, 6),),
    "summons": ((5, 7),),
    "contact": ((5, 9),),
    "equipment": ((6, 8),),
}
IN_NO_GROUP = "Ivy Marlow"
NOTE = (
    "The year ended £0.4 million over budget, paid from the general reserve, which is now £4.1 "
    "million. The medium-term plan has a gap of £3.2 million over 3 years.\n"
    "Two contracts are committed: leisure until September, and the refit of the depot. Everything "
    "else in this year’s budget can still be changed by the council.\n"
    "Every group was sent these figures on the same day."
)
MEETING_DAY = 13
MEETING_NOTES = (
    "The leaders went through the agenda. They asked for the same facts on the leisure contract "
    "for every group before it is discussed again."
)
TO_DO = (
    "Send every group the options for the leisure contract",
    "Publish the list of portfolio holders",
    "Fix the dates of leaders’ meetings until the autumn",
)
STEP = 13
BEFORE_COUNCIL = {
    "governance": "leader",
    "executive": "The Leader’s term ends at annual council. The cabinet stays until then (Part 2).",
    "decisions": "The Leader or, if the Leader cannot act, the deputy leader.",
    "officers": "The chief executive, under Part 3, after telling every group leader.",
    "urgent": "By the chief executive with the chair of overview and scrutiny (Part 4).",
    "waiting": "Appointments to committees and outside bodies, and the calendar of meetings.",
}
LATE = {"declaration": ((4, 4),), "interests": ((20, 2), (40, 1))}
PAST = (("Bram Holt", "Oak"), ("Cora Finch", "Ash"), ("Dev Shah", "Oak"), ("Elsie Wren", "Ash"))


def seed_packs(plan: Plan, *, members: dict[str, Membership], today: dt.date) -> None:
    """Fill the packs of `plan`; `members` are the council's, by their keys in the demo."""
    officer = members["hds"].user
    names = [*names_in_notices(plan), (IN_NO_GROUP, "")]
    _councillors(plan, names, RETURNED, today, officer)
    save_interim(plan, version=0, by=officer, **BEFORE_COUNCIL)
    save_finance_note(plan, words=NOTE, version=0, by=members["s151"].user)
    held_on = min(plan.election_day + dt.timedelta(days=MEETING_DAY), today)
    meeting = add_leaders_meeting(
        plan, held_on=held_on, notes=MEETING_NOTES, to_do="\n".join(TO_DO), by=officer
    )
    step = Step.objects.select_related("stage").get(framework=plan.transition_id, number=STEP)
    first = {"title": TO_DO[0], "step": step, "owner": members["s151"], "due": None}
    make_actions(meeting, [first], left="\n".join(TO_DO[1:]), version=1, by=officer)


def seed_late_returns(plan: Plan, *, today: dt.date, by: User) -> None:
    """Fill the tally of a plan long after its poll: one interest was late, and one is missing."""
    _councillors(plan, PAST, LATE, today, by)


def _councillors(
    plan: Plan,
    names: Sequence[tuple[str, str]],
    returned: Mapping[str, Sequence[tuple[int, int]]],
    today: dt.date,
    by: User,
) -> None:
    """List `names` and record the returns of each form: days from election day, and how many."""
    save_councillors(plan, sorted(names), version=0, by=by)
    people = list(NewCouncillor.objects.filter(listed_in__plan=plan).values_list("pk", flat=True))
    for form in FORMS:
        done = 0
        for days, number in returned.get(form.key, ()):
            day = min(plan.election_day + dt.timedelta(days=days), today)
            chosen = people[done : done + number]
            record_returns(plan, form, returned=chosen, day=day, by=by)
            done += number
