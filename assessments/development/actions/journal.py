import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.plans.models import Plan
from assessments.versions import update_at
from frameworks.models import DevelopmentStandard, Step

from ..models import DevelopmentRecord, JournalEntry
from .records import lock_record


def write_entry(
    record: DevelopmentRecord,
    *,
    day: dt.date,
    words: str,
    standards: Iterable[DevelopmentStandard] = (),
    plan: Plan | None = None,
    step: Step | None = None,
) -> JournalEntry:
    """Add an entry to a person's journal. Raises StaleVersion if the record has been deleted."""
    with transaction.atomic():
        lock_record(record)
        entry = JournalEntry.objects.create(
            record=record, day=day, words=words, plan=plan, step=step
        )
        entry.standards.set(standards)
    return entry


def save_entry(
    entry: JournalEntry,
    *,
    version: int,
    standards: Iterable[DevelopmentStandard],
    **fields: Any,
) -> None:
    """Save an entry. If `plan` and `step` are omitted, they keep their value.

    Raises StaleVersion, and saves nothing, if it was saved or removed since `version`.
    """
    with transaction.atomic():
        update_at(JournalEntry, entry, version, fields | {"saved_at": timezone.now()})
        entry.standards.set(standards)


def remove_entry(entry: JournalEntry) -> None:
    entry.delete()
