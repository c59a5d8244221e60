"""What a signed-in person can reach of restricted texts."""

from django.http import Http404

from assessments.access import Rights, item_for, plan_for
from assessments.plans.models import Plan, PlanItem
from councils.models import User
from councils.permissions import require_second_factor

from .models import RestrictedNote


def restricted_note_for(
    user: User, plan_id: int, item_id: int
) -> tuple[PlanItem, RestrictedNote | None, Rights]:
    """Return the item, its restricted note (None if it has none yet) and the Rights; else 404.

    404 and not 403, because only its readers may know that there is a note. Raises
    SecondFactorNeeded for a named reader without two-step sign-in, where owners need it.
    """
    item, rights = item_for(user, plan_id, item_id)
    note = RestrictedNote.objects.naming(user).filter(item=item).first()
    if item.removed_at or (note is None and not rights.can_restrict):
        raise Http404
    if not rights.can_restrict:
        require_second_factor(user)
    return item, note, rights


def restricted_plan_for(user: User, plan_id: int) -> tuple[Plan, Rights]:
    """Return the plan and the Rights of someone who can read all its restricted texts; else 404."""
    plan, rights = plan_for(user, plan_id)
    if not rights.can_restrict:
        raise Http404
    return plan, rights
