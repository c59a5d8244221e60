"""Casual vacancies of the council, and motions of no confidence in its Leader.

Neither holds the name of a person: a vacancy has its ward and group, a motion the number of
councillors who signed it.
"""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.plans.models import Plan
from assessments.words import day_in_words
from councils.models import User
from elections.composition import MAX_NAME
from elections.vacancy import CAUSES

MAX_WARD = 80


class VacancyState(models.TextChoices):
    OPEN = "open", "Vacant"
    FILLED = "filled", "Filled"
    MISTAKE = "mistake", "Recorded by mistake"


class VacancyQuerySet(models.QuerySet):
    def since(self, day: dt.date) -> "VacancyQuerySet":
        """Return the open vacancies that a composition of `day` does not count, in order."""
        found = self.filter(state=VacancyState.OPEN, arose_on__gt=day)
        return found.order_by("arose_on", "pk")

    def changed_since(self, day: dt.date) -> "VacancyQuerySet":
        """Return those of `since`, and the filled ones that a composition of `day` cannot show."""
        is_open = Q(state=VacancyState.OPEN, arose_on__gt=day)
        is_filled = Q(poll_on__gt=day) | Q(poll_on=None, arose_on__gt=day)
        found = self.filter(is_open | Q(is_filled, state=VacancyState.FILLED))
        return found.order_by("arose_on", "pk")


class Vacancy(models.Model):
    """A casual vacancy. `group` is "" for a member of no group; `version` counts the saves."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    ward = models.CharField("ward or division", max_length=MAX_WARD)
    group = models.CharField(max_length=MAX_NAME, blank=True)
    cause = models.CharField(
        max_length=12, choices=[(cause.value, rule.title) for cause, rule in CAUSES.items()]
    )
    arose_on = models.DateField("date it arose")
    term_ends = models.DateField("date the term would have ended")
    notice_on = models.DateField("date of the electors’ notice", null=True, blank=True)
    poll_on = models.DateField("day of election", null=True, blank=True)
    state = models.CharField(max_length=8, choices=VacancyState, default=VacancyState.OPEN)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = VacancyQuerySet.as_manager()

    class Meta:
        ordering = ["-arose_on", "-pk"]
        verbose_name_plural = "vacancies"

    def __str__(self):
        return self.ward

    @property
    def seat(self) -> str:
        """The seat with the group that held it: "Mill (Ash)"."""
        return f"{self.ward} ({self.group or 'no group'})"


class MotionState(models.TextChoices):
    RECEIVED = "received", "Received"
    CARRIED = "carried", "Carried"
    LOST = "lost", "Not carried"
    WITHDRAWN = "withdrawn", "Withdrawn"
    MISTAKE = "mistake", "Recorded by mistake"


class NoConfidenceMotion(models.Model):
    """A motion of no confidence in the Leader.

    `needed` and `notice_days`, which are clear working days, come from the constitution. The votes
    are those that were declared.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    received_on = models.DateField("received on")
    signed = models.PositiveSmallIntegerField("councillors who signed")
    needed = models.PositiveSmallIntegerField("signatures needed", null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField("clear days’ notice", null=True, blank=True)
    meeting_on = models.DateField("day of the meeting", null=True, blank=True)
    votes_for = models.PositiveSmallIntegerField("votes for", null=True, blank=True)
    against = models.PositiveSmallIntegerField("votes against", null=True, blank=True)
    abstained = models.PositiveSmallIntegerField("abstentions", null=True, blank=True)
    state = models.CharField(max_length=10, choices=MotionState, default=MotionState.RECEIVED)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-received_on", "-pk"]

    def __str__(self):
        return f"Motion of no confidence received on {day_in_words(self.received_on)}"
