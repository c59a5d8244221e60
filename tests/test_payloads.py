"""Texts that attack what a text is put into later: pages, files, calendars, emails, headers.

Every text field that a person can reach in the demo gets one of them, by the form of its page, and
then everything that can be downloaded or sent is made and read with the libraries that read such
files. New pages, forms and downloads are found by themselves. The suite puts one payload in each
field, a different one in each; `script/attack` each payload in each field.
"""

import io
import json
import re
import unicodedata
import zipfile
from collections import Counter
from html.parser import HTMLParser
from itertools import cycle, islice
from urllib.parse import urlsplit

import docx
import openpyxl
import pikepdf
import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.db.models import CharField, QuerySet, TextField
from django.urls import Resolver404, resolve
from django.utils import timezone
from icalendar import Calendar

from assessments.demo.seed import PASSWORD as DEMO_PASSWORD
from assessments.exports.formats import FORMATS
from assessments.exports.report import report_for
from assessments.plans.models import Plan, PlanItem
from councils.models import User
from tests.acting import HTMX, controls_of, signed_in_just_now, tree_of

pytestmark = pytest.mark.django_db

SCRIPT, SUM = "<script>zqz()</script>", "{{ 'a'|add:'zqz' }}"
CHIEF, OFFICER = "chief@riverdale.example", "monitoring@riverdale.example"

PAYLOADS = (
    # What a spreadsheet calculates, or takes for an escape.
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("http://evil.example")', "\t=1+1"),
    *("=cmd|' /C calc'!A0", "_x0041_", "_x000D_"),
    # Control characters, also those that text files and XML cannot hold.
    *("bell\x07", "escape\x1b[31m", "tab\x0bform\x0c", "unit\x1f", "delete\x7f", "c1\x85\x9b"),
    *("nul\x00", "\ufffe\uffff", "line\u2028paragraph\u2029"),
    # Headers, calendars and emails.
    *("a\r\nX-Evil: yes", "a\nBcc: victim@evil.example", "a\rX-Evil: yes"),
    *("END:VEVENT\r\nBEGIN:VEVENT", "a,b;c\\n:d", '"; filename="evil.html', "=?utf-8?q?=0aX?="),
    # Markup, styles and templates.
    *(SCRIPT, '"><img src=x onerror=zqz()>', "'onmouseover='zqz()", "]]><x/>", "&lt;b&gt;&#0;"),
    *("</style></textarea></title>" + SCRIPT, "javascript:zqz()", SUM, "{% load static %}", "%s%n"),
    # Letters.
    *("\u202egnp.exe", "\u2066שלום\u2069 مرحبا", "議員の投票", "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u0301" * 60),
    # Databases, and length.
    *("'; DROP TABLE councils_user; --", "x" * 30_000, "words " * 3_000),
)

FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
DOWNLOAD = re.compile("pdf|_word|excel|export|file|exercise|bundle_ask")
WRITTEN = {"text", "email", "search", "tel", "url", ""}


# --- Finding forms and links ----------------------------------------------------------------------


class Site:
    """The pages of one person: a few of each kind, with their forms. Not the guidance: no one
    writes in it.
    """

    def __init__(self, email, each_kind):
        user = User.objects.get(email=email)
        self.client = signed_in_just_now(user, DEMO_PASSWORD)
        self.client.raise_request_exception = False
        self.forms, self.pages, self.kinds = {}, [], Counter()
        waiting, seen = ["/"], {"/"}
        while waiting:
            address = waiting.pop(0)
            kind = kind_of(address)
            if kind is None or self.kinds[kind] >= each_kind or kind.startswith("guidance"):
                continue
            self.kinds[kind] += 1
            response = self.client.get(address)
            assert response.status_code < 500, address
            self.pages.append(address)
            if response.status_code == 302 and response.url not in seen:
                seen.add(response.url)
                waiting.append(response.url)
            if not is_page(response):
                continue
            page = tree_of(response)
            for link in page.iter("a"):
                target = urlsplit(link.get("href") or "")
                path = target.path
                if path.startswith("/") and not target.netloc and path not in seen:
                    seen.add(path)
                    waiting.append(path)
            for form in page.iter("form"):
                if form.get("method") != "post":
                    continue
                buttons = [button.get("formaction") for button in form.iter("button")]
                for action in filter(None, [form.get("action") or address, *buttons]):
                    key = (kind_of(urlsplit(action).path), *sorted(names_of(form)))
                    if "sign-out" not in action:
                        self.forms.setdefault(key, (urlsplit(action).path, form))


