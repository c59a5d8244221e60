"""Who may do what. No other module compares access levels.

Views ask `may(membership, Right.X)` and pass the answer to templates as a boolean.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from .models import Access, AdviserAccess, Membership, Office, User, signs_in_twice


class Right(Enum):
    """What a person can be allowed to do; the value completes "You do not have permission to"."""

    VIEW = "see the plan and its guidance"
    EXPORT = "download the action plan"
    COMMENT = "comment on steps and actions"
    EDIT_ITEMS = "record progress, owners, dates and notes, or add actions"
    RECORD_SEATS = "record who holds the council’s seats or calculate its political balance"
    REVIEW = "review a stage"
    SIGN_OFF = "ask for reviews, sign off a stage or reopen it"
    MANAGE_PLAN = "create a plan, change its settings or run its review rounds"
    RESTRICTED = "read or write restricted notes, or choose who else can read them"
    MANAGE_PEOPLE = "invite people, change their access or remove them"
    TAKE_PART = "be assigned actions, or see who works on the plan and what advisers have viewed"
    GRANT = "give an adviser access to a plan, change it or end it, or ask an adviser for advice"
    MANAGE_DATA = "export the council’s data, set how long it is kept or erase people"


ALLOWED: dict[str, set[Right]] = {
    Access.OWNER: set(Right),
    Access.EDITOR: {
        Right.VIEW,
        Right.EXPORT,
        Right.COMMENT,
        Right.EDIT_ITEMS,
        Right.RECORD_SEATS,
        Right.REVIEW,
        Right.TAKE_PART,
    },
    Access.REVIEWER: {Right.VIEW, Right.EXPORT, Right.COMMENT, Right.REVIEW, Right.TAKE_PART},
    # Within the stages that an adviser's grant names.
    AdviserAccess.READ: {Right.VIEW, Right.EXPORT},
    AdviserAccess.COMMENT: {Right.VIEW, Right.EXPORT, Right.COMMENT},
}

# What a member can be given, and one line on each for people who choose or read it.
ACCESS_CHOICES = Access.choices
ACCESS_HINTS: dict[str, str] = {
    Access.OWNER: (
        "Can do everything an editor can, and manage settings, people, advisers, sign-off and data."
    ),
    Access.EDITOR: (
        "Can do everything a reviewer can, and record progress, notes, dates and the council’s "
        "seats."
    ),
    Access.REVIEWER: (
        "Can view and download the plan, comment on it, review stages and be assigned actions."
    ),
    AdviserAccess.READ: "Can view and download the stages that an owner chose, until the last day.",
    AdviserAccess.COMMENT: (
        "Can view, download and comment on the stages that an owner chose, until the last day."
    ),
}

# What the invitation of several people suggests for each role.
SUGGESTED_ACCESS: dict[str, str] = {
    **dict.fromkeys(Office.values, Access.EDITOR),
    Office.CHIEF_EXECUTIVE: Access.OWNER,
    Office.HEAD_OF_SERVICE: Access.REVIEWER,
    Office.LGA_ADVISER: Access.REVIEWER,
}

# Where SECOND_FACTOR_REQUIRED is on: access levels that need more than a password,
SIGN_IN_TWICE: set[str] = {Access.OWNER, *AdviserAccess}
# and posts held by people from outside the council, at any access level.
OFFICES_SIGN_IN_TWICE: set[str] = {Office.LGA_ADVISER}


class SecondFactorNeeded(PermissionDenied):
    """The person has the right, but must turn on two-step sign-in before using it."""


# `membership` below is any object with `access`, `office` and `has_second_factor`: a Membership, or
# a plan from a queryset scoped to a person.


def may(membership: Any, right: Right) -> bool:
    return right in ALLOWED[membership.access]


def must_sign_in_twice(membership: Any) -> bool:
    """Return whether a membership, or an invitation to one, needs two-step sign-in."""
    applies = membership.access in SIGN_IN_TWICE or membership.office in OFFICES_SIGN_IN_TWICE
    return settings.SECOND_FACTOR_REQUIRED and applies


def greater_of(first: Membership, second: Membership) -> Membership:
    """Return the membership with the greater access; of two with the same, the first."""
    return max((first, second), key=lambda each: len(ALLOWED[each.access]))


def is_owner(membership: Membership | None) -> bool:
    """Return whether there is a membership, of a current owner."""
    if membership is None or membership.ended_at is not None:
        return False
    return membership.access == Access.OWNER


def last_owner_of(members: Iterable[Membership]) -> Membership | None:
    """Return the only owner among the current members of a council, or None if it has several."""
    owners = [each for each in members if each.access == Access.OWNER and each.user.is_active]
    return owners[0] if len(owners) == 1 else None


def accesses_with(right: Right) -> list[str]:
    """Return the access levels that have a right, for queries."""
    return [access for access, rights in ALLOWED.items() if right in rights]


def accesses_allowing_all_of(access: str) -> list[str]:
    """Return the access levels that have every right of one, itself among them."""
    return [each for each, rights in ALLOWED.items() if rights >= ALLOWED[access]]


@dataclass(frozen=True)
class MemberStanding:
    """A membership with an access level, or with one that allows as much: see `Standing`."""

    council_id: int
    membership_id: int
    access: str

    def rows(self) -> QuerySet[Membership]:
        return Membership.objects.current().filter(
            pk=self.membership_id,
            access__in=accesses_allowing_all_of(self.access),
            council__stopped_at=None,
        )


def require(membership: Any, right: Right) -> None:
    """Raise PermissionDenied, with a sentence for the person, unless they have the right.

    Raises SecondFactorNeeded if they must turn on two-step sign-in first.
    """
    if must_sign_in_twice(membership) and not membership.has_second_factor:
        raise SecondFactorNeeded
    if membership.access in set(AdviserAccess) and right not in ALLOWED[AdviserAccess.COMMENT]:
        raise PermissionDenied(
            "This page is for people at the council. As an adviser, you can see the stages that "
            "the plan owner has shared with you."
        )
    if not may(membership, right):
        raise PermissionDenied(
            f"You do not have permission to {right.value}. If you need it, ask an owner of the "
            "council’s plan."
        )


def require_second_factor(user: User) -> None:
    """Raise SecondFactorNeeded if two-step sign-in is required and `user` has not turned it on.

    For what belongs to the person and not to a council, such as a development record.
    """
    if settings.SECOND_FACTOR_REQUIRED and not signs_in_twice(user):
        raise SecondFactorNeeded


def membership_for(user: User, slug: str, *, needs: Right = Right.VIEW) -> Membership:
    """Return the person's membership of the council, with the council.

    Raises Http404 for a council they do not belong to, and PermissionDenied without `needs` or if
    the council's access is stopped.
    """
    membership = Membership.objects.held_by(user).filter(council__slug=slug).first()
    if membership is None:
        refuse_if_stopped(user, slug=slug)
        raise Http404
    require(membership, needs)
    user.standings.add(MemberStanding(membership.council_id, membership.pk, membership.access))
    return membership


def refuse_if_stopped(user: User, **council: Any) -> None:
    """Raise PermissionDenied, with a sentence for the person, if their council’s access is stopped.

    For what was not found; `council` is the lookup to the council. One query.
    """
    membership = stopped_membership(user, **council)
    if membership is not None:
        raise PermissionDenied(
            f"Access to {membership.council.name} has been stopped by the organisation that runs "
            "the planner. Nothing has been deleted. The contact page says how to reach it."
        )


def stopped_membership(user: User, **council: Any) -> Membership | None:
    """Return a membership of the person in a council whose access is stopped. One query."""
    held = Membership.objects.current().filter(user=user, council__stopped_at__isnull=False)
    stopped = held.filter(**{f"council__{path}": value for path, value in council.items()})
    return stopped.select_related("council").first()


def access_hint(membership: Any) -> str:
    """Return one line on what the membership allows."""
    return ACCESS_HINTS[membership.access]
