"""The demo's joint working registers: Riverdale's first days, and a year of Northwold's."""

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
        "bites_on": 61,  # a new cabinet’s first key decision needs 28 clear days’ notice
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


# A year on, everything is settled: each entry has what became of it, and on which day.
PAST_AGREEMENT = {
    "kind": Agreement.Kind.COALITION,
    "manner": Agreement.Manner.WRITTEN,
    "parties": "Elm\nOak",
    "ways_of_working": True,
    "shared_agenda": True,
    "covers": "Who holds which portfolio, the day by which both groups see the draft budget, and a "
    "meeting of the 2 leaders each week.",
    "made_on": 11,
    "review_on": 371,
    "kept_at": "Signed copy, held by the monitoring officer and published",
}
NEXT_REVIEW = 742
PAST_ISSUES = (
    (
        {
            "kind": Issue.Kind.RED_LINE,
            "group": "Elm",
            "words": "No charge for collecting garden waste in the next 2 years.",
            "bites_on": 286,
        },
        {
            "agreed": "The draft budget has no such charge.",
            "state": Issue.State.SETTLED,
        },
        210,
    ),
    (
        {
            "kind": Issue.Kind.CRUNCH,
            "group": "",
            "words": "Whether to keep both leisure centres open.",
            "bites_on": 180,
        },
        {"agreed": "Both stay open, with shorter hours on Sundays.", "state": Issue.State.SETTLED},
        160,
    ),
)
PAST_WINS = (
    ("A leaders’ question time for residents, held in each town.", 120, 112),
    ("Planning papers in plain English, 2 weeks before each meeting.", 200, 187),
)


def seed_past_register(plan, members):
    """Fill the register of a plan whose first year is over, and settle what is in it."""

    def day(offset):
        return plan.election_day + dt.timedelta(days=offset)

    by = members["ce"].user
    made = PAST_AGREEMENT | {name: day(PAST_AGREEMENT[name]) for name in ("made_on", "review_on")}
    yield moment_of(day(11), "16:20")
    agreement = actions.add_to_register(Agreement, plan, by=by, **made)
    yield moment_of(day(26), "09:30")
    issues = [
        (
            actions.add_to_register(
                Issue, plan, by=by, **each | {"bites_on": day(each["bites_on"])}
            ),
            *end,
        )
        for each, *end in PAST_ISSUES
    ]
    wins = [
        (
            actions.add_to_register(
                EarlyWin, plan, by=by, words=words, due=day(due), state=EarlyWin.State.UNDER_WAY
            ),
            {"state": EarlyWin.State.ACHIEVED},
            done,
        )
        for words, due, done in PAST_WINS
    ]
    reviewed = (agreement, {"review_on": day(NEXT_REVIEW)}, PAST_AGREEMENT["review_on"])
    changed = [*issues, *wins, reviewed]
    for entry, values, on in sorted(changed, key=lambda change: change[-1]):
        yield moment_of(day(on), "15:40")
        actions.save_in_register(entry, version=entry.version, by=by, **values)
