"""Vacancies and motions as they are shown: the rules for each, and what they do to control."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils import timezone

from assessments.plans.models import Plan
from assessments.seats.models import CouncilComposition
from assessments.timetable.governance import governance_of
from assessments.words import counted, day_in_words, weekday_in_words
from elections.calendar import clear_working_days_before, is_working_day
from elections.composition import Composition, CompositionError, control_of, standings
from elections.interim import Governance, LegalPoint
from elections.vacancy import (
    BALANCE_REVIEW,
    CAUSES,
    COUNTERMANDED,
    DECLARATION,
    CauseRule,
    MotionNumbers,
    VacancyCause,
    VacancyOutcome,
    VacancySchedule,
    after_removal,
    no_confidence,
    vacancy_schedule,
    vote_of_mayor,
    without_member,
)

from .access import less_vacancies
from .models import MotionState, NoConfidenceMotion, Vacancy, VacancyState


@dataclass(frozen=True)
class GroupAfter:
    """The members of a group before and after a vacancy, and how far it is from a majority then.

    `short_by` is None for the members in no group: they are not counted together.
    """

    name: str
    before: int
    after: int
    short_by: int | None


@dataclass(frozen=True)
class VacancySheet:
    """A vacancy with its rules. `warnings` are sentences about dates that do not fit."""

    row: Vacancy
    rule: CauseRule
    schedule: VacancySchedule
    warnings: tuple[str, ...]
    control: str
    groups: tuple[GroupAfter, ...]

    @property
    def group(self) -> str:
        return self.row.group or "No group"

    @property
    def is_in_composition(self) -> bool:
        """Whether the figures of the composition are from after the vacancy arose, and are shown
        as they are.
        """
        return all(group.before == group.after for group in self.groups)

    @property
    def is_filled(self) -> bool:
        """Whether it has been filled: by when no longer matters, only the day of the election."""
        return self.row.state == VacancyState.FILLED

    @property
    def notice(self) -> str:
        """Say when the electors' notice was received, if the last day is counted from it."""
        start = self.schedule.runs_from
        if start is None or self.rule.is_declared:
            return ""
        return f"The electors’ notice was received on {day_in_words(start)}. "


@dataclass(frozen=True)
class MotionSheet:
    """A motion with sentences about what does not fit the constitution, and its votes."""

    row: NoConfidenceMotion
    warnings: tuple[str, ...]

    @property
    def votes(self) -> str:
        row = self.row
        if row.votes_for is not None and row.against is not None:
            words = f"{row.votes_for} for, {row.against} against, {row.abstained or 0} abstained."
            if row.votes_for == row.against and row.state == MotionState.CARRIED:
                words += " The votes were equal, and it was carried by a second or casting vote."
            return words
        counted_votes = (
            ("for", row.votes_for),
            ("against", row.against),
            ("abstained", row.abstained),
        )
        known = [f"{number} {what}" for what, number in counted_votes if number is not None]
        missing = [f"votes {what}" for what, number in counted_votes[:2] if number is None]
        return f"{', '.join(known)}; {' and '.join(missing)} not entered." if known else ""


@dataclass(frozen=True)
class VacancyPage:
    """What the page and the document draw. Rows recorded by mistake are left out."""

    council: str
    marking: str
    governance: Governance
    in_post: int | None
    numbers: MotionNumbers | None
    mayor: LegalPoint | None
    abstaining: tuple[tuple[str, MotionNumbers], ...]
    vacancies: tuple[VacancySheet, ...]
    motions: tuple[MotionSheet, ...]
    points: tuple[LegalPoint, ...]
    after: tuple[LegalPoint, ...]

    @property
    def if_all_vote(self) -> str:
        """Return the votes that carry a motion if all members vote, as a sentence without a stop.

        An elected mayor is a member with a vote: see `vote_of_mayor`. "" without a composition.
        """
        if self.numbers is None:
            return ""
        carried_at, voting = self.numbers.carried_at, self.numbers.voting
        if self.mayor:
            words = (
                f"If all {self.in_post} councillors in post and the elected mayor vote, "
                f"{carried_at} of the {voting} votes carry a motion"
            )
        else:
            words = f"If all {voting} members in post vote, {carried_at} votes carry a motion"
        if self.numbers.ties_at:
            words += (
                f"; with {self.numbers.ties_at} on each side the votes are equal, and the person "
                "presiding has a second or casting vote"
            )
        return words

    @property
    def can_change_leader(self) -> bool:
        """Whether a motion can change who leads: never where there is an elected mayor."""
        return self.governance is not Governance.MAYOR


