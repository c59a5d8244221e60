"""Comment threads prepared for display, and the form for comments."""

from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, Q
from django.utils.text import get_text_list

from assessments.addresses import address
from assessments.advisers.access import grants_of
from assessments.fields import SeveralField, Textarea
from assessments.words import moment_in_words
from councils.models import Membership
from councils.permissions import Right, may

from .models import COMMENT_MAX_LENGTH, Comment, Mention, Thread

TOO_LONG = f"The comment must be {COMMENT_MAX_LENGTH:,} characters or fewer"
SHOWN_ON_A_LIST = 240  # characters of the latest comment in the list of threads
# So that no number of comments makes a page slow. The rest is on pages of its own.
THREADS_SHOWN = 20  # the latest that are open, and as many that are resolved
COMMENTS_SHOWN = 10  # the latest of each thread
COMMENTS_A_PAGE = 50  # on the pages of one thread


class CommentForm(forms.Form):
    """A comment and the members it mentions, of `members`.

    Element ids start with `dom`, because a page has several of these forms. With `may_be_empty`, a
    button such as Resolve can be used without a comment.
    """

    text = forms.CharField(
        label="Comment",
        widget=Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter a comment"},
    )
    tell = SeveralField(
        label="Mention",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Select people from the list"},
    )

    def __init__(self, *args, dom, members=(), may_be_empty=False, **kwargs):
        super().__init__(*args, auto_id=f"{dom}-%s", **kwargs)
        self.dom = dom
        self.members = {str(member.pk): member for member in members}
        self.fields["tell"].choices = [
            (pk, f"{member.user.name}, {member.post}") for pk, member in self.members.items()
        ]
        self.fields["text"].required = not may_be_empty
        self.fields["text"].widget.attrs["aria-describedby"] = f"{dom}-hint {dom}-error-text"

    def clean_text(self):
        text = self.cleaned_data["text"]
        if len(text) > COMMENT_MAX_LENGTH:
            raise ValidationError(TOO_LONG)
        return text

    def said(self):
        """Return the arguments for the actions."""
        told = self.cleaned_data["tell"]
        return {
            "text": self.cleaned_data["text"],
            "tell": [member for pk, member in self.members.items() if pk in told],
        }


@dataclass
class CommentRow:
    """A comment as its reader sees it."""

    pk: int
    who: str
    when: str
    text: str
    told: str
    is_edited: bool
    is_removed: bool
    is_unseen: bool
    edit_url: str = ""
    remove_url: str = ""


@dataclass
class ThreadRow:
    """A thread with its latest comments and, for people who can comment, the form for a reply.

    `earlier` is how many comments came before those, and `earlier_unseen` how many of them are new
    to the reader.
    """

    thread: Thread
    comments: list[CommentRow]
    url: str
    resolved: str
    earlier: int = 0
    earlier_unseen: int = 0
    form: CommentForm | None = None

    @property
    def dom(self):
        return f"thread-{self.thread.pk}"

    @property
    def begins(self):
        """Return the start of its first comment that has not been removed, to name it by."""
        return self.thread.begins or "removed comments"


@dataclass
class CommentDiscussion:
    """Threads on an item, or on a step as a whole, and the form for a new thread.

    `total` is how many comments all its threads have, and `resolved_total` how many threads are
    resolved. `older` and `older_resolved` are the keys of the threads before those shown, if there
    are more; `is_latest` is whether the latest of both kinds are shown. `asked_for` is the key of
    the thread that a link led to. `readers` says who can read them, for members who can comment.
    """

    dom: str
    url: str
    threads: list[ThreadRow]
    form: CommentForm | None = None
    readers: str = ""
    latest_unseen: list[Comment] = field(default_factory=list)
    total: int = 0
    resolved_total: int = 0
    older: int | None = None
    older_resolved: int | None = None
    is_latest: bool = True
    asked_for: int = 0

    @property
    def count_dom(self):
        return f"{self.dom}-count"

    @property
    def open_threads(self):
        return [row for row in self.threads if not row.thread.is_resolved]

    @property
    def resolved_threads(self):
        return [row for row in self.threads if row.thread.is_resolved]

    @property
    def opens_resolved(self):
        """Return whether the thread that a link led to is among the resolved ones."""
        return any(row.thread.pk == self.asked_for for row in self.resolved_threads)

    @property
    def words(self):
        return count_words(self.total)


def address_of(thread):
    """Return the address of the page that shows a thread."""
    if thread.item_id:
        return address("item_comments", thread.plan_id, thread.item_id)
    return address("step_comments", thread.plan_id, thread.step.number)


def place_of(thread):
    """Return the address of a thread on its page, also if others came after it."""
    return f"{address_of(thread)}?thread={thread.pk}#thread-{thread.pk}"


def dom_of(*, item_id=None):
    """The id of the element that holds what is said about an item, or of the step itself."""
    return f"item-{item_id}-comments" if item_id else "step-comments"


def count_words(count):
    if not count:
        return "No comments"
    return "1 comment" if count == 1 else f"{count} comments"


def told_by(plan, user):
    """Return the members that a comment by `user` can mention: all others. One query.

    None for an adviser, who is not shown who belongs to the council.
    """
    if not may(plan, Right.TAKE_PART):
        return []
    return list(
        Membership.objects.current()
        .filter(council=plan.council_id)
        .exclude(user=user)
        .select_related("user")
    )


