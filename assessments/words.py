"""Dates, times and titles in words, as pages and documents show them."""

import datetime as dt
from decimal import Decimal

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
    "pounds",
    "saved_words",
    "short_day",
    "short_weekday",
    "time_in_words",
    "weekday_in_words",
    "whole_pounds",
    "within_sentence",
]


def saved_words(moment: dt.datetime | None = None) -> str:
    """Say when an answer was saved: Saved at 5:30pm. `moment` defaults to now."""
    return f"Saved at {time_in_words(moment or timezone.now())}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Write 1 action, 2 actions or 1,200 actions. `plural` defaults to `noun` with an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def pounds(amount: int | Decimal) -> str:
    """Write £1,250 or −£1,250; pence where the amount has a decimal type."""
    digits = f"{abs(amount):,.2f}" if isinstance(amount, Decimal) else f"{abs(amount):,}"
    return f"{'−' if amount < 0 else ''}£{digits}"


def whole_pounds(amount: int | Decimal) -> str:
    """Write a sum of the whole council: with pence only if it has any."""
    return pounds(int(amount) if amount == int(amount) else amount)
