"""Every date that follows from one election day, from the notice of election to the next year.

The dates are those of an ordinary election of councillors to a principal council in England, under
the rules in force for polls since 22 May 2014 (S.I. 2014/494 moved the close of nominations to 4pm
and the statement of persons nominated to the eighteenth day). They are guidance: take advice from
the returning officer, who fixes the timetable, and from the monitoring officer.

A by-election can be held on any working day; its dates up to the poll follow the same rules. No
councillors retire, and the annual council meeting is held in March, April or May, unless the
council has an ordinary election in that year. The first election to a shadow authority follows its
own order, and the City of London has its own election law: no statutory date is computed for them.

Any date of ALL_HAND_KEYS can be set by hand, and the dates that depend on it follow. Each date has
a rule, a source, a standing (law, practice or both) and a certainty: verified against published
timetables or texts, or believed, to be checked with the returning or monitoring officer.
"""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from .calendar import (
    DECLARED_ON,
    SATURDAY,
    clear_working_days_before,
    is_working_day,
    moved_from_day_off,
    working_day_on_or_after,
    working_day_on_or_before,
    working_days_after,
    working_days_before,
)

__all__ = [
    "ALL_HAND_KEYS",
    "HAND_KEYS",
    "Certainty",
    "CouncilKind",
    "Cycle",
    "DateStanding",
    "ElectionDayError",
    "HandSet",
    "KeyDate",
    "Occasion",
    "Stages",
    "Timetable",
    "annual_meeting_window_without_election",
    "clear_working_days_before",
    "first_thursday_in_may",
    "following_ordinary_election_day",
    "has_ordinary_election",
    "is_working_day",
    "last_day_for_by_election",
    "next_ordinary_election_day",
    "stages_for",
    "stays_vacant",
    "timetable_for",
    "usual_years",
    "validate_election_day",
    "working_days_before",
    "year_of_next_meeting",
]

FIRST_YEAR, LAST_YEAR = 2000, 2099
STAGE_2_WEEKS = range(4, 7)
THURSDAY = 3  # as date.weekday() numbers the days: Monday is 0

ELECTION_RULES = (
    "Local Elections (Principal Areas) (England and Wales) Rules 2006, Schedules 2 and 3"
)
ELECTION_TIMETABLE = f"{ELECTION_RULES}, rule 1"
AMENDED_ELECTION_TIMETABLE = f"{ELECTION_TIMETABLE}, as amended by S.I. 2014/494"
RPA_1983 = "Representation of the People Act 1983"
REGISTRATION = f"{RPA_1983}, section 13B"
RPR_2001 = "Representation of the People (England and Wales) Regulations 2001"
ABSENT_VOTES = f"{RPR_2001}, regulation 56, as amended"
LOST_POSTAL_VOTES = f"{RPR_2001}, regulation 78, as amended"
ABSENT_VOTES_ON_THE_DAY = f"{RPR_2001}, regulations 56 and 78, as amended"
VOTER_IDENTIFICATION = "Voter Identification Regulations 2022"
ANNUAL_MEETING = "Local Government Act 1972, Schedule 12, paragraph 1"
BALANCE = "Local Government and Housing Act 1989, section 15"
CITY = "The election law of the City of London"
ORDER = "The order under which the election is held"
STAGES = "Supporting transition to no overall control, Local Government Association"
OURS = "Our suggestion. Not a legal requirement"
NO_KEY_DECISIONS = "A council with a committee system has no key decisions."

# The dates that a plan can set by hand. Election day and the stages are settings of their own, and
# the window of the annual meeting follows the day of retirement.
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
# The dates of those who run the election or the meeting, in the order of the work.
DETAILS = (
    "poll_cards_from",
    "nominations_from",
    "withdrawals_and_agents_by",
    "registration_deadline",
    "postal_vote_deadline",
    "proxy_vote_deadline",
    "polling_agents_deadline",
    "lost_postal_votes_from",
    "emergency_proxy_deadline",
    "verification_and_count",
    "declaration",
    "group_notices_by",
    "balance_review",
    "first_key_decision_from",
    "register_of_interests_by",
    "expenses_deadline",
    "election_petition_by",
    "rejected_postal_votes_by",
    "papers_kept_until",
)
ALL_HAND_KEYS = (*HAND_KEYS, *DETAILS)


class ElectionDayError(ValueError):
    """A date on which no election can be planned, with a message that can be shown to people."""


class DateStanding(StrEnum):
    """Whether a date is fixed by law, or is practice or advice that a council can depart from."""

    LAW = "law"
    LAW_AND_GUIDANCE = "law and guidance"
    PRACTICE = "practice"


class Certainty(StrEnum):
    """Whether the rule was verified against the law or published timetables, or is believed.

    docs/legal-sources.md says which texts were read.
    """

    VERIFIED = "verified"
    BELIEVED = "believed"


class Occasion(StrEnum):
    """The kind of election, which decides which dates the law fixes."""

    ORDINARY = "ordinary"
    BY_ELECTION = "by-election"
    ORDER = "order"


class CouncilKind(StrEnum):
    """The type of council, as in the council directory."""

    COUNTY = "county"
    DISTRICT = "district"
    LONDON_BOROUGH = "london-borough"
    METROPOLITAN = "metropolitan"
    UNITARY = "unitary"
    CITY_CORPORATION = "city-corporation"


# They elect all seats at once by law (Local Government Act 1972, section 7 and Schedule 2,
# paragraph 6).
ELECTED_AS_A_WHOLE = (CouncilKind.COUNTY, CouncilKind.LONDON_BOROUGH)


class Cycle(StrEnum):
    """How a council is elected. The council enters it; there is no open data."""

    UNKNOWN = ""
    WHOLE = "whole"
    HALVES = "halves"
    THIRDS = "thirds"


@dataclass(frozen=True)
class HandSet:
    """A date set by a person in place of the one that the rule gives, and the reason.

    `article` is that of the order which gives the date, if one does.
    """

    date: dt.date
    reason: str
    article: str = ""

    @property
    def order(self) -> str:
        """Return the title of the order that gives the date; empty if none does."""
        begins = f"Article {self.article} of "
        is_given = self.article and self.reason.startswith(begins)
        return self.reason.removeprefix(begins) if is_given else ""

    @property
    def set_by_order(self) -> str:
        """Return "Set by the order: article 5 of the Fenland Order 2026"; empty if it is not."""
        if not self.article:
            return ""
        title = f"the {self.order[4:]}" if self.order.startswith("The ") else self.order
        return f"Set by the order: article {self.article}" + (f" of {title}" if title else "")


