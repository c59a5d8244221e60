"""The adviser access log: every page that an adviser views and every file they download."""

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from assessments.advisers.access_log import PAGES, page_in_words, record_looks
from assessments.advisers.actions import record_look
from assessments.plans.models import AdviserGrant, AdviserLook, Event, PlanItem
from tests.acting import HTMX, draw_pdf_with, item_url, signed_in, step_url, text_of
from tests.test_access_matrix import names_of


def kept():
    return list(AdviserLook.objects.order_by("pk").values_list("what", "is_export"))


def test_a_page_is_listed_once_within_15_minutes(plan, item, adviser):
    client = signed_in(adviser)
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        for _ in range(3):
            client.get(step_url(plan, 13))
        client.get(item_url(item), headers=HTMX)  # a fragment of that page
        client.get(plan.get_absolute_url())
    with time_machine.travel(now + dt.timedelta(minutes=14), tick=False):
        client.get(step_url(plan, 13))
    assert kept() == [("step 13", False), ("the plan’s home page", False)]
    with time_machine.travel(now + dt.timedelta(minutes=16), tick=False):
        client.get(step_url(plan, 13))
    assert len(kept()) == 3


def test_a_fragment_is_listed_as_its_page(plan, item, adviser):
    assert signed_in(adviser).get(item_url(item), headers=HTMX).status_code == 200
    assert kept() == [("step 13", False)]


def test_two_advisers_are_listed_apart(plan, adviser, partial_adviser):
    for user in (adviser, partial_adviser):
        signed_in(user).get(step_url(plan, 13))
    assert AdviserLook.objects.values("grant").distinct().count() == 2


def test_every_download_is_listed(plan, adviser, monkeypatch):
    draw_pdf_with(monkeypatch, lambda report: b"%PDF-")
    client = signed_in(adviser)
    for _ in range(2):
        client.post(reverse("action_plan_pdf", args=[plan.pk]), {"scope": "stage-2", "notes": "1"})
    words = "PDF: stage 2: early foundations, all actions, without guidance, with notes"
    assert kept() == [(words, True)] * 2
    assert plan.events.filter(kind=Event.Kind.PLAN_EXPORTED, by=adviser).count() == 2


def test_refusals_and_redirects_are_not_listed(plan, item, their_plan, partial_adviser):
    client = signed_in(partial_adviser)
    for address in (
        step_url(plan, 3),
        reverse("plan_settings", args=[plan.pk]),
        reverse("plan_advisers", args=[plan.pk]),
        their_plan.get_absolute_url(),
        item_url(item),
        reverse("guidance"),
    ):
        client.get(address)
    assert kept() == []


def test_members_are_not_listed(plan, chief, officer, reviewer):
    for user in (chief, officer, reviewer):
        signed_in(user).get(plan.get_absolute_url())
    assert kept() == []


# What every address of a plan is asked with; a new one that needs more is named here.
KNOWN = {"number": 2, "office": "monitoring-officer", "reference": uuid.UUID(int=1)}


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize("who", ["adviser", "partial_adviser"])
def test_no_address_of_a_plan_shows_an_adviser_anything_without_a_log_entry(
    request, plan, item, who, fragment, monkeypatch
):
    """Each response is listed, refused, empty or a redirect."""
    draw_pdf_with(monkeypatch, lambda report: b"%PDF-")
    monkeypatch.setattr("assessments.advisers.actions.SAME_LOOK", dt.timedelta(0))
    user = request.getfixturevalue(who)
    client = signed_in(user)
    known = KNOWN | {"plan_id": plan.pk, "item_id": item.pk}
    known["grant_id"] = known["pk"] = AdviserGrant.objects.get().pk
    walked = kept_pages = 0
    for name in names_of(get_resolver("assessments.urls").url_patterns):
        wanted = get_resolver().reverse_dict.getlist(name)[0][0][0][1]
        if "plan_id" not in wanted:
            continue
        arguments = {key: known.get(key, 1) for key in wanted}
        if name in {"plan_step", "item_add"}:
            arguments["number"] = 13
        for method in ("get", "post"):
            before = AdviserLook.objects.count()
            address = reverse(name, kwargs=arguments)
            data = {"scope": "whole"} if method == "post" else {}
            headers = HTMX if fragment else {}
            response = getattr(client, method)(address, data, headers=headers)
            walked += 1
            if response.status_code in {204, 302, 403, 404, 405}:
                assert AdviserLook.objects.count() == before, name
            else:
                kept_pages += 1
                assert AdviserLook.objects.count() == before + 1, (method, name)
                what, is_export = kept()[-1]
                assert is_export or name in {*PAGES, "plan_officer"} or "step" in what, name
    assert walked > 30
    assert kept_pages >= 8


