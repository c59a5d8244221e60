"""The small-group rule, attacked: nothing that is shown tells what one or two people said."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import integers

from assessments.rounds.disclosure import (
    FEWEST,
    Given,
    Labels,
    Voice,
    is_safe,
    labels_for,
    sets_to_show,
    shown_by_round,
)

GROUPS = ("leading", "officers", "opposition", "wider")


def answers(**groups):
    """`answers(officers=[4, 4, 5])`: people are numbered on from group to group, in this order."""
    given, person = [], 0
    for group, strengths in groups.items():
        for strength in strengths:
            person += 1
            given.append(Given(person, group, strength))
    return given


def without(given, *people):
    return [each for each in given if each.person not in people]


def shown_sets(rounds):
    earlier = []
    for number, given_ in enumerate(rounds):
        earlier += sets_to_show(given_, earlier, lot=number).each
    return earlier


# --- The attacker: solves for every pair of people, knowing whose answers each number is about ----


def null_space_reveals(sets, people):
    """Whether some combination of `sets` is about nobody but `people`, by elimination in fractions.

    Written apart from the rule itself: columns of everyone else first, then what is left of a row
    once those are nought must be nought for `people`, too.
    """
    from fractions import Fraction

    everyone = sorted(set().union(*sets))
    others = [person for person in everyone if person not in people]
    rows = [[Fraction(p in each) for p in (*others, *people)] for each in sets]
    at = 0
    for column in range(len(others)):
        pivot = next((n for n in range(at, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for n in range(at + 1, len(rows)):
            factor = rows[n][column] / rows[at][column]
            rows[n] = [a - factor * b for a, b in zip(rows[n], rows[at], strict=True)]
        at += 1
    return any(any(row) for row in rows[at:])


def revealed(sets):
    """The ones and twos about whom something follows from sums over `sets`."""
    everyone = sorted(set().union(*sets)) if sets else []
    few = [people for size in range(1, FEWEST) for people in combinations(everyone, size)]
    return [people for people in few if null_space_reveals(sets, people)]


@st.composite
def a_round(draw, people=9):
    """Some of nine people, each in one group, whichever round it is."""
    who = draw(st.sets(integers(1, people)))
    return [Given(p, GROUPS[(p * p) % 4], draw(integers(1, 5))) for p in sorted(who)]


@given(a_round(people=14))
@settings(max_examples=80, deadline=None)
def test_within_a_round_nothing_follows_about_one_or_two(given_):
    sets = sets_to_show(given_)
    assert revealed(sets.each) == []
    assert all(len(people) >= FEWEST for people in sets.each)
    # Nor is more kept back than has to be: three answers and more always have a total of all.
    assert (sets.total == {each.person for each in given_}) == (len(given_) >= FEWEST or not given_)


@given(st.lists(a_round(), min_size=2, max_size=4))
@settings(max_examples=80, deadline=None)
def test_nor_from_several_rounds_though_nobody_changed_their_mind(rounds):
    assert revealed(shown_sets(rounds)) == []


@given(st.lists(st.sets(integers(1, 7)), min_size=1, max_size=4))
@settings(max_examples=120, deadline=None)
def test_the_rule_and_the_attacker_agree_on_what_is_safe(sets):
    sets = [frozenset(people) for people in sets]
    assert is_safe(sets) == (revealed([people for people in sets if people]) == [])


@given(a_round(people=12), st.permutations(range(1, 13)))
@settings(max_examples=60, deadline=None)
def test_what_is_shown_does_not_depend_on_who_answered_first(given_, order):
    shuffled = sorted(given_, key=lambda each: order.index(each.person))
    assert shown_by_round([given_]) == shown_by_round([shuffled])


# --- Cases by name --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({"officers": 2}, None),
        ({"officers": 3}, ["officers"]),
        ({"officers": 3, "wider": 1}, []),
        ({"officers": 3, "wider": 2}, []),
        ({"officers": 3, "wider": 3}, ["officers", "wider"]),
        ({"officers": 4, "wider": 3, "opposition": 1}, ["officers"]),
        ({"officers": 4, "wider": 2, "opposition": 1}, ["officers"]),
        ({"officers": 1, "wider": 1, "opposition": 1}, []),
        ({"officers": 5, "wider": 4, "opposition": 3, "leading": 2}, ["officers", "wider"]),
    ],
)
def test_which_groups_are_broken_out(groups, expected):
    given_ = answers(**{name: [3] * size for name, size in groups.items()})
    sets = sets_to_show(given_)
    assert ([name for name, _ in sets.groups] if sets.total else None) == expected


def test_a_group_of_three_and_the_total_of_four():
    """All less the three is the fourth."""
    (shown,) = shown_by_round([answers(officers=[5, 5, 5], opposition=[1])])
    assert shown.measure.strengths == (1, 5, 5, 5)
    assert shown.groups == ()


def test_one_leaver_of_four_leaves_nothing_to_show():
    first = answers(officers=[4, 4, 4, 1])
    before, after = shown_by_round([first, without(first, 4)])
    assert before.measure.mean == 3.3
    assert (after.measure, after.change, after.answered) == (None, None, 3)


def test_one_leaver_of_eight_takes_two_others_along_from_the_number():
    first = answers(officers=[4, 4, 4, 4, 4, 4, 4, 1])
    _, after = shown_by_round([first, without(first, 8)])
    assert (after.measure.count, after.left_out, after.answered) == (5, 2, 7)


def test_who_is_left_out_is_drawn_so_that_most_groups_can_still_be_shown():
    """A leaver from the officers takes officers along, and the others stand as they did."""
    first = answers(officers=[4, 4, 4, 4, 4, 1], wider=[3] * 4, leading=[5] * 3)
    before, after = shown_by_round([first, without(first, 6)])
    assert [name for name, _ in before.groups] == ["leading", "officers", "wider"]
    assert [(name, measure.count) for name, measure in after.groups] == [
        ("leading", 3),
        ("officers", 3),
        ("wider", 4),
    ]
    assert (after.measure.count, after.left_out) == (10, 2)


def test_one_who_joins_waits_until_others_do():
    first = answers(officers=[4] * 6)
    more = [*first, Given(7, "officers", 1)]
    many = [*more, Given(8, "officers", 2), Given(9, "officers", 3)]
    shown = shown_by_round([first, more, many])
    assert [(each.measure.count, each.left_out) for each in shown] == [(6, 0), (6, 1), (9, 0)]
    assert [each.change for each in shown] == [None, 0.0, -0.7]


def test_the_same_people_are_compared_as_they_are():
    first = answers(officers=[2, 2, 3], wider=[4, 4, 4])
    then = answers(officers=[3, 3, 3], wider=[4, 4, 5])
    before, after = shown_by_round([first, then])
    assert (before.apart, before.differs) == (1.7, True)
    assert (after.change, after.left_out) == (0.5, 0)
    assert [name for name, _ in after.groups] == ["officers", "wider"]


def test_a_leaver_from_one_group_does_not_come_out_of_the_others():
    """The total without them and the group without them are the same difference."""
    first = answers(officers=[4, 4, 4, 1], wider=[3, 3, 3, 3])
    sets = shown_sets([first, without(first, 4)])
    assert revealed(sets) == []


def test_numbers_are_rounded_as_people_do():
    (shown,) = shown_by_round([answers(officers=[2, 2, 3, 2])])
    assert (shown.measure.mean, shown.measure.median) == (2.3, 2)
    assert (shown.measure.lowest, shown.measure.highest) == (2, 3)


# --- Words ----------------------------------------------------------------------------------------


def voices(**groups):
    """`voices(officers="nno")`: n may be named, o may not."""
    return [Voice(group, letter == "n") for group, letters in groups.items() for letter in letters]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ({"officers": "oo"}, Labels(False)),
        ({"officers": "nn"}, Labels(False)),
        ({"officers": "ooo"}, Labels(True, True, frozenset({"officers"}))),
        ({"officers": "oooo", "opposition": "o"}, Labels(True, True, frozenset())),
        ({"officers": "oooo", "opposition": "ooo"}, Labels(True, True, {"officers", "opposition"})),
        # With two of them named, the third would be known by the group alone.
        ({"officers": "ooo", "opposition": "nno"}, Labels(True, True, frozenset())),
        ({"officers": "nnn", "opposition": "n"}, Labels(True, True, frozenset())),
        # Four of five named: the fifth would be known by elimination.
        ({"officers": "nnnn", "opposition": "o"}, Labels(True, False, frozenset())),
        ({"officers": "nno", "wider": "nno"}, Labels(True, False, {"officers", "wider"})),
    ],
)
def test_what_stands_beside_words(who, expected):
    assert labels_for(voices(**who)) == expected


@given(st.lists(st.tuples(st.sampled_from(GROUPS), st.booleans()), max_size=14))
@settings(max_examples=200)
def test_words_are_always_at_least_three_peoples(people):
    labels = labels_for([Voice(*each) for each in people])
    if not labels.is_shown:
        assert len(people) < FEWEST
        return
    unnamed = [group for group, named in people if not (named and labels.with_names)]
    for name in labels.groups:
        assert unnamed.count(name) >= FEWEST
    rest = [group for group in unnamed if group not in labels.groups]
    assert len(rest) == 0 or len(rest) >= FEWEST
