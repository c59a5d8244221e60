"""The parity log in Word and Excel: one row for each entry, one column for each group."""

import io
from typing import Any

from django.utils import timezone
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from assessments.printing.text import printable
from assessments.printing.word import (
    add_heading,
    add_page_number,
    add_paragraph,
    add_run,
    align_numbers,
    document_bytes,
)
from assessments.printing.word import set_properties as set_word_properties
from assessments.printing.workbook import (
    BOLD,
    HEADING,
    HEADING_FILL,
    LINE_HEIGHT,
    TITLE,
    WRAPPED,
    lines_in_cell,
    mark_headers,
    safe_cell,
    set_properties,
)
from assessments.words import day_in_words, within_sentence

from .log import ParityLog

TITLE_WORDS = "Support offered and given to political groups"
COUNTS = ("Given", "Offered, not yet given", "Declined", "Not offered")
NOT_RECORDED = "Not recorded"
CONTENTS = (
    "Groups are in alphabetical order. Requests that a group made in confidence are not included."
)

REASON = "Why it was not offered to every group"
LINES = 4  # rows of a sheet above its table


def parity_word(log: ParityLog) -> bytes:
    """Return the log as a Word document on landscape pages."""
    document = Document()
    set_word_properties(
        document,
        title=f"{log.council}: {TITLE_WORDS}",
        council=log.council,
        subject=f"Election of {log.election}",
        made_on=timezone.localdate(),
    )
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(9)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    (section,) = document.sections
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(1.8)
    top, bottom = section.header.paragraphs[0], section.footer.paragraphs[0]
    top.text = printable(log.marking)
    add_run(bottom, f"{log.marking} · {_produced()} · page ")
    add_page_number(bottom)
    top.alignment = bottom.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_heading(document, TITLE_WORDS, level=1)
    add_paragraph(document, f"{log.council}, election of {log.election}. {CONTENTS}")
    if not log.lines:
        add_paragraph(document, "Nothing has been recorded yet.")
        return document_bytes(document)
    add_heading(document, "Each group", level=2)
    _table(
        document,
        ["Group", *COUNTS],
        [[c.group, c.given, c.offered, c.declined, c.not_offered] for c in log.counts],
        widths=[8, *[4] * len(COUNTS)],
        description="Of what was offered, how much each group was given, not yet given or declined",
    )
    add_heading(document, "Each offer", level=2)
    fixed = [2.4, 4.6, 2.8]
    each = (26 - sum(fixed) - 3.4) / max(len(log.groups), 1)
    _table(
        document,
        ["Offered on", "What was offered", "Offered by", *log.groups, REASON],
        [(day_in_words(day), *values) for day, *values in _rows(log)],
        widths=[*fixed, *[each] * len(log.groups), 3.4],
        description="What was offered or given to each group, one offer in each row",
    )
    return document_bytes(document)


def parity_workbook(log: ParityLog) -> bytes:
    """Return the log as a workbook with two sheets: the offers, and counts for each group."""
    book = Workbook(write_only=True)
    set_properties(book, title=f"{log.council}: {TITLE_WORDS}", council=log.council)
    widths = [20, 44, 24, *[20] * len(log.groups), 44]
    offers = _sheet(book, log, "Offers", widths)
    _lines(offers, log)
    headings = ["Offered on", "What was offered", "Offered by", *log.groups, REASON]
    _add_rows(offers, headings, _rows(log), widths=widths)
    widths = [30, *[14] * len(COUNTS)]
    counts = _sheet(book, log, "Groups", widths)
    _lines(counts, log)
    rows = [[c.group, c.given, c.offered, c.declined, c.not_offered] for c in log.counts]
    _add_rows(counts, ["Group", *COUNTS], rows, widths=widths)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _produced() -> str:
    return f"produced on {day_in_words(timezone.localdate())}"


def _rows(log: ParityLog) -> list[list[Any]]:
    return [
        [
            line.day,
            line.title,
            line.offered_by,
            *(words or NOT_RECORDED for _, words in line.shares),
            "" if line.is_alike else line.reason,
        ]
        for line in log.lines
    ]


def _table(document, headings, rows, *, widths, description):
    """Add a table whose first row repeats on every page. Rows do not break across pages."""
    table = document.add_table(rows=1, cols=len(headings), style="Table Grid")
    table.autofit = False
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        add_run(cell.paragraphs[0], heading).bold = True
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = printable(str(value))
    caption = OxmlElement("w:tblDescription")
    caption.set(qn("w:val"), printable(description))
    table._tbl.tblPr.append(caption)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    align_numbers(table)
    for row in table.rows:
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)


def _sheet(book, log, title, widths):
    sheet = book.create_sheet(title)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddHeader.center.text = sheet.oddFooter.center.text = printable(log.marking)
    return sheet


def _lines(sheet, log):
    title = f"{log.council}: {within_sentence(TITLE_WORDS)}"
    sheet.append([safe_cell(sheet, title, font=TITLE)])
    sheet.append([safe_cell(sheet, log.marking, font=BOLD)])
    made = f"Election of {log.election}, {_produced()}. {CONTENTS}"
    sheet.append([safe_cell(sheet, made)])
    sheet.append([])


def _add_rows(sheet, headings, rows, *, widths):
    """Add a table below the lines about the log, with rows as high as their text."""
    first = LINES + 1
    for number, values in enumerate([headings, *rows], start=first):
        cells = [safe_cell(sheet, value) for value in values]
        for cell in cells:
            cell.alignment = WRAPPED
            if number == first:
                cell.font, cell.fill = HEADING, HEADING_FILL
        lines = max(map(lines_in_cell, values, widths))
        sheet.row_dimensions[number].height = lines * LINE_HEIGHT
        sheet.append(cells)
    mark_headers(sheet, first=first, last=first + len(rows), columns=len(headings))
