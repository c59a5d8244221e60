"""Which figures and labels of a review round may be shown without revealing an individual's answer.

Pure functions. There are five rules.

1. Numbers are about at least FEWEST people. That includes numbers that follow by adding and
   subtracting: the total less two groups is the third group. So the sets of people whose figures
   are shown are chosen together. The rule holds across rounds as well, on the assumption that
   people who answered twice did not change their mind: if one person leaves between rounds, the
   later figure leaves out two more people, chosen at random, or is not shown. The choice depends
   on who answered and on SECRET_KEY, never on what they answered: someone who could repeat it would
   know whose answers the figure is about.
2. Readers know some answers: their own and, if they entered answers from paper, those, also if the
   sheet was removed or never submitted. Numbers less what one reader knows are about at least two
   people.
3. No figure shows that people agree. A set of people who all gave the same score is not shown,
   and neither is anything from which their sum would follow: a mean of 5.0 for three officers is
   the answer of each of them. The same holds less what one reader knows, for scores at an end of
   the scale or of a range that is shown, in this round or an earlier one, and for the difference
   between people at opposite ends. The range of fewer than FEWEST_WITH_RANGE people is not shown,
   and no median at all: with the mean, they are the answers of three people, and a median shows
   more of a few people to readers who know the others. A member of a group may still guess that the
   others agree with them; no one learns another person's score. Someone who knows these rules also
   knows which scores would have kept a figure back. So three people are not shown if one gave an
   end of the scale and both others the score next to it, and pages do not tell a figure kept back
   from one that fewer than FEWEST people would be in. Which of several groups are shown, or what
   several rounds keep back, can rarely still tell a score to someone who tries every way to score.
4. A range says that someone gave its lowest score, and someone its highest. The range of a set is
   not shown if other ranges, of any round, would show that it was one person, or one of two: if one
   person leaves and "1 to 5" becomes "2 to 5", they gave the 1. Less what one reader knows, it must
   be one of two at least.
5. Comments carry the name of a group only if at least FEWEST people could have written them, and
   so could the comments that carry none; less what one reader knows, at least two. People who
   agreed to be named are not counted for this: if only one or two did not agree, no names are
   shown.

The rules assume that the people invited are real, under their own names, and do not tell each other
what they answered. Who is the same person in several rounds is found out by `people`.

The choice of people and labels is made once, when a round closes, and kept with the round
(`Round.disclosure`): names, accounts and plans change later.
"""

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from itertools import combinations, groupby, zip_longest
from math import gcd
from statistics import mean

FEWEST = 3
FEWEST_WITH_RANGE = 5
LEFT_OUT_MAX = 20  # see `known_to_readers`
STRENGTHS = (1, 2, 3, 4, 5)
APART = 1  # the least difference between two group means that is pointed out


@dataclass(frozen=True)
class Given:
    """The score (1 to 5) that one person gave one component in one round.

    `entered_by` is the number of the person who entered it from paper; 0 if they did so themselves.
    """

    person: int
    group: str
    strength: int
    entered_by: int = 0


@dataclass(frozen=True)
class Measure:
    """The statistics of a set of scores, without the people who gave them.

    `lowest` and `highest` are None for fewer than FEWEST_WITH_RANGE people, and if rule 4 does not
    allow them.
    """

    strengths: tuple[int, ...]  # ascending
    may_have_range: bool = True

    @property
    def count(self):
        return len(self.strengths)

    @property
    def mean(self):
        """Return the mean to one decimal place, halves rounded up, as it is shown and compared."""
        return float(int(Fraction(mean(map(Fraction, self.strengths))) * 10 + Fraction(1, 2))) / 10

    @property
    def has_range(self):
        return self.may_have_range and self.count >= FEWEST_WITH_RANGE

    @property
    def lowest(self):
        return self.strengths[0] if self.has_range else None

    @property
    def highest(self):
        return self.strengths[-1] if self.has_range else None


