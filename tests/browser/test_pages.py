"""Every page in every state: accessible, without sideways scrolling, with errors that lead to
what is wrong. What a page must never do (errors in the console, other hosts) is watched for in
every browser test; see conftest.py.
"""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from assessments.plans.actions import change_plan, create_plan
from assessments.plans.models import Plan, PlanItem, Status
from assessments.printing.pdf import PdfBusy, PdfInterrupted, PdfTooLarge, PdfUnavailable
from councils.models import Access, Council, CouncilType, Membership, Office
from tests.acting import answer, draw_pdf_with, own_item, step_url

from .acting import Item, sign_in
from .examine import WIDE, Examined

pytestmark = pytest.mark.browser

LONG = "LlanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochcumWithernseaandDistrict"[:80]


@pytest.fixture
def examined():
    examined = Examined()
    yield examined
    assert examined.seen
    assert examined.faults == []


@pytest.fixture
def page(page):
    page.set_viewport_size(WIDE)
    return page


# --- Signing in -----------------------------------------------------------------------------------


def test_signing_in_and_passwords(page, chief, examined, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    page.goto("/")
    examined(page, "sign in")
    press = page.get_by_role("button", name="Sign in")
    press.click()
    examined(page, "sign in, nothing typed")
    page.get_by_label("Email address").fill(chief.email)
    page.get_by_label("Password", exact=True).fill("wrong")
    press.click()
    expect(page.get_by_role("alert")).to_contain_text("is not right")
    examined(page, "sign in, refused")

    page.get_by_role("link", name="Forgotten your password").click()
    examined(page, "ask for a link")
    page.get_by_role("button", name="Send the link").click()
    examined(page, "ask for a link, nothing typed")
    page.get_by_label("Email address").fill(chief.email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    examined(page, "link sent")
    link = re.search(r"http://[^/]+(/\S+)", mail.outbox[0].body)[1]
    page.goto(link)
    examined(page, "choose a password")
    page.get_by_role("button", name="Save new password").click()
    examined(page, "choose a password, nothing typed")
    page.get_by_label("New password", exact=True).fill("three-random-words")
    page.get_by_label("New password again").fill("three-random-words")
    page.get_by_role("button", name="Save new password").click()
    examined(page, "password saved")
    page.goto(link)
    examined(page, "link used before")

    page.goto("/")
    sign_in(page, chief, "three-random-words")
    page.get_by_role("link", name="Account", exact=True).click()
    examined(page, "account")
    page.get_by_role("link", name="Change your password", exact=True).click()
    examined(page, "change password")
    page.get_by_role("button", name="Save new password").click()
    examined(page, "change password, nothing typed")
    page.goto(reverse("account_logout"))
    examined(page, "sign out")


# --- Plans ----------------------------------------------------------------------------------------


def test_making_a_plan(page, signed_in, chief, riverdale, examined):
    signed_in(page, chief).goto("/")
    examined(page, "no plan yet")
    page.get_by_role("button", name="Make a plan").click()
    examined(page, "make a plan")
    page.get_by_label("Day").fill("7")
    page.get_by_label("What does your council call").fill("")
    page.get_by_role("button", name="Continue").click()
    examined(page, "make a plan, with errors")
    page.get_by_label("Day").fill("")
    page.get_by_role("button", name="Continue").click()
    examined(page, "make a plan, half a date")
    page.get_by_label("Day").fill("6")
    page.get_by_label("Month").fill("5")
    page.get_by_label("Year").fill("2027")
    page.get_by_label("What does your council call").fill("alliance")
    page.get_by_role("button", name="Continue").click()
    examined(page, "check answers")
    page.get_by_role("button", name="Make the plan").click()
    examined(page, "plan home, nothing done yet")


def test_people_without_a_plan(page, signed_in, person, riverdale, plan, eastmere, examined):
    both = person(riverdale, "both")
    Membership.objects.create(
        user=both, council=eastmere, office=Office.LGA_ADVISER, access=Access.REVIEWER
    )
    signed_in(page, both).goto("/")
    examined(page, "two councils")
    Membership.objects.filter(user=both).delete()
    page.goto("/")
    examined(page, "no council")
    page.goto(reverse("account"))
    examined(page, "account, no council")


LISTS = {
    "stage": ("plan_stage", 2),
    "step": ("plan_step", 13),
    "mine": ("plan_mine",),
    "area": ("plan_area", 3),
    "officers": ("plan_officers",),
    "officer": ("plan_officer", "monitoring-officer"),
    "officer without items": ("plan_officer", "head-of-service"),
    "open": ("plan_open",),
}


@pytest.mark.parametrize(
    ("email", "lists"),
    [
        ("chief@riverdale.example", LISTS),
        ("place@riverdale.example", ("stage", "step")),
        ("chief@eastmere.example", ("mine",)),
    ],
    ids=["owner", "reviewer", "empty plan"],
)
def test_plan_home_and_the_lists(page, signed_in, riverdale_demo, examined, email, lists):
    user = riverdale_demo(email)
    plan = Plan.objects.visible_to(user).get()
    signed_in(page, user).goto("/")
    examined(page, "plan home")
    page.get_by_text("All key dates").click()
    examined(page, "plan home, dates open")
    for name in lists:
        view, *arguments = LISTS[name]
        page.goto(reverse(view, args=[plan.pk, *arguments]))
        examined(page, name)


def test_the_action_plan(page, signed_in, chief, plan, examined, monkeypatch):
    signed_in(page, chief).goto(reverse("action_plan", args=[plan.pk]))
    examined(page, "options")
    page.goto(reverse("action_plan", args=[plan.pk]) + "?scope=stage-9")
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    examined(page, "options, with errors")
    for error, heading in {
        PdfUnavailable: "PDFs are not available",
        PdfBusy: "The PDF service is busy",
        PdfTooLarge: "This PDF is too large",
        PdfInterrupted: "This PDF was not finished",
    }.items():

        def fail(report, error=error):
            raise error

        draw_pdf_with(monkeypatch, fail)
        page.goto(reverse("action_plan", args=[plan.pk]))
        page.get_by_role("button", name="Download PDF").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        examined(page, heading)


def test_extremes(page, signed_in, person, examined):
    """Names of eighty letters, a note of five pages, a hundred items in a step, all of it done."""
    council = Council.objects.create(name=LONG, slug="long", type=CouncilType.DISTRICT)
    user = person(council, "long", access=Access.OWNER, name=LONG)
    plan = create_plan(
        council=council,
        by=user,
        election_day=_thursday(-20),
        coalition_term="minorityadministrationarrangementofgroup",
    )
    member = Membership.objects.get(user=user)
    item = plan.items.filter(step__number=13).first()
    answer(item, user, owner=member, due=timezone.localdate(), note="Lorem ipsum dolor. " * 900)
    reason = f"{LONG}\n\nand more"
    item = plan.items.filter(step__number=13).last()
    answer(item, user, status=Status.NOT_NEEDED, reason=reason, owner_name=LONG)
    for n in range(94):
        own_item(plan, by=user, title=f"{n} {LONG}")
    done = create_plan(council=council, by=user, election_day=_thursday(-500))
    PlanItem.objects.filter(plan=done).update(
        status=Status.COMPLETED, completed_on=timezone.localdate()
    )
    signed_in(page, user).goto("/")
    examined(page, "plans")
    page.goto(reverse("account"))
    examined(page, "account")
    page.goto(plan.get_absolute_url())
    examined(page, "plan home")
    page.goto(step_url(plan, 13))
    examined(page, "step")
    page.goto(reverse("plan_open", args=[plan.pk]))
    examined(page, "open")
    page.goto(done.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_contain_text("first year ended")
    examined(page, "plan home, finished")
    page.goto(reverse("plan_open", args=[done.pk]))
    expect(page.get_by_text("There are no open actions.")).to_be_visible()
    examined(page, "nothing open")


def _thursday(days):
    day = timezone.localdate() + timedelta(days=days)
    return day - timedelta(days=(day.weekday() - 3) % 7)


def test_on_paper_the_answers_stand_without_the_controls(page, signed_in, officer, item):
    answer(item, officer, status=Status.IN_PROGRESS, note="Printed as well")
    signed_in(page, officer).goto(step_url(item.plan, 13))
    page.emulate_media(media="print")
    shown = Item(page, item)
    status = shown.box.locator(".app-status")
    expect(status).to_have_text(re.compile(r"(^|\n)In progress$"), use_inner_text=True)
    expect(shown.box).to_contain_text("Printed as well")
    expect(shown.edit).to_be_hidden()
    expect(page.get_by_role("button", name="Add an action")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Plan", exact=True)).to_be_hidden()
    expect(page.get_by_text("OFFICIAL-SENSITIVE")).to_be_visible()


# --- A step and its items -------------------------------------------------------------------------


def test_a_step_in_all_its_states(page, signed_in, chief, officer, item, examined):
    signed_in(page, officer).goto(step_url(item.plan, 13))
    shown = Item(page, item)
    shown.status("In progress").check()
    shown.is_saved()
    examined(page, "status saved")
    shown.open()
    examined(page, "open")
    shown.status("Not needed").check()
    shown.owner.select_option(label="Someone else")
    shown.day.fill("45")
    shown.note.click()
    for name in ("reason", "owner_name", "due"):
        expect(shown.error(name)).to_be_visible()
    examined(page, "open, with errors")
    shown.status("In progress").check()
    shown.owner.select_option(label="Not yet assigned")
    shown.day.fill("")
    shown.note.fill("Mine\nin two lines")
    shown.owner.focus()
    shown.is_saved()
    answer(item, chief, note="Theirs", owner_name=LONG)
    shown.note.fill("Mine again")
    shown.owner.focus()
    expect(shown.conflict).to_be_visible()
    examined(page, "open, with a conflict")
    page.reload()
    answer(item, chief, status=Status.COMPLETED)
    shown.status("Not started").check()
    expect(shown.conflict).to_be_visible()
    examined(page, "conflict in a list")
    page.goto(reverse("plan_stage", args=[item.plan_id, 2]))
    answer(item, chief, status=Status.IN_PROGRESS)
    shown.status("Not started").check()
    expect(shown.conflict).to_be_visible()
    examined(page, "conflict in a list of lines")


def test_a_step_without_htmx(page, signed_in, chief, officer, item, examined, heard):
    """What comes back as a whole page, as it does when the script did not arrive."""
    heard.expect("htmx.min.js|ERR_FAILED")
    page.route("**/htmx.min.js", lambda route: route.abort())
    signed_in(page, officer).goto(reverse("item_edit", args=[item.plan_id, item.pk]))
    shown = Item(page, item)
    examined(page, "open")
    shown.status("Not needed").check()
    shown.owner.select_option(label="Someone else")
    shown.day.fill("45")
    shown.month.fill("1")
    shown.year.fill("2027")
    shown.close.click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(3)
    examined(page, "open, with errors")
    page.goto(reverse("item_edit", args=[item.plan_id, item.pk]))
    answer(item, chief, note="Theirs")
    shown.note.fill("Mine")
    shown.close.click()
    expect(shown.conflict).to_be_visible()
    examined(page, "open, with a conflict")


def test_own_items(page, signed_in, officer, plan, examined):
    signed_in(page, officer).goto(step_url(plan, 13))
    page.get_by_role("button", name="Add an action").press("Space")
    examined(page, "add an item")
    page.locator("#new").get_by_role("radio", name="Not needed").check()
    page.get_by_role("button", name="Add action").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    examined(page, "add an item, with errors")
    own = own_item(plan, by=officer, title=LONG)
    page.goto(step_url(plan, 13))
    Item(page, own).open()
    examined(page, "own item open")
    page.get_by_role("link", name="Remove").click()
    examined(page, "remove")
    answer(own, officer, note="Newer")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("alert")).to_contain_text("Someone saved this action")
    examined(page, "remove, saved meanwhile")
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("Removed actions (1)").click()
    examined(page, "removed items")


def test_settings(page, signed_in, chief, plan, examined):
    signed_in(page, chief).goto(reverse("plan_settings_section", args=[plan.pk, "all"]))
    examined(page, "settings")
    page.get_by_label("Day").fill("31")
    page.get_by_label("Month").fill("2")
    page.get_by_label("What does your council call").fill("1")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    examined(page, "settings, with errors")
    page.goto(reverse("plan_settings_section", args=[plan.pk, "all"]))
    change_plan(Plan.objects.get(pk=plan.pk), version=1, by=chief, coalition_term="pact")
    page.get_by_label("What does your council call").fill("alliance")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("alert")).to_contain_text("Someone saved these settings")
    examined(page, "settings, with a conflict")


# --- Comments -------------------------------------------------------------------------------------


def test_comments(page, riverdale_demo, signed_in, examined):
    plan = Plan.objects.get(council__slug="riverdale")
    signed_in(page, riverdale_demo("chief@riverdale.example"))
    page.goto(reverse("plan_comments", args=[plan.pk]))
    examined(page, "all comments")
    page.goto(reverse("plan_comments", args=[plan.pk]) + "?show=mine")
    page.get_by_role("link", name=re.compile("^Get ready for the annual")).click()
    examined(page, "comments on an item")
    page.get_by_role("button", name="Comment").click()
    expect(page.get_by_text("Error: Enter a comment")).to_be_visible()
    page.goto(step_url(plan, 13))
    page.get_by_role("link", name=re.compile("^2 comments on: ")).click()
    expect(page.get_by_role("button", name=re.compile("^Resolve"))).to_be_visible()
    examined(page, "comments beside an item")
    page.goto(step_url(plan, 17, "step_comments"))
    examined(page, "no comments yet")
    page.get_by_label("Comment", exact=True).fill(LONG * 20)
    page.get_by_role("button", name="Comment").click()
    page.get_by_role("link", name=re.compile("^Edit")).click()
    examined(page, "edit a comment")
    page.go_back()
    page.get_by_role("link", name=re.compile("^Remove")).click()
    examined(page, "remove a comment")


# --- Guidance and error pages ---------------------------------------------------------------------


def test_the_guidance(page, signed_in, officer, examined):
    signed_in(page, officer)
    for name, address in {
        "steps": reverse("guidance"),
        "step": reverse("guidance_step", args=[13]),
        "area": reverse("guidance_area", args=[3]),
        "components": reverse("guidance_components"),
        "component": reverse("guidance_component", args=[5]),
        "themes": reverse("guidance_themes"),
        "theme": reverse("guidance_theme", args=[3]),
        "reflections": reverse("guidance_reflections"),
        "officer roles": reverse("guidance_officers"),
        "search": reverse("guidance_search"),
    }.items():
        page.goto(address)
        examined(page, name)
    page.get_by_label("Search the guidance").press_sequentially("constitution")
    count = page.locator("#search-count")
    expect(count).to_contain_text("for “constitution”")
    expect(page).to_have_url(re.compile(r"\?q=constitution$"))
    examined(page, "results")
    page.get_by_label("Search the guidance").fill(LONG)
    expect(count).to_contain_text("No results for")
    examined(page, "no results")


def test_error_pages(page, signed_in, reviewer, plan, their_plan, examined, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("on purpose")

    signed_in(page, reviewer).goto(reverse("plan_settings", args=[plan.pk]))
    examined(page, "403")
    page.goto(their_plan.get_absolute_url())
    examined(page, "404")
    with monkeypatch.context() as broken:
        broken.setattr("assessments.pages.views.plans.matrix_for", fail)
        page.goto(plan.get_absolute_url())
    examined(page, "500")
    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.context.clear_cookies()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="This page is out of date")).to_be_visible()
    examined(page, "403, out of date")
    page.goto(reverse("account_login"))
    for _ in range(6):
        page.get_by_label("Email address").fill("unknown@riverdale.example")
        page.get_by_label("Password", exact=True).fill("wrong")
        page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Too many attempts")).to_be_visible()
    examined(page, "429")
