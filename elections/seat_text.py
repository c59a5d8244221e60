"""Read what people type, paste or keep in a CSV file: groups with members, committees with seats.

Text comes from spreadsheets, council websites, Wikipedia and committee reports. What is clear is
understood, and a notice says what was left out or interpreted. What can be read in two ways is
never guessed: the reading has a question instead. Every row is read before any is refused, and
faults are named by their row, as a spreadsheet counts them.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .bodies import UNGROUPED as IN_NO_GROUP
from .bodies import BodyKind, Committee, JointGroup, count_of
from .composition import (
    MAX_NAME,
    MAX_SEATS,
    SMALLEST_GROUP,
    Composition,
    CompositionError,
    Group,
)

MAX_TEXT = 20_000
# Of a row, or of a part of a list. The patterns below take long on a text that fits none of them.
LONGEST_PART = 20 * MAX_NAME
LONGEST_WORD = 2 * MAX_NAME  # within a list without separators, as is the text between two numbers

# Exact names, for a quick test; `is_ungrouped` and `is_vacant` also know the longer forms.
UNGROUPED_NAMES = {"ungrouped", "not in a group", "no group", "non-aligned", "unaligned"}
VACANCY_NAMES = {"vacancy", "vacancies", "vacant", "vacant seats"}

UNGROUPED = re.compile(
    r"""\b(?:un|non)[\s‐‑–-]?(?:grouped|aligned|affiliated|attached)\b
    | \bnot\b.*\bgroup\b | \bno\b(?:\s\w+)?\sgroup\b | \bnot\ specified\b
    | \b(?:outside|without)\b.*\bgroups?\b""",
    re.IGNORECASE | re.VERBOSE,
)
# A name such as “Non-aligned Group” may be that of a political group.
NAMED_GROUP = re.compile(r"\b(?:un|non)\S*(?:\s\S+)*\s(?:group|alliance|party)\Z", re.IGNORECASE)
NOT_IN_A_GROUP = re.compile(r"\b(?:not|no|outside|without)\b", re.IGNORECASE)
VACANT = re.compile(r"\bvacan(?:t|cy|cies)\b", re.IGNORECASE)
TOTAL = re.compile(
    r"""(?:the\s)?(?:(?:grand|overall|sub|council)[\s-]?)?(?:totals?|sum)
        (?:\s(?:number\sof\s)?(?:seats|members|councillors|cllrs|council(?:\ssize)?|groups))?
    | all(?:\s(?:seats|members|councillors|groups|parties|committees|together))?
    | council(?:\ssize)? | seats | (?:number|no\.?)\sof\s(?:seats|members|councillors)""",
    re.IGNORECASE | re.VERBOSE,
)
MAJORITY = re.compile(
    r"(?:(?:overall|working|absolute)\s)?majority(?:\s(?:needed|required|at|of|is))?", re.IGNORECASE
)

UNIT = r"(?:seats?|members?|councillors?|cllrs?|councilors?)"
NUMBER = rf"(?P<number>[0-9]+)(?:\.0+)?(?:\s*(?:/|\bof\b|\bout\ of\b)\s*[0-9]+)?(?:\s*{UNIT}\b)?"
NUMBER_CELL = re.compile(rf"\(?\s*{NUMBER}\s*\)?\.?", re.IGNORECASE)
PERCENTAGE = re.compile(r"\(?\s*[0-9]+(?:\.[0-9]+)?\s*(?:%|\bper\s?cent\b)\s*\)?", re.IGNORECASE)
NOTHING = {"-", "–", "—", "−", "nil", "none"}
DASHES = ":=|–—−-"
NAME_THEN_NUMBER = re.compile(
    rf"(?P<name>.*?)(?P<sep>\s*[{DASHES}]+\s*|\s+|(?=\())\(?\s*{NUMBER}\s*\)?\s*[.,;]?",
    re.IGNORECASE,
)
NUMBER_THEN_NAME = re.compile(
    rf"\(?\s*{NUMBER}\s*\)?\s*(?:[{DASHES}]+\s*|\s)(?P<name>[^\W\d].*)", re.IGNORECASE
)
NEGATIVE = re.compile(r"(?:\A|\s)[−-][0-9]+\)?\s*\Z")
ALONE = re.compile(r"(?<![\w.])[0-9]+(?![\w%])")  # a number that is not part of a word
PAIRS = re.compile(
    rf"(?P<name>[^\d\s,;&][^\d]*?|\d*[^\d\s]\S*(?:\s[^\d]*?)?)\s*[{DASHES}]*\s*\(?\s*{NUMBER}\s*\)?"
    r"(?:\s*[,;&]\s*|\s+and\s+|\s+|\Z)(?:and\s+|&\s*)?",
    re.IGNORECASE,
)
PAIRS_NUMBER_FIRST = re.compile(
    rf"{NUMBER}\s+(?P<name>[^\d,;]*?)(?:\s*[,;&]\s*|\s+and\s+|\s+(?=[0-9])|\Z)(?:and\s+|&\s*)?",
    re.IGNORECASE,
)
EXPLICIT = re.compile(  # a name that ends in a number of its own, as “Scrutiny 1: 7”
    rf"(?P<name>.*?)\s*(?:[:=]\s*(?P<number>[0-9]+)(?:\s*{UNIT})?"
    rf"|\(\s*(?P<counted>[0-9]+)\s*{UNIT}\s*\))",
    re.IGNORECASE,
)
BULLET = re.compile(r"\A\s*(?:[•‣◦▪●○·*]\s*|[–—-]\s+)")
NUMBERING = re.compile(r"\A\s*\(?[0-9]{1,2}[.)]\s+(?=\D)")
FOOTNOTE = re.compile(r"(?:\s*(?:\[[\w\s]{1,9}\]|[†‡*¹²³⁴-⁹⁰]))+\Z")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
MARKDOWN_RULE = re.compile(r"[\s|:–—-]+")

HEADINGS = re.compile(
    r"(?:name(?:\sof)?\s?)?(?:the\s)?(?:political\s)?"
    r"(?:groups?|part(?:y|ies)|names?|committees?|body|bodies|affiliation)?",
    re.IGNORECASE,
)
COMMITTEE_HEADING = re.compile(r"(?:name\sof\s)?(?:committees?|body|bodies)", re.IGNORECASE)
SEATS_HEADING = re.compile(
    r"\b(?:seats?|members?|councillors?|cllrs?|size|number|no\.?)\b", re.IGNORECASE
)
OTHER_HEADING = re.compile(
    r"%|per\s?cent|share|proportion|change|candidate|vote|previous|last|before|gain|loss|\+/",
    re.IGNORECASE,
)


class SeatTextError(ValueError):
    """Text that cannot be read. `problems` has a sentence for each fault, with its row."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)

    @property
    def first_line(self) -> str:
        """The first fault, for a command that prints one line."""
        more = len(self.problems) - 1
        return self.problems[0] + (f" (And {more} more.)" if more else "")


