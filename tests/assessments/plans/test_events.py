"""The history of a plan: every change leaves one event, and no event is ever changed."""

import datetime as dt

import pytest
import time_machine
from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse

from assessments.plans.actions import change_plan, record, record_export, save_item
from assessments.plans.models import Event, EventChange, Plan, Status
from assessments.versions import FieldValueChange
from councils.models import Membership
from tests.acting import (
    HTMX,
    answer,
    draw_pdf_with,
    form_on,
    fresh,
    item_url,
    own_item,
    signed_in,
    status_only,
    step_url,
    whole,
)

NOON = dt.datetime(2027, 5, 18, 11, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def one_event(officer):
    """A function that makes a request as `who` and returns the one event it left."""

    def do(request, who=officer):
        before = set(Event.objects.values_list("pk", flat=True))
        client = signed_in(who)
        response = request(client)
        assert response.status_code in {200, 302}
        (event,) = Event.objects.exclude(pk__in=before)
        assert (event.by, event.at) == (who, NOON)
        return event

    return do


def changes_of(event):
    return {c.field: (c.before, c.after) for c in event.changes.all()}


def test_making_a_plan(one_event, chief, riverdale):
    data = {
        "election_day-day": "6",
        "election_day-month": "5",
        "election_day-year": "2027",
        "control": "unknown",
        "control_standing": "expected",
        "formality": "unknown",
        "coalition_term": "coalition",
        "stage_2_weeks": "6",
        "marking": "official",
        "create": "1",
    }
    new = reverse("plan_new", args=[riverdale.slug])
    event = one_event(lambda client: client.post(new, data), chief)
    assert (event.kind, event.plan, event.item) == ("plan-created", Plan.objects.get(), None)


def test_changing_the_settings(one_event, chief, plan):
    url = reverse("plan_settings_section", args=[plan.pk, "all"])
    changed = {"stage_2_weeks": "4", "coalition_term": "pact", "confirm": "1"}
    event = one_event(lambda client: client.post(url, form_on(client.get(url)) | changed), chief)
    assert (event.kind, event.plan) == ("plan-changed", plan)
    assert changes_of(event) == {
        "stage_2_weeks": ("6", "4"),
        "coalition_term": ("coalition", "pact"),
    }


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_answering_an_item(one_event, item, officer, chief, headers):
    mine = Membership.objects.get(user=officer)
    first = whole(
        item,
        status="in-progress",
        owner=mine.pk,
        note="Line one\r\nline two",
        **{"due-day": "1", "due-month": "6", "due-year": "2027"},
    )
    event = one_event(lambda client: client.post(item_url(item), first, headers=headers))
    assert (event.kind, event.plan, event.item) == ("item-changed", item.plan, item)
    assert changes_of(event) == {
        "status": ("Not started", "In progress"),
        "owner": ("", "Officer, Monitoring officer"),
        "due": ("", "1 June 2027"),
        "note": ("", "Line one\nline two"),
    }
    second = whole(
        item,
        status="not-needed",
        reason="Merged",
        owner="someone-else",
        owner_name="Ada",
        note="",
        **{"due-day": "", "due-month": "", "due-year": ""},
    )
    event = one_event(lambda client: client.post(item_url(item), second, headers=headers), chief)
    assert changes_of(event) == {
        "status": ("In progress", "Not needed"),
        "reason": ("", "Merged"),
        "owner": ("Officer, Monitoring officer", ""),
        "owner_name": ("", "Ada"),
        "due": ("1 June 2027", ""),
        "note": ("Line one\nline two", ""),
    }


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_changing_a_status_from_a_list(one_event, item, headers):
    data = status_only(item, "completed")
    event = one_event(lambda client: client.post(item_url(item), data, headers=headers))
    assert changes_of(event) == {"status": ("Not started", "Completed")}


def test_adding_removing_and_restoring(one_event, plan):
    add = step_url(plan, 13, "item_add")
    event = one_event(
        lambda client: client.post(add, form_on(client.get(add), add) | {"title": "Brief"})
    )
    own = event.item
    assert (event.kind, event.detail, own.title) == ("item-added", "Brief", "Brief")
    event = one_event(lambda client: client.post(item_url(own, "item_remove"), {"version": "1"}))
    assert (event.kind, event.item, event.detail) == ("item-removed", own, "Brief")
    event = one_event(lambda client: client.post(item_url(own, "item_restore")))
    assert (event.kind, event.item, event.detail) == ("item-restored", own, "Brief")


def test_an_export_is_recorded_with_what_was_taken(one_event, plan, reviewer, monkeypatch):
    draw_pdf_with(monkeypatch, lambda report: b"%PDF-1.7")
    options, pdf = (reverse(name, args=[plan.pk]) for name in ("action_plan", "action_plan_pdf"))
    event = one_event(
        lambda client: client.post(pdf, form_on(client.get(f"{options}?scope=stage-2"), pdf)),
        reviewer,
    )
    assert (event.kind, event.plan, event.item) == ("plan-exported", plan, None)
    assert event.detail


def test_a_failed_download_is_not_recorded(plan, chief, monkeypatch):
    def fails(report):
        raise RuntimeError("no paper")

    draw_pdf_with(monkeypatch, fails)
    client = signed_in(chief)
    options, pdf = (reverse(name, args=[plan.pk]) for name in ("action_plan", "action_plan_pdf"))
    data = form_on(client.get(options), pdf)
    with pytest.raises(RuntimeError):
        client.post(pdf, data)
    assert not Event.objects.filter(kind="plan-exported").exists()


def test_refused_requests_leave_no_event(item, officer, chief, reviewer, stranger):
    stale = whole(item, note="Mine")
    answer(item, chief, note="Theirs")
    before = Event.objects.count()
    for user, data in (
        (officer, stale),
        (officer, whole(item, note="x" * 20_001)),
        (officer, status_only(item, "not-needed")),
        (reviewer, whole(item, note="Mine")),
        (stranger, whole(item, note="Mine")),
    ):
        for headers in ({}, HTMX):
            response = signed_in(user).post(item_url(item), data, headers=headers)
            assert response.status_code >= 400
    assert Event.objects.count() == before
    assert EventChange.objects.filter(after__startswith="Mine").count() == 0


def test_a_change_and_its_event_are_saved_together_or_not_at_all(item, officer, monkeypatch):
    """If the event cannot be saved, the change is not saved either."""

    def full(*args, **kwargs):
        raise RuntimeError("disk full")

    for module in ("items", "plans"):
        monkeypatch.setattr(f"assessments.plans.actions.{module}.record", full)
    own = fresh(item)
    with pytest.raises(RuntimeError):
        save_item(own, version=1, by=officer, note="Half")
    with pytest.raises(RuntimeError):
        own_item(item.plan, by=officer)
    with pytest.raises(RuntimeError):
        change_plan(Plan.objects.get(pk=item.plan_id), version=1, by=officer, coalition_term="pact")
    assert (fresh(item).note, fresh(item).version) == ("", 1)
    assert item.plan.items.count() == 123
    assert Plan.objects.get(pk=item.plan_id).coalition_term == "coalition"


def test_events_of_the_system_administrator_have_no_user(plan):
    record_export(plan, by=None, detail="whole plan")
    event = Event.objects.first()
    assert (event.by, event.detail) == (None, "whole plan")
    assert str(event) == "System administrator downloaded a file"


def test_a_long_detail_is_truncated(plan, chief):
    own = own_item(plan, by=chief, title="é" * 160)
    assert Event.objects.get(item=own).detail == "é" * 160
    record_export(plan, by=chief, detail="x" * 500)
    assert Event.objects.first().detail == "x" * 200


# --- Only ever added ------------------------------------------------------------------------------


@pytest.fixture
def event(item, officer):
    answer(item, officer, note="Kept in full")
    return Event.objects.get(item=item)


@pytest.mark.parametrize("model", [Event, EventChange])
def test_events_cannot_be_changed_or_deleted(event, model):
    entry = model.objects.last()
    before = list(model.objects.values())
    for attempt in (
        entry.save,
        entry.delete,
        lambda: model.objects.update(pk=1),
        lambda: model.objects.filter(pk=entry.pk).update(pk=99),
        lambda: model.objects.all().delete(),
        lambda: model.objects.filter(pk=entry.pk).delete(),
        lambda: model.objects.bulk_update([entry], [model._meta.fields[1].name]),
        lambda: model.objects.update_or_create(pk=entry.pk, defaults={}),
    ):
        with pytest.raises(TypeError, match="only ever added"), transaction.atomic():
            attempt()
    assert list(model.objects.values()) == before


def test_objects_named_in_events_cannot_be_deleted(event, officer):
    for subject in (event.item, event.plan, officer):
        with pytest.raises((ProtectedError, TypeError)):
            subject.delete()


def test_events_are_newest_first_by_server_time(item, officer):
    answer(item, officer, note="One")
    with time_machine.travel(NOON + dt.timedelta(minutes=5), tick=False):
        answer(item, officer, note="Two", status=Status.IN_PROGRESS)
    latest, earlier = Event.objects.filter(item=item)
    assert (latest.at - earlier.at) == dt.timedelta(minutes=5)
    assert changes_of(latest)["note"] == ("One", "Two")


def test_the_name_of_a_changed_field_fits_the_column_on_every_database(plan, chief):
    """SQLite stores a longer one; PostgreSQL refuses it."""
    change = FieldValueChange("x" * 41, None, "", "words")
    with pytest.raises(ValueError, match="too long"):
        record(plan, Event.Kind.PLAN_CHANGED, by=chief, changes=[change])
