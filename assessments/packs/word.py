"""What the Word documents of the packs have in common."""

import datetime as dt
from collections.abc import Iterable

from docx import Document

from assessments.plans.models import Plan
from assessments.printing.word import add_heading, add_paragraph, add_table, set_up
from assessments.words import day_in_words
from elections.timetable import KeyDate

from .before_poll import day_of, label_of, rule_of

FIRST_WEEKS = "Dates of the first weeks"


def begin(plan: Plan, title: str, *, head: str, foot: str, made_on: dt.date):
    """Return a document with its title, in the council's name; `foot` is followed by the day."""
    council = plan.council.name
    document = Document()
    set_up(
        document,
        title=f"{council}: {title}",
        council=council,
        subject=f"Election of {day_in_words(plan.election_day)}",
        comments="",
        made_on=made_on,
        head=head,
        foot=f"{foot} · {day_in_words(made_on)}",
    )
    add_heading(document, title, level=0)
    return document


def add_dates(document, dates: Iterable[KeyDate], *, heading: str, description: str) -> None:
    """Add a table of key dates, each with its rule and source. Without any, say where to enter."""
    add_heading(document, heading, level=1)
    rows = [(day_of(each), label_of(each), rule_of(each)) for each in dates]
    if not rows:
        add_paragraph(document, "[Enter the dates in the planner, under “Key dates”]")
        return
    add_table(
        document,
        ("Date", "What", "Rule and source"),
        rows,
        widths=(3.9, 4.2, 8.5),
        description=f"{description}, each with its rule and source",
    )
