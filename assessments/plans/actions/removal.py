"""Remove and restore entries of a plan."""

from django.db import transaction
from django.utils import timezone

from assessments.versions import update_at
from councils.models import User

from ..models import Event, RemovableEntry, RemovableQuerySet
from .events import hold, record


def remove_entry(entry: RemovableEntry, kind: Event.Kind, *, version: int, by: User) -> None:
    """Remove an entry, so that it can be restored; record it as `kind`. Raises StaleVersion."""
    with transaction.atomic():
        hold(entry.plan)
        now = timezone.now()
        values = {"removed_at": now, "saved_at": now, "saved_by": by}
        update_at(RemovableQuerySet(type(entry)).live(), entry, version, values)
        record(entry.plan, kind, by=by, detail=str(entry))


def restore_entry(entry: RemovableEntry, kind: Event.Kind, *, by: User) -> None:
    """Restore a removed entry as it was; record it as `kind`.

    Do nothing if it has not been removed. Raises StaleVersion if someone has just restored it.
    """
    if entry.removed_at is None:
        return
    with transaction.atomic():
        hold(entry.plan)
        values = {"removed_at": None, "saved_at": timezone.now(), "saved_by": by}
        update_at(type(entry), entry, entry.version, values)
        record(entry.plan, kind, by=by, detail=str(entry))
