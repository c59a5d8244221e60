"""Strict political balance: published cases, brute force, the principles, ties."""

import random
from fractions import Fraction
from itertools import product

import pytest

from elections.composition import Group
from elections.political_balance import BalanceError, Committee, allocate
from elections.rounding import closest_line


def groups(**members):
    return [Group(name, size) for name, size in members.items()]


def committees(*sizes):
    return [Committee(f"C{n:02}", size) for n, size in enumerate(sizes)]


def matrix(allocation):
    return [[share.seats for share in row] for row in allocation.seats]


def totals(allocation):
    return {share.party.name: share.seats for share in allocation.totals}


# --- Published cases ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sizes",
    [
        (9, 13, 11, 15, 11, 11, 11, 11),
        (23, 23, 23, 23),
        (7,) * 12 + (8,),
        (13, 13, 13, 53 - 20, 20),
    ],
)
def test_south_holland_2021(sizes):
    allocation = allocate(groups(A=24, B=12, C=1), committees(*sizes))
    assert sum(sizes) == 92
    assert totals(allocation) == {"A": 60, "B": 30, "C": 2}


def test_maidstone_2010_where_rounding_fills_no_committee_of_eleven():
    allocation = allocate(groups(A=28, B=23, C=4), [Committee("Planning", 11)])
    shares = [share.exact for share in allocation.seats[0]]
    assert shares == [Fraction(56, 10), Fraction(46, 10), Fraction(8, 10)]
    assert matrix(allocation) == [[6, 4, 1]]  # 28 of 55 is a majority: principle (b)
    words = [warning.words for warning in allocation.warnings if warning.body == "Planning"]
    assert words == [
        "Planning: rounded one by one, the shares (5.60, 4.60 and 0.80) make 12 seats, not 11."
    ]


# --- The principles -------------------------------------------------------------------------------


def test_vacancies_and_ungrouped_members():
    """53 of 54 seats filled: shares are of 53, and what no group is due goes to the ungrouped."""
    allocation = allocate(groups(A=25, B=26), committees(10, 10), ungrouped=2)
    assert allocation.members == 53
    assert totals(allocation) == {"A": 9, "B": 10, "Ungrouped": 1}
    assert [party.name for party in allocation.parties] == ["A", "B", "Ungrouped"]


def test_a_no_body_is_all_of_one_group():
    allocation = allocate(groups(A=38, B=2), committees(3, 5))
    assert all(row[0] < size for row, size in zip(matrix(allocation), (3, 5), strict=True))


def test_a_cannot_be_met_on_a_body_of_one():
    allocation = allocate(groups(A=20, B=10), committees(1, 9))
    assert any(w.principle == "a" and w.body == "C00" for w in allocation.warnings)


def test_b_a_majority_group_has_a_majority_everywhere_though_its_share_is_less():
    allocation = allocate(groups(A=28, B=23, C=4), committees(*[10] * 6))
    assert [row[0] for row in matrix(allocation)] == [6] * 6
    assert totals(allocation)["A"] == 36  # its share is 30.55
    assert any(w.principle == "c" for w in allocation.warnings)


def test_b_gives_way_to_a_on_a_body_of_two():
    allocation = allocate(groups(A=30, B=10), committees(2, 8))
    assert matrix(allocation)[0] == [1, 1]
    assert any(w.principle == "b" and w.body == "C00" for w in allocation.warnings)


def test_half_of_the_members_is_no_majority():
    allocation = allocate(groups(A=20, B=12, C=8), committees(10, 10))
    assert [row[0] for row in matrix(allocation)] == [5, 5]


def test_c_comes_before_d():
    """Alone each body would give A and B 2 each and C 1; together C is due but 2 of 15."""
    allocation = allocate(groups(A=22, B=21, C=7), committees(5, 5, 5))
    alone = [matrix(allocate(groups(A=22, B=21, C=7), committees(5)))[0]]
    assert alone == [[2, 2, 1]]
    assert totals(allocation) == {"A": 7, "B": 6, "C": 2}
    assert sorted(row[2] for row in matrix(allocation)) == [0, 1, 1]


def test_the_working_reads_in_the_order_of_the_principles():
    allocation = allocate(groups(A=17, B=14, C=10), committees(11, 9, 7), ungrouped=3)
    principles = [
        row.principle for row in allocation.working if row.principle in {"a", "b", "c", "d"}
    ]
    assert principles == sorted(principles)
    assert {"a", "b", "c", "d"} == set(principles)
    words = [row.words for row in allocation.working]
    assert "A: 27 seats × 17 ÷ 44 members = 10.43." in words
    assert words[-1].startswith("No group is due 2 seats")


# --- Against brute force --------------------------------------------------------------------------


def every_matrix(sizes, columns):
    """All ways to fill bodies of these sizes."""
    rows = [
        [row for row in product(range(size + 1), repeat=columns) if sum(row) == size]
        for size in sizes
    ]
    return product(*rows)


def principles_met(members, sizes, filled):
    """How far a matrix meets (a) to (d), in order: the smaller the better, each before the next."""
    everyone, seats = sum(members), sum(sizes)
    a = sum(max(row) == size for row, size in zip(filled, sizes, strict=True))
    big = [i for i, m in enumerate(members) if 2 * m > everyone]
    b = sum(2 * row[i] <= size for i in big for row, size in zip(filled, sizes, strict=True))
    columns = [sum(column) for column in zip(*filled, strict=True)]
    c = sum((n * everyone - seats * m) ** 2 for n, m in zip(columns, members, strict=True))
    d = sum(
        (n * everyone - size * m) ** 2
        for row, size in zip(filled, sizes, strict=True)
        for n, m in zip(row, members, strict=True)
    )
    return a, b, c, d


