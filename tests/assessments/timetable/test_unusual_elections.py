"""Plans for by-elections on other weekdays, elections under an order, and the City of London."""

import datetime as dt
import re
from dataclasses import replace

import pytest
import time_machine
from django.urls import reverse

from assessments.exports.formats import FORMATS
from assessments.plans.actions import change_plan, create_plan
from assessments.plans.models import Event, Plan
from assessments.reviews.actions import take_snapshot
from assessments.reviews.frozen import Frozen, report_of
from assessments.timetable.actions import (
    add_bank_holiday,
    clear_date,
    remove_bank_holiday,
    set_date,
)
from councils.models import Council
from elections.offsets import Offset, Side, Unit
from tests.acting import error_links, form_on, own_item, signed_in, text_of

WEDNESDAY = dt.date(2027, 5, 5)
NEW = "/councils/riverdale/plans/new/"
UNUSUAL = {
    "by-election": {"occasion": "by-election", "election_day": WEDNESDAY},
    "order": {"occasion": "order"},
    "city": {},
}


@pytest.fixture(autouse=True)
def before_the_poll():
    with time_machine.travel(dt.datetime(2027, 4, 20, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture(params=UNUSUAL)
def unusual_plan(request, plan, chief):
    if request.param == "city":
        Council.objects.filter(pk=plan.council_id).update(type="city-corporation")
    else:
        change_plan(plan, version=1, by=chief, **UNUSUAL[request.param])
    return stored(plan)


def stored(plan):
    return Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)


def pages_from(client, plan):
    """Yield (address, status) for each page of the plan and its council that links lead to.

    One page of a kind is enough: addresses that differ only in numbers after the plan's are alike.
    """
    waiting, kinds = [plan.get_absolute_url(), reverse("scenarios", args=[plan.pk])], set()
    while waiting:
        address = waiting.pop()
        kind = re.sub(r"\d+", "0", address)
        if kind in kinds:
            continue
        kinds.add(kind)
        response = client.get(address)
        yield address, response.status_code
        if "html" in response.headers.get("Content-Type", ""):
            links = re.findall(r'href="([^"#?]+)', response.content.decode())
            own = (f"/plans/{plan.pk}/", f"/councils/{plan.council.slug}/")
            waiting += [link for link in links if link.startswith(own)]


def test_every_page_of_the_plan_answers(unusual_plan, chief):
    found = dict(pages_from(signed_in(chief), unusual_plan))
    assert len(found) > 25
    assert {address: status for address, status in found.items() if status >= 400} == {}


def test_every_download_of_the_plan_answers(unusual_plan, chief, quick_press):
    client = signed_in(chief)
    data = {"scope": "whole", "reason": "For the returning officer"}
    for each in FORMATS.values():
        response = client.post(reverse(each.url_name, args=[unusual_plan.pk]), data)
        assert response.status_code == 200, each.key


def test_every_download_of_scenarios_answers(unusual_plan, chief):
    address = reverse("scenarios_export", args=[unusual_plan.pk])
    response = signed_in(chief).post(address, {"reason": "For the returning officer"})
    assert response.status_code == 200


def test_a_snapshot_keeps_what_its_dates_depended_on(plan, chief):
    Council.objects.filter(pk=plan.council_id).update(type="county")
    change_plan(stored(plan), version=1, by=chief, **UNUSUAL["by-election"])
    day = dt.date(2027, 5, 4)
    add_bank_holiday(plan.council, day=day, name="A day of mourning", by=chief)
    meeting = {"date": dt.date(2027, 5, 25), "reason": "Fixed by full council"}
    set_date(stored(plan), "annual_meeting", version=0, by=chief, **meeting)
    taken = stored(plan).timetable
    snapshot = take_snapshot(stored(plan), [1], by=chief, reason="Before the poll")
    remove_bank_holiday(plan.council.bank_holidays.get(), by=chief)
    clear_date(stored(plan), "annual_meeting", version=1, by=chief)
    change = {"occasion": "ordinary", "election_day": dt.date(2027, 5, 6)}
    change_plan(stored(plan), version=2, by=chief, **change)
    Council.objects.filter(pk=plan.council_id).update(type="district")
    frozen = Frozen.of(snapshot)
    assert frozen.is_intact
    assert frozen.timetable == replace(taken, set_by_hand=frozen.timetable.set_by_hand)
    dates = {date.words: date.day for date in report_of(frozen).upcoming}
    assert dates["Annual council meeting"] == dt.date(2027, 5, 25)
    assert dates["Last day to issue the precept"] == dt.date(2028, 2, 29)


def test_a_county_has_the_date_of_its_precept(plan):
    Council.objects.filter(pk=plan.council_id).update(type="county")
    assert stored(plan).timetable.council_tax_by == dt.date(2028, 2, 29)


def test_the_cycle_of_the_council_decides_about_annual_council_after_a_by_election(plan, chief):
    change_plan(
        plan, version=1, by=chief, occasion="by-election", election_day=dt.date(2027, 10, 20)
    )
    assert stored(plan).timetable.annual_meeting_from == dt.date(2028, 3, 1)
    Council.objects.filter(pk=plan.council_id).update(election_cycle="thirds")
    assert stored(plan).timetable.annual_meeting_from == dt.date(2028, 5, 9)


def test_the_councils_own_plan_decides_about_annual_council_after_a_by_election(plan, chief):
    Council.objects.filter(pk=plan.council_id).update(type="county")
    change = {"occasion": "by-election", "election_day": dt.date(2027, 1, 27)}
    change_plan(plan, version=1, by=chief, **change)
    assert stored(plan).timetable.annual_meeting_from == dt.date(2027, 3, 1)
    create_plan(council=plan.council, by=chief, election_day=dt.date(2027, 5, 6))
    window = stored(plan).timetable
    assert window.annual_meeting_from == dt.date(2027, 5, 11)
    assert window.annual_meeting_to == dt.date(2027, 5, 31)
    frozen = Frozen.of(take_snapshot(stored(plan), [1], by=chief, reason="Before the poll"))
    assert frozen.is_intact
    assert frozen.timetable == replace(window, set_by_hand={})
    client = signed_in(chief)
    address = reverse("plan_date", args=[plan.pk, "annual_meeting"])
    form = form_on(client.get(address), address)
    march = {"date-day": 18, "date-month": 3, "date-year": 2027, "reason": "By full council"}

    refused = client.post(address, form | march)
    assert refused.status_code == 422
    assert "Outside the period the law allows, 11 May 2027 to 31 May 2027" in text_of(refused)


@pytest.mark.parametrize(
    ("day", "year"),
    [(dt.date(2027, 1, 27), 2027), (dt.date(2027, 5, 27), 2027), (dt.date(2027, 6, 24), 2028)],
)
def test_plans_of_a_list_have_the_dates_that_each_has_by_itself(
    plan, chief, django_assert_num_queries, day, year
):
    """The ordinary election of each was asked for by itself."""
    change_plan(plan, version=1, by=chief, occasion="by-election", election_day=day)
    for poll in (dt.date(2026, 5, 7), dt.date(2027, 5, 6), dt.date(2028, 5, 4)):
        create_plan(council=plan.council, by=chief, election_day=poll)
    assert stored(plan).timetable.next_ordinary_election.year == year
    plans = Plan.objects.select_related("council").with_dates()
    with django_assert_num_queries(3):
        found = {each.pk: each.timetable for each in plans}
    assert len(found) == 4
    assert found == {pk: Plan.objects.get(pk=pk).timetable for pk in found}


def test_how_the_council_is_elected_is_entered_and_dates_follow(plan, chief, officer):
    change = {"occasion": "by-election", "election_day": dt.date(2027, 10, 20)}
    change_plan(plan, version=1, by=chief, **change)
    address = reverse("council_cycle", args=[plan.pk])
    client = signed_in(chief)
    page = client.get(reverse("plan_dates", args=[plan.pk]))
    assert form_on(page, address)["cycle"] == ""
    assert "9 May to 29 May 2028 instead" in page.content.decode()  # both, as it is not known
    for _ in range(2):  # the second time nothing changes
        assert client.post(address, {"cycle": "thirds"}).status_code == 302
    event = Event.objects.get(kind=Event.Kind.CYCLE_CHANGED)
    assert (event.by, event.detail) == (chief, "By thirds")
    assert stored(plan).timetable.annual_meeting_from == dt.date(2028, 5, 9)
    assert client.post(address, {"cycle": "tenths"}).status_code == 422
    assert signed_in(officer).post(address, {"cycle": "whole"}).status_code == 403


@pytest.mark.parametrize("kind", ["county", "london-borough"])
def test_a_council_that_elects_all_seats_by_law_is_not_asked_how(plan, chief, kind):
    """Local Government Act 1972, section 7 and Schedule 2, paragraph 6."""
    client, address = signed_in(chief), reverse("plan_dates", args=[plan.pk])
    asked = "How is your council elected?"
    assert asked in text_of(client.get(address))
    Council.objects.filter(pk=plan.council_id).update(type=kind)
    shown = text_of(client.get(address))
    assert asked not in shown
    assert "The whole council is elected at once." in shown


def test_due_dates_of_a_date_that_is_not_known_follow_once_it_is_set(plan, chief):
    own_item(plan, by=chief, due_rule=Offset(2, Unit.DAYS, Side.AFTER, "annual_meeting"))
    change_plan(plan, version=1, by=chief, **UNUSUAL["by-election"])
    shown = text_of(signed_in(chief).get(reverse("plan_dates", args=[plan.pk])))
    assert "No date yet Annual council meeting" in shown
    assert re.search(r"\d+ due dates? follows? once it is set\.", shown)


def test_a_bank_holiday_announced_after_the_notice_leaves_earlier_dates_as_they_were(plan, chief):
    client, address = signed_in(chief), reverse("bank_holiday_add", args=[plan.pk])
    before = stored(plan).timetable
    data = {"name": "A day of mourning", "day-day": 4, "day-month": 5, "day-year": 2027}
    announced = {"declared_on-month": 4, "declared_on-year": 2027}
    response = client.post(address, data | {"declared_on-day": 5} | announced | {"day-month": 3})
    assert response.status_code == 422
    assert "on or before the bank holiday itself" in error_links(response)[0][0]
    assert client.post(address, data | {"declared_on-day": 20} | announced).status_code == 302
    after = stored(plan).timetable
    assert after.nominations_close == before.nominations_close
    assert after.polling_agents_deadline < before.polling_agents_deadline
    page = client.get(reverse("plan_dates", args=[plan.pk])).content.decode()
    assert "(announced 20 April 2027)" in page


# --- Which days can be entered --------------------------------------------------------------------


def answers(client, occasion, day):
    typed = {"election_day-day": day.day, "election_day-month": day.month}
    return form_on(client.get(NEW)) | {"occasion": occasion, "election_day-year": day.year} | typed


@pytest.mark.parametrize("occasion", ["by-election", "order"])
def test_a_poll_on_another_working_day_can_be_planned(chief, occasion):
    client = signed_in(chief)
    response = client.post(NEW, answers(client, occasion, WEDNESDAY) | {"create": "1"})
    assert response.status_code == 302
    assert Plan.objects.get().election_day == WEDNESDAY


@pytest.mark.parametrize(
    ("occasion", "day", "message"),
    [
        (
            "ordinary",
            WEDNESDAY,
            "Election day must be a Thursday. Wednesday 5 May 2027 is not. If it is a by-election "
            "or has its own order, select that below",
        ),
        (
            "ordinary",
            dt.date(2027, 5, 9),
            "Election day must be a Thursday. Sunday 9 May 2027 is not",
        ),
        (
            "by-election",
            dt.date(2027, 5, 8),
            "Election day must be a working day. Saturday 8 May 2027 is not",
        ),
        (
            "by-election",
            dt.date(2027, 5, 3),
            "Election day must be a working day. Monday 3 May 2027 is not",
        ),
    ],
)
def test_another_day_is_explained_beside_the_field(chief, occasion, day, message):
    client = signed_in(chief)
    response = client.post(NEW, answers(client, occasion, day) | {"create": "1"})
    assert response.status_code == 422
    assert error_links(response) == [(message, "id_election_day-day")]
    assert form_on(response)["election_day-day"] == str(day.day)
    assert not Plan.objects.exists()


def test_a_by_election_on_a_wednesday_cannot_become_an_ordinary_election(plan, chief):
    change_plan(plan, version=1, by=chief, **UNUSUAL["by-election"])
    client, settings = signed_in(chief), reverse("plan_settings_section", args=[plan.pk, "all"])
    response = client.post(settings, form_on(client.get(settings)) | {"occasion": "ordinary"})
    assert response.status_code == 422
    assert "must be a Thursday" in error_links(response)[0][0]
    assert stored(plan).occasion == "by-election"
