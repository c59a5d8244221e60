"""Invitations, members and restricted notes in a browser: every state examined."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from councils.models import Membership
from tests.acting import step_url

from .acting import Item
from .examine import WIDE, Examined

pytestmark = pytest.mark.browser


@pytest.fixture
def examined():
    examined = Examined()
    yield examined
    assert examined.seen
    assert examined.faults == []


def test_an_owner_invites_and_the_invited_joins(
    page, signed_in, chief, officer, riverdale, examined, settings, browser, live_server
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    page.set_viewport_size(WIDE)
    signed_in(page, chief).goto(reverse("people", args=[riverdale.slug]))
    examined(page, "people")
    page.get_by_role("button", name="Invite people").click()
    examined(page, "invite several")
    page.get_by_role("button", name="Send invitations").click()
    examined(page, "invite several, nothing typed")
    page.get_by_role("link", name="Invite one person with a job title").click()
    examined(page, "invite")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(4)
    examined(page, "invite, nothing typed")
    page.get_by_label("Name", exact=True).fill("Daniel Whitmore")
    page.get_by_label("Email address").fill("daniel@riverdale.example")
    page.get_by_label("Officer role", exact=True).select_option(label="Monitoring officer")
    page.get_by_role("radio", name=re.compile("^Editor")).check()
    page.get_by_role("button", name="Send invitation").click()
    sent = "We have sent an invitation to daniel@riverdale.example."
    expect(page.get_by_text(sent)).to_be_visible()
    examined(page, "people, one invited")
    link = re.search(r"http://[^/]+(/\S+)", mail.outbox[0].body)[1]
    page.goto(link)
    expect(page.get_by_text("you are signed in as")).to_be_visible()
    examined(page, "another person's invitation")

    theirs = browser.new_page(base_url=live_server.url)
    theirs.goto(link)
    examined(theirs, "join")
    theirs.get_by_role("button", name="Join").click()
    examined(theirs, "join, nothing typed")
    theirs.get_by_label("Choose a password").fill("seven brown herons")
    theirs.get_by_role("button", name="Join").click()
    expect(theirs.get_by_text("You have joined Riverdale Borough Council.")).to_be_visible()
    theirs.goto(link)
    expect(theirs.get_by_role("heading", level=1)).to_contain_text("can no longer be used")
    examined(theirs, "invitation used")

    page.goto(reverse("people", args=[riverdale.slug]))
    page.get_by_role("link", name="Change Daniel Whitmore").click()
    examined(page, "member")
    page.goto(reverse("people", args=[riverdale.slug]))
    page.get_by_role("link", name="Remove Daniel Whitmore").click()
    examined(page, "remove a member")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Daniel Whitmore no longer has access.")).to_be_visible()
    theirs.goto(reverse("people", args=[riverdale.slug]))
    expect(theirs.get_by_role("heading", name="Page not found")).to_be_visible()
    theirs.close()


def test_a_restricted_note_is_for_its_readers(
    page, signed_in, chief, officer, riverdale, plan, item, examined
):
    page.set_viewport_size(WIDE)
    signed_in(page, chief).goto(step_url(plan, 13))
    Item(page, item).open()
    page.locator("summary", has_text="Add a restricted note").first.click()
    examined(page, "restricted note")
    page.get_by_role("textbox", name="Restricted note").first.fill("Between us\nfor now")
    page.get_by_role("button", name="Save restricted note").first.click()
    expect(page.get_by_text("Restricted note: only the owners can read this")).to_be_visible()
    examined(page, "step with a restricted note")

    signed_in(page, officer).goto(step_url(plan, 13))
    expect(page.get_by_text("Between us")).to_have_count(0)
    signed_in(page, chief).goto(reverse("restricted_note", args=[plan.pk, item.pk]))
    page.get_by_label(str(Membership.objects.get(user=officer))).check()
    page.get_by_label("Let the people I am adding now read the earlier texts").check()
    page.get_by_role("button", name="Save restricted note").click()
    signed_in(page, officer).goto(step_url(plan, 13))
    readers = "Restricted note: only the owners and Officer can read this"
    expect(page.get_by_text(readers)).to_be_visible()
    page.locator("summary", has_text="Edit the restricted note").click()
    examined(page, "restricted note, named on it")
