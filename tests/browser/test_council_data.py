"""An owner and the council's data: every page examined, a person erased and a plan deleted."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.acting import settle_owners

from .examine import WIDE, Examined

pytestmark = pytest.mark.browser


@pytest.fixture
def examined():
    examined = Examined()
    yield examined
    assert examined.seen
    assert examined.faults == []


def test_an_owner_manages_the_councils_data(
    page, signed_in, new_context, person, chief, officer, plan, riverdale, examined
):
    person(riverdale, "director")
    deputy = person(riverdale, "deputy", access="owner")
    settle_owners(chief, deputy)
    page.set_viewport_size(WIDE)
    signed_in(page, chief).goto(reverse("people", args=[riverdale.slug]))
    page.get_by_role("link", name="Data", exact=True).click()
    examined(page, "the council's data")
    page.get_by_role("link", name="Export all data").click()
    examined(page, "export all data")
    page.get_by_role("link", name="The council’s data").click()

    page.get_by_role("link", name="Choose a person to erase").click()
    examined(page, "choose a person to erase")
    page.get_by_role("link", name="Check what will change for Director").click()
    examined(page, "erase")
    page.get_by_role("button", name="Erase Director").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    examined(page, "erase, nothing typed")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Type Director to confirm")).to_be_focused()
    page.get_by_label("Type Director to confirm").fill("Director")
    page.get_by_role("button", name="Erase Director").click()
    expect(page.get_by_text("Erased. What they did is now shown as")).to_be_visible()

    page.goto(reverse("council_data_retention", args=[riverdale.slug]))
    examined(page, "retention")
    page.get_by_label("How long should a plan be kept").select_option(label="5 years")
    page.get_by_label("Hold").fill("Information request")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("No plan can be deleted until")).to_be_visible()
    examined(page, "retention, on hold")
    page.get_by_label("Hold").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the reason for the hold")
    examined(page, "retention, hold cleared")
    page.get_by_role("button", name="Ask to lift the hold").click()
    examined(page, "request to lift the hold")
    expect(page.get_by_text("A second owner can confirm it now, if")).to_be_visible()

    theirs = signed_in(new_context().new_page(), deputy)
    theirs.set_viewport_size(WIDE)
    theirs.goto(reverse("council_data", args=[riverdale.slug]))
    examined(theirs, "the council's data with a request")
    theirs.get_by_role("link", name="Lift the hold").click()
    examined(theirs, "request to lift the hold, second owner")
    theirs.get_by_label("Type lift the hold to confirm").fill("lift the hold")
    theirs.get_by_role("button", name="Lift the hold").click()
    expect(theirs.get_by_text("The request has been carried out.")).to_be_visible()

    page.goto(reverse("council_data_retention", args=[riverdale.slug]))
    page.get_by_role("link", name="Permanently delete the plan for 6 May 2027").click()
    examined(page, "delete a plan")
    page.get_by_label("Type 6 May 2027 to confirm").fill("6 May 2027")
    page.get_by_role("button", name="Ask to delete the plan").click()
    expect(page.get_by_text("The people it concerns have been emailed.")).to_be_visible()
    theirs.goto(reverse("council_data", args=[riverdale.slug]))
    theirs.get_by_role("link", name="Permanently delete the plan").click()
    theirs.get_by_label("Type 6 May 2027 to confirm").fill("6 May 2027")
    theirs.get_by_role("button", name="Permanently delete the plan").click()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Certificate of deletion")
    examined(theirs, "certificate")