def test_nothing_meets_the_principles_better():
    rng = random.Random(15)  # noqa: S311
    for _ in range(300):
        members = [rng.randint(2, rng.choice([4, 12, 30])) for _ in range(rng.choice([2, 3]))]
        sizes = [rng.randint(2, 5) for _ in range(rng.choice([1, 2, 3]))]
        if max(sizes) > min(members) * 2:
            continue
        filled = matrix(
            allocate(groups(**dict(zip("ABC", members, strict=False))), committees(*sizes))
        )
        possible = (
            each
            for each in every_matrix(sizes, len(members))
            if all(n <= m for row in each for n, m in zip(row, members, strict=True))
        )
        best = min(principles_met(members, sizes, each) for each in possible)
        assert principles_met(members, sizes, filled) == best, (members, sizes)


def test_random_councils_add_up_and_keep_their_majorities():
    rng = random.Random(1989)  # noqa: S311
    for _ in range(400):
        members = [rng.randint(1, rng.choice([3, 12, 50])) for _ in range(rng.randint(2, 8))]
        ungrouped = rng.choice([0, 0, 1, 5])
        everyone = sum(members) + ungrouped
        sizes = [rng.randint(1, min(15, everyone)) for _ in range(rng.randint(1, 9))]
        allocation = allocate(
            [Group(f"G{n}", size) for n, size in enumerate(members)],
            committees(*sizes),
            ungrouped=ungrouped,
        )
        filled = matrix(allocation)
        assert [sum(row) for row in filled] == sizes
        assert [sum(column) for column in zip(*filled, strict=True)] == [
            share.seats for share in allocation.totals
        ]
        assert min(min(row) for row in filled) >= 0
        for column, size in enumerate(members):
            for row, seats in zip(filled, sizes, strict=True):
                if seats > 2 and 2 * size > everyone:
                    assert 2 * row[column] > seats
                if seats > 1:
                    assert row[column] < seats


def largest_remainders(exact, total):
    whole = [int(share) for share in exact]
    order = sorted(range(len(exact)), key=lambda i: whole[i] - exact[i])
    for i in order[: total - sum(whole)]:
        whole[i] += 1
    return whole


def test_a_line_without_bounds_is_the_method_of_largest_remainders():
    rng = random.Random(3)  # noqa: S311
    untied = 0
    for _ in range(500):
        members = [rng.randint(1, 40) for _ in range(rng.randint(1, 8))]
        total = rng.randint(1, 100)
        exact = [Fraction(total * m, sum(members)) for m in members]
        line = closest_line(exact, [0] * len(exact), [total] * len(exact), total)
        if not line.spare:
            untied += 1
            assert list(line.values) == largest_remainders(exact, total)
        assert sum(line.values) + line.spare == total
    assert untied > 200


# --- Ties -----------------------------------------------------------------------------------------


def test_a_tie_is_named_and_a_choice_settles_it():
    allocation = allocate(groups(A=10, B=10), committees(5))
    (tie,) = allocation.ties
    assert (tie.body, tie.options, tie.shown, tie.is_settled) == ("", ("A", "B"), "A", False)
    settled = allocate(groups(A=10, B=10), committees(5), choices={tie.key: "B"})
    assert totals(settled) == {"A": 2, "B": 3}
    assert settled.open_ties == ()
    assert any("It was decided that B has it" in row.words for row in settled.working)


def test_a_tie_about_which_committee_has_the_odd_seat():
    allocation = allocate(groups(A=10, B=10), committees(5, 5))
    (tie,) = allocation.ties
    assert tie.body == "C00"
    for name in "AB":
        settled = allocate(groups(A=10, B=10), committees(5, 5), choices={tie.key: name})
        row = dict(zip("AB", matrix(settled)[0], strict=True))
        assert row[name] == 3
        assert totals(settled) == {"A": 5, "B": 5}
        assert settled.open_ties == ()


def test_a_choice_of_somebody_who_is_not_in_the_tie_is_left_aside():
    allocation = allocate(groups(A=10, B=10, C=2), committees(4), choices={("", 1): "Z"})
    assert all(tie.shown in tie.options for tie in allocation.ties)
    assert allocation.ties == allocate(groups(A=10, B=10, C=2), committees(4)).ties


def test_settling_ties_one_by_one_comes_to_an_end_and_every_outcome_is_as_close():
    rng = random.Random(4)  # noqa: S311
    for _ in range(60):
        members = [rng.choice([4, 6, 6, 9]) for _ in range(rng.randint(2, 4))]
        sizes = [rng.choice([5, 5, 7]) for _ in range(rng.randint(1, 4))]
        called = groups(**dict(zip("ABCD", members, strict=False)))
        first = allocate(called, committees(*sizes))
        choices = {}
        for _ in range(100):
            allocation = allocate(called, committees(*sizes), choices=choices)
            if not allocation.open_ties:
                break
            tie = allocation.open_ties[0]
            choices[tie.key] = rng.choice(tie.options)
        assert not allocation.open_ties
        assert principles_met(members, sizes, matrix(allocation)) == principles_met(
            members, sizes, matrix(first)
        )


# --- What cannot be asked -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "sizes", "words"),
    [
        ({}, (5,), "no group"),
        ({"A": 3}, (), "no committee"),
        ({"A": 3, "B": 2}, (6,), "more than the 5 members"),
        ({"A": 3, "B": 2}, (0,), "at least 1 seat"),
        ({"A": 3, "B": 0}, (2,), "must have members"),
        ({"A": 3}, (2,) * 41, "40 is the most"),
    ],
)
def test_impossible_allocations_are_refused(members, sizes, words):
    with pytest.raises(BalanceError, match=words):
        allocate(groups(**members), committees(*sizes))
