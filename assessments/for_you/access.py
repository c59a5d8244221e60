"""Which plans and memberships of a person count for what needs their answer."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from assessments.access import Rights, note_granted_view, plan_for, would_pass
from assessments.plans.models import AdviserGrant, Plan
from councils.models import Membership, User, has_second_factor
from councils.permissions import OFFICES_SIGN_IN_TWICE, SIGN_IN_TWICE, Right, accesses_with
from councils.prepared import PreparedQuery


def plans_of(user: User) -> list[Plan]:
    """Return the plans that `user` can open and that no later plan follows, with key dates.

    A plan they could not open, because they have not set up two-step sign-in, is left out. The
    number of queries is constant.
    """
    plans = _plans.fetch(user.pk, today=timezone.localdate())
    return [plan for plan in plans if would_pass(plan, Right.VIEW)]


def plan_among(user: User, plan_id: int, plans: Iterable[Plan]) -> tuple[Plan, Rights]:
    """Return the plan and the rights as `plan_for` does; no query if it is among `plans_of`."""
    for plan in plans:
        if plan.pk == plan_id:
            note_granted_view(user, plan)
            return plan, Rights.of(plan)
    return plan_for(user, plan_id)


@PreparedQuery
def _plans(user_id: int, *, today: dt.date) -> QuerySet[Plan]:
    """Return the latest plans that the person can see on this day, with their dates."""
    plans = Plan.objects.visible_to(User(pk=user_id)).select_related("council")
    return plans.filter(following=None).with_dates()


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
    grants = AdviserGrant.objects.showing_step().filter(adviser=user)
    if settings.SECOND_FACTOR_REQUIRED:
        grants = grants.filter(has_second_factor(user))
    return Q(Exists(grants), plan__council__stopped_at=None)
