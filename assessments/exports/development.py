"""A person's development plan: what they pick of their own record, as a document for themselves."""

from dataclasses import dataclass

from django.template.loader import render_to_string

from ..development_map import rows_of
from .drawing import paragraphs
from .report import day_in_words, printable


@dataclass(frozen=True)
class Pick:
    """What of a record a document holds: some themes, perhaps with evidence and the journal."""

    themes: list
    evidence: bool = True
    journal: bool = False


def render_html(record, pick, *, today):
    """The document as HTML, with the style sheet of the action plan."""
    rows = [
        (theme, [(cell.phase, _lines(cell, pick)) for cell in cells if cell.answered])
        for theme, cells in rows_of(record, themes=pick.themes)
    ]
    entries = record.journal_about(pick.themes) if pick.journal else []
    context = {
        "person": record.person,
        "edition": record.edition,
        "made": f"Made on {day_in_words(today)}",
        "rows": rows,
        "next_steps": record.answers.filter(standard__theme__in=pick.themes).with_next_step(),
        "journal": [(entry, paragraphs(entry.words)) for entry in entries],
    }
    return printable(render_to_string("assessments/exports/development_plan.html", context))


def _lines(cell, pick):
    return [
        (line, paragraphs(line.answer.evidence) if pick.evidence else []) for line in cell.answered
    ]
