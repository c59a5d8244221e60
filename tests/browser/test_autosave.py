"""Autosave: nothing is pressed, nothing is lost, and the focus stays where it was."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from assessments.plans.by_date import DateGroup
from assessments.plans.models import EventChange, Status
from tests.acting import answer, fresh, own_item, step_url

from .acting import Held, Item, focused, saves_of, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def page(page, signed_in, officer):
    return signed_in(page, officer)


@pytest.fixture
def shown(page, item):
    page.goto(step_url(item.plan, 13))
    return Item(page, item)


@pytest.fixture
def opened(shown):
    return shown.open()


# --- Status ---------------------------------------------------------------------------------------


def test_a_status_chosen_before_the_scripts_are_there_is_saved(page, item):
    waiting = []
    page.route(re.compile(r"/htmx\.min[^/]*\.js$"), lambda route: waiting.append(route))
    sent = saves_of(page)
    page.goto(step_url(item.plan, 13), wait_until="commit")
    shown = Item(page, item)
    shown.status("Completed").check()
    assert sent == []
    waiting[0].continue_()
    shown.is_saved()
    assert fresh(item).status == Status.COMPLETED
    assert len(sent) == 1


@pytest.mark.parametrize("place", ["step", "stage", "area", "mine", "open"])
def test_a_status_is_saved_at_once_in_every_list(page, item, place):
    addresses = {
        "step": step_url(item.plan, 13),
        "stage": reverse("plan_stage", args=[item.plan_id, 2]),
        "area": reverse("plan_area", args=[item.plan_id, 3]),
        "mine": reverse("plan_mine", args=[item.plan_id]),
        "open": reverse("plan_open", args=[item.plan_id]),
    }
    page.goto(addresses[place])
    for summary in page.locator(".app-list > details > summary").all():  # a long group is folded
        summary.click()
    progress, before, fewer = page.locator("#step-13-progress"), "0 of 4", "1 of 4"
    if place == "open":  # counts open actions by date instead
        progress = page.locator(
            f"#count-{DateGroup.of(item.status, item.due, today=timezone.localdate()).value}"
        )
        before = progress.inner_text()
        fewer = str(int(before) - 1)
    shown = Item(page, item)
    shown.status("Completed").check()
    shown.is_saved()
    expect(shown.state).to_contain_text("Completed ")
    expect(progress).to_have_text(fewer)
    expect(shown.status("Completed")).to_be_focused()
    assert fresh(item).status == Status.COMPLETED
    # A second save uses the version of the first.
    shown.status("In progress").check()
    expect(shown.state).not_to_contain_text("Completed")
    expect(progress).to_have_text(before)
    assert fresh(item).version == 3


def test_completing_an_overdue_action_removes_the_red(page, item, officer):
    answer(item, officer, due=timezone.localdate() - timedelta(days=3))
    page.goto(step_url(item.plan, 13))
    shown = Item(page, item)
    expect(shown.state).to_have_text("Overdue by 3 days")
    red = shown.state.evaluate("element => getComputedStyle(element).color")
    shown.status("Completed").check()
    expect(shown.state).to_contain_text("Completed")
    assert shown.state.evaluate("element => getComputedStyle(element).color") != red


def test_arrow_keys_save_only_the_choice_that_was_meant(page, item, shown):
    """The arrow keys choose every status on the way; the permanent history must not hold them."""
    sent = saves_of(page)
    shown.status("Not started").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    shown.is_not_saved("leave this field to save")
    expect(shown.status("Completed")).to_be_focused()
    assert sent == []
    page.keyboard.press("Enter")
    shown.is_saved()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    shown.is_saved()
    expect(page.locator("#step-13-progress")).to_have_text("0 of 4")
    assert len(sent) == 2
    statuses = EventChange.objects.filter(event__item=item, field="status")
    assert [(each.before, each.after) for each in statuses.order_by("pk")] == [
        ("Not started", "Completed"),
        ("Completed", "In progress"),
    ]
    # The options of a list are held back too; a choice by pointer is saved at once.
    opened = shown.open()
    opened.owner.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert len(sent) == 2
    page.keyboard.press("Tab")
    opened.is_saved()
    assert len(sent) == 3
    opened.status("Completed").check()
    opened.is_saved()
    assert len(sent) == 4


def test_not_needed_opens_the_action_and_asks_for_a_reason(page, item, shown):
    shown.status("Not needed").check()
    expect(shown.reason).to_be_visible()
    expect(shown.error("reason")).to_contain_text("Enter the reason this is not needed")
    expect(shown.status("Not needed")).to_be_focused()
    expect(shown.status("Not needed")).to_have_accessible_description(
        "Enter the reason this is not needed"
    )
    assert fresh(item).status == Status.NOT_STARTED
    shown.reason.fill("The constitution was settled last year.")
    page.keyboard.press("Tab")
    shown.is_saved()
    expect(shown.error("reason")).to_be_hidden()
    shown.close.click()
    expect(shown.state).to_have_text("Not needed: The constitution was settled last year.")
    assert fresh(item).status == Status.NOT_NEEDED
    # A reason that no longer applies is removed from the page too.
    shown.status("In progress").check()
    expect(shown.state).to_be_hidden()


def test_the_reason_is_shown_only_for_not_needed(opened, item):
    expect(opened.reason).to_be_hidden()
    opened.status("Not needed").check()
    expect(opened.reason).to_be_visible()
    # Nothing is wrong before there was a box to type in.
    expect(opened.error("reason")).to_be_hidden()
    opened.note.focus()
    opened.status("In progress").check()
    expect(opened.reason).to_be_hidden()
    opened.is_saved()
    assert fresh(item).status == Status.IN_PROGRESS


def test_looking_at_another_way_to_set_the_due_date_saves_nothing(opened, item):
    opened.box.get_by_label("Counted from a key date").check()
    expect(opened.box.get_by_text("Not saved yet")).to_be_visible()
    opened.note.fill("Only looking")
    opened.status("In progress").focus()
    opened.is_saved()
    assert (fresh(item).due_rule, fresh(item).due) == (None, None)


def test_a_choice_made_the_moment_an_item_opens_is_saved(page, shown, item):
    page.evaluate(
        """id => document.addEventListener("focusin", (event) => {
          const opened = event.target.closest(`#item-${id}.app-item--open`);
          const choice = opened?.querySelector("[value=completed]");
          if (choice) setTimeout(() => choice.click());
        })""",
        item.pk,
    )
    shown.open()
    shown.is_saved()
    assert fresh(item).status == Status.COMPLETED


# --- Text, owner and date -------------------------------------------------------------------------


def test_text_is_saved_on_leaving_the_field(page, opened, item):
    sent = saves_of(page)
    opened.note.click()
    page.keyboard.type("Two lines,")
    page.keyboard.press("Enter")
    page.keyboard.type("the second here")
    assert sent == []
    page.keyboard.press("Tab")
    opened.is_saved()
    expect(page.get_by_role("link", name="History of this action")).to_be_focused()
    assert fresh(item).note == "Two lines,\nthe second here"
    opened.close.click()
    expect(opened.edit).to_be_focused()
    opened.shows_lines("Two lines,\nthe second here")
    assert len(sent) == 2


def test_text_typed_during_a_save_is_not_lost(page, opened, item):
    held = Held(page)
    opened.note.click()
    page.keyboard.type("First half")
    opened.owner.focus()
    held.wait()
    opened.note.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" and second half")
    held.let_through()
    opened.is_saved()
    expect(opened.note).to_be_focused()
    expect(opened.note).to_have_value("First half and second half")
    assert fresh(item).note == "First half"
    page.keyboard.type("!")
    page.keyboard.press("Tab")
    expect(page.locator(f"#item-{item.pk}-version")).to_have_value("3")
    expect(opened.note).to_have_value("First half and second half!")
    assert fresh(item).note == "First half and second half!"


def test_an_action_that_is_closing_cannot_be_edited(page, opened, item):
    opened.note.fill("All of it")
    opened.owner.focus()
    opened.is_saved()
    held = Held(page)
    opened.close.click()
    held.wait()
    expect(opened.close).to_be_focused()
    opened.note.click(force=True)
    page.keyboard.type(" and lost")
    expect(opened.note).to_have_value("All of it")
    held.let_through()
    expect(opened.edit).to_be_focused()
    assert fresh(item).note == "All of it"


def test_someone_else_shows_the_field_for_the_name(page, opened, item):
    expect(opened.owner_name).to_be_hidden()
    opened.owner.focus()
    opened.owner.select_option(label="Someone else")
    expect(opened.owner_name).to_be_visible()
    opened.is_not_saved("Enter the owner’s name")
    expect(opened.owner).to_be_focused()
    page.keyboard.press("Tab")
    expect(opened.owner_name).to_be_focused()
    page.keyboard.type("Head of communications")
    page.keyboard.press("Tab")
    opened.is_saved()
    expect(opened.error("owner_name")).to_be_hidden()
    expect(page.locator(f"#item-{item.pk}-due_by_0")).to_be_focused()
    assert fresh(item).owner_name == "Head of communications"


def test_a_date_is_saved_when_focus_leaves_all_of_it(page, opened, item):
    sent = saves_of(page)
    opened.day.click()
    for part in ("28", "5", "2027"):
        assert sent == []
        page.keyboard.type(part)
        page.keyboard.press("Tab")
    opened.is_saved()
    expect(opened.note).to_be_focused()
    assert fresh(item).due.isoformat() == "2027-05-28"
    assert len(sent) == 1


def test_an_invalid_date_is_explained_and_can_be_corrected(page, opened, item):
    opened.day.fill("31")
    opened.month.fill("2")
    opened.year.fill("2027")
    page.keyboard.press("Tab")
    opened.is_not_saved("Due date must be a real date")
    expect(opened.error("due")).to_contain_text("Due date must be a real date")
    expect(opened.day).to_have_value("31")
    opened.day.fill("28")
    opened.note.click()
    opened.is_saved()
    expect(opened.error("due")).to_be_hidden()
    assert fresh(item).due.isoformat() == "2027-02-28"


def test_enter_in_a_field_saves_and_closes(page, opened, item):
    opened.day.fill("28")
    opened.month.fill("may")
    opened.year.fill("2027")
    page.keyboard.press("Enter")
    expect(opened.edit).to_be_focused()
    expect(opened.box).to_contain_text("Fri 28 May")
    assert fresh(item).due.isoformat() == "2027-05-28"


def test_the_text_of_an_added_action_can_be_changed(page, plan, chief):
    own = own_item(plan, by=chief)
    page.goto(step_url(plan, 13))
    shown = Item(page, own).open()
    title = shown.box.get_by_label("Action", exact=True)
    title.fill("")
    page.keyboard.press("Tab")
    shown.is_not_saved("Enter the action")
    title.fill("Brief the new chairs")
    page.keyboard.press("Tab")
    shown.is_saved()
    shown.close.click()
    expect(shown.box.get_by_role("heading")).to_contain_text("Brief the new chairs")


def test_pressing_the_button_twice_adds_one_action(page, plan):
    page.goto(step_url(plan, 13))
    page.get_by_role("button", name="Add an action").press("Space")
    page.get_by_label("Action", exact=True).fill("Brief new committee chairs")
    page.get_by_role("button", name="Add action").dblclick()
    expect(page.locator("#page-message")).to_contain_text(
        "“Brief new committee chairs” has been added."
    )
    assert plan.items.filter(title="Brief new committee chairs").count() == 1


def test_an_action_can_be_edited_with_the_keyboard(page, shown, item):
    shown.edit.focus()
    page.keyboard.press("Enter")
    expect(shown.status("Not started")).to_be_focused()
    page.keyboard.press("ArrowRight")
    stops = []
    for _ in range(6):
        page.keyboard.press("Tab")
        shown.is_saved()
        stops.append(focused(page).removeprefix(f"item-{item.pk}-"))
    assert stops == ["owner", "due_by_0", "due-day", "due-month", "due-year", "note"]
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="History of this action")).to_be_focused()
    page.keyboard.press("Tab")
    expect(shown.close).to_be_focused()
    page.keyboard.press("Enter")
    expect(shown.edit).to_be_focused()
    assert fresh(item).status == Status.IN_PROGRESS


# --- What goes wrong ------------------------------------------------------------------------------


def sign_out_in_another_tab(page):
    with page.context.new_page() as other:
        other.goto(reverse("account"))
        other.get_by_role("button", name="Sign out").click()
        expect(other.get_by_role("heading", name="Sign in")).to_be_visible()


def let_the_session_end(page):
    Session.objects.update(expire_date=timezone.now())


@pytest.mark.parametrize("end", [sign_out_in_another_tab, let_the_session_end])
def test_a_page_left_open_past_the_end_of_its_session(page, opened, item, officer, end):
    end(page)
    opened.note.fill("An hour’s work")
    opened.owner.focus()
    message = page.locator("#page-message")
    expect(message).to_contain_text("You have been signed out")
    opened.is_not_saved()
    expect(opened.note).to_have_value("An hour’s work")
    expect(opened.owner).to_be_focused()
    assert fresh(item).note == ""
    expect(message.get_by_role("link")).to_have_attribute("target", "_blank")
    # Signing in again changes the token of the form, so the form gets it and is sent again.
    with page.expect_popup() as popup:
        message.get_by_role("link").click()
    sign_in(popup.value, officer)
    popup.value.close()
    opened.owner.select_option(label="Someone else")
    opened.owner_name.fill("Ann")
    with page.expect_response(lambda answer: "/items/" in answer.url and answer.ok):
        opened.note.focus()
    opened.is_saved()
    expect(message).to_be_empty()
    expect(opened.note).to_have_value("An hour’s work")
    assert (fresh(item).note, fresh(item).owner_name) == ("An hour’s work", "Ann")


def test_a_save_that_failed_can_be_repeated(page, opened, item, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("on purpose")

    message = page.locator("#page-message")
    with monkeypatch.context() as broken:
        broken.setattr("assessments.pages.views.items.save_item", fail)
        opened.note.fill("An hour’s work")
        opened.owner.focus()
        expect(message).to_contain_text("Something went wrong on our side")
        opened.is_not_saved()
    expect(opened.note).to_have_value("An hour’s work")
    opened.close.click()
    expect(opened.edit).to_be_focused()
    expect(message).not_to_contain_text("Something went wrong")
    assert fresh(item).note == "An hour’s work"


@pytest.mark.parametrize(
    ("status", "body", "policy"),
    [
        (502, "<h1>Bad gateway</h1>", None),
        (200, "", None),
        (200, "<h1>Bad gateway</h1>", None),
        # As our own proxies add it to what they answer themselves.
        (200, "<h1>Bad gateway</h1>", "default-src 'none'; frame-ancestors 'none'"),
    ],
)
def test_a_response_from_another_server_is_reported(page, opened, item, status, body, policy):
    headers = {"Content-Security-Policy": policy} if policy else None
    page.route(
        re.compile(r"/items/\d+/$"),
        lambda route: route.fulfill(status=status, body=body, headers=headers),
        times=1,
    )
    opened.note.fill("An hour’s work")
    opened.owner.focus()
    opened.is_not_saved("the service did not respond")
    expect(page.get_by_text("Bad gateway")).to_have_count(0)
    expect(opened.note).to_have_value("An hour’s work")
    opened.close.click()
    expect(opened.edit).to_be_focused()
    assert fresh(item).note == "An hour’s work"


@pytest.mark.parametrize("place", ["shown", "opened"])
def test_a_save_without_a_connection_is_reported_and_sent_later(page, item, place, request, heard):
    heard.expect("ERR_INTERNET_DISCONNECTED|htmx:(sendError|afterRequest)")
    here = request.getfixturevalue(place)
    page.context.set_offline(True)
    here.status("In progress").check()
    here.is_not_saved("no connection")
    expect(here.status("In progress")).to_be_focused()
    assert fresh(item).status == Status.NOT_STARTED
    page.context.set_offline(False)
    here.is_saved()
    assert fresh(item).status == Status.IN_PROGRESS


def test_leaving_with_unsaved_changes_asks_first(page, opened, item):
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    opened.note.click()
    page.keyboard.type("Half a thought")
    with page.expect_event("dialog"):
        page.evaluate("setTimeout(() => location.assign('/account/'))")
    assert asked == ["beforeunload"]
    expect(opened.note).to_have_value("Half a thought")
    opened.owner.focus()
    opened.is_saved()
    page.get_by_role("link", name="Account", exact=True).click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    assert asked == ["beforeunload"]
    assert fresh(item).note == "Half a thought"


def test_before_the_session_ends_a_dialog_offers_to_extend_it(page, opened, item, settings):
    page.clock.install()
    page.reload()
    dialog = page.locator("#session-ends")
    expect(dialog).to_be_hidden()
    page.clock.fast_forward((settings.SESSION_COOKIE_AGE - 4 * 60) * 1000)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button")).to_be_focused()
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=4))
    with page.expect_response("**" + reverse("session")):
        page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    ends_at = Session.objects.get().expire_date
    assert ends_at > timezone.now() + timedelta(minutes=25)


def test_a_request_without_a_connection_does_not_extend_the_session(page, shown, settings, heard):
    heard.expect("ERR_FAILED|htmx:(sendError|afterRequest)")
    page.clock.install()
    page.reload()
    page.clock.fast_forward((settings.SESSION_COOKIE_AGE - 6 * 60) * 1000)
    page.route("**/*", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        shown.status("Completed").check()
    shown.is_not_saved("no connection")
    page.clock.fast_forward(2 * 60 * 1000)
    expect(page.locator("#session-ends")).to_be_visible()
