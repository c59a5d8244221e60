"""Stage reviews: who is asked to review the steps of a stage, and what they say."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.words import day_in_words
from councils.models import ActingPost, Membership, Office, User
from frameworks.models import Stage, Step

from .plans import Plan


class Verdict(models.TextChoices):
    """What a reviewer says about a step."""

    AGREE = "agree", "Agree"
    CONCERN = "concern", "Concern"


class ReviewQuerySet(models.QuerySet):
    def open(self):
        return self.filter(ended_at=None)


class Review(models.Model):
    """A request that some members review each step of a stage by a date.

    It ends when the stage is signed off or the review is cancelled, and does not change after that.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reviews")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    due = models.DateField()
    words = models.TextField(blank=True)
    reviewers = models.ManyToManyField(Membership, related_name="reviews")
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "stage"], condition=Q(ended_at=None), name="review_one_open_a_stage"
            ),
        ]

    def __str__(self):
        return f"Review of stage {self.stage.number} by {day_in_words(self.due)}"


class ReviewMark(models.Model):
    """What one reviewer says about one step, and the answer to a concern.

    `version` counts the saves of the reviewer and the answers together.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="marks")
    reviewer = models.ForeignKey(Membership, models.PROTECT, related_name="review_marks")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+")
    # The officer role in which the reviewer made the mark, whatever role they have now.
    office = models.CharField(
        "officer role", max_length=40, choices=Office, blank=True, db_default=""
    )
    as_deputy = models.BooleanField(default=False, db_default=False)
    verdict = models.CharField(max_length=10, choices=Verdict)
    words = models.TextField(blank=True)
    marked_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["step__number", "reviewer__user__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "reviewer", "step"], name="reviewmark_one_a_step"
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.AGREE) | Q(verdict=Verdict.CONCERN) & ~Q(words=""),
                name="reviewmark_concern_has_words",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None)
                | ~Q(answer="") & Q(answered_by__isnull=False),
                name="reviewmark_answer_has_author",
            ),
        ]

    def __str__(self):
        return f"{self.reviewer} on step {self.step.number}: {self.get_verdict_display()}"

    @property
    def is_concern(self):
        return self.verdict == Verdict.CONCERN

    @property
    def post(self) -> str:
        """The reviewer's post when they made the mark; their job title if it is still the same."""
        if not self.office or (self.office == self.reviewer.office and not self.as_deputy):
            return self.reviewer.post
        return ActingPost(self.office, as_deputy=self.as_deputy).label
