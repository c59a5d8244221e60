from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import record
from assessments.plans.models import Event
from assessments.versions import Change

from .models import EDIT_WINDOW, Comment, Mention, Thread, ThreadMark


class TooLate(Exception):
    """The comment is too old to be edited, or its author has removed it."""


def start_thread(plan, step, *, text, by, item=None, tell=()):
    """Begin a thread on a step, or on one of its items. `tell` are memberships to mention."""
    with transaction.atomic():
        thread = Thread.objects.create(plan=plan, step=step, item=item)
        return _say(thread, text=text, by=by, tell=tell)


def reply(thread, *, text, by, tell=()):
    """Say something more in a thread; it may have been resolved meanwhile, and stays so."""
    with transaction.atomic():
        # One at a time, so that the comments of a thread are numbered in the order they appear:
        # whoever was shown one was shown all before it.
        threads = Thread.objects.select_related("plan", "step", "item")
        thread = threads.select_for_update(of=["self"]).get(pk=thread.pk)
        return _say(thread, text=text, by=by, tell=tell)


def _say(thread, *, text, by, tell):
    comment = Comment.objects.create(thread=thread, text=text, author=by)
    Mention.objects.bulk_create(Mention(comment=comment, membership=member) for member in tell)
    changes = [Change("comment", text, "", text)]
    if tell:
        names = ", ".join(member.user.name for member in tell)
        changes.append(Change("told", names, "", names))
    _record(thread, Event.Kind.COMMENT_ADDED, by=by, changes=changes)
    return comment


def edit_comment(comment, *, text, by):
    """Put one's own comment right, while it is new. Raises TooLate afterwards."""
    if text == comment.text:
        return
    now = timezone.now()
    with transaction.atomic():
        still_new = Comment.objects.shown().filter(pk=comment.pk, at__gt=now - EDIT_WINDOW)
        if not still_new.update(text=text, edited_at=now):
            raise TooLate
        changes = [Change("comment", text, comment.text, text)]
        _record(comment.thread, Event.Kind.COMMENT_EDITED, by=by, changes=changes)


def remove_comment(comment, *, by):
    """Take one's own comment back. Its words stay in the record; does nothing a second time."""
    with transaction.atomic():
        there = Comment.objects.shown().filter(pk=comment.pk)
        if there.update(text="", removed_at=timezone.now()):
            changes = [Change("comment", "", comment.text, "")]
            _record(comment.thread, Event.Kind.COMMENT_REMOVED, by=by, changes=changes)


def resolve_thread(thread, *, by):
    """Say that a thread is settled. Does nothing if it is already."""
    with transaction.atomic():
        open_ones = Thread.objects.unresolved().filter(pk=thread.pk)
        if open_ones.update(resolved_at=timezone.now(), resolved_by=by):
            _record(thread, Event.Kind.THREAD_RESOLVED, by=by)


def reopen_thread(thread, *, by):
    """Take up a settled thread again. Does nothing if it is open."""
    with transaction.atomic():
        settled = Thread.objects.resolved().filter(pk=thread.pk)
        if settled.update(resolved_at=None, resolved_by=None):
            _record(thread, Event.Kind.THREAD_REOPENED, by=by)


def mark_seen(latest, *, by):
    """Note how far `by` has been shown threads: `latest` comments, at most one of each thread."""
    if not latest:
        return
    ThreadMark.objects.bulk_create(
        [ThreadMark(thread_id=comment.thread_id, user=by, latest=comment) for comment in latest],
        update_conflicts=True,
        unique_fields=["thread", "user"],
        update_fields=["latest"],
    )


def _record(thread, kind, *, by, changes=()):
    where = "" if thread.item_id else f"step {thread.step.number}"
    record(thread.plan, kind, by=by, item=thread.item, detail=where, changes=changes)
