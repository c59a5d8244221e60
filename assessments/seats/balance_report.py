"""An allocation as a person reads it: assembled once; page, PDF and workbook draw it."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from elections.political_balance import OUTSIDE, Share, Tie, decimal

HEADINGS = {
    "": "The council and its seats",
    "a": "(a) No body is filled by one group",
    "b": "(b) A majority group has a majority of each body",
    "c": "(c) All seats together are in proportion",
    "d": "(d) Each body is in proportion",
    OUTSIDE: "What no group is due",
}


@dataclass(frozen=True)
class Cell:
    strict: int
    adopted: int

    @property
    def differs(self):
        return self.strict != self.adopted


@dataclass(frozen=True)
class CommitteeRow:
    """`pk` is of the BalanceCommittee; `departs`: the council adopts something else here."""

    pk: int
    name: str
    size: int
    cells: tuple[Cell, ...]
    departs: bool


@dataclass(frozen=True)
class TotalRow:
    share: Share
    adopted: int

    @property
    def exact(self):
        return decimal(self.share.exact)


@dataclass(frozen=True)
class Decision:
    """A tie that was settled: where, for whom, by whom and why."""

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
    totals: tuple[TotalRow, ...]
    working: tuple[tuple[str, tuple[str, ...]], ...]
    open_ties: tuple[Tie, ...]
    decisions: tuple[Decision, ...]
    warnings: tuple[str, ...]
    departures: tuple[str, ...]
    vote: str
    vote_warning: str
    review_due: bool

    @property
    def is_provisional(self):
        return bool(self.open_ties)

    @property
    def standing(self):
        """One line on whether this can go to the meeting."""
        if self.open_ties:
            count = len(self.open_ties)
            return f"Provisional: {count} tie{'' if count == 1 else 's'} to be settled"
        return "Departs from strict balance" if self.departures else "Strict political balance"

    @property
    def file_stem(self):
        return f"political-balance-{self.made_on:%Y-%m-%d}"


def balance_report(balance, *, current):
    """The report of a PoliticalBalance; `current` is the council's current composition."""
    allocation = balance.worked_out()
    committees = list(balance.committees.all())
    rows = tuple(
        _row(committee, shares)
        for committee, shares in zip(committees, allocation.seats, strict=True)
    )
    departures = tuple(
        f"{row.name}: {party} {cell.adopted} instead of {cell.strict}"
        for row in rows
        for party, cell in zip(allocation.names, row.cells, strict=True)
        if cell.differs
    )
    return BalanceReport(
        council=balance.council.name,
        as_at=balance.composition.as_at,
        made_on=balance.made_at.date(),
        members=allocation.members,
        seats=sum(committee.size for committee in committees),
        parties=allocation.names,
        rows=rows,
        totals=tuple(
            TotalRow(share, sum(row.cells[n].adopted for row in rows))
            for n, share in enumerate(allocation.totals)
        ),
        working=tuple(
            (HEADINGS[principle], tuple(row.words for row in steps))
            for principle, steps in groupby(allocation.working, key=lambda row: row.principle)
        ),
        open_ties=allocation.open_ties,
        decisions=tuple(
            Decision(
                where=choice.key[0] or "All committees together",
                party=choice.party,
                reason=choice.reason,
                by=str(choice.chosen_by),
                at=choice.chosen_at,
            )
            for choice in balance.choices.all()
        ),
        warnings=tuple(warning.words for warning in allocation.warnings),
        departures=departures,
        vote=_vote(balance),
        vote_warning=_vote_warning(balance, departures),
        review_due=current is not None and current.pk != balance.composition_id,
    )


def _row(committee, shares):
    adopted = committee.departure
    cells = tuple(
        Cell(share.seats, adopted.get(share.party.name, 0) if adopted else share.seats)
        for share in shares
    )
    departs = any(cell.differs for cell in cells)
    return CommitteeRow(committee.pk, committee.name, committee.size, cells, departs)


def _vote(balance):
    if not balance.has_vote:
        return ""
    return (
        f"Meeting of {balance.meeting_on.day} {balance.meeting_on:%B %Y}: "
        f"{balance.votes_for} for, {balance.votes_against} against, "
        f"{balance.abstentions} abstained."
    )


def _vote_warning(balance, departures):
    """Section 17 of the Local Government and Housing Act 1989: nobody may vote against."""
    if not departures:
        return ""
    if not balance.has_vote:
        return (
            "Departing from strict balance needs a vote at full council with nobody against it. "
            "No vote is recorded yet."
        )
    if balance.votes_against:
        return (
            f"{balance.votes_against} voted against, so the departures do not stand: "
            "strict balance applies."
        )
    return ""
