"""Entering who holds a council's seats, and the page that says what follows."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.seats.actions import record_composition
from assessments.seats.models import CouncilComposition
from councils.models import CouncilEvent
from elections.composition import Composition, Group
from tests.acting import error_links, form_on, signed_in, text_of, vacate

pytestmark = pytest.mark.django_db

GROUPS = {"Oak": 19, "Ash": 13, "Elm": 10, "Fir": 6, "Yew": 4}


@pytest.fixture
def record(riverdale, chief):
    """Records a composition through the action: `record(Oak=5, Ash=4, as_at=…)`."""

    def make(as_at=dt.date(2026, 5, 7), ungrouped=0, vacancies=0, **groups):
        current = CouncilComposition.objects.of(riverdale).first()
        return record_composition(
            council=riverdale,
            as_at=as_at,
            composition=Composition(
                tuple(Group(name, size) for name, size in groups.items()),
                ungrouped=ungrouped,
                vacancies=vacancies,
            ),
            based_on=current.pk if current else None,
            by=chief,
        )

    return make


@pytest.fixture
def new(riverdale):
    return reverse("composition_new", args=[riverdale.slug])


@pytest.fixture
def page(riverdale):
    return reverse("composition", args=[riverdale.slug])


@pytest.fixture
def client(officer):
    return signed_in(officer)


def body(groups=GROUPS, **changes):
    data = {
        "based_on": "",
        "as_at-day": 7,
        "as_at-month": 5,
        "as_at-year": 2026,
        "rows": len(groups) + 2,
        "ungrouped": 2,
        "vacancies": "",
        "rule": "seats",
        "overruled": "",
        "reason": "",
    }
    for n, (name, size) in enumerate(groups.items(), start=1):
        data |= {f"name_{n}": name, f"number_{n}": size}
    return data | changes


def test_vacant_seats_do_not_vote(client, page, new):
    """Oak needs 4 members for a majority of 67 seats, but 3 votes among the 65 who can vote."""
    client.post(new, body({"Ash": 22, "Elm": 12, "Oak": 30}, ungrouped=1, vacancies=2))
    text = text_of(client.get(page))
    assert "Oak 30 4 3 more votes: Ash or Elm would be enough" in text
    assert "or 6 members abstaining or absent" in text


@pytest.mark.parametrize(
    ("groups", "ungrouped", "sentence"),
    [
        (
            {"Ash": 15, "Oak": 15},
            1,
            "1 more vote: Oak would be enough without any other group, and so would the member in "
            "no group; or 2 members abstaining or absent",
        ),
        (
            {"Ash": 15, "Oak": 13},
            4,
            "2 more votes: Oak would be enough without any other group, and so would 2 of the 4 "
            "members in no group; or 3 members abstaining or absent",
        ),
        (
            {"Ash": 12, "Elm": 4, "Oak": 4, "Yew": 4},
            5,
            "3 more votes: Elm, Oak or Yew would be enough without any other group, and so would "
            "3 of the 5 members in no group; or 6 members abstaining or absent",
        ),
        (
            {"Ash": 20, "Elm": 5, "Oak": 5, "Yew": 5},
            18,
            "7 more votes: at least 2 other groups, or 7 of the 18 members in no group; or 14 "
            "members abstaining or absent",
        ),
        (
            {"Ash": 12, "Elm": 9, "Fir": 9, "Oak": 9},
            3,
            "10 more votes: at least 2 other groups, or fewer with members in no group; or 19 "
            "members abstaining or absent",
        ),
        (
            {"Ash": 12, "Elm": 2},
            24,
            "8 more votes: more than all other groups have, but 8 of the 24 members in no group "
            "would be enough; or 15 members abstaining or absent",
        ),
        (
            {"Ash": 4, "Elm": 3},
            4,
            "2 more votes: Elm would be enough without any other group, and so would 2 of the 4 "
            "members in no group; or 4 members abstaining or absent",
        ),
        (
            {"Ash": 2, "Elm": 5},
            5,
            "5 more votes: Elm would be enough without any other group, and so would the 5 members "
            "in no group; or 9 members abstaining or absent",
        ),
    ],
)
def test_members_in_no_group_can_be_the_votes_a_group_needs(
    client, page, new, groups, ungrouped, sentence
):
    assert client.post(new, body(groups, ungrouped=ungrouped)).status_code == 302
    assert sentence in text_of(client.get(page))


def test_an_officer_enters_it_and_reads_what_follows(client, page, new):
    assert "has not been entered yet" in text_of(client.get(page))
    assert client.post(new, body()).status_code == 302
    text = text_of(client.get(page))
    assert "No overall control" in text
    assert "A majority is more than half of all 54 seats: 28." in text
    assert "9 more votes: Ash or Elm would be enough without any other group" in text
    assert "Ash + Oak" in text
    assert "Ash + Elm + Yew + 1 in no group" in text
    assert "Ash + Elm + Yew; Fir + Oak + 2 in no group. If votes are equal" in text
    saved = CouncilComposition.objects.get()
    assert saved.in_words == "Ash 13, Elm 10, Fir 6, Oak 19, Yew 4, in no group 2"
    event = CouncilEvent.objects.get(kind=CouncilEvent.Kind.COMPOSITION_RECORDED)
    assert event.after == saved.in_words
    assert event.person == "from 7 May 2026"


def test_a_majority_and_one_overruled(client, page, new):
    client.post(new, body({"Oak": 30, "Ash": 10}))
    assert "Oak has a majority" in text_of(client.get(page))
    current = CouncilComposition.objects.get()
    answer = client.post(
        new,
        body(
            {"Oak": 30, "Ash": 10},
            based_on=current.pk,
            overruled="noc",
            reason="Two members of Oak sit apart.",
        ),
    )
    assert answer.status_code == 302
    text = text_of(client.get(page))
    assert "Set by the council: no overall control. Two members of Oak sit apart." in text


def test_the_history_keeps_every_one_and_the_latest_day_counts(client, page, record, riverdale):
    record(Oak=10, Ash=5, as_at=dt.date(2026, 5, 7))
    record(Oak=7, Ash=7, as_at=dt.date(2025, 5, 1))
    corrected = record(Oak=11, Ash=4, as_at=dt.date(2026, 5, 7))
    assert CouncilComposition.objects.of(riverdale).first() == corrected
    text = text_of(client.get(page))
    assert "Oak has a majority" in text
    for words in ("Ash 5, Oak 10", "Ash 7, Oak 7", "Ash 4, Oak 11"):
        assert words in text
    earlier = CouncilComposition.objects.get(as_at=dt.date(2025, 5, 1))
    text = text_of(client.get(reverse("composition_at", args=["riverdale", earlier.pk])))
    assert "This is an earlier composition" in text
    assert "No overall control" in text


def test_the_form_starts_from_the_current_one(client, new, record):
    record(Oak=10, Ash=5, ungrouped=1)
    data = form_on(client.get(new), None)
    assert (data["name_1"], data["number_1"], data["ungrouped"]) == ("Ash", "5", "1")
    assert data["based_on"] == str(CouncilComposition.objects.get().pk)


def test_another_number_of_seats_has_to_be_confirmed(client, new, record, riverdale):
    """After a resignation a group is given one member less, and the vacant seat is forgotten."""
    record(**GROUPS, ungrouped=2, as_at=dt.date(2026, 5, 7))
    assert "has changed" not in text_of(client.get(new))
    first = CouncilComposition.objects.of(riverdale).first()
    lost = GROUPS | {"Ash": 12}
    sent = {"based_on": first.pk, "as_at-month": 6}
    refused = client.post(new, body(lost, **sent))
    assert refused.status_code == 422
    assert (
        "The members and the vacant seats add up to 53. The council had 54 seats from 7 May 2026."
        in text_of(refused)
    )
    assert {"id_vacancies", "id_seats_changed"} <= {link for _, link in error_links(refused)}
    more = client.post(new, body(lost, seats_changed="on", add="", **sent))
    assert "The number of seats on the council has changed" in text_of(more)
    assert client.post(new, body(lost, vacancies=1, **sent)).status_code == 302
    latest = CouncilComposition.objects.of(riverdale).first()
    sent = {"based_on": latest.pk, "as_at-month": 7}
    assert client.post(new, body(lost, seats_changed="on", **sent)).status_code == 302
    assert CouncilComposition.objects.of(riverdale).first().worked_out.seats == 53


def test_more_rows_without_losing_a_word(client, new):
    answer = client.post(new, body({"Oak": "x"}, rows=1, add="1", reason="Kept"))
    assert answer.status_code == 200
    data = form_on(answer)
    assert data["name_1"] == "Oak"
    assert data["number_1"] == "x"
    assert data["reason"] == "Kept"
    assert data["as_at-day"] == "7"
    assert "name_4" in data
    assert not CouncilComposition.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Oak\t19\nAsh\t13\nUngrouped\t2\nVacant\t1",
        "Group,Members\nOak,19\nAsh,13\nUngrouped,2\nVacant,1\n",
        "Oak 19\r\nAsh 13\r\nUngrouped 2\r\nVacant 1\r\n",
        "\ufeffOak;19\nAsh;13\nungrouped;2\nvacancies;1",
    ],
)
@pytest.mark.parametrize("how", ["paste", "upload"])
def test_rows_are_read_from_a_spreadsheet(client, new, text, how):
    sent = body({"Old": 1}, read="1")
    if how == "paste":
        sent["pasted"] = text
    else:
        sent["file"] = SimpleUploadedFile("groups.csv", text.encode())
    answer = client.post(new, sent)
    assert answer.status_code == 200
    data = form_on(answer)
    assert [data[f"name_{n}"] for n in (1, 2)] == ["Ash", "Oak"]
    assert [data[f"number_{n}"] for n in (1, 2)] == ["13", "19"]
    assert (data["ungrouped"], data["vacancies"]) == ("2", "1")
    assert not CouncilComposition.objects.exists()
    assert client.post(new, data).status_code == 302
    assert CouncilComposition.objects.get().in_words == "Ash 13, Oak 19, in no group 2, vacant 1"


def test_what_cannot_be_read_is_said_row_by_row_and_stays_in_its_box(client, new):
    answer = client.post(new, body(read="1", pasted="Oak 3\nAsh\nElm x\n"))
    assert answer.status_code == 422
    assert error_links(answer) == [
        ("Row 2: Ash needs a whole number", "id_pasted"),
        ("Row 3: Elm x needs a whole number", "id_pasted"),
    ]
    data = form_on(answer)
    assert data["pasted"] == "Oak 3\r\nAsh\r\nElm x\r\n"
    assert data["name_1"] == "Oak"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"x" * 200_000, b"a,\0"])
def test_a_file_that_is_no_table(client, new, content):
    sent = body(read="1", file=SimpleUploadedFile("groups.csv", content))
    answer = client.post(new, sent)
    assert answer.status_code == 422
    assert error_links(answer)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"number_1": ""}, "id_number_1"),
        ({"number_1": "-3"}, "id_number_1"),
        ({"number_1": "0"}, "id_number_1"),
        ({"number_1": "9" * 400}, "id_number_1"),
        ({"name_1": ""}, "id_name_1"),
        ({"name_1": "x" * 61}, "id_name_1"),
        ({"name_2": "oak"}, "id_name_2"),
        ({"name_2": "Vacant"}, "id_name_2"),
        ({"number_1": "299"}, "id_name_1"),
        ({"ungrouped": "many"}, "id_ungrouped"),
        ({"as_at-year": 2099}, "id_as_at-day"),
        ({"as_at-day": "", "as_at-month": "", "as_at-year": ""}, "id_as_at-day"),
        ({"rule": "whatever"}, "id_rule_0"),
        ({"overruled": "noc"}, "id_reason"),
        ({"reason": "x" * 301}, "id_reason"),
    ],
)
def test_a_wrong_answer_is_named_where_it_stands(client, new, changes, where):
    answer = client.post(new, body(**changes))
    assert answer.status_code == 422
    assert where in [link for _, link in error_links(answer)]
    assert not CouncilComposition.objects.exists()


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"rows": "999999999"},
        {"rows": "-1"},
        {"rows": "x\0"},
        {"rows": "²"},
        {"name_1": "O\0ak", "number_1": "3", "rows": 1},
        {"based_on": "x"},
        {"based_on": str(10**30)},
    ],
)
def test_nothing_a_script_sends_breaks_it(client, new, nonsense):
    for button in ({}, {"add": "1"}, {"read": "1", "pasted": "a\0"}):
        assert client.post(new, nonsense | button).status_code == (200 if "add" in button else 422)


def test_a_stale_save_shows_theirs_and_keeps_mine(client, new, record):
    first = record(Oak=10, Ash=5)
    record(Oak=9, Ash=6)
    answer = client.post(new, body({"Oak": 8, "Ash": 7}, ungrouped="", based_on=first.pk))
    assert answer.status_code == 409
    assert "Ash 6, Oak 9" in text_of(answer)
    data = form_on(answer)
    assert data["number_1"] == "8"
    assert client.post(new, data).status_code == 302
    assert CouncilComposition.objects.count() == 3


def test_the_picture_has_a_seat_for_each_and_the_table_says_the_same(client, page, record):
    record(Oak=60, Ash=40, ungrouped=6, vacancies=20)
    html = client.get(page).content.decode()
    assert html.count("<circle cx") == 126 + 1  # and the dot of a pattern
    assert "A Ash 40, B Oak 60, C In no group 6, D Vacant 20" in text_of(client.get(page))


def test_the_picture_fits_whatever_the_size_of_the_council():
    from assessments.seats.picture import INNER, OUTER, seat_picture

    for total in (1, 2, 3, 20, 54, 126, 300):
        picture = seat_picture(Composition((Group("Oak", total),)))
        places = {(seat.x, seat.y) for block in picture.blocks for seat in block.seats}
        assert len(places) == total
        assert all(0 < float(x) < 600 and 0 < float(y) <= 300 for x, y in places)
        assert INNER < OUTER


def test_a_group_named_as_markup_is_only_text(client, page, record):
    record(**{"<b>Oak</b>": 10, "Ash": 5})
    assert "<b>Oak</b>" not in client.get(page).content.decode()


def test_seats_that_have_become_vacant_since_are_named(
    client, page, record, riverdale, plan, chief
):
    record(dt.date(2026, 5, 10), Oak=5, Ash=4)
    vacate(plan, arose_on=dt.date(2026, 5, 14), by=chief)
    html = client.get(page).content.decode()
    assert "Seats that have become vacant since then" in html
    assert f'href="{reverse("vacancies", args=[plan.pk])}">Mill</a> (Ash)' in html
    record(dt.date(2026, 5, 17), Oak=5, Ash=3, vacancies=1)
    assert "Mill" not in client.get(page).content.decode()