def test_what_a_page_asks_for_by_itself_is_listed_if_it_shows_something(plan, item, adviser):
    client = signed_in(adviser)
    news = step_url(plan, 13, "step_news")
    assert client.get(news).status_code == 200
    assert kept() == [("step 13", False)]
    versions = PlanItem.objects.filter(plan=plan, step__number=14)
    on_page = "".join(f"{each.pk}.{each.version}.{each.version}.r" for each in versions)
    assert client.get(step_url(plan, 14, "step_news"), {"items": on_page}).status_code == 204
    assert len(kept()) == 1


def test_pages_are_listed_in_words():
    for address, words in (
        ("/plans/1/steps/13/", "step 13"),
        ("/plans/1/steps/13/comments/", "comments on step 13"),
        ("/plans/1/officers/monitoring-officer/", "actions of the monitoring officer"),
    ):
        assert page_in_words(get_resolver().resolve(address)) == words


# --- The page -------------------------------------------------------------------------------------


def test_the_council_sees_the_log_latest_first_in_pages(plan, chief, officer, adviser):
    address = reverse("plan_adviser_looks", args=[plan.pk])
    assert "No adviser has opened this plan" in text_of(signed_in(chief).get(address))
    grant = AdviserGrant.objects.get()
    for number in range(1, 31):
        record_look(grant.pk, what=f"step {number}")
        record_look(grant.pk, what=f"stage {number}")
    for user in (chief, officer):
        client = signed_in(user)
        page = text_of(client.get(address))
        assert page.index("viewed step 30") < page.index("viewed step 29")
        assert "viewed step 1 " not in page
        assert "viewed step 1 " in text_of(client.get(address, {"page": 2})) + " "
        assert client.get(address, {"page": "x" * 9999}).status_code == 200


def test_the_log_of_another_plan_is_not_shown(plan, their_plan, chief, elsewhere):
    signed_in(elsewhere).get(their_plan.get_absolute_url())
    assert AdviserLook.objects.count() == 1
    page = text_of(signed_in(chief).get(reverse("plan_adviser_looks", args=[plan.pk])))
    assert "No adviser has opened this plan" in page


def test_entries_of_the_log_cannot_be_changed_or_deleted(plan, adviser):
    signed_in(adviser).get(plan.get_absolute_url())
    look = AdviserLook.objects.get()
    for change in (look.save, look.delete, AdviserLook.objects.all().delete):
        with pytest.raises(TypeError):
            change()


def test_a_calendar_that_fetches_an_advisers_feed_is_listed(adviser, plan):
    address = reverse("plan_calendar", args=[plan.pk])
    page = signed_in(adviser).post(address, {"make": "1"})
    token = re.search(r"/calendar/([\w-]+)\.ics", page.content.decode())[1]
    before = AdviserLook.objects.count()
    for _ in range(2):
        assert Client().get(reverse("calendar_feed", args=[token])).status_code == 200
    (look,) = AdviserLook.objects.order_by("pk")[before:]
    assert look.what == "the calendar feed"


def test_a_page_that_was_not_shown_does_not_ask_the_database_again_who_looked(rf):
    """While it answers nothing, each question takes as long as a new connection is waited for."""

    def ask():
        raise OperationalError

    request = rf.get("/")
    request.user = SimpleLazyObject(ask)
    response = HttpResponse(status=503)
    assert record_looks(lambda request: response)(request) is response
