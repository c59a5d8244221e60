"""Protocols that a council agrees with its political groups.

What the points are and how they are suggested is in `suggestions`; these tables have what the
council made of them.
"""

from django.db import models
from django.utils import timezone

from assessments.plans.models import Plan
from councils.models import User
from elections.composition import MAX_NAME

from .suggestions import BY_KEY


class GroupProtocol(models.Model):
    """One protocol of a plan. It is a draft until `agreed_on`; `version` counts the saves."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    key = models.CharField(max_length=20)
    agreed_on = models.DateField("agreed on", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="groupprotocol_once_a_plan"),
        ]

    def __str__(self):
        return BY_KEY[self.key].title if self.key in BY_KEY else self.key


class ProtocolAnswer(models.Model):
    """The council's wording of one point, which the protocol can leave out."""

    protocol = models.ForeignKey(GroupProtocol, models.CASCADE, related_name="answers")
    point = models.CharField(max_length=20)
    words = models.TextField(blank=True)
    is_left_out = models.BooleanField("left out", default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["protocol", "point"], name="protocolanswer_once_a_point"
            ),
        ]

    def __str__(self):
        return self.point


class ProtocolGroup(models.Model):
    """A group that agreed to a protocol."""

    protocol = models.ForeignKey(GroupProtocol, models.CASCADE, related_name="groups")
    name = models.CharField(max_length=MAX_NAME)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["protocol", "name"], name="protocolgroup_once"),
        ]

    def __str__(self):
        return self.name
