"""The two commands: what they say, as text and as JSON, and how they refuse."""

import io
import json

import pytest
from django.core.management import CommandError, call_command


def run(name, *args, **options):
    out = io.StringIO()
    call_command(name, *args, stdout=out, **options)
    return out.getvalue()


def data(name, *args, **options):
    return json.loads(run(name, *args, json=True, **options))


# --- control --------------------------------------------------------------------------------------


def test_a_majority():
    found = data("control", "Conservative 23, Labour 5, Green 2")
    assert found["total"] == 30
    assert found["majority_at"] == 16
    assert found["status"] == "majority"
    assert found["majority_group"] == "Conservative"
    assert found["combinations"] == [["Conservative"]]


def test_no_overall_control_with_vacancies():
    found = data("control", "Conservative 15, Labour 10, Green 4", vacancies=1)
    assert (found["total"], found["majority_at"], found["status"]) == (30, 16, "noc")
    assert found["majority_group"] is None
    assert found["combinations"] == [["Conservative", "Green"], ["Conservative", "Labour"]]


def test_members_in_post_and_the_ungrouped():
    found = data("control", "A 14, B 10", vacancies=4, ungrouped=3, rule="in-post")
    assert (found["total"], found["in_post"], found["majority_at"]) == (31, 27, 14)
    assert found["status"] == "majority"
    found = data("control", "A 13, B 10", ungrouped=3)
    assert found["combinations_with_ungrouped"] == [
        {"groups": ["A"], "ungrouped": 1},
    ]


def test_as_text():
    text = run("control", "Oak 15, Ash 10, Elm 5")
    assert "A majority takes 16 of 30 seats." in text
    assert "No overall control" in text
    assert "Ash + Oak: 25" in text
    assert "Exactly half: Oak; Ash + Elm. A casting vote can carry a motion" in text
    assert "30 seats.\n" in text
    assert "31 seats, 1 of them vacant.\n" in run("control", "Oak 15, Ash 10, Elm 5", vacancies=1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Oak", "Group 1: Oak needs a whole number"),
        ("Oak 15, Ash x", "Group 2: Ash x needs a whole number"),
        ("Oak 15, 5", "Group 2: the name is missing"),
        ("Oak 15, Oak 5", "more than once"),
        ("Oak 0", "Oak must have from 1"),
        ("Oak 15,", "Group 2: the name is missing"),
        ("", "the name is missing"),
        ("Oak 9999", "at most 300, not 9999"),
        ("Oak 1234567890", "needs a whole number"),
        ("Oak\0 3", "cannot be printed"),
        (f"{'O' * 70} 3", "60 characters"),
        (f"{'O' * 70_000} 3", "60 characters"),
    ],
)
def test_control_refuses_in_one_line(text, words):
    with pytest.raises(CommandError, match=words) as refused:
        run("control", text)
    assert "\n" not in str(refused.value)


def test_control_refuses_a_negative_number_of_vacancies():
    with pytest.raises(CommandError, match="less than 0"):
        run("control", "Oak 3", vacancies=-1)


@pytest.mark.parametrize(
    "text",
    [
        "Oak 15, Ash 10, Elm 5, Total 30",
        "Oak 15; Ash 10; Elm 5",
        "Oak 15 and Ash 10 and Elm 5",
        "15 Oak, 10 Ash, 5 Elm",
        "Oak (15), Ash (10 seats), Elm (5 members)",
        "Political group\tSeats\nOak\t15\nAsh\t10\nElm\t5\nTotal\t30",
        "| Party | Seats |\n|---|---|\n| Oak | 15 |\n| Ash | 10 |\n| Elm | 5 |",
    ],
)
def test_control_takes_what_people_paste(text):
    found = data("control", text)
    assert (found["total"], found["majority_at"]) == (30, 16)
    assert [(g["name"], g["members"]) for g in found["groups"]] == [
        ("Ash", 10),
        ("Elm", 5),
        ("Oak", 15),
    ]


def test_control_says_what_it_left_out_and_asks_what_is_not_clear():
    assert "Note: You pasted 2 groups, 28 seats and a total of 28." in run(
        "control", "Oak 23, Ash 5, Total 28"
    )
    with pytest.raises(CommandError, match="add up to 28"):
        run("control", "Oak 23, Ash 5, Total 29")
    with pytest.raises(CommandError, match="more than one number"):
        run("control", "Oak\t46\t23\nAsh\t54\t27")


def test_control_says_where_a_half_takes_ungrouped_members():
    found = data("control", "Oak 25, Ash 24, Ungrouped 5")
    assert found["exact_halves"] == []
    assert found["exact_halves_with_ungrouped"] == [
        {"groups": ["Ash"], "ungrouped": 3},
        {"groups": ["Oak"], "ungrouped": 2},
    ]


# --- political_balance ----------------------------------------------------------------------------

SOUTH_HOLLAND = """group,Conservative,24
group,Independents,12
ungrouped,Unaligned,1
committee,Planning,15
committee,Licensing,15
committee,Audit,11
committee,Policy,15
committee,Performance,15
committee,Standards,11
committee,Staffing,10
"""


