"""What a signed-in person can reach of the comments on a plan."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from assessments.access import Rights, plan_for
from assessments.plans.models import Plan
from councils.models import User
from councils.permissions import Right

from .models import Comment, Thread


def thread_for(
    user: User, plan_id: int, thread_id: int, *, needs: Right = Right.VIEW
) -> tuple[Plan, Thread, Rights]:
    """Return the plan, one of its threads and the Rights; else 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=needs)
    threads = Thread.objects.select_related("plan", "step__stage", "item__source")
    return plan, get_object_or_404(threads.on(plan), pk=thread_id), rights


def whole_thread_for(user: User, plan_id: int, thread_id: int) -> tuple[Plan, Thread, Rights]:
    """Return the plan, a thread with what its page shows (`read_by`), and the Rights; else 404."""
    plan, rights = plan_for(user, plan_id)
    threads = Thread.objects.select_related("resolved_by", "step", "item__source")
    return plan, get_object_or_404(threads.on(plan).read_by(user), pk=thread_id), rights


def own_comment_for(user: User, plan_id: int, comment_id: int) -> tuple[Plan, Comment, Rights]:
    """Return the plan, a comment by `user` that has not been removed, and the Rights.

    Else 404, or 403 for a comment by someone else.
    """
    plan, rights = plan_for(user, plan_id, needs=Right.COMMENT)
    comments = Comment.objects.shown().select_related(
        "thread__plan", "thread__step", "thread__item__source"
    )
    comment = get_object_or_404(comments.on(plan), pk=comment_id)
    if comment.author_id != user.pk:
        raise PermissionDenied("Only the person who wrote a comment can change or remove it.")
    return plan, comment, rights
