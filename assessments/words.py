"""Dates, times and titles in words, as pages and documents show them."""

from django.utils import timezone


def day_words(day, today):
    """Fri 28 May, with the year when it is not this one."""
    return f"{day:%a} {day.day} {day:%b}" + ("" if day.year == today.year else f" {day.year}")


def saved_words(moment=None):
    """Saved 14:02, in the council's own time."""
    moment = timezone.localtime(moment or timezone.now())
    return f"Saved {moment:%H:%M}"


def moment_words(moment):
    """14:02 on 18 May 2027."""
    local = timezone.localtime(moment)
    return f"{local:%H:%M} on {local.day} {local:%B %Y}"


def within_sentence(title):
    """The title as it reads after other words; one that begins with initials keeps them."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def day_in_words(day):
    return f"{day.day} {day:%B %Y}"


def short_day(day):
    return f"{day.day} {day:%b}"
