"""Every date that hangs on one election day, from the notice of election to the first anniversary.

The dates are those of an ordinary election of councillors to a principal council in England, under
the rules in force for polls since 22 May 2014 (S.I. 2014/494 moved the close of nominations to 4pm
and the statement of persons nominated to the eighteenth day). They are guidance: the returning
officer and the monitoring officer have the last word.

At a by-election the dates up to the poll hold as they are. Nobody retires, and the annual council
meeting is held in March, April or May, as in every year without an ordinary election. The first
election to a shadow authority follows its own order: nothing that the law fixes is computed for it.

Any date of HAND_KEYS can be set by hand; what hangs on it follows.
"""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .calendar import (
    clear_working_days_before,
    is_working_day,
    working_day_on_or_after,
    working_days_before,
)

__all__ = [
    "HAND_KEYS",
    "ElectionDayError",
    "HandSet",
    "KeyDate",
    "Occasion",
    "Standing",
    "Timetable",
    "annual_meeting_window_without_election",
    "clear_working_days_before",
    "first_thursday_in_may",
    "is_working_day",
    "next_ordinary_election_day",
    "timetable_for",
    "validate_election_day",
    "working_days_before",
]

FIRST_YEAR, LAST_YEAR = 2000, 2099
STAGE_2_WEEKS = range(4, 7)
THURSDAY = 3  # as date.weekday() numbers the days: Monday is 0

ELECTION_RULES = (
    "Local Elections (Principal Areas) (England and Wales) Rules 2006, Schedules 2 and 3, rule 1"
)
AMENDED_ELECTION_RULES = f"{ELECTION_RULES}, as amended by S.I. 2014/494"
ANNUAL_MEETING = "Local Government Act 1972, Schedule 12, paragraph 1"
ORDER = "The order that sets up the authority"
STAGES = "Supporting transition to no overall control, Local Government Association"
OURS = "Suggested by this service; no rule requires it"

# What a council may set by hand. Election day and the stages are settings of their own, and the
# window of the annual meeting follows the day of retirement.
HAND_KEYS = (
    "notice_of_election",
    "pre_election_period",
    "nominations_close",
    "statement_of_persons_nominated",
    "notice_of_poll",
    "retirement",
    "summons",
    "annual_meeting",
    "acceptance_of_office_by",
    "council_tax_by",
    "six_week_review",
    "six_month_review",
    "twelve_month_review",
)


class ElectionDayError(ValueError):
    """A date on which no election can be planned, with a message that can be shown to people."""


class Standing(StrEnum):
    """Whether a date is fixed by law, or is practice or advice that a council may depart from."""

    LAW = "law"
    PRACTICE = "practice"


class Occasion(StrEnum):
    """What kind of election it is: it decides which dates the law fixes."""

    ORDINARY = "ordinary"
    BY_ELECTION = "by-election"
    ORDER = "order"


@dataclass(frozen=True)
class HandSet:
    """A date that somebody set in place of the one by the rule, and why."""

    date: dt.date
    reason: str


