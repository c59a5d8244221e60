"""The script of annual council in Word, for the person presiding and the officers beside them.

It is for a public meeting: the order of business, what the law says, the votes that were entered
and the seats of the groups. It contains nothing else from the plan.
"""

import datetime as dt

from docx import Document
from docx.shared import Pt

from assessments.printing.text import printable
from assessments.printing.word import (
    add_heading,
    add_paragraph,
    add_run,
    add_source,
    document_bytes,
    finish_table,
    repeat_heading,
    set_up,
)
from assessments.words import day_in_words
from elections.annual_council import BusinessItem

from .running_order import ElectionState, RunningItem, RunningOrder

BLANK = "……………………"
BLANK_ROWS = 3
OURS = (
    "The order and the words in italics are suggestions: follow your standing orders where they "
    "differ. Guidance, not legal advice. The monitoring officer advises on the law."
)
UNKNOWN_GOVERNANCE = (
    "[Enter in the planner, under “Before annual council”, how the council takes decisions. Until "
    "then this script is for a Leader and cabinet.]"
)
OWN_LAW = (
    "This council’s meeting follows its own order or law. Check each item against it with the "
    "monitoring officer. If this is the first meeting of a new authority, it has no outgoing chair "
    "and no earlier minutes: check who presides."
)
UNKNOWN_RULES = (
    "[Enter in the planner, under “Annual council”, who presides and how votes for an office are "
    "counted. Until then, what this script says about them is an assumption.]"
)


def script_of(order: RunningOrder, *, made_on: dt.date) -> bytes:
    """Return the document."""
    document = Document()
    set_up(
        document,
        title=order.title,
        council=order.council,
        subject="Annual council: order of business",
        comments="",
        made_on=made_on,
        head="",
        foot=f"{order.council}, draft of {day_in_words(made_on)}",
    )
    document.styles["Heading 1"].font.size = Pt(13)
    document.styles["Heading 1"].paragraph_format.space_before = Pt(14)
    add_heading(document, "Annual council: order of business", level=0)
    _add_head(document, order)
    for item in order.items:
        _add_item(document, order, item)
    return document_bytes(document)


def _add_head(document, order):
    day = day_in_words(order.day) if order.day else "[day of the meeting]"
    if order.day and not order.is_day_fixed:
        day += " (not fixed by the council yet)"
    add_paragraph(document, f"{printable(order.council)}, {day}")
    if order.has_own_law:
        add_paragraph(document, OWN_LAW)
    add_heading(document, "How votes for an office are counted", level=1)
    add_paragraph(document, f"Several nominees: {order.rule}.", style="List Bullet")
    add_paragraph(document, "Abstentions are not votes.", style="List Bullet")
    if order.asks_lowest:
        add_paragraph(
            document, f"Tie for the fewest votes: {order.lowest_tie}.", style="List Bullet"
        )
    add_paragraph(document, f"{order.chair_tie}.", style="List Bullet")
    add_paragraph(document, f"{order.other_tie}: {order.tie}.", style="List Bullet")
    add_paragraph(document, OURS)
    if not order.knows_governance:
        add_paragraph(document, UNKNOWN_GOVERNANCE)
    if not order.knows_rules:
        add_paragraph(document, UNKNOWN_RULES)


def _add_item(document, order, item: RunningItem):
    business = item.business
    add_heading(document, f"{item.number}. {business.title}", level=1)
    presides = _add_led(document, "Presides", business.presides)
    presides.paragraph_format.keep_with_next = True
    add_paragraph(document, business.words)
    if business.said:
        _add_led(document, "Suggested words", business.said, italic=True)
    if business.office:
        for state in item.elections or (None,):
            _add_election(document, state)
    if business.key == "appointments" and order.balance:
        _add_seats(document, order)
    _add_if(document, business)
    add_source(
        add_paragraph(document), business.source, is_believed=business.certainty == "believed"
    )


def _add_if(document, business: BusinessItem):
    if business.tied:
        _add_led(document, "If votes are equal", business.tied)
    if business.unfilled:
        _add_led(document, "If no one is elected", business.unfilled)


def _add_election(document, state: ElectionState | None):
    names = state.nominees if state else []
    if state and state.has_votes:
        _add_led(document, "Nominated", ", ".join(names))
        for line in state.lines:
            _add_led(document, f"Vote {line.number}", f"{line.votes}. {line.result}")
            if line.warning:
                add_paragraph(document, f"[{line.warning}]")
        if state.count.elected:
            return
    if state and not state.count.remaining and state.has_votes:
        return
    remaining = list(state.count.remaining) if state and state.has_votes else names
    rows = remaining or [BLANK] * BLANK_ROWS
    headings = ("Nominee", "Proposed by", "Seconded by", "Votes")
    table = document.add_table(rows=1, cols=len(headings), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        add_run(cell.paragraphs[0], heading).bold = True
    for name in rows:
        table.add_row().cells[0].text = printable(name)
    if len(remaining) == 1:
        table.add_row().cells[0].text = "Against"
    table.add_row().cells[0].text = "Abstained"
    repeat_heading(table)
    finish_table(
        table,
        (6.1, 4, 4, 2.5),
        "Nominees, with room for who proposed and seconded them and for the votes",
    )


def _add_seats(document, order):
    balance = order.balance
    if balance.open_ties:
        add_paragraph(document, f"{balance.standing}. These seats can still change.")
    if order.seats_caveat:
        add_paragraph(document, order.seats_caveat)
    headings = (balance.heading, *balance.parties, "Seats")
    table = document.add_table(rows=1, cols=len(headings), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        run = add_run(cell.paragraphs[0], heading)
        run.bold, run.font.size = True, Pt(7.5)
    for row in balance.rows:
        cells = table.add_row().cells
        cells[0].text = printable(row.name)
        for cell, seats in zip(cells[1:-1], row.cells, strict=True):
            cell.text = str(seats.adopted)
        cells[-1].text = str(row.size)
    others = len(headings) - 1
    repeat_heading(table)
    finish_table(
        table, (3.6, *[13 / others] * others), f"Seats of each group on each {balance.noun}"
    )
    add_paragraph(
        document,
        f"{balance.status} seats, worked out on {day_in_words(balance.made_on)}. Names are those "
        "that each group gives the proper officer.",
    )


def _add_led(document, lead, words, *, italic=False):
    paragraph = add_paragraph(document)
    add_run(paragraph, f"{lead}: ").bold = True
    add_run(paragraph, words).italic = italic
    return paragraph
