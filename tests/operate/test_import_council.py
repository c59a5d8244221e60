"""Moving a council to another installation: its complete export, and the import of that."""

import datetime as dt
import io
import json
import warnings
import zipfile
from itertools import zip_longest

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.advisers.actions import record_look
from assessments.budget.actions import save_budget
from assessments.comparisons.models import ComparisonShare
from assessments.data_protection import council_export as exports
from assessments.data_protection import council_file
from assessments.data_protection.actions import erase_person, purge_plan
from assessments.data_protection.council_file import TABLES, references_of
from assessments.data_protection.traces import (
    other_names_of,
    own_names_in,
    respondents_who_are,
)
from assessments.plans.actions import create_plan
from assessments.plans.models import Event, EventChange, Plan
from assessments.rounds.actions import add_on_paper, make_round
from assessments.rounds.models import RoundAnswer
from assessments.timetable.models import CalendarFeed
from councils.actions import accept, change_name, invite, names_of_members
from councils.actions.addresses import set_address
from councils.belongings import belongings_of
from councils.models import (
    ChainHead,
    ChainLink,
    Council,
    CouncilEvent,
    CouncilImport,
    Invitation,
    Membership,
    User,
    invited_person,
    sent_to,
)
from councils.models.chain import key_label
from councils.verification import verify
from operate.models import OperatorEvent
from tests.acting import answer, fresh, signed_in, text_of
from tests.assessments.data_protection.test_retention import NOW, full_plan  # noqa: F401

# What a complete export leaves out, of the tables with a row that belongs to a council or a plan.
STAYS = {
    "assessments.Notice": "the emails that were sent, with addresses of the other installation",
    "assessments.Presence": "who has a page open now",
    "assessments.BundlePlan": "a download made from the plan, deleted after a day",
    "assessments.BundlePdf": "the same",
    "assessments.KeptPdf": "a copy of a download, deleted after a day",
    "assessments.DeletedRound": "marks of people, which are made with the key of one installation",
    "councils.DomainMove": "a move of addresses that operators of the other installation agreed to",
    "councils.DomainMovePerson": "the same",
    "councils.ChainHead": "in council.json",
    "councils.Council_predecessors": "councils of the other installation; here --successor",
}
# Tables with a reference to a council or a plan that is optional, or that are another's.
OF_OTHERS = {
    "councils.EarlierAddress": "in people.json",
    "councils.EarlierName": "in people.json",
    "councils.AddressChange": "a change of address that waits to be confirmed, here or there",
    "assessments.JournalEntry": "a person's own record, which no council may read",
    "assessments.JournalEntry_standards": "the same",
    "councils.Council_predecessors": "see above",
    "operate.OperatorEvent": "the log of the operators of one installation",
}


@pytest.fixture(autouse=True)
def between_seconds():
    """The seals cover microseconds, so the time of these tests has some."""
    with time_machine.travel(NOW.replace(microsecond=123_456), tick=False):
        yield


def export(council, path, *more):
    call_command("export_council", council.slug, f"--output={path}", "--complete", *more)
    return path


def bring(path, *options):
    out = io.StringIO()
    call_command("import_council", str(path), *options, stdout=out)
    return out.getvalue()


def content_of(path):
    """Return the content of an export with every key replaced by what does not depend on it.

    Rows are named by their place, people by their address and guidance by its code, so that two
    exports of one council are equal, whatever keys they have.
    """
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    found = {name: json.loads(text) for name, text in files.items() if name.endswith(".json")}
    names = {"councils.council": {found["council.json"]["council"]["id"]: "the council"}}
    people = names["councils.user"] = {}
    for person in found["people.json"]:
        people[person["id"]] = person["name"] if person["erased_at"] else person["email"]
    for label, keys in found["guidance.json"].items():
        names[label] = {int(key): " ".join(natural) for key, natural in keys.items()}
    for model, name in TABLES.items():
        keys = [row["id"] for row in found[name] if "id" in row]
        names[model._meta.label_lower] = {key: f"row {n}" for n, key in enumerate(keys)}
    tables = {}
    for model, name in TABLES.items():
        labels = {each.attname: key_label(each) for each in model._meta.concrete_fields}
        for row in found[name]:
            for column in row:
                if labels.get(column) and row[column] is not None:
                    row[column] = names[labels[column]].get(row[column], row[column])
            if model is RoundAnswer:
                del row["reference"]  # unique, so another in the same database
            if model is ComparisonShare:
                del row["ended_at"]  # it ends with the import
            if model is ChainLink:
                row["row"] = names[row["table"]].get(row["row"], "purged")
        tables[name] = found[name]
    tables["people.json"] = sorted(
        ({**each, "id": 0, "email": people[each["id"]]} for each in found["people.json"]),
        key=lambda each: each["email"],
    )
    rounds = sorted(
        (name for name in found if name.startswith("rounds/")),
        key=lambda name: found[name]["round"],
    )
    items = names["assessments.planitem"]
    for result in (found[name] for name in rounds):
        result |= {"plan": 0, "round": 0}
        for each in result["components"]:
            for said in (said for question in each["said"] for said in question["answers"]):
                said["item"] = items.get(said["item"])
    tables["rounds"] = [found[name] for name in rounds]
    return tables