@dataclass(frozen=True)
class Sets:
    """The sets of people whose figures are shown: the total, and some of the groups.

    `without_range` are those of them whose range is not shown although it has enough people.
    """

    total: frozenset = frozenset()
    groups: tuple[tuple[str, frozenset], ...] = ()
    without_range: frozenset = frozenset()

    @property
    def each(self):
        return [self.total, *(people for _, people in self.groups)] if self.total else []

    @property
    def ranged(self):
        """Return the sets whose range is shown."""
        return [people for people in _large(self.each) if people not in self.without_range]


@dataclass(frozen=True)
class Shown:
    """The figures shown for one component in one round; `measure` is None if they are not shown.

    `left_out` counts the answers that the measure does not include. `sets` are the people whose
    answers the figures are about.
    """

    answered: int
    measure: Measure | None = None
    groups: tuple[tuple[str, Measure], ...] = ()
    left_out: int = 0
    change: float | None = None
    sets: Sets = Sets()

    @property
    def apart(self):
        """Return the largest difference between group means; None with fewer than two groups."""
        means = [measure.mean for _, measure in self.groups]
        return round(max(means) - min(means), 1) if len(means) > 1 else None

    @property
    def differs(self):
        return self.apart is not None and self.apart >= APART


def shown_by_round(rounds, kept=(), plans=(), *, deleted=(), entered=None, perhaps=None, lots=()):
    """Return what is shown of one component in each of `rounds`.

    `rounds` are lists of Given, in the order in which the rounds closed. `kept` has the Sets that
    each of them has shown already, or None: what is shown of a round never changes, since the
    difference between two choices of people would reveal answers. `plans` has the plan of each. A
    change is from the previous round of the same plan: those who read it may not see other plans.
    `deleted` are the sets that were shown in rounds whose plans were deleted, whose scores are not
    known. `entered` has the people whose answers one person entered there, or on sheets that do not
    count, by that person. `perhaps` has those whose answers they may have entered, and those who
    they may be themselves.
    `lots` has a text for each round, which no reader can know, for the random choice of people.
    """
    found, earlier, before, scores = [], list(deleted), {}, {}
    ranged = _large(deleted)
    entered = {reader: {reader, *people} for reader, people in (entered or {}).items()}
    for number, (given, sets, plan, lot) in enumerate(zip_longest(rounds, kept, plans, lots)):
        scores |= {each.person: each.strength for each in given}
        here = {}
        for each in given:
            if each.entered_by:
                for all_ in (entered, here):
                    all_.setdefault(each.entered_by, {each.entered_by}).add(each.person)
        # A sheet of another round may be invented: who entered it would be taken to know answers
        # that they do not know. So what they entered in this round is also looked at alone.
        known = [*known_to_readers(entered, perhaps or {}), *map(frozenset, here.values())]
        if sets is None:
            sets = sets_to_show(given, earlier, lot=lot or number, known=known)
            sets = with_ranges(sets, ranged, known)
            sets = without_agreement(sets, earlier, scores, known, ranged)
        earlier += sets.each
        ranged += sets.ranged
        shown = _shown(given, sets, before.get(plan))
        before[plan] = shown.measure or before.get(plan)
        found.append(shown)
    return found


def known_to_readers(entered, perhaps):
    """Return the sets of people whose answers each reader may know, so that none of them is safe
    only if the reader knows more than they do.

    `entered` has the people whose answers a reader certainly knows, by their number, and `perhaps`
    those whose answers they may know. Someone who is taken to know an answer is not kept from
    learning it. So each of `perhaps` is also left out, as the only one whose answer they do not
    know: what follows for someone who knows fewer follows for them as well. Of more than
    LEFT_OUT_MAX people, who can be all those of a round, only all or none are taken to be known.
    """
    found = set()
    for reader in {*entered, *perhaps}:
        certain = frozenset(entered.get(reader, {reader}))
        all_ = certain.union(perhaps.get(reader, ()))
        found |= {certain, all_}
        if len(all_ - certain) <= LEFT_OUT_MAX:
            found |= {all_ - {other} for other in all_ - certain}
    return sorted(found, key=sorted)


