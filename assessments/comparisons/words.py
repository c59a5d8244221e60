"""Groups of councils and their figures in words."""

import datetime as dt

from assessments.words import counted
from councils.models import CouncilType

from .models import ComparisonSpread, ControlFamily

TYPES = {
    "": "councils of several types",
    CouncilType.COUNTY: "county councils",
    CouncilType.DISTRICT: "district and borough councils",
    CouncilType.LONDON_BOROUGH: "London boroughs",
    CouncilType.METROPOLITAN: "metropolitan districts",
    CouncilType.UNITARY: "unitary authorities",
    CouncilType.CITY_CORPORATION: "city corporations",
}
CONTROL = {
    "": "with different forms of control",
    ControlFamily.UNKNOWN: "whose form of control is not yet known",
    ControlFamily.MAJORITY: "where one group has a majority",
    ControlFamily.MINORITY: "with a single-party minority administration",
    ControlFamily.ARRANGEMENT: "with an arrangement between groups",
}


def spread_in_words(spread: ComparisonSpread) -> str:
    """Say which councils a spread is about, and what the middle half of them had completed."""
    councils = f"{spread.councils} {TYPES[spread.type]} {CONTROL[spread.control]}"
    yours = "including yours" if spread.is_counted else "not including yours this week"
    had = f"between {spread.lower}% and {spread.upper}%"
    if spread.lower == spread.upper:
        had = f"about {spread.lower}%"
    return f"Of {councils}, {yours}, about half had completed {had} of the actions they need."


def day_of_poll_in_words(election_day: dt.date, today: dt.date) -> str:
    """Return "15 days after the poll", "8 days before the poll" or "polling day"."""
    days = (today - election_day).days
    if days == 0:
        return "polling day"
    return f"{counted(abs(days), 'day')} {'after' if days > 0 else 'before'} the poll"