@dataclass(frozen=True)
class SeatEntry:
    """A name with its number, and the row it was on."""

    row: int
    name: str
    number: int


@dataclass(frozen=True)
class SeatReading:
    """What was read: names with numbers, and what to tell or ask the person who gave the text.

    `notices` say what was left out or interpreted. `questions` are about what can be read in two
    ways; with any, the entries are not to be used. `total` is the number of a total row, if there
    was one.
    """

    entries: tuple[SeatEntry, ...]
    total: int | None = None
    notices: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class CompositionReading:
    """A composition that was read, with notices; None, with questions, if it is not certain."""

    composition: Composition | None
    notices: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def is_ungrouped(name: str) -> bool:
    """Whether a row with this name counts members in no group."""
    name = _plain(name)
    if NAMED_GROUP.search(name) and not NOT_IN_A_GROUP.search(name):
        return False
    return bool(UNGROUPED.search(name))


def is_vacant(name: str) -> bool:
    """Whether a row with this name counts vacant seats."""
    return bool(VACANT.search(_plain(name)))


# --- Compositions and committees ------------------------------------------------------------------


def read_composition(
    text: str,
    *,
    vacancies: int = 0,
    ungrouped: int = 0,
    council_seats: int | None = None,
    word: str = "Row",
    **settings: Any,
) -> CompositionReading:
    """Read a composition: rows with a name and a number, or “Oak 23, Ash 5” on one line.

    Rows that count members in no group or vacant seats add to `ungrouped` and `vacancies`.
    `council_seats` is how many seats the council is known to have, to compare. `word` is what the
    faults call a part of a list, and `settings` are those of Composition. Raises SeatTextError.
    """
    reading = read_seats(text, of_groups=True, word=word)
    if reading.questions:
        return CompositionReading(None, reading.notices, reading.questions)
    groups, notices = [], list(reading.notices)
    for entry in reading.entries:
        if is_vacant(entry.name):
            vacancies += entry.number
        elif is_ungrouped(entry.name):
            ungrouped += entry.number
        else:
            groups.append(Group(entry.name, entry.number))
            if UNGROUPED.search(entry.name):
                notices.append(
                    f"“{entry.name}” was read as a political group. If its members are in no "
                    "group, write “In no group” instead."
                )
    notices += [
        f"{group.name} has 1 member. A political group has at least {SMALLEST_GROUP}, so for "
        "political balance this member is counted as in no group."
        for group in groups
        if group.members < SMALLEST_GROUP
    ]
    try:
        composition = Composition(
            tuple(groups), ungrouped=ungrouped, vacancies=vacancies, **settings
        )
    except CompositionError as error:
        raise SeatTextError([str(error)]) from error
    if reading.total is not None:
        if reading.total not in {composition.seats, composition.in_post}:
            # Vacancies or members in no group given beside the text are part of the council too.
            raise SeatTextError([_wrong_total(reading.total, composition.seats)])
        notices.append(
            f"You pasted {count_of(len(groups), 'group')}, {count_of(composition.seats, 'seat')} "
            f"and a total of {reading.total}. The total was left out."
        )
    if council_seats is not None and composition.seats != council_seats:
        notices.append(
            f"This has {count_of(composition.seats, 'seat')}; the council has {council_seats}."
        )
    return CompositionReading(composition, tuple(notices))