@dataclass(frozen=True, kw_only=True)
class KeyDate:
    """One date, or one window of dates, with its rule and source.

    `key` is the name of the `Timetable` attribute that holds `date`. `short_label` has at most 22
    characters, for a picture of the timeline. `rule` says in plain words how the date is found and
    `source` names the law or guidance. `until` is the last day of a window, included, and None for
    a single day. `hand` is given if the date was set by hand; `rule` and `source` are still those
    of the date that it replaces. A `detail` is needed by those who run the election or the meeting,
    and is left out of short lists.
    """

    key: str
    label: str
    short_label: str
    date: dt.date | None
    rule: str
    source: str
    standing: DateStanding
    certainty: Certainty = Certainty.BELIEVED
    until: dt.date | None = None
    hand: HandSet | None = None

    @property
    def detail(self) -> bool:
        return self.key in DETAILS


@dataclass(frozen=True, kw_only=True)
class Stages:
    """The three stages around an election, made by `stages_for`.

    They share their boundaries: each runs from its first day up to, but not including, the first
    day of the next. Stage 1 is all the time before election day; stage 2 starts on election day
    (`stage_2_from`); stage 3 starts on `stage_3_from`. The first year ends on the first anniversary
    of election day (`first_year_ends`).
    """

    election_day: dt.date
    stage_2_weeks: int
    stage_2_from: dt.date
    stage_3_from: dt.date
    first_year_ends: dt.date

    def stage_on(self, day: dt.date) -> int:
        """Return the stage of `day`: 1, 2 or 3; it stays 3 after the first year has ended."""
        if day < self.stage_2_from:
            return 1
        return 2 if day < self.stage_3_from else 3

    def span_of(self, number: int) -> tuple[dt.date | None, dt.date]:
        """Return the first and last day of a stage. Stage 1 has no first day.

        The last day of stage 3 is the first anniversary.
        """
        day = dt.timedelta(days=1)
        match number:
            case 1:
                return None, self.stage_2_from - day
            case 2:
                return self.stage_2_from, self.stage_3_from - day
            case _:
                return self.stage_3_from, self.first_year_ends

    def day_of_stage(self, day: dt.date) -> tuple[int, int | None]:
        """Return which day of its stage `day` is and how many the stage has, in calendar days.

        Stage 1 has no first day, so it counts down: the days left until election day, 1 or more,
        and None. The first day of stages 2 and 3 is day 1: with a poll on 6 May 2027 and six weeks,
        election day is (1, 42), 18 May is (13, 42) and 16 June, the last day of stage 2, is
        (42, 42). For days after the first anniversary there is no number of days, but None.
        """
        first, last = self.span_of(self.stage_on(day))
        if first is None:
            return (self.election_day - day).days, None
        length = (last - first).days + 1
        return (day - first).days + 1, length if day <= last else None


@dataclass(frozen=True, kw_only=True)
class Timetable(Stages):
    """The dates around one election, made by `timetable_for`.

    `annual_meeting` is the day set by hand, else the default, and `summons` the last day for its
    summons. After a by-election `annual_meeting_from` and `annual_meeting_to` are the window of the
    next annual meeting; if it is not known whether the council has an ordinary election in that
    year, `window_if_election` has the other window. `next_ordinary_election` is as it was given. A
    date that the occasion does not have, or that its order has to give, is None until it is set by
    hand. `by_rule` holds what each date of ALL_HAND_KEYS would be otherwise.
    """

    extra_bank_holidays: frozenset[dt.date]
    occasion: Occasion = Occasion.ORDINARY
    set_by_hand: Mapping[str, HandSet] = field(default_factory=dict)
    by_rule: Mapping[str, dt.date | None] = field(default_factory=dict)
    council_type: CouncilKind | None = None
    cycle: Cycle = Cycle.UNKNOWN
    window_if_election: tuple[dt.date, dt.date] | None = None
    next_ordinary_election: dt.date | None = None

    poll_cards_from: dt.date | None
    nominations_from: dt.date | None
    withdrawals_and_agents_by: dt.date | None
    registration_deadline: dt.date | None
    postal_vote_deadline: dt.date | None
    proxy_vote_deadline: dt.date | None
    polling_agents_deadline: dt.date | None
    lost_postal_votes_from: dt.date | None
    emergency_proxy_deadline: dt.date | None
    verification_and_count: dt.date | None
    declaration: dt.date | None
    group_notices_by: dt.date | None
    balance_review: dt.date | None
    first_key_decision_from: dt.date | None
    register_of_interests_by: dt.date | None
    expenses_deadline: dt.date | None
    election_petition_by: dt.date | None
    rejected_postal_votes_by: dt.date | None
    papers_kept_until: dt.date | None
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
    council_tax_by: dt.date | None
    six_week_review: dt.date | None
    six_month_review: dt.date | None
    twelve_month_review: dt.date | None

    @property
    def has_own_law(self) -> bool:
        """Whether this election follows an order or law that is not computed here."""
        return self.occasion is Occasion.ORDER or self.is_city

    @property
    def is_city(self) -> bool:
        return self.council_type is CouncilKind.CITY_CORPORATION

    @property
    def is_county(self) -> bool:
        return self.council_type is CouncilKind.COUNTY

    @property
    def is_first_thursday_in_may(self) -> bool:
        """Whether election day is the usual day for ordinary elections.

        If not, this is a by-election, or an ordinary election on a day fixed by an order.
        """
        return self.election_day == first_thursday_in_may(self.election_day.year)

    @property
    def is_meeting_fixed(self) -> bool:
        """Whether the council has fixed the day of the annual meeting, even the default one."""
        return "annual_meeting" in self.set_by_hand

    @property
    def key_dates(self) -> tuple[KeyDate, ...]:
        """The main dates with their rules and sources, in order of date.

        Dates on the same day keep the order in which the work is done. The window of the annual
        meeting is one entry, under `annual_meeting_from`, until the council fixes the day: then the
        rule of `annual_meeting` explains it. `stage_2_from` has no entry, because it is election
        day. Dates that this election does not have are left out, and so are details
        (see `all_dates`).
        """
        return tuple(each for each in self.all_dates if not each.detail)

    @property
    def all_dates(self) -> tuple[KeyDate, ...]:
        """Every date that this election has, details included, in order of date."""
        known = [(each.date, each) for each in _key_dates(self) if each.date is not None]
        return tuple(key_date for _, key_date in sorted(known, key=lambda pair: pair[0]))

    def to_come(self, today: dt.date) -> tuple[KeyDate, ...]:
        """Return the main dates that are not over, without a window that needs no decision now.

        That is the window of the annual meeting, once its day has passed.
        """
        is_held = self.annual_meeting is not None and self.annual_meeting < today
        return tuple(
            each
            for each in self.key_dates
            if each.date is not None
            and (each.until or each.date) >= today
            and not (is_held and each.key == "annual_meeting_from")
        )

    @property
    def every_key_date(self) -> tuple[KeyDate, ...]:
        """The main dates in the order of the work, with those that have no date (None)."""
        return tuple(each for each in _key_dates(self) if not each.detail)

    @property
    def every_date(self) -> tuple[KeyDate, ...]:
        """Every date in the order of the work, details and those without a date included."""
        return _key_dates(self)


