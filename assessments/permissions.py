"""What a signed-in person may do to a plan: the one place views ask.

`plan_for` and `item_for` are how every view begins. Another council's object is not found (404);
one's own council's without the right is refused (403).
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from councils.models import Council, Membership
from councils.permissions import Right, may

from .models import Plan, PlanItem

SHOWN = (
    "plan__council",
    "step",
    "source__component",
    "source__lead_role",
    "owner__user",
    "saved_by",
)


@dataclass(frozen=True)
class Rights:
    """What the person may do here, as the booleans that templates receive."""

    can_edit: bool
    can_manage: bool
    can_export: bool

    @classmethod
    def of(cls, holder):
        """`holder` is anything with `access`: a membership, or a plan or item from visible_to."""
        return cls(
            can_edit=may(holder, Right.EDIT_ITEMS),
            can_manage=may(holder, Right.MANAGE_PLAN),
            can_export=may(holder, Right.EXPORT),
        )


def plan_for(user, plan_id, *, needs=Right.VIEW):
    """The plan if `user` may see it, and their Rights; else 404, or 403 without `needs`."""
    plan = get_object_or_404(Plan.objects.visible_to(user).select_related("council"), pk=plan_id)
    _require(plan, needs)
    return plan, Rights.of(plan)


def item_for(user, plan_id, item_id, *, needs=Right.VIEW, related=SHOWN):
    """The item, removed ones included; else 404 or 403.

    With it comes what is `related`: all that a page shows of it, or less for a save that answers
    with the little that changed.
    """
    items = PlanItem.objects.visible_to(user).select_related(*related)
    item = get_object_or_404(items, plan_id=plan_id, pk=item_id)
    _require(item, needs)
    return item, Rights.of(item)


def council_for(user, slug, *, needs=Right.VIEW):
    """The council if `user` belongs to it; else 404, or 403 without `needs`."""
    council = get_object_or_404(Council.objects.visible_to(user), slug=slug)
    membership = Membership.objects.get(user=user, council=council)
    _require(membership, needs)
    return council, Rights.of(membership)


def _require(holder, right):
    if not may(holder, right):
        raise PermissionDenied(
            f"Your access does not let you {right.value}. Ask the owner of your council's plan."
        )
