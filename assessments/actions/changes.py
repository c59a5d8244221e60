"""What every change to a plan does: note what differs, write at a version, leave one event."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F

from ..models import Event, EventChange, Plan
from ..stages import Move, StageSignedOff, sign_offs_that_stand, standing_of_stage


class StaleVersion(Exception):
    """The answer was saved by someone else since the version that was edited."""


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
        for change in changes_between(instance, fields)
    ]


def _label(instance, name):
    label = instance._meta.get_field(name).verbose_name
    return label[0].upper() + label[1:]


@dataclass(frozen=True)
class Change:
    name: str
    value: object
    before: str
    after: str


def changes_between(instance, fields):
    """The fields whose value differs, with both sides as text."""
    found = []
    for name, value in fields.items():
        old = getattr(instance, name)
        if old != value:
            before, after = (as_text(instance, name, each) for each in (old, value))
            found.append(Change(name, value, before, after))
    return found


def as_text(instance, name, value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    choices = dict(instance._meta.get_field(name).flatchoices)
    return str(choices.get(value, value))


def update_at(source, instance, version, values):
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


def hold(plan):
    """Nobody else moves a stage of this plan or changes its items until the transaction ends.

    First thing in it, so that what is read afterwards is what decides, and so that two
    transactions never wait for each other. SQLite's transactions do so by themselves.
    """
    Plan.objects.select_for_update(no_key=True).values_list("pk").get(pk=plan.pk)


def hold_open(plan, step):
    """Holds the plan for a change to an item of `step`. Raises StageSignedOff."""
    hold(plan)
    sign_off = sign_offs_that_stand(plan).get(step.stage_id)
    if sign_off:
        raise StageSignedOff(sign_off)


def hold_for(plan, stage, move: Move):
    """Holds the plan for a move of `stage`; its Standing. Raises MoveRefused."""
    hold(plan)
    standing = standing_of_stage(plan, stage)
    standing.require(move)
    return standing


def record(plan, kind, *, by, item=None, detail="", changes=()):
    """Leave an event, sealed into the chain of the council's record. An action does so last.

    Appending locks the chain until the transaction ends: locks taken after it could cross those of
    somebody who waits for it.
    """
    with transaction.atomic():
        event = Event.objects.create(plan=plan, item=item, kind=kind, by=by, detail=detail[:200])
        parts = [
            EventChange(event=event, field=c.name, before=c.before, after=c.after) for c in changes
        ]
        if parts:
            EventChange.objects.bulk_create(parts)
        event.chain(parts)
    return event
