"""Who holds office and who decides from the day of retirement to the annual meeting.

The law settles part of it; the rest is for the council's constitution. `legal_points` has the first
part in plain words, each with its provision. It is guidance for the monitoring officer to confirm.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from .timetable import (
    ELECTED_AS_A_WHOLE,
    NO_KEY_DECISIONS,
    Certainty,
    CouncilKind,
    Cycle,
    KeyDate,
    Occasion,
    Timetable,
)

LGA_1972 = "Local Government Act 1972"
LGA_2000 = "Local Government Act 2000"


class Governance(StrEnum):
    """How the council takes decisions."""

    UNKNOWN = ""
    LEADER = "leader"
    COMMITTEES = "committees"
    MAYOR = "mayor"


@dataclass(frozen=True, kw_only=True)
class LegalPoint:
    """What the law says about one office or kind of decision, and where it says so."""

    title: str
    words: str
    source: str
    certainty: Certainty = Certainty.BELIEVED


def dates_under(governance: Governance, dates: Iterable[KeyDate]) -> tuple[KeyDate, ...]:
    """Return `dates` as they apply to a council that takes decisions in this way.

    Key decisions are decisions of an executive, so a committee system has none: their date is left
    out unless someone set it. An elected mayor can give notice before the annual meeting.
    Source: S.I. 2012/2089, regulations 8 and 9; Local Government Act 2000, section 9B.
    """
    found = []
    for date in dates:
        if date.key == "first_key_decision_from" and governance:
            if governance is Governance.COMMITTEES and not date.hand:
                continue
            more = "A mayor in office can give notice earlier."
            rule = date.rule.replace(
                NO_KEY_DECISIONS, more if governance is Governance.MAYOR else ""
            ).strip()
            date = replace(date, rule=rule)
        found.append(date)
    return tuple(found)


def interim_period(timetable: Timetable) -> tuple[dt.date, dt.date] | None:
    """Return the day of retirement and the day of the annual meeting, None if there is no gap.

    Only an ordinary election has one: after a by-election no one retires, and an election under its
    own order or law follows that.
    """
    if timetable.occasion is not Occasion.ORDINARY or timetable.has_own_law:
        return None
    if timetable.retirement is None or timetable.annual_meeting is None:
        return None
    return timetable.retirement, timetable.annual_meeting


def legal_points(timetable: Timetable, governance: Governance) -> tuple[LegalPoint, ...]:
    """Return what the law says about the period, for the council's way of taking decisions.

    While that is unknown, only what applies to every council.
    """
    points = [_councillors(timetable), _chair(timetable, governance)]
    match governance:
        case Governance.COMMITTEES:
            points.append(_COMMITTEE_SYSTEM)
        case Governance.MAYOR:
            points += [_MAYOR, _CABINET_OF_MAYOR]
        case Governance.LEADER:
            points += [_LEADER, _CABINET, _EXECUTIVE_FUNCTIONS]
        case _:
            points.append(_UNKNOWN)
    points += [_COMMITTEES, _officers(governance)]
    if governance in {Governance.LEADER, Governance.MAYOR}:
        points.append(_URGENT)
    if has_borough_mayor(timetable.council_type, governance):
        points = [_with_mayor(point) for point in points]
    return tuple(points)


def _councillors(timetable: Timetable) -> LegalPoint:
    match timetable.cycle:
        case _ if timetable.council_type in ELECTED_AS_A_WHOLE:
            who = "all councillors retire"
        case Cycle.WHOLE:
            who = "all councillors retire"
        case Cycle.THIRDS:
            who = (
                "the councillors whose term ends (about a third of the council) retire, and the "
                "others stay in office"
            )
        case Cycle.HALVES:
            who = (
                "the councillors whose term ends (about half of the council) retire, and the "
                "others stay in office"
            )
        case _:
            who = "councillors whose term ends retire, and any others stay in office"
    is_london = timetable.council_type is CouncilKind.LONDON_BOROUGH
    return LegalPoint(
        title="Councillors",
        words="On the fourth day after the poll, or the next working day if that is a Sunday or a "
        f"bank holiday, {who}. Those elected take office that day. No one may act as a councillor, "
        "except to take other councillors’ declarations, before making their declaration of "
        "acceptance of office.",
        source=f"{LGA_1972}, Schedule 2, paragraph 6, and sections 83 and 243"
        if is_london
        else f"{LGA_1972}, sections 7, 83 and 243",
        certainty=Certainty.VERIFIED,
    )


def has_borough_mayor(council_type: CouncilKind | None, governance: Governance) -> bool:
    """Return whether a mayor chosen by the councillors chairs the council, by law.

    A London borough has one, unless it has an elected mayor: then it has a chair and a vice-chair
    (1972 Act, Schedule 2, paragraphs 2 and 5B to 5I).
    """
    return council_type is CouncilKind.LONDON_BOROUGH and governance is not Governance.MAYOR


def _with_mayor(point: LegalPoint) -> LegalPoint:
    """Return the point with the mayor of a London borough in place of the chair of the council."""
    words = point.words.replace("the chair of the council must", "the mayor must")
    return replace(point, words=words.replace("or the vice-chair if", "or the deputy mayor if"))


def chair_may_be_mayor(council_type: CouncilKind | None, governance: Governance) -> bool:
    """Return whether the chair of the council can have the style of mayor.

    A county has no mayor. Where there is an elected mayor, that is someone else.
    """
    return council_type is not CouncilKind.COUNTY and governance is not Governance.MAYOR


def _chair(timetable: Timetable, governance: Governance) -> LegalPoint:
    is_london = timetable.council_type is CouncilKind.LONDON_BOROUGH
    provisions = "Schedule 2, Part I" if is_london else "sections 3 and 4"
    chair, title = "chair", "Chair of the council"
    if has_borough_mayor(timetable.council_type, governance):
        chair, title = "mayor", "Mayor of the borough"
    elif chair_may_be_mayor(timetable.council_type, governance):
        title += " (the mayor, in a borough or city that has one)"
    return LegalPoint(
        title=title,
        words=f"The {chair} stays in office until a successor can act as {chair}, and so stays a "
        f"member of the council even if they were not re-elected. Electing the {chair} is the "
        f"first business of the annual meeting. A {chair} who is no longer a councillor presides "
        "and has no vote of their own, but must give a casting vote if the votes are equal.",
        source=f"{LGA_1972}, {provisions}",
        certainty=Certainty.VERIFIED,
    )


_LEADER = LegalPoint(
    title="Leader of the council",
    words="How the Leader is elected, and any term, are in the council’s executive arrangements, "
    "which are in its constitution. Check whether the term ends on the day of retirement or at "
    "annual council. The Leader remains a member of the council while in that office, even if "
    "they would otherwise have retired as a councillor.",
    source=f"{LGA_2000}, sections 9I and 9IB",
    certainty=Certainty.VERIFIED,
)
_CABINET = LegalPoint(
    title="Cabinet",
    words="A cabinet is the Leader and 2 to 9 councillors that the Leader appoints. If the Leader "
    "has a term, the deputy leader’s term ends with it. Check the constitution for how long the "
    "others stay.",
    source=f"{LGA_2000}, section 9C and Schedule A1, paragraph 2",
    certainty=Certainty.VERIFIED,
)
_EXECUTIVE_FUNCTIONS = LegalPoint(
    title="Decisions of the executive",
    words="The Leader takes executive decisions or decides who does: the cabinet, a member of it, "
    "a committee of it, an area committee, or an officer. If the Leader cannot act or the office "
    "is vacant, the deputy leader acts. If there is no deputy who can, the cabinet acts or "
    "arranges for one of its members to act.",
    source=f"{LGA_2000}, section 9E and Schedule A1, paragraph 2",
    certainty=Certainty.VERIFIED,
)
_MAYOR = LegalPoint(
    title="Elected mayor",
    words="An elected mayor has a term of 4 years. It does not end because councillors retire. "
    "If the mayor is elected on the same day, take advice on the day the new mayor takes office.",
    source=f"{LGA_2000}, sections 9H to 9HE, and regulations under them",
    certainty=Certainty.VERIFIED,
)
_CABINET_OF_MAYOR = LegalPoint(
    title="Cabinet and its decisions",
    words="The mayor appoints 2 to 9 councillors to the cabinet, and takes executive decisions or "
    "decides who does. A deputy mayor acts if the mayor cannot or the office is vacant. If there "
    "is no deputy who can, the cabinet acts or arranges for one of its members to act.",
    source=f"{LGA_2000}, sections 9C and 9E and Schedule A1, paragraph 1",
    certainty=Certainty.VERIFIED,
)
_COMMITTEE_SYSTEM = LegalPoint(
    title="Committee system",
    words="There is no cabinet, and there are no executive decisions. The council takes decisions, "
    "or delegates them to a committee, sub-committee or officer. If there is a leader, the role "
    "comes from the council’s own constitution, and the law gives it no power to decide.",
    source=f"{LGA_1972}, section 101, and {LGA_2000}, section 9B",
    certainty=Certainty.VERIFIED,
)
_UNKNOWN = LegalPoint(
    title="The Leader, the cabinet or the committee system",
    words="What the law says depends on how the council takes decisions, which has not been "
    "entered yet.",
    source=f"{LGA_2000}, Part 1A; {LGA_1972}, section 101",
    certainty=Certainty.VERIFIED,
)
_COMMITTEES = LegalPoint(
    title="Committees",
    words="A councillor who ceases to be a member of the council ceases to be a member of its "
    "committees. One who is re-elected no later than the day of retirement does not. The "
    "constitution may end all appointments at annual council or earlier. The council reviews "
    "political balance at the annual meeting or as soon as practicable after it.",
    source=f"{LGA_1972}, section 102(5); Local Government and Housing Act 1989, section 15",
    certainty=Certainty.VERIFIED,
)


def _officers(governance: Governance) -> LegalPoint:
    outside, arranged, executive = "", "", ""
    if governance is not Governance.COMMITTEES:
        arranger = {Governance.LEADER: "the Leader", Governance.MAYOR: "the elected mayor"}.get(
            governance, "the Leader or elected mayor"
        )
        outside = " outside an executive"
        arranged = f" or, for a function of the executive, {arranger} has"
        executive = f"{LGA_2000}, section 9E; "
    return LegalPoint(
        title="Officers",
        words="Officers can take the decisions that are delegated to them by the scheme of "
        "delegation. A council can delegate to a committee, a sub-committee, an officer or "
        f"another authority. Decisions cannot be delegated to a single councillor{outside}. There "
        "is one exception: a function exercised in relation to that councillor’s own ward or "
        f"division, if the council has arranged for it{arranged}.",
        source=f"{LGA_1972}, section 101; {executive}Local Government and Public Involvement in "
        "Health Act 2007, section 236",
        certainty=Certainty.VERIFIED,
    )


_URGENT = LegalPoint(
    title="Urgent key decisions",
    words="A key decision needs 28 clear days’ notice. If that is impracticable, the chair of the "
    "overview and scrutiny committee is told in writing, the notice is published, and 5 clear days "
    "pass. If that is impracticable too, that chair must agree that the decision is urgent and "
    "cannot reasonably be deferred. If there is no such chair or they cannot act, the chair of the "
    "council must agree, or the vice-chair if neither has a chair. Publish the reasons each time.",
    source="Local Authorities (Executive Arrangements) (Meetings and Access to Information) "
    "(England) Regulations 2012, regulations 9 to 11",
    certainty=Certainty.VERIFIED,
)