def composition_from_list(
    text: str, *, vacancies: int = 0, ungrouped: int = 0, **settings: Any
) -> Composition:
    """Return a Composition from “Oak 23, Ash 5, Elm 2”. Raises SeatTextError."""
    return _certain(
        read_composition(text, vacancies=vacancies, ungrouped=ungrouped, word="Group", **settings)
    )


def composition_from_table(text: str, **settings: Any) -> Composition:
    """Return a Composition from pasted rows or a CSV file: a name and a number on each.

    Raises SeatTextError, also for what can be read in two ways.
    """
    return _certain(read_composition(text, **settings))


def _certain(reading: CompositionReading) -> Composition:
    if reading.composition is None:
        raise SeatTextError(reading.questions)
    return reading.composition


def committees_from_table(text: str) -> tuple[Committee, ...]:
    """Return committees from pasted rows or a CSV file: a name and a size on each.

    Raises SeatTextError, also for what can be read in two ways.
    """
    reading = read_bodies(text)
    if reading.questions:
        raise SeatTextError(reading.questions)
    return reading.committees


@dataclass(frozen=True)
class BodiesReading:
    """Bodies with their kinds, and what to tell or ask the person who gave the text."""

    committees: tuple[Committee, ...]
    notices: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def read_bodies(text: str) -> BodiesReading:
    """Read bodies, their sizes and their kinds. Raises SeatTextError.

    A cell of its own gives the kind, as in “Licensing panel, 5, sub-committee”. Without one, the
    kind is suggested by the name where that is usual, and a notice says so.
    """
    kinds, lines = {}, _normal(text).split("\n")
    for number, line in enumerate(lines, start=1):
        cells = _cells_of_line(line)
        found = _kind_cell(cells)
        if found is not None:
            kinds[number] = _kind(cells[found])
            rest = [cell for place, cell in enumerate(cells) if place != found]
            lines[number - 1] = "\t".join(cell.replace("\t", " ") for cell in rest)
    reading = read_committees("\n".join(lines))
    committees, suggested = [], []
    for entry in reading.entries:
        kind = kinds.get(entry.row)
        if not isinstance(kind, BodyKind):
            kind = suggested_kind(entry.name)
            if kind is not BodyKind.ORDINARY:
                suggested.append(f"{entry.name} ({kind.in_words})")
        reason = usual_reason(entry.name) if kind is BodyKind.NOT_BALANCED else ""
        committees.append(Committee(entry.name, entry.number, kind, reason=reason))
    notices = list(reading.notices)
    if suggested:
        notices.append(f"Kinds suggested by the names, to be checked: {', '.join(suggested)}.")
    return BodiesReading(tuple(committees), tuple(notices), reading.questions)


def _kind_cell(cells: Sequence[str]) -> int | None:
    """The place of the cell that gives the kind of body, in a row that also has name and number."""
    filled = [cell for cell in cells if cell]
    numbers = sum(_whole(cell) is not None for cell in filled)
    # Besides the number and the kind itself, which is never a number, there must be a name.
    if not 0 < numbers < len(filled) - 1:
        return None
    return next(
        (place for place, cell in enumerate(cells) if isinstance(_kind(cell), BodyKind)), None
    )


# Bodies that are usually outside political balance, by their names, with the reason.
USUALLY_NOT_BALANCED = (
    (
        re.compile(r"(?:the\s)?(?:cabinet|executive)(?:\scommittee)?", re.IGNORECASE),
        "The executive is not subject to political balance",
    ),
    (
        re.compile(r".*\blicensing\b.*\b2003\b.*|.*\bstatutory\slicensing\b.*", re.IGNORECASE),
        "Committee under the Licensing Act 2003, section 6",
    ),
    (
        re.compile(r".*\bhealth\s(?:and|&)\swell[\s-]?being\b.*", re.IGNORECASE),
        "Health and wellbeing board",
    ),
)


