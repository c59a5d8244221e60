"""Counting an election to an office at a council meeting, one vote after another.

A question before a principal council is decided by a majority of the members present and voting,
and if votes are equal the person presiding has a second or casting vote (Local Government Act 1972,
Schedule 12, paragraph 39). The law says no more about how an office is filled from several
nominees: that is for the council's standing orders, and `VotingRule` and `TieRule` have what they
usually say. An abstention is not a vote.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_VOTES = 999  # in one entry; no principal council has as many members


class VotingRule(StrEnum):
    """How an office is filled if there are several nominees."""

    ELIMINATE = "eliminate"  # more than half of the votes; if no one has it, the lowest drops out
    REPEAT = "repeat"  # more than half of the votes; if no one has it, the same nominees again
    PLURALITY = "plurality"  # most votes


class TieRule(StrEnum):
    """How equal votes are decided."""

    CASTING = "casting"
    LOT = "lot"


class VoteOutcome(StrEnum):
    """What one vote leads to."""

    ELECTED = "elected"
    NOT_ELECTED = "not-elected"
    ELIMINATED = "eliminated"
    REPEATED = "repeated"
    TIED_FIRST = "tied-first"
    TIED_LAST = "tied-last"


class CouncilVoteError(ValueError):
    """Votes that cannot have been given; the message says what is wrong."""


@dataclass(frozen=True)
class Nominee:
    """A person nominated. `withdrew_before` is the number of the first vote without them, or 0."""

    name: str
    withdrew_before: int = 0

    def is_in(self, number: int) -> bool:
        """Return whether the nominee has not withdrawn before vote `number`, counted from 1."""
        return not self.withdrew_before or number < self.withdrew_before


@dataclass(frozen=True)
class CouncilVote:
    """One vote: the votes by name. `against` is for a single nominee only.

    `decision` is who was elected, or which nominee dropped out, where votes were equal; "" means
    that no one was elected, and None that it is not decided yet. It is ignored without a tie.
    """

    votes: tuple[tuple[str, int], ...]
    against: int = 0
    abstained: int = 0
    decision: str | None = None

    @property
    def voting(self) -> int:
        """Return how many voted; abstentions are not votes."""
        return sum(number for _, number in self.votes) + self.against

    @property
    def needed(self) -> int:
        """Return the smallest number of votes that is more than half of those given."""
        return self.voting // 2 + 1


@dataclass(frozen=True)
class VoteResult:
    """One vote and what it leads to.

    `names` are who was elected, who drops out, or who have equal votes. `remaining` are the
    nominees of the next vote, if there is one.
    """

    number: int
    vote: CouncilVote
    outcome: VoteOutcome
    names: tuple[str, ...] = ()
    remaining: tuple[str, ...] = ()
    by_tie: bool = False

    @property
    def needs_decision(self) -> bool:
        """Return whether a casting vote or a lot is needed before the meeting can go on."""
        return self.outcome in {VoteOutcome.TIED_FIRST, VoteOutcome.TIED_LAST}


@dataclass(frozen=True)
class CouncilVoteCount:
    """An election as far as it has gone. `remaining` are the nominees of the next vote."""

    results: tuple[VoteResult, ...]
    remaining: tuple[str, ...]

    @property
    def last(self) -> VoteResult | None:
        return self.results[-1] if self.results else None

    @property
    def elected(self) -> str:
        """Return who was elected, or "" if no one has been."""
        is_over = self.last is not None and self.last.outcome is VoteOutcome.ELECTED
        return self.last.names[0] if self.last and is_over else ""

    @property
    def tie(self) -> VoteResult | None:
        """Return the last vote if its equal votes have not been decided."""
        return self.last if self.last and self.last.needs_decision else None

    @property
    def is_unfilled(self) -> bool:
        """Return whether no vote can be taken and no one is elected: nominations are needed."""
        return not self.remaining and not self.elected and self.tie is None


def count_vote(vote: CouncilVote, rule: VotingRule, *, number: int = 1) -> VoteResult:
    """Return the result of one vote under `rule`.

    With one nominee the question is for or against, whatever the rule. With two, equal votes are a
    tie for first place. Raises CouncilVoteError for votes that cannot have been given, and for a
    decision that names no one of those who are tied.
    """
    _check(vote)
    names = tuple(name for name, _ in vote.votes)
    by_votes = dict(vote.votes)
    if len(names) == 1:
        return _for_or_against(vote, names[0], number)
    most = max(by_votes.values())
    leading = tuple(name for name in names if by_votes[name] == most)
    if rule is VotingRule.PLURALITY or len(names) == 2:
        if len(leading) == 1:
            return VoteResult(number, vote, VoteOutcome.ELECTED, leading)
        return _tied_first(vote, leading, number)
    if most >= vote.needed:
        return VoteResult(number, vote, VoteOutcome.ELECTED, leading)
    if rule is VotingRule.REPEAT:
        return VoteResult(number, vote, VoteOutcome.REPEATED, remaining=names)
    fewest = min(by_votes.values())
    lowest = tuple(name for name in names if by_votes[name] == fewest)
    return _lowest_out(vote, names, lowest, number)


def count_votes(
    nominees: Iterable[Nominee], votes: Sequence[CouncilVote], rule: VotingRule
) -> CouncilVoteCount:
    """Return the whole election: each vote, and who is in the next.

    A nominee who has withdrawn is left out of later votes. Raises CouncilVoteError if a vote is not
    between those who were still nominated, or follows one that ended the election.
    """
    nominees = tuple(nominees)
    standing = tuple(nominee.name for nominee in nominees)
    results: list[VoteResult] = []
    for number, vote in enumerate(votes, start=1):
        standing = _still_in(nominees, standing, number)
        if results and (results[-1].needs_decision or not standing or _ends(results[-1])):
            raise CouncilVoteError(f"Vote {number} follows one that has not led to another.")
        if {name for name, _ in vote.votes} != set(standing):
            raise CouncilVoteError(f"Vote {number} is not between the nominees of that vote.")
        result = count_vote(vote, rule, number=number)
        results.append(result)
        standing = result.remaining
    if results and (_ends(results[-1]) or results[-1].needs_decision):
        return CouncilVoteCount(tuple(results), ())
    return CouncilVoteCount(tuple(results), _still_in(nominees, standing, len(results) + 1))


def _ends(result: VoteResult) -> bool:
    return result.outcome in {VoteOutcome.ELECTED, VoteOutcome.NOT_ELECTED}


def _still_in(
    nominees: tuple[Nominee, ...], names: tuple[str, ...], number: int
) -> tuple[str, ...]:
    there = {nominee.name for nominee in nominees if nominee.is_in(number)}
    return tuple(name for name in names if name in there)


def _check(vote: CouncilVote) -> None:
    names = [name for name, _ in vote.votes]
    numbers = [*(number for _, number in vote.votes), vote.against, vote.abstained]
    if not names:
        raise CouncilVoteError("There is no one to vote on.")
    if len(set(names)) != len(names):
        raise CouncilVoteError("Each nominee can be listed only once.")
    if any(not 0 <= number <= MOST_VOTES for number in numbers):
        raise CouncilVoteError(f"Votes must be whole numbers from 0 to {MOST_VOTES}.")
    if vote.against and len(names) > 1:
        raise CouncilVoteError("Votes against are only for a single nominee.")
    if not vote.voting:
        raise CouncilVoteError("Enter at least one vote. If all members abstained, no one voted.")


def _for_or_against(vote: CouncilVote, name: str, number: int) -> VoteResult:
    in_favour = vote.votes[0][1]
    if in_favour == vote.against:
        return _tied_first(vote, (name,), number)
    outcome = VoteOutcome.ELECTED if in_favour > vote.against else VoteOutcome.NOT_ELECTED
    return VoteResult(number, vote, outcome, (name,))


def _tied_first(vote: CouncilVote, tied: tuple[str, ...], number: int) -> VoteResult:
    match vote.decision:
        case None:
            return VoteResult(number, vote, VoteOutcome.TIED_FIRST, tied)
        case "":
            return VoteResult(number, vote, VoteOutcome.NOT_ELECTED, tied, by_tie=True)
        case name if name in tied:
            return VoteResult(number, vote, VoteOutcome.ELECTED, (name,), by_tie=True)
    raise CouncilVoteError("The decision must be for one of those with equal votes.")


def _lowest_out(
    vote: CouncilVote, names: tuple[str, ...], lowest: tuple[str, ...], number: int
) -> VoteResult:
    by_tie = len(lowest) > 1
    if by_tie and vote.decision is None:
        return VoteResult(number, vote, VoteOutcome.TIED_LAST, lowest)
    out = vote.decision if by_tie else lowest[0]
    if out not in lowest:
        raise CouncilVoteError("The decision must be for one of those with equal votes.")
    remaining = tuple(name for name in names if name != out)
    return VoteResult(number, vote, VoteOutcome.ELIMINATED, (out,), remaining, by_tie)
