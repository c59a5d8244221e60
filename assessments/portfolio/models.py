import datetime as dt

from django.db import models
from django.urls import reverse
from django.utils import timezone

from assessments.plans.models import Plan
from assessments.words import within_sentence
from councils.models import User

BUNDLE_LIMIT = 25  # plans in one zip
BUNDLES_KEPT = 3  # of one person; the oldest is deleted when they request another
LARGEST_PDF = 8_000_000  # bytes
BUNDLE_LIFE = dt.timedelta(hours=24)
STALLED_AFTER = dt.timedelta(minutes=10)  # without a plan being finished


class BundleQuerySet(models.QuerySet):
    def expired(self):
        return self.filter(asked_at__lt=timezone.now() - BUNDLE_LIFE)

    def live(self):
        return self.filter(asked_at__gte=timezone.now() - BUNDLE_LIFE)


class Bundle(models.Model):
    """The action plans that one person requested as a zip, kept for a day."""

    class Contents(models.TextChoices):
        PLAN = "plan", "The whole plan, with notes"
        OPEN = "open", "Open actions, with notes"
        SUMMARY = "summary", "A one-page summary"
        EVERYTHING = "everything", "Everything: guidance, notes, comments and the register too"

    asked_by = models.ForeignKey(User, models.PROTECT, related_name="bundles")
    asked_at = models.DateTimeField(default=timezone.now)
    contents = models.CharField(max_length=10, choices=Contents, default=Contents.PLAN)
    moved_at = models.DateTimeField("when a plan was last finished", default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = BundleQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="bundle_by_person_latest")]

    def __str__(self):
        return f"{self.asked_by}, {self.asked_at:%-d %B %Y %H:%M}"

    def get_absolute_url(self):
        return reverse("bundle", args=[self.pk])

    @property
    def contents_in_words(self) -> str:
        """Say what each PDF contains, as it reads inside a sentence."""
        return within_sentence(self.get_contents_display())

    @property
    def kept_until(self):
        return self.asked_at + BUNDLE_LIFE

    @property
    def is_stalled(self):
        """Whether it has stopped: no worker runs, or the one that made it has ended."""
        return self.finished_at is None and self.moved_at < timezone.now() - STALLED_AFTER

    @property
    def is_under_way(self):
        return self.finished_at is None and not self.is_stalled


class BundlePlan(models.Model):
    """One plan of a bundle, and the state of its PDF."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        MADE = "made", "Made"
        REFUSED = "refused", "Left out: you may no longer see this plan"
        TOO_LARGE = "too-large", "Left out: too much for one PDF"
        FAILED = "failed", "Left out: the PDF could not be made"

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="entries")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    file_name = models.CharField(max_length=250, blank=True)
    marking = models.CharField(max_length=20, blank=True)
    # The stages in the PDF, as "13". The reader must still have access to them at download.
    stages = models.CharField(max_length=3, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["bundle", "plan"], name="bundleplan_once"),
        ]

    def __str__(self):
        return f"{self.plan_id}: {self.get_state_display()}"


class BundlePdf(models.Model):
    """The PDF of one plan of a bundle, a row of its own so that lists do not read it.

    It is in the database, so that a web server can send what a worker elsewhere has made. The zip
    is put together at download.
    """

    entry = models.OneToOneField(BundlePlan, models.CASCADE, primary_key=True, related_name="pdf")
    content = models.BinaryField()

    def __str__(self):
        return f"PDF of {self.entry_id}"
