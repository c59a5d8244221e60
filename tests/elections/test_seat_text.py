"""Names and numbers as people paste them: understood, said, or asked about; never guessed."""

from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elections.bodies import BodyKind
from elections.seat_text import (
    SeatTextError,
    balance_from_csv,
    committees_from_table,
    composition_from_list,
    composition_from_table,
    is_ungrouped,
    is_vacant,
    read_bodies,
    read_committees,
    read_composition,
)


def read(text, **rest):
    """Groups by name, ungrouped members and vacancies."""
    composition = composition_from_table(text, **rest)
    groups = {group.name: group.members for group in composition.groups}
    return groups, composition.ungrouped, composition.vacancies


TWO = ({"Labour": 5, "Conservative": 23}, 0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "Conservative,23\nLabour,5",
        "Conservative;23\nLabour;5",
        "Conservative\t23\nLabour\t5",
        "Conservative,23\nLabour;5",
        "Conservative 23\nLabour 5",
        "Conservative: 23\r\nLabour: 5\r\n",
        "Conservative — 23\nLabour − 5",
        "Conservative – 23\nLabour - 5",
        "Conservative = 23\nLabour=5",
        "Conservative|23\nLabour|5",
        "• Conservative 23\n• Labour 5",
        "- Conservative 23\n- Labour 5",
        "1. Conservative 23\n2. Labour 5",
        "1) Conservative,23\n2) Labour,5",
        "Conservative[1],23\nLabour †,5",
        "Conservative (23)\nLabour (5)",
        "Conservative (23 seats)\nLabour (5 seats)",
        "Conservative 23 councillors\nLabour 5 Members",
        "23 Conservative\n5 Labour",
        "• 23 Conservative\n• 5 Labour",
        "23\tConservative\n5\tLabour",
        "Conservative,23.0\nLabour,5.0",
        "Conservative 23 (82%)\nLabour 5 (18%)",
        "Conservative\t82%\t23\nLabour\t18%\t5",
        "Conservative\t23\t82.1%\nLabour\t5\t17.9%",
        "\tConservative\t23 / 28\n\tLabour\t5 / 28",
        "Conservative 23/28\nLabour 5 of 28",
        "Conservative\t23\t+2\nLabour\t5\t–2",
        "| Party | Seats |\n|:---|---:|\n| Conservative | 23 |\n| Labour | 5 |",
        "Conservative\u200b,23\nLabour\u00a0,5",
        "\ufeffConservative,23\n\nLabour,5\n\n",
        '"Conservative",23\n"Labour","5"',
        "Conservative 23, Labour 5",
        "Conservative 23; Labour 5",
        "Conservative, 23, Labour, 5",
        "23 Conservative, 5 Labour",
        "Conservative 23 and Labour 5",
        "Conservative 23 Labour 5",
        "Political group,Seats\nConservative,23\nLabour,5",
        "Political Party\tMembers\nConservative\t23\nLabour\t5",
        "Name of Group\tNo. of seats\nConservative\t23\nLabour\t5",
        "Composition of the council\n\nParty\tSeats\nConservative\t23\nLabour\t5",
        "Party\tCandidates\tSeats\nConservative\t48\t23\nLabour\t40\t5",
        "Party\tSeats\tShare\nConservative\t23\t82\nLabour\t5\t18",
        "Conservative,23\nLabour,5\nTotal,28",
        "Conservative,23\nLabour,5\nGRAND TOTAL,28",
        "Conservative,23\nLabour,5\nTotal seats,28",
        "Conservative,23\nLabour,5\nCouncil size,28",
        "Conservative,23\nLabour,5\n,28",
        "Conservative,23\nLabour,5\nMajority,9",
        "Conservative,23\nLabour,5\nReform UK,0\nGreen,–",
    ],
)
def test_one_council_pasted_in_many_forms(text):
    assert read(text) == TWO


@pytest.mark.parametrize(
    "name",
    [
        "Ungrouped",
        "In no group",
        "Ungrouped Member",
        "Ungrouped Independents",
        "Independent (ungrouped)",
        "Non aligned",
        "Non-aligned",
        "Un-aligned",
        "Unaligned councillors",
        "Unaffiliated",
        "Unattached",
        "Not specified",
        "Not in a group",
        "Not in a political group",
        "Independent (not in a group)",
        "members not in a group",
        "No group",
        "Outside the groups",
    ],
)
def test_words_for_members_who_belong_to_no_group(name):
    assert is_ungrouped(name)
    assert read(f"Oak,9\n{name},2") == ({"Oak": 9}, 2, 0)


@pytest.mark.parametrize(
    "name",
    ["Vacant", "Vacancy", "Vacancies", "Vacant seat", "Casual vacancy", "Vacancy (Mill ward)"],
)
def test_words_for_vacant_seats(name):
    assert is_vacant(name)
    assert read(f"Oak,9\n{name},2") == ({"Oak": 9}, 0, 2)


@pytest.mark.parametrize("name", ["Independent Group", "Independents", "R4GV", "Group of Nine"])
def test_names_of_groups_are_left_alone(name):
    assert read(f"Oak,9\n{name},2") == ({"Oak": 9, name: 2}, 0, 0)


