"""What a signed-in person may reach of compositions, political balance and scenarios."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import plan_for
from councils.permissions import Right, membership_for, require_second_factor

from .models import CouncilComposition, PoliticalBalance, Scenario


def scenarios_for(user, plan_id):
    """The plan, the scenarios `user` may read, and the Rights; else 404.

    Not 403: that there are scenarios is itself for their readers alone.
    """
    plan, rights = plan_for(user, plan_id)
    readable = list(Scenario.objects.naming(user).filter(plan=plan).with_seats())
    if not readable and not rights.can_restrict:
        raise Http404
    if not rights.can_restrict:
        require_second_factor(user)
    return plan, readable, rights


def scenario_for(user, plan_id, scenario_id):
    """The plan, one scenario that `user` may read, and the Rights; else 404."""
    plan, rights = plan_for(user, plan_id)
    readable = Scenario.objects.naming(user).filter(plan=plan).with_seats()
    found = get_object_or_404(readable, pk=scenario_id)
    if not rights.can_restrict:
        require_second_factor(user)
    return plan, found, rights


def may_read_scenarios(user, plan, rights):
    """Whether to show the way to the scenarios of a plan."""
    return rights.can_restrict or Scenario.objects.naming(user).filter(plan=plan).exists()


def composition_for(user, slug, pk):
    """The person's membership and a composition of that council; else 404."""
    membership = membership_for(user, slug)
    compositions = CouncilComposition.objects.of(membership.council)
    return membership, get_object_or_404(compositions.select_related("recorded_by"), pk=pk)


def balance_for(user, slug, pk, *, needs=Right.VIEW):
    """The person's membership and an allocation of that council; else 404, or 403."""
    membership = membership_for(user, slug, needs=needs)
    return membership, get_object_or_404(PoliticalBalance.objects.of(membership.council), pk=pk)
