"""The sign-off of a stage."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from councils.models import User
from frameworks.models import Stage

from .plans import Plan
from .snapshots import Snapshot


class SignOffQuerySet(models.QuerySet):
    def standing(self):
        """Return those whose stage was not reopened, and so is read-only."""
        return self.filter(reopened_at=None)


class SignOff(models.Model):
    """The recorded decision that a stage is complete, with a snapshot of the stage.

    It applies until the stage is reopened. `reason` says why, if not every step was reviewed.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="sign_offs")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    snapshot = models.OneToOneField(Snapshot, models.PROTECT, related_name="sign_off")
    reason = models.TextField(blank=True)
    signed_at = models.DateTimeField(default=timezone.now)
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    reopening_reason = models.TextField(blank=True)

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "stage"],
                condition=Q(reopened_at=None),
                name="signoff_one_standing_a_stage",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at=None, reopened_by=None, reopening_reason="")
                | Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reopening_reason=""),
                name="signoff_reopened_by_someone_for_a_reason",
            ),
        ]

    def __str__(self):
        return f"Stage {self.stage.number}, signed off by {self.signed_by}"

    @property
    def is_current(self) -> bool:
        """Whether the stage has not been reopened since."""
        return self.reopened_at is None