def stages_for(election_day: dt.date, *, stage_2_weeks: int) -> Stages:
    """Return the stages, which follow from these two only: no kind of election moves them."""
    return Stages(
        election_day=election_day,
        stage_2_weeks=stage_2_weeks,
        stage_2_from=election_day,
        stage_3_from=election_day + dt.timedelta(weeks=stage_2_weeks),
        first_year_ends=_months_after(election_day, 12),
    )


def timetable_for(
    election_day: dt.date,
    *,
    stage_2_weeks: int = 6,
    extra_bank_holidays: Iterable[dt.date] = (),
    declared: Mapping[dt.date, dt.date] | None = None,
    occasion: Occasion = Occasion.ORDINARY,
    set_by_hand: Mapping[str, HandSet] | None = None,
    council_type: CouncilKind | str | None = None,
    cycle: Cycle | str = Cycle.UNKNOWN,
    next_ordinary_election: dt.date | None = None,
) -> Timetable:
    """Return the timetable around `election_day`, in the years 2000 to 2099.

    `stage_2_weeks` is the length of stage 2 in weeks: 4, 5 or 6. `extra_bank_holidays` are bank
    holidays in England that are not known here yet, and days of public thanksgiving or mourning.
    `declared` has, for bank holidays that were declared late, the day of the declaration: a date up
    to that day stays as it was, if the notice of election had been published before (Representation
    of the People Act 1983, section 119). `set_by_hand` has dates of ALL_HAND_KEYS that replace
    those of the rules; dates that depend on them follow. `council_type` and `cycle` decide about
    the precept, retirement and, after a by-election, the next annual meeting, for which
    `next_ordinary_election` can be given instead.

    Raises ElectionDayError if no election can be planned on that day, and ValueError for another
    length of stage 2 or a key that cannot be set.
    """
    validate_election_day(election_day, occasion=occasion)
    if stage_2_weeks not in STAGE_2_WEEKS:
        raise ValueError(f"Stage 2 must be 4, 5 or 6 weeks long, not {stage_2_weeks}.")
    hand = dict(set_by_hand or {})
    if unknown := hand.keys() - set(ALL_HAND_KEYS):
        raise ValueError(f"Not dates that can be set by hand: {', '.join(sorted(unknown))}.")
    kind = CouncilKind(council_type) if council_type else None
    cycle = Cycle(cycle)
    extra = frozenset(extra_bank_holidays)
    has_own_law = occasion is Occasion.ORDER or kind is CouncilKind.CITY_CORPORATION
    is_ordinary = occasion is Occasion.ORDINARY and not has_own_law
    by_rule: dict[str, dt.date | None] = {}

    def settled(key: str, rule_date: dt.date | None) -> dt.date | None:
        by_rule[key] = rule_date
        return hand[key].date if key in hand else rule_date

    def by_law(key: str, rule_date: dt.date | None) -> dt.date | None:
        return settled(key, None if has_own_law else rule_date)

    late = _declared_late(election_day, extra, declared or {}, hand.get("notice_of_election"))

    def before_poll(n: int) -> dt.date:
        return _working_day_before_poll(election_day, n, extra, late)

    def moved(day: dt.date) -> dt.date:
        return moved_from_day_off(day, extra_bank_holidays=extra)

    def summons_for(meeting: dt.date | None) -> dt.date | None:
        return meeting and clear_working_days_before(meeting, 5, extra_bank_holidays=extra)

    def review(key: str, day: dt.date) -> dt.date | None:
        # On or before, so that the last review is within the first year.
        return settled(key, working_day_on_or_before(day, extra_bank_holidays=extra))

    notice_of_election = by_law("notice_of_election", before_poll(25))
    # The four days include weekends (LGA 1972, s.7); only the last day can move (s.243).
    fourth_day = election_day + dt.timedelta(days=4)
    retirement = settled(
        "retirement",
        working_day_on_or_after(fourth_day, extra_bank_holidays=extra) if is_ordinary else None,
    )
    meeting_from = meeting_to = meeting_default = window_if_election = None
    if is_ordinary and retirement is not None:
        meeting_from, meeting_to = _window_after(retirement)
        meeting_default = retirement + dt.timedelta(days=8)
    elif occasion is Occasion.BY_ELECTION and not has_own_law:
        (meeting_from, meeting_to), window_if_election = _next_window(
            election_day, kind, cycle, next_ordinary_election, extra
        )
    annual_meeting = settled("annual_meeting", meeting_default)
    summons = settled("summons", summons_for(annual_meeting))
    declaration = settled("declaration", None)
    declared_on = declaration or election_day + dt.timedelta(days=1)
    in_office = retirement if is_ordinary else declared_on

    stages = stages_for(election_day, stage_2_weeks=stage_2_weeks)
    return Timetable(
        election_day=election_day,
        stage_2_weeks=stage_2_weeks,
        stage_2_from=stages.stage_2_from,
        stage_3_from=stages.stage_3_from,
        first_year_ends=stages.first_year_ends,
        extra_bank_holidays=extra,
        occasion=occasion,
        set_by_hand=hand,
        by_rule=by_rule,
        council_type=kind,
        cycle=cycle,
        window_if_election=window_if_election,
        next_ordinary_election=next_ordinary_election,
        notice_of_election=notice_of_election,
        pre_election_period=settled("pre_election_period", notice_of_election),
        poll_cards_from=by_law("poll_cards_from", notice_of_election),
        nominations_from=by_law(
            "nominations_from",
            notice_of_election
            and working_days_after(notice_of_election, 1, extra_bank_holidays=extra),
        ),
        nominations_close=by_law("nominations_close", before_poll(19)),
        withdrawals_and_agents_by=by_law("withdrawals_and_agents_by", before_poll(19)),
        statement_of_persons_nominated=by_law("statement_of_persons_nominated", before_poll(18)),
        registration_deadline=by_law("registration_deadline", before_poll(12)),
        postal_vote_deadline=by_law("postal_vote_deadline", before_poll(11)),
        proxy_vote_deadline=by_law("proxy_vote_deadline", before_poll(6)),
        notice_of_poll=by_law("notice_of_poll", before_poll(6)),
        polling_agents_deadline=by_law("polling_agents_deadline", before_poll(5)),
        lost_postal_votes_from=by_law("lost_postal_votes_from", before_poll(4)),
        emergency_proxy_deadline=by_law("emergency_proxy_deadline", election_day),
        verification_and_count=settled("verification_and_count", None),
        declaration=declaration,
        retirement=retirement,
        annual_meeting_from=meeting_from,
        annual_meeting_to=meeting_to,
        annual_meeting_default=meeting_default,
        annual_meeting=annual_meeting,
        summons_for_default=summons_for(meeting_default),
        summons=summons,
        group_notices_by=settled("group_notices_by", summons if is_ordinary else None),
        balance_review=settled("balance_review", annual_meeting if is_ordinary else None),
        first_key_decision_from=settled(
            "first_key_decision_from",
            annual_meeting + dt.timedelta(days=29) if is_ordinary and annual_meeting else None,
        ),
        register_of_interests_by=by_law(
            "register_of_interests_by", in_office and in_office + dt.timedelta(days=27)
        ),
        acceptance_of_office_by=by_law(
            "acceptance_of_office_by", moved(_months_after(election_day, 2))
        ),
        election_petition_by=by_law(
            "election_petition_by",
            working_day_on_or_after(
                election_day + dt.timedelta(days=21), extra_bank_holidays=extra
            ),
        ),
        expenses_deadline=by_law(
            "expenses_deadline",
            working_day_on_or_after(declared_on + dt.timedelta(days=35), extra_bank_holidays=extra),
        ),
        rejected_postal_votes_by=by_law(
            "rejected_postal_votes_by", _end_of_months_that_begin(election_day, 3)
        ),
        papers_kept_until=by_law("papers_kept_until", _months_after(election_day, 12)),
        council_tax_by=by_law(
            "council_tax_by",
            _last_of_february_after(election_day)
            if kind is CouncilKind.COUNTY
            else _next_tenth_of_march(election_day),
        ),
        six_week_review=review("six_week_review", election_day + dt.timedelta(weeks=6)),
        six_month_review=review("six_month_review", _months_after(election_day, 6)),
        twelve_month_review=review("twelve_month_review", _months_after(election_day, 12)),
    )


