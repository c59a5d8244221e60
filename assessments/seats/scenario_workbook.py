"""Scenarios side by side as an Excel workbook."""

import io

from openpyxl import Workbook

from assessments.printing.workbook import mark_headers, set_properties

from .balance_documents import append, lay_out


def comparison_workbook(comparison, *, title, council, marking):
    """Return the workbook, with `marking` on its first line."""
    book = Workbook()
    set_properties(book, title=title, council=council, description=f"Marked {marking}.")
    sheet = book.active
    sheet.title = "Scenarios"
    append(sheet, [marking], bold=True)
    append(sheet, [title], bold=True)
    append(sheet, ["Group", *(column.title for column in comparison.columns)], bold=True)
    for name, numbers in comparison.rows:
        append(sheet, [name, *numbers])
    append(sheet, ["Majority", *(column.majority_at for column in comparison.columns)])
    append(sheet, ["Control", *(column.control for column in comparison.columns)])
    append(
        sheet,
        ["Combinations", *("\n".join(column.combinations) for column in comparison.columns)],
    )
    mark_headers(sheet, first=3, last=sheet.max_row, columns=len(comparison.columns) + 1)
    sheet.freeze_panes = "B4"
    lay_out(sheet, [22, *[30] * len(comparison.columns)], titles="3:3")
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
