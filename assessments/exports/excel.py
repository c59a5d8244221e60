"""Draw a Report as an Excel workbook: a summary, and the actions as a log to sort and filter."""

import datetime as dt
import io
from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from assessments.links.places import ShownLink
from assessments.plans.item_fields import LABELS
from assessments.printing.text import printable
from assessments.printing.workbook import (
    BOLD,
    HEADING,
    HEADING_FILL,
    LINE_HEIGHT,
    PLAIN,
    TITLE,
    WRAPPED,
    lines_in_cell,
    mark_headers,
    safe_cell,
    set_properties,
)
from assessments.words import day_in_words

from .report import Report, ReportItem, ReportStage, ReportStep, ReportThread

# What an edited log is read by: the sheet, and two columns that only the log has.
ACTIONS_SHEET = "Actions"
OWNER_EMAIL = "Owner’s email"
REFERENCE = "Reference"


def in_lines(links: Sequence[ShownLink]) -> str:
    """Return the title and address of each link, one a line."""
    return "\n".join(f"{link.title}: {link.address}" for link in links)


def source_of(item: ReportItem) -> str:
    """Return the code of the action in the guidance, and what differs from the plan's edition."""
    return ". ".join(filter(None, [item.code or "Added by the council", item.edition_note]))


# Columns of the log: heading, width in characters, value of (stage, step, item).
LogColumn = tuple[str, int, Callable[[ReportStage, ReportStep, ReportItem], Any]]
ACTIONS: tuple[LogColumn, ...] = (
    ("Stage", 20, lambda stage, step, item: f"{stage.number} {stage.title}"),
    ("Step", 6, lambda stage, step, item: step.number),
    ("Role area", 22, lambda stage, step, item: step.area),
    (LABELS["title"], 46, lambda stage, step, item: item.words),
    (LABELS["status"], 14, lambda stage, step, item: item.status_label),
    (LABELS["owner"], 24, lambda stage, step, item: item.owner),
    (OWNER_EMAIL, 30, lambda stage, step, item: item.owner_email),
    ("Suggested lead role", 20, lambda stage, step, item: item.lead),
    (LABELS["due"], 13, lambda stage, step, item: item.due),
    ("Overdue", 10, lambda stage, step, item: "Overdue" if item.is_overdue else ""),
    (LABELS["completed_on"], 13, lambda stage, step, item: item.completed_on),
    (LABELS["reason"], 24, lambda stage, step, item: item.reason),
    (LABELS["note"], 46, lambda stage, step, item: item.note),
    ("Documents", 46, lambda stage, step, item: in_lines(item.links)),
    ("Source", 16, lambda stage, step, item: source_of(item)),
    (REFERENCE, 12, lambda stage, step, item: item.reference),
)
FACTS = 9  # rows of the summary above its table
FIGURES = ("Needed", "Completed", "In progress", "Not started", "Overdue", "Due in 14 days")


def render_workbook(report: Report) -> bytes:
    """Return the workbook. It has notes and a sheet of comments only if the report has them."""
    workbook = Workbook(write_only=True)
    set_properties(
        workbook,
        title=f"{report.council} transition action log",
        council=report.council,
        description=f"{report.version_line}. Marked {report.marking}.",
    )
    _add_summary(workbook, report)
    if report.scope.lists_items:
        _add_actions(workbook, report)
    if report.options.comments:
        _add_comments(workbook, report)
    if any(step.advice for step in report.steps):
        _add_advice(workbook, report)
    if report.documents:
        _add_documents(workbook, report)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _add_summary(workbook: Workbook, report: Report) -> None:
    sheet = _new_sheet(workbook, report, "Summary", [26, 16, 16, 16, 16, 16, 16])

    def line(*values: Any, font: Font = PLAIN) -> None:
        sheet.append([safe_cell(sheet, value, font=font) for value in values])

    line(f"{report.council}: transition action log", font=TITLE)
    line(report.marking, font=BOLD)
    line()
    line("Election day", report.election_day)
    line("Where we are", report.heading)
    line(report.control_label, report.control)
    lists_items = report.scope.lists_items
    only_figures = f"{report.covers}, figures and dates only"
    line("Covers", report.contents_in_words if lists_items else only_figures)
    line("Version", report.version_in_words)
    line()
    _add_headings(sheet, ["Stage", *FIGURES])
    stages = report.matrix.columns
    for stage, tally in zip(stages, report.matrix.stage_tallies, strict=True):
        line(f"{stage.number} {stage.title}", *_figures(tally))
    line("Total", *_figures(report.tally), font=BOLD)
    heads = FACTS + 1
    mark_headers(sheet, first=heads, last=heads + len(stages) + 1, columns=len(FIGURES) + 1)
    line("Overdue and due in 14 days: of the actions in progress or not started.")
    line()
    line("Next dates", font=BOLD)
    for date in report.upcoming:
        words = f"{date.words} (to {day_in_words(date.until)})" if date.until else date.words
        line(date.day, " · ".join(filter(None, [words, date.who])))
    if not report.upcoming:
        line("There are no more key dates or due dates.")


