"""Who can read which texts of a restricted note or a scenario, and for how long."""

import datetime as dt
import io
import zipfile
from importlib import import_module

import openpyxl
import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.urls import reverse
from docx import Document

from assessments.access import plan_for
from assessments.exports.pdf import render_html
from assessments.exports.report import ExportOptions, report_for
from assessments.exports.scope import Scope
from assessments.plans.models import Plan
from assessments.restricted_notes.actions import save_restricted_note
from assessments.restricted_notes.forms import RestrictedNoteForm
from assessments.restricted_notes.models import RestrictedNote, RestrictedNoteReader
from assessments.seats.actions import save_scenario
from assessments.seats.models import Scenario, ScenarioReader
from assessments.versions import StaleVersion
from councils.actions import add_member, change_member, end_membership
from councils.actions.members import reader_links
from councils.models import Access, Membership, Office, ReaderLink, StandingHasEnded
from tests.acting import form_on, seats_of, signed_in, signed_in_just_now, step_url, text_of

pytestmark = pytest.mark.django_db

START = dt.datetime(2027, 5, 10, 9, tzinfo=dt.UTC)
FIRST, SECOND, THIRD = "marker-first-1701", "marker-second-2802", "marker-third-3903"


@pytest.fixture
def clock():
    """Moves on by an hour for each save, so that every text has its own time."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def base(riverdale, chief):
    return seats_of(riverdale, by=chief)


@pytest.fixture(params=["note", "scenario"])
def text(request, clock, plan, item, chief, base):
    """A restricted note or a scenario: `save(words, readers=…, earlier=…)`, `url` and `page`."""

    class Note:
        url = reverse("restricted_note", args=[plan.pk, item.pk])
        step = step_url(plan, 13)
        model, field = RestrictedNote, "text"

        def save(self, words, by=chief, **named):
            clock.shift(dt.timedelta(hours=1))
            note = RestrictedNote.objects.first()
            version = note.version if note else 0
            return save_restricted_note(item, note, text=words, version=version, by=by, **named)

    class WhatIf(Note):
        step = reverse("scenarios", args=[plan.pk])
        model, field = Scenario, "name"

        def save(self, words, by=chief, **named):
            clock.shift(dt.timedelta(hours=1))
            found = Scenario.objects.first()
            saved = save_scenario(
                found,
                plan=plan,
                base=base,
                name=words,
                changes=[],
                version=found.version if found else 0,
                by=by,
                **named,
            )
            self.url = reverse("scenario", args=[plan.pk, saved.pk])
            return saved

    return {"note": Note, "scenario": WhatIf}[request.param]()


@pytest.fixture
def mo(person, riverdale):
    return person(riverdale, "mo", office=Office.MONITORING_OFFICER)


def membership(user):
    return Membership.objects.get(user=user)


# --- Two saves at once ------------------------------------------------------------------------


@pytest.mark.parametrize("is_named", [True, False])
def test_a_conflict_shows_the_other_text_only_to_its_readers(text, mo, monkeypatch, is_named):
    """The save that came first can end the access of the person whose save waited for it."""
    text.save(FIRST, readers=[membership(mo)])
    client = signed_in(mo)
    sent = form_on(client.get(text.url)) | {text.field: THIRD}
    action = "save_restricted_note" if text.model is RestrictedNote else "save_scenario"

    def save(*args, **kwargs):
        monkeypatch.undo()
        text.save(SECOND, readers=[membership(mo)] if is_named else [])
        raise StaleVersion

    place = "restricted_notes.views" if text.model is RestrictedNote else "seats.views.scenarios"
    monkeypatch.setattr(f"assessments.{place}.actions.{action}", save)
    response = client.post(text.url, sent)
    assert response.status_code == (409 if is_named else 404)
    assert (SECOND in text_of(response)) == is_named


# --- Which texts ----------------------------------------------------------------------------------


def test_a_new_reader_reads_texts_from_when_they_were_named(text, mo, chief):
    text.save(FIRST)
    text.save(SECOND, readers=[membership(mo)])
    text.save(THIRD)
    page = text_of(signed_in(mo).get(text.url))
    assert FIRST not in page
    assert SECOND in page
    assert THIRD in page
    assert FIRST in text_of(signed_in(chief).get(text.url))


def test_a_reader_who_is_named_without_a_new_text_reads_the_current_one(text, mo):
    text.save(FIRST)
    text.save(SECOND)
    text.save(SECOND, readers=[membership(mo)])
    page = text_of(signed_in(mo).get(text.url))
    assert SECOND in page
    assert FIRST not in page


def test_an_owner_can_let_a_new_reader_read_the_earlier_texts_after_a_warning(text, mo, chief):
    text.save(FIRST)
    client = signed_in(chief)
    page = client.get(text.url)
    assert "Warning: they will be able to read every text that has been replaced" in text_of(page)
    sent = form_on(page) | {text.field: SECOND, "readers": [membership(mo).pk], "earlier": "on"}
    assert client.post(text.url, sent).status_code == 302
    assert FIRST in text_of(signed_in(mo).get(text.url))


def test_the_choice_is_made_for_the_people_who_are_added_and_only_then(text, mo, person, riverdale):
    other = person(riverdale, "other")
    text.save(FIRST)
    text.save(SECOND, readers=[membership(mo)])
    text.save(THIRD, readers=[membership(mo), membership(other)], earlier=True)
    assert FIRST in text_of(signed_in(other).get(text.url))
    assert FIRST not in text_of(signed_in(mo).get(text.url))


def test_a_reader_is_not_offered_the_choice_and_cannot_send_it(text, mo, person, riverdale):
    other = person(riverdale, "other")
    text.save(FIRST)
    text.save(SECOND, readers=[membership(mo)])
    client = signed_in(mo)
    page = client.get(text.url)
    assert "earlier" not in form_on(page)
    sent = form_on(page) | {"earlier": "on", "readers": [membership(other).pk]}
    client.post(text.url, sent)
    assert FIRST not in text_of(client.get(text.url))
    assert signed_in(other).get(text.url).status_code == 404


# --- Leaving the council --------------------------------------------------------------------------


def test_leaving_ends_the_link_and_being_invited_again_gives_nothing_back(text, mo, chief):
    text.save(FIRST, readers=[membership(mo)])
    assert signed_in(mo).get(text.url).status_code == 200
    end_membership(membership(mo), by=chief)
    add_member(
        council=membership(mo).council,
        email=mo.email,
        name=mo.name,
        office="slt-member",
        access="editor",
    )
    assert membership(mo).ended_at is None
    assert signed_in(mo).get(text.url).status_code == 404
    assert text.model.objects.get().readers_in_words == "the owners"


def test_someone_whose_access_ended_since_they_were_chosen_is_not_named(text, mo, officer, chief):
    chosen = [membership(mo), membership(officer)]
    end_membership(membership(mo), by=chief)
    text.save(FIRST, readers=chosen)
    assert text.model.objects.get().readers_in_words == f"the owners and {officer.name}"
    add_member(
        council=chosen[0].council, email=mo.email, name="", office="slt-member", access="editor"
    )
    assert signed_in(mo).get(text.url).status_code == 404


def test_an_owner_whose_access_has_just_been_reduced_names_no_one(text, plan, chief, person):
    """The form refuses owners as readers, so that sending it in a loop leaves nothing."""
    text.save(FIRST)
    second = person(plan.council, "second", access=Access.OWNER)
    plan_for(second, plan.pk)
    change_member(membership(second), by=chief, access=Access.EDITOR)
    with pytest.raises(StandingHasEnded):
        text.save(SECOND, by=second, readers=[membership(second)], earlier=True)
    assert text.model.objects.get().readers_in_words == "the owners"
    assert signed_in(second).get(text.url).status_code == 404


def test_every_field_of_readers_is_a_link_that_ends_with_the_membership():
    """Walks the models, so that the next kind of restricted text is covered as well."""
    found = [
        field.remote_field.through
        for model in apps.get_models()
        for field in model._meta.many_to_many
        if field.related_model is Membership and "reader" in field.name
    ]
    assert len(found) >= 2
    assert set(found) == set(reader_links())
    assert all(issubclass(model, ReaderLink) for model in found)


def test_links_made_before_are_dated_or_ended(text, mo, chief, person, riverdale):
    gone = person(riverdale, "gone")
    text.save(FIRST)
    saved = text.save(SECOND, readers=[membership(mo), membership(gone)])
    links = {RestrictedNote: RestrictedNoteReader, Scenario: ScenarioReader}[text.model].objects
    links.update(reads_from=None)
    Membership.objects.filter(user=gone).update(ended_at=START)
    import_module("assessments.migrations.0018_restricted_readers").end_and_date_links(apps, None)
    link = links.get()
    assert (link.membership.user, link.reads_from) == (mo, saved.saved_at)
    page = text_of(signed_in(mo).get(text.url))
    assert SECOND in page
    assert FIRST not in page


# --- Two-step sign-in -----------------------------------------------------------------------------


def test_a_named_reader_needs_two_step_sign_in_where_owners_do(text, mo, settings):
    text.save(FIRST, readers=[membership(mo)])
    client = signed_in(mo)
    assert FIRST in text_of(client.get(text.step))
    settings.SECOND_FACTOR_REQUIRED = True
    for answer in (client.get(text.url), client.post(text.url, {"version": 1})):
        assert reverse("mfa_activate_totp") in answer.url
    assert FIRST not in client.get(text.step).content.decode()
    Authenticator.objects.create(user=mo, type=Authenticator.Type.TOTP, data={})
    assert FIRST in text_of(client.get(text.url))
    assert FIRST in text_of(client.get(text.step))


def test_the_page_promises_it_only_where_it_is_required(text, chief, mo, settings):
    text.save(FIRST)
    Authenticator.objects.create(user=chief, type=Authenticator.Type.TOTP, data={})
    client = signed_in(chief)
    for required in (True, False):
        settings.SECOND_FACTOR_REQUIRED = required
        page = text_of(client.get(text.url))
        assert ("Anyone you add needs two-step sign-in, and loses access" in page) is required
        assert "loses access if they leave the council." in page


def test_someone_who_is_not_named_is_not_asked_for_it(text, officer, settings):
    text.save(FIRST)
    settings.SECOND_FACTOR_REQUIRED = True
    assert signed_in(officer).get(text.url).status_code == 404


# --- The promise beside the box -------------------------------------------------------------------


def test_no_export_has_a_restricted_text_but_the_one_that_says_so(plan, text, chief, monkeypatch):
    """Every format and option; the zip of the council's data only where an owner asks for them."""
    text.save(FIRST)
    names = [name for name in ExportOptions.__dataclass_fields__ if name != "items"]
    everything = ExportOptions(**dict.fromkeys(names, True))
    for scope in ("whole", "summary", "stage-2", "area-3"):
        report = report_for(
            plan, scope=Scope.parse(scope), options=everything, today=dt.date(2027, 5, 18)
        )
        assert FIRST not in render_html(report)
    client = signed_in_just_now(chief)
    boxes = form_on(client.get(reverse("action_plan", args=[plan.pk])))
    word = client.post(reverse("action_plan_word", args=[plan.pk]), boxes)
    document = Document(io.BytesIO(word.content))
    assert FIRST not in "".join(each.text or "" for each in document.element.iter())
    excel = client.post(reverse("action_plan_excel", args=[plan.pk]), boxes)
    book = openpyxl.load_workbook(io.BytesIO(excel.content))
    assert FIRST not in str([list(sheet.values) for sheet in book])
    assert FIRST not in client.get(reverse("plan_calendar_file", args=[plan.pk])).content.decode()
    for asked, has_it in (({}, False), ({"restricted": "on"}, True)):
        export = client.post(reverse("council_data_export", args=[plan.council.slug]), asked)
        content = b"".join(export.streaming_content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = [name for name in archive.namelist() if FIRST in archive.read(name).decode()]
        assert bool(found) == has_it
        assert all(name.startswith("restricted/") for name in found)


def test_the_promise_names_the_exception():
    promise = RestrictedNoteForm(others=[]).fields["text"].help_text
    assert "not part of the action plan, in any format" in promise
    assert "An owner who exports all the council’s data can include it" in promise


# --- All of them, for owners ----------------------------------------------------------------------


def test_an_owner_sees_all_restricted_texts_and_their_readers(plan, text, mo, chief, settings):
    saved = text.save(FIRST, readers=[membership(mo)])
    client, url = signed_in(chief), reverse("restricted_texts", args=[plan.pk])
    page = client.get(url)
    assert f"Mo, Monitoring officer (since {saved.saved_at.day} May 2027)" in text_of(page)
    assert text.url in page.content.decode()
    settings.SECOND_FACTOR_REQUIRED = True
    Authenticator.objects.create(user=chief, type=Authenticator.Type.TOTP, data={})
    assert "cannot read it until they set up two-step sign-in" in text_of(client.get(url))


@pytest.mark.parametrize(
    ("control", "words"),
    [
        ("two-party", "could divide the coalition, and help"),
        ("minority", "could divide the administration from the groups whose votes it needs, and"),
        ("majority", "could divide the administration, and help"),
    ],
)
def test_the_list_words_an_action_for_the_form_of_control(plan, chief, control, words):
    Plan.objects.filter(pk=plan.pk).update(control=control)
    item = plan.items.get(source__code="NOC-21.3")
    save_restricted_note(item, None, text=FIRST, version=0, by=chief)
    page = signed_in(chief).get(reverse("restricted_texts", args=[plan.pk]))
    assert words in text_of(page)


def test_the_empty_list_names_the_link_of_the_step_page(plan, chief):
    client, words = signed_in(chief), "Add a restricted note"
    assert words in text_of(client.get(reverse("restricted_texts", args=[plan.pk])))
    assert words in text_of(client.get(reverse("plan_step", args=[plan.pk, 11])))


@pytest.mark.parametrize("who", ["officer", "mo", "reviewer", "stranger", "adviser"])
def test_only_owners_see_the_list(request, plan, text, mo, who):
    text.save(FIRST, readers=[membership(mo)])
    client = signed_in(request.getfixturevalue(who))
    assert client.get(reverse("restricted_texts", args=[plan.pk])).status_code == 404


def test_the_list_asks_a_constant_number_of_queries(
    plan, chief, mo, django_assert_num_queries, django_assert_max_num_queries
):
    url, client = reverse("restricted_texts", args=[plan.pk]), signed_in(chief)

    def write(items):
        for item in items:
            save_restricted_note(
                item, None, text=FIRST, version=0, by=chief, readers=[membership(mo)]
            )

    items = list(plan.items.all()[:12])
    write(items[:1])
    client.get(url)  # the first page of a plan is stored in the session
    with django_assert_max_num_queries(20) as counted:
        client.get(url)
    write(items[1:])
    with django_assert_num_queries(len(counted)):
        client.get(url)
