"""Whole numbers as close as can be to exact ones, in a line and in a table with fixed totals.

Close means that the sum of the squared differences is the least there is. In a line without bounds
that is the method of largest remainders. All arithmetic is exact.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import floor, inf


class CannotBeFilled(ValueError):
    """No whole numbers within the bounds have the totals that were asked for."""


@dataclass(frozen=True)
class Line:
    """`values` without the last `spare` units, which any of `contested` may have, one each."""

    values: tuple[int, ...]
    contested: tuple[int, ...]
    spare: int


def closest_line(exact, lower, upper, total):
    """Whole numbers within bounds that add up to `total`, with what a tie leaves open."""
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
    # Whoever could have one more at the price at which another holds their last one is level.
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


@dataclass(frozen=True)
class Move:
    """One unit that passes in `row` from one column to another."""

    row: int
    giver: int
    taker: int


@dataclass(frozen=True)
class TableTie:
    """One unit of a row which `holder` has and any of `takers` could have, equally close."""

    holder: int
    takers: tuple[int, ...]


class Table:
    """Whole numbers close to `weights[row][column] / scale`, rows and columns adding up.

    Each row is filled by itself first, then units pass between columns along the cheapest way until
    the columns add up too; `moves` are those. It is a flow of least cost, found by successive
    shortest paths over the columns. Raises CannotBeFilled.
    """

    def __init__(self, weights, scale, *, lower, upper, rows, columns):
        self.weights, self.scale = weights, scale
        self.lower, self.upper = [list(row) for row in lower], upper
        self.values = [self._row_by_itself(row, total) for row, total in enumerate(rows)]
        self.by_themselves = tuple(map(tuple, self.values))
        self.moves = self._add_up(columns)

    def tie_in(self, row):
        """The first unit of a row that another column could have just as well, or None."""
        costs, _ = self._ways()
        columns = range(len(self.values[row]))
        for holder in columns:
            takers = tuple(
                taker
                for taker in columns
                if taker != holder and self._cost(row, holder, taker) + costs[taker][holder] == 0
            )
            if takers:
                return TableTie(holder, takers)
        return None

    def settle(self, row, tie, column):
        """Give the unit of a tie to `column`, for good."""
        if column != tie.holder:
            _, ways = self._ways()
            self._apply([Move(row, tie.holder, column), *_path(ways, column, tie.holder)])
        self.lower[row][column] = self.values[row][column]

    def _row_by_itself(self, row, total):
        exact = [Fraction(weight, self.scale) for weight in self.weights[row]]
        line = closest_line(exact, self.lower[row], self.upper[row], total)
        values = list(line.values)
        for column in line.contested[: line.spare]:
            values[column] += 1
        return values

    def _add_up(self, columns):
        moves = []
        while True:
            held = map(sum, zip(*self.values, strict=True))
            over = [have - want for have, want in zip(held, columns, strict=True)]
            givers = [i for i, more in enumerate(over) if more > 0]
            takers = [i for i, more in enumerate(over) if more < 0]
            if not givers or not takers:
                if any(over):
                    raise CannotBeFilled
                return tuple(moves)
            costs, ways = self._ways()
            cost, giver, taker = min((costs[g][t], g, t) for g in givers for t in takers)
            if cost == inf:
                raise CannotBeFilled
            path = _path(ways, giver, taker)
            self._apply(path)
            moves += path

    def _apply(self, moves):
        for move in moves:
            self.values[move.row][move.giver] -= 1
            self.values[move.row][move.taker] += 1

    def _cost(self, row, giver, taker):
        """By how much (times `scale`) the squared differences grow if a unit passes in a row."""
        values, weights = self.values[row], self.weights[row]
        if values[giver] <= self.lower[row][giver] or values[taker] >= self.upper[row][taker]:
            return inf
        return (
            2 * self.scale * (values[taker] - values[giver] + 1)
            + 2 * weights[giver]
            - 2 * weights[taker]
        )

    def _ways(self):
        """For every two columns the cost of the cheapest way between them, and its first move.

        Floyd and Warshall's method; with the least sum of squares no way round costs less than 0.
        """
        columns = range(len(self.weights[0]))
        costs = [[inf] * len(columns) for _ in columns]
        ways = [[None] * len(columns) for _ in columns]
        for row in range(len(self.values)):
            for giver in columns:
                for taker in columns:
                    if giver != taker:
                        cost = self._cost(row, giver, taker)
                        if cost < costs[giver][taker]:
                            costs[giver][taker] = cost
                            ways[giver][taker] = Move(row, giver, taker)
        for middle in columns:
            for start in columns:
                for end in columns:
                    cost = costs[start][middle] + costs[middle][end]
                    if start != end and cost < costs[start][end]:
                        costs[start][end] = cost
                        ways[start][end] = ways[start][middle]
        return costs, ways


def _path(ways, start, end):
    moves = []
    while start != end:
        moves.append(ways[start][end])
        start = moves[-1].taker
    return moves
