"""The dates of the budget and the amendments in Word, for group leaders and the budget meeting.

It has nothing of amendments given in confidence, and nothing else from the plan.
"""

import datetime as dt

from docx import Document

from assessments.printing.word import (
    add_heading,
    add_paragraph,
    add_points,
    add_run,
    add_table,
    document_bytes,
    set_up,
)
from assessments.words import day_in_words, weekday_in_words
from elections.budget import BudgetDate
from elections.timetable import Certainty, DateStanding

from .page import AmendmentSheet, BudgetPage

OURS = (
    "Guidance, not legal advice. Dates marked “practice” are suggestions or the council’s own "
    "decisions. Confirm them with the section 151 officer and the monitoring officer. Groups are "
    "in alphabetical order: standing orders decide in which order amendments are moved."
)

OWN_LAW = "This authority follows its own order or law. Check each date against it."


def budget_word(page: BudgetPage, *, made_on: dt.date) -> bytes:
    """Return the document."""
    document = Document()
    set_up(
        document,
        title=f"{page.council}: {page.title}",
        council=page.council,
        subject=page.title,
        comments="",
        made_on=made_on,
        head=page.marking,
        foot=page.marking,
    )
    add_heading(document, page.title, level=0)
    add_paragraph(document, f"{page.council}, {day_in_words(made_on)}")
    if page.has_own_law:
        add_paragraph(document, OWN_LAW)
    add_paragraph(document, OURS)
    add_heading(document, "Dates", level=1)
    for warning in page.schedule.warnings:
        add_paragraph(document, f"Check: {warning}", style="List Bullet")
    add_table(
        document,
        ("Date", "Step", "Rule and source"),
        [(_when(each), _step(each), _rule(each)) for each in page.schedule.dates],
        widths=(3.2, 4.2, 9.2),
        description="The dates of the budget in order, each with its rule and source",
    )
    add_heading(document, "Amendments", level=1)
    if not page.amendments:
        add_paragraph(document, "No amendments have been added yet.")
    for sheet in page.amendments:
        _add_amendment(document, sheet)
    _add_votes(document, page)
    add_heading(document, "What the law says", level=1)
    add_points(document, page.points)
    return document_bytes(document)


def _when(date: BudgetDate) -> str:
    day = weekday_in_words(date.date)
    return f"{day} to {weekday_in_words(date.until)}" if date.until else day


def _step(date: BudgetDate) -> str:
    return f"{date.title} (set by the council)" if date.is_own else date.title


def _rule(date: BudgetDate) -> str:
    unverified = date.standing is DateStanding.LAW and date.certainty is Certainty.BELIEVED
    more = " We have not verified this rule." if unverified else ""
    first = f"Suggested: {day_in_words(date.suggested)}. " if date.suggested else ""
    return f"{first}{date.rule} {date.standing.capitalize()}: {date.source}.{more}"


def _add_amendment(document, sheet: AmendmentSheet):
    add_heading(document, f"{sheet.group}: {sheet.title}", level=2)
    words = f"Received on {sheet.received}. Status: {sheet.state.lower()}."
    received = add_paragraph(document, words)
    received.paragraph_format.keep_with_next = True
    if sheet.rows:
        add_table(
            document,
            ("What changes", "Spending", "Income", "One-off use of reserves"),
            [*sheet.rows, ("Total", *sheet.totals)],
            widths=(7.6, 3, 3, 3),
            description=f"Figures of the amendment of {sheet.group}",
            has_numbers=True,
        )
    sums = " ".join(filter(None, (sheet.sums, sheet.reserves, sheet.effect_words)))
    add_paragraph(document, sums)
    if sheet.statement:
        paragraph = add_paragraph(document)
        add_run(paragraph, f"Section 151 officer’s statement ({sheet.stated}): ").bold = True
        add_run(paragraph, sheet.statement)
        if not sheet.is_stated:
            add_run(paragraph, " The figures have changed since this statement.").bold = True


def _add_votes(document, page: BudgetPage):
    """Add a sheet with room for the votes of each group, if the groups are known."""
    if not page.groups:
        return
    add_heading(document, "Recorded vote", level=1)
    add_paragraph(
        document,
        "Use one sheet for each amendment and one for the budget as amended. The minutes must "
        "name each member who voted for or against, or abstained: attach the list of names.",
    ).paragraph_format.keep_with_next = True
    add_table(
        document,
        ("Group", "Members", "For", "Against", "Abstained", "Absent"),
        [
            *((name, str(members), "", "", "", "") for name, members in page.groups),
            ("Total", str(sum(members for _, members in page.groups)), "", "", "", ""),
        ],
        widths=(5.1, 2.3, 2.3, 2.3, 2.3, 2.3),
        description="Room for the votes of each group",
        has_numbers=True,
    )
