"""Reads the file of a complete export, so that the council can be imported: see `council_export`.

Nothing here writes. Everything in the file is checked, because it may be damaged or made by hand:
its size, the names in it, the version of the format and of the tables, each value, each reference,
and the record.
"""

import datetime as dt
import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.migrations.loader import MigrationLoader

from councils.models import (
    AmendedEntry,
    Amendment,
    AppendOnlyModel,
    ChainHead,
    ChainLink,
    Council,
    CouncilImport,
    User,
)
from councils.models.chain import key_label
from councils.models.imports import SealedKeysByEntry
from councils.validators import on_one_line, validate_one_line
from councils.verification import AT_ONCE, AmendedSeals, Entries, KindsOfEntry
from govuk.fields import EARLIEST_YEAR, LATEST_YEAR

from .council_export import (
    COMPLETE_FILES,
    FILES,
    FORMAT,
    RESTRICTED_FILES,
    VERSION,
    fields_of,
    migrations_of,
    own_fields_of,
)

MEGABYTE = 1_000_000
MOST_BYTES = 400 * MEGABYTE  # once unpacked
MOST_FILES = 5_000
# Of a date or time, as forms accept them: bank holidays are known for these years.
YEARS = EARLIEST_YEAR, LATEST_YEAR
NAMES = re.compile(
    r"README\.txt"
    r"|(council|people|guidance)\.json"
    r"|(data|restricted|complete)/[a-z-]+\.json"
    r"|rounds/[0-9]+\.json"
    r"|action-plans/[0-9-]+\.pdf"
)
# What reading a damaged zip, or text that is not JSON, can raise.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,  # a password, and RecursionError
    ValueError,
    KeyError,
    IndexError,
    MemoryError,
)
NOT_OURS = "This file is not an export of a council from the planner."

TABLES: dict[type[models.Model], str] = {
    model: f"{folder}/{name}.json"
    for folder, files in (
        ("data", FILES),
        ("restricted", RESTRICTED_FILES),
        ("complete", COMPLETE_FILES),
    )
    for name, model in files.items()
}


LONGEST_ERROR = 200  # characters


class ImportRefused(Exception):
    """The council cannot be imported. Nothing has changed; the text says why, in one line."""


def in_short(error: Exception) -> str:
    """Return the first line of an error. The rest, or a long line, has content of the file."""
    line = next(iter(str(error).splitlines()), type(error).__name__)
    return line if len(line) <= LONGEST_ERROR else f"{line[:LONGEST_ERROR]}…"


class CouncilFile:
    """The content of a complete export: what is in it is what an export of ours can contain.

    `rows` has the rows of each model by their keys, as unsaved instances with these keys. Raises
    ImportRefused.
    """

    def __init__(self, path: Path):
        try:
            with zipfile.ZipFile(path) as archive:
                _check_names(archive)
                self.about = _parsed(archive, "council.json")
                self._check_about()
                self.people: dict[int, dict[str, Any]] = {}
                for person in _list(_parsed(archive, "people.json")):
                    self.people[_key(person, "id")] = person
                self.guidance = _guidance(_parsed(archive, "guidance.json"))
                self.rows = {
                    model: _rows(model, _parsed(archive, name)) for model, name in TABLES.items()
                }
                if damaged := archive.testzip():
                    raise ImportRefused(f"The file is damaged: {damaged} cannot be read.")
            self._check_counts()
            self.council = self.about["council"]
            self.council_id = _key(self.council, "id")
            self.record = RecordInFile(self)
        except FileNotFoundError as error:
            raise ImportRefused(f"There is no file {path}.") from error
        except (IsADirectoryError, PermissionError) as error:
            raise ImportRefused(f"{path} cannot be read: {error.strerror}.") from error
        except UNREADABLE as error:
            raise ImportRefused(
                f"The file is damaged or not an export: {in_short(error)}."
            ) from error
        self._check_references()

    def _check_about(self) -> None:
        about = self.about
        if not isinstance(about, dict) or about.get("format") != FORMAT:
            raise ImportRefused(NOT_OURS)
        version = about.get("version")
        if not isinstance(version, int) or not isinstance(about.get("council"), dict):
            raise ImportRefused(NOT_OURS)
        if version > VERSION:
            raise ImportRefused(
                "This export was made by a newer version of the planner. Install that version here."
            )
        theirs = about.get("migrations")
        if not isinstance(theirs, list) or not all(isinstance(each, str) for each in theirs):
            raise ImportRefused(
                "This export is not complete, so it cannot be imported. Make one with: manage.py "
                "export_council SLUG --complete"
            )
        ours = set(migrations_of(MigrationLoader(None).disk_migrations))
        if newer := sorted(set(theirs) - ours):
            raise ImportRefused(
                "This export was made by a newer version of the planner, with migrations that this "
                f"one does not have: {_some(newer)}. Install that version here."
            )
        if older := sorted(ours - set(theirs)):
            raise ImportRefused(
                "This export was made by an older version of the planner, without the migrations "
                f"{_some(older)}. Install this version there, and export the council again."
            )

    def _check_counts(self) -> None:
        """Refuse a table with fewer or more rows than were exported. Raises ValueError."""
        files = self.about.get("files")
        for model, name in TABLES.items():
            about = files.get(name) if isinstance(files, dict) else None
            exported = _key(about, "rows") if isinstance(about, dict) else 0
            if exported != len(self.rows[model]):
                raise ValueError(
                    f"{name} has {len(self.rows[model])} rows, and {exported} were exported"
                )

    def _check_references(self) -> None:
        """Refuse a row that refers to anything but rows of the file, its people and guidance."""
        known: dict[str, Any] = {
            model._meta.label_lower: rows.keys() for model, rows in self.rows.items()
        }
        known[Council._meta.label_lower] = {self.council_id}
        known[User._meta.label_lower] = self.people.keys()
        for model, rows in self.rows.items():
            for field in references_of(model):
                label = key_label(field)
                keys = {getattr(row, field.attname) for row in rows.values()} - {None}
                if field.related_model._meta.app_label == "frameworks":
                    missing = {key for key in keys if key not in self.guidance.get(label, {})}
                else:
                    missing = keys - known[label]
                if missing:
                    raise ImportRefused(
                        f"The file is damaged: {TABLES[model]} refers to {label} {min(missing)}, "
                        "which is not in the file."
                    )


