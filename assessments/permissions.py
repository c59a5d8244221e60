"""What a signed-in person may do to a plan: the one place views ask.

`plan_for` and `item_for` are how every view begins. Another council's object is not found (404);
one's own council's without the right is refused (403).
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from councils.permissions import Right, may, require

from .models import Comment, Plan, PlanItem, RestrictedNote, Thread

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
    can_comment: bool
    can_manage: bool
    can_export: bool
    can_restrict: bool

    @classmethod
    def of(cls, holder):
        """`holder` is anything with `access`: a membership, or a plan or item from visible_to."""
        return cls(
            can_edit=may(holder, Right.EDIT_ITEMS),
            can_comment=may(holder, Right.COMMENT),
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


def thread_for(user, plan_id, thread_id, *, needs=Right.VIEW):
    """The plan, one of its threads and the Rights; else 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=needs)
    threads = Thread.objects.select_related("plan", "step", "item__source")
    return plan, get_object_or_404(threads.on(plan), pk=thread_id), rights


def own_comment_for(user, plan_id, comment_id):
    """The plan, a comment that `user` made and has not removed, and the Rights.

    Else 404, or 403: nobody changes what another person said.
    """
    plan, rights = plan_for(user, plan_id, needs=Right.COMMENT)
    comments = Comment.objects.shown().select_related(
        "thread__plan", "thread__step", "thread__item__source"
    )
    comment = get_object_or_404(comments.on(plan), pk=comment_id)
    if comment.author_id != user.pk:
        raise PermissionDenied("Only the person who wrote a comment can change or remove it.")
    return plan, comment, rights