def sets_to_show(given, earlier=(), *, lot=0, known=()):
    """Return the Sets of a round that rules 1 and 2 allow, after the sets of `earlier` were shown.

    Leaves out as few people as possible and then keeps as many as possible in groups that can be
    shown. `lot` seeds the random choice of people to leave out; a reader who knows it can work out
    who they are. `known` are the sets of people whose answers one reader knows. What follows for a
    reader from `earlier` cannot be taken back: it counts as known, and nothing else may follow.
    """
    known = [with_what_follows(people, earlier) for people in known]

    def allowed(sets):
        return is_safe(sets) and all(is_safe_for(people, sets) for people in known)

    for _, totals in groupby(_totals(given, earlier, lot, known), key=len):
        found = [
            _with_groups(given, total, earlier, allowed)
            for total in totals
            if allowed([*earlier, total])
        ]
        if found:
            return max(found, key=lambda sets: sum(len(people) for _, people in sets.groups))
    return Sets()


def is_safe(sets, fewest=FEWEST):
    """Return whether no sum over fewer than `fewest` people follows from sums over `sets`.

    A sum over some classes follows if their columns of `_relations` are not independent: one is
    zero, or two are multiples of each other. More than two are fewer than `fewest` people only if
    `fewest` is above 3.
    """
    classes = _classes(sets)
    columns = _relations(list(classes))
    few = {pattern: len(people) for pattern, people in classes.items() if len(people) < fewest}
    if not all(any(columns[pattern]) for pattern in few):
        return False
    alike = {}
    for pattern, size in few.items():
        alike.setdefault(_direction(columns[pattern]), []).append(size)
    if any(sum(sorted(sizes)[:2]) < fewest for sizes in alike.values() if len(sizes) > 1):
        return False
    return not any(
        sum(few[pattern] for pattern in some) < fewest
        and _rank([columns[pattern] for pattern in some]) < count
        for count in range(3, fewest)
        for some in combinations(few, count)
    )


def is_safe_for(known, sets):
    """Return whether a reader who knows the answers of `known` learns none of one other person."""
    return not _sums_over(frozenset(sets)).learned_by(known)


def with_what_follows(known, sets):
    """Return `known` with the people whose answers follow from sums over `sets` for someone who
    knows those of `known`.
    """
    sums = _sums_over(frozenset(sets))
    while found := sums.learned_by(known):
        known |= found
    return known


class _Sums:
    """What follows from sums over `sets` for readers who know the answers of some people.

    What anyone could use is calculated once: a reader only takes people out of a few classes.
    """

    def __init__(self, sets):
        self._classes = {pattern: frozenset(people) for pattern, people in _classes(sets).items()}
        self._relations = _relations(list(self._classes))
        self._class_of = {
            person: pattern for pattern, people in self._classes.items() for person in people
        }
        self._alone = {pattern for pattern, people in self._classes.items() if len(people) == 1}

    def learned_by(self, known):
        """Return the people, one by one, whose answers follow for who knows those of `known`."""
        touched = {self._class_of[person] for person in known if person in self._class_of}
        left = {pattern: self._classes[pattern] - known for pattern in touched}
        alone = {pattern: self._classes[pattern] for pattern in self._alone - touched}
        alone |= {pattern: people for pattern, people in left.items() if len(people) == 1}
        # A sum over one class follows if its relations do, less those of classes that are known.
        gone = _Span(self._relations[pattern] for pattern, people in left.items() if not people)
        found = (people for pattern, people in alone.items() if gone.has(self._relations[pattern]))
        return frozenset().union(*found)


def with_ranges(sets, earlier, known=()):
    """Return `sets` with the ranges that rule 4 allows, after the ranges of `earlier` were shown.

    The total comes first, then the groups, largest first. The choice does not depend on scores.
    """
    shown, kept_back = list(earlier), set()
    for people in sorted(set(_large(sets.each)), key=lambda people: (-len(people), sorted(people))):
        if adds_who_is_at_an_end(people, shown, known):
            kept_back.add(people)
        else:
            shown.append(people)
    return replace(sets, without_range=frozenset(kept_back))


