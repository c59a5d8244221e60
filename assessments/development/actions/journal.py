from django.db import transaction
from django.utils import timezone

from assessments.versions import update_at

from ..models import JournalEntry


def write_entry(record, *, day, words, standards=(), plan=None, step=None):
    with transaction.atomic():
        entry = JournalEntry.objects.create(
            record=record, day=day, words=words, plan=plan, step=step
        )
        entry.standards.set(standards)
    return entry


def save_entry(entry, *, version, standards, **fields):
    """Save an entry; `plan` and `step` stay as they are unless they are among `fields`.

    Raises StaleVersion, with nothing saved, if it was saved or removed since `version`.
    """
    with transaction.atomic():
        update_at(JournalEntry, entry, version, fields | {"saved_at": timezone.now()})
        entry.standards.set(standards)


def remove_entry(entry):
    entry.delete()
