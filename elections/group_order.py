"""Tables in which a larger group does not have fewer seats on a body than a smaller one."""

from collections.abc import Iterable, Sequence

from .rounding import Table

# How many tables are tried in search of one that keeps the order of the groups; fewer if large.
TRIAL_BUDGET, MIN_TRIALS, MAX_TRIALS = 400_000, 40, 150


class GroupOrder:
    """The order of the groups by their members, and a search for tables that keep it.

    `unequal` has the columns of every larger group with those of each smaller party. `close` has,
    for each cell of the table, the fewest and the most seats that are less than one from its share.
    """

    def __init__(
        self,
        unequal: Sequence[tuple[int, int]],
        close: Sequence[Sequence[tuple[int, int]]],
    ) -> None:
        self.unequal, self.close = unequal, close

    def out_of_order(self, seats: Sequence[int]) -> list[tuple[int, int]]:
        """Pairs of a larger group and a smaller party that has more seats on a body than it."""
        return [pair for pair in self.unequal if seats[pair[0]] < seats[pair[1]]]

    def disorder(self, table: Table) -> tuple[int, int]:
        """How many cells are a whole seat or more from their share, how many bodies in disorder."""
        far = bodies = 0
        for values, close in zip(table.values, self.close, strict=True):
            for value, (least, most) in zip(values, close, strict=True):
                far += not least <= value <= most
            bodies += any(values[larger] < values[smaller] for larger, smaller in self.unequal)
        return far, bodies

    def improved(self, table: Table) -> Table:
        """Return a table with fewer bodies on which a larger group has fewer seats.

        Such a table must be near-equal: the sum of squared differences is greater by less than 1
        for each body put in order, and no more cells are a whole seat or more from their share.
        A search by steps, breadth first: of the steps from one table, the one with the fewest such
        bodies is taken, then the one with the smallest differences. The search is bounded.
        """
        columns = len(table.values[0])
        trials = TRIAL_BUDGET // (len(table.values) * columns**2 + columns**3)
        trials = min(max(trials, MIN_TRIALS), MAX_TRIALS)
        far, bodies = self.disorder(table)
        begun, closest, one = bodies, table.distance(), table.scale**2
        queue, seen = [table], {_cells_of(table)}
        while bodies and queue and trials > 0:
            found: tuple[tuple[int, int], Table] | None = None
            for other in self._steps(queue.pop(0)):
                trials -= 1
                cells, more = _cells_of(other), other.distance() - closest
                now_far, now_bodies = self.disorder(other)
                if cells not in seen and now_far <= far and more < begun * one:
                    seen.add(cells)
                    key = (now_bodies, more)
                    if now_bodies < bodies and more < (begun - now_bodies) * one:
                        if found is None or key < found[0]:
                            found = key, other
                    elif now_bodies <= bodies:
                        queue.append(other)
                if trials <= 0:
                    break
            if found is not None:
                table = found[1]
                far, bodies = self.disorder(table)
                queue = [table]
        return table

    def _steps(self, table: Table) -> Iterable[Table]:
        """Tables with a seat less for a smaller party, a seat more for a larger group, or both."""
        tried: set[tuple[int, int, int]] = set()
        for place, values in enumerate(table.values):
            for larger, smaller in self.out_of_order(values):
                less = None
                if (place, smaller, -1) not in tried:
                    tried.add((place, smaller, -1))
                    less = table.with_less(place, smaller)
                    if less is not None:
                        yield less
                if (place, larger, 1) not in tried:
                    tried.add((place, larger, 1))
                    more = table.with_more(place, larger)
                    if more is not None:
                        yield more
                if less is not None and less.values[place][larger] == values[larger]:
                    both = less.with_more(place, larger)
                    if both is not None:
                        yield both


def _cells_of(table: Table) -> tuple[tuple[int, ...], ...]:
    return tuple(map(tuple, table.values))
