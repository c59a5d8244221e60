"""A plan's stages as they were at one moment, word for word.

Everything is kept as the text shown then, names included, so that no later answer, edition of the
guidance or change of name can alter it. Rows are only ever added. Restricted notes are left out.
"""

from django.db import models
from django.urls import reverse
from django.utils import timezone

from assessments.words import day_in_words
from councils.models import User, WriteOnceModel

from .items import PlanItem, Status
from .plans import Plan


class Snapshot(WriteOnceModel):
    """One snapshot. `digest` is the SHA-256 of its rows, by the field list of `digest_version` in
    `assessments.reviews.frozen`."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="snapshots")
    taken_at = models.DateTimeField(default=timezone.now)
    taken_on = models.DateField(help_text="The day of it, by which things were overdue or not.")
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_by_name = models.CharField(max_length=200)
    title = models.CharField(max_length=120, help_text="What is in it, e.g. Stage 1: pre-election.")
    reason = models.TextField()
    digest = models.CharField(max_length=64)
    digest_version = models.PositiveSmallIntegerField(default=1)

    council = models.CharField(max_length=120)
    election_day = models.DateField()
    occasion = models.CharField(max_length=20, blank=True, help_text="Empty in older snapshots.")
    council_type = models.CharField(max_length=20, blank=True)
    cycle = models.CharField(max_length=10, blank=True)
    stage_2_weeks = models.PositiveSmallIntegerField()
    term = models.CharField(max_length=40)
    control = models.CharField(max_length=200)
    marking = models.CharField(max_length=40)
    standing = models.CharField(max_length=120, help_text="Where the plan was in its timetable.")
    version = models.PositiveIntegerField(help_text="The plan's version, as its exports count it.")

    class Meta:
        ordering = ["-taken_at", "-pk"]

    def __str__(self):
        return f"{self.title}, {day_in_words(self.taken_on)}"

    @property
    def seal(self):
        """The checksum as events state it, so that the sealed record covers the snapshot too."""
        return f"SHA-256 {self.digest}"

    def get_absolute_url(self):
        return reverse("snapshot", args=[self.plan_id, self.pk])


class SnapshotStage(WriteOnceModel):
    """One of the 3 stages as it was named; only those in the snapshot have steps.

    A stage that was reviewed also has the request and its reviewers.
    """

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="stages")
    number = models.PositiveSmallIntegerField()
    short_title = models.CharField(max_length=40)
    asked_by = models.CharField(max_length=120, blank=True)
    review_due = models.DateField(null=True, blank=True)
    review_words = models.TextField(blank=True)
    reviewers = models.TextField(blank=True, help_text="Names and posts, one a line.")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "number"], name="snapshotstage_once")
        ]

    def __str__(self):
        return self.short_title


class SnapshotStep(WriteOnceModel):
    stage = models.ForeignKey(SnapshotStage, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    guidance = models.TextField(blank=True, help_text="Paragraphs, one a line.")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "number"], name="snapshotstep_once")
        ]

    def __str__(self):
        return f"Step {self.number}: {self.area}"


class SnapshotItem(WriteOnceModel):
    """The text and answer of an action; `item` identifies it when snapshots are compared."""

    step = models.ForeignKey(SnapshotStep, models.PROTECT, related_name="items")
    item = models.ForeignKey(PlanItem, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    words = models.TextField()
    prompts = models.TextField(blank=True, help_text="One a line.")
    code = models.CharField(max_length=20, blank=True)
    edition_note = models.CharField(max_length=80, blank=True, db_default="")
    component = models.PositiveSmallIntegerField(null=True, blank=True)
    is_own = models.BooleanField()
    status = models.CharField(max_length=20, choices=Status)
    status_label = models.CharField(max_length=40)
    owner = models.CharField(max_length=300, blank=True)
    lead = models.CharField(max_length=80, blank=True)
    due = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["step__number", "position"]

    def __str__(self):
        return self.words


class SnapshotMark(WriteOnceModel):
    """What a reviewer said about a step, and the answer to it."""

    step = models.ForeignKey(SnapshotStep, models.PROTECT, related_name="marks")
    position = models.PositiveSmallIntegerField()
    reviewer = models.CharField(max_length=300)
    verdict = models.CharField(max_length=20)
    words = models.TextField(blank=True)
    marked_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["step__number", "position"]

    def __str__(self):
        return f"{self.reviewer}: {self.verdict}"


class SnapshotSource(WriteOnceModel):
    """A document that the wording of the actions comes from."""

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="sources")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    author = models.CharField(max_length=200, blank=True)
    publisher = models.CharField(max_length=200)
    published = models.CharField(max_length=80)
    edition = models.CharField(
        max_length=20, blank=True, db_default="", help_text="Empty in older snapshots."
    )

    class Meta:
        ordering = ["position"]

    def __str__(self):
        return self.title


class SnapshotDate(WriteOnceModel):
    """A key date that was set by hand, or an extra bank holiday of the council.

    Or, for a by-election, the ordinary election that annual council follows.
    """

    BANK_HOLIDAY = "bank-holiday"
    ORDINARY_ELECTION = "ordinary-election"

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="dates")
    key = models.CharField(max_length=40, help_text="A key date, or bank-holiday.")
    day = models.DateField()
    declared_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["key", "day"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "key", "day"], name="snapshotdate_once")
        ]

    def __str__(self):
        return f"{self.key}: {self.day}"