def kind_of(address):
    """Return the name of an address, and of what it shows: "register_add early-win"."""
    try:
        found = resolve(address)
    except Resolver404:
        return None
    words = [value for value in found.kwargs.values() if isinstance(value, str)]
    is_one = "token" in found.kwargs or "slug" in found.kwargs
    return " ".join([found.url_name or "", *([] if is_one else words)])


def is_page(response):
    return response.status_code == 200 and "html" in response.headers.get("Content-Type", "")


def names_of(form):
    return {control.get("name") for control in form.iter() if control.get("name")}


def written_in(form):
    """Yield the name of each field that takes words, and whether it takes an email address."""
    for control in form.iter():
        name, kind = control.get("name"), control.get("type", "")
        if not name or control.get("readonly") is not None:
            continue
        if control.tag == "textarea":
            yield name, False
        elif control.tag == "input" and kind in WRITTEN and not control.get("inputmode"):
            yield name, kind == "email" or "email" in name


def completed(form):
    """Return what the form sends, with the first choice where none is made."""
    sent = controls_of(form)
    for control in form.iter():
        name = control.get("name")
        if control.tag == "input" and control.get("type") in {"radio", "checkbox"} and name:
            sent.setdefault(name, control.get("value", "on"))
        if control.tag == "select" and not sent.get(name):
            values = [option.get("value") for option in control.iter("option")]
            sent[name] = next((value for value in values if value), "")
        if control.tag == "input" and control.get("inputmode") == "numeric" and not sent.get(name):
            sent[name] = {"d": "1", "m": "6", "y": "2027"}.get(name.split("-")[-1][:1], "1")
    return sent


# --- Reading what comes out -----------------------------------------------------------------------


def check(content_type, content, where):
    """Open a file as its readers do, and fail if a payload is more than text in it."""
    readers = {
        "text/html": check_page,
        "application/pdf": check_page,  # see `quick_press`
        "text/calendar": check_calendar,
        "application/zip": check_zip,
        "application/json": lambda content, where: json.loads(content),
    }
    kind = content_type.split(";")[0]
    reader = readers.get(kind, check_plain)
    if "spreadsheet" in kind:
        reader = check_workbook
    elif "wordprocessing" in kind:
        reader = check_word
    reader(content, where)
    return kind


class Elements(HTMLParser):
    """Fails at an element or attribute that came out of a payload."""

    def __init__(self, where):
        super().__init__()
        self.where, self.last = where, ""

    def handle_starttag(self, tag, attrs):
        self.last = tag
        for name, value in attrs:
            assert not name.startswith("on"), (self.where, tag, name)
            assert not (value or "").startswith("javascript:") or name == "value", self.where
        assert (tag, "x") not in [(tag, value) for name, value in attrs if name == "src"], (
            self.where
        )

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        assert self.last != "script" or "zqz" not in data, self.where

    def handle_endtag(self, tag):
        self.last = ""


def check_page(content, where):
    words = content.decode()
    assert "azqz" not in words, where  # what the template filter would make
    Elements(where).feed(words)


def check_plain(content, where):
    assert not FORBIDDEN.search(content.decode()), where


def check_calendar(content, where):
    assert not FORBIDDEN.search(content.decode()), where
    assert all(len(line) <= 75 for line in content.split(b"\r\n")), where
    calendar = Calendar.from_ical(content)
    assert calendar.errors == [], where
    for event in calendar.walk("VEVENT"):
        assert event.errors == [], where
        assert "X-EVIL" not in event, where