class RecordInFile:
    """The record of the council as the file has it, for `verification.verify_chain`."""

    def __init__(self, file: CouncilFile):
        self.file = file
        self.all_links = sorted(self._rows_of(ChainLink), key=lambda link: link.sequence)
        self.head = self._head()
        self.keys = SealedKeysByEntry(self._rows_of(CouncilImport))
        self.parts: dict[type[models.Model], dict[int, list[Any]]] = {}
        for model, rows in file.rows.items():
            if issubclass(model, AppendOnlyModel) and model.part_of:
                key: Any = model._meta.get_field(model.part_of)
                by_entry = self.parts.setdefault(key.related_model, {})
                for row in rows.values():
                    by_entry.setdefault(getattr(row, key.attname), []).append(row)

    def _head(self) -> ChainHead:
        noted = self.file.about.get("record")
        head = ChainHead(council_id=self.file.council_id)
        if isinstance(noted, dict):
            head.sequence, head.digest = _key(noted, "entries"), str(noted.get("head", ""))
        return head

    def _rows_of(self, model: Any) -> list[Any]:
        return list(self.file.rows[model].values())

    def amended(self) -> AmendedSeals:
        kinds = {pk: each.kind for pk, each in self.file.rows[Amendment].items()}  # type: ignore[attr-defined]
        entries = sorted(self._rows_of(AmendedEntry), key=lambda each: (each.amendment_id, each.pk))
        return {each.sequence: (kinds[each.amendment_id], each.words) for each in entries}

    def links(self) -> Iterator[list[ChainLink]]:
        for start in range(0, len(self.all_links), AT_ONCE):
            yield self.all_links[start : start + AT_ONCE]

    def entries(self, links: list[ChainLink], kinds: KindsOfEntry) -> Entries:
        found: Entries = {}
        for link in links:
            model = kinds.get(link.table)
            if model is not None and (row := self.file.rows[model].get(link.row)):
                parts = self.parts.get(model, {}).get(link.row, [])
                found[link.table, link.row] = (row, parts)
        return found

    def rows_of(self, model: type[AppendOnlyModel]) -> Iterable[int]:
        return self.file.rows[model]


def references_of(model: type[models.Model]) -> list[Any]:
    """Return the foreign keys of a model."""
    return [field for field in model._meta.concrete_fields if field.is_relation]


