"""A person's development record: what they rate and note, and that no one else can see it."""

import datetime as dt
import io
import re

import pikepdf
import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from assessments.data_protection.actions import erase_person, purge_plan
from assessments.development.actions import (
    save_answer,
    save_reflection,
    share_record,
    start_record,
    write_entry,
)
from assessments.development.models import (
    DevelopmentRecord,
    DevelopmentShare,
    JournalEntry,
    RatingMark,
    Reflection,
    StandardAnswer,
)
from assessments.development.ratings_over_time import histories_of
from assessments.plans.models import Event, Plan
from assessments.versions import StaleVersion
from councils.belongings import belongings_of
from councils.models import Council, CouncilEvent, User
from frameworks.models import DevelopmentStandard, Framework
from tests.acting import error_links, form_on, signed_in, text_of, tree_of, words

HOME = "/development/"
OWN = {
    DevelopmentRecord,
    StandardAnswer,
    RatingMark,
    Reflection,
    JournalEntry,
    DevelopmentShare,
}


@pytest.fixture
def record(chief):
    return start_record(chief)


@pytest.fixture
def standard(record):
    return record.standards.get(code="DEV-2S.1")


@pytest.fixture
def client(chief):
    return signed_in(chief)


def answer_url(standard):
    return reverse("development_standard", args=[standard.pk])


def rate(record, code, **fields):
    standard = record.standards.get(code=code)
    answer = StandardAnswer.objects.filter(record=record, standard=standard).first()
    answer = answer or StandardAnswer(record=record, standard=standard, version=0)
    save_answer(answer, version=answer.version, **fields)


def edit(client, url, **changes):
    return client.post(url, form_on(client.get(url), None) | changes)


# --- The record -----------------------------------------------------------------------------------


def test_a_record_is_started_by_a_button_and_not_by_opening_the_page(client, chief, plan):
    page = client.get(HOME)
    assert "Start your record" in text_of(page)
    assert not DevelopmentRecord.objects.exists()
    assert client.post(HOME).status_code == 302
    assert client.post(HOME).status_code == 302  # pressed twice
    record = DevelopmentRecord.objects.get()
    assert record.person == chief
    assert record.edition == Framework.objects.current(Framework.DEVELOPMENT)


def test_anyone_signed_in_can_have_a_record(db):
    visitor = signed_in(User.objects.create_user(email="v@example.org", name="V"))
    visitor.post(HOME)
    assert "0 of 6 rated" in text_of(visitor.get(HOME))


def test_the_map_shows_all_21_cells_and_114_standards(client, record):
    rate(record, "DEV-2S.1", rating="strength")
    rate(record, "DEV-2S.2", rating="begun")
    page = client.get(HOME)
    cells = [cell for cell in tree_of(page).iter("td") if cell.get("role") == "cell"]
    assert len(cells) == 21
    counts = [re.search(r"(\d+) of (\d+) rated", words(cell)).groups() for cell in cells]
    assert sum(int(total) for _, total in counts) == 114
    assert sum(int(rated) for rated, _ in counts) == 2
    aloud = "interface, Sharpening judgement: a strength 1, developing 1, not rated 3"
    assert aloud in text_of(page)


def test_every_standard_is_shown_in_one_cell(client, record):
    seen = []
    for theme in range(1, 8):
        for phase in range(1, 4):
            page = client.get(reverse("development_cell", args=[theme, phase])).content.decode()
            seen += re.findall(r'id="standard-(\d+)"', page)
    assert sorted(map(int, seen)) == sorted(record.standards.values_list("pk", flat=True))
    for theme, phase in ((0, 1), (8, 1), (1, 4), (10**30, 1), (1, 10**30)):
        assert client.get(reverse("development_cell", args=[theme, phase])).status_code == 404


def test_a_record_keeps_the_edition_it_was_started_with(client, record, standard):
    old = record.edition
    Framework.objects.filter(pk=old.pk).update(is_current=False)
    new = Framework.objects.create(
        slug=old.slug, edition="2", title="New", published="2030", summary="-", is_current=True
    )
    page = text_of(client.get(HOME))
    assert "Your record uses edition 1" in page
    assert "0 of 6 rated" in page
    assert client.get(answer_url(standard)).status_code == 200
    standard.framework, standard.pk = new, None
    standard.save()
    assert client.get(answer_url(standard)).status_code == 404


# --- Answers --------------------------------------------------------------------------------------


