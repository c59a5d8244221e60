"""Reads what people type, paste from a spreadsheet or keep in a CSV file: groups and committees.

Every row is looked at before any is refused, and what is wrong is said with the number of the row,
as a spreadsheet counts them.
"""

import csv
import io
import re
from dataclasses import dataclass

from .composition import MAX_NAME, MAX_SEATS, Composition, CompositionError, Group
from .political_balance import Committee

UNGROUPED_NAMES = {"ungrouped", "not in a group", "no group", "non-aligned", "unaligned"}
VACANCY_NAMES = {"vacancy", "vacancies", "vacant", "vacant seats"}
HEADINGS = {"group", "groups", "party", "name", "committee", "committees", "body"}
MAX_TEXT = 20_000

NAME_AND_NUMBER = re.compile(r"(?P<name>.*?)[\s:–-]*(?P<number>\d+)\s*(?:seats?|members?)?\Z")


class SeatTextError(ValueError):
    """What cannot be read. `problems` has a plain line for each fault, with its row."""

    def __init__(self, problems):
        super().__init__(" ".join(problems))
        self.problems = problems

    @property
    def first_line(self):
        """The first fault, for a command that says one line."""
        more = len(self.problems) - 1
        return self.problems[0] + (f" (And {more} more.)" if more else "")


@dataclass(frozen=True)
class Entry:
    """A name with its number, and the row it stood on."""

    row: int
    name: str
    number: int


def composition_from_list(text, *, vacancies=0, ungrouped=0, **settings):
    """A Composition from “Conservative 23, Labour 5, Green 2”. Raises SeatTextError."""
    parts = [[part] for part in text.split(",")]
    return _composition(_entries(parts, "Group"), vacancies, ungrouped, settings)


def composition_from_table(text, **settings):
    """A Composition from pasted rows or a CSV file: a name and a number on each.

    A row named “Ungrouped” or “Vacant” counts those. Raises SeatTextError.
    """
    return _composition(_entries(_rows(text), "Row"), 0, 0, settings)


def committees_from_table(text):
    """Committees from pasted rows or a CSV file: a name and a size each. Raises SeatTextError."""
    entries = _entries(_rows(text), "Row")
    return tuple(Committee(entry.name, entry.number) for entry in entries)


@dataclass(frozen=True)
class BalanceFile:
    groups: tuple[Group, ...]
    ungrouped: tuple[Group, ...]
    committees: tuple[Committee, ...]


def balance_from_csv(text):
    """Rows `group,NAME,members`, `ungrouped,NAME,members` and `committee,NAME,size`.

    Raises SeatTextError.
    """
    found = {"group": [], "ungrouped": [], "committee": []}
    problems = []
    for row, cells in _rows(text):
        kind, *rest = cells
        kind = kind.lower()
        if kind not in found:
            if row > 1:
                problems.append(f"Row {row}: “{kind[:30]}” is not group, ungrouped or committee.")
            elif not {"kind", "type", "row"} & {kind}:
                problems.append(f"Row 1: “{kind[:30]}” is not group, ungrouped or committee.")
            continue
        if len(rest) != 2:
            problems.append(f"Row {row}: write {kind}, a name and a number, parted by commas.")
            continue
        entry, fault = _entry(row, *rest)
        if not fault and entry.number == 0 and kind != "ungrouped":
            fault = f"{entry.name} has 0."
        if not fault and any(each.name.casefold() == entry.name.casefold() for each in found[kind]):
            fault = f"{entry.name} is there more than once."
        if fault:
            problems.append(f"Row {row}: {fault}")
        else:
            found[kind].append(entry)
    if not problems:
        problems += [
            f"The file has no {kind} row." for kind in ("group", "committee") if not found[kind]
        ]
    if problems:
        raise SeatTextError(problems)
    return BalanceFile(
        groups=tuple(Group(each.name, each.number) for each in found["group"]),
        ungrouped=tuple(Group(each.name, each.number) for each in found["ungrouped"]),
        committees=tuple(Committee(each.name, each.number) for each in found["committee"]),
    )


def _composition(entries, vacancies, ungrouped, settings):
    groups = []
    for entry in entries:
        if entry.name.casefold() in VACANCY_NAMES:
            vacancies += entry.number
        elif entry.name.casefold() in UNGROUPED_NAMES:
            ungrouped += entry.number
        else:
            groups.append(Group(entry.name, entry.number))
    try:
        return Composition(tuple(groups), ungrouped=ungrouped, vacancies=vacancies, **settings)
    except CompositionError as error:
        raise SeatTextError([str(error)]) from error


def _rows(text):
    """Numbered rows of cells, parted by whichever of comma, semicolon and tab there is most of."""
    if len(text) > MAX_TEXT:
        raise SeatTextError([f"That is too much text: {MAX_TEXT} characters are the most."])
    if "\0" in text:
        raise SeatTextError(["That is not text."])
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    delimiter = max("\t;,", key=lines.count)
    reader = csv.reader(io.StringIO(lines), delimiter=delimiter)
    try:
        numbered = [
            (row, [" ".join(cell.split()) for cell in cells]) for row, cells in enumerate(reader, 1)
        ]
    except csv.Error as error:
        raise SeatTextError([f"Row {reader.line_num}: this cannot be read as a table."]) from error
    return [(row, _without_trailing_blanks(cells)) for row, cells in numbered if any(cells)]


def _without_trailing_blanks(cells):
    while not cells[-1]:
        cells = cells[:-1]
    return cells


def _entries(rows, word):
    """An Entry for each row, its heading left out; `word` is what the faults call a row."""
    if rows and not isinstance(rows[0], tuple):
        rows = list(enumerate(rows, start=1))
    entries, problems = [], []
    for row, cells in rows:
        if row == 1 and cells[0].casefold() in HEADINGS and not cells[-1].isdecimal():
            continue
        entry, fault = _entry(row, *_name_and_number(cells))
        if fault:
            problems.append(f"{word} {row}: {fault}")
        else:
            entries.append(entry)
    if not rows or not (entries or problems):
        problems.append("There is nothing to read: write a name and a number on each row.")
    if problems:
        raise SeatTextError(problems)
    return entries


def _name_and_number(cells):
    if len(cells) > 1:
        return cells[0], cells[1]
    found = NAME_AND_NUMBER.fullmatch(cells[0].strip()[: 2 * MAX_NAME])
    return (found["name"], found["number"]) if found else (cells[0], "")


def _entry(row, name, number):
    """The Entry and what is wrong with it, empty if nothing is."""
    name = " ".join(name.split())
    fault = ""
    if not name:
        fault = "the name is missing."
    elif len(name) > MAX_NAME:
        fault = f"the name must be {MAX_NAME} characters or fewer."
    elif not name.isprintable():
        fault = "the name has characters that cannot be printed."
    elif not re.fullmatch(r"[0-9]{1,4}", number):
        fault = f"{name} needs a whole number" + (f", not “{number[:20]}”." if number else ".")
    elif int(number) > MAX_SEATS:
        fault = f"{name} cannot have {int(number)}; {MAX_SEATS} is the most."
    return Entry(row, name, int(number) if not fault else 0), fault
