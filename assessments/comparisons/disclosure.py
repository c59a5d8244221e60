"""Which figures of councils that share their progress may be published without revealing one.

Pure functions, for the councils whose polls were in one week and for one stage. The rules are those
of review rounds (`rounds.disclosure`), but stricter, because quartiles do not add up as sums do:

1. A figure is about at least FEWEST councils, so that each of them sees at least FEWEST_OTHERS
   others. Groups of one publication never share a council, and there is no total of all groups.
2. Figures of earlier weeks can be compared with later ones. Councils that were counted in exactly
   the same groups, in all weeks, cannot be told apart by anything that was published; they are a
   class. Every class has at least FEWEST_IN_CLASS councils that still share. So councils join and
   leave the figures several at a time: if one withdraws, FEWEST_IN_CLASS more are left out, chosen
   at random. The choice depends on who shares, never on their figures.
3. Readers know some figures: those of their own council, and of every other council whose plan they
   can see. Each class, less what one reader knows, is empty or has at least FEWEST_IN_CLASS − 1
   councils. A reader is shown a group only if it has FEWEST_OTHERS councils whose plan they cannot
   see.
4. No class, less what one reader knows, has figures that are too similar: two of them are at least
   APART percentage points apart. So for every council that a reader does not know, two figures
   that far apart remain possible, whatever is calculated from all that was published.

Rules 2 to 4 assume the worst: that a council's figure did not change between publications. They
also assume that councils are real and that people do not tell each other what they know.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import chain
from statistics import quantiles

from assessments.rounds.disclosure import FEWEST as FEWEST_IN_CLASS

FEWEST_OTHERS = 5
FEWEST = FEWEST_OTHERS + 1
APART = 10  # percentage points
ROUNDED_TO = 5  # percentage points

Councils = frozenset[int]


@dataclass(frozen=True)
class CouncilProgress:
    """What one council shares of one stage. `completed` is a percentage of the actions it needs."""

    number: int
    type: str
    control: str
    completed: Fraction


@dataclass(frozen=True)
class ComparisonCell:
    """Councils that see the same figures. These are about `counted`, some of `councils`.

    `type` and `control` are what they have in common, or empty.
    """

    type: str
    control: str
    councils: Councils
    counted: Councils = frozenset()


@dataclass(frozen=True)
class Spread:
    """The quartiles of the percentages completed, each rounded to a multiple of ROUNDED_TO."""

    lower: int
    middle: int
    upper: int

    @classmethod
    def of(cls, percentages: Iterable[Fraction]) -> "Spread":
        """Return the spread of at least 2 percentages, with interpolated quartiles."""
        found = quantiles(sorted(percentages), n=4, method="inclusive")
        return cls(*(int(each / ROUNDED_TO + Fraction(1, 2)) * ROUNDED_TO for each in found))


def spreads_to_publish(
    sharing: Collection[CouncilProgress],
    earlier: Sequence[Councils] = (),
    known: Iterable[Councils] = (),
    *,
    lot: str = "",
) -> list[tuple[ComparisonCell, Spread]]:
    """Return what may be published of councils that share, after the sets of `earlier` were shown.

    `known` are the sets of councils whose plans one reader can see. `lot` seeds the random choice
    of councils to leave out.
    """
    readers = [frozenset(each) for each in known]
    chosen = cells_to_publish(sharing, earlier, readers, lot=lot)
    figures = {each.number: each.completed for each in sharing}
    shown = [cell.counted for cell in chosen]
    return [
        (cell, Spread.of(figures[number] for number in cell.counted))
        for cell in chosen
        if not shows_agreement(cell.counted, shown, earlier, figures, readers)
    ]


def cells_to_publish(
    sharing: Collection[CouncilProgress],
    earlier: Sequence[Councils] = (),
    known: Iterable[Councils] = (),
    *,
    lot: str = "",
) -> list[ComparisonCell]:
    """Return the cells that rules 1 to 3 allow: of the division that counts the most councils.

    Of divisions that count the same number, the one into the smallest cells.
    """
    here = frozenset(each.number for each in sharing)
    readers = [frozenset(each) for each in known]
    best: list[ComparisonCell] = []
    for division in divisions(sharing):
        chosen: list[ComparisonCell] = []
        for cell in division:
            before = [each.counted for each in chosen]
            for counted in _tries(cell.councils, here, earlier, lot):
                if is_allowed([*before, counted], earlier, here, readers):
                    chosen.append(ComparisonCell(cell.type, cell.control, cell.councils, counted))
                    break
        if _number_counted(chosen) > _number_counted(best):
            best = chosen
    return best


def divisions(sharing: Collection[CouncilProgress]) -> Iterator[list[ComparisonCell]]:
    """Yield the 3 ways to divide councils: by type and form of control, by type, not at all.

    The cells of a division never overlap. Too few of one kind are put together with others.
    """
    if len(sharing) < FEWEST:
        return
    by_type = _parts(sharing, "type")
    yield [
        _cell(part, type_, control)
        for type_, some in by_type
        for control, part in _parts(some, "control")
    ]
    yield [_cell(some, type_, _common(some, "control")) for type_, some in by_type]
    yield [_cell(sharing, _common(sharing, "type"), _common(sharing, "control"))]


def is_allowed(
    shown: Sequence[Councils],
    earlier: Sequence[Councils],
    sharing: Councils,
    known: Iterable[Councils] = (),
) -> bool:
    """Return whether rules 1 to 3 allow the sets of `shown` to be published together."""
    if any(len(councils) < FEWEST for councils in shown):
        return False
    sets = [*earlier, *shown]
    for councils in _touched(shown, earlier):
        if len(councils & sharing) < FEWEST_IN_CLASS:
            return False
        for reader in _readers_of(councils, sets, known):
            rest = councils - reader
            if rest and len(rest & sharing) < FEWEST_IN_CLASS - 1:
                return False
    return True


def shows_agreement(
    counted: Councils,
    shown: Sequence[Councils],
    earlier: Sequence[Councils],
    figures: dict[int, Fraction],
    known: Iterable[Councils] = (),
) -> bool:
    """Return whether a figure of `counted` could show that councils are alike, against rule 4.

    Only figures of councils that still share are used.
    """
    sets = [*earlier, *shown]
    overlapping = [councils for councils in sets if councils & counted]
    known = [*known, *(frozenset({number}) for number in figures)]
    for councils in _touched(shown, earlier):
        if not any(councils <= each for each in overlapping):
            continue
        for reader in [frozenset[int](), *_readers_of(councils, sets, known)]:
            rest = [figures[number] for number in councils - reader if number in figures]
            if councils - reader and (not rest or max(rest) - min(rest) < APART):
                return True
    return False


def _touched(shown: Sequence[Councils], earlier: Sequence[Councils]) -> Iterator[Councils]:
    """Yield the classes that are counted now, or that were not told apart before."""
    counted: Councils = frozenset(chain.from_iterable(shown))
    before = set(_classes(earlier))
    for councils in _classes([*earlier, *shown]):
        if councils & counted or councils not in before:
            yield councils


def _classes(sets: Iterable[Councils]) -> list[Councils]:
    """Return the councils that occur in `sets`, by the sets that they are in."""
    distinct = sorted(set(sets), key=sorted)
    patterns = defaultdict(set)
    for number in chain.from_iterable(distinct):
        patterns[tuple(number in councils for councils in distinct)].add(number)
    return [frozenset(councils) for councils in patterns.values()]


def _readers_of(
    councils: Councils, sets: Iterable[Councils], known: Iterable[Councils]
) -> list[Councils]:
    """Return what those readers know who know some of a class and can see a set that has it."""
    containing = [each for each in sets if councils <= each]
    return [
        reader
        for reader in known
        if reader & councils and any(len(each - reader) >= FEWEST_OTHERS for each in containing)
    ]


def _tries(
    cell: Councils, sharing: Councils, earlier: Sequence[Councils], lot: str
) -> Iterator[Councils]:
    """Yield the sets to try for a cell, those that leave out fewest councils first.

    A class that is no longer whole in the cell is kept back in part, so that those who are missing
    are among FEWEST_IN_CLASS others, or more if readers know some of them.
    """
    classes = _classes(earlier)
    new = cell.difference(*classes) if classes else cell
    found = set()
    for extra in range(FEWEST_IN_CLASS):
        old: set[int] = set()
        for councils in classes:
            old |= _kept(councils, cell, sharing, lot, extra)
        found |= {frozenset(old | new), frozenset(old), new}
    yield from sorted(
        (each for each in found if len(each) >= FEWEST), key=lambda each: (-len(each), sorted(each))
    )


def _kept(councils: Councils, cell: Councils, sharing: Councils, lot: str, extra: int) -> set[int]:
    """Return the councils of a class that can be counted again in `cell`."""
    here, elsewhere = councils & cell, councils - cell
    if not elsewhere:
        return set(here)
    left_out = max(0, FEWEST_IN_CLASS - len(elsewhere & sharing)) + extra
    drawn = sorted(here, key=lambda number: sha256(f"{lot}:{number}".encode()).digest())
    kept = set(drawn[left_out:])
    return kept if len(kept) >= FEWEST_IN_CLASS else set()


def _parts(
    sharing: Collection[CouncilProgress], key: str
) -> list[tuple[str, list[CouncilProgress]]]:
    """Divide councils by a field into parts of at least FEWEST, the largest first.

    What is left is one more part, which the smallest of the others join until it is large enough.
    """
    by_value = defaultdict(list)
    for each in sorted(sharing, key=lambda each: each.number):
        by_value[getattr(each, key)].append(each)
    parts = sorted(by_value.items(), key=lambda part: (-len(part[1]), part[0]))
    rest: list[CouncilProgress] = []
    while parts and (len(parts[-1][1]) < FEWEST or 0 < len(rest) < FEWEST):
        rest += parts.pop()[1]
    return [*parts, (_common(rest, key), rest)] if rest else parts


def _common(sharing: Collection[CouncilProgress], key: str) -> str:
    """Return the value of a field that all have, or an empty text."""
    values = {getattr(each, key) for each in sharing}
    return values.pop() if len(values) == 1 else ""


def _cell(sharing: Collection[CouncilProgress], type_: str, control: str) -> ComparisonCell:
    return ComparisonCell(type_, control, frozenset(each.number for each in sharing))


def _number_counted(cells: Iterable[ComparisonCell]) -> int:
    return sum(len(cell.counted) for cell in cells)
