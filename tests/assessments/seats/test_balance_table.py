"""The whole table of seats, changed within its totals and accepted as one decision."""

import datetime as dt

import pytest

from assessments.seats.actions import create_balance, record_vote
from assessments.seats.balance_documents import balance_html
from assessments.seats.balance_report import balance_report
from councils.models import CouncilEvent
from elections.political_balance import BodyKind, Committee
from tests.acting import error_links, form_on, signed_in, text_of

from .test_balance_pages import again, recorded, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def balance(riverdale, chief):
    """Ash 10, Oak 10: ties on the way, and a sub-committee balanced separately."""
    return create_balance(
        composition=recorded(riverdale, chief, Oak=10, Ash=10),
        committees=[
            Committee("Planning", 5),
            Committee("Audit", 5),
            Committee("Appeals", 3, BodyKind.SUB_COMMITTEE),
        ],
        by=chief,
    )


@pytest.fixture
def client(officer):
    return signed_in(officer)


def seats(*rows):
    return {
        f"seats_{row}_{column}": number
        for row, numbers in enumerate(rows, start=1)
        for column, number in enumerate(numbers, start=1)
    }


def adopted(balance):
    report = balance_report(again(balance), current=None)
    return [tuple(cell.adopted for cell in row.cells) for row in report.rows]


def adoptions():
    return CouncilEvent.objects.filter(kind=CouncilEvent.Kind.SEATS_ADOPTED)


def test_a_table_within_the_totals_is_accepted_as_one_decision_and_cleared(client, balance):
    assert again(balance).worked_out().open_ties
    worked_out = adopted(balance)
    address = url(balance, "balance_table")
    data = form_on(client.get(address))
    assert (int(data["seats_1_1"]), int(data["seats_1_2"])) == worked_out[0]
    table = [row[::-1] for row in worked_out]
    sent = data | seats(*table) | {"reason": "Agreed by the group leaders"}
    assert client.post(address, sent).status_code == 302
    assert adopted(balance) == table
    event = adoptions().get()
    assert "whole table (Agreed by the group leaders)" in event.after
    text = text_of(client.get(url(balance)))
    assert "Another allocation that meets the principles" in text
    assert "accepted as one decision: Agreed by the group leaders" in text
    assert "tie to settle" not in text
    report = balance_report(again(balance), current=None)
    assert "Agreed by the group leaders" in balance_html(report)
    # The table is changed as a whole from now on.
    planning = url(balance, "balance_committee", balance.committees.first().pk)
    assert client.get(planning).url == address
    stale = client.post(planning, {"version": 2, "seats_1": 1, "seats_2": 4})
    assert stale.status_code == 409
    assert form_on(stale)["seats_2"] == "4"
    clear = url(balance, "balance_table_clear")
    assert client.post(clear, {"version": 1}).status_code == 409
    assert client.post(clear, {"version": 2}).status_code == 302
    assert adopted(balance) == worked_out
    assert adoptions().count() == 2
    assert again(balance).worked_out().open_ties


@pytest.mark.parametrize(
    ("rows", "field", "words"),
    [
        (((3, 3), (2, 3), (1, 2)), "seats_1_1", "Planning add up to 6, but it has 5"),
        ((("x", 3), (2, 3), (1, 2)), "seats_1_1", "must be a whole number from 0 to 5"),
        (((2, ""), (2, 3), (1, 2)), "seats_1_2", "Enter the seats of Oak on Planning, or 0"),
        (((4, 1), (3, 2), (1, 2)), "seats_1_1", "(c) Ash would have 7 seats"),
        (((5, 0), (0, 5), (1, 2)), "seats_2_2", "(a) Oak would hold every seat on Audit"),
    ],
)
def test_a_wrong_cell_is_named_beside_it_and_nothing_is_lost(client, balance, rows, field, words):
    address = url(balance, "balance_table")
    for button in ({}, {"check": "1"}):
        sent = {"version": 1, "reason": "The leaders agreed"} | seats(*rows) | button
        answer = client.post(address, sent)
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert f"id_{field}" in dict(map(reversed, error_links(answer)))
        data = form_on(answer)
        assert {name: data[name] for name in seats(*rows)} == {
            name: str(number) for name, number in seats(*rows).items()
        }
        assert data["reason"] == "The leaders agreed"
    assert not adoptions().exists()


def test_a_table_outside_the_principles_is_a_departure_to_vote_on(client, balance, chief):
    address = url(balance, "balance_table")
    sent = {"version": 1, "reason": "Put by Ash"} | seats((4, 1), (3, 2), (1, 2))
    assert "Departs" not in text_of(client.get(url(balance)))
    refused = client.post(address, sent)
    assert error_links(refused)[-1][1] == "id_is_departure"
    assert client.post(address, sent | {"is_departure": "on"}).status_code == 302
    text = text_of(client.get(url(balance)))
    assert "Departs from political balance" in text
    assert "No vote has been recorded yet" in text
    vote = {
        "meeting_on": dt.date(2026, 5, 20),
        "votes_for": 19,
        "votes_against": 0,
        "abstentions": 1,
    }
    record_vote(again(balance), version=2, by=chief, **vote)
    assert "No vote has been recorded" not in text_of(client.get(url(balance)))
    # Other seats after the vote: the page asks whether the vote was about them.
    later = sent | {"version": 3, "is_departure": "on"} | seats((3, 2), (4, 1), (1, 2))
    assert client.post(address, later).status_code == 302
    assert "have changed since this vote was recorded" in text_of(client.get(url(balance)))


def test_a_stale_table_keeps_what_was_typed(client, balance):
    address = url(balance, "balance_table")
    mine = {"version": 1, "reason": "Mine"} | seats((3, 2), (2, 3), (2, 1))
    assert client.post(address, mine | {"reason": "Theirs"}).status_code == 302
    answer = client.post(address, mine | seats((2, 3), (3, 2), (1, 2)))
    assert answer.status_code == 409
    assert "Planning: 3, 2" in text_of(answer)
    data = form_on(answer)
    assert (data["seats_1_1"], data["reason"]) == ("2", "Mine")
    assert client.post(address, data).status_code == 302
    assert adopted(balance) == [(2, 3), (3, 2), (1, 2)]
