"""The standards with a person's answers, by theme and phase."""

from collections import Counter
from dataclasses import dataclass, field

from frameworks.models import DevelopmentPhase, DevelopmentStandard, DevelopmentTheme

from .models import Rating, StandardAnswer

# The order of ratings in a cell's bar.
ORDER = (Rating.STRENGTH, Rating.SECURE, Rating.DEVELOPING, Rating.NOT_YET, "")
IN_WORDS = {
    Rating.STRENGTH: "a strength",
    Rating.SECURE: "secure",
    Rating.DEVELOPING: "developing",
    Rating.NOT_YET: "not yet",
    "": "not rated",
}


@dataclass(frozen=True)
class StandardRow:
    """A standard with the person's answer, if there is one."""

    standard: DevelopmentStandard
    answer: StandardAnswer | None

    @property
    def rating(self):
        return self.answer.rating if self.answer else ""

    @property
    def rating_in_words(self):
        return self.answer.get_rating_display() if self.rating else "Not rated"


@dataclass
class ThemePhaseCell:
    """The standards of one theme in one phase."""

    theme: DevelopmentTheme
    phase: DevelopmentPhase
    lines: list[StandardRow] = field(default_factory=list)

    @property
    def answered(self):
        return [line for line in self.lines if line.answer]

    @property
    def rated(self):
        return sum(bool(line.rating) for line in self.lines)

    @property
    def marks(self):
        """Return a rating for each standard, the highest first."""
        return sorted((line.rating for line in self.lines), key=ORDER.index)

    @property
    def in_words(self):
        """Return the counts in words: "a strength 1, secure 2, not rated 3"."""
        counts = Counter(line.rating for line in self.lines)
        return ", ".join(f"{IN_WORDS[mark]} {counts[mark]}" for mark in ORDER if counts[mark])


def rows_of(record, *, themes=None):
    """Return each theme, or each of `themes`, with its cells. Two queries."""
    standards = record.standards.order_by("theme__number", "phase__number", "position")
    if themes is not None:
        standards = standards.filter(theme__in=themes)
    answers = {answer.standard_id: answer for answer in record.answers.order_by()}
    cells = {}
    for standard in standards:
        key = (standard.theme_id, standard.phase_id)
        cell = cells.setdefault(key, ThemePhaseCell(standard.theme, standard.phase))
        cell.lines.append(StandardRow(standard, answers.get(standard.pk)))
    rows = {}
    for cell in cells.values():
        rows.setdefault(cell.theme.pk, (cell.theme, []))[1].append(cell)
    return list(rows.values())
