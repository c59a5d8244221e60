"""What a signed-in person can reach of the budget.

Members of the council read it; advisers see nothing of it, because amendments are the groups' own.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import Rights, plan_for
from assessments.plans.models import Plan
from councils.models import ActingPost, Membership, Office, User, posts_of
from councils.permissions import Right, accesses_with, require, require_second_factor

from .models import BudgetAmendment, ConfidentialAmendment


def budget_for(user: User, plan_id: int, *, needs: Right = Right.TAKE_PART) -> tuple[Plan, Rights]:
    """Return the plan and the Rights of a member of the council. Raises 404 or 403."""
    plan, rights = plan_for(user, plan_id)
    if not rights.can_take_part:
        raise Http404
    require(plan, needs)
    return plan, rights


def section_151_post(plan: Plan) -> ActingPost | None:
    """Return the post in which the reader of `plan` acts as section 151 officer, or None.

    It is that of the officer, or of a deputy. At most one query.
    """
    if plan.membership_id is None or plan.office is None:
        return None
    posts = posts_of(plan.membership_id, plan.office, among=(Office.SECTION_151_OFFICER,))
    return posts[0] if posts else None


def amendments_for(plan: Plan) -> QuerySet[BudgetAmendment]:
    """Return the open amendments, by group, with their lines."""
    found = BudgetAmendment.objects.filter(plan=plan)
    return found.select_related("stated_by", "saved_by").prefetch_related("lines")


def amendment_for(
    user: User, plan_id: int, amendment_id: int, *, needs: Right = Right.EDIT_ITEMS
) -> tuple[Plan, BudgetAmendment, Rights]:
    """Return the plan, an open amendment and the Rights. Raises 404, or 403 without `needs`."""
    plan, rights = budget_for(user, plan_id, needs=needs)
    amendment = get_object_or_404(amendments_for(plan), pk=amendment_id)
    amendment.plan = plan
    return plan, amendment, rights


def statement_for(
    user: User, plan_id: int, amendment_id: int
) -> tuple[Plan, BudgetAmendment, Rights]:
    """Return the same for those who make statements: the section 151 officer and their deputy.

    Raises 404 or 403.
    """
    plan, amendment, rights = amendment_for(user, plan_id, amendment_id, needs=Right.TAKE_PART)
    _refuse_others(plan)
    return plan, amendment, rights


def confidential_amendments_for(user: User, plan: Plan) -> QuerySet[ConfidentialAmendment]:
    """Return the amendments in confidence that `user` can read and that are not published."""
    found = ConfidentialAmendment.objects.readable_by(user).unpublished().filter(plan=plan)
    return found.prefetch_related("lines")


def new_confidential_amendment_for(user: User, plan_id: int) -> tuple[Plan, Rights]:
    """Return the plan for an owner, who can record an amendment in confidence; else 404."""
    plan, rights = plan_for(user, plan_id)
    if not rights.can_restrict:
        raise Http404
    return plan, rights


def confidential_amendment_for(
    user: User, plan_id: int, confidential_id: int, *, states: bool = False
) -> tuple[Plan, ConfidentialAmendment, Rights]:
    """Return an unpublished amendment that `user` can read; else 404: only its readers know of it.

    With `states`, raises 403 for readers who cannot make a statement on it. Raises
    SecondFactorNeeded for a named reader without two-step sign-in, where owners need it.
    """
    plan, rights = plan_for(user, plan_id)
    found = get_object_or_404(
        ConfidentialAmendment.objects.naming(user)
        .unpublished()
        .select_related("saved_by", "stated_by")
        .prefetch_related("lines"),
        plan=plan,
        pk=confidential_id,
    )
    if not rights.can_restrict:
        require_second_factor(user)
    if states:
        _refuse_others(plan)
    found.plan = plan
    return plan, found, rights


def publication_for(
    user: User, plan_id: int, confidential_id: int
) -> tuple[Plan, ConfidentialAmendment, Rights]:
    """Return an amendment in confidence for an owner, who can publish it; else 404."""
    plan, found, rights = confidential_amendment_for(user, plan_id, confidential_id)
    if not rights.can_restrict:
        raise Http404
    return plan, found, rights


def others_in(plan: Plan) -> QuerySet[Membership]:
    """Return the members that an owner can name as readers."""
    return (
        Membership.objects.current()
        .filter(council=plan.council_id)
        .exclude(access__in=accesses_with(Right.RESTRICTED))
        .select_related("user")
    )


def _refuse_others(plan: Plan) -> None:
    if section_151_post(plan) is None:
        raise PermissionDenied(
            "Only the section 151 officer and their deputy can make a statement on an amendment. "
            "An owner sets officer roles and deputies on the People page."
        )
