"""Political balance: committee seats shared among groups as the law asks, with the working.

Local Government and Housing Act 1989, section 15(5), gives four principles, to be met in this order
as far as is reasonably practicable:

(a) no body has all its seats filled by one group;
(b) a group with a majority of the council's membership has a majority of each body;
(c) subject to these, each group's share of all seats on the ordinary committees together is its
    share of the membership;
(d) subject to these, each group's share of each body is its share of the membership.

Vacant seats are no part of the membership. Section 16 and the Local Government (Committees and
Political Groups) Regulations 1990 leave the seats that no group is due to members outside every
group. Departing from the outcome needs a vote with nobody against it (section 17).

Seats are whole and shares are not, so (c) and (d) are met as closely as whole seats allow: the sum
of the squared differences from the exact shares is the least there is. For one body alone that is
the method of largest remainders. Where several outcomes are equally close the law does not choose:
each such tie is named, and a person chooses.

The executive is not such a body, and other bodies have rules of their own: the monitoring officer
says which to count.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from .composition import MAX_GROUPS, MAX_SEATS, SMALLEST_GROUP, alphabetical
from .rounding import CannotBeFilled, Table, closest_line

UNGROUPED = "Ungrouped"
ALL_TOGETHER = ""  # the body of a tie about the totals
OUTSIDE = "outside"  # stands for a principle in the working: what no group is due
MAX_COMMITTEES = 40


class BalanceError(ValueError):
    """An allocation that cannot be asked for, with a message that can be shown to people."""


@dataclass(frozen=True)
class Committee:
    name: str
    size: int


@dataclass(frozen=True)
class Party:
    """A group, or (last) all ungrouped members together, who are no group in law."""

    name: str
    members: int
    is_group: bool = True


@dataclass(frozen=True)
class Share:
    """What one party is due of one body, or of all together, and what it has."""

    party: Party
    exact: Fraction
    seats: int

    @property
    def difference(self):
        return self.seats - self.exact


@dataclass(frozen=True)
class Working:
    """One row of the working: the principle it follows, the body, the words.

    The principle is "" where seats are counted, and OUTSIDE for those that no group is due.
    """

    principle: str
    body: str
    words: str


@dataclass(frozen=True)
class Tie:
    """One seat of `body` that several parties are equally due.

    `shown` has it until someone decides. A choice names it by `key`; where one was given,
    `is_settled`.
    """

    body: str
    number: int
    options: tuple[str, ...]
    shown: str
    is_settled: bool

    @property
    def key(self):
        return (self.body, self.number)


@dataclass(frozen=True)
class Unmet:
    """A principle that cannot be met, or not exactly, and why."""

    principle: str
    body: str
    words: str


@dataclass(frozen=True)
class Allocation:
    """Strict political balance. `seats` has a row for each committee, a column for each party."""

    parties: tuple[Party, ...]
    committees: tuple[Committee, ...]
    totals: tuple[Share, ...]
    seats: tuple[tuple[Share, ...], ...]
    working: tuple[Working, ...]
    ties: tuple[Tie, ...]
    warnings: tuple[Unmet, ...]

    @property
    def members(self):
        return sum(party.members for party in self.parties)

    @property
    def names(self):
        return tuple(party.name for party in self.parties)

    @property
    def open_ties(self):
        return tuple(tie for tie in self.ties if not tie.is_settled)

    @property
    def rows(self):
        return tuple(zip(self.committees, self.seats, strict=True))


def allocate(groups, committees, *, ungrouped=0, ungrouped_name=UNGROUPED, choices=None):
    """Share out the seats of `committees`; `groups` have a name and members.

    `choices` settles ties: the name of a party by Tie.key. Choices are asked for one after another,
    each given those before it; one that no longer meets its tie is left aside. Raises BalanceError.
    """
    parties = [Party(group.name, group.members) for group in alphabetical(groups)]
    if ungrouped:
        parties.append(Party(ungrouped_name, ungrouped, is_group=False))
    _check(parties, committees)
    return _Allocator(parties, committees, choices or {}).allocate()


def _check(parties, committees):
    members = sum(party.members for party in parties)
    if not any(party.is_group for party in parties):
        raise BalanceError("There is no group to share seats among.")
    if len(parties) > MAX_GROUPS + 1:
        raise BalanceError(f"There are too many groups; {MAX_GROUPS} is the most.")
    if any(party.members < 1 for party in parties) or members > MAX_SEATS:
        raise BalanceError(f"Groups must have members, and a council at most {MAX_SEATS}.")
    if not committees:
        raise BalanceError("There is no committee to fill.")
    if len(committees) > MAX_COMMITTEES:
        raise BalanceError(f"There are {len(committees)} committees; {MAX_COMMITTEES} is the most.")
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
            raise BalanceError(f"{committee.name} must have at least 1 seat.")
        if committee.size > members:
            raise BalanceError(
                f"{committee.name} has {committee.size} seats, "
                f"more than the {members} members there are."
            )


class _Allocator:
    """One allocation in the making. Rows are committees and columns parties, by their indices."""

    def __init__(self, parties, committees, choices):
        self.parties, self.committees, self.choices = parties, committees, choices
        self.members = sum(party.members for party in parties)
        self.all_seats = sum(committee.size for committee in committees)
        self.exact_totals = [self._share(self.all_seats, party) for party in parties]
        self.majority = next(
            (
                column
                for column, party in enumerate(parties)
                if party.is_group and 2 * party.members > self.members
            ),
            None,
        )
        self.lower = [[0] * len(parties) for _ in committees]
        self.upper = [
            [min(committee.size, party.members) for party in parties] for committee in committees
        ]
        self.working, self.ties, self.warnings = [], [], []

    def _share(self, seats, party):
        return Fraction(seats * party.members, self.members)

    def allocate(self):
        self._count()
        self._no_body_of_one_group()
        self._majority_of_each_body()
        totals = self._totals()
        seats = self._each_body(totals)
        self._left_to_ungrouped(totals)
        return Allocation(
            parties=tuple(self.parties),
            committees=tuple(self.committees),
            totals=self._shares(self.all_seats, totals),
            seats=tuple(
                self._shares(committee.size, row)
                for committee, row in zip(self.committees, seats, strict=True)
            ),
            working=tuple(self.working),
            ties=tuple(self.ties),
            warnings=tuple(self.warnings),
        )

    def _shares(self, size, seats):
        return tuple(
            Share(party, self._share(size, party), number)
            for party, number in zip(self.parties, seats, strict=True)
        )

    # --- The principles, in their order ---

    def _count(self):
        self._work(
            "",
            ALL_TOGETHER,
            f"The council has {_count(self.members, 'member')}; vacant seats do not count. "
            f"There are {_count(self.all_seats, 'seat')} on "
            f"{_count(len(self.committees), 'committee')}.",
        )
        for party in self.parties:
            if party.is_group and party.members < SMALLEST_GROUP:
                self._warn(
                    "",
                    ALL_TOGETHER,
                    f"{party.name} has one member. A political group has at least two: unless "
                    "that changes, this member is ungrouped.",
                )

    def _no_body_of_one_group(self):
        alone = len(self.parties) == 1
        for row, committee in enumerate(self.committees):
            if alone or committee.size == 1:
                why = "there is only one group" if alone else "it has one seat"
                self._warn(
                    "a", committee.name, f"{committee.name} is filled by one group, since {why}."
                )
                continue
            for column, party in enumerate(self.parties):
                if party.is_group:
                    self.upper[row][column] = min(self.upper[row][column], committee.size - 1)
        self._work(
            "a",
            ALL_TOGETHER,
            "No group may fill a whole body, so each may have at most all seats of it but one.",
        )

    def _majority_of_each_body(self):
        if self.majority is None:
            self._work(
                "b",
                ALL_TOGETHER,
                "No group has more than half of the members, so none must have a majority of a "
                "body.",
            )
            return
        party = self.parties[self.majority]
        for row, committee in enumerate(self.committees):
            needed = committee.size // 2 + 1
            allowed = self.upper[row][self.majority]
            if needed <= allowed:
                self.lower[row][self.majority] = needed
            else:
                self._warn(
                    "b",
                    committee.name,
                    f"{party.name} has a majority of the council and cannot have one of "
                    f"{committee.name}: that would take {needed} of its {committee.size} seats, "
                    "all of them.",
                )
        least = sum(row[self.majority] for row in self.lower)
        self._work(
            "b",
            ALL_TOGETHER,
            f"{party.name} has {party.members} of {self.members} members, more than half, so it "
            f"must have a majority of each body: {_count(least, 'seat')} at the least.",
        )

    def _totals(self):
        """How many seats each party has on all committees together."""
        self._tighten()
        lower = [sum(column) for column in zip(*self.lower, strict=True)]
        upper = [sum(column) for column in zip(*self.upper, strict=True)]
        try:
            line = closest_line(self.exact_totals, lower, upper, self.all_seats)
        except CannotBeFilled as error:
            raise BalanceError("There are not enough members to fill these seats.") from error
        totals = list(line.values)
        for party, exact in zip(self.parties, self.exact_totals, strict=True):
            self._work(
                "c",
                ALL_TOGETHER,
                f"{party.name}: {self.all_seats} seats × {party.members} ÷ {self.members} members "
                f"= {decimal(exact)}.",
            )
        self._warn_if_rounding_fails(ALL_TOGETHER, self.all_seats, self.exact_totals)
        contested = list(line.contested)
        for number in range(1, line.spare + 1):
            contested.remove(
                column := self._ask(ALL_TOGETHER, number, contested, shown=contested[0])
            )
            totals[column] += 1
        self._work(
            "c",
            ALL_TOGETHER,
            "In whole seats, as close to these as can be: "
            + _listed(
                f"{party.name} {seats}" for party, seats in zip(self.parties, totals, strict=True)
            )
            + ".",
        )
        if (
            self.majority is not None
            and totals[self.majority] >= self.exact_totals[self.majority] + 1
        ):
            self._warn(
                "c",
                ALL_TOGETHER,
                f"A majority of each body, which comes first, gives "
                f"{self.parties[self.majority].name} {totals[self.majority]} seats where its share "
                f"is {decimal(self.exact_totals[self.majority])}; the other groups have fewer.",
            )
        return totals

    def _tighten(self):
        """In each body, what the limits of some parties leave for each of the others."""
        columns = range(len(self.parties))
        for committee, lower, upper in zip(self.committees, self.lower, self.upper, strict=True):
            least = [committee.size - sum(upper) + upper[column] for column in columns]
            most = [committee.size - sum(lower) + lower[column] for column in columns]
            lower[:] = map(max, lower, least)
            upper[:] = map(min, upper, most)

    def _each_body(self, totals):
        """The seats of each committee: close to each share, and adding up to the totals."""
        try:
            table = Table(
                [[c.size * party.members for party in self.parties] for c in self.committees],
                self.members,
                lower=self.lower,
                upper=self.upper,
                rows=[committee.size for committee in self.committees],
                columns=totals,
            )
        except CannotBeFilled as error:
            raise BalanceError("No whole seats meet the principles on these bodies.") from error
        for committee, row in zip(self.committees, table.by_themselves, strict=True):
            exact = [self._share(committee.size, party) for party in self.parties]
            self._work(
                "d",
                committee.name,
                f"{committee.name}, {committee.size} seats: "
                + _listed(
                    f"{party.name} {decimal(share)}, so {seats}"
                    for party, share, seats in zip(self.parties, exact, row, strict=True)
                )
                + ".",
            )
            self._warn_if_rounding_fails(committee.name, committee.size, exact)
        for move in table.moves:
            self._work(
                "d",
                self.committees[move.row].name,
                f"To meet the totals of principle (c), one seat on "
                f"{self.committees[move.row].name} passes from {self.parties[move.giver].name} to "
                f"{self.parties[move.taker].name}: no other change departs less from the shares.",
            )
        for row, committee in enumerate(self.committees):
            number = 0
            while tie := table.tie_in(row):
                number += 1
                options = sorted([tie.holder, *tie.takers])
                column = self._ask(committee.name, number, options, shown=tie.holder)
                table.settle(row, tie, column)
        for row, committee in enumerate(self.committees):
            for column, party in enumerate(self.parties):
                share = self._share(committee.size, party)
                if abs(table.values[row][column] - share) >= 1 and column != self.majority:
                    self._warn(
                        "d",
                        committee.name,
                        f"{party.name} has {table.values[row][column]} on {committee.name} where "
                        f"its share is {decimal(share)}: principles (a) to (c) come first.",
                    )
        return table.values

    def _left_to_ungrouped(self, totals):
        if not self.parties[-1].is_group and totals[-1]:
            self._work(
                OUTSIDE,
                ALL_TOGETHER,
                f"No group is due {_count(totals[-1], 'seat')}: the council gives "
                f"{'it' if totals[-1] == 1 else 'them'} to members outside every group.",
            )

    # --- What a person decides, and what they should know ---

    def _ask(self, body, number, columns, *, shown):
        """The column that has a contested seat: the one chosen, else `shown` for the time being."""
        names = [self.parties[column].name for column in columns]
        chosen = self.choices.get((body, number))
        is_settled = chosen in names
        column = columns[names.index(chosen)] if is_settled else shown
        name = self.parties[column].name
        self.ties.append(Tie(body, number, tuple(names), name, is_settled))
        where = f"on {body}" if body else "of all together"
        self._work(
            "d" if body else "c",
            body,
            f"One seat {where} is equally due to {_listed(names)}. "
            + (
                f"It was decided that {name} has it."
                if is_settled
                else f"Undecided: {name} is shown."
            ),
        )
        return column

    def _warn_if_rounding_fails(self, body, size, exact):
        made = sum(floor(share + Fraction(1, 2)) for share in exact)
        if made != size:
            self._warn(
                "d" if body else "c",
                body,
                f"{body or 'All committees together'}: rounded one by one, the shares "
                f"({_listed(map(decimal, exact))}) make {made} seats, not {size}.",
            )

    def _work(self, principle, body, words):
        self.working.append(Working(principle, body, words))

    def _warn(self, principle, body, words):
        self.warnings.append(Unmet(principle, body, words))


def decimal(exact):
    """A fraction to two places, halves up."""
    hundredths = floor(exact * 100 + Fraction(1, 2))
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _count(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _listed(words):
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