def test_a_named_group_of_the_non_aligned_is_a_group_and_a_notice_asks():
    reading = read_composition("Oak,9\nNon-aligned Group,3")
    assert [group.name for group in reading.composition.groups] == ["Non-aligned Group", "Oak"]
    assert "was read as a political group" in reading.notices[0]


# --- Said -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "A,20\nB,10\nC,8\nD,6\nE,4\nTotal,48",
            "You pasted 5 groups, 48 seats and a total of 48. The total was left out.",
        ),
        ("Oak,9\nGreen,1", "Green has 1 member. A political group has at least 2"),
        ("Oak,9\nElm,0", "Elm has no seats and was left out."),
        ("Oak,9\nAsh,8\nOverall majority,1", "“Overall majority” is not a group"),
        ("Our council\nOak,9", "Row 1, “Our council”, has no number and was read as a heading."),
        ("Oak,9\nAsh,4\nElm,13", "The last row, Elm 13, is the sum of the others."),
        ("Oak 9 Ash 4", "“Oak 9 Ash 4” was read as 2 groups: Oak 9, Ash 4."),
    ],
)
def test_what_was_interpreted_is_said(text, words):
    assert any(words in notice for notice in read_composition(text).notices)


def test_another_number_of_seats_than_the_council_has_is_said():
    reading = read_composition("Oak,9\nAsh,4", council_seats=14)
    assert reading.notices == ("This has 13 seats; the council has 14.",)
    assert read_composition("Oak,9\nAsh,4\nVacant,1", council_seats=14).notices == ()


def test_a_total_may_count_vacancies_or_not():
    for total in (13, 14):
        assert read(f"Oak,9\nAsh,4\nVacant,1\nTotal,{total}") == ({"Oak": 9, "Ash": 4}, 0, 1)


# --- Asked ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Conservative\t46\t23\nLabour\t54\t27", "Row 1 has more than one number: 46 and 23."),
        ("Party\t2019\t2023\nOak\t20\t23\nAsh\t8\t5", "Row 2 has more than one number: 20 and 23."),
        ("Independents 2020 4, Oak 5", "“Independents 2020 4” has more than one number."),
        ("Oak,9\nAsh,4\nTotal,13\nTotal,14", "There are 2 totals, 13 and 14."),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked(text, words):
    reading = read_composition(text)
    assert reading.composition is None
    assert any(words in question for question in reading.questions)
    with pytest.raises(SeatTextError, match=r"more than one number|2 totals"):
        composition_from_table(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Oak,23\nAsh,5\nTotal,29", "given as 29, but the other rows add up to 28"),
        ('"Conservative,23\nLabour,5', "quotation mark is opened but not closed"),
        ("Oak -3", "Oak needs a whole number, not “-3”"),
        ("Oak,-3\nAsh,4", "Row 1: Oak needs a whole number, not “-3”"),
        ("Oak,x\nAsh,4", "Row 1: Oak needs a whole number, not “x”"),
        ("Oak,4\nAsh", "Row 2: Ash needs a whole number"),
        ("Oak,4\n,5\nAsh,6", "Row 2: the name is missing"),
        ("Oak,4\noak,5", "appears more than once"),
        ("Oak,0", "Oak must have from 1"),
        ("", "There is nothing to read"),
        (" \n\n", "There is nothing to read"),
        ("Oak,4\0\nAsh,3", "not a text file"),
        ("x,1\n" * 6000, "20,000 characters or fewer"),
    ],
)
def test_faults_are_named(text, words):
    with pytest.raises(SeatTextError, match=words):
        read(text)


def test_a_list_on_one_line_counts_its_parts():
    with pytest.raises(SeatTextError, match="Group 2: Ash needs a whole number"):
        composition_from_list("Oak 5, Ash")


# --- Committees -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Planning,11\nAudit,9",
        "Planning (11)\nAudit (9 seats)",
        "Name of committee\tSeats\nPlanning\t11\nAudit\t9\nTotal\t20",
        "Committee,Size,Quorum\nPlanning,11,3\nAudit,9,3",
        "Planning 11, Audit 9",
        "• Planning: 11\n• Audit: 9",
    ],
)
def test_committees_in_many_forms(text):
    found = committees_from_table(text)
    assert [(each.name, each.size) for each in found] == [("Planning", 11), ("Audit", 9)]


def test_names_of_committees_can_have_numbers():
    text = "Scrutiny 1: 7\nScrutiny 2: 7\nLicensing Act 2003 Committee,15"
    found = committees_from_table(text)
    assert [each.name for each in found] == [
        "Scrutiny 1",
        "Scrutiny 2",
        "Licensing Act 2003 Committee",
    ]
    assert read_committees("Planning 2 Panel 5").questions


def test_a_wrong_total_of_committees_is_refused_and_a_right_one_said():
    assert (
        "2 committees, 20 seats and a total of 20"
        in read_committees("Planning,11\nAudit,9\nTotal,20").notices[0]
    )
    with pytest.raises(SeatTextError, match="given as 21"):
        committees_from_table("Planning,11\nAudit,9\nTotal,21")


