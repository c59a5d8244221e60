"""Comment threads prepared for display, and the form for comments."""

from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.text import get_text_list

from assessments.addresses import address
from assessments.advisers.access import grants_of
from assessments.fields import Textarea
from assessments.words import moment_in_words
from councils.models import Membership
from councils.permissions import Right, may

from .models import COMMENT_MAX_LENGTH, Comment, Mention, Thread, ThreadMark

TOO_LONG = f"The comment must be {COMMENT_MAX_LENGTH:,} characters or fewer"
SHOWN_ON_A_LIST = 240  # characters of the latest comment in the list of threads


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
    tell = forms.MultipleChoiceField(
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
    """A thread with its comments and, for people who can comment, the form for a reply."""

    thread: Thread
    comments: list[CommentRow]
    url: str
    resolved: str
    form: CommentForm | None = None

    @property
    def dom(self):
        return f"thread-{self.thread.pk}"

    @property
    def begins(self):
        """Return the first comment that has not been removed, to name the thread by."""
        return next((c.text for c in self.comments if not c.is_removed), "removed comments")


@dataclass
class CommentDiscussion:
    """All threads on an item, or on a step as a whole, and the form for a new thread.

    `readers` says who can read them, for members who can comment.
    """

    dom: str
    url: str
    threads: list[ThreadRow]
    form: CommentForm | None = None
    readers: str = ""
    latest_unseen: list[Comment] = field(default_factory=list)

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
    def words(self):
        return count_words(sum(not c.is_removed for row in self.threads for c in row.comments))


def address_of(thread):
    """Return the address of the page that shows a thread."""
    if thread.item_id:
        return address("item_comments", thread.plan_id, thread.item_id)
    return address("step_comments", thread.plan_id, thread.step.number)


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


def discussion_for(plan, user, *, step, item=None, may_comment):
    """Return the CommentDiscussion on an item or on a step. The number of queries is constant."""
    threads = Thread.objects.on(plan).filter(step=step, item=item)
    rows, latest_unseen = rows_for(threads, plan, user, may_comment=may_comment)
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
    readers = readers_in_words(plan, step) if may_comment else ""
    return CommentDiscussion(dom, url, rows, form, readers, latest_unseen)


def rows_for(threads, plan, user, *, may_comment, members=None):
    """Return ThreadRows, and the latest comment of each thread with something unread."""
    mentions = Prefetch("mentions", Mention.objects.select_related("membership__user"))
    comments = Comment.objects.select_related("author").prefetch_related(mentions)
    threads = list(
        threads.select_related("resolved_by").prefetch_related(Prefetch("comments", comments))
    )
    marks = dict(
        ThreadMark.objects.filter(thread__in=threads, user=user).values_list("thread", "latest")
    )
    if members is None:
        members = told_by(plan, user) if may_comment and threads else ()
    rows, latest_unseen = [], []
    for thread in threads:
        said = list(thread.comments.all())
        drawn = [
            _comment_row(comment, plan, user, seen=marks.get(thread.pk, 0), may=may_comment)
            for comment in said
        ]
        row = ThreadRow(
            thread,
            drawn,
            url=address("thread", plan.pk, thread.pk),
            resolved=f"Resolved by {thread.resolved_by} at {moment_in_words(thread.resolved_at)}"
            if thread.is_resolved
            else "",
        )
        if may_comment:
            row.form = CommentForm(dom=row.dom, members=members, may_be_empty=True)
        if any(comment.is_unseen for comment in drawn):
            latest_unseen.append(said[-1])
        rows.append(row)
    return rows, latest_unseen


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
