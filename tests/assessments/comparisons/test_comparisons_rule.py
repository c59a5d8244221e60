"""Attacks on the comparison with other councils: nothing published reveals one council's figure."""

from fractions import Fraction
from itertools import combinations_with_replacement, product
from math import comb, floor, prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import integers

from assessments.comparisons.disclosure import (
    FEWEST_OTHERS,
    CouncilProgress,
    cells_to_publish,
    divisions,
    spreads_to_publish,
)

CERTAIN = 10  # percentage points: a figure known more closely than this is revealed
LEVELS = (0, 5, 50, 100)  # percentages; the first two are too close to count as different


def sharing(figures, *, types=None, controls=None):
    """`sharing([0, 50, 100])`: councils are numbered from 1; `types` and `controls` are letters."""
    return [
        CouncilProgress(
            number, types[number - 1] if types else "", controls[number - 1] if controls else "", of
        )
        for number, of in enumerate(map(Fraction, figures), 1)
    ]


def only(rows, numbers):
    return [each for each in rows if each.number in numbers]


def figures_published(weeks, known=()):
    """Return all that weeks of sharing publish: the councils counted, spread, and rows of each."""
    found = []
    for rows in weeks:
        earlier = [councils for councils, *_ in found]
        cells = spreads_to_publish(rows, earlier, known)
        found += [(cell.counted, spread, rows) for cell, spread in cells]
    return found


def published_in(weeks, known=()):
    return [(councils, spread) for councils, spread, _ in figures_published(weeks, known)]


# --- The attacker: tries every figure that each council could have --------------------------------


def quartiles(percentages):
    """Return the published figures of some percentages; written apart from the product's own."""
    ordered = sorted(percentages)
    found = []
    for quarter in (1, 2, 3):
        whole, part = divmod(quarter * (len(ordered) - 1), 4)
        above = ordered[min(whole + 1, len(ordered) - 1)]
        exact = ordered[whole] + Fraction(part, 4) * (above - ordered[whole])
        found.append(floor(exact / 5 + Fraction(1, 2)) * 5)
    return tuple(found)


def learned(published, reader=frozenset()):
    """Return the councils whose figure a reader knows to within CERTAIN.

    The reader knows which councils every figure is about, the figures of the councils in `reader`
    in every week, and that no other figure ever changed. They are shown the groups in which they
    know few enough.
    """
    shown = []
    for councils, spread, rows in published:
        if len(councils - reader) >= FEWEST_OTHERS:
            mine = [row.completed for row in rows if row.number in councils & reader]
            shown.append((councils, (spread.lower, spread.middle, spread.upper), mine))
    classes = {}
    for number in sorted(set().union(*(councils for councils, *_ in shown)) - reader):
        pattern = tuple(number in councils for councils, *_ in shown)
        classes.setdefault(pattern, []).append(number)
    assume(prod(comb(len(some) + len(LEVELS) - 1, len(some)) for some in classes.values()) < 20_000)
    choices = [combinations_with_replacement(LEVELS, len(some)) for some in classes.values()]
    possible = [set() for _ in classes]
    for tried in product(*choices):
        by_pattern = list(zip(classes, tried, strict=True))
        if all(
            quartiles(mine + [p for pattern, some in by_pattern if pattern[n] for p in some])
            == figures
            for n, (_, figures, mine) in enumerate(shown)
        ):
            for found, some in zip(possible, tried, strict=True):
                found.update(some)
    assert all(possible)
    return [
        some
        for some, found in zip(classes.values(), possible, strict=True)
        if max(found) - min(found) < CERTAIN
    ]


@st.composite
def weeks_of_sharing(draw):
    """Up to 11 councils of 2 types, of which some come and go from week to week."""
    count = draw(integers(6, 11))
    common = draw(st.sampled_from(LEVELS))
    figures = [
        common if draw(integers(0, 2)) else draw(st.sampled_from(LEVELS)) for _ in range(count)
    ]
    rows = sharing(figures, types="".join(draw(st.sampled_from("aab")) for _ in range(count)))
    weeks, here = [], set(range(1, count + 1))
    for _ in range(draw(integers(1, 4))):
        weeks.append(only(rows, here))
        here = here ^ draw(st.sets(integers(1, count), max_size=4))
    return weeks


@given(weeks_of_sharing())
@settings(max_examples=60, deadline=None)
def test_no_figure_follows_for_an_outsider_or_for_any_council_that_shares(weeks):
    published = figures_published(weeks)
    assert learned(published) == []
    for each in weeks[0]:
        assert learned(published, frozenset({each.number})) == []


@given(weeks_of_sharing(), st.sets(integers(1, 11), min_size=2, max_size=4))
@settings(max_examples=60, deadline=None)
def test_a_person_of_several_councils_learns_no_other_figure(weeks, mine):
    mine = frozenset(mine)
    assert learned(figures_published(weeks, known=[mine]), mine) == []


@given(
    weeks_of_sharing(),
    st.lists(integers(0, 100), min_size=4, max_size=4),
    st.text("ab", min_size=4),
)
@settings(max_examples=60, deadline=None)
def test_a_council_that_changes_its_own_figure_and_type_to_probe_learns_nothing(weeks, own, types):
    weeks = [
        [
            CouncilProgress(1, types[n], "", Fraction(own[n])) if each.number == 1 else each
            for each in rows
        ]
        for n, rows in enumerate(weeks)
    ]
    assert learned(figures_published(weeks), frozenset({1})) == []


