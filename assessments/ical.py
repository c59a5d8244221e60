"""Calendars in the iCalendar format (RFC 5545)."""

import datetime as dt

from icalendar import Calendar, Event

from .printing.text import printable

ONE_DAY = dt.timedelta(days=1)


def new_calendar(product: str, name: str) -> Calendar:
    """Return an empty calendar called `name`. Control characters in it are left out."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Transition planner//{product}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", printable(name))
    return calendar


def day_event(
    uid: str,
    day: dt.date,
    summary: str,
    *,
    url: str,
    sequence: int,
    changed: dt.datetime,
    private: bool,
    until: dt.date | None = None,
    description: str = "",
) -> Event:
    """Return an all-day event, to `until` included, that shows no one as busy.

    Control characters are left out of its texts: RFC 5545 has no way to write them.
    """
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    # Without a METHOD this is the time of the last change (RFC 5545, 3.8.7.2), so that a file
    # without changes has the same bytes.
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("dtstart", day)
    event.add("dtend", max(until or day, day) + ONE_DAY)
    event.add("summary", printable(summary))
    if description:
        event.add("description", printable(description))
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE" if private else "PUBLIC")
    return event
