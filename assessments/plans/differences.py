"""Compare two Reports of a plan, action by action and word by word."""

import datetime as dt
import re
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile

from rapidfuzz.distance import Indel

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


# Comparing takes up to the square of these.
MANY_WORDS = 20_000  # between the first and the last difference; more are shown as replaced
COMPARED_IN_ALL = 2_000_000  # characters of one comparison of plans


def pieces_of(before, after):
    """Return the two texts as one list of Pieces: shared, removed and added words in order."""
    old, new = _words(before), _words(after)
    start = _number_alike(old, new)
    end = _number_alike(old[start:][::-1], new[start:][::-1])
    (old_middle, new_middle) = (words[start : len(words) - end] for words in (old, new))
    if max(len(old_middle), len(new_middle)) > MANY_WORDS:
        opcodes = [("replace", 0, len(old_middle), 0, len(new_middle))]
    else:
        bare = ([word.lstrip() for word in words] for words in (old_middle, new_middle))
        opcodes = Indel.opcodes(*bare)
    pieces = _Pieces()
    pieces.add_shared(old[:start])
    for tag, i1, i2, j1, j2 in opcodes:
        gone, come = old_middle[i1:i2], new_middle[j1:j2]
        if tag == "equal":
            pieces.add_words(gone, come)
        else:
            pieces.add_changed(gone, come)
    pieces.add_shared(old[len(old) - end :])
    return pieces.made()


class _Pieces:
    """Collects Pieces in order: shared words, then the change that follows them, and so on."""

    def __init__(self):
        self.pieces = []
        self.shared, self.gone, self.come = [], [], []

    def add_changed(self, gone, come):
        self.gone += gone
        self.come += come

    def add_shared(self, words):
        if words and (self.gone or self.come):
            self._end()
        self.shared += words

    def add_words(self, old, new):
        """Add words that are shared; the spaces before them may differ."""
        for before, after in zip(old, new, strict=True):
            if before != after:
                word = before.lstrip()
                self.add_changed([before.removesuffix(word)], [after.removesuffix(word)])
                before = word
            self.add_shared([before])

    def made(self):
        self._end()
        return [piece for piece in self.pieces if piece.text]

    def _end(self):
        """Make Pieces of the shared words and the change that were added since the last."""
        gone, come = "".join(self.gone), "".join(self.come)
        space = _spaces_alike(gone, come)
        self.pieces += [
            Piece("".join(self.shared) + space),
            Piece(gone.removeprefix(space), is_removed=True),
            Piece(come.removeprefix(space), is_added=True),
        ]
        self.shared, self.gone, self.come = [], [], []


def _number_alike(old, new):
    """Return how many words, or letters, are the same at the start of both."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
    return sum(1 for _ in pairs)


def _spaces_alike(one, other):
    """Return the spaces with which both texts begin."""
    number = _number_alike(one, other)
    return one[: min(number, len(one) - len(one.lstrip()))]


def _replaced(before, after):
    pieces = [Piece(before, is_removed=True), Piece(after, is_added=True)]
    return [piece for piece in pieces if piece.text]


def _words(text):
    """Return the words and marks of a text in order, each with the space before it."""
    return [word for word in re.findall(r"\s*(?:\w+|[^\w\s]|\Z)", text) if word]
