"""The PDF: accessible, complete, and safe whatever text people typed."""

import datetime as dt
import io
import itertools
import re
import socket
import subprocess
import sys
from collections import Counter

import pikepdf
import pytest
from django.db import transaction

from assessments.exports import pdf
from assessments.exports.drawing import ShortList, ShortListEntry
from assessments.exports.report import ExportOptions, report_for
from assessments.exports.scope import Scope
from assessments.plans.actions import create_plan
from assessments.plans.models import Plan, PlanItem
from assessments.printing import typesetting
from assessments.register.actions import add_to_register
from assessments.register.models import EarlyWin, Issue
from councils.models import Council, Membership, User
from tests.acting import answer, own_item

pytestmark = pytest.mark.pdf

TODAY = dt.date(2027, 5, 18)


def made(plan, scope="area-3", *, today=TODAY, **options):
    """The PDF as bytes. One role area, the smallest list, unless a test needs more.

    Set in this process, where tests see what is asked for; test_capped_rendering has the other.
    """
    plan = Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)
    report = report_for(
        plan, scope=Scope.parse(scope), options=ExportOptions(**options), today=today
    )
    return typesetting.typeset(pdf.render_html(report))


def opened(content):
    return pikepdf.open(io.BytesIO(content))


def pages_of(content):
    """The text of each page, spaces and line breaks as one space."""
    run = subprocess.run(
        ["pdftotext", "-layout", "-enc", "UTF-8", "-", "-"],
        input=content,
        capture_output=True,
        check=True,
    )
    return [" ".join(page.split()) for page in run.stdout.decode().split("\f")[:-1]]


def text_of(content):
    return " ".join(pages_of(content))


def item_of(plan, code):
    return PlanItem.objects.select_related("plan").get(plan=plan, source__code=code)


def elements(document):
    """Every element of the structure tree, in reading order."""
    found = []

    def walk(kids):
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                found.append(kid)
                walk(kid.get("/K", pikepdf.Array()))

    walk(document.Root.StructTreeRoot.K)
    return found


# --- For a screen reader --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def content(django_db_setup, django_db_blocker):
    """One document for all that is asked about structure."""
    with django_db_blocker.unblock(), transaction.atomic():
        council = Council.objects.create(
            name="Riverdale Borough Council", slug="riverdale", type="district"
        )
        chief = User.objects.create_user(email="chief@riverdale.example", name="Chief")
        plan = create_plan(council=council, by=chief, election_day=dt.date(2027, 5, 6))
        answer(item_of(plan, "NOC-13.1"), chief, status="completed")
        answer(item_of(plan, "NOC-13.2"), chief, due=dt.date(2027, 5, 10), note="Ask the leaders.")
        pdf = made(plan, "stage-2")
        transaction.set_rollback(True)
    return pdf


@pytest.fixture
def document(db, content):
    """With `db`, so that these tests come before those that empty the database after them."""
    return opened(content)


def test_it_declares_itself_pdf_ua_1_with_title_and_language(document):
    metadata = document.Root.Metadata.read_bytes().decode()
    assert 'pdfuaid:part="1"' in metadata
    assert document.Root.MarkInfo.Marked
    assert document.Root.Lang == "en-GB"
    assert document.Root.ViewerPreferences.DisplayDocTitle
    title = "Riverdale Borough Council transition action plan · Stage 2: early foundations"
    assert document.docinfo.Title == title
    assert title in metadata
    assert document.docinfo.Author == "Riverdale Borough Council"
    assert set(document.docinfo) == {"/Title", "/Author", "/Subject", "/Producer", "/CreationDate"}
    assert socket.gethostname() not in metadata


def test_headings_come_in_order_without_skips(document):
    levels = [int(str(e.S)[2]) for e in elements(document) if re.fullmatch(r"/H\d", str(e.S))]
    assert levels[0] == 1
    assert set(levels) == {1, 2, 3}
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))


