"""How the council of a plan takes decisions, as it entered under “Before annual council”."""

from collections.abc import Iterable

from assessments.plans.models import Plan
from elections.interim import Governance, dates_under
from elections.timetable import KeyDate

from .models import InterimArrangements


def governance_of(plan: Plan) -> Governance:
    """Return how the council takes decisions; Governance.UNKNOWN if it has not said so."""
    found = InterimArrangements.objects.filter(plan=plan).values_list("governance", flat=True)
    return Governance(found.first() or "")


def dates_of_council(plan: Plan, dates: Iterable[KeyDate]) -> tuple[KeyDate, ...]:
    """Return dates of the plan as they apply to the way in which its council takes decisions."""
    return dates_under(governance_of(plan), dates)
