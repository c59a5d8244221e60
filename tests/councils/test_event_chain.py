"""The chain of each council's record verifies after every change, and shows every tampering."""

import datetime as dt
import importlib
import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models, transaction

from assessments.plans.actions import record_export
from assessments.plans.models import Event, EventChange, Status
from assessments.restricted_notes.actions import save_restricted_note
from assessments.restricted_notes.models import RestrictedNoteEvent
from assessments.reviews import record_checks
from assessments.seats.actions import record_composition, save_scenario
from assessments.seats.models import ScenarioEvent
from councils import verification
from councils.models import (
    AmendedEntry,
    Amendment,
    AppendOnlyModel,
    ChainHead,
    ChainLink,
    Council,
    CouncilEvent,
)
from councils.models.chain import facts_digest, words_digest
from councils.verification import StoredRecord, kinds_of_entry, verify
from elections.composition import Composition, Group
from elections.scenario import SeatSwing
from tests.acting import answer, item_url, own_item, signed_in, whole


@pytest.fixture
def record(plan, item, chief, officer):
    """A record with an entry of every kind, and one with two changed fields."""
    answer(item, officer, note="First words", status=Status.IN_PROGRESS)
    answer(item, chief, note="Second words")
    own_item(plan, by=officer)
    save_restricted_note(item, None, text="Between us", version=0, by=chief)
    composition = record_composition(
        council=plan.council,
        as_at=plan.election_day,
        composition=Composition((Group("Ash", 10), Group("Oak", 10))),
        based_on=None,
        by=chief,
    )
    save_scenario(
        None,
        plan=plan,
        base=composition,
        name="If Ash wins",
        changes=[SeatSwing("Oak", "Ash", 1)],
        version=0,
        by=chief,
    )
    record_export(plan, by=None, detail="whole plan")
    return plan.council


def rewrite(model, **values):
    """Write to the table directly, as a person with access to the database could."""
    return (
        models.QuerySet(model)
        .filter(**{k: v for k, v in values.items() if k == "pk"})
        .update(**{k: v for k, v in values.items() if k != "pk"})
    )


def delete(model, **which):
    models.QuerySet(model).filter(**which)._raw_delete("default")


def problems(council):
    return verify(council).problems


def run(*args):
    out = io.StringIO()
    call_command("verify_events", *args, stdout=out)
    return out.getvalue()


def link_of(entry):
    return ChainLink.objects.get(table=entry._meta.label_lower, row=entry.pk)


# --- Whole ----------------------------------------------------------------------------------------


def test_everything_done_through_the_product_is_in_the_chain(record, their_plan):
    for council in Council.objects.all():
        assert problems(council) == []
    kinds = set(ChainLink.objects.filter(council=record).values_list("table", flat=True))
    assert kinds == {
        "councils.councilevent",
        "assessments.event",
        "assessments.restrictednoteevent",
        "assessments.scenarioevent",
    }
    sequences = ChainLink.objects.filter(council=record).values_list("sequence", flat=True)
    assert list(sequences) == list(range(1, len(sequences) + 1))


def test_every_kind_of_event_is_an_entry_or_part_of_one(record):
    """A new table of events fails here until it names the way to its council."""
    everything = [m for m in apps.get_models() if issubclass(m, AppendOnlyModel)]
    assert {Event, CouncilEvent, RestrictedNoteEvent, ScenarioEvent} <= set(everything)
    assert EventChange in everything
    for model in everything:
        assert str(model.objects.of_council(record.pk).query)
        if model.part_of:
            whole_entry = model._meta.get_field(model.part_of).related_model
            related = model._meta.get_field(model.part_of).remote_field.related_name
            assert kinds_of_entry()[whole_entry._meta.label_lower].parts == related
        else:
            assert kinds_of_entry()[model._meta.label_lower] is model


def test_a_save_over_http_adds_one_link(item, officer):
    before = ChainLink.objects.count()
    signed_in(officer).post(item_url(item), whole(item, note="Words"))
    assert ChainLink.objects.count() == before + 1
    assert problems(item.plan.council) == []


