"""The export of all data of one council, and of nothing else, as one file."""

import datetime as dt
import io
import json
import re
import threading
import zipfile

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from assessments.advisers.actions import grant_adviser, record_look
from assessments.data_protection import council_export as exports
from assessments.data_protection.forms import MOST_PDFS
from assessments.management.commands import export_council
from assessments.plans.models import PlanItem
from assessments.plans.models.offsets import OffsetField
from assessments.printing.pdf import PdfUnavailable
from assessments.register.actions import add_to_register
from assessments.register.models import Agreement, EarlyWin, Issue
from assessments.restricted_notes.actions import save_restricted_note
from assessments.seats.actions import record_composition, save_scenario
from councils.actions import invite
from councils.belongings import belongings_of
from councils.models import ChainHead, Council, CouncilEvent, Invitation, Membership, User
from councils.verification import verify
from elections.composition import Composition, Group
from elections.offsets import Offset, Side, Unit
from elections.scenario import SeatSwing
from tests.acting import (
    PASSWORD,
    answer,
    error_links,
    form_on,
    own_item,
    signed_in,
    signed_in_just_now,
    text_of,
)

OURS, THEIRS, SECRET = "Quagga", "Narwhal", "Between owners"


def url(name="council_data_export"):
    return reverse(name, args=["riverdale"])


def filled(plan, mark):
    """Make a council in which every text that a person can write carries `mark`."""
    owner = plan.created_by
    Council.objects.filter(pk=plan.council_id).update(name=f"{mark} Council")
    first, second = plan.items.all()[:2]
    answer(first, owner, note=f"Note of {mark}", owner=Membership.objects.get(user=owner))
    own_item(plan, by=owner, title=f"Brief {mark}")
    agreement = {"kind": "other", "manner": "verbal", "parties": f"{mark}\nOthers"}
    add_to_register(Agreement, plan, by=owner, **agreement)
    add_to_register(Issue, plan, by=owner, kind="crunch", words=f"Issue of {mark}")
    add_to_register(EarlyWin, plan, by=owner, words=f"Win of {mark}")
    save_restricted_note(
        second,
        None,
        text=f"{SECRET} of {mark}",
        version=0,
        by=owner,
        readers=Membership.objects.filter(user=owner),
    )
    composition = record_composition(
        council=plan.council,
        as_at=plan.election_day,
        composition=Composition((Group(f"{mark} group", 10), Group("Others", 10))),
        based_on=None,
        by=owner,
    )
    save_scenario(
        None,
        plan=plan,
        base=composition,
        name=f"{SECRET}: if {mark} wins",
        changes=[SeatSwing("Others", f"{mark} group", 1)],
        version=0,
        by=owner,
        readers=Membership.objects.filter(user=owner),
    )
    tokens = []
    invite(
        council=plan.council,
        by=owner,
        link_for=lambda token: tokens.append(token) or token,
        email=f"{mark}@example.org",
        name=f"Mx {mark}",
        office="slt-member",
        job_title="",
        access="editor",
    )
    return tokens[0]


@pytest.fixture
def no_pdf(monkeypatch):
    monkeypatch.setattr(
        exports, "render_pdf", lambda report, **limits: b"%PDF-1.7 " + OURS.encode()
    )


@pytest.fixture
def token(plan, their_plan, no_pdf):
    filled(their_plan, THEIRS)
    return filled(plan, OURS)


