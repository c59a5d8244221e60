"""Dates, times and titles in words, as pages and documents show them."""

import datetime as dt

from django.utils import timezone

from govuk.fields import within_sentence
from govuk.words import (
    day_in_words,
    days_in_words,
    moment_in_words,
    short_day,
    short_weekday,
    time_in_words,
    weekday_in_words,
)

__all__ = [
    "counted",
    "day_in_words",
    "days_in_words",
    "moment_in_words",
    "saved_words",
    "short_day",
    "short_weekday",
    "time_in_words",
    "weekday_in_words",
    "within_sentence",
]


def saved_words(moment: dt.datetime | None = None) -> str:
    """Say when an answer was saved: Saved at 5:30pm. `moment` defaults to now."""
    return f"Saved at {time_in_words(moment or timezone.now())}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Write 1 action, 2 actions or 1,200 actions. `plural` defaults to `noun` with an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
