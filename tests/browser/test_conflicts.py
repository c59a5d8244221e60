"""Two people edit one action: both answers are shown, and no text is lost."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.plans.actions import remove_item
from assessments.plans.models import Status
from councils.models import Access
from tests.acting import answer, fresh, own_item, step_url

from .acting import Item, saves_of

pytestmark = pytest.mark.browser

MINE = "What I wrote,\nin two lines"
THEIRS = "What the chief wrote"


@pytest.fixture
def mine(window_of, officer, item):
    page = window_of(officer)
    page.goto(step_url(item.plan, 13))
    return Item(page, item)


@pytest.fixture
def theirs(window_of, chief, item):
    page = window_of(chief)
    page.goto(step_url(item.plan, 13))
    return Item(page, item)


@pytest.fixture
def conflict(mine, theirs):
    """Both have opened the action; the chief saved first, and my save is refused."""
    mine.open()
    theirs.open()
    theirs.note.fill(THEIRS)
    theirs.close.click()
    expect(theirs.edit).to_be_focused()
    mine.note.fill(MINE)
    mine.status("In progress").check()
    expect(mine.conflict).to_be_visible()
    mine.is_not_saved()
    return mine


def test_both_answers_are_shown_and_mine_is_still_in_the_field(conflict, item):
    expect(conflict.conflict.get_by_role("heading")).to_contain_text("Chief saved this action at")
    rows = conflict.conflict.get_by_role("row")
    expect(rows).to_have_count(4)  # the last offers to keep both notes
    expect(rows.nth(1)).to_contain_text(re.compile("Status.*Not started.*In progress", re.DOTALL))
    cells = rows.nth(2).get_by_role("cell")
    expect(cells.nth(0)).to_have_text(f"{THEIRS} Only in this version: the chief.")
    expect(cells.nth(1)).to_have_text(f"{MINE} Only in this version: I; in two lines.")
    expect(cells.nth(1)).to_have_text(re.compile(f"^{re.escape(MINE)}"), use_inner_text=True)
    expect(conflict.note).to_have_value(MINE)
    expect(conflict.status("In progress")).to_be_focused()
    expect(conflict.page.get_by_role("alert").filter(has_text="Chief saved")).to_be_visible()
    assert fresh(item).note == THEIRS
    # It remains a conflict until a version is selected, whatever else is typed.
    conflict.note.press("End")
    conflict.note.press_sequentially("!")
    conflict.owner.focus()
    expect(cells.nth(1)).to_have_text(re.compile(r"!"))
    assert fresh(item).note == THEIRS


def test_mine_can_be_saved_instead(conflict, item):
    conflict.conflict.get_by_role("button", name="Save my version instead").click()
    conflict.is_saved()
    expect(conflict.conflict).to_be_hidden()
    assert (fresh(item).note, fresh(item).status) == (MINE, Status.IN_PROGRESS)
    # The overwritten text is in the history.
    befores = item.events.values_list("changes__before", flat=True)
    assert THEIRS in befores
    # The next save succeeds.
    conflict.note.fill("And on")
    conflict.close.click()
    expect(conflict.edit).to_be_focused()
    assert fresh(item).note == "And on"


def test_theirs_can_be_used_instead(conflict, item):
    conflict.conflict.get_by_role("link", name="Discard mine and use theirs").click()
    expect(conflict.conflict).to_be_hidden()
    expect(conflict.note).to_have_value(THEIRS)
    expect(conflict.status("Not started")).to_be_checked()
    expect(conflict.status("Not started")).to_be_focused()
    conflict.status("Completed").check()
    conflict.is_saved()
    assert (fresh(item).note, fresh(item).status) == (THEIRS, Status.COMPLETED)


def test_enter_in_a_field_never_overwrites(conflict, item):
    sent = saves_of(conflict.page)
    conflict.year.click()
    conflict.page.keyboard.press("Enter")
    conflict.is_not_saved()
    expect(conflict.conflict).to_be_visible()
    assert len(sent) == 1
    assert fresh(item).note == THEIRS


def test_a_third_save_conflicts_again(conflict, item, chief):
    answer(item, chief, note="The chief again")
    conflict.conflict.get_by_role("button", name="Save my version instead").click()
    expect(conflict.conflict.get_by_text("The chief again")).to_be_visible()
    expect(conflict.note).to_have_value(MINE)
    assert fresh(item).note == "The chief again"
    conflict.conflict.get_by_role("button", name="Save my version instead").click()
    conflict.is_saved()
    assert fresh(item).note == MINE


def test_a_status_in_a_list_conflicts_with_a_newer_one(mine, theirs, item):
    theirs.status("Completed").check()
    theirs.is_saved()
    mine.status("In progress").check()
    expect(mine.conflict).to_contain_text(re.compile("Status.*Completed.*In progress", re.DOTALL))
    mine.is_not_saved()
    assert fresh(item).status == Status.COMPLETED
    # The list then shows theirs and does not open the action.
    mine.conflict.get_by_role("link", name="Discard mine and use theirs").click()
    expect(mine.status("Completed")).to_be_checked()
    expect(mine.note).to_have_count(0)
    expect(mine.edit).to_be_focused()
    mine.status("In progress").check()
    mine.is_saved()
    assert fresh(item).status == Status.IN_PROGRESS


def test_an_answer_to_a_removed_action_can_restore_it(window_of, officer, plan, chief):
    own = own_item(plan, by=chief)
    page = window_of(officer)
    page.goto(step_url(plan, 13))
    mine = Item(page, own).open()
    remove_item(fresh(own), version=1, by=chief)
    mine.note.fill(MINE)
    mine.owner.focus()
    expect(mine.conflict).to_contain_text("Chief removed this action at")
    expect(mine.note).to_have_value(MINE)
    mine.conflict.get_by_role("button", name="Restore it with my version").click()
    mine.is_saved()
    assert (fresh(own).removed_at, fresh(own).note) == (None, MINE)


def test_opening_a_removed_action_says_so(window_of, officer, plan, chief):
    own = own_item(plan, by=chief)
    page = window_of(officer)
    page.goto(step_url(plan, 13))
    shown = Item(page, own)
    remove_item(fresh(own), version=1, by=chief)
    shown.edit.click()
    expect(page.locator("#page-message")).to_contain_text("Page not found")
    expect(shown.saved).to_have_text("Not opened.")


def test_settings_saved_by_two_people(window_of, chief, person, riverdale, plan):
    deputy = person(riverdale, "deputy", access=Access.OWNER)
    address = reverse("plan_settings_section", args=[plan.pk, "all"])
    first, second = window_of(chief), window_of(deputy)
    for page in (first, second):
        page.goto(address)
    term = "What does your council call its arrangement?"
    first.get_by_label(term).fill("alliance")
    first.get_by_role("button", name="Save settings").click()
    expect(first.get_by_text("The settings have been saved.")).to_be_visible()
    second.get_by_label(term).fill("partnership")
    second.get_by_role("button", name="Save settings").click()
    alert = second.get_by_role("alert")
    expect(alert).to_contain_text(re.compile("alliance.*partnership"))
    expect(second.get_by_label(term)).to_have_value("partnership")
    second.get_by_role("button", name="Save settings").click()
    expect(second.get_by_text("The settings have been saved.")).to_be_visible()
    plan.refresh_from_db()
    assert plan.coalition_term == "partnership"