def suggested_kind(name: str) -> BodyKind:
    """Return the kind that a body usually has by its name; a person confirms it."""
    if re.search(r"\bsub[\s‐‑-]?(?:committee|panel)\b", name, re.IGNORECASE):
        return BodyKind.SUB_COMMITTEE
    if usual_reason(name):
        return BodyKind.NOT_BALANCED
    if re.match(r"joint\b", name, re.IGNORECASE) or re.search(
        r"\bjoint\s(?:committee|panel|board)\b", name, re.IGNORECASE
    ):
        return BodyKind.JOINT_COMMITTEE
    return BodyKind.ORDINARY


def usual_reason(name: str) -> str:
    """Return why a body with this name is usually not in balance, or an empty string."""
    return next((why for pattern, why in USUALLY_NOT_BALANCED if pattern.fullmatch(name)), "")


def read_committees(text: str) -> SeatReading:
    """Read committees and their sizes, with notices and questions. Raises SeatTextError."""
    reading = read_seats(text)
    made = sum(entry.number for entry in reading.entries)
    if reading.questions or reading.total is None:
        return reading
    if reading.total != made:
        raise SeatTextError([_wrong_total(reading.total, made)])
    notice = (
        f"You pasted {count_of(len(reading.entries), 'committee')}, {count_of(made, 'seat')} and a "
        f"total of {reading.total}. The total was left out."
    )
    return SeatReading(reading.entries, reading.total, (*reading.notices, notice))


def _wrong_total(total: int, made: int) -> str:
    return (
        f"The total is given as {total}, but the other rows add up to {made}. Correct the rows, or "
        "leave the total out."
    )


# --- Political balance from one file --------------------------------------------------------------


@dataclass(frozen=True)
class BalanceFile:
    """Groups, members outside them, vacancies and bodies, as `political_balance` takes them."""

    groups: tuple[Group, ...]
    ungrouped: tuple[Group, ...]
    committees: tuple[Committee, ...]
    vacancies: int = 0
    joint_groups: tuple[JointGroup, ...] = ()
    notices: tuple[str, ...] = ()


GROUP, OUTSIDE, EMPTY, JOINT, TOTALS = "group", "ungrouped", "vacancy", "joint-group", "total"
KINDS: dict[str, str | BodyKind] = {
    "group": GROUP,
    "ungrouped": OUTSIDE,
    "vacancy": EMPTY,
    "vacant": EMPTY,
    "vacancies": EMPTY,
    "joint group": JOINT,
    "total": TOTALS,
    "committee": BodyKind.ORDINARY,
    "ordinary": BodyKind.ORDINARY,
    "ordinary committee": BodyKind.ORDINARY,
    "sub committee": BodyKind.SUB_COMMITTEE,
    "subcommittee": BodyKind.SUB_COMMITTEE,
    "joint": BodyKind.JOINT_COMMITTEE,
    "joint committee": BodyKind.JOINT_COMMITTEE,
    "outside body": BodyKind.OUTSIDE_BODY,
    "not balanced": BodyKind.NOT_BALANCED,
    "not in balance": BodyKind.NOT_BALANCED,
    "body outside political balance": BodyKind.NOT_BALANCED,
}
KINDS_IN_WORDS = "group, ungrouped, vacancy, joint group, committee or another kind of body"
KIND_HEADINGS = {"kind", "type", "row", "what"}


def balance_from_csv(text: str) -> BalanceFile:
    """Read rows `group,NAME,members`, `ungrouped,NAME,members` and `committee,NAME,size`.

    A body can also be a sub-committee, joint committee, outside body or not balanced; other rows
    are `vacancy,NAME,number` and `joint group,NAME,Oak + Ash`. In place of the kinds, a table of
    groups can be followed by a heading “Committee” and a table of committees. Raises SeatTextError.
    """
    rows = _rows(text)
    if not any(
        len(cells) > 2 and _kind(cells[0]) and any(map(_is_number, cells[2:])) for _, cells in rows
    ):
        parts = _two_tables(text)
        if parts is not None:
            return _balance_from_tables(*parts)
    return _BalanceRows().read(rows)


def _is_number(cell: str) -> bool:
    return _whole(cell) is not None


def _kind(cell: str) -> str | BodyKind | None:
    return KINDS.get(" ".join(cell.replace("-", " ").split()).casefold())


def _two_tables(text: str) -> tuple[str, str] | None:
    """The text before and from the heading of a table of committees, or None."""
    lines = _normal(text).split("\n")
    for number, line in enumerate(lines):
        cells = _cells_of_line(line)
        if (
            number
            and cells
            and COMMITTEE_HEADING.fullmatch(next((c for c in cells if c), ""))
            and not any(_whole(cell) is not None for cell in cells)
        ):
            return "\n".join(lines[:number]), "\n" * number + "\n".join(lines[number:])
    return None


