"""The sign-off of a stage, and what statutory officers say about it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from councils.models import ActingPost, Office, User, WriteOnceModel
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


class SignOffStatement(WriteOnceModel):
    """A statutory officer's own statement on a sign-off, beside that of the owner who signed.

    Each makes one, while the sign-off applies. It is never changed; the history has its words too.
    """

    # The chief executive, who is one as well, usually signs.
    OFFICES = (Office.MONITORING_OFFICER, Office.SECTION_151_OFFICER)

    sign_off = models.ForeignKey(SignOff, models.PROTECT, related_name="statements")
    office = models.CharField("officer role", max_length=40, choices=Office)
    as_deputy = models.BooleanField(default=False, db_default=False)
    words = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sign_off", "by"], name="signoffstatement_once"),
            models.CheckConstraint(condition=~Q(words=""), name="signoffstatement_has_words"),
        ]

    def __str__(self):
        return f"{self.post} on {self.sign_off}"

    @property
    def post(self) -> str:
        return ActingPost(self.office, as_deputy=self.as_deputy).label
