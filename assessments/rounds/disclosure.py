"""What may be shown of the answers to rounds, so that nobody's own comes out. Pure functions.

Numbers. A number is about a set of people, and is shown only if that set has at least FEWEST. From
several numbers others follow by adding and subtracting: all less two groups is the third. So what
is shown is chosen as a whole: from all of it together, whatever is added or subtracted, nothing may
follow about fewer than FEWEST people. That holds from one round to the next as well, even if nobody
who answered both changed their mind: if one person is gone, the number of the later round leaves
out two others, drawn by lot, or it is not shown. What earlier rounds have shown cannot be taken
back, so the later one gives way. Who is left out depends on who answered, never on what they said.

Words. They carry a group's name only where those who could have written them are at least FEWEST,
and so are all the others whose words then stand without one. Whoever chose to be named is no cover
for the rest: where only one or two did not, nobody's name is shown.
"""

from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import combinations, groupby
from statistics import mean, median

FEWEST = 3
STRENGTHS = (1, 2, 3, 4, 5)
APART = 1  # how far apart the means of two groups are before they are said to differ


@dataclass(frozen=True)
class Given:
    """The strength that one person gave one component in one round."""

    person: int
    group: str
    strength: int


@dataclass(frozen=True)
class Measure:
    """What a set of strengths comes to. It does not know whose they are."""

    strengths: tuple[int, ...]  # in order of size

    @property
    def count(self):
        return len(self.strengths)

    @property
    def mean(self):
        """To one decimal, halves upwards: what a person reads is what is compared."""
        return float(int(Fraction(mean(map(Fraction, self.strengths))) * 10 + Fraction(1, 2))) / 10

    @property
    def median(self):
        return median(self.strengths)

    @property
    def lowest(self):
        return self.strengths[0]

    @property
    def highest(self):
        return self.strengths[-1]


@dataclass(frozen=True)
class Sets:
    """The sets of people that numbers are shown of: all together, and some of the groups."""

    total: frozenset = frozenset()
    groups: tuple[tuple[str, frozenset], ...] = ()

    @property
    def each(self):
        return [self.total, *(people for _, people in self.groups)] if self.total else []


@dataclass(frozen=True)
class Shown:
    """What is shown of one component in one round: `measure` is None where it is kept back.

    `left_out` is how many answers the measure leaves out.
    """

    answered: int
    measure: Measure | None = None
    groups: tuple[tuple[str, Measure], ...] = ()
    left_out: int = 0
    change: float | None = None

    @property
    def apart(self):
        """How far apart the two groups are that differ most; None with fewer than two groups."""
        means = [measure.mean for _, measure in self.groups]
        return round(max(means) - min(means), 1) if len(means) > 1 else None

    @property
    def differs(self):
        return self.apart is not None and self.apart >= APART


def shown_by_round(rounds):
    """What is shown of one component in each of `rounds`, lists of Given in order of closing."""
    found, earlier, before = [], [], None
    for number, given in enumerate(rounds):
        sets = sets_to_show(given, earlier, lot=number)
        earlier += sets.each
        shown = _shown(given, sets, before)
        before = shown.measure or before
        found.append(shown)
    return found


def sets_to_show(given, earlier=(), *, lot=0):
    """Whose strengths a round's numbers are about, after numbers about the sets of `earlier`.

    `lot` names the draw of whom to leave out. As few as will do; of the ways to do so the one that
    leaves most people in groups that can be shown.
    """
    for _, totals in groupby(_totals(given, earlier, lot), key=len):
        found = [_with_groups(given, t, earlier) for t in totals if is_safe([*earlier, t])]
        if found:
            return max(found, key=lambda sets: sum(len(people) for _, people in sets.groups))
    return Sets()


