"""Settings as a list with a page for each section, and the move of election day and its undo."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from assessments.election_night.models import ElectionCount
from assessments.pages.plan_settings import why_not_move
from assessments.plans.forms import ABOUT_GROUPS
from assessments.plans.models import PlanItem, SignOff
from assessments.reviews.actions import latest_change, sign_off_stage
from assessments.seats.models import CouncilComposition
from assessments.timetable.actions import save_interim
from elections.offsets import Offset, Side, Unit
from frameworks.models import Stage
from tests.acting import error_links, form_on, own_item, signed_in, text_of

SECTION = "plan_settings_section"


@pytest.fixture
def client(chief):
    return signed_in(chief)


def dues(plan):
    return list(PlanItem.objects.filter(plan=plan).order_by("pk").values_list("due", flat=True))


def test_the_list_leads_to_each_section_which_asks_for_its_own_fields_alone(client, plan, subtests):
    page = client.get(reverse("plan_settings", args=[plan.pk]))
    assert "Thursday 6 May 2027" in text_of(page)
    wanted = {
        "election": {"election_day-day", "election_day-month", "election_day-year", "occasion"},
        "control": {"control", "control_standing", "formality"},
        "term": {"coalition_term"},
        "marking": {"marking"},
    }
    for section, names in wanted.items():
        with subtests.test(section):
            address = reverse(SECTION, args=[plan.pk, section])
            assert address in page.content.decode()
            fields = form_on(client.get(address), address)
            assert set(fields) - {"version", "stage_2_weeks"} == names
    assert client.get(reverse(SECTION, args=[plan.pk, "nothing"])).status_code == 404


@pytest.mark.parametrize("governance", ["mayor", "committees"])
def test_control_is_about_the_groups_where_the_council_has_an_elected_mayor(
    client, plan, chief, governance
):
    save_interim(plan, version=0, by=chief, governance=governance)
    section = reverse(SECTION, args=[plan.pk, "control"])
    for address in (section, reverse("plan_new", args=[plan.council.slug])):
        assert (ABOUT_GROUPS in text_of(client.get(address))) == (governance == "mayor")


def test_a_section_saves_its_own_fields_and_keeps_the_others(client, plan):
    address = reverse(SECTION, args=[plan.pk, "term"])
    answer = client.post(address, {"version": "1", "coalition_term": "alliance", "control": "x"})
    assert answer.url == reverse("plan_settings", args=[plan.pk])
    plan.refresh_from_db()
    assert (plan.coalition_term, plan.marking) == ("alliance", "official-sensitive")
    again = client.post(address, {"version": "1", "coalition_term": "pact"})
    assert again.status_code == 409


def test_a_move_of_election_day_is_undone_after_the_same_preview(client, plan, chief):
    own_item(plan, by=chief, due_rule=Offset(2, Unit.DAYS, Side.AFTER, "election_day"))
    before = dues(plan)
    address, settings = (
        reverse(SECTION, args=[plan.pk, "election"]),
        reverse("plan_settings", args=[plan.pk]),
    )
    data = form_on(client.get(address), address) | {"election_day-day": "13"}
    client.post(address, data | {"confirm": "1"})
    assert dues(plan) != before
    page = client.get(settings)
    assert "moved election day from 6 May 2027 to 13 May 2027" in text_of(page)
    check = client.post(address, form_on(page, address))
    assert "Check which dates will change" in text_of(check)
    assert "Nothing has been saved yet" in text_of(check)
    client.post(address, form_on(check, address) | {"confirm": "1"})
    plan.refresh_from_db()
    assert plan.election_day == dt.date(2027, 5, 6)
    assert dues(plan) == before


def move_election_day(client, plan, **answers):
    address = reverse(SECTION, args=[plan.pk, "election"])
    data = form_on(client.get(address), address)
    client.post(address, data | answers | {"confirm": "1"})
    return client.get(reverse("plan_settings", args=[plan.pk]))


def test_the_latest_move_of_election_day_is_the_one_to_undo(client, plan):
    move_election_day(client, plan, **{"election_day-day": "13"})
    page = move_election_day(client, plan, **{"election_day-day": "20"})
    assert "moved election day from 13 May 2027 to 20 May 2027" in text_of(page)
    address = reverse(SECTION, args=[plan.pk, "election"])
    assert form_on(page, address)["election_day-day"] == "13"
    page = move_election_day(client, plan, stage_2_weeks="4")
    assert "moved election day" not in text_of(page)


def test_the_preview_counts_due_dates_that_end_apart_from_those_that_move(client, plan, chief):
    """After a by-election no annual meeting is due, so what was counted from it has no date."""
    PlanItem.objects.filter(plan=plan).update(due_rule=None, due=None)
    for anchor in ("election_day", "annual_meeting"):
        item = own_item(plan, by=chief, due_rule=Offset(2, Unit.DAYS, Side.AFTER, anchor))
        assert item.due
    address = reverse(SECTION, args=[plan.pk, "election"])
    data = form_on(client.get(address), address) | {"occasion": "by-election"}
    words = text_of(client.post(address, data | {"election_day-day": "13"}))
    assert "1 due date counted from a key date will move with it." in words
    assert (
        "1 action will have no due date, because the key date it is counted from will have none."
    ) in words


def test_a_move_that_makes_no_sense_is_refused_beside_the_field(client, plan, subtests):
    address = reverse(SECTION, args=[plan.pk, "election"])
    data = form_on(client.get(address), address) | {"election_day-year": "2031"}
    data |= {"election_day-day": "1", "confirm": "1"}
    with subtests.test("another election"):
        page = client.post(address, data)
        assert page.status_code == 422
        assert "more than a year" in error_links(page)[0][0]
        assert form_on(page, address)["election_day-year"] == "2031"
    plan.refresh_from_db()
    assert plan.election_day == dt.date(2027, 5, 6)


# Half past midnight of 4 June in England.
LATE_ON_3_JUNE_UTC = dt.datetime(2027, 6, 3, 23, 30, tzinfo=dt.UTC)


def test_election_day_does_not_pass_a_sign_off_of_what_follows_it(client, plan, chief):
    with time_machine.travel(LATE_ON_3_JUNE_UTC, tick=False):
        stage = Stage.objects.get(framework=plan.transition, number=2)
        sign_off_stage(plan, stage, seen=latest_change(plan, stage), reason="Done", by=chief)
    assert why_not_move(plan, dt.date(2027, 6, 4)) == ""
    refusal = why_not_move(plan, dt.date(2027, 6, 5))
    assert refusal.startswith("Stage 2 was signed off on 4 June 2027, so election day cannot be")
    address = reverse(SECTION, args=[plan.pk, "election"])
    data = form_on(client.get(address), address)
    data |= {"occasion": "by-election", "confirm": "1"}
    data |= {"election_day-day": "10", "election_day-month": "6"}
    page = client.post(address, data)
    assert page.status_code == 422
    assert error_links(page) == [(refusal, "id_election_day-day")]
    SignOff.objects.update(
        reopened_at=timezone.now(), reopened_by=chief, reopening_reason="The date moved"
    )
    assert why_not_move(plan, dt.date(2027, 6, 10)) == ""


def test_election_day_does_not_pass_the_day_its_results_were_completed(plan, chief, riverdale):
    composition = CouncilComposition.objects.create(
        council=riverdale, as_at=dt.date(2027, 5, 10), recorded_by=chief
    )
    count = ElectionCount.objects.create(
        plan=plan,
        seats_up=7,
        opened_by=chief,
        closed_at=LATE_ON_3_JUNE_UTC,
        closed_by=chief,
        composition=composition,
    )
    assert why_not_move(plan, dt.date(2027, 6, 4)) == ""
    refusal = why_not_move(plan, dt.date(2027, 6, 5))
    assert "The results of this election were completed on 4 June 2027" in refusal
    # Stopped without a result.
    ElectionCount.objects.filter(pk=count.pk).update(composition=None)
    assert why_not_move(plan, dt.date(2027, 6, 5)) == ""
