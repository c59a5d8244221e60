"""A council moves its election day: what follows moves, what was set by hand stays."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.plans.actions import create_plan
from elections.timetable import next_ordinary_election_day
from tests.acting import fresh

from .acting import Item, wait_until
from .examine import WIDE, Examined

pytestmark = pytest.mark.browser
WEEK = dt.timedelta(days=7)


@pytest.fixture
def examined():
    examined = Examined()
    yield examined
    assert examined.seen
    assert examined.faults == []


@pytest.fixture
def plan(riverdale, chief):
    """A plan made today for an election a year and more away, so that every item has its date."""
    day = next_ordinary_election_day(dt.date.today() + dt.timedelta(days=200))  # noqa: DTZ011
    return create_plan(council=riverdale, by=chief, election_day=day)


def fill_date(page, day):
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(part, exact=True).first.fill(str(value))


def test_election_day_moves_and_the_plan_with_it_but_not_what_was_set_by_hand(
    page, signed_in, chief, plan, examined
):
    page.set_viewport_size(WIDE)
    following = plan.items.select_related("plan", "step").get(source__code="NOC-13.2")
    own = plan.items.select_related("plan", "step").get(source__code="NOC-13.1")
    meeting = plan.timetable.annual_meeting_to - dt.timedelta(days=1)
    while meeting.weekday() > 3:
        meeting -= dt.timedelta(days=1)

    # The meeting's real day, set by hand.
    signed_in(page, chief).goto(reverse("plan_dates", args=[plan.pk]))
    examined(page, "key dates")
    page.get_by_role("link", name=re.compile("Change.*Annual council meeting .default day")).click()
    examined(page, "one date opened")
    page.get_by_role("button", name="Save date").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    examined(page, "a date without a reason")
    fill_date(page, meeting)
    page.get_by_label("Why is this different from the calculated date?").fill(
        "Fixed by full council"
    )
    page.get_by_role("button", name="Save date").click()
    row = page.locator("#date-annual_meeting")
    expect(row.get_by_text("Set by hand", exact=True)).to_be_visible()
    # Once the page has scrolled to the date, the message stays in view and does not cover it.
    wait_until(
        page,
        """() => {
          const row = document.querySelector("#date-annual_meeting").getBoundingClientRect();
          const message = document.querySelector("#page-message").getBoundingClientRect();
          return scrollY > 0 && message.top >= 0 && message.bottom <= row.top;
        }""",
    )
    examined(page, "a date set by hand")

    # One item gets a date of its own; another keeps its rule.
    page.goto(reverse("plan_step", args=[plan.pk, 13]))
    item = Item(page, own).open()
    item.box.get_by_label("On a date").check()
    item.day.fill("1"), item.month.fill("6"), item.year.fill(str(plan.election_day.year))
    item.note.click()
    item.is_saved()
    examined(page, "an item with a date of its own")
    item.close.click()
    assert fresh(own).due_rule is None
    rule = Item(page, following).open()
    rule.box.get_by_label("How many").fill("5")
    rule.box.get_by_label("Key date", exact=True).select_option(label="Election day")
    rule.box.get_by_label("Before or after").select_option(label="after")
    expect(rule.box.get_by_text(re.compile("^5 .* after election day: "))).to_be_visible()
    assert fresh(following).due_rule.number != 5  # nothing half-made is saved
    rule.note.click()
    rule.is_saved()
    examined(page, "an item that follows a key date")
    before = fresh(following).due
    review = plan.items.get(source__code="NOC-28.1").due

    # Election day moves by a week: first what will move, then it does.
    page.goto(reverse("plan_settings_section", args=[plan.pk, "all"]))
    fill_date(page, plan.election_day + WEEK)
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("heading", name="Check which dates will change")).to_be_visible()
    expect(
        page.get_by_role("heading", name="Dates set by hand, which will not move")
    ).to_be_visible()
    expect(page.get_by_text("1 open action has its own date and will not move")).to_be_visible()
    examined(page, "what will move")
    assert fresh(following).due == before
    page.get_by_role("button", name="Save and move the dates").click()
    expect(page.get_by_text("Election day has been moved from")).to_be_visible()
    assert fresh(following).due > before
    assert fresh(own).due == dt.date(plan.election_day.year, 6, 1)
    assert plan.items.get(source__code="NOC-28.1").due - review in {WEEK, WEEK + WEEK / 7}
    page.goto(reverse("plan_dates", args=[plan.pk]))
    expect(row.get_by_text("Set by hand", exact=True)).to_be_visible()
    expect(row.locator(".app-key-date__day")).to_contain_text(f"{meeting.day} {meeting:%b %Y}")


def test_the_timeline_the_calendar_and_many_due_dates(page, signed_in, chief, plan, examined):
    page.set_viewport_size(WIDE)
    signed_in(page, chief).goto(reverse("plan_timeline", args=[plan.pk]))
    examined(page, "timeline")
    page.goto(reverse("plan_calendar", args=[plan.pk]))
    page.get_by_role("button", name="Create a calendar address").click()
    expect(page.get_by_label("Address")).to_have_value(re.compile(r"\.ics$"))
    examined(page, "a new calendar address")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the address").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Address").input_value()
    page.goto(reverse("plan_due", args=[plan.pk]))
    examined(page, "many due dates")
    page.get_by_role("radio", name="Count them from a key date").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    examined(page, "many due dates, nothing counted")
    page.get_by_label("How many").fill("2")
    page.get_by_role("button", name="Continue").click()
    examined(page, "many due dates, check")
    page.get_by_role("button", name=re.compile(r"^Change \d+ actions$")).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
