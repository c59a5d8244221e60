"""The joint working register in the browser: pages and errors, on a wide screen and a phone."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.seats.actions import record_composition
from elections.composition import Composition, Group

from .examine import WIDE, Examined

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def examined():
    examined = Examined()
    yield examined
    assert examined.seen
    assert examined.faults == []


def fill_date(page, legend, day, month, year):
    group = page.get_by_role("group", name=legend)
    for part, value in (("Day", day), ("Month", month), ("Year", year)):
        group.get_by_label(part).fill(str(value))


def test_entries_are_added_found_removed_and_restored(
    page, signed_in, officer, chief, riverdale, plan, examined
):
    groups = Composition(tuple(Group(name, 9) for name in ("Ash", "Elm", "Oak")))
    record_composition(
        council=riverdale, as_at=plan.election_day, composition=groups, based_on=None, by=chief
    )
    page.set_viewport_size(WIDE)
    signed_in(page, officer).goto(reverse("register", args=[plan.pk]))
    examined(page, "empty register")

    page.get_by_role("button", name="Add an agreement").click()
    examined(page, "agreement form")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(3)
    examined(page, "agreement form, nothing chosen")
    for label in ("Confidence and supply", "Written", "Ash", "Oak"):
        page.get_by_label(label, exact=True).check()
    fill_date(page, "Next annual review", 12, 5, plan.election_day.year + 1)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Ash, Oak")).to_be_visible()

    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Add a red line or crunch issue").click()
    page.get_by_label("A red line").check()
    page.get_by_label("What is it about?").fill(f"No cars by the river {'x' * 100}")
    page.get_by_label("Which group raised it?").fill("Oak")
    fill_date(page, "When will a decision be needed?", 5, 6, plan.election_day.year)
    page.get_by_label("Settled").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter what was agreed")
    page.set_viewport_size(WIDE)
    examined(page, "settled without words")
    page.set_viewport_size(PHONE)
    page.get_by_label("Open", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="No cars by the river")).to_be_visible()
    page.set_viewport_size(WIDE)
    examined(page, "register")

    page.get_by_role("link", name="Timeline").click()
    expect(page.get_by_text("Red line: No cars by the river")).to_be_visible()
    examined(page, "timeline")
    page.get_by_role("link", name="No cars by the river").click()
    # The page moves to the entry once it has loaded: a click before that can miss.
    page.wait_for_url("**/register/#issue-*", wait_until="load")
    page.get_by_role("link", name=re.compile("^Remove.*No cars by the river")).click()
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    examined(page, "remove")
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("Removed from the register (1)").click()
    examined(page, "register with something removed")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", name="No cars by the river")).to_be_visible()
    page.goto(plan.get_absolute_url())
    examined(page, "plan home")
