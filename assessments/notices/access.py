"""Which actions a person can ask for an update on."""

from django.http import Http404

from assessments.access import Rights, item_for
from assessments.plans.models import PlanItem
from councils.models import User
from councils.permissions import Right


def item_to_ask_about(user: User, plan_id: int, item_id: int) -> tuple[PlanItem, Rights]:
    """Return an action that was not removed, and the Rights of a member; else 404 or 403."""
    item, rights = item_for(user, plan_id, item_id, needs=Right.TAKE_PART)
    if item.removed_at:
        raise Http404
    return item, rights
