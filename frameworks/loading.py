"""Loads the reference data in fixtures/ into the database: all of it or none of it."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction

from .models import EditorialLink, Entry, Framework, OfficerRole
from .search import guidance_changed

# Foreign keys point backwards in this order, so that files may be read in any order.
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
    """A fault in a fixture file, with the file and the entry it stands in."""

    def __init__(self, where, fault):
        super().__init__(f"{where}: {fault}")


@dataclass
class Report:
    """What a load did, counted by kind of entry."""

    created: Counter = field(default_factory=Counter)
    unchanged: Counter = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def load(directory):
    """Load every JSON file of `directory`; returns a Report.

    Entries are matched by natural key. Councils' answers refer to entries and are never written:
    an entry that left the files stays and is reported, only an editorial link is removed.

    Raises FixtureError, with nothing changed, when a file or an entry is malformed.
    """
    entries = sorted(_read(directory), key=_order)
    with transaction.atomic():
        load = _Load()
        for entry in entries:
            load.put(entry)
        load.sweep()
        report = load.report
        if report.created or report.changed or report.removed:
            # The data is right even if other processes cannot be told, so a failure is only logged.
            transaction.on_commit(guidance_changed, robust=True)
    return report


# --- Reading --------------------------------------------------------------------------------------


@dataclass
class _FixtureEntry:
    """An entry as it stands in a file."""

    where: str
    model: type[models.Model]
    fields: dict[str, Any]


def _order(entry):
    """What others refer to first; of a framework's editions, the one that gives way first."""
    return MODELS.index(entry.model), entry.fields.get("is_current") is True


def _read(directory):
    paths = sorted(directory.glob("*.json"))
    if not paths:
        raise FixtureError(directory, "there are no fixture files here")
    for path in paths:
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            raise FixtureError(path.name, f"not readable as JSON ({error})") from error
        if not isinstance(content, list):
            raise FixtureError(path.name, "must hold a list of entries")
        for number, entry in enumerate(content, 1):
            yield _read_entry(entry, f"{path.name}, entry {number}")


def _read_entry(entry, where):
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
    """One load. It knows every row by natural key, and so asks the database little."""

    def __init__(self):
        self.report = Report()
        self.rows = {model: _existing(model) for model in MODELS}
        self.seen = {}

    def put(self, entry):
        """Create the entry's row, or change what differs in it."""
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

    def _values(self, entry):
        """The entry's fields as (column values, primary keys of each many-to-many field)."""
        meta, fields = entry.model._meta, entry.fields
        columns = [f for f in meta.concrete_fields if not f.primary_key]
        names = {f.name for f in (*columns, *meta.many_to_many)}
        if surplus := fields.keys() - names:
            raise FixtureError(entry.where, f"has no place for {', '.join(sorted(surplus))}")
        optional = {f.name for f in columns if f.null or f.blank}
        if missing := {f.name for f in columns} - optional - fields.keys():
            raise FixtureError(entry.where, f"lacks {', '.join(sorted(missing))}")
        values = {
            f: self._value(f, fields[f.name], entry.where) if f.name in fields else f.get_default()
            for f in columns
        }
        sets = {f: self._set(f, fields.get(f.name, []), entry.where) for f in meta.many_to_many}
        return values, sets

    def _set(self, field, keys, where):
        if not isinstance(keys, list):
            raise FixtureError(where, f"{field.name} must be a list, not {keys!r}")
        return {self._related(field, key, where) for key in keys}

    def _value(self, field, value, where):
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

    def _related(self, field, key, where):
        """The primary key of what `key`, a natural key, refers to."""
        if not isinstance(key, list) or not all(isinstance(part, str) for part in key):
            raise FixtureError(where, f"{field.name} must refer by natural key, not {key!r}")
        row = self.rows[field.related_model].get(tuple(key))
        if row is None:
            raise FixtureError(where, f"{field.name} refers to {' '.join(key)}, which is not there")
        return row.pk

    def _save(self, row, sets, where):
        if isinstance(row, Framework) and row.is_current:
            for other in self.rows[Framework].values():
                if other.is_current and other.slug == row.slug and other.pk != row.pk:
                    raise FixtureError(where, f"edition {other.edition} is current too")
        try:
            # References were found above, so looking each one up again would only cost time.
            row.clean_fields(exclude=[f.name for f in row._meta.fields if f.is_relation])
            row.save()
            for f, pks in sets.items():
                getattr(row, f.name).set(pks)
        except ValidationError as error:
            faults = (f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
            raise FixtureError(where, "; ".join(faults)) from error
        except DatabaseError as error:
            raise FixtureError(where, error) from error

    def sweep(self):
        """Remove editorial links that left the files; report other entries that did."""
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


def _key_names(model):
    """The fields that make up the natural key of `model`."""
    if issubclass(model, EditorialLink):
        return model.LINKS
    if issubclass(model, Entry):
        return ("framework", "code")
    return {OfficerRole: ("code",), Framework: ("slug", "edition")}[model]


def _flat(parts):
    for part in parts:
        yield from part if isinstance(part, list) else [part]


def _pks(related):
    return {row.pk for row in related.all()}


def _existing(model):
    """All rows of `model` by natural key, with what the key is made of."""
    rows = model.objects.order_by("pk")
    if issubclass(model, EditorialLink):
        rows = rows.select_related(*(f"{name}__framework" for name in model.LINKS))
    elif issubclass(model, Entry):
        rows = rows.select_related("framework")
    rows = rows.prefetch_related(*(f.name for f in model._meta.many_to_many))
    return {row.natural_key(): row for row in rows}
