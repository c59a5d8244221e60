"""What a signed-in person may do to a plan: the one place views ask.

`plan_for` and `item_for` are how every view begins. Another council's object is not found (404);
one's own council's without the right is refused (403).
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from councils.permissions import Right, may, require

from .models import CalendarFeed, Plan, PlanItem, RestrictedNote

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
    can_restrict: bool

    @classmethod
    def of(cls, holder):
        """`holder` is anything with `access`: a membership, or a plan or item from visible_to."""
        return cls(
            can_edit=may(holder, Right.EDIT_ITEMS),
            can_manage=may(holder, Right.MANAGE_PLAN),
            can_export=may(holder, Right.EXPORT),
            can_restrict=may(holder, Right.RESTRICTED),
        )


def plan_for(user, plan_id, *, needs=Right.VIEW):
    """The plan if `user` may see it, and their Rights; else 404, or 403 without `needs`."""
    plan = get_object_or_404(Plan.objects.visible_to(user).select_related("council"), pk=plan_id)
    require(plan, needs)
    return plan, Rights.of(plan)


def item_for(user, plan_id, item_id, *, needs=Right.VIEW, related=SHOWN):
    """The item, removed ones included; else 404 or 403.

    With it comes what is `related`: all that a page shows of it, or less for a save that answers
    with the little that changed.
    """
    items = PlanItem.objects.visible_to(user).select_related(*related)
    item = get_object_or_404(items, plan_id=plan_id, pk=item_id)
    require(item, needs)
    return item, Rights.of(item)


def restricted_note_for(user, plan_id, item_id):
    """The item, its restricted note (None before there is one) and the Rights; else 404.

    Not 403: that a note exists is itself for its readers alone.
    """
    item, rights = item_for(user, plan_id, item_id)
    note = RestrictedNote.objects.readable_by(user).filter(item=item).first()
    if item.removed_at or (note is None and not rights.can_restrict):
        raise Http404
    return item, note, rights


def feed_for(token):
    """The plan that a calendar address leads to, and whose address it is; else 404.

    Asked at every fetch, so an address ends with its holder's membership or account.
    """
    feed = get_object_or_404(CalendarFeed.objects.for_token(token).select_related("user"))
    plans = Plan.objects.visible_to(feed.user).select_related("council")
    plan = plans.filter(pk=feed.plan_id).first()
    if plan is None or not feed.user.is_active:
        raise Http404
    try:
        require(plan, Right.VIEW)
    except PermissionDenied as error:
        raise Http404 from error
    return plan, feed
