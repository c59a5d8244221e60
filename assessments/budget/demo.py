"""The demo's budgets: Northwold's, with votes on 2 amendments, and Riverdale's, which is to come."""

import datetime as dt
from decimal import Decimal
from typing import Any

from assessments.demo_story import Part, moment_of
from assessments.plans.models import Plan
from councils.models import User
from elections.budget import AmendmentLine, BudgetStep
from elections.timetable import THURSDAY

from .actions import (
    add_amendment,
    save_amendment,
    save_budget,
    save_confidential_amendment,
    state_amendment,
)
from .models import AmendmentState
from .page import default_year

REQUIREMENT, TAX_BASE = Decimal("8640000"), Decimal("44320.5")
OPEN: tuple[dict[str, Any], ...] = (
    {
        "group": "Ash",
        "state": AmendmentState.LOST,
        "title": "Free swimming for under-16s",
        "tax_change": 0,
        "lines": (
            AmendmentLine("Free swimming for under-16s at both leisure centres", 120_000),
            AmendmentLine("Higher charges at 3 town-centre car parks", 0, 85_000),
            AmendmentLine("First-year cost of the booking system", 15_000, 0, 15_000),
            AmendmentLine("Fewer printed copies of the council magazine", -35_000),
        ),
        "statement": "The estimates are robust. Income from car parks assumes the same number of "
        "visits. General reserves stay above the minimum that I recommend.",
    },
    {
        "group": "Elm",
        "state": AmendmentState.CARRIED,
        "title": "Two more neighbourhood wardens",
        "tax_change": 83_000,
        "lines": (
            AmendmentLine("Two neighbourhood wardens", 78_000),
            AmendmentLine("One vehicle, used jointly with a housing association", 9_000, 4_000),
        ),
        "statement": "The estimates are robust. The amendment raises council tax in this year and later years.",
    },
)
CONFIDENTIAL: dict[str, Any] = {
    "group": "Rowan",
    "title": "Keep the Mill ward library open on Saturdays",
    "lines": (AmendmentLine("Saturday opening", 24_000, 0, 24_000),),
}


def seed_past_budget(plan: Plan, *, officer: User, finance: User) -> Part:
    """Enter figures, and 2 amendments with their statements and what the council decided."""
    year = default_year(plan)
    yield moment_of(dt.date(year, 2, 2), "10:20")
    meeting = thursday_before(dt.date(year, 2, 25))
    save_budget(
        plan,
        version=0,
        year=year,
        requirement=REQUIREMENT,
        tax_base=TAX_BASE,
        own={BudgetStep.COUNCIL: meeting},
        by=officer,
    )
    received_on = dt.date(year, 2, 9)
    amendments = []
    for each in OPEN:
        yield moment_of(received_on, "14:30")
        fields = {name: each[name] for name in ("group", "title", "tax_change", "lines")}
        fields["received_on"] = received_on
        state = AmendmentState.BALANCED
        added = add_amendment(plan, state=state, by=officer, **fields)
        amendments.append((added, each, fields))
    for added, each, _ in amendments:
        yield moment_of(dt.date(year, 2, 12), "15:00")
        state_amendment(
            added, version=1, statement=each["statement"], confirms_figures=True, by=finance
        )
    for added, each, fields in amendments:
        yield moment_of(meeting, "20:15")
        save_amendment(added, version=2, state=each["state"], by=officer, **fields)


def seed_coming_budget(plan: Plan, *, chief: User, officer: User) -> Part:
    """Set the day of the budget meeting; only owners read an amendment given in confidence."""
    year = default_year(plan)
    own = {BudgetStep.COUNCIL: thursday_before(dt.date(year, 2, 25))}
    yield moment_of(plan.election_day - dt.timedelta(days=40), "09:55")
    save_budget(plan, version=0, year=year, own=own, by=officer)
    received = plan.election_day + dt.timedelta(days=7)
    yield moment_of(received, "17:20")
    save_confidential_amendment(
        None, plan=plan, version=0, received_on=received, by=chief, readers=[], **CONFIDENTIAL
    )


def thursday_before(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=(day.weekday() - THURSDAY) % 7)
