"""What a signed-in person may download from several plans at once."""

from django.shortcuts import get_object_or_404

from assessments.access import would_pass
from assessments.plans.models import Plan
from councils.permissions import Right

from .models import Bundle, BundlePlan


def plans_open_to(user, plan_ids):
    """Those of the plans that `user` may take away as PDF at this moment, by their ids."""
    plans = Plan.objects.visible_to(user).select_related("council").filter(pk__in=plan_ids)
    return {plan.pk: plan for plan in plans if user.is_active and would_pass(plan, Right.EXPORT)}


def bundle_for(user, bundle_id):
    """The zip that `user` asked for, while it is kept; else 404, for its being there is theirs."""
    return get_object_or_404(Bundle.objects.live(), asked_by=user, pk=bundle_id)


def entries_for(user, bundle):
    """What became of each plan, by what `user` may see now, not when the PDF was made.

    Each entry gets `is_ready` (its PDF can be taken) and `words` for what became of it.
    """
    entries = list(bundle.entries.select_related("bundle", "plan__council"))
    open_now = plans_open_to(user, [entry.plan_id for entry in entries])
    for entry in entries:
        plan = open_now.get(entry.plan_id)
        if plan is None or not set(entry.stages) <= set(map(str, plan.stages)):
            entry.state = BundlePlan.State.REFUSED
        elif entry.state == BundlePlan.State.MADE and not entry.path.exists():
            entry.state = BundlePlan.State.FAILED
        entry.is_ready = entry.state == BundlePlan.State.MADE
        entry.words = entry.get_state_display()
    return entries
