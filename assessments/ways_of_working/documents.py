"""A protocol in Word, in the council's name, for group leaders.

It has the points of the protocol and who agreed to it, and nothing else of the plan.
"""

import datetime as dt

from docx import Document
from docx.shared import Pt

from assessments.plans.models import Plan
from assessments.printing.word import (
    add_details,
    add_heading,
    add_paragraph,
    add_placeholder,
    add_run,
    document_bytes,
    set_up,
)
from assessments.words import day_in_words

from .wording import PointWording, ProtocolWording

OURS = (
    "Points marked “suggested wording” have the wording that the council’s transition planner "
    "suggests. It is not taken from legislation or from statutory guidance. Guidance, not legal "
    "advice: the monitoring officer advises on the law."
)


def protocol_word(plan: Plan, wording: ProtocolWording, *, made_on: dt.date) -> bytes:
    """Return the protocol as a Word document."""
    protocol, council = wording.protocol, plan.council.name
    document = Document()
    set_up(
        document,
        title=f"{council}: {protocol.title}",
        council=council,
        subject=protocol.purpose,
        comments="",
        made_on=made_on,
        head=council if wording.is_agreed else f"{council}: draft",
        foot=f"{protocol.title} · {day_in_words(made_on)}",
    )
    add_heading(document, protocol.title, level=1)
    add_protocol(document, plan, wording)
    return document_bytes(document)


def add_protocol(document, plan: Plan, wording: ProtocolWording, *, level: int = 2) -> None:
    """Add the purpose, the state, the points, and what the suggested wording is."""
    add_paragraph(document, wording.protocol.purpose)
    rows = [
        ("Council", plan.council.name),
        ("Election", day_in_words(plan.election_day)),
        ("Status", _state(wording)),
    ]
    if wording.is_agreed:
        rows.append(("Agreed by", ", ".join(wording.groups)))
    add_details(document, rows, description="The council, the election and the protocol’s status")
    if wording.missing:
        add_paragraph(document, wording.missing)
    if wording.open_points:
        add_placeholder(
            document,
            "[These points still have words in square brackets to complete: "
            f"{wording.open_titles}]",
        )
    for number, line in enumerate(wording.kept, start=1):
        _add_point(document, number, line, level)
    if any(line.is_suggestion for line in wording.kept):
        _add_small(document, OURS)


def _state(wording: ProtocolWording) -> str:
    if wording.found and wording.found.agreed_on:
        return f"Agreed on {day_in_words(wording.found.agreed_on)}"
    return "Draft, for group leaders to consider"


def _add_point(document, number: int, line: PointWording, level: int) -> None:
    add_heading(document, f"{number}. {line.point.title}", level=level)
    paragraphs = [
        add_paragraph(document, words) for words in line.words.splitlines() if words.strip()
    ]
    notes = []
    if line.is_suggestion:
        notes.append("Suggested wording")
    if line.point.codes:
        points = "Guidance point" if len(line.point.codes) == 1 else "Guidance points"
        notes.append(f"{points} {', '.join(line.point.codes)}")
    if line.point.source:
        notes.append(f"Law: {line.point.source}")
    if notes:
        # The note is on the page on which its point ends.
        for paragraph in paragraphs[-1:]:
            paragraph.paragraph_format.keep_with_next = True
            paragraph.paragraph_format.keep_together = True
        _add_small(document, f"{'. '.join(notes)}.")


def _add_small(document, words: str) -> None:
    run = add_run(add_paragraph(document), words)
    run.font.size = Pt(9)
