"""Who may do what. Nothing else in the project compares access levels.

Views ask `may(membership, Right.X)` and hand templates the answer as a boolean.
"""

from enum import Enum

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from .models import Access, AdviserAccess, Membership, Office, signs_in_twice


class Right(Enum):
    VIEW = "see the plan and its guidance"
    EXPORT = "take the action plan away as a PDF"
    COMMENT = "comment on steps and items"
    EDIT_ITEMS = "record progress, owners, dates and notes, and add the council's own items"
    RECORD_SEATS = "record who holds the council's seats and work out its political balance"
    REVIEW = "review a stage when asked to"
    SIGN_OFF = "ask for reviews, sign a stage off and reopen it"
    MANAGE_PLAN = "create a plan, change its settings and run its rounds of review"
    RESTRICTED = "read and write restricted notes, and name who else may"
    MANAGE_PEOPLE = "invite people, change what they may do and remove them"
    TAKE_PART = "own items, and see who works on the plan and what advisers look at"
    GRANT = "let an adviser see a plan or a part of it, and take that back"
    MANAGE_DATA = "take away all the council’s data, say how long it is kept, and erase people"


ALLOWED = {
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
    # An adviser's rights are within the stages that their grant names.
    AdviserAccess.READ: {Right.VIEW, Right.EXPORT},
    AdviserAccess.COMMENT: {Right.VIEW, Right.EXPORT, Right.COMMENT},
}


# Whose access is worth more than a password, where SECOND_FACTOR_REQUIRED is on.
SIGN_IN_TWICE = {Access.OWNER, *AdviserAccess}
# And those who come from outside the council, whatever their access.
OFFICES_SIGN_IN_TWICE = {Office.LGA_ADVISER}


class SecondFactorNeeded(PermissionDenied):
    """The person has the right, and can use it once they have set up two-step sign-in."""


def may(membership, right):
    return right in ALLOWED[membership.access]


def must_sign_in_twice(membership):
    is_meant = membership.access in SIGN_IN_TWICE or membership.office in OFFICES_SIGN_IN_TWICE
    return settings.SECOND_FACTOR_REQUIRED and is_meant


def accesses_with(right):
    """The access levels that have a right, for queries."""
    return [access for access, rights in ALLOWED.items() if right in rights]


def require(membership, right):
    """403, with words a person can act on, unless the membership has the right.

    `membership` is anything with `access`, `office` and `has_second_factor`, as querysets scoped
    to a person give them.
    """
    if must_sign_in_twice(membership) and not membership.has_second_factor:
        raise SecondFactorNeeded
    if not may(membership, right):
        raise PermissionDenied(
            f"Your access does not let you {right.value}. Ask the owner of your council's plan."
        )


def require_second_factor(user):
    """For what is a person's own, whatever they are at any council, and worth more than a password:
    two-step sign-in, where it is switched on.
    """
    if settings.SECOND_FACTOR_REQUIRED and not signs_in_twice(user):
        raise SecondFactorNeeded


def membership_for(user, slug, *, needs=Right.VIEW):
    """The person's membership of the council, with the council; else 404, or 403 without `needs`.

    Another council does not exist for them, and neither does one they have left.
    """
    membership = get_object_or_404(Membership.objects.held_by(user), council__slug=slug)
    require(membership, needs)
    return membership


def allowed_in_words(membership):
    """What this membership lets its holder do, a phrase each, for the person to read."""
    return [right.value for right in Right if may(membership, right)]


def access_in_words(access):
    """The same as one phrase, for choosing an access level."""
    return "; ".join(right.value for right in Right if right in ALLOWED[access])
