"""Dates, times and lists in words for templates: {{ plan.election_day|day }},
{{ event.at|moment }}, {{ round.opens|days_to:round.closes }} and {{ names|one_of }}.

An empty value stays empty, as with Django's own `date` filter.
"""

from django import template
from django.utils.text import get_text_list

from .. import words
from ..fields import within_sentence

register = template.Library()


def _filter(name, in_words):
    register.filter(name, lambda value: in_words(value) if value else "", expects_localtime=True)


_filter("day", words.day_in_words)
_filter("weekday", words.weekday_in_words)
_filter("short_day", words.short_day)
_filter("time_of_day", words.time_in_words)
_filter("moment", words.moment_in_words)
_filter("date_and_time", words.date_and_time_in_words)
_filter("within_sentence", within_sentence)


@register.filter
def days_to(first, last):
    return words.days_in_words(first, last) if first and last else ""


@register.filter
def one_of(names):
    """Return the names as alternatives: Ash; Ash or Elm; Ash, Elm or Yew."""
    return get_text_list(list(names), "or")


@register.filter
def or_you(person, user):
    """Return "You" where the person is the user, such as one who saved it in another window."""
    return "You" if person == user else person
