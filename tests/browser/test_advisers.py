"""An owner gives an adviser access to one stage, reads the access log and ends the access."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.acting import step_url

from .examine import WIDE, Examined

pytestmark = pytest.mark.browser

PDF_TIMEOUT = 60_000  # milliseconds; a busy machine is slow


@pytest.fixture
def examined():
    examined = Examined()
    yield examined
    assert examined.seen
    assert examined.faults == []


def test_an_adviser_sees_stage_2_until_the_owner_ends_it(
    page, signed_in, window_of, new_context, chief, plan, stranger, examined
):
    """The adviser is the chief executive of another council."""
    page.set_viewport_size(WIDE)
    signed_in(page, chief).goto(plan.get_absolute_url())
    page.get_by_role("link", name="Manage", exact=True).click()
    page.get_by_role("link", name="Advisers", exact=True).click()
    expect(page.get_by_text("No adviser has access to this plan.")).to_be_visible()
    examined(page, "advisers, none")
    page.get_by_role("button", name="Give an adviser access").click()
    examined(page, "give access")
    page.get_by_role("button", name="Give access").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(4)
    examined(page, "give access, nothing typed")
    last_day = timezone.localdate() + dt.timedelta(days=90)
    page.get_by_label("Name", exact=True).fill("Ada Byron")
    page.get_by_label("Email address").fill(stranger.email)
    page.get_by_label("2 Early foundations").check()
    for part in ("day", "month", "year"):
        page.get_by_label(part.title(), exact=True).fill(str(getattr(last_day, part)))
    page.get_by_role("button", name="Give access").click()
    expect(page.get_by_text(f"{stranger.email} has been given access.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=stranger.email)).to_contain_text(
        "Stage 2, to view"
    )
    examined(page, "advisers, one")

    theirs = signed_in(new_context(accept_downloads=True).new_page(), stranger)
    theirs.set_viewport_size(WIDE)
    theirs.goto("/")
    theirs.get_by_role("link", name=plan.council.name, exact=True).click()
    examined(theirs, "plan of an adviser")
    expect(theirs.get_by_role("columnheader")).to_have_count(2)
    expect(theirs.get_by_role("link", name="People")).to_have_count(0)
    theirs.get_by_role("cell").filter(has_text=re.compile(r"^\s*Step 13,")).get_by_role(
        "link"
    ).click()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Governance")
    examined(theirs, "step of an adviser")
    theirs.goto(step_url(plan, 3))
    expect(theirs.get_by_role("heading", name="Page not found")).to_be_visible()
    theirs.goto(reverse("action_plan", args=[plan.pk]))
    examined(theirs, "action plan of an adviser")
    with theirs.expect_download(timeout=PDF_TIMEOUT) as download:
        theirs.get_by_role("button", name="Download PDF").click(timeout=PDF_TIMEOUT)
    assert download.value.path().read_bytes().startswith(b"%PDF-")

    page.get_by_role("link", name="adviser access log").click()
    expect(page.get_by_text(f"{stranger.name} viewed step 13")).to_have_count(1)
    expect(page.get_by_text(re.compile("downloaded: PDF.* stage 2"))).to_have_count(1)
    expect(page.get_by_text("step 3", exact=False)).to_have_count(0)
    examined(page, "access log")
    page.get_by_role("link", name="Advisers", exact=True).first.click()
    page.get_by_role("link", name=f"Change access for {stranger.name}").click()
    examined(page, "change access")
    page.go_back()
    page.get_by_role("link", name=f"End access for {stranger.name}").click()
    examined(page, "end access")
    page.get_by_role("button", name="End access").click()
    expect(page.get_by_role("heading", name="Access that has ended")).to_be_visible()
    examined(page, "advisers, one ended")
    response = theirs.goto(step_url(plan, 13))
    assert response.status == 404
