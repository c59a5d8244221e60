"""How the council of a plan takes decisions, as it entered under “Before annual council”."""

from assessments.plans.models import Plan
from elections.interim import Governance

from .models import InterimArrangements


def governance_of(plan: Plan) -> Governance:
    """Return how the council takes decisions; Governance.UNKNOWN if it has not said so."""
    found = InterimArrangements.objects.filter(plan=plan).values_list("governance", flat=True)
    return Governance(found.first() or "")