def test_header_cells_say_which_way_they_head(document):
    tables = [e for e in elements(document) if e.S == "/Table"]
    assert len(tables) == 2
    facts, matrix = ([e for e in walk(table) if e.S == "/TH"] for table in tables)
    assert {str(cell.A.Scope) for cell in facts} == {"/Row"}
    assert Counter(str(cell.A.Scope) for cell in matrix) == {"/Column": 2, "/Row": 10}
    cells = [e for e in walk(tables[1]) if e.S == "/TD"]
    assert len(cells) == 10
    assert all(len(cell.A.Headers) == 2 for cell in cells)


def walk(element):
    kids = element.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from walk(kid)


def test_the_picture_is_told_in_words(document):
    (figure,) = [e for e in elements(document) if e.S == "/Figure"]
    alternative = str(figure.Alt)
    assert alternative.startswith("Timeline of the 3 stages: 1 pre-election, 2 early found")
    assert "6 May 2027, election day" in alternative
    assert "Today, 18 May 2027, is in early foundations, day 13 of 42." in alternative


def test_everything_drawn_is_in_the_structure_or_an_artifact(document):
    """Text of the running header and footer is an artifact: not read out on every page."""
    held = set()
    for element in elements(document):
        kids = element.get("/K", pikepdf.Array())
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                held.add((element.Pg.objgen, int(kid)))
    for page in document.pages:
        subtypes, depth = [], 0
        for operands, operator in pikepdf.parse_content_stream(page):
            match str(operator):
                case "BDC" if operands[0] == "/Artifact":
                    assert operands[1].Type == "/Pagination"
                    subtypes.append(str(operands[1].Subtype))
                    depth += 1
                case "BDC":
                    assert (page.objgen, int(operands[1].MCID)) in held
                    depth += 1
                case "BMC":
                    assert operands[0] == "/Artifact"
                    depth += 1
                case "EMC":
                    depth -= 1
                case "Tj" | "TJ" | "f" | "f*" | "S" | "Do":
                    assert depth > 0
        assert subtypes.count("/Header") == subtypes.count("/Footer") == 2


def test_bookmarks_lead_through_stages_steps_and_actions(document):
    with document.open_outline() as outline:
        assert [entry.title for entry in outline.root] == [
            "Transition action plan",
            "Contents",
            "About this document",
            "Where we are: early foundations, day 13 of 42",
            "Stage 2: early foundations",
        ]
        steps = outline.root[4].children
        assert [step.title for step in steps[:3]] == [
            "Step 11: politics and politicians",
            "Step 12: organisation and officer side",
            "Step 13: governance",
        ]
        assert len(steps) == 10
        assert "Get ready for the annual council meeting" in [e.title for e in steps[2].children]


def test_links_stay_inside_and_say_where_they_go(document):
    links = [link for page in document.pages for link in page.get("/Annots", [])]
    assert links
    names = document.Root.Names.Dests.Names
    for link in links:
        assert "/A" not in link
        assert str(link.Dest) in [str(name) for name in list(names)[::2]]
        assert re.fullmatch(r"Go to (summary|stage \d|step \d+)", str(link.Contents))
    # One link for each line of the contents, and none inside another.
    assert len({str(link.Dest) for link in links}) == len(links)
    for element in elements(document):
        if element.S == "/Link":
            assert element.P.S != "/Link"


def test_the_fonts_are_the_bundled_one(document):
    fonts = {
        str(font.BaseFont).split("+")[1].rstrip(","): font
        for page in document.pages
        for font in page.Resources.Font.values()
    }
    assert set(fonts) == {"Source-Sans-3", "Source-Sans-3-Semi-Bold"}
    for font in fonts.values():
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
        assert "/ToUnicode" in font


# --- What it says ---------------------------------------------------------------------------------


def test_every_page_has_a_running_header_and_footer(db, content):
    pages = pages_of(content)
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert "Riverdale Borough Council · transition action plan OFFICIAL-SENSITIVE" in page
        assert f"Version 3, produced on 18 May 2027 Page {number} of {len(pages)}" in page


