"""Every change to a plan. Each function is atomic, takes `by=` and leaves one event.

Callers have checked the right to do it; these hold what must be true whoever calls.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from frameworks.models import ChecklistItem, Framework, PointerPlacement

from .models import (
    Event,
    EventChange,
    Plan,
    PlanItem,
    RestrictedNote,
    RestrictedNoteEvent,
    Status,
)

PLAN_FIELDS = (
    "election_day",
    "control",
    "control_standing",
    "formality",
    "coalition_term",
    "stage_2_weeks",
    "marking",
)
ITEM_FIELDS = ("title", "status", "reason", "owner", "owner_name", "due", "note")


class StaleVersion(Exception):
    """The answer was saved by someone else since the version that was edited."""


def create_plan(*, council, by, **fields):
    """A plan laid out with the whole checklist of the current editions: 81 points and the
    components' pointers, each on the steps where they matter."""
    with transaction.atomic():
        plan = Plan.objects.create(
            council=council,
            transition=Framework.objects.current(Framework.TRANSITION),
            components=Framework.objects.current(Framework.COMPONENTS),
            development=Framework.objects.current(Framework.DEVELOPMENT),
            created_by=by,
            **fields,
        )
        PlanItem.objects.bulk_create(_checklist_of(plan))
        _record(plan, Event.Kind.PLAN_CREATED, by=by)
    return plan


def _checklist_of(plan):
    """Points of each step in the guidance's order, then the pointers placed on it."""
    points = ChecklistItem.objects.filter(step__framework=plan.transition).select_related("step")
    placements = PointerPlacement.objects.filter(
        step__framework=plan.transition, item__framework=plan.components
    ).select_related("item", "step")
    wanted = [(item.step, item) for item in points]
    wanted += [(placement.step, placement.item) for placement in placements]
    positions = {}
    for step, item in wanted:
        positions[step.pk] = position = positions.get(step.pk, 0) + 1
        yield PlanItem(plan=plan, step=step, source=item, position=position)


def change_plan(plan, *, version, by, **fields):
    """Change a plan's settings. Dates follow from them; no answer is touched.

    Raises StaleVersion if the settings were saved since `version`.
    """
    changes = _changes(plan, {name: fields[name] for name in PLAN_FIELDS if name in fields})
    if not changes:
        return plan
    with transaction.atomic():
        _update_at(Plan, plan, version, {change.name: change.value for change in changes})
        _record(plan, Event.Kind.PLAN_CHANGED, by=by, changes=changes)
    return plan


def save_item(item, *, version, by, **fields):
    """Save an answer; returns whether anything changed.

    Raises StaleVersion, with nothing saved, if it was saved or removed since `version`.
    """
    fields = {name: fields[name] for name in ITEM_FIELDS if name in fields}
    if fields.get("status", item.status) != Status.NOT_NEEDED:
        fields["reason"] = ""
    changes = _changes(item, fields)
    if not changes:
        return False
    values = {change.name: change.value for change in changes}
    if "status" in values:
        done = values["status"] == Status.COMPLETED
        values["completed_on"] = timezone.localdate() if done else None
    values |= {"saved_at": timezone.now(), "saved_by": by}
    with transaction.atomic():
        _update_at(PlanItem.objects.live(), item, version, values)
        _record(item.plan, Event.Kind.ITEM_CHANGED, by=by, item=item, changes=changes)
    return True


def add_item(plan, step, *, title, by, **fields):
    """Add the council's own item to the end of a step, with whatever is known of it already."""
    status = fields.get("status", Status.NOT_STARTED)
    if status != Status.NOT_NEEDED:
        fields["reason"] = ""
    changes = _changes(PlanItem(), fields)
    if status == Status.COMPLETED:
        fields["completed_on"] = timezone.localdate()
    with transaction.atomic():
        last = (
            PlanItem.objects.filter(plan=plan, step=step)
            .order_by("-position")
            .values_list("position", flat=True)
            .first()
        )
        item = PlanItem.objects.create(
            plan=plan, step=step, title=title, position=(last or 0) + 1, saved_by=by, **fields
        )
        _record(plan, Event.Kind.ITEM_ADDED, by=by, item=item, detail=title, changes=changes)
    return item


