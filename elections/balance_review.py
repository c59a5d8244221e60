"""Questions about political balance beyond the allocation itself.

Whether another table meets the principles (`check_table`), what other methods would give
(`other_methods`), which size of body can be balanced (`size_table`), and what a change of
membership means for each group (`compare`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from .bodies import (
    ALL_TOGETHER,
    UNGROUPED,
    Allocation,
    BalanceError,
    BodyKind,
    Committee,
    JointGroup,
    Party,
    Share,
    Unmet,
    count_of,
    decimal,
    listed,
    party_in_sentence,
)
from .political_balance import HasMembers, Rules, allocate
from .rounding import nearest

# --- Any table against the principles -------------------------------------------------------------


class TableVerdict(StrEnum):
    """How a table compares with the allocation that was worked out."""

    SAME = "same"
    ALTERNATIVE = "alternative"
    DEPARTURE = "departure"

    @property
    def in_words(self) -> str:
        return VERDICTS_IN_WORDS[self]


VERDICTS_IN_WORDS = {
    TableVerdict.SAME: "The allocation that was worked out",
    TableVerdict.ALTERNATIVE: "Another allocation that meets the principles",
    TableVerdict.DEPARTURE: "A departure from political balance",
}
NEEDS_A_VOTE = (
    "Adopting it needs notice and a vote with no member voting against (Local Government and "
    "Housing Act 1989, section 17). Abstentions do not prevent it."
)


@dataclass(frozen=True)
class TableCheck:
    """What a table is, and for a departure each principle that fails, with the body and why."""

    verdict: TableVerdict
    failures: tuple[Unmet, ...] = ()

    @property
    def is_departure(self) -> bool:
        return self.verdict is TableVerdict.DEPARTURE

    @property
    def principles(self) -> tuple[str, ...]:
        """The letters of the principles that fail, in order and once each."""
        return tuple(sorted({failure.principle for failure in self.failures}))

    @property
    def words(self) -> str:
        if not self.is_departure:
            return f"{self.verdict.in_words}."
        which = listed(f"({letter})" for letter in self.principles)
        noun = "principle" if len(self.principles) == 1 else "principles"
        return f"{self.verdict.in_words}: {noun} {which} not met. {NEEDS_A_VOTE}"


Rows = Sequence[Sequence[int]]


def check_table(
    allocation: Allocation, table: Mapping[str, Mapping[str, int]] | Rows
) -> TableCheck:
    """Return whether `table` meets the principles that `allocation` was worked out under.

    `table` has the seats by body and party, with or without parties that have none, or rows and
    columns in the order of the allocation. It is a departure only if (a) or (b) fails where it
    could be met, if the totals of (c) differ, or if a group's seats on a body are a whole seat or
    more from its share. Raises BalanceError for a table that does not fill the bodies.
    """
    rows = _rows_of(allocation, table)
    ours = [[share.seats for share in row] for row in allocation.seats]
    if rows == ours:
        return TableCheck(TableVerdict.SAME)
    failures = [
        *_failures_of_a(allocation, rows, ours),
        *_failures_of_b(allocation, rows, ours),
        *_failures_of_c(allocation, rows),
        *_failures_of_d(allocation, rows, ours),
    ]
    return TableCheck(
        TableVerdict.DEPARTURE if failures else TableVerdict.ALTERNATIVE, failures=tuple(failures)
    )


def _rows_of(
    allocation: Allocation, table: Mapping[str, Mapping[str, int]] | Rows
) -> list[list[int]]:
    """The table as rows and columns, checked for what no table can have."""
    if isinstance(table, Mapping):
        unknown = set(table) - {committee.name for committee in allocation.committees}
        unknown |= {name for row in table.values() for name in row} - set(allocation.names)
        if unknown:
            raise BalanceError(f"Not in this allocation: {listed(sorted(unknown))}.")
        rows = [
            [table.get(committee.name, {}).get(name, 0) for name in allocation.names]
            for committee in allocation.committees
        ]
    else:
        rows = [list(row) for row in table]
        if len(rows) != len(allocation.committees) or any(
            len(row) != len(allocation.parties) for row in rows
        ):
            raise BalanceError("The table does not have a cell for each body and party.")
    for committee, row in zip(allocation.committees, rows, strict=True):
        if min(row) < 0:
            raise BalanceError(f"Seats on {committee.name} cannot be less than 0.")
        if sum(row) != committee.size:
            raise BalanceError(
                f"These are {count_of(sum(row), 'seat')}; {committee.name} has {committee.size}."
            )
        for party, seats in zip(allocation.parties, row, strict=True):
            if seats > party.members:
                if party.name == UNGROUPED:
                    holders = f"There {'is' if party.members == 1 else 'are'} only {party.members}"
                    raise BalanceError(
                        f"{holders} in no group, and {committee.name} cannot have {seats}."
                    )
                raise BalanceError(
                    f"{party.name} has {count_of(party.members, 'member')} and cannot fill {seats} "
                    f"seats on {committee.name}."
                )
    return rows


def _failures_of_a(allocation: Allocation, rows: Rows, ours: Rows) -> Iterable[Unmet]:
    for committee, row, own in zip(allocation.committees, rows, ours, strict=True):
        if max(own) == committee.size:
            continue  # cannot be met on this body
        for party, seats in zip(allocation.parties, row, strict=True):
            if party.is_group and seats == committee.size:
                yield Unmet(
                    "a",
                    committee.name,
                    f"{party.name} would hold every seat on {committee.name}.",
                    party.name,
                )


def _failures_of_b(allocation: Allocation, rows: Rows, ours: Rows) -> Iterable[Unmet]:
    party = allocation.majority_group
    if party is None:
        return
    column = allocation.parties.index(party)
    for committee, row, own in zip(allocation.committees, rows, ours, strict=True):
        needed = committee.size // 2 + 1
        if row[column] < needed <= own[column]:
            yield Unmet(
                "b",
                committee.name,
                f"{party.name} has a majority on the council but would have {row[column]} of the "
                f"{committee.size} seats on {committee.name}; a majority is {needed}.",
                party.name,
            )


def _failures_of_c(allocation: Allocation, rows: Rows) -> Iterable[Unmet]:
    pooled = [row for row, is_pooled in zip(rows, allocation.pooled, strict=True) if is_pooled]
    if not pooled:
        return
    totals = [sum(column) for column in zip(*pooled, strict=True)]
    if allocation.meets_c(totals):
        return
    for share, seats in zip(allocation.totals, totals, strict=True):
        if seats != share.seats:
            gives = "leaves" if share.party.name == UNGROUPED else "gives"
            name = party_in_sentence(share.party.name)
            yield Unmet(
                "c",
                ALL_TOGETHER,
                f"{name[:1].upper()}{name[1:]} would have {count_of(seats, 'seat')} on all "
                f"ordinary committees together; principle (c) {gives} {share.seats}.",
                share.party.name,
            )


def _failures_of_d(allocation: Allocation, rows: Rows, ours: Rows) -> Iterable[Unmet]:
    majority = allocation.majority_group
    for committee, row, own, shares, targets in zip(
        allocation.committees, rows, ours, allocation.seats, allocation.targets, strict=True
    ):
        for seats, mine, share, target in zip(row, own, shares, targets, strict=True):
            if not share.party.is_group or seats == mine:
                continue
            low, high = sorted((share.exact, target))
            if share.party == majority:
                high = max(high, Fraction(committee.size // 2 + 1))
            if low - 1 < seats < high + 1:
                continue
            yield Unmet(
                "d",
                committee.name,
                f"{share.party.name} would have {count_of(seats, 'seat')} on {committee.name}, "
                f"a whole seat or more from its share of {decimal(share.exact)}.",
                share.party.name,
            )


# --- Other methods --------------------------------------------------------------------------------


@dataclass(frozen=True)
class MethodResult:
    """What another method gives. `is_lawful` says whether the result meets section 15.

    `totals` are of the bodies that principle (c) adds together, by party; `table` has the seats by
    body and party. `reason` says in a sentence why the result is lawful or not.
    """

    key: str
    name: str
    totals: Mapping[str, int]
    table: Mapping[str, Mapping[str, int]]
    is_lawful: bool
    reason: str


METHODS = {
    "ungrouped-as-party": (
        "Members in no group counted like a group",
        Rules(ungrouped_as_party=True),
    ),
    "largest-remainder": (
        "Largest remainders, without the majority of principle (b)",
        Rules(majority=False, ungrouped_as_party=True),
    ),
    "each-body": ("Each body rounded separately", Rules(together=False)),
}


def other_methods(
    groups: Iterable[HasMembers],
    committees: Iterable[Committee],
    *,
    ungrouped: int = 0,
    ungrouped_name: str = UNGROUPED,
    joint_groups: Iterable[JointGroup] = (),
    pool_sub_committees: bool = False,
) -> tuple[MethodResult, ...]:
    """Return what methods that councils have used would give, for comparison with ours.

    The seats of each are checked against the principles. If those of the method without (b) happen
    to meet them where a group has a majority, the reason says that they may not for other numbers.
    A method whose rules cannot be met on these bodies is left out. Raises BalanceError.
    """
    groups, committees, joint_groups = tuple(groups), tuple(committees), tuple(joint_groups)

    def work_out(rules: Rules) -> Allocation:
        return allocate(
            groups,
            committees,
            ungrouped=ungrouped,
            ungrouped_name=ungrouped_name,
            joint_groups=joint_groups,
            rules=rules,
        )

    strict = work_out(Rules(pool_sub_committees=pool_sub_committees))
    found = []
    for key, (name, rules) in METHODS.items():
        try:
            other = work_out(
                Rules(
                    ungrouped_as_party=rules.ungrouped_as_party,
                    majority=rules.majority,
                    together=rules.together,
                    pool_sub_committees=pool_sub_committees,
                )
            )
        except BalanceError:
            continue
        check = check_table(strict, other.table)
        is_lawful = not check.is_departure
        reason = check.words
        if check.is_departure:
            reason = f"{check.failures[0].words} It needs a vote under section 17."
        if key == "largest-remainder" and strict.majority_group is not None:
            name_of_group = strict.majority_group.name
            if "b" in check.principles:
                reason = (
                    f"{name_of_group} has a majority on the council, and this method does not give "
                    "it a majority on each body (principle (b))."
                )
            elif is_lawful:
                reason = (
                    f"{reason} With other numbers or sizes, this method may leave {name_of_group} "
                    "without a majority on a body (principle (b))."
                )
        found.append(
            MethodResult(key, name, _pooled_totals(strict, other), other.table, is_lawful, reason)
        )
    return tuple(found)


def _pooled_totals(strict: Allocation, other: Allocation) -> dict[str, int]:
    totals = dict.fromkeys(other.names, 0)
    for (_, row), pooled in zip(other.rows, strict.pooled, strict=True):
        if pooled:
            for share in row:
                totals[share.party.name] += share.seats
    return totals


# --- Which size balances? -------------------------------------------------------------------------


@dataclass(frozen=True)
class SizeRow:
    """One size of body, balanced separately.

    `rounded` is what the nearest whole shares of the groups add up to. The size `balances` if each
    group can have its nearest whole share, with (a) and (b) met and no tie to settle. `problem`
    says otherwise why not.
    """

    size: int
    shares: tuple[Share, ...]
    rounded: int
    problem: str

    @property
    def balances(self) -> bool:
        return not self.problem


def size_table(
    groups: Iterable[HasMembers],
    sizes: Iterable[int] = range(3, 16),
    *,
    ungrouped: int = 0,
    ungrouped_name: str = UNGROUPED,
    joint_groups: Iterable[JointGroup] = (),
) -> tuple[SizeRow, ...]:
    """Return how a body of each size would be filled, and whether that size balances.

    Sizes larger than the membership are left out. Raises BalanceError.
    """
    groups, joint_groups = tuple(groups), tuple(joint_groups)
    members = sum(group.members for group in groups) + ungrouped
    rows = []
    for size in sizes:
        if not 1 <= size <= members:
            continue
        allocation = allocate(
            groups,
            [Committee("Body", size, BodyKind.OUTSIDE_BODY)],
            ungrouped=ungrouped,
            ungrouped_name=ungrouped_name,
            joint_groups=joint_groups,
        )
        shares = allocation.seats[0]
        rounded = sum(nearest(share.exact) for share in shares if share.party.is_group)
        rows.append(SizeRow(size, shares, rounded, _problem_of_size(allocation, size, rounded)))
    return tuple(rows)


def _problem_of_size(allocation: Allocation, size: int, rounded: int) -> str:
    if any(warning.principle in {"a", "b"} for warning in allocation.warnings):
        return next(w.words for w in allocation.warnings if w.principle in {"a", "b"})
    if allocation.ties:
        level = listed(map(party_in_sentence, allocation.ties[0].options))
        return f"{level[:1].upper()}{level[1:]} are level for the last seat."
    outside = next((p.members for p in allocation.parties if not p.is_group), 0)
    majority = allocation.majority_group
    for share in allocation.seats[0]:
        if share.party.is_group and share.seats != nearest(share.exact):
            if majority is not None and share.party == majority and share.seats > share.exact:
                return (
                    f"{majority.name} needs {share.seats} for a majority, "
                    f"where its share is {decimal(share.exact)}."
                )
            if not size - outside <= rounded <= size:
                return f"The nearest whole shares add up to {rounded}, not {size}."
            return (
                f"{share.party.name} has {share.seats}, where its share is {decimal(share.exact)}."
            )
    return ""


# --- Before and after -----------------------------------------------------------------------------


@dataclass(frozen=True)
class SeatDifference:
    """The seats of a party on a body, or on all pooled bodies, before and after.

    None where the party or the body is in only one of the allocations.
    """

    body: str
    party: str
    before: int | None
    after: int | None

    @property
    def change(self) -> int:
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True)
class BalanceComparison:
    """Two allocations side by side. `totals` has a row a party, `cells` one for each cell."""

    totals: tuple[SeatDifference, ...]
    cells: tuple[SeatDifference, ...]

    @property
    def changed(self) -> tuple[SeatDifference, ...]:
        return tuple(cell for cell in self.cells if cell.change)

    @property
    def gives(self) -> tuple[SeatDifference, ...]:
        """The cells in which a party gives up seats."""
        return tuple(cell for cell in self.cells if cell.change < 0)

    @property
    def gains(self) -> tuple[SeatDifference, ...]:
        """The cells in which a party gains seats."""
        return tuple(cell for cell in self.cells if cell.change > 0)

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence for each party that gives up or gains seats."""
        found = []
        for party in dict.fromkeys(cell.party for cell in self.cells):
            for cells, verb, plural in (
                (self.gives, "gives up", "give up"),
                (self.gains, "gains", "gain"),
            ):
                own = [cell for cell in cells if cell.party == party]
                if own:
                    number = sum(abs(cell.change) for cell in own)
                    where = listed(f"{abs(cell.change)} on {cell.body}" for cell in own)
                    seats = f"{count_of(number, 'seat')}: {where}."
                    if party == UNGROUPED:
                        found.append(f"Members in no group {plural} {seats}")
                    else:
                        found.append(f"{party} {verb} {seats}")
        return tuple(found)