def test_the_cover_the_contents_and_the_pages_they_name(plan):
    pages = pages_of(made(plan, "whole"))
    for fact in (
        "Thursday 6 May 2027",
        "Control after the election Not yet known",
        "The whole plan: 123 actions, with notes",
    ):
        assert fact in pages[0]
    assert "Contents" in pages[1]
    for number, area in (
        (1, "politics and politicians"),
        (13, "governance"),
        (27, "communication"),
    ):
        title = f"Step {number}: {area}"
        named = int(re.search(rf"{title} (\d+)", pages[1])[1])
        assert title in pages[named - 1]
        assert title not in pages[named]
    assert "Where we are: early foundations, day 13 of 42" in pages[2]
    assert pages[3].startswith(
        "Riverdale Borough Council · transition action plan OFFICIAL-SENSITIVE Stage 1"
    )


def test_an_action_shows_its_status_owner_and_dates(plan, chief, officer):
    member = Membership.objects.get(user=officer)
    answer(item_of(plan, "NOC-13.1"), chief, status="in-progress", owner=member, due=TODAY)
    answer(item_of(plan, "NOC-13.2"), chief, owner_name="Ann Lee", due=dt.date(2027, 5, 10))
    answer(item_of(plan, "NOC-23.1"), chief, status="not-needed", reason="Settled in 2023.")
    own_item(plan, 13, by=chief, title="Brief new committee chairs")
    text = text_of(made(plan))
    assert f"In progress {officer.name}, Monitoring officer · due 18 May 2027" in text
    assert "Not started Ann Lee · overdue, due 10 May 2027" in text
    assert "Why it is not needed: Settled in 2023." in text
    assert "Brief new committee chairs Not started No owner yet · added by this council" in text
    assert re.search(r"· from component \d", text)


def test_a_part_holds_nothing_of_the_rest(plan, chief):
    answer(item_of(plan, "NOC-13.1"), chief, note="Kept inside governance.")
    answer(
        item_of(plan, "NOC-11.1"),
        chief,
        note="Nothing to do with governance.",
        owner_name="Another Person",
        due=dt.date(2027, 5, 1),
    )
    content = made(plan, "area-3")
    text = text_of(content)
    assert "Kept inside governance." in text
    assert "Nothing to do with governance." not in text
    assert "Another Person" not in text
    assert item_of(plan, "NOC-11.1").words("coalition") not in text
    assert "Step 11" not in text


def test_the_summary_is_one_page_however_much_is_overdue(plan, chief):
    plan.items.update(due=dt.date(2027, 5, 1), owner_name="An owner with a rather long name " * 2)
    content = made(plan, "summary")
    (page,) = pages_of(content)
    assert "Riverdale Borough Council, election of 6 May 2027" in page
    assert "Overdue" in page
    assert re.search(r"And \d+ more overdue\.", page)
    assert page.count("overdue") > 30
    assert "Page 1 of 1" in page


LONG_COUNCIL = (
    "Bournemouth, Christchurch, Poole, Purbeck and North Dorset Joint Shadow Authority for the "
    "Isles and Coast"
)


@pytest.mark.parametrize("council", ["Riverdale Borough Council", LONG_COUNCIL])
@pytest.mark.parametrize(
    "name", ["Bea Birch", "Beatrice Alexandra Montgomery-Featherstonehaugh " * 2]
)
@pytest.mark.parametrize("length", [230, 470])
def test_long_overdue_actions_are_shortened_on_the_summary(plan, length, name, council):
    """A float that does not fit on the page loses its end without a word."""
    plan.council.name = council
    plan.council.save()
    plan.items.update(due=None)
    for item in plan.items.all()[:3]:
        item.title, item.source = ("Map the marginal wards of the district. " * 12)[:length], None
        item.due, item.owner_name = dt.date(2026, 11, 1), name.strip()
        item.save()
    (page,) = pages_of(made(plan, "summary", today=dt.date(2026, 11, 29)))
    words = " ".join(page.split())
    left = re.search(r"And (\d) more overdue\.", words)
    assert words.count(", step 1") + (int(left[1]) if left else 0) == 3
    assert "…" in words


