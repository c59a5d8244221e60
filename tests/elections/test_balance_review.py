"""Political balance: any table against the principles, other methods, sizes, before and after."""

import json
import random
from pathlib import Path

import pytest

from elections.balance_review import TableVerdict, check_table, compare, other_methods, size_table
from elections.composition import Group
from elections.political_balance import BalanceError, BodyKind, Committee, allocate

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parent / "data/balance_cases.json").read_text())
}


def groups(**members):
    return [Group(name, size) for name, size in members.items()]


def council_of(case):
    members = dict(case["groups"])
    ungrouped = members.pop("In no group", 0)
    return groups(**members), [Committee(*each) for each in case["committees"].items()], ungrouped


def published(case):
    return {
        body: dict(zip(case["groups"], seats, strict=True))
        for body, seats in case["published"].items()
    }


# --- Departures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ESCC-MAJ", "GWYNEDD-2023", "SOUTHWARK-2013-Licensing"])
def test_a_published_table_that_meets_the_principles_is_not_a_departure(name):
    called, bodies, ungrouped = council_of(CASES[name])
    check = check_table(allocate(called, bodies, ungrouped=ungrouped), published(CASES[name]))
    assert not check.is_departure, check.failures


def test_a_published_table_without_the_majority_of_b_is_a_departure_that_names_it():
    called, bodies, _ = council_of(CASES["GUILDFORD-2024"])
    check = check_table(allocate(called, bodies), published(CASES["GUILDFORD-2024"]))
    assert check.verdict is TableVerdict.DEPARTURE
    assert check.principles == ("b", "c")
    assert {f.body for f in check.failures if f.principle == "b"} == {
        "JointGov",
        "OS-Resources",
        "OS-Services",
    }
    assert check.words.startswith(
        "A departure from political balance: principles (b) and (c) not met."
    )


COUNCIL = groups(A=20, B=15, C=5)
BODIES = [Committee("P", 8), Committee("Q", 8), Committee("R", 8)]  # 12, 9, 3: 4, 3, 1 on each


def checked(*rows):
    return check_table(allocate(COUNCIL, BODIES), rows)


@pytest.mark.parametrize(
    ("rows", "verdict", "principles"),
    [
        (((4, 3, 1), (4, 3, 1), (4, 3, 1)), TableVerdict.SAME, ()),
        (((5, 2, 1), (3, 4, 1), (4, 3, 1)), TableVerdict.DEPARTURE, ("d",)),
        (((4, 4, 0), (4, 2, 2), (4, 3, 1)), TableVerdict.DEPARTURE, ("d",)),
        (((5, 3, 0), (4, 3, 1), (4, 3, 1)), TableVerdict.DEPARTURE, ("c", "d")),
        (((8, 0, 0), (3, 4, 1), (1, 5, 2)), TableVerdict.DEPARTURE, ("a", "d")),
    ],
)
def test_the_principle_that_fails_is_named(rows, verdict, principles):
    check = checked(*rows)
    assert check.verdict is verdict
    assert check.principles == principles


def test_a_table_with_the_same_totals_within_a_seat_of_each_share_meets_the_principles():
    allocation = allocate(groups(A=22, B=21, C=7), [Committee(n, 5) for n in "PQR"])
    rows = [[share.seats for share in row] for row in allocation.seats]
    assert sorted(row[2] for row in rows) == [0, 1, 1]
    check = check_table(allocation, [rows[1], rows[2], rows[0]])
    assert check.verdict is TableVerdict.ALTERNATIVE
    assert check.words == "Another allocation that meets the principles."


def test_either_way_to_settle_a_tie_of_the_totals_meets_c():
    allocation = allocate(groups(A=10, B=10), [Committee("P", 5)])
    verdicts = [check_table(allocation, [row]).verdict for row in ((3, 2), (2, 3), (4, 1))]
    assert verdicts == [TableVerdict.SAME, TableVerdict.ALTERNATIVE, TableVerdict.DEPARTURE]


def test_what_cannot_be_met_is_not_held_against_a_table():
    """One group fills a body of one in any table, and no group can have a majority of two."""
    allocation = allocate(groups(A=30, B=10), [Committee("One", 1), Committee("Two", 2)])
    assert check_table(allocation, [(1, 0), (1, 1)]).verdict is TableVerdict.SAME
    assert check_table(allocation, [(0, 1), (1, 1)]).principles == ("b", "c")


def test_a_body_outside_the_pool_is_measured_by_itself():
    bodies = [Committee("P", 8), Committee("Sub", 4, BodyKind.SUB_COMMITTEE)]
    allocation = allocate(COUNCIL, bodies)
    ours = [[share.seats for share in row] for row in allocation.seats]
    assert ours == [[4, 3, 1], [2, 2, 0]] or allocation.ties
    assert check_table(allocation, [(4, 3, 1), (2, 1, 1)]).verdict is not TableVerdict.DEPARTURE
    assert check_table(allocation, [(4, 3, 1), (1, 2, 1)]).principles == ("d",)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([(4, 3, 1)], "cell for each body"),
        ([(4, 3), (4, 3), (4, 3)], "cell for each body"),
        ([(4, 3, 1), (4, 3, 1), (4, 3, 2)], "These are 9 seats; R has 8"),
        ([(9, -1, 0), (4, 3, 1), (4, 3, 1)], "less than 0"),
        ([(1, 1, 6), (4, 3, 1), (4, 3, 1)], "C has 5 members"),
        ({"S": {"A": 8}}, "Not in this allocation: S"),
        ({"P": {"Z": 8}}, "Not in this allocation: Z"),
    ],
)
def test_a_table_that_does_not_fill_the_bodies_is_refused(table, words):
    with pytest.raises(BalanceError, match=words):
        check_table(allocate(COUNCIL, BODIES), table)


