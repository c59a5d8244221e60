"""Which plans an email update covers."""

from assessments.access import would_pass
from assessments.plans.models import Plan
from councils.permissions import Right


def plans_to_tell_of(user):
    """The plans in which things wait for `user` as a member: those a later plan does not follow.

    What they could not open, for want of two-step sign-in, they are not told of by e-mail either.
    """
    plans = Plan.objects.visible_to(user).select_related("council").filter(following=None)
    return [plan for plan in plans if plan.membership_id and would_pass(plan, Right.TAKE_PART)]
