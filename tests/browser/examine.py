"""What must hold of every page in every state, looked at in one go."""

from axe_playwright_python.sync_playwright import Axe

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}  # also what 400% of a 1280-pixel window leaves

AXE = Axe()
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
  if (twice.length) faults.push(`ids that stand twice: ${twice}`);
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


# The twentieth item of a list is like the others, and a hundred take long to look at.
AXE_CONTEXT = {"exclude": [[".app-item:nth-of-type(n+20)"]]}


def axe_faults(page):
    results = AXE.run(page, context=AXE_CONTEXT, options=AXE_OPTIONS)
    for violation in results.response["violations"]:
        for node in violation["nodes"]:
            yield f"{violation['id']}: {violation['help']}: {node['html'][:200]}"


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
