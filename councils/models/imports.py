import json
from collections.abc import Mapping

from django.db import models
from django.utils import timezone

from .chain import SealedKeys
from .councils import Council
from .events import AppendOnlyModel


class CouncilImport(AppendOnlyModel):
    """An import of the council from another installation, in which its rows got new keys.

    The first `entries` entries of the council's chain came with it and were sealed with the keys
    from before. `head` is the checksum of the last of them. `keys` has the keys from before by the
    new ones, for each model that entries refer to, as JSON: {"councils.user": {"7": 3}}. As text of
    an entry it is sealed, so that it cannot be changed afterwards without showing.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="imports")
    at = models.DateTimeField(default=timezone.now)
    entries = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64, blank=True)
    keys = models.TextField()

    class Meta:
        ordering = ["-entries"]

    def __str__(self) -> str:
        return f"{self.entries} entries imported at {self.at:%d %B %Y %H:%M}"

    def keys_before(self) -> dict[str, dict[int, int]]:
        """Return the keys from before the import, by model and key after it.

        Empty if `keys` was altered so that it cannot be read: then no entry from before verifies.
        """
        try:
            return {
                label: {int(after): int(before) for after, before in pairs.items()}
                for label, pairs in json.loads(self.keys).items()
            }
        except (ValueError, TypeError, AttributeError, RecursionError):
            return {}


class SealedKeysByEntry:
    """The keys with which each entry of a council was sealed, from its imports."""

    def __init__(self, imports: list[CouncilImport]):
        ordered = sorted(imports, key=lambda each: each.entries, reverse=True)
        self.imports = [(each.entries, each.keys_before()) for each in ordered]
        self.found: dict[int, SealedKeys] = {}

    def of(self, sequence: int) -> SealedKeys:
        """Return the keys for the entry of that number: those of each import that it came with."""
        steps: tuple[Mapping[str, Mapping[int, int]], ...] = tuple(
            keys for entries, keys in self.imports if entries >= sequence
        )
        return self.found.setdefault(len(steps), SealedKeys(steps))