def test_our_own_table_and_every_outcome_of_a_tie_meet_the_principles():
    rng = random.Random(17)  # noqa: S311
    offered = 0
    for _ in range(150):
        called = groups(**{n: rng.randint(2, 25) for n in "ABCDE"[: rng.randint(2, 5)]})
        bodies = [Committee(f"C{n}", rng.randint(3, 13)) for n in range(rng.randint(1, 6))]
        if max(body.size for body in bodies) > sum(group.members for group in called):
            continue
        allocation = allocate(called, bodies, ungrouped=rng.choice([0, 1, 3]))
        assert check_table(allocation, allocation.table).verdict is TableVerdict.SAME
        for tie in allocation.ties:
            for outcome in tie.outcomes:
                if tie.body and outcome.changes:
                    table = {body: dict(row) for body, row in allocation.table.items()}
                    for change in outcome.changes:
                        table[change.body][change.party] += change.by
                    offered += 1
                    check = check_table(allocation, table)
                    assert not {"a", "b", "c"} & set(check.principles)
    assert offered > 50


# --- Other methods --------------------------------------------------------------------------------


def test_other_methods_are_named_and_flagged_where_they_are_not_lawful():
    called, bodies, ungrouped = council_of(CASES["ESCC-MAJ"])
    found = {each.key: each for each in other_methods(called, bodies, ungrouped=ungrouped)}
    assert found["largest-remainder"].totals == {
        "Con": 41,
        "Green": 6,
        "IndDem": 3,
        "Lab": 8,
        "LD": 18,
        "In no group": 2,
    }
    assert not found["largest-remainder"].is_lawful
    assert "Con has a majority on the council" in found["largest-remainder"].reason
    assert found["ungrouped-as-party"].totals["In no group"] > 0
    assert not found["ungrouped-as-party"].is_lawful
    assert all(sum(each.totals.values()) == 78 for each in found.values())


def test_largest_remainders_are_lawful_only_if_the_majority_group_has_a_majority_on_each_body():
    rng = random.Random(18)  # noqa: S311
    outcomes = set()
    for _ in range(200):
        called = groups(A=rng.randint(16, 40), B=rng.randint(2, 8), C=rng.randint(2, 7))
        bodies = [Committee(f"C{n}", rng.randint(3, 11)) for n in range(4)]
        (found,) = (e for e in other_methods(called, bodies) if e.key == "largest-remainder")
        short = [body for body in bodies if 2 * found.table[body.name]["A"] <= body.size]
        assert not (short and found.is_lawful)
        assert ("does not give it a majority on each body" in found.reason) == bool(short)
        assert ("may leave A without a majority" in found.reason) == found.is_lawful
        outcomes.add((found.is_lawful, bool(short)))
    assert {(True, False), (False, True)} <= outcomes


def test_a_method_that_gives_the_seats_of_the_allocation_is_not_said_to_break_the_principles():
    bodies = [Committee("Planning", 9), Committee("Scrutiny", 9)]
    found = {each.key: each for each in other_methods(groups(Ash=15, Oak=33), bodies)}
    assert found["largest-remainder"].table == found["each-body"].table
    assert found["largest-remainder"].is_lawful
    assert "does not give it" not in found["largest-remainder"].reason


def test_a_method_that_gives_the_same_is_lawful():
    for each in other_methods(COUNCIL, BODIES):
        assert each.is_lawful
        assert each.totals == {"A": 12, "B": 9, "C": 3}


# --- Sizes ----------------------------------------------------------------------------------------


def test_which_size_balances():
    found = {row.size: row for row in size_table(groups(A=28, B=23, C=4), range(3, 16))}
    assert [size for size, row in found.items() if row.balances] == [3, 5, 13, 15]
    assert found[11].rounded == 12
    assert found[11].problem == "The nearest whole shares add up to 12, not 11."
    assert found[10].problem == "A needs 6 for a majority, where its share is 5.09."


def test_a_size_with_a_tie_does_not_balance_and_sizes_beyond_the_council_are_left_out():
    found = size_table(groups(A=4, B=4), [5, 8, 9])
    assert [(row.size, row.balances) for row in found] == [(5, False), (8, True)]
    assert found[0].problem == "A and B are level for the last seat."


def test_seats_left_for_members_outside_the_groups_balance():
    (row,) = size_table(groups(A=20, B=15), [9], ungrouped=10)
    assert [share.seats for share in row.shares] == [4, 3, 2]
    assert row.balances


# --- Before and after -----------------------------------------------------------------------------


def test_before_and_after_say_who_gives_up_and_who_gains():
    before = allocate(groups(A=20, B=15, C=5), BODIES)
    after = allocate(groups(A=15, B=20, c=5), BODIES)
    found = compare(before, after)
    assert [(t.party, t.before, t.after, t.change) for t in found.totals] == [
        ("A", 12, 9, -3),
        ("B", 9, 12, 3),
        ("c", 3, 3, 0),
    ]
    assert found.sentences == (
        "A gives up 3 seats: 1 on P, 1 on Q and 1 on R.",
        "B gains 3 seats: 1 on P, 1 on Q and 1 on R.",
    )


def test_a_new_group_and_a_body_that_is_gone():
    before = allocate(groups(A=20, B=20), BODIES)
    after = allocate(groups(A=20, B=10, D=10), BODIES[:2])
    found = compare(before, after)
    cells = {(cell.body, cell.party): cell for cell in found.cells}
    assert (cells["R", "A"].before, cells["R", "A"].after) == (4, None)
    assert (cells["P", "D"].before, cells["P", "D"].after) == (None, 2)
    assert cells["P", "D"] in found.gains
    assert cells["R", "A"] in found.gives
