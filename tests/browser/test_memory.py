"""Bring back an earlier text, record a change of control, and make the next plan."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.plans.models import Plan
from tests.acting import answer, fresh, item_url, step_url

from .examine import WIDE, Examined

pytestmark = pytest.mark.browser

CHIEF = "chief@riverdale.example"
LONG = " ".join(f"Point {n}: the groups agreed on paragraph {n}." for n in range(60))


@pytest.fixture
def examined():
    examined = Examined()
    yield examined
    assert examined.seen
    assert examined.faults == []


def test_the_plan_remembers(window_of, riverdale_demo, examined):
    plan = Plan.objects.get(council__slug="riverdale")
    chief = riverdale_demo(CHIEF)
    item = plan.items.filter(step__number=13).first()
    answer(item, chief, note=LONG)
    answer(item, chief, note=LONG.replace("Point 30: the groups", "Point 30: three groups"))
    page = window_of(chief)
    page.set_viewport_size(WIDE)

    # History, from the step; the text from before comes back.
    page.goto(step_url(plan, 13))
    page.get_by_role("link", name="History of this step").click()
    expect(page.locator("del").nth(1)).to_contain_text("the")
    page.get_by_text("Show the full text").first.click()
    expect(page.get_by_text("Point 59: the groups").first).to_be_visible()
    examined(page, "history")
    page.get_by_role("button", name=re.compile("Restore the earlier text")).first.click()
    expect(page.get_by_text("The earlier text has been restored")).to_be_visible()
    assert fresh(item).note == LONG
    page.goto(item_url(item, "item_history"))
    examined(page, "history of an item")
    page.goto(reverse("plan_history", args=[plan.pk]) + "?step=99")
    examined(page, "history, a step that is not there")

    # A partner leaves.
    page.goto(reverse("plan", args=[plan.pk]))
    page.get_by_role("link", name="Council", exact=True).first.click()
    page.get_by_role("link", name="Changes of control").click()
    examined(page, "changes of control, none yet")
    page.get_by_role("button", name="Record a change").click()
    page.get_by_role("button", name="Record the change").click()
    examined(page, "a change of control, nothing said")
    page.get_by_label("A group left the arrangement").check()
    page.get_by_label("What does it mean for the council?").fill("They left over the budget.")
    page.get_by_label("Single-party minority administration").check()
    page.get_by_label("13 Governance").check()
    page.get_by_role("button", name="Record the change").click()
    expect(page.get_by_text("The change of control has been recorded.")).to_be_visible()
    examined(page, "changes of control")
    page.get_by_role("link", name="Step 13: Governance").click()
    examined(page, "a step to review again")
    page.get_by_role("button", name="Mark as reviewed").click()
    expect(page.get_by_text("Step 13 has been reviewed again.")).to_be_visible()

    # A snapshot before a meeting.
    page.goto(reverse("snapshots", args=[plan.pk]))
    page.get_by_role("button", name="Take a snapshot").click()
    page.get_by_role("button", name="Take a snapshot").click()
    examined(page, "a snapshot, no reason given")
    page.get_by_label("Reason for the snapshot").fill("Before annual council")
    page.get_by_role("button", name="Take a snapshot").click()
    expect(page.get_by_text("The snapshot has been taken.")).to_be_visible()
    examined(page, "a snapshot")

    # The next plan.
    page.goto(reverse("plan_settings", args=[plan.pk]))
    page.get_by_role("link", name="make the next plan from it").click()
    page.get_by_role("button", name="Continue").click()
    examined(page, "the next plan, not finished")
    page.get_by_label("Make the next plan before the first year of this one has ended").check()
    page.get_by_role("button", name="Continue").click()
    examined(page, "the next plan, to check")
    page.get_by_role("button", name="Make the next plan").click()
    following = Plan.objects.get(previous=plan)
    expect(page).to_have_url(re.compile(following.get_absolute_url()))
    page.get_by_role("link", name="previous plan").click()
    expect(page.get_by_role("link", name="next plan")).to_be_visible()
