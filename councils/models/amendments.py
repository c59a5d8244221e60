from django.db import models
from django.utils import timezone

from .councils import Council
from .events import AppendOnlyModel
from .people import User


class Amendment(AppendOnlyModel):
    """Entries of the record whose words were erased, or which were purged: itself an entry of it.

    It names each of them, so that checking the chain can tell what was amended from what was
    tampered with.
    """

    class Kind(models.TextChoices):
        ERASED = "erased", "erased a person’s name from"
        PURGED = "purged", "purged"

    parts = "amended"

    council = models.ForeignKey(Council, models.PROTECT, related_name="amendments")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Empty when it was done from the shell.",
    )
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.by or 'The shell'} {self.get_kind_display()} entries of {self.council}"


class AmendedEntry(AppendOnlyModel):
    """One entry that was amended: `words` seals what it says now, and is empty if it was purged."""

    council_path = "amendment__council"
    part_of = "amendment"

    amendment = models.ForeignKey(Amendment, models.PROTECT, related_name="amended")
    sequence = models.PositiveBigIntegerField(help_text="Of the entry in its council's chain.")
    words = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "amended entries"

    def __str__(self):
        return f"Entry {self.sequence}"
