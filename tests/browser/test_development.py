"""A month's use of a development record, sharing it, and a check-in."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from assessments.development.actions import open_check_in
from assessments.development.offers import token_for
from councils.models import User
from tests.acting import step_url

from .examine import WIDE, Examined
from .test_journey import PDF_TIMEOUT

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
    page.get_by_role("button", name="Start your record").click()
    examined(page, "empty map")

    # Rate, with evidence and a next step.
    page.get_by_role("row", name="Politics").get_by_role("link").nth(2).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sharpening judgement")
    examined(page, "empty cell")
    page.get_by_role("link", name=re.compile("^Add evidence")).first.click()
    page.get_by_label("Day", exact=True).fill("31")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("The date must include a month and year")
    examined(page, "standard with an error")
    page.get_by_label("Developing").check()
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

    page.get_by_role("link", name="Over time").click()
    expect(page.get_by_role("img")).to_have_count(2)  # the key and the one theme
    examined(page, "ratings over time")

    # A note on a principle.
    page.get_by_role("link", name="Reflections").click()
    examined(page, "reflections")
    page.get_by_role("link", name="Add a note on Keep out of the story").click()
    page.get_by_label("What do you think of it?").fill("Took my name out of a draft.")
    examined(page, "reflection")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Took my name out of a draft.")).to_be_visible()

    # From a plan's step into the journal.
    page.goto(step_url(plan, 11))
    page.get_by_role("link", name="Add a journal entry").click()
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
    page.get_by_role("button", name="Share your record").click()
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(3)
    examined(page, "share with errors")
    open_check_in(chief, other=stranger)  # so that the two know each other here
    page.get_by_label("Their email address").fill(stranger.email)
    page.get_by_label("2. Politics").check()
    last_day = timezone.localdate() + dt.timedelta(days=30)
    for part in ("day", "month", "year"):
        page.get_by_label(part.title(), exact=True).fill(str(getattr(last_day, part)))
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_text(stranger.email)).to_be_visible()
    examined(page, "one reader")

    theirs = signed_in(new_context().new_page(), stranger)
    theirs.set_viewport_size(WIDE)
    theirs.goto(reverse("development"))
    theirs.get_by_role("link", name=f"{chief.name}’s development record").click()
    expect(theirs.get_by_text("Held back a written note.")).to_be_visible()
    expect(theirs.get_by_text("brokering")).to_have_count(0)
    examined(theirs, "shared")
    page.get_by_role("link", name=f"Stop sharing with {stranger.name}").click()
    page.get_by_role("button", name="Stop sharing").click()
    expect(page.get_by_text("Your record is not shared with anyone.")).to_be_visible()
    assert theirs.reload().status == 404

    # The development plan, of what is picked.
    page.get_by_role("link", name="Standards").click()
    page.get_by_role("link", name="Download the development plan").click()
    page.get_by_label("Ratings over time").check()
    page.get_by_label("Reflections").check()
    examined(page, "what the PDF holds")
    with page.expect_download(timeout=PDF_TIMEOUT) as download:
        page.get_by_role("button", name="Download PDF").click(timeout=PDF_TIMEOUT)
    assert "PRIVATE" in download.value.suggested_filename
    assert download.value.path().read_bytes().startswith(b"%PDF-")


def test_a_check_in_of_chief_executive_and_leader(page, signed_in, new_context, chief, examined):
    leader = User.objects.create_user(email="leader@example.org", name="Lee Der")
    page.set_viewport_size(WIDE)
    signed_in(page, chief).goto(reverse("check_ins"))
    examined(page, "no check-ins")
    page.get_by_role("button", name="Invite someone to a check-in").click()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter their email address")
    examined(page, "check-in without an address")
    page.get_by_label("Their email address").fill(leader.email)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("The check-in will appear here when they accept it.")).to_be_visible()

    theirs = signed_in(new_context().new_page(), leader)
    theirs.set_viewport_size(WIDE)
    theirs.goto(reverse("check_in_accept", args=[token_for(chief, leader.email)]))
    examined(theirs, "accept a check-in")
    theirs.get_by_role("button", name="Accept").click()
    page.reload()
    page.get_by_role("link", name=f"With {leader.name}").click()
    examined(page, "own part, empty")
    page.get_by_role("button", name="Save and share").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter at least one answer before you share")
    examined(page, "own part with an error")
    page.get_by_label("What is working well").fill("Monday mornings.")
    page.get_by_role("button", name="Save and share").click()
    page.get_by_role("button", name="Stop sharing so I can edit").click()
    page.get_by_label("What is working well").fill("Monday mornings, without papers.")
    page.get_by_role("button", name="Save and share").click()
    examined(page, "own part, to be shown")

    theirs.goto(reverse("development"))
    theirs.get_by_role("link", name="check-ins").click()
    theirs.get_by_role("link", name=f"With {chief.name}").click()
    expect(theirs.get_by_text("Monday mornings")).to_have_count(0)
    theirs.get_by_label("What is working well").fill("Bad news comes first.")
    theirs.get_by_role("button", name="Save privately").click()
    page.reload()
    expect(page.get_by_text("Bad news")).to_have_count(0)
    theirs.get_by_role("button", name="Save and share").click()
    expect(theirs.get_by_text("Monday mornings, without papers.")).to_be_visible()
    examined(theirs, "both parts")
    page.reload()
    expect(page.get_by_text("Bad news comes first.")).to_be_visible()

    theirs.get_by_role("link", name="Leave and delete my answers").click()
    examined(theirs, "leaving")
    theirs.get_by_role("button", name="Leave and delete my answers").click()
    page.reload()
    expect(page.get_by_text("The other person has left this check-in")).to_be_visible()
    examined(page, "left alone")