@dataclass(frozen=True, kw_only=True)
class KeyDate:
    """One date, or one window of dates, with where it comes from.

    `key` is the name of the `Timetable` attribute that holds `date`. `short_label` has at most 22
    characters, for a picture of the timeline. `rule` says in plain words how the date is found and
    `source` names the law or guidance. `until` is the last day of a window, counted in, and None
    for a single day. `hand` is given if the date was set by hand; `rule` and `source` are then
    still those of the date that would stand there.
    """

    key: str
    label: str
    short_label: str
    date: dt.date
    rule: str
    source: str
    standing: Standing
    until: dt.date | None = None
    hand: HandSet | None = None


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """The dates around one election, made by `timetable_for`.

    The three stages share their boundaries: each runs from its first day up to, but not including,
    the first day of the next. Stage 1 is all the time before election day; stage 2 starts on
    election day (`stage_2_from`); stage 3 starts on `stage_3_from`. The first year ends on the
    first anniversary of election day (`first_year_ends`).

    `annual_meeting` is the day that was fixed by hand, else the default, and `summons` the last day
    for its summons. A date that the occasion does not have, or that its order has to give, is None
    until it is set by hand. `by_rule` holds what each date of HAND_KEYS would be otherwise.
    """

    election_day: dt.date
    stage_2_weeks: int
    extra_bank_holidays: frozenset[dt.date]
    occasion: Occasion = Occasion.ORDINARY
    set_by_hand: Mapping[str, HandSet] = field(default_factory=dict)
    by_rule: Mapping[str, dt.date | None] = field(default_factory=dict)

    notice_of_election: dt.date | None
    pre_election_period: dt.date | None
    nominations_close: dt.date | None
    statement_of_persons_nominated: dt.date | None
    notice_of_poll: dt.date | None
    retirement: dt.date | None
    annual_meeting_from: dt.date | None
    annual_meeting_to: dt.date | None
    annual_meeting_default: dt.date | None
    annual_meeting: dt.date | None
    summons_for_default: dt.date | None
    summons: dt.date | None
    acceptance_of_office_by: dt.date | None
    stage_2_from: dt.date
    stage_3_from: dt.date
    first_year_ends: dt.date
    council_tax_by: dt.date | None
    six_week_review: dt.date
    six_month_review: dt.date
    twelve_month_review: dt.date

    @property
    def is_first_thursday_in_may(self) -> bool:
        """Whether election day is the usual day for ordinary elections.

        If not, this is a by-election or an ordinary election on a day fixed by an order.
        """
        return self.election_day == first_thursday_in_may(self.election_day.year)

    @property
    def key_dates(self) -> tuple[KeyDate, ...]:
        """Every date with its rule and source, in order of date.

        Dates that fall on one day keep the order in which the work is done. The annual meeting
        window is one entry, under `annual_meeting_from`; `stage_2_from` has none of its own,
        being election day. Dates that this election does not have are left out.
        """
        known = [key_date for key_date in _key_dates(self) if key_date.date]
        return tuple(sorted(known, key=lambda key_date: key_date.date))

    @property
    def every_key_date(self) -> tuple[KeyDate, ...]:
        """The same in the order of the work, those without a date (`date` is None) included."""
        return _key_dates(self)

    def stage_on(self, day: dt.date) -> int:
        """The stage that `day` belongs to: 1, 2 or 3; 3 also after the first year has ended."""
        if day < self.stage_2_from:
            return 1
        return 2 if day < self.stage_3_from else 3

    def day_of_stage(self, day: dt.date) -> tuple[int, int | None]:
        """How far `day` is into its stage, and how long the stage is, both in calendar days.

        Stage 1 has no fixed start, so it counts down: the days left until election day, 1 or more,
        and None. Stages 2 and 3 count the days since the stage began, so the first day of the
        stage is day 0: with a poll on 6 May 2027 and six weeks, election day is (0, 42), 18 May is
        (12, 42) and 16 June, the last day of stage 2, is (41, 42). The length of stage 3 runs to
        the first anniversary, which is its last counted day; later days go on counting, with None
        for the length.
        """
        match self.stage_on(day):
            case 1:
                return (self.election_day - day).days, None
            case 2:
                return (
                    (day - self.stage_2_from).days,
                    (self.stage_3_from - self.stage_2_from).days,
                )
            case _:
                length = (self.first_year_ends - self.stage_3_from).days
                return (
                    (day - self.stage_3_from).days,
                    length if day <= self.first_year_ends else None,
                )


