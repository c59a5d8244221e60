"""Reads the council directory from a CSV file and reports what is wrong, row by row.

Two layouts are read: mySociety's "UK Local Authorities" as it is published (`gss-code`,
`official-name`, `local-authority-type-name`, ...), and a shorter one with the columns `gss`,
`official_name`, `type`, `start_date`, `end_date` and `current_2025`. Files often pass through
Excel, so a byte order mark, semicolons, British dates and missing columns at the end of a row are
accepted. Every row is checked before the file is refused.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from .models import Council, CouncilType

COLUMNS = ("gss", "official_name", "type", "start_date", "end_date")
# Column names of the published file, with hyphens as underscores.
PUBLISHED_NAMES = {
    "gss_code": "gss",
    "local_authority_type_name": "type",
    "former_gss_codes": "former_codes",
    "local_authority_code": "short_code",
}
CURRENT_COLUMN = re.compile(r"current_(\d{4}|authority)")
TYPES = {
    "county": CouncilType.COUNTY,
    "non-metropolitan district": CouncilType.DISTRICT,
    "london borough": CouncilType.LONDON_BOROUGH,
    "metropolitan district": CouncilType.METROPOLITAN,
    "unitary authority": CouncilType.UNITARY,
    "city corporation": CouncilType.CITY_CORPORATION,
}
# In the published file, but not councils with councillors who form political groups.
OTHER_TYPES = {"combined authority", "strategic regional authority"}
SHORT_CODE = re.compile(r"[A-Z]{3,4}")  # as in local-authority-code and replaced-by
GSS_CODE = re.compile(r"[EKNSW][0-9]{8}")
DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")
# The published file has fewer than 1,000. Checking each takes a while.
MOST_ROWS = 10_000
NAME_LENGTH = Council._meta.get_field("name").max_length or 0


class DirectoryError(Exception):
    """The file cannot be imported. `problems` is a list of lines, one for each fault."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class DirectoryEntry:
    """One row of the directory; `row` is its number in a spreadsheet."""

    row: int
    gss_code: str
    name: str
    type: str
    starts: date | None
    ends: date | None
    listed_as_current: bool
    former_codes: frozenset[str] = frozenset()
    short_code: str = ""
    replaced_by: frozenset[str] = frozenset()

    def is_to_come(self, today: date) -> bool:
        return self.starts is not None and self.starts > today

    def is_abolished(self, today: date) -> bool:
        """A council that has yet to be established is not listed as current, nor abolished."""
        if self.is_to_come(today):
            return False
        return not self.listed_as_current or (self.ends is not None and self.ends <= today)


def read(path: Path | str) -> list[DirectoryEntry]:
    """Return the councils of England in the file at `path`. Raises DirectoryError."""
    header, rows = _table(_text(path), path)
    current_column = next((name for name in header if CURRENT_COLUMN.fullmatch(name)), "")
    missing = [name for name in COLUMNS if name not in header]
    if not current_column:
        # The year in the name changes with each edition.
        missing.append("current_2025")
    if missing:
        raise DirectoryError([f"{path} has no column named {', '.join(missing)}."])

    entries, problems = [], []
    for number, cells in rows:
        if not any(cells):
            continue
        # Excel omits empty columns at the end of a row.
        value = dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
        is_elsewhere = value.get("nation", "England").lower() not in {"england", ""}
        if is_elsewhere or value["type"].lower() in OTHER_TYPES:
            continue
        entry, faults = _entry(number, value, current_column)
        if any(cells[len(header) :]):
            faults.insert(0, "more columns than the first row has")
        entries.append(entry)
        problems += [f"row {number}: {fault}" for fault in faults]
    if not entries:
        raise DirectoryError([f"{path} has column names but no councils."])
    problems += _repeated_codes(entries)
    if problems:
        raise DirectoryError(problems)
    return entries


def _text(path: Path | str) -> str:
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DirectoryError([f"Cannot read {path}: {error.strerror}."]) from error
    except ValueError as error:
        raise DirectoryError(
            [f"{path} is not UTF-8 text. If it came from Excel, save it as 'CSV UTF-8'."]
        ) from error
    if "\0" in text:
        raise DirectoryError([f"{path} is not a text file."])
    if not text.strip():
        raise DirectoryError([f"{path} is empty."])
    return text


def _table(text: str, path: Path | str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the column names in the shorter layout, and each row's number with its cells."""
    first_line = text.lstrip().splitlines()[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [
            [" ".join(cell.split()) for cell in cells] for cells in islice(reader, MOST_ROWS + 1)
        ]
    except csv.Error as error:
        raise DirectoryError(
            [f"{path} cannot be read as CSV near line {reader.line_num}: {error}."]
        ) from error
    if len(rows) > MOST_ROWS:
        raise DirectoryError([f"{path} has more than {MOST_ROWS:,} rows."])
    numbered: Iterator[tuple[int, list[str]]] = enumerate(rows, start=1)
    header = next((cells for _number, cells in numbered if any(cells)), [])
    names = [name.lower().replace("-", "_") for name in header]
    return [PUBLISHED_NAMES.get(name, name) for name in names], list(numbered)


def _entry(
    number: int, value: dict[str, str], current_column: str
) -> tuple[DirectoryEntry, list[str]]:
    """Return the row as an entry, with a list of its faults; faulty fields are left empty."""
    faults = []
    name, gss_code, type_name = value["official_name"], value["gss"].upper(), value["type"]
    if not name:
        faults.append("official_name is empty")
    elif len(name) > NAME_LENGTH:
        faults.append(f"official_name is longer than {NAME_LENGTH} characters")
    if gss_code and not GSS_CODE.fullmatch(gss_code):
        faults.append(f"gss '{gss_code}' is not a letter and 8 digits")
    if type_name.lower() not in TYPES:
        faults.append(f"type '{type_name}' is not a known type of council")
    current = value[current_column].lower()
    if current not in {"true", "false"}:
        faults.append(f"{current_column} '{value[current_column]}' is neither True nor False")

    dates: dict[str, date | None] = {}
    for column in ("start_date", "end_date"):
        try:
            dates[column] = _date(value[column])
        except ValueError:
            dates[column] = None
            faults.append(f"{column} '{value[column]}' is not a date like 2023-04-01")

    entry = DirectoryEntry(
        row=number,
        gss_code=gss_code,
        name=name,
        type=TYPES.get(type_name.lower(), ""),
        starts=dates["start_date"],
        ends=dates["end_date"],
        listed_as_current=current == "true",
        former_codes=frozenset(GSS_CODE.findall(value.get("former_codes", "").upper())),
        short_code=value.get("short_code", "").upper(),
        replaced_by=frozenset(SHORT_CODE.findall(value.get("replaced_by", "").upper())),
    )
    return entry, faults


def _date(text: str) -> date | None:
    """Return the date, or None for an empty cell. Raises ValueError."""
    if not text:
        return None
    for date_format in DATE_FORMATS:
        try:
            # A calendar day has no time zone.
            return datetime.strptime(text, date_format).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError(text)


def _repeated_codes(entries: Iterable[DirectoryEntry]) -> list[str]:
    problems = []
    first_row: dict[str, int] = {}
    for entry in entries:
        earlier = first_row.setdefault(entry.gss_code, entry.row) if entry.gss_code else entry.row
        if earlier != entry.row:
            problems.append(f"row {entry.row}: gss {entry.gss_code} is also on row {earlier}")
    return problems
