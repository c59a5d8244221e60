"""What a member of a council can reach of its advisers' access."""

from typing import Any

from django.db.models import Case, CharField, Exists, F, Min, OuterRef, QuerySet, When
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404

from assessments.access import Rights, plan_for
from assessments.plans.models import AdviserGrant, AdviserLook, Event, Plan
from assessments.plans.models.grants import AdviserGrantQuerySet
from councils.models import Council, User
from councils.permissions import Right


def grants_of(plan: Plan) -> AdviserGrantQuerySet:
    """Return the grants of a plan, each with its adviser and `has_opened`.

    `has_opened` is whether the adviser has opened the plan under this grant. Until then pages show
    only the email address that was typed, so that giving access does not reveal whose account it
    belongs to, or whether there is one. Their order is by what pages show, for the same reason.
    """
    views = AdviserLook.objects.filter(grant=OuterRef("pk"))
    shown_as = Case(
        When(has_opened=True, then=F("adviser__name")),
        default=F("adviser__email"),
        output_field=CharField(),
    )
    return (
        AdviserGrant.objects.filter(plan=plan)
        .select_related("adviser", "revoked_by", "plan")
        .annotate(has_opened=Exists(views))
        .order_by(Lower(shown_as), "-granted_at", "-pk")
    )


def grant_for(user: User, plan_id: int, grant_id: int) -> tuple[AdviserGrant, Plan, Rights]:
    """Return a live grant as `grants_of` does, its plan and the user's rights; else 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=Right.GRANT)
    return get_object_or_404(grants_of(plan).live(), pk=grant_id), plan, rights


def advisers_named_in(council: Council) -> QuerySet[User]:
    """Return the advisers of a council whose names pages show: who opened a plan or did something.

    What is sent without opening a page, such as a comment, is no look.
    """
    opened = Exists(AdviserLook.objects.filter(grant=OuterRef("pk")))
    did = Exists(Event.objects.filter(plan=OuterRef("plan"), by=OuterRef("adviser")))
    grants = AdviserGrant.objects.live().filter(opened | did, plan__council=council)
    return User.objects.filter(pk__in=grants.order_by().values("adviser"))


def councils_advised_by(user: User) -> QuerySet[Council]:
    grants = AdviserGrant.objects.live().filter(adviser=user)
    return Council.objects.filter(pk__in=grants.order_by().values("plan__council"))


def councils_naming_adviser(user: User) -> QuerySet[Council]:
    """Return the councils of which the user has opened a plan as an adviser, or can now."""
    opened = Exists(AdviserLook.objects.filter(grant=OuterRef("pk")))
    grants = AdviserGrant.objects.live() | AdviserGrant.objects.filter(opened)
    grants = grants.filter(adviser=user).order_by()
    return Council.objects.filter(pk__in=grants.values("plan__council"))


def advisers_known_since(accounts: QuerySet[User], council: Council) -> QuerySet[Any]:
    """Return the moments `first` since when a council knows people as its advisers."""
    grants = AdviserGrant.objects.filter(adviser__in=accounts.values("pk"), plan__council=council)
    return grants.order_by().values("adviser").annotate(first=Min("granted_at"))
