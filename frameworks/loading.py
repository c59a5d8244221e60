"""Load the reference data in fixtures/ into the database: all of it or none of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction

from .edition_files import EditionPreview, with_edition
from .models import EditorialLink, Entry, Framework
from .reading import MODELS, FixtureEntry, FixtureError, entries_in, key_names
from .search import guidance_changed

JSON_TYPES = (
    (models.BooleanField, bool, "true or false"),
    (models.IntegerField, int, "a whole number"),
    (models.CharField, str, "text"),
    (models.TextField, str, "text"),
)


@dataclass
class LoadReport:
    """What a load did, by kind of entry."""

    created: Counter = field(default_factory=Counter)
    unchanged: Counter = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def edition_paths(directory: Path) -> list[Path]:
    """Return the edition files of `directory`: those in its folder `editions`, by their names."""
    return sorted((directory / "editions").glob("*.json"))


def entries_of(
    directory: Path, editions: Sequence[Path] = ()
) -> tuple[list[FixtureEntry], list[EditionPreview]]:
    """Return the entries of the files in `directory`, with its editions and those of `editions`.

    Those of `directory` come first. Also return what each edition changes. Raises FixtureError.
    """
    entries = list(entries_in(directory))
    previews = []
    for path in (*edition_paths(directory), *editions):
        entries, preview = with_edition(entries, path)
        previews.append(preview)
    return entries, previews


def load(directory: Path, editions: Sequence[Path] = ()) -> LoadReport:
    """Load every JSON file in `directory`, and the edition files, and return a LoadReport.

    Entries are matched by natural key. An entry whose text differs is changed in place and
    reported: that is for corrections to our wording, links and suggestions within one edition of
    a document. A new edition of the document itself must be a new framework entry, so that the
    plans made with the old one keep it.

    Councils' answers refer to entries and are never written. An entry that is no longer in the
    files is kept and reported; only editorial links are removed. The due dates of existing plans do
    not change, because each plan keeps its own copy of the rules suggested when it was made.

    An edition that was loaded before from a file of its own, and is not named now, is kept with all
    its entries and links, and stays current.

    Raises FixtureError, with nothing changed, if a file or an entry is malformed.
    """
    entries, _ = entries_of(directory, editions)
    with transaction.atomic():
        load = _Load()
        load.keep_later_editions(entries)
        for entry in sorted(entries, key=_order):
            load.put(entry)
        load.sweep()
        report = load.report
        if report.created or report.changed or report.removed:
            # The data is correct even if other processes are not told, so only log a failure.
            transaction.on_commit(guidance_changed, robust=True)
    return report


def _order(entry: FixtureEntry) -> tuple[int, bool]:
    """Sort key: models that others refer to first, and a framework's past editions first."""
    return MODELS.index(entry.model), entry.fields.get("is_current") is True


# --- Writing --------------------------------------------------------------------------------------


class _Load:
    """One load, with every existing row by natural key, to keep the number of queries low."""

    def __init__(self) -> None:
        self.report = LoadReport()
        self.rows = {model: _existing(model) for model in MODELS}
        self.seen: dict[tuple[type[models.Model], tuple[str, ...]], str] = {}
        self.kept: set[tuple[str, ...]] = set()  # the later editions that are not in the files

    def keep_later_editions(self, entries: Iterable[FixtureEntry]) -> None:
        """Find the editions that are based on one of `entries` but are not among them.

        If one of them is current, the one in the files is not.
        """
        named = {
            (e.fields["slug"], e.fields["edition"]): e
            for e in entries
            if e.model is Framework and {"slug", "edition"} <= e.fields.keys()
        }
        rows = self.rows[Framework]
        for key, row in rows.items():
            earlier = row
            while earlier is not None and earlier.natural_key() not in named:
                earlier = rows.get((row.slug, earlier.based_on)) if earlier.based_on else None
            if earlier is None or earlier is row:
                continue
            self.kept.add(key)
            if row.is_current:
                for (slug, _), entry in named.items():
                    if slug == row.slug:
                        entry.fields["is_current"] = False

    def put(self, entry: FixtureEntry) -> None:
        """Create the entry's row, or change the fields that differ."""
        model = entry.model
        values, sets = self._values(entry)
        key = tuple(_flat(entry.fields[name] for name in key_names(model)))
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

    def _values(self, entry: FixtureEntry) -> tuple[dict[Any, Any], dict[Any, set[int]]]:
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
                if (model, key) in self.seen or self._is_kept(model, key):
                    continue
                label = f"{model._meta.verbose_name} {row}"
                if issubclass(model, EditorialLink):
                    row.delete()
                    self.report.removed.append(label)
                else:
                    self.report.unknown.append(label)

    def _is_kept(self, model: type[models.Model], key: tuple[str, ...]) -> bool:
        """Return whether an entry or link belongs to a later edition that is not in the files."""
        if issubclass(model, EditorialLink):
            return key[:2] in self.kept or key[3:5] in self.kept
        return issubclass(model, Entry) and key[:2] in self.kept


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
