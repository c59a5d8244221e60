"""What a signed-in person can reach of the joint working register."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import Rights, plan_for
from assessments.plans.models import Plan
from councils.models import User
from councils.permissions import Right, require

from .models import RegisterEntry


def register_for(user: User, plan_id: int, *, needs: Right = Right.VIEW) -> tuple[Plan, Rights]:
    """Return the plan whose register `user` can see, and the Rights; else 404 or 403."""
    plan, rights = plan_for(user, plan_id)
    if not plan.shows_register:
        raise Http404
    require(plan, needs)
    return plan, rights


def plans_with_register(user: User) -> list[Plan]:
    """Return the plans whose register `user` can see."""
    plans = Plan.objects.visible_to(user).select_related("council")
    return [plan for plan in plans if plan.shows_register]


def register_entry_for(
    user: User,
    plan_id: int,
    model: type[RegisterEntry],
    entry_id: int,
    *,
    needs: Right = Right.EDIT_ITEMS,
) -> tuple[Plan, RegisterEntry, Rights]:
    """Return the plan, an entry, and the Rights of `user`, who must have the right `needs`.

    Raises Http404 or PermissionDenied.

    Removed entries are included.
    """
    plan, rights = register_for(user, plan_id, needs=needs)
    entries = model.objects.on(plan).select_related("saved_by")
    entry = get_object_or_404(entries, pk=entry_id)
    entry.plan = plan
    return plan, entry, rights
