"""Which figures and labels of a review round may be shown without revealing an individual's answer.

Pure functions. There are three rules.

1. Numbers are about at least FEWEST people. That includes numbers that follow by adding and
   subtracting: the total less two groups is the third group. So the sets of people whose figures
   are shown are chosen together. The rule holds across rounds as well, on the assumption that
   people who answered twice did not change their mind: if one person leaves between rounds, the
   later figure leaves out two more people, chosen at random, or is not shown. The choice depends
   on who answered, never on what they answered.
2. No figure shows that people agree. A set of people who all gave the same score is not shown,
   and neither is anything from which their sum would follow: a mean of 5.0 for three officers is
   the answer of each of them. A member of such a group may still guess that the others agree with
   them; no one else learns the score.
3. Comments carry the name of a group only if at least FEWEST people could have written them, and
   so could the comments that carry none. People who agreed to be named are not counted for this:
   if only one or two did not agree, no names are shown.
"""

from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import combinations, groupby
from statistics import mean, median

FEWEST = 3
STRENGTHS = (1, 2, 3, 4, 5)
APART = 1  # the least difference between two group means that is pointed out


@dataclass(frozen=True)
class Given:
    """The score (1 to 5) that one person gave one component in one round."""

    person: int
    group: str
    strength: int


@dataclass(frozen=True)
class Measure:
    """The statistics of a set of scores, without the people who gave them."""

    strengths: tuple[int, ...]  # ascending

    @property
    def count(self):
        return len(self.strengths)

    @property
    def mean(self):
        """Return the mean to one decimal place, halves rounded up, as it is shown and compared."""
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
    """The sets of people whose figures are shown: the total, and some of the groups."""

    total: frozenset = frozenset()
    groups: tuple[tuple[str, frozenset], ...] = ()

    @property
    def each(self):
        return [self.total, *(people for _, people in self.groups)] if self.total else []


@dataclass(frozen=True)
class Shown:
    """The figures shown for one component in one round; `measure` is None if they are not shown.

    `left_out` counts the answers that the measure does not include.
    """

    answered: int
    measure: Measure | None = None
    groups: tuple[tuple[str, Measure], ...] = ()
    left_out: int = 0
    change: float | None = None

    @property
    def apart(self):
        """Return the largest difference between group means; None with fewer than two groups."""
        means = [measure.mean for _, measure in self.groups]
        return round(max(means) - min(means), 1) if len(means) > 1 else None

    @property
    def differs(self):
        return self.apart is not None and self.apart >= APART


def shown_by_round(rounds):
    """Return what is shown of one component in each of `rounds`.

    `rounds` are lists of Given, in the order in which the rounds closed.
    """
    found, earlier, before, scores = [], [], None, {}
    for number, given in enumerate(rounds):
        scores |= {each.person: each.strength for each in given}
        sets = without_agreement(sets_to_show(given, earlier, lot=number), earlier, scores)
        earlier += sets.each
        shown = _shown(given, sets, before)
        before = shown.measure or before
        found.append(shown)
    return found


def sets_to_show(given, earlier=(), *, lot=0):
    """Return the Sets of a round that rule 1 allows, once the sets of `earlier` have been shown.

    Leaves out as few people as possible and then keeps as many as possible in groups that can be
    shown. `lot` seeds the random choice of people to leave out.
    """
    for _, totals in groupby(_totals(given, earlier, lot), key=len):
        found = [_with_groups(given, t, earlier) for t in totals if is_safe([*earlier, t])]
        if found:
            return max(found, key=lambda sets: sum(len(people) for _, people in sets.groups))
    return Sets()


def is_safe(sets):
    """Return whether no sum over fewer than FEWEST people follows from sums over `sets`."""
    classes = _classes(sets)
    few = [pattern for pattern, people in classes.items() if len(people) < FEWEST]
    return not any(
        sum(len(classes[pattern]) for pattern in some) < FEWEST and _sums_about(classes, some)
        for count in range(1, FEWEST)
        for some in combinations(few, count)
    )


def without_agreement(sets, earlier, scores):
    """Return `sets` without those that would show that some people all gave the same score.

    `earlier` are the sets shown in earlier rounds; `scores` has the latest score of each person.
    Groups are left out first, then everything. Leaving sets out never breaks rule 1.
    """
    if not sets.total or shows_agreement([sets.total], earlier, scores):
        return Sets()
    kept = []
    for name, people in sorted(sets.groups, key=lambda group: (-len(group[1]), group[0])):
        tried = [*kept, (name, people)]
        if not shows_agreement([sets.total, *(each for _, each in tried)], earlier, scores):
            kept = tried
    return Sets(sets.total, tuple(sorted(kept)))


def shows_agreement(sets, earlier, scores):
    """Return whether sums over `sets` give a sum over people who all gave the same score.

    What follows only together with sums over the sets of `earlier` counts as well; what followed
    from those alone does not, since it is about the scores that were given then.
    """
    return _agreeing_sums(sets, scores) > 0 or (
        _agreeing_sums([*earlier, *sets], scores) > _agreeing_sums(earlier, scores)
    )


def _agreeing_sums(sets, scores):
    """Count the independent sums that follow over people of one score.

    Classes that agree on a score count together, so that two groups who agree are covered.
    """
    classes = _classes(sets)
    agreed = {}
    for pattern, people in classes.items():
        given = {scores[person] for person in people}
        if len(given) == 1:
            agreed.setdefault(given.pop(), []).append(pattern)
    return sum(_sums_about(classes, patterns) for patterns in agreed.values())


def _classes(sets):
    """Return the people by the sets they are in: a pattern of booleans, one for each set."""
    sets = [people for people in set(sets) if people]
    classes = {}
    for person in frozenset().union(*sets):
        classes.setdefault(tuple(person in people for people in sets), []).append(person)
    return classes


def _sums_about(classes, some):
    """Count the independent sums that follow over people of the classes `some` only.

    A sum that follows is a linear combination of the sets. The people of a class count alike in
    every set, so the combinations that leave all other classes out are as many as the rank falls
    by when `some` are taken out.
    """
    rest = [pattern for pattern in classes if pattern not in some]
    return _rank(list(classes)) - _rank(rest)


def _totals(given, earlier, lot):
    """Return the sets to try as the total, largest first: everyone, then with people left out.

    People to leave out are chosen at random from everyone or, as far as possible, from one group.
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
    """Return the groups with at least FEWEST people in `total`, largest first."""
    groups = {}
    for each in given:
        if each.person in total:
            groups.setdefault(each.group, set()).add(each.person)
    found = [(name, frozenset(people)) for name, people in groups.items() if len(people) >= FEWEST]
    return sorted(found, key=lambda group: (-len(group[1]), group[0]))


def _rank(rows):
    """Return the rank of a matrix of whole numbers, computed exactly."""
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
    """A person who answered a component, with or without comments."""

    group: str
    may_be_named: bool


@dataclass(frozen=True)
class Labels:
    """Which labels can be shown beside the comments on one component."""

    is_shown: bool
    with_names: bool = False
    groups: frozenset = frozenset()


def labels_for(voices):
    """Return the Labels for a component; `voices` are all the people who answered it."""
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
        labelled.pop(0)  # more people could then have written the comments without a label
    return Labels(True, with_names, frozenset(labelled))
