"""Who may do what. Nothing else in the project compares access levels.

Views ask `may(membership, Right.X)` and hand templates the answer as a boolean.
"""

from enum import Enum

from .models import Access


class Right(Enum):
    VIEW = "see the plan and its guidance"
    EXPORT = "take the action plan away as a PDF"
    EDIT_ITEMS = "record progress, owners, dates and notes, and add the council's own items"
    MANAGE_PLAN = "create a plan and change its settings"


ALLOWED = {
    Access.OWNER: {Right.VIEW, Right.EXPORT, Right.EDIT_ITEMS, Right.MANAGE_PLAN},
    Access.EDITOR: {Right.VIEW, Right.EXPORT, Right.EDIT_ITEMS},
    Access.REVIEWER: {Right.VIEW, Right.EXPORT},
}


def may(membership, right):
    return right in ALLOWED[membership.access]


def allowed_in_words(membership):
    """What this membership lets its holder do, a phrase each, for the person to read."""
    return [right.value for right in Right if may(membership, right)]