def check_workbook(content, where):
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        for cell in (cell for row in sheet for cell in row):
            assert cell.data_type != "f", (where, cell.coordinate, cell.value)
            if isinstance(cell.value, str):
                assert not FORBIDDEN.search(cell.value), (where, cell.value)
                if cell.value.lstrip()[:1] in "=+-@" and len(cell.value) > 1:
                    assert cell.quotePrefix or cell.value[0] in "=+-@", (where, cell.value)
    assert_no_links_out(content, where)


def check_word(content, where):
    document = docx.Document(io.BytesIO(content))
    for paragraph in document.paragraphs:
        assert not FORBIDDEN.search(paragraph.text), (where, paragraph.text)
    assert_no_links_out(content, where)


def assert_no_links_out(content, where):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            assert name.endswith((".xml", ".rels", ".png", ".jpeg")), (where, name)
            if name.endswith(".rels"):
                assert b"evil.example" not in archive.read(name), (where, name)


def check_zip(content, where):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            assert ".." not in name, (where, name)
            if name.endswith(".json"):
                json.loads(archive.read(name))


def content_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def check_headers(response, where):
    assert "X-Evil" not in response.headers, where
    disposition = response.headers.get("Content-Disposition", "")
    assert "evil" not in disposition, where
    assert not disposition or re.fullmatch(
        r'(attachment|inline); filename="[^"\\]+"', disposition
    ), (where, disposition)


def check_message(message):
    sent = message.message()
    assert sent.as_bytes()
    assert not set(sent) & {"X-Evil", "Bcc"}, message.subject
    assert "victim@evil.example" not in message.recipients()
    found = [c for c in message.subject if unicodedata.category(c) == "Cc"]
    assert found == [], message.subject
    assert not FORBIDDEN.search(message.body), message.subject


# --- The tests ------------------------------------------------------------------------------------


def fill(site, payloads, on_commit):
    """Send each form with a payload in each field; return how many were saved or refused."""
    counts = Counter()
    for number, (action, form) in enumerate(site.forms.values()):
        fields = list(written_in(form))
        if not fields:
            continue
        sent = completed(form)
        for place, (name, is_email) in enumerate(fields):
            sent[name] = f"new{number}.{place}@example.org" if is_email else next(payloads)
        counts["fields"] += len(fields)
        with on_commit(execute=True):
            response = site.client.post(action, sent)
        assert response.status_code < 500, (action, sent)
        check_headers(response, action)
        content = content_of(response)
        if response.headers.get("Content-Type"):
            check(response.headers["Content-Type"], content, (action, sent))
        counts["saved" if response.status_code in {200, 302} else "refused"] += 1
    return counts


def read_everything(site, counts, *, is_whole):
    """Ask for each page; send each form that makes a file, or each form, and undo what it did."""
    for address in site.pages:
        for headers in ({}, HTMX) if is_whole else ({},):
            response = site.client.get(address, headers=headers)
            assert response.status_code < 500, address
            check_headers(response, address)
            counts[
                check(response.headers.get("Content-Type", ""), content_of(response), address)
            ] += 1
    for action, form in site.forms.values():
        if not is_whole and not DOWNLOAD.search(kind_of(action) or ""):
            continue
        with transaction.atomic():
            response = site.client.post(action, completed(form))
            assert response.status_code < 500 or response.status_code == 503, action
            check_headers(response, action)
            if "Content-Disposition" in response.headers:
                kind = check(response.headers["Content-Type"], content_of(response), action)
                counts[kind] += 1
            transaction.set_rollback(True)


