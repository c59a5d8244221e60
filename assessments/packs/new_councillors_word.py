"""The pack for new councillors as one Word document. It has nothing of what they returned."""

import datetime as dt

from assessments.printing.word import (
    add_heading,
    add_paragraph,
    add_placeholder,
    add_points,
    add_run,
    add_source,
    add_table,
    document_bytes,
)
from assessments.words import day_in_words
from elections.timetable import Certainty

from .new_councillors import NewCouncillorsPack, by_when
from .word import FIRST_WEEKS, add_dates, begin

TITLE = "Day one: pack for new councillors"
OURS = (
    "This pack is a summary and not legal advice. The monitoring officer advises on the law. It is "
    "the same for every new councillor."
)


def new_councillors_word(pack: NewCouncillorsPack, *, made_on: dt.date) -> bytes:
    """Return the document."""
    plan = pack.plan
    council = plan.council.name
    document = begin(plan, TITLE, head=council, foot=TITLE, made_on=made_on)
    add_paragraph(document, f"{council}, election of {day_in_words(plan.election_day)}. {OURS}")
    add_heading(document, "What to return", level=1)
    for form, deadline in pack.forms:
        add_heading(document, form.title, level=2)
        paragraph = add_paragraph(document)
        when = by_when(form, deadline) if form.is_law else "When you collect this pack"
        add_run(paragraph, f"{when}. ").bold = True
        add_run(paragraph, f"{form.words} ")
        is_believed = form.is_law and form.certainty is Certainty.BELIEVED
        add_source(paragraph, form.source, is_believed=is_believed)
    _add_people(document, pack)
    add_dates(document, pack.dates, heading="Dates", description=FIRST_WEEKS)
    add_heading(document, "What the law says about your role", level=1)
    add_points(document, pack.points)
    return document_bytes(document)


def _add_people(document, pack):
    add_heading(document, "Who is who", level=1)
    add_table(
        document,
        ("Role", "Name", "Ask about"),
        pack.officers,
        widths=(5.4, 5, 6.2),
        description="Officers that new councillors can contact",
    )
    add_placeholder(document, "[Add telephone numbers and email addresses]")
    if pack.groups:
        add_heading(document, "Political groups", level=2)
        add_paragraph(
            document,
            "In alphabetical order, from the notices that the proper officer has received.",
        )
        add_table(
            document,
            ("Group", "Leader", "Deputy"),
            pack.groups,
            widths=(5.4, 5.6, 5.6),
            description="Political groups with their leaders and deputies",
        )
