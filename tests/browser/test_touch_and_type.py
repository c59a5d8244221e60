"""What can be touched is large enough, and all text is in one family, on the pages used most."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
LARGE, SMALLEST = 44, 24  # CSS pixels: of buttons and boxes, and of links in text

# Every control that is shown, with its size. A radio or checkbox counts with its label, and a link
# in a line of text or a list of links by its own height alone.
MEASURE = """() => {
  const shown = e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length;
  const tooSmall = [];
  for (const e of document.querySelectorAll('a[href], button, summary, input, select, textarea')) {
    if (!shown(e) || e.type === 'hidden' || e.closest('.govuk-visually-hidden, .govuk-skip-link')) {
      continue;
    }
    const size = e.getBoundingClientRect();
    const isButton = e.matches('.govuk-button, .app-menu__link, .app-menu__summary, select, ' +
      '.govuk-input, .govuk-textarea, .app-status__input');
    const least = isButton ? LARGE : SMALLEST;
    const height = Math.max(size.height, e.matches('a, button, summary') ? lineOf(e) : 0);
    if (height + 0.5 < least) tooSmall.push(`${e.outerHTML.slice(0, 90)}: ${height}`);
  }
  function lineOf(e) {
    return parseFloat(getComputedStyle(e).lineHeight) || 0;
  }
  const families = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (node.textContent.trim() && e && shown(e) && !e.closest('script, style, noscript')) {
      families.add(getComputedStyle(e).fontFamily.split(',')[0].replace(/"/g, ''));
    }
  }
  return {tooSmall, families: [...families]};
}""".replace("LARGE", str(LARGE)).replace("SMALLEST", str(SMALLEST))


def test_touch_targets_are_large_enough_and_text_has_one_family(
    page, signed_in, plan, chief, subtests
):
    signed_in(page, chief)
    page.set_viewport_size(PHONE)
    names = ("plan", "plan_for_you", "plan_open", "plan_dates", "plan_settings", "action_plan")
    addresses = [reverse(name, args=[plan.pk]) for name in names]
    addresses += [reverse("plan_step", args=[plan.pk, 13]), "/development/", "/account/"]
    for address in addresses:
        with subtests.test(address):
            page.goto(address)
            found = page.evaluate(MEASURE)
            assert found["families"] == ["Source Sans 3"]
            assert found["tooSmall"] == []
