"""The list of all actions: by date, with filters and search."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from assessments.comments.actions import start_thread
from assessments.plans.models import PlanItem, Status
from assessments.register.actions import add_to_register
from assessments.register.models import EarlyWin
from assessments.restricted_notes.actions import save_restricted_note
from councils.actions import end_membership
from councils.models import Membership
from tests.acting import (
    HTMX,
    answer,
    fresh,
    item_ids,
    own_item,
    signed_in,
    text_of,
    tree_of,
    words,
)

TODAY = dt.date(2027, 5, 18)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(dt.datetime(2027, 5, 18, 11, tzinfo=dt.UTC), tick=False):
        yield


def shown(user, plan, **query):
    response = signed_in(user).get(reverse("plan_open", args=[plan.pk]), query)
    assert response.status_code == 200
    return response


def heads(response):
    """The groups on a page, each with its count."""
    html = response.content.decode()
    return re.findall(r'id="group-\w+">([^<]+)</h2>\s*<p[^>]*><span[^>]*>(\d+)<', html)


def test_actions_come_in_groups_by_date_with_step_and_area(plan, chief):
    items = list(PlanItem.objects.filter(plan=plan).order_by("pk")[:4])
    for item, days in zip(items, (-1, 0, 14, 15), strict=True):
        answer(item, chief, due=TODAY + dt.timedelta(days=days))
    page = shown(chief, plan)
    assert heads(page)[:3] == [("Overdue", "1"), ("Next 14 days", "2"), ("Later", "1")]
    assert item_ids(page)[:4] == [item.pk for item in items]
    step = items[0].step
    assert f"Step {step.number}, {step.role_area.title}" in text_of(page)
    answer(fresh(items[0]), chief, status=Status.COMPLETED)
    assert ("Completed or not needed", "1") in heads(shown(chief, plan, status="completed"))


def test_a_long_group_folds_all_but_its_first_rows_and_loses_none(plan, chief):
    page = shown(chief, plan, due="none")
    rows = item_ids(page)
    (fold,) = (e for e in tree_of(page).iter("details") if "more in “No date”" in words(e))
    folded = [e.get("id") for e in fold.iter("article")]
    assert fold.get("open") is None
    assert folded == [f"item-{pk}" for pk in rows[10:]]
    assert words(fold.find("summary")) == f"{len(rows) - 10} more in “No date”"
    PlanItem.objects.filter(plan=plan).exclude(pk__in=rows[:15]).update(
        status=Status.COMPLETED, completed_on=TODAY
    )
    short = tree_of(shown(chief, plan, due="none"))
    assert not [e for e in short.iter("details") if "more in" in words(e)]
    assert len(list(short.iter("article"))) == 15


def test_filters_are_links_and_what_is_not_offered_is_ignored(plan, chief, officer, subtests):
    mine = Membership.objects.get(user=officer)
    first, second, third = PlanItem.objects.filter(plan=plan, step__number=13)[:3]
    answer(first, chief, owner=mine, due=TODAY - dt.timedelta(days=1))
    answer(second, chief, status=Status.IN_PROGRESS)
    answer(third, chief, owner_name="A partner")
    every = PlanItem.objects.filter(plan=plan)
    expected = {
        (("owner", str(mine.pk)),): {first.pk},
        (("owner", "me"),): {first.pk},
        (("owner", "typed"),): {third.pk},
        (("owner", "none"),): set(every.exclude(pk__in=[first.pk, third.pk]).values_list("pk")),
        (("stage", "2"), ("area", "3"), ("status", "in-progress")): {second.pk},
        (("due", "overdue"),): {first.pk},
        (("owner", "999999"), ("stage", "x"), ("due", "<b>")): None,
    }
    for query, wanted in expected.items():
        with subtests.test(query):
            page = shown(officer, plan, **dict(query))
            if wanted is None:
                assert "123 open" in text_of(page)
            else:
                found = {pk if isinstance(pk, int) else pk[0] for pk in wanted}
                assert set(item_ids(page)) <= found
                in_words = "1 action" if "status" in dict(query) else f"{len(found)} of 123 open"
                assert in_words in text_of(page)


def test_the_actions_of_a_person_who_left_are_found(plan, chief, officer):
    item = PlanItem.objects.filter(plan=plan).first()
    answer(item, chief, owner=Membership.objects.get(user=officer))
    end_membership(Membership.objects.get(user=officer), by=chief)
    page = shown(chief, plan, owner="left")
    assert item_ids(page) == [item.pk]
    assert "(left the council)" in text_of(page)


def test_while_no_one_has_left_no_action_is_of_a_person_who_left(plan, chief):
    page = shown(chief, plan, owner="left")
    assert item_ids(page) == []
    assert "No actions match" in text_of(page)
    (link,) = (e for e in tree_of(page).iter("a") if words(e) == "Owner left the council")
    assert link.get("aria-current") == "true"


def test_search_finds_every_text_that_the_reader_can_see_and_no_other(
    plan, chief, officer, partial_adviser, subtests
):
    items = list(PlanItem.objects.filter(plan=plan, step__number=13)[:4])
    answer(items[0], chief, note="The zebra crossing")
    start_thread(plan, items[1].step, item=items[1], text="Zebras are [black|white]", by=chief)
    save_restricted_note(items[2], None, text="A secret zebra", version=0, by=chief)
    start_thread(plan, items[1].step, text="A zebra on the step", by=chief)
    add_to_register(EarlyWin, plan, words="A zebra for every ward", by=chief)
    outside = own_item(plan, 1, by=chief)
    answer(outside, chief, note="Zebra in stage 1")
    note, comment, secret = (item.pk for item in items[:3])
    cases = [
        (chief, {note, comment, secret, outside.pk}, True),
        (officer, {note, comment, outside.pk}, False),
        (partial_adviser, {note, comment}, False),
    ]
    for user, wanted, reads_secret in cases:
        with subtests.test(user.email):
            page = shown(user, plan, q="ZEBRA")
            assert set(item_ids(page)) == wanted
            text = text_of(page)
            assert ("secret" in text) == ("Restricted note" in text) == reads_secret
            assert "on the step" in text
            assert "for every ward" in text
            assert "[black|white]" in text
            assert "<mark>zebra</mark> crossing" in page.content.decode()
    assert item_ids(shown(chief, plan, q="zebra crossing")) == [note]
    assert "No actions match" in text_of(shown(chief, plan, q="zebra nowhere"))


def test_search_uses_the_councils_own_term(plan, chief):
    plan.coalition_term = "rainbow partnership"
    plan.save()
    found = item_ids(shown(chief, plan, q="rainbow"))
    assert found
    assert len(found) < 123


def test_saving_a_status_updates_the_counts_on_the_page(plan, chief):
    item = PlanItem.objects.filter(plan=plan).first()
    answer(item, chief, due=TODAY - dt.timedelta(days=1))
    item = fresh(item)
    here = reverse("plan_open", args=[plan.pk])
    sent = {"part": "status", "status": "completed", "version": item.version}
    saved = signed_in(chief).post(
        reverse("item", args=[plan.pk, item.pk]),
        sent | {"back": f"{here}?due=overdue"},
        headers=HTMX,
    )
    html = saved.content.decode()
    assert '<span id="count-overdue" data-hx-swap-oob="innerHTML">0</span>' in html
    assert "0 of 122 open actions" in html
