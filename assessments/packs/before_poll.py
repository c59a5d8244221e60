"""The pack for group leaders before the poll: what it contains and what is still missing.

It is the same for every group: dates, how political balance works, and the protocols that were
agreed. It contains nothing else of the plan.
"""

import datetime as dt
from dataclasses import dataclass

from assessments.plans.models import Election, Plan
from assessments.seats.models import CouncilComposition, PoliticalBalance
from assessments.timetable.governance import governance_of
from assessments.timetable.order_dates import dates_to_enter, dates_with_order
from assessments.vacancies.access import members_today
from assessments.ways_of_working.access import saved_protocols
from assessments.ways_of_working.wording import ProtocolWording, wordings_of
from assessments.words import counted, day_in_words, days_in_words
from councils.models import CouncilType
from elections.bodies import BodyKind
from elections.composition import Group
from elections.interim import Governance, has_borough_mayor
from elections.timetable import Certainty, DateStanding, KeyDate

# The returning officer, who is independent of the council, fixes these days.
FIXED_BY_RETURNING_OFFICER = frozenset(
    (
        "notice_of_election",
        "poll_cards_from",
        "nominations_from",
        "statement_of_persons_nominated",
        "notice_of_poll",
        "verification_and_count",
        "declaration",
    )
)
FIRST_WEEKS = dt.timedelta(weeks=10)  # the declaration of acceptance has 2 months
# Dates after these weeks, which are not for the groups before the poll.
LATER = frozenset(("rejected_postal_votes_by", "council_tax_by", "papers_kept_until"))


@dataclass(frozen=True)
class BeforePollPack:
    """What the page lists and both files draw.

    `undated` names the key dates without a day that are no later than the first weeks.
    """

    plan: Plan
    dates: tuple[KeyDate, ...]
    undated: tuple[str, ...]
    groups: tuple[Group, ...]
    ungrouped: int
    committees: tuple[tuple[str, int], ...]
    wordings: tuple[ProtocolWording, ...]
    governance: Governance

    @property
    def outside_balance(self) -> str:
        """Say which bodies of this council are outside political balance; empty if none is known.

        A committee system has no cabinet. A county council is not a licensing authority where there
        are district councils (Licensing Act 2003, section 3(1)).
        """
        bodies = [
            "the cabinet" if self.governance is not Governance.COMMITTEES else "",
            "the committee under the Licensing Act 2003"
            if self.plan.council.type != CouncilType.COUNTY
            else "",
        ]
        found = [each for each in bodies if each]
        if not found:
            return ""
        names = " and ".join(found)
        verb = "is" if len(found) == 1 else "are"
        return f" {names[:1].upper()}{names[1:]} {verb} outside political balance."

    @property
    def chair(self) -> str:
        """Return what the councillor who chairs the council is called."""
        kind = self.plan.timetable.council_type
        return "mayor" if has_borough_mayor(kind, self.governance) else "chair"

    @property
    def given_to(self) -> str:
        """Say who has the same pack. A new authority has no groups before its first election."""
        if self.plan.occasion == Election.ORDER:
            return (
                "the leader of every political group or, if the council has no councillors yet, to "
                "every party and independent candidate"
            )
        return "the leader of every political group"

    @property
    def workbook_begins(self) -> str:
        """Say what the workbook is filled in with, and what is to be entered first."""
        if not self.groups:
            return "Enter the groups and their members first."
        begins = "It begins with the members of each group today"
        if self.committees:
            return f"{begins} and the committees recorded."
        return f"{begins}. Enter the committees."

    @property
    def agreed(self) -> list[ProtocolWording]:
        return [each for each in self.wordings if each.is_agreed]

    @property
    def not_agreed(self) -> list[ProtocolWording]:
        return [each for each in self.wordings if not each.is_agreed]

    @property
    def contents(self) -> list[str]:
        """Say what each part contains."""
        agreed = ", ".join(each.protocol.title for each in self.agreed)
        filled = [
            f"{counted(len(self.groups), 'group')}" if self.groups else "",
            f"{counted(len(self.committees), 'ordinary committee')}" if self.committees else "",
        ]
        filled_in = " and ".join(filter(None, filled))
        return [
            f"Key dates: {counted(len(self.dates), 'date')} with rules and sources",
            "How political balance works, with the principles of the law in their order",
            "A workbook that shares committee seats by formula, "
            + (f"filled in with {filled_in}" if filled_in else "to fill in"),
            f"Agreed protocols: {agreed or 'none yet'}",
        ]

    @property
    def open_wordings(self) -> list[ProtocolWording]:
        """Return agreed protocols that still have words in square brackets."""
        return [each for each in self.agreed if each.open_points]


def before_poll_pack(plan: Plan) -> BeforePollPack:
    """Return the pack of `plan`. The workbook begins with its groups and ordinary committees.

    Members whose offices have become vacant since the composition are not counted.
    """
    composition = CouncilComposition.objects.of(plan.council).first()
    balance = PoliticalBalance.objects.of(plan.council).first()
    bodies = balance.committees.all() if balance else ()
    ordinary = [(each.name, each.size) for each in bodies if each.kind == BodyKind.ORDINARY]
    today = members_today(composition) if composition else None
    governance = governance_of(plan)
    return BeforePollPack(
        plan=plan,
        dates=tuple(
            each for each in dates_with_order(plan, governance) if _is_for_groups(plan, each)
        ),
        undated=tuple(
            label_of(each) for each in dates_to_enter(plan, governance) if each.key not in LATER
        ),
        groups=today.groups if today else (),
        ungrouped=today.ungrouped if today else 0,
        committees=tuple(ordinary),
        wordings=tuple(wordings_of(plan, saved_protocols(plan))),
        governance=governance,
    )


def _is_for_groups(plan: Plan, date: KeyDate) -> bool:
    """Whether a date is known, and is no later than the first weeks of a new council.

    After annual council only dates of the law are included: the others are for the plan.
    """
    if date.date is None:
        return False
    meeting = plan.timetable.annual_meeting or plan.election_day
    return date.date <= meeting or (
        date.standing != DateStanding.PRACTICE and date.date <= plan.election_day + FIRST_WEEKS
    )


def label_of(date: KeyDate) -> str:
    """Return what a date is, without the stage of the plan that begins on it."""
    return date.label.partition(": stage")[0]


def day_of(date: KeyDate) -> str:
    """Return the day or window of a date in words."""
    assert date.date  # noqa: S101 - dates without a day are left out
    return days_in_words(date.date, date.until) if date.until else day_in_words(date.date)


def rule_of(date: KeyDate) -> str:
    """Return the rule, and the source of the law; a date set by hand says only who fixes it.

    The reason for a date set by hand is for the members of the council.
    """
    if date.hand and date.hand.article:
        return f"{date.hand.set_by_order}."
    if date.hand:
        by_officer = date.key in FIXED_BY_RETURNING_OFFICER
        return f"Set by the {'returning officer' if by_officer else 'council'}."
    unverified = date.standing == DateStanding.LAW and date.certainty is Certainty.BELIEVED
    more = ". We have not verified this rule" if unverified else ""
    return f"{date.rule} ({date.standing.capitalize()}: {date.source}{more})"
