"""Addresses by the hundred: a page leads to each of its items and steps, and `reverse` is slow."""

from functools import cache

from django.urls import reverse
from django.utils.safestring import SafeString


def address(name, *numbers):
    """What `reverse(name, args=numbers)` answers, for views whose arguments are all numbers.

    Marked as safe: numbers have nothing to escape, and looking for it is half the cost of drawing.
    """
    return SafeString(_pattern(name, len(numbers)).format(*map(int, numbers)))


@cache
def _pattern(name, count):
    stand_ins = [10**17 + n for n in range(count)]
    pattern = reverse(name, args=stand_ins)
    for number in stand_ins:
        pattern = pattern.replace(str(number), "{}")
    return pattern
