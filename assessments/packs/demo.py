"""The demo's packs: what new councillors returned, a finance note, and a leaders' meeting."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils import timezone

from assessments.demo_story import Part, moment_of
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
from .new_councillors import FORMS

# Days from taking office, and how many more councillors had returned each form by then.
RETURNED = {
    "declaration": ((0, 13), (1, 5)),
    "interests": ((7, 10),),
    "summons": ((1, 12),),
    "contact": ((1, 15),),
    "equipment": ((2, 13),),
}
# Who won the 18 seats of election night. Of leaders and deputies, only those whose group had a seat
# up for election are among them: the others stayed in office.
ELECTED = {
    "Ash": ("Idris Calder", "Nora Quill", "Petra Lowndes"),
    "Beech": ("Ada Fenner", "Callum Stead", "Ravi Sandhu"),
    "Elm": ("Farida Noor", "Hugh Penrose", "Imogen Reeve", "Jonah Wick"),
    "Oak": ("Dorothy Lamb", "Helen Marsh", "Jack Osei", "Leila Aziz", "Stella Whyte"),
    "Rowan": ("Greta Sloan", "Owen Price"),
    "": ("Ivy Marlow",),
}
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
    "Fix the dates of leaders’ meetings for the next 6 months",
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
LATE = {
    "declaration": ((0, 31), (2, 9)),
    "interests": ((15, 38), (35, 1)),
    "summons": ((2, 37),),
    "contact": ((2, 38), (15, 2)),
    "equipment": ((2, 36), (15, 4)),
}
# The 40 members of a council that is elected as a whole, with those of its annual council and of
# its review rounds. Elm and Oak run it together since shortly before annual council.
PAST = {
    "Ash": (
        "Clive Armitage",
        "Elsie Wren",
        "Gareth Moss",
        "Grace Adeyinka",
        "Harriet Vane",
        "Leo Sands",
        "Neil Thackray",
        "Nina Reed",
        "Olive Penn",
        "Paul Stone",
        "Piers Holloway",
        "Roisin Daly",
        "Saira Malik",
        "Viv Carter",
    ),
    "Elm": (
        "Anya Frost",
        "Barnaby Poole",
        "Bridget Cole",
        "Cora Finch",
        "Maya Fern",
        "Robert Marsh",
        "Susan Lake",
        "Wendy Croft",
    ),
    "Oak": (
        "Alan Birch",
        "Bram Holt",
        "Celia Ingram",
        "Daniel Hurst",
        "Dev Shah",
        "Edith Barlow",
        "Fergus Tait",
        "Hannah Mbeki",
        "Ivy Lane",
        "Joel Rush",
        "Kath Bright",
        "Len Osgood",
        "Moira Peel",
        "Sunil Rao",
        "Tamsin Grey",
        "Tariq Holt",
        "Una Birch",
    ),
    "": ("Ezra Flint",),
}


def seed_packs(plan: Plan, *, members: dict[str, Membership]) -> Part:
    """Fill the packs of `plan`; `members` are the council's, by their keys in the demo."""
    officer = members["hds"].user
    taking_office = _taking_office(plan)
    yield moment_of(taking_office, "09:25")
    save_interim(plan, version=0, by=officer, **BEFORE_COUNCIL)
    yield moment_of(taking_office + dt.timedelta(days=1), "16:35")
    yield from _councillors(plan, _with_groups(ELECTED), RETURNED, officer)
    yield moment_of(plan.election_day + dt.timedelta(days=12), "09:05")
    save_finance_note(plan, words=NOTE, version=0, by=members["s151"].user)
    held_on = plan.election_day + dt.timedelta(days=MEETING_DAY)
    yield moment_of(held_on, "16:50")
    held_on = min(held_on, timezone.localdate())
    meeting = add_leaders_meeting(
        plan, held_on=held_on, notes=MEETING_NOTES, to_do="\n".join(TO_DO), by=officer
    )
    step = Step.objects.select_related("stage").get(framework=plan.transition_id, number=STEP)
    first = {"title": TO_DO[0], "step": step, "owner": members["s151"], "due": None}
    make_actions(meeting, [first], left="\n".join(TO_DO[1:]), version=1, by=officer)


def seed_late_returns(plan: Plan, *, by: User) -> Part:
    """Fill the tally of a plan long after its poll: one interest was late, and one is missing."""
    yield moment_of(plan.election_day + dt.timedelta(days=1), "17:20")
    yield from _councillors(plan, _with_groups(PAST), LATE, by)


def _taking_office(plan: Plan) -> dt.date:
    """Return the day on which those elected take office; the demo's elections are ordinary."""
    return plan.timetable.retirement or plan.election_day


def _with_groups(names: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return pairs of a name and a group, which is empty for members in no group."""
    return [(name, group) for group, members in names.items() for name in members]


def _councillors(
    plan: Plan,
    names: Sequence[tuple[str, str]],
    returned: Mapping[str, Sequence[tuple[int, int]]],
    by: User,
) -> Part:
    """List `names` and record the returns of each form: days from taking office, and how many."""
    save_councillors(plan, sorted(names), version=0, by=by)
    people = list(NewCouncillor.objects.filter(listed_in__plan=plan).values_list("pk", flat=True))
    returns = [
        (days, number, form) for form in FORMS for days, number in returned.get(form.key, ())
    ]
    done = dict.fromkeys((form.key for form in FORMS), 0)
    for days, number, form in sorted(returns, key=lambda each: each[0]):
        moment = moment_of(_taking_office(plan) + dt.timedelta(days=days), "17:10")
        yield moment
        chosen = people[done[form.key] : done[form.key] + number]
        record_returns(plan, form, returned=chosen, day=timezone.localdate(moment), by=by)
        done[form.key] += number
