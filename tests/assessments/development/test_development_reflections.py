"""Notes on the principles and attributes: other people's opinions, one's own private words."""

import datetime as dt

import pytest
from django.urls import reverse

from assessments.development.actions import share_record, start_record
from assessments.development.models import Reflection
from frameworks.models import Attribute, Framework, Principle
from tests.acting import error_links, form_on, signed_in, text_of

PAGE = "/development/reflections/"


@pytest.fixture
def record(chief):
    return start_record(chief)


@pytest.fixture
def client(chief, record):
    return signed_in(chief)


@pytest.fixture
def principle(record):
    return Principle.objects.get(number=7)


def note_url(kind, subject):
    return reverse("development_reflection", args=[kind, subject.pk])


def write(client, kind, subject, note):
    url = note_url(kind, subject)
    return client.post(url, form_on(client.get(url), None) | {"note": note})


def test_all_33_are_shown_as_dated_opinions_of_their_authors(client):
    page = client.get(PAGE)
    text = text_of(page)
    assert page.content.decode().count("Add a note") == 13 + 20
    for subject in (*Principle.objects.all(), *Attribute.objects.all()):
        assert f"{subject.number}. {subject.title}" in text
    for slug in (Framework.PRINCIPLES, Framework.ATTRIBUTES):
        essay = Framework.objects.get(slug=slug)
        assert (
            f"{essay.title} The author’s opinion at the time, not guidance: {essay.author}." in text
        )
        assert essay.published in text


def test_a_note_is_saved_and_shown(client, record, principle):
    attribute = Attribute.objects.get(number=4)
    for kind, subject in (("principle", principle), ("attribute", attribute)):
        response = write(client, kind, subject, f"  On {kind}\r\nand <b>more</b> ")
        assert response.url == f"{PAGE}#{kind}-{subject.pk}"
    assert {reflection.note for reflection in Reflection.objects.all()} == {
        "On principle\nand <b>more</b>",
        "On attribute\nand <b>more</b>",
    }
    text = text_of(client.get(PAGE))
    assert "On principle and <b>more</b> Edit my note" in text
    assert text.count("Edit my note") == 2
    assert "On attribute" in form_on(client.get(note_url("attribute", attribute)))["note"]


def test_an_unknown_subject_is_not_found(client):
    for address in (f"{PAGE}principle/0/", f"{PAGE}record/1/", f"{PAGE}principle/{10**30}/"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("begun", [False, True], ids=["first note", "later note"])
def test_saving_in_two_windows_loses_nothing(client, principle, begun):
    url = note_url("principle", principle)
    if begun:
        write(client, "principle", principle, "Before")
    early = form_on(client.get(url))
    write(client, "principle", principle, "From one window")
    late = client.post(url, early | {"note": "From the other"})
    assert late.status_code == 409
    assert "From one window" in text_of(late)
    assert form_on(late)["note"].strip() == "From the other"
    assert client.post(url, form_on(late)).status_code == 302
    assert Reflection.objects.get().note == "From the other"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"note": "x" * 20_001}, "The note must be 20,000 characters or fewer"),
        ({"note": "a\0b"}, "Null characters are not allowed"),
        ({"version": "x"}, "This page is out of date"),
    ],
)
def test_an_invalid_form_keeps_what_was_typed(client, principle, changes, error):
    data = {"version": "0", "note": "Kept"} | changes
    response = client.post(note_url("principle", principle), data)
    assert response.status_code == 422
    assert any(message.startswith(error) for message, _ in error_links(response))
    if "note" not in changes:
        assert form_on(response)["note"].strip() == "Kept"
    assert not Reflection.objects.exists()


def test_a_new_edition_keeps_the_notes_on_the_old_one(client, principle):
    write(client, "principle", principle, "Mine")
    Framework.objects.filter(pk=principle.framework_id).update(is_current=False)
    text = text_of(client.get(PAGE))
    assert f"{principle.number}. {principle.title}" in text
    assert text.count("Add a note") == 20
    assert client.get(note_url("principle", principle)).status_code == 200
    other = Principle.objects.exclude(pk=principle.pk).first()
    assert client.get(note_url("principle", other)).status_code == 404


def test_a_reader_of_a_record_does_not_see_reflections(client, record, principle, officer):
    write(client, "principle", principle, "Pangolin")
    share = share_record(
        record,
        reader=officer,
        themes=record.edition.developmentthemes.all(),
        with_journal=True,
        until=dt.date(2999, 1, 1),
    )
    page = signed_in(officer).get(reverse("development_shared", args=[share.pk]))
    assert page.status_code == 200
    assert "Pangolin" not in page.content.decode()


def test_the_pdf_contains_reflections_only_if_selected(client, record, principle, monkeypatch):
    write(client, "principle", principle, "Pangolin <i>seen</i>")
    taken = []
    monkeypatch.setattr(
        "assessments.development.views.records.print_pdf",
        lambda html: taken.append(html) or b"%PDF-1.7",
    )
    theme = record.edition.developmentthemes.first()
    for answers in ({"reflections": "on"}, {"journal": "on", "evidence": "on", "ratings": "on"}):
        answers = {"themes": [theme.pk]} | answers
        assert client.post(reverse("development_pdf"), answers).status_code == 200
    picked, other = taken
    assert "Pangolin &lt;i&gt;seen&lt;/i&gt;" in picked
    assert "The author’s opinion at the time, not guidance: Roger Taylor" in picked
    assert "Kim Ryley" not in picked  # nothing is noted on the other essay
    assert "Pangolin" not in other
    assert "Roger Taylor" not in other