def _balance_from_tables(groups: str, committees: str) -> BalanceFile:
    council, bodies = read_composition(groups), read_bodies(committees)
    if council.questions or bodies.questions or council.composition is None:
        raise SeatTextError([*council.questions, *bodies.questions])
    composition = council.composition
    outside = (Group(IN_NO_GROUP, composition.ungrouped),) if composition.ungrouped else ()
    return BalanceFile(
        composition.groups,
        outside,
        bodies.committees,
        vacancies=composition.vacancies,
        notices=(*council.notices, *bodies.notices),
    )


class _BalanceRows:
    """The rows of a balance file while they are read."""

    def __init__(self) -> None:
        self.groups: list[SeatEntry] = []
        self.outside: list[SeatEntry] = []
        self.committees: list[tuple[SeatEntry, BodyKind]] = []
        self.joint: list[JointGroup] = []
        self.vacancies = 0
        self.problems: list[str] = []
        self.notices: list[str] = []

    def read(self, rows: Sequence[tuple[int, list[str]]]) -> BalanceFile:
        for row, cells in rows:
            fault = self._read_row(row, cells)
            if fault:
                self.problems.append(f"Row {row}: {fault}")
        if not self.problems:
            self.problems += [
                f"The file has no {kind} row."
                for kind, found in (("group", self.groups), ("committee", self.committees))
                if not found
            ]
        if self.problems:
            raise SeatTextError(self.problems)
        return BalanceFile(
            groups=tuple(Group(each.name, each.number) for each in self.groups),
            ungrouped=tuple(Group(each.name, each.number) for each in self.outside),
            committees=tuple(
                Committee(each.name, each.number, kind) for each, kind in self.committees
            ),
            vacancies=self.vacancies,
            joint_groups=tuple(self.joint),
            notices=tuple(self.notices),
        )

    def _read_row(self, row: int, cells: list[str]) -> str:
        """Take one row; return what is wrong with it, empty if nothing is."""
        if not cells:
            return ""
        kind, rest = _kind(cells[0]), cells[1:]
        if kind is None:
            if row == 1 and _plain(cells[0]).casefold() in KIND_HEADINGS:
                return ""
            return f"“{cells[0].lower()[:30]}” is not {KINDS_IN_WORDS}."
        if kind == TOTALS:
            self.notices.append(f"Row {row} is a total and was left out.")
            return ""
        if kind == JOINT:
            parts = [part.strip() for part in re.split(r"[+&;/]|,", ",".join(rest[1:])) if part]
            if len(parts) < 2:
                return "write joint group, a name and the groups with + between them."
            self.joint.append(JointGroup(rest[0], tuple(filter(None, parts))))
            return ""
        if kind == EMPTY and len(rest) == 1:
            rest = ["Vacant", *rest]
        if len(rest) != 2:
            return f"write {cells[0].lower()}, a name and a number, separated by commas."
        number = _whole(rest[1])
        entry, fault = _entry(row, rest[0], str(number) if number is not None else rest[1])
        return fault or self._take(kind, entry)

    def _take(self, kind: str | BodyKind, entry: SeatEntry) -> str:
        if TOTAL.fullmatch(_plain(entry.name)):
            self.notices.append(f"Row {entry.row} is a total and was left out.")
            return ""
        if kind == GROUP and is_vacant(entry.name):
            kind = EMPTY
        elif kind == GROUP and is_ungrouped(entry.name):
            kind = OUTSIDE
        if kind == EMPTY:
            self.vacancies += entry.number
            return ""
        if entry.number == 0 and kind == GROUP:
            return f"{entry.name} has 0."
        if isinstance(kind, BodyKind):
            if entry.number == 0:
                return f"{entry.name} has 0."
            others = [each for each, _ in self.committees]
        else:
            others = self.groups if kind == GROUP else self.outside
        if any(each.name.casefold() == entry.name.casefold() for each in others):
            return f"{entry.name} appears more than once."
        if isinstance(kind, BodyKind):
            self.committees.append((entry, kind))
        else:
            others.append(entry)
        return ""


# --- Names with numbers ---------------------------------------------------------------------------