@pytest.fixture
def csv(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "balance.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_south_holland(csv, encoding, line_break):
    text = SOUTH_HOLLAND.replace("\n", line_break)
    found = data("political_balance", csv(text, encoding))
    assert found["totals"] == {"Conservative": 60, "Independents": 30, "Unaligned": 2}
    assert list(found["allocation"]) == [
        "Planning",
        "Licensing",
        "Audit",
        "Policy",
        "Performance",
        "Standards",
        "Staffing",
    ]
    for size, row in zip((15, 15, 11, 15, 15, 11, 10), found["allocation"].values(), strict=True):
        assert sum(row.values()) == size
        assert row["Conservative"] > size / 2


def test_several_ungrouped_members_share_what_is_left(csv):
    found = data(
        "political_balance",
        csv("group,A,10\nungrouped,Mx One,1\nungrouped,Mx Two,1\ncommittee,C,6\n"),
    )
    assert found["totals"] == {"A": 5, "In no group": 1}


def test_a_size_that_rounding_cannot_fill_is_a_warning(csv):
    text = "group,A,28\ngroup,B,23\ngroup,C,4\ncommittee,Planning,11\n"
    found = data("political_balance", csv(text))
    assert found["allocation"] == {"Planning": {"A": 6, "B": 4, "C": 1}}
    assert any("gives 12 seats, not 11" in words for words in found["warnings"])
    assert "Warning: Planning: rounding each share separately" in run(
        "political_balance", csv(text)
    )


KINDS = """group,Oak,20
group,Ash,15
group,Elm,8
group,Fir,5
vacancy,Mill ward,1
joint group,Elm and Fir,Elm + Fir
committee,Planning (13 seats),13
sub-committee,Panel,3
joint committee,Crematorium,4
outside body,Fire authority,2
not balanced,Licensing Act 2003 committee,15
total,,37
"""


def test_kinds_of_body_vacancies_and_joint_groups(csv):
    found = data("political_balance", csv(KINDS))
    assert found["members"] == 48
    assert sum(found["totals"].values()) == 13
    assert list(found["totals"]) == ["Ash", "Elm and Fir", "Oak"]
    assert found["kinds"]["Crematorium"] == "joint"
    assert found["not_balanced"] == ["Licensing Act 2003 committee"]
    assert "its 1 vacant seat does not count" in found["working"][0]["words"]
    assert found["notices"] == ["Row 12 is a total and was left out."]
    pooled = data("political_balance", csv(KINDS), pool_sub_committees=True)
    assert sum(pooled["totals"].values()) == 16


def test_the_row_of_totals_says_what_it_adds_up(csv):
    """Bodies that are balanced separately are in the table and not in its totals."""
    assert "\nAll ordinary committees " in run("political_balance", csv(KINDS))
    pooled = run("political_balance", csv(KINDS), pool_sub_committees=True)
    assert "\nAll ordinary committees and sub-committees " in pooled
    assert "\nAll  " in run("political_balance", csv(SOUTH_HOLLAND))


def test_groups_are_separated_by_semicolons_in_the_working(csv):
    """Each has a comma of its own: “Ash 3.13, so 3; Beech 2.41, so 2”."""
    found = data("political_balance", csv(KINDS))
    (words,) = (
        row["words"]
        for row in found["working"]
        if row["principle"] == "d" and row["committee"].startswith("Planning")
    )
    assert words.count(", so ") == words.count(";") + 1 == 3


def test_two_tables_one_after_the_other(csv):
    text = (
        "Party\tSeats\nOak\t24\nAsh\t12\nUngrouped\t1\nTotal\t37\n\nCommittee\tSize\nPlanning\t9\n"
    )
    found = data("political_balance", csv(text))
    assert found["totals"] == {"Ash": 3, "Oak": 6, "In no group": 0}
    assert "total of 37" in found["notices"][0]


def test_other_methods_are_shown_on_request(csv):
    found = data("political_balance", csv(SOUTH_HOLLAND), other_methods=True)
    (method,) = (m for m in found["other_methods"] if m["key"] == "largest-remainder")
    assert method["is_lawful"]
    assert "may leave" in method["reason"]
    assert "Largest remainders" in run("political_balance", csv(SOUTH_HOLLAND), other_methods=True)


def test_the_working_of_the_command_adds_up_to_its_table(csv):
    found = data("political_balance", csv(SOUTH_HOLLAND))
    made = {name: dict.fromkeys(row, 0) for name, row in found["allocation"].items()}
    for row in found["working"]:
        for change in row["changes"]:
            if change["committee"]:
                made[change["committee"]][change["party"]] += change["by"]
    assert made == found["allocation"]


def test_ties_are_named(csv):
    found = data("political_balance", csv("group,A,10\ngroup,B,10\ncommittee,C,5\n"))
    assert found["ties"] == [{"committee": None, "between": ["A", "B"], "shown": "A"}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("group,A,10\ngroup,B,ten\ncommittee,C,5\n", "Row 2: B needs a whole number, not “ten”"),
        ("group,A,10\ncommittee,C\n", "Row 2: write committee, a name and a number"),
        (
            "group,A,10\nparty,B,3\ncommittee,C,5\n",
            "Row 2: “party” is not group, ungrouped, vacancy, joint group, committee or another",
        ),
        ("group,A,10\n\n\ncommittee,,5\n", "Row 4: the name is missing"),
        ("group,A,0\ncommittee,C,5\n", "Row 1: A has 0"),
        ("group,A,-3\ncommittee,C,5\n", "Row 1: A needs a whole number"),
        ("group,A,3\ngroup,a,3\ncommittee,C,5\n", "Row 2: a appears more than once"),
        ("group,A,3\n", "no committee row"),
        ("committee,C,5\n", "no group row"),
        ("group,A,3\ncommittee,C,5\n", "more than the 3 members"),
        ("", "no group row"),
        ('group,"A\ncommittee,C,5\n', "Row"),
        ("group,A\0,3\n", "not a text file"),
    ],
)
def test_political_balance_refuses_in_one_line(csv, text, words):
    with pytest.raises(CommandError, match=words) as refused:
        run("political_balance", csv(text))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_or_not_text(tmp_path, csv):
    with pytest.raises(CommandError, match="Cannot read"):
        run("political_balance", tmp_path / "none.csv")
    with pytest.raises(CommandError, match="not UTF-8"):
        run("political_balance", csv("group,é,3\n", "latin-1"))