def test_rating_evidence_and_next_step_are_saved_and_shown(client, record, standard):
    response = edit(
        client,
        answer_url(standard),
        rating="secure",
        evidence="First line\r\nsecond <b>line</b>",
        next_step="Ask  Sam",
        **{"next_step_on-day": "4", "next_step_on-month": "3", "next_step_on-year": "2027"},
    )
    assert response.status_code == 302
    answer = StandardAnswer.objects.get()
    assert answer.evidence == "First line\nsecond <b>line</b>"
    assert (answer.rating, answer.next_step) == ("secure", "Ask Sam")
    assert answer.next_step_on == dt.date(2027, 3, 4)
    cell = text_of(client.get(response.url))
    for part in ("Secure", "second <b>line</b>", "Next: Ask Sam (by 4 March 2027)"):
        assert part in cell
    assert "Ask SamBy 4 March 2027" in text_of(client.get(HOME))


def test_ratings_over_time(client, record, standard):
    for day, rating in ((1, "begun"), (20, "secure")):
        with time_machine.travel(dt.datetime(2027, 3, day, 12, tzinfo=dt.UTC)):
            edit(signed_in(record.person), answer_url(standard), rating=rating)
    with time_machine.travel(dt.datetime(2027, 3, 25, 12, tzinfo=dt.UTC)):
        edit(signed_in(record.person), answer_url(standard), evidence="No new rating")
        page = text_of(signed_in(record.person).get(answer_url(standard)))
    assert "1 March 2027: Developing 20 March 2027: Secure" in page
    assert RatingMark.objects.count() == 2


def at_noon(day):
    return dt.datetime(2027, 3, day, 12, tzinfo=dt.UTC)


def test_how_the_ratings_of_each_theme_changed(record):
    for day, code, rating in (
        (1, "DEV-2S.1", "begun"),
        (2, "DEV-2A.1", "begun"),
        (3, "DEV-3A.1", "strength"),
        (3, "DEV-2A.1", ""),
        (4, "DEV-2S.1", "secure"),
    ):
        with time_machine.travel(at_noon(day)):
            rate(record, code, rating=rating)
    with time_machine.travel(at_noon(5)):
        page = signed_in(record.person).get(reverse("development_ratings"))
    tables = [words(table) for table in tree_of(page).iter("table")]
    total, others = (record.standards.filter(theme__number=n).count() for n in (2, 3))
    assert tables == [
        "Changes in the ratings of theme 2 By Ratings"
        f" 4 Mar 2027 secure 1, not rated {total - 1}"
        f" 3 Mar 2027 developing 1, not rated {total - 1}"
        f" 2 Mar 2027 developing 2, not rated {total - 2}"
        f" 1 Mar 2027 developing 1, not rated {total - 1}",
        "Changes in the ratings of theme 3 By Ratings"
        f" 3 Mar 2027 a strength 1, not rated {others - 1}",
    ]
    looks = re.findall(r"url\(#look-([a-z-]+)-2\)", page.content.decode())
    assert looks == ["begun", "begun", "begun", "secure", "secure"]


@pytest.mark.parametrize(("last", "shown"), [(1, 1), (2, 2), (12, 12), (31, 12)])
def test_at_most_twelve_days_from_the_first_rating_to_today(record, last, shown):
    with time_machine.travel(at_noon(1)):
        rate(record, "DEV-2S.1", rating="begun")
    (history,) = (
        each
        for each in histories_of(record, today=dt.date(2027, 3, last))
        if each.theme.number == 2
    )
    assert len(history.days) == len(set(history.days)) == len(history.columns) == shown
    assert (history.days[0], history.days[-1]) == (dt.date(2027, 3, 1), dt.date(2027, 3, last))


def test_without_ratings_there_is_no_chart(client, record):
    page = client.get(reverse("development_ratings"))
    assert "You have not rated any standards" in text_of(page)
    assert "<svg" not in page.content.decode()


def test_saving_without_a_change_changes_nothing(client, record, standard):
    edit(client, answer_url(standard))
    assert not StandardAnswer.objects.exists()
    edit(client, answer_url(standard), rating="begun")
    edit(client, answer_url(standard))
    assert StandardAnswer.objects.get().version == 1


