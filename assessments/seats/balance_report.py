"""The report of an allocation: assembled once, then drawn as page, PDF and workbook."""

import datetime as dt
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils import timezone

from assessments.printing.names import document_name
from assessments.words import counted, day_in_words
from elections.balance_review import TableCheck, TableVerdict, check_table
from elections.bodies import (
    BodyKind,
    Committee,
    count_of,
    party_in_sentence,
    seats_of_party,
)
from elections.political_balance import OUTSIDE, Allocation, BalanceError, Share, Tie, decimal

from .models import CouncilComposition

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
    """The seats of one party on one body: as worked out, and as proposed or adopted."""

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
    kind: str
    is_pooled: bool
    coopted: str

    @property
    def about(self) -> str:
        """Return the kind of body, unless it is an ordinary committee, and its other members."""
        kind = "" if self.kind == BodyKind.ORDINARY else BodyKind(self.kind).in_words
        words = "; ".join(filter(None, [kind, self.coopted]))
        return words[:1].upper() + words[1:]


@dataclass(frozen=True)
class PartyTotal:
    """The seats of one party on all bodies that principle (c) adds together."""

    share: Share
    adopted: int

    @property
    def exact(self) -> str:
        """Return the share as the reader sees it: only groups are entitled to one."""
        return decimal(self.share.exact) if self.share.party.is_group else "–"


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
    composition: CouncilComposition
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
    accepted: str
    warnings: tuple[str, ...]
    differences: tuple[str, ...]
    check: TableCheck
    check_problem: str
    vote: str
    vote_warning: str
    is_adopted: bool
    is_lost: bool
    is_equal: bool
    has_changed_since: bool
    left_out: tuple[Committee, ...]
    joint_groups: tuple[str, ...]
    pools_sub_committees: bool

    @property
    def pooled(self) -> tuple[CommitteeRow, ...]:
        """The bodies whose seats are added together under principle (c)."""
        return tuple(row for row in self.rows if row.is_pooled)

    @property
    def separate(self) -> tuple[CommitteeRow, ...]:
        """The bodies that are each balanced separately."""
        return tuple(row for row in self.rows if not row.is_pooled)

    @property
    def pooled_seats(self) -> int:
        return sum(row.size for row in self.pooled)

    @property
    def together(self) -> str:
        """What the bodies that are added together are called above their totals."""
        if not self.separate:
            return "All committees"
        also = " and sub-committees" if self.pools_sub_committees else ""
        return f"All ordinary committees{also}"

    @property
    def columns(self) -> int:
        """How many columns the table has: the name, the parties and the size."""
        return len(self.parties) + 2

    @property
    def noun(self) -> str:
        """What a row is: “committee”, or the Act's word “body” if some are of another kind."""
        return "committee" if all(r.kind == BodyKind.ORDINARY for r in self.rows) else "body"

    @property
    def heading(self) -> str:
        """The heading of the column with their names."""
        return self.noun.capitalize()

    @property
    def bodies_in_words(self) -> str:
        noun = self.noun
        if len(self.rows) == 1:
            return f"1 {noun}"
        return f"{len(self.rows)} {'bodies' if noun == 'body' else 'committees'}"

    @property
    def seats_in_words(self) -> str:
        return f"{count_of(self.seats, 'seat')} on {self.bodies_in_words}"

    @property
    def is_departure(self) -> bool:
        """Whether the seats as they are now depart from political balance, which needs a vote."""
        return bool(self.check_problem) or self.check.is_departure

    @property
    def principles(self) -> str:
        """What the seats as they are now have to do with the principles, in one sentence."""
        if not self.check_problem and self.check.verdict is TableVerdict.SAME:
            return "No seat has been changed by hand."
        return self.check_problem or self.check.words

    @property
    def status(self) -> str:
        """What the seats as they are now are called: proposed until the council has voted."""
        return "Adopted" if self.is_adopted else "Proposed"

    @property
    def not_adopted(self) -> str:
        """Say in one sentence why the seats are only proposed, or "" once they are adopted."""
        if self.is_adopted:
            return ""
        if not self.vote:
            return "The council’s vote on these seats has not been recorded."
        if self.vote_warning:
            return "The vote that has been recorded does not decide these seats."
        if self.is_equal:
            return (
                "The votes were equal, so they did not agree these seats. If the person presiding "
                "gave a second or casting vote, change the vote and add it to the votes for or "
                "against."
            )
        if self.is_lost:
            return "The vote that has been recorded did not agree these seats."
        is_open = "is" if len(self.open_ties) == 1 else "are"
        ties = counted(len(self.open_ties), "tie")
        return f"A vote has been recorded, but {ties} {is_open} not settled."

    @property
    def standing(self) -> str:
        """Say in a few words whether the allocation can go to the meeting."""
        if self.open_ties:
            count = len(self.open_ties)
            return f"Provisional: {counted(count, 'tie')} to settle"
        if self.is_departure:
            return "Departs from political balance"
        if self.differences:
            return "Another allocation that meets the principles"
        return "In political balance"

    @property
    def file_stem(self) -> str:
        return document_name(str(self.council), "political balance", day=self.made_on)