def read_seats(text: str, *, of_groups: bool = False, word: str = "Row") -> SeatReading:
    """Read names with numbers from a list on one line or from rows. Raises SeatTextError.

    `of_groups` leaves out names with 0 or a dash, as groups that hold no seat. `word` is what the
    faults call a part of a list.
    """
    if len(text) > MAX_TEXT and not re.search(r"[,;\n]", text):
        raise SeatTextError([f"{word} 1: the name must be {MAX_NAME} characters or fewer."])
    lines = [line for line in _normal(text).split("\n") if line.strip()]
    if not lines and word == "Row":
        raise SeatTextError(["There is nothing to read: write a name and a number on each row."])
    if len(lines) <= 1 and not _is_row(lines[0] if lines else ""):
        return _from_list(lines[0] if lines else "", word, of_groups=of_groups)
    return _from_rows(text, of_groups=of_groups)


def _is_row(line: str) -> bool:
    """Whether one line alone is a row of a table: a name, then a cell with its number."""
    cells = [cell for cell in _cells_of_line(line) if cell]
    if len(cells) == 2 and _whole(cells[1]) is not None:
        return _pair(cells[0]) is None
    return "\t" in line or "|" in line


def _from_list(line: str, word: str, *, of_groups: bool) -> SeatReading:
    parts = re.split(r"[,;]", _clean(line))
    if len(parts) % 2 == 0 and all(
        _whole(part) is not None if n % 2 else _pair(part) is None and _plain(part)
        for n, part in enumerate(parts)
    ):
        parts = [f"{name} {number}" for name, number in zip(parts[::2], parts[1::2], strict=True)]
    found = _Found(word, of_groups=of_groups)
    number = 0
    for part in parts:
        for name, digits in _pairs(part, found):
            number += 1
            found.add(number, name, digits, is_last=part is parts[-1])
    return found.reading()


def _from_rows(text: str, *, of_groups: bool) -> SeatReading:
    rows = _rows(text)
    found = _Found("Row", of_groups=of_groups)
    if not any(cells for _, cells in rows):
        raise SeatTextError(["There is nothing to read: write a name and a number on each row."])
    has_numbers = [
        not _is_heading(cells)
        and any(_whole(cell) is not None or _pair(cell) is not None for cell in cells)
        for _, cells in rows
    ]
    column, problem = _number_column(rows, has_numbers)
    if problem:
        found.questions.append(problem)
    last_numbered = max((n for n, numbered in enumerate(has_numbers) if numbered), default=0)
    after_blank = True
    for place, (row, cells) in enumerate(rows):
        if not cells:
            after_blank = True
            continue
        if not has_numbers[place] and after_blank and place < last_numbered:
            if _is_heading(cells):
                continue
            filled = [cell for cell in cells if cell]
            if len(filled) == 1:
                found.notices.append(
                    f"Row {row}, “{filled[0][:MAX_NAME]}”, has no number and was read as a heading."
                )
                continue
        after_blank = False
        for name, digits in _entries_of_row(cells, column, found):
            found.add(row, name, digits, is_last=place == len(rows) - 1)
    return found.reading()


class _Found:
    """Entries, faults, notices and questions while a text is read."""

    def __init__(self, word: str, *, of_groups: bool) -> None:
        self.word, self.of_groups = word, of_groups
        self.entries: list[SeatEntry] = []
        self.left_out: list[SeatEntry] = []
        self.problems: list[str] = []
        self.notices: list[str] = []
        self.questions: list[str] = []
        self.total: int | None = None

    def add(self, row: int, name: str, digits: str, *, is_last: bool) -> None:
        name = _plain(name)
        number = _whole(digits)
        if not name and number is not None and is_last:
            made = sum(entry.number for entry in self.entries)
            if number == made and len(self.entries) > 1:
                self.total = number
                return
        if number is not None and TOTAL.fullmatch(name):
            if self.total is not None and self.total != number:
                self.questions.append(
                    f"There are 2 totals, {self.total} and {number}. Leave one of them out."
                )
            self.total = number
            return
        if number is not None and MAJORITY.fullmatch(name):
            self.notices.append(f"“{name}” is not a group and was left out.")
            return
        if name and _has_nothing(digits) and self.of_groups:
            self.left_out.append(SeatEntry(row, name, 0))
            return
        entry, fault = _entry(row, name, str(number) if number is not None else digits)
        if fault:
            self.problems.append(f"{self.word} {row}: {fault}")
        elif entry.number == 0 and self.of_groups:
            self.left_out.append(entry)
        else:
            self.entries.append(entry)

    def reading(self) -> SeatReading:
        if not self.problems and not self.questions and not self.entries:
            if self.left_out:
                name = self.left_out[0].name
                raise SeatTextError([f"{name} must have from 1 to {MAX_SEATS} members."])
            self.problems.append("There is nothing to read: write a name and a number on each row.")
        if self.problems:
            raise SeatTextError([*self.problems, *self.questions])
        self.notices += [f"{entry.name} has no seats and was left out." for entry in self.left_out]
        if len(self.entries) > 2:
            last, made = self.entries[-1], sum(entry.number for entry in self.entries[:-1])
            if last.number == made:
                self.notices.append(
                    f"The last row, {last.name} {last.number}, is the sum of the others. It was "
                    "read as a group or committee: remove it if it is a total."
                )
        return SeatReading(
            tuple(self.entries), self.total, tuple(self.notices), tuple(self.questions)
        )


