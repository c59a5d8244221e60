import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.plans.models import Plan
from councils.models import User
from councils.tokens import digest_of
from elections.interim import Governance

FEED_DAYS = 365


class CalendarFeedQuerySet(models.QuerySet):
    def open(self):
        """Return the feeds that have not been ended, including those that have expired."""
        return self.filter(ended_at=None)

    def live(self):
        """Return the feeds whose address works."""
        return self.open().filter(made_at__gt=timezone.now() - dt.timedelta(days=FEED_DAYS))

    def for_token(self, token):
        """Return the feed that an address leads to.

        Whether its holder can still see the plan is checked at every request: see `feed_for`.
        """
        return self.live().filter(token_digest=CalendarFeed.digest_of(token))


class CalendarFeed(models.Model):
    """A secret address at which one person's calendar program reads the dates of one plan.

    The address holds 256 random bits that are stored only as a digest. It works for FEED_DAYS days.
    It ends when its holder changes their password or signs out everywhere else, and for ever when
    it is used while they cannot see the plan.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="feeds")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "user"], condition=Q(ended_at=None), name="calendarfeed_one_open"
            )
        ]

    def __str__(self):
        return f"Calendar of {self.plan_id} for {self.user_id}"

    digest_of = staticmethod(digest_of)

    @property
    def last_day(self):
        """Return the last whole day on which the address works."""
        return timezone.localdate(self.made_at) + dt.timedelta(days=FEED_DAYS - 1)


class GovernanceModel(models.TextChoices):
    """How the council takes decisions, which decides what the law says about the interim period."""

    UNKNOWN = Governance.UNKNOWN.value, "Not given"
    LEADER = Governance.LEADER.value, "A Leader and cabinet"
    COMMITTEES = Governance.COMMITTEES.value, "A committee system"
    MAYOR = Governance.MAYOR.value, "A directly elected mayor and cabinet"


class InterimArrangements(models.Model):
    """How the council's constitution fills the time from retirement to the annual meeting.

    One row a plan. `POINTS` are the questions to settle, in the order of the form and of the note.
    """

    LONGEST = 250  # so that the note stays on one page
    POINTS = (
        "executive",
        "decisions",
        "committees",
        "officers",
        "urgent",
        "meeting",
        "waiting",
    )

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="interim")
    governance = models.CharField(
        "How the council takes decisions", max_length=12, choices=GovernanceModel, blank=True
    )
    executive = models.TextField("How long office is held", blank=True)
    decisions = models.TextField("Who takes decisions", blank=True)
    committees = models.TextField("Committees that can meet", blank=True)
    officers = models.TextField("Decisions by officers", blank=True)
    urgent = models.TextField("Urgent decisions", blank=True)
    meeting = models.TextField("The annual meeting", blank=True)
    waiting = models.TextField("Decisions left for annual council", blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "interim arrangements"

    def __str__(self):
        return f"Interim arrangements of plan {self.plan_id}"


class StructuralOrder(models.Model):
    """The order that a plan’s election follows, as for a shadow authority, with its own dates.

    The key dates that it gives are the PlanDates of the plan that have an article. `dates` are the
    others, such as vesting day.
    """

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="structural_order")
    title = models.CharField("title of the order", max_length=200)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    def __str__(self):
        return self.title


class OrderDate(models.Model):
    """A date of an order that is not one of the key dates of every plan."""

    order = models.ForeignKey(StructuralOrder, models.PROTECT, related_name="dates")
    label = models.CharField("what happens", max_length=120)
    date = models.DateField()
    article = models.CharField(max_length=30)

    class Meta:
        ordering = ["date", "pk"]

    def __str__(self):
        return f"{self.label}: {self.date}"
