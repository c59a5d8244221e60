"""The pack for an incoming administration as one Word document."""

import datetime as dt

from django.utils import timezone

from assessments.printing.word import (
    add_heading,
    add_paragraph,
    add_placeholder,
    add_points,
    add_run,
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
IN_ORDER = "Groups are in alphabetical order."
NOT_PARTNERS = " The numbers say nothing about who will work together."
NO_NOTE = "[For the section 151 officer to complete in the planner]"


def administration_word(pack: AdministrationPack, *, made_on: dt.date) -> bytes:
    """Return the document."""
    plan = pack.plan
    marking = plan.get_marking_display()
    foot = f"{marking} · Incoming administration"
    document = begin(plan, TITLE, head=marking, foot=foot, made_on=made_on)
    add_paragraph(
        document, f"{plan.council.name}, election of {day_in_words(plan.election_day)}. {OURS}"
    )
    _add_composition(document, pack)
    _add_before_annual_council(document, pack)
    _add_decisions(document, pack)
    _add_note(document, pack)
    add_dates(document, pack.dates, heading="Dates", description=FIRST_WEEKS)
    return document_bytes(document)


def _add_composition(document, pack):
    add_heading(document, "The council", level=1)
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
        open_words = "" if pack.is_control_confirmed else NOT_PARTNERS
        add_paragraph(
            document, f"Composition on {day_in_words(pack.as_at)}. {IN_ORDER}{open_words}"
        )
        add_table(
            document,
            ("Group", "Members"),
            rows,
            widths=(6, 3),
            description="Members of each group",
            has_numbers=True,
        )
        if pack.vacant:
            add_paragraph(
                document,
                "Seats that have become vacant since then are not counted as vacant here: "
                f"{', '.join(pack.vacant)}.",
            )
        add_paragraph(document, pack.majority)
    add_paragraph(document, f"Form of control: {pack.control}. {pack.control_words}".strip())


def _add_before_annual_council(document, pack):
    add_heading(document, pack.powers_heading, level=1)
    if not pack.knows_governance:
        add_placeholder(
            document,
            "[Enter in the planner, under “Before annual council”, how the council takes "
            "decisions. Until then this part has what applies to every council.]",
        )
    if pack.settled:
        add_heading(document, "What our constitution says", level=2)
        for label, words in pack.settled:
            paragraph = add_paragraph(document)
            add_run(paragraph, f"{label}: ").bold = True
            add_run(paragraph, words)
        add_heading(document, "What the law says", level=2)
    add_points(document, pack.points)


def _add_decisions(document, pack):
    add_heading(document, "Decisions waiting to be made", level=1)
    if pack.left_for_council:
        paragraph = add_paragraph(document)
        add_run(paragraph, "Left for annual council: ").bold = True
        add_run(paragraph, pack.left_for_council)
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
    add_heading(document, "Section 151 officer’s note", level=1)
    if not pack.note_words:
        add_placeholder(document, NO_NOTE)
        return
    for words in pack.note_words.splitlines():
        if words.strip():
            add_paragraph(document, words)
    saved = day_in_words(timezone.localdate(pack.note.saved_at))
    add_paragraph(document, f"Written in the planner by {pack.note.saved_by}, {saved}.")