def adds_who_is_at_an_end(people, ranged, known=()):
    """Return whether the range of `people` would show, with those of `ranged`, who is at an end.

    If the range of a set goes further than others, it does so because of someone in the set who is
    in none of those. Anyone may know the score of one person, themselves, and some readers those of
    all people in a set of `known`. What `ranged` show without the new range is disregarded.
    """
    if people in ranged:
        return False
    without = {}
    for each in {people, *ranged}:
        for person in each if each == people else each - people:
            if person not in without:
                others = (other for other in ranged if person not in other)
                without[person] = frozenset().union(*others)
            before = each - without[person] - {person}
            left = before if each == people else before - people
            if each != people and left == before:
                continue
            if len(left) < FEWEST - 1 or any(left <= k for k in known if person not in k):
                return True
    return False


def without_agreement(sets, earlier, scores, known=(), ranged=None):
    """Return `sets` without those that would show that some people all gave the same score.

    `earlier` are the sets shown in earlier rounds, and `ranged` those of them whose ranges were;
    `scores` has the latest score of each person, if it is known; `known` is as for `sets_to_show`.
    Groups are left out first, then everything. Leaving sets out never breaks the other rules.
    """

    def shows(each):
        ranges = [people for people in _large(each) if people not in sets.without_range]
        return shows_agreement(each, earlier, scores, known, ranges, ranged)

    if not sets.total or shows([sets.total]):
        return Sets()
    kept = []
    for name, people in sorted(sets.groups, key=lambda group: (-len(group[1]), group[0])):
        tried = [*kept, (name, people)]
        if not shows([sets.total, *(people for _, people in tried)]):
            kept = tried
    # A group that is the total less all others has a mean that follows: if it were kept back, that
    # would only say that its range shows too much.
    rest = sets.total.difference(*(people for _, people in kept))
    if kept and rest in {people for _, people in sets.groups}:
        kept.pop()
    return replace(sets, groups=tuple(sorted(kept)))


def shows_agreement(sets, earlier, scores, known=(), ranges=None, ranged=None):
    """Return whether sums over `sets` give a sum over people who all gave the same score.

    What follows only together with sums over the sets of `earlier` counts as well; what followed
    from only those does not, since it is about the scores that were given then. `ranges` are the
    sets whose ranges are shown too, and `ranged` those of `earlier`: all large ones, if None.
    """
    ranged = _large(earlier) if ranged is None else ranged
    ranges = [*ranged, *(_large(sets) if ranges is None else ranges)]
    everything = [*earlier, *sets]
    if _agreeing_sums(sets, scores) or (
        _agreeing_sums(everything, scores) > _agreeing_sums(earlier, scores)
    ):
        return True
    who = {*known, *_who_may_learn(sets, scores), *_who_may_learn(everything, scores)}
    alone = _ExtremeSums(sets, scores, ranges)
    after = _ExtremeSums(everything, scores, ranges)
    before = _ExtremeSums(everything, scores, _known_ranges(ranged, scores), over=earlier)
    return any(
        alone.known_to(one) or after.known_to(one) > before.known_to(one)
        for one in {frozenset(), *who}
    )


def _large(sets):
    """Return the sets with enough people for a range."""
    return [people for people in sets if len(people) >= FEWEST_WITH_RANGE]


def _who_may_learn(sets, scores):
    """Yield, each as a set, the people who could learn from their own score that others agree.

    Anyone else sees people and scores divided by `sets` as an outsider does.
    """
    for people in _classes(sets).values():
        for person in people:
            own, rest = scores.get(person), {scores.get(each) for each in people if each != person}
            differs = own is None or None in rest or own not in rest
            if len(people) == 1 or (len(rest - {None}) <= 1 and differs):
                yield frozenset({person})


