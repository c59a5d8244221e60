"""The guidance pages: what they show, where they link and how many queries they need."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from frameworks.loading import MODELS
from frameworks.models import (
    Attribute,
    CoalitionComponent,
    DevelopmentStandard,
    DevelopmentTheme,
    Framework,
    OfficerRole,
    Principle,
    RoleArea,
    Stage,
    Step,
)
from frameworks.wording import paragraphs, put_term

LISTS = [
    "/guidance/",
    "/guidance/components/",
    "/guidance/themes/",
    "/guidance/officers/",
    "/guidance/reflections/",
    "/guidance/search/",
]
ENTRIES = [
    *(f"/guidance/steps/{number}/" for number in range(1, 31)),
    *(f"/guidance/areas/{number}/" for number in range(1, 11)),
    *(f"/guidance/components/{number}/" for number in range(1, 13)),
    *(f"/guidance/themes/{number}/" for number in range(1, 8)),
]
MOST_QUERIES = 8


class Page(HTMLParser):
    """A parsed page: its headings, links, tags and text."""

    VOID = {"meta", "link", "input", "br", "img"}

    def __init__(self, response):
        super().__init__()
        assert response.status_code == 200
        self.source = response.content.decode()
        self.headings, self.links, self.tags, self.pieces = [], [], [], []
        self._open = []
        self.feed(self.source)
        self.text = " ".join(" ".join(self.pieces).split())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if tag not in self.VOID:
            self._open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if tag == "a":
            self.links.append([attrs["href"], "", attrs])

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if {"script", "style"} & set(self._open):
            return
        self.pieces.append(data)
        if any(re.fullmatch("h[1-6]", tag) for tag in self._open):
            level, text = self.headings[-1]
            self.headings[-1] = (level, f"{text}{data}")
        if "a" in self._open:
            self.links[-1][1] += data

    def has(self, text):
        return " ".join(put_term(text).split()) in self.text

    def link(self, href):
        """Return the text of the first link to `href`."""
        return next(" ".join(words.split()) for to, words, _ in self.links if to == href)

    def hrefs(self, beginning="/guidance/"):
        return [to for to, _, _ in self.links if to.startswith(beginning)]


@pytest.fixture
def read(client, chief):
    client.force_login(chief)
    return lambda url: Page(client.get(url))


# --- Every page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [*LISTS, *ENTRIES])
def test_a_page_is_well_formed_and_needs_few_queries(read, url, django_assert_max_num_queries):
    if "search" not in url:
        with django_assert_max_num_queries(MOST_QUERIES):
            page = read(url)
    else:
        page = read(url)
    levels = [level for level, _ in page.headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(text.strip() for _, text in page.headings)
    assert not re.search(r"[{}]", page.text.replace('{"allowEval"', ""))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert not [tag for tag, attrs in page.tags if tag == "style" or "style" in attrs]
    assert re.search(r"<title>[^<]+ – Transition planner</title>", page.source)


@pytest.mark.parametrize("url", [*LISTS, "/guidance/steps/1/", "/guidance/themes/1/"])
def test_reading_needs_sign_in(client, db, url):
    response = client.get(url)
    assert response.status_code == 302
    assert response.url.startswith("/sign-in/")


@pytest.mark.parametrize("kind", ["steps", "areas", "components", "themes"])
@pytest.mark.parametrize("number", [0, 31, 998, 999, 1000, 2**15, 2**31, 2**63, 10**30])
def test_a_number_that_does_not_exist_is_not_found(client, chief, kind, number):
    client.force_login(chief)
    assert client.get(f"/guidance/{kind}/{number}/").status_code == 404


def test_every_link_within_the_guidance_works(client, chief):
    client.force_login(chief)
    pages = {url: Page(client.get(url)) for url in [*LISTS, *ENTRIES]}
    ids = {
        url: {attrs["id"] for _, attrs in page.tags if "id" in attrs} for url, page in pages.items()
    }
    for url, page in pages.items():
        for href in [*page.hrefs(), *page.hrefs("#")]:
            path, _, anchor = href.partition("#")
            assert not anchor or anchor in ids[path or url], f"{url}: {href}"


@pytest.mark.parametrize(
    ("url", "label", "current"),
    [
        ("/guidance/", "The 30 steps", "page"),
        ("/guidance/steps/13/", "The 30 steps", "true"),
        ("/guidance/areas/3/", "The 30 steps", "true"),
        ("/guidance/components/", "Coalition components", "page"),
        ("/guidance/components/5/", "Coalition components", "true"),
        ("/guidance/themes/3/", "Development themes", "true"),
        ("/guidance/officers/", "Officer roles", "page"),
        ("/guidance/reflections/", "Reflections", "page"),
        ("/guidance/search/", None, None),
    ],
)
def test_navigation_marks_the_current_section(read, url, label, current):
    sections = ["The 30 steps", "Coalition components", "Development themes"]
    sections += ["Officer roles", "Reflections"]
    items = [
        (words.strip(), attrs.get("aria-current"))
        for _, words, attrs in read(url).links
        if attrs.get("class") == "app-places__link"
    ]
    assert items == [(name, current if name == label else None) for name in sections]


# --- The 30 steps ---------------------------------------------------------------------------------


def test_the_matrix_is_a_table_of_areas_by_stages(read):
    page = read("/guidance/")
    scopes = [attrs["scope"] for tag, attrs in page.tags if tag == "th"]
    assert scopes.count("col") == 4
    assert scopes.count("row") == 10
    roles = [attrs.get("role") for tag, attrs in page.tags if tag in {"table", "tr", "th", "td"}]
    assert None not in roles
    assert page.hrefs("/guidance/steps/") == [
        f"/guidance/steps/{area + stage}/" for area in range(1, 11) for stage in (0, 10, 20)
    ]
    assert page.link("/guidance/steps/13/") == (
        "Step 13 2 items Early foundations suggested lead: Monitoring officer"
    )


def test_the_matrix_page_explains_the_stages(read):
    page = read("/guidance/")
    for stage in Stage.objects.all():
        assert all(page.has(purpose) for purpose in stage.focus_list)
        assert page.has(stage.summary)
        assert all(page.has(paragraph) for paragraph in stage.guidance_paragraphs)
    assert page.has("Dr Stephanie Snape")
    assert page.has("Our wording.")


@pytest.mark.parametrize("number", [1, 13, 24, 30])
def test_a_step_shows_all_its_content(read, number):
    step = Step.objects.select_related("stage", "lead_role").get(number=number)
    page = read(f"/guidance/steps/{number}/")
    assert (1, step.title) in page.headings
    assert page.has(f"Step {number} · {step.stage.short_title}")
    assert page.has(step.summary)
    assert all(page.has(paragraph) for paragraph in step.guidance_paragraphs)
    assert page.link(f"/guidance/officers/#{step.lead_role.code}").lower() == (
        step.lead_role.name.lower()
    )
    for role in step.support_roles.all():
        assert f"/guidance/officers/#{role.code}" in page.hrefs()
    items = list(step.items.all())
    shown = [attrs["id"] for tag, attrs in page.tags if attrs.get("id", "").startswith("NOC-")]
    assert shown == [item.code for item in items]
    for item in items:
        assert (3, put_term(item.text)) in page.headings
        assert all(page.has(prompt) for prompt in item.prompt_list)
    assert page.has(f"Step {number}. Our wording.")


def test_a_step_shows_the_pointers_placed_on_it(read):
    step = Step.objects.get(number=13)
    placements = step.placements.select_related("item__component")
    page = read("/guidance/steps/13/")
    assert len(placements) == 2
    shown = [attrs["id"] for _, attrs in page.tags if attrs.get("id", "").startswith("COMP-")]
    assert shown == [placement.item.code for placement in placements]
    for placement in placements:
        component = placement.item.component
        assert page.has(placement.item.text)
        assert page.has(placement.reason)
        to = f"/guidance/components/{component.number}/#{placement.item.code}"
        assert page.link(to).startswith(f"component {component.number}, ")
    assert page.has("We chose these pointers for this step. They are not part of the source.")


def test_a_step_shows_related_guidance_as_our_choice(read):
    step = Step.objects.get(number=13)
    page = read("/guidance/steps/13/")
    for link in step.component_links.select_related("component"):
        url = link.component.get_absolute_url()
        assert page.link(url) == f"Component {link.component.number}: {link.component.title}"
        assert page.has(link.reason)
    for link in step.theme_links.select_related("theme"):
        assert page.link(link.theme.get_absolute_url()) == (
            f"Theme {link.theme.number}: {link.theme.title}"
        )
        assert page.has(link.reason)
    assert page.has("We chose these links. They are not part of the source.")


def test_a_step_links_to_its_area_in_the_other_stages(read):
    page = read("/guidance/steps/13/")
    siblings = [(to, a.get("aria-current")) for to, _, a in page.links if "siblings" in a["class"]]
    assert siblings == [
        ("/guidance/steps/3/", None),
        ("/guidance/steps/13/", "page"),
        ("/guidance/steps/23/", None),
    ]


@pytest.mark.parametrize(
    ("url", "before", "after"),
    [
        ("steps/1", None, "steps/2"),
        ("steps/10", "steps/9", "steps/11"),
        ("steps/30", "steps/29", None),
        ("areas/1", None, "areas/2"),
        ("areas/10", "areas/9", None),
        ("components/12", "components/11", None),
        ("themes/4", "themes/3", "themes/5"),
    ],
)
def test_previous_and_next(read, url, before, after):
    page = read(f"/guidance/{url}/")
    ways = {attrs["rel"]: to for to, _, attrs in page.links if attrs.get("rel") in {"prev", "next"}}
    expected = {"prev": before, "next": after}
    assert ways == {rel: f"/guidance/{to}/" for rel, to in expected.items() if to}


def test_an_area_shows_its_role_and_its_steps(read):
    area = RoleArea.objects.get(number=3)
    page = read("/guidance/areas/3/")
    assert (1, f"Role area 3 {area.title}") in page.headings
    assert area.statements.count() > 1
    assert all(page.has(statement.text) for statement in area.statements.all())
    assert all(page.has(paragraph) for paragraph in area.guidance_paragraphs)
    assert page.hrefs("/guidance/steps/") == [f"/guidance/steps/{n}/" for n in (3, 13, 23)]
    assert page.has("area 3. Our wording.")


# --- Components, themes, reflections, officers ----------------------------------------------------


def test_the_list_of_components(read):
    page = read("/guidance/components/")
    for component in CoalitionComponent.objects.all():
        assert page.link(component.get_absolute_url()) == component.title
        assert page.has(component.summary)


@pytest.mark.parametrize("number", [1, 5, 12])
def test_a_component_shows_all_its_content(read, number):
    component = CoalitionComponent.objects.get(number=number)
    page = read(f"/guidance/components/{number}/")
    assert all(page.has(paragraph) for paragraph in component.guidance_paragraphs)
    for pointer in component.pointers.prefetch_related("placements__step"):
        assert page.has(pointer.text)
        assert all(page.has(prompt) for prompt in pointer.prompt_list)
        for placement in pointer.placements.all():
            assert f"{placement.step.get_absolute_url()}#{pointer.code}" in page.hrefs()
            assert page.has(placement.reason)
    for link in component.step_links.select_related("step"):
        assert (
            page.link(link.step.get_absolute_url()) == f"Step {link.step.number}: {link.step.title}"
        )
        assert page.has(link.reason)
    assert len([a for _, a in page.tags if a.get("id", "").startswith("COMP-Q")]) == 4
    assert page.has("We chose these links. They are not part of the source.")
    assert page.has(f"Component {number}. Our wording.")


def test_the_map_of_themes_by_phases(read):
    page = read("/guidance/themes/")
    assert [attrs["scope"] for tag, attrs in page.tags if tag == "th"].count("row") == 7
    cells = [words.split() for to, words, _ in page.links if "#DEV-" in to]
    assert len(cells) == 21
    assert sum(int(words[0]) for words in cells) == 114


@pytest.mark.parametrize("number", [1, 7])
def test_a_theme_shows_its_standards_by_phase(read, number):
    theme = DevelopmentTheme.objects.get(number=number)
    page = read(f"/guidance/themes/{number}/")
    phases = ["Acquiring knowledge", "Gaining experience", "Sharpening judgement"]
    assert [text for level, text in page.headings if level == 2][:3] == phases
    standards = DevelopmentStandard.objects.filter(theme=theme)
    shown = [a["id"] for tag, a in page.tags if tag == "li" and a.get("id", "").startswith("DEV-")]
    assert shown == [standard.code for standard in standards]
    assert all(page.has(standard.text) for standard in standards)
    assert set(page.hrefs("/guidance/steps/")) == {
        link.step.get_absolute_url() for link in theme.step_links.select_related("step")
    }


def test_reflections_are_marked_as_dated_opinion(read):
    page = read("/guidance/reflections/")
    assert page.has("the authors’ opinions at the time, not guidance")
    assert page.text.count("The author’s opinion at the time") == 2
    for framework in Framework.objects.filter(standing=Framework.Standing.OPINION):
        assert page.has(framework.author)
        assert page.has(framework.published)
        assert all(page.has(paragraph) for paragraph in paragraphs(framework.summary))
    for model in (Principle, Attribute):
        for entry in model.objects.all():
            assert (3, f"{entry.number}. {entry.title}") in page.headings
            assert page.has(entry.text)


def test_officers_show_their_part_and_what_they_lead(read):
    page = read("/guidance/officers/")
    parts = re.split(r'<section class="app-officer" id="([a-z0-9-]+)">', page.source)[1:]
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    assert list(sections) == [role.code for role in OfficerRole.objects.all()]
    for role in OfficerRole.objects.all():
        assert all(page.has(paragraph) for paragraph in role.part_paragraphs)
        section = sections[role.code]
        led = re.search(r'<dl class="app-officer__stages">.*?</dl>', section, re.DOTALL)
        numbers = re.findall(r"/guidance/steps/(\d+)/", led[0]) if led else []
        assert [int(n) for n in numbers] == [step.number for step in role.led_steps.all()]
    assert "Leads individual items in" in sections["section-151-officer"]
    assert "/guidance/steps/25/" in sections["section-151-officer"]
    assert "Supports" in sections["lga-adviser"]


def test_an_item_that_asks_about_people_says_what_to_record(read):
    page = read("/guidance/steps/22/")
    caution = "Record what will be done, not an opinion of anyone."
    assert caution in page.source.partition('id="NOC-22.2"')[2].partition('id="NOC-22.3"')[0]
    assert caution not in page.source.partition('id="NOC-22.2"')[0]


@pytest.mark.parametrize("url", [url for url in [*LISTS, *ENTRIES] if "search" not in url])
def test_what_is_ours_is_labelled_as_ours(read, url):
    page = read(url)
    has_roles = re.search(r"\b(lead|leads|supports):", page.text, re.IGNORECASE)
    assert not re.search(r"(?<!suggested )\blead:", page.text, re.IGNORECASE)
    if has_roles and "officers" not in url:
        assert page.has("The prompts, officer roles, links and notes on who decides are ours too.")
    if "officers" in url:
        assert page.has("We suggest which officer leads and supports each step and item.")
    assert not re.search(r"guidance names[^.]* as (the )?lead", page.text)


# --- Editions, and nothing at all -----------------------------------------------------------------


@pytest.fixture
def second_edition(db):
    """Make a current second edition of the 30 steps, with one step."""
    old = Framework.objects.current(Framework.TRANSITION)
    Framework.objects.filter(pk=old.pk).update(is_current=False)
    first = Step.objects.select_related("stage", "role_area").get(number=1)
    new = Framework.objects.current(Framework.COMPONENTS)
    new.pk, new.slug, new.edition = None, Framework.TRANSITION, "2"
    new.save()
    for entry in (first.stage, first.role_area, first):
        entry.pk, entry.framework = None, new
    first.stage.save()
    first.role_area.save()
    first.stage_id, first.role_area_id = first.stage.pk, first.role_area.pk
    first.title = "Newly put"
    first.save()
    return new


@pytest.mark.usefixtures("second_edition")
def test_pages_show_only_current_editions(client, read):
    assert read("/guidance/").hrefs("/guidance/steps/") == ["/guidance/steps/1/"]
    assert (1, "Newly put") in read("/guidance/steps/1/").headings
    assert client.get("/guidance/steps/13/").status_code == 404
    assert client.get("/guidance/areas/3/").status_code == 404
    for url in ("/guidance/components/5/", "/guidance/themes/3/"):
        assert not read(url).hrefs("/guidance/steps/")
    assert set(read("/guidance/officers/").hrefs("/guidance/steps/")) == {"/guidance/steps/1/"}


def test_a_step_shows_nothing_from_past_editions(read):
    past = [Framework.COMPONENTS, Framework.DEVELOPMENT]
    Framework.objects.filter(slug__in=past).update(is_current=False)
    page = read("/guidance/steps/13/")
    assert not page.hrefs("/guidance/components/")[2:], "only the navigation leads there"
    assert not page.hrefs("/guidance/themes/")[2:]
    assert not page.has("Related pointers")
    assert not page.has("Related guidance")


def test_pages_say_when_nothing_is_loaded(client, read):
    for model in reversed(MODELS):
        model.objects.all().delete()
    for url in LISTS[:-1]:
        assert read(url).has("The guidance has not been loaded yet"), url
    assert client.get("/guidance/steps/1/").status_code == 404


def test_the_search_answers_while_one_types_and_the_bar_has_a_plain_box(read):
    own = read("/guidance/search/").source
    assert "data-hx-get" in own
    assert own.count('type="search"') == 1
    other = read("/guidance/components/").source
    assert other.count('type="search"') == 1
