"""The key dates with their rules and sources on one page of A4, as PDF, to pin up."""

import datetime as dt
from dataclasses import dataclass
from math import ceil
from textwrap import shorten

from django.template.loader import render_to_string

from assessments.plans.models import Plan
from assessments.printing.pdf import print_pdf
from assessments.printing.text import printable
from elections.concerns import concerns_about
from elections.timetable import Certainty, KeyDate, Timetable

from .governance import governance_of
from .order_dates import dates_with_order

# Of each size of type, as static/print/dates.css names them: the characters on a line of a label, a
# rule and the sources, and the lines on a page.
SIZES = {
    "wide": (33, 70, 128, 66),
    "middle": (41, 86, 158, 89),
    "small": (45, 94, 172, 97),
    "narrow": (49, 103, 186, 106),
}
BETWEEN_ROWS = 0.4  # of a line
LONGEST_REASON = 100  # characters of the reason for a date set by hand


@dataclass(frozen=True)
class DatesSheetRow:
    """A date with its rule. `source` is the number of its source in the list at the foot."""

    key_date: KeyDate
    rule: str
    source: int
    concerns: list[str]
    is_past: bool

    @property
    def is_unverified(self) -> bool:
        """Whether the rule is not verified; that of election day has its own words."""
        date = self.key_date
        return date.certainty is Certainty.BELIEVED and date.key != "election_day"


@dataclass(frozen=True)
class DatesSheet:
    """What the page shows."""

    council: str
    election_day: dt.date
    marking: str
    made_on: dt.date
    rows: tuple[DatesSheetRow, ...]
    sources: tuple[str, ...]

    @property
    def has_past(self) -> bool:
        """Whether some dates have passed and others, in bold, have not."""
        return len({row.is_past for row in self.rows}) > 1

    @property
    def has_unverified(self) -> bool:
        return any(row.is_unverified for row in self.rows)


def dates_sheet(plan: Plan, *, today: dt.date) -> DatesSheet:
    """Return the dates of `plan` that have a day: the main ones, those of the poll, an order’s."""
    timetable: Timetable = plan.timetable
    concerns = concerns_about(timetable, today=today)
    dates = [each for each in dates_with_order(plan, governance_of(plan)) if each.date]
    sources = list(dict.fromkeys(f"{each.standing.capitalize()}: {each.source}" for each in dates))
    rows = tuple(
        DatesSheetRow(
            each,
            _rule(each),
            sources.index(f"{each.standing.capitalize()}: {each.source}") + 1,
            concerns.get(each.key, []),
            _is_past(each, today),
        )
        for each in dates
    )
    return DatesSheet(
        council=plan.council.name,
        election_day=plan.election_day,
        marking=plan.get_marking_display(),
        made_on=today,
        rows=rows,
        sources=tuple(sources),
    )


def _is_past(date: KeyDate, today: dt.date) -> bool:
    last = date.until or date.date
    return last is not None and last < today


def _rule(date: KeyDate) -> str:
    if date.hand:
        return f"Set by hand: {shorten(date.hand.reason, LONGEST_REASON, placeholder=' …')}"
    return date.rule


def size_of(sheet: DatesSheet) -> str:
    """Return the largest size at which the sheet fits on one page, or the smallest."""
    return next(
        (name for name, widths in SIZES.items() if _lines(sheet, *widths[:3]) <= widths[3]),
        "narrow",
    )


def _lines(sheet: DatesSheet, label: int, rule: int, foot: int) -> float:
    """Return the lines that the sheet takes, at so many characters a line of each column."""
    lines: float = ceil(len(" [00] ".join(sheet.sources)) / foot)
    for row in sheet.rows:
        words = f"{row.rule} {row.source} {' Check: '.join(['', *row.concerns])}"
        lines += max(ceil(len(row.key_date.label) / label), ceil(len(words) / rule)) + BETWEEN_ROWS
    return lines


def dates_html(sheet: DatesSheet) -> str:
    context = {"sheet": sheet, "size": size_of(sheet)}
    return printable(render_to_string("assessments/timetable/dates_print.html", context))


def dates_pdf(sheet: DatesSheet) -> bytes:
    """Return the page as PDF/UA. Raises PdfNotMade."""
    return print_pdf(dates_html(sheet))