def _agreeing_sums(sets, scores):
    """Count the independent sums that follow over people of one score.

    Classes that agree on a score count together, so that two groups who agree are covered. People
    whose score is not known may have given any.
    """
    relations, _, left = _left(sets, frozenset())
    agreed = {}
    for pattern, people in left.items():
        given = {scores.get(person) for person in people} - {None}
        if len(given) < 2:
            for strength in given or STRENGTHS:
                agreed.setdefault(strength, []).append(pattern)
    return sum(_fall(relations, patterns) for patterns in agreed.values())


class _ExtremeSums:
    """The sums that follow over people who gave the most they could, or the least.

    Such a sum can be reached in one way only. Classes at different ends count together, since a sum
    can take one from the other. The classes are those of `sets`; the sums follow from sums over
    `over`, or over `sets`. What anyone can reach is calculated once: a reader who knows answers
    only adds to it.
    """

    def __init__(self, sets, scores, ranges, *, over=None):
        self._scores = scores
        self._ends = [(people, _range(people, scores)) for people in set(ranges)]
        classes, _ = _classes_and_relations(frozenset(sets))
        self._class_of = {
            person: frozenset(people) for people in classes.values() for person in people
        }
        at_end = filter(self._is_at_end, set(self._class_of.values()))
        self._at_end = frozenset().union(*at_end)
        self._over, self._relations = _classes_and_relations(
            frozenset(sets if over is None else over)
        )
        self._patterns = {p for p, people in self._over.items() if self._at_end.issuperset(people)}
        self._span = _Span(self._relations[pattern] for pattern in self._patterns)

    def known_to(self, without):
        """Count the independent sums of a reader who knows the answers of `without`."""
        touched = {self._class_of[person] for person in without if person in self._class_of}
        some = self._at_end.difference(*touched)
        left = ((people - without, people & without) for people in touched)
        known = (rest for rest, own in left if self._is_at_end(rest) or self._is_near(rest, own))
        some = some.union(*known)
        gone, found = [], []
        for pattern, people in self._over.items():
            left = [person for person in people if person not in without]
            if not left:
                gone.append(pattern)
            elif some.issuperset(left):
                found.append(pattern)
        return self._fall({*gone, *found}) - _fall(self._relations, gone)

    def _is_at_end(self, people):
        """Return whether people of one class are at an end of what they could give."""
        given = {self._scores.get(person) for person in people} - {None}
        lowest, highest, is_any = self._between(people)
        return (is_any and len(given) < 2) or given <= {lowest} or given <= {highest}

    def _is_near(self, rest, own):
        """Return whether two people are one from an end that all others of their class are at.

        If the two differed, one of them would be at the end too, and nothing would be shown: the
        other would learn what all had given. Someone who knows `own` can conclude that they agree.
        """
        if len(rest) != 2 or not own:
            return False
        lowest, highest, _ = self._between(rest | own)
        given = {self._scores.get(person) for person in rest}
        known = {self._scores.get(person) for person in own}
        return (known, given) in (({lowest}, {lowest + 1}), ({highest}, {highest - 1}))

    def _between(self, people):
        """Return the least and the most that people of one class could give, and whether a range
        that is not known could make it narrower.

        That is an end of the scale, or of the narrowest ranges shown of sets that they are in.
        """
        of_them = [between for others, between in self._ends if others.issuperset(people)]
        lows, highs = zip((STRENGTHS[0], STRENGTHS[-1]), *filter(None, of_them), strict=True)
        return max(lows), min(highs), None in of_them

    def _fall(self, patterns):
        """Do the same as the function, from what has been calculated."""
        if not self._patterns <= patterns:
            return _fall(self._relations, list(patterns))
        more = (self._relations[pattern] for pattern in patterns - self._patterns)
        return len(patterns) - self._span.rank_with(more)


def _known_ranges(ranged, scores):
    return [people for people in ranged if _range(people, scores)]


def _range(people, scores):
    """Return the lowest and highest score of some people; None if not all are known."""
    given = {scores.get(person) for person in people}
    return None if None in given else (min(given), max(given))


