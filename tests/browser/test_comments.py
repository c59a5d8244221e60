"""Talking beside the work: comments, who is here, and what colleagues change meanwhile."""

import re

import pytest
from playwright.sync_api import expect

from assessments.comments.actions import start_thread
from assessments.comments.models import Comment
from assessments.plans.models import Status
from tests.acting import answer, fresh, own_item, step_url

from .acting import Item
from .examine import axe_faults

pytestmark = pytest.mark.browser

SOON = 20_000  # milliseconds; pages ask every seven seconds


@pytest.fixture
def mine(window_of, officer, item):
    page = window_of(officer, news=True)
    page.goto(step_url(item.plan, 13))
    return Item(page, item)


@pytest.fixture
def theirs(window_of, chief, item):
    page = window_of(chief, news=True)
    page.goto(step_url(item.plan, 13))
    return Item(page, item)


def test_two_people_talk_beside_an_item_that_is_open(mine, theirs, item):
    page = mine.page
    mine.open()
    mine.note.fill("Half a thou")
    said = page.locator(f"#item-{item.pk}-comments")
    said.get_by_role("link", name="Comment").click()
    box = said.get_by_label("Comment", exact=True)
    box.fill("Is Monday too late?")
    said.get_by_text("Mention someone").click()
    said.get_by_label(re.compile("^Chief")).check()
    said.get_by_role("button", name="Comment").click()
    thread = said.get_by_role("article")
    expect(thread).to_contain_text("Is Monday too late?")
    expect(thread).to_contain_text("Mentions Chief")
    expect(thread).to_be_focused()
    expect(said.get_by_label("New thread")).to_have_value("")
    # The item stayed open all the while, with what was typed in it.
    expect(mine.note).to_have_value("Half a thou")
    assert list(axe_faults(page)) == []

    theirs.page.reload()
    there = theirs.page.locator(f"#item-{item.pk}-comments")
    expect(there).to_contain_text("1 new")
    there.get_by_role("link", name=re.compile("1 comment")).click()
    there.get_by_text("Reply to the thread").click()
    there.get_by_label("Reply", exact=True).fill("No, it is fine.")
    there.get_by_role("button", name="Resolve").click()
    expect(there.get_by_text(re.compile("Resolved by Chief"))).to_be_visible()
    assert Comment.objects.count() == 2
    theirs.page.reload()
    expect(there).not_to_contain_text("new")


def test_a_colleagues_work_appears_and_disturbs_nothing(mine, theirs, item, plan, chief):
    page = mine.page
    expect(page.locator("#step-people")).to_have_text("Also viewing this page: Chief", timeout=SOON)
    mine.open()
    mine.note.press_sequentially("My half sen")
    other = plan.items.filter(step__number=13).exclude(pk=item.pk).first()
    shown = Item(page, other)
    answer(other, chief, note="Their words elsewhere", status=Status.COMPLETED)
    answer(item, chief, owner_name="Ada")
    own_item(plan, by=chief, title="Book the hall")
    expect(shown.box).to_contain_text("Their words elsewhere", timeout=SOON)
    expect(shown.status("Completed")).to_be_checked()
    expect(page.get_by_role("heading", name="Book the hall")).to_be_visible()
    warning = mine.box.locator(".app-newer")
    expect(warning).to_contain_text("Chief saved this action")
    expect(warning).to_contain_text("Ada")
    # What was brought works, and the half sentence goes on where it was.
    expect(mine.note).to_be_focused()
    mine.note.press_sequentially("tence")
    expect(mine.note).to_have_value("My half sentence")
    shown.status("In progress").check()
    shown.is_saved()

    expect(mine.conflict).to_be_visible()
    assert list(axe_faults(page)) == []
    mine.conflict.get_by_role("button", name="Save these choices").click()
    expect(mine.edit).to_be_focused()
    saved = fresh(item)
    assert (saved.note, saved.owner_name) == ("My half sentence", "Ada")


def test_without_a_script_one_talks_and_chooses_too(window_of, officer, chief, item, plan):
    page = window_of(officer, java_script_enabled=False)
    start_thread(plan, item.step, item=item, text="Ready?", by=chief)
    page.goto(step_url(plan, 13))
    said = page.locator(f"#item-{item.pk}-comments")
    said.get_by_role("link").click()
    page.get_by_text("Reply to the thread").click()
    page.get_by_label("Reply", exact=True).fill("Nearly.")
    page.get_by_role("button", name="Reply").click()
    expect(page.get_by_role("article")).to_contain_text("Nearly.")
    page.get_by_role("link", name=re.compile("Step 13")).click()

    Item(page, item).edit.click()
    mine = Item(page, item)
    mine.note.fill("Mine")
    answer(item, chief, note="Theirs", owner_name="Ada")
    mine.close.click()
    expect(mine.conflict).to_be_visible()
    mine.conflict.get_by_label(re.compile("Keep both notes")).check()
    mine.conflict.get_by_role("button", name="Save these choices").click()
    expect(page.locator("#page-message")).to_contain_text("Saved")
    saved = fresh(item)
    assert (saved.note, saved.owner_name) == ("Theirs\n\nMine", "Ada")
