"""The register: agreements, red lines and crunch issues, early wins. One way for all of them."""

from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import hold, record
from assessments.plans.models import Event
from assessments.versions import changes_between, update_at


def add_to_register(model, plan, *, by, **fields):
    """Add an agreement, issue or early win, as `model` says."""
    changes = changes_between(model(), fields)
    with transaction.atomic():
        hold(plan)
        entry = model.objects.create(plan=plan, saved_by=by, **fields)
        record(plan, Event.Kind.REGISTER_ADDED, by=by, detail=str(entry), changes=changes)
    return entry


def save_in_register(entry, *, version, by, **fields):
    """Save an entry; returns whether anything changed.

    Raises StaleVersion, with nothing saved, if it was saved or removed since `version`; what is
    saved without a change conflicts with nobody, unless the entry is gone.
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


def hand_over_win(win, *, by):
    """Let an early win, removed or not, be nobody's. For erasing its owner alone."""
    changes = changes_between(win, {"owner": None})
    with transaction.atomic():
        hold(win.plan)
        update_at(type(win), win, win.version, {"owner": None, "saved_at": timezone.now()})
        kind = Event.Kind.REGISTER_CHANGED
        record(win.plan, kind, by=by, detail=str(win), changes=changes)


def remove_from_register(entry, *, version, by):
    """Take an entry off the register; it can be put back. Raises StaleVersion."""
    with transaction.atomic():
        hold(entry.plan)
        now = timezone.now()
        values = {"removed_at": now, "saved_at": now, "saved_by": by}
        update_at(_live(entry), entry, version, values)
        record(entry.plan, Event.Kind.REGISTER_REMOVED, by=by, detail=str(entry))


def restore_to_register(entry, *, by):
    """Put a removed entry back as it was. Does nothing if it is there already.

    Raises StaleVersion if somebody else has just put it back.
    """
    if entry.removed_at is None:
        return
    with transaction.atomic():
        hold(entry.plan)
        values = {"removed_at": None, "saved_at": timezone.now(), "saved_by": by}
        update_at(type(entry), entry, entry.version, values)
        record(entry.plan, Event.Kind.REGISTER_RESTORED, by=by, detail=str(entry))


def _live(entry):
    return type(entry).objects.live()