def _figures(tally) -> tuple[int, ...]:
    return (
        tally.needed,
        tally.completed,
        tally.in_progress,
        tally.not_started,
        tally.overdue,
        tally.due_soon,
    )


def action_columns(report: Report) -> list[LogColumn]:
    """Return the columns of the action log; the note only if the report has notes."""
    return [each for each in ACTIONS if each[0] != "Note" or report.options.notes]


def _add_actions(workbook: Workbook, report: Report) -> None:
    columns = action_columns(report)
    rows = (
        [value(stage, step, item) for _, _, value in columns]
        for stage in report.stages
        for step in stage.steps
        for item in step.items
    )
    _add_table(
        workbook,
        report,
        ACTIONS_SHEET,
        {heading: width for heading, width, _ in columns},
        rows,
        length=report.item_count,
        paper=Worksheet.PAPERSIZE_A3,
    )


def _add_comments(workbook: Workbook, report: Report) -> None:
    """Add a row for each comment, in the order of the plan and then of the thread."""
    widths = {
        "Step": 6,
        "About": 46,
        "Who": 24,
        "When": 20,
        "Comment": 60,
        "Addressed to": 24,
        "Thread": 12,
    }
    rows = [
        (
            step.number,
            about,
            comment.who,
            _local(comment.at),
            comment.text,
            ", ".join(comment.told),
            "Resolved" if thread.is_resolved else "Open",
        )
        for step in report.steps
        for about, threads in _places(step)
        for thread in threads
        for comment in thread.comments
    ]
    shown: list[tuple[Any, ...]] = rows or [("", "No comments.", *[""] * 5)]
    _add_table(workbook, report, "Comments", widths, shown, length=len(shown))


def _add_advice(workbook: Workbook, report: Report) -> None:
    """Add a row for each answer that an owner chose to show in downloads."""
    widths = {"Step": 6, "Question": 60, "Adviser": 24, "Answered on": 13, "Answer": 60}
    rows = [
        (step.number, each.question, each.adviser, each.answered_on, each.answer)
        for step in report.steps
        for each in step.advice
    ]
    _add_table(workbook, report, "Advice", widths, rows, length=len(rows))


def _add_documents(workbook: Workbook, report: Report) -> None:
    """Add a row for each link to a document on a key date. Those on actions are in their rows."""
    widths = {"Key date": 46, "Document": 46, "Web address": 70}
    rows = [
        (date.about, link.title, link.address) for date in report.documents for link in date.links
    ]
    _add_table(workbook, report, "Documents", widths, rows, length=len(rows))


def _places(step: ReportStep) -> list[tuple[str, tuple[ReportThread, ...]]]:
    """Return what comments of a step can be about, with its threads: the step, then each action."""
    return [
        ("The step as a whole", step.discussions),
        *((item.words, item.discussions) for item in step.items),
    ]


def _local(moment: dt.datetime) -> dt.datetime:
    """Return the council's local time without a zone: Excel has none."""
    return timezone.localtime(moment).replace(tzinfo=None, second=0, microsecond=0)


def _add_table(workbook, report, title, widths, rows, *, length, paper=Worksheet.PAPERSIZE_A4):
    """Add a sheet with one table: headings that stay in view and repeat in print, and a filter."""
    sheet = _new_sheet(workbook, report, title, widths.values())
    sheet.page_setup.paperSize = paper
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    _add_headings(sheet, widths)
    for number, row in enumerate(rows, start=2):
        lines = max(map(lines_in_cell, row, widths.values()))
        sheet.row_dimensions[number].height = lines * LINE_HEIGHT
        cells = [safe_cell(sheet, value) for value in row]
        for cell in cells:
            cell.alignment = WRAPPED
        sheet.append(cells)
    mark_headers(sheet, first=1, last=length + 1, columns=len(widths))
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(widths))}{length + 1}"


def _new_sheet(workbook, report, title, widths):
    """Add a sheet that fits the width of A4, with the marking at the top and foot of each page."""
    sheet = workbook.create_sheet(title)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddHeader.center.text = printable(report.marking)
    sheet.oddFooter.left.text = report.version_line
    sheet.oddFooter.center.text = printable(report.marking)
    sheet.oddFooter.right.text = "&P of &N"
    return sheet


def _add_headings(sheet, names):
    cells = [safe_cell(sheet, name, font=HEADING) for name in names]
    for cell in cells:
        cell.fill = HEADING_FILL
    sheet.append(cells)
