"""Attacks on the rules of disclosure: nothing shown reveals what an individual answered."""

import random
import time
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import integers

from assessments.rounds.disclosure import (
    FEWEST,
    Given,
    Labels,
    Measure,
    Sets,
    Voice,
    _classes,
    _rank,
    is_safe,
    is_safe_for,
    known_to_readers,
    labels_for,
    sets_to_show,
    shown_by_round,
    shows_agreement,
    with_ranges,
    without_agreement,
)
from assessments.rounds.picture import strip_of

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


def shown_sets(rounds, known=()):
    earlier = []
    for number, given_ in enumerate(rounds):
        earlier += sets_to_show(given_, earlier, lot=number, known=known).each
    return earlier


# --- The attacker: solves for every pair of people, knowing whose answers each number is about ----


def null_space_reveals(sets, people):
    """Return whether a combination of `sets` is about none but `people`, by elimination.

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
    """Return the groups of one or two whose answers follow from sums over `sets`."""
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
def test_one_round_reveals_nothing_about_one_or_two_people(given_):
    sets = sets_to_show(given_)
    assert revealed(sets.each) == []
    assert all(len(people) >= FEWEST for people in sets.each)
    # Nor is more kept back than has to be: three answers and more always have a total of all.
    assert (sets.total == {each.person for each in given_}) == (len(given_) >= FEWEST or not given_)


@given(st.lists(a_round(), min_size=2, max_size=4))
@settings(max_examples=80, deadline=None)
def test_several_rounds_reveal_nothing_even_if_no_one_changed_their_mind(rounds):
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


# --- Agreement, attacked --------------------------------------------------------------------------


def multisets(size, lowest=1):
    """Every way in which so many people can have scored, in ascending order."""
    if size == 0:
        yield ()
        return
    for strength in range(lowest, 6):
        for rest in multisets(size - 1, strength):
            yield (strength, *rest)


def figures_of(strengths):
    """Everything that is shown of some scores."""
    measure = Measure(tuple(sorted(strengths)))
    return measure.count, measure.mean, measure.lowest, measure.highest


def known_for_certain(given_, sets, reader=()):
    """The people whose score is the same in every way to score that gives the figures shown.

    For a person who knows the scores of `reader`, which are not returned.

    Tries them all, and knows nothing of the rule. People who are in the same sets can be swapped,
    so it is enough to try how each class of such people scored.
    """
    scores = {each.person: each.strength for each in given_}
    shown = [(people, figures_of([scores[p] for p in people])) for people in sets]
    classes = {}
    for person in sorted(set().union(*sets)):
        pattern = (person in reader and person, *(person in people for people in sets))
        classes.setdefault(pattern, []).append(person)
    possible = [set() for _ in classes]
    choices = [
        [tuple(scores[p] for p in people)] if set(people) <= set(reader) else multisets(len(people))
        for people in classes.values()
    ]
    for tried in product(*choices):
        by_person = {
            person: strength
            for people, strengths in zip(classes.values(), tried, strict=True)
            for person, strength in zip(people, strengths, strict=True)
        }
        if all(figures_of([by_person[p] for p in people]) == figures for people, figures in shown):
            for found, strengths in zip(possible, tried, strict=True):
                found.add(strengths)
    return [
        people
        for people, found in zip(classes.values(), possible, strict=True)
        if len({strength for strengths in found for strength in strengths}) == 1
        and not set(people) <= set(reader)
    ]


def sets_shown(given_, known=()):
    scores = {each.person: each.strength for each in given_}
    return without_agreement(sets_to_show(given_, known=known), [], scores, known).each


@st.composite
def agreeable_round(draw, most=4):
    """Up to three groups of two to `most` people, who often agree."""
    given_, person = [], 0
    for group in GROUPS[: draw(integers(1, 3))]:
        common, size = draw(integers(1, 5)), draw(integers(2, most))
        for _ in range(size):
            person += 1
            strength = common if draw(integers(0, 3)) else draw(integers(1, 5))
            given_.append(Given(person, group, strength))
    return given_


@given(agreeable_round())
@settings(max_examples=60, deadline=None)
def test_no_ones_score_follows_for_certain_from_the_figures_of_a_round(given_):
    sets = sets_shown(given_)
    assert known_for_certain(given_, sets) == []


@given(agreeable_round(most=3))
@settings(max_examples=30, deadline=None)
def test_no_respondent_learns_another_persons_score_from_the_figures_of_a_round(given_):
    sets = sets_shown(given_)
    for each in given_:
        assert known_for_certain(given_, sets, reader=(each.person,)) == []


@pytest.mark.parametrize("groups", ["aaa", "aaaa", "aab", "aaab", "aabb"])
def test_no_one_learns_another_persons_score_from_what_the_rules_keep_back(groups):
    """A reader who knows the rules leaves out every way to score that would be shown otherwise."""
    people = range(len(groups))
    by_page = {}
    for scores in product(range(1, 6), repeat=len(groups)):
        given_ = [Given(n + 1, group, scores[n]) for n, group in enumerate(groups)]
        (shown,) = shown_by_round([given_])
        page = shown.measure and (shown.measure.mean, [(n, m.mean) for n, m in shown.groups])
        by_page.setdefault(str(page), []).append(scores)
    for page, ways in by_page.items():
        for reader, own in {(reader, way[reader]) for reader in people for way in ways}:
            possible = [way for way in ways if way[reader] == own]
            for person in set(people) - {reader}:
                assert len({way[person] for way in possible}) > 1, (page, reader, own, person)


@pytest.mark.parametrize("sizes", [(5, 3), (4, 3)])
def test_no_one_learns_another_persons_score_from_the_ranges_that_are_kept_back(sizes):
    """The same with ranges, for larger groups, whose members are not told apart."""
    by_page = {}
    for ways in product(*(multisets(size) for size in sizes)):
        (shown,) = shown_by_round([answers(**dict(zip(GROUPS, ways, strict=False)))])
        by_page.setdefault(str(shown.measure and pages_of(shown)), []).append(ways)
    for page, found in by_page.items():
        others = {(None, None): found}
        for ways in found:
            for group, own in {(n, score) for n, scores in enumerate(ways) for score in scores}:
                left = list(ways[group])
                left.remove(own)
                left = (*ways[:group], tuple(left), *ways[group + 1 :])
                others.setdefault((group, own), []).append(left)
        for reader, possible in others.items():
            for group in range(len(sizes)):
                scores = {score for ways in possible for score in ways[group]}
                assert len(scores) > 1, (page, reader, group, scores)


def pages_of(shown):
    """Return what a page tells of a component: each mean and range."""
    measures = [("", shown.measure), *shown.groups]
    return [(name, m.count, m.mean, m.lowest, m.highest) for name, m in measures]


@pytest.mark.parametrize("officers", [(1, 2, 2), (5, 4, 4)])
def test_two_who_agree_beside_one_at_an_end_are_not_shown(officers):
    # With 1, 1 and 3 nothing would be shown. So with a mean of 1.7, who gave 1 knows the others.
    sets = sets_shown(answers(officers=officers, leading=[2, 3, 5]))
    assert [len(people) for people in sets] == [6]
    assert sets_shown(answers(officers=officers)) == []
    assert len(sets_shown(answers(officers=[*officers, 3]))) == 2
    # Nor to someone who also entered the answers of another one at the end from paper.
    four = answers(officers=[officers[0], *officers])
    assert sets_shown(four)
    assert sets_shown(four, known=[frozenset({1, 2})]) == []


@given(agreeable_round(most=3), integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_who_enters_answers_from_paper_learns_no_other_persons_score(given_, count):
    """The first person, who answers too, has entered those of the next `count`."""
    known = frozenset(range(1, count + 2))
    sets = sets_shown(given_, known=[known])
    assert known_for_certain(given_, sets, reader=tuple(known)) == []
    assert all(len(people - known) != 1 for people in sets)


@given(st.lists(a_round(), min_size=1, max_size=3), st.sets(integers(1, 9), min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_several_rounds_reveal_nothing_to_who_entered_answers_from_paper(rounds, known):
    sets = shown_sets(rounds, known=[frozenset(known)])
    rest = [people - known for people in sets]
    assert [people for people in revealed([r for r in rest if r]) if len(people) == 1] == []


@given(st.lists(a_round(), min_size=1, max_size=3))
@settings(max_examples=80, deadline=None)
def test_no_sum_over_people_who_agree_follows_from_several_rounds(rounds):
    """As far as no one changed their mind: the same score in every round."""
    mind = {}
    rounds = [
        [
            Given(each.person, each.group, mind.setdefault(each.person, each.strength))
            for each in given_
        ]
        for given_ in rounds
    ]
    sets = []
    for number, given_ in enumerate(rounds):
        sets += without_agreement(sets_to_show(given_, sets, lot=number), sets, mind).each
    for strength in range(1, 6):
        people = tuple(person for person in mind if mind[person] == strength)
        assert not sets or not null_space_reveals(sets, people)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({"officers": [1, 1, 1], "leading": [5, 5, 4]}, []),  # the total less leading is officers
        ({"officers": [1, 1, 1], "leading": [5, 3, 4], "wider": [2, 3, 4]}, ["leading"]),
        ({"officers": [5, 5, 5], "leading": [5, 5, 5], "wider": [2, 3, 3]}, []),
        ({"officers": [1, 3, 2], "leading": [5, 3, 4]}, ["leading", "officers"]),
        ({"officers": [1, 1, 2], "leading": [5, 3, 4]}, []),  # the 2 knows that the others are 1
        ({"officers": [2, 2, 3], "leading": [5, 3, 4]}, []),  # and here 2 is the lowest
        ({"officers": [3, 3, 2], "leading": [5, 1, 4]}, ["leading", "officers"]),
        ({"officers": [5, 5, 2]}, None),
        ({"officers": [4, 4, 2]}, ["officers"]),
        ({"officers": [4, 4, 4]}, None),
        ({"officers": [4, 4, 4], "leading": [4, 4, 4]}, None),
        ({"officers": [4, 4, 4], "wider": [3]}, []),
    ],
)
def test_a_group_that_agrees_is_not_shown(groups, expected):
    (shown,) = shown_by_round([answers(**groups)])
    assert ([name for name, _ in shown.groups] if shown.measure else None) == expected


def test_three_who_join_and_agree_are_not_shown_by_the_difference():
    first = answers(officers=[2, 3, 4])
    more = [*first, *(Given(person, "officers", 5) for person in (4, 5, 6))]
    _, after = shown_by_round([first, more])
    assert after.measure is None


def test_a_group_that_comes_to_agree_does_not_hide_the_total():
    first = answers(officers=[2, 3, 4], wider=[4, 4, 5, 2])
    then = answers(officers=[3, 3, 3], wider=[4, 4, 5, 2])
    before, after = shown_by_round([first, then])
    assert [name for name, _ in before.groups] == ["officers", "wider"]
    assert (after.measure.count, after.groups) == (7, ())


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
    (shown,) = shown_by_round([answers(officers=[5, 5, 4], opposition=[1])])
    assert shown.measure.strengths == (1, 4, 5, 5)
    assert shown.groups == ()


def test_nothing_is_shown_after_one_of_four_leaves():
    first = answers(officers=[4, 4, 4, 1])
    before, after = shown_by_round([first, without(first, 4)])
    assert before.measure.mean == 3.3
    assert (after.measure, after.change, after.answered) == (None, None, 3)


def test_two_more_are_left_out_after_one_of_eight_leaves():
    first = answers(officers=[4, 5, 3, 4, 5, 4, 3, 1])
    _, after = shown_by_round([first, without(first, 8)])
    assert (after.measure.count, after.left_out, after.answered) == (5, 2, 7)


def test_people_are_left_out_so_that_most_groups_can_still_be_shown():
    """If an officer leaves, officers are left out, and the other groups are shown as before."""
    first = answers(officers=[4, 2, 3, 5, 3, 1], wider=[3, 3, 3, 2], leading=[5, 3, 4])
    before, after = shown_by_round([first, without(first, 6)])
    assert [name for name, _ in before.groups] == ["leading", "officers", "wider"]
    assert [(name, measure.count) for name, measure in after.groups] == [
        ("leading", 3),
        ("officers", 3),
        ("wider", 4),
    ]
    assert (after.measure.count, after.left_out) == (10, 2)


def test_a_person_who_joins_is_counted_once_others_have_joined():
    first = answers(officers=[4, 5, 4, 3, 4, 4])
    more = [*first, Given(7, "officers", 1)]
    many = [*more, Given(8, "officers", 2), Given(9, "officers", 3)]
    shown = shown_by_round([first, more, many])
    assert [(each.measure.count, each.left_out) for each in shown] == [(6, 0), (6, 1), (9, 0)]
    assert [each.change for each in shown] == [None, 0.0, -0.7]
    before = round(shown[2].measure.mean + 0.7, 1)
    assert f"mean in an earlier round {before}" in strip_of(shown[2]).words


def test_the_same_people_are_compared_without_leaving_anyone_out():
    first = answers(officers=[1, 2, 3], wider=[5, 4, 3])
    then = answers(officers=[2, 3, 4], wider=[3, 4, 5])
    before, after = shown_by_round([first, then])
    assert (before.apart, before.differs) == (2.0, True)
    assert (after.change, after.left_out) == (0.5, 0)
    assert [name for name, _ in after.groups] == ["officers", "wider"]


def test_a_person_who_leaves_cannot_be_worked_out_from_the_other_groups():
    """The total without them and the group without them are the same difference."""
    first = answers(officers=[4, 4, 4, 1], wider=[3, 3, 3, 3])
    sets = shown_sets([first, without(first, 4)])
    assert revealed(sets) == []


def test_means_are_rounded_half_up():
    (shown,) = shown_by_round([answers(officers=[2, 2, 3, 2])])
    assert shown.measure.mean == 2.3


def test_the_range_of_four_is_not_shown():
    """With the mean, it is nearly the answers themselves."""
    four, five = (Measure(strengths) for strengths in ((1, 2, 4, 5), (1, 2, 4, 5, 5)))
    assert (four.lowest, four.highest) == (None, None)
    assert (five.lowest, five.highest) == (1, 5)


def in_rounds(scores, *rounds):
    """Return what is shown of rounds in which these people answered, each always the same."""
    return shown_by_round([[Given(each, "officers", scores[each]) for each in p] for p in rounds])


def test_a_range_does_not_show_the_score_of_the_one_person_who_left():
    """Two others join. With "1 to 5" before and "2 to 5" after, the 1 was theirs."""
    scores = {1: 3, 2: 4, 5: 1, 6: 5, 7: 4, 3: 4, 4: 2}
    before, after = in_rounds(scores, [1, 2, 5, 6, 7], [1, 2, 3, 4, 6, 7])
    assert (before.measure.lowest, before.measure.highest) == (1, 5)
    assert after.measure.count == 6
    assert (after.measure.lowest, after.measure.highest) == (None, None)


def test_a_range_that_narrows_is_about_two_people_besides_those_whose_answers_one_reader_knows():
    scores = dict.fromkeys(range(1, 7), 3) | {7: 1, 8: 2, 9: 5, 10: 4, 11: 2, 12: 4}
    first, second = [*range(1, 7), 7, 8, 9], [*range(1, 7), 10, 11, 12]
    _, after = in_rounds(scores, first, second)
    assert after.measure.has_range
    rounds = [[Given(n, "officers", scores[n]) for n in people] for people in (first, second)]
    _, after = shown_by_round([entered(rounds[0], 99, 7, 8), rounds[1]])
    assert after.measure is not None
    assert not after.measure.has_range


@given(st.lists(st.sets(integers(1, 7), min_size=5), min_size=1, max_size=4), st.data())
@settings(max_examples=60, deadline=None)
def test_ranges_of_several_rounds_leave_open_who_is_at_an_end(rounds, data):
    """With every possible set of scores that has these ranges; anyone knows their own."""
    scores = {n: data.draw(st.sampled_from((1, 2, 3, 5))) for n in range(1, 8)}
    kept = []
    for people in rounds:
        kept += with_ranges(Sets(frozenset(people)), kept).ranged
    everyone = sorted(frozenset().union(*kept))
    places = [[everyone.index(n) for n in people] for people in kept]
    possible = [
        each
        for each in product((1, 2, 3, 5), repeat=len(everyone))
        if all(
            min(each[n] for n in among) == min(scores[everyone[n]] for n in among)
            and max(each[n] for n in among) == max(scores[everyone[n]] for n in among)
            for among in places
        )
    ]
    for reader, person in product(range(len(everyone)), repeat=2):
        if reader != person:
            own = scores[everyone[reader]]
            mine = {each[person] for each in possible if each[reader] == own}
            low, high = _bounds(scores, everyone[person], kept)
            assert len(mine) > 1 or low == high


def _bounds(scores, person, ranged):
    among = [[scores[n] for n in people] for people in ranged if person in people]
    return max(map(min, among)), min(map(max, among))


def test_the_range_of_an_earlier_round_is_an_end_for_who_knows_their_own_score():
    """In the second round the other two gave 7 less 1, and the first has no score above 3."""
    scores = {1: 3, 2: 1, 4: 1, 5: 1, 6: 3, 7: 3, 8: 3}
    both = ([1, 2, 4, 5, 6, 7, 8], [5, 6, 8])
    _, later = in_rounds(scores, *both)
    assert later.measure is None
    _, later = in_rounds(scores, *reversed(both))
    assert later.measure is None


def test_the_difference_between_people_at_opposite_ends_is_not_shown():
    """The first round less the second is 12, which only three 5s less three 1s can be."""
    scores = {1: 5, 2: 5, 3: 5, 4: 2, 5: 3, 6: 4, 7: 1, 8: 1, 9: 1}
    first, second = in_rounds(scores, range(1, 7), range(4, 10))
    assert first.measure is not None
    assert second.measure is None or second.measure.count < 6


# --- Readers who know some answers ----------------------------------------------------------------


def entered(given_, by, *people):
    return [replace(each, entered_by=by) if each.person in people else each for each in given_]


def test_one_answer_beside_those_of_a_person_who_enters_answers_from_paper_is_not_shown():
    """The first person enters the answers of the second: only the third is new to them."""
    three = answers(officers=[3, 3], opposition=[5])
    (shown,) = shown_by_round([entered(three, 1, 2)])
    assert shown.measure is None
    four = answers(officers=[3, 3], opposition=[5, 2])
    (shown,) = shown_by_round([entered(four, 1, 2)])
    assert shown.measure.count == 4


def test_answers_from_paper_count_whoever_entered_them_in_an_earlier_round():
    first = entered(answers(officers=[3, 3, 2, 4]), 9, 1, 2)
    then = [Given(5, "officers", 2), *answers(officers=[3, 3])]
    before, after = shown_by_round([first, then])
    assert before.measure.count == 4
    assert after.measure is None  # person 9 knows two of the three


@given(st.lists(a_round(people=7), min_size=1, max_size=3), st.sets(integers(1, 7), max_size=4))
@settings(max_examples=60, deadline=None)
def test_who_may_know_some_answers_learns_none_whichever_of_them_they_know(rounds, perhaps):
    shown = shown_sets(rounds, known_to_readers({}, {1: perhaps}))
    for size in range(len(perhaps) + 1):
        for some in combinations(perhaps, size):
            assert is_safe_for(frozenset({1, *some}), shown)


def test_who_may_know_very_many_answers_neither_hides_nor_delays_a_result():
    """Anyone who can edit can add sheets for all people of a round."""
    people = [Given(person, GROUPS[person % 4], person % 5 + 1) for person in range(1, 251)]
    began = time.process_time()
    (shown,) = shown_by_round([people], perhaps={-1: set(range(1, 250))})
    assert shown.measure
    assert time.process_time() - began < 5


def test_who_learned_one_answer_by_entering_others_from_paper_learns_no_more():
    """Person 9 enters the later answers of two of three: the first result then shows the third."""
    first = answers(officers=[2, 1, 4])
    second = [*answers(officers=[2, 1]), Given(4, "officers", 2), Given(5, "officers", 3)]
    before, after = shown_by_round([first, entered(second, 9, 1, 2, 4)])
    assert before.measure.count == 3
    assert after.measure is None  # person 9 knows three of the four
    assert shown_by_round([first, entered(second, 9, 4)])[1].measure.count == 4


def test_who_may_be_someone_else_learns_no_more_than_if_they_were_not():
    first = entered(answers(officers=[2, 3, 5]), -9, 2)
    people = {1: 2, 3: 5, 4: 4, 5: 3, 6: 2}
    second = [Given(person, "officers", strength) for person, strength in people.items()]
    rounds = [first, entered(second, -9, 5, 6)]
    for perhaps in ({}, {-9: {1}}):
        shown = [
            each for result in shown_by_round(rounds, perhaps=perhaps) for each in result.sets.each
        ]
        assert is_safe_for(frozenset({2, 5, 6}), shown)


def test_comments_of_one_person_beside_those_from_paper_are_not_shown():
    both = [Voice("officers", False, 1), Voice("officers", False, 2, entered_by=1)]
    assert not labels_for([*both, Voice("officers", False, 3)]).is_shown
    more = [Voice("officers", False, 3), Voice("opposition", False, 4)]
    assert labels_for([*both, *more]) == Labels(True, True, frozenset())
    from_paper = [Voice("officers", False, 1), Voice("officers", False, 2, entered_by=-9), *more]
    assert labels_for(from_paper).is_shown
    assert not labels_for(from_paper[:3], {-9: {1}}).is_shown
    third = Voice("officers", False, 5)
    assert labels_for([*both, third, more[0], Voice("wider", True, 4)]).groups == {"officers"}


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
def test_which_labels_are_shown_beside_comments(who, expected):
    assert labels_for(voices(**who)) == expected


@given(st.lists(st.tuples(st.sampled_from(GROUPS), st.booleans()), max_size=14))
@settings(max_examples=200)
def test_at_least_three_people_could_have_written_any_comment(people):
    labels = labels_for([Voice(*each) for each in people])
    if not labels.is_shown:
        assert len(people) < FEWEST
        return
    unnamed = [group for group, named in people if not (named and labels.with_names)]
    for name in labels.groups:
        assert unnamed.count(name) >= FEWEST
    rest = [group for group in unnamed if group not in labels.groups]
    assert len(rest) == 0 or len(rest) >= FEWEST


# --- Time -----------------------------------------------------------------------------------------


def test_a_council_of_60_is_compared_over_5_rounds_in_a_moment():
    """Every page that shows results does this 12 times; it took more than 5 seconds each time."""
    chance = random.Random(1)  # noqa: S311 - no secret
    groups = {person: chance.choice([*GROUPS, "partners"]) for person in range(60)}
    rounds = [
        [
            Given(person, group, chance.randint(1, 5))
            for person, group in groups.items()
            if chance.random() < 0.7
        ]
        for _ in range(5)
    ]
    started = time.process_time()
    shown_by_round(rounds)
    assert time.process_time() - started < 2


def test_a_council_of_90_is_compared_over_10_rounds_in_a_moment():
    """Almost everyone is in other sets than anyone else then, so each knows something else."""
    chance = random.Random(1)  # noqa: S311 - no secret
    people = {person: (GROUPS[person % 4], chance.randint(1, 5)) for person in range(90)}
    rounds = [
        [Given(person, *each) for person, each in people.items() if chance.random() < 0.8]
        for _ in range(10)
    ]
    started = time.process_time()
    shown_by_round(rounds)
    assert time.process_time() - started < 1.2


def test_sets_are_safe_if_no_few_classes_have_a_combination_of_their_own():
    """The definition, with the rank of every choice of classes; it is too slow for many people."""
    chance = random.Random(2)  # noqa: S311 - no secret
    found = set()
    for _ in range(1000):
        people, likely = range(chance.randint(1, 8)), chance.choice((0.3, 0.6, 0.9))
        sets = [
            frozenset(person for person in people if chance.random() < likely)
            for _ in range(chance.randint(0, 5))
        ]
        fewest = chance.choice((2, 3, 4))
        classes = _classes(sets)
        rank = _rank(list(classes))
        is_few = any(
            sum(len(classes[each]) for each in some) < fewest
            and _rank([each for each in classes if each not in some]) < rank
            for count in range(1, fewest)
            for some in combinations(classes, count)
        )
        found.add(is_few)
        assert is_safe(sets, fewest) is not is_few
    assert found == {True, False}


# --- Rounds of deleted plans ----------------------------------------------------------------------


def test_people_of_a_deleted_round_may_have_agreed():
    """Their scores are not kept, so the sum over those who are missing now is taken for theirs."""
    second = [Given(person, "officers", person) for person in (1, 2, 3)]
    shown = [frozenset(range(1, 7))]
    assert shown_by_round([second], deleted=shown)[0].measure is None
    assert shown_by_round([second], deleted=[frozenset({1, 2, 3})])[0].measure.mean == 2.0
    assert shown_by_round([second], deleted=[frozenset({7, 8, 9})])[0].measure.mean == 2.0


@given(rounds=st.lists(a_round(), min_size=2, max_size=3))
def test_a_round_after_deleted_ones_shows_no_more_than_after_the_same_rounds_kept(rounds):
    *earlier, last = rounds
    shown = shown_by_round(earlier)
    sets = [people for each in shown for people in each.sets.each]
    after = shown_by_round([last], deleted=sets)[0]
    assert is_safe([*sets, *after.sets.each])
    scores = {each.person: each.strength for round_ in rounds for each in round_}
    assert not shows_agreement(after.sets.each, sets, scores, ranges=after.sets.ranged)