# --- Balance files --------------------------------------------------------------------------------


def test_a_balance_file_takes_the_same_forms():
    found = balance_from_csv(
        "Kind;Name;Number\ngroup;• Oak;(23)\ngroup;Vacant seat;1\ngroup;Unaffiliated;2\n"
        "committee;Planning;11 seats\nsub-committee;Panel;3\ngroup;Total;26\n"
    )
    assert [(group.name, group.members) for group in found.groups] == [("Oak", 23)]
    assert (found.vacancies, found.ungrouped[0].members) == (1, 2)
    assert [(body.size, body.kind) for body in found.committees] == [
        (11, BodyKind.ORDINARY),
        (3, BodyKind.SUB_COMMITTEE),
    ]
    assert found.notices == ("Row 7 is a total and was left out.",)


# --- Any text -------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["Oak", "Ash", "Total", "Vacant", "and", "seats", "Party", "12", "3", "0", "46%", "(7)", "−5"]
) | st.sampled_from([" ", ",", ";", "\t", "\n", "|", "-", "–", '"', "•", "1.", "/", "\u200b"])


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_any_text_is_read_asked_about_or_refused(text):
    for reader in (read_composition, read_committees, balance_from_csv):
        with suppress(SeatTextError):
            reader(text)


NAMES = st.lists(
    st.from_regex(r"[A-Z][a-z]{2,8}( [A-Z][a-z]{2,8})?", fullmatch=True),
    min_size=2,
    max_size=6,
    unique_by=str.casefold,
)


@settings(max_examples=200, deadline=None)
@given(NAMES, st.data(), st.sampled_from(["{}\t{}", "{},{}", "{} ({})", "{}: {}", "{} {} seats"]))
def test_tables_come_back_as_they_were_written(names, data, form):
    numbers = [data.draw(st.integers(2, 30)) for _ in names]
    lines = [form.format(*each) for each in zip(names, numbers, strict=True)]
    words = " ".join(names).casefold()
    if any(word in words for word in ("total", "all", "sum", "seat", "council", "major", "vacan")):
        return
    if any(map(is_ungrouped, names)):
        return
    for text in ("\n".join(lines), "\n".join([*lines, f"Total,{sum(numbers)}"])):
        assert read(text) == (dict(sorted(zip(names, numbers, strict=True))), 0, 0)


def test_the_kind_of_a_body_is_read_from_its_own_column_or_suggested_by_its_name():
    found = read_bodies(
        "Committee\tSeats\tKind\n"
        "Planning\t11\t\n"
        "Taxi panel\t5\tSub-committee\n"
        "Licensing Sub-Committee,3\n"
        "joint committee;Crematorium;4\n"
        "Cabinet\t8\n"
        "Licensing Act 2003 Committee (10 seats)\n"
        "Total\t41"
    )
    assert [(body.name, body.size, body.kind) for body in found.committees] == [
        ("Planning", 11, BodyKind.ORDINARY),
        ("Taxi panel", 5, BodyKind.SUB_COMMITTEE),
        ("Licensing Sub-Committee", 3, BodyKind.SUB_COMMITTEE),
        ("Crematorium", 4, BodyKind.JOINT_COMMITTEE),
        ("Cabinet", 8, BodyKind.NOT_BALANCED),
        ("Licensing Act 2003 Committee", 10, BodyKind.NOT_BALANCED),
    ]
    assert [bool(body.reason) for body in found.committees] == [False] * 4 + [True] * 2
    suggested = next(notice for notice in found.notices if "suggested" in notice)
    assert "Licensing Sub-Committee (sub-committee)" in suggested
    assert "Taxi panel" not in suggested


def test_the_command_and_the_page_read_kinds_alike():
    table = (
        "Group\tMembers\nOak\t10\nAsh\t8\n\nCommittee\tSeats\tKind\nPlanning\t7\nPanel\t3\tJoint"
    )
    assert [body.kind for body in balance_from_csv(table).committees] == [
        BodyKind.ORDINARY,
        BodyKind.JOINT_COMMITTEE,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Oak " + "†" * 24 + "! 5\nAsh 3",
        "Oak 3\n" + "[a]" * 6_000 + "! 1",
        "a" * 200 + " " * 200 + "x1x 1 1",
        "1" * 20_000,
        "1%" * 10_000,
        " " * 19_990 + "x 1",
        "Oak 3" + "\t" * 10_000 + "!",
        "1\t" * 10_000,
        "Oak\t" + "1\t" * 9_990,
        "1\t" * 5_000 + "\n" + "1\t1\n" * 2_500,
        "ordinary\t" * 2_200,
        "|1" * 10_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_text_that_fits_no_pattern_is_answered_soon(text):
    """One pasted line must not occupy the server: patterns that fail can take exponential time."""
    began = process_time()
    for read in (read_composition, read_bodies):
        with suppress(SeatTextError):
            read(text)
    assert process_time() - began < 1.5