@given(weeks_of_sharing())
@settings(max_examples=30, deadline=None)
def test_who_is_counted_does_not_depend_on_the_figures(weeks):
    first = weeks[0]
    others = [
        CouncilProgress(each.number, each.type, each.control, Fraction(each.number))
        for each in first
    ]
    assert cells_to_publish(first) == cells_to_publish(others)


# --- Cases by name --------------------------------------------------------------------------------

TWELVE = (0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100)


def counts(cells):
    return [(cell.type, cell.control, len(cell.counted)) for cell in cells]


@pytest.mark.parametrize(
    ("types", "controls", "expected"),
    [
        ("aaaaa", "mmmmm", []),
        ("aaaaaa", "mmmmmm", [("a", "m", 6)]),
        ("aaaaaab", "mmmmmmm", [("", "m", 7)]),  # no group of six beside one council
        ("aaaaaabbbbbb", "mmmmmmcccccc", [("a", "m", 6), ("b", "c", 6)]),
        ("aaaaaaaaaaab", "mmmmmmmmmmmc", [("", "", 12)]),
        ("aaaaaaaaaaaa", "mmmmmmcccccc", [("a", "c", 6), ("a", "m", 6)]),
        ("aaaaaaaaaaaa", "mmmmmmmccccc", [("a", "", 12)]),
    ],
)
def test_groups_never_overlap_and_none_is_small(types, controls, expected):
    rows = sharing(TWELVE[: len(types)], types=types, controls=controls)
    assert counts(cells_to_publish(rows)) == expected
    for division in divisions(rows):
        seen = [number for cell in division for number in cell.councils]
        assert sorted(seen) == [each.number for each in rows]


def test_a_council_that_joins_is_counted_once_two_more_have_joined():
    rows = sharing(TWELVE[:9])
    weeks = [only(rows, range(1, last + 1)) for last in (6, 7, 8, 9)]
    assert [len(councils) for councils, _ in published_in(weeks)] == [6, 6, 6, 9]


def test_three_more_are_left_out_with_a_council_that_withdraws():
    rows = sharing(TWELVE)
    published = published_in([rows, only(rows, range(2, 13)), only(rows, range(2, 13)), rows])
    everyone, first, again, back = [councils for councils, _ in published]
    assert 1 not in first
    assert (len(everyone), len(first), again, back) == (12, 8, first, everyone)


def test_nothing_is_published_after_one_of_eight_withdraws():
    rows = sharing(TWELVE[:8])
    assert len(published_in([rows, rows[1:]])) == 1


def test_sharing_and_withdrawing_in_turn_reveals_no_more_and_blocks_no_one_else():
    rows = sharing(TWELVE)
    published = published_in([rows, rows[1:]] * 4)
    assert {len(councils) for councils, _ in published} == {12, 8}
    assert len({councils for councils, _ in published}) == 2


def test_three_councils_that_withdraw_at_once_are_not_the_difference():
    rows = sharing(TWELVE)
    first, *later = [councils for councils, _ in published_in([rows, rows[3:]])]
    assert all(len((first - councils) & set(range(4, 13))) >= 3 for councils in later)


def test_a_council_that_changes_its_form_of_control_is_not_the_difference():
    controls = "mmmmmmmmcccccccc"
    rows = sharing([*TWELVE, 1, 35, 65, 85], controls=controls)
    then = sharing([*TWELVE, 1, 35, 65, 85], controls="c" + controls[1:])
    sets = [councils for councils, _ in published_in([rows, then])]
    assert all(len(a - b) == 0 or len(a - b) >= 3 for a in sets for b in sets if a & b)


@pytest.mark.parametrize(
    ("figures", "is_shown"),
    [
        ((50, 50, 50, 50, 50, 50), False),
        ((50, 50, 50, 50, 50, 59), False),
        ((50, 50, 50, 50, 50, 90), False),  # the one with 90 knows the figure of all the others
        ((50, 50, 50, 50, 60, 90), True),
        ((0, 20, 40, 60, 80, 100), True),
    ],
)
def test_figures_that_are_alike_are_not_shown(figures, is_shown):
    assert bool(published_in([sharing(figures)])) == is_shown


def test_councils_that_join_together_and_are_alike_hide_the_figures():
    rows = sharing([*TWELVE[:8], 50, 50, 50])
    assert [len(councils) for councils, _ in published_in([rows[:8], rows])] == [8]


def test_a_person_of_several_councils_hides_figures_only_if_the_rest_are_alike():
    rows = sharing([0, 20, 100, 50, 50, 50, 50, 50])
    assert published_in([rows]) != []
    assert published_in([rows], known=[{1, 2, 3}]) == []
    assert published_in([rows], known=[{1, 2, 4}]) != []
    # A person of four of the eight is shown nothing, so they hide nothing from the others.
    assert published_in([rows], known=[{1, 2, 3, 4}]) != []


def test_no_figure_is_the_lowest_or_highest():
    ((_, spread),) = published_in([sharing([3, 41, 47, 52, 58, 97])])
    assert (spread.lower, spread.middle, spread.upper) == (45, 50, 55)
