"""Political balance to go to annual council: a tagged PDF and an Excel workbook."""

import io

from django.template.loader import render_to_string
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from assessments.printing.pdf import print_pdf
from assessments.printing.text import printable
from assessments.printing.workbook import (
    BOLD,
    LINE_HEIGHT,
    PLAIN,
    RIGHT,
    lines_in_cell,
    mark_headers,
    safe_cell,
    set_properties,
)
from assessments.words import counted, day_in_words


def balance_html(report):
    html = render_to_string("assessments/seats/balances/print.html", {"report": report})
    return printable(html)


def balance_pdf(report):
    """The document as PDF/UA, in bytes. Raises PdfNotMade."""
    return print_pdf(balance_html(report))


def vacant_in_words(report):
    """Return the seats that have become vacant since the composition, in words.

    Empty once the council has voted or the composition has changed: the report then says that.
    """
    if report.vote or report.has_changed_since:
        return ""
    return render_to_string(
        "assessments/seats/balances/vacant_since.txt", {"report": report}
    ).strip()


def changed_since(report):
    """Say what has changed since the composition of the seats, if anything."""
    if report.has_changed_since:
        return (
            "The composition has changed since the seats were worked out. Check whether a review "
            "is required."
        )
    if vacant := vacant_in_words(report):
        return (
            f"Seats that have become vacant since {day_in_words(report.as_at)} are still counted: "
            f"{vacant}."
        )
    return ""


def balance_workbook(report):
    """Return the workbook: seats as worked out and as proposed or adopted, working and ties."""
    book = Workbook()
    set_properties(book, title=f"{report.council}: political balance", council=report.council)
    seats = book.active
    seats.title = "Seats"
    append(seats, [f"{report.council}: political balance"], bold=True)
    append(seats, [f"{report.standing}. Composition from {_day(report.as_at)}.{_since(report)}"])
    for title, which in (("Seats worked out", "strict"), (f"{report.status} seats", "adopted")):
        if which == "adopted" and not report.differences:
            continue
        append(seats, [])
        append(seats, [title, *report.parties, "Seats"], bold=True)
        heads = seats.max_row
        for row in report.pooled:
            _append_body(seats, row, which)
        if report.pooled:
            totals = [
                row.share.seats if which == "strict" else row.adopted for row in report.totals
            ]
            append(seats, [report.together, *totals, report.pooled_seats], bold=True)
        if report.separate:
            append(seats, ["Each balanced separately"], bold=True)
        for row in report.separate:
            _append_body(seats, row, which)
        mark_headers(seats, first=heads, last=seats.max_row, columns=len(report.parties) + 2)
    append(seats, [])
    append(
        seats,
        [
            "Exact share",
            *(
                round(float(row.share.exact), 4) if row.share.party.is_group else row.exact
                for row in report.totals
            ),
        ],
    )
    for body in report.left_out:
        size = counted(body.size, "seat")
        append(seats, [f"{body.name}, {size}: political balance does not apply. {body.reason}."])
    for line in filter(
        None,
        (
            *report.joint_groups,
            *report.differences,
            report.principles,
            report.accepted,
            report.vote,
            report.vote_warning,
        ),
    ):
        append(seats, [line])
    # The title, the composition, an empty row and the names of the groups.
    seats.freeze_panes = "B5"
    lay_out(seats, [34, *[14] * (len(report.parties) + 1)], titles="4:4")

    working = book.create_sheet("Working")
    append(working, ["Principle", "Working"], bold=True)
    for heading, lines in report.working:
        for line in lines:
            append(working, [heading, line])
    for warning in report.warnings:
        append(working, ["Point to note", warning])
    for tie in report.open_ties:
        append(working, ["Tie to settle", tie.words])
    for each in report.decisions:
        append(working, ["Tie settled", f"{each.where}: {each.party}. {each.reason} ({each.by})"])
    mark_headers(working, first=1, last=working.max_row, columns=2)
    lay_out(working, [44, 100], titles="1:1")
    working.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _since(report):
    """Say what has changed since the composition, as the PDF does."""
    if report.has_changed_since:
        return " The composition has changed since. Check whether a review is required."
    if vacant := vacant_in_words(report):
        return f" Seats that have become vacant since then are still counted: {vacant}."
    return ""


def _append_body(sheet, row, which):
    numbers = [getattr(cell, which) for cell in row.cells]
    name = f"{row.name} ({row.about})" if row.about else row.name
    append(sheet, [name, *numbers, row.size])


def append(sheet, values, *, bold=False):
    """Append a row of safe cells. In a row of several cells, text wraps."""
    cells = [safe_cell(sheet, value, font=BOLD if bold else PLAIN) for value in values]
    for cell in cells:
        if isinstance(cell.value, str):
            cell.alignment = Alignment(wrap_text=len(cells) > 1, vertical="top")
    sheet.append(cells or [""])


def lay_out(sheet, widths, *, titles=""):
    """Set widths and heights, align headings with the numbers below, and print on A4 landscape.

    `titles` are the rows that repeat on every printed page, such as "1:3".
    """
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.right.text = "&P of &N"
    if titles:
        sheet.print_title_rows = titles
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row in sheet.iter_rows():
        if len([cell for cell in row if cell.value is not None]) > 1:
            lines = max(
                lines_in_cell(cell.value, width) for cell, width in zip(row, widths, strict=False)
            )
            sheet.row_dimensions[row[0].row].height = lines * LINE_HEIGHT
        for cell in row[1:]:
            below = sheet.cell(cell.row + 1, cell.column).value if cell.row < sheet.max_row else ""
            if isinstance(cell.value, str) and isinstance(below, int | float):
                cell.alignment = RIGHT


def _day(day):
    return f"{day.day} {day:%B %Y}"
