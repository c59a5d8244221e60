"""What a signed-in person can see of compositions, political balance and scenarios."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import Rights, plan_for
from assessments.plans.models import Plan
from councils.models import Council, Membership, User
from councils.permissions import Right, membership_for, require_second_factor
from elections.interim import Governance

from .models import CompositionSuggestion, CouncilComposition, PoliticalBalance, Scenario


def scenarios_for(user: User, plan_id: int) -> tuple[Plan, list[Scenario], Rights]:
    """Return the plan, the scenarios that the user can read, and the Rights. Raises 404.

    Never 403: only their readers may know that there are scenarios.
    """
    plan, rights = plan_for(user, plan_id)
    readable = list(Scenario.objects.naming(user).filter(plan=plan).with_seats())
    if not readable and not rights.can_restrict:
        raise Http404
    if not rights.can_restrict:
        require_second_factor(user)
    return plan, readable, rights


def scenario_for(user: User, plan_id: int, scenario_id: int) -> tuple[Plan, Scenario, Rights]:
    """Return the plan, one scenario that the user can read, and the Rights. Raises 404."""
    plan, rights = plan_for(user, plan_id)
    readable = Scenario.objects.naming(user).filter(plan=plan).with_seats()
    found = get_object_or_404(readable, pk=scenario_id)
    if not rights.can_restrict:
        require_second_factor(user)
    return plan, found, rights


def may_read_scenarios(user: User, plan: Plan, rights: Rights) -> bool:
    """Return whether to show a link to the scenarios of a plan."""
    return rights.can_restrict or Scenario.objects.naming(user).filter(plan=plan).exists()


def composition_for(user: User, slug: str, pk: int) -> tuple[Membership, CouncilComposition]:
    """Return the user's membership and a composition of that council. Raises 404."""
    membership = membership_for(user, slug)
    compositions = CouncilComposition.objects.of(membership.council)
    return membership, get_object_or_404(compositions.select_related("recorded_by"), pk=pk)


def suggestion_for(user: User, slug: str, pk: int) -> tuple[Membership, CompositionSuggestion]:
    """Return the user's membership and a suggested composition. Raises 404, or 403."""
    membership = membership_for(user, slug, needs=Right.RECORD_SEATS)
    found = CompositionSuggestion.objects.filter(council=membership.council)
    return membership, get_object_or_404(found.select_related("council"), pk=pk)


def balance_for(
    user: User, slug: str, pk: int, *, needs: Right = Right.VIEW
) -> tuple[Membership, PoliticalBalance]:
    """Return the user's membership and an allocation of that council. Raises 404, or 403."""
    membership = membership_for(user, slug, needs=needs)
    return membership, get_object_or_404(PoliticalBalance.objects.of(membership.council), pk=pk)


def has_elected_mayor(council: Council) -> bool:
    """Return whether the latest plan that says how the council takes decisions has a mayor."""
    said = Plan.objects.filter(council=council, interim__governance__gt="")
    latest = said.order_by("-election_day", "-pk").values_list("interim__governance", flat=True)
    return latest.first() == Governance.MAYOR
