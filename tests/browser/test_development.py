"""A month's use of a development record, and what its reader sees until it ends."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.acting import step_url

from .examine import WIDE, Examined

pytestmark = pytest.mark.browser


@pytest.fixture
def examined():
    examined = Examined()
    yield examined
    assert examined.seen
    assert examined.faults == []


def test_a_month_with_a_development_record(
    page, signed_in, new_context, chief, plan, stranger, examined
):
    page.set_viewport_size(WIDE)
    signed_in(page, chief).goto(plan.get_absolute_url())
    page.get_by_role("navigation", name="Account").get_by_role("link", name="Development").click()
    examined(page, "no record yet")
    page.get_by_role("button", name="Begin your record").click()
    examined(page, "empty map")

    # Rate, with evidence and a next step.
    page.get_by_role("row", name="Politics").get_by_role("link").nth(2).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sharpening judgement")
    examined(page, "empty cell")
    page.get_by_role("link", name="Rate DEV-2S.1").click()
    page.get_by_label("Day", exact=True).fill("31")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("The date must include a month and year")
    examined(page, "standard with an error")
    page.get_by_label("Begun").check()
    page.get_by_label("Evidence").fill("Held back a written note.")
    page.get_by_label("Next step").fill("Talk two pieces of advice through")
    page.get_by_label("Month").fill("1")
    page.get_by_label("Year").fill("2030")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Held back a written note.")).to_be_visible()
    examined(page, "cell with an answer")
    page.get_by_role("link", name="All themes").click()
    expect(page.get_by_text("By 31 January 2030")).to_be_visible()
    examined(page, "map with an answer")

    # From a plan's step into the journal.
    page.goto(step_url(plan, 11))
    page.get_by_role("link", name="Write in my journal").click()
    page.get_by_label("What happened").fill("What I learned brokering the first talks.")
    page.get_by_text("2 Politics and the political interface").click()
    page.get_by_label("Judges the style").check()
    examined(page, "journal entry")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="step 11")).to_be_visible()
    examined(page, "journal")

    # Share a theme with a mentor, who reads; then end it.
    page.get_by_role("link", name="Readers").click()
    examined(page, "no readers")
    page.get_by_role("button", name="Let somebody read").click()
    page.get_by_role("button", name="Let them read").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(3)
    examined(page, "share with errors")
    page.get_by_label("Their e-mail address").fill(stranger.email)
    page.get_by_label("2. Politics").check()
    last_day = timezone.localdate() + dt.timedelta(days=30)
    for part in ("day", "month", "year"):
        page.get_by_label(part.title(), exact=True).fill(str(getattr(last_day, part)))
    page.get_by_role("button", name="Let them read").click()
    expect(page.get_by_text(stranger.email)).to_be_visible()
    examined(page, "one reader")

    theirs = signed_in(new_context().new_page(), stranger)
    theirs.set_viewport_size(WIDE)
    theirs.goto(reverse("development"))
    theirs.get_by_role("link", name=f"{chief.name}’s development record").click()
    expect(theirs.get_by_text("Held back a written note.")).to_be_visible()
    expect(theirs.get_by_text("brokering")).to_have_count(0)
    examined(theirs, "shared")
    page.get_by_role("link", name=f"End the access of {stranger.name}").click()
    page.get_by_role("button", name="End access").click()
    expect(page.get_by_text("Nobody but you can read your record.")).to_be_visible()
    assert theirs.reload().status == 404
