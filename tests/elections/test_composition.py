"""Control, combinations and distances, against brute force and by hand."""

import random
import time
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elections.composition import (
    Composition,
    CompositionError,
    ControlStatus,
    Group,
    MajorityRule,
    control_of,
    exact_halves,
    minimal_combinations,
    standings,
)


def council(*members, ungrouped=0, vacancies=0, rule=MajorityRule.SEATS):
    groups = tuple(Group(f"G{n:02}", size) for n, size in enumerate(members))
    return Composition(groups, ungrouped=ungrouped, vacancies=vacancies, rule=rule)


def by_name(*pairs, **rest):
    return Composition(tuple(Group(name, size) for name, size in pairs), **rest)


@pytest.mark.parametrize(
    ("composition", "majority_at", "winner"),
    [
        (council(23, 5, 2), 16, "G00"),
        (council(15, 10, 5), 16, None),  # exactly half is no overall control
        (council(16, 10, 4), 16, "G00"),
        (council(28, 27), 28, "G00"),
        (council(15, 13, vacancies=2), 16, None),
        (council(15, 13, vacancies=2, rule=MajorityRule.IN_POST), 15, "G00"),
        (council(14, 10, ungrouped=3), 14, "G00"),
        (council(1), 1, "G00"),
        (council(2, ungrouped=12), 8, None),  # the ungrouped are no group, however many
    ],
)
def test_a_majority_is_more_than_half(composition, majority_at, winner):
    control = control_of(composition)
    assert control.majority_at == composition.majority_at == majority_at
    assert (control.majority_group.name if control.majority_group else None) == winner
    assert control.status == (ControlStatus.MAJORITY if winner else ControlStatus.NOC)


def test_what_each_group_would_need():
    found = standings(by_name(("Oak", 17), ("Ash", 11), ("Elm", 8), ("Fir", 6)))
    assert [each.group.name for each in found] == ["Ash", "Elm", "Fir", "Oak"]
    oak, elm = found[3], found[1]
    assert (oak.short_by, oak.partners, oak.fewest_partners) == (5, ("Ash", "Elm", "Fir"), 1)
    # 17 beats 25 only if 9 of them stay out: 17 to 16.
    assert oak.abstentions == 9
    assert (elm.short_by, elm.partners, elm.fewest_partners) == (14, ("Oak",), 1)
    assert standings(council(8, 3))[0].short_by == 0
    assert standings(council(8, 3))[0].abstentions == 0


def test_where_vacancies_keep_even_all_groups_from_a_majority():
    composition = council(3, 3, vacancies=10)
    assert minimal_combinations(composition) == ()
    assert standings(council(3, 3, vacancies=10))[0].short_by == 6


def test_votes_are_of_members_in_post_although_vacant_seats_count_towards_a_majority():
    # 67 seats, majority 34; 65 members vote, so 33 carry a motion.
    found = standings(council(30, 22, 12, ungrouped=1, vacancies=2))
    assert [(each.group.members, each.short_by, each.votes_short) for each in found] == [
        (30, 4, 3),
        (22, 12, 11),
        (12, 22, 21),
    ]
    # 31 of 60 members in post carry every motion, although a majority of the 66 seats is 34.
    first = standings(council(31, 29, vacancies=6))[0]
    assert (first.short_by, first.votes_short, first.abstentions) == (3, 0, 0)
    assert first.partners == ()


def test_all_other_groups_together_may_not_be_enough_where_members_are_in_no_group():
    assert standings(council(3, 2, ungrouped=20))[0].fewest_partners is None


@pytest.mark.parametrize(
    ("sizes", "ungrouped", "ungrouped_enough", "fewest_with_ungrouped"),
    [
        ((15, 15), 1, 1, 0),
        ((15, 15), 0, 0, 1),
        ((20, 9, 9, 9), 7, 0, 1),  # 8 more of 54: a second group, or the 7 with one more
        ((6, 19, 13, 14), 2, 0, 2),  # 22 more of 54: 19 and 2 are not enough
        ((3, 2), 20, 10, 0),
        ((3, 2), 0, 0, 0),
    ],
)
def test_members_in_no_group_may_be_enough_alone_or_spare_a_group(
    sizes, ungrouped, ungrouped_enough, fewest_with_ungrouped
):
    first = standings(council(*sizes, ungrouped=ungrouped))[0]
    assert first.ungrouped_enough == ungrouped_enough
    assert first.fewest_with_ungrouped == fewest_with_ungrouped


def test_an_exact_half_needs_the_casting_vote():
    composition = by_name(("Oak", 27), ("Ash", 20), ("Elm", 7))
    assert [half.names for half in exact_halves(composition)] == [("Oak",), ("Ash", "Elm")]
    assert exact_halves(by_name(("Oak", 26), ("Ash", 20), ("Elm", 7))) == ()