@pytest.mark.parametrize("begun", [False, True], ids=["first answer", "later answer"])
def test_saving_in_two_windows_loses_nothing(client, record, standard, begun):
    url = answer_url(standard)
    if begun:
        edit(client, url, evidence="Before")
    early = form_on(client.get(url))
    edit(client, url, evidence="From one window")
    late = client.post(url, early | {"evidence": "From the other"})
    assert late.status_code == 409
    page = text_of(late)
    assert "From one window" in page
    assert form_on(late)["evidence"].strip() == "From the other"
    assert StandardAnswer.objects.get().evidence == "From one window"
    assert client.post(url, form_on(late)).status_code == 302
    assert StandardAnswer.objects.get().evidence == "From the other"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"rating": "excellent"}, "Select one of the ratings"),
        ({"evidence": "x" * 20_001}, "The evidence must be 20,000 characters or fewer"),
        ({"evidence": "a\0b"}, "Null characters are not allowed"),
        ({"next_step": "x" * 301}, "The next step must be 300 characters or fewer"),
        ({"next_step_on-day": "31"}, "The date must include a month and year"),
        ({"version": ""}, "This page is out of date"),
        ({"version": "9" * 30}, "This page is out of date"),
        ({"version": "-1"}, "This page is out of date"),
    ],
)
def test_an_invalid_form_keeps_what_was_typed(client, record, standard, changes, error):
    data = {"version": "0", "rating": "begun", "evidence": "Kept", "next_step": "Also kept"}
    response = client.post(answer_url(standard), data | changes)
    assert response.status_code == 422
    assert any(message.startswith(error) for message, _ in error_links(response))
    sent = form_on(response)
    for name in {"evidence", "next_step"} - set(changes):
        assert sent[name].strip() == data[name]
    assert not StandardAnswer.objects.exists()


def test_a_date_needs_a_next_step(client, record, standard):
    parts = {"next_step_on-day": "4", "next_step_on-month": "3", "next_step_on-year": "2027"}
    response = edit(client, answer_url(standard), **parts)
    assert error_links(response) == [("Enter the next step that the date is for", "id_next_step")]


# --- Who is refused -------------------------------------------------------------------------------


def test_a_record_leaves_no_event_at_a_council(client, record, standard, plan):
    before = (Event.objects.count(), CouncilEvent.objects.count())
    edit(client, answer_url(standard), rating="begun", evidence="Mine")
    client.post(
        reverse("development_entry_new"),
        form_on(client.get(reverse("development_entry_new"))) | {"words": "Mine"},
    )
    client.post(reverse("development_delete"))
    assert (Event.objects.count(), CouncilEvent.objects.count()) == before


def test_no_relation_leads_to_a_record_from_a_person_a_council_or_a_plan():
    """No reverse relation, so that no query about them can reach or count it by accident."""
    for model in set(apps.get_models()) - OWN:
        for relation in model._meta.related_objects:
            assert relation.hidden or relation.related_model not in OWN, (model, relation)


def test_a_record_belongs_to_no_council_so_no_export_or_deletion_includes_it():
    assert not OWN & set(belongings_of(Council))
    assert not OWN & set(belongings_of(Plan))


def test_deleting_a_plan_keeps_the_journal(record, plan, chief):
    step = plan.items.first().step
    entry = write_entry(record, day=timezone.localdate(), words="Mine", plan=plan, step=step)
    purge_plan(plan, by=chief)
    entry.refresh_from_db()
    assert (entry.words, entry.plan) == ("Mine", None)


def test_erasing_a_person_erases_their_record_and_what_others_shared(
    record, chief, officer, standard
):
    until = timezone.localdate() + dt.timedelta(days=3)
    scope = {"themes": [standard.theme], "with_journal": False, "until": until}
    share_record(record, reader=officer, **scope)
    theirs = start_record(officer)
    share_record(theirs, reader=chief, **scope)
    erase_person(officer, by=chief)
    assert list(DevelopmentRecord.objects.all()) == [record]
    assert not DevelopmentShare.objects.exists()


