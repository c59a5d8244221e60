"""A casual vacancy and how it is filled, and a motion of no confidence in the Leader.

`vacancy_schedule` returns the dates of one vacancy, `no_confidence` the numbers of a motion. It is
guidance for the returning officer, the proper officer and the monitoring officer to confirm.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .composition import Composition, CompositionError, Group
from .interim import LGA_1972, LGA_2000, Governance, LegalPoint
from .timetable import (
    RPA_1983,
    Certainty,
    CouncilKind,
    last_day_for_by_election,
    stays_vacant,
)

VERIFIED = Certainty.VERIFIED
BALANCE = (
    "Local Government and Housing Act 1989, section 15; Local Government (Committees and Political "
    "Groups) Regulations 1990, regulation 17"
)


class VacancyCause(StrEnum):
    """Why an office is vacant, which decides when the vacancy arises and who declares it."""

    DEATH = "death"
    RESIGNATION = "resignation"
    NOT_ACCEPTED = "not-accepted"
    ABSENCE = "absence"
    CONVICTION = "conviction"
    DISQUALIFIED = "disqualified"
    VOID = "void"


@dataclass(frozen=True)
class CauseRule:
    """When a vacancy arises by law, within a sentence, with its provision.

    With `is_declared`, it does so by a declaration.
    """

    title: str
    arises: str
    source: str
    is_declared: bool = False
    certainty: Certainty = VERIFIED


CAUSES = {
    VacancyCause.DEATH: CauseRule("Death", "on the day of death.", f"{LGA_1972}, section 87(1)(c)"),
    VacancyCause.RESIGNATION: CauseRule(
        "Resignation",
        "when the signed notice of resignation reaches the proper officer.",
        f"{LGA_1972}, sections 84 and 87(1)(b)",
    ),
    VacancyCause.NOT_ACCEPTED: CauseRule(
        "Declaration of acceptance not made in time",
        "when the 2 months for the declaration of acceptance of office have ended.",
        f"{LGA_1972}, sections 83 and 87(1)(a)",
    ),
    VacancyCause.ABSENCE: CauseRule(
        "No attendance for 6 months",
        "when the council declares it, because the councillor attended no meeting for 6 "
        "consecutive months and the council had approved no reason before they ended.",
        f"{LGA_1972}, sections 85 to 87",
        is_declared=True,
    ),
    VacancyCause.CONVICTION: CauseRule(
        "Disqualified by a conviction or a court’s order",
        "when the time for an appeal has ended or, if there is an appeal, when it has been decided "
        "or abandoned. The council does not declare this vacancy. A disqualification order under "
        "the Elections Act 2022 has its own date, in section 31 of that Act.",
        f"{LGA_1972}, sections 80, 86(1)(b) and 87(1)(d), (db) and (ee)",
    ),
    VacancyCause.DISQUALIFIED: CauseRule(
        "Disqualified for another reason, or no longer qualified",
        "when the council or the High Court declares it.",
        f"{LGA_1972}, sections 79 to 81A, 86 and 87(1)(f)",
        is_declared=True,
    ),
    VacancyCause.VOID: CauseRule(
        "Election declared void by a court",
        "on the day of the election court’s report or certificate.",
        f"{LGA_1972}, section 87(1)(e); {RPA_1983}, sections 135 and 145",
    ),
}


class VacancyOutcome(StrEnum):
    """What the law says about filling a vacancy, from what is known about it."""

    WAITS = "waits"
    ELECTION = "election"
    STAYS_VACANT = "stays-vacant"
    THIRD_VACANT = "third-vacant"


@dataclass(frozen=True)
class VacancySchedule:
    """How a vacancy is filled. `last_day` is that of the poll, None if no date starts the count.

    `runs_from` is the declaration, or the day on which the second elector's notice was received.
    """

    outcome: VacancyOutcome
    words: str
    source: str
    runs_from: dt.date | None
    last_day: dt.date | None


def vacancy_schedule(
    *,
    cause: VacancyCause,
    arose_on: dt.date,
    term_ends: dt.date,
    notice_on: dt.date | None = None,
    seats: int | None = None,
    vacancies: int = 1,
    extra_bank_holidays: Iterable[dt.date] = (),
) -> VacancySchedule:
    """Return whether and by when an election fills a vacancy.

    `term_ends` is the day on which the councillor would have retired. `notice_on` is the day on
    which the proper officer had the notice of 2 electors; a vacancy that was declared needs none.
    `vacancies` are those of the council when this one arose, it included, of `seats` in all.
    Source: Local Government Act 1972, section 89.
    """
    is_declared = CAUSES[cause].is_declared
    over_a_third = seats is not None and 3 * vacancies > seats
    if stays_vacant(arose_on, term_ends) and not over_a_third:
        return VacancySchedule(
            VacancyOutcome.STAYS_VACANT,
            "The vacancy arose within 6 months before the councillor would have retired, so no "
            "by-election is held. It is filled at the next ordinary election.",
            f"{LGA_1972}, section 89(3)",
            None,
            None,
        )
    runs_from = arose_on if is_declared else notice_on
    if runs_from is None:
        return VacancySchedule(
            VacancyOutcome.WAITS,
            "There is no day by which to hold an election until 2 local government electors for "
            "the area have given the proper officer written notice of the vacancy.",
            f"{LGA_1972}, section 89(1)(b)",
            None,
            None,
        )
    last = last_day_for_by_election(runs_from, extra_bank_holidays=extra_bank_holidays)
    start = "the declaration" if is_declared else "the notice of 2 electors"
    words = (
        f"The election is held within 35 working days of {start}. The returning officer fixes the "
        "day, which can be any working day."
    )
    if runs_from < dt.date(runs_from.year, 12, 24) <= last:
        words += " Christmas Eve is not a working day."
    if stays_vacant(arose_on, term_ends):
        return VacancySchedule(
            VacancyOutcome.THIRD_VACANT,
            f"More than a third of the council’s seats are vacant, so the 6-month rule does not "
            f"apply. {words}",
            f"{LGA_1972}, sections 89(1) and (3) and 243(4)",
            runs_from,
            last,
        )
    provision = "89(1)(a)" if is_declared else "89(1)(b)"
    return VacancySchedule(
        VacancyOutcome.ELECTION,
        words,
        f"{LGA_1972}, sections {provision} and 243(4)",
        runs_from,
        last,
    )


def without_member(composition: Composition, group: str) -> Composition:
    """Return `composition` with one member less of `group`, "" for a member in no group.

    Raises CompositionError if there is no such member.
    """
    if not group:
        if not composition.ungrouped:
            raise CompositionError("The council has no member in no group.")
        return Composition(
            composition.groups,
            composition.ungrouped - 1,
            composition.vacancies + 1,
            composition.rule,
        )
    if group not in {each.name for each in composition.groups}:
        raise CompositionError(f"{group} holds no seats.")
    left = [
        Group(each.name, each.members - (each.name == group))
        for each in composition.groups
        if each.members > (each.name == group)
    ]
    return Composition(
        tuple(left), composition.ungrouped, composition.vacancies + 1, composition.rule
    )


DECLARATION = LegalPoint(
    title="Public notice",
    words="The council gives public notice of a vacancy: immediately after it has declared the "
    "office vacant, and in any other case as soon as practicable after the vacancy arose.",
    source=f"{LGA_1972}, section 87(2)",
    certainty=VERIFIED,
)
BALANCE_REVIEW = LegalPoint(
    title="Political balance",
    words="Seats on committees follow the membership of groups. The regulations require no review "
    "when a vacancy arises. They require one as soon as practicable after the councillor elected "
    "joins a group, if the notice comes within a month of the election and asks for a review. The "
    "council can also determine the allocation at other times: check your standing orders. Tell "
    "each group which seats it gains or loses.",
    source=BALANCE,
    certainty=VERIFIED,
)
COUNTERMANDED = LegalPoint(
    title="If a candidate dies before the result is declared",
    words="At a contested election the returning officer countermands the notice of poll or, if "
    "voting has begun, abandons the poll in that ward or division. This applies to an independent "
    "as it does to a party’s candidate. A new election is held on a day that the returning officer "
    "fixes, within 35 working days that begin with the day that had been fixed. Those who were "
    "validly nominated need no new nomination. Until then those seats are vacant: record them as "
    "vacancies in the composition.",
    source=f"{RPA_1983}, sections 39 and 40; Local Elections (Principal Areas) (England and Wales) "
    "Rules 2006, Schedule 2, rule 55",
    certainty=VERIFIED,
)


# --- A motion of no confidence --------------------------------------------------------------------


@dataclass(frozen=True)
class MotionNumbers:
    """What a motion needs to be carried if all members in post vote, and if some abstain.

    `carried_at` is the smallest number of votes that is more than half of those who vote. `ties_at`
    is half, with an even number of votes, where the person presiding can decide.
    """

    voting: int
    carried_at: int
    ties_at: int | None


def no_confidence(in_post: int, *, abstain: int = 0) -> MotionNumbers:
    """Return the votes that carry a motion by a simple majority of those who vote.

    Raises ValueError unless at least one member votes. Source: Local Government Act 1972, Schedule
    12, paragraph 39.
    """
    voting = in_post - abstain
    if voting < 1 or abstain < 0:
        raise ValueError("At least one member must vote.")
    return MotionNumbers(voting, voting // 2 + 1, voting // 2 if voting % 2 == 0 else None)


def vote_of_mayor(governance: Governance, kind: CouncilKind | None) -> LegalPoint | None:
    """Return what the law says about an elected mayor’s vote in the council; None without one."""
    if governance is not Governance.MAYOR:
        return None
    in_london = kind is CouncilKind.LONDON_BOROUGH
    return LegalPoint(
        title="The elected mayor’s vote",
        words="An elected mayor is a member of the council and can vote too. The numbers here "
        "count that vote.",
        source=f"{LGA_1972}, {'Schedule 2, Part I' if in_london else 'section 2(2A)'}",
        certainty=Certainty.BELIEVED if in_london else VERIFIED,
    )


def after_removal(governance: Governance) -> tuple[LegalPoint, ...]:
    """Return what the law says follows a motion of no confidence that is carried."""
    if governance is Governance.MAYOR:
        return (_MAYOR,)
    if governance is Governance.COMMITTEES:
        return (_COMMITTEES,)
    if governance is Governance.LEADER:
        return (_LEADER, _NEW_LEADER)
    return (_LEADER, _NEW_LEADER, _MAYOR, _COMMITTEES)


_LEADER = LegalPoint(
    title="Leader and cabinet",
    words="A council with a Leader and cabinet can remove the Leader by resolution, and in no "
    "other way. Its executive arrangements must provide for it: check the constitution for the "
    "notice, who signs, and any limit on how often. A motion of no confidence that does not say it "
    "removes the Leader does not necessarily do so: ask the monitoring officer about its wording.",
    source=f"{LGA_2000}, sections 9IA and 9IC",
    certainty=VERIFIED,
)
_NEW_LEADER = LegalPoint(
    title="A new Leader",
    words="If the resolution is passed, a new Leader is elected at that meeting or at a later one. "
    "Until then the deputy leader acts or, if there is none who can, the cabinet or one of its "
    "members. Check the constitution for whether cabinet members stay in office.",
    source=f"{LGA_2000}, section 9IA(2) and Schedule A1, paragraph 2",
    certainty=VERIFIED,
)
_MAYOR = LegalPoint(
    title="Elected mayor",
    words="The Act gives the council no power to remove an elected mayor, whose term is 4 years. A "
    "motion of no confidence has no legal effect on the office.",
    source=f"{LGA_2000}, sections 9H to 9HE",
    certainty=VERIFIED,
)
_COMMITTEES = LegalPoint(
    title="Committee system",
    words="There is no executive to remove. If the constitution has the office of leader, it says "
    "how it ends. Committee chairs and appointments are changed as standing orders say.",
    source=f"{LGA_2000}, section 9B, and the council’s constitution",
    certainty=VERIFIED,
)
