"""The demo's parity log: what Riverdale's officers offered to each group around the poll."""

import datetime as dt

from assessments.demo_story import moment_of

from .actions import add_parity_entry, save_confidential_request
from .models import ParityEntry, ParityShare

Kind, Outcome = ParityEntry.Kind, ParityShare.Outcome

# Dates are days from election day: the offer, then the day it was given to each group. Advice on
# pledges ends before the pre-election period.
OFFERS = (
    {
        "kind": Kind.BRIEFING,
        "words": "How political balance and the annual meeting work",
        "offered_on": -58,
        "offered_by": "Head of democratic services",
        "given": -43,
    },
    {
        "kind": Kind.COSTING,
        "words": "Up to 5 pledges for each group",
        "offered_on": -70,
        "offered_by": "Section 151 officer",
        "given": -45,
        "declined": "Elm",
    },
    {
        "kind": Kind.BRIEFING,
        "words": "The financial position and the budget timetable",
        "offered_on": 4,
        "offered_by": "Section 151 officer",
        "given": 8,
    },
    {
        "kind": Kind.FACTS,
        "words": "Contracts that end this year",
        "offered_on": 11,
        "offered_by": "Chief executive",
        "given": 12,
        "not_offered": "Rowan",
        "reason": "The group was left off the list by mistake. It will be sent the same facts.",
    },
)
ASKED = 5
REQUEST = {
    "group": "Ash",
    "words": "What would it cost to keep the Mill ward library open with its current opening hours?",
    "answer": "The section 151 officer gave the group the figures for 3 options.",
}


def seed_parity(plan, groups, *, chief, officer):
    """Record offers to `groups`, and one request in confidence that only owners can read."""
    day = plan.election_day
    offers = sorted(OFFERS, key=lambda offer: offer["given"])
    for offer in offers:
        if offer["given"] < 0:
            yield moment_of(day + dt.timedelta(days=offer["given"]), "16:25")
            _add_offer(plan, groups, offer, officer)
    asked_on = day + dt.timedelta(days=ASKED)
    yield moment_of(asked_on, "17:30")
    save_confidential_request(
        None, plan=plan, version=0, by=chief, readers=[], asked_on=asked_on, **REQUEST
    )
    for offer in offers:
        if offer["given"] > 0:
            yield moment_of(day + dt.timedelta(days=offer["given"]), "10:25")
            _add_offer(plan, groups, offer, officer)


def _add_offer(plan, groups, offer, officer):
    day = plan.election_day
    shares = []
    for group in groups:
        outcome, given = Outcome.GIVEN, day + dt.timedelta(days=offer["given"])
        if group == offer.get("declined"):
            outcome, given = Outcome.DECLINED, None
        elif group == offer.get("not_offered"):
            outcome, given = Outcome.NOT_OFFERED, None
        shares.append((group, outcome, given))
    is_alike = all(outcome != Outcome.NOT_OFFERED for _, outcome, _ in shares)
    add_parity_entry(
        plan,
        shares=shares,
        by=officer,
        kind=offer["kind"],
        words=offer["words"],
        offered_on=day + dt.timedelta(days=offer["offered_on"]),
        offered_by=offer["offered_by"],
        reason="" if is_alike else offer["reason"],
    )