def _entries_of_row(
    cells: Sequence[str], column: int | None, found: _Found
) -> Iterable[tuple[str, str]]:
    """Names and digits of one row; usually one, several if a cell is a list by itself."""
    filled = [cell for cell in cells if cell]
    pairs = [_pair(cell) for cell in filled]
    if len(filled) == 1:
        return [("", filled[0])] if _whole(filled[0]) is not None else _pairs(filled[0], found)
    if all(pairs) and not any(_whole(cell) is not None for cell in filled):
        return [pair for pair in pairs if pair is not None]
    name_at = next(
        (
            place
            for place, cell in enumerate(cells)
            if cell and _whole(cell) is None and not PERCENTAGE.fullmatch(cell)
        ),
        None,
    )
    name = cells[name_at] if name_at is not None else ""
    if column is not None and column < len(cells) and cells[column] and column != name_at:
        return [(name, cells[column])]
    numbers = [cell for cell in cells if _whole(cell) is not None]
    if len(numbers) == 1:
        return [(name, numbers[0])]
    if not numbers and name and (pair := _pair(name)) is not None:
        return [pair]
    rest = [cell for place, cell in enumerate(cells) if cell and place != name_at]
    return [(name, numbers[0] if numbers else (rest[0] if rest else ""))]


def _number_column(
    rows: Sequence[tuple[int, list[str]]], has_numbers: Sequence[bool]
) -> tuple[int | None, str]:
    """The column with the numbers, or a question if it is not clear."""
    headings: list[str] = []
    data = []
    for (row, cells), numbered in zip(rows, has_numbers, strict=True):
        if numbered:
            data.append((row, cells))
        elif cells and not data and len([cell for cell in cells if cell]) > 1:
            headings = cells
    # In time that grows with the number of cells: a row can have 10,000 of them.
    is_table = any(len([cell for cell in cells if cell]) > 1 for _, cells in data)
    numeric = sorted(
        {
            place
            for _, cells in data
            for place, cell in enumerate(cells)
            if is_table and _whole(cell) is not None
        }
    )
    named = [
        place
        for place in numeric
        if place < len(headings)
        and SEATS_HEADING.search(headings[place])
        and not OTHER_HEADING.search(headings[place])
    ]
    if len(named) == 1:
        return named[0], ""
    choices = named or [
        place
        for place in numeric
        if place >= len(headings) or not OTHER_HEADING.search(headings[place])
    ]
    if len(choices) <= 1:
        return (choices[0] if choices else None), ""
    chosen = set(choices)
    for row, cells in data:
        found = [
            (place, number)
            for place, cell in enumerate(cells)
            if place in chosen and (number := _whole(cell)) is not None
        ]
        if len({number for _, number in found}) > 1:
            numbers = " and ".join(str(number) for _, number in found)
            return (
                choices[0],
                f"Row {row} has more than one number: {numbers}. Which is the number of seats? "
                "Keep one column of numbers, or write “Seats” above it.",
            )
    return choices[0], ""


def _pairs(text: str, found: _Found) -> list[tuple[str, str]]:
    """Names and digits in a piece of text; several if it is a list without separators."""
    text = _clean(text)
    if _whole(text) is not None:
        return [("", text)]
    if len(text) > LONGEST_PART:
        return [(text, "")]
    bare = re.sub(r"\s*(?:/|\bof\b|\bout of\b)\s*[0-9]+", "", PERCENTAGE.sub(" ", text)).strip()
    if NUMBERING.match(bare) and _pair(NUMBERING.sub("", bare)):
        bare = NUMBERING.sub("", bare)
    if len(ALONE.findall(bare)) <= 1:
        return [_pair(text) or (text, "")]
    if (match := EXPLICIT.fullmatch(bare)) and len(ALONE.findall(match["name"])) == 1:
        return [(match["name"], match["number"] or match["counted"])]
    is_list = found.of_groups and all(
        len(piece) <= LONGEST_WORD for piece in (*bare.split(), *re.split(r"\d+", bare))
    )
    for pattern in (PAIRS, PAIRS_NUMBER_FIRST):
        if is_list and (pairs := _whole_of(bare, pattern)):
            read = ", ".join(f"{_plain(name)} {number}" for name, number in pairs)
            found.notices.append(f"“{bare[:MAX_NAME]}” was read as {len(pairs)} groups: {read}.")
            return pairs
    found.questions.append(
        f"“{bare[:MAX_NAME]}” has more than one number. Write one name and one number on each row, "
        "separated by commas."
    )
    return []


