"""What a signed-in person may reach of the joint working register."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import plan_for
from assessments.plans.models import Plan
from councils.permissions import Right, require


def register_for(user, plan_id, *, needs=Right.VIEW):
    """The plan whose register `user` may see, and the Rights; else 404, or 403 without `needs`."""
    plan, rights = plan_for(user, plan_id)
    if not plan.shows_register:
        raise Http404
    require(plan, needs)
    return plan, rights


def plans_with_register(user):
    """The plans whose register `user` may see."""
    plans = Plan.objects.visible_to(user).select_related("council")
    return [plan for plan in plans if plan.shows_register]


def register_entry_for(user, plan_id, model, entry_id):
    """The plan, one entry of its register for somebody to change, and the Rights; else 404 or 403.

    Removed ones included.
    """
    plan, rights = register_for(user, plan_id, needs=Right.EDIT_ITEMS)
    entries = model.objects.on(plan).select_related("saved_by")
    entry = get_object_or_404(entries, pk=entry_id)
    entry.plan = plan
    return plan, entry, rights
