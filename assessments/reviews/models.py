from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.plans.models import Control, ControlStanding, Formality, Plan, Snapshot
from councils.models import User, WriteOnceModel
from elections.calendar import working_day_on_or_before
from frameworks.models import Step


class ControlChange(WriteOnceModel):
    """A change of political control during a plan.

    `control`, `control_standing` and `formality` apply from then on. The snapshot, taken just
    before, keeps what applied until then.
    """

    class Kind(models.TextChoices):
        LEADER = "leader", "The Leader changed"
        COMMITTEES_LEADER = "committees-leader", "The leader changed"
        MAYOR = "mayor", "The elected mayor changed"
        LEFT = "left", "A group left the arrangement"
        JOINED = "joined", "A group joined the arrangement"
        DEFECTION = "defection", "A councillor changed group"
        BY_ELECTION = "by-election", "A by-election changed the numbers"
        OTHER = "other", "Something else"

    # After these, the groups have other numbers of councillors.
    MOVES_SEATS = (Kind.DEFECTION, Kind.BY_ELECTION)
    # After these, the arrangement can be between other groups.
    MOVES_PARTIES = (Kind.LEFT, Kind.JOINED, Kind.OTHER)

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="control_changes")
    day = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind)
    words = models.TextField()
    control = models.CharField(max_length=20, choices=Control)
    control_standing = models.CharField(max_length=20, choices=ControlStanding)
    formality = models.CharField(max_length=20, choices=Formality)
    snapshot = models.OneToOneField(Snapshot, models.PROTECT, related_name="control_change")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-day", "-at", "-pk"]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.day.day} {self.day:%B %Y}"


class StepReopeningQuerySet(models.QuerySet):
    def pending(self):
        """Return those whose step no one has reviewed again."""
        return self.filter(looked_at=None)

    def of(self, plan):
        """Return those of the stages that the plan's reader can see."""
        found = self.filter(change__plan=plan, step__stage__number__in=plan.stages)
        return found.select_related("change__plan", "step__role_area")


class StepReopening(models.Model):
    """A step to review again after a change of control. The answers of its items do not change."""

    change = models.ForeignKey(ControlChange, models.PROTECT, related_name="reopenings")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+")
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)

    objects = StepReopeningQuerySet.as_manager()

    class Meta:
        ordering = ["step__number", "-change__day", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["change", "step"], name="stepreopening_once_a_change"),
            models.CheckConstraint(
                condition=Q(looked_at=None, looked_by=None)
                | Q(looked_at__isnull=False, looked_by__isnull=False),
                name="stepreopening_looked_at_by_someone",
            ),
        ]

    def __str__(self):
        return f"Step {self.step.number}: {self.change}"

    @property
    def by_when(self):
        """The date to review it by: as long after the change as stage 2 lasts after an election.

        A working day, or the last one before.
        """
        weeks = timedelta(weeks=self.change.plan.stage_2_weeks)
        return working_day_on_or_before(self.change.day + weeks)
