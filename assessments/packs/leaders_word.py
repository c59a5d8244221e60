"""The agenda of the next leaders' meeting in Word, with room for notes."""

import datetime as dt

from assessments.printing.word import (
    add_heading,
    add_paragraph,
    add_placeholder,
    add_table,
    document_bytes,
)
from assessments.words import day_in_words

from .leaders import LeadersAgenda
from .word import begin

TITLE = "Leaders’ meeting: agenda"
NOTES = "[Notes]"
PRIVATE = (
    "This agenda may have to be disclosed under freedom of information or data protection law. "
    "Officers support the meeting; it takes no decisions of the council."
)


def leaders_word(agenda: LeadersAgenda, *, made_on: dt.date) -> bytes:
    """Return the document."""
    plan = agenda.plan
    marking = plan.get_marking_display()
    document = begin(plan, TITLE, head=marking, foot=f"{marking} · {TITLE}", made_on=made_on)
    add_paragraph(document, f"{plan.council.name}, [day, time and place]")
    add_placeholder(document, f"[{agenda.who} Delete this line before you send the agenda.]")
    add_paragraph(document, PRIVATE)
    number = 0
    for title, headings, widths, rows in (
        (
            "Actions from earlier meetings",
            ("Action", "Owner", "Due"),
            (8.4, 4.6, 3.6),
            [(each.words, each.owner, _due(each)) for each in agenda.actions],
        ),
        (
            "Decisions that need agreement",
            ("Needed by", "Decision"),
            (4, 12.6),
            [(each.when, each.words) for each in agenda.decisions],
        ),
        (
            "Early wins",
            ("By", "What", "Status"),
            (4, 9, 3.6),
            [(_day(each.due), each.words, each.state) for each in agenda.wins],
        ),
        ("Next dates", ("Date", "What"), (5, 11.6), agenda.dates),
    ):
        if not rows:
            continue
        number += 1
        add_heading(document, f"{number}. {title}", level=1)
        add_table(document, headings, rows, widths=widths, description=title)
        add_placeholder(document, NOTES)
    add_heading(document, f"{number + 1}. Other business, and the next meeting", level=1)
    add_placeholder(document, NOTES)
    add_heading(document, "Agreed actions", level=1)
    add_table(
        document,
        ("Action", "Owner", "Due"),
        [("\n", "", "")] * 4,
        widths=(9.4, 3.6, 3.6),
        description="Room for agreed actions",
    )
    return document_bytes(document)


def _due(action):
    return f"{_day(action.due)}{', overdue' if action.is_overdue else ''}"


def _day(day):
    return day_in_words(day) if day else "No date yet"
