"""The main tasks without JavaScript."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.plans.models import Plan, PlanItem, Status
from tests.acting import answer, fresh, step_url

from .acting import Item, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def window(new_context):
    """A page without JavaScript."""
    return lambda: new_context(java_script_enabled=False).new_page()


def save_status(item, name):
    item.status(name).check()
    item.box.get_by_role("button", name="Save status").click()


def test_a_plan_is_made(window, chief, riverdale):
    page = window()
    page.goto("/")
    sign_in(page, chief)
    page.get_by_role("button", name="Make a plan").click()
    page.get_by_label("Day").fill("7")
    page.get_by_label("Month").fill("5")
    page.get_by_label("Year").fill("2027")
    page.get_by_role("button", name="Continue").click()
    # The 7th is not a Thursday: the summary links to the date, and the answers are kept.
    problem = page.get_by_role("alert").get_by_role("link")
    expect(problem).to_contain_text("Thursday")
    problem.click()
    expect(page.get_by_label("Day")).to_be_focused()
    expect(page.get_by_label("Day")).to_have_value("7")
    page.get_by_label("Day").fill("6")
    page.get_by_label("Single-party minority administration").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Thursday 6 May 2027")).to_be_visible()
    page.get_by_role("button", name="Change marking").click()
    expect(page.get_by_label("Single-party minority administration")).to_be_checked()
    page.get_by_label("What does your council call").fill("alliance")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Make the plan").click()
    expect(page.get_by_text("Your plan is ready.")).to_be_visible()
    plan = Plan.objects.get(council=riverdale)
    assert plan.coalition_term == "alliance"
    # Its settings are changed.
    page.get_by_role("link", name="Manage").click()
    page.get_by_role("link", name="Settings").click()
    page.get_by_role(
        "link", name=re.compile("^Change .*election and stages", re.IGNORECASE)
    ).click()
    page.get_by_label("4 weeks").check()
    page.get_by_role("button", name="Save settings").click()
    page.get_by_role("button", name="Save and move the dates").click()
    expect(page.get_by_text("The settings have been saved.")).to_be_visible()
    plan.refresh_from_db()
    assert plan.stage_2_weeks == 4


def test_a_step_is_worked_through(window, signed_in, officer, item):
    page = signed_in(window(), officer)
    page.goto(reverse("plan_stage", args=[item.plan_id, 2]))
    shown = Item(page, item)

    # Saving a status returns to the same place in the list.
    save_status(shown, "In progress")
    expect(page).to_have_url(re.compile(rf"/stages/2/#item-{item.pk}$"))
    expect(page.locator("#page-message")).to_contain_text(re.compile(r"Saved at \S+: "))
    expect(shown.status("In progress")).to_be_checked()

    # “Not needed” asks for a reason on the step page, and the summary links to the field.
    save_status(shown, "Not needed")
    page.get_by_role("alert").get_by_role(
        "link", name="Enter the reason this is not needed"
    ).click()
    expect(shown.reason).to_be_focused()
    shown.reason.fill("Settled last year.")
    shown.close.click()
    expect(page).to_have_url(re.compile(rf"/stages/2/#item-{item.pk}$"))
    expect(shown.state).to_have_text("Not needed: Settled last year.")

    # The whole answer can be saved from a list too.
    shown.edit.click()
    expect(shown.owner_name).to_be_hidden()
    shown.status("In progress").check()
    shown.owner.select_option(label="Someone else")
    expect(shown.owner_name).to_be_visible()
    shown.day.fill("31")
    shown.month.fill("2")
    shown.year.fill("2027")
    shown.note.fill("Two lines,\nthe second here")
    shown.close.click()
    summary = page.get_by_role("alert")
    expect(summary.get_by_role("link")).to_have_count(2)
    expect(shown.note).to_have_value("Two lines,\nthe second here")
    for message, box in (
        ("Enter the owner’s name", shown.owner_name),
        ("Due date must be a real date", shown.day),
    ):
        summary.get_by_role("link", name=message).click()
        expect(box).to_be_focused()
    shown.owner_name.fill("Head of communications")
    shown.day.fill("28")
    shown.close.click()
    expect(page).to_have_url(re.compile(rf"/stages/2/#item-{item.pk}$"))
    expect(shown.box).to_contain_text("Head of communications")
    shown.shows_lines("Two lines,\nthe second here")
    saved = fresh(item)
    assert (saved.status, saved.due.isoformat()) == (Status.IN_PROGRESS, "2027-02-28")


def test_an_action_is_added_changed_removed_and_restored(window, signed_in, officer, plan):
    page = signed_in(window(), officer)
    page.goto(step_url(plan, 13))
    page.get_by_role("button", name="Add an action").click()
    page.get_by_role("button", name="Add action").click()
    page.get_by_role("alert").get_by_role("link", name="Enter the action").click()
    title = page.get_by_label("Action", exact=True)
    expect(title).to_be_focused()
    title.fill("Brief new committee chairs")
    page.get_by_label("Note", exact=True).last.fill("Licensing first.")
    page.get_by_role("button", name="Add action").click()
    own = PlanItem.objects.get(title="Brief new committee chairs")
    shown = Item(page, own)
    expect(shown.box).to_contain_text("Licensing first.")

    shown.edit.click()
    title.fill("Brief the new chairs")
    shown.close.click()
    expect(shown.box.get_by_role("heading")).to_contain_text("Brief the new chairs")

    shown.edit.click()
    shown.box.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(shown.box).to_have_count(0)
    page.get_by_text("Removed actions (1)").click()
    page.get_by_role("button", name="Restore").click()
    expect(shown.box).to_be_visible()
    assert fresh(own).removed_at is None


def test_a_conflict_shows_both_answers_and_either_can_be_kept(
    window, signed_in, officer, chief, item
):
    page = signed_in(window(), officer)
    shown = Item(page, item)
    for mine_wins in (True, False):
        page.goto(reverse("item_edit", args=[item.plan_id, item.pk]))
        answer(item, chief, note=f"Theirs {mine_wins}")
        shown.note.fill("Mine")
        shown.close.click()
        expect(shown.conflict).to_contain_text("Chief saved this action at")
        expect(shown.conflict.get_by_role("row").nth(1)).to_contain_text(
            re.compile(f"Theirs {mine_wins}.*Mine", re.S)
        )
        expect(shown.note).to_have_value("Mine")
        if mine_wins:
            shown.conflict.get_by_role("button", name="Save my version instead").click()
            expect(shown.conflict).to_have_count(0)
            assert fresh(item).note == "Mine"
        else:
            shown.conflict.get_by_role("link", name="Discard mine and use theirs").click()
            expect(shown.note).to_have_value("Theirs False")
            assert fresh(item).note == "Theirs False"


def test_the_guidance_is_searched(window, signed_in, officer):
    page = signed_in(window(), officer)
    page.goto(reverse("guidance"))
    page.get_by_label("Search the guidance").fill("constitution")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text(re.compile(r"results? for “constitution”"))).to_be_visible()
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