def test_a_record_needs_two_step_sign_in_where_that_is_required(client, officer, record, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    mine = signed_in(officer)  # an editor, whose plans do not ask for it
    for address in (HOME, reverse("development_journal"), reverse("development_shared", args=[1])):
        assert reverse("mfa_activate_totp") in mine.get(address).url
    Authenticator.objects.create(user=officer, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert mine.get(HOME).status_code == 200


def test_a_person_can_delete_the_whole_record(client, record, officer, standard):
    rate(record, "DEV-2S.1", rating="begun", next_step="Go")
    write_entry(record, day=timezone.localdate(), words="W", standards=[standard])
    subject = Reflection.subjects("principle", record).first()
    reflection = Reflection(record=record, principle=subject, version=0)
    save_reflection(reflection, version=0, note="N")
    for model in OWN - {DevelopmentShare}:
        assert model.objects.exists()
    share_record(
        record,
        reader=officer,
        themes=[standard.theme],
        with_journal=True,
        until=timezone.localdate() + dt.timedelta(days=3),
    )
    standards = DevelopmentStandard.objects.count()
    assert "permanently deleted" in text_of(client.get(reverse("development_delete")))
    assert client.post(reverse("development_delete")).status_code == 302
    for model in OWN:
        assert not model.objects.exists()
    assert DevelopmentStandard.objects.count() == standards


def test_saving_a_standard_of_a_deleted_record_is_refused(client, record, standard):
    """Another window may have deleted the record since the page was opened."""
    answer = StandardAnswer(record=record, standard=standard, version=0)
    DevelopmentRecord.objects.all().delete()
    with pytest.raises(StaleVersion):
        save_answer(answer, version=0, rating="secure")
    assert client.post(answer_url(standard), {"version": 0, "rating": "secure"}).status_code == 404


# --- As a calendar -------------------------------------------------------------------------------


def test_dated_next_steps_are_in_the_calendar_file(client, record):
    def take():
        response = client.get(reverse("development_calendar"))
        assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
        assert "PRIVATE" in response.headers["Content-Disposition"]
        calendar = Calendar.from_ical(response.content)
        assert calendar.errors == []
        return calendar.walk("VEVENT")

    link = reverse("development_calendar")
    rate(record, "DEV-2S.2", next_step="Some time")
    assert link not in client.get(HOME).content.decode()
    assert take() == []
    rate(record, "DEV-2S.1", next_step="Ask Sam; then, decide", next_step_on=dt.date(2027, 3, 4))
    assert link in client.get(HOME).content.decode()
    (first,) = take()
    assert str(first["summary"]) == "Ask Sam; then, decide"
    assert (first["dtstart"].dt, first["dtend"].dt) == (dt.date(2027, 3, 4), dt.date(2027, 3, 5))
    assert str(first["class"]) == "PRIVATE"
    assert str(first["url"]).endswith(answer_url(record.standards.get(code="DEV-2S.1")))
    assert take() == [first]
    rate(record, "DEV-2S.1", next_step_on=dt.date(2027, 4, 4))
    (moved,) = take()
    assert moved["uid"] == first["uid"]
    assert moved["sequence"] > first["sequence"]
    assert moved["dtstart"].dt == dt.date(2027, 4, 4)


# --- As PDF ---------------------------------------------------------------------------------------


@pytest.fixture
def printed(client, monkeypatch):
    """What is handed to the press, as text."""
    taken = []
    monkeypatch.setattr(
        "assessments.development.views.records.print_pdf",
        lambda html: taken.append(html) or b"%PDF-1.7",
    )

    def take(**answers):
        response = client.post(reverse("development_pdf"), answers)
        assert response.headers["Content-Type"] == "application/pdf"
        assert "PRIVATE" in response.headers["Content-Disposition"]
        return taken[-1]

    return take


def test_the_pdf_contains_what_the_person_selects(record, printed):
    themes = {theme.number: theme.pk for theme in record.edition.developmentthemes.all()}
    rate(record, "DEV-2S.1", rating="begun", evidence="Ocelot <b>seen</b>", next_step="Feed it")
    rate(record, "DEV-3A.1", rating="begun", evidence="Pangolin")
    write_entry(record, day=timezone.localdate(), words="Tied to nothing")
    part = printed(themes=[themes[2]], evidence="on", journal="on")
    assert 'data-marking="PRIVATE"' in part
    assert "Ocelot &lt;b&gt;seen&lt;/b&gt;" in part
    assert "Feed it" in part
    assert "Pangolin" not in part
    assert "Tied to nothing" not in part
    whole = printed(themes=list(themes.values()), journal="on")
    assert "Ocelot" not in whole
    assert "Tied to nothing" in whole
    assert "Tied to nothing" not in printed(themes=list(themes.values()))


def test_the_pdf_contains_the_ratings_over_time_if_selected(record, printed):
    themes = {theme.number: theme.pk for theme in record.edition.developmentthemes.all()}
    rate(record, "DEV-2S.1", rating="begun")
    rate(record, "DEV-3A.1", rating="begun")
    part = printed(themes=[themes[2], themes[4]], ratings="on")
    assert re.findall(r'id="moves-(\w+)"', part) == ["key", "2"]
    assert "developing 1, " in part
    assert "<svg" not in printed(themes=[themes[2]])


def test_the_pdf_is_tagged(client, record):
    rate(record, "DEV-2S.1", rating="begun", evidence="Seen", next_step="Go on")
    page = client.get(reverse("development_pdf"))
    themes = list(record.edition.developmentthemes.values_list("pk", flat=True))
    assert len(re.findall(r'name="themes"[^>]*checked', page.content.decode())) == 7
    response = client.post(reverse("development_pdf"), {"themes": themes, "ratings": "on"})
    with pikepdf.open(io.BytesIO(response.content)) as document:
        assert document.Root.MarkInfo.Marked
        assert document.Root.Lang == "en-GB"
        assert "Development plan of" in str(document.docinfo["/Title"])
