"""The demo's joint working register: what Riverdale's groups agreed in their first days."""

import datetime as dt

from assessments.demo_story import moment_of

from . import actions
from .models import Agreement, EarlyWin, Issue

# Dates are days from election day, a Thursday; each is on a weekday.
AGREEMENTS = (
    {
        "kind": Agreement.Kind.COALITION,
        "manner": Agreement.Manner.VERBAL,
        "parties": "Ash\nBeech\nElm",
        "ways_of_working": True,
        "shared_agenda": True,
        "covers": "Who holds which portfolio, one shared budget, and notice to the other groups "
        "before an announcement.\nThe groups are drafting a written agreement.",
        "made_on": 8,
        "review_on": 370,
        "kept_at": "Notes of a meeting of the 3 leaders, held by the monitoring officer",
    },
)
ISSUES = (
    {
        "kind": Issue.Kind.RED_LINE,
        "group": "Elm",
        "words": "No new car park on the riverside meadow.",
        "bites_on": 131,
        "agreed": "",
        "state": Issue.State.OPEN,
    },
    {
        "kind": Issue.Kind.RED_LINE,
        "group": "Beech",
        "words": "The Mill ward library stays open.",
        "bites_on": None,
        "agreed": "It stays open with shorter hours, and volunteers on Saturdays.",
        "state": Issue.State.SETTLED,
    },
    {
        "kind": Issue.Kind.CRUNCH,
        "group": "",
        "words": "The level of council tax, and whether to use reserves.",
        "bites_on": 75,
        "agreed": "The section 151 officer will set out 3 options before any group commits.",
        "state": Issue.State.OPEN,
    },
    {
        "kind": Issue.Kind.CRUNCH,
        "group": "Ash",
        "words": "Whether to re-let the leisure contract or bring the service in house.",
        "bites_on": 40,
        "agreed": "",
        "state": Issue.State.OPEN,
    },
)
# Councillors agree the early wins, so no officer is named as responsible for one.
EARLY_WINS = (
    {
        "words": "Every committee meeting streamed online.",
        "due": 120,
        "state": EarlyWin.State.UNDER_WAY,
    },
    {
        "words": "A small repairs fund for every ward, spent as its councillors decide.",
        "due": 180,
        "state": EarlyWin.State.PLANNED,
    },
    {
        "words": "A page on the website that lists portfolio holders and how to contact them.",
        "due": 54,
        "state": EarlyWin.State.PLANNED,
    },
)


def seed_register(plan, members):
    """Fill the register of `plan`; `members` are the council's, by their keys in the demo."""

    def day(offset):
        return plan.election_day + dt.timedelta(days=offset) if offset is not None else None

    by = members["ce"].user
    yield moment_of(day(8), "16:20")
    for each in AGREEMENTS:
        days = {name: day(each[name]) for name in ("made_on", "review_on")}
        actions.add_to_register(Agreement, plan, by=by, **each | days)
    yield moment_of(day(11), "09:30")
    for each in ISSUES:
        actions.add_to_register(Issue, plan, by=by, **each | {"bites_on": day(each["bites_on"])})
    yield moment_of(day(11), "16:10")
    for each in EARLY_WINS:
        actions.add_to_register(EarlyWin, plan, by=by, **each | {"due": day(each["due"])})