def _left(sets, without):
    """Return the relations of sets, the patterns of which only `without` are, and all others with
    the people who are left."""
    classes, relations = _classes_and_relations(frozenset(sets))
    left = {
        pattern: [person for person in people if person not in without]
        for pattern, people in classes.items()
    }
    gone = [pattern for pattern, people in left.items() if not people]
    return relations, gone, {pattern: people for pattern, people in left.items() if people}


@lru_cache(maxsize=8)
def _sums_over(sets):
    return _Sums(sets)


@lru_cache(maxsize=8)
def _classes_and_relations(sets):
    classes = _classes(sets)
    return classes, _relations(list(classes))


def _fall(relations, patterns):
    """Return by how much the rank falls when some patterns are taken out.

    That is how many independent sums follow over the people of these classes only. A sum that
    follows is a linear combination of the sets, and the people of a class count alike in every
    set, so it is a combination that leaves all other classes out.
    """
    return len(patterns) - _rank([relations[pattern] for pattern in patterns])


def _classes(sets):
    """Return the people by the sets they are in: a pattern of booleans, one for each set."""
    sets = [people for people in set(sets) if people]
    classes = {}
    for person in frozenset().union(*sets):
        classes.setdefault(tuple(person in people for people in sets), []).append(person)
    return classes


def _relations(patterns):
    """Return, by pattern, its column of a basis of the relations between patterns.

    A relation is a combination of patterns, as columns of booleans, that is zero. Without some of
    the patterns, the rank falls by as many as the columns of these lack of being independent.
    """
    rows, pivots = [[int(p[n]) for p in patterns] for n in range(len(next(iter(patterns), ())))], []
    for column in range(len(patterns)):
        place = len(pivots)
        found = next((n for n in range(place, len(rows)) if rows[n][column]), None)
        if found is None:
            continue
        rows[place], rows[found] = rows[found], rows[place]
        pivot = rows[place]
        for n, row in enumerate(rows):
            if n != place and row[column]:
                rows[n] = _reduced(row, pivot, column)
        pivots.append(column)
    free = [column for column in range(len(patterns)) if column not in set(pivots)]
    found = {patterns[column]: [int(each == column) for each in free] for column in free}
    for row, column in zip(rows, pivots, strict=False):
        found[patterns[column]] = [-row[each] for each in free]  # times row[column]
    return found


