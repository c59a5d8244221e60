"""The pack for an incoming administration as one Word document."""

import datetime as dt

from django.utils import timezone

from assessments.printing.text import printable
from assessments.printing.word import (
    add_placeholder,
    add_points,
    add_table,
    document_bytes,
)
from assessments.words import day_in_words

from .administration import AdministrationPack
from .word import FIRST_WEEKS, add_dates, begin

TITLE = "Day one: pack for an incoming administration"
OURS = (
    "Officers would give the same pack to any administration. It is a summary and not legal "
    "advice: the monitoring officer advises on the law and the section 151 officer on finance."
)
PARTNERS = "Groups are in alphabetical order. The numbers say nothing about who will work together."
NO_NOTE = "[For the section 151 officer to complete in the planner]"


def administration_word(pack: AdministrationPack, *, made_on: dt.date) -> bytes:
    """Return the document."""
    plan = pack.plan
    marking = plan.get_marking_display()
    foot = f"{marking} · Incoming administration"
    document = begin(plan, TITLE, head=marking, foot=foot, made_on=made_on)
    document.add_paragraph(
        printable(f"{plan.council.name}, election of {day_in_words(plan.election_day)}. {OURS}")
    )
    _add_composition(document, pack)
    _add_before_annual_council(document, pack)
    _add_decisions(document, pack)
    _add_note(document, pack)
    add_dates(document, pack.dates, heading="Dates", description=FIRST_WEEKS)
    return document_bytes(document)


def _add_composition(document, pack):
    document.add_heading("The council", level=1)
    composition = pack.composition
    if composition is None:
        add_placeholder(document, "[Record the composition of the council in the planner]")
    else:
        rows = [(group.name, group.members) for group in composition.groups]
        if composition.ungrouped:
            rows.append(("In no group", composition.ungrouped))
        if composition.vacancies:
            rows.append(("Vacant", composition.vacancies))
        rows.append(("All seats", composition.seats))
        document.add_paragraph(f"Composition on {day_in_words(pack.as_at)}. {PARTNERS}")
        add_table(
            document,
            ("Group", "Members"),
            rows,
            widths=(6, 3),
            description="Members of each group",
            has_numbers=True,
        )
        document.add_paragraph(printable(pack.majority))
    document.add_paragraph(
        printable(f"Form of control: {pack.control}. {pack.control_words}".strip())
    )


def _add_before_annual_council(document, pack):
    document.add_heading("What the administration can do before annual council", level=1)
    if not pack.knows_governance:
        add_placeholder(
            document,
            "[Enter in the planner, under “Before annual council”, how the council takes "
            "decisions. Until then this part has what applies to every council.]",
        )
    if pack.settled:
        document.add_heading("What our constitution says", level=2)
        for label, words in pack.settled:
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{label}: ").bold = True
            paragraph.add_run(printable(words))
        document.add_heading("What the law says", level=2)
    add_points(document, pack.points)


def _add_decisions(document, pack):
    document.add_heading("Decisions waiting to be made", level=1)
    if pack.left_for_council:
        paragraph = document.add_paragraph()
        paragraph.add_run("Left for annual council: ").bold = True
        paragraph.add_run(printable(pack.left_for_council))
    if pack.decisions:
        add_table(
            document,
            ("Needed by", "Decision"),
            [(each.when, each.words) for each in pack.decisions],
            widths=(4, 12.6),
            description="Decisions waiting to be made, by the day they are needed",
        )
    elif not pack.left_for_council:
        add_placeholder(
            document, "[Add decisions waiting to be made, with the day they are needed]"
        )


def _add_note(document, pack):
    document.add_heading("Section 151 officer’s note", level=1)
    if not pack.note_words:
        add_placeholder(document, NO_NOTE)
        return
    for words in pack.note_words.splitlines():
        if words.strip():
            document.add_paragraph(printable(words))
    saved = day_in_words(timezone.localdate(pack.note.saved_at))
    document.add_paragraph(printable(f"Written in the planner by {pack.note.saved_by}, {saved}."))
