"""Load the reference data in fixtures/ into the database: all of it or none of it."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction

from .models import EditorialLink, Entry, Framework, OfficerRole
from .search import guidance_changed

# Each model refers only to models before it, so files can be read in any order.
MODELS = [
    apps.get_model("frameworks", name)
    for name in (
        "officerrole",
        "framework",
        "stage",
        "rolearea",
        "rolestatement",
        "step",
        "coalitioncomponent",
        "checklistitem",
        "reflectivequestion",
        "developmenttheme",
        "developmentphase",
        "developmentstandard",
        "principle",
        "attribute",
        "stepcomponentlink",
        "stepthemelink",
        "pointerplacement",
        "suggesteddue",
    )
]
BY_LABEL = {model._meta.label_lower: model for model in MODELS}

JSON_TYPES = (
    (models.BooleanField, bool, "true or false"),
    (models.IntegerField, int, "a whole number"),
    (models.CharField, str, "text"),
    (models.TextField, str, "text"),
)


class FixtureError(Exception):
    """A fault in a fixture file, with the name of the file and the entry."""

    def __init__(self, where: Any, fault: Any):
        super().__init__(f"{where}: {fault}")


@dataclass
class LoadReport:
    """What a load did, by kind of entry."""

    created: Counter = field(default_factory=Counter)
    unchanged: Counter = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def load(directory: Path) -> LoadReport:
    """Load every JSON file in `directory` and return a LoadReport.

    Entries are matched by natural key. An entry whose text differs is changed in place and
    reported: that is for corrections to our wording, links and suggestions within one edition of
    a document. A new edition of the document itself must be a new framework entry, so that the
    plans made with the old one keep it.

    Councils' answers refer to entries and are never written. An entry that is no longer in the
    files is kept and reported; only editorial links are removed. The due dates of existing plans do
    not change, because each plan keeps its own copy of the rules suggested when it was made.

    Raises FixtureError, with nothing changed, if a file or an entry is malformed.
    """
    entries = sorted(_read(directory), key=_order)
    with transaction.atomic():
        load = _Load()
        for entry in entries:
            load.put(entry)
        load.sweep()
        report = load.report
        if report.created or report.changed or report.removed:
            # The data is correct even if other processes are not told, so only log a failure.
            transaction.on_commit(guidance_changed, robust=True)
    return report


# --- Reading --------------------------------------------------------------------------------------


@dataclass
class _FixtureEntry:
    """An entry as read from a file."""

    where: str
    model: type[models.Model]
    fields: dict[str, Any]


def _order(entry: _FixtureEntry) -> tuple[int, bool]:
    """Sort key: models that others refer to first, and a framework's past editions first."""
    return MODELS.index(entry.model), entry.fields.get("is_current") is True


def _read(directory: Path) -> Iterator[_FixtureEntry]:
    paths = sorted(directory.glob("*.json"))
    if not paths:
        raise FixtureError(directory, "no fixture files were found")
    for path in paths:
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            raise FixtureError(path.name, f"not readable as JSON ({error})") from error
        if not isinstance(content, list):
            raise FixtureError(path.name, "must hold a list of entries")
        for number, entry in enumerate(content, 1):
            yield _read_entry(entry, f"{path.name}, entry {number}")


def _read_entry(entry: Any, where: str) -> _FixtureEntry:
    if not isinstance(entry, dict) or not isinstance(entry.get("fields"), dict):
        raise FixtureError(where, "must have a model and fields")
    fields = entry["fields"]
    if label := fields.get("code") or fields.get("slug"):
        where = f"{where} ({label})"
    label = entry.get("model")
    model = BY_LABEL.get(label) if isinstance(label, str) else None
    if model is None:
        raise FixtureError(where, f"{label!r} is not a kind of reference data")
    if "pk" in entry:
        raise FixtureError(where, "must not name a primary key; natural keys match entries")
    return _FixtureEntry(where, model, fields)


# --- Writing --------------------------------------------------------------------------------------


