"""Key dates of a plan: shown by stage, set by hand, cleared, moved by a bank holiday."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from assessments.exports.report import dates_to_come
from assessments.plans.actions import change_plan
from assessments.plans.models import BankHoliday, Event, Plan, PlanDate
from assessments.timetable.actions import clear_date, set_date
from elections.offsets import Offset, Side, Unit
from elections.timetable import ALL_HAND_KEYS, DETAILS
from tests.acting import answer, by_id, error_links, form_on, fresh, signed_in, text_of, words

TODAY = dt.date(2027, 5, 12)
MEETING = Offset(2, Unit.WORKING_DAYS, Side.BEFORE, "annual_meeting")


@pytest.fixture(autouse=True)
def winter():
    with time_machine.travel(dt.datetime(2027, 1, 18, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def client(officer):
    return signed_in(officer)


def url(plan, key=None):
    return (
        reverse("plan_date", args=[plan.pk, key]) if key else reverse("plan_dates", args=[plan.pk])
    )


def boxes(day, reason="Fixed by full council", version=0):
    day = dt.date.fromisoformat(day)
    date = {"date-day": day.day, "date-month": day.month, "date-year": day.year}
    return {"version": version, "reason": reason} | date


def set_by_hand(plan, by, key="annual_meeting", day="2027-05-25", version=0, reason="Fixed"):
    return set_date(
        plan, key, date=dt.date.fromisoformat(day), reason=reason, version=version, by=by
    )


def again(plan):
    return Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)


def row(response, key):
    return words(by_id(response)[f"date-{key}"])


def test_every_date_is_on_the_page_with_rule_source_and_standing(client, plan):
    page = client.get(url(plan))
    dates = plan.timetable.all_dates
    assert {date.key for date in dates} > set(DETAILS) - {"verification_and_count", "declaration"}
    assert "No date yet" in row(page, "declaration")
    for date in dates:
        text = row(page, date.key)
        assert f"{date.date:%a} {date.date.day} {date.date:%b %Y}" in text
        assert date.rule in text
        assert f"{date.standing.capitalize()}: {date.source}." in text
        assert ("Change" in text) == (date.key in ALL_HAND_KEYS)
    assert "Decide now who will settle the agenda." in row(page, "summons")


def test_the_page_says_which_days_are_not_working_days(plan, chief):
    assert "Weekends, Christmas Eve, Christmas Day, Good Friday and England’s bank holidays" in (
        text_of(signed_in(chief).get(url(plan)))
    )


def test_a_date_is_set_by_hand_and_what_hangs_on_it_follows(client, plan, item, chief, officer):
    answer(item, chief, due_rule=MEETING)
    assert fresh(item).due == dt.date(2027, 5, 14)
    page = client.get(url(plan, "annual_meeting"))
    sent = form_on(page, url(plan, "annual_meeting"))
    assert sent["date-day"] == "18"
    response = client.post(url(plan, "annual_meeting"), boxes("2027-05-25"))
    assert response.status_code == 302
    page = client.get(response.url)
    assert "The date of “Annual council meeting” has been set by hand." in text_of(page)
    text = row(page, "annual_meeting")
    assert "Tue 25 May 2027" in text
    assert "Set by hand" in text
    assert "Why: Fixed by full council The calculated date is 18 May 2027." in text
    assert "Mon 17 May 2027" in row(page, "summons")
    assert "1 due date counted from it" in text
    moved = fresh(item)
    assert moved.due == dt.date(2027, 5, 21)
    assert moved.version == 2  # no answer changed
    event = Event.objects.get(kind=Event.Kind.DATE_SET)
    assert event.by == officer
    assert ("Step 13, NOC-13.1", "14 May 2027", "21 May 2027") in list(
        event.changes.values_list("field", "before", "after")
    )


def test_it_stays_when_election_day_moves_and_says_so(client, plan, chief, officer):
    set_by_hand(plan, officer, day="2027-05-25")
    change_plan(plan, version=1, by=chief, election_day=dt.date(2027, 6, 3))
    page = client.get(url(plan))
    assert "Tue 25 May 2027" in row(page, "annual_meeting")
    assert "Check: This date is not after election day, 3 June 2027." in row(page, "annual_meeting")
    assert "Mon 7 Jun 2027" in row(page, "retirement")


@pytest.mark.parametrize(
    ("key", "day", "message"),
    [
        (
            "annual_meeting",
            "2027-06-02",
            "Outside the period the law allows, 11 May 2027 to 31 May 2027",
        ),
        ("annual_meeting", "2027-05-31", "Monday 31 May 2027 is not a working day"),
        (
            "nominations_close",
            "2027-04-09",
            "after the last one that the rules allow, 8 April 2027",
        ),
        (
            "registration_deadline",
            "2027-04-20",
            "after the last one that the rules allow, 19 April",
        ),
        ("declaration", "2027-05-05", "This date is before election day, 6 May 2027"),
    ],
)
def test_a_day_that_the_rules_do_not_allow_is_asked_about_first(client, plan, key, day, message):
    response = client.post(url(plan, key), boxes(day))
    assert response.status_code == 422
    assert not PlanDate.objects.exists()
    assert [link for link in error_links(response) if message in link[0]]
    sent = form_on(response, url(plan, key))
    assert sent["reason"] == "Fixed by full council"
    assert "is_checked" not in sent
    assert client.post(url(plan, key), sent | {"is_checked": "on"}).status_code == 302
    assert PlanDate.objects.get().date == dt.date.fromisoformat(day)


def test_before_the_poll_the_council_learns_that_it_can_choose_the_day(client, plan):
    said = text_of(client.get(url(plan)))
    assert "on Tuesday 18 May 2027, the eighth day" in said
    assert "The summons must then be sent by Monday 10 May." in said
    assert "the day new councillors take office, so the agenda" in said
    assert "any other day from 11 to 31 May 2027 (Local Government Act" in said
    assert "A later day leaves more time for negotiations." in said
    assert "A meeting on 25 May, for example, needs its summons by Monday 17 May." in said
    client.post(url(plan, "annual_meeting"), boxes("2027-05-18"))  # the default, by a decision
    assert "meeting-choice" not in by_id(client.get(url(plan)))


def test_once_the_day_is_fixed_the_window_explains_it_and_is_no_date(officer, plan):
    window = "Annual council meeting: permitted dates"
    with time_machine.travel(dt.datetime(2027, 5, 12, 12, tzinfo=dt.UTC), tick=False):
        client = signed_in(officer)
        assert window in {date.words for date in dates_to_come(again(plan).timetable, [], TODAY)}
        client.post(url(plan, "annual_meeting"), boxes("2027-05-18"))
        fixed = again(plan)
        assert window not in {date.label for date in fixed.timetable.all_dates}
        assert window not in {date.words for date in dates_to_come(fixed.timetable, [], TODAY)}
        assert "The law allows 11 May 2027 to 31 May 2027." in row(
            client.get(url(plan)), "annual_meeting"
        )
        pages = ["plan", "plan_dates", "plan_timeline", "plan_calendar_file"]
        for name in pages:
            page = client.get(reverse(name, args=[plan.pk]))
            assert "permitted dates" not in page.content.decode(), name
        assert "permitted dates" not in client.get(reverse("home")).content.decode()


def test_rarer_dates_are_folded_and_open_when_one_is_changed(client, plan):
    folded = client.get(url(plan)).content.decode()
    assert "More dates in stage 1 (8)" in folded
    assert '<details class="govuk-details">' in folded
    assert '<details class="govuk-details" open>' not in folded
    opened = client.get(url(plan, "registration_deadline")).content.decode()
    assert opened.count('<details class="govuk-details" open>') == 1


def test_a_meeting_outside_the_window_is_still_warned_about_later(client, plan):
    client.post(url(plan, "annual_meeting"), boxes("2027-06-02") | {"is_checked": "on"})
    text = row(client.get(url(plan)), "annual_meeting")
    assert "Wed 2 Jun 2027" in text
    assert "Check: Outside the period the law allows, 11 May 2027 to 31 May 2027." in text


def test_a_date_without_a_rule_is_not_compared_with_a_calculated_one(client, plan):
    address = url(plan, "declaration")
    assert "Why this date?" in text_of(client.get(address))
    wrong = client.post(address, boxes("2027-05-07", reason=""))
    assert error_links(wrong)[0][0] == "Enter the reason for this date"
    client.post(address, boxes("2027-05-07", reason="Decided by the returning officer"))
    page = client.get(address)
    assert "calculated date" not in row(page, "declaration")
    assert "Remove this date" in row(page, "declaration")
    sent = form_on(page, address) | {"clear": "1"}
    page = client.post(address, sent, follow=True)
    assert "The date of “Declaration of the last result” has been removed." in text_of(page)
    assert "No date yet" in row(page, "declaration")


def test_cleared_it_follows_its_rule_again(client, plan, item, officer):
    answer(item, officer, due_rule=MEETING)
    set_by_hand(plan, officer)
    response = client.post(url(plan, "annual_meeting"), {"version": 1, "clear": "1"})
    assert response.status_code == 302
    assert not PlanDate.objects.exists()
    page = client.get(url(plan))
    assert "Annual council meeting (default day)” has been reset to the calculated" in text_of(page)
    assert "Tue 18 May 2027" in row(page, "annual_meeting")
    assert fresh(item).due == dt.date(2027, 5, 14)
    assert Event.objects.filter(kind=Event.Kind.DATE_CLEARED).count() == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"date-day": "30", "date-month": "2"}, "The date must be a real date"),
        ({"date-day": ""}, "The date must include a day"),
        (
            {"date-year": "2026", "date-month": "1"},
            "The date must be no more than 1 year before or 2",
        ),
        ({"date-year": "2099"}, "The date must be no more than 1 year before or 2"),
        ({"reason": " "}, "Enter why this date is different"),
        ({"reason": "x" * 501}, "The reason must be 500 characters or fewer"),
        ({"reason": "a\0b"}, "Null characters are not allowed"),
    ],
)
def test_a_bad_date_gets_a_message_and_nothing_typed_is_lost(client, plan, change, message):
    data = boxes("2027-05-25") | change
    response = client.post(url(plan, "annual_meeting"), data)
    assert response.status_code == 422
    assert any(message in text for text, _ in error_links(response))
    sent = form_on(response, url(plan, "annual_meeting"))
    assert sent["date-day"] == str(data["date-day"])
    assert not PlanDate.objects.exists()


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30, "1.5"])
def test_nonsense_for_a_version_never_breaks_anything(client, plan, officer, version):
    set_by_hand(plan, officer)
    address = url(plan, "annual_meeting")
    for data in (boxes("2027-05-26") | {"version": version}, {"version": version, "clear": "1"}):
        assert client.post(address, data).status_code == (409 if "clear" in data else 422)
    assert PlanDate.objects.get().date == dt.date(2027, 5, 25)


def test_two_people_at_once_both_texts_are_there(client, plan, chief):
    set_by_hand(plan, chief, reason="The mayor’s diary")
    response = client.post(url(plan, "annual_meeting"), boxes("2027-05-19", "Room booked"))
    assert response.status_code == 409
    text = row(response, "annual_meeting")
    assert f"{chief} set this date at" in text
    assert "It is now 25 May 2027: The mayor’s diary" in text
    sent = form_on(response, url(plan, "annual_meeting"))
    assert (sent["date-day"], sent["reason"], sent["version"]) == ("19", "Room booked", "1")
    assert client.post(url(plan, "annual_meeting"), sent).status_code == 302
    assert PlanDate.objects.get().reason == "Room booked"
    # And what was cleared meanwhile is set again.
    clear_date(again(plan), "annual_meeting", version=2, by=chief)
    response = client.post(url(plan, "annual_meeting"), boxes("2027-05-20", version=2))
    assert response.status_code == 409
    assert "reset this date after you opened it" in row(response, "annual_meeting")


@pytest.mark.parametrize("key", ["election_day", "stage_3_from", "annual_meeting_to", "__class__"])
def test_other_dates_are_not_found(client, plan, key):
    assert client.get(url(plan, key)).status_code == 404
    assert client.post(url(plan, key), boxes("2027-05-19")).status_code == 404


def test_an_order_has_dates_by_hand_alone(client, plan, chief, officer):
    change_plan(plan, version=1, by=chief, occasion="order")
    page = client.get(url(plan))
    assert "This election is governed by its own order" in text_of(page)
    assert "No date yet" in row(page, "annual_meeting")
    assert "annual_meeting_from" not in text_of(page)
    # A first election has no councillors who retire.
    assert "those whose term ends retire" not in row(page, "retirement")
    set_by_hand(again(plan), officer, day="2027-05-20")
    page = client.get(url(plan))
    assert "Thu 20 May 2027" in row(page, "annual_meeting")
    assert "Wed 12 May 2027" in row(page, "summons")
    assert signed_in(chief).get(reverse("plan", args=[plan.pk])).status_code == 200


# --- Bank holidays --------------------------------------------------------------------------------


def holiday(day="2027-05-10", name="A coronation"):
    day = dt.date.fromisoformat(day)
    return {"name": name, "day-day": day.day, "day-month": day.month, "day-year": day.year}


def test_a_bank_holiday_of_the_council_moves_its_plans_and_no_others(plan, their_plan, chief, item):
    answer(item, chief, due_rule=MEETING)
    client = signed_in(chief)
    response = client.post(reverse("bank_holiday_add", args=[plan.pk]), holiday())
    assert response.status_code == 302
    page = client.get(url(plan))
    assert "Monday 10 May 2027: A coronation" in text_of(page)
    assert "Tue 11 May 2027" in row(page, "retirement")
    assert "Wed 19 May 2027" in row(page, "annual_meeting")
    assert fresh(item).due == dt.date(2027, 5, 17)
    assert again(their_plan).timetable.retirement == dt.date(2027, 5, 10)
    assert Event.objects.filter(kind=Event.Kind.BANK_HOLIDAY_ADDED).count() == 1
    added = BankHoliday.objects.get()
    client.post(reverse("bank_holiday_remove", args=[plan.pk, added.pk]))
    assert "Mon 10 May 2027" in row(client.get(url(plan)), "retirement")
    assert fresh(item).due == dt.date(2027, 5, 14)
    assert Event.objects.filter(kind=Event.Kind.BANK_HOLIDAY_REMOVED).count() == 1


def test_the_same_day_twice_or_no_day_is_said(plan, chief):
    client = signed_in(chief)
    add = reverse("bank_holiday_add", args=[plan.pk])
    client.post(add, holiday())
    response = client.post(add, holiday(name="Again"))
    assert response.status_code == 422
    assert "already in the list" in error_links(response)[0][0]
    assert form_on(response, add)["name"] == "Again"
    assert len(error_links(client.post(add, {}))) == 2


def test_an_election_day_that_moves_is_checked_first(plan, chief, item, officer):
    answer(item, chief, due_rule=MEETING)
    other = plan.items.filter(step__number=14).first()
    answer(other, chief, due=dt.date(2027, 5, 1))
    set_by_hand(again(plan), officer, key="six_week_review", day="2027-06-21")
    client = signed_in(chief)
    settings = reverse("plan_settings_section", args=[plan.pk, "all"])
    data = form_on(client.get(settings)) | {"election_day-day": "13"}
    page = client.post(settings, data)
    text = text_of(page)
    assert page.status_code == 200
    assert "Check which dates will change" in text
    assert "1 due date counted from a key date will move" in text
    assert "1 open action has its own date and will not move" in text
    assert "Six-week review: 21 June 2027" in text
    assert "6 May 2027 13 May 2027" in text
    assert again(plan).election_day == dt.date(2027, 5, 6)
    assert fresh(item).due == dt.date(2027, 5, 14)
    sent = form_on(page, settings) | {"confirm": "1"}
    back = client.post(settings, sent | {"confirm": "", "change": "1"})
    assert form_on(back)["election_day-day"] == "13"
    sent = form_on(client.post(settings, data), settings) | {"confirm": "1"}
    assert client.post(settings, sent).status_code == 302
    assert again(plan).election_day == dt.date(2027, 5, 13)
    assert fresh(item).due == dt.date(2027, 5, 21)
    assert fresh(other).due == dt.date(2027, 5, 1)
    assert again(plan).timetable.six_week_review == dt.date(2027, 6, 21)
    event = Event.objects.filter(kind=Event.Kind.PLAN_CHANGED).get()
    assert ("Step 13, NOC-13.1", "14 May 2027", "21 May 2027") in list(
        event.changes.values_list("field", "before", "after")
    )


def test_the_timeline_page_is_a_picture_and_a_list(client, plan, item, chief):
    answer(item, chief, due=dt.date(2027, 1, 4))
    page = client.get(reverse("plan_timeline", args=[plan.pk]))
    text = text_of(page)
    assert "Mon 4 Jan 2027 1 action overdue" in text
    assert "Mon 18 Jan 2027 Today" in text
    link = f"{reverse('plan_step', args=[plan.pk, item.step.number])}#item-{item.pk}"
    assert link in page.content.decode()
    for date in plan.timetable.key_dates:
        assert date.label in text
    assert b'app-timeline__due--late"' in page.content