@pytest.mark.parametrize("council", ["Riverdale Borough Council", LONG_COUNCIL])
@pytest.mark.parametrize("length", [0, 20, 31, 40, 45, 70])
def test_the_next_dates_end_on_the_summary_whatever_their_length(plan, length, council):
    """A float that does not fit on the page loses its end without a word."""
    plan.council.name = council
    plan.council.save()
    plan.items.update(due=None)
    words = "Map the marginal wards and the councillors who may face a close contest"
    for n in range(12):
        item = plan.items.all()[n]
        item.title, item.source = words[: 40 + length], None
        item.due = dt.date(2026, 12, 1 + n)
        item.owner_name = ("Suggested officer " * 9)[:length].strip()
        item.save()
    (page,) = pages_of(made(plan, "summary", today=dt.date(2026, 11, 29)))
    assert "31 Mar 2027" in " ".join(page.split())
    found = re.search(r"And \d+ more, (\d+) of them due by 31 Mar 2027\.", page)
    assert 0 < int(found[1]) < 12


@pytest.mark.parametrize("rows", [3, 4, 5])
def test_the_next_dates_end_on_the_summary_below_a_high_timeline(plan, rows, monkeypatch):
    plan.items.update(due=dt.date(2026, 12, 1), owner_name="")
    plan = Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)
    report = report_for(plan, scope=Scope.parse("summary"), today=dt.date(2026, 11, 29))
    below = rows - report.timeline.rows_above
    monkeypatch.setattr(type(report.timeline), "rows_below", below)
    (page,) = pages_of(typesetting.typeset(pdf.render_html(report)))
    assert re.search(r"And \d+ more, \d+ of them due by 31 Mar 2027\.", page)


def test_the_summary_says_which_dates_are_not_to_come(plan):
    """The register may have a later date, which the summary does not list."""
    plan.items.update(due=None)
    (page,) = pages_of(made(plan, "summary", today=dt.date(2028, 11, 30)))
    assert "There are no more key dates or due dates." in " ".join(page.split())


def test_the_next_key_date_is_in_the_summary_though_many_actions_are_due_before_it():
    actions = [ShortListEntry("1 May", "A long action that takes 2 lines here", "An officer")] * 30
    key_date = ShortListEntry("2 May", "Annual council meeting", "")
    entries = [*actions, key_date, *actions]
    found = ShortList.of(entries, keep=30)
    assert found.entries[-1] == key_date
    assert 1 < len(found.entries) < 30
    assert len(found.entries) + found.more == len(entries)
    assert found.left_out_before == 30 - (len(found.entries) - 1)
    assert ShortList.of([key_date], keep=0) == ShortList([key_date], 0)
    first = ShortList.of([key_date, *actions], keep=0)
    assert first.entries.count(key_date) == 1
    assert ShortList.of(actions).entries == actions[: 30 - ShortList.of(actions).more]
    assert ShortList.of([]) == ShortList([], 0)


def test_notes_guidance_and_finished_items_are_switches(plan, chief):
    step = item_of(plan, "NOC-13.1").step
    guidance = " ".join(step.guidance_paragraphs[0].split()[:8])
    prompt = item_of(plan, "NOC-13.1").source.prompt_list[0]
    answer(item_of(plan, "NOC-13.1"), chief, status="completed", note="Spoken to both leaders.")
    plain, full, short = (
        text_of(made(plan)),
        text_of(made(plan, guidance=True)),
        text_of(made(plan, open_only=True, notes=False)),
    )
    words = item_of(plan, "NOC-13.1").words("coalition")
    assert words in plain
    assert words in full
    assert words not in short
    assert [("Spoken to both" in text) for text in (plain, full, short)] == [True, True, False]
    assert [(guidance in text) for text in (plain, full, short)] == [False, True, False]
    assert [(prompt in text) for text in (plain, full, short)] == [False, True, False]


def test_the_councils_own_term_is_used(plan):
    Plan.objects.filter(pk=plan.pk).update(coalition_term="joint administration")
    text = text_of(made(plan, "stage-3", guidance=True)).lower()
    assert "joint administration" in text
    # The title of a source is a name and stays.
    assert set(re.findall(r"\S* ?coalitions?\S*", text)) == {"effective coalitions”"}


