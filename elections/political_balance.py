"""Political balance: committee seats shared among political groups, with the working.

Section 15(5) of the Local Government and Housing Act 1989 gives four principles, each subject to
those before it, to be met as far as reasonably practicable:

(a) not all seats on a body are held by one group;
(b) a group with a majority of the council's membership has a majority on each body;
(c) subject to these, each group's share of all seats on the ordinary committees together is its
    share of the membership;
(d) subject to these, each group's share of the seats on each body is its share of the membership.

Only political groups are entitled to seats. Members in no group take what is left (1990
Regulations, regulation 16(3)). Vacant seats are not part of the membership.

The method, “groups first”, is the one that reproduces published allocations:

1. A majority group has the larger of its nearest whole share and the sum of the majorities (b).
2. Each other group has its nearest whole share. If these come to more seats than there are, seats
   are taken back where rounding up gained most.
3. If (b) takes more than the majority group's share and the other shares do not fit into what it
   leaves, they are reduced to it in proportion, and whole seats follow by largest remainders.
4. The rest is for members in no group. If there are none, every seat is allocated to a
   group, by largest remainders.

Each body is filled by the same rule. For ordinary committees seats are then exchanged until the
totals of (c) are met, with the smallest sum of squared differences. Among near-equal tables, one
with fewer bodies on which a larger group has fewer seats than a smaller one is preferred. Where
outcomes remain equally close, the law does not choose: each such tie is named, and a person
chooses.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lcm
from typing import Protocol

from .bodies import (
    ALL_TOGETHER,
    MAX_COMMITTEES,
    OUTSIDE,
    UNGROUPED,
    Allocation,
    BalanceError,
    BodyKind,
    Committee,
    JointGroup,
    Party,
    SeatChange,
    Share,
    Tie,
    TieOutcome,
    Unmet,
    Working,
    count_of,
    decimal,
    listed,
    party_in_sentence,
    replay,
    seats_of_party,
)
from .composition import MAX_GROUPS, MAX_SEATS, SMALLEST_GROUP, alphabetical
from .group_order import GroupOrder
from .rounding import (
    CannotBeFilled,
    Line,
    Table,
    TableTie,
    Transfer,
    closest_line,
    nearest,
    nearest_line,
)

__all__ = [
    "ALL_TOGETHER",
    "GROUPS_FIRST",
    "MAX_COMMITTEES",
    "OUTSIDE",
    "UNGROUPED",
    "Allocation",
    "BalanceError",
    "BodyKind",
    "Committee",
    "JointGroup",
    "Party",
    "Rules",
    "SeatChange",
    "Share",
    "Tie",
    "TieOutcome",
    "Unmet",
    "Working",
    "allocate",
    "decimal",
    "replay",
]


class HasMembers(Protocol):
    """A group as `composition.Group` has it."""

    @property
    def name(self) -> str: ...

    @property
    def members(self) -> int: ...


@dataclass(frozen=True)
class Rules:
    """Which rules to follow. The law asks for the defaults; others show what another method gives.

    `ungrouped_as_party` gives members in no group a share like a group's. `majority` applies
    principle (b). `together` applies principle (c). `pool_sub_committees` adds sub-committees to
    the ordinary committees under (c), as some councils do.
    """

    ungrouped_as_party: bool = False
    majority: bool = True
    together: bool = True
    pool_sub_committees: bool = False


GROUPS_FIRST = Rules()


def allocate(
    groups: Iterable[HasMembers],
    committees: Iterable[Committee],
    *,
    ungrouped: int = 0,
    vacancies: int = 0,
    ungrouped_name: str = UNGROUPED,
    joint_groups: Iterable[JointGroup] = (),
    choices: Mapping[tuple[str, int], str] | None = None,
    rules: Rules = GROUPS_FIRST,
) -> Allocation:
    """Return the allocation of the seats of `committees`; `groups` have a name and members.

    A group of one member is counted with the `ungrouped`. `vacancies` are only explained in the
    working. `choices` settles ties: the name of a party by Tie.key. Ties are found one after
    another, each given the choices before it; a choice that no longer fits its tie is ignored.
    Raises BalanceError.
    """
    parties, notes = _parties(groups, ungrouped, ungrouped_name, joint_groups)
    every_body = list(committees)
    _check(parties, every_body)
    return _Allocator(
        parties=parties,
        committees=[each for each in every_body if each.kind is not BodyKind.NOT_BALANCED],
        left_out=[each for each in every_body if each.kind is BodyKind.NOT_BALANCED],
        vacancies=vacancies,
        notes=notes,
        choices=choices or {},
        rules=rules,
    ).allocate()


def _parties(
    groups: Iterable[HasMembers],
    ungrouped: int,
    ungrouped_name: str,
    joint_groups: Iterable[JointGroup],
) -> tuple[list[Party], list[Unmet]]:
    """The parties in their order, and what is to be said about groups of one member."""
    given = alphabetical(groups)
    if any(group.members < 1 for group in given):
        raise BalanceError(
            f"Each group needs at least one member, and a council can have at most {MAX_SEATS}."
        )
    single = [group for group in given if group.members < SMALLEST_GROUP]
    notes = [
        Unmet(
            "",
            ALL_TOGETHER,
            f"{group.name} has 1 member. A political group has at least 2, so this member is "
            "counted with the members in no group.",
        )
        for group in single
    ]
    parties = [Party(group.name, group.members) for group in given if group not in single]
    for joint in joint_groups:
        parties = _joined(parties, joint)
    parties.sort(key=lambda party: (party.name.casefold(), party.name))
    outside = ungrouped + len(single)
    if outside:
        parties.append(Party(ungrouped_name, outside, is_group=False))
    return parties, notes


def _joined(parties: list[Party], joint: JointGroup) -> list[Party]:
    by_name = {party.name.casefold(): party for party in parties}
    names = [name.casefold() for name in joint.groups]
    for name in joint.groups:
        if name.casefold() not in by_name:
            raise BalanceError(f"{name} is not a group here, so it cannot be part of {joint.name}.")
        if by_name[name.casefold()].parts:
            raise BalanceError(f"{name} is a joint group already.")
    if len(set(names)) < max(len(names), 2):
        raise BalanceError(f"{joint.name} must join 2 or more different groups.")
    parts = [by_name[name] for name in names]
    members = sum(part.members for part in parts)
    together = Party(joint.name, members, parts=tuple(part.name for part in parts))
    return [*(party for party in parties if party not in parts), together]


def _check(parties: Sequence[Party], committees: Sequence[Committee]) -> None:
    members = sum(party.members for party in parties)
    if not any(party.is_group for party in parties):
        raise BalanceError("There is no group to share seats among.")
    if len(parties) > MAX_GROUPS + 1:
        raise BalanceError(f"Enter no more than {MAX_GROUPS} groups.")
    if members > MAX_SEATS:
        raise BalanceError(
            f"Each group needs at least one member, and a council can have at most {MAX_SEATS}."
        )
    if not any(committee.kind is not BodyKind.NOT_BALANCED for committee in committees):
        raise BalanceError("Enter at least one committee with seats to allocate.")
    if len(committees) > MAX_COMMITTEES:
        raise BalanceError(f"Enter no more than {MAX_COMMITTEES} committees.")
    for names, what in (
        ([party.name.casefold() for party in parties], "group"),
        ([committee.name.casefold() for committee in committees], "committee"),
    ):
        if len(set(names)) < len(names):
            raise BalanceError(f"Two rows name the same {what}.")
    for committee in committees:
        if not committee.name:
            raise BalanceError("A committee has no name.")
        if committee.size < 1:
            raise BalanceError(f"{committee.name} must have at least one seat.")
        if min(committee.coopted_voting, committee.coopted_non_voting) < 0:
            raise BalanceError(
                f"The number of co-opted members of {committee.name} cannot be less than 0."
            )
        if committee.size > members and committee.kind is not BodyKind.NOT_BALANCED:
            raise BalanceError(
                f"{committee.name} has {committee.size} seats, "
                f"more than the {members} members there are."
            )


@dataclass(frozen=True)
class _Fill:
    """Seats of one body, or of all together, filled by the rule of the module.

    `targets` are what the seats are as close as possible to. `room` is what principle (b) leaves
    for the other groups where their shares had to be reduced, else None.
    """

    line: Line
    targets: tuple[Fraction, ...]
    room: int | None


class _Allocator:
    """One allocation while it is worked out. Committees are rows and parties columns, by index."""

    def __init__(
        self,
        *,
        parties: list[Party],
        committees: list[Committee],
        left_out: list[Committee],
        vacancies: int,
        notes: list[Unmet],
        choices: Mapping[tuple[str, int], str],
        rules: Rules,
    ) -> None:
        self.parties, self.committees, self.left_out = parties, committees, left_out
        self.vacancies, self.choices, self.rules = vacancies, choices, rules
        self.members = sum(party.members for party in parties)
        self.columns = range(len(parties))
        self.has_outside = not parties[-1].is_group
        self.outside = (
            len(parties) - 1 if self.has_outside and not rules.ungrouped_as_party else None
        )
        self.majority = next(
            (
                column
                for column, party in enumerate(parties)
                if party.is_group and 2 * party.members > self.members
            ),
            None,
        )
        pools = {BodyKind.ORDINARY} if rules.together else set()
        if rules.together and rules.pool_sub_committees:
            pools.add(BodyKind.SUB_COMMITTEE)
        self.pooled = [committee.kind in pools for committee in committees]
        self.pool = [row for row, pooled in enumerate(self.pooled) if pooled]
        self.pool_seats = sum(committees[row].size for row in self.pool)
        self.lower = [[0] * len(parties) for _ in committees]
        self.upper = [
            [min(committee.size, party.members) for party in parties] for committee in committees
        ]
        self.shares = [
            [self._share(committee.size, party) for party in parties] for committee in committees
        ]
        self.order = GroupOrder(
            unequal=[
                (larger, smaller)
                for larger in self.columns
                for smaller in self.columns
                if parties[larger].is_group and parties[larger].members > parties[smaller].members
            ],
            close=[
                [
                    (0, committees[row].size)
                    if column in {self.majority, self.outside}
                    else (floor(share - 1) + 1, ceil(share + 1) - 1)
                    for column, share in enumerate(self.shares[row])
                ]
                for row in self.pool
            ],
        )
        self.working: list[Working] = []
        self.ties: list[Tie] = []
        self.warnings: list[Unmet] = notes
        self.fixed: tuple[int, ...] = (0,) * len(parties)
        self.contested: tuple[int, ...] = ()
        self.spare = 0

    def _share(self, seats: int, party: Party) -> Fraction:
        return Fraction(seats * party.members, self.members)

    def allocate(self) -> Allocation:
        self._count()
        self._no_body_of_one_group()
        self._majority_of_each_body()
        self._tighten()
        totals = self._totals() if self.pool else [0] * len(self.parties)
        seats, targets = self._each_body(totals)
        self._outside_the_groups(seats)
        return Allocation(
            parties=tuple(self.parties),
            committees=tuple(self.committees),
            totals=self._as_shares(self.pool_seats, totals),
            seats=tuple(
                self._as_shares(committee.size, row)
                for committee, row in zip(self.committees, seats, strict=True)
            ),
            working=tuple(self.working),
            ties=tuple(self.ties),
            warnings=tuple(self.warnings),
            pooled=tuple(self.pooled),
            targets=tuple(targets),
            fixed_totals=self.fixed,
            contested=self.contested,
            spare=self.spare,
            left_out=tuple(self.left_out),
        )

    def _as_shares(self, size: int, seats: Sequence[int]) -> tuple[Share, ...]:
        return tuple(
            Share(party, self._share(size, party), number)
            for party, number in zip(self.parties, seats, strict=True)
        )

    # --- The principles, in their order ---

    def _count(self) -> None:
        vacant = "seats that are vacant in its composition do not count"
        if self.vacancies:
            vacant = (
                f"its {count_of(self.vacancies, 'vacant seat')} "
                f"{'does' if self.vacancies == 1 else 'do'} not count, although "
                f"{'it' if self.vacancies == 1 else 'they'} can count towards control"
            )
        bodies = "committee" if len(self.pool) == len(self.committees) else "body"
        number = len(self.committees)
        plural = bodies if number == 1 else {"committee": "committees", "body": "bodies"}[bodies]
        seats = sum(committee.size for committee in self.committees)
        self._work(
            "",
            ALL_TOGETHER,
            f"The council has {count_of(self.members, 'member')}; {vacant}. There "
            f"{'is' if seats == 1 else 'are'} {count_of(seats, 'seat')} on {number} {plural}.",
        )
        for party in self.parties:
            if party.parts:
                self._work(
                    "",
                    ALL_TOGETHER,
                    f"{listed(party.parts)} are treated as one group, {party.name}, with "
                    f"{party.members} members (Local Government (Committees and Political Groups) "
                    "Regulations 1990, regulation 12).",
                )
        for committee, pooled in zip(self.committees, self.pooled, strict=True):
            if not pooled and self.rules.together:
                self._work(
                    "",
                    committee.name,
                    f"{committee.name} ({committee.kind.in_words}) is balanced separately: its "
                    "seats are not part of the total of principle (c).",
                )
            if committee.coopted_voting or committee.coopted_non_voting:
                self._work("", committee.name, self._coopted(committee))
        for committee in self.left_out:
            self._work(
                "",
                committee.name,
                f"{committee.name} is not subject to political balance, so its "
                f"{count_of(committee.size, 'seat')} are not shared out.",
            )

    def _coopted(self, committee: Committee) -> str:
        kinds = (
            (committee.coopted_voting, "with a vote"),
            (committee.coopted_non_voting, "without a vote"),
        )
        return (
            f"{committee.name} also has co-opted members ("
            + listed(f"{number} {words}" for number, words in kinds if number)
            + "). They are not counted: only the seats of councillors are shared out."
        )

    def _no_body_of_one_group(self) -> None:
        alone = len(self.parties) == 1
        for row, committee in enumerate(self.committees):
            if alone or committee.size == 1:
                why = "there is only one group" if alone else "it has 1 seat"
                self._warn(
                    "a",
                    committee.name,
                    f"One group will hold every seat on {committee.name}, because {why}.",
                )
                continue
            for column, party in enumerate(self.parties):
                if party.is_group:
                    self.upper[row][column] = min(self.upper[row][column], committee.size - 1)
        self._work(
            "a",
            ALL_TOGETHER,
            "No group may hold every seat on a body, so each may hold no more than all but one.",
        )

    def _majority_of_each_body(self) -> None:
        if self.majority is None:
            self._work(
                "b",
                ALL_TOGETHER,
                "No group has more than half of the members, so principle (b) does not apply: no "
                "group is entitled to a majority on any body. Groups that run the council together "
                "are still counted separately, unless they have given notice to be treated as one "
                "group.",
            )
            return
        if not self.rules.majority:
            return
        party = self.parties[self.majority]
        for row, committee in enumerate(self.committees):
            needed = committee.size // 2 + 1
            if needed <= self.upper[row][self.majority]:
                self.lower[row][self.majority] = needed
            else:
                self._warn(
                    "b",
                    committee.name,
                    f"{party.name} has a majority on the council but cannot have one on "
                    f"{committee.name}: that would take all {count_of(committee.size, 'seat')}.",
                )
            self._warn_of_coopted(party, committee, needed)
        least = sum(row[self.majority] for row in self.lower)
        self._work(
            "b",
            ALL_TOGETHER,
            f"{party.name} has {party.members} of {self.members} members, more than half, so it "
            f"must have a majority on each body: at least {count_of(least, 'seat')} in all. Half "
            "of the seats and a chair’s casting vote are not a majority.",
        )

    def _warn_of_coopted(self, party: Party, committee: Committee, needed: int) -> None:
        votes = committee.size + committee.coopted_voting
        if committee.coopted_voting and 2 * needed <= votes:
            self._warn(
                "b",
                committee.name,
                f"With {count_of(committee.coopted_voting, 'co-opted member')} who can vote, "
                f"{committee.name} has {votes} votes. {party.name} has a majority of the "
                f"councillors’ seats with {needed}, but not of the votes.",
            )

    def _tighten(self) -> None:
        """Reduce the bounds of each cell to what the bounds of the others in its row allow."""
        for committee, lower, upper in zip(self.committees, self.lower, self.upper, strict=True):
            least = [committee.size - sum(upper) + upper[column] for column in self.columns]
            most = [committee.size - sum(lower) + lower[column] for column in self.columns]
            lower[:] = map(max, lower, least)
            upper[:] = map(min, upper, most)

    def _fill(self, size: int, lower: Sequence[int], upper: Sequence[int]) -> _Fill:
        """Share `size` seats within bounds by the rule of the module. Raises CannotBeFilled."""
        shares = tuple(self._share(size, party) for party in self.parties)
        if self.outside is None:
            return self._fill_with_groups_only(size, shares, lower, upper)
        others = [c for c in self.columns if c not in {self.majority, self.outside}]
        taken, targets, reduced = 0, list(shares), False
        if self.majority is not None:
            column = self.majority
            taken = max(nearest(shares[column]), lower[column])
            reduced = taken > nearest(shares[column])
            # Other groups may not have enough members to fill the rest.
            taken = min(max(taken, size - sum(upper) + upper[column]), upper[column])
            targets[column] = Fraction(taken)
        room = size - taken
        most, least = room - lower[self.outside], room - upper[self.outside]
        low, high = [lower[c] for c in others], [upper[c] for c in others]
        if reduced and sum((shares[c] for c in others), Fraction(0)) > room:
            self._reduce(targets, others, room)
            line = closest_line([targets[c] for c in others], low, high, min(most, sum(high)))
        else:
            reduced = False
            line = nearest_line([targets[c] for c in others], low, high, least=least, most=most)
        values = [0] * len(self.parties)
        for column, value in zip(others, line.values, strict=True):
            values[column] = value
        if self.majority is not None:
            values[self.majority] = taken
        values[self.outside] = size - sum(values) - line.spare
        contested = tuple(others[place] for place in line.contested)
        return _Fill(
            Line(tuple(values), contested, line.spare), tuple(targets), room if reduced else None
        )

    def _fill_with_groups_only(
        self,
        size: int,
        shares: tuple[Fraction, ...],
        lower: Sequence[int],
        upper: Sequence[int],
    ) -> _Fill:
        line = closest_line(shares, lower, upper, size)
        column = self.majority
        if column is None or lower[column] <= shares[column] or len(shares) == 1:
            return _Fill(line, shares, None)
        without = list(lower)
        without[column] = 0
        free = closest_line(shares, without, upper, size)
        if free.values[column] + (column in free.contested) >= lower[column]:
            return _Fill(line, shares, None)
        taken, targets = lower[column], list(shares)
        targets[column] = Fraction(taken)
        others = [c for c in self.columns if c != column]
        self._reduce(targets, others, size - taken)
        rest = closest_line(
            [targets[c] for c in others],
            [lower[c] for c in others],
            [upper[c] for c in others],
            size - taken,
        )
        values = [0] * len(shares)
        values[column] = taken
        for place, value in zip(others, rest.values, strict=True):
            values[place] = value
        contested = tuple(others[place] for place in rest.contested)
        return _Fill(Line(tuple(values), contested, rest.spare), tuple(targets), room=size - taken)

    def _reduce(self, targets: list[Fraction], others: Sequence[int], room: int) -> None:
        """Put the shares of `room` seats among the other groups into `targets`."""
        members = sum(self.parties[column].members for column in others)
        for column in others:
            targets[column] = Fraction(room * self.parties[column].members, members)

    def _totals(self) -> list[int]:
        """Return how many seats each party has on all pooled committees together."""
        lower = [sum(self.lower[row][column] for row in self.pool) for column in self.columns]
        upper = [sum(self.upper[row][column] for row in self.pool) for column in self.columns]
        size = self.pool_seats
        try:
            fill = self._fill(size, lower, upper)
        except CannotBeFilled as error:
            raise BalanceError("There are not enough members to fill these seats.") from error
        line, exact = fill.line, [self._share(size, party) for party in self.parties]
        for party, share in zip(self.parties, exact, strict=True):
            if party.is_group or self.outside is None:
                self._work(
                    "c",
                    ALL_TOGETHER,
                    f"{party.name}: {size} seats × {party.members} ÷ {self.members} members "
                    f"= {decimal(share)}.",
                )
        self._warn_if_rounding_fails(ALL_TOGETHER, size, exact)
        if fill.room is not None and self.majority is not None:
            self._explain_reduced(ALL_TOGETHER, size, fill)
        self._work(
            "c",
            ALL_TOGETHER,
            self._in_whole_seats(line, fill),
            [(ALL_TOGETHER, column, line.values[column]) for column in self.columns],
        )
        self.fixed, self.contested, self.spare = line.values, line.contested, line.spare
        totals = self._settle_line(ALL_TOGETHER, line)
        if line.spare:
            self._work("c", ALL_TOGETHER, f"In all: {self._seats_in_words(totals)}.")
        if self.majority is not None and totals[self.majority] >= exact[self.majority] + 1:
            party = self.parties[self.majority]
            self._warn(
                "c",
                ALL_TOGETHER,
                f"A majority on each body takes precedence and gives {party.name} "
                f"{totals[self.majority]} seats, where its share is "
                f"{decimal(exact[self.majority])}; the other groups have fewer.",
            )
        return totals

    def _explain_reduced(self, body: str, size: int, fill: _Fill) -> None:
        """Say how the shares of the other groups were reduced to what (b) leaves."""
        assert self.majority is not None  # noqa: S101
        assert fill.room is not None  # noqa: S101
        party = self.parties[self.majority]
        others = [c for c in self.columns if c not in {self.majority, self.outside}]
        if not others:
            return
        together = sum(self.parties[c].members for c in others)
        self._work(
            "d" if body else "c",
            body,
            f"{party.name} has {size - fill.room}, which leaves {count_of(fill.room, 'seat')} for "
            f"{count_of(together, 'member')} in other groups, in proportion: "
            + listed(
                f"{self.parties[c].name} {fill.room} × {self.parties[c].members} ÷ {together} = "
                f"{decimal(fill.targets[c])}"
                for c in others
            )
            + ".",
        )

    def _in_whole_seats(self, line: Line, fill: _Fill) -> str:
        seats = [*line.values]
        how = (
            "the nearest whole number for each group"
            if self.outside is not None and fill.room is None
            else "the largest remainders rounded up"
        )
        remain = (
            f". {count_of(line.spare, 'seat')} {'remains' if line.spare == 1 else 'remain'}"
            if line.spare
            else ""
        )
        return f"In whole seats, {how}: {self._seats_in_words(seats)}{remain}."

    def _seats_in_words(self, seats: Sequence[int]) -> str:
        words = listed(
            seats_of_party(party.name, number)
            for column, (party, number) in enumerate(zip(self.parties, seats, strict=True))
            if column != self.outside
        )
        left = seats[self.outside] if self.outside is not None else 0
        return f"{words}; {left} left for members in no group" if left else words

    def _each_body(self, totals: list[int]) -> tuple[list[list[int]], list[tuple[Fraction, ...]]]:
        """Return the seats of each body, and the shares they are as close as possible to."""
        fills: list[_Fill] = []
        seats: list[list[int]] = []
        try:
            for row, committee in enumerate(self.committees):
                fill = self._fill(committee.size, self.lower[row], self.upper[row])
                fills.append(fill)
                seats.append(self._start_of_body(row, committee, fill))
            self._add_up(totals, fills, seats)
        except CannotBeFilled as error:
            raise BalanceError("No whole seats meet the principles on these bodies.") from error
        for row, committee in enumerate(self.committees):
            for column, party in enumerate(self.parties):
                share, number = self.shares[row][column], seats[row][column]
                if column not in {self.majority, self.outside} and abs(number - share) >= 1:
                    self._warn(
                        "d",
                        committee.name,
                        f"{party.name} has {number} on {committee.name} where its share is "
                        f"{decimal(share)}: principles (a) to (c) take precedence.",
                    )
            if smaller := self.order.out_of_order(seats[row]):
                larger, lesser = smaller[0]
                self._warn(
                    "d",
                    committee.name,
                    f"On {committee.name}, {self.parties[larger].name} "
                    f"({count_of(self.parties[larger].members, 'member')}) has fewer seats than "
                    f"{self._with_members(lesser)}. No allocation as "
                    "close to the shares was found that avoids this.",
                )
        return seats, [fill.targets for fill in fills]

    def _start_of_body(self, row: int, committee: Committee, fill: _Fill) -> list[int]:
        """Fill one body by itself and say how. Only a body balanced separately asks its ties."""
        line, values = fill.line, list(fill.line.values)
        level = ""
        if self.pooled[row] and line.spare:
            holders = self._larger_first(line.contested)[: line.spare]
            for column in holders:
                values[column] += 1
            names = listed(self._in_sentence(column) for column in line.contested)
            now = listed(self._in_sentence(column) for column in holders)
            level = (
                f" {names} are level for {count_of(line.spare, 'seat')}: "
                f"counted for {now} at this point."
            )
        if fill.room is not None and self.majority is not None:
            self._explain_reduced(committee.name, committee.size, fill)
        words = []
        for column, party in enumerate(self.parties):
            if column == self.outside:
                continue
            share = self.shares[row][column]
            if fill.targets[column] != share and column != self.majority:
                words.append(f"{party.name} {decimal(fill.targets[column])}, so {values[column]}")
            else:
                words.append(f"{party.name} {decimal(share)}, so {values[column]}")
        left = values[self.outside] if self.outside is not None else 0
        rest = f"; {left} left for members in no group" if left else ""
        if not self.pooled[row] and line.spare:
            rest += f"; {count_of(line.spare, 'seat')} to be settled"
        self._work(
            "d",
            committee.name,
            f"{committee.name}, {count_of(committee.size, 'seat')}: "
            f"{'; '.join(words)}{rest}.{level}",
            [(committee.name, column, values[column]) for column in self.columns],
        )
        self._warn_if_rounding_fails(committee.name, committee.size, self.shares[row])
        return values if self.pooled[row] else self._settle_line(committee.name, line)

    def _add_up(self, totals: list[int], fills: Sequence[_Fill], seats: list[list[int]]) -> None:
        """Exchange seats of pooled bodies until they add up to `totals`; then settle ties."""
        if not self.pool:
            return
        table = self._table(fills, seats)
        before = [list(row) for row in table.values]
        table.add_up(totals)
        exchanged = self._exchange(
            before,
            table.values,
            lambda giver, taker, body: (
                f"To meet the totals of principle (c), 1 seat on {body} passes from {giver} to "
                f"{taker}."
            ),
        )
        if exchanged:
            self._work(
                "d",
                ALL_TOGETHER,
                f"{'This exchange is' if exchanged == 1 else f'These {exchanged} exchanges are'} "
                "the smallest change that makes the totals add up.",
            )
        before = [list(row) for row in table.values]
        table = self.order.improved(table)
        self._exchange(
            before,
            table.values,
            lambda giver, taker, body: (
                f"So that a larger group does not have fewer seats than a smaller one, 1 seat on "
                f"{body} passes from {giver} to {taker}."
            ),
        )
        for place, row in enumerate(self.pool):
            number = 0
            while tie := self._tie(table, place):
                number += 1
                table = self._settle(table, tie, self.committees[row].name, number)
        for place, row in enumerate(self.pool):
            seats[row] = table.values[place]

    def _table(self, fills: Sequence[_Fill], seats: Sequence[Sequence[int]]) -> Table:
        targets = [fills[row].targets for row in self.pool]
        scale = lcm(*(target.denominator for row in targets for target in row))
        return Table(
            [seats[row] for row in self.pool],
            [[int(target * scale) for target in row] for row in targets],
            scale,
            fees=[
                [
                    None if column != self.outside else int(fills[row].room is not None)
                    for column in self.columns
                ]
                for row in self.pool
            ],
            lower=[self.lower[row] for row in self.pool],
            upper=[self.upper[row] for row in self.pool],
        )

    # --- What a person decides, and what they should know ---

    def _settle_line(self, body: str, line: Line) -> list[int]:
        """Give out the contested seats of a line, asking about one after another."""
        seats, level = list(line.values), list(line.contested)
        for number in range(1, line.spare + 1):
            names = [self.parties[column].name for column in level]
            column, is_settled = self._chosen(body, number, level, self._larger_first(level)[0])
            outcomes = []
            for option in level:
                then = list(seats)
                then[option] += 1
                changes = _changes_between(body or ALL_TOGETHER, self.parties, column, option)
                outcomes.append(
                    TieOutcome(
                        self.parties[option].name,
                        changes,
                        f"{body or 'All committees together'}: "
                        + listed(seats_of_party(self.parties[c].name, then[c]) for c in level),
                    )
                )
            self._ask(
                body, number, names, self.parties[column].name, outcomes, is_settled=is_settled
            )
            self._work_on_tie(
                body,
                names,
                self.parties[column].name,
                [(body, column, 1)],
                is_settled=is_settled,
            )
            seats[column] += 1
            level.remove(column)
        return seats

    def _in_sentence(self, column: int) -> str:
        return party_in_sentence(self.parties[column].name)

    def _with_members(self, column: int) -> str:
        party = self.parties[column]
        if party.name == UNGROUPED:
            return f"the {count_of(party.members, 'member')} in no group"
        return f"{party.name} ({count_of(party.members, 'member')})"

    def _larger_first(self, columns: Sequence[int]) -> list[int]:
        return sorted(columns, key=lambda column: (-self.parties[column].members, column))

    def _tie(self, table: Table, place: int) -> TableTie | None:
        """Return the first tie on a body whose outcomes all keep the groups equally in order."""
        tie = table.ties_in(place)
        while tie is not None:
            order = self.order.disorder(table)
            kept = []
            for column, transfers in tie.outcomes:
                other = table.copy()
                other.apply(transfers)
                if self.order.disorder(other) <= order:
                    kept.append((column, transfers))
            if len(kept) > 1:
                return TableTie(tie.row, tie.holder, tuple(kept))
            table.keep(place, tie.holder)
            tie = table.ties_in(place)
        return None

    def _settle(self, table: Table, tie: TableTie, body: str, number: int) -> Table:
        """Record a tie on a body and return the table with the outcome that was chosen, if any."""
        names = [self.parties[column].name for column in tie.columns]
        column, is_settled = self._chosen(body, number, list(tie.columns), tie.holder)
        chosen = dict(tie.outcomes)[column]
        tables = {}
        for option, transfers in tie.outcomes:
            tables[option] = table.copy()
            tables[option].apply(transfers)
        touched: dict[int, set[int]] = {}
        for _, transfers in tie.outcomes:
            for each in transfers:
                touched.setdefault(each.row, set()).update((each.giver, each.taker))
        outcomes = [
            TieOutcome(
                self.parties[option].name,
                tuple(self._differences(tables[column], tables[option])),
                "; ".join(
                    f"{self.committees[self.pool[place]].name}: "
                    + listed(
                        seats_of_party(self.parties[c].name, tables[option].values[place][c])
                        for c in sorted(columns)
                    )
                    for place, columns in sorted(touched.items(), key=lambda e: e[0] != tie.row)
                ),
            )
            for option in tie.columns
        ]
        self._ask(body, number, names, self.parties[column].name, outcomes, is_settled=is_settled)
        self._work_on_tie(
            body,
            names,
            self.parties[column].name,
            [
                (self.committees[self.pool[each.row]].name, c, by)
                for each in chosen
                for c, by in ((each.giver, -1), (each.taker, 1))
            ],
            is_settled=is_settled,
            transfers=chosen,
        )
        settled = tables[column]
        settled.keep(tie.row, column)
        return settled

    def _differences(self, before: Table, after: Table) -> Iterable[SeatChange]:
        for place, row in enumerate(self.pool):
            for column, party in enumerate(self.parties):
                by = after.values[place][column] - before.values[place][column]
                if by:
                    yield SeatChange(self.committees[row].name, party.name, by)

    def _chosen(
        self, body: str, number: int, columns: Sequence[int], shown: int
    ) -> tuple[int, bool]:
        """Return the column that was chosen for a contested seat, else `shown`."""
        names = [self.parties[column].name for column in columns]
        chosen = self.choices.get((body, number))
        if chosen in names:
            return columns[names.index(chosen)], True
        return shown, False

    def _ask(
        self,
        body: str,
        number: int,
        names: Sequence[str],
        shown: str,
        outcomes: Sequence[TieOutcome],
        *,
        is_settled: bool,
    ) -> None:
        self.ties.append(Tie(body, number, tuple(names), shown, is_settled, tuple(outcomes)))

    def _work_on_tie(
        self,
        body: str,
        names: Sequence[str],
        shown: str,
        changes: Sequence[tuple[str, int, int]],
        *,
        is_settled: bool,
        transfers: Sequence[Transfer] = (),
    ) -> None:
        where = f"on {body}" if body else "of all committees together"
        outside = self.parties[self.outside].name if self.outside is not None else None
        options = [name for name in names if name != outside]
        if len(options) < len(names):
            options.append("be left for members in no group")
        words = f"1 seat {where} could equally go to {listed(options, 'or')}. "
        if is_settled:
            words += (
                "It was decided that it is left for members in no group."
                if shown == outside
                else f"It was decided that {shown} has it."
            )
        else:
            words += f"Not yet decided; shown here for {party_in_sentence(shown)}."
        if transfers:
            words += " So " + listed(
                f"1 seat on {self.committees[self.pool[each.row]].name} passes from "
                f"{self._in_sentence(each.giver)} to {self._in_sentence(each.taker)}"
                for each in transfers
            )
            words += "."
        self._work("d" if body else "c", body, words, changes)

    def _exchange(
        self,
        before: Sequence[Sequence[int]],
        after: Sequence[Sequence[int]],
        in_words: Callable[[str, str, str], str],
    ) -> int:
        """Name every exchange between two tables, net for each body; return how many there are."""
        number = 0
        for place, row in enumerate(self.pool):
            body = self.committees[row].name
            givers: list[int] = []
            takers: list[int] = []
            for column in self.columns:
                more = after[place][column] - before[place][column]
                (takers if more > 0 else givers).extend([column] * abs(more))
            for giver, taker in zip(givers, takers, strict=True):
                number += 1
                self._work(
                    "d",
                    body,
                    in_words(self._in_sentence(giver), self._in_sentence(taker), body),
                    [(body, giver, -1), (body, taker, 1)],
                )
        return number

    def _outside_the_groups(self, seats: Sequence[Sequence[int]]) -> None:
        if self.outside is None:
            return
        left = sum(row[self.outside] for row in seats)
        if left:
            are, them = ("is", "it") if left == 1 else ("are", "them")
            self._work(
                OUTSIDE,
                ALL_TOGETHER,
                f"{count_of(left, 'seat')} {are} not allocated to any group. The council must "
                f"appoint members in no group to {them} (Local Government (Committees and "
                "Political Groups) Regulations 1990, regulation 16).",
            )

    def _warn_if_rounding_fails(self, body: str, size: int, exact: Sequence[Fraction]) -> None:
        shares = [share for column, share in enumerate(exact) if column != self.outside]
        made = sum(map(nearest, shares))
        if made == size or (self.outside is not None and made < size):
            return
        self._warn(
            "d" if body else "c",
            body,
            f"{body or 'All committees together'}: rounding each share separately "
            f"({listed(map(decimal, shares))}) gives {made} seats, not {size}.",
        )

    def _work(
        self,
        principle: str,
        body: str,
        words: str,
        changes: Sequence[tuple[str, int, int]] = (),
    ) -> None:
        made = tuple(SeatChange(where, self.parties[c].name, by) for where, c, by in changes if by)
        self.working.append(Working(principle, body, words, made))

    def _warn(self, principle: str, body: str, words: str) -> None:
        self.warnings.append(Unmet(principle, body, words))


def _changes_between(
    body: str, parties: Sequence[Party], shown: int, option: int
) -> tuple[SeatChange, ...]:
    if shown == option:
        return ()
    return (SeatChange(body, parties[shown].name, -1), SeatChange(body, parties[option].name, 1))
