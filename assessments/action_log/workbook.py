"""Read the cells of an uploaded Excel action log, without running anything that is in the file."""

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from assessments.exports.excel import ACTIONS_SHEET, OWNER_EMAIL, REFERENCE
from assessments.plans.item_fields import LABELS
from assessments.printing.text import printable

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 25 * 1024 * 1024
MAX_PARTS = 500
# Elements and attributes of one part, which the library keeps in memory.
MAX_MARKUP = 1_000_000
# Characters of all cells: many cells of a workbook can refer to one long text.
MAX_TEXT = 10_000_000
MAX_ROWS = 2_000
MAX_COLUMNS = 60

# The columns whose changes are read, by the name of their field.
COLUMNS = {
    "title": LABELS["title"],
    "status": LABELS["status"],
    "owner": LABELS["owner"],
    "owner_email": OWNER_EMAIL,
    "due": LABELS["due"],
    "reason": LABELS["reason"],
    "note": LABELS["note"],
}
# A file without notes has no column for them.
MAY_BE_MISSING = frozenset({"note"})

FORMULA = "It is a formula. Enter the value instead"
FAULT = "It has an error from Excel. Enter a value"

_DECLARATIONS = tuple(
    words.encode(code)
    for words in ("<!DOCTYPE", "<!ENTITY")
    for code in ("utf-8", "utf-16-le", "utf-16-be")
)

# Excel writes some characters of a text as _x000D_, and the underscore of such a text as _x005F_.
_RETURN = re.compile("_x000D_", re.IGNORECASE)
_ESCAPE = re.compile(r"_x005F_", re.IGNORECASE)


class LogNotRead(Exception):
    """The file is not an action log that can be read. The message is for the person."""


@dataclass(frozen=True)
class LogRow:
    """A row of the file: its number, its reference, and the text of each cell by field name.

    A date is in ISO format. `problems` are the cells that have no text: (field, what is wrong).
    `letters` are the letters of the columns.
    """

    number: int
    reference: str
    cells: dict[str, str]
    letters: dict[str, str] = field(default_factory=dict)
    problems: tuple[tuple[str, str], ...] = ()


def read_log(file: BinaryIO) -> list[LogRow]:
    """Return the rows of the sheet of actions that are not empty. Raises LogNotRead."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise LogNotRead("The file must be 5MB or smaller")
    _check_parts(content)
    try:
        workbook = load_workbook(
            io.BytesIO(content), read_only=True, keep_vba=False, keep_links=False
        )
        names = workbook.sheetnames
        if ACTIONS_SHEET not in names:
            raise LogNotRead(
                f"The file must have the sheet “{ACTIONS_SHEET}” of the action log. Download the "
                "Excel action log of the plan and change that"
            )
        return list(_rows(workbook[ACTIONS_SHEET]))
    except LogNotRead:
        raise
    except Exception as error:  # a damaged file fails in many ways inside the library
        raise LogNotRead("The file cannot be read. Save it again in Excel as .xlsx") from error


def _check_parts(content: bytes) -> None:
    """Refuse what is not a workbook, has macros, is too big unpacked or declares XML entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            infos = parts.infolist()
            if len(infos) > MAX_PARTS or sum(each.file_size for each in infos) > MAX_UNPACKED:
                raise LogNotRead("The file is too big to read. Remove sheets and pictures from it")
            for each in infos:
                if "vbaproject" in each.filename.lower():
                    raise LogNotRead("The file has macros. Save it as .xlsx, without macros")
                text = parts.read(each)  # of any name: the file says itself which parts are XML
                if any(words in text for words in _DECLARATIONS):
                    raise LogNotRead(
                        "The file has parts that we cannot read. Save it again in Excel as .xlsx"
                    )
                if text.count(b"<") + text.count(b'="') + text.count(b"='") > MAX_MARKUP:
                    raise LogNotRead("The file is too big to read. Remove other sheets from it")
                if each.filename.lower().endswith((".xml", ".rels")) and b"\0" in text:
                    raise LogNotRead(
                        "The file has parts that we cannot read. Save it again in Excel as .xlsx"
                    )
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, zlib.error) as error:
        raise LogNotRead("The file must be an Excel workbook (.xlsx)") from error


def _rows(sheet: Any) -> Iterator[LogRow]:
    sheet.reset_dimensions()  # what a file says about its size is not relied on
    lines = _counted(sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS))
    places = _places(next(lines, ()))
    for number, line in enumerate(lines, start=2):
        row = _row(number, line, places)
        if row.reference or row.problems or any(row.cells.values()):
            if number > MAX_ROWS + 1:
                raise LogNotRead(f"The sheet must have {MAX_ROWS:,} rows or fewer")
            yield row


def _counted(lines: Iterable[Any]) -> Iterator[Any]:
    """Yield the lines. Raises LogNotRead once their cells have more than MAX_TEXT characters."""
    length = 0
    for line in lines:
        length += sum(len(cell.value) for cell in line if isinstance(cell.value, str))
        if length > MAX_TEXT:
            raise LogNotRead("The file is too big to read. Shorten the text in its cells")
        yield line


def _places(headings: Any) -> dict[str, int]:
    """Return the place of each column. Raises LogNotRead if one is missing or there twice."""
    found: dict[str, int] = {}
    wanted = {name.casefold(): key for key, name in COLUMNS.items()} | {
        REFERENCE.casefold(): "reference"
    }
    for place, cell in enumerate(headings):
        key = wanted.get(" ".join(str(cell.value or "").replace("'", "’").split()).casefold())
        if key in found:
            raise LogNotRead(f"The sheet has the column “{cell.value}” more than once")
        if key:
            found[key] = place
    missing = [
        name
        for key, name in {**COLUMNS, "reference": REFERENCE}.items()
        if key not in found and key not in MAY_BE_MISSING
    ]
    if missing:
        names = ", ".join(f"“{name}”" for name in missing)
        raise LogNotRead(
            f"The first row must have the headings of the action log. Missing: {names}"
        )
    return found


def _row(number: int, line: Any, places: dict[str, int]) -> LogRow:
    cells: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    for key, place in places.items():
        cell = line[place] if place < len(line) else None
        kind = getattr(cell, "data_type", "")
        if kind in ("f", "e"):
            problems.append((key, FORMULA if kind == "f" else FAULT))
            cells[key] = ""
        else:
            cells[key] = text_of_cell(getattr(cell, "value", None))
    return LogRow(
        number=number,
        reference=cells.pop("reference"),
        cells=cells,
        letters={key: get_column_letter(place + 1) for key, place in places.items()},
        problems=tuple(problems),
    )


def text_of_cell(value: Any) -> str:
    """Return the value of a cell as text; a date in ISO format."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return plain(str(value))


def plain(text: str) -> str:
    """Return a text as it is compared: what the export and Excel change of it is undone."""
    text = _ESCAPE.sub("_", _RETURN.sub("", text))
    return printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
