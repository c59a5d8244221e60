"""Calendars in the iCalendar format."""

import datetime as dt

from icalendar import Calendar, Event

ONE_DAY = dt.timedelta(days=1)


def new_calendar(product, name):
    calendar = Calendar()
    calendar.add("prodid", f"-//Transition planner//{product}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    return calendar


def day_event(uid, day, summary, *, url, sequence, changed, private, until=None, description=""):
    """A day, or the days to `until`, in which nobody is busy."""
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    # Where there is no METHOD, the moment of the last change: an answer that has not changed
    # is then the same to the byte.
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("dtstart", day)
    event.add("dtend", max(until or day, day) + ONE_DAY)
    event.add("summary", summary)
    if description:
        event.add("description", description)
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE" if private else "PUBLIC")
    return event
