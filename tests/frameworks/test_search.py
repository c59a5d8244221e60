"""Searching the guidance: what is found, the order, the results page and the number of queries."""

import html
import re
from collections import defaultdict

import pytest
from django.core.cache import cache
from django.urls import reverse

from frameworks import search
from frameworks.loading import load
from frameworks.models import (
    Attribute,
    ChecklistItem,
    CoalitionComponent,
    DevelopmentStandard,
    DevelopmentTheme,
    OfficerRole,
    Principle,
    ReflectiveQuestion,
    RoleArea,
    RoleStatement,
    Stage,
    Step,
)
from frameworks.search import MOST_RESULTS, IndexedEntry, Passage, SearchIndex, find
from frameworks.wording import put_term
from tests.frameworks.test_load_frameworks import STAGE_2, Files

pytestmark = pytest.mark.django_db

URL = "/guidance/search/"


@pytest.fixture
def reader(client, chief):
    client.force_login(chief)
    return client


def text_of(markup):
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def found(query):
    """Return the URLs of everything found."""
    return [result.url for result in find(query).results]


# --- What is found --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "field", "view"),
    [
        (Step, "summary", "guidance_step"),
        (Step, "guidance", "guidance_step"),
        (RoleArea, "title", "guidance_area"),
        (RoleArea, "guidance", "guidance_area"),
        (CoalitionComponent, "title", "guidance_component"),
        (CoalitionComponent, "guidance", "guidance_component"),
        (DevelopmentTheme, "title", "guidance_theme"),
    ],
)
def test_entries_with_a_page_are_found_by_each_of_their_texts(model, field, view):
    for row in model.objects.filter(number__in=(1, 5, 7)):
        words = put_term(getattr(row, field))[: search.LONGEST_QUERY].rpartition(" ")[0]
        words = words or getattr(row, field)
        assert reverse(view, args=[row.number]) in found(words)


