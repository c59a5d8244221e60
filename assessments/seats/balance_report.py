"""The report of an allocation: assembled once, then drawn as page, PDF and workbook."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from assessments.words import day_in_words
from elections.balance_review import TableCheck, TableVerdict, check_table
from elections.political_balance import OUTSIDE, Allocation, BalanceError, Share, Tie, decimal

HEADINGS = {
    "": "The council and its seats",
    "a": "(a) No body is filled by one group",
    "b": "(b) A majority group has a majority of each body",
    "c": "(c) All seats together are in proportion",
    "d": "(d) Each body is in proportion",
    OUTSIDE: "Seats not allocated to any group",
}


@dataclass(frozen=True)
class BalanceCell:
    """The seats of one party on one body: as worked out, and as adopted."""

    strict: int
    adopted: int

    @property
    def differs(self) -> bool:
        return self.strict != self.adopted


@dataclass(frozen=True)
class CommitteeRow:
    """One body. `pk` is that of its BalanceCommittee."""

    pk: int
    name: str
    size: int
    cells: tuple[BalanceCell, ...]


@dataclass(frozen=True)
class PartyTotal:
    """The seats of one party on all bodies together."""

    share: Share
    adopted: int

    @property
    def exact(self) -> str:
        return decimal(self.share.exact)


@dataclass(frozen=True)
class SettledTie:
    """A tie that a person has settled."""

    where: str
    party: str
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class BalanceReport:
    council: str
    as_at: dt.date
    made_on: dt.date
    members: int
    seats: int
    parties: tuple[str, ...]
    rows: tuple[CommitteeRow, ...]
    totals: tuple[PartyTotal, ...]
    working: tuple[tuple[str, tuple[str, ...]], ...]
    open_ties: tuple[Tie, ...]
    decisions: tuple[SettledTie, ...]
    warnings: tuple[str, ...]
    differences: tuple[str, ...]
    check: TableCheck
    check_problem: str
    vote: str
    vote_warning: str
    review_due: bool

    @property
    def is_departure(self) -> bool:
        """Whether the adopted seats depart from political balance, which needs a vote."""
        return bool(self.check_problem) or self.check.is_departure

    @property
    def principles(self) -> str:
        """What the adopted seats have to do with the principles, in one sentence."""
        return self.check_problem or self.check.words

    @property
    def standing(self) -> str:
        """Say in a few words whether the allocation can go to the meeting."""
        if self.open_ties:
            count = len(self.open_ties)
            return f"Provisional: {count} tie{'' if count == 1 else 's'} to settle"
        if self.is_departure:
            return "Departs from political balance"
        if self.differences:
            return "Another allocation that meets the principles"
        return "Political balance"

    @property
    def file_stem(self) -> str:
        return f"political-balance-{self.made_on:%Y-%m-%d}"


def balance_report(balance, *, current):
    """Return the report of a PoliticalBalance.

    `current` is the council's current composition, None if there is none: if it is not the one the
    seats were worked out from, a review is due (1989 Act, section 15(1)).
    """
    allocation = balance.worked_out()
    committees = list(balance.committees.all())
    rows = tuple(
        _row(committee, shares)
        for committee, shares in zip(committees, allocation.seats, strict=True)
    )
    differences = tuple(
        f"{row.name}: {party} {cell.adopted} instead of {cell.strict}"
        for row in rows
        for party, cell in zip(allocation.names, row.cells, strict=True)
        if cell.differs
    )
    check, check_problem = _checked(allocation, rows)
    is_departure = bool(check_problem) or check.is_departure
    return BalanceReport(
        council=balance.council.name,
        as_at=balance.composition.as_at,
        made_on=balance.made_at.date(),
        members=allocation.members,
        seats=sum(committee.size for committee in committees),
        parties=allocation.names,
        rows=rows,
        totals=tuple(
            PartyTotal(share, sum(row.cells[n].adopted for row in rows))
            for n, share in enumerate(allocation.totals)
        ),
        working=tuple(
            (HEADINGS[principle], tuple(row.words for row in steps))
            for principle, steps in groupby(allocation.working, key=lambda row: row.principle)
        ),
        open_ties=allocation.open_ties,
        decisions=tuple(
            SettledTie(
                where=choice.key[0] or "All committees together",
                party=choice.party,
                reason=choice.reason,
                by=str(choice.chosen_by),
                at=choice.chosen_at,
            )
            for choice in balance.choices.all()
        ),
        warnings=tuple(warning.words for warning in allocation.warnings),
        differences=differences,
        check=check,
        check_problem=check_problem,
        vote=_vote(balance),
        vote_warning=_vote_warning(balance, is_departure=is_departure),
        review_due=current is not None and current.pk != balance.composition_id,
    )


def _row(committee, shares):
    adopted = dict(committee.departure or {})
    if adopted:
        # A group of one member counts outside the groups, also in what was saved under its name.
        known = {share.party.name for share in shares}
        others = sum(seats for name, seats in adopted.items() if name not in known)
        outside = next((each.party.name for each in shares if not each.party.is_group), None)
        if outside is not None:
            adopted[outside] = adopted.get(outside, 0) + others
    cells = tuple(
        BalanceCell(share.seats, adopted.get(share.party.name, 0) if adopted else share.seats)
        for share in shares
    )
    return CommitteeRow(committee.pk, committee.name, committee.size, cells)


def _checked(allocation: Allocation, rows: tuple[CommitteeRow, ...]) -> tuple[TableCheck, str]:
    """Return how the adopted seats compare with the principles, and why they cannot be compared."""
    try:
        return check_table(allocation, [[cell.adopted for cell in row.cells] for row in rows]), ""
    except BalanceError as error:
        return TableCheck(TableVerdict.DEPARTURE), str(error)


def _vote(balance):
    if not balance.has_vote:
        return ""
    return (
        f"Meeting of {day_in_words(balance.meeting_on)}: "
        f"{balance.votes_for} for, {balance.votes_against} against, "
        f"{balance.abstentions} abstained."
    )


def _vote_warning(balance, *, is_departure):
    """Return what a departure lacks, if it is one.

    Local Government and Housing Act 1989, section 17: with notice, and no one voting against.
    """
    if not is_departure:
        return ""
    if not balance.has_vote:
        return (
            "A departure from political balance needs a vote at full council, with notice and with "
            "no one voting against it. No vote has been recorded yet."
        )
    if balance.votes_against:
        return (
            f"{balance.votes_against} voted against, so the departure does not have effect. "
            "Political balance applies."
        )
    return ""
