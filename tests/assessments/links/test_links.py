"""Links to documents on actions, entries of the register and key dates."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from docx import Document

from assessments.data_protection.traces import traces_of
from assessments.exports.csv_log import render_csv
from assessments.exports.excel import render_workbook
from assessments.exports.pdf import render_html
from assessments.exports.report import ExportOptions, report_for
from assessments.exports.word import render_committee_report
from assessments.links.actions import LIMIT, add_link
from assessments.links.forms import clean_address
from assessments.links.models import DocumentLink
from assessments.links.places import links_on, place_of_date, place_of_entry, place_of_item
from assessments.plans.models import Event, Plan, PlanItem
from assessments.plans.stages import StageSignedOff
from assessments.register.actions import add_to_register, remove_from_register
from assessments.register.models import Agreement
from tests.acting import HTMX, signed_in, text_of

ADDRESS = "https://riverdale.sharepoint.example/sites/Plan/Budget%20options.docx?web=1"
DOCUMENT = {"title": "Budget options", "address": ADDRESS}


@pytest.fixture
def url(item):
    return reverse("item_links", args=[item.plan_id, item.pk])


def on_item(item, plan):
    return place_of_item(item, plan, item.words(plan.term), item.step.number, {}, can_edit=True)


@pytest.fixture
def linked(plan, item, chief):
    """A link on an action, an agreement and a key date."""
    agreement = add_to_register(
        Agreement, plan, by=chief, kind="other", manner="written", parties="Ash\nOak"
    )
    entry = place_of_entry("agreement", agreement.pk, plan, str(agreement), {}, can_edit=True)
    date = place_of_date("annual_meeting_from", plan, "Annual meeting", {}, can_edit=True)
    add_link(on_item(item, plan), by=chief, **DOCUMENT)
    add_link(entry, by=chief, title="Signed agreement", address="https://a.example/signed")
    add_link(date, by=chief, title="Draft agenda", address="https://a.example/agenda")
    return agreement


# --- Addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        ADDRESS,
        "http://intranet/docs/1",
        "HTTPS://example.gov.uk:8443/a(b)?c=d@e#f",
        "https://[2001:db8::1]/x",
        "https://bücher.example/é",
    ],
)
def test_web_addresses_are_accepted(address):
    assert clean_address(f" {address} ").casefold() == address.casefold()


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///c:/a.docx"),
        *("//example.org/x", "/plans/1/", "example.org", "https:", "https://", "http:///x"),
        *("https://user@example.org/", "https://user:pass@example.org/", "https://@example.org"),
        *("https://example.org\\@evil.example/", "https://exa mple.org", "java\tscript:alert(1)"),
        *(
            "https://example.org/\nx",
            "https://example.org:99999/",
            "https://[::1/",
            "https://a..b/",
        ),
        *('https://example.org/"onclick=', "https://example.org/\u202egnp.exe", "https://<b>/"),
        *("https:example.org", "https:/example.org"),
    ],
)
def test_other_addresses_are_refused(address):
    with pytest.raises(ValidationError):
        clean_address(address)


def test_the_host_of_look_alike_letters_is_shown_as_such():
    assert DocumentLink(address="https://gоv.uk/x").host == "xn--gv-fmc.uk"  # a Cyrillic o


# --- Pages ----------------------------------------------------------------------------------------


def test_a_link_is_added_shown_and_removed_and_the_history_keeps_it(plan, item, chief, url):
    client = signed_in(chief)
    client.post(url, DOCUMENT)
    link = DocumentLink.objects.get(item=item)
    page = client.get(reverse("plan_step", args=[plan.pk, item.step.number])).text
    expected = f'href="{ADDRESS}" rel="noopener noreferrer">Budget options</a>'
    assert expected in page
    assert "(riverdale.sharepoint.example)" in page
    client.post(url, {"remove": link.pk})
    kinds = [Event.Kind.LINK_REMOVED, Event.Kind.LINK_ADDED]
    events = Event.objects.filter(item=item, kind__in=kinds)
    assert [event.kind for event in events] == kinds
    assert events[0].changes.get().before == events[1].changes.get().after == ADDRESS
    history = text_of(client.get(reverse("plan_history", args=[plan.pk])))
    assert "added a link to a document: Budget options, on" in history


def test_what_is_wrong_is_said_beside_the_field_and_the_text_is_kept(chief, url):
    client = signed_in(chief)
    client.post(url, DOCUMENT)
    for sent, expected in (
        ({"title": "Kept words", "address": "javascript:alert(1)"}, "starts with https:// or http"),
        ({"title": "Kept words", "address": ADDRESS}, "This address has already been added here"),
        ({"title": "", "address": "https://kept.example"}, "Enter the title of the document"),
        ({"title": "x" * 121, "address": "https://kept.example"}, "120 characters or fewer"),
        ({"title": "Nul \0", "address": "https://kept.example"}, "Null characters"),
    ):
        for headers in ({}, HTMX):
            response = client.post(url, sent, headers=headers)
            assert response.status_code == 422
            assert expected in response.text
            assert "Kept words" in response.text or "kept.example" in response.text
    assert DocumentLink.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_removing_one_keeps_what_was_typed_for_another(plan, item, chief, url, headers):
    link = add_link(on_item(item, plan), by=chief, **DOCUMENT)
    typed = {"title": "Half a title", "address": "http", "remove": link.pk}
    response = signed_in(chief).post(url, typed, headers=headers)
    assert "Half a title" in response.text
    assert "The link to “Budget options” has been removed." in response.text
    again = signed_in(chief).post(url, typed, headers=headers)
    assert "It was removed before." in again.text


def test_there_are_at_most_ten_on_one_thing(plan, item, chief, url):
    for n in range(LIMIT):
        add_link(on_item(item, plan), by=chief, title=f"No {n}", address=f"https://a.example/{n}")
    client = signed_in(chief)
    assert "Add link" not in client.get(url).text
    response = client.post(url, DOCUMENT)
    assert response.status_code == 422
    assert "up to 10 links" in response.text
    assert ADDRESS in response.text
    assert DocumentLink.objects.count() == LIMIT


def test_a_signed_off_stage_is_read_only(plan, item, chief, url, monkeypatch):
    class SignOff:
        stage = item.step.stage

    def refuse(*args):
        raise StageSignedOff(SignOff)

    monkeypatch.setattr(StageSignedOff, "__init__", lambda self, sign_off: None)
    monkeypatch.setattr("assessments.links.actions.hold_open", refuse)
    response = signed_in(chief).post(url, DOCUMENT)
    assert response.status_code == 409
    assert ADDRESS in response.text
    assert not DocumentLink.objects.exists()


def test_a_link_of_another_thing_is_not_removed(plan, item, chief, linked, url):
    other = DocumentLink.objects.get(date_key="annual_meeting")
    signed_in(chief).post(url, {"remove": other.pk})
    assert DocumentLink.objects.filter(pk=other.pk).exists()


def test_those_who_see_the_thing_see_its_links(plan, chief, reviewer, adviser, linked):
    pages = {"register": "Signed agreement", "plan_dates": "Draft agenda"}
    for person in (reviewer, adviser):
        client = signed_in(person)
        for name, title in pages.items():
            page = client.get(reverse(name, args=[plan.pk]))
            assert title in page.text
            assert "Change links" not in page.text


def test_an_entry_of_the_register_can_be_changed_in_place(plan, chief, linked):
    place = reverse("register_links", args=[plan.pk, "agreement", linked.pk])
    fragment = signed_in(chief).get(place, headers=HTMX).text
    assert "<html" not in fragment
    assert "Signed agreement" in fragment
    assert signed_in(chief).get(reverse("plan_date_links", args=[plan.pk, "no"])).status_code == 404


# --- Documents ------------------------------------------------------------------------------------


def test_every_format_with_actions_shows_the_links(plan, linked):
    plan = Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)
    options = ExportOptions(register=True)
    report = report_for(plan, options=options, today=dt.date(2027, 5, 18))
    html = render_html(report)
    for title in ("Budget options", "Signed agreement", "Draft agenda"):
        assert title in html
    assert f"Budget options: {ADDRESS}" in render_csv(report).decode("utf-8-sig")
    sheets = openpyxl.load_workbook(io.BytesIO(render_workbook(report)))
    cells = [cell.value for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert f"Budget options: {ADDRESS}" in cells
    assert "https://a.example/agenda" in cells
    without = report_for(plan, today=dt.date(2027, 5, 18))
    assert "Signed agreement" not in render_html(without)


def test_the_word_report_lists_the_links_on_a_page_for_its_author(plan, item, chief, linked):
    plan = Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)
    document = Document(io.BytesIO(render_committee_report(_report(plan))))
    table = document.tables[-1]
    rows = [
        (row.cells[0].text, row.cells[1].text, row.cells[1].paragraphs[0].hyperlinks[0].address)
        for row in table.rows[1:]
    ]
    assert [(where, address) for where, _, address in rows] == [
        (
            "Annual council meeting (default day)",
            "https://a.example/agenda",
        ),
        (f"Step {item.step.number}", ADDRESS),
        ("Agreements", "https://a.example/signed"),
    ]
    assert rows[1][1] == "Budget options (riverdale.sharepoint.example)"
    words = " ".join(paragraph.text for paragraph in document.paragraphs)
    assert "[Author: delete this page before publication." in words
    assert item.words(plan.term) not in words
    remove_from_register(linked, version=1, by=chief)
    again = Document(io.BytesIO(render_committee_report(_report(plan))))
    assert len(again.tables[-1].rows) == 3


def _report(plan):
    return report_for(plan, today=dt.date(2027, 5, 18))


def test_an_adviser_of_other_stages_does_not_see_them(plan, chief, partial_adviser):
    """Neither on the pages nor in what they download; they see stage 2 only."""
    items = PlanItem.objects.filter(plan=plan, step__stage__number=1)
    item = items.select_related("step__stage")[0]
    add_link(on_item(item, plan), by=chief, **DOCUMENT)
    client = signed_in(partial_adviser)
    assert client.get(reverse("item_links", args=[plan.pk, item.pk])).status_code == 404
    assert "Budget options" not in client.get(reverse("plan_history", args=[plan.pk])).text
    seen = Plan.objects.visible_to(partial_adviser).select_related("council").get(pk=plan.pk)
    report = report_for(seen, today=dt.date(2027, 5, 18))
    assert "Budget options" not in render_html(report)
    assert "For the author" not in [
        each.text for each in Document(io.BytesIO(render_committee_report(report))).paragraphs
    ]


# --- Erasure --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        {"title": "Notes of {name}", "address": "https://a.example/1"},
        {"title": "Notes", "address": "https://a.example/{joined}.docx"},
    ],
)
def test_a_link_with_a_persons_name_is_found(plan, item, chief, officer, document):
    names = {"name": officer.name, "joined": "%20".join(officer.name.split())}
    document = {key: value.format(**names) for key, value in document.items()}
    add_link(on_item(item, plan), by=chief, **document)
    ((place, link),) = traces_of(officer, [plan.council]).in_links
    assert link.title == document["title"]
    assert place == reverse("item_links", args=[plan.pk, item.pk])


def test_links_take_one_query(plan, linked, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(links_on(plan)) == 3