def is_safe(sets):
    """Whether from sums over these sets of people no sum over fewer than FEWEST follows.

    A sum that follows is a combination of the sets. People who are in the same sets count alike in
    every one of them, so a combination is about few people only if it is about whole classes of
    such people, and it is about nobody else if the sets without these classes have a lower rank.
    """
    sets = [people for people in set(sets) if people]
    classes = {}
    for person in frozenset().union(*sets):
        pattern = tuple(person in people for people in sets)
        classes[pattern] = classes.get(pattern, 0) + 1
    full = _rank(list(classes))
    few = [pattern for pattern, size in classes.items() if size < FEWEST]
    for count in range(1, FEWEST):
        for left in combinations(few, count):
            if sum(classes[pattern] for pattern in left) < FEWEST:
                rest = [pattern for pattern in classes if pattern not in left]
                if _rank(rest) < full:
                    return False
    return True


def _totals(given, earlier, lot):
    """Sets to try for all together, largest first: everyone, some left out, those of before.

    Whoever is left out is drawn from all or, as far as it goes, from one group.
    """
    everyone = frozenset(each.person for each in given)
    drawn = sorted(given, key=lambda each: sha256(f"{lot}:{each.person}".encode()).digest())
    tries = set()
    for group in {"", *(each.group for each in given)} if earlier else {""}:
        order = [each.person for each in sorted(drawn, key=lambda each: each.group != group)]
        tries |= {frozenset(order[count:]) for count in range(len(order) - FEWEST + 1)}
    tries |= {everyone & people for people in earlier if len(everyone & people) >= FEWEST}
    return sorted(tries, key=lambda people: (-len(people), sorted(people)))


def _with_groups(given, total, earlier):
    chosen = []
    for name, people in _groups(given, total):
        if is_safe([*earlier, total, *(other for _, other in chosen), people]):
            chosen.append((name, people))
    return Sets(total, tuple(sorted(chosen)))


def _groups(given, total):
    """The groups that are large enough, largest first, as far as they are in `total`."""
    groups = {}
    for each in given:
        if each.person in total:
            groups.setdefault(each.group, set()).add(each.person)
    found = [(name, frozenset(people)) for name, people in groups.items() if len(people) >= FEWEST]
    return sorted(found, key=lambda group: (-len(group[1]), group[0]))


def _rank(rows):
    """Of a matrix of whole numbers, exactly."""
    rows, rank = [list(map(int, row)) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows[rank:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(rank, pivot)
        for n in range(rank + 1, len(rows)):
            factor, by = rows[n][column], pivot[column]
            rows[n] = [by * a - factor * b for a, b in zip(rows[n], pivot, strict=True)]
        rank += 1
    return rank


def _shown(given, sets, before):
    if not sets.total:
        return Shown(answered=len(given))
    measure = _measure(given, sets.total)
    return Shown(
        answered=len(given),
        measure=measure,
        groups=tuple((name, _measure(given, people)) for name, people in sets.groups),
        left_out=len(given) - measure.count,
        change=round(measure.mean - before.mean, 1) if before else None,
    )


def _measure(given, people):
    return Measure(tuple(sorted(each.strength for each in given if each.person in people)))


# --- Words ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Voice:
    """Somebody who answered a component, whether or not in words."""

    group: str
    may_be_named: bool


@dataclass(frozen=True)
class Labels:
    """What may stand beside the words that people wrote of one component."""

    is_shown: bool
    with_names: bool = False
    groups: frozenset = frozenset()


def labels_for(voices):
    """`voices` are all who answered the component."""
    if len(voices) < FEWEST:
        return Labels(is_shown=False)
    unnamed = [voice for voice in voices if not voice.may_be_named]
    with_names = not 0 < len(unnamed) < FEWEST
    if not with_names:
        unnamed = voices
    sizes = {}
    for voice in unnamed:
        sizes[voice.group] = sizes.get(voice.group, 0) + 1
    labelled = sorted((name for name in sizes if sizes[name] >= FEWEST), key=sizes.get)
    while labelled and 0 < len(unnamed) - sum(sizes[name] for name in labelled) < FEWEST:
        labelled.pop(0)  # its words join the others', so that they are not one or two people's
    return Labels(True, with_names, frozenset(labelled))