def test_a_rolled_back_change_leaves_no_link(record, plan):
    head = ChainHead.objects.get(council=record)
    with transaction.atomic():
        record_export(plan, by=None, detail="never mind")
        transaction.set_rollback(True)
    assert str(ChainHead.objects.get(council=record)) == str(head)
    assert problems(record) == []


def test_events_made_at_once_join_in_order(riverdale, chief):
    rows = [CouncilEvent(council=riverdale, kind="joined", person=str(n)) for n in range(3)]
    CouncilEvent.objects.bulk_create(rows)
    assert problems(riverdale) == []
    assert link_of(rows[2]).sequence == link_of(rows[0]).sequence + 2


def test_each_entry_has_its_own_salt(record, plan):
    for _ in range(2):
        record_export(plan, by=None, detail="same")
    first, second = (link_of(event) for event in Event.objects.filter(detail="same"))
    assert first.salt != second.salt
    assert first.words != second.words
    assert words_digest(Event.objects.get(pk=first.row), [], first.salt) == first.words


def test_entries_from_before_the_chain_are_chained_by_the_migration(record, their_plan):
    delete(ChainLink)
    delete(ChainHead)
    assert problems(record) != []
    migration = importlib.import_module("assessments.migrations.0004_chain_events")
    migration.chain_events(apps, None)
    for council in Council.objects.all():
        assert problems(council) == []
    answer(record.plans.get().items.first(), None, note="And on it goes")
    assert problems(record) == []


# --- Tampered with --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("at", "2020-01-01T00:00:00Z", "who, when"),
        ("by", "stranger", "who, when"),
        ("by", None, "who, when"),
        ("kind", Event.Kind.PLAN_EXPORTED, "who, when"),
        ("item", None, "who, when"),
        ("plan", "their_plan", "who, when"),
        ("detail", "Something else", "its text"),
    ],
)
def test_an_altered_entry_is_found(request, record, officer, field, value, said):
    if value in {"stranger", "their_plan"}:
        value = request.getfixturevalue(value)
    entry = Event.objects.filter(kind=Event.Kind.ITEM_ADDED).get()
    rewrite(Event, pk=entry.pk, **{field: value})
    (problem, *_) = problems(record)
    assert f"Entry {link_of(entry).sequence} (assessments.event {entry.pk})" in problem
    assert said in problem


@pytest.mark.parametrize(
    ("field", "value"), [("before", "Nothing"), ("after", "X"), ("field", "due")]
)
def test_an_altered_change_is_found(record, field, value):
    change = EventChange.objects.filter(field="note").first()
    rewrite(EventChange, pk=change.pk, **{field: value})
    (problem,) = problems(record)
    assert f"assessments.event {change.event_id}" in problem


def test_a_change_that_is_moved_removed_or_added_is_found(record):
    first, second = EventChange.objects.filter(field="note")
    with transaction.atomic():
        rewrite(EventChange, pk=first.pk, event=second.event_id)
        assert len(problems(record)) == 4  # both events, what they list and their text
        transaction.set_rollback(True)
    with transaction.atomic():
        delete(EventChange, pk=first.pk)
        assert problems(record) != []
        transaction.set_rollback(True)
    assert problems(record) == []
    models.QuerySet(EventChange).bulk_create([EventChange(event=first.event, field="due")])
    assert problems(record) != []


@pytest.mark.parametrize("model", [RestrictedNoteEvent, ScenarioEvent, CouncilEvent])
def test_other_kinds_are_sealed_as_well(record, model):
    entry = model.objects.filter(**{f"{model.council_path}": record.pk}).first()
    rewrite(model, pk=entry.pk, **{"text" if hasattr(entry, "text") else "person": "Altered"})
    problem, *shown = problems(record)
    assert "its text" in problem
    assert len(shown) == hasattr(entry, "text")  # what people read is not what it says


