"""The public pages in a browser, signed out: examined for accessibility, and linked together."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from .examine import WIDE, Examined

pytestmark = pytest.mark.browser


@pytest.fixture
def examined():
    examined = Examined()
    yield examined
    assert examined.seen
    assert examined.faults == []


def test_the_public_pages_are_accessible_and_linked(page, examined):
    page.set_viewport_size(WIDE)
    page.goto(reverse("account_login"))
    for name in ("help", "contact", "accessibility", "privacy", "cookies"):
        page.get_by_role("contentinfo").locator(f"a[href='{reverse(name)}']").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        examined(page, name)