def readers_in_words(plan, step):
    """Say who can read comments on a step: members, and the advisers who have access. One query.

    An adviser who has not opened the plan is named by their address, as on the advisers page. Empty
    for an adviser, who is not shown who else has access.
    """
    if not may(plan, Right.TAKE_PART):
        return ""
    shown = {f"stage_{step.stage.number}": True}
    names = [
        grant.adviser.name if grant.has_opened else grant.adviser.email
        for grant in grants_of(plan).live().filter(**shown)
    ]
    if not names:
        return "People at the council can read this. No adviser has access to it now."
    advisers = "this adviser" if len(names) == 1 else "these advisers"
    return f"People at the council and {advisers} can read this: {get_text_list(names, 'and')}."


def discussion_for(plan, user, *, step, item=None, may_comment, thread_id=0):
    """Return the CommentDiscussion on an item or on a step. The number of queries is constant.

    It has the latest threads; or, if there is a thread `thread_id` before those, that one and the
    ones before it.
    """
    threads = Thread.objects.on(plan).filter(step=step, item=item)
    unresolved, older, is_latest = _part(threads.unresolved(), user, thread_id)
    resolved, older_resolved, is_latest_resolved = _part(threads.resolved(), user, thread_id)
    rows, latest_unseen = _rows(unresolved + resolved, plan, user, may_comment=may_comment)
    dom = dom_of(item_id=item and item.pk)
    if item:
        url = address("item_comments", plan.pk, item.pk)
    else:
        url = address("step_comments", plan.pk, step.number)
    members = next((row.form.members.values() for row in rows if row.form), None)
    form = None
    if may_comment:
        members = told_by(plan, user) if members is None else members
        form = CommentForm(dom=f"{dom}-new", members=members)
    totals = threads.aggregate(
        total=Count("comments", filter=Q(comments__removed_at=None)),
        resolved_total=Count("pk", filter=Q(resolved_at__isnull=False), distinct=True),
    )
    return CommentDiscussion(
        dom,
        url,
        rows,
        form,
        readers=readers_in_words(plan, step) if may_comment else "",
        latest_unseen=latest_unseen,
        **totals,
        older=older,
        older_resolved=older_resolved,
        is_latest=is_latest and is_latest_resolved,
        asked_for=thread_id,
    )


def _part(threads, user, thread_id):
    """Return THREADS_SHOWN threads, the key of the one before them if any, and if none is later.

    They are the latest, unless `thread_id` is one of `threads` before those. Then they end with it.
    """
    is_latest = True
    if thread_id and threads.filter(pk=thread_id).exists():
        is_latest = threads.filter(pk__gt=thread_id).count() < THREADS_SHOWN
        if not is_latest:
            threads = threads.filter(pk__lte=thread_id)
    found = list(_with_latest(threads.order_by("-pk"), user)[: THREADS_SHOWN + 1])
    older = found.pop().pk if len(found) > THREADS_SHOWN else None
    return found[::-1], older, is_latest


def _with_latest(threads, user):
    """Return `threads` with what is drawn of them and their latest COMMENTS_SHOWN comments."""
    comments = comments_to_draw().order_by("-pk")[:COMMENTS_SHOWN]
    return (
        threads.read_by(user)
        .select_related("resolved_by")
        .prefetch_related(Prefetch("comments", comments, to_attr="latest_comments"))
    )


def comments_to_draw():
    """Return all comments, with what is shown of each."""
    mentions = Prefetch("mentions", Mention.objects.select_related("membership__user"))
    return Comment.objects.select_related("author").prefetch_related(mentions)


def rows_for(threads, plan, user, *, may_comment, members=None):
    """Return ThreadRows, and the latest comment of each thread whose unread comments are all shown.

    `members` are the people that a comment can mention; without them they are read.
    """
    return _rows(
        list(_with_latest(threads, user)), plan, user, may_comment=may_comment, members=members
    )


def _rows(threads, plan, user, *, may_comment, members=None):
    if members is None:
        members = told_by(plan, user) if may_comment and threads else ()
    rows, latest_unseen = [], []
    for thread in threads:
        said = thread.latest_comments[::-1]
        row = row_of(thread, said, plan, user, may_comment=may_comment)
        row.earlier = thread.total - len(said)
        if may_comment:
            row.form = CommentForm(dom=row.dom, members=members, may_be_empty=True)
        shown = sum(each.is_unseen for each in row.comments)
        # One can have come between the two queries.
        row.earlier_unseen = max(0, thread.unseen - shown)
        if thread.unseen and not row.earlier_unseen:
            latest_unseen.append(said[-1])
        rows.append(row)
    return rows, latest_unseen


def row_of(thread, said, plan, user, *, may_comment):
    """Return the ThreadRow of a thread that was `read_by` the user, with these of its comments."""
    resolved = ""
    if thread.is_resolved:
        resolved = f"Resolved by {thread.resolved_by} at {moment_in_words(thread.resolved_at)}"
    return ThreadRow(
        thread,
        [_comment_row(each, plan, user, seen=thread.seen, may=may_comment) for each in said],
        url=address("thread", plan.pk, thread.pk),
        resolved=resolved,
    )


def _comment_row(comment, plan, user, *, seen, may):
    is_removed = comment.removed_at is not None
    is_own = comment.author_id == user.pk
    row = CommentRow(
        pk=comment.pk,
        who=comment.author.name,
        when=moment_in_words(comment.at),
        text=comment.text,
        told=get_text_list([m.membership.user.name for m in comment.mentions.all()], "and"),
        is_edited=comment.edited_at is not None,
        is_removed=is_removed,
        is_unseen=not is_own and not is_removed and comment.pk > seen,
    )
    if is_own and may and not is_removed:
        row.remove_url = address("comment_remove", plan.pk, comment.pk)
        if comment.is_fresh:
            row.edit_url = address("comment_edit", plan.pk, comment.pk)
    return row
