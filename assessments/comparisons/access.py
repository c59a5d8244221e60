"""What a member of a council can see of the comparison with others."""

from assessments.plans.models import Plan
from councils.models import User

from .disclosure import FEWEST_OTHERS
from .models import ComparisonMember, ComparisonPublication, ComparisonShare, ComparisonSpread


def live_share(plan: Plan) -> ComparisonShare | None:
    """Return the share of a plan that has not been withdrawn."""
    return ComparisonShare.objects.live().filter(plan=plan).select_related("given_by").first()


def latest_publication() -> ComparisonPublication | None:
    return ComparisonPublication.objects.first()


def spreads_for(user: User, plan: Plan) -> tuple[list[ComparisonSpread], bool]:
    """Return the published spreads for a plan that `user` may see, and whether any was kept back.

    Call it for a plan that shares its counts. A spread is kept back from a person who can see the
    plans of so many of its councils that fewer than FEWEST_OTHERS are left. Each spread has
    `is_counted`: whether it includes the plan. 3 queries.
    """
    mine = ComparisonMember.objects.filter(plan_number=plan.pk)
    counts_mine = {each.spread_id: each.is_counted for each in mine}
    found = list(ComparisonSpread.objects.filter(pk__in=counts_mine).exclude(lower=None))
    counted = ComparisonMember.objects.filter(spread__in=found, is_counted=True)
    seen = Plan.objects.visible_to(user).order_by().values("pk")
    known: dict[int, int] = {}
    for pk in counted.filter(plan_number__in=seen).values_list("spread_id", flat=True):
        known[pk] = known.get(pk, 0) + 1
    allowed = []
    for spread in found:
        spread.is_counted = counts_mine[spread.pk]
        if spread.councils - known.get(spread.pk, 0) >= FEWEST_OTHERS:
            allowed.append(spread)
    return allowed, len(allowed) < len(found)
