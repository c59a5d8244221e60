"""The running order of annual council: each item with its votes, for the page and the script."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from assessments.plans.models import Election
from assessments.seats.balance_documents import changed_since
from assessments.seats.balance_report import BalanceReport, balance_report
from assessments.seats.models import CouncilComposition, PoliticalBalance
from assessments.vacancies.access import members_on
from assessments.words import counted, within_sentence
from elections.annual_council import BusinessItem, CouncilOffice, Presiding, order_of_business
from elections.bodies import seats_of_party
from elections.council_vote import CouncilVoteCount, VotingRule
from elections.interim import Governance

from .access import AnnualCouncil
from .models import OfficeElection
from .words import result_in_words, votes_in_words

CHAIR_TIE = (
    "Equal votes for chair: the person presiding must give a casting vote (Local Government Act "
    "1972, section 4(3))"
)


CHECK_VOTES = "Check the votes"


@dataclass(frozen=True)
class VoteLine:
    """One vote in words: its number, the votes, and what it leads to if they are right."""

    number: int
    votes: str
    result: str
    warning: str = ""


@dataclass(frozen=True)
class ElectionState:
    """An election as far as it has gone, its votes in words."""

    election: OfficeElection
    count: CouncilVoteCount
    lines: tuple[VoteLine, ...]

    @property
    def nominees(self) -> list[str]:
        return [
            f"{each.name} (withdrew)" if each.withdrew_before else each.name
            for each in self.election.nominees.all()
        ]

    @property
    def has_votes(self) -> bool:
        return bool(self.lines)

    @property
    def is_in_doubt(self) -> bool:
        """Return whether a vote has more votes than the council has members."""
        return any(line.warning for line in self.lines)

    @property
    def needs_nominations(self) -> bool:
        """Return whether a vote ended with no one elected, or all nominees withdrew."""
        return self.count.is_unfilled and bool(self.nominees)

    @property
    def sentence(self) -> str:
        """Say in a few words how far the election has gone."""
        if self.count.elected:
            return CHECK_VOTES if self.is_in_doubt else f"{self.count.elected} is elected"
        if self.count.tie:
            return "Votes are equal: a decision is needed"
        if not self.nominees:
            return "No nominations yet"
        if self.count.is_unfilled:
            return "No one is elected"
        number = len(self.count.remaining)
        nominees = counted(number, "nominee")
        return f"{nominees}, ready for vote {len(self.lines) + 1}"


@dataclass(frozen=True)
class RunningItem:
    """An item of business. `elections` are the elections to its office, the latest last."""

    number: int
    business: BusinessItem
    elections: tuple[ElectionState, ...] = ()

    @property
    def sentence(self) -> str:
        if self.business.office is None:
            return ""
        return self.elections[-1].sentence if self.elections else "No nominations yet"


@dataclass(frozen=True)
class RunningOrder:
    """What the page and the script draw. `balance` is the latest allocation of seats, if any."""

    council: str
    day: dt.date | None
    is_day_fixed: bool
    has_own_law: bool
    knows_governance: bool
    knows_rules: bool
    rule: str
    tie: str
    lowest_tie: str
    asks_lowest: bool
    chair_tie: str
    other_tie: str
    items: tuple[RunningItem, ...]
    balance: BalanceReport | None

    @property
    def seats(self) -> tuple[str, ...]:
        """Return the seats of each group on each committee, in words."""
        if self.balance is None:
            return ()
        return tuple(
            f"{row.name} ({row.size}): "
            + ", ".join(
                seats_of_party(party, cell.adopted)
                for party, cell in zip(self.balance.parties, row.cells, strict=True)
                if cell.adopted
            )
            for row in self.balance.rows
        )

    @property
    def seats_caveat(self) -> str:
        """Say what has changed since seats were worked out that the council has not voted on."""
        if self.balance is None or self.balance.vote:
            return ""
        return changed_since(self.balance)

    @property
    def title(self) -> str:
        return f"Annual council: order of business, {self.council}"


def running_order(meeting: AnnualCouncil) -> RunningOrder:
    """Return the running order of the meeting as it is now."""
    plan, rules = meeting.plan, meeting.rules
    business = order_of_business(
        meeting.governance,
        Presiding(rules.presiding),
        meeting.council_type,
        has_order=plan.occasion == Election.ORDER,
    )
    members = members_in_post(meeting)
    return RunningOrder(
        council=plan.council.name,
        day=plan.timetable.annual_meeting,
        is_day_fixed=plan.timetable.is_meeting_fixed or _is_past(plan.timetable.annual_meeting),
        has_own_law=plan.timetable.has_own_law,
        knows_governance=bool(meeting.governance),
        knows_rules=rules.pk is not None,
        rule=within_sentence(rules.get_rule_display()),
        tie=within_sentence(rules.get_tie_display()),
        lowest_tie=within_sentence(rules.get_lowest_tie_display()),
        asks_lowest=rules.rule == VotingRule.ELIMINATE,
        chair_tie=meeting.in_words(CHAIR_TIE),
        other_tie=meeting.in_words("Equal votes for vice-chair or Leader"),
        items=tuple(
            RunningItem(number, item, _states(meeting, item.office, members))
            for number, item in enumerate(business, start=1)
        ),
        balance=_balance(meeting),
    )


def _is_past(day: dt.date | None) -> bool:
    return day is not None and day < timezone.localdate()


def members_in_post(meeting: AnnualCouncil) -> int | None:
    """Return how many members the council has at the meeting, None if its composition is not
    recorded.

    An elected mayor is one of them (Local Government Act 1972, section 2(2A)); the composition has
    councillors only.
    """
    composition = CouncilComposition.objects.of(meeting.plan.council).first()
    if composition is None:
        return None
    councillors = members_on(composition, meeting.plan.timetable.annual_meeting).in_post
    return councillors + (meeting.governance is Governance.MAYOR)


def most_votes(meeting: AnnualCouncil) -> int | None:
    """Return how many votes there can be at most: all seats, and an elected mayor.

    Return None if the composition is not recorded.
    """
    composition = CouncilComposition.objects.of(meeting.plan.council).first()
    if composition is None:
        return None
    return composition.worked_out.seats + (meeting.governance is Governance.MAYOR)


def state_of(
    meeting: AnnualCouncil, election: OfficeElection, members: int | None = None
) -> ElectionState:
    """Return an election with its votes in words. `members` warns of more votes than members."""
    rule = VotingRule(meeting.rules.rule)
    count = election.counted(rule)
    lines = []
    for result in count.results:
        tie = meeting.rules.tie_rule(election.office, result)
        given = result.vote.voting + result.vote.abstained
        said, warning = result_in_words(result, rule, tie), ""
        if members is not None and given > members:
            warning = (
                f"This vote has {given} votes and abstentions, but the council has {members} "
                "members in post. Check the figures."
            )
        lines.append(
            VoteLine(
                result.number,
                votes_in_words(result.vote),
                f"If these figures are right: {said}" if warning else said,
                warning,
            )
        )
    return ElectionState(election, count, tuple(lines))


def _states(
    meeting: AnnualCouncil, office: CouncilOffice | None, members: int | None
) -> tuple[ElectionState, ...]:
    if office is None:
        return ()
    return tuple(state_of(meeting, each, members) for each in meeting.attempts(office))


def _balance(meeting: AnnualCouncil) -> BalanceReport | None:
    balance = PoliticalBalance.objects.of(meeting.plan.council).first()
    if balance is None:
        return None
    current = CouncilComposition.objects.of(meeting.plan.council).first()
    return balance_report(balance, current=current)