def _declared_late(
    election_day: dt.date,
    extra: frozenset[dt.date],
    declared: Mapping[dt.date, dt.date],
    notice: HandSet | None,
) -> dict[dt.date, dt.date]:
    """Bank holidays declared after the notice of election was due, by the day of declaration."""
    known = {**DECLARED_ON, **declared}
    published = (
        notice.date
        if notice
        else working_days_before(election_day, 25, extra_bank_holidays=extra, ignored=known)
    )
    return {day: declared_on for day, declared_on in known.items() if declared_on >= published}


def _working_day_before_poll(
    election_day: dt.date, n: int, extra: frozenset[dt.date], late: Mapping[dt.date, dt.date]
) -> dt.date:
    """Return the `n`th working day before the poll.

    A bank holiday declared late moves no date that was at hand on the day of the declaration, and
    none back to before it: a deadline does not pass by being changed.
    """
    first = working_days_before(election_day, n, extra_bank_holidays=extra, ignored=late)
    still_ignored = [day for day, declared_on in late.items() if declared_on >= first]
    moved = working_days_before(election_day, n, extra_bank_holidays=extra, ignored=still_ignored)
    is_past = any(moved <= declared_on < first for declared_on in late.values())
    return first if is_past else moved


def _window_after(retirement: dt.date) -> tuple[dt.date, dt.date]:
    return retirement + dt.timedelta(days=1), retirement + dt.timedelta(days=21)


def _next_window(
    day: dt.date,
    kind: CouncilKind | None,
    cycle: Cycle,
    next_ordinary_election: dt.date | None,
    extra: frozenset[dt.date],
) -> tuple[tuple[dt.date, dt.date], tuple[dt.date, dt.date] | None]:
    """The window of the next annual meeting after a by-election, and the other one if unsure."""
    year = year_of_next_meeting(day)
    without = annual_meeting_window_without_election(year)
    poll = first_thursday_in_may(year)
    expected: bool | None
    if next_ordinary_election is not None:
        expected = next_ordinary_election.year == year
        poll = next_ordinary_election if expected else poll
    else:
        expected = has_ordinary_election(year, kind, cycle)
    fourth_day = poll + dt.timedelta(days=4)
    after = _window_after(working_day_on_or_after(fourth_day, extra_bank_holidays=extra))
    if expected:
        return after, None
    return without, after if expected is None and poll >= day else None


def has_ordinary_election(
    year: int, council_type: CouncilKind | str | None, cycle: Cycle | str = Cycle.UNKNOWN
) -> bool | None:
    """Return whether a council of this type and cycle has an ordinary election in `year`.

    None if that does not follow from them, as for a district elected as a whole. Orders have
    postponed elections, so the council should be able to correct the answer. Source: Local
    Government Act 1972, sections 7 and 26, and Schedule 2.
    """
    kind = CouncilKind(council_type) if council_type else None
    if kind is CouncilKind.COUNTY:
        return year % 4 == 1  # 2021, 2025, 2029
    if kind is CouncilKind.LONDON_BOROUGH:
        return year % 4 == 2  # 2022, 2026, 2030
    match Cycle(cycle):
        case Cycle.THIRDS:
            return year % 4 != 1  # the year of county elections is the one without
        case Cycle.HALVES:
            return year % 2 == 0
    return None


