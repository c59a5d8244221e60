"""What somebody should look at again in a timetable: dates that the rules do not allow.

Nothing is forbidden. A council may have an order or advice that this service does not know.
"""

import datetime as dt

from .calendar import is_working_day
from .timetable import HAND_KEYS, Occasion, Timetable

BEFORE_THE_POLL = HAND_KEYS[: HAND_KEYS.index("retirement")]
LAST_DAYS = (
    "notice_of_election",
    "pre_election_period",
    "statement_of_persons_nominated",
    "notice_of_poll",
    "summons",
    "acceptance_of_office_by",
    "council_tax_by",
)
# By law or by nature on a day when offices are open; a review or a deadline need not be.
WORKING_DAYS = (*BEFORE_THE_POLL, "retirement", "summons", "annual_meeting")


def concerns_about(timetable: Timetable) -> dict[str, list[str]]:
    """Sentences for each key date that gives cause for one; no keys if all is well."""
    found = {key: list(_about(timetable, key)) for key in timetable.set_by_hand}
    if timetable.summons and timetable.retirement and timetable.summons <= timetable.retirement:
        found.setdefault("summons", []).append(
            f"Not after {_in_words(timetable.retirement)}, when new councillors take office: "
            "plan who settles the agenda."
        )
    return {key: sentences for key, sentences in found.items() if sentences}


def _about(timetable, key):
    day, by_rule = timetable.set_by_hand[key].date, timetable.by_rule[key]
    if key in BEFORE_THE_POLL and day >= timetable.election_day:
        yield f"Not before election day, {_in_words(timetable.election_day)}."
    elif key not in BEFORE_THE_POLL and day <= timetable.election_day:
        yield f"Not after election day, {_in_words(timetable.election_day)}."
    elif key in LAST_DAYS and by_rule and day > by_rule:
        yield f"Later than the last day by the rule, {_in_words(by_rule)}."
    if key == "annual_meeting":
        yield from _about_the_meeting(timetable, day)
    if key in WORKING_DAYS and not _counts(day, timetable):
        yield f"{day:%A} {_in_words(day)} is not a working day."


def _about_the_meeting(timetable, day):
    first, last = timetable.annual_meeting_from, timetable.annual_meeting_to
    if first is None or first <= day <= last:
        return
    rule = (
        "the months of March to May"
        if timetable.occasion is Occasion.BY_ELECTION
        else "the days that the law allows"
    )
    yield f"Outside {rule}, {_in_words(first)} to {_in_words(last)}."


def _counts(day: dt.date, timetable):
    return is_working_day(day, extra_bank_holidays=timetable.extra_bank_holidays)


def _in_words(day):
    return f"{day.day} {day:%B %Y}"
