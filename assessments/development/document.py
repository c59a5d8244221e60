"""A person's development plan: what they pick of their own record, as a document for themselves."""

from dataclasses import dataclass

from django.template.loader import render_to_string

from assessments.printing.text import paragraphs, printable
from assessments.words import day_in_words

from .ratings_over_time import histories_of
from .reflections import essays_of
from .theme_map import rows_of


@dataclass(frozen=True)
class Pick:
    """What of a record a document holds: some themes, and whatever of the rest is ticked."""

    themes: list
    evidence: bool = True
    ratings: bool = False
    reflections: bool = False
    journal: bool = False


def render_html(record, pick, *, today):
    """The document as HTML, with the style sheet of the action plan."""
    rows = [
        (theme, [(cell.phase, _lines(cell, pick)) for cell in cells if cell.answered])
        for theme, cells in rows_of(record, themes=pick.themes)
    ]
    histories = histories_of(record, today=today, themes=pick.themes) if pick.ratings else []
    entries = record.journal_about(pick.themes) if pick.journal else []
    context = {
        "person": record.person,
        "edition": record.edition,
        "made": f"Made on {day_in_words(today)}",
        "rows": rows,
        "next_steps": record.answers.filter(standard__theme__in=pick.themes).with_next_step(),
        "histories": [history for history in histories if history.is_rated],
        "essays": [
            (essay.framework, [(entry.subject, paragraphs(entry.note)) for entry in essay.noted])
            for essay in (essays_of(record) if pick.reflections else [])
            if essay.noted
        ],
        "journal": [(entry, paragraphs(entry.words)) for entry in entries],
    }
    return printable(render_to_string("assessments/development/print.html", context))


def _lines(cell, pick):
    return [
        (line, paragraphs(line.answer.evidence) if pick.evidence else []) for line in cell.answered
    ]