@pytest.mark.parametrize("rule", MajorityRule)
def test_vacant_seats_have_no_votes_of_which_a_group_could_have_half(rule):
    three_vacant = council(26, 20, 9, ungrouped=2, vacancies=3, rule=rule)
    assert exact_halves(three_vacant, with_ungrouped=True) == ()
    four_vacant = council(28, 19, 9, vacancies=4, rule=rule)
    assert [half.members for half in exact_halves(four_vacant)] == [28, 28]


def test_a_half_that_takes_ungrouped_members_is_found_on_request():
    composition = by_name(("Oak", 25), ("Ash", 24), ungrouped=5)
    assert exact_halves(composition) == ()
    found = exact_halves(composition, with_ungrouped=True)
    assert [half.parts for half in found] == [("Ash", "3 in no group"), ("Oak", "2 in no group")]
    assert all(half.members == 27 for half in found)


def test_ungrouped_members_count_one_by_one():
    composition = by_name(("Oak", 25), ("Ash", 24), ungrouped=5)
    found = [(each.names, each.ungrouped) for each in minimal_combinations(composition)]
    assert found == [(("Ash",), 4), (("Oak",), 3), (("Ash", "Oak"), 0)]


# --- Against brute force --------------------------------------------------------------------------


def brute_combinations(composition):
    """Every set of single players, tried one by one: the definition, word for word."""
    sizes = {group.name: group.members for group in composition.groups}
    found = set()
    for count in range(len(sizes) + 1):
        for names in combinations(sizes, count):
            for ungrouped in range(composition.ungrouped + 1):
                held = sum(sizes[name] for name in names) + ungrouped
                without = [held - sizes[name] for name in names] + [held - 1] * bool(ungrouped)
                if held > composition.counted / 2 and all(
                    rest <= composition.counted / 2 for rest in without
                ):
                    found.add((frozenset(names), ungrouped))
    return found


def random_council(rng, groups):
    sizes = [rng.randint(1, rng.choice([2, 5, 20, 60])) for _ in range(rng.randint(1, groups))]
    return council(
        *sizes,
        ungrouped=rng.choice([0, 0, rng.randint(0, 4)]),
        vacancies=rng.choice([0, 0, rng.randint(0, 5)]),
        rule=rng.choice(list(MajorityRule)),
    )


def test_ten_thousand_random_councils_agree_with_brute_force():
    rng = random.Random(8)  # noqa: S311
    for _ in range(10_000):
        composition = random_council(rng, 5)
        found = minimal_combinations(composition)
        as_set = {(frozenset(each.names), each.ungrouped) for each in found}
        assert len(as_set) == len(found)
        assert as_set == brute_combinations(composition)
        winners = [g for g in composition.groups if g.members > composition.counted / 2]
        assert control_of(composition).majority_group == (winners[0] if winners else None)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.integers(1, 10), min_size=1, max_size=12),
    st.integers(0, 3),
    st.sampled_from(MajorityRule),
)
def test_councils_of_up_to_twelve_groups(sizes, vacancies, rule):
    composition = council(*sizes, vacancies=vacancies, rule=rule)
    found = minimal_combinations(composition)
    for each in found:
        assert sum(group.members for group in each.groups) == each.members
        assert each.members >= composition.majority_at
        assert each.members - min(g.members for g in each.groups) < composition.majority_at
    # Two combinations never hold one another, and any two share a group: no two majorities fit.
    sets = [frozenset(each.names) for each in found]
    assert not any(a < b for a in sets for b in sets)
    assert all(a & b for a in sets for b in sets)
    for half in exact_halves(composition):
        assert 2 * half.members == composition.in_post


def test_126_seats_and_12_groups_take_under_50_ms():
    composition = council(*[12, 11, 11, 11, 10, 10, 10, 10, 10, 10, 9, 8], ungrouped=4)
    assert composition.seats == 126
    times = []
    for _ in range(5):
        started = time.process_time()
        control_of(composition)
        minimal_combinations(composition)
        standings(composition)
        exact_halves(composition)
        times.append(time.process_time() - started)
    assert min(times) < 0.05


# --- What no council can have ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "rest", "words"),
    [
        ((), {}, "no members"),
        ((Group("", 3),), {}, "no name"),
        ((Group("Oak", 0),), {}, "Oak must have"),
        ((Group("Oak", -1),), {}, "Oak must have"),
        ((Group("Oak", 3), Group(" oak ", 2)), {}, "more than once"),
        ((Group("Oak", 300), Group("Ash", 1)), {}, "at most 300 seats, not 301"),
        ((Group("Oak", 3),), {"vacancies": -1}, "less than 0"),
        (tuple(Group(f"G{n}", 1) for n in range(17)), {}, "no more than 16 groups"),
        ((Group("x" * 61, 3),), {}, "60 characters"),
    ],
)
def test_impossible_numbers_are_refused(groups, rest, words):
    with pytest.raises(CompositionError, match=words):
        Composition(groups, **rest)
