"""A check-in: two people answer the same prompts alone, and see both once both choose to.

It is theirs, like a development record. Nothing leads here from a user, and the words of a part
are read by whoever wrote it, and through `seen_by`.
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
        """The person's own parts, each with `partner` (a name, None if they have left) and
        `is_seen`: whether both have chosen to show.
        """
        others = CheckInPart.objects.filter(check_in=OuterRef("check_in")).exclude(person=user)
        return self.filter(person=user).annotate(
            partner=Subquery(others.values("person__name")[:1]),
            is_seen=Q(shown_at__isnull=False) & Exists(others.filter(shown_at__isnull=False)),
        )

    def seen_by(self, user):
        """The parts of others that `user` may read: both have chosen to show."""
        return self.exclude(person=user).filter(
            shown_at__isnull=False,
            check_in__parts__person=user,
            check_in__parts__shown_at__isnull=False,
        )


class CheckInPart(models.Model):
    """What one of the two answers. The prompts are ours; `shown_at` is when they chose to show."""

    ANSWERS = ("going_well", "strain", "edges", "unsaid", "ahead")
    LONGEST = 5_000  # characters

    check_in = models.ForeignKey(CheckIn, models.CASCADE, related_name="parts")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    going_well = models.TextField("What is working well between us at the moment?", blank=True)
    strain = models.TextField(
        "When was it hardest to work together lately, and what did I do then?", blank=True
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
        ordering = ["-check_in__opened_at", "-check_in"]
        constraints = [
            models.UniqueConstraint(fields=["check_in", "person"], name="checkinpart_once_each")
        ]

    def __str__(self):
        return f"Part of {self.person} in a check-in"

    @property
    def answers(self):
        """Each prompt with the words."""
        return [
            (self._meta.get_field(name).verbose_name, getattr(self, name)) for name in self.ANSWERS
        ]

    @property
    def can_write(self):
        """Of a part from `of`: while there is somebody to show it to, and before it is shown."""
        return self.partner is not None and self.shown_at is None

    @property
    def can_take_back(self):
        return self.partner is not None and self.shown_at is not None and not self.is_seen