def compare(before: Allocation, after: Allocation) -> BalanceComparison:
    """Return what changes between two allocations: which party gives up seats, which gains.

    Parties and bodies are matched by name, in any case. Those only in the later one come last.
    """
    parties = _names(before.parties, after.parties)
    bodies = _names(before.committees, after.committees)
    earlier, later = _cells(before), _cells(after)
    totals_before = {s.party.name.casefold(): s.seats for s in before.totals}
    totals_after = {s.party.name.casefold(): s.seats for s in after.totals}
    return BalanceComparison(
        totals=tuple(
            SeatDifference(ALL_TOGETHER, name, totals_before.get(key), totals_after.get(key))
            for key, name in parties.items()
        ),
        cells=tuple(
            SeatDifference(body, name, earlier.get((row, key)), later.get((row, key)))
            for row, body in bodies.items()
            for key, name in parties.items()
            if (row, key) in earlier or (row, key) in later
        ),
    )


def _names(
    before: Sequence[Party] | Sequence[Committee], after: Sequence[Party] | Sequence[Committee]
) -> dict[str, str]:
    return {each.name.casefold(): each.name for each in (*after, *before)} | {
        each.name.casefold(): each.name for each in after
    }


def _cells(allocation: Allocation) -> dict[tuple[str, str], int]:
    return {
        (committee.name.casefold(), share.party.name.casefold()): share.seats
        for committee, row in allocation.rows
        for share in row
    }
