"""The action plan page: access, the questions, and the file."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from assessments.plans.models import Event
from tests.acting import answer, error_links, form_on, signed_in, text_of, tree_of, words

NOON = dt.datetime(2027, 5, 18, 11, 2, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def client(officer):
    return signed_in(officer)


def ask(plan):
    return reverse("action_plan", args=[plan.pk])


def take(plan):
    return reverse("action_plan_pdf", args=[plan.pk])


def exports(plan):
    return plan.events.filter(kind=Event.Kind.PLAN_EXPORTED)


# --- The questions --------------------------------------------------------------------------------


def test_the_page_asks_what_to_download_and_states_the_contents(client, plan, item, officer):
    assert "all 123 actions, all of them open." in text_of(client.get(ask(plan)))
    answer(item, officer, status="completed")
    response = client.get(ask(plan))
    assert response.status_code == 200
    text = text_of(response)
    assert "A cover, contents, the summary and all 123 actions, 122 of them open." in text
    assert "Every page is marked OFFICIAL-SENSITIVE." in text
    assert form_on(response, take(plan)) == {
        "scope": "whole",
        "stage": "2",
        "area": "1",
        "officer": "monitoring-officer",
        "notes": "1",
    }


def test_every_question_has_its_label(client, plan):
    tree = tree_of(client.get(ask(plan)))
    labels = {label.get("for"): words(label) for label in tree.iter("label")}
    for control in [*tree.iter("input"), *tree.iter("select")]:
        if control.get("type") != "hidden":
            assert labels[control.get("id")]
        for hint in (control.get("aria-describedby") or "").split():
            assert [e for e in tree.iter() if e.get("id") == hint]


@pytest.mark.parametrize(
    ("query", "filled_in"),
    [
        ("scope=summary", {"scope": "summary", "notes": "1"}),
        ("scope=stage-3", {"scope": "stage", "stage": "3", "notes": "1"}),
        ("scope=area-7&open=1", {"scope": "area", "area": "7", "open": "1", "notes": "1"}),
        (
            "scope=officer-section-151-officer&guidance=1&notes=0",
            {"scope": "officer", "officer": "section-151-officer", "guidance": "1"},
        ),
        ("scope=mine&notes=1", {"scope": "mine", "notes": "1"}),
    ],
)
def test_a_link_fills_in_the_answers(client, plan, query, filled_in):
    response = client.get(f"{ask(plan)}?{query}")
    assert response.status_code == 200
    sent = form_on(response, take(plan))
    boxes = {"open", "notes", "guidance"}
    assert {name: sent[name] for name in filled_in} == filled_in
    assert sent.keys() & boxes == filled_in.keys() & boxes


def test_the_page_costs_the_same_for_any_plan(client, plan, django_assert_max_num_queries):
    client.get(ask(plan))  # stores which plan was opened last
    with django_assert_max_num_queries(8 + 1):  # one counts what needs an answer, for the bar
        client.get(ask(plan))


# --- The file -------------------------------------------------------------------------------------


def test_the_answers_of_the_page_bring_the_file(client, plan, officer):
    response = client.post(
        take(plan), form_on(client.get(f"{ask(plan)}?scope=area-3&open=1"), take(plan))
    )
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    name = (
        "Riverdale Borough Council transition action plan area 3 OFFICIAL-SENSITIVE 2027-05-18.pdf"
    )
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.content.startswith(b"%PDF-1.7")
    event = exports(plan).get()
    assert event.by == officer
    assert (
        event.detail
        == "PDF: governance, in all 3 stages, open actions only, without guidance, with notes"
    )


def test_a_link_may_post_the_scope_in_one_word(client, plan):
    response = client.post(take(plan), {"scope": "area-10"})
    assert response.status_code == 200
    assert " area 10 " in response.headers["Content-Disposition"]


def test_following_a_link_to_the_file_asks_first_and_records_nothing(client, plan):
    response = client.get(f"{take(plan)}?scope=stage-2&open=1")
    assert response.status_code == 302
    assert response.url == f"{ask(plan)}?scope=stage-2&open=1"
    assert client.get(take(plan)).url == ask(plan)
    assert not exports(plan).exists()


def test_the_file_is_not_given_to_a_page_elsewhere(officer, plan):
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    assert client.post(take(plan), {"scope": "summary"}).status_code == 403
    assert not exports(plan).exists()


@pytest.mark.parametrize(
    ("data", "message", "field"),
    [
        ({}, "Select what the action plan should cover", "id_scope_0"),
        ({"scope": "everything"}, "Select what the action plan should cover", "id_scope_0"),
        ({"scope": "stage-9"}, "Select a stage", "id_stage"),
        ({"scope": "stage"}, "Select a stage", "id_stage"),
        ({"scope": "stage", "stage": "x"}, "Select a stage", "id_stage"),
        ({"scope": "area-0"}, "Select a role area", "id_area"),
        ({"scope": "area--1"}, "Select a role area", "id_area"),
        ({"scope": "officer-mayor"}, "Select an officer role", "id_officer"),
        ({"scope": "mine-3"}, "Select what the action plan should cover", "id_scope_0"),
        ({"scope": "\0"}, "Select what the action plan should cover", "id_scope_0"),
    ],
)
def test_a_scope_that_does_not_exist_is_asked_again(client, plan, data, message, field):
    responses = [client.post(take(plan), data)]
    if data:
        responses.append(client.get(ask(plan), data))
    for response in responses:
        assert response.status_code == 422
        assert error_links(response) == [(message, field)]
        assert message in text_of(response)
        beside = [e for e in tree_of(response).iter() if e.get("id") == f"{_group(field)}_error"]
        assert message in words(beside[0])
    assert not exports(plan).exists()


def _group(field):
    return "id_scope" if field.startswith("id_scope") else field


def test_other_answers_do_not_matter_when_the_scope_needs_none(client, plan):
    response = client.post(take(plan), {"scope": "summary", "stage": "2"})
    assert response.status_code == 200


# --- Who may --------------------------------------------------------------------------------------


def test_a_reviewer_can_download_it(reviewer, plan):
    client = signed_in(reviewer)
    assert client.get(ask(plan)).status_code == 200
    assert client.post(take(plan), {"scope": "mine"}).status_code == 200
    assert exports(plan).get().by == reviewer


def test_for_another_council_it_does_not_exist(stranger, plan):
    client = signed_in(stranger)
    assert client.get(ask(plan)).status_code == 404
    assert client.post(take(plan), {"scope": "summary"}).status_code == 404
    assert not exports(plan).exists()


def test_a_visitor_is_asked_to_sign_in(plan):
    client = Client()
    for response in (client.get(ask(plan)), client.post(take(plan), {"scope": "summary"})):
        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))
    assert not exports(plan).exists()
