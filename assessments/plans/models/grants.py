"""What advisers can see of a plan, and the log of what they opened."""

import calendar
import datetime as dt

from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.lookups import Exact
from django.utils import timezone

from assessments.words import day_in_words
from councils.models import AppendOnlyModel, User

from .plans import Plan
from .readers import STAGES, live_grant, stages_in_words

LONGEST_MONTHS = 18
SAME_LOOK = dt.timedelta(minutes=15)  # viewing a page again within this time is not logged again


def latest_until(today):
    """Return the latest last day of a grant made on `today`."""
    years, month = divmod(today.month - 1 + LONGEST_MONTHS, 12)
    year, month = today.year + years, month + 1
    return dt.date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


class AdviserGrantQuerySet(models.QuerySet):
    def live(self):
        return self.filter(live_grant())

    def ended(self):
        return self.exclude(live_grant())

    def showing_step(self):
        """Return the live grants that show the outer row's step of its plan, for `Exists`.

        The outer row has a `plan` and a `step`. It must also be asked whether the council's access
        is stopped: here, that would take joins, which PostgreSQL plans several times.
        """
        shown = Q()
        for number in STAGES:
            is_its_stage = Exact(OuterRef("step__stage__number"), number)
            shown |= Q(is_its_stage, **{f"stage_{number}": True})
        return self.live().filter(shown, plan=OuterRef("plan"))


class AdviserGrant(models.Model):
    """What one adviser, who is not a member, can see of one plan, and until when.

    `until` is the last day of access. A revoked grant ends with the next request. An expired grant
    is closed, with `revoked_by` empty, when the adviser is given access again.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="adviser_grants")
    adviser = models.ForeignKey(User, models.PROTECT, related_name="adviser_grants")
    stage_1 = models.BooleanField()
    stage_2 = models.BooleanField()
    stage_3 = models.BooleanField()
    may_comment = models.BooleanField()
    until = models.DateField()

    granted_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)

    objects = AdviserGrantQuerySet.as_manager()

    class Meta:
        ordering = ["adviser__name", "-granted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "adviser"],
                condition=Q(revoked_at=None),
                name="advisergrant_one_live",
            ),
            models.CheckConstraint(
                condition=Q(stage_1=True) | Q(stage_2=True) | Q(stage_3=True),
                name="advisergrant_some_stage",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by=None) | Q(revoked_at__isnull=False),
                name="advisergrant_revoked_by_and_at",
            ),
        ]

    def __str__(self):
        return f"{self.adviser} ({self.adviser.email}): {self.scope_in_words}"

    @property
    def stages(self):
        return tuple(number for number in STAGES if getattr(self, f"stage_{number}"))

    @property
    def is_live(self):
        return self.revoked_at is None and self.until >= timezone.localdate()

    @property
    def reach_in_words(self):
        """The scope in words: Stage 2, to view and comment."""
        words = stages_in_words(self.stages)
        return f"{words[0].upper()}{words[1:]}, to view{' and comment' if self.may_comment else ''}"

    @property
    def scope_in_words(self):
        """The scope and last day, as events record them."""
        return f"{self.reach_in_words}, until {day_in_words(self.until)}"


class AdviserLook(AppendOnlyModel):
    """A page of the plan that an adviser viewed, or what they downloaded, in words."""

    council_path = "grant__plan__council"

    grant = models.ForeignKey(AdviserGrant, models.PROTECT, related_name="looks")
    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=200)
    is_export = models.BooleanField(default=False)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["grant", "-at"], name="adviserlook_latest")]

    def __str__(self):
        return f"{self.grant.adviser} {'downloaded' if self.is_export else 'viewed'} {self.what}"
