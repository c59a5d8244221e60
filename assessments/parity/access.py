"""What a signed-in person can reach of the parity log."""

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import Rights, plan_for, plan_for_member
from assessments.plans.models import Plan
from councils.models import Membership, User
from councils.permissions import Right, accesses_with, require_second_factor

from .models import ConfidentialRequest, ParityEntry


def parity_entry_for(user: User, plan_id: int, parity_id: int) -> tuple[Plan, ParityEntry, Rights]:
    """Return the plan, an entry that `user` can change, removed or not, and the Rights."""
    plan, rights = plan_for_member(user, plan_id, needs=Right.EDIT_ITEMS)
    entries = ParityEntry.objects.filter(plan=plan).select_related("saved_by")
    entry = get_object_or_404(entries.prefetch_related("shares"), pk=parity_id)
    entry.plan = plan
    return plan, entry, rights


def requests_for(user: User, plan: Plan) -> QuerySet[ConfidentialRequest]:
    """Return the requests made in confidence that `user` can read."""
    return ConfidentialRequest.objects.readable_by(user).filter(plan=plan)


def new_request_for(user: User, plan_id: int) -> tuple[Plan, Rights]:
    """Return the plan for an owner, who can record a request made in confidence; else 404."""
    plan, rights = plan_for(user, plan_id)
    if not rights.can_restrict:
        raise Http404
    return plan, rights


def request_for(
    user: User, plan_id: int, request_id: int
) -> tuple[Plan, ConfidentialRequest, Rights]:
    """Return a request that `user` can read; else 404, because only its readers may know of it.

    Raises SecondFactorNeeded for a named reader without two-step sign-in, where owners need it.
    """
    plan, rights = plan_for(user, plan_id)
    found = get_object_or_404(
        ConfidentialRequest.objects.naming(user).select_related("saved_by"),
        plan=plan,
        pk=request_id,
    )
    if not rights.can_restrict:
        require_second_factor(user)
    found.plan = plan
    return plan, found, rights


def others_in(plan: Plan) -> QuerySet[Membership]:
    """Return the members that an owner can name as readers."""
    return (
        Membership.objects.current()
        .filter(council=plan.council_id)
        .exclude(access__in=accesses_with(Right.RESTRICTED))
        .select_related("user")
    )