def _reduced(row, pivot, column):
    """Return a multiple of `row` less one of `pivot`, in whole numbers, zero in `column`."""
    by, factor = pivot[column], row[column]
    row = [by * a - factor * b for a, b in zip(row, pivot, strict=True)]
    divisor = gcd(*row)
    return [a // divisor for a in row] if divisor > 1 else row


def _direction(column):
    """Return a column of whole numbers as the shortest of its multiples that begins above zero."""
    divisor = gcd(*column) if next(filter(None, column)) > 0 else -gcd(*column)
    return tuple(each // divisor for each in column)


def _totals(given, earlier, lot, known):
    """Return the sets to try as the total, largest first: everyone, then with people left out.

    People to leave out are chosen at random from everyone or, as far as possible, from one group.
    They are also tried as those whose answers a reader knows, or does not know. Among sets of one
    size, the order is random too: the numbers of people say in which order they were invited.
    """
    everyone = frozenset(each.person for each in given)
    drawn = sorted(given, key=lambda each: _drawn(lot, each.person))
    tries = set()
    for group in {"", *(each.group for each in given)} if earlier else {""}:
        order = [each.person for each in sorted(drawn, key=lambda each: each.group != group)]
        tries |= {frozenset(order[count:]) for count in range(len(order) - FEWEST + 1)}
    tries |= {everyone & people for people in (*earlier, *known)}
    tries |= {everyone - people for people in known}
    tries = {people for people in tries if len(people) >= FEWEST}
    return sorted(tries, key=lambda people: (-len(people), _drawn(lot, *sorted(people))))


def _drawn(lot, *people):
    """Return a sort key of people that is random to everyone who does not know `lot`."""
    return sha256(":".join(map(str, (lot, *people))).encode()).digest()


def _with_groups(given, total, earlier, allowed):
    chosen = []
    for name, people in _groups(given, total):
        if allowed([*earlier, total, *(other for _, other in chosen), people]):
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


class _Span:
    """Rows of whole numbers in echelon form, to which others can be compared, computed exactly."""

    def __init__(self, rows):
        self._pivots = {}  # by column; each is zero in the columns of those before it
        for row in rows:
            self._add(self._pivots, row)

    def has(self, row):
        """Return whether a row is a combination of these."""
        for column, pivot in self._pivots.items():
            if row[column]:
                row = _reduced(row, pivot, column)
        return not any(row)

    def rank_with(self, rows):
        """Return the rank of these rows and `rows` together."""
        pivots = dict(self._pivots)
        for row in rows:
            self._add(pivots, row)
        return len(pivots)

    @staticmethod
    def _add(pivots, row):
        for column, pivot in pivots.items():
            if row[column]:
                row = _reduced(row, pivot, column)
        column = next((place for place, each in enumerate(row) if each), None)
        if column is not None:
            pivots[column] = row


def _rank(rows):
    """Return the rank of a matrix of whole numbers, computed exactly."""
    rows = [list(map(int, row)) for row in rows if any(row)]
    if rows and len(rows) > len(rows[0]):
        rows = list(map(list, zip(*rows, strict=True)))
    rank = 0
    while rows:
        pivot = rows.pop()
        column = next((place for place, each in enumerate(pivot) if each), None)
        if column is not None:
            rank += 1
            rows = [_reduced(row, pivot, column) if row[column] else row for row in rows]
    return rank


def _shown(given, sets, before):
    if not sets.total:
        return Shown(answered=len(given))
    measure = _measure(given, sets.total, sets)
    return Shown(
        answered=len(given),
        measure=measure,
        groups=tuple((name, _measure(given, people, sets)) for name, people in sets.groups),
        left_out=len(given) - measure.count,
        change=round(measure.mean - before.mean, 1) if before else None,
        sets=sets,
    )


def _measure(given, people, sets):
    strengths = sorted(each.strength for each in given if each.person in people)
    return Measure(tuple(strengths), people not in sets.without_range)


# --- Words ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Voice:
    """A person who answered a component, with or without comments.

    `entered_by` is as in Given.
    """

    group: str
    may_be_named: bool
    person: int = 0
    entered_by: int = 0


@dataclass(frozen=True)
class Labels:
    """Which labels can be shown beside the comments on one component."""

    is_shown: bool
    with_names: bool = False
    groups: frozenset = frozenset()


def labels_for(voices, perhaps=None):
    """Return the Labels for a component; `voices` are all the people who answered it.

    `perhaps` is as for `shown_by_round`.
    """
    # What an outsider sees, and what is left of it to each person who entered answers from paper.
    views = [(voices, FEWEST)]
    entered = {voice.entered_by: {voice.entered_by} for voice in voices if voice.entered_by}
    for voice in voices:
        if voice.entered_by:
            entered[voice.entered_by].add(voice.person)
    for known in known_to_readers(entered, perhaps or {}):
        views.append(([each for each in voices if each.person not in known], FEWEST - 1))
    if len(voices) < FEWEST or any(_is_few(some, fewest) for some, fewest in views):
        return Labels(is_shown=False)
    unnamed = [([each for each in some if not each.may_be_named], n) for some, n in views]
    with_names = not any(_is_few(some, fewest) for some, fewest in unnamed)
    pools = [([voice.group for voice in some], n) for some, n in (unnamed if with_names else views)]
    sizes = Counter(pools[0][0])
    labelled = [
        name
        for name in sorted(sizes, key=sizes.get)
        if not any(_is_few([each for each in some if each == name], n) for some, n in pools)
    ]
    while labelled and any(
        _is_few([each for each in some if each not in labelled], n) for some, n in pools
    ):
        labelled.pop(0)  # more people could then have written the comments without a label
    return Labels(True, with_names, frozenset(labelled))


def _is_few(people, fewest):
    return 0 < len(people) < fewest
