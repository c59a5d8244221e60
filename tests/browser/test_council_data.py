"""An owner and all of the council's data: every page examined, erasing and purging to the end."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from .examine import WIDE, Examined

pytestmark = pytest.mark.browser


@pytest.fixture
def examined():
    examined = Examined()
    yield examined
    assert examined.seen
    assert examined.faults == []


def test_an_owner_looks_after_the_councils_data(
    page, signed_in, chief, officer, plan, riverdale, examined
):
    page.set_viewport_size(WIDE)
    signed_in(page, chief).goto(reverse("people", args=[riverdale.slug]))
    page.get_by_role("link", name="The council’s data").click()
    examined(page, "the council's data")
    page.get_by_role("link", name="Take away all the data").click()
    examined(page, "take it away")
    page.get_by_role("link", name="The council’s data").click()

    page.get_by_role("link", name="Choose a person to erase").click()
    examined(page, "whom to erase")
    page.get_by_role("link", name="See what would change for Officer").click()
    examined(page, "erase")
    page.get_by_role("button", name="Erase Officer").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    examined(page, "erase, nothing typed")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Type Officer to confirm")).to_be_focused()
    page.get_by_label("Type Officer to confirm").fill("Officer")
    page.get_by_role("button", name="Erase Officer").click()
    expect(page.get_by_text("Erased. What they did stands under")).to_be_visible()

    page.goto(reverse("council_data_retention", args=[riverdale.slug]))
    examined(page, "retention")
    page.get_by_label("How long should a plan be kept").select_option(label="5 years")
    page.get_by_label("Hold").fill("Information request")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nothing can be purged until")).to_be_visible()
    examined(page, "retention, on hold")
    page.get_by_label("Hold").fill("")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Purge the plan for 6 May 2027").click()
    examined(page, "purge")
    page.get_by_label("Type 6 May 2027 to confirm").fill("6 May 2027")
    page.get_by_role("button", name="Purge the plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Certificate of purging")
    examined(page, "certificate")
