"""What a person does in a browser window, and what they see of an item."""

import re
import time

from playwright.sync_api import expect

from tests.conftest import PASSWORD

SAVED = re.compile(r"^Saved at (\d{1,2}(:\d\d)?[ap]m|midday|midnight)$")


def sign_in(page, user, password=PASSWORD):
    """As a person does: on the page that asks for it."""
    page.get_by_label("Email address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Account", exact=True)).to_be_visible()


class Item:
    """One item on a page, by what a person sees of it."""

    def __init__(self, page, item):
        self.page = page
        self.box = page.locator(f"#item-{item.pk}")
        self.state = self.box.locator(".app-item__state")
        self.saved = self.box.locator(".app-item__saved")
        self.edit = self.box.get_by_role("link", name="Edit")
        self.note = self.box.get_by_role("textbox", name="Note", exact=True)
        self.reason = self.box.get_by_label("Why it is not needed")
        self.owner = self.box.get_by_role("combobox", name="Owner", exact=True)
        self.owner_name = self.box.get_by_label("Name of the owner")
        self.day, self.month, self.year = (
            self.box.get_by_label(part, exact=True) for part in ("Day", "Month", "Year")
        )
        self.close = self.box.get_by_role("button", name="Save and close")
        self.conflict = self.box.locator(".app-conflict")

    def status(self, name):
        return self.box.get_by_role("radio", name=name, exact=True)

    def error(self, name):
        return self.box.locator(f"[id$='-error-{name}']")

    def open(self):
        self.edit.click()
        expect(self.note).to_be_visible()
        return self

    def shows_lines(self, text):
        """The text with its line breaks, which a page has only once its stylesheet is there."""
        expect(self.box).to_contain_text(re.compile(re.escape(text)), use_inner_text=True)

    def is_saved(self):
        expect(self.saved).to_have_text(SAVED)

    def is_not_saved(self, words=""):
        expect(self.saved).to_have_text(re.compile(f"^Not saved.*{words}"))


class Held:
    """Saves on their way to the server, kept there until the test lets them through."""

    def __init__(self, page):
        self.page = page
        self.routes = []
        self.is_open = False
        page.route(re.compile(r"/items/\d+/$"), self._hold)

    def _hold(self, route):
        if self.is_open or route.request.method != "POST":
            route.continue_()
        else:
            self.routes.append(route)

    def wait(self, count=1):
        """Until so many have set out."""
        for _ in range(500):
            if len(self.routes) >= count:
                return
            self.page.wait_for_timeout(10)
        raise AssertionError(f"{len(self.routes)} saves set out, not {count}")

    def let_through(self):
        """These and all that follow."""
        self.is_open = True
        for route in self.routes:
            route.continue_()


def saves_of(page):
    """Counts the saves that a page sends: a list that grows."""
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request))
    return sent


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def wait_until(page, function, *, seconds=5):
    """Wait until a JavaScript function returns true in the page.

    The one of Playwright asks again in a way that the page's own security policy refuses.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(function):
        assert time.monotonic() < end, function
        page.wait_for_timeout(50)
