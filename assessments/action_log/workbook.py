"""Read the cells of an uploaded Excel action log, without running anything that is in the file."""

import io
import json
import logging
import lzma
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, BinaryIO

from django.conf import settings
from openpyxl.utils import get_column_letter

from assessments.exports.excel import ACTIONS_SHEET, OWNER_EMAIL, REFERENCE
from assessments.plans.item_fields import LABELS
from assessments.printing.pdf import ENVIRONMENT
from assessments.printing.places import NoPlace, PlacesUnavailable, hold_place

from . import cells

logger = logging.getLogger(__name__)

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 25 * 1024 * 1024
MAX_PARTS = 500
# Elements and attributes of one part, which the library keeps in memory.
MAX_MARKUP = 1_000_000
# Characters of all cells: many cells of a workbook can refer to one long text.
MAX_TEXT = 10_000_000
MAX_ROWS = 2_000
MAX_COLUMNS = 60
MAX_SECONDS = 2 * cells.SECONDS  # until a file is read, also on a busy server

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
TOO_LARGE = (
    "The file takes too long to read, or too much memory. Copy its rows into a new download of the "
    "action log"
)

# The cells of a row: (type, text), as `cells` writes them.
Line = list[tuple[str, str]]

# What reading a damaged zip can raise, one of each way to compress included.
NOT_A_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    RuntimeError,  # a password, or a way to compress that is not known
    ValueError,
    MemoryError,
)

_DECLARATIONS = tuple(
    words.encode(code)
    for words in ("<!DOCTYPE", "<!ENTITY")
    for code in ("utf-8", "utf-16-le", "utf-16-be")
)


class LogNotRead(Exception):
    """The file is not an action log that can be read. The message is for the person."""


class LogsBusy(LogNotRead):
    """Every place to read an action log on this server is taken. Try again shortly."""

    why = (
        "The planner is already reading as many action logs as it can at a time. Nothing is wrong "
        "with the file. Select it again in a minute"
    )

    def __init__(self):
        super().__init__(self.why)


class LogPlacesUnavailable(LogsBusy):
    """No place to read an action log can be taken: the disk is full or takes no writes."""

    why = (
        "The planner cannot write to its disk, which may be full. Nothing is wrong with the file. "
        "Tell your system administrator, or select it again later"
    )


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
    """Return the rows of the sheet of actions that are not empty.

    Raises LogNotRead, and LogsBusy if this server reads ACTION_LOGS_AT_ONCE already.
    """
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise LogNotRead("The file must be 5MB or smaller")
    try:
        with hold_place("log-places", settings.ACTION_LOGS_AT_ONCE) as lock:
            _check_parts(content)
            lines = _lines(content, lock)
    except NoPlace as error:
        raise LogsBusy from error
    except PlacesUnavailable as error:
        raise LogPlacesUnavailable from error
    return list(_rows(lines))


def _lines(content: bytes, lock: IO[str]) -> list[Line]:
    """Return the cells of the sheet of actions, read in a process that ends at its limits.

    That process holds the lock as well: the place stays taken until it ends, even if this process
    is killed.
    """
    limits = map(str, (MAX_ROWS + 2, MAX_COLUMNS, MAX_TEXT))
    try:
        done = subprocess.run(  # noqa: S603 - no part of the command comes from a person
            [sys.executable, "-m", cells.__name__, ACTIONS_SHEET, *limits],
            input=content,
            capture_output=True,
            cwd=settings.BASE_DIR,
            env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
            timeout=MAX_SECONDS,
            pass_fds=[lock.fileno()],
        )
    except subprocess.TimeoutExpired as error:
        raise LogNotRead(TOO_LARGE) from error
    if done.returncode == cells.NO_SHEET:
        raise LogNotRead(
            f"The file must have the sheet “{ACTIONS_SHEET}” of the action log. Download the "
            "Excel action log of the plan and change that"
        )
    if done.returncode == cells.TOO_MUCH_TEXT:
        raise LogNotRead("The file is too big to read. Shorten the text in its cells")
    if done.returncode == cells.NO_MEMORY or done.returncode < 0:
        raise LogNotRead(TOO_LARGE)
    if done.returncode == cells.UNREADABLE:
        raise LogNotRead("The file cannot be read. Save it again in Excel as .xlsx")
    if done.returncode:
        logger.error("The process that reads action logs failed: %s", done.stderr.decode())
        raise LogNotRead(
            "The planner cannot read action logs at present. Nothing is wrong with the file. Tell "
            "your system administrator"
        )
    found: list[Line] = json.loads(done.stdout)
    return found


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
    except NOT_A_ZIP as error:
        raise LogNotRead("The file must be an Excel workbook (.xlsx)") from error


def _rows(sheet: Iterable[Line]) -> Iterator[LogRow]:
    lines = iter(sheet)
    places = _places(next(lines, []))
    for number, line in enumerate(lines, start=2):
        row = _row(number, line, places)
        if row.reference or row.problems or any(row.cells.values()):
            if number > MAX_ROWS + 1:
                raise LogNotRead(f"The sheet must have {MAX_ROWS:,} rows or fewer")
            yield row


def _places(headings: Line) -> dict[str, int]:
    """Return the place of each column. Raises LogNotRead if one is missing or there twice."""
    found: dict[str, int] = {}
    wanted = {name.casefold(): key for key, name in COLUMNS.items()} | {
        REFERENCE.casefold(): "reference"
    }
    for place, (_, heading) in enumerate(headings):
        key = wanted.get(" ".join(heading.replace("'", "’").split()).casefold())
        if key in found:
            raise LogNotRead(f"The sheet has the column “{heading}” more than once")
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


def _row(number: int, line: Line, places: dict[str, int]) -> LogRow:
    texts: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    for key, place in places.items():
        kind, text = line[place] if place < len(line) else ("", "")
        if kind in ("f", "e"):
            problems.append((key, FORMULA if kind == "f" else FAULT))
            text = ""
        texts[key] = text
    return LogRow(
        number=number,
        reference=texts.pop("reference"),
        cells=texts,
        letters={key: get_column_letter(place + 1) for key, place in places.items()},
        problems=tuple(problems),
    )
