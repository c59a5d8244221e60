"""A review round from start to result: five people answer, two of them by a personal link."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from assessments.rounds.actions import ask_member
from assessments.rounds.models import RoundAnswer
from councils.models import Membership

from .acting import SAVED
from .examine import WIDE, Examined

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 800}


@pytest.fixture
def examined():
    examined = Examined()
    yield examined
    assert examined.seen
    assert examined.faults == []


def answer(page, words, strength):
    """Answer the first component, then submit."""
    page.get_by_label(re.compile("^How well are we")).fill(words)
    page.get_by_role("radio", name=str(strength), exact=True).check()
    page.get_by_role("button", name="Save and return to the list").click()
    page.get_by_role("button", name="Submit answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have submitted your answers")


def test_a_round_end_to_end(page, window_of, signed_in, chief, officer, reviewer, plan, examined):
    page.set_viewport_size(WIDE)
    signed_in(page, chief).goto(reverse("rounds", args=[plan.pk]))
    examined(page, "no round")
    page.get_by_role("button", name="Add a review round").click()
    page.get_by_role("link", name="Six weeks").click()
    examined(page, "a new round")
    page.get_by_role("button", name="Add the round").click()
    examined(page, "a round to come")
    page.get_by_role("button", name="Open the round today").click()
    for name, group in (("Ada Byron", "Leading councillors"), ("Bob Cole", "Leading councillors")):
        page.get_by_role("button", name="Invite people").click()
        link = page.get_by_role("region", name="By a personal link")
        link.get_by_label("First name and surname", exact=True).fill(name)
        link.get_by_label("Email address").fill(f"{name[:3].lower()}@example.org")
        link.get_by_label(group).check()
        link.get_by_role("button", name="Send the link").click()
    page.get_by_role("button", name="Invite people").click()
    examined(page, "inviting people")
    made = plan.rounds.get()
    for user in (chief, officer, reviewer):
        member = Membership.objects.get(user=user)
        ask_member(made, membership=member, group="officers", by=chief)
    links = [re.search(r"http://\S+(/review/link/\S+)", sent.body)[1] for sent in mail.outbox]

    # By link on a phone, saved as one goes.
    phone = window_of(viewport=PHONE)
    phone.goto(links[0])
    phone.get_by_role("button", name="Start or continue").click()
    examined(phone, "the list")
    phone.set_viewport_size(PHONE)
    phone.get_by_role("button", name="Start", exact=True).click()
    expect(phone.get_by_label(re.compile("^How well are we"))).to_be_visible()
    phone.wait_for_load_state()  # scripts that save begin then
    phone.get_by_label(re.compile("^How well are we")).fill("Well begun")
    phone.get_by_label(re.compile("^Which parts")).click()
    expect(phone.locator("#answer-saved")).to_have_text(SAVED)
    assert RoundAnswer.objects.get().position == "Well begun"
    examined(phone, "a component")
    phone.set_viewport_size(PHONE)
    answer(phone, "Well begun", 4)

    # By link without JavaScript.
    plain = window_of(java_script_enabled=False)
    plain.goto(links[1])
    plain.get_by_role("button", name="Start or continue").click()
    plain.get_by_role("button", name="Start", exact=True).click()
    answer(plain, "So far so good", 3)

    for user, strength in ((chief, 4), (officer, 2), (reviewer, 5)):
        window = window_of(user)
        window.goto(reverse("round_mine_answer", args=[plan.pk, made.pk, 1]))
        answer(window, f"As {user.name} sees it", strength)

    page.goto(reverse("round", args=[plan.pk, made.pk]))
    expect(page.get_by_text("Answers submitted: 5 of 5")).to_be_visible()
    examined(page, "everyone has submitted")
    page.get_by_role("link", name="Close the round now").click()
    examined(page, "closing")
    page.get_by_role("button", name="Close the round").click()
    expect(page.get_by_text("5 of 5 answered")).to_be_visible()
    expect(page.get_by_text("Well begun")).to_be_visible()
    expect(page.get_by_role("img", name="Mean 3.6, scores from 2 to 5")).to_be_visible()
    examined(page, "the result")
    page.goto(reverse("rounds_compare", args=[plan.pk]))
    examined(page, "nothing to compare")
    page.goto(reverse("rounds", args=[plan.pk]))
    examined(page, "one round")
