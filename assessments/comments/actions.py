"""Add, edit and remove comments; resolve and reopen threads."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone

from assessments.notices import actions as notices
from assessments.notices.models import Notice
from assessments.plans.actions import hold, record
from assessments.plans.models import Event, Plan, PlanItem
from assessments.versions import FieldValueChange
from councils.models import Membership, User
from frameworks.models import Step

from .models import EDIT_WINDOW, Comment, Mention, Thread, ThreadMark
from .threads import place_of

# Of one person on one action or step. Downloads with comments have them all.
OWN_COMMENTS_MAX = 200


class TooManyComments(Exception):
    """The person has made OWN_COMMENTS_MAX comments on the action or step."""

    def __str__(self) -> str:
        return f"A person can make up to {OWN_COMMENTS_MAX} comments in one place"


class TooLate(Exception):
    """The comment is too old to be edited, or its author has removed it."""


def start_thread(
    plan: Plan,
    step: Step,
    *,
    text: str,
    by: User,
    item: PlanItem | None = None,
    tell: Collection[Membership] = (),
) -> Comment:
    """Add a thread on a step, or on one of its items. `tell` are memberships to mention.

    If the plan has moved to another edition meanwhile, the thread is on the step of the same number
    there, as an action is. Raises TooManyComments.
    """
    with transaction.atomic():
        edition = hold(plan)
        if edition != step.framework_id:
            step = Step.objects.filter(framework=edition, number=step.number).first() or step
        thread = Thread.objects.create(plan=plan, step=step, item=item)
        return _say(thread, text=text, by=by, tell=tell)


def reply(thread: Thread, *, text: str, by: User, tell: Collection[Membership] = ()) -> Comment:
    """Add a comment to a thread. If it has been resolved meanwhile, reopen it.

    Raises TooManyComments.
    """
    with transaction.atomic():
        # One at a time, so that keys grow in the order in which comments appear: a person who was
        # shown one was shown all before it.
        if hold(thread.plan) != thread.step.framework_id:
            thread.refresh_from_db(fields=["step"])
        comment = _say(thread, text=text, by=by, tell=tell)
        _reopen(thread, by=by)
    return comment


def _say(thread: Thread, *, text: str, by: User, tell: Collection[Membership]) -> Comment:
    place = {"plan": thread.plan_id, "step": thread.step_id, "item": thread.item_id}
    said = Comment.objects.filter(thread__in=Thread.objects.filter(**place), author=by)
    if said.count() >= OWN_COMMENTS_MAX:
        raise TooManyComments
    comment = Comment.objects.create(thread=thread, text=text, author=by)
    Mention.objects.bulk_create(Mention(comment=comment, membership=member) for member in tell)
    changes = [FieldValueChange("comment", text, "", text)]
    if tell:
        names = ", ".join(member.user.name for member in tell)
        changes.append(FieldValueChange("told", names, "", names))
    _record(thread, Event.Kind.COMMENT_ADDED, by=by, changes=changes)
    _tell(comment, [member.user for member in tell])
    return comment


def _tell(comment: Comment, mentioned: Collection[User]) -> None:
    """Tell those who are mentioned, and the other authors of the thread that it has a reply."""
    thread = comment.thread
    earlier = Comment.objects.shown().filter(thread=thread).exclude(author=comment.author_id)
    authors = User.objects.filter(pk__in=earlier.values("author"), is_active=True)
    about = {
        "plan": thread.plan,
        "item": thread.item,
        "step": None if thread.item else thread.step,
        "by": comment.author,
        "key": f"comment:{comment.pk}",
        "path": place_of(thread),
    }
    notices.tell(mentioned, Notice.Kind.MENTION, **about)
    notices.tell(authors, Notice.Kind.REPLY, **about)


def edit_comment(comment: Comment, *, text: str, by: User) -> None:
    """Edit a comment within EDIT_WINDOW. Raises TooLate afterwards.

    Do nothing if it says the same already.
    """
    now = timezone.now()
    with transaction.atomic():
        hold(comment.thread.plan)
        still_new = Comment.objects.shown().filter(pk=comment.pk, at__gt=now - EDIT_WINDOW)
        stored = still_new.first()
        if stored is None:
            raise TooLate
        if text == stored.text:
            return
        still_new.update(text=text, edited_at=now)
        changes = [FieldValueChange("comment", text, stored.text, text)]
        _record(comment.thread, Event.Kind.COMMENT_EDITED, by=by, changes=changes)


def remove_comment(comment: Comment, *, by: User) -> None:
    """Remove a comment; its text stays in the event. Do nothing if it has been removed."""
    with transaction.atomic():
        hold(comment.thread.plan)
        there = Comment.objects.shown().filter(pk=comment.pk)
        if stored := there.first():
            there.update(text="", removed_at=timezone.now())
            changes = [FieldValueChange("comment", "", stored.text, "")]
            _record(comment.thread, Event.Kind.COMMENT_REMOVED, by=by, changes=changes)


def resolve_thread(thread: Thread, *, by: User) -> None:
    """Resolve a thread. Do nothing if it has been resolved."""
    with transaction.atomic():
        hold(thread.plan)
        open_ones = Thread.objects.unresolved().filter(pk=thread.pk)
        if open_ones.update(resolved_at=timezone.now(), resolved_by=by):
            _record(thread, Event.Kind.THREAD_RESOLVED, by=by)


def reopen_thread(thread: Thread, *, by: User) -> None:
    """Reopen a resolved thread. Do nothing if it is open."""
    with transaction.atomic():
        hold(thread.plan)
        _reopen(thread, by=by)


def _reopen(thread: Thread, *, by: User) -> None:
    settled = Thread.objects.resolved().filter(pk=thread.pk)
    if settled.update(resolved_at=None, resolved_by=None):
        _record(thread, Event.Kind.THREAD_REOPENED, by=by)


def mark_seen(latest: Collection[Comment], *, by: User) -> None:
    """Note that `by` has been shown threads up to `latest`, at most one comment of each thread."""
    if not latest:
        return
    ThreadMark.objects.bulk_create(
        [ThreadMark(thread_id=comment.thread_id, user=by, latest=comment) for comment in latest],
        update_conflicts=True,
        unique_fields=["thread", "user"],
        update_fields=["latest"],
    )


def _record(
    thread: Thread, kind: Event.Kind, *, by: User, changes: Iterable[FieldValueChange] = ()
) -> None:
    where = "" if thread.item_id else f"step {thread.step.number}"
    record(thread.plan, kind, by=by, item=thread.item, detail=where, changes=changes)
