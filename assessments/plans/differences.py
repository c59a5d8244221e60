"""Two Reports of the same plan, item by item and word by word: what changed between them."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from assessments.words import day_in_words


class Kind(Enum):
    ADDED = "Added"
    REMOVED = "Removed"
    CHANGED = "Changed"
    SAME = "Unchanged"


@dataclass(frozen=True)
class Piece:
    """Some words that stand in both texts, or in one alone."""

    text: str
    is_added: bool = False
    is_removed: bool = False


@dataclass(frozen=True)
class FieldChange:
    label: str
    pieces: list[Piece]


@dataclass(frozen=True)
class ItemChange:
    words: str
    kind: Kind
    fields: list[FieldChange]


@dataclass(frozen=True)
class StepChange:
    number: int
    area: str
    items: list[ItemChange]


FIELDS = (
    ("What is to be done", lambda item: item.words),
    ("Prompts", lambda item: "\n".join(item.prompts)),
    ("Status", lambda item: item.status_label),
    ("Why it is not needed", lambda item: item.reason),
    ("Owner", lambda item: item.owner),
    ("Due", lambda item: day_in_words(item.due) if item.due else ""),
    ("Completed", lambda item: day_in_words(item.completed_on) if item.completed_on else ""),
    ("Note", lambda item: item.note),
)


def compare(before, after, *, stages, unchanged=False):
    """The steps of `stages`, a set of numbers, with what changed in each; `unchanged` ones too."""
    areas = {
        step.number: (stage.number, step.area)
        for report in (before, after)
        for stage in report.stages
        for step in stage.steps
    }
    old, new = ({item.pk: item for item in _items(report)} for report in (before, after))
    changes = {}
    for pk in dict.fromkeys([*new, *old]):
        change = _change(old.get(pk), new.get(pk))
        if unchanged or change.kind is not Kind.SAME:
            changes.setdefault((new.get(pk) or old[pk]).step, []).append(change)
    return [
        StepChange(number, areas[number][1], changes[number])
        for number in sorted(changes)
        if areas[number][0] in stages
    ]


def _items(report):
    return [item for step in report.steps for item in step.items]


def _change(old, new):
    if old is None or new is None:
        kind = Kind.ADDED if old is None else Kind.REMOVED
        return ItemChange((new or old).words, kind, _fields(old, new))
    fields = _fields(old, new)
    return ItemChange(new.words, Kind.CHANGED if fields else Kind.SAME, fields)


def _fields(old, new):
    found = []
    for label, text_of in FIELDS:
        before, after = (text_of(item) if item else "" for item in (old, new))
        if before != after:
            found.append(FieldChange(label, pieces_of(before, after)))
    return found


# Longer texts are compared by lines: by words they take seconds.
MANY_WORDS = 4000


def pieces_of(before, after):
    """The two texts as one, by words: what both say once, what was taken out, what was put in."""
    old, new = _words(before), _words(after)
    if max(len(old), len(new)) > MANY_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    runs = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(str.isspace, old, new).get_opcodes():
        gone, come = "".join(old[i1:i2]), "".join(new[j1:j2])
        is_same = tag == "equal"
        if runs and (runs[-1][0] == is_same or (not gone.strip() and not come.strip())):
            # A space between two changed words reads best as a part of the change.
            runs[-1] = (runs[-1][0], runs[-1][1] + gone, runs[-1][2] + come)
        else:
            runs.append((is_same, gone, come))
    pieces = []
    for is_same, gone, come in runs:
        if is_same and gone == come:
            pieces.append(Piece(come))
        else:
            pieces += [Piece(gone, is_removed=True)] if gone else []
            pieces += [Piece(come, is_added=True)] if come else []
    return pieces


def _words(text):
    return re.findall(r"\w+|\s+|[^\w\s]", text)
