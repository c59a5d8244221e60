"""A plan's dates in calendar programs: the secret address, the file, and what is in them."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from assessments.access import plan_for
from assessments.advisers.actions import grant_adviser, revoke_grant
from assessments.plans.actions import change_plan
from assessments.plans.models import Event, Plan
from assessments.timetable.actions import set_date
from assessments.timetable.models import CalendarFeed
from councils.actions import add_member, end_membership
from councils.models import Access, Council, Membership, Office
from councils.sessions import end_access_of
from elections.offsets import Offset, Side, Unit
from tests.acting import answer, browser, form_on, fresh, own_item, signed_in, text_of
from tests.conftest import PASSWORD

SECRET = "Talks with the mayor"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(dt.datetime(2027, 1, 18, 12, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def client(officer):
    return signed_in(officer)


def page_of(plan):
    return reverse("plan_calendar", args=[plan.pk])


def make(client, plan):
    """The address that the page shows, once."""
    response = client.post(page_of(plan), {"make": "1"})
    assert response.status_code == 200
    (address,) = re.findall(
        r'value="http://testserver(/calendar/[^"]+)"', response.content.decode()
    )
    return address


def fetch(address, **headers):
    return browser().get(address, headers=headers)


def events_of(response):
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    assert calendar.errors == []
    found = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    assert len(found) == len(calendar.walk("VEVENT"))
    for event in found.values():
        assert event.errors == []
        assert event["dtend"].dt > event["dtstart"].dt
        assert not isinstance(event["dtstart"].dt, dt.datetime)
    return found


def entry(response, part):
    (found,) = (event for uid, event in events_of(response).items() if f"-{part}@" in uid)
    return found


def test_an_address_is_read_without_signing_in_and_holds_every_key_date(client, plan):
    address = make(client, plan)
    found = fetch(address)
    keys = {uid.split("@")[0].removeprefix(f"plan-{plan.pk}-") for uid in events_of(found)}
    assert keys == {date.key for date in plan.timetable.key_dates}
    meeting = entry(found, "annual_meeting")
    assert meeting["dtstart"].dt == dt.date(2027, 5, 18)
    assert meeting["dtend"].dt == dt.date(2027, 5, 19)
    assert str(meeting["url"]) == f"http://testserver/plans/{plan.pk}/dates/"
    window = entry(found, "annual_meeting_from")
    assert (window["dtstart"].dt, window["dtend"].dt) == (dt.date(2027, 5, 11), dt.date(2027, 6, 1))


def test_what_moves_is_changed_and_never_doubled(client, plan, chief, clock):
    address = make(client, plan)
    before = fetch(address)
    clock.shift(dt.timedelta(hours=1))
    change_plan(plan, version=1, by=chief, election_day=dt.date(2027, 5, 13))
    after = fetch(address)
    assert events_of(after).keys() == events_of(before).keys()
    old, new = entry(before, "annual_meeting"), entry(after, "annual_meeting")
    assert new["dtstart"].dt == old["dtstart"].dt + dt.timedelta(days=7)
    assert new["sequence"] > old["sequence"]
    assert new["last-modified"].dt == old["last-modified"].dt + dt.timedelta(hours=1)
    set_date(
        Plan.objects.get(),
        "annual_meeting",
        date=dt.date(2027, 6, 1),
        reason=SECRET,
        version=0,
        by=chief,
    )
    by_hand = fetch(address)
    assert entry(by_hand, "annual_meeting")["dtstart"].dt == dt.date(2027, 6, 1)
    assert entry(by_hand, "annual_meeting")["sequence"] > new["sequence"]
    assert SECRET not in by_hand.content.decode()


def mine(plan, officer, chief, **fields):
    """Make an action due for the officer, with texts that a calendar must not show."""
    item = own_item(plan, 13, by=chief, title=SECRET)
    member = Membership.objects.get(user=officer)
    answer(item, chief, owner=member, note=SECRET, **fields)
    return item


def test_an_official_plan_names_the_step_of_what_falls_to_the_person(client, plan, chief, officer):
    Plan.objects.update(marking="official")
    item = mine(plan, officer, chief, due=dt.date(2027, 5, 4))
    answer(plan.items.filter(step__number=11).first(), chief, due=dt.date(2027, 5, 4))  # not theirs
    address = make(client, plan)
    found = fetch(address)
    (uid,) = (uid for uid in events_of(found) if "-item-" in uid)
    first = events_of(found)[uid]
    assert str(first["summary"]) == "Action due: step 13"
    assert str(first["url"]).endswith(f"/plans/{plan.pk}/steps/13/")
    assert SECRET not in found.content.decode()
    answer(item, chief, due=dt.date(2027, 5, 5))
    moved = events_of(fetch(address))[uid]
    assert moved["dtstart"].dt == dt.date(2027, 5, 5)
    assert moved["sequence"] > first["sequence"]
    answer(item, chief, status="completed")
    assert uid not in events_of(fetch(address))


def test_a_sensitive_plan_only_counts(client, plan, chief, officer):
    for _ in range(2):
        mine(plan, officer, chief, due=dt.date(2027, 5, 4))
    found = fetch(make(client, plan))
    event = entry(found, "due-20270504")
    assert str(event["summary"]) == "2 actions due"
    assert str(event["url"]).endswith(reverse("plan_for_you", args=[plan.pk]))
    text = found.content.decode()
    for words in (SECRET, "step 13", "/steps/", "Riverdale", "Officer"):
        assert words not in text


def test_the_page_says_the_name_which_tells_sensitive_plans_apart(client, plan):
    page = text_of(client.get(reverse("plan_calendar", args=[plan.pk])))
    name = f"Election dates (plan {plan.pk})"
    assert f"Its name is “{name}”" in page
    assert f"X-WR-CALNAME:{name}" in fetch(make(client, plan)).content.decode()


def test_the_page_speaks_of_actions_only_to_someone_who_can_have_them(client, plan, adviser):
    where = reverse("plan_calendar", args=[plan.pk])
    assert "the main key dates and your actions, and update" in text_of(client.get(where))
    page = text_of(signed_in(adviser).get(where))
    assert "are not in it" in page
    assert "can show the main key dates, and update when they change. Dates under “More" in page
    assert "ctions" not in page.split("Its name is")[0].split("Dates in your calendar")[1]


def test_unchanged_it_answers_304_and_is_the_same_to_the_byte(client, plan, clock, chief):
    address = make(client, plan)
    first = fetch(address)
    assert first.headers["Cache-Control"] == "private, no-cache"
    clock.shift(dt.timedelta(days=3))
    again = fetch(address)
    assert again.content == first.content
    same = fetch(address, if_none_match=first.headers["ETag"])
    assert same.status_code == 304
    assert same.content == b""
    assert same.headers["ETag"] == first.headers["ETag"]
    change_plan(plan, version=1, by=chief, stage_2_weeks=4)
    changed = fetch(address, if_none_match=first.headers["ETag"])
    assert changed.status_code == 200


def test_a_new_address_ends_the_old_one_and_each_can_be_ended(client, plan, officer):
    old = make(client, plan)
    new = make(client, plan)
    assert old != new
    assert fetch(old).status_code == 404
    assert fetch(new).status_code == 200
    page = text_of(client.get(page_of(plan)))
    assert "You created an address on 18 January 2027" in page
    assert "if you change your password or email address" in page
    assert new.split("/")[-1].removesuffix(".ics") not in client.get(page_of(plan)).content.decode()
    client.post(page_of(plan), {"end": "1"})
    client.post(page_of(plan), {"end": "1"})
    assert fetch(new).status_code == 404
    kinds = list(Event.objects.filter(kind__startswith="feed").values_list("kind", flat=True))
    assert sorted(kinds) == ["feed-ended", "feed-made", "feed-made"]


def test_only_a_digest_of_a_long_secret_is_stored(client, plan):
    token = make(client, plan).split("/")[-1].removesuffix(".ics")
    assert len(token) == 43  # 256 bits
    stored = str(CalendarFeed.objects.values().get())
    assert token not in stored
    assert token not in str(list(Event.objects.values()))


def test_it_ends_with_the_persons_access_at_once(client, plan, officer, chief, their_plan):
    address = make(client, plan)
    membership = Membership.objects.filter(user=officer)
    membership.update(ended_at=dt.datetime(2027, 1, 18, tzinfo=dt.UTC))
    assert fetch(address).status_code == 404
    membership.update(ended_at=None)
    assert fetch(address).status_code == 404  # it does not come back with the access
    assert Event.objects.latest("pk").kind == Event.Kind.FEED_ENDED

    client = signed_in(officer)
    address = make(client, plan)
    membership.update(council=their_plan.council)
    assert fetch(address).status_code == 404
    membership.update(council=plan.council)
    address = make(client, plan)
    assert fetch(address).status_code == 200
    type(officer).objects.filter(pk=officer.pk).update(is_active=False)
    assert fetch(address).status_code == 404


def test_it_does_not_come_back_with_later_access(client, plan, officer, chief, adviser):
    """Also if no one has fetched it meanwhile."""
    address = make(client, plan)
    end_membership(Membership.objects.get(user=officer), by=chief)
    assert Event.objects.filter(kind=Event.Kind.FEED_ENDED, by=officer).count() == 1
    place = {"name": "", "office": Office.HEAD_OF_HR, "access": Access.EDITOR}
    add_member(council=plan.council, email=officer.email, **place)
    assert fetch(address).status_code == 404

    address = make(signed_in(adviser), plan)
    assert fetch(address).status_code == 200
    revoke_grant(adviser.adviser_grants.get(), by=chief)
    scope = {"stages": [1, 2, 3], "may_comment": False, "until": timezone.localdate()}
    grant_adviser(plan, email=adviser.email, name="", by=chief, **scope)
    assert fetch(address).status_code == 404


def test_it_works_for_a_year(client, plan, clock):
    address = make(client, plan)
    assert "It works until 17 January 2028" in text_of(client.get(page_of(plan)))
    clock.move_to(dt.datetime(2028, 1, 17, 23, tzinfo=dt.UTC))
    assert fetch(address).status_code == 200
    clock.move_to(dt.datetime(2028, 1, 18, 12, 1, tzinfo=dt.UTC))
    assert fetch(address).status_code == 404


def test_it_works_again_once_access_to_the_council_restarts(client, plan, riverdale):
    """Calendar programs ask for it all the time, also while access is stopped."""
    address = make(client, plan)
    Council.objects.filter(pk=riverdale.pk).update(stopped_at=timezone.now())
    assert fetch(address).status_code == 404
    Council.objects.filter(pk=riverdale.pk).update(stopped_at=None)
    assert fetch(address).status_code == 200


def test_it_ends_when_the_person_signs_out_everywhere_or_changes_their_password(
    client, plan, officer, their_plan, chief
):
    others = make(signed_in(chief), plan)
    address = make(client, plan)
    client.post(reverse("sessions_end"))
    assert fetch(address).status_code == 404

    address = make(client, plan)
    new = {"oldpassword": PASSWORD, "password1": "seven brown herons"}
    form = client.get(reverse("account_change_password"))
    assert "calendar addresses" in text_of(client.get(reverse("account")))
    sent = {name: new.get(name, "seven brown herons") for name in form_on(form)}
    assert client.post(reverse("account_change_password"), sent).status_code == 302
    assert fetch(address).status_code == 404
    assert fetch(others).status_code == 200


def test_a_session_that_was_ended_meanwhile_makes_no_address(client, plan, officer, monkeypatch):
    """The request began before the person signed out everywhere, as in a browser left open."""
    make(client, plan)
    UserSession.objects.create(user=officer, session_key=client.session.session_key, ip="192.0.2.1")

    def find_then_end(*args):
        found = plan_for(*args)
        end_access_of(officer, by=officer)
        return found

    monkeypatch.setattr("assessments.timetable.views.calendars.plan_for", find_then_end)
    assert client.post(page_of(plan), {"make": "1"}).status_code == 403
    assert not CalendarFeed.objects.open().exists()


def test_an_owner_who_must_sign_in_twice_and_cannot_gets_nothing(plan, chief, settings):
    address = make(signed_in(chief), plan)
    assert fetch(address).status_code == 200
    settings.SECOND_FACTOR_REQUIRED = True
    assert fetch(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "-", "a" * 43, "_" * 400])
def test_any_other_address_is_not_found(db, token):
    assert fetch(reverse("calendar_feed", args=[token])).status_code == 404


def test_a_file_to_take_is_the_same_for_its_reader(client, plan, officer):
    address = make(client, plan)
    response = client.get(reverse("plan_calendar_file", args=[plan.pk]))
    assert response.content == fetch(address).content
    name = f"Riverdale Borough Council election dates {timezone.localdate()}.ics"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_fetch_costs_the_same_whatever_the_plan(client, dated_plan, officer, chief):
    address = make(client, dated_plan)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert fetch(address).status_code == 200
        return len(queries)

    many = cost()
    dated_plan.items.update(due=None, due_rule=None)
    assert cost() == many <= 8


def test_an_item_that_follows_a_key_date_moves_in_the_feed(client, plan, officer, chief):
    Plan.objects.update(marking="official")
    item = mine(plan, officer, chief, due_rule=Offset(2, Unit.DAYS, Side.AFTER, "annual_meeting"))
    address = make(client, plan)
    before = entry(fetch(address), f"item-{item.pk}")
    change_plan(Plan.objects.get(), version=1, by=chief, election_day=dt.date(2027, 5, 13))
    after = entry(fetch(address), f"item-{item.pk}")
    assert fresh(item).due == after["dtstart"].dt == before["dtstart"].dt + dt.timedelta(days=7)
    assert after["sequence"] > before["sequence"]
