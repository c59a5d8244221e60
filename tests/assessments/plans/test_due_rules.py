"""Due dates counted from key dates: suggested, saved, and changed singly and in bulk."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from assessments.pages.views.due import counts_in_words
from assessments.plans.actions import (
    change_plan,
    create_plan,
    offset_of,
    remove_item,
    restore_item,
    set_due_in_bulk,
)
from assessments.plans.models import Event, OffsetField, PlanItem, Status
from assessments.timetable.actions import set_date
from elections.offsets import ANCHORS, Offset, Side, Unit
from frameworks.models import ChecklistItem, PointerPlacement, SuggestedDue
from tests.acting import (
    HTMX,
    answer,
    by_id,
    error_links,
    form_on,
    fresh,
    item_url,
    own_item,
    signed_in,
    text_of,
    whole,
    words,
)
from tests.assessments.plans.test_concurrency import all_at_once

RULE = Offset(2, Unit.WORKING_DAYS, Side.BEFORE, "annual_meeting")
POSTED = {
    "due_by": "rule",
    "due_rule_number": "2",
    "due_rule_unit": "working-days",
    "due_rule_side": "before",
    "due_rule_anchor": "annual_meeting",
}


@pytest.fixture(autouse=True)
def winter():
    with time_machine.travel(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def client(officer):
    return signed_in(officer)


# --- What is suggested ----------------------------------------------------------------------------


def test_every_action_has_a_suggested_due_date_that_can_be_calculated(db):
    wanted = set(ChecklistItem.objects.filter(step__isnull=False).values_list("pk", "step")) | set(
        PointerPlacement.objects.values_list("item", "step")
    )
    assert set(SuggestedDue.objects.values_list("item", "step")) == wanted
    for each in SuggestedDue.objects.all():
        offset = offset_of(each)
        assert offset.anchor in ANCHORS
        assert OffsetField().to_python(OffsetField().get_prep_value(offset)) == offset
        assert each.reason.endswith(".")


def test_a_new_plan_has_the_suggested_due_dates_and_no_review_dates(dated_plan):
    reviews = set(SuggestedDue.objects.filter(is_review=True).values_list("item", "step"))
    assert reviews
    for item in dated_plan.items.select_related("step__stage", "source"):
        if (item.source_id, item.step_id) in reviews:
            assert (item.due_rule, item.due) == (None, None), item
        elif item.step.stage.number > 1:  # in stage 1, some dates have already passed
            assert item.due, item


def test_actions_for_annual_council_are_due_before_its_summons(dated_plan):
    due = {i.source.code: i.due for i in dated_plan.items.select_related("source")}
    assert due["NOC-13.1"] < due["NOC-13.2"]
    for code in ("NOC-13.1", "NOC-13.2", "COMP-05.2"):
        assert due[code] <= dated_plan.timetable.summons
    for code in ("NOC-03.2", "NOC-05.1", "NOC-06.1"):
        assert due[code] < dated_plan.timetable.pre_election_period


def test_a_plan_made_late_has_nothing_overdue(riverdale, chief):
    with time_machine.travel(dt.datetime(2027, 5, 1, 12, tzinfo=dt.UTC)):
        plan = create_plan(council=riverdale, by=chief, election_day=dt.date(2027, 5, 6))
        assert not plan.items.overdue(dt.date(2027, 5, 1)).exists()
        assert plan.items.filter(due_rule=None).exists()
        assert not plan.items.filter(due_rule=None, due__isnull=False).exists()
        assert plan.items.filter(due=dt.date(2027, 5, 7)).exists()


def test_a_shadow_authority_has_rules_whose_dates_follow_once_they_are_set(riverdale, chief):
    plan = create_plan(
        council=riverdale, by=chief, election_day=dt.date(2027, 5, 6), occasion="order"
    )
    item = plan.items.get(source__code="NOC-13.2")
    assert (str(item.due_rule), item.due) == (
        "on the last day for the annual council summons",
        None,
    )
    set_date(plan, "annual_meeting", date=dt.date(2027, 5, 20), reason="Order", version=0, by=chief)
    assert fresh(item).due == dt.date(2027, 5, 12)
    page = text_of(signed_in(chief).get(reverse("plan_step", args=[plan.pk, 13])))
    assert "Wed 12 May 2027, on the last day" in page


# --- One item -------------------------------------------------------------------------------------


def test_a_rule_saved_in_the_form_sets_the_due_date(client, item, chief):
    response = client.post(item_url(item), whole(item, **POSTED), headers=HTMX)
    assert response.status_code == 200
    saved = fresh(item)
    assert (saved.due_rule, saved.due) == (RULE, dt.date(2027, 5, 14))
    assert list(saved.events.get().changes.values_list("field", "before", "after")) == [
        ("due_rule", "", "2 working days before annual council"),
        ("due", "", "14 May 2027"),
    ]
    change_plan(fresh(item).plan, version=1, by=chief, election_day=dt.date(2027, 5, 13))
    assert fresh(item).due == dt.date(2027, 5, 21)
    # Someone who had it open can still save, because no answer has changed.
    again = whole(item, note="Words", **POSTED)
    assert client.post(item_url(item), again, headers=HTMX).status_code == 200
    assert fresh(item).due == dt.date(2027, 5, 21)


def test_a_date_of_its_own_replaces_the_rule(client, item, chief):
    answer(item, chief, due_rule=RULE)
    day = {"due-day": 1, "due-month": 6, "due-year": 2027}
    client.post(item_url(item), whole(item, due_by="date", **day), headers=HTMX)
    saved = fresh(item)
    assert (saved.due_rule, saved.due) == (None, dt.date(2027, 6, 1))
    change_plan(saved.plan, version=1, by=chief, election_day=dt.date(2027, 5, 13))
    assert fresh(item).due == dt.date(2027, 6, 1)


def test_saving_the_date_of_a_rule_as_its_own_date_ends_the_rule(client, item, chief):
    answer(item, chief, due_rule=RULE)
    client.post(item_url(item), whole(item, due_by="date"), headers=HTMX)
    saved = fresh(item)
    assert (saved.due_rule, saved.due) == (None, dt.date(2027, 5, 14))


def test_a_form_without_due_by_keeps_the_rule(client, item, chief):
    answer(item, chief, due_rule=RULE)
    client.post(item_url(item), whole(item, note="Only a note"), headers=HTMX)
    saved = fresh(item)
    assert (saved.due_rule, saved.note) == (RULE, "Only a note")


def test_the_suggested_rule_is_filled_in_but_not_selected(client, item):
    page = client.get(item_url(item, "item_edit"))
    text = text_of(page)
    rule = "1 working day before the last day for the annual council summons."
    assert f"Our suggestion: {rule}" in text
    sent = form_on(page, item_url(item))
    assert sent["due_by"] == "date"
    assert sent["due_rule_number"] == "1"
    assert sent["due_rule_anchor"] == "summons"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"due_rule_number": ""}, "Enter a number of days, weeks or months"),
        ({"due_rule_number": "-1"}, "The number must be a whole number from 0 to 366"),
        ({"due_rule_number": "٣"}, "The number must be a whole number from 0 to 366"),
        ({"due_rule_number": "9" * 400}, "The number must be a whole number from 0 to 366"),
        ({"due_rule_unit": "fortnights"}, "Select the unit and the key date"),
        ({"due_rule_anchor": "__class__"}, "Select the unit and the key date"),
        ({"due_rule_side": "\0"}, "Select the unit and the key date"),
    ],
)
def test_an_invalid_rule_shows_an_error_beside_it(client, item, change, message):
    data = whole(item, note="Kept", **POSTED | change)
    response = client.post(item_url(item), data, headers=HTMX)
    assert response.status_code == 422
    assert message in words(by_id(response)[f"item-{item.pk}-error-due_rule"])
    page = client.post(item_url(item), data)
    assert form_on(page, item_url(item))["note"] == "Kept"
    assert fresh(item).due_rule is None


def test_inputs_of_the_option_not_selected_are_ignored(client, item):
    rule = whole(item, **POSTED, **{"due-day": "x", "due-month": "", "due-year": ""})
    assert client.post(item_url(item), rule, headers=HTMX).status_code == 200
    date = whole(item, **POSTED | {"due_by": "date", "due_rule_number": "x"})
    assert client.post(item_url(item), date, headers=HTMX).status_code == 200
    unknown = client.post(item_url(item), whole(item, due_by="never"), headers=HTMX)
    assert unknown.status_code == 422


@pytest.mark.parametrize(
    "text", ["", "2 days", "2 days before never", "x days before summons", "-1 days before summons"]
)
def test_only_a_valid_offset_can_be_stored(item, text):
    with pytest.raises(ValidationError), transaction.atomic():
        PlanItem.objects.filter(pk=item.pk).update(due_rule=text)


def test_completed_actions_keep_their_due_date_until_reopened(plan, item, chief):
    answer(item, chief, due_rule=RULE)
    answer(item, chief, status=Status.COMPLETED)
    change_plan(plan, version=1, by=chief, election_day=dt.date(2027, 5, 13))
    assert fresh(item).due == dt.date(2027, 5, 14)
    # A reopened action follows its rule again.
    answer(item, chief, status=Status.IN_PROGRESS)
    assert fresh(item).due == dt.date(2027, 5, 21)


def test_a_restored_action_follows_its_rule_again(plan, chief):
    own = own_item(plan, 13, by=chief, due_rule=RULE)
    assert fresh(own).due == dt.date(2027, 5, 14)
    remove_item(fresh(own), version=1, by=chief)
    change_plan(plan, version=1, by=chief, election_day=dt.date(2027, 5, 13))
    assert fresh(own).due == dt.date(2027, 5, 14)
    restore_item(fresh(own), by=chief)
    assert fresh(own).due == dt.date(2027, 5, 21)


# --- Many items -----------------------------------------------------------------------------------


def bulk(client, plan, **data):
    offset = {name.replace("due_rule", "rule"): value for name, value in POSTED.items()}
    url, sent = reverse("plan_due", args=[plan.pk]), offset | {"which": "all"} | data
    shown = client.post(url, sent)
    versions = re.search(r'name="versions" value="([^"]*)"', shown.content.decode())
    if versions is None:
        return shown
    return client.post(url, sent | {"versions": versions[1], "confirm": "1"})


def dues(plan, **which):
    return set(plan.items.filter(**which).values_list("due_rule", "due"))


def test_a_stage_gets_one_rule(client, plan, officer):
    done = plan.items.filter(step__number=11).first()
    answer(done, officer, status=Status.COMPLETED)
    before = plan.items.filter(step__stage__number=2).count()
    assert bulk(client, plan, which="stage-2", change="rule").status_code == 302
    assert dues(plan, step__stage__number=2, status="not-started") == {(RULE, dt.date(2027, 5, 14))}
    assert dues(plan, pk=done.pk) == {(None, None)}
    assert dues(plan, step__stage__number=1) == {(None, None)}
    event = Event.objects.get(kind=Event.Kind.ITEMS_MOVED)
    assert event.detail == f"{before - 1} actions to 2 working days before annual council"
    assert event.changes.count() == before - 1
    assert set(
        plan.items.filter(step__stage__number=2, status="not-started").values_list(
            "version", "saved_by"
        )
    ) == {(2, officer.pk)}


def test_shifting_a_step_leaves_actions_without_a_date(client, plan, item, chief):
    answer(item, chief, due_rule=RULE)
    bulk(client, plan, which="step-13", change="shift", days="-7")
    assert dues(plan, pk=item.pk) == {(None, dt.date(2027, 5, 7))}
    assert dues(plan, step__number=13) == {(None, dt.date(2027, 5, 7)), (None, None)}


def test_the_dates_of_a_role_can_be_reset_to_the_suggestions_and_removed(client, plan, chief):
    own_item(plan, 13, by=chief)
    bulk(client, plan, which="office-monitoring-officer", change="suggested")
    assert dues(plan, source__lead_role__code="chief-executive") == {(None, None)}
    assert plan.items.get(source__code="NOC-13.2").due == dt.date(2027, 5, 10)
    assert plan.items.get(source=None).due is None
    bulk(client, plan, change="clear")
    assert dues(plan) == {(None, None)}
    assert "Nothing would change" in text_of(bulk(client, plan, change="clear"))


def test_suggested_days_that_have_passed_are_left_out(plan, chief):
    with time_machine.travel(dt.datetime(2027, 5, 18, 12, tzinfo=dt.UTC)):
        bulk(signed_in(chief), plan, change="suggested")
        assert plan.items.exclude(due=None).exists()
        assert not plan.items.overdue(dt.date(2027, 5, 18)).exists()
        assert dues(plan, step__number=3) == {(None, None)}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Select what should happen to the due dates"),
        ({"change": "shift"}, "Enter how many days to move them by"),
        ({"change": "shift", "days": "x"}, "Days must be a whole number"),
        ({"change": "shift", "days": "9999"}, "Days must be 366 or fewer"),
        ({"change": "rule", "rule_number": ""}, "Enter a number of days, weeks or months"),
        ({"change": "clear", "which": "step-99"}, "Select an answer to “Which actions?”"),
    ],
)
def test_an_incomplete_bulk_change_changes_nothing(client, plan, data, message):
    response = bulk(client, plan, **data)
    assert response.status_code == 422
    assert any(message in text for text, _ in error_links(response))
    assert not Event.objects.filter(kind=Event.Kind.ITEMS_MOVED).exists()


def test_a_bulk_change_conflicts_with_an_edit_made_before_it(client, item, plan, chief):
    answer(item, chief, note="Before")
    data = whole(item, note="Mine")
    moved = PlanItem.objects.select_related("step", "source").filter(pk=item.pk)
    set_due_in_bulk(plan, moved, by=chief, due_rule=RULE)
    page = client.post(item_url(item), data)
    assert page.status_code == 409
    assert f"{RULE}" in text_of(page)
    merge = {"merge": fresh(item).version, "merge-note": "mine"}
    assert client.post(item_url(item), data | merge).status_code == 409  # the due date is undecided
    response = client.post(item_url(item), data | merge | {"merge-due": "theirs"})
    assert response.status_code == 302
    assert (fresh(item).due_rule, fresh(item).note) == (RULE, "Mine")


def checked(client, plan, **data):
    """Return the address of a bulk change and its form, as the page that checks it sends them."""
    offset = {name.replace("due_rule", "rule"): value for name, value in POSTED.items()}
    url, sent = reverse("plan_due", args=[plan.pk]), offset | {"which": "all"} | data
    shown = client.post(url, sent).content.decode()
    versions = re.search(r'name="versions" value="([^"]*)"', shown)[1]
    return url, sent | {"versions": versions, "confirm": "1"}


def test_due_dates_are_moved_once_however_often_the_button_is_pressed(client, plan, item, chief):
    answer(item, chief, due=dt.date(2027, 6, 1), due_rule=None)
    url, sent = checked(client, plan, change="shift", days="7")
    sent["csrfmiddlewaretoken"] = "of one page"
    assert [client.post(url, sent).status_code for _ in range(2)] == [302, 302]
    assert fresh(item).due == dt.date(2027, 6, 8)


@pytest.mark.django_db(transaction=True)
def test_due_dates_that_two_people_move_at_once_are_moved_once(plan, item, chief, officer):
    answer(item, chief, due=dt.date(2027, 6, 1), due_rule=None)

    def move(user):
        client = signed_in(user)
        url, sent = checked(client, plan, change="shift", days="7")
        return lambda: client.post(url, sent).status_code

    assert sorted(all_at_once([move(chief), move(officer)])) == [302, 409]
    assert fresh(item).due == dt.date(2027, 6, 8)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((0, 0, 0), "There are no open actions."),
        ((0, 0, 3), "No open action has a due date."),
        ((1, 0, 0), "Of the open actions, 1 is counted from a key date and moves with it."),
        (
            (110, 0, 13),
            "Of the open actions, 110 are counted from a key date and move with it, and 13 "
            "have no due date.",
        ),
        (
            (2, 1, 1),
            "Of the open actions, 2 are counted from a key date and move with it, 1 has a date of "
            "its own, and 1 has no due date.",
        ),
    ],
)
def test_the_kinds_of_due_date_are_counted_without_zeros(counts, sentence):
    following, own_dates, undated = counts
    found = counts_in_words(following=following, own_dates=own_dates, undated=undated)
    assert found == sentence
