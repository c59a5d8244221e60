"""How the ratings of a development record moved: by theme, on some days since the first.

The picture and the table beside it show the same numbers. Both follow from the marks that every
new rating leaves; nothing is stored.
"""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.utils import timezone

from frameworks.models import DevelopmentTheme

from .models import Rating, RatingMark
from .theme_map import IN_WORDS, ORDER

DAYS = 12  # that are shown, at most
# From the bottom of a column upwards; what is not rated is left open above.
STACK = (Rating.STRENGTH, Rating.SECURE, Rating.BEGUN, Rating.NOT_YET)

# The picture's own units.
LEFT, RIGHT, TOP, HEIGHT = 26, 314, 8, 84  # where the first column begins, and the last


@dataclass(frozen=True)
class Part:
    """The standards of a column that are rated alike: `look` names the pattern."""

    look: str
    y: str
    height: str


@dataclass(frozen=True)
class Column:
    x: str
    parts: list[Part]


@dataclass(frozen=True)
class ThemeHistory:
    """The ratings of one theme on each of `days`: how many standards have which."""

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
        """None if there is one day only."""
        return self.days[-1] if len(self.days) > 1 else None

    @property
    def moves(self):
        """The days on which something had changed since the one before, latest first, in words."""
        rows = []
        for n, (day, counts) in enumerate(zip(self.days, self.counts, strict=True)):
            if counts != (self.counts[n - 1] if n else Counter()):
                rows.insert(0, (day, self._in_words(counts)))
        return rows

    def _in_words(self, counts):
        counts = {**counts, "": self.standards - counts.total()}
        return ", ".join(f"{counts[mark]} {IN_WORDS[mark]}" for mark in ORDER if counts.get(mark))

    @property
    def columns(self):
        stride = (RIGHT - LEFT) / max(len(self.counts) - 1, 1)
        return [
            Column(f"{LEFT + n * stride:.1f}", list(self._parts(counts)))
            for n, counts in enumerate(self.counts)
        ]

    def _parts(self, counts):
        each = HEIGHT / self.standards
        below = 0
        for rating in STACK:
            if counts[rating]:
                below += counts[rating]
                yield Part(
                    rating.value,
                    f"{TOP + HEIGHT - below * each:.1f}",
                    f"{counts[rating] * each:.1f}",
                )


def histories_of(record, *, today, themes=None):
    """One for each theme, or for each of `themes`. Two queries."""
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
    stood = [_standing(given, day) for day in days]
    return [
        ThemeHistory(
            theme,
            standards=len(held),
            days=days,
            counts=[
                Counter(rating for pk, rating in ratings.items() if rating and pk in held)
                for ratings in stood
            ],
        )
        for theme, held in by_theme.items()
    ]


def _days(first, last):
    """At most DAYS days, evenly from the first to the last, both included."""
    span = (last - first).days
    count = min(DAYS, span + 1)
    return [first + dt.timedelta(days=span * n // max(count - 1, 1)) for n in range(count)]


def _standing(given, day):
    """The rating of each standard at the end of a day."""
    return {standard: rating for at, standard, rating in given if at <= day}
