"""Compare two Reports of a plan, action by action and word by word."""

import datetime as dt
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import takewhile

from assessments.words import day_in_words

from .item_fields import SHOWN_FIELDS


class ChangeKind(Enum):
    ADDED = "Added"
    REMOVED = "Removed"
    CHANGED = "Changed"
    SAME = "Unchanged"


@dataclass(frozen=True)
class Piece:
    """A run of text that is in both texts, or only in the earlier or the later one."""

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
    kind: ChangeKind
    fields: list[FieldChange]


@dataclass(frozen=True)
class StepChange:
    number: int
    area: str
    items: list[ItemChange]


def compare(before, after, *, stages, unchanged=False):
    """Return the StepChanges of the stages whose numbers are in `stages`, in order.

    `unchanged` includes actions that did not change. After COMPARED_IN_ALL characters, texts are
    shown as replaced: one person can write texts that take many minutes to compare.
    """
    texts = _TextsCompared()
    areas = {
        step.number: (stage.number, step.area)
        for report in (before, after)
        for stage in report.stages
        for step in stage.steps
    }
    old, new = ({item.pk: item for item in _items(report)} for report in (before, after))
    changes = {}
    for pk in dict.fromkeys([*new, *old]):
        change = _change(old.get(pk), new.get(pk), texts)
        if unchanged or change.kind is not ChangeKind.SAME:
            changes.setdefault((new.get(pk) or old[pk]).step, []).append(change)
    return [
        StepChange(number, areas[number][1], changes[number])
        for number in sorted(changes)
        if areas[number][0] in stages
    ]


def _items(report):
    return [item for step in report.steps for item in step.items]


class _TextsCompared:
    """Compares texts word by word until there have been COMPARED_IN_ALL characters."""

    def __init__(self):
        self.left = COMPARED_IN_ALL

    def pieces_of(self, before, after):
        self.left -= len(before) + len(after)
        return pieces_of(before, after) if self.left >= 0 else _replaced(before, after)


def _change(old, new, texts):
    if old is None or new is None:
        kind = ChangeKind.ADDED if old is None else ChangeKind.REMOVED
        return ItemChange((new or old).words, kind, _fields(old, new, texts))
    fields = _fields(old, new, texts)
    return ItemChange(new.words, ChangeKind.CHANGED if fields else ChangeKind.SAME, fields)


def _fields(old, new, texts):
    found = []
    for field in SHOWN_FIELDS:
        before, after = (_text(getattr(item, field.shown_as, "")) for item in (old, new))
        if before != after:
            found.append(FieldChange(field.label, texts.pieces_of(before, after)))
    return found


def _text(value):
    """Write the value of a field of a Report's action as text; `None` is empty."""
    if isinstance(value, dt.date):
        return day_in_words(value)
    return "\n".join(value) if isinstance(value, tuple) else value or ""


# Comparing takes up to the square of these. Texts that differ in longer passages are compared by
# lines, and in passages of more lines, shown as replaced.
MANY_WORDS = 2000
MANY_LINES = 1000
COMPARED_IN_ALL = 500_000  # characters of one comparison of plans


def pieces_of(before, after):
    """Return the two texts as one list of Pieces: shared, removed and added words in order."""
    old, new = _words(before), _words(after)
    if max(len(old), len(new)) > MANY_WORDS:
        start = _number_alike(old, new)
        end = _number_alike(old[start:][::-1], new[start:][::-1])
        if start or end:
            middle = ("".join(words[start : len(words) - end]) for words in (old, new))
            pieces = ["".join(old[:start]), *pieces_of(*middle), "".join(old[len(old) - end :])]
            pieces = [Piece(each) if isinstance(each, str) else each for each in pieces]
            return [piece for piece in pieces if piece.text]
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
        if max(len(old), len(new)) > MANY_LINES:
            return _replaced(before, after)
    runs = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(str.isspace, old, new).get_opcodes():
        gone, come = "".join(old[i1:i2]), "".join(new[j1:j2])
        is_same = tag == "equal"
        if runs and (runs[-1][0] == is_same or (not gone.strip() and not come.strip())):
            # A space between two changed words reads best as part of the change.
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


def _number_alike(old, new):
    """Return how many words both lists begin with."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
    return sum(1 for _ in pairs)


def _replaced(before, after):
    pieces = [Piece(before, is_removed=True), Piece(after, is_added=True)]
    return [piece for piece in pieces if piece.text]


def _words(text):
    return re.findall(r"\w+|\s+|[^\w\s]", text)
