from datetime import timedelta

from django.db import models
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Left
from django.utils import timezone

from assessments.plans.models import Plan, PlanItem
from councils.models import Membership, User
from frameworks.models import Step

COMMENT_MAX_LENGTH = 4000
EDIT_WINDOW = timedelta(minutes=15)


class ThreadQuerySet(models.QuerySet):
    def on(self, plan):
        """Return the threads on `plan`, of the stages that its reader can see."""
        if plan.is_seen_whole:
            return self.filter(plan=plan)
        return self.filter(plan=plan, step__stage__number__in=plan.stages)

    def unresolved(self):
        return self.filter(resolved_at=None)

    def resolved(self):
        return self.exclude(resolved_at=None)

    def with_unseen_by(self, user):
        """Return the threads with comments by others that `user` has not been shown."""
        unseen = Comment.objects.filter(thread=OuterRef("pk")).unseen_by(user)
        return self.filter(Exists(unseen))

    def mentioning(self, membership_id):
        told = Mention.objects.filter(
            comment__thread=OuterRef("pk"), comment__removed_at=None, membership=membership_id
        )
        return self.filter(Exists(told))

    def by_latest(self):
        """Order by the latest comment, newest first; `latest_id` is its primary key."""
        latest = Comment.objects.filter(thread=OuterRef("pk")).order_by("-pk").values("pk")
        return self.annotate(latest_id=Subquery(latest[:1])).order_by("-latest_id")

    def read_by(self, user):
        """Annotate what a page shows of each thread besides its comments.

        `begins` is the start of its first comment that has not been removed; `total` is how many
        comments it has; `seen` is the key of the last that `user` was shown, or 0; `unseen` is how
        many by others came after it.
        """
        shown = Comment.objects.filter(thread=OuterRef("pk"))
        marks = ThreadMark.objects.filter(thread=OuterRef("pk"), user=user)
        return self.annotate(
            begins=Left(Subquery(shown.shown().order_by("pk").values("text")[:1]), 80),
            total=Count("comments"),
            seen=Coalesce(
                Subquery(marks.values("latest"), output_field=models.BigIntegerField()), 0
            ),
            unseen=Count(
                "comments",
                filter=~Q(comments__author=user)
                & Q(comments__removed_at=None, comments__pk__gt=F("seen")),
            ),
        )


class Thread(models.Model):
    """A comment and its replies, on an item or on a step as a whole.

    `step` is set for items as well, so that all threads of a step are found by it.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="threads")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+")
    item = models.ForeignKey(
        PlanItem, models.PROTECT, related_name="threads", null=True, blank=True
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="thread_resolved_by_someone",
            ),
        ]
        indexes = [models.Index(fields=["plan", "step"], name="thread_by_step")]

    def __str__(self):
        return f"Thread {self.pk}"

    @property
    def is_resolved(self):
        return self.resolved_at is not None


class CommentQuerySet(models.QuerySet):
    def on(self, plan):
        """Return the comments on `plan`, of the stages that its reader can see."""
        if plan.is_seen_whole:
            return self.filter(thread__plan=plan)
        return self.filter(thread__plan=plan, thread__step__stage__number__in=plan.stages)

    def shown(self):
        """Return the comments that have not been removed."""
        return self.filter(removed_at=None)

    def _with_mark_of(self, user):
        return self.annotate(
            mark=FilteredRelation("thread__marks", condition=Q(thread__marks__user=user))
        )

    def unseen_by(self, user):
        """Return the comments by others that `user` has not been shown."""
        return self._with_mark_of(user).shown().filter(_unseen(user))

    def tally_by(self, *fields, user):
        """Return rows of `total` and `unseen` by `user` for each value of `fields`. One query."""
        return (
            self._with_mark_of(user)
            .shown()
            .order_by()
            .values(*fields)
            .annotate(total=Count("pk"), unseen=Count("pk", filter=_unseen(user)))
        )


def _unseen(user):
    return ~Q(author=user) & (Q(mark__latest=None) | Q(pk__gt=F("mark__latest")))


class Comment(models.Model):
    """A comment in a thread. If its author removes it, the row stays without its text.

    Texts that were edited or removed are kept in the plan's events.
    """

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="comments")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(max_length=COMMENT_MAX_LENGTH)
    at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None) & ~Q(text="") | Q(removed_at__isnull=False, text=""),
                name="comment_has_words_unless_removed",
            ),
        ]

    def __str__(self):
        return f"{self.author} at {self.at}"

    @property
    def is_fresh(self):
        """Return whether its author can still edit it."""
        return self.removed_at is None and timezone.now() < self.at + EDIT_WINDOW


class Mention(models.Model):
    """A member who is mentioned in a comment."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="mentions")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="mentions")

    class Meta:
        ordering = ["membership__user__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "membership"], name="mention_once"),
        ]

    def __str__(self):
        return str(self.membership)


class ThreadMark(models.Model):
    """The last comment of a thread that a person has seen. It leaves no event."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="marks")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    latest = models.ForeignKey(Comment, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="threadmark_once"),
        ]

    def __str__(self):
        return f"{self.user} up to {self.latest_id}"
