"""A person's development plan: a document of the parts of their record that they select."""

from dataclasses import dataclass

from django.template.loader import render_to_string

from assessments.printing.text import paragraphs, printable
from assessments.words import day_in_words
from frameworks.models import DevelopmentTheme

from .ratings_over_time import histories_of
from .reflections import essays_of
from .theme_map import rows_of


@dataclass(frozen=True)
class DocumentChoices:
    """What to include of a record."""

    themes: list[DevelopmentTheme]
    evidence: bool = True
    ratings: bool = False
    reflections: bool = False
    journal: bool = False


def render_html(record, choices, *, today):
    """Return the document as HTML, for the style sheet of the action plan."""
    rows = [
        (theme, [(cell.phase, _lines(cell, choices)) for cell in cells if cell.answered])
        for theme, cells in rows_of(record, themes=choices.themes)
    ]
    histories = histories_of(record, today=today, themes=choices.themes) if choices.ratings else []
    entries = record.journal_about(choices.themes) if choices.journal else []
    context = {
        "person": record.person,
        "edition": record.edition,
        "made": f"Produced on {day_in_words(today)}",
        "rows": rows,
        "next_steps": record.answers.filter(standard__theme__in=choices.themes).with_next_step(),
        "histories": [history for history in histories if history.is_rated],
        "essays": [
            (essay.framework, [(entry.subject, paragraphs(entry.note)) for entry in essay.noted])
            for essay in (essays_of(record) if choices.reflections else [])
            if essay.noted
        ],
        "journal": [(entry, paragraphs(entry.words)) for entry in entries],
    }
    return printable(render_to_string("assessments/development/print.html", context))


def _lines(cell, choices):
    return [
        (line, paragraphs(line.answer.evidence) if choices.evidence else [])
        for line in cell.answered
    ]
