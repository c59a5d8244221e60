from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.plans.models import Plan
from councils.models import User
from councils.tokens import digest_of


class CalendarFeedQuerySet(models.QuerySet):
    def open(self):
        return self.filter(ended_at=None)

    def for_token(self, token):
        """The feed that an address leads to. Whether its holder may still see the plan is asked
        elsewhere, at every fetch (`permissions.feed_for`)."""
        return self.open().filter(token_digest=CalendarFeed.digest_of(token))


class CalendarFeed(models.Model):
    """A secret address at which one person's calendar program reads the dates of one plan.

    The address holds 256 random bits that are stored only as a digest.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="feeds")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "user"], condition=Q(ended_at=None), name="calendarfeed_one_open"
            )
        ]

    def __str__(self):
        return f"Calendar of {self.plan_id} for {self.user_id}"

    digest_of = staticmethod(digest_of)