class _Load:
    """One load, with every existing row by natural key, to keep the number of queries low."""

    def __init__(self) -> None:
        self.report = LoadReport()
        self.rows = {model: _existing(model) for model in MODELS}
        self.seen: dict[tuple[type[models.Model], tuple[str, ...]], str] = {}

    def put(self, entry: _FixtureEntry) -> None:
        """Create the entry's row, or change the fields that differ."""
        model = entry.model
        values, sets = self._values(entry)
        key = tuple(_flat(entry.fields[name] for name in _key_names(model)))
        if first := self.seen.get((model, key)):
            raise FixtureError(entry.where, f"is the same entry as {first}")
        self.seen[model, key] = entry.where

        old = self.rows[model].get(key)
        row = old or model()
        difference = [f.name for f, value in values.items() if getattr(row, f.attname) != value]
        if old:
            difference += [f.name for f, pks in sets.items() if _pks(getattr(old, f.name)) != pks]
        if not old or difference:
            for f, value in values.items():
                setattr(row, f.attname, value)
            self._save(row, sets, entry.where)
            self.rows[model][key] = row

        kind = model._meta.verbose_name
        if not old:
            self.report.created[kind] += 1
        elif difference:
            self.report.changed.append(f"{kind} {row}: {', '.join(difference)}")
        else:
            self.report.unchanged[kind] += 1

    def _values(self, entry: _FixtureEntry) -> tuple[dict[Any, Any], dict[Any, set[int]]]:
        """Return the entry's fields: column values, and primary keys of many-to-many fields."""
        meta, fields = entry.model._meta, entry.fields
        columns = [f for f in meta.concrete_fields if not f.primary_key]
        names = {f.name for f in (*columns, *meta.many_to_many)}
        if surplus := fields.keys() - names:
            raise FixtureError(entry.where, f"has no place for {', '.join(sorted(surplus))}")
        optional = {f.name for f in columns if f.null or f.blank or f.has_default()}
        if missing := {f.name for f in columns} - optional - fields.keys():
            raise FixtureError(entry.where, f"lacks {', '.join(sorted(missing))}")
        values = {
            f: self._value(f, fields[f.name], entry.where) if f.name in fields else f.get_default()
            for f in columns
        }
        sets = {f: self._set(f, fields.get(f.name, []), entry.where) for f in meta.many_to_many}
        return values, sets

    def _set(self, field: Any, keys: Any, where: str) -> set[int]:
        if not isinstance(keys, list):
            raise FixtureError(where, f"{field.name} must be a list, not {keys!r}")
        return {self._related(field, key, where) for key in keys}

    def _value(self, field: Any, value: Any, where: str) -> Any:
        if value is None:
            if not field.null:
                raise FixtureError(where, f"{field.name} may not be null")
            return None
        if field.is_relation:
            return self._related(field, value, where)
        for kind, wanted, words in JSON_TYPES:
            if isinstance(field, kind) and type(value) is not wanted:
                raise FixtureError(where, f"{field.name} must be {words}, not {value!r}")
        return value

    def _related(self, field: Any, key: Any, where: str) -> int:
        """Return the primary key of the row with the natural key `key`."""
        if not isinstance(key, list) or not all(isinstance(part, str) for part in key):
            raise FixtureError(where, f"{field.name} must refer by natural key, not {key!r}")
        row = self.rows[field.related_model].get(tuple(key))
        if row is None:
            raise FixtureError(
                where, f"{field.name} refers to {' '.join(key)}, which does not exist"
            )
        return row.pk

    def _save(self, row: models.Model, sets: dict[Any, set[int]], where: str) -> None:
        if isinstance(row, Framework) and row.is_current:
            for other in self.rows[Framework].values():
                if other.is_current and other.slug == row.slug and other.pk != row.pk:
                    raise FixtureError(where, f"edition {other.edition} is current too")
        try:
            # The references were resolved above. Validating them again would cost a query each.
            row.clean_fields(exclude=[f.name for f in row._meta.fields if f.is_relation])
            row.save()
            for f, pks in sets.items():
                getattr(row, f.name).set(pks)
        except ValidationError as error:
            faults = (f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
            raise FixtureError(where, "; ".join(faults)) from error
        except DatabaseError as error:
            raise FixtureError(where, error) from error

    def sweep(self) -> None:
        """Remove editorial links that are no longer in the files, and report other entries."""
        for model in MODELS:
            for key, row in self.rows[model].items():
                if (model, key) in self.seen:
                    continue
                label = f"{model._meta.verbose_name} {row}"
                if issubclass(model, EditorialLink):
                    row.delete()
                    self.report.removed.append(label)
                else:
                    self.report.unknown.append(label)


def _key_names(model: type[models.Model]) -> tuple[str, ...]:
    """Return the names of the fields that make up the natural key of `model`."""
    if issubclass(model, EditorialLink):
        return model.LINKS
    if issubclass(model, Entry):
        return ("framework", "code")
    return {OfficerRole: ("code",), Framework: ("slug", "edition")}[model]


def _flat(parts: Iterable[Any]) -> Iterator[Any]:
    for part in parts:
        yield from part if isinstance(part, list) else [part]


def _pks(related: models.Manager) -> set[int]:
    return {row.pk for row in related.all()}


def _existing(model: type[models.Model]) -> dict[tuple[str, ...], Any]:
    """Return all rows of `model` by natural key, with the rows that the key refers to."""
    rows: models.QuerySet[Any] = model._default_manager.order_by("pk")
    if issubclass(model, EditorialLink):
        rows = rows.select_related(*(f"{name}__framework" for name in model.LINKS))
    elif issubclass(model, Entry):
        rows = rows.select_related("framework")
    rows = rows.prefetch_related(*(f.name for f in model._meta.many_to_many))
    return {row.natural_key(): row for row in rows}
