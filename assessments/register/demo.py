"""The demo's register: what Riverdale's groups agreed in their first days. Fictional."""

import datetime as dt

from . import actions
from .models import Agreement, EarlyWin, Issue

# Days are counted from election day.
AGREEMENTS = (
    {
        "kind": Agreement.Kind.COALITION,
        "manner": Agreement.Manner.VERBAL,
        "parties": "Green\nLabour\nLiberal Democrat",
        "ways_of_working": True,
        "shared_agenda": True,
        "covers": "Who leads which portfolio, one shared budget, and no surprises: what one group "
        "wants to announce, the others hear first.\nHeads of agreement are being written down.",
        "made_on": 9,
        "review_on": 370,
        "kept_at": "Notes of the three leaders’ meetings, with the monitoring officer",
    },
)
ISSUES = (
    {
        "kind": Issue.Kind.RED_LINE,
        "group": "Green",
        "words": "No new car parking on the riverside meadow.",
        "bites_on": 131,
        "agreed": "",
        "state": Issue.State.OPEN,
    },
    {
        "kind": Issue.Kind.RED_LINE,
        "group": "Liberal Democrat",
        "words": "The Mill ward library stays open.",
        "bites_on": None,
        "agreed": "It stays, with shorter hours; volunteers are asked for Saturdays.",
        "state": Issue.State.SETTLED,
    },
    {
        "kind": Issue.Kind.CRUNCH,
        "group": "",
        "words": "How far council tax goes up, and whether reserves may be used instead.",
        "bites_on": 292,
        "agreed": "The section 151 officer shows three budgets before anybody commits.",
        "state": Issue.State.OPEN,
    },
    {
        "kind": Issue.Kind.CRUNCH,
        "group": "Labour",
        "words": "Whether the leisure contract is let again or taken back.",
        "bites_on": 19,
        "agreed": "",
        "state": Issue.State.OPEN,
    },
)
EARLY_WINS = (
    {
        "words": "Every committee streamed and its papers written in plain words.",
        "due": 120,
        "owner": "hds",
        "state": EarlyWin.State.UNDER_WAY,
    },
    {
        "words": "A fund for small repairs in every ward, decided by ward councillors.",
        "due": 180,
        "owner": "s151",
        "state": EarlyWin.State.PLANNED,
    },
    {
        "words": "One joint public statement of priorities.",
        "due": 8,
        "owner": "ce",
        "state": EarlyWin.State.ACHIEVED,
    },
)


def seed_register(plan, members):
    """Fill the register of `plan`; `members` are the council's, by their keys in the demo."""

    def day(offset):
        return plan.election_day + dt.timedelta(days=offset) if offset is not None else None

    by = members["ce"].user
    for each in AGREEMENTS:
        days = {name: day(each[name]) for name in ("made_on", "review_on")}
        actions.add_to_register(Agreement, plan, by=by, **each | days)
    for each in ISSUES:
        actions.add_to_register(Issue, plan, by=by, **each | {"bites_on": day(each["bites_on"])})
    for each in EARLY_WINS:
        found = {"owner": members[each["owner"]], "due": day(each["due"])}
        actions.add_to_register(EarlyWin, plan, by=by, **each | found)
