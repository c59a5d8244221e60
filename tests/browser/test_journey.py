"""The main use of the planner, from signing in to the PDF, with the people of the demo."""

import gzip
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.demo.seed import PASSWORD
from assessments.plans.models import Event, Plan, PlanItem
from tests.acting import fresh, step_url

from .acting import Item, sign_in

pytestmark = pytest.mark.browser

CHIEF = "chief@riverdale.example"
OFFICER = "monitoring@riverdale.example"
ELSEWHERE = "chief@eastmere.example"

PAGE_BUDGET = 60 * 1024  # style and scripts of a page, gzipped
FONT_BUDGET = 40 * 1024
NEXT = "Get ready for the annual council meeting"
PDF_TIMEOUT = 60_000  # milliseconds; a busy machine is slow


@pytest.fixture
def plan(riverdale_demo):
    return Plan.objects.get(council__slug="riverdale")


def cell_of(page, number):
    """Return the cell of the step in the matrix of plan home."""
    return page.get_by_role("cell").filter(has_text=re.compile(rf"^\s*Step {number},"))


def go_home(page):
    navigation = page.get_by_role("navigation", name="Main")
    navigation.get_by_role("link", name="Plan", exact=True).click()


def test_a_chief_executive_works_through_a_step_and_downloads_the_pdf(
    new_context, window_of, riverdale_demo, plan
):
    page = new_context(accept_downloads=True).new_page()
    page.goto("/")
    sign_in(page, riverdale_demo(CHIEF), PASSWORD)
    expect(page).to_have_url(re.compile(rf"/plans/{plan.pk}/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Early foundations, day")
    before = cell_of(page, 13).inner_text()
    assert "1 of 6" in before
    expect(page.get_by_role("heading", name="Next 14 days")).to_be_visible()

    # Stage 2's governance step, from the matrix.
    cell_of(page, 13).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Governance")
    for item in PlanItem.objects.filter(plan=plan, step__number=13).open():
        Item(page, item).status("Completed").check()
        Item(page, item).is_saved()
    expect(page.locator("#step-13-progress")).to_have_text("Complete")

    # An action of their own.
    page.get_by_role("button", name="Add an action").click()
    page.get_by_label("Action", exact=True).fill("Write to every group leader")
    new = page.locator("#new")
    owner = "Tom Ellis, Head of democratic services"
    new.get_by_label("Owner", exact=True).select_option(label=owner)
    new.get_by_label("Note", exact=True).fill("In the same words,\non the same day")
    page.get_by_role("button", name="Add action").click()
    own = PlanItem.objects.get(title="Write to every group leader")
    expect(Item(page, own).box).to_contain_text("Added by this council")
    expect(Item(page, own).box).to_contain_text(f"Owner {owner}")

    # The matrix shows the progress.
    go_home(page)
    expect(cell_of(page, 13)).to_contain_text("6 of 7")
    expect(cell_of(page, 13)).not_to_contain_text("overdue")
    expect(page.get_by_role("link", name=NEXT)).to_have_count(0)

    # A conflict with the monitoring officer in a second browser: nothing is lost.
    theirs = window_of(riverdale_demo(OFFICER))
    for each in (page, theirs):
        each.goto(step_url(plan, 13))
        Item(each, own).open()
    Item(theirs, own).note.fill("Theirs")
    Item(theirs, own).close.click()
    expect(Item(theirs, own).edit).to_be_focused()
    mine = Item(page, own)
    mine.note.fill("Mine")
    mine.owner.focus()
    expect(mine.conflict).to_contain_text(re.compile("Note.*Theirs.*Mine", re.DOTALL))
    expect(mine.note).to_have_value("Mine")
    assert fresh(own).note == "Theirs"
    mine.conflict.get_by_role("button", name="Save my version instead").click()
    mine.is_saved()
    assert fresh(own).note == "Mine"
    history = Event.objects.filter(item=own).values_list("changes__before", "changes__after")
    assert ("Theirs", "Mine") in history

    # The PDF.
    go_home(page)
    page.get_by_role("button", name="Download action plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Download the action plan")
    page.get_by_label("One stage", exact=True).check()
    page.get_by_label("Stage", exact=True).select_option(label="2 Early foundations")
    with page.expect_download(timeout=PDF_TIMEOUT) as download:
        page.get_by_role("button", name="Download PDF").click(timeout=PDF_TIMEOUT)
    assert download.value.suggested_filename.endswith(".pdf")
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    expect(page.get_by_role("heading", level=1)).to_have_text("Download the action plan")
    assert Event.objects.filter(plan=plan, kind=Event.Kind.PLAN_EXPORTED).count() == 1


def test_someone_from_another_council_sees_none_of_it(window_of, riverdale_demo, plan):
    item = plan.items.first()
    page = window_of(riverdale_demo(ELSEWHERE))
    page.goto("/")
    expect(page.get_by_text("Eastmere District Council")).to_be_visible()
    assert "Riverdale" not in page.content()
    for address in (
        plan.get_absolute_url(),
        step_url(plan, 13),
        reverse("plan_stage", args=[plan.pk, 2]),
        reverse("plan_mine", args=[plan.pk]),
        reverse("plan_open", args=[plan.pk]),
        reverse("plan_settings", args=[plan.pk]),
        reverse("item", args=[plan.pk, item.pk]),
        reverse("item_edit", args=[plan.pk, item.pk]),
        reverse("action_plan", args=[plan.pk]),
        reverse("action_plan_pdf", args=[plan.pk]),
    ):
        response = page.goto(address)
        assert response.status == 404, address
        expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
        assert "Riverdale" not in page.content()


def test_a_reviewer_can_view_but_not_change(window_of, riverdale_demo, plan):
    page = window_of(riverdale_demo("adviser@adviser.example"))
    page.goto(step_url(plan, 13))
    expect(page.get_by_text("You can view this plan but not change it.")).to_be_visible()
    main = page.get_by_role("main")
    for role in ("radio", "textbox"):
        expect(main.get_by_role(role)).to_have_count(0)
    expect(main.get_by_role("button")).to_have_text(["Pause updates from colleagues"])
    expect(main.get_by_role("link", name="Edit")).to_have_count(0)
    # The text is shown anyway.
    expect(main).to_contain_text("The political balance report is on the agenda")
    expect(page.get_by_role("link", name="Settings")).to_have_count(0)


@pytest.mark.parametrize("place", ["plan home", "step"])
def test_the_weight_of_a_page(window_of, riverdale_demo, plan, place):
    page = window_of(riverdale_demo(CHIEF))
    bodies = {"stylesheet": [], "script": [], "font": []}

    def weigh(response):
        if response.request.resource_type in bodies:
            bodies[response.request.resource_type].append(response)

    page.on("response", weigh)
    page.goto(plan.get_absolute_url() if place == "plan home" else step_url(plan, 13))
    page.wait_for_load_state("networkidle")
    code = [each.body() for kind in ("stylesheet", "script") for each in bodies[kind]]
    assert len(bodies["stylesheet"]) == 1
    assert len(bodies["script"]) >= 2
    assert sum(len(gzip.compress(body, mtime=0)) for body in code) <= PAGE_BUDGET
    # Fonts are already compressed.
    assert len(bodies["font"]) >= 1
    assert sum(len(each.body()) for each in bodies["font"]) <= FONT_BUDGET
