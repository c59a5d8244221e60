"""What must hold of every page in every state, looked at in one go."""

from collections import Counter

from axe_playwright_python.sync_playwright import Axe

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}  # also what 400% of a 1280-pixel window leaves

AXE_SCRIPT = Axe().axe_script
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": [
        "wcag2a",
        "wcag2aa",
        "wcag21a",
        "wcag21aa",
        "wcag22aa",
        "best-practice",
    ],
}

OUTLINE = """() => {
  const faults = [];
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const twice = ids.filter((id, n) => ids.indexOf(id) !== n);
  if (twice.length) faults.push(`ids used twice: ${twice}`);
  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")];
  const levels = headings.map((heading) => +heading.tagName[1]);
  if (levels.filter((level) => level === 1).length !== 1) faults.push("not one main heading");
  levels.forEach((level, n) => {
    if (n && level > levels[n - 1] + 1) faults.push(`heading ${n + 1} skips a level`);
  });
  const pointing = ["aria-labelledby", "aria-describedby", "aria-controls", "for"];
  for (const name of pointing) {
    for (const element of document.querySelectorAll(`[${name}]:not([type=hidden])`)) {
      for (const id of element.getAttribute(name).split(/\\s+/)) {
        if (!document.getElementById(id)) faults.push(`${name} leads nowhere: ${id}`);
      }
    }
  }
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    const id = link.getAttribute("href").slice(1);
    if (!document.getElementById(id)) faults.push(`link leads nowhere: #${id}`);
  }
  if (!document.title.includes(" – Transition planner")) faults.push(`title: ${document.title}`);
  return faults;
}"""

TOO_WIDE = """() => {
  const over = document.documentElement.scrollWidth - window.innerWidth;
  if (over <= 0) return null;
  const widest = [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
    .map((element) => element.className || element.tagName);
  return `${over} pixels too wide at ${window.innerWidth}, by ${widest}`;
}"""


class Examined:
    """`examined(page, "name")` looks at what `page` shows; `faults` are what was found."""

    def __init__(self):
        self.faults = []
        self.seen = []

    def __call__(self, page, name):
        self.seen.append(name)
        page.wait_for_load_state()  # a link that was just pressed may have brought half a page
        found = [*page.evaluate(OUTLINE), *axe_faults(page), *summary_faults(page)]
        page.set_viewport_size(NARROW)
        found += filter(None, [page.evaluate(TOO_WIDE)])
        page.set_viewport_size(WIDE)
        self.faults += [f"{name}: {fault}" for fault in found]


# Axe takes seconds on a long page, and most of a page is like the one before. What axe says about
# an element follows from the element and all that it is in: names, classes, attributes, the states
# they give, whether there is text and whether it shows. That is the element's kind. Axe examines
# the first three elements of each kind on the first page that has any, in each worker. A page
# without a new kind is not given to axe; all else above is checked on every page in every state.
KINDS = """() => {
  const VALUES = ["aria-current", "aria-expanded", "aria-hidden", "aria-invalid", "aria-live",
    "autocomplete", "lang", "role", "scope", "tabindex", "type"];
  const hash = (text) => {
    let a = 0xdeadbeef, b = 0x41c6ce57;
    for (let n = 0; n < text.length; n += 1) {
      const code = text.charCodeAt(n);
      a = Math.imul(a ^ code, 2654435761);
      b = Math.imul(b ^ code, 1597334677);
    }
    return (b >>> 0).toString(36) + (a >>> 0).toString(36);
  };
  const own = (element) => {
    const parts = [element.tagName, ...[...element.classList].sort()];
    for (const name of element.getAttributeNames().sort()) {
      const value = element.getAttribute(name);
      parts.push(VALUES.includes(name) ? `${name}=${value}` : `${name}${value ? "" : "=nothing"}`);
    }
    const says = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    parts.push(says, element.checkVisibility(), element.disabled, element.checked);
    return parts.join(" ");
  };
  const found = new Map();
  const visit = (element, above) => {
    const kind = hash(`${above} ${own(element)}`);
    const kinds = new Set([kind]);
    for (const child of element.children) for (const each of visit(child, kind)) kinds.add(each);
    found.set(element, { kind, kinds });
    return kinds;
  };
  window.kindsHere = found;
  return [...visit(document.documentElement, "")];
}"""

RUN = """async ({ fresh, options }) => {
  const wanted = new Map(fresh.map((kind) => [kind, 3]));
  const exclude = [];
  const choose = (element) => {
    for (const child of element.children) {
      const { kind, kinds } = window.kindsHere.get(child) ?? { kinds: fresh };
      if ([...kinds].some((each) => wanted.get(each) > 0)) {
        wanted.set(kind, wanted.get(kind) - 1);
        choose(child);
      } else exclude.push(child);
    }
  };
  choose(document.body);
  const results = await axe.run({ include: [document], exclude }, options);
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}"""

EXAMINED_KINDS = set()  # in this worker
COUNTS = Counter()


def axe_faults(page):
    kinds = page.evaluate(KINDS)
    fresh = [kind for kind in kinds if kind not in EXAMINED_KINDS]
    COUNTS["pages examined"] += 1
    if not fresh:
        return []
    COUNTS["given to axe"] += 1
    EXAMINED_KINDS.update(kinds)
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(RUN, {"fresh": fresh, "options": AXE_OPTIONS})


def summary_faults(page):
    """Every line of an error summary leads to a box that takes the focus."""
    summary = page.locator(".govuk-error-summary")
    if not summary.count():
        return
    if not page.evaluate("document.activeElement.classList.contains('govuk-error-summary')"):
        yield "the error summary has not the focus"
    if not page.title().startswith("Error: "):
        yield f"the title does not begin with Error: {page.title()}"
    links = summary.get_by_role("link")
    if links.count() != summary.get_by_role("listitem").count():
        yield "a line of the error summary is no link"
    for n in range(links.count()):
        target = links.nth(n).get_attribute("href")
        links.nth(n).click()
        focused = page.evaluate("'#' + document.activeElement.id")
        if focused != target:
            yield f"the error summary leads to {target}, the focus is on {focused}"
