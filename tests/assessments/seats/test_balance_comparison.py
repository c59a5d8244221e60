"""An allocation compared with other methods, other sizes and an earlier allocation."""

import pytest

from assessments.seats.actions import create_balance
from assessments.seats.balance_comparison import before_and_after, methods_for, sizes_for
from elections.political_balance import BodyKind, Committee
from tests.acting import signed_in, text_of

from .test_balance_pages import again, recorded, url

pytestmark = pytest.mark.django_db

BODIES = [
    Committee("Planning", 12),
    Committee("Audit", 6),
    Committee("Panel", 3, BodyKind.SUB_COMMITTEE),
    Committee("Cabinet", 6, BodyKind.NOT_BALANCED, reason="The executive"),
]


def made(council, by, committees=BODIES, **groups):
    composition = recorded(council, by, **groups)
    return again(create_balance(composition=composition, committees=committees, by=by))


def test_a_method_without_the_majority_is_never_called_lawful(riverdale, chief, officer):
    balance = made(riverdale, chief, Oak=25, Ash=13, Elm=10)
    by_name = {row.name: row for row in methods_for(balance, balance.worked_out())}
    without = by_name["Largest remainders, without the majority of principle (b)"]
    assert not without.is_lawful
    assert [sum(seats) for _, seats in without.rows] == [12, 6, 3]
    text = text_of(signed_in(officer).get(url(balance, "balance_compare")))
    assert "No. Oak has a majority on the council" in text
    assert "There is no earlier allocation to compare with." in text


def test_sizes_that_balance_are_shown(riverdale, chief):
    rows = {row.size: row for row in sizes_for(made(riverdale, chief, Oak=15, Ash=15))}
    assert [share.seats for share in rows[6].shares] == [3, 3]
    assert rows[6].balances
    assert rows[5].problem == "Ash and Oak are level for the last seat."


def test_a_review_shows_who_gives_up_seats_and_who_gains_them(riverdale, chief, officer):
    before = made(riverdale, chief, Oak=20, Ash=10)
    after = made(
        riverdale,
        chief,
        committees=[*BODIES[:3], Committee("Appeals", 3)],
        Oak=15,
        Ash=15,
    )
    changes = before_and_after(before, after)
    totals = {party: (earlier, later) for party, earlier, later, _ in changes.totals}
    assert sum(earlier for earlier, _ in totals.values()) == 21
    assert sum(later for _, later in totals.values()) == 24
    assert changes.new_bodies == ("Appeals",)
    text = text_of(signed_in(officer).get(url(after, "balance_compare")))
    assert any("Oak gives up" in sentence for sentence in changes.sentences)
    for sentence in changes.sentences:
        assert sentence in text
    assert "Only after: Appeals." in text


def test_the_earlier_allocation_can_be_chosen(riverdale, chief, officer):
    first = made(riverdale, chief, Oak=20, Ash=10)
    made(riverdale, chief, Oak=15, Ash=15)
    last = made(riverdale, chief, Oak=20, Ash=10)
    address = url(last, "balance_compare")
    client = signed_in(officer)
    assert "Oak gains" in text_of(client.get(address))
    chosen = client.get(address, {"with": first.pk})
    assert "No group gains or gives up a seat." in text_of(chosen)
    for wrong in ("x", last.pk, "9" * 40):
        assert client.get(address, {"with": wrong}).status_code == 200