@pytest.mark.slow
def test_no_text_is_more_than_text_wherever_it_goes(
    request, settings, quick_press, django_capture_on_commit_callbacks, figures
):
    """One round for the suite; `script/attack` asks for as many rounds as there are payloads."""
    assert len(PAYLOADS) >= 40
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 100_000
    settings.EMAILS_A_DAY = dict.fromkeys(settings.EMAILS_A_DAY, 10_000)
    call_command("seed_demo", stdout=io.StringIO())
    is_whole = request.config.getoption("--attack")
    counts, files = Counter(), Counter()
    people = (CHIEF, OFFICER, "adviser@adviser.example") if is_whole else (CHIEF,)
    sites = [Site(email, each_kind=2 if is_whole else 1) for email in people]
    for turn in range(len(PAYLOADS) if is_whole else 1):
        payloads = islice(cycle(PAYLOADS), turn, None)
        for site in sites:
            counts += fill(site, payloads, django_capture_on_commit_callbacks)
    for site in sites:
        read_everything(site, files, is_whole=is_whole)
    call_command("send_digests", stdout=io.StringIO())
    for message in mail.outbox:
        check_message(message)
    assert counts["saved"] > 10
    assert {"text/calendar", "application/pdf", "application/zip"} <= set(files)
    assert any("spreadsheet" in kind for kind in files)
    assert any("wordprocessing" in kind for kind in files)
    assert mail.outbox
    figures("Payloads in fields", counts["fields"])
    figures("Forms with payloads: saved, refused", f"{counts['saved']}, {counts['refused']}")
    figures("Pages and files read after them", sum(files.values()))
    figures("Emails read after them", len(mail.outbox))


# Kinds, keys, addresses and the like, in which no one writes: all in small letters or figures.
MACHINE_WORDS = re.compile(r"[0-9a-z/._:-]+|\S+@\S+|https?://\S+|[{\[].*", re.DOTALL)


def plant(words):
    """Add `words` to every text of the demo that a person can have written; return how many."""
    planted = 0
    for model in apps.get_models():
        if model._meta.app_label not in {"assessments", "councils"}:
            continue
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, (CharField, TextField)) and not field.choices
            if not is_text or field.name == "password":
                continue
            for pk, value in model._base_manager.values_list("pk", field.attname):
                longest = field.max_length or 10_000
                if not isinstance(value, str) or not value:
                    continue
                if not MACHINE_WORDS.fullmatch(value) and len(value + words) <= longest:
                    row = QuerySet(model).filter(pk=pk)
                    row.update(**{field.attname: value + words})
                    planted += 1
    return planted


@pytest.mark.slow
def test_every_page_and_file_can_be_made_whatever_is_stored(settings, quick_press, figures):
    """What an earlier version stored, or another program: no format can hold these characters."""
    call_command("seed_demo", stdout=io.StringIO())
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 100_000
    site, files = Site(CHIEF, each_kind=1), Counter()
    planted = plant("\x01\ufffe\uffff")
    assert planted > 500
    read_everything(site, files, is_whole=False)
    assert {"text/calendar", "application/pdf", "application/zip"} <= set(files)
    assert any("wordprocessing" in kind for kind in files)
    figures("Files made of texts that no format can hold", sum(files.values()))


@pytest.mark.pdf
def test_a_pdf_of_every_payload_has_pages_and_nothing_else(plan, figures):
    for item, payload in zip(plan.items.order_by("pk"), PAYLOADS, strict=False):
        PlanItem.objects.filter(pk=item.pk).update(note=payload.replace("\x00", ""))
    plan = Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)
    report = report_for(plan, today=timezone.localdate())
    with pikepdf.open(io.BytesIO(FORMATS["pdf"].draw(report))) as pdf:
        assert len(pdf.pages) > 3
        assert not {"/OpenAction", "/AA"} & set(pdf.Root.keys())
        assert "/EmbeddedFiles" not in pdf.Root.get("/Names", {})
        for page in pdf.pages:
            for note in page.get("/Annots", []):
                assert "evil" not in str(note.get("/A", {}).get("/URI", ""))
    figures("Payloads in one PDF", len(PAYLOADS))
