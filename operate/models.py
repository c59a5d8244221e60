"""What operators and the timetable have done, notices to everyone, resets that two agree to."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.utils import timezone

from assessments.data_protection.models import LAPSES_AFTER_DAYS
from councils.models import Council, StandingHasEnded, User, WriteOnceModel

NOTICE_LENGTH = 300
REASON_LENGTH = 200


class OperatorEvent(WriteOnceModel):
    """An entry of the operators' log. It is only ever added to.

    It names people by their accounts, so that an erased person is named nowhere in it.
    """

    class Kind(models.TextChoices):
        OPERATOR_ADDED = "operator-added", "gave the operator role to"
        OPERATOR_REMOVED = "operator-removed", "ended the operator role of"
        COUNCIL_ADDED = "council-added", "added"
        COUNCILS_IMPORTED = "councils-imported", "imported the council directory"
        COUNCIL_IMPORTED = "council-imported", "imported from another installation"
        OWNER_INVITED = "owner-invited", "invited the first owner of"
        ACCESS_STOPPED = "access-stopped", "stopped access to"
        ACCESS_RESTARTED = "access-restarted", "restarted access to"
        NOTICE_SHOWN = "notice-shown", "showed a notice to everyone"
        NOTICE_ENDED = "notice-ended", "ended the notice to everyone"
        RESET_REQUESTED = "reset-requested", "asked to reset two-step sign-in for"
        RESET_CANCELLED = "reset-cancelled", "cancelled the reset of two-step sign-in for"
        RESET_DONE = "reset-done", "agreed, and reset two-step sign-in for"
        ADDRESS_STOOD_IN = "address-stood-in", "confirmed a new email address for"
        MERGE_STOOD_IN = "merge-stood-in", "confirmed the merge of accounts of"
        MERGE_DONE = "merge-done", "agreed, and merged accounts of"
        DOMAIN_MOVE_REQUESTED = "domain-move-requested", "asked to move the email addresses of"
        DOMAIN_MOVE_AGREED = "domain-move-agreed", "agreed to move the email addresses of"
        DOMAIN_MOVE_CANCELLED = "domain-move-cancelled", "cancelled the move of addresses of"

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Empty if the one-time set-up address or a command did it.",
    )
    kind = models.CharField(max_length=30, choices=Kind)
    council = models.ForeignKey(Council, models.PROTECT, related_name="+", null=True, blank=True)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    detail = models.CharField(max_length=max(NOTICE_LENGTH, REASON_LENGTH), blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the entry. Raises StandingHasEnded if its author was an operator and is none now.

        Their request can have waited for the end of the role, which must not be undone by it: an
        entry about a role comes before the change.
        """
        by = self.by
        if by and by.is_operator and not User.objects.filter(pk=by.pk, is_operator=True).exists():
            raise StandingHasEnded
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.council or self.person or ''}".strip()


class ServiceNotice(models.Model):
    """A sentence that is shown at the top of every page, until it ends."""

    text = models.CharField(max_length=NOTICE_LENGTH)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    shown_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-shown_at", "-pk"]

    def __str__(self) -> str:
        return self.text


class SecondFactorResetQuerySet(models.QuerySet["SecondFactorReset"]):
    def open(self) -> Self:
        """Return the requests that a second operator can agree to, or that can be cancelled."""
        return self.filter(closed_at=None, asked_at__gt=self._lapsed_at())

    def lapsed(self) -> Self:
        """Return the requests that no one agreed to in time, and that are not closed yet."""
        return self.filter(closed_at=None, asked_at__lte=self._lapsed_at())

    @staticmethod
    def _lapsed_at() -> dt.datetime:
        return timezone.now() - dt.timedelta(days=LAPSES_AFTER_DAYS)


class SecondFactorReset(models.Model):
    """A request to reset a person's two-step sign-in, which a second operator has to agree to.

    It lapses after LAPSES_AFTER_DAYS, as a request of an owner does.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=REASON_LENGTH)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = SecondFactorResetQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(closed_at=None),
                name="secondfactorreset_one_open_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_by=None) | ~models.Q(agreed_by=models.F("asked_by")),
                name="secondfactorreset_two_operators",
            ),
        ]

    def __str__(self) -> str:
        return f"Reset for {self.person}"

    @property
    def lapses_at(self) -> dt.datetime:
        return self.asked_at + dt.timedelta(days=LAPSES_AFTER_DAYS)


class SetUpAddress(models.Model):
    """The one-time address that makes the first operator; only a digest of its token is stored."""

    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "set-up addresses"

    def __str__(self) -> str:
        return f"Made at {self.made_at:%d %B %Y %H:%M}"


class ScheduledRun(models.Model):
    """A job of the timetable, once for each time that it is due: see `timetable`.

    The constraint makes it once, however many workers there are and whatever their clocks show.
    """

    job = models.CharField(max_length=30)
    slot = models.CharField(max_length=13, help_text="2027-05-06, or with the hour in UTC.")
    attempt = models.PositiveSmallIntegerField(default=1)
    queued_at = models.DateTimeField(default=timezone.now)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    is_well = models.BooleanField(default=False)
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["job", "slot"], name="scheduledrun_once_a_slot")
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.slot}"