def usual_years(
    year: int, council_type: CouncilKind | str | None, cycle: Cycle | str = Cycle.UNKNOWN
) -> str:
    """Return a sentence part on when such a council has its ordinary elections, not in `year`.

    "" unless `has_ordinary_election` says that it has none in that year.
    """
    if has_ordinary_election(year, council_type, cycle) is not False:
        return ""
    if council_type in {CouncilKind.COUNTY, CouncilKind.LONDON_BOROUGH}:
        kind = "county council" if council_type == CouncilKind.COUNTY else "London borough council"
        first = next(y for y in range(year - 3, year) if has_ordinary_election(y, council_type))
        return f"a {kind} has its ordinary elections every 4 years, as in {first} and {first + 4}"
    if Cycle(cycle) is Cycle.HALVES:
        return "a council elected by halves has its ordinary elections in even years"
    return f"a council elected by thirds has no ordinary election in {year}"


def last_day_for_by_election(
    notice: dt.date, *, extra_bank_holidays: Iterable[dt.date] = ()
) -> dt.date:
    """Return the last day for the poll after two electors gave notice of a casual vacancy.

    Within 35 working days. Source: Local Government Act 1972, section 89(1).
    """
    return working_days_after(notice, 35, extra_bank_holidays=frozenset(extra_bank_holidays))


def stays_vacant(vacant_on: dt.date, term_ends: dt.date) -> bool:
    """Return whether a seat stays vacant because it became so in the last six months of its term.

    Source: Local Government Act 1972, section 89(3), which has an exception where more than a third
    of the council's seats are vacant: see `vacancy.vacancy_schedule`.
    """
    return vacant_on >= _months_after(term_ends, -6)


def validate_election_day(day: dt.date, *, occasion: Occasion = Occasion.ORDINARY) -> None:
    """Raise ElectionDayError unless an election can be held on `day`, in the years 2000 to 2099.

    An ordinary election is on a Thursday; not only the first in May, because an order can move it
    (Representation of the People Act 1983, section 37). A by-election, or an election under its own
    order, can be on any day from Monday to Friday that is not a bank holiday.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ElectionDayError(
            f"Election day must be in the years {FIRST_YEAR} to {LAST_YEAR}, not in {day.year}."
        )
    if occasion is Occasion.ORDINARY:
        if day.weekday() != THURSDAY:
            raise ElectionDayError(f"Election day must be a Thursday. {_in_words(day)} is not.")
    elif day.weekday() >= SATURDAY or (not is_working_day(day) and day.weekday() != THURSDAY):
        raise ElectionDayError(f"Election day must be a working day. {_in_words(day)} is not.")


def next_ordinary_election_day(today: dt.date) -> dt.date:
    """Return the first Thursday in May on or after `today`.

    A given council may have no election in that year (see `has_ordinary_election`). Source:
    Representation of the People Act 1983, section 37.
    """
    this_year = first_thursday_in_may(today.year)
    return this_year if this_year >= today else first_thursday_in_may(today.year + 1)


def following_ordinary_election_day(
    last: dt.date,
    today: dt.date,
    *,
    council_type: CouncilKind | str | None,
    cycle: Cycle | str = Cycle.UNKNOWN,
) -> dt.date:
    """Return the usual day on which a council is likely to have its ordinary election after `last`.

    It is on or after `today`. Years without an election of such a council are left out, and a
    council elected as a whole is elected for 4 years. An order can set another day or year. Source:
    Local Government Act 1972, sections 7 and 26.
    """
    day = next_ordinary_election_day(max(today, last + dt.timedelta(days=1)))
    if Cycle(cycle) is Cycle.WHOLE:
        day = max(day, first_thursday_in_may(last.year + 4))
    while has_ordinary_election(day.year, council_type, cycle) is False:
        day = first_thursday_in_may(day.year + 1)
    return day


def first_thursday_in_may(year: int) -> dt.date:
    """Return the ordinary day of election in `year`, unless an order has moved it."""
    first = dt.date(year, 5, 1)
    return first + dt.timedelta(days=(THURSDAY - first.weekday()) % 7)


def annual_meeting_window_without_election(year: int) -> tuple[dt.date, dt.date]:
    """Return the first and last day for the annual meeting of a council without an election.

    Any day in March, April or May. Source: Local Government Act 1972, Schedule 12, paragraph 1.
    """
    return dt.date(year, 3, 1), dt.date(year, 5, 31)


def year_of_next_meeting(day: dt.date) -> int:
    """Return the year of the annual meeting that is next after a by-election on `day`.

    It is that of `day` if the meeting can still be held by the end of May.
    """
    _, last = annual_meeting_window_without_election(day.year)
    return day.year if day <= last else day.year + 1


def _end_of_months_that_begin(day: dt.date, months: int) -> dt.date:
    """Return the last day of a period of `months` that begins with `day` and includes it."""
    after = _months_after(day, months)
    # In a month that is too short for the same day, the period ends with the month.
    return after - dt.timedelta(days=1) if after.day == day.day else after


def _months_after(day: dt.date, months: int) -> dt.date:
    """The same day of the month `months` later, or that month's last day if it is too short."""
    years, month_index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_index + 1
    return dt.date(year, month, min(day.day, monthrange(year, month)[1]))


def _next_tenth_of_march(day: dt.date) -> dt.date:
    """The first 10 March after `day`."""
    this_year = dt.date(day.year, 3, 10)
    return this_year if this_year > day else this_year.replace(year=day.year + 1)


def _last_of_february_after(day: dt.date) -> dt.date:
    """The first last day of February after `day`."""
    for year in (day.year, day.year + 1):
        last = dt.date(year, 2, monthrange(year, 2)[1])
        if last > day:
            break
    return last


def _in_words(day: dt.date) -> str:
    return f"{day:%A} {_day_in_words(day)}"


