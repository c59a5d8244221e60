"""Which plans an email update covers."""

from assessments.access import would_pass
from assessments.plans.models import Plan
from councils.models import User
from councils.permissions import Right


def plans_to_tell_of(user: User) -> list[Plan]:
    """Return the plans that `user` can see, as a member or an adviser, and no later plan follows.

    A plan they could not open, because they have not set up two-step sign-in, is left out.
    """
    plans = Plan.objects.visible_to(user).select_related("council").filter(following=None)
    return [plan for plan in plans if would_pass(plan, Right.VIEW)]
