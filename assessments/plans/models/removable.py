"""Entries that people remove and restore."""

from typing import Self

from django.db import models
from django.utils import timezone

from .plans import Plan


class RemovableQuerySet(models.QuerySet):
    def live(self) -> Self:
        """Return the entries that have not been removed."""
        return self.filter(removed_at=None)


class RemovableEntry(models.Model):
    """An entry of a plan that can be removed and restored. `version` counts the saves.

    Each kind of entry has `saved_by`; its manager is made of RemovableQuerySet.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
