from django.db import models
from django.utils import timezone

from .councils import Council
from .people import User


class AppendOnly(models.QuerySet):
    def update(self, **kwargs):
        raise TypeError("Events are only ever added.")

    def delete(self):
        raise TypeError("Events are only ever added.")


class AppendOnlyModel(models.Model):
    """A row that is written once: the base of every kind of event."""

    objects = AppendOnly.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.pk:
            raise TypeError("Events are only ever added.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("Events are only ever added.")


class CouncilEvent(AppendOnlyModel):
    """Who let whom in, changed what they may do, or ended it. What happens to plans is theirs."""

    class Kind(models.TextChoices):
        INVITED = "invited", "invited"
        INVITATION_RESENT = "invitation-resent", "sent again the invitation of"
        INVITATION_WITHDRAWN = "invitation-withdrawn", "withdrew the invitation of"
        JOINED = "joined", "joined:"
        MEMBER_ADDED = "member-added", "added"
        MEMBER_CHANGED = "member-changed", "changed"
        MEMBER_REMOVED = "member-removed", "removed"
        SECOND_FACTOR_RESET = "second-factor-reset", "took away the two-step sign-in of"

    council = models.ForeignKey(Council, models.PROTECT, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Empty when it was done from the shell.",
    )
    kind = models.CharField(max_length=30, choices=Kind)
    person = models.CharField(max_length=320, help_text="Whom it is about, as they were then.")
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["council", "-at"], name="councilevent_latest")]

    def __str__(self):
        return f"{self.by or 'The shell'} {self.get_kind_display()} {self.person}"