def _check_names(archive: zipfile.ZipFile) -> None:
    """Refuse names that lead elsewhere, names of no file of ours, and too much to unpack."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if "council.json" not in names:
        raise ImportRefused(NOT_OURS)
    for name in names:
        if not NAMES.fullmatch(name):
            raise ImportRefused(
                f"The file contains {name[:80]!r}, which no export of ours contains."
            )
    if len(names) != len(set(names)) or len(names) > MOST_FILES:
        raise ImportRefused("The file contains the same name twice, or too many files.")
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise ImportRefused(
            f"The file is larger than {MOST_BYTES // MEGABYTE}MB once unpacked, which no export "
            "of ours is."
        )
    if "complete/record.json" in names and not {*TABLES.values(), "guidance.json"} <= set(names):
        missing = sorted({*TABLES.values(), "guidance.json"} - set(names))
        raise ImportRefused(f"The file is damaged: it has no {_some(missing)}.")


def _parsed(archive: zipfile.ZipFile, name: str) -> Any:
    """Return the content of a JSON file. No more is read of it than it says it is long."""
    with archive.open(name) as file:
        return json.loads(file.read(), parse_constant=_no_constant)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a value")


def _rows(model: type[models.Model], values: Any) -> dict[int, models.Model]:
    """Return unsaved rows of a model by their keys, each value as its field has it."""
    columns = {each.attname: each for each in model._meta.concrete_fields}
    own = own_fields_of(model, complete=True)
    expected = set(fields_of(model, complete=True))
    found: dict[int, models.Model] = {}
    for value in _list(values):
        if value.keys() != expected:
            raise ValueError(f"{TABLES[model]} has other fields than expected")
        row = model(**{name: _value(columns[name], value[name]) for name in own})
        if not isinstance(row.pk, int) or row.pk in found:
            raise ValueError(f"{TABLES[model]} has a row twice")
        found[row.pk] = row
    return dict(sorted(found.items()))


def _value(field: Any, value: Any) -> Any:
    """Return a value as the field has it. Raises ValueError."""
    name = f"{TABLES[field.model]}: {field.attname}"
    if value is None:
        if not field.null:
            raise ValueError(f"{name} is empty")
        return None
    if isinstance(field, models.JSONField):
        # `require_calculable` finds out whether it can be used.
        if not isinstance(value, dict):
            raise ValueError(f"{name} is not of its kind")
        return value
    is_whole = field.is_relation or isinstance(field, models.IntegerField)
    if (is_whole and type(value) is not int) or isinstance(value, list | dict):
        raise ValueError(f"{name} is not of its kind")
    is_text = isinstance(field, models.CharField | models.TextField)
    if is_text and not isinstance(value, str):
        raise ValueError(f"{name} is not text")
    if is_text and (not _is_plain(value) or len(value) > (field.max_length or MOST_BYTES)):
        raise ValueError(f"{name} is too long, or not text")
    if validate_one_line in field.validators:
        value = on_one_line(value)
    try:
        found = field.to_python(value)
        field.run_validators(value if is_text else found)
    except ValidationError as error:
        raise ValueError(f"{name}: {' '.join(error.messages)}") from error
    except (TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"{name} is not of its kind") from error
    allowed = {choice for choice, _ in field.flatchoices}
    if allowed and found not in allowed and not (field.blank and found == ""):
        raise ValueError(f"{name} is not one of its choices")
    if isinstance(found, dt.datetime) and found.tzinfo is None:
        raise ValueError(f"{name} has no time zone")
    if isinstance(found, dt.date) and not YEARS[0] <= found.year <= YEARS[1]:
        raise ValueError(f"{name} is not between the years {YEARS[0]} and {YEARS[1]}")
    return found


def _is_plain(text: str) -> bool:
    """Return whether a database can hold the text: no null characters, no halves of one."""
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)


def _guidance(values: Any) -> dict[str, dict[int, list[str]]]:
    """Return the natural key of each part of the guidance, by model and key."""
    if not isinstance(values, dict) or not all(isinstance(each, dict) for each in values.values()):
        raise ValueError("guidance.json is not of its kind")
    found: dict[str, dict[int, list[str]]] = {}
    for label, pairs in values.items():
        for key, natural in pairs.items():
            is_key = isinstance(natural, list) and all(isinstance(each, str) for each in natural)
            if not is_key or not all(map(_is_plain, natural)):
                raise ValueError("guidance.json is not of its kind")
            found.setdefault(label, {})[int(key)] = natural
    return found


def _list(values: Any) -> list[dict[str, Any]]:
    if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
        raise ValueError("a list of rows was expected")
    return values


def _key(value: dict[str, Any], name: str) -> int:
    if type(value.get(name)) is not int:
        raise ValueError(f"{name} is not a number")
    return value[name]


def _some(names: list[str], most: int = 3) -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