def test_a_plan_without_open_actions_states_that(plan):
    plan.items.update(status="completed", completed_on=dt.date(2027, 5, 1))
    text = text_of(made(plan, open_only=True))
    assert "No actions are open: every action is completed or not needed." in text
    assert "Contents" not in text
    empty = text_of(made(plan, "officer-lga-adviser"))
    said = "No actions are assigned to this role, and no unassigned action is suggested for it."
    assert empty.count(said) == 2
    assert "no actions yet" not in empty


# --- On the page ----------------------------------------------------------------------------------


def lines_of(content, page):
    run = subprocess.run(
        ["pdftotext", "-layout", "-f", str(page), "-l", str(page), "-", "-"],
        input=content,
        capture_output=True,
        check=True,
    )
    return [line for line in run.stdout.decode().splitlines() if line.strip()]


def test_line_breaks_in_notes_survive(plan, chief):
    note = "First\r\nSecond\n  indented\n\nAfter a blank line"
    answer(item_of(plan, "NOC-03.1"), chief, note=note)
    content = made(plan)
    lines = [line.strip() for page in (2, 3) for line in lines_of(content, page)]
    at = lines.index("Note: First")
    assert lines[at : at + 4] == ["Note: First", "Second", "indented", "After a blank line"]


def boxes_of(content):
    """Return the boxes of the words on each page: left, top, right, bottom, in millimetres."""
    run = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True
    )
    box = re.compile(r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"')
    return [
        [[float(edge) * 25.4 / 72 for edge in edges] for edges in box.findall(page)]
        for page in run.stdout.decode().split("<page ")[1:]
    ]


def test_a_note_of_five_pages_runs_on_and_leaves_no_page_mostly_empty(plan, chief):
    paragraph = "The leaders met again and went through the list line by line. " * 9
    answer(item_of(plan, "NOC-03.2"), chief, note="\n\n".join([paragraph] * 45))
    pages = boxes_of(made(plan))
    assert len(pages) >= 8
    footer = 275
    for words in pages[1:-1]:
        assert max(bottom for *_, bottom in words if bottom < footer) > 200


def test_long_words_and_every_script_stay_on_the_page(plan, chief):
    for code, text in {
        "NOC-03.1": "W" * 300,
        "NOC-03.2": "https://intranet.example/" + "a-long-path/" * 40,
        "NOC-03.3": "مرحبا بالعالم، هذا نص من اليمين إلى اليسار 123\nשלום עולם",
        "NOC-13.1": "🎉👍🏽👨‍👩‍👧 中文 ελληνικά \u202eturned\u202c \u200b\t"
        "\x0c\x07 \ufeff \u2029b\x85c\u2028",
    }.items():
        answer(item_of(plan, code), chief, note=text, owner_name="M" * 80)
    Council.objects.filter(pk=plan.council_id).update(name="N" * 120)
    own_item(plan, 3, by=chief, title="T" * 160)
    content = made(plan)
    words = [word for page in boxes_of(content) for word in page]
    assert len(words) > 300
    assert min(left for left, *_ in words) >= 15.5
    assert max(right for _, _, right, _ in words) <= 195
    text = text_of(content)
    assert "[party popper]" in text
    assert "characters missing]" in text
    fonts = {
        str(font.BaseFont).split("+")[1].rstrip(",")
        for page in opened(content).pages
        for font in page.Resources.Font.values()
    }
    assert fonts == {"Source-Sans-3", "Source-Sans-3-Semi-Bold"}


def test_the_counts_add_up_to_the_actions_on_the_cover(plan):
    plan.items.filter(source__code="NOC-03.3").update(status="not-needed", reason="Done before")
    found = report_for(
        Plan.objects.with_all_stages().get(pk=plan.pk), scope=Scope.parse("area-3"), today=TODAY
    )
    html = pdf.render_html(found)
    assert f"of {found.item_count - 1} complete" in html
    assert html.count(", 1 not needed.") == 2  # of the scope, and of its first stage


def test_a_date_of_the_register_is_read_with_its_label(plan, chief):
    day = TODAY + dt.timedelta(days=9)
    issue = {"kind": "red-line", "words": "The library", "state": "open"}
    add_to_register(Issue, plan, by=chief, **issue, bites_on=day)
    add_to_register(Issue, plan, by=chief, **issue)
    add_to_register(EarlyWin, plan, by=chief, words="A park", state="achieved", due=day)
    add_to_register(EarlyWin, plan, by=chief, words="A map", state="planned")
    found = report_for(
        Plan.objects.with_all_stages().get(pk=plan.pk),
        options=ExportOptions(register=True),
        today=TODAY,
    )
    html = pdf.render_html(found)
    assert "Red line, decision needed by 27 May 2027" in html
    assert "Red line, no date yet" in html
    assert "Early win, due 27 May 2027" in html  # not the day on which it was achieved
    assert "Early win, no date yet" in html


def test_only_a_long_entry_of_the_register_breaks_across_pages(plan, chief):
    for words in ("Short.", "Long. " * 200):
        issue = {"kind": "crunch", "words": words, "state": "settled", "agreed": words}
        add_to_register(Issue, plan, by=chief, **issue)
    found = report_for(
        Plan.objects.with_all_stages().get(pk=plan.pk),
        options=ExportOptions(register=True),
        today=TODAY,
    )
    (section,) = re.findall(
        r'<h1 id="register">.*?</section>\s*</section>', pdf.render_html(found), re.S
    )
    assert (section.count('"item"'), section.count('"item long"')) == (1, 1)


def test_what_runs_together_is_told_apart(plan):
    html = pdf.render_html(
        report_for(
            Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk),
            options=ExportOptions(guidance=True),
            today=TODAY,
        )
    )
    assert '<ul class="prompts"><li>' in html


