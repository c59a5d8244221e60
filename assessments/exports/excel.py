"""Draws a Report as an Excel workbook: a summary, and the actions as a log to sort and filter."""

import io
from math import ceil

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from assessments.printing.text import printable
from assessments.printing.workbook import STARTS_A_FORMULA
from assessments.words import day_in_words, moment_in_words

from .formats import Format

PLAIN = Font(name="Calibri", size=11)
HEADING = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
HEADING_FILL = PatternFill("solid", fgColor="2F4A5F")
TITLE = Font(name="Calibri", size=14, bold=True)
BOLD = Font(name="Calibri", size=11, bold=True)
WRAPPED = Alignment(vertical="top", wrap_text=True)
LEFT = Alignment(horizontal="left")
LINE_HEIGHT = 15  # points
DATE = "d mmm yyyy"


# Columns of the log: heading, width in characters, value of (stage, step, item).
ACTIONS = (
    ("Stage", 20, lambda stage, step, item: f"{stage.number} {stage.title}"),
    ("Step", 6, lambda stage, step, item: step.number),
    ("Role area", 22, lambda stage, step, item: step.area),
    ("Action", 46, lambda stage, step, item: item.words),
    ("Status", 14, lambda stage, step, item: item.status_label),
    ("Owner", 24, lambda stage, step, item: item.owner),
    ("Lead officer role", 20, lambda stage, step, item: item.lead),
    ("Due", 13, lambda stage, step, item: item.due),
    ("Overdue", 10, lambda stage, step, item: "Overdue" if item.is_overdue else ""),
    ("Completed", 13, lambda stage, step, item: item.completed_on),
    ("Why it is not needed", 24, lambda stage, step, item: item.reason),
    ("Note", 46, lambda stage, step, item: item.note),
    ("Source", 16, lambda stage, step, item: item.code or "Added by the council"),
)


def render_workbook(report):
    """The workbook as bytes. Notes have their column, and comments their sheet, only if the
    report has them."""
    workbook = Workbook(write_only=True)
    workbook.properties.title = f"{report.council} transition action log"
    workbook.properties.creator = report.council
    workbook.properties.description = f"{report.version_line}. Marked {report.marking}."
    _summary(workbook, report)
    if report.scope.lists_items:
        _actions(workbook, report)
    if report.options.comments:
        _comments(workbook, report)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _summary(workbook, report):
    sheet = _sheet(workbook, report, "Summary", [26, 16, 16, 16, 16, 16])

    def line(*values, font=None):
        sheet.append([_cell(sheet, value, font=font) for value in values])

    line(f"{report.council}: transition action log", font=TITLE)
    line(report.marking, font=BOLD)
    line()
    line("Election day", report.election_day)
    line("Where we are", report.heading)
    line("Who runs the council", report.control)
    line("What is here", report.contents_in_words)
    line("Version", report.version_line)
    line()
    _headings(sheet, ["Stage", "Needed", "Completed", "In progress", "Overdue", "Due in 14 days"])
    for stage in report.stages:
        tally = stage.tally
        line(
            f"{stage.number} {stage.title}",
            tally.needed,
            tally.completed,
            tally.in_progress,
            tally.overdue,
            tally.due_soon,
        )
    tally = report.tally
    line(
        "All that is covered",
        tally.needed,
        tally.completed,
        tally.in_progress,
        tally.overdue,
        tally.due_soon,
        font=BOLD,
    )
    line()
    line("Next dates", font=BOLD)
    for date in report.upcoming:
        words = f"{date.words} (to {day_in_words(date.until)})" if date.until else date.words
        line(date.day, " · ".join(filter(None, [words, date.who])))


def _actions(workbook, report):
    columns = [each for each in ACTIONS if each[0] != "Note" or report.options.notes]
    sheet = _sheet(workbook, report, "Actions", [width for _, width, _ in columns])
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A3
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    _headings(sheet, [heading for heading, _, _ in columns])
    rows = (
        [value(stage, step, item) for _, _, value in columns]
        for stage in report.stages
        for step in stage.steps
        for item in step.items
    )
    for number, row in enumerate(rows, start=2):
        lines = max(map(_lines, row, (width for _, width, _ in columns)))
        sheet.row_dimensions[number].height = lines * LINE_HEIGHT
        cells = [_cell(sheet, value) for value in row]
        for cell in cells:
            cell.alignment = WRAPPED
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{report.item_count + 1}"


def _comments(workbook, report):
    """A row for each comment, in the order of the plan and then of what was said."""
    widths = [6, 46, 24, 26, 60, 24, 12]
    sheet = _sheet(workbook, report, "Comments", widths)
    sheet.freeze_panes = "A2"
    _headings(sheet, ["Step", "About", "Who", "When", "Comment", "For", "Thread"])
    rows = [
        (
            step.number,
            about,
            said.who,
            moment_in_words(said.at),
            said.text,
            ", ".join(said.told),
            state,
        )
        for step in report.steps
        for about, discussions in _places(step)
        for discussion in discussions
        for state in ["Resolved" if discussion.is_resolved else "Open"]
        for said in discussion.comments
    ]
    for number, row in enumerate(rows, start=2):
        sheet.row_dimensions[number].height = max(map(_lines, row, widths)) * LINE_HEIGHT
        cells = [_cell(sheet, value) for value in row]
        for cell in cells:
            cell.alignment = WRAPPED
        sheet.append(cells)


def _places(step):
    """What can be talked about in a step, with the threads about it: itself, then its items."""
    return [
        ("The step as a whole", step.discussions),
        *((item.words, item.discussions) for item in step.items),
    ]


def _lines(value, width):
    """How many lines a value takes in a column, as programs that do not measure text need to know;
    no more than one can read in a row (a row of 409 points is the highest there is)."""
    if not isinstance(value, str):
        return 1
    return min(sum(max(1, ceil(len(line) / width)) for line in value.split("\n")), 27)


def _sheet(workbook, report, title, widths):
    """A sheet that prints across A4, with the marking at head and foot of every page."""
    sheet = workbook.create_sheet(title)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddHeader.center.text = report.marking
    sheet.oddFooter.left.text = report.version_line
    sheet.oddFooter.center.text = report.marking
    sheet.oddFooter.right.text = "&P of &N"
    return sheet


def _headings(sheet, names):
    cells = [_cell(sheet, name, font=HEADING) for name in names]
    for cell in cells:
        cell.fill = HEADING_FILL
    sheet.append(cells)


def _cell(sheet, value, *, font=None):
    """A cell that holds `value` and nothing that runs: text stays text whatever it begins with."""
    text = isinstance(value, str)
    cell = WriteOnlyCell(sheet, printable(value) if text else value)
    if text:
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(STARTS_A_FORMULA)
    if cell.is_date:
        cell.number_format = DATE
        cell.alignment = LEFT
    cell.font = font or PLAIN
    return cell


FORMAT = Format(
    name="Excel action log",
    ending="xlsx",
    content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    draw=render_workbook,
)
