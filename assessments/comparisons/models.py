"""What councils agree to share for comparison, and what is published of it each week."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.plans.models import Plan
from councils.models import CouncilType, User


class ControlFamily(models.TextChoices):
    """The form of control as it is shared: the number of groups in an arrangement is left out."""

    UNKNOWN = "unknown", "Not yet known"
    MAJORITY = "majority", "One group with a majority"
    MINORITY = "minority", "Single-party minority administration"
    ARRANGEMENT = "arrangement", "Arrangement between groups"


class ComparisonShareQuerySet(models.QuerySet):
    def live(self):
        return self.filter(ended_at=None)


class ComparisonShare(models.Model):
    """An owner's decision to share counts of a plan. It ends when an owner withdraws it."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ComparisonShareQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(ended_at=None),
                name="comparisonshare_one_live_a_plan",
            ),
        ]

    def __str__(self):
        return f"Share of {self.plan}"


class ComparisonPublication(models.Model):
    """The publication of one week. `week` is its Monday."""

    week = models.DateField(unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    # Made up by the demo. Never true on a service that councils use.
    is_example = models.BooleanField("made up for a demonstration", default=False)

    class Meta:
        ordering = ["-week"]

    def __str__(self):
        return f"Comparison of {self.week}"


class ComparisonSpread(models.Model):
    """The quartiles of one stage for one group of councils whose polls were in the same week.

    `type` and `control` are what the councils have in common, or empty. The quartiles are
    percentages of actions completed. Only the latest publication has them; earlier rows are kept
    without, since later ones must not be published if the difference would reveal a figure.
    """

    publication = models.ForeignKey(ComparisonPublication, models.CASCADE, related_name="spreads")
    poll_week = models.DateField()
    stage = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=20, choices=CouncilType, blank=True)
    control = models.CharField(max_length=20, choices=ControlFamily, blank=True)
    councils = models.PositiveIntegerField()
    lower = models.PositiveSmallIntegerField(null=True, blank=True)
    middle = models.PositiveSmallIntegerField(null=True, blank=True)
    upper = models.PositiveSmallIntegerField(null=True, blank=True)

    # What `access.spreads_for` adds for a plan.
    is_counted: bool

    class Meta:
        ordering = ["stage", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lower=None, middle=None, upper=None)
                | Q(lower__isnull=False, middle__isnull=False, upper__isnull=False),
                name="comparisonspread_all_or_none",
            ),
        ]

    def __str__(self):
        return f"Stage {self.stage}, {self.councils} councils"


class ComparisonMember(models.Model):
    """A council that sees a spread. With `is_counted`, its figure is among those of the spread.

    `plan_number` is the primary key of its plan and no reference to it: it stays when the plan is
    deleted, and then says nothing about any council.
    """

    spread = models.ForeignKey(ComparisonSpread, models.CASCADE, related_name="members")
    plan_number = models.PositiveBigIntegerField(db_index=True)
    is_counted = models.BooleanField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["spread", "plan_number"], name="comparisonmember_once_a_spread"
            ),
        ]

    def __str__(self):
        return str(self.plan_number)