def timetable_for(
    election_day: dt.date,
    *,
    stage_2_weeks: int = 6,
    extra_bank_holidays: Iterable[dt.date] = (),
    occasion: Occasion = Occasion.ORDINARY,
    set_by_hand: Mapping[str, HandSet] | None = None,
) -> Timetable:
    """The timetable around `election_day`, a Thursday in the years 2000 to 2099.

    `stage_2_weeks` is the length of stage 2 in weeks: 4, 5 or 6. `extra_bank_holidays` are bank
    holidays in England that were announced too late to be known here, and days of public
    thanksgiving or mourning. `set_by_hand` has dates of HAND_KEYS that stand whatever the rules
    give; others that hang on them follow. Raises ElectionDayError if no election can be planned on
    that day, and ValueError for another length of stage 2 or a key that is not settable.
    """
    validate_election_day(election_day)
    if stage_2_weeks not in STAGE_2_WEEKS:
        raise ValueError(f"Stage 2 must be 4, 5 or 6 weeks long, not {stage_2_weeks}.")
    hand = dict(set_by_hand or {})
    if unknown := hand.keys() - set(HAND_KEYS):
        raise ValueError(f"Not dates that can be set by hand: {', '.join(sorted(unknown))}.")
    extra = frozenset(extra_bank_holidays)
    by_rule = {}

    def settled(key: str, rule_date: dt.date | None) -> dt.date | None:
        by_rule[key] = rule_date
        return hand[key].date if key in hand else rule_date

    def by_law(key: str, rule_date: dt.date | None) -> dt.date | None:
        return settled(key, None if occasion is Occasion.ORDER else rule_date)

    def before_poll(n: int) -> dt.date:
        return working_days_before(election_day, n, extra_bank_holidays=extra)

    def summons_for(meeting: dt.date | None) -> dt.date | None:
        return meeting and clear_working_days_before(meeting, 5, extra_bank_holidays=extra)

    notice_of_election = by_law("notice_of_election", before_poll(25))
    # The four days count weekends (LGA 1972, s.7); only the day that is reached can move (s.243).
    fourth_day = election_day + dt.timedelta(days=4)
    is_ordinary = occasion is Occasion.ORDINARY
    retirement = settled(
        "retirement",
        working_day_on_or_after(fourth_day, extra_bank_holidays=extra) if is_ordinary else None,
    )
    meeting_from = meeting_to = meeting_default = None
    if is_ordinary:
        meeting_from = retirement + dt.timedelta(days=1)
        meeting_to = retirement + dt.timedelta(days=21)
        meeting_default = retirement + dt.timedelta(days=8)
    elif occasion is Occasion.BY_ELECTION:
        meeting_from, meeting_to = _next_window_without_election(election_day)
    annual_meeting = settled("annual_meeting", meeting_default)

    return Timetable(
        election_day=election_day,
        stage_2_weeks=stage_2_weeks,
        extra_bank_holidays=extra,
        occasion=occasion,
        set_by_hand=hand,
        by_rule=by_rule,
        notice_of_election=notice_of_election,
        pre_election_period=settled("pre_election_period", notice_of_election),
        nominations_close=by_law("nominations_close", before_poll(19)),
        statement_of_persons_nominated=by_law("statement_of_persons_nominated", before_poll(18)),
        notice_of_poll=by_law("notice_of_poll", before_poll(6)),
        retirement=retirement,
        annual_meeting_from=meeting_from,
        annual_meeting_to=meeting_to,
        annual_meeting_default=meeting_default,
        annual_meeting=annual_meeting,
        summons_for_default=summons_for(meeting_default),
        summons=settled("summons", summons_for(annual_meeting)),
        acceptance_of_office_by=by_law("acceptance_of_office_by", _months_after(election_day, 2)),
        stage_2_from=election_day,
        stage_3_from=election_day + dt.timedelta(weeks=stage_2_weeks),
        first_year_ends=_months_after(election_day, 12),
        council_tax_by=by_law("council_tax_by", _next_tenth_of_march(election_day)),
        six_week_review=settled("six_week_review", election_day + dt.timedelta(weeks=6)),
        six_month_review=settled("six_month_review", _months_after(election_day, 6)),
        twelve_month_review=settled("twelve_month_review", _months_after(election_day, 12)),
    )


def validate_election_day(day: dt.date) -> None:
    """Raise ElectionDayError unless `day` is a Thursday in the years 2000 to 2099.

    Every Thursday passes, not only the first in May: by-elections are held all year, and an order
    can move the ordinary day (Representation of the People Act 1983, section 37).
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ElectionDayError(
            f"Election day must be in the years {FIRST_YEAR} to {LAST_YEAR}, not in {day.year}."
        )
    if day.weekday() != THURSDAY:
        raise ElectionDayError(f"Election day must be a Thursday. {_in_words(day)} is not.")


def next_ordinary_election_day(today: dt.date) -> dt.date:
    """The first Thursday in May that is not before `today`; it may be `today` itself.

    Whether a given council has an election that year is for the council to say. Source:
    Representation of the People Act 1983, section 37.
    """
    this_year = first_thursday_in_may(today.year)
    return this_year if this_year >= today else first_thursday_in_may(today.year + 1)


def first_thursday_in_may(year: int) -> dt.date:
    """The ordinary day of election in `year`, unless an order has moved it."""
    first = dt.date(year, 5, 1)
    return first + dt.timedelta(days=(THURSDAY - first.weekday()) % 7)


def annual_meeting_window_without_election(year: int) -> tuple[dt.date, dt.date]:
    """The first and last day for the annual meeting of a council with no election in `year`.

    Any day in March, April or May. Source: Local Government Act 1972, Schedule 12, paragraph 1.
    """
    return dt.date(year, 3, 1), dt.date(year, 5, 31)


def _next_window_without_election(day: dt.date) -> tuple[dt.date, dt.date]:
    """The window that is open on `day`, else the next one."""
    this_year = annual_meeting_window_without_election(day.year)
    open_or_ahead = day <= this_year[1]
    return this_year if open_or_ahead else annual_meeting_window_without_election(day.year + 1)


def _months_after(day: dt.date, months: int) -> dt.date:
    """The same day of the month `months` later, or that month's last day if it is too short."""
    years, month_index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_index + 1
    return dt.date(year, month, min(day.day, monthrange(year, month)[1]))


