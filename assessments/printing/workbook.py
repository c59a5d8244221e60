"""Cells and sheets of Excel workbooks: text that cannot run as a formula, in one typeface."""

import re
from math import ceil
from typing import Any

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from .text import printable

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

PLAIN = Font(name="Calibri", size=11)
BOLD = Font(name="Calibri", size=11, bold=True)
TITLE = Font(name="Calibri", size=14, bold=True)
HEADING = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
HEADING_FILL = PatternFill("solid", fgColor="2F4A5F")
LEFT = Alignment(horizontal="left", vertical="top")
WRAPPED = Alignment(vertical="top", wrap_text=True)

RIGHT = Alignment(horizontal="right", vertical="top", wrap_text=True)

LINE_HEIGHT = 15  # points
MOST_LINES = 27  # Excel's highest row is 409 points

DATE = "d mmm yyyy"
DATE_AND_TIME = "d mmm yyyy h:mm"

# What a spreadsheet program takes for a formula when the text is edited or saved as CSV.
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")

# Excel reads _x0041_ as the letter A; an escaped underscore keeps the text as it was typed.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def safe_cell(sheet: Worksheet, value: Any, *, font: Font = PLAIN) -> Cell:
    """Return a cell for `sheet.append` whose text stays text, whatever character it begins with.

    Text loses control characters. Dates and times get a British format.
    """
    if not isinstance(value, str):
        cell = WriteOnlyCell(sheet, value)
        if cell.is_date:
            cell.number_format = DATE_AND_TIME if hasattr(value, "hour") else DATE
            cell.alignment = LEFT
    else:
        cell = WriteOnlyCell(sheet)
        put_text(cell, value)
    cell.font = font
    return cell


def put_text(cell: Cell, text: str) -> None:
    """Give a cell a text that stays text, also once a person edits it, whatever it begins with."""
    shown = printable(text)
    cell.value = _ESCAPE.sub("_x005F_", shown)
    cell.data_type = "s"
    cell.quotePrefix = shown.startswith(STARTS_A_FORMULA)


def lines_in_cell(value: Any, width: int) -> int:
    """Return how many lines a value takes in a column: some programs do not measure text."""
    if not isinstance(value, str):
        return 1
    return min(sum(max(1, ceil(len(line) / width)) for line in value.split("\n")), MOST_LINES)


def mark_headers(sheet: Worksheet, *, first: int, last: int, columns: int) -> None:
    """Tell screen readers that row `first` and column A head the table down to row `last`.

    JAWS and NVDA follow names of this form, several to a sheet; `first` counts from 1.
    """
    book = sheet.parent
    number = book.worksheets.index(sheet) + 1
    region = sum(each.startswith("TitleRegion") for each in book.defined_names) + 1
    corner = f"{get_column_letter(columns)}{max(first, last)}"
    name = f"TitleRegion{region}.A{first}.{corner}.{number}"
    place = f"{quote_sheetname(sheet.title)}!$A${first}"
    book.defined_names[name] = DefinedName(name, attr_text=place)


def set_properties(workbook: Workbook, *, title: str, council: str, description: str = "") -> None:
    """Set the title, author and language that programs and screen readers announce."""
    properties = workbook.properties
    properties.title = printable(title)
    properties.creator = printable(council)
    properties.description = printable(description)
    properties.language = "en-GB"
