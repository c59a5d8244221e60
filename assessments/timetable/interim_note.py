"""The one-page note for the last council meeting before the poll, in PDF and Word.

It is for councillors: what the law says about the time before annual council and how the
constitution fills it. It contains nothing else from the plan, and nothing about parties or results.
"""

import datetime as dt
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from assessments.plans.models import Plan
from assessments.printing.pdf import print_pdf
from assessments.printing.text import printable
from assessments.printing.word import (
    add_heading,
    add_paragraph,
    add_run,
    document_bytes,
    set_properties,
)
from assessments.words import day_in_words
from elections.interim import Governance, LegalPoint, interim_period, legal_points

from .forms import InterimForm
from .models import InterimArrangements

OPEN = "To be settled"
MISSING = "Not recorded"


@dataclass(frozen=True)
class InterimNote:
    """What both formats draw. `points` are pairs of a heading and the council's answer."""

    council: str
    election_day: dt.date
    starts: dt.date
    ends: dt.date
    is_fixed: bool
    law: tuple[LegalPoint, ...]
    points: tuple[tuple[str, str], ...]
    made_on: dt.date

    @property
    def period(self) -> str:
        fixes = "fixed" if self.is_after_poll else "fixes"
        unless = (
            "" if self.is_fixed else f", unless the council {fixes} another day before the poll"
        )
        changes = (
            "councillors retired and those elected took office"
            if self.made_on > self.starts
            else "councillors retire and those elected take office"
        )
        return (
            f"From {day_in_words(self.starts)}, when {changes}, to the annual meeting on "
            f"{day_in_words(self.ends)}{unless}."
        )

    @property
    def is_after_poll(self) -> bool:
        return self.made_on > self.election_day

    @property
    def title(self) -> str:
        return "From the election to annual council: who holds office and who decides"


def note_for(plan: Plan, saved: InterimArrangements | None) -> InterimNote | None:
    """Return the note; None if the election has no such period or its dates are not entered."""
    period = interim_period(plan.timetable)
    if period is None:
        return None
    governance = Governance(saved.governance if saved else "")
    form = InterimForm(governance=governance)
    made_on = timezone.localdate()
    unanswered = OPEN if made_on <= period[1] else MISSING
    return InterimNote(
        council=plan.council.name,
        election_day=plan.election_day,
        starts=period[0],
        ends=period[1],
        is_fixed=plan.timetable.is_meeting_fixed,
        law=legal_points(plan.timetable, governance),
        points=tuple(
            (str(form.fields[name].label), getattr(saved, name, "") or unanswered)
            for name in InterimArrangements.POINTS
        ),
        made_on=made_on,
    )


def note_html(note: InterimNote) -> str:
    return printable(render_to_string("assessments/timetable/interim_print.html", {"note": note}))


def note_pdf(note: InterimNote) -> bytes:
    """Return the note as PDF/UA. Raises PdfNotMade."""
    return print_pdf(note_html(note))


def note_word(note: InterimNote) -> bytes:
    """Return the note as a Word document, for officers to complete."""
    document = Document()
    set_properties(
        document,
        title=f"{note.council}: {note.title}",
        council=note.council,
        subject=f"Election of {day_in_words(note.election_day)}",
        made_on=note.made_on,
    )
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(9)
    style.paragraph_format.space_after = Pt(3)
    style.element.rPr.append(style.element.rPr.makeelement(qn("w:lang"), {qn("w:val"): "en-GB"}))
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(1.8)
        section.top_margin = section.bottom_margin = Cm(1.4)
        foot = section.footer.paragraphs[0]
        add_run(foot, f"Produced on {day_in_words(note.made_on)}")
    add_paragraph(document, note.council)
    add_heading(document, note.title, level=1)
    add_paragraph(document, note.period)
    add_heading(document, "What our constitution says", level=2)
    for heading, words in note.points:
        paragraph = add_paragraph(document)
        add_run(paragraph, f"{heading} ").bold = True
        add_run(paragraph, words).italic = words in (OPEN, MISSING)
    add_heading(document, "What the law says", level=2)
    for point in note.law:
        paragraph = add_paragraph(document)
        add_run(paragraph, f"{point.title}. ").bold = True
        add_run(paragraph, f"{point.words} ({point.source})")
    add_paragraph(
        document, "Guidance, not legal advice. The monitoring officer advises on the law."
    )
    return document_bytes(document)