def page_of(plan: Plan) -> VacancyPage:
    """Return the vacancies and motions of the plan, with what is recorded of the composition."""
    saved = CouncilComposition.objects.of(plan.council).first()
    composition = saved.worked_out if saved else None
    governance = governance_of(plan)
    extra = [each.day for each in plan.council.bank_holidays.all()]
    rows = list(Vacancy.objects.filter(plan=plan).exclude(state=VacancyState.MISTAKE))
    motions = NoConfidenceMotion.objects.filter(plan=plan).exclude(state=MotionState.MISTAKE)
    now = less_vacancies(composition, _since(saved.as_at, rows)) if saved and composition else None
    in_post = now.in_post if now else None
    mayors = int(governance is Governance.MAYOR)
    numbers = no_confidence(in_post + mayors) if in_post else None
    return VacancyPage(
        council=plan.council.name,
        marking=plan.get_marking_display(),
        governance=governance,
        in_post=in_post,
        numbers=numbers,
        mayor=vote_of_mayor(governance, plan.timetable.council_type),
        abstaining=_abstaining(now, mayors),
        vacancies=tuple(
            _vacancy(each, rows, composition, saved.as_at if saved else None, extra)
            for each in rows
        ),
        motions=tuple(
            MotionSheet(each, _motion_warnings(each, composition, extra)) for each in motions
        ),
        points=(DECLARATION, BALANCE_REVIEW, COUNTERMANDED),
        after=after_removal(governance),
    )


def _since(day: dt.date, rows: Iterable[Vacancy]) -> list[Vacancy]:
    """Return the open vacancies that arose after a day, such as that of a composition."""
    return [row for row in rows if row.state == VacancyState.OPEN and row.arose_on > day]


def _vacancy(
    row: Vacancy,
    rows: Iterable[Vacancy],
    composition: Composition | None,
    as_at: dt.date | None,
    extra: Iterable[dt.date],
) -> VacancySheet:
    cause = VacancyCause(row.cause)
    unfilled = [
        each for each in rows if each.state == VacancyState.OPEN and each.arose_on <= row.arose_on
    ]
    schedule = vacancy_schedule(
        cause=cause,
        arose_on=row.arose_on,
        term_ends=row.term_ends,
        notice_on=row.notice_on,
        seats=composition.seats if composition else None,
        vacancies=max(len(unfilled), 1),
        extra_bank_holidays=extra,
    )
    warnings = _dates_that_do_not_fit(row, schedule, frozenset(extra))
    if composition is not None and as_at is not None:
        warnings += _composition_that_does_not_fit(row, rows, composition, as_at)
    control = ""
    groups: tuple[GroupAfter, ...] = ()
    if composition is None or as_at is None:
        control = "The council’s composition has not been recorded, so control cannot be shown."
    elif row.state == VacancyState.OPEN:
        is_counted = as_at >= row.arose_on
        others = [
            each
            for each in _since(as_at, rows)
            if (each.arose_on, each.pk) < (row.arose_on, row.pk) and not is_counted
        ]
        control, groups, problem = _effect(row, composition, others, is_counted=is_counted)
        warnings += [problem] if problem else []
    return VacancySheet(row, CAUSES[cause], schedule, tuple(warnings), control, groups)


def _dates_that_do_not_fit(
    row: Vacancy, schedule: VacancySchedule, extra: Collection[dt.date]
) -> list[str]:
    """Return, in sentences, what is odd about the day of election of a vacancy, or its absence."""
    poll, last = row.poll_on, schedule.last_day
    found = []
    if poll and last and poll > last:
        found.append(
            f"The day of election, {day_in_words(poll)}, is after the last day, "
            f"{day_in_words(last)}."
        )
    if row.state != VacancyState.OPEN:
        return found
    if poll and not is_working_day(poll, extra_bank_holidays=extra):
        found.append(f"The day of election, {weekday_in_words(poll)}, is not a working day.")
    if poll and schedule.outcome is VacancyOutcome.WAITS:
        found.append(
            "A day of election has been fixed, but the date of the electors’ notice has not been "
            "entered."
        )
    if poll and schedule.outcome is VacancyOutcome.STAYS_VACANT:
        found.append(
            "A day of election has been fixed, but the dates entered mean that no by-election is "
            "held."
        )
    if not poll and last and last < timezone.localdate():
        found.append(
            f"The last day for the election, {day_in_words(last)}, has passed, and no day of "
            "election has been entered."
        )
    return found


