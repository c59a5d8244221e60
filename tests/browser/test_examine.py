"""What every page is examined for is found, on a page of which the rest has been seen as well."""

import pytest

from .examine import COUNTS, EXAMINED_KINDS, axe_faults

pytestmark = pytest.mark.browser


@pytest.fixture
def seen(page):
    """The sign-in page, of which every kind of element is known."""
    page.goto("/sign-in/")
    assert list(axe_faults(page)) == []
    return page


def test_the_same_page_is_not_given_to_axe_again(seen):
    given = COUNTS["given to axe"]
    seen.reload()
    assert list(axe_faults(seen)) == []
    assert COUNTS["given to axe"] == given


@pytest.mark.parametrize(
    ("markup", "rule"),
    [
        ('<img src="/static/favicon.svg">', "image-alt"),
        ('<p class="govuk-body faint">Hardly there</p>', "color-contrast"),
        ("<input>", "label"),
        ('<button class="govuk-button"></button>', "button-name"),
    ],
)
def test_a_fault_that_is_new_on_a_known_page_is_found(seen, heard, markup, rule):
    heard.expect("favicon|404")
    known = set(EXAMINED_KINDS)
    seen.locator("main").evaluate(
        "(main, html) => main.insertAdjacentHTML('beforeend', html)", markup
    )
    seen.evaluate("document.querySelector('.faint')?.style.setProperty('color', '#ddd')")
    faults = list(axe_faults(seen))
    EXAMINED_KINDS.clear()
    EXAMINED_KINDS.update(known)  # no page may pass for examined because of this one
    assert [fault for fault in faults if fault.startswith(f"{rule}:")]
