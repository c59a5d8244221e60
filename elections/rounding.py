"""Whole numbers as close as possible to exact ones: in one row, and in a table with fixed totals.

“Close” means the smallest sum of squared differences. In a row without bounds that is the method of
largest remainders. All arithmetic is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, inf
from typing import NamedTuple

Cost = int | float  # float only for infinity: an exchange that the bounds do not allow


class CannotBeFilled(ValueError):
    """No whole numbers within the bounds add up to the totals."""


@dataclass(frozen=True)
class Line:
    """`values` without the last `spare` units; any of the columns `contested` may have one each."""

    values: tuple[int, ...]
    contested: tuple[int, ...]
    spare: int


def nearest(exact: Fraction) -> int:
    """Return the nearest whole number; exactly a half is rounded up."""
    return floor(exact + Fraction(1, 2))


def closest_line(
    exact: Sequence[Fraction], lower: Sequence[int], upper: Sequence[int], total: int
) -> Line:
    """Return whole numbers within bounds that add up to `total`, and what a tie leaves open.

    Raises CannotBeFilled.
    """
    if not sum(lower) <= total <= sum(upper):
        raise CannotBeFilled
    places = range(len(exact))
    values = [min(max(floor(exact[i]), lower[i]), upper[i]) for i in places]
    while sum(values) < total:
        i = max((i for i in places if values[i] < upper[i]), key=lambda i: exact[i] - values[i])
        values[i] += 1
    while sum(values) > total:
        i = min((i for i in places if values[i] > lower[i]), key=lambda i: exact[i] - values[i])
        values[i] -= 1
    # A tie: a column could have one more at exactly the price at which another keeps its last one.
    takers = {i: exact[i] - values[i] for i in places if values[i] < upper[i]}
    holders = {i: exact[i] - values[i] + 1 for i in places if values[i] > lower[i]}
    price = max(takers.values(), default=None)
    if price is None or price != min(holders.values(), default=None):
        return Line(tuple(values), (), 0)
    holding = [i for i in holders if holders[i] == price]
    for i in holding:
        values[i] -= 1
    contested = sorted([*holding, *(i for i in takers if takers[i] == price)])
    return Line(tuple(values), tuple(contested), len(holding))


def nearest_line(
    exact: Sequence[Fraction],
    lower: Sequence[int],
    upper: Sequence[int],
    *,
    least: int,
    most: int,
) -> Line:
    """Round each number to its nearest, then correct only if the sum is outside `least` to `most`.

    Units are taken back where rounding up gained most, or added where rounding down lost most.
    Raises CannotBeFilled.
    """
    values = [
        min(max(nearest(share), low), high)
        for share, low, high in zip(exact, lower, upper, strict=True)
    ]
    if sum(values) > most:
        return closest_line(exact, lower, upper, most)
    if sum(values) < least:
        return closest_line(exact, lower, upper, least)
    return Line(tuple(values), (), 0)


class Transfer(NamedTuple):
    """One unit that passes in `row` from column `giver` to column `taker`."""

    row: int
    giver: int
    taker: int


@dataclass(frozen=True)
class TableTie:
    """One unit of a row that `holder` has and that others could have in an equally close table.

    `outcomes` has, for each column that could have it, all the transfers that lead to that table;
    none for the holder.
    """

    row: int
    holder: int
    outcomes: tuple[tuple[int, tuple[Transfer, ...]], ...]

    @property
    def columns(self) -> tuple[int, ...]:
        return tuple(column for column, _ in self.outcomes)


class Table:
    """Whole numbers close to `weights[row][column] / scale`, with fixed row and column totals.

    It begins with `start`, rows that are each as close as possible by themselves. `add_up` then
    passes units between columns along the cheapest paths until the columns add up: a minimum-cost
    flow, found by successive shortest paths. A cell with a fee costs `fees[row][column]` (times
    `scale`) for every unit in place of its squared difference.
    """

    def __init__(
        self,
        start: Sequence[Sequence[int]],
        weights: Sequence[Sequence[int]],
        scale: int,
        *,
        fees: Sequence[Sequence[int | None]],
        lower: Sequence[Sequence[int]],
        upper: Sequence[Sequence[int]],
    ) -> None:
        self.values = [list(row) for row in start]
        self.weights, self.scale, self.fees = weights, scale, fees
        self.lower = [list(row) for row in lower]
        self.upper = [list(row) for row in upper]
        self._paths: tuple[list[list[Cost]], list[list[Transfer | None]]] | None = None

    def copy(self) -> "Table":
        return Table(
            self.values,
            self.weights,
            self.scale,
            fees=self.fees,
            lower=self.lower,
            upper=self.upper,
        )

    def add_up(self, columns: Sequence[int]) -> None:
        """Pass units until the columns add up to `columns`. Raises CannotBeFilled."""
        while True:
            held = map(sum, zip(*self.values, strict=True))
            over = [have - want for have, want in zip(held, columns, strict=True)]
            givers = [i for i, more in enumerate(over) if more > 0]
            takers = [i for i, more in enumerate(over) if more < 0]
            if not givers or not takers:
                if any(over):
                    raise CannotBeFilled
                return
            costs, _ = self._shortest_paths()
            cost, giver, taker = min((costs[g][t], g, t) for g in givers for t in takers)
            if cost == inf:
                raise CannotBeFilled
            self.apply(self._path(giver, taker))

    def with_less(self, row: int, column: int) -> "Table | None":
        """Return the closest table in which that cell has a unit less; None if there is none."""
        other = self.copy()
        other.upper[row][column] = self.values[row][column] - 1
        return other._after_forced(
            row,
            [(column, taker) for taker in range(len(self.values[row])) if taker != column],
        )

    def with_more(self, row: int, column: int) -> "Table | None":
        """Return the closest table in which that cell has a unit more; None if there is none."""
        other = self.copy()
        other.lower[row][column] = self.values[row][column] + 1
        return other._after_forced(
            row,
            [(giver, column) for giver in range(len(self.values[row])) if giver != column],
        )

    def _after_forced(self, row: int, pairs: Sequence[tuple[int, int]]) -> "Table | None":
        """Pass one unit of a row between the cheapest of `pairs`, and one back on other rows.

        One cell of the row is outside its bounds by one unit, and each pair corrects that. The
        table remains the closest for its bounds.
        """
        costs, _ = self._shortest_paths()
        best: Cost = inf
        chosen: tuple[int, int] | None = None
        for giver, taker in pairs:
            if not (
                self.values[row][giver] > self.lower[row][giver]
                and self.values[row][taker] < self.upper[row][taker]
            ):
                continue
            cost = (
                self._cost_of_taking(row, giver)
                + self._cost_of_adding(row, taker)
                + costs[taker][giver]
            )
            if cost < best:
                best, chosen = cost, (giver, taker)
        if chosen is None:
            return None
        giver, taker = chosen
        self.apply((Transfer(row, giver, taker), *self._path(taker, giver)))
        return self if self._is_within_bounds() else None

    def ties_in(self, row: int) -> TableTie | None:
        """Return the first unit of a row that another column could have, equally close, or None."""
        costs, _ = self._shortest_paths()
        columns = range(len(self.values[row]))
        for holder in columns:
            taking = self._cost_of_taking(row, holder)
            if taking == inf:
                continue
            found: list[tuple[int, tuple[Transfer, ...]]] = []
            for taker in columns:
                if taker == holder:
                    continue
                if taking + self._cost_of_adding(row, taker) + costs[taker][holder] == 0:
                    path = (Transfer(row, holder, taker), *self._path(taker, holder))
                    if self._allows(path):
                        found.append((taker, path))
            if found:
                return TableTie(row, holder, tuple(sorted([(holder, ()), *found])))
        return None

    def apply(self, transfers: Sequence[Transfer]) -> None:
        for each in transfers:
            self.values[each.row][each.giver] -= 1
            self.values[each.row][each.taker] += 1
        self._paths = None

    def keep(self, row: int, column: int) -> None:
        """Fix what a cell has: from now on it can gain units but not lose them."""
        self.lower[row][column] = self.values[row][column]
        self._paths = None

    def distance(self) -> int:
        """Return the sum of the squared differences times `scale`², fees included."""
        total = 0
        for values, weights, fees in zip(self.values, self.weights, self.fees, strict=True):
            for value, weight, fee in zip(values, weights, fees, strict=True):
                if fee is None:
                    total += (self.scale * value - weight) ** 2
                else:
                    total += fee * value * self.scale**2
        return total

    def _allows(self, transfers: Sequence[Transfer]) -> bool:
        """Whether transfers that may meet in one cell keep within the bounds together."""
        other = self.copy()
        other.apply(transfers)
        return other._is_within_bounds() and other.distance() == self.distance()

    def _is_within_bounds(self) -> bool:
        return all(
            low <= value <= high
            for values, lower, upper in zip(self.values, self.lower, self.upper, strict=True)
            for value, low, high in zip(values, lower, upper, strict=True)
        )

    def _cost_of_adding(self, row: int, column: int) -> Cost:
        value = self.values[row][column]
        if value >= self.upper[row][column]:
            return inf
        fee = self.fees[row][column]
        if fee is not None:
            return fee * self.scale
        return self.scale * (2 * value + 1) - 2 * self.weights[row][column]

    def _cost_of_taking(self, row: int, column: int) -> Cost:
        value = self.values[row][column]
        if value <= self.lower[row][column]:
            return inf
        fee = self.fees[row][column]
        if fee is not None:
            return -fee * self.scale
        return 2 * self.weights[row][column] - self.scale * (2 * value - 1)

    def _shortest_paths(self) -> tuple[list[list[Cost]], list[list[Transfer | None]]]:
        """Return, for every two columns, the cost of the cheapest path and its first transfer.

        Floyd and Warshall's method. In the closest table no cycle costs less than 0.
        """
        if self._paths is not None:
            return self._paths
        columns = range(len(self.weights[0]) if self.weights else 0)
        costs: list[list[Cost]] = [[inf] * len(columns) for _ in columns]
        first: list[list[Transfer | None]] = [[None] * len(columns) for _ in columns]
        for row in range(len(self.values)):
            adding = [self._cost_of_adding(row, column) for column in columns]
            for giver in columns:
                taking = self._cost_of_taking(row, giver)
                if taking == inf:
                    continue
                known = costs[giver]
                for taker in columns:
                    cost = taking + adding[taker]
                    if cost < known[taker] and giver != taker:
                        known[taker] = cost
                        first[giver][taker] = Transfer(row, giver, taker)
        for middle in columns:
            onward = costs[middle]
            for start in columns:
                begin, known = costs[start][middle], costs[start]
                if begin == inf:
                    continue
                for end in columns:
                    if start != end and begin + onward[end] < known[end]:
                        known[end] = begin + onward[end]
                        first[start][end] = first[start][middle]
        self._paths = costs, first
        return self._paths

    def _path(self, start: int, end: int) -> tuple[Transfer, ...]:
        _, first = self._shortest_paths()
        path: list[Transfer] = []
        while start != end:
            step = first[start][end]
            if step is None or len(path) > len(first):
                raise CannotBeFilled
            path.append(step)
            start = step.taker
        return tuple(path)
