"""The key dates with their rules and sources on A4, as PDF, to pin up."""

import datetime as dt
from dataclasses import dataclass

from django.template.loader import render_to_string

from assessments.plans.models import Plan
from assessments.printing.pdf import print_pdf
from assessments.printing.text import printable
from elections.concerns import concerns_about
from elections.timetable import Certainty, KeyDate, Occasion, Timetable

from .governance import governance_of
from .order_dates import dates_to_enter, dates_with_order


@dataclass(frozen=True)
class DatesSheetRow:
    """A date with its rule. `source` is the number of its source in the list at the foot.

    It is None for a date set by hand that no order gives: no source says when it is.
    """

    key_date: KeyDate
    rule: str
    source: int | None
    concerns: list[str]
    is_past: bool

    @property
    def is_unverified(self) -> bool:
        """Whether the rule is not verified; that of election day has its own words."""
        date = self.key_date
        if date.hand:
            return False
        return date.certainty is Certainty.BELIEVED and date.key != "election_day"


@dataclass(frozen=True)
class DatesSheet:
    """What the sheet shows."""

    council: str
    election_day: dt.date
    marking: str
    made_on: dt.date
    rows: tuple[DatesSheetRow, ...]
    sources: tuple[str, ...]
    not_entered: tuple[str, ...]
    is_under_order: bool

    @property
    def has_past(self) -> bool:
        """Whether some dates have passed and others, in bold, have not."""
        return len({row.is_past for row in self.rows}) > 1

    @property
    def has_unverified(self) -> bool:
        return any(row.is_unverified for row in self.rows)


def dates_sheet(plan: Plan, *, today: dt.date) -> DatesSheet:
    """Return the dates of `plan`: the main ones, those of the poll, an order’s.

    Of those without a day, the labels.
    """
    timetable: Timetable = plan.timetable
    concerns = concerns_about(timetable, today=today)
    governance = governance_of(plan)
    dates = [each for each in dates_with_order(plan, governance) if each.date]
    sources = list(dict.fromkeys(filter(None, map(_source, dates))))
    rows = tuple(
        DatesSheetRow(
            each,
            _rule(each),
            sources.index(_source(each)) + 1 if _source(each) else None,
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
        not_entered=tuple(each.label for each in dates_to_enter(plan, governance)),
        is_under_order=plan.timetable.occasion is Occasion.ORDER,
    )


def _is_past(date: KeyDate, today: dt.date) -> bool:
    last = date.until or date.date
    return last is not None and last < today


def _source(date: KeyDate) -> str:
    """Return what gives the date, with its standing; empty if only people of the council do."""
    if date.hand:
        return f"Law: {date.hand.order}" if date.hand.order else ""
    return f"{date.standing.capitalize()}: {date.source}"


def _rule(date: KeyDate) -> str:
    if date.hand and date.hand.article:
        return f"{date.hand.set_by_order}."
    if date.hand:
        return f"Set by hand: {date.hand.reason}"
    return date.rule


def dates_html(sheet: DatesSheet) -> str:
    context = {"sheet": sheet}
    return printable(render_to_string("assessments/timetable/dates_print.html", context))


def dates_pdf(sheet: DatesSheet) -> bytes:
    """Return the sheet as PDF/UA. Raises PdfNotMade."""
    return print_pdf(dates_html(sheet))
