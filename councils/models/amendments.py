from django.db import models
from django.utils import timezone

from .councils import Council
from .events import SYSTEM_ADMINISTRATOR, AppendOnlyModel
from .people import User


class Amendment(AppendOnlyModel):
    """A list of entries whose text was changed to erase a name, or which were purged.

    It is itself an entry of the record, so that verification can tell an amendment from tampering.
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
        help_text="Empty if a system administrator did it with a command.",
    )
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return (
            f"{self.by or SYSTEM_ADMINISTRATOR} {self.get_kind_display()} entries of {self.council}"
        )


class AmendedEntry(AppendOnlyModel):
    """One amended entry: `words` seals its new text, and is empty if the entry was purged."""

    council_path = "amendment__council"
    part_of = "amendment"

    amendment = models.ForeignKey(Amendment, models.PROTECT, related_name="amended")
    sequence = models.PositiveBigIntegerField(help_text="Of the entry in its council's chain.")
    words = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "amended entries"

    def __str__(self) -> str:
        return f"Entry {self.sequence}"
