"""Dates in a timetable to check: those that the rules do not allow.

Nothing is forbidden. A council can have an order or advice that this service does not have.
"""

import datetime as dt
from collections.abc import Iterator

from .calendar import is_working_day
from .timetable import HAND_KEYS, Occasion, Timetable, usual_years

BEFORE_THE_POLL = (
    *HAND_KEYS[: HAND_KEYS.index("retirement")],
    "poll_cards_from",
    "nominations_from",
    "withdrawals_and_agents_by",
    "registration_deadline",
    "postal_vote_deadline",
    "proxy_vote_deadline",
    "polling_agents_deadline",
    "lost_postal_votes_from",
)
ON_THE_DAY = ("emergency_proxy_deadline", "verification_and_count", "declaration")
LAST_DAYS = (
    "notice_of_election",
    "pre_election_period",
    "nominations_close",
    "withdrawals_and_agents_by",
    "statement_of_persons_nominated",
    "notice_of_poll",
    "summons",
    "acceptance_of_office_by",
    "council_tax_by",
    "registration_deadline",
    "postal_vote_deadline",
    "proxy_vote_deadline",
    "polling_agents_deadline",
    "register_of_interests_by",
    "expenses_deadline",
    "election_petition_by",
    "rejected_postal_votes_by",
)
# By law or in practice on a day when offices are open; a review or a deadline does not have to be.
WORKING_DAYS = (*BEFORE_THE_POLL, "retirement", "summons", "annual_meeting")


def concerns_about_setting(timetable: Timetable, key: str) -> list[str]:
    """Return sentences about the date `key` that was set by hand; none if the rules allow it."""
    return list(_about(timetable, key))


def concerns_about(timetable: Timetable, *, today: dt.date | None = None) -> dict[str, list[str]]:
    """Return sentences about each key date that should be checked; no keys if there are none.

    With `today`, leave out what could only be done before the poll once election day has come, and
    the summons once its last day has passed.
    """
    found = {key: list(_about(timetable, key)) for key in timetable.set_by_hand}
    if timetable.occasion is Occasion.ORDINARY and not timetable.has_own_law:
        found["election_day"] = list(_about_the_year(timetable))
    summons, retirement = timetable.summons, timetable.retirement
    is_to_come = today is None or (summons is not None and today <= summons)
    if summons and retirement and summons <= retirement and is_to_come:
        sentence = (
            "The summons must go out no later than the day new councillors take office "
            f"({_in_words(retirement)}). Decide now who will settle the agenda. New "
            "councillors will not yet have agreed to receive it by email."
        )
        if today is None or today < timetable.election_day:
            sentence += " Before the poll, the council can fix a later day for the meeting."
        found.setdefault("summons", []).append(sentence)
    return {key: sentences for key, sentences in found.items() if sentences}


def _about(timetable: Timetable, key: str) -> Iterator[str]:
    day, by_rule = timetable.set_by_hand[key].date, timetable.by_rule[key]
    if key in BEFORE_THE_POLL and day >= timetable.election_day:
        yield f"This date is not before election day, {_in_words(timetable.election_day)}."
    elif key in ON_THE_DAY and day < timetable.election_day:
        yield f"This date is before election day, {_in_words(timetable.election_day)}."
    elif key not in (*BEFORE_THE_POLL, *ON_THE_DAY) and day <= timetable.election_day:
        yield f"This date is not after election day, {_in_words(timetable.election_day)}."
    elif key in LAST_DAYS and by_rule and day > by_rule:
        yield f"This date is after the last one that the rules allow, {_in_words(by_rule)}."
    if key == "annual_meeting":
        yield from _about_the_meeting(timetable, day)
    if key in WORKING_DAYS and not _counts(day, timetable):
        yield f"{day:%A} {_in_words(day)} is not a working day."


def _about_the_year(timetable: Timetable) -> Iterator[str]:
    """Point out an ordinary election in a year in which such a council usually has none."""
    year = timetable.election_day.year
    if usual := usual_years(year, timetable.council_type, timetable.cycle):
        yield f"{usual[:1].upper()}{usual[1:]}. Confirm that an order has moved this one to {year}."


def _about_the_meeting(timetable: Timetable, day: dt.date) -> Iterator[str]:
    first, last = timetable.annual_meeting_from, timetable.annual_meeting_to
    if first is None or last is None or first <= day <= last:
        return
    other = timetable.window_if_election
    if other and other[0] <= day <= other[1]:
        return
    rule = (
        "the months of March to May"
        if timetable.occasion is Occasion.BY_ELECTION and (first.month, first.day) == (3, 1)
        else "the period the law allows"
    )
    yield f"Outside {rule}, {_in_words(first)} to {_in_words(last)}."


def _counts(day: dt.date, timetable: Timetable) -> bool:
    return is_working_day(day, extra_bank_holidays=timetable.extra_bank_holidays)


def _in_words(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
