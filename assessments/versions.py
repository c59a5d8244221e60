"""Compare two answers, and save one only if it was made on the latest version."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.db.models import F, Field, Manager, Model, QuerySet

from .words import day_in_words, whole_pounds


class StaleVersion(Exception):
    """Someone saved the answer since the version that was edited."""


@dataclass(frozen=True)
class Difference:
    """A field where two answers differ, both as text."""

    label: str
    theirs: str
    mine: str


def differences(instance: Model, fields: dict[str, Any]) -> list[Difference]:
    """Return where `fields`, a stale edit, differ from what `instance` now holds."""
    return [
        Difference(_label(instance, change.name), theirs=change.before, mine=change.after)
        for change in changes_between(instance, fields)
    ]


def _label(instance: Model, name: str) -> str:
    label = str(_field(instance, name).verbose_name)
    return label[0].upper() + label[1:]


def _field(instance: Model, name: str) -> Field:
    return cast(Field, instance._meta.get_field(name))


@dataclass(frozen=True)
class FieldValueChange:
    """A field that a save changes: its new value, and both values as text."""

    name: str
    value: Any
    before: str
    after: str


def changes_between(instance: Model, fields: dict[str, Any]) -> list[FieldValueChange]:
    """Return the `fields` whose value differs from `instance`, with both values as text."""
    found = []
    for name, value in fields.items():
        old = getattr(instance, name)
        if old != value:
            before, after = (as_text(instance, name, each) for each in (old, value))
            found.append(FieldValueChange(name, value, before, after))
    return found


def first_values(model: type[Model], fields: dict[str, Any]) -> list[FieldValueChange]:
    """Return the `fields` of a new row that differ from their defaults.

    There is no text before: the row never had the default, so nothing was removed.
    """
    return [replace(change, before="") for change in changes_between(model(), fields)]


def as_text(instance: Model, name: str, value: Any) -> str:
    """Write the value of a field of `instance` as people read it.

    A model can name its amounts of money in `IN_POUNDS`.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return day_in_words(value)
    if name in getattr(instance, "IN_POUNDS", ()):
        return whole_pounds(value)
    if isinstance(value, Decimal):
        return f"{value:,f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    choices = dict(_field(instance, name).flatchoices)
    return str(choices.get(value, value))


def update_at(
    source: type[Model] | Manager | QuerySet,
    instance: Model,
    version: int,
    values: dict[str, Any],
) -> None:
    """Update the row if it still has `version`, then `instance`; raise StaleVersion if not.

    `instance` has to have been fetched at that version too: what the record says was there before
    is taken from it.
    """
    if instance.version != version:  # type: ignore[attr-defined]
        raise StaleVersion
    queryset = source._default_manager if isinstance(source, type) else source
    updated = queryset.filter(pk=instance.pk, version=version).update(
        **values, version=F("version") + 1
    )
    if not updated:
        raise StaleVersion
    for name, value in (values | {"version": version + 1}).items():
        setattr(instance, name, value)
