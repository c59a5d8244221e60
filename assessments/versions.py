"""Versions: what differs between two answers, and a save that refuses a stale one."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F


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