def files_of(response):
    content = b"".join(response.streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def taken(user, **data):
    response = signed_in_just_now(user).post(url(), data)
    assert response.status_code == 200
    assert re.fullmatch(
        r'attachment; filename="(Quagga|Riverdale Borough) Council data \d{4}-\d\d-\d\d\.zip"',
        response.headers["Content-Disposition"],
    )
    return files_of(response)


def test_a_readme_says_what_the_files_are(chief, token):
    files = taken(chief, pdfs="1", restricted="1")
    text = files["README.txt"].decode()
    assert f"by {chief.name}" in text
    folders = {name.partition("/")[0] + "/" for name in files if "/" in name}
    assert folders
    for named in [
        *folders,
        *(name for name in files if name.endswith(".json") and "/" not in name),
    ]:
        assert f"\n{named}\n" in text
    assert "only those that the person who exported them could read" in text
    assert "complete/" not in text


def test_the_readme_of_a_complete_export_names_what_it_has_more(plan, token):
    file = io.BytesIO()
    exports.export_council(plan.council, file, pdfs=False, complete=True)
    with zipfile.ZipFile(file) as archive:
        text = archive.read("README.txt").decode()
        folders = {name.partition("/")[0] + "/" for name in archive.namelist() if "/" in name}
    assert {"complete/", "restricted/"} <= folders
    assert all(f"\n{named}\n" in text for named in [*folders, "guidance.json"])
    assert "only those that" not in text
    assert "for system administrators only" in text
    assert "your council stores" not in text
    assert "action-plans/" not in text


def rows(files, name):
    return json.loads(files[f"data/{name}.json"])


# --- What is in it --------------------------------------------------------------------------------


def test_every_table_of_a_council_is_included_or_left_out_on_purpose():
    """A new table fails here until it is listed as one or the other."""
    of_a_council = set(belongings_of(Council))
    named = [*exports.FILES.values(), *exports.RESTRICTED_FILES.values(), *exports.LEFT_OUT]
    assert len(named) == len(set(named))
    assert set(named) == of_a_council


def test_no_field_with_a_secret_is_included():
    for model in [*exports.FILES.values(), *exports.RESTRICTED_FILES.values()]:
        for name in exports.fields_of(model):
            # Checksums of certificates and snapshots are shown on pages.
            if name not in {"head_digest", "digest", "digest_version"} or model is Invitation:
                assert not re.search(r"token|password|secret|digest|salt|session", name), name


def test_the_file_has_the_data_of_one_council_only(plan, chief, officer, token, their_plan):
    files = taken(chief, pdfs="1", restricted="1")
    for name, content in files.items():
        assert THEIRS.lower() not in content.decode().lower(), name
    everything = b"".join(files.values()).decode()
    assert "Eastmere" not in everything
    assert "stranger@" not in everything
    assert f"Note of {OURS}" in everything
    assert len(rows(files, "items")) == plan.items.count()
    assert [row["id"] for row in rows(files, "plans")] == [plan.pk]
    assert files[f"action-plans/{plan.election_day}.pdf"].startswith(b"%PDF")
    for name, model in exports.FILES.items():
        way = belongings_of(Council)[model]
        mine = model._base_manager.filter(**{way: plan.council_id})
        if model is CouncilEvent:
            mine = mine.exclude(kind="data-exported")  # which notes this very export
        assert {row["id"] for row in rows(files, name)} == set(mine.values_list("pk", flat=True))


def test_people_have_a_name_an_address_and_roles_and_nothing_else(chief, officer, plan, token):
    files = taken(chief)
    people = json.loads(files["people.json"])
    assert {person["name"] for person in people} == {"Chief", "Officer"}
    assert people[0].keys() == {"id", "name", "email", "posts"}
    assert people[0]["posts"][0] == {
        "post": "Chief executive",
        "officer_role": "Chief executive",
        "access": "Owner",
        "is_current": True,
    }
    everything = b"".join(files.values()).decode()
    for user in User.objects.all():
        assert user.password not in everything
    assert token not in everything
    assert "token_digest" not in everything


def test_an_adviser_is_named_once_they_have_opened_a_plan(chief, plan, stranger, no_pdf, tmp_path):
    """Until then, the file would tell an owner whose account an address belongs to."""
    until = timezone.localdate() + dt.timedelta(days=30)
    scope = {"stages": [1], "may_comment": False, "until": until}
    grant = grant_adviser(plan, email=stranger.email, name="Anyone", by=chief, **scope)

    def named():
        people = json.loads(taken(chief)["people.json"])
        return next(each["name"] for each in people if each["email"] == stranger.email)

    assert named() == stranger.email
    call_command("export_council", "riverdale", f"--output={tmp_path / 'all.zip'}", "--complete")
    assert b'"Stranger"' in zipfile.ZipFile(tmp_path / "all.zip").read("people.json")
    record_look(grant.pk, what="step 1")
    assert named() == "Stranger"


def test_a_former_member_is_named_where_they_acted(chief, officer, item, token):
    answer(item, officer, note="Mine")
    Membership.objects.filter(user=officer).update(ended_at=item.saved_at)
    files = taken(chief)
    (gone,) = (p for p in json.loads(files["people.json"]) if p["name"] == "Officer")
    assert gone["posts"][0]["is_current"] is False
    assert gone["id"] in {row["by_id"] for row in rows(files, "plan-events")}


def test_items_say_what_they_are_about(chief, token, item):
    (row,) = (row for row in rows(taken(chief), "items") if row["id"] == item.pk)
    assert row["guidance_code"] == "NOC-13.1"
    assert row["guidance_text"] == item.source.text
    assert (row["step_number"], row["status"]) == (13, "not-started")


def test_council_json_describes_the_file(chief, token, plan):
    files = taken(chief, pdfs="1")
    about = json.loads(files["council.json"])
    assert (about["format"], about["version"]) == (exports.FORMAT, exports.VERSION)
    assert about["council"]["name"] == f"{OURS} Council"
    assert about["exported_by"] == "Chief"
    named = {name for name in files if name.startswith("data/")}
    assert set(about["files"]) == named
    for name in named:
        found = json.loads(files[name])
        assert len(found) == about["files"][name]["rows"]
        for row in found:
            assert list(row) == about["files"][name]["fields"]
    # The seal of the record before this export was noted in it.
    assert about["record"]["entries"] == ChainHead.objects.get(council=plan.council).sequence - 1


def test_a_council_without_a_plan_can_export(person, riverdale, eastmere, no_pdf):
    owner = person(riverdale, "owner", access="owner")
    files = taken(owner, pdfs="1")
    assert rows(files, "plans") == []
    assert not [name for name in files if name.endswith(".pdf")]


def test_a_plan_with_due_dates_counted_from_key_dates_can_be_exported(dated_plan, chief, no_pdf):
    ruled = dated_plan.items.exclude(due_rule=None)
    assert ruled.exists()
    files = taken(chief)
    rules = {row["id"]: row["due_rule"] for row in rows(files, "items")}
    for item in ruled:
        rule = item.due_rule
        assert rules[item.pk] == f"{rule.number} {rule.unit} {rule.side} {rule.anchor}"


@pytest.mark.parametrize("slug", ["riverdale", "northwold", "eastmere"])
def test_every_council_of_the_demo_can_be_exported(slug, db, no_pdf):
    call_command("seed_demo", stdout=io.StringIO())
    council = Council.objects.get(slug=slug)
    file = io.BytesIO()
    everything = exports.RestrictedSelection.everything()
    exports.export_council(council, file, pdfs=True, restricted=everything)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None


def test_the_file_can_write_every_kind_of_field():
    """A field of our own whose values JSON cannot hold would stop every export."""
    for model in [*exports.FILES.values(), *exports.RESTRICTED_FILES.values()]:
        for column in model._meta.concrete_fields:
            if isinstance(column, OffsetField):
                rule = Offset(3, Unit("weeks"), Side("before"), "election_day")
                text = "3 weeks before election_day"
                assert json.loads(exports._json(exports._plain(column, rule))) == text


# --- Restricted notes -----------------------------------------------------------------------------


def test_restricted_notes_are_included_only_on_request(chief, token):
    page = signed_in(chief).get(url())
    assert "restricted" not in form_on(page)
    without = taken(chief, pdfs="1")
    assert SECRET not in b"".join(without.values()).decode()
    assert not [name for name in without if name.startswith("restricted/")]
    with_them = taken(chief, restricted="1")
    (note,) = json.loads(with_them["restricted/notes.json"])
    assert note["text"] == f"{SECRET} of {OURS}"
    assert len(json.loads(with_them["restricted/readers.json"])) == 1
    assert len(json.loads(with_them["restricted/events.json"])) == 1
    (scenario,) = json.loads(with_them["restricted/scenarios.json"])
    assert scenario["name"] == f"{SECRET}: if {OURS} wins"
    for name in ("changes", "readers", "events"):
        assert len(json.loads(with_them[f"restricted/scenario-{name}.json"])) == 1
    in_data = b"".join(with_them[name] for name in with_them if name.startswith("data/"))
    assert SECRET not in in_data.decode()


def test_restricted_data_is_limited_to_what_the_person_can_read(officer, token, plan):
    """The querysets decide, whatever a membership may."""
    file = io.BytesIO()
    restricted = exports.RestrictedSelection.readable_by(officer)
    exports.export_council(plan.council, file, pdfs=False, restricted=restricted)
    with zipfile.ZipFile(file) as archive:
        for name in exports.RESTRICTED_FILES:
            assert json.loads(archive.read(f"restricted/{name}.json")) == []


# --- The page -------------------------------------------------------------------------------------


def test_an_export_leaves_one_event_and_opening_the_page_none(chief, token, riverdale):
    before = CouncilEvent.objects.count()
    client = signed_in(chief)
    assert "Export all data" in text_of(client.get(url("council_data")))
    client.get(url())
    assert CouncilEvent.objects.count() == before
    taken(chief, pdfs="1")
    event = CouncilEvent.objects.first()
    assert (event.kind, event.by, event.after) == (
        "data-exported",
        chief,
        "1 plan, with PDFs, without restricted notes, scenarios, and requests and amendments in "
        "confidence",
    )
    assert CouncilEvent.objects.count() == before + 1
    people = text_of(client.get(reverse("people", args=["riverdale"])))
    exported = CouncilEvent.Kind.DATA_EXPORTED.label
    assert f"Chief {exported}: 1 plan, with PDFs" in people
    assert verify(riverdale).problems == []


def test_the_password_is_asked_for_again_before_an_export(chief, riverdale):
    client = signed_in(chief)
    asked = client.post(url(), {"restricted": "on"})
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert not CouncilEvent.objects.filter(kind="data-exported").exists()
    # Nothing is lost: the export that was asked for follows the password.
    response = client.post(asked.url, {"password": PASSWORD})
    while response.status_code == 302:
        response = client.get(response.url)
    assert "council.json" in files_of(response)
    event = CouncilEvent.objects.get(kind="data-exported")
    assert "with restricted notes" in event.after


def test_if_pdfs_cannot_be_made_there_is_a_message_and_no_event(chief, token, monkeypatch):
    def fails(report, **limits):
        raise PdfUnavailable

    monkeypatch.setattr(exports, "render_pdf", fails)
    response = signed_in_just_now(chief).post(url(), {"pdfs": "1", "restricted": "1"})
    assert response.status_code == 422
    ((message, target),) = error_links(response)
    assert "leave the PDFs out" in message
    assert target == "id_pdfs"
    assert set(form_on(response)) == {"pdfs", "restricted"}
    assert not CouncilEvent.objects.filter(kind="data-exported").exists()
    assert taken(chief)


def test_too_many_pdfs_are_refused_with_a_message(chief, token, monkeypatch):
    monkeypatch.setattr("assessments.data_protection.forms.MOST_PDFS", 0)
    assert MOST_PDFS == 10
    response = signed_in_just_now(chief).post(url(), {"pdfs": "1"})
    assert response.status_code == 422
    assert "ask your system administrator" in text_of(response)


def test_only_owners_see_the_link_on_the_people_page(chief, officer, plan):
    for user, shown in ((chief, True), (officer, False)):
        page = signed_in(user).get(reverse("people", args=["riverdale"])).content.decode()
        assert (url("council_data") in page) is shown


# --- The command ----------------------------------------------------------------------------------


def run(*args):
    out = io.StringIO()
    call_command("export_council", *args, stdout=out)
    return out.getvalue()


def test_the_command_writes_the_same_file(token, tmp_path, plan):
    path = tmp_path / "data.zip"
    assert (
        "1 plan, with PDFs, without restricted notes, scenarios, and requests and amendments in "
        "confidence" in run("riverdale", "--output", str(path))
    )
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("council.json"))["exported_by"] == "System administrator"
        assert THEIRS not in archive.read("data/items.json").decode()
    assert CouncilEvent.objects.filter(kind="data-exported", by=None).count() == 1
    assert [each.name for each in tmp_path.iterdir()] == ["data.zip"]
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="exists"):
        run("riverdale", "--output", str(path))
    run("riverdale", "--output", str(path), "--force", "--no-pdfs", "--restricted-notes")
    with zipfile.ZipFile(path) as archive:
        assert len(json.loads(archive.read("restricted/notes.json"))) == 1


