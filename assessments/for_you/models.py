from django.db import models
from django.utils import timezone

from councils.models import User


class ForYouVisit(models.Model):
    """When a person last opened For you. It leaves no event.

    `since` is the end of the visit before this one: what others changed is shown from then on.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"{self.user} at {self.at}"
