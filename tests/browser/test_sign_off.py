"""A stage from the request for a review to what changed after it was reopened."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.plans.models import Plan, SignOff
from tests.acting import fresh, step_url

from .acting import Item
from .test_journey import PDF_TIMEOUT

pytestmark = pytest.mark.browser

CHIEF = "chief@riverdale.example"
OFFICER = "monitoring@riverdale.example"


def test_a_stage_is_reviewed_signed_off_reopened_and_compared(window_of, riverdale_demo):
    plan = Plan.objects.get(council__slug="riverdale")
    chief = window_of(riverdale_demo(CHIEF), accept_downloads=True)
    officer = window_of(riverdale_demo(OFFICER))
    review = reverse("stage_review", args=[plan.pk, 2])

    # Ask.
    chief.goto(review)
    chief.get_by_label("Daniel Whitmore").check()
    due = dt.date.today() + dt.timedelta(days=7)  # noqa: DTZ011 - any day to come
    for part, value in (("Day", due.day), ("Month", due.month), ("Year", due.year)):
        chief.get_by_label(part, exact=True).fill(str(value))
    chief.get_by_role("button", name="Ask for a review").click()
    expect(chief.get_by_text("The review has been requested.")).to_be_visible()

    # Agree with one step, and have a concern about another.
    officer.goto(review)
    officer.locator("#mark-11").get_by_label("Agree", exact=True).check()
    governance = officer.locator("#mark-13")
    governance.get_by_label("Concern", exact=True).check()
    governance.get_by_role("textbox").fill("One seat on Licensing is open")
    governance.get_by_role("button").click()
    expect(officer.get_by_text("You have reviewed 2 of 10 steps")).to_be_visible()

    # Answer.
    chief.goto(review)
    expect(chief.get_by_role("heading", name="Concerns")).to_be_visible()
    chief.get_by_role("link", name="Answer Daniel Whitmore’s concern").click()
    chief.get_by_label("Answer").fill("The smaller groups meet on Monday")
    chief.get_by_role("button", name="Save answer").click()
    expect(chief.get_by_text("The smaller groups meet on Monday")).to_be_visible()

    # The officer has an action open, with unsaved text, when the stage is signed off.
    item = plan.items.filter(step__number=13)[1]
    before = fresh(item).note
    officer.goto(step_url(plan, 13))
    theirs = Item(officer, item).open()
    chief.get_by_role("button", name="Sign off this stage").click()
    expect(chief.get_by_role("heading", name="Steps not reviewed")).to_be_visible()
    chief.get_by_label("Why are you signing off before everything is finished?").fill(
        "The rest is routine"
    )
    chief.get_by_role("button", name="Sign off stage 2").click()
    sign_off = SignOff.objects.get(stage__number=2)
    expect(chief.get_by_text(sign_off.snapshot.digest)).to_be_visible()
    theirs.note.fill("Written too late")
    theirs.close.click()
    expect(theirs.conflict).to_contain_text("was signed off by Amara Okafor")
    expect(theirs.note).to_have_value("Written too late")
    theirs.is_not_saved()
    assert fresh(item).note == before

    # Nothing can be changed afterwards. The PDF is that of the snapshot.
    reader = window_of(riverdale_demo(OFFICER))
    reader.goto(step_url(plan, 13))
    expect(reader.get_by_text("was signed off by Amara Okafor")).to_be_visible()
    expect(reader.get_by_role("main").get_by_role("radio")).to_have_count(0)
    chief.get_by_role("link", name="Snapshot of what was signed off").click()
    with chief.expect_download(timeout=PDF_TIMEOUT) as download:
        chief.get_by_role("button", name="Download PDF").click(timeout=PDF_TIMEOUT)
    assert "stage 2 snapshot" in download.value.suggested_filename
    assert download.value.path().read_bytes().startswith(b"%PDF-")

    # Reopen, change, compare.
    chief.goto(reverse("stage_reopen", args=[plan.pk, 2]))
    chief.get_by_label("Why are you reopening it?").fill("The seat is settled")
    chief.get_by_role("button", name="Reopen stage 2").click()
    theirs.note.fill("Every seat is settled")
    theirs.close.click()
    expect(theirs.edit).to_be_focused()
    chief.goto(reverse("sign_off", args=[plan.pk, sign_off.pk]))
    expect(chief.get_by_text("The seat is settled")).to_be_visible()
    chief.get_by_role("link", name="Compare with the plan as it is now").click()
    expect(chief.get_by_role("insertion").filter(has_text="settled")).to_have_count(1)
    expect(chief.get_by_role("main")).to_contain_text("Get ready for the annual council meeting")
    expect(chief.get_by_role("heading", level=3)).to_have_count(1)
