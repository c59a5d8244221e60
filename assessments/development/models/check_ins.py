"""A check-in: two people answer the same prompts separately, and see both when both agree.

Like a development record it is private: nothing leads here from a user, and the answers of a part
are read only by the person who wrote them, or through `seen_by`.
"""

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from councils.models import User


class CheckIn(models.Model):
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-opened_at", "-pk"]

    def __str__(self):
        return f"Check-in of {self.opened_at.day} {self.opened_at:%B %Y}"


class CheckInPartQuerySet(models.QuerySet):
    def of(self, user):
        """Return the person's own parts with `partner` and `is_seen`.

        `partner` is the other person's name, None if they have left; `is_seen` is whether both have
        chosen to share.
        """
        others = CheckInPart.objects.filter(check_in=OuterRef("check_in")).exclude(person=user)
        return self.filter(person=user).annotate(
            partner=Subquery(others.values("person__name")[:1]),
            is_seen=Q(shown_at__isnull=False) & Exists(others.filter(shown_at__isnull=False)),
        )

    def seen_by(self, user):
        """Return the parts of others that `user` can read: both have chosen to share."""
        return self.exclude(person=user).filter(
            shown_at__isnull=False,
            check_in__parts__person=user,
            check_in__parts__shown_at__isnull=False,
        )


class CheckInPart(models.Model):
    """One person's answers. The prompts are ours; `shown_at` is when they chose to share."""

    ANSWERS = ("going_well", "strain", "edges", "unsaid", "ahead")
    LONGEST = 5_000  # characters

    check_in = models.ForeignKey(CheckIn, models.CASCADE, related_name="parts")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    going_well = models.TextField("What is working well between us at the moment?", blank=True)
    strain = models.TextField(
        "When was it hardest to work together recently, and what did I do then?", blank=True
    )
    edges = models.TextField(
        "Which matters are yours to settle, which mine, which ours? Where is that unclear?",
        blank=True,
    )
    unsaid = models.TextField("What have I not told you yet that you should know?", blank=True)
    ahead = models.TextField(
        "What should each of us do differently before we next talk like this?", blank=True
    )
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    shown_at = models.DateTimeField(null=True, blank=True)

    objects = CheckInPartQuerySet.as_manager()

    class Meta:
        ordering = ["-check_in__opened_at", "-check_in_id"]
        constraints = [
            models.UniqueConstraint(fields=["check_in", "person"], name="checkinpart_once_each")
        ]

    def __str__(self):
        return f"Part of {self.person} in a check-in"

    @property
    def answers(self):
        """Return each prompt with its answer."""
        return [
            (self._meta.get_field(name).verbose_name, getattr(self, name)) for name in self.ANSWERS
        ]

    @property
    def can_write(self):
        """Return whether a part from `of` can be edited: it is not shared, and no one has left."""
        return self.partner is not None and self.shown_at is None

    @property
    def can_take_back(self):
        return self.partner is not None and self.shown_at is not None and not self.is_seen
