"""Add, change, remove and restore entries of the joint working register."""

from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import hold, leave_room, record, remove_entry, restore_entry
from assessments.plans.models import Event, Plan
from assessments.versions import changes_between, first_values, update_at
from councils.models import User

from .models import EarlyWin, RegisterEntry, RegisterQuerySet

Entry = TypeVar("Entry", bound=RegisterEntry)


def add_to_register(model: type[Entry], plan: Plan, *, by: User, **fields: object) -> Entry:
    """Add an entry of the kind that `model` is. Raises TooManyEntries."""
    changes = first_values(model, fields)
    with transaction.atomic():
        hold(plan)
        leave_room(model, plan)
        entry = model.objects.create(plan=plan, saved_by=by, **fields)
        record(plan, Event.Kind.REGISTER_ADDED, by=by, detail=str(entry), changes=changes)
    return entry


def save_in_register(entry: RegisterEntry, *, version: int, by: User, **fields: object) -> bool:
    """Save an entry; return whether anything changed.

    Raises StaleVersion, with nothing saved, if it was saved or removed since `version`. Saving
    without a change is never stale, unless the entry has been removed.
    """
    changes = changes_between(entry, fields)
    if not changes and entry.removed_at is None:
        return False
    values = {change.name: change.value for change in changes}
    values |= {"saved_at": timezone.now(), "saved_by": by}
    with transaction.atomic():
        hold(entry.plan)
        update_at(_live(entry), entry, version, values)
        kind = Event.Kind.REGISTER_CHANGED
        record(entry.plan, kind, by=by, detail=str(entry), changes=changes)
    return True


def hand_over_win(win: EarlyWin, *, by: User | None) -> None:
    """Leave an early win, removed or not, without an owner. Only for erasing its owner."""
    changes = changes_between(win, {"owner": None})
    with transaction.atomic():
        hold(win.plan)
        update_at(type(win), win, win.version, {"owner": None, "saved_at": timezone.now()})
        kind = Event.Kind.REGISTER_CHANGED
        record(win.plan, kind, by=by, detail=str(win), changes=changes)


def remove_from_register(entry: RegisterEntry, *, version: int, by: User) -> None:
    """Remove an entry, so that it can be restored. Raises StaleVersion."""
    remove_entry(entry, Event.Kind.REGISTER_REMOVED, version=version, by=by)


def restore_to_register(entry: RegisterEntry, *, by: User) -> None:
    """Restore a removed entry as it was. Do nothing if it has not been removed.

    Raises StaleVersion if someone else has just restored it.
    """
    restore_entry(entry, Event.Kind.REGISTER_RESTORED, by=by)


def _live(entry: RegisterEntry) -> RegisterQuerySet:
    return type(entry).objects.live()
