from django.db import models
from django.db.models import Q
from django.utils import timezone

from councils.models import User
from frameworks.models import DevelopmentTheme

from .records import DevelopmentRecord


class DevelopmentShareQuerySet(models.QuerySet):
    def live(self):
        return self.filter(ended_at=None, until__gte=timezone.localdate())


class DevelopmentShare(models.Model):
    """Lets one reader see themes of a person's record until the end of a day."""

    record = models.ForeignKey(DevelopmentRecord, models.CASCADE, related_name="shares")
    reader = models.ForeignKey(User, models.PROTECT, related_name="+")
    themes = models.ManyToManyField(DevelopmentTheme, related_name="+")
    with_journal = models.BooleanField(default=False)
    until = models.DateField()
    shared_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DevelopmentShareQuerySet.as_manager()

    class Meta:
        ordering = ["reader__name", "-shared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "reader"],
                condition=Q(ended_at=None),
                name="developmentshare_one_live",
            )
        ]

    def __str__(self):
        return f"{self.reader}, until {self.until.day} {self.until:%B %Y}"

    @property
    def is_live(self):
        return self.ended_at is None and self.until >= timezone.localdate()
