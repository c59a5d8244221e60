"""The parts of an allocation of committee seats: bodies, groups, shares, working, ties."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor

UNGROUPED = "In no group"  # the heading of a column or row
FORMERLY_UNGROUPED = "Ungrouped"  # its name in what was saved before
ALL_TOGETHER = ""  # the body of whatever concerns all ordinary committees together
OUTSIDE = "outside"  # in place of a principle: the seats that are not allocated to any group
MAX_COMMITTEES = 40


class BalanceError(ValueError):
    """An allocation that cannot be worked out, with a message that can be shown to people."""


class BodyKind(StrEnum):
    """What kind of body it is, which decides how the principles apply to it.

    Only ordinary committees are added together under principle (c): those that the council appoints
    under section 102(1)(a) of the Local Government Act 1972 (Local Government and Housing Act 1989,
    Schedule 1, paragraph 4). Other bodies in balance are each balanced separately. Not in balance
    are, for example, the cabinet, the licensing committee under the Licensing Act 2003 and,
    usually, a health and wellbeing board.
    """

    ORDINARY = "ordinary"
    SUB_COMMITTEE = "sub-committee"
    JOINT_COMMITTEE = "joint"
    OUTSIDE_BODY = "outside-body"
    NOT_BALANCED = "not-balanced"

    @property
    def in_words(self) -> str:
        return KINDS_IN_WORDS[self]


KINDS_IN_WORDS = {
    BodyKind.ORDINARY: "ordinary committee",
    BodyKind.SUB_COMMITTEE: "sub-committee",
    BodyKind.JOINT_COMMITTEE: "joint committee",
    BodyKind.OUTSIDE_BODY: "outside body",
    BodyKind.NOT_BALANCED: "body outside political balance",
}


@dataclass(frozen=True)
class Committee:
    """A body and how many of its seats the council fills with councillors.

    Co-opted members, voting or not, are not part of `size`: their seats are not shared out.
    `reason` says why political balance does not apply, for a body that is not in balance.
    """

    name: str
    size: int
    kind: BodyKind = BodyKind.ORDINARY
    coopted_voting: int = 0
    coopted_non_voting: int = 0
    coopted_note: str = ""
    reason: str = ""

    @property
    def coopted_in_words(self) -> str:
        """The co-opted members and the note on them, empty if there are none."""
        numbers = [
            count_of(number, f"co-opted {votes} member")
            for number, votes in (
                (self.coopted_voting, "voting"),
                (self.coopted_non_voting, "non-voting"),
            )
            if number
        ]
        words = " and ".join(numbers)
        return f"{words} ({self.coopted_note})" if words and self.coopted_note else words


@dataclass(frozen=True)
class JointGroup:
    """Groups that have asked to be treated as one (1990 Regulations, regulation 12)."""

    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Party:
    """A political group, or (last, and not `is_group`) all members in no group.

    `parts` names the groups of a joint group.
    """

    name: str
    members: int
    is_group: bool = True
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Share:
    """The exact share of one party in one body, or in all ordinary committees, and its seats.

    For members in no group `exact` is their proportion of the membership, which is not shown: only
    groups are entitled to seats.
    """

    party: Party
    exact: Fraction
    seats: int

    @property
    def difference(self) -> Fraction:
        return self.seats - self.exact


@dataclass(frozen=True)
class SeatChange:
    """How a row of the working changes the seats of one party on one body."""

    body: str
    party: str
    by: int


@dataclass(frozen=True)
class Working:
    """One row of the working: the principle it follows, the body, the words, what it changes.

    `principle` is "a", "b", "c" or "d", "" where members and seats are counted, or OUTSIDE.
    From empty tables, the `changes` of all rows add up to the allocation (see `replay`).
    """

    principle: str
    body: str
    words: str
    changes: tuple[SeatChange, ...] = ()


@dataclass(frozen=True)
class TieOutcome:
    """One way to settle a tie: who has the seat, everything that changes with it, in words.

    `changes` are relative to the allocation as shown, so the outcome that is shown has none.
    """

    party: str
    changes: tuple[SeatChange, ...]
    words: str


@dataclass(frozen=True)
class Tie:
    """One seat of `body` that could equally go to several parties.

    `outcomes` has a whole outcome for each name in `options`, in the same order. `shown` has the
    seat until a person decides. A choice names the tie by `key` and gives the name of a party;
    `is_settled` says that one was given. `principle` is "c" or "d".
    """

    body: str
    number: int
    options: tuple[str, ...]
    shown: str
    is_settled: bool
    outcomes: tuple[TieOutcome, ...] = ()

    @property
    def key(self) -> tuple[str, int]:
        return (self.body, self.number)

    @property
    def place(self) -> str:
        """Return where the seat is, as it follows “one seat”."""
        return f"on {self.body}" if self.body else "of all committees together"

    @property
    def options_in_words(self) -> str:
        """Return whose the seat can be, after “could equally go to”: only groups are entitled."""
        options = [name for name in self.options if name != UNGROUPED]
        if UNGROUPED in self.options:
            options.append("be left for members in no group")
        return listed(options, "or")

    @property
    def holder(self) -> str:
        return party_in_sentence(self.shown)

    @property
    def shown_in_words(self) -> str:
        """Return where the table has the seat until it is decided, after “it is shown”."""
        return f"{'as left for' if self.shown == UNGROUPED else 'against'} {self.holder}"

    @property
    def words(self) -> str:
        """Return the question: whose the seat can be, and all that each answer decides."""
        outcomes = [
            f" {'Left for' if each.party == UNGROUPED else 'Given to'} "
            f"{party_in_sentence(each.party)}, the result would be {each.words}."
            for each in self.outcomes
            if each.words
        ]
        return (
            f"One seat {self.place} could equally go to {self.options_in_words}."
            f"{''.join(outcomes)} Until it is decided, it is shown {self.shown_in_words}."
        )


@dataclass(frozen=True)
class Unmet:
    """A principle that cannot be met, or not exactly, and why; `principle` can be empty.

    `party` is the name of the party whose seats it is about, if it is about one.
    """

    principle: str
    body: str
    words: str
    party: str = ""


@dataclass(frozen=True)
class Allocation:
    """Committee seats under the four principles.

    `seats` has a row for each of `committees` and a column for each of `parties`; `totals` counts
    only the bodies that are `pooled` under principle (c). `left_out` are bodies that are not in
    balance. `targets` has the shares that (d) was worked out with: where (b) takes more than a
    majority group's share, those of the other groups are reduced to what is left. Where groups are
    level for the last seats of all together, `fixed_totals` leaves out those `spare` seats, and any
    of the parties at the indices `contested` may have one each.
    """

    parties: tuple[Party, ...]
    committees: tuple[Committee, ...]
    totals: tuple[Share, ...]
    seats: tuple[tuple[Share, ...], ...]
    working: tuple[Working, ...]
    ties: tuple[Tie, ...]
    warnings: tuple[Unmet, ...]
    pooled: tuple[bool, ...]
    targets: tuple[tuple[Fraction, ...], ...]
    fixed_totals: tuple[int, ...]
    contested: tuple[int, ...]
    spare: int
    left_out: tuple[Committee, ...] = ()

    @property
    def members(self) -> int:
        return sum(party.members for party in self.parties)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(party.name for party in self.parties)

    @property
    def open_ties(self) -> tuple[Tie, ...]:
        return tuple(tie for tie in self.ties if not tie.is_settled)

    @property
    def rows(self) -> tuple[tuple[Committee, tuple[Share, ...]], ...]:
        return tuple(zip(self.committees, self.seats, strict=True))

    def meets_c(self, totals: Sequence[int]) -> bool:
        """Whether the parties together have totals that principle (c) gives, a tie either way."""
        extra = [have - fixed for have, fixed in zip(totals, self.fixed_totals, strict=True)]
        level = [extra[column] for column in self.contested]
        others = [more for column, more in enumerate(extra) if column not in self.contested]
        return not any(others) and set(level) <= {0, 1} and sum(level) == self.spare

    @property
    def table(self) -> dict[str, dict[str, int]]:
        """The seats as whole numbers, by body and then by party."""
        return {
            committee.name: {share.party.name: share.seats for share in row}
            for committee, row in self.rows
        }

    @property
    def majority_group(self) -> Party | None:
        """The group with more than half of the members in post, or None."""
        return next((p for p in self.parties if p.is_group and 2 * p.members > self.members), None)


def replay(working: Iterable[Working]) -> dict[str, dict[str, int]]:
    """Add up the changes of a working: seats by body and party, the totals under ALL_TOGETHER."""
    found: dict[str, dict[str, int]] = {}
    for row in working:
        for change in row.changes:
            seats = found.setdefault(change.body, {})
            seats[change.party] = seats.get(change.party, 0) + change.by
    return found


def decimal(exact: Fraction) -> str:
    """Return a fraction to two decimal places, halves rounded up."""
    hundredths = floor(exact * 100 + Fraction(1, 2))
    return f"{hundredths // 100}.{hundredths % 100:02}"


def party_in_sentence(name: str) -> str:
    """Return the name of a party as a sentence has it."""
    return "members in no group" if name == UNGROUPED else name


def seats_of_party(name: str, seats: int) -> str:
    """Return the seats of a party in a list, for example “Oak 3” or “in no group 1”."""
    return f"{'in no group' if name == UNGROUPED else name} {seats}"


def count_of(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(words: Iterable[str], conjunction: str = "and") -> str:
    *most, last = words
    return f"{', '.join(most)} {conjunction} {last}" if most else last
