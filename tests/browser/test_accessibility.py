"""The main tasks by keyboard, at 320 pixels, with spaced text and in forced colours; and what the
browser tells assistive technology about the main pages.
"""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.plans.models import Plan, Status
from tests.acting import fresh, step_url
from tests.conftest import PASSWORD

from .acting import Item
from .examine import TOO_WIDE

pytestmark = pytest.mark.browser

# The spacing of WCAG 1.4.12.
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"""
USE_SPACED = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""
# Text that its own box cuts off.
CUT_OFF = """() => [...document.querySelectorAll("body *")]
  .filter((element) => {
    const { overflowX, overflowY } = getComputedStyle(element);
    return [overflowX, overflowY].includes("hidden") && element.checkVisibility()
      && element.clientWidth > 2 && element.textContent.trim()
      && (element.scrollHeight > element.clientHeight + 2
        || element.scrollWidth > element.clientWidth + 2);
  })
  .map((element) => `cut off: ${element.className || element.tagName}`)"""
# The element with focus, if nothing of it can be seen: out of the window or behind another.
UNSEEN_FOCUS = """() => {
  const focused = document.activeElement;
  const shown = focused.matches(".app-status__input") ? focused.nextElementSibling : focused;
  const box = shown.getBoundingClientRect();
  const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]];
  const isSeen = points.some(([x, y]) => {
    const top = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    return top && (shown.contains(top) || top.contains(shown) || focused.contains(top));
  });
  return focused === document.body || isSeen ? null : focused.outerHTML.slice(0, 120);
}"""


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def tab_to(page, locator, *, key="Tab", most=150):
    """Press Tab until `locator` has focus, and return the stops at which no focus was seen."""
    unseen = []
    for _ in range(most):
        page.keyboard.press(key)
        unseen += filter(None, [page.evaluate(UNSEEN_FOCUS)])
        if locator.evaluate("element => element === document.activeElement"):
            return unseen
    raise AssertionError(f"{most} stops do not reach {locator}")


def test_the_main_tasks_by_keyboard_alone(page, chief, item):
    unseen = []
    page.goto(step_url(item.plan, 13))
    unseen += tab_to(page, page.get_by_label("Email address"))
    page.keyboard.type(chief.email)
    unseen += tab_to(page, page.get_by_label("Password", exact=True))
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    shown = Item(page, item)
    expect(shown.edit).to_be_visible()
    # The status: the arrow keys choose, Enter saves.
    unseen += tab_to(page, shown.status("Not started"))
    press(page, "ArrowRight", "ArrowRight", "Enter")
    shown.is_saved()
    assert fresh(item).status == Status.COMPLETED
    # The note, in the open action; what was saved is announced when it closes.
    unseen += tab_to(page, shown.edit)
    press(page, "Enter")
    expect(shown.note).to_be_visible()
    unseen += tab_to(page, shown.note)
    page.keyboard.type("Agreed with the leaders")
    unseen += tab_to(page, shown.close)
    press(page, "Enter")
    expect(shown.edit).to_be_focused()
    expect(page.locator("#announcement")).to_have_text(re.compile("^Saved at "))
    # A comment on the step.
    page.goto(reverse("step_comments", args=[item.plan_id, 13]))
    box = page.get_by_label("Comment", exact=True)
    unseen += tab_to(page, box)
    page.keyboard.type("Ready for review")
    unseen += tab_to(page, page.get_by_role("button", name="Comment", exact=True))
    press(page, "Enter")
    expect(page.get_by_text("Ready for review", exact=True)).to_be_visible()
    assert unseen == []


@pytest.mark.parametrize("size", [(1280, 900), (320, 640), (320, 256)])
def test_a_message_never_covers_the_focus(page, signed_in, officer, plan, size):
    signed_in(page, officer)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(reverse("item_add", args=[plan.pk, 13]))
    page.get_by_label("Action", exact=True).fill("Brief the new chairs of committees " * 4)
    page.get_by_role("button", name="Add action").click()
    for place in ("#page-message", "#announcement"):
        expect(page.locator(place)).to_contain_text("“Brief the new chairs")
        expect(page.locator(place)).to_contain_text("has been added.")
    skip = page.get_by_role("link", name="Skip to main content")
    assert tab_to(page, skip, key="Shift+Tab") == []


MODES = {
    "320 pixels": {},
    "text spacing": {},
    "forced colours": {"forced_colors": "active", "color_scheme": "dark"},
}


@pytest.mark.parametrize("mode", MODES)
def test_the_main_tasks_on_a_small_screen(window_of, officer, item, mode):
    """400% zoom of a window 1,280 pixels wide leaves 320: nothing is cut off or needs scrolling."""
    plan = item.plan
    page = window_of(officer, viewport={"width": 320, "height": 640}, **MODES[mode])
    faults = []

    def look(name):
        if mode == "text spacing":
            page.evaluate(USE_SPACED, SPACED)
        found = [*filter(None, [page.evaluate(TOO_WIDE)]), *page.evaluate(CUT_OFF)]
        faults.extend(f"{name}: {fault}" for fault in found)

    page.goto(plan.get_absolute_url())
    look("plan home")
    # Every link that can have focus can be seen: the stages are above their columns.
    heads = page.locator(".app-matrix__stage a")
    expect(heads).to_have_count(3)
    for n in range(3):
        heads.nth(n).focus()
        assert page.evaluate(UNSEEN_FOCUS) is None
    page.goto(step_url(plan, 13))
    look("step")
    shown = Item(page, item).open()
    shown.note.fill("A long note. " * 40)
    look("open action")
    shown.close.click()
    expect(shown.edit).to_be_focused()
    page.goto(reverse("plan_stage", args=[plan.pk, 2]))
    look("stage, with a long note")
    shown.shows_lines(" ".join(["A long note."] * 40))
    page.goto(reverse("step_comments", args=[plan.pk, 13]))
    page.get_by_label("Comment", exact=True).fill("Ready for review")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_text("Ready for review", exact=True)).to_be_visible()
    look("comments")
    for name in ("plan_officers", "plan_open", "plan_dates", "action_plan", "plan_history"):
        page.goto(reverse(name, args=[plan.pk]))
        look(name)
    page.goto(reverse("composition_new", args=[plan.council.slug]))
    page.get_by_label("Name of group 1").fill("Oak")
    page.get_by_role("button", name="Add rows").click()
    expect(page.get_by_label("Name of group 1")).to_have_value("Oak")
    expect(page.locator("[name^=name_]:focus")).to_have_count(1)
    look("seats")
    assert faults == []


# What the browser tells assistive technology of a page: its main heading, and its navigation.
PLAN = object()  # the plan of the demo's first council
PAGES = {
    ("plan", PLAN): ("", ["Main", "Plan"]),
    ("plan_for_you", PLAN): ("For you", ["For you", "Main"]),
    ("plan_step", PLAN, 11): (
        "Politics and politicians",
        ["Breadcrumb", "Main", "Plan", "Steps", "This area in each stage"],
    ),
    ("plan_stage", PLAN, 2): ("Early foundations", ["Main", "Plan", "Stages"]),
    ("plan_open", PLAN): ("All actions", ["Main", "Plan"]),
    ("plan_officers", PLAN): ("By officer", ["Main", "Plan"]),
    ("plan_dates", PLAN): ("Key dates", ["Dates", "Main"]),
    ("plan_timeline", PLAN): ("Timeline", ["Dates", "Main"]),
    ("register", PLAN): ("Joint working register", ["Joint working", "Main"]),
    ("plan_history", PLAN): ("History", ["Main", "Pages", "Reports"]),
    ("stage_review", PLAN, 2): ("Review and sign-off", ["Back", "Main", "Reports"]),
    ("rounds", PLAN): ("Review rounds", ["Joint working", "Main"]),
    ("scenarios", PLAN): ("Scenarios", ["Council", "Main"]),
    ("composition", "riverdale"): ("No overall control", ["Council", "Main"]),
    ("balances", "riverdale"): ("Political balance", ["Council", "Main"]),
    ("action_plan", PLAN): ("Download the action plan", ["Main", "Reports"]),
    ("development",): ("Your development", ["Development"]),
    ("guidance",): ("The 30 steps", ["Guidance"]),
    ("people", "riverdale"): ("People", ["Main", "Manage"]),
    ("account",): ("Your account", []),
}
NAMED = {
    "link",
    "button",
    "textbox",
    "radio",
    "checkbox",
    "combobox",
    "searchbox",
    "image",
    "table",
}
STATES = {"radio": "checked", "checkbox": "checked", "DisclosureTriangle": "expanded"}


class Told:
    """The accessibility tree of a page, without the nodes that assistive technology ignores."""

    def __init__(self, page):
        session = page.context.new_cdp_session(page)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        session.detach()
        self.nodes = [
            (
                node.get("role", {}).get("value", ""),
                " ".join(node.get("name", {}).get("value", "").split()),
                {each["name"]: each["value"].get("value") for each in node.get("properties", [])},
            )
            for node in nodes
            if not node.get("ignored")
        ]

    def names(self, role, **wanted):
        return [
            name
            for its, name, has in self.nodes
            if its == role and all(has.get(key) == value for key, value in wanted.items())
        ]

    @property
    def faults(self):
        for role, name, has in self.nodes:
            if role in NAMED and not name:
                yield f"{role} without a name"
            if role in STATES and STATES[role] not in has:
                yield f"{role} “{name}” does not say if it is {STATES[role]}"
        for role in ("main", "banner", "contentinfo"):
            if len(self.names(role)) != 1:
                yield f"{len(self.names(role))} landmarks {role}"
        # The message of the page, and the announcement that repeats it.
        if len(self.names("status", live="polite")) < 2:
            yield "no live region on the page from the start"


def test_what_assistive_technology_is_told(page, signed_in, riverdale_demo, subtests):
    signed_in(page, riverdale_demo("chief@riverdale.example"))
    plan = Plan.objects.get(council__slug="riverdale")
    for (view, *args), (heading, navigation) in PAGES.items():
        if args[:1] == [PLAN]:
            args[0] = plan.pk
        with subtests.test(view):
            page.goto(reverse(view, args=args))
            told = Told(page)
            assert list(told.faults) == []
            (main,) = told.names("heading", level=1)
            assert main == heading or not heading
            assert sorted({*told.names("navigation")} - {"Account"}) == navigation
