from datetime import timedelta

from django.db import models
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.utils import timezone

from assessments.plans.models import Plan, PlanItem
from councils.models import Membership, User
from frameworks.models import Step

COMMENT_MAX_LENGTH = 4000
EDIT_WINDOW = timedelta(minutes=15)


class ThreadQuerySet(models.QuerySet):
    def on(self, plan):
        """All that is said about a plan, of the stages that its reader may see."""
        if plan.is_seen_whole:
            return self.filter(plan=plan)
        return self.filter(plan=plan, step__stage__number__in=plan.stages)

    def unresolved(self):
        return self.filter(resolved_at=None)

    def resolved(self):
        return self.exclude(resolved_at=None)

    def with_unseen_by(self, user):
        """Threads in which somebody else said something that `user` has not been shown."""
        unseen = Comment.objects.filter(thread=OuterRef("pk")).unseen_by(user)
        return self.filter(Exists(unseen))

    def mentioning(self, membership_id):
        told = Mention.objects.filter(
            comment__thread=OuterRef("pk"), comment__removed_at=None, membership=membership_id
        )
        return self.filter(Exists(told))

    def by_latest(self):
        """The latest said first, with `latest_id`, the comment that was said last."""
        latest = Comment.objects.filter(thread=OuterRef("pk")).order_by("-pk").values("pk")
        return self.annotate(latest_id=Subquery(latest[:1])).order_by("-latest_id")


class Thread(models.Model):
    """What people say to one another about one item of a plan, or about a step as a whole.

    `step` is always the item's own, so that a step's threads are found by it alone.
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
        """What is said about a plan, of the stages that its reader may see."""
        if plan.is_seen_whole:
            return self.filter(thread__plan=plan)
        return self.filter(thread__plan=plan, thread__step__stage__number__in=plan.stages)

    def shown(self):
        """Without those that their author took back."""
        return self.filter(removed_at=None)

    def _with_mark_of(self, user):
        return self.annotate(
            mark=FilteredRelation("thread__marks", condition=Q(thread__marks__user=user))
        )

    def unseen_by(self, user):
        """What others said and `user` has not been shown."""
        return self._with_mark_of(user).shown().filter(_unseen(user))

    def tally_by(self, *fields, user):
        """One query of counts, a row for each value of `fields`: `total`, `unseen` by `user`."""
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
    """One thing said in a thread. Removed by its author, its place stays and its words go.

    The words that were edited or removed are in the plan's events.
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
        """Still so new that its author may put it right."""
        return self.removed_at is None and timezone.now() < self.at + EDIT_WINDOW


class Mention(models.Model):
    """A member whom a comment is meant for."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="mentions")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="mentions")

    class Meta:
        ordering = ["membership__user__name"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "membership"], name="mention_once"),
        ]

    def __str__(self):
        return str(self.membership)


class ThreadMark(models.Model):
    """How far a person has been shown a thread: a bookmark, so no event tells of it."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="marks")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    latest = models.ForeignKey(Comment, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="threadmark_once"),
        ]

    def __str__(self):
        return f"{self.user} up to {self.latest_id}"
