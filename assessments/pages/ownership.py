"""The open actions that a member owns, for the page that removes them."""

from dataclasses import dataclass

from django.utils.http import urlencode

from assessments.addresses import address
from assessments.plans.models import PlanItem
from assessments.words import day_in_words
from councils.models import Membership


@dataclass
class OwnedInPlan:
    """A member’s open actions in one plan, and the list where they can be reassigned."""

    election: str
    url: str
    actions: list[str]


def owned_by(membership: Membership) -> list[OwnedInPlan]:
    """Return the open actions of a member by plan. One query, for an owner of the council."""
    items = PlanItem.objects.live().open().filter(owner=membership)
    items = items.select_related("plan", "step", "source").order_by("plan", "step__number", "pk")
    found: dict[int, OwnedInPlan] = {}
    for item in items:
        plan = item.plan
        query = urlencode({"owner": membership.pk})
        owned = found.setdefault(
            plan.pk,
            OwnedInPlan(
                day_in_words(plan.election_day), f"{address('plan_open', plan.pk)}?{query}", []
            ),
        )
        owned.actions.append(f"{item.words(plan.term)} (step {item.step.number})")
    return list(found.values())