def test_a_note_is_labelled_once(plan, chief):
    answer(item_of(plan, "NOC-13.1"), chief, note="First.\n\nSecond.")
    assert text_of(made(plan, "stage-2", notes=True)).count("Note: First.") == 1


def test_a_cell_of_the_matrix_is_read_in_order(plan, chief):
    answer(item_of(plan, "NOC-13.1"), chief, due=dt.date(2027, 5, 10))
    text = text_of(made(plan, "summary"))
    assert re.search(r"13 0 of \d+ 1 overdue", text)


# --- What people typed is text --------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch):
    """Every address that the typesetter asks for; and no way out to the network."""
    addresses = []
    fetch = typesetting.FixedFiles.fetch

    def recording(self, url, headers=None):
        addresses.append(url)
        return fetch(self, url, headers)

    def no_network(*args):
        raise AssertionError(f"a connection was attempted: {args}")

    monkeypatch.setattr(typesetting.FixedFiles, "fetch", recording)
    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    return addresses


SECRET = "not-for-any-reader-4711"


@pytest.fixture
def secret_file(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path.as_uri()


PAYLOADS = [
    '<link rel=attachment href="{file}">',
    '<a rel=attachment href="{file}">x</a>',
    '<img src="{file}">',
    '<img src="http://plan.example/x.png">',
    '<object data="{file}"></object>',
    "<style>@import url('{file}')</style>",
    "<style>body{{background:url('{file}')}}</style>",
    '</style></title></svg><img src="{file}">',
    '<svg><image href="{file}"/></svg>',
    '<svg xmlns="x"><use href="{file}#x"/></svg>',
    '<base href="{file}">',
    '"><img src="{file}"><p title="',
    "'><script>alert(1)</script>",
    '<a href="{file}">x</a>',
    "url({file})",
    "@import '{file}';",
    "&lt;img src={file}&gt;",
    "{{% include '/etc/passwd' %}}{{{{ report }}}}",
    "--><!ENTITY x SYSTEM '{file}'><![CDATA[&x;",
]


# Other documents have style sheets of their own beside these.
OURS = {url for url in typesetting.FILES if "/fonts/" in url or url.endswith("/action-plan.css")}


def assert_harmless(content, asked, *typed):
    """Shown as typed; nothing asked for, nothing carried along, nowhere to go."""
    assert set(asked) == OURS
    assert SECRET.encode() not in content
    document = opened(content)
    assert "/EmbeddedFiles" not in document.Root.get("/Names", {})
    assert "/AF" not in document.Root
    for thing in document.objects:
        if isinstance(thing, pikepdf.Stream):
            assert SECRET.encode() not in thing.read_bytes()
            assert thing.get("/Subtype") != "/Image"
        if isinstance(thing, pikepdf.Dictionary):
            assert "/URI" not in thing
            assert "/EF" not in thing
            assert thing.get("/S") not in ("/URI", "/Launch", "/JavaScript", "/GoToR")
    shown = "".join(text_of(content).split())
    for text in typed:
        assert "".join(text.split()) in shown, text


def test_markup_in_items_is_shown_as_it_was_typed(plan, chief, asked, secret_file):
    typed = []
    items = list(plan.items.filter(step__role_area__number=3, source__component=None))
    for number, payload in enumerate(PAYLOADS):
        payload = payload.format(file=secret_file)
        item = items[number % len(items)]
        if number < len(items):
            owner_name = f"{number}{payload}"[:80]
            answer(item, chief, note=payload, owner_name=owner_name)
            typed += [payload, owner_name]
        title = f"{number}{payload}"[:160]
        own = own_item(plan, 13, by=chief, title=title)
        answer(own, chief, status="not-needed", reason=payload, note=payload)
        typed += [title, payload]
    assert_harmless(made(plan, guidance=True), asked, *typed)


@pytest.mark.parametrize("payload", [PAYLOADS[0], *PAYLOADS[5:8], PAYLOADS[11]])
def test_markup_in_names_is_shown_as_it_was_typed(
    plan, chief, officer, asked, secret_file, payload
):
    """Straight into the database: as if every form and validator had let it through."""
    payload = payload.format(file=secret_file)
    council, job, name, term = (
        f"{n}{payload}"[:length] for n, length in enumerate((120, 80, 120, 40))
    )
    member = Membership.objects.get(user=officer)
    Membership.objects.filter(pk=member.pk).update(job_title=job)
    User.objects.filter(pk=officer.pk).update(name=name)
    Council.objects.filter(pk=plan.council_id).update(name=council)
    Plan.objects.filter(pk=plan.pk).update(coalition_term=term)
    answer(item_of(plan, "NOC-13.2"), chief, owner=member)
    content = made(plan)
    assert_harmless(content, asked, council, job, name, term)
    assert str(opened(content).docinfo.Author) == council


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://plan.example/",
        "https://plan.invalid/print/../../noc_transition/settings.py",
        "https://plan.invalid/print/other.css",
        "https://plan.invalid/fonts/source-sans-3-latin-400.woff2?x",
        "data:text/plain,hello",
        "ftp://plan.example/x",
        "/etc/passwd",
        "",
    ],
)
def test_only_the_fixed_files_are_served(url, asked):
    fetcher = typesetting.FixedFiles()
    for way in (fetcher, fetcher.fetch, fetcher.open):
        with pytest.raises(ValueError, match="documents fetch nothing"):
            way(url)
    assert fetcher.refused == [url] * 3


def test_even_markup_that_got_through_would_fetch_nothing(asked, secret_file):
    """The second defence: a document made of unescaped payloads."""
    html = "".join(payload.format(file=secret_file) for payload in PAYLOADS[:11])
    content = typesetting.typeset(f"<html lang=en><title>x</title><body>{html}<p>Text</p></body>")
    assert asked
    assert not set(asked) & set(typesetting.FILES)
    assert SECRET.encode() not in content
    assert "/EmbeddedFiles" not in opened(content).Root.get("/Names", {})


# --- Where it is loaded ---------------------------------------------------------------------------


def test_nothing_else_needs_it():
    """The product starts without loading WeasyPrint."""
    code = (
        "import django, sys; django.setup()\n"
        "from django.urls import reverse; reverse('home')\n"
        "import assessments.management.commands.export_plan\n"
        "assert 'weasyprint' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