def remove_item(item, *, version, by):
    """Take one of the council's own items off the plan; it can be put back.

    Raises StaleVersion if it was saved since `version`, ValueError for an item of the guidance.
    """
    if not item.is_own:
        raise ValueError("Items of the guidance are marked not needed, never removed.")
    with transaction.atomic():
        now = timezone.now()
        values = {"removed_at": now, "saved_at": now, "saved_by": by}
        _update_at(PlanItem.objects.live(), item, version, values)
        _record(item.plan, Event.Kind.ITEM_REMOVED, by=by, item=item, detail=item.title)


def restore_item(item, *, by):
    """Put a removed item back as it was. Does nothing if it is there already."""
    if item.removed_at is None:
        return
    with transaction.atomic():
        values = {"removed_at": None, "saved_at": timezone.now(), "saved_by": by}
        _update_at(PlanItem, item, item.version, values)
        _record(item.plan, Event.Kind.ITEM_RESTORED, by=by, item=item, detail=item.title)


def save_restricted_note(item, note, *, text, version, by, readers=None):
    """Save the restricted note of an item; `note` is None for its first text, then version is 0.

    `readers` are memberships named beside the owners; None leaves them as they are. Leaves a
    RestrictedNoteEvent and no plan event: that something was noted is for its readers alone.
    Raises StaleVersion, with nothing saved, if it was saved since `version`.
    """
    with transaction.atomic():
        if note is None:
            note, created = RestrictedNote.objects.get_or_create(
                item=item, defaults={"text": text, "saved_by": by}
            )
            if not created:
                raise StaleVersion
        else:
            values = {"text": text, "saved_at": timezone.now(), "saved_by": by}
            _update_at(RestrictedNote, note, version, values)
        if readers is not None:
            note.readers.set(readers)
        named = note.readers.select_related("user").order_by("user__name")
        RestrictedNoteEvent.objects.create(
            note=note, by=by, text=text, readers="\n".join(str(reader) for reader in named)
        )
    return note


def record_export(plan, *, by, detail):
    """Note that the plan left the building: what was taken, as text."""
    _record(plan, Event.Kind.PLAN_EXPORTED, by=by, detail=detail)


@dataclass(frozen=True)
class Difference:
    """One field where two answers differ, both as text."""

    label: str
    theirs: str
    mine: str


def differences(instance, fields):
    """Where `fields`, an edit that came too late, differ from what `instance` now holds."""
    return [
        Difference(_label(instance, change.name), theirs=change.before, mine=change.after)
        for change in _changes(instance, fields)
    ]


def _label(instance, name):
    label = instance._meta.get_field(name).verbose_name
    return label[0].upper() + label[1:]


@dataclass(frozen=True)
class _Change:
    name: str
    value: object
    before: str
    after: str


def _changes(instance, fields):
    """The fields whose value differs, with both sides as text."""
    found = []
    for name, value in fields.items():
        old = getattr(instance, name)
        if old != value:
            before, after = (_text(instance, name, each) for each in (old, value))
            found.append(_Change(name, value, before, after))
    return found


def _text(instance, name, value):
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    choices = dict(instance._meta.get_field(name).flatchoices)
    return str(choices.get(value, value))


def _update_at(source, instance, version, values):
    """UPDATE … WHERE version = …, then `instance` as well; StaleVersion if no row matched."""
    queryset = getattr(source, "objects", source)
    updated = queryset.filter(pk=instance.pk, version=version).update(
        **values, version=F("version") + 1
    )
    if not updated:
        raise StaleVersion
    for name, value in values.items():
        setattr(instance, name, value)
    instance.version = version + 1


def _record(plan, kind, *, by, item=None, detail="", changes=()):
    event = Event.objects.create(plan=plan, item=item, kind=kind, by=by, detail=detail[:200])
    if changes:
        EventChange.objects.bulk_create(
            EventChange(event=event, field=c.name, before=c.before, after=c.after) for c in changes
        )
    return event