def _day_in_words(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


# --- The rules in words ---------------------------------------------------------------------------


def _election_day_source(timetable: Timetable) -> str:
    if timetable.is_city:
        return CITY
    return {
        Occasion.ORDINARY: f"{RPA_1983}, section 37",
        Occasion.BY_ELECTION: "Local Government Act 1972, section 89",
        Occasion.ORDER: ORDER,
    }[timetable.occasion]


def _election_day_rule(timetable: Timetable) -> str:
    if timetable.is_city:
        return (
            "Elections in the City of London follow its own law, so no dates are calculated from "
            "this day. The returning officer advises on them."
        )
    if timetable.occasion is Occasion.BY_ELECTION:
        return "A by-election, held on the day fixed by the returning officer."
    if timetable.occasion is Occasion.ORDER:
        return (
            "The day set by the order. The statutory dates depend on the order and on the rules "
            "that it applies, so they are not calculated."
        )
    if timetable.is_first_thursday_in_may:
        return "The first Thursday in May."
    return (
        "Not the first Thursday in May, so these dates apply only if an order moved the ordinary "
        "election to this day. They do not apply to a by-election."
    )


def _retirement_rule(timetable: Timetable) -> str:
    rule = (
        "The fourth day after the poll, weekends included. New councillors take office that day; "
        "no one may act as a councillor before making the declaration of acceptance of office."
    )
    if timetable.occasion is not Occasion.ORDINARY or timetable.has_own_law:
        return rule
    match timetable.cycle:
        case _ if timetable.council_type in ELECTED_AS_A_WHOLE:
            rule += " All councillors retire."
        case Cycle.THIRDS:
            rule += " Only councillors whose term ends, about a third of the council, retire."
        case Cycle.HALVES:
            rule += " Only councillors whose term ends, about half of the council, retire."
        case Cycle.UNKNOWN:
            rule += " If the council is not elected as a whole, only those whose term ends retire."
    fourth_day = timetable.election_day + dt.timedelta(days=4)
    if timetable.by_rule["retirement"] == fourth_day:
        return rule
    return f"{rule} Moved from {_in_words(fourth_day)}, which is not a working day."


def _review_rule(timetable: Timetable, key: str) -> str:
    """Return the rule for a review, with the day it was moved from.

    Without that day, the review on 23 December of a plan whose stage 3 begins on 24 December, both
    6 weeks after the poll, looks like a mistake: Christmas Eve is not a working day.
    """
    length, day = {
        "six_week_review": ("Six weeks", timetable.election_day + dt.timedelta(weeks=6)),
        "six_month_review": ("Six months", _months_after(timetable.election_day, 6)),
        "twelve_month_review": ("Twelve months", _months_after(timetable.election_day, 12)),
    }[key]
    rule = f"{length} after election day, or the working day before."
    if timetable.by_rule[key] in {None, day}:
        return rule
    eve = " (Christmas Eve)" if (day.month, day.day) == (12, 24) else ""
    return f"{rule} Moved from {_in_words(day)}{eve}, which is not a working day."


def _retirement_source(kind: CouncilKind | None) -> str:
    match kind:
        case CouncilKind.LONDON_BOROUGH:
            return "Local Government Act 1972, sections 83 and 243 and Schedule 2, paragraph 6"
        case None | CouncilKind.CITY_CORPORATION:
            return (
                "Local Government Act 1972, sections 7, 83 and 243; Schedule 2, paragraph 6 for "
                "London boroughs"
            )
    return "Local Government Act 1972, sections 7, 83 and 243"


def _summons_rule(timetable: Timetable) -> str:
    rule = "Five clear days before the meeting, counted in working days"
    default = timetable.annual_meeting_default
    if default is not None and timetable.annual_meeting == default:
        return f"{rule}, if the meeting is held on the eighth day after retirement."
    return f"{rule}."


def _window_rule(timetable: Timetable) -> str:
    first = timetable.annual_meeting_from
    if timetable.occasion is not Occasion.BY_ELECTION or first is None:
        return (
            "Any of the 21 days that follow the day of retirement. Before the poll, full council "
            "can fix which one. A later one leaves more time for negotiations."
        )
    if (first.month, first.day) != (3, 1):
        return (
            f"The council has an ordinary election in {first.year}, so any of the 21 days that "
            "follow the day of retirement."
        )
    rule = (
        f"Any day in March, April or May, if the council has no ordinary election in {first.year}."
    )
    if timetable.window_if_election:
        start, end = timetable.window_if_election
        rule += (
            f" If the council has an ordinary election in May {start.year}: {start.day} {start:%B} "
            f"to {end.day} {end:%B %Y} instead."
        )
    elif usual := usual_years(first.year, timetable.council_type, timetable.cycle):
        rule += (
            f" {usual[:1].upper()}{usual[1:]}. If an order has moved one to {first.year}, the "
            "meeting follows that election."
        )
    return rule


def _meeting_rule(timetable: Timetable) -> str:
    first, last = timetable.annual_meeting_from, timetable.annual_meeting_to
    if timetable.is_meeting_fixed and first and last:
        rule = f"The law allows {_day_in_words(first)} to {_day_in_words(last)}"
        if other := timetable.window_if_election:
            rule += (
                f", or {_day_in_words(other[0])} to {_day_in_words(other[1])} if the council has "
                "an ordinary election in that year"
            )
        elif timetable.occasion is Occasion.BY_ELECTION and (first.month, first.day) == (3, 1):
            rule += f", if the council has no ordinary election in {first.year}"
        return f"{rule}."
    if timetable.occasion is Occasion.BY_ELECTION:
        return "A day within the permitted dates, fixed by the council."
    return "The eighth day after the day of retirement, unless the council fixes another day."


def _council_tax_rule(timetable: Timetable) -> str:
    if timetable.is_county:
        return (
            "Before 1 March for the financial year that follows. A county council sets no council "
            "tax: it issues a precept to the billing authorities."
        )
    return (
        "Before 11 March for the financial year that follows, and not before 1 March or, if "
        "earlier, the day the last major precepting authority issues its precept. Council tax set "
        f"later is not invalid merely because it is late. {_precepting(timetable.council_type)} "
        "issue a precept before 1 March."
    )


def _precepting(kind: CouncilKind | None) -> str:
    """Name the major precepting authorities of a billing authority (1992 Act, section 39(1))."""
    match kind:
        case CouncilKind.LONDON_BOROUGH:
            return "The Greater London Authority and any other major precepting authorities"
        case None | CouncilKind.DISTRICT:
            return "County councils and other major precepting authorities"
    return "Major precepting authorities"


def _expenses_rule(timetable: Timetable) -> str:
    rule = "35 days after the declaration of the result, moved to a working day (28 for parishes)."
    if timetable.declaration is None:
        return f"{rule} The result is taken to be declared on the day after the poll."
    return rule


def _interests_rule(timetable: Timetable) -> str:
    rule = "Before the end of 28 days that begin with the day on which a councillor takes office"
    if timetable.occasion is Occasion.BY_ELECTION and timetable.declaration is None:
        rule += ", here taken to be the day after the poll"
    return f"{rule}. The Act does not move a last day on a weekend or bank holiday."


def _acceptance_rule(timetable: Timetable) -> str:
    rule = (
        "Within 2 months from the day of the election. If it is not delivered in time, the "
        "office becomes vacant. No one may act as a councillor until they have made it."
    )
    last = _months_after(timetable.election_day, 2)
    if timetable.by_rule["acceptance_of_office_by"] in {None, last}:
        return rule
    return f"{rule} Moved from {_in_words(last)}: it cannot be a Sunday or bank holiday."


LAW, PRACTICE = DateStanding.LAW, DateStanding.PRACTICE
VERIFIED, BELIEVED = Certainty.VERIFIED, Certainty.BELIEVED


def _key_dates(timetable: Timetable) -> tuple[KeyDate, ...]:
    """The key dates in the order in which the work is done.

    The window of the annual meeting is left out once its day is fixed.
    """

    def key_date(
        key: str,
        label: str,
        short_label: str,
        rule: str,
        source: str,
        standing: DateStanding,
        certainty: Certainty,
        until: dt.date | None = None,
    ) -> KeyDate:
        return KeyDate(
            key=key,
            label=label,
            short_label=short_label,
            date=getattr(timetable, key),
            rule=rule,
            source=source,
            standing=standing,
            certainty=certainty,
            until=until,
            hand=timetable.set_by_hand.get(key),
        )

    dates = (
        key_date(
            "notice_of_election",
            "Last day to publish the notice of election",
            "Notice of election",
            "No later than the 25th working day before the poll.",
            ELECTION_TIMETABLE,
            LAW,
            VERIFIED,
        ),
        key_date(
            "pre_election_period",
            "Pre-election period",
            "Pre-election period",
            "Begins no later than the notice of election, earlier if the notice is earlier, and "
            "lasts until the poll closes. It restricts publicity; officers can still meet groups.",
            "Local Government Act 1986, sections 2 and 4; Code of Recommended Practice on Local "
            "Authority Publicity 2011; Local Government Association guidance",
            DateStanding.LAW_AND_GUIDANCE,
            VERIFIED,
            until=timetable.election_day,
        ),
        key_date(
            "poll_cards_from",
            "Poll cards can be sent",
            "Poll cards",
            "As soon as practicable after the notice of election is published.",
            f"{ELECTION_RULES}, on official poll cards",
            LAW,
            VERIFIED,
        ),
        key_date(
            "nominations_from",
            "First day to deliver nomination papers",
            "Nominations open",
            "The working day after the notice of election is published. The notice gives the "
            "hours.",
            ELECTION_TIMETABLE,
            LAW,
            VERIFIED,
        ),
        key_date(
            "nominations_close",
            "Nominations close at 4pm",
            "Nominations close",
            "4pm on the 19th working day before the poll.",
            AMENDED_ELECTION_TIMETABLE,
            LAW,
            VERIFIED,
        ),
        key_date(
            "withdrawals_and_agents_by",
            "Last day to withdraw and to appoint election agents, 4pm",
            "Withdrawals, agents",
            "4pm on the 19th working day before the poll. An election agent must be named by "
            "the latest time for withdrawals.",
            f"{AMENDED_ELECTION_TIMETABLE}; {RPA_1983}, section 67",
            LAW,
            VERIFIED,
        ),
        key_date(
            "statement_of_persons_nominated",
            "Last day to publish the statement of persons nominated",
            "Persons nominated",
            "No later than 4pm on the 18th working day before the poll.",
            AMENDED_ELECTION_TIMETABLE,
            LAW,
            VERIFIED,
        ),
        key_date(
            "registration_deadline",
            "Last day to register to vote",
            "Register to vote",
            "Midnight on the 12th working day before the poll.",
            REGISTRATION,
            LAW,
            VERIFIED,
        ),
        key_date(
            "postal_vote_deadline",
            "Last day to apply for or change a postal vote, 5pm",
            "Postal votes",
            "5pm on the 11th working day before the poll.",
            ABSENT_VOTES,
            LAW,
            VERIFIED,
        ),
        key_date(
            "proxy_vote_deadline",
            "Last day to apply for a proxy vote or voter authority certificate, 5pm",
            "Proxy, certificates",
            "5pm on the 6th working day before the poll. This also applies to an anonymous "
            "elector’s document.",
            f"{ABSENT_VOTES}; {VOTER_IDENTIFICATION}",
            LAW,
            VERIFIED,
        ),
        key_date(
            "notice_of_poll",
            "Last day to publish the notice of poll",
            "Notice of poll",
            "No later than the 6th working day before the poll.",
            ELECTION_TIMETABLE,
            LAW,
            VERIFIED,
        ),
        key_date(
            "polling_agents_deadline",
            "Last day to appoint polling and counting agents",
            "Polling agents",
            "The 5th working day before the poll. The last notice of changes to the register is "
            "published on the same day.",
            ELECTION_RULES,
            LAW,
            VERIFIED,
        ),
        key_date(
            "lost_postal_votes_from",
            "First day to replace lost postal ballot papers",
            "Lost postal votes",
            "From the 4th working day before the poll.",
            LOST_POSTAL_VOTES,
            LAW,
            VERIFIED,
        ),
        key_date(
            "election_day",
            "Election day: stage 2 begins",
            "Election day",
            _election_day_rule(timetable),
            _election_day_source(timetable),
            LAW,
            BELIEVED if timetable.is_city else VERIFIED,
        ),
        key_date(
            "emergency_proxy_deadline",
            "Emergency proxy votes and replacement postal papers, 5pm",
            "Emergency proxies",
            "5pm on the day of the poll. For temporary voter authority certificates, until the "
            "poll closes at 10pm.",
            f"{ABSENT_VOTES_ON_THE_DAY}; {VOTER_IDENTIFICATION}",
            LAW,
            VERIFIED,
        ),
        key_date(
            "verification_and_count",
            "Verification and count",
            "Count",
            "As soon as practicable after the close of the poll. The returning officer fixes the "
            "time, so it is not worked out here.",
            f"{ELECTION_RULES}, on the counting of votes",
            LAW,
            VERIFIED,
        ),
        key_date(
            "declaration",
            "Declaration of the last result",
            "Declaration",
            "As soon as the result of the poll is known, so it is not worked out here. The "
            "deadline for expenses depends on it.",
            f"{ELECTION_RULES}, on the declaration of the result",
            LAW,
            VERIFIED,
        ),
        key_date(
            "retirement",
            "New councillors take office"
            if timetable.occasion is Occasion.ORDER
            else "Retiring councillors leave and new councillors take office",
            "Taking office" if timetable.occasion is Occasion.ORDER else "Councillors retire",
            _retirement_rule(timetable),
            _retirement_source(timetable.council_type),
            LAW,
            VERIFIED,
        ),
        key_date(
            "summons",
            "Last day for the summons to the first or annual meeting"
            if timetable.occasion is Occasion.ORDER
            else "Last day for the summons to the annual council meeting",
            "Summons",
            _summons_rule(timetable),
            "Local Government Act 1972, Schedule 12, paragraph 4 and section 100B, "
            "with S.I. 2002/715",
            LAW,
            VERIFIED,
        ),
        key_date(
            "group_notices_by",
            "Group notices to the proper officer, for the report on political balance",
            "Group notices",
            "Before the agenda of the annual meeting is sent. Groups of at least 2 members give a "
            "signed notice with the name of the group and of its leader.",
            "Local Government (Committees and Political Groups) Regulations 1990, regulation 8; "
            "the date is our suggestion",
            PRACTICE,
            VERIFIED,
        ),
        key_date(
            "annual_meeting_from",
            "Annual council meeting: permitted dates",
            "Annual council window",
            _window_rule(timetable),
            ANNUAL_MEETING,
            LAW,
            VERIFIED,
            until=timetable.annual_meeting_to,
        ),
        key_date(
            "annual_meeting",
            "First or annual meeting"
            if timetable.occasion is Occasion.ORDER
            else "Annual council meeting"
            if timetable.is_meeting_fixed or timetable.annual_meeting_default is None
            else "Annual council meeting (default day)",
            "Council meeting" if timetable.occasion is Occasion.ORDER else "Annual council",
            _meeting_rule(timetable),
            ANNUAL_MEETING,
            LAW,
            VERIFIED,
        ),
        key_date(
            "balance_review",
            "Review of political balance",
            "Political balance",
            "At the annual meeting, or as soon as practicable after it.",
            BALANCE,
            LAW,
            VERIFIED,
        ),
        key_date(
            "first_key_decision_from",
            "First key decision of a new cabinet, with 28 clear days’ notice",
            "First key decision",
            "28 clear days after a notice published on the day of the annual meeting. Earlier only "
            f"under the rules on general exception or special urgency. {NO_KEY_DECISIONS}",
            "Local Authorities (Executive Arrangements) (Meetings and Access to Information) "
            "(England) Regulations 2012, regulations 9 to 11",
            LAW,
            VERIFIED,
        ),
        key_date(
            "election_petition_by",
            "Last day for an election petition",
            "Election petition",
            "Within 21 days after the day of the poll, or on the next working day if the last is a "
            "weekend or bank holiday. There is a longer period for some complaints about payments "
            "or illegal practices.",
            f"{RPA_1983}, sections 119, 129 and 186",
            LAW,
            VERIFIED,
        ),
        key_date(
            "register_of_interests_by",
            "Last day to register disclosable pecuniary interests",
            "Register of interests",
            _interests_rule(timetable),
            "Localism Act 2011, section 30",
            LAW,
            VERIFIED,
        ),
        key_date(
            "expenses_deadline",
            "Last day for returns of election expenses",
            "Election expenses",
            _expenses_rule(timetable),
            f"{RPA_1983}, sections 81 and 119",
            LAW,
            VERIFIED,
        ),
        key_date(
            "six_week_review",
            "Six-week review",
            "Six-week review",
            _review_rule(timetable, "six_week_review"),
            OURS,
            PRACTICE,
            VERIFIED,
        ),
        key_date(
            "stage_3_from",
            "Stage 3 begins",
            "Stage 3 begins",
            f"Stage 2 lasts {timetable.stage_2_weeks} weeks from election day. The council can "
            "choose 4 to 6.",
            STAGES,
            PRACTICE,
            VERIFIED,
        ),
        key_date(
            "acceptance_of_office_by",
            "Last day to deliver a declaration of acceptance of office",
            "Acceptance of office",
            _acceptance_rule(timetable),
            "Local Government Act 1972, sections 83 and 243",
            LAW,
            VERIFIED,
        ),
        key_date(
            "rejected_postal_votes_by",
            "Last day to write to voters whose postal vote was rejected",
            "Rejected postal votes",
            "Within 3 months that begin with the day of the poll.",
            f"{RPR_2001}, regulation 61C",
            LAW,
            VERIFIED,
        ),
        key_date(
            "six_month_review",
            "Six-month review",
            "Six-month review",
            _review_rule(timetable, "six_month_review"),
            OURS,
            PRACTICE,
            VERIFIED,
        ),
        key_date(
            "council_tax_by",
            "Last day to issue the precept"
            if timetable.is_county
            else "Last day to set council tax",
            "Precept deadline" if timetable.is_county else "Council tax deadline",
            _council_tax_rule(timetable),
            "Local Government Finance Act 1992, section 40"
            if timetable.is_county
            else "Local Government Finance Act 1992, sections 30(6) and (7) and 40",
            LAW,
            VERIFIED,
        ),
        key_date(
            "twelve_month_review",
            "Twelve-month review",
            "Twelve-month review",
            _review_rule(timetable, "twelve_month_review"),
            OURS,
            PRACTICE,
            VERIFIED,
        ),
        key_date(
            "papers_kept_until",
            "Election papers are kept until this day",
            "Election papers",
            "For one year, counted here from the poll; then they are destroyed, unless a court "
            "orders otherwise.",
            f"{ELECTION_RULES}, on the retention of documents",
            LAW,
            VERIFIED,
        ),
        key_date(
            "first_year_ends",
            "First year ends",
            "First year ends",
            "The first anniversary of election day.",
            STAGES,
            PRACTICE,
            VERIFIED,
        ),
    )
    shown = tuple(
        each
        for each in dates
        if each.key != "annual_meeting_from" or not timetable.is_meeting_fixed
    )
    return tuple(map(_with_usual_rule, shown)) if timetable.has_own_law else shown


def _with_usual_rule(date: KeyDate) -> KeyDate:
    """Return a date of law with its rule marked as the usual one, unless it is election day.

    An election under its own order or law can have other rules: this one helps to find its date.
    """
    if date.key == "election_day" or date.standing is DateStanding.PRACTICE:
        return date
    return replace(date, rule=f"Usual rule: {date.rule[:1].lower()}{date.rule[1:]}")