def _whole_of(text: str, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """All pairs, if the pattern matches one after another to the end of the text, else none."""
    found, place = [], 0
    while place < len(text):
        match = pattern.match(text, place)
        if match is None or match.end() == place or not _plain(match["name"]):
            return []
        found.append((match["name"], match["number"]))
        place = match.end()
    return found if len(found) > 1 else []


def _pair(text: str) -> tuple[str, str] | None:
    """A name and its digits from text such as “Oak 23”, “Oak (23 seats)” or “23 Oak”."""
    text = _clean(text)[: 4 * MAX_NAME]
    bare = PERCENTAGE.sub(" ", text).strip()
    if NEGATIVE.search(bare):
        name, _, number = bare.rpartition(" ")
        return (name, number) if name else None
    if NUMBERING.match(bare) and (rest := _pair(NUMBERING.sub("", bare))):
        return rest
    if (match := NAME_THEN_NUMBER.fullmatch(bare)) and _plain(match["name"]):
        return match["name"], match["number"]
    if match := NUMBER_THEN_NAME.fullmatch(bare):
        return match["name"], match["number"]
    if len(bare.split()) > 1 and bare.split()[-1] in NOTHING:
        return bare.rsplit(None, 1)[0], "0"
    return None


def _entry(row: int, name: str, number: str) -> tuple[SeatEntry, str]:
    """The entry, and what is wrong with it, empty if nothing is."""
    name = _plain(name)
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
        fault = f"{name} can have at most {MAX_SEATS}, not {int(number)}."
    return SeatEntry(row, name, int(number) if not fault else 0), fault


def _is_heading(cells: Sequence[str]) -> bool:
    """Whether a row is one of headings: by the name of its first column, or of the others."""
    first, *others = [_plain(cell) for cell in cells if cell] or [""]
    if not first or _whole(first) is not None:
        return False
    if HEADINGS.fullmatch(first):
        return True
    numbers = [cell for cell in others if _whole(cell) is not None or cell.startswith(("-", "−"))]
    return not numbers and any(SEATS_HEADING.fullmatch(cell) for cell in others)


def _whole(cell: str) -> int | None:
    """The whole number that a cell holds, as “23”, “(23)”, “23.0”, “23 seats” or “41 / 75”."""
    match = NUMBER_CELL.fullmatch(cell.strip())
    return int(match["number"]) if match and len(match["number"]) <= 4 else None


def _has_nothing(cell: str) -> bool:
    return cell.strip().casefold() in NOTHING


def _plain(name: str) -> str:
    """A name without bullets, footnotes, invisible characters and separators at its ends."""
    name = FOOTNOTE.sub("", NUMBERING.sub("", _clean(name))[:LONGEST_PART])
    return " ".join(name.split()).strip(DASHES + ",;").strip()


def _clean(text: str) -> str:
    text = text.translate(INVISIBLE).replace("\u00a0", " ")
    return " ".join(BULLET.sub("", text).split())


def _normal(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise SeatTextError([f"That is too much text: paste {MAX_TEXT:,} characters or fewer."])
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Numbered rows of cells; a blank row has none. Each line has its own separator."""
    if "\0" in text:
        raise SeatTextError(["The file is not a text file."])
    rows: list[tuple[int, list[str]]] = []
    waiting = ""
    begun = 0
    for number, line in enumerate(_normal(text).split("\n"), start=1):
        waiting, begun = (f"{waiting} {line}", begun) if waiting else (line, number)
        if waiting.count('"') % 2:
            continue
        rows.append((begun, _cells_of_line(waiting)))
        waiting = ""
    if waiting:
        raise SeatTextError([f"Row {begun}: a quotation mark is opened but not closed."])
    while rows and not rows[-1][1]:
        rows.pop()
    return rows


def _cells_of_line(line: str) -> list[str]:
    """The cells of one line, separated by tabs, pipes, semicolons or commas; [] if blank."""
    line = line.translate(INVISIBLE).replace("\u00a0", " ")
    if not line.strip() or ("|" in line and MARKDOWN_RULE.fullmatch(line)):
        return []
    delimiter = next((each for each in "\t|;," if each in line), ",")
    if delimiter == "|":
        line = line.strip().removeprefix("|").removesuffix("|")
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        cells = line.split(delimiter)
    cells = [
        " ".join(BULLET.sub("", cell).split()) if not _has_nothing(cell) else cell.strip()
        for cell in cells
    ]
    while cells and not cells[-1]:
        cells.pop()
    return cells