def test_a_removed_entry_is_found(record):
    entry = RestrictedNoteEvent.objects.get()
    delete(RestrictedNoteEvent, pk=entry.pk)
    problem, shown = problems(record)
    assert problem == (
        f"Entry {link_of(entry).sequence} (assessments.restrictednoteevent {entry.pk}) was removed."
    )
    assert "The restricted note" in shown


def test_an_entry_removed_with_its_link_is_found(record):
    link = ChainLink.objects.get(table="assessments.restrictednoteevent")
    delete(RestrictedNoteEvent, pk=link.row)
    delete(ChainLink, pk=link.pk)
    problem, _ = problems(record)
    assert problem == f"Entry {link.sequence} is missing from the chain."


def test_the_newest_entries_removed_with_their_links_are_found(record):
    *_, cut, last = ChainLink.objects.filter(council=record)
    for link in (cut, last):
        delete(apps.get_model(link.table), pk=link.row)
        delete(ChainLink, pk=link.pk)
    problem, *_ = problems(record)
    assert (
        f"should end with entry {last.sequence}. It ends with entry {cut.sequence - 1}" in problem
    )


def test_an_entry_added_directly_to_the_table_is_found(record, plan):
    added = models.QuerySet(Event).bulk_create([Event(plan=plan, kind="plan-exported")])[0]
    (problem,) = problems(record)
    assert problem.startswith(f"assessments.event {added.pk} is not in the chain")


def test_entries_that_change_places_are_found(record):
    one, two = ChainLink.objects.filter(council=record, table="assessments.event")[:2]
    rewrite(ChainLink, pk=one.pk, sequence=10_000)
    rewrite(ChainLink, pk=two.pk, sequence=one.sequence)
    rewrite(ChainLink, pk=one.pk, sequence=two.sequence)
    assert len([p for p in problems(record) if "does not follow" in p]) >= 2


def test_a_resealed_entry_no_longer_leads_to_the_next(record):
    """Altering an entry and its seal means sealing every later entry again."""
    entry = Event.objects.filter(kind=Event.Kind.ITEM_ADDED).get()
    rewrite(Event, pk=entry.pk, detail="Altered")
    entry.refresh_from_db()
    link = link_of(entry)
    before = ChainLink.objects.get(council=record, sequence=link.sequence - 1)
    link.words = words_digest(entry, list(entry.changes.all()), link.salt)
    rewrite(ChainLink, pk=link.pk, words=link.words, digest=link.digest_after(before.digest))
    problem, shown = problems(record)
    assert problem.startswith(f"Entry {link.sequence + 1} does not follow")
    assert "its title is not what the record says" in shown


def test_tampering_in_one_council_does_not_affect_another(record, their_plan):
    rewrite(Event, pk=Event.objects.filter(plan=their_plan).get().pk, detail="Altered")
    assert problems(record) == []
    assert problems(their_plan.council) != []


def test_an_entry_sealed_by_an_earlier_version_has_the_same_seals():
    event = CouncilEvent(
        pk=7,
        council_id=3,
        at=dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC),
        by_id=5,
        kind="member-changed",
        person="Ada Okoro (ada@riverdale.example)",
        before="Monitoring officer (editor)",
        after="Monitoring officer (owner)",
    )
    assert facts_digest(event, []) == (
        "f026a0d4511b5063b31ab0a13fa6ffead5d0a55fe8a18287142335aeac1c9e4d"
    )
    assert words_digest(event, [], "00" * 16) == (
        "3c6498567c53aaa2e8f00d3994df531794384878b6f8bdaf2c40cba17cf112c4"
    )


# --- The command ----------------------------------------------------------------------------------


def test_the_command_prints_each_head_and_checks_one_that_was_kept(record, their_plan, plan):
    said = run()
    head = ChainHead.objects.get(council=record)
    assert "Eastmere District Council: 2 entries; unaltered" in said
    record_export(plan, by=None, detail="later")
    # A printed line, given back as it is.
    (printed,) = (line.split() for line in said.splitlines() if "riverdale=" in line)
    assert printed == ["--head", f"riverdale={head}"]
    assert f"{head.sequence + 1} entries; unaltered" in run("riverdale", *printed)
    # And as the page about the council's data shows it.
    assert "unaltered" in run("riverdale", "--head", str(head))


