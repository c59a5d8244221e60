"""Read the entries of the reference data from the JSON files in fixtures/."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models

from .models import EditorialLink, Entry, Framework, OfficerRole

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


class FixtureError(Exception):
    """A fault in a fixture file, with the name of the file and the entry."""

    def __init__(self, where: Any, fault: Any):
        super().__init__(f"{where}: {fault}")


@dataclass
class FixtureEntry:
    """An entry as read from a file; `where` names the file and the entry."""

    where: str
    model: type[models.Model]
    fields: dict[str, Any]


def json_in(path: Path) -> Any:
    """Return the content of a JSON file. Raises FixtureError if it cannot be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(content, ensure_ascii=False).encode()  # JSON can name halves of characters
        return content
    except (ValueError, OSError, RecursionError) as error:
        raise FixtureError(path.name, f"not readable as JSON ({error})") from error


def entries_in(directory: Path) -> Iterator[FixtureEntry]:
    """Yield the entries of every JSON file in `directory`. Raises FixtureError."""
    paths = sorted(directory.glob("*.json"))
    if not paths:
        raise FixtureError(directory, "no fixture files were found")
    for path in paths:
        content = json_in(path)
        if not isinstance(content, list):
            raise FixtureError(path.name, "must hold a list of entries")
        for number, entry in enumerate(content, 1):
            yield _read_entry(entry, f"{path.name}, entry {number}")


def _read_entry(entry: Any, where: str) -> FixtureEntry:
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
    _check_key(model, fields, where)
    return FixtureEntry(where, model, fields)


def _check_key(model: type[models.Model], fields: dict[str, Any], where: str) -> None:
    """Raise FixtureError unless the fields have a natural key, by which editions are made too."""
    for name in key_names(model):
        if name not in fields:
            raise FixtureError(where, f"lacks {name}")
        value = fields[name]
        if value is None:
            raise FixtureError(where, f"{name} may not be null")
        if not model._meta.get_field(name).is_relation:
            if not isinstance(value, str):
                raise FixtureError(where, f"{name} must be text, not {value!r}")
        elif (
            not isinstance(value, list)
            or len(value) < 2
            or not all(isinstance(part, str) for part in value)
        ):
            raise FixtureError(where, f"{name} must refer by natural key, not {value!r}")


def key_names(model: type[models.Model]) -> tuple[str, ...]:
    """Return the names of the fields that make up the natural key of `model`."""
    if issubclass(model, EditorialLink):
        return model.LINKS
    if issubclass(model, Entry):
        return ("framework", "code")
    return {OfficerRole: ("code",), Framework: ("slug", "edition")}[model]
