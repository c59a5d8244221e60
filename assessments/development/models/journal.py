from django.db import models
from django.utils import timezone

from assessments.plans.models import Plan
from frameworks.models import DevelopmentStandard, Step

from .records import DevelopmentRecord


class JournalEntry(models.Model):
    """A dated entry of a person's journal, linked to standards and perhaps to a step of a plan.

    The plan and step are shown only while the person can see them. If the plan is deleted, the
    entry stays without the link.
    """

    LONGEST = 20_000  # characters

    record = models.ForeignKey(DevelopmentRecord, models.CASCADE, related_name="journal")
    day = models.DateField()
    words = models.TextField("entry")
    standards = models.ManyToManyField(DevelopmentStandard, related_name="+", blank=True)
    plan = models.ForeignKey(Plan, models.SET_NULL, related_name="+", null=True, blank=True)
    step = models.ForeignKey(Step, models.PROTECT, related_name="+", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "journal entries"
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["record", "-day"], name="journalentry_latest")]

    def __str__(self):
        return f"Entry of {self.day.day} {self.day:%B %Y}"