def _composition_that_does_not_fit(
    row: Vacancy, rows: Iterable[Vacancy], composition: Composition, as_at: dt.date
) -> list[str]:
    """Return, in sentences, why the composition cannot have the vacancy, or who filled it."""
    is_counted = as_at >= row.arose_on
    if row.state == VacancyState.FILLED:
        return [filled] if (filled := not_in_composition(row, as_at)) else []
    vacant = [each for each in rows if each.state == VacancyState.OPEN and each.arose_on <= as_at]
    if not is_counted or len(vacant) <= composition.vacancies:
        return []
    were = "seat was" if len(vacant) == 1 else "seats were"
    return [
        f"{len(vacant)} {were} vacant on {day_in_words(as_at)}, but the composition from that day "
        f"has {counted(composition.vacancies, 'vacant seat')}."
    ]


def not_in_composition(row: Vacancy, as_at: dt.date) -> str:
    """Say that a composition does not have who filled a vacancy; "" if it may have.

    A composition of the day of the election or later has them.
    """
    if row.state != VacancyState.FILLED or as_at >= (row.poll_on or row.arose_on):
        return ""
    if as_at >= row.arose_on:
        held = "vacant"
    else:
        held = f"held by {row.group}" if row.group else "held by a member in no group"
    return (
        "It has been filled, but until a new composition is recorded the seat is counted as "
        f"{held}."
    )


def _effect(
    row: Vacancy, composition: Composition, others: Collection[Vacancy], *, is_counted: bool
) -> tuple[str, tuple[GroupAfter, ...], str]:
    """Return control after the vacancy in words, the groups, and what does not fit, if anything.

    With `is_counted` the composition was recorded after the vacancy arose, and has it already.
    `others` are the vacancies that arose before this one and that the composition does not have.
    """
    before = after = less_vacancies(composition, others)
    if not is_counted:
        try:
            after = without_member(before, row.group)
        except CompositionError as error:
            return "", (), str(error)
    sizes = {group.name: group.members for group in after.groups}
    short = {each.group.name: each.short_by for each in standings(after)}
    groups = tuple(
        GroupAfter(
            group.name,
            group.members,
            sizes.get(group.name, 0),
            short.get(group.name, after.majority_at),
        )
        for group in composition.groups
    )
    if composition.ungrouped:
        groups += (GroupAfter("In no group", composition.ungrouped, after.ungrouped, None),)
    was, now = control_of(before), control_of(after)
    if is_counted and not composition.vacancies:
        words = (
            "The composition was recorded after the vacancy arose and has no vacant seat: until it "
            "is corrected, these figures count the seat as held. "
        )
    elif is_counted:
        words = "The composition was recorded after the vacancy arose, so these are its figures. "
    else:
        words = "Worked out from the composition before the vacancy arose"
        if others:
            words += f", less {counted(len(others), 'other vacancy', 'other vacancies')}"
        words += ". "
    words += f"{after.in_post} members in post. "
    of = "members in post" if after.rule == "in-post" else "seats, vacant ones included,"
    words += f"A majority of the {after.counted} {of} is {now.majority_at}. "
    if now.majority_group:
        words += f"{now.majority_group.name} has a majority."
    elif was.majority_group:
        words += f"No group has a majority: {was.majority_group.name} had one."
    else:
        words += "No group has a majority."
    return words, groups, ""


def _abstaining(
    composition: Composition | None, mayors: int
) -> tuple[tuple[str, MotionNumbers], ...]:
    """Return, for each group, the numbers if all its members abstain and all others vote.

    `mayors` is 1 with an elected mayor, who votes too.
    """
    if composition is None:
        return ()
    return tuple(
        (group.name, no_confidence(composition.in_post + mayors, abstain=group.members))
        for group in composition.groups
        if group.members < composition.in_post
    )


def _motion_warnings(
    row: NoConfidenceMotion, composition: Composition | None, extra: Iterable[dt.date]
) -> tuple[str, ...]:
    warnings = []
    given = sum(filter(None, (row.votes_for, row.against, row.abstained)))
    if composition and given > composition.seats:
        warnings.append(
            f"The votes and abstentions add up to {given}, but the council has "
            f"{composition.seats} seats."
        )
    if composition and row.signed > composition.seats:
        warnings.append(
            f"{counted(row.signed, 'councillor')} signed, but the council has "
            f"{composition.seats} seats."
        )
    if row.needed is not None and row.signed < row.needed:
        warnings.append(
            f"It has {counted(row.signed, 'signature')}, and the constitution requires "
            f"{row.needed}."
        )
    if row.meeting_on and row.notice_days:
        last = clear_working_days_before(
            row.meeting_on, row.notice_days, extra_bank_holidays=frozenset(extra)
        )
        if row.received_on > last:
            days = "1 clear day’s" if row.notice_days == 1 else f"{row.notice_days} clear days’"
            warnings.append(
                f"For a meeting on {day_in_words(row.meeting_on)}, {days} "
                f"notice means that it had to be received by {day_in_words(last)}."
            )
    return tuple(warnings)
