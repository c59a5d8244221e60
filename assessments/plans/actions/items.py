from django.db import transaction
from django.utils import timezone

from assessments.versions import changes_between, update_at

from ..models import OPEN_STATUSES, Event, PlanItem, Status
from .due import due_by, settle_due
from .events import hold, hold_open, record

ITEM_FIELDS = ("title", "status", "reason", "owner", "owner_name", "due", "due_rule", "note")


def save_item(item, *, version, by, **fields):
    """Save an answer; returns whether anything changed.

    A `due_rule` gives the due date; a `due` without one is a date of its own, which stays.

    Raises StaleVersion, with nothing saved, if it was saved or removed since `version`; what is
    saved without a change conflicts with nobody, unless the item is gone. Raises StageSignedOff,
    with nothing saved, if its stage is read-only.
    """
    fields = {name: fields[name] for name in ITEM_FIELDS if name in fields}
    if fields.get("status", item.status) != Status.NOT_NEEDED:
        fields["reason"] = ""
    settle_due(item, fields)
    changes = changes_between(item, fields)
    if not changes and item.removed_at is None:
        return False
    values = {change.name: change.value for change in changes}
    if "status" in values:
        done = values["status"] == Status.COMPLETED
        values["completed_on"] = timezone.localdate() if done else None
    values |= {"saved_at": timezone.now(), "saved_by": by}
    with transaction.atomic():
        hold_open(item.plan, item.step)
        update_at(PlanItem.objects.live(), item, version, values)
        record(item.plan, Event.Kind.ITEM_CHANGED, by=by, item=item, changes=changes)
    return True


def add_item(plan, step, *, title, by, **fields):
    """Add the council's own item to the end of a step, with whatever is known of it already.

    Raises StageSignedOff.
    """
    status = fields.get("status", Status.NOT_STARTED)
    if status != Status.NOT_NEEDED:
        fields["reason"] = ""
    settle_due(PlanItem(plan=plan), fields)
    changes = changes_between(PlanItem(), fields)
    if status == Status.COMPLETED:
        fields["completed_on"] = timezone.localdate()
    with transaction.atomic():
        hold_open(plan, step)
        last = (
            PlanItem.objects.filter(plan=plan, step=step)
            .order_by("-position")
            .values_list("position", flat=True)
            .first()
        )
        item = PlanItem.objects.create(
            plan=plan, step=step, title=title, position=(last or 0) + 1, saved_by=by, **fields
        )
        record(plan, Event.Kind.ITEM_ADDED, by=by, item=item, detail=title, changes=changes)
    return item


def hand_over_item(item, *, owner_name, by):
    """Let an item be owned by a name, in a signed-off stage too. For erasing its owner alone."""
    changes = changes_between(item, {"owner": None, "owner_name": owner_name})
    values = {change.name: change.value for change in changes}
    with transaction.atomic():
        hold(item.plan)
        update_at(PlanItem, item, item.version, values | {"saved_at": timezone.now()})
        record(item.plan, Event.Kind.ITEM_CHANGED, by=by, item=item, changes=changes)


def remove_item(item, *, version, by):
    """Take one of the council's own items off the plan; it can be put back.

    Raises StaleVersion if it was saved since `version`, StageSignedOff, and ValueError for an item
    of the guidance.
    """
    if not item.is_own:
        raise ValueError("Items of the guidance are marked not needed, never removed.")
    with transaction.atomic():
        hold_open(item.plan, item.step)
        now = timezone.now()
        values = {"removed_at": now, "saved_at": now, "saved_by": by}
        update_at(PlanItem.objects.live(), item, version, values)
        record(item.plan, Event.Kind.ITEM_REMOVED, by=by, item=item, detail=item.title)


def restore_item(item, *, by):
    """Put a removed item back as it was. Does nothing if it is there already.

    Raises StageSignedOff.
    """
    if item.removed_at is None:
        return
    with transaction.atomic():
        hold_open(item.plan, item.step)
        values = {"removed_at": None, "saved_at": timezone.now(), "saved_by": by}
        if item.due_rule and item.status in OPEN_STATUSES:
            values["due"] = due_by(item.due_rule, item.plan.timetable)
        update_at(PlanItem, item, item.version, values)
        record(item.plan, Event.Kind.ITEM_RESTORED, by=by, item=item, detail=item.title)
