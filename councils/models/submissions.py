from django.db import models
from django.utils import timezone

from .people import User


class SubmittedForm(models.Model):
    """A form that a person has sent and that took effect, for `councils.once`. Kept for a day.

    `fingerprint` is a SHA-256 of what was sent; `location` is where the answer led, or empty.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    location = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "fingerprint"], name="submitted_form_once")
        ]

    def __str__(self):
        return f"Form sent at {self.at:%H:%M}"
