"""Draw a Report as CSV: the action log, one row for each action, for other programs to read."""

import csv
import datetime as dt
import io

from assessments.printing.text import printable
from assessments.printing.workbook import STARTS_A_FORMULA

from .excel import action_columns
from .report import Report

CSV_TYPE = "text/csv; charset=utf-8"


def render_csv(report: Report) -> bytes:
    """Return the log in UTF-8 with a byte order mark, which Excel needs to read it.

    Dates are ISO 8601. Text that a spreadsheet program would take for a formula gets an apostrophe.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    columns = action_columns(report)
    writer.writerow([heading for heading, _, _ in columns])
    for stage in report.stages:
        for step in stage.steps:
            for item in step.items:
                writer.writerow([_safe(value(stage, step, item)) for _, _, value in columns])
    return file.getvalue().encode("utf-8-sig")


def _safe(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        text = printable(value)
        return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text
    return value
