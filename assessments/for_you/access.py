"""Which plans and memberships of a person count for what needs their answer."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.access import would_pass
from assessments.plans.models import STAGES, AdviserGrant, Plan
from councils.models import Membership, User, has_second_factor
from councils.permissions import OFFICES_SIGN_IN_TWICE, SIGN_IN_TWICE, Right, accesses_with


def plans_of(user: User) -> list[Plan]:
    """Return the plans that `user` can open and that no later plan follows, with key dates.

    A plan they could not open, because they have not set up two-step sign-in, is left out. The
    number of queries is constant.
    """
    plans = Plan.objects.visible_to(user).select_related("council").filter(following=None)
    plans = plans.prefetch_related("set_dates", "council__bank_holidays")
    return [plan for plan in plans if would_pass(plan, Right.VIEW)]


def memberships_of(user: User, *, right: Right = Right.VIEW) -> QuerySet[Membership]:
    """Return the current memberships that give `user` a right now, for subqueries.

    Without two-step sign-in, those that need it are left out.
    """
    held = Membership.objects.current().filter(
        user=user, access__in=accesses_with(right), council__stopped_at=None
    )
    if not settings.SECOND_FACTOR_REQUIRED:
        return held
    needs_it = Q(access__in=SIGN_IN_TWICE) | Q(office__in=OFFICES_SIGN_IN_TWICE)
    return held.filter(~needs_it | Q(has_second_factor(user)))


def in_granted_stage(user: User) -> Q:
    """Return the condition that an adviser's grant shows `user` the row's `plan` and `step`."""
    condition = Q()
    grants = AdviserGrant.objects.live().filter(
        adviser=user, plan=OuterRef("plan"), plan__council__stopped_at=None
    )
    if settings.SECOND_FACTOR_REQUIRED:
        grants = grants.filter(has_second_factor(user))
    for number in STAGES:
        shows = Exists(grants.filter(**{f"stage_{number}": True}))
        condition |= Q(shows, step__stage__number=number)
    return condition
