"""Day one for an incoming administration: what its pack contains.

It is the same for any administration. Red lines, restricted texts and what a group said in
confidence are never part of it.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from assessments.plans.models import Control, ControlStanding, Election, Plan
from assessments.register.models import Issue
from assessments.seats.models import CouncilComposition
from assessments.timetable.interim_note import MISSING, OPEN
from assessments.timetable.models import InterimArrangements
from assessments.vacancies.access import vacant_since
from assessments.words import counted, day_in_words
from elections.budget import STANDING_ORDERS
from elections.composition import Composition, control_of
from elections.interim import (
    LGA_1972,
    LGA_2000,
    Governance,
    LegalPoint,
    interim_period,
    legal_points,
)
from elections.timetable import KeyDate
from frameworks.wording import put_term

from .access import finance_note_of
from .models import FinanceNote
from .new_councillors import dates_after_poll

# What is said after the form of control itself.
FORMS_OF_CONTROL = {
    Control.UNKNOWN: "Nothing in this pack assumes who will run the council.",
    Control.MAJORITY: "",
    Control.MINORITY: "At full council, a proposal of the administration needs votes of other "
    "members, or enough of them to abstain. Other groups do not share in the administration.",
    Control.TWO: "The plan calls it {a coalition}.",
    Control.THREE: "The plan calls it {a coalition}.",
    Control.FOUR: "The plan calls it {a coalition}.",
}
# Under an elected mayor the form of control is about the groups on the council only.
UNDER_A_MAYOR = (
    "The form of control is about the groups on the council. The elected mayor leads the "
    "executive, whichever group is the largest."
)
LEADER = LegalPoint(
    title="Before the council elects a Leader",
    words="Groups that expect to run the council can prepare proposals and ask officers for facts, "
    "as every group can. They cannot take decisions, and officers do not act on their directions. "
    "Once elected by the council, a Leader takes executive decisions or arranges who does.",
    source=f"{LGA_2000}, sections 9C, 9E and 9I",
)
COMMITTEES = LegalPoint(
    title="Before committees are appointed",
    words="Groups that expect to lead committees can prepare proposals and ask officers for facts, "
    "as every group can. They cannot take decisions, and officers do not act on their directions. "
    "The council takes decisions, or delegates them to a committee, sub-committee or officer.",
    source=f"{LGA_1972}, section 101",
)
MAYOR = LegalPoint(
    title="The elected mayor and the council",
    words="The mayor takes executive decisions from taking office. Groups on the council can "
    "prepare proposals and ask officers for facts, as every group can, and officers do not act on "
    "their directions.",
    source=f"{LGA_2000}, sections 9C and 9E",
)
VOTES_UNDER_A_MAYOR = LegalPoint(
    title="Votes of the council on the mayor’s proposals",
    words="The council can object by a simple majority to the mayor’s budget, or to a plan or "
    "strategy that the mayor submits for the council to approve. Once the mayor has answered, it "
    "needs two thirds of the members present and voting to decide otherwise than the mayor "
    "proposes. For a budget this applies only if the mayor submits the estimates before "
    "8 February. The council’s standing orders must contain these rules, or "
    "rules to the same effect. Unless an Act says otherwise, other decisions of the council need a "
    "majority of the members present and voting.",
    source=f"{STANDING_ORDERS}, Part 1; {LGA_1972}, Schedule 12, paragraph 39",
)
UNKNOWN = LegalPoint(
    title="Before offices are filled",
    words="Groups that expect to run the council can prepare proposals and ask officers for facts, "
    "as every group can. They cannot take decisions, and officers do not act on their directions.",
    source=f"{LGA_1972}, section 101; {LGA_2000}, section 9E",
)
BY_GOVERNANCE = {
    Governance.LEADER: LEADER,
    Governance.COMMITTEES: COMMITTEES,
    Governance.MAYOR: MAYOR,
    Governance.UNKNOWN: UNKNOWN,
}
OFFICERS = LegalPoint(
    title="Officers and members",
    words="Officers serve the whole council. They act on decisions of the council, of a committee, "
    "of the executive or of an officer with delegated power, and not on the wishes of a group.",
    source=f"{LGA_1972}, section 101; {LGA_2000}, section 9E",
)
OFFICERS_UNDER_COMMITTEES = LegalPoint(
    title=OFFICERS.title,
    words="Officers serve the whole council. They act on decisions of the council, of a committee "
    "or of an officer with delegated power, and not on the wishes of a group.",
    source=f"{LGA_1972}, section 101",
)


AFTER_BY_ELECTION = LegalPoint(
    title="After a by-election",
    words="No councillors retire, so the council’s offices and committees continue. Groups that "
    "expect to run the council can prepare proposals and ask officers for facts, as every group "
    "can. Until they hold office they cannot take decisions, and officers do not act on their "
    "directions.",
    source=f"{LGA_1972}, sections 90 and 101",
)


@dataclass(frozen=True)
class WaitingDecision:
    """An open crunch issue, without the group that raised it and the discussion of it."""

    pk: int
    words: str
    day: dt.date | None

    @property
    def when(self) -> str:
        return day_in_words(self.day) if self.day else "No date yet"


@dataclass(frozen=True)
class AdministrationPack:
    """What the page lists and the document draws.

    `vacant` are the seats that have become vacant since the composition: “Mill (Ash)”.
    """

    plan: Plan
    composition: Composition | None
    as_at: dt.date | None
    vacant: tuple[str, ...]
    control: str
    control_words: str
    decisions: tuple[WaitingDecision, ...]
    left_for_council: str
    note: FinanceNote | None
    points: tuple[LegalPoint, ...]
    settled: tuple[tuple[str, str], ...]
    dates: tuple[KeyDate, ...]
    knows_governance: bool
    is_after_poll: bool

    @property
    def powers_heading(self) -> str:
        """Name the part about what the administration can do, up to annual council if one is due.

        After a by-election the present administration stays until the council decides otherwise.
        """
        words = "What the administration can do"
        is_by_election = self.plan.occasion == Election.BY_ELECTION
        return words if is_by_election else f"{words} before annual council"

    @property
    def is_control_confirmed(self) -> bool:
        plan = self.plan
        is_known = plan.control != Control.UNKNOWN
        return is_known and plan.control_standing == ControlStanding.KNOWN

    @property
    def majority(self) -> str:
        """Say whether a group has a majority, or how many votes are more than half."""
        if self.composition is None:
            return ""
        found = control_of(self.composition)
        of = "members in post" if self.composition.rule == "in-post" else "seats"
        more = f"A majority of the {self.composition.counted} {of} is {found.majority_at}."
        if found.majority_group:
            return f"{found.majority_group.name} has a majority. {more}"
        return f"No group has a majority. {more}"

    @property
    def note_words(self) -> str:
        return self.note.words if self.note else ""

    @property
    def missing(self) -> list[str]:
        """Say what the pack does not have yet."""
        return [
            words
            for words, is_missing in (
                ("The composition of the council", self.composition is None),
                ("Decisions waiting to be made", not self.decisions and not self.left_for_council),
                ("The section 151 officer’s note", not self.note_words),
                ("How the council takes decisions", not self.knows_governance),
            )
            if is_missing
        ]


def administration_pack(
    plan: Plan, *, today: dt.date, only: Collection[int] | None = None
) -> AdministrationPack:
    """Return the pack of `plan`. `only` are the decisions to include; None for all of them."""
    composition = CouncilComposition.objects.of(plan.council).first()
    saved = InterimArrangements.objects.filter(plan=plan).first()
    governance = Governance(saved.governance if saved else "")
    return AdministrationPack(
        plan=plan,
        composition=composition.worked_out if composition else None,
        as_at=composition.as_at if composition else None,
        vacant=tuple(each.seat for each in (vacant_since(composition) if composition else ())),
        control=plan.control_in_words,
        control_words=_control_words(plan, governance),
        decisions=tuple(
            each for each in waiting_decisions(plan) if only is None or each.pk in only
        ),
        left_for_council=saved.waiting if saved else "",
        note=finance_note_of(plan),
        points=_points(plan, governance),
        settled=_settled(saved, plan.timetable.annual_meeting, today),
        dates=dates_after_poll(plan),
        knows_governance=governance is not Governance.UNKNOWN,
        is_after_poll=plan.election_day < today,
    )


def waiting_decisions(plan: Plan) -> list[WaitingDecision]:
    """Return the open crunch issues of the register by date; none if its reader sees none of it.

    Red lines are left out: each is one group’s.
    """
    issues = Issue.objects.on(plan).live().filter(kind=Issue.Kind.CRUNCH, state=Issue.State.OPEN)
    found = [WaitingDecision(each.pk, each.words, each.bites_on) for each in issues]
    return sorted(found, key=lambda each: (each.day or dt.date.max, each.pk))


def _control_words(plan: Plan, governance: Governance) -> str:
    """Return what is said after the form of control.

    An elected mayor needs no majority, and can appoint councillors of any group to the cabinet.
    """
    control = Control(plan.control)
    if governance is not Governance.MAYOR:
        return put_term(FORMS_OF_CONTROL[control], plan.term)
    if control in {Control.UNKNOWN, Control.MINORITY}:
        return UNDER_A_MAYOR
    return f"{put_term(FORMS_OF_CONTROL[control], plan.term)} {UNDER_A_MAYOR}".strip()


def _points(plan: Plan, governance: Governance) -> tuple[LegalPoint, ...]:
    """Return what the law says about the time before annual council.

    After a by-election, or where an order or a law of its own applies, only what is always so.
    """
    is_committees = governance is Governance.COMMITTEES
    officers = OFFICERS_UNDER_COMMITTEES if is_committees else OFFICERS
    votes = (VOTES_UNDER_A_MAYOR,) if governance is Governance.MAYOR else ()
    if plan.occasion == Election.BY_ELECTION and not plan.timetable.has_own_law:
        return AFTER_BY_ELECTION, *votes, officers
    first = (BY_GOVERNANCE[governance], *votes, officers)
    if interim_period(plan.timetable) is None:
        return first
    return (*first, *legal_points(plan.timetable, governance))


def _settled(
    saved: InterimArrangements | None, ends: dt.date | None, today: dt.date
) -> tuple[tuple[str, str], ...]:
    """Return what the council entered about the time until `ends`, with its labels.

    The note on that time names questions without an answer in the same words.
    """
    names = [name for name in InterimArrangements.POINTS if name != "waiting"]
    if not any(getattr(saved, name, "") for name in names):
        return ()
    unanswered = MISSING if ends and today > ends else OPEN
    labels = {
        field.name: str(field.verbose_name) for field in InterimArrangements._meta.concrete_fields
    }
    return tuple((labels[name], getattr(saved, name) or unanswered) for name in names)


def contents_in_words(pack: AdministrationPack) -> list[str]:
    """Say what each part contains."""
    composition = (
        f"Composition on {day_in_words(pack.as_at)}: "
        f"{counted(len(pack.composition.groups), 'group')}"
        if pack.composition and pack.as_at
        else "Composition: not recorded"
    )
    if pack.vacant:
        composition += f"; vacant since then: {', '.join(pack.vacant)}"
    return [
        composition,
        "The form of control, in neutral words",
        f"{pack.powers_heading}, with the law",
        f"Dates of the first weeks: {counted(len(pack.dates), 'date')} with rules and sources"
        if pack.dates
        else "Dates of the first weeks: none yet",
        f"Decisions waiting to be made: {len(pack.decisions) or 'none'}",
        "The section 151 officer’s note" + ("" if pack.note_words else ": not written"),
    ]