def balance_report(balance, *, current):
    """Return the report of a PoliticalBalance.

    `current` is the council's current composition, None if there is none: if it is not the one the
    seats were worked out from, the council checks whether a review is required (1989 Act, section
    15; 1990 Regulations, regulation 17). Not every change of composition requires one.
    """
    allocation = balance.worked_out()
    committees = balance.balanced_committees
    rows = tuple(
        _row(committee, shares, is_pooled=is_pooled)
        for committee, shares, is_pooled in zip(
            committees, allocation.seats, allocation.pooled, strict=True
        )
    )
    differences = tuple(
        f"{row.name}: {seats_of_party(party, cell.adopted)} instead of {cell.strict}"
        for row in rows
        for party, cell in zip(allocation.names, row.cells, strict=True)
        if cell.differs
    )
    check, check_problem = _checked(allocation, rows)
    is_departure = bool(check_problem) or check.is_departure
    # A table that was accepted as a whole decides the ties as well.
    open_ties = () if balance.has_accepted_table else allocation.open_ties
    vote_warning = _vote_warning(balance, is_departure=is_departure)
    return BalanceReport(
        composition=balance.composition,
        council=balance.council.name,
        as_at=balance.composition.as_at,
        made_on=timezone.localdate(balance.made_at),
        members=allocation.members,
        seats=sum(committee.size for committee in committees),
        parties=allocation.names,
        rows=rows,
        totals=tuple(
            PartyTotal(share, sum(row.cells[n].adopted for row in rows if row.is_pooled))
            for n, share in enumerate(allocation.totals)
        ),
        working=tuple(
            (HEADINGS[principle], tuple(row.words for row in steps))
            for principle, steps in groupby(allocation.working, key=lambda row: row.principle)
        ),
        open_ties=open_ties,
        decisions=tuple(
            SettledTie(
                where=choice.key[0] or "All committees together",
                party=party_in_sentence(choice.holder),
                reason=choice.reason,
                by=str(choice.chosen_by),
                at=choice.chosen_at,
            )
            for choice in balance.choices.all()
        ),
        accepted=_accepted(balance),
        warnings=tuple(warning.words for warning in allocation.warnings),
        differences=differences,
        check=check,
        check_problem=check_problem,
        vote=_vote(balance),
        vote_warning=vote_warning,
        is_adopted=balance.is_carried and not vote_warning and not open_ties,
        is_lost=balance.has_vote and not balance.is_carried,
        is_equal=balance.has_vote and balance.votes_for == balance.votes_against > 0,
        has_changed_since=current is not None and current.pk != balance.composition_id,
        left_out=tuple(
            replace(body, reason=body.reason.rstrip(" .")) for body in allocation.left_out
        ),
        joint_groups=tuple(
            f"{party.name}: {' and '.join(party.parts)} are treated as one group (Local Government "
            "(Committees and Political Groups) Regulations 1990, regulation 12)."
            for party in allocation.parties
            if party.parts
        ),
        pools_sub_committees=balance.pool_sub_committees,
    )


def _row(committee, shares, *, is_pooled):
    adopted = dict(committee.departure or {})
    if adopted:
        # A member of a group of one is in no group, also in what was saved under its name.
        known = {share.party.name for share in shares}
        others = sum(seats for name, seats in adopted.items() if name not in known)
        outside = next((each.party.name for each in shares if not each.party.is_group), None)
        if outside is not None:
            adopted[outside] = adopted.get(outside, 0) + others
    cells = tuple(
        BalanceCell(share.seats, adopted.get(share.party.name, 0) if adopted else share.seats)
        for share in shares
    )
    return CommitteeRow(
        committee.pk,
        committee.name,
        committee.size,
        cells,
        kind=committee.kind,
        is_pooled=is_pooled,
        coopted=committee.worked_out.coopted_in_words,
    )


def _checked(allocation: Allocation, rows: tuple[CommitteeRow, ...]) -> tuple[TableCheck, str]:
    """Return how the adopted seats compare with the principles, and why they cannot be compared."""
    try:
        return check_table(allocation, [[cell.adopted for cell in row.cells] for row in rows]), ""
    except BalanceError as error:
        return TableCheck(TableVerdict.DEPARTURE), str(error)


def _accepted(balance):
    if not balance.has_accepted_table:
        return ""
    day = day_in_words(timezone.localdate(balance.accepted_at))
    return (
        f"The table was accepted as one decision: {balance.accepted_reason} "
        f"({balance.accepted_by}, {day})."
    )


def _vote(balance):
    if not balance.has_vote:
        return ""
    return (
        f"Meeting of {day_in_words(balance.meeting_on)}: "
        f"{balance.votes_for} for, {balance.votes_against} against, "
        f"{balance.abstentions} abstained."
    )


def _vote_warning(balance, *, is_departure):
    """Return what a departure lacks, if it is one, or why a vote may be about other seats.

    Local Government and Housing Act 1989, section 17: with notice, and no one voting against.
    """
    changed = ""
    if balance.changed_since_vote:
        changed = (
            "Seats or ties have changed since this vote was recorded. Check that the meeting voted "
            "on the table as it is now, then record the vote again."
        )
    if not is_departure:
        return changed
    if not balance.has_vote:
        return (
            "A departure from political balance needs a vote of the council, or of the committee "
            "that appoints, with notice and with no one voting against it. No vote has been "
            "recorded yet."
        )
    if changed:
        return changed
    if balance.votes_against:
        return (
            f"{balance.votes_against} voted against, so the departure does not have effect. "
            "Political balance applies."
        )
    return ""
