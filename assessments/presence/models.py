from django.db import models
from django.utils import timezone

from assessments.plans.models import Plan
from councils.models import User
from frameworks.models import Step


class Presence(models.Model):
    """When a person's browser last reported that a step was open. It leaves no event."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    step = models.ForeignKey(Step, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["user__name", "user"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "step", "user"], name="presence_once"),
        ]

    def __str__(self):
        return f"{self.user} at {self.at}"
