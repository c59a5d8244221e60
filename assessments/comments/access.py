"""What a signed-in person may reach of the comments on a plan."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from assessments.access import plan_for
from councils.permissions import Right, require

from .models import Comment, Thread


def thread_for(user, plan_id, thread_id, *, needs=Right.VIEW):
    """The plan, one of its threads and the Rights; else 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=needs)
    threads = Thread.objects.select_related("plan", "step", "item__source")
    return plan, get_object_or_404(threads.on(plan), pk=thread_id), rights


def thread_to_resolve_for(user, plan_id, thread_id):
    """As `thread_for`, for resolving or reopening; 403 for an adviser.

    Whether a thread is settled is for the council's members to say.
    """
    found = thread_for(user, plan_id, thread_id, needs=Right.COMMENT)
    require(found[0], Right.TAKE_PART)
    return found


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
