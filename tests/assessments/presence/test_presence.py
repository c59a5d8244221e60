"""An open step page shows who else is viewing it and what colleagues change."""

import datetime as dt

import pytest
import time_machine
from django.contrib.sessions.models import Session

from assessments.plans.actions import remove_item
from assessments.plans.models import Event
from assessments.presence.models import Presence
from assessments.restricted_notes.actions import save_restricted_note
from tests.acting import (
    HTMX,
    answer,
    by_id,
    fresh,
    item_url,
    own_item,
    signed_in,
    step_url,
    text_of,
    tree_of,
    words,
)

NOON = dt.datetime(2027, 5, 18, 11, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(officer):
    return signed_in(officer)


def page_of(plan):
    """Return what a page that was just opened sends."""
    items = plan.items.filter(step__number=13, removed_at=None)
    return {item.pk: f"{item.pk}.{item.version}.0.r" for item in items}


def ask(client, plan, items=None, people="", number=13):
    items = page_of(plan) if items is None else items
    items = items if isinstance(items, str) else ",".join(items.values())
    url = step_url(plan, number, "step_news")
    return client.get(url, {"items": items, "people": people}, headers=HTMX)


# --- Who else is here -----------------------------------------------------------------------------


def test_colleagues_on_the_same_step_are_named(client, plan, chief, reviewer):
    assert ask(client, plan).status_code == 204
    ask(signed_in(reviewer), plan)
    response = ask(signed_in(chief), plan)
    assert words(by_id(response)["step-people"]) == "Also viewing this page: Officer and Reviewer"
    known = by_id(response)["step-people-known"].get("value")
    # A page that already shows them gets no news.
    assert ask(signed_in(chief), plan, people=known).status_code == 204
    # They are not on other steps.
    assert ask(signed_in(chief), plan, "", number=14).content.count(b"Also viewing this page") == 0


def test_the_page_names_colleagues_without_javascript(client, plan, chief):
    ask(signed_in(chief), plan)
    assert "Also viewing this page: Chief" in text_of(client.get(step_url(plan, 13)))
    assert "Also viewing this page" not in text_of(client.get(step_url(plan, 14)))


def test_a_person_who_leaves_is_gone_within_30_seconds(client, plan, chief, clock):
    ask(signed_in(chief), plan)
    clock.shift(dt.timedelta(seconds=29))
    assert "Chief" in text_of(ask(client, plan))
    clock.shift(dt.timedelta(seconds=2))
    response = ask(client, plan, people="Also viewing this page: Chief")
    assert words(by_id(response)["step-people"]) == ""


def test_presence_is_written_rarely_and_once_a_person(client, plan, officer, clock):
    for _ in range(5):
        ask(client, plan)
        clock.shift(dt.timedelta(seconds=7))
    presence = Presence.objects.get()
    assert (presence.user, presence.step.number) == (officer, 13)
    assert presence.at == NOON + dt.timedelta(seconds=28)
    assert not Event.objects.filter(by=officer).exists()


def test_another_councils_people_are_not_seen(plan, their_plan, chief, stranger):
    ask(signed_in(stranger), their_plan)
    assert "Also viewing this page" not in text_of(ask(signed_in(chief), plan))


# --- What colleagues changed ----------------------------------------------------------------------


def test_a_change_to_another_action_is_sent(client, plan, item, chief):
    items = page_of(plan)
    answer(item, chief, note="New words", status="completed")
    response = ask(client, plan, items)
    assert response.status_code == 200
    article = by_id(response)[f"item-{item.pk}"]
    assert article.get("data-hx-swap-oob") == "true"
    assert "New words" in words(article)
    assert "Chief: saved at midday" in words(article)
    assert by_id(response)[f"item-{item.pk}-version"].get("value") == "2"
    assert "step-13-progress" in response.content.decode()
    # Other actions are not sent, and once the page has it there is no more news.
    assert response.content.count(b"<article") == 1
    assert ask(client, plan).status_code == 204


def test_an_action_in_use_is_not_replaced(client, plan, item, chief):
    items = page_of(plan)
    answer(item, chief, note="New words")
    items[item.pk] = f"{item.pk}.1.0.u"
    assert ask(client, plan, items).status_code == 204


def test_an_open_action_gets_a_warning_and_is_not_replaced(client, plan, item, chief):
    items = page_of(plan)
    answer(item, chief, note="New words")
    answer(item, chief, status="completed", due=dt.date(2027, 6, 1))
    items[item.pk] = f"{item.pk}.1.0.o"
    response = ask(client, plan, items)
    html = response.content.decode()
    assert "<article" not in html
    assert "<textarea" not in html
    found = by_id(response)
    warning = words(found[f"item-{item.pk}-newer"])
    assert "Chief saved this action at midday on 18 May 2027. Check what changed" in warning
    assert "Status Completed" in warning
    assert "Due 1 June 2027" in warning
    assert "Note New words" in warning
    assert f"item-{item.pk}-version" not in found  # so that saving still conflicts
    # It is sent once. A later save is sent again, with all changes since the action was opened.
    items[item.pk] = f"{item.pk}.1.3.o"
    assert ask(client, plan, items).status_code == 204
    answer(item, chief, note="Newer words")
    again = words(by_id(ask(client, plan, items))[f"item-{item.pk}-newer"])
    assert "Note Newer words" in again
    assert "Due 1 June 2027" in again


def test_an_open_action_has_a_place_for_the_warning(client, item):
    opened = client.get(item_url(item, "item_edit"), headers=HTMX)
    assert f"item-{item.pk}-newer" in by_id(opened)


def test_actions_added_and_removed_by_colleagues_are_sent(client, plan, chief):
    gone = own_item(plan, by=chief, title="Brief the chairs")
    items = page_of(plan)
    remove_item(fresh(gone), version=1, by=chief)
    new = own_item(plan, by=chief, title="Book the hall")
    response = ask(client, plan, items)
    found = by_id(response)
    assert "This action has been removed from the plan." in words(found[f"item-{gone.pk}"])
    assert "Book the hall" in words(found[f"item-{new.pk}"])
    (end,) = [
        element
        for element in tree_of(response).iter("div")
        if element.get("data-hx-swap-oob") == "beforeend:#step-items"
    ]
    assert "Book the hall" in words(end)
    # If it is open on another page, that page shows a warning and keeps it.
    items[gone.pk] = f"{gone.pk}.1.0.o"
    assert "Chief removed this action" in text_of(ask(client, plan, items))


def test_a_reader_without_edit_rights_gets_no_controls(plan, item, chief, reviewer):
    items = page_of(plan)
    answer(item, chief, note="New words")
    response = ask(signed_in(reviewer), plan, items)
    assert "New words" in text_of(response)
    assert "<form" not in response.content.decode()


def test_restricted_notes_are_never_sent(client, plan, item, chief):
    items = page_of(plan)
    save_restricted_note(item, None, text="Between us", version=0, by=chief)
    answer(item, chief, note="New words")
    for who in (client, signed_in(chief)):
        assert b"Between us" not in ask(who, plan, items).content


@pytest.mark.parametrize(
    "items",
    ["", "x", "1.2", "9" * 40, "\0", "1.1.1.r" * 500, f"{'9' * 18}.{'9' * 9}.0.o", "-1.-1.0.o"],
)
def test_an_invalid_list_of_actions_counts_as_none(client, plan, items):
    response = ask(client, plan, items)
    assert response.status_code == 200
    assert response.content.count(b"<article") == len(page_of(plan))
    assert not Event.objects.filter(by__email__startswith="officer").exists()


def test_a_step_that_does_not_exist_is_not_found(client, plan):
    assert ask(client, plan, "", number=31).status_code == 404


# --- Asking is not using --------------------------------------------------------------------------


def test_requests_for_news_do_not_extend_the_session(client, plan, clock):
    """After 30 minutes without use the session ends, although the page keeps sending requests."""
    client.get(step_url(plan, 13))
    ends_at = Session.objects.get().expire_date
    for _ in range(29):
        clock.shift(dt.timedelta(minutes=1))
        assert ask(client, plan).status_code == 204
    assert Session.objects.get().expire_date == ends_at
    clock.shift(dt.timedelta(minutes=2))
    response = ask(client, plan)
    assert response.status_code == 401
    assert response.headers["HX-Retarget"] == "#page-message"


def test_using_the_page_extends_the_session(client, plan, clock):
    client.get(step_url(plan, 13))
    for _ in range(4):
        clock.shift(dt.timedelta(minutes=20))
        ask(client, plan)
        assert client.get(step_url(plan, 13)).status_code == 200