@pytest.mark.django_db(transaction=True)
def test_the_command_records_an_export_during_which_people_saved(
    plan, chief, riverdale, tmp_path, monkeypatch
):
    saved = threading.Event()

    def save():
        answer(plan.items.first(), chief, note="Meanwhile")
        connection.close()
        saved.set()

    def export_and_save(*args, **options):
        contents = exports.export_council(*args, **options)
        threading.Thread(target=save).start()
        saved.wait(1)  # on SQLite, the save waits until the export has ended
        return contents

    monkeypatch.setattr(export_council, "export_council", export_and_save)
    run("riverdale", "--output", str(tmp_path / "data.zip"), "--complete")
    assert saved.wait(60)
    assert (tmp_path / "data.zip").stat().st_mode & 0o777 == 0o600
    assert CouncilEvent.objects.filter(kind="data-exported").count() == 1
    assert verify(riverdale).problems == []


def test_the_command_writes_a_complete_file_or_none(token, tmp_path, monkeypatch):
    def fails(report, **limits):
        raise PdfUnavailable

    monkeypatch.setattr(exports, "render_pdf", fails)
    with pytest.raises(CommandError, match="--no-pdfs"):
        run("riverdale", "--output", str(tmp_path / "data.zip"))
    assert list(tmp_path.iterdir()) == []
    assert not CouncilEvent.objects.filter(kind="data-exported").exists()
    for args in (["nowhere", "--output", "x"], ["riverdale", "--output", str(tmp_path / "a/b")]):
        with pytest.raises(CommandError):
            run(*args, "--no-pdfs")


def test_the_number_of_queries_does_not_grow(chief, plan, riverdale, django_assert_max_num_queries):
    PlanItem.objects.filter(plan=plan).update(note="x" * 500)
    with django_assert_max_num_queries(len(exports.FILES) + 10):
        exports.export_council(riverdale, io.BytesIO(), pdfs=False)
    assert apps.get_model("assessments.PlanItem") is PlanItem
