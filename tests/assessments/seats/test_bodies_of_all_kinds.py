"""Bodies of all kinds on the pages of political balance: typed, pasted, shown, exported."""

import io

import openpyxl
import pytest
from django.urls import reverse
from docx import Document

from assessments.seats.actions import create_balance
from assessments.seats.models import PoliticalBalance
from elections.political_balance import BodyKind, Committee
from tests.acting import error_links, form_on, signed_in, text_of

from .test_balance_pages import recorded, url

pytestmark = pytest.mark.django_db

PASTED = """Committee\tSeats\tKind
Planning\t11\tOrdinary committee
Audit\t7
Licensing Sub-Committee\t5
Crematorium\t3\tJoint committee
Cabinet\t6
"""


@pytest.fixture
def client(officer):
    return signed_in(officer)


@pytest.fixture
def composition(riverdale, chief):
    return recorded(riverdale, chief, Oak=12, Ash=8, Elm=5, ungrouped=1)


def new(client, council, **changed):
    address = reverse("balance_new", args=[council.slug])
    data = form_on(client.post(address, {"pasted": PASTED}))
    return client.post(address, data | changed)


def made(council):
    return PoliticalBalance.objects.of(council).first()


def test_pasted_kinds_are_saved_shown_and_the_next_allocation_starts_from_them(
    client, riverdale, composition
):
    answer = new(
        client,
        riverdale,
        coopted_voting_2="1",
        coopted_non_voting_2="2",
        coopted_note_2="Independent persons",
        joint_name_1="Oak and Elm",
        joint_groups_1=["Oak", "Elm"],
    )
    assert answer.status_code == 302
    balance = made(riverdale)
    assert [body.kind for body in balance.bodies] == [
        BodyKind.ORDINARY,
        BodyKind.ORDINARY,
        BodyKind.SUB_COMMITTEE,
        BodyKind.JOINT_COMMITTEE,
        BodyKind.NOT_BALANCED,
    ]
    text = text_of(client.get(url(balance)))
    assert "26 seats on 4 bodies, worked out for 26 members" in text
    assert "All ordinary committees" in text
    assert "Each balanced separately" in text
    assert (
        "1 co-opted voting member and 2 co-opted non-voting members (Independent persons)" in text
    )
    assert "Cabinet, 6 seats. The executive is not subject to political balance." in text
    assert "Oak and Elm: Oak and Elm are treated as one group" in text
    assert sum(share.seats for share in balance.worked_out().totals) == 18
    again = client.get(reverse("balance_new", args=[riverdale.slug])).context["form"]
    values = {name: again[name].value() for name in ("kind_4", "coopted_note_2", "joint_groups_1")}
    assert values == {
        "kind_4": "joint",
        "coopted_note_2": "Independent persons",
        "joint_groups_1": ["Oak", "Elm"],
    }
    assert client.post(url(balance, "balance_pdf")).status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(client.post(url(balance, "balance_excel")).content))
    first = [row[0].value for row in book["Seats"].iter_rows()]
    assert (
        "Cabinet, 6 seats: political balance does not apply. "
        "The executive is not subject to political balance." in first
    )
    assert first.index("All ordinary committees") < first.index("Crematorium (Joint committee)")


def test_a_reason_that_ends_with_a_full_stop_is_followed_by_no_second_one(
    client, riverdale, composition
):
    new(client, riverdale, reason_5="It is the executive.")
    balance = made(riverdale)
    assert "Cabinet, 6 seats. It is the executive. " in text_of(client.get(url(balance)))
    book = openpyxl.load_workbook(io.BytesIO(client.post(url(balance, "balance_excel")).content))
    first = [row[0].value for row in book["Seats"].iter_rows()]
    assert "Cabinet, 6 seats: political balance does not apply. It is the executive." in first
    word = Document(io.BytesIO(client.post(url(balance, "balance_word")).content))
    assert "Cabinet, 6: It is the executive." in [each.text for each in word.paragraphs]


def test_sub_committees_are_added_to_the_ordinary_ones_on_request(client, riverdale, composition):
    assert new(client, riverdale, pool_sub_committees="on").status_code == 302
    balance = made(riverdale)
    assert balance.worked_out().pooled == (True, True, True, False)
    assert "All ordinary committees and sub-committees" in text_of(client.get(url(balance)))


@pytest.mark.parametrize(
    ("sent", "words", "place"),
    [
        ({"reason_5": ""}, "Enter why political balance does not apply to Cabinet", "id_reason_5"),
        ({"kind_5": "ordinary"}, "or delete the reason", "id_kind_5"),
        ({"kind_1": "senate"}, "Select the kind of committee 1", "id_kind_1"),
        ({"coopted_voting_1": "-1"}, "must be a whole number from 0", "id_coopted_voting_1"),
        (
            {"coopted_note_1": "Anna"},
            "Enter how many co-opted members Planning has",
            "id_coopted_voting_1",
        ),
        (
            {"number_2": "27"},
            "Audit has 27 seats, more than the 26 members there are",
            "id_number_2",
        ),
        ({"joint_name_1": "United"}, "Select 2 or more groups", "id_joint_groups_1_0"),
        ({"joint_groups_1": ["Oak", "Elm"]}, "Enter the name of joint group 1", "id_joint_name_1"),
        (
            {"joint_name_1": "ASH", "joint_groups_1": ["Oak", "Elm"]},
            "ASH is the name of another",
            "id_joint_name_1",
        ),
        (
            {"joint_name_1": "U", "joint_groups_1": ["Oak", "Fir"]},
            "Select groups from the list",
            "id_joint_groups_1_0",
        ),
    ],
)
def test_faults_are_named_at_the_field_and_nothing_typed_is_lost(
    client, riverdale, composition, sent, words, place
):
    answer = new(client, riverdale, **sent)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert place in [where for _, where in error_links(answer)]
    assert 'value="Licensing Sub-Committee"' in answer.content.decode()
    assert made(riverdale) is None


def test_a_body_outside_balance_has_no_seats_to_adopt(client, riverdale, chief, composition):
    cabinet = Committee("Cabinet", 6, BodyKind.NOT_BALANCED, reason="The executive")
    balance = create_balance(
        composition=composition, committees=[cabinet, Committee("Audit", 7)], by=chief
    )
    outside, audit = balance.committees.all()
    assert client.get(url(balance, "balance_committee", outside.pk)).status_code == 404
    assert "Audit, 7 seats" in text_of(client.get(url(balance, "balance_committee", audit.pk)))