def _next_tenth_of_march(day: dt.date) -> dt.date:
    """The first 10 March after `day`, which does not count itself."""
    this_year = dt.date(day.year, 3, 10)
    return this_year if this_year > day else this_year.replace(year=day.year + 1)


def _in_words(day: dt.date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


ELECTION_DAY_SOURCES = {
    Occasion.ORDINARY: "Representation of the People Act 1983, section 37",
    Occasion.BY_ELECTION: "Local Government Act 1972, section 89",
    Occasion.ORDER: ORDER,
}


def _election_day_rule(timetable: Timetable) -> str:
    if timetable.occasion is Occasion.BY_ELECTION:
        return "A by-election: the day that the returning officer has fixed."
    if timetable.occasion is Occasion.ORDER:
        return "The day that the order fixes. Its other dates are set by hand, from the order."
    if timetable.is_first_thursday_in_may:
        return "The first Thursday in May."
    return (
        "Not the first Thursday in May. The dates of retirement and of the annual meeting hold "
        "only if this is an ordinary election on a day fixed by an order, not a by-election."
    )


def _retirement_rule(timetable: Timetable) -> str:
    rule = "The fourth day after the poll, weekends counted. New councillors take office that day."
    if timetable.occasion is not Occasion.ORDINARY:
        return rule
    fourth_day = timetable.election_day + dt.timedelta(days=4)
    if timetable.by_rule["retirement"] == fourth_day:
        return rule
    return f"{rule} Moved from {_in_words(fourth_day)}, which is not a working day."


def _summons_rule(timetable: Timetable) -> str:
    rule = "Five clear days before the meeting, counted in working days"
    if timetable.annual_meeting == timetable.annual_meeting_default:
        return f"{rule}, if the meeting is held on the eighth day after retirement."
    return f"{rule}."


def _window_rule(timetable: Timetable) -> str:
    if timetable.occasion is Occasion.BY_ELECTION:
        return "Any day in March, April or May, in a year without an ordinary election."
    return "Any of the 21 days that follow the day of retirement."


def _meeting_rule(timetable: Timetable) -> str:
    if timetable.occasion is Occasion.BY_ELECTION:
        return "A day in March, April or May that the council fixes."
    return "The eighth day after the day of retirement."


def _key_dates(timetable: Timetable) -> tuple[KeyDate, ...]:
    """The key dates in the order in which the work is done."""
    hand = timetable.set_by_hand.get
    return (
        KeyDate(
            key="notice_of_election",
            label="Last day to publish the notice of election",
            short_label="Notice of election",
            date=timetable.notice_of_election,
            hand=hand("notice_of_election"),
            rule="No later than the 25th working day before the poll.",
            source=ELECTION_RULES,
            standing=Standing.LAW,
        ),
        KeyDate(
            key="pre_election_period",
            label="Pre-election period begins, at the latest",
            short_label="Pre-election period",
            date=timetable.pre_election_period,
            hand=hand("pre_election_period"),
            until=timetable.election_day,
            rule=(
                "Begins no later than the notice of election, earlier if the notice is earlier, "
                "and lasts until the poll closes."
            ),
            source=(
                "Code of Recommended Practice on Local Authority Publicity 2011; "
                "Local Government Association guidance on the pre-election period"
            ),
            standing=Standing.PRACTICE,
        ),
        KeyDate(
            key="nominations_close",
            label="Nominations close at 4pm",
            short_label="Nominations close",
            date=timetable.nominations_close,
            hand=hand("nominations_close"),
            rule="4pm on the 19th working day before the poll.",
            source=AMENDED_ELECTION_RULES,
            standing=Standing.LAW,
        ),
        KeyDate(
            key="statement_of_persons_nominated",
            label="Last day to publish the statement of persons nominated",
            short_label="Persons nominated",
            date=timetable.statement_of_persons_nominated,
            hand=hand("statement_of_persons_nominated"),
            rule="No later than 4pm on the 18th working day before the poll.",
            source=AMENDED_ELECTION_RULES,
            standing=Standing.LAW,
        ),
        KeyDate(
            key="notice_of_poll",
            label="Last day to publish the notice of poll",
            short_label="Notice of poll",
            date=timetable.notice_of_poll,
            hand=hand("notice_of_poll"),
            rule="No later than the 6th working day before the poll.",
            source=ELECTION_RULES,
            standing=Standing.LAW,
        ),
        KeyDate(
            key="election_day",
            label="Election day: stage 2 begins",
            short_label="Election day",
            date=timetable.election_day,
            rule=_election_day_rule(timetable),
            source=ELECTION_DAY_SOURCES[timetable.occasion],
            standing=Standing.LAW,
        ),
        KeyDate(
            key="retirement",
            label="Councillors retire and new councillors take office",
            short_label="Councillors retire",
            date=timetable.retirement,
            hand=hand("retirement"),
            rule=_retirement_rule(timetable),
            source=(
                "Local Government Act 1972, sections 7 and 243; "
                "Schedule 2, paragraph 6 for London boroughs"
            ),
            standing=Standing.LAW,
        ),
        KeyDate(
            key="summons",
            label="Last day for the summons to the annual council meeting",
            short_label="Summons",
            date=timetable.summons,
            hand=hand("summons"),
            rule=_summons_rule(timetable),
            source=(
                "Local Government Act 1972, Schedule 12, paragraph 4 and section 100B, "
                "with S.I. 2002/715"
            ),
            standing=Standing.LAW,
        ),
        KeyDate(
            key="annual_meeting_from",
            label="Annual council meeting: the days the council may choose from",
            short_label="Annual council window",
            date=timetable.annual_meeting_from,
            until=timetable.annual_meeting_to,
            rule=_window_rule(timetable),
            source=ANNUAL_MEETING,
            standing=Standing.LAW,
        ),
        KeyDate(
            key="annual_meeting",
            label=(
                "Annual council meeting"
                if hand("annual_meeting")
                else "Annual council meeting, unless the council fixes another day"
            ),
            short_label="Annual council",
            date=timetable.annual_meeting,
            hand=hand("annual_meeting"),
            rule=_meeting_rule(timetable),
            source=ANNUAL_MEETING,
            standing=Standing.LAW,
        ),
        KeyDate(
            key="six_week_review",
            label="Six-week review",
            short_label="Six-week review",
            date=timetable.six_week_review,
            hand=hand("six_week_review"),
            rule="Six weeks after election day.",
            source=OURS,
            standing=Standing.PRACTICE,
        ),
        KeyDate(
            key="stage_3_from",
            label="Stage 3 begins",
            short_label="Stage 3 begins",
            date=timetable.stage_3_from,
            rule=(
                f"{timetable.stage_2_weeks} weeks after election day; "
                "the council may choose four to six."
            ),
            source=STAGES,
            standing=Standing.PRACTICE,
        ),
        KeyDate(
            key="acceptance_of_office_by",
            label="Last day to deliver a declaration of acceptance of office",
            short_label="Acceptance of office",
            date=timetable.acceptance_of_office_by,
            hand=hand("acceptance_of_office_by"),
            rule=(
                "Within two months from the day of the election. "
                "A councillor who misses it loses the seat."
            ),
            source="Local Government Act 1972, section 83",
            standing=Standing.LAW,
        ),
        KeyDate(
            key="six_month_review",
            label="Six-month review",
            short_label="Six-month review",
            date=timetable.six_month_review,
            hand=hand("six_month_review"),
            rule="Six months after election day.",
            source=OURS,
            standing=Standing.PRACTICE,
        ),
        KeyDate(
            key="council_tax_by",
            label="Last day to set council tax",
            short_label="Budget and council tax",
            date=timetable.council_tax_by,
            hand=hand("council_tax_by"),
            rule=(
                "Before 11 March for the financial year that follows. A county council or other "
                "precepting authority has an earlier day: ask the section 151 officer."
            ),
            source="Local Government Finance Act 1992, section 30(6)",
            standing=Standing.LAW,
        ),
        KeyDate(
            key="twelve_month_review",
            label="Twelve-month review",
            short_label="Twelve-month review",
            date=timetable.twelve_month_review,
            hand=hand("twelve_month_review"),
            rule="Twelve months after election day.",
            source=OURS,
            standing=Standing.PRACTICE,
        ),
        KeyDate(
            key="first_year_ends",
            label="First year ends",
            short_label="First year ends",
            date=timetable.first_year_ends,
            rule="The first anniversary of election day.",
            source=STAGES,
            standing=Standing.PRACTICE,
        ),
    )
