"""The public register of councils, a CSV file: reads it and says, row by row, what is wrong.

Copies of it pass through Excel, so a byte order mark, semicolons, British dates and lost trailing
columns are all taken in good part. Anything else is refused with the row that a person sees in
their spreadsheet, and every row is looked at before any is refused.
"""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from .models import Council, CouncilType

COLUMNS = ("gss", "official_name", "type", "start_date", "end_date")
TYPES = {
    "county": CouncilType.COUNTY,
    "non-metropolitan district": CouncilType.DISTRICT,
    "london borough": CouncilType.LONDON_BOROUGH,
    "metropolitan district": CouncilType.METROPOLITAN,
    "unitary authority": CouncilType.UNITARY,
    "city corporation": CouncilType.CITY_CORPORATION,
}
GSS_CODE = re.compile(r"[EKNSW][0-9]{8}")
DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")
NAME_LENGTH = Council._meta.get_field("name").max_length


class RegisterError(Exception):
    """The file cannot be imported. `problems` has a plain line for each fault."""

    def __init__(self, problems):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Entry:
    """One row of the register, `row` being its number in a spreadsheet."""

    row: int
    gss_code: str
    name: str
    type: str
    starts: date | None
    ends: date | None
    listed_as_current: bool

    def is_abolished(self, today):
        return not self.listed_as_current or (self.ends is not None and self.ends <= today)

    def is_to_come(self, today):
        return self.starts is not None and self.starts > today


def read(path):
    """Every row of the register at `path`, or RegisterError with everything that is wrong."""
    header, rows = _table(_text(path), path)
    current_column = next((name for name in header if re.fullmatch(r"current_\d{4}", name)), None)
    missing = [name for name in COLUMNS if name not in header]
    if current_column is None:
        # The year in its name moves on with each edition of the register.
        missing.append("current_2025")
    if missing:
        raise RegisterError([f"{path} has no column named {', '.join(missing)}."])

    entries, problems = [], []
    for number, cells in rows:
        if not any(cells):
            continue
        entry, faults = _entry(number, header, cells, current_column)
        entries.append(entry)
        problems += [f"row {number}: {fault}" for fault in faults]
    if not entries:
        raise RegisterError([f"{path} has column names but no councils."])
    problems += _repeated_codes(entries)
    if problems:
        raise RegisterError(problems)
    return entries


def _text(path):
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise RegisterError([f"Cannot read {path}: {error.strerror}."]) from error
    except ValueError as error:
        raise RegisterError(
            [f"{path} is not UTF-8 text. If it came from Excel, save it as 'CSV UTF-8'."]
        ) from error
    if "\0" in text:
        raise RegisterError([f"{path} is not a text file."])
    if not text.strip():
        raise RegisterError([f"{path} is empty."])
    return text


def _table(text, path):
    """The column names, and each row's number with its cells."""
    first_line = text.lstrip().splitlines()[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [[" ".join(cell.split()) for cell in cells] for cells in reader]
    except csv.Error as error:
        raise RegisterError(
            [f"{path} cannot be read as CSV near line {reader.line_num}: {error}."]
        ) from error
    numbered = enumerate(rows, start=1)
    header = next((cells for _number, cells in numbered if any(cells)), [])
    return [name.lower() for name in header], list(numbered)


def _entry(number, header, cells, current_column):
    """The row as an Entry, with a list of its faults; faulty fields are left empty."""
    # Excel leaves out empty columns at the end of a row; zip does not mind.
    value = dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
    faults = []
    if any(cells[len(header) :]):
        faults.append("more columns than the first row has")

    name, gss_code, type_name = value["official_name"], value["gss"].upper(), value["type"]
    if not name:
        faults.append("official_name is empty")
    elif len(name) > NAME_LENGTH:
        faults.append(f"official_name is longer than {NAME_LENGTH} characters")
    if gss_code and not GSS_CODE.fullmatch(gss_code):
        faults.append(f"gss '{gss_code}' is not a letter and eight digits")
    if type_name.lower() not in TYPES:
        faults.append(f"type '{type_name}' is not one we know")
    current = value[current_column].lower()
    if current not in {"true", "false"}:
        faults.append(f"{current_column} '{value[current_column]}' is neither True nor False")

    dates = {}
    for column in ("start_date", "end_date"):
        try:
            dates[column] = _date(value[column])
        except ValueError:
            dates[column] = None
            faults.append(f"{column} '{value[column]}' is not a date like 2023-04-01")

    entry = Entry(
        row=number,
        gss_code=gss_code,
        name=name,
        type=TYPES.get(type_name.lower(), ""),
        starts=dates["start_date"],
        ends=dates["end_date"],
        listed_as_current=current == "true",
    )
    return entry, faults


def _date(text):
    """The date, None for an empty cell; ValueError if it is neither."""
    if not text:
        return None
    for date_format in DATE_FORMATS:
        try:
            # A day of the calendar, the same everywhere: there is no time zone to give it.
            return datetime.strptime(text, date_format).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError(text)


def _repeated_codes(entries):
    problems, first_row = [], {}
    for entry in entries:
        earlier = first_row.setdefault(entry.gss_code, entry.row) if entry.gss_code else entry.row
        if earlier != entry.row:
            problems.append(f"row {entry.row}: gss {entry.gss_code} is also on row {earlier}")
    return problems