@pytest.mark.parametrize(
    ("model", "field", "page"),
    [
        (Stage, "focus", lambda row: "/guidance/"),
        (ChecklistItem, "text", lambda row: (row.step or row.component).get_absolute_url()),
        (ChecklistItem, "prompts", lambda row: (row.step or row.component).get_absolute_url()),
        (RoleStatement, "text", lambda row: row.role_area.get_absolute_url()),
        (ReflectiveQuestion, "text", lambda row: "/guidance/components/"),
        (DevelopmentStandard, "text", lambda row: row.theme.get_absolute_url()),
        (Principle, "title", lambda row: "/guidance/reflections/"),
        (Principle, "text", lambda row: "/guidance/reflections/"),
        (Attribute, "title", lambda row: "/guidance/reflections/"),
        (OfficerRole, "part", lambda row: "/guidance/officers/"),
    ],
)
def test_entries_on_a_page_are_found_at_their_anchor(model, field, page):
    rows = list(model.objects.exclude(**{field: ""}))
    for row in rows[:: max(1, len(rows) // 5)]:
        words = put_term(getattr(row, field))[: search.LONGEST_QUERY].rpartition(" ")[0]
        assert f"{page(row)}#{row.code}" in found(words or getattr(row, field))


def test_placeholders_are_filled_before_matching():
    item = ChecklistItem.objects.filter(text__contains="{coalition}").first()
    query = put_term(item.text)
    assert len(query) <= search.LONGEST_QUERY
    (result,) = find(query).results[:1]
    assert text_of(result.heading) == query
    for result in find("coalition").results:
        assert "{" not in result.heading + result.snippet


def test_every_word_must_match():
    both = set(found("constitution monitoring"))
    assert both
    assert both < set(found("constitution"))
    assert not found("constitution zyx")


@pytest.mark.parametrize(
    "query",
    [
        "constitution",
        "CONSTITUTION",
        "constitútion",
        "constitution ",
        " constitution, ",
        "(constitution)",
    ],
)
def test_case_accents_and_punctuation_do_not_matter(query):
    assert found(query) == found("constitution")
    assert "/guidance/steps/13/" in found(query)


def test_accents_in_either_form():
    index = SearchIndex([IndexedEntry("Note", "/1", "Fiancée café")])
    for query in ("fiancee", "fiancée", "fiance\u0301e", "CAFE\u0301"):
        passage = Passage(query)
        assert index.with_words([word for word, _, _ in passage.words])[0] == [0], query


def test_apostrophes_do_not_matter():
    for query in ("council's", "council\u2019s", "councils"):
        assert found(query) == found("councils")


def test_the_start_of_a_word_is_enough_but_not_the_middle():
    assert set(found("constitution")) <= set(found("constitut"))
    assert find("nstitution").total == 0


def test_a_code_finds_only_its_entry():
    for query in ("NOC-13.1", " noc-13.1 "):
        assert found(query) == ["/guidance/steps/13/#NOC-13.1"]
    assert found("DEV-3") == ["/guidance/themes/3/"]


def test_a_number_finds_the_step():
    assert found("step 13")[0] == "/guidance/steps/13/"
    assert found("component 5")[0] == "/guidance/components/5/"


def test_words_that_no_entry_contains_are_named():
    answer = find("governance zyxw qqq")
    assert answer.total == 0
    assert answer.unknown == ["zyxw", "qqq"]


# --- Order ----------------------------------------------------------------------------------------


def ranked(query, *entries):
    index = SearchIndex(entries)
    return [index.entries[n].url for n in index.with_words(query.split())[0]]


def test_titles_come_before_texts_and_texts_before_guidance():
    entries = [
        IndexedEntry("Note", "guidance", "Other", "Other", "The budget"),
        IndexedEntry("Note", "item", "Set the budget", titled=False),
        IndexedEntry("Note", "text", "Other", "The budget", "Other"),
        IndexedEntry("Note", "beginning of a title", "Budgetary position"),
        IndexedEntry("Note", "title", "The budget"),
    ]
    assert ranked("budget", *entries) == [
        "title",
        "beginning of a title",
        "item",
        "text",
        "guidance",
    ]


def test_more_words_in_the_title_come_first():
    entries = [
        IndexedEntry("Note", "one", "Budget", "Setting it"),
        IndexedEntry("Note", "both", "Setting a budget"),
    ]
    assert ranked("setting budget", *entries) == ["both", "one"]


def test_equal_results_keep_the_order_of_the_guidance():
    assert found("governance")[:4] == [
        f"/guidance/{p}/" for p in ("steps/3", "steps/13", "steps/23", "areas/3")
    ]


# --- How it is shown ------------------------------------------------------------------------------


def test_matches_are_marked_and_everything_is_escaped():
    passage = Passage("<b>Budget</b> & “budgets” <script>")
    assert passage.marked(("budget",)) == (
        "&lt;b&gt;<mark>Budget</mark>&lt;/b&gt; &amp; “<mark>budgets</mark>” &lt;script&gt;"
    )
    assert Passage("<i>").snippet(("i",)) == "&lt;<mark>i</mark>&gt;"


def test_a_long_text_is_cut_around_the_most_matches():
    text = "budget " + "word " * 200 + "the budget of the partnership " + "word " * 200
    snippet = Passage(text).snippet(("budget", "partnership"))
    assert "<mark>budget</mark> of the <mark>partnership</mark>" in snippet
    assert snippet.startswith("… ")
    assert snippet.endswith(" …")
    assert len(text_of(snippet)) <= search.SNIPPET_LENGTH + 4


@pytest.mark.parametrize("text", ["x" * 500, "- " * 300, "a " * 300, "." * 300 + "end"])
@pytest.mark.parametrize("asked", [("x",), ("a",), ("end",)])
def test_a_snippet_of_odd_text(text, asked):
    assert len(text_of(Passage(text).snippet(asked))) <= max(search.SNIPPET_LENGTH, 500) + 4


def test_a_result_shows_why_it_was_found():
    for query in ("constitution", "induction councillors", "budget"):
        for result in find(query).results:
            assert "<mark>" in result.kind + result.place + result.heading + result.snippet


# --- The page -------------------------------------------------------------------------------------


def test_search_needs_sign_in(client):
    assert client.get(URL, {"q": "budget"}).status_code == 302
    fragment = client.get(URL, {"q": "budget"}, headers={"HX-Request": "true"})
    assert fragment.status_code == 401
    assert b"app-results" not in fragment.content


def test_the_page_answers_without_javascript(reader):
    page = reader.get(URL, {"q": "standing orders"}).content.decode()
    assert '<form class="app-search" action="/guidance/search/" method="get"' in page
    assert 'value="standing orders"' in page
    assert re.search(r'role="status">\d+ results for “standing orders”\.', page)
    assert '<a class="govuk-link" href="/guidance/steps/13/#NOC-13.2">' in page
    assert "<title>standing orders – Search the guidance" in page


def test_the_fragment_holds_only_the_same_results(reader):
    page = reader.get(URL, {"q": "standing orders"}).content.decode()
    fragment = reader.get(
        URL, {"q": "standing orders"}, headers={"HX-Request": "true"}
    ).content.decode()
    results = re.compile(r'<ol class="app-results">.*</ol>', re.DOTALL)
    assert "<html" not in fragment
    assert results.search(fragment)[0] == results.search(page)[0]
    assert 'id="search-count" data-hx-swap-oob="innerHTML">' in fragment
    assert "results for “standing orders”." in fragment


def test_the_box_searches_while_someone_types(reader):
    for url in (URL, "/guidance/"):
        (box,) = re.findall(
            r"<input[^>]*id=\"guidance-search\"[^>]*>", reader.get(url).content.decode()
        )
        assert 'data-hx-get="/guidance/search/"' in box
        assert 'data-hx-trigger="input changed delay:200ms, search"' in box
        assert 'data-hx-target="#search-results"' in box
        assert 'data-hx-replace-url="true"' in box


def test_every_guidance_page_has_one_search_box(reader):
    for url in (URL, "/guidance/", "/guidance/steps/1/", "/guidance/officers/"):
        assert reader.get(url).content.count(b'id="guidance-search"') == 1


def test_the_page_before_a_search(reader):
    page = reader.get(URL).content.decode()
    assert "Enter one or more words" in page
    assert "No results" not in page


def test_nothing_found(reader):
    page = reader.get(URL, {"q": "governance zyxw"}).content.decode()
    assert "No results for “governance zyxw”." in page
    assert "The guidance does not contain “zyxw”." in page
    page = reader.get(URL, {"q": "zyxw qqq"}).content.decode()
    assert "The guidance does not contain “zyxw” or “qqq”." in page


def test_words_that_no_single_entry_contains(reader):
    answer = find("passionate standing orders")
    assert (answer.total, answer.unknown) == (0, [])
    page = reader.get(URL, {"q": "passionate standing orders"}).content.decode()
    assert "No entry contains all of these words." in page


def test_at_most_fifty_are_shown_and_all_are_counted(reader):
    answer = find("the")
    assert answer.total > MOST_RESULTS
    page = reader.get(URL, {"q": "the"}).content.decode()
    assert f"Showing the best 50 of {answer.total} results for “the”." in page
    assert page.count('<li class="app-results__result">') == 50


SIGNS = ["", " ", "?!", "\x00", "%", "\\", "(((", "'", '"', "’", "<script>alert(1)</script>", "a_b"]
LETTERS = ["é", "\u0301", "🙂", "שלום", "١٢", "½", "ß", "İ", "ﬀ", "ﾞ", "𝐠𝐨𝐯", "\ud800", "a " * 50]
TEMPLATES = ["{coalition}", "{{ 1 }}", "{% if %}", "-"]


@pytest.mark.parametrize("query", [*SIGNS, *LETTERS, *TEMPLATES])
def test_any_characters_get_a_page(reader, query):
    query = query.encode("utf-8", "surrogatepass")
    for headers in ({}, {"HX-Request": "true"}):
        response = reader.get(URL, {"q": query}, headers=headers)
        assert response.status_code == 200
        assert b"<script>alert" not in response.content


def test_only_punctuation_asks_for_a_letter(reader):
    assert "Enter at least one letter or number." in reader.get(URL, {"q": "?!"}).content.decode()


@pytest.mark.parametrize("query", ["budget " * 1500, "b" * 10_000, "é" * 10_000])
def test_a_very_long_query_is_cut_and_says_so(reader, query):
    page = reader.get(URL, {"q": query}).content.decode()
    assert "Only the first 100 characters were used." in page
    assert len(page) < 40_000


def test_a_query_that_just_fits_is_not_cut(reader):
    assert "Only the first" not in reader.get(URL, {"q": "b" * 100}).content.decode()


def test_every_result_links_to_its_entry(reader):
    anchors = defaultdict(set)
    for entry in search._current_index().entries:
        path, _, anchor = entry.url.partition("#")
        anchors[path].add(anchor)
    assert sum(len(names) for names in anchors.values()) > 300
    for path, names in anchors.items():
        response = reader.get(path)
        assert response.status_code == 200
        ids = re.findall(r'\bid="([^"]+)"', response.content.decode())
        assert names - {""} <= set(ids), path
        assert len(ids) == len(set(ids)), f"{path} uses an id twice"


# --- Cost and freshness ---------------------------------------------------------------------------


def test_a_search_needs_one_query(django_assert_max_num_queries):
    find("budget")
    with django_assert_max_num_queries(1):
        find("governance council")


def test_the_page_needs_three_queries(reader, django_assert_max_num_queries):
    reader.get(URL, {"q": "budget"})
    with django_assert_max_num_queries(3):
        reader.get(URL, {"q": "governance council"})


def test_the_index_is_built_with_few_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        SearchIndex(search._entries())


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


def test_a_load_is_noticed(files, django_capture_on_commit_callbacks):
    assert not found("zyxw")
    files.change(STAGE_2, "NOC-13.1", text="Talk about zyxw early")
    with django_capture_on_commit_callbacks(execute=True):
        load(files.directory)
    assert found("zyxw") == ["/guidance/steps/13/#NOC-13.1"]


def test_a_load_in_another_process_is_noticed(files):
    """Another process changes rows, and the mark in the shared cache."""
    assert not found("zyxw")
    files.change(STAGE_2, "NOC-13.1", text="Talk about zyxw early")
    load(files.directory)
    cache.set(search.MARK, "set elsewhere", timeout=None)
    assert found("zyxw") == ["/guidance/steps/13/#NOC-13.1"]


def test_a_load_that_changes_nothing_keeps_the_index(files, django_capture_on_commit_callbacks):
    find("budget")
    mark = cache.get(search.MARK)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        load(files.directory)
    assert not callbacks
    assert cache.get(search.MARK) == mark


def test_the_index_is_rebuilt_when_the_cache_dropped_the_mark():
    assert not found("zyxw")
    ChecklistItem.objects.filter(code="NOC-13.1").update(text="Talk about zyxw early")
    assert not found("zyxw")
    cache.delete(search.MARK)
    assert found("zyxw")


def test_only_current_editions_are_found():
    old = CoalitionComponent.objects.get(number=5).framework
    type(old).objects.filter(pk=old.pk).update(is_current=False)
    cache.delete(search.MARK)
    assert not [url for url in found("governance") if url.startswith("/guidance/components/")]