def test_a_council_without_entries_has_no_head_to_keep(eastmere):
    assert run("eastmere").splitlines() == ["Eastmere District Council: 0 entries; unaltered"]


def test_a_chain_cut_off_with_its_head_is_found_by_the_head_that_was_kept(record):
    head = ChainHead.objects.get(council=record)
    *_, before, last = ChainLink.objects.filter(council=record)
    delete(apps.get_model(last.table), pk=last.row)
    delete(ChainLink, pk=last.pk)
    ChainHead.objects.filter(council=record).update(sequence=before.sequence, digest=before.digest)
    assert problems(record) == []
    with pytest.raises(CommandError, match="1 problem found"):
        run("--head", f"riverdale={head}")


def test_the_command_says_what_is_wrong_and_fails(record):
    entry = Event.objects.filter(kind=Event.Kind.ITEM_ADDED).get()
    rewrite(Event, pk=entry.pk, detail="Altered")
    out = io.StringIO()
    with pytest.raises(CommandError, match="2 problems found") as failure:
        call_command("verify_events", stdout=out)
    assert failure.value.returncode == 1
    assert "Riverdale Borough Council" in out.getvalue()
    assert "altered" in out.getvalue()


@pytest.mark.parametrize(
    "args",
    [
        ["nowhere"],
        ["--head", "riverdale=1"],
        ["--head", f"nowhere=1:{'0' * 64}"],
        ["--head", f"1:{'0' * 64}"],
        ["eastmere", "--head", f"riverdale=1:{'0' * 64}"],
    ],
)
def test_the_command_refuses_what_it_cannot_check(record, eastmere, args):
    with pytest.raises(CommandError):
        run(*args)


def test_an_erasure_that_no_one_made_shows_with_an_earlier_head(record):
    """Who writes to the database can change the text of an entry, and seal that as an erasure."""
    kept = str(ChainHead.objects.get(council=record))
    assert "Since the head" not in run("--head", f"{record.slug}={kept}")
    change = EventChange.objects.filter(after="First words").get()
    rewrite(EventChange, pk=change.pk, after="Forged words")
    event = Event.objects.get(pk=change.event_id)
    link = ChainLink.objects.get(table="assessments.event", row=event.pk)
    amendment = Amendment(council=record, kind=Amendment.Kind.ERASED)
    models.Model.save(amendment)
    words = words_digest(event, list(event.changes.all()), link.salt)
    amended = AmendedEntry(amendment=amendment, sequence=link.sequence, words=words)
    models.Model.save(amended)
    amendment.chain([amended])
    said = run("--head", f"{record.slug}={kept}")
    assert "Since the head given, 1 of the entries before it had a name erased" in said


@pytest.mark.parametrize("moment", ["rows_of", "links", "amended"])
def test_what_is_saved_during_the_check_is_not_called_altered(
    record, item, chief, monkeypatch, moment
):
    saved, read = [], getattr(StoredRecord, moment)

    def reads(self, *args):
        if not saved:
            saved.append(answer(item, chief, note=f"Saved before {moment}"))
        return read(self, *args)

    monkeypatch.setattr(StoredRecord, moment, reads)
    assert verify(record).problems == []
    assert saved
    monkeypatch.undo()
    assert verify(record).problems == []


def test_an_action_saved_during_the_check_is_not_called_altered(record, item, chief, monkeypatch):
    """Its entries are read before it."""
    calls = []

    def amended_rows(*args):
        calls.append(args)
        if (
            len(calls) == 3
        ):  # those of reopened sign-offs and statements come before that of actions
            answer(item, chief, note="Third words")
        return verification.amended_rows(*args)

    monkeypatch.setattr(record_checks, "amended_rows", amended_rows)
    assert verify(record).problems == []
    assert len(calls) % 2 == 0  # all was read again