def differences(first, second):
    """Return what differs between two exports of a council, of which the second was imported."""
    added = ("data/council-events.json", "data/council-imports.json", "complete/record.json")
    wrong = []
    for name in first:
        ours, theirs = first[name], second[name]
        if name in added:
            theirs = theirs[: len(ours)]
        if TABLES.get(CalendarFeed) != name:
            pairs = zip_longest(ours, theirs)
            wrong += [(name, *pair) for pair in pairs if pair[0] != pair[1]]
    return wrong


def altered(path, target, changes):
    """Write a copy of an export in which some files have other bytes; None leaves one out."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name, change in changes.items():
        files[name] = change(files.get(name, b"")) if callable(change) else change
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            if content is not None:
                archive.writestr(name, content)
    return target


def about(**values):
    """Return a change of council.json."""
    return {"council.json": lambda text: json.dumps(json.loads(text) | values).encode()}


def first_row(name, /, **values):
    """Return a change of the first row of a table."""

    def change(text):
        rows = json.loads(text)
        rows[0] |= values
        return json.dumps(rows).encode()

    return {name: change}


def test_every_table_of_a_council_or_plan_is_brought_or_stays_for_a_reason():
    """A new table fails here until it is exported, or listed above with a reason."""
    of_a_council = set(belongings_of(Council))
    stays = {apps.get_model(label) for label in STAYS}
    assert set(TABLES) == of_a_council - stays
    assert set(exports.LEFT_OUT) - set(exports.COMPLETE_FILES.values()) == stays
    everything = apps.get_models(include_auto_created=True)
    reached = {Council} | of_a_council
    while more := {
        model
        for model in everything
        if model not in reached
        and any(key.related_model in reached for key in references_of(model))
    }:
        reached |= more
    assert {each._meta.label for each in reached - of_a_council - {Council}} == set(OF_OTHERS) - {
        "councils.Council_predecessors"
    }


def test_an_imported_council_is_the_same_with_new_keys(
    full_plan,  # noqa: F811
    dated,
    chief,
    officer,
    riverdale,
    tmp_path,
):
    first = export(riverdale, tmp_path / "first.zip")
    before = {model: model._base_manager.count() for model in TABLES}
    head = ChainHead.objects.get(council=riverdale)
    said = bring(first, "--name=Copy", "--slug=copy", f"--head={head.sequence - 1}:{dated}")
    assert "Its record is unaltered." in said
    copy = Council.objects.get(slug="copy")
    # Nothing that was here has changed, and everything is here twice.
    assert verify(riverdale).problems == verify(copy).problems == []
    for model in (Event, Plan, Membership):
        assert model._base_manager.count() > before[model]
    second = export(copy, tmp_path / "second.zip")
    assert differences(content_of(first), content_of(second)) == []
    shares = ComparisonShare.objects.filter(plan__council__in=[riverdale, copy]).order_by("pk")
    assert [share.ended_at is None for share in shares] == [True, False]
    kinds = list(copy.events.order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == ["council-imported", "data-exported"]
    log = OperatorEvent.objects.get(kind="council-imported")
    assert (log.council, log.by) == (copy, None)
    # It is used, and moved again: the seals from both installations are checked.
    item = full_plan.items.model.objects.filter(plan__council=copy, removed_at=None).last()
    answer(item, chief, note="Here")
    third = export(copy, tmp_path / "third.zip")
    bring(third, "--name=Third", "--slug=third")
    last = Council.objects.get(slug="third")
    assert verify(last).problems == []
    # What is altered afterwards shows: an entry from before the import, and the keys from before.
    event = Event.objects.filter(plan__council=last).order_by("pk").first()
    models.QuerySet(Event).filter(pk=event.pk).update(by=officer)
    assert len(verify(last).problems) == 1
    models.QuerySet(CouncilImport).filter(council=copy).update(keys="{}")
    assert len(verify(copy).problems) > 100


@pytest.fixture
def dated(full_plan, chief, officer, riverdale, person):  # noqa: F811
    """A person who was erased, a plan that was purged, and the head of the record then."""
    gone = person(riverdale, "gone", access="editor")
    change_name(gone, name="Gone Before")
    erase_person(gone, by=None)
    other = create_plan(council=riverdale, by=chief, election_day=dt.date(2024, 5, 2))
    purge_plan(Plan.objects.get(pk=other.pk), by=chief)
    return ChainHead.objects.get(council=riverdale).digest


def test_people_are_found_by_address_and_a_council_takes_its_place(
    plan, chief, officer, riverdale, eastmere, stranger, tmp_path
):
    with transaction.atomic():
        set_address(officer, "officer.now@riverdale.example", by=officer)
    path = export(riverdale, tmp_path / "data.zip")
    with pytest.raises(CommandError, match="--name"):
        bring(path)
    with pytest.raises(CommandError, match="--slug"):
        bring(path, "--name=Other")
    with pytest.raises(CommandError, match="has people, plans"):
        bring(path, "--into=eastmere")
    with pytest.raises(CommandError, match="has the name “Riverdale"):
        bring(path, f"--name={riverdale.name.replace(' ', chr(10))}", "--slug=other")
    empty = Council.objects.create(name="Riverdale of the register", slug="empty", type="county")
    # The officer has no account yet, and the chief's has another name.
    User.objects.filter(pk=officer.pk).update(email="moved@example.org")
    User.objects.filter(pk=chief.pk).update(name="Known here as this")
    said = bring(path, "--into=empty", "--successor=eastmere")
    assert "found here by email address: 1. New accounts: 1;" in said
    empty.refresh_from_db()
    assert (empty.name, empty.type) == ("Riverdale of the register", riverdale.type)
    made = User.objects.get(email=officer.email)
    assert (made.has_usable_password(), made.name) == (False, officer.name)
    assert chief.earlier_names.get().name == chief.name
    # Erasing them here reaches the address that they had in the other installation.
    assert made.earlier_addresses.get().email == officer.earlier_addresses.get().email
    assert Membership.objects.get(council=empty, user=chief).access == "owner"
    # The owner of the council that takes over reads the plan as it is.
    assert list(eastmere.predecessors.all()) == [empty]
    moved = Plan.objects.get(council=empty)
    page = signed_in(stranger).get(moved.get_absolute_url())
    assert page.status_code == 200
    assert "Riverdale of the register" in text_of(page)
    reader = Membership.objects.get(council=empty, user=stranger)
    assert (reader.access, reader.office) == ("reviewer", "slt-member")
    assert reader.post == "Chief executive, Eastmere District Council"
    assert verify(empty).problems == []


def test_an_account_that_was_merged_is_still_merged_after_the_import(
    plan, chief, riverdale, person, tmp_path
):
    old, new = person(riverdale, "old", access="editor"), person(riverdale, "new", access="editor")
    User.objects.filter(pk=old.pk).update(is_active=False, merged_into=new)
    path = export(riverdale, tmp_path / "merged.zip")
    # As in another installation, where neither address is known.
    for user in (old, new):
        User.objects.filter(pk=user.pk).update(email=f"earlier-{user.pk}@riverdale.example")
    bring(path, "--name=Copy", "--slug=copy")
    brought = User.objects.get(merged_into=User.objects.get(email=new.email))
    assert not brought.is_active
    assert brought.merged_into != new
    # Someone else can have its address.
    assert not User.objects.filter(email=old.email).exists()
    assert brought.email.startswith("merged-")
    # A second council of that installation finds the account that the first one brought.
    export(Council.objects.get(slug="copy"), path, "--force")
    people = User.objects.count()
    bring(path, "--name=Third", "--slug=third")
    assert User.objects.count() == people


def test_an_account_that_a_file_says_is_closed_can_be_invited_here(
    plan, riverdale, eastmere, stranger, tmp_path
):
    """Or the owner of an installation could keep anyone from being invited by any council."""
    path = export(riverdale, tmp_path / "council.zip")
    email = "victim@eastmere.example"
    people = first_row("people.json", email=email, is_active=False)
    bring(altered(path, tmp_path / "evil.zip", people), "--name=Evil Council", "--slug=evil")
    assert User.objects.get(email=email).is_active
    tokens = []
    place = {"office": "slt-member", "access": "editor", "job_title": "", "by": stranger}
    invite(council=eastmere, email=email, name="Vic Tim", link_for=tokens.append, **place)
    page = Client().get(reverse("join", args=[tokens[0]]))
    assert page.status_code == 200


def test_times_of_a_person_in_a_file_are_not_in_the_future(plan, chief, riverdale, tmp_path):
    path = export(riverdale, tmp_path / "council.zip")
    later = "2098-01-01T00:00:00Z"
    had = {"name": "Had Before", "chosen_at": later, "changed_at": later}
    times = dict.fromkeys(("joined_at", "name_chosen_at", "digest_chosen_at"), later)
    people = first_row("people.json", email="new@evil.example", earlier_names=[had], **times)
    bring(altered(path, tmp_path / "evil.zip", people), "--name=Evil Council", "--slug=evil")
    made = User.objects.get(email="new@evil.example")
    now = timezone.now()
    assert [getattr(made, name) for name in times] == [now] * 3
    assert {each.chosen_at for each in made.earlier_names.all()} == {now}
    people = first_row("people.json", name="Other Name", name_chosen_at=later)
    bring(altered(path, tmp_path / "more.zip", people), "--name=More Evil", "--slug=more")
    assert chief.earlier_names.get().chosen_at == now
    erased = first_row("people.json", email="gone@evil.example", erased_at=later)
    bring(altered(path, tmp_path / "erased.zip", erased), "--name=Erased", "--slug=erased")
    assert User.objects.get(memberships__council__slug="erased").erased_at == now


def test_a_file_does_not_change_since_when_a_council_here_knows_a_person(
    plan, chief, riverdale, tmp_path
):
    """Or erasing them would replace words that their council wrote before it knew them."""
    User.objects.filter(pk=chief.pk).update(joined_at=NOW - dt.timedelta(days=3))
    path = export(riverdale, tmp_path / "council.zip")

    def with_another(text):
        rows = json.loads(text)
        other = {"id": 10**6, "email": "merged@evil.example", "merged_into": rows[0]["id"]}
        rows.append(rows[0] | other | {"joined_at": "2001-01-01T00:00:00Z", "is_active": False})
        return json.dumps(rows).encode()

    changes = {"people.json": with_another}
    bring(altered(path, tmp_path / "evil.zip", changes), "--name=Evil Council", "--slug=evil")
    chief.refresh_from_db()
    assert chief.merged_accounts.get().joined_at >= chief.joined_at


@pytest.mark.parametrize("is_of_the_file", [True, False])
def test_the_name_of_an_account_from_a_file_counts_elsewhere_since_the_import(
    plan, item, chief, officer, riverdale, tmp_path, is_of_the_file
):
    """Or erasing the person would replace any words of what other councils wrote before."""
    words, other = "The gap is not shown", "New Person"
    first, then = (words, other) if is_of_the_file else (other, words)
    answer(item, officer, note=f"Words of the year: {words}")
    answer(fresh(item), officer, owner_name=words)
    said = list(EventChange.objects.order_by("pk").values_list("pk", "before", "after"))
    path = export(riverdale, tmp_path / "council.zip")
    old = {"name_chosen_at": None, "joined_at": "2001-01-01T00:00:00Z"}
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        people = first_row("people.json", email="new@evil.example", name=first, **old)
        bring(altered(path, tmp_path / "evil.zip", people), "--name=Evil Council", "--slug=evil")
        made = User.objects.get(email="new@evil.example")
        tokens = []
        place = {"office": "slt-member", "access": "editor", "job_title": "", "by": chief}
        invite(council=riverdale, email=made.email, name="New", link_for=tokens.append, **place)
        accept(tokens[0], password="seven brown herons")
        Membership.objects.filter(user=made).update(access="editor")  # so that they can go
        change_name(made, name=then)
        erase_person(User.objects.get(pk=made.pk), by=None)
    now = EventChange.objects.filter(event__plan=plan).order_by("pk")
    assert list(now.values_list("pk", "before", "after"))[: len(said)] == said
    # Their own council knew them by it.
    copied = EventChange.objects.filter(event__plan__council__slug="evil", field="owner_name")
    assert copied.filter(after=words).exists() is not is_of_the_file
    assert verify(riverdale).problems == []
    assert verify(Council.objects.get(slug="evil")).problems == []


@pytest.mark.parametrize("is_adviser", [True, False])
def test_erasing_reaches_texts_from_before_the_import_about_someone_who_wrote_nothing(
    plan, item, officer, riverdale, person, granted, tmp_path, is_adviser
):
    """A member added by operators, or an adviser who only read: no one ever invited them."""
    if is_adviser:
        grant = granted(plan, "whole")
        quiet = grant.adviser
        record_look(grant.pk, what="The plan")
    else:
        quiet = person(riverdale, "quiet")
    User.objects.filter(pk=quiet.pk).update(name="Quentin Marsh", name_chosen_at=None)
    answer(item, officer, note="Ask Quentin Marsh first")
    path = export(riverdale, tmp_path / "council.zip")
    User.objects.filter(pk=quiet.pk).update(email="elsewhere@example.org")
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        bring(path, "--name=Copy", "--slug=copy")
        erase_person(User.objects.get(email=quiet.email), by=None)
    (note,) = EventChange.objects.filter(event__plan__council__slug="copy", field="note")
    assert "Quentin" not in note.after
    assert verify(Council.objects.get(slug="copy")).problems == []


def test_an_account_that_is_here_is_not_merged_by_a_file(plan, chief, riverdale, person, tmp_path):
    """A file says who was merged there. Erasing one person would then erase another one here."""
    closed = person(riverdale, "closed", access="editor")
    User.objects.filter(pk=closed.pk).update(is_active=False, merged_into=chief)
    path = export(riverdale, tmp_path / "merged.zip")
    User.objects.filter(pk=closed.pk).update(merged_into=None)
    bring(path, "--name=Copy", "--slug=copy")
    assert User.objects.get(pk=closed.pk).merged_into is None


def test_an_earlier_address_in_a_file_counts_for_what_belongs_to_that_council_alone(
    plan, riverdale, eastmere, stranger, tmp_path
):
    """Or another council’s invitation would let in the person that the file is made for."""
    path = export(riverdale, tmp_path / "council.zip")
    had = {"email": "new@eastmere.example", "changed_at": "2098-01-01T00:00:00Z"}
    people = first_row("people.json", email="mallory@evil.example", earlier_addresses=[had])
    tokens = []
    place = {"office": "slt-member", "access": "editor", "job_title": "", "by": stranger}
    invite(council=eastmere, email=had["email"], name="New", link_for=tokens.append, **place)
    bring(altered(path, tmp_path / "evil.zip", people), "--name=Evil Council", "--slug=evil")
    mallory = User.objects.get(email="mallory@evil.example")
    evil = Council.objects.get(slug="evil")
    assert had["email"] in mallory.addresses(evil)
    assert mallory.addresses(eastmere) == [mallory.email]
    invitation = Invitation.objects.get(email=had["email"])
    assert invited_person(invitation) is None
    assert list(sent_to(mallory, Invitation.objects.all())) == []
    assert accept(tokens[0], password="seven brown herons").user.email == had["email"]
    Membership.objects.filter(user=mallory).update(access="editor")  # so that they can go
    erase_person(mallory, by=None)
    assert User.objects.get(email=had["email"]).name == "New"
    assert not CouncilEvent.objects.filter(council=eastmere, kind="person-erased").exists()


def test_an_earlier_name_in_a_file_counts_for_what_belongs_to_that_council_alone(
    plan, chief, riverdale, tmp_path
):
    """Or erasing the person at their own council would replace any words that the file gives."""
    path = export(riverdale, tmp_path / "council.zip")
    words = ("Libraries", "Parks", "Roads", "Bins")
    had = [{"name": word, "changed_at": "2026-01-01T00:00:00Z"} for word in words]
    people = first_row("people.json", earlier_names=had)
    bring(altered(path, tmp_path / "evil.zip", people), "--name=Evil Council", "--slug=evil")
    evil = Council.objects.get(slug="evil")
    assert own_names_in(riverdale, chief) == [chief.name]
    assert set(own_names_in(evil, chief)) == {chief.name, *words}
    assert other_names_of(chief, [riverdale.pk]) == []
    assert not [each for each in words if each.casefold() in names_of_members(riverdale)]
    # An export of their own council does not take them further, and they can change their name.
    with zipfile.ZipFile(export(riverdale, tmp_path / "again.zip")) as archive:
        found = json.loads(archive.read("people.json"))
    assert [each["earlier_names"] for each in found if each["email"] == chief.email] == [[]]
    assert change_name(chief, name="Chief of Staff")


def test_erasing_reaches_respondents_by_a_name_from_before_the_import(
    plan, chief, riverdale, tmp_path
):
    asked_in = make_round(plan, name="A", opens=NOW.date(), closes="2099-01-01", by=chief)
    add_on_paper(asked_in, name=chief.name.upper(), group="officers", by=chief)
    path = export(riverdale, tmp_path / "council.zip")
    people = first_row("people.json", email="new@copy.example")
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        bring(altered(path, tmp_path / "new.zip", people), "--name=Copy", "--slug=copy")
        made = User.objects.get(email="new@copy.example")
        (found,) = respondents_who_are(made)
        assert found.round.plan.council.slug == "copy"
        change_name(made, name="Other Name")
        assert respondents_who_are(User.objects.get(pk=made.pk)).get() == found


def test_texts_from_before_they_had_to_be_on_one_line_are_put_on_one(
    plan, chief, riverdale, tmp_path
):
    Membership.objects.filter(user=chief).update(job_title="\u202aHead\tof\nPaid\u202c Service")
    User.objects.filter(pk=chief.pk).update(name="\u202aPat\tChief")
    path = export(riverdale, tmp_path / "before.zip")
    User.objects.filter(pk=chief.pk).update(email="elsewhere@riverdale.example")
    bring(path, "--name=Copy", "--slug=copy")
    brought = Membership.objects.get(council__slug="copy", user__email=chief.email)
    assert brought.job_title == "Head of Paid Service"
    assert brought.user.name == "Pat Chief"


def test_what_cannot_be_imported_is_refused_in_one_line_and_changes_nothing(
    plan, chief, riverdale, tmp_path, monkeypatch, subtests
):
    save_budget(plan, version=0, by=chief, year=2027, requirement=1, tax_base=1, own={})
    good = export(riverdale, tmp_path / "good.zip")
    plain = tmp_path / "plain.zip"
    call_command("export_council", "riverdale", f"--output={plain}", "--no-pdfs")
    files = zipfile.ZipFile(good)
    migrations = json.loads(files.read("council.json"))["migrations"]
    items, events = "data/items.json", "data/plan-events.json"
    cases = {
        "newer version": about(version=2),
        "newer version of the planner, with migrations": about(
            migrations=[*migrations, "councils.9999_later"]
        ),
        "older version of the planner": {},
        "not an export": about(format="other"),
        "no export of ours contains": {"../../evil.json": b"[]"},
        "has no data/items.json": {items: None},
        "is not loaded here": {
            "guidance.json": lambda text: text.replace(b'"NOC-01.1"', b'"NOC-99.9"')
        },
        "not in the file": first_row(items, owner_id=10**9),
        "is not of its kind": first_row(items, plan_id="1"),
        "status is not one of its choices": first_row(items, status="elsewhere"),
        "other fields": first_row(items, unknown=1),
        "no time zone": first_row(events, at="2027-01-01T00:00:00"),
        "too long": first_row(events, detail="x" * 1000),
        "is not as it was sealed": first_row(events, at="2027-01-01T00:00:00Z"),
        "as it was sealed: Entry 2 was altered|in the file is not": first_row(
            "complete/record.json", digest="0" * 64
        ),
        "after the import is not as it was sealed": first_row(items, note="Never written"),
        "damaged": {items: b"[{" * 200_000},
        "cannot be read": {"people.json": lambda text: text.replace(b"@", b" ")},
        # The person with this number gets it when they are erased here.
        "address of a closed account": first_row(
            "people.json", email="removed-900@removed.invalid"
        ),
        "earlier_names of a person cannot be read": first_row("people.json", earlier_names=[1]),
        "earlier_addresses of a person cannot be read": first_row(
            "people.json", earlier_addresses={"email": "a@example.org"}
        ),
        "changed_at of a person": first_row(
            "people.json", earlier_addresses=[{"email": "a@example.org"}]
        ),
        "digest_frequency cannot be read": first_row("people.json", digest_frequency=[]),
        "too long|most 254": first_row(
            "people.json",
            earlier_addresses=[
                {"email": "a" * 300 + "@example.org", "changed_at": "2027-01-01T00:00:00Z"}
            ],
        ),
        "database refused|damaged": first_row(items, position=-1),
        # On the home page of every member, dates are calculated from it.
        "between the years": first_row("data/plans.json", election_day="9999-12-31"),
        "Election day must be a Thursday": first_row("data/plans.json", election_day="2027-05-05"),
        "in the years 2000 to 2099": first_row("data/plans.json", election_day="2100-05-06"),
        "due is not between the years": first_row(items, due="0001-01-01"),
        "access_since is not of its kind": first_row("data/memberships.json", access_since=5),
        "the name of a person is not text": {
            "people.json": lambda text: text.replace(b'"Chief"', b'"Ch\\u0000f"')
        },
        "note is too long, or not text": first_row(items, note="\ud800"),
        "table is too long, or not text": first_row("complete/record.json", table="\ud800"),
        "guidance.json is not of its kind": {"guidance.json": b'{"frameworks.step": 5}'},
        "guidance.json is not of its": {"guidance.json": b'{"frameworks.step": {"1": [[]]}}'},
        "entries is not a number": about(record={}),
        "id is not a number": about(council={}),
        "rows, and 1 were exported": {"data/budgets.json": b"[]"},
        "requirement: Ensure": first_row("data/budgets.json", requirement="1e300"),
    }
    paths = {
        why: altered(good, tmp_path / f"{number}.zip", changes)
        for number, (why, changes) in enumerate(cases.items())
    }
    paths["--complete"] = plain
    paths["There is no file"] = tmp_path / "none.zip"
    paths["damaged or not an export"] = tmp_path / "text.zip"
    (tmp_path / "text.zip").write_text("Not a zip")
    paths["damaged or"] = tmp_path / "cut.zip"
    (tmp_path / "cut.zip").write_bytes(flipped(good.read_bytes()))
    paths["larger than"] = altered(good, tmp_path / "bomb.zip", {items: b" " * 3_000_000})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the name is there twice
        with zipfile.ZipFile(altered(good, tmp_path / "twice.zip", {}), "a") as archive:
            archive.writestr("people.json", "[]")
    paths["same name twice"] = tmp_path / "twice.zip"
    state = [model._base_manager.count() for model in apps.get_models()]
    for why, path in paths.items():
        monkeypatch.setattr(council_file, "MOST_BYTES", 2_000_000 if "bomb" in path.name else 10**8)
        ours = [*migrations, "councils.9999_of_ours"] if "older" in why else migrations
        monkeypatch.setattr(council_file, "migrations_of", lambda names, ours=ours: ours)
        with subtests.test(why):
            with pytest.raises(CommandError, match=why) as refused:
                bring(path, "--name=Copy", "--slug=copy")
            assert "\n" not in str(refused.value)
            assert len(str(refused.value)) < 500
    assert [model._base_manager.count() for model in apps.get_models()] == state
    kept = f"--head=1:{'0' * 64}"
    with pytest.raises(CommandError, match="given with --head"):
        bring(good, "--name=Copy", "--slug=copy", kept)


def test_the_reason_for_a_refusal_is_short():
    assert council_file.in_short(ValueError("Bytes: " + "\\x00" * 9000)).count("x00") < 60
    assert council_file.in_short(ValueError("Failed.\nDETAIL: Row (Ada)")) == "Failed."


def flipped(content):
    """Return bytes with some in the middle turned over, as a bad disk would."""
    middle = len(content) // 2
    return (
        content[:middle]
        + bytes(255 - byte for byte in content[middle : middle + 50])
        + (content[middle + 50 :])
    )
