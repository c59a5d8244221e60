"""How the ratings of a development record changed: by theme, on up to DAYS days since the first.

The chart and the table beside it show the same numbers, computed from the stored `RatingMark`s.
"""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.utils import timezone

from frameworks.models import DevelopmentTheme

from .models import Rating, RatingMark
from .theme_map import IN_WORDS, ORDER

DAYS = 12  # shown at most
# From the bottom of a column upwards; unrated standards are the empty part above.
STACK = (Rating.STRENGTH, Rating.SECURE, Rating.DEVELOPING, Rating.NOT_YET)

# In units of the SVG: where the first and the last column begin, and the vertical extent.
LEFT, RIGHT, TOP, HEIGHT = 26, 314, 8, 84


@dataclass(frozen=True)
class RatingBar:
    """The standards of a column with the same rating; `look` names the pattern."""

    look: str
    y: str
    height: str


@dataclass(frozen=True)
class RatingsColumn:
    """The ratings of a theme on one day."""

    x: str
    parts: list[RatingBar]


@dataclass(frozen=True)
class ThemeHistory:
    """The ratings of one theme: for each of `days`, how many standards have each rating."""

    theme: DevelopmentTheme
    standards: int
    days: list[dt.date]
    counts: list[Counter]

    @property
    def is_rated(self):
        return any(self.counts)

    @property
    def first_day(self):
        return self.days[0]

    @property
    def last_day(self):
        """Return the last day, or None if there is only one."""
        return self.days[-1] if len(self.days) > 1 else None

    @property
    def moves(self):
        """Return the days on which the counts changed, latest first, with the counts in words."""
        rows = []
        for n, (day, counts) in enumerate(zip(self.days, self.counts, strict=True)):
            if counts != (self.counts[n - 1] if n else Counter()):
                rows.insert(0, (day, self._in_words(counts)))
        return rows

    def _in_words(self, counts):
        counts = {**counts, "": self.standards - counts.total()}
        return ", ".join(f"{IN_WORDS[mark]} {counts[mark]}" for mark in ORDER if counts.get(mark))

    @property
    def columns(self):
        stride = (RIGHT - LEFT) / max(len(self.counts) - 1, 1)
        return [
            RatingsColumn(f"{LEFT + n * stride:.1f}", list(self._parts(counts)))
            for n, counts in enumerate(self.counts)
        ]

    def _parts(self, counts):
        each = HEIGHT / self.standards
        below = 0
        for rating in STACK:
            if counts[rating]:
                below += counts[rating]
                yield RatingBar(
                    rating.value,
                    f"{TOP + HEIGHT - below * each:.1f}",
                    f"{counts[rating] * each:.1f}",
                )


def histories_of(record, *, today, themes=None):
    """Return the history of each theme, or of each of `themes`. Two queries."""
    standards = record.standards
    if themes is not None:
        standards = standards.filter(theme__in=themes)
    by_theme = defaultdict(set)
    for standard in standards.order_by("theme__number"):
        by_theme[standard.theme].add(standard.pk)
    given = [
        (timezone.localdate(at), standard, rating)
        for at, standard, rating in RatingMark.objects.filter(answer__record=record).values_list(
            "at", "answer__standard", "rating"
        )
    ]
    days = _days(given[0][0] if given else today, today)
    ratings_by_day = [_ratings_on(given, day) for day in days]
    return [
        ThemeHistory(
            theme,
            standards=len(held),
            days=days,
            counts=[
                Counter(rating for pk, rating in ratings.items() if rating and pk in held)
                for ratings in ratings_by_day
            ],
        )
        for theme, held in by_theme.items()
    ]


def _days(first, last):
    """Return up to DAYS days, evenly spaced from the first to the last."""
    span = (last - first).days
    count = min(DAYS, span + 1)
    return [first + dt.timedelta(days=span * n // max(count - 1, 1)) for n in range(count)]


def _ratings_on(given, day):
    """Return the rating of each standard at the end of a day."""
    return {standard: rating for at, standard, rating in given if at <= day}
