"""A snapshot keeps the plan as it was: nothing later changes it, and its checksum shows that."""

import datetime as dt

import pytest
import time_machine
from django.db.models import ProtectedError, QuerySet
from django.urls import reverse

from assessments.data_protection.calculations import require_calculable
from assessments.exports.pdf import render_html
from assessments.exports.report import ExportOptions, ReportMark, report_for
from assessments.exports.scope import Scope, ScopeKind
from assessments.plans.actions import change_plan
from assessments.plans.models import (
    Event,
    Plan,
    PlanItem,
    Snapshot,
    SnapshotDate,
    SnapshotItem,
    SnapshotMark,
    SnapshotSource,
    SnapshotStage,
    SnapshotStep,
    Status,
)
from assessments.restricted_notes.actions import save_restricted_note
from assessments.reviews.actions import record_control_change, snapshots, take_snapshot
from assessments.reviews.frozen import (
    DIGEST_VERSION,
    FIELDS_BY_VERSION,
    Frozen,
    report_of,
)
from assessments.reviews.models import ControlChange
from councils.models import Council, Membership, User
from councils.verification import verify
from frameworks.models import ChecklistItem, Framework, OfficerRole, RoleArea, Stage, Step
from tests.acting import (
    answer,
    error_links,
    fresh,
    own_item,
    signed_in,
    text_of,
)

pytestmark = pytest.mark.django_db

SECRET = "marker-restricted-8842"
TODAY = dt.date(2027, 5, 18)


@pytest.fixture
def answered(plan, item, chief, officer):
    """A plan with everything that an answer can hold, and a restricted note."""
    mine = Membership.objects.get(user=officer)
    answer(item, officer, owner=mine, due=dt.date(2027, 5, 20), note="First\n\n  indented")
    items = list(plan.items.filter(step__number=13))
    answer(items[1], chief, status=Status.NOT_NEEDED, reason="Done by the county")
    answer(items[2], chief, status=Status.COMPLETED, owner_name="Ada")
    own_item(plan, by=chief, title="Brief the new chairs")
    save_restricted_note(item, None, text=SECRET, version=0, by=chief)
    change_plan(plan, version=1, by=chief, coalition_term="alliance")
    return plan


@pytest.fixture
def snapshot(answered, chief):
    return take_snapshot(answered, [2], by=chief, reason="Before annual council")


def rows(snapshot):
    frozen = Frozen.of(Snapshot.objects.get(pk=snapshot.pk))
    lists = (frozen.stages, frozen.steps, frozen.items, frozen.marks, frozen.sources)
    return [vars(row) | {"_state": None} for rows in lists for row in rows]


def test_it_keeps_what_the_pages_and_downloads_showed(answered, snapshot, item):
    stage = Scope(ScopeKind.STAGE, number=2)
    live = report_for(
        answered, scope=stage, options=ExportOptions(guidance=True), today=snapshot.taken_on
    )
    kept = report_of(Frozen.of(snapshot))
    for name in ("council", "election_day", "marking", "control", "term", "tally", "overdue"):
        assert getattr(kept, name) == getattr(live, name), name
    for name in ("scope_title", "heading", "timeline", "matrix", "stages", "sources", "upcoming"):
        assert getattr(kept, name) == getattr(live, name), name
    (frozen,) = [row for row in Frozen.of(snapshot).items if row.item_id == item.pk]
    assert frozen.note == "First\n\n  indented"
    assert frozen.owner == "Officer, Monitoring officer"
    assert frozen.status_label == "Not started"


def test_it_keeps_only_the_stages_asked_for(answered, chief, snapshot):
    assert Frozen.of(snapshot).taken_stages == [2]
    assert snapshot.title == "Stage 2: early foundations"
    two = take_snapshot(answered, [1, 3], by=chief, reason="Two")
    assert Frozen.of(two).taken_stages == [1, 3]
    everything = take_snapshot(answered, [1, 2, 3], by=chief, reason="All")
    assert everything.title == "The whole plan"
    assert SnapshotItem.objects.filter(step__stage__snapshot=everything).count() == (
        answered.items.live().count()
    )


def test_it_leaves_one_event(answered, chief):
    before = Event.objects.count()
    take_snapshot(answered, [2], by=chief, reason="Because")
    (event,) = Event.objects.all()[: Event.objects.count() - before]
    seal = Snapshot.objects.get().seal
    assert (event.kind, event.by, event.detail) == (
        "snapshot-taken",
        chief,
        f"Stage 2: early foundations, {seal}",
    )
    history = text_of(signed_in(chief).get(reverse("plan_history", args=[answered.pk])))
    assert "stage 2: early foundations" in history
    assert "SHA-256" not in history


def test_no_restricted_note_is_in_it(snapshot):
    assert SECRET not in str(rows(snapshot))
    assert SECRET not in render_html(report_of(Frozen.of(snapshot)))


def change_everything(plan):
    """All that a snapshot was made of, by whatever means."""
    for item in plan.items.all():
        PlanItem.objects.filter(pk=item.pk).update(note="Other", due=dt.date(2029, 1, 1))
    plan.items.filter(source=None).update(title="Other", removed_at="2028-01-01T00:00Z")
    Plan.objects.update(coalition_term="pact", marking="official", control="minority")
    Plan.objects.update(election_day=dt.date(2028, 5, 4), stage_2_weeks=4)
    Council.objects.filter(pk=plan.council_id).update(name="Other Council")
    User.objects.update(name="Another Person")
    Membership.objects.update(job_title="Other post")
    ChecklistItem.objects.update(text="Other words", prompts="Other?")
    Step.objects.update(summary="Other", guidance="Other")
    RoleArea.objects.update(title="Other")
    Stage.objects.update(short_title="Other", title="Other")
    OfficerRole.objects.update(name="Other role")
    Framework.objects.update(title="Other", publisher="Other", author="Other", published="Other")


def test_nothing_later_changes_it(answered, snapshot):
    kept, html = rows(snapshot), render_html(report_of(Frozen.of(snapshot)))
    change_everything(answered)
    again = Snapshot.objects.get(pk=snapshot.pk)
    assert rows(again) == kept
    assert Frozen.of(again).is_intact
    assert render_html(report_of(Frozen.of(again))) == html
    assert "Other" not in html


def test_the_pdf_shows_the_frozen_answers_and_not_todays(answered, snapshot, item, officer):
    answer(item, officer, note="Written afterwards", status=Status.COMPLETED)
    html = render_html(report_of(Frozen.of(Snapshot.objects.get(pk=snapshot.pk))))
    assert "Written afterwards" not in html
    assert "First" in html
    assert snapshot.digest in html
    assert "Snapshot, taken on " in html
    assert " by Chief, Chief executive" in html
    assert "Before annual council" in html


def test_the_pdf_does_not_call_the_day_of_the_snapshot_today(answered, chief):
    with time_machine.travel("2027-04-20T12:00Z", tick=True):
        taken = take_snapshot(answered, [2], by=chief, reason="Before the poll")
    html = render_html(report_of(Frozen.of(taken)))
    assert ">Snapshot</text>" in html
    assert "The day of the snapshot, 20 April 2027, is in pre-election" in html
    assert "Today" not in html


@pytest.mark.parametrize(
    "model",
    [Snapshot, SnapshotStage, SnapshotStep, SnapshotItem, SnapshotMark, SnapshotSource],
)
def test_its_rows_are_only_ever_added(model, snapshot):
    with pytest.raises(TypeError):
        model.objects.all().delete()
    with pytest.raises(TypeError):
        model.objects.update(pk=1)
    for row in model.objects.all()[:1]:
        with pytest.raises(TypeError):
            row.save()
        with pytest.raises(TypeError):
            row.delete()


def test_its_plan_and_items_cannot_be_deleted(snapshot, item):
    with pytest.raises(ProtectedError):
        snapshot.plan.delete()
    with pytest.raises(ProtectedError):
        item.delete()


# --- The digest -----------------------------------------------------------------------------------


def tamper(queryset, **values):
    """Around the rule that refuses it, as someone with the database could."""
    super(type(queryset), queryset).update(**values)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (SnapshotItem, {"note": "Tampered"}),
        (SnapshotItem, {"completed_on": dt.date(2020, 1, 1)}),
        (SnapshotStep, {"summary": "Tampered"}),
        (SnapshotStage, {"reviewers": "Tampered"}),
        (SnapshotSource, {"title": "Tampered"}),
        (Snapshot, {"reason": "Tampered"}),
    ],
)
def test_the_digest_shows_that_something_was_changed(snapshot, client, chief, model, values):
    assert Frozen.of(Snapshot.objects.get()).is_intact
    first = model.objects.all()[:1].values("pk")
    tamper(model.objects.filter(pk__in=list(first.values_list("pk", flat=True))), **values)
    assert not Frozen.of(Snapshot.objects.get()).is_intact
    client.force_login(chief)
    assert "this does not match" in text_of(client.get(Snapshot.objects.get().get_absolute_url()))


def test_two_snapshots_of_the_same_have_digests_of_their_own(answered, chief, snapshot):
    other = take_snapshot(answered, [2], by=chief, reason="Before annual council")
    assert other.digest != snapshot.digest
    assert len(snapshot.digest) == 64


# What version 1 covered is fixed. This digest was made when it was the only version.
RECORDED = "a5f8a927dd09ed992a7fb5a2444a1e618da08c1888271b43d57edfabc3aee428"


def recorded(**values):
    """Return unsaved rows with fixed texts and dates."""
    snapshot = Snapshot(
        taken_at=dt.datetime(2027, 5, 18, 12, 30, tzinfo=dt.UTC),
        taken_on=TODAY,
        taken_by_name="Chief, Chief executive",
        title="Stage 2: early foundations",
        reason="Before annual council",
        council="Riverdale Borough Council",
        election_day=dt.date(2027, 5, 6),
        stage_2_weeks=6,
        term="alliance",
        control="Not yet known",
        marking="OFFICIAL-SENSITIVE",
        standing="day 12 of 42",
        version=7,
        **values,
    )
    stage = SnapshotStage(
        snapshot=snapshot,
        number=2,
        short_title="Early foundations",
        asked_by="Chief",
        review_due=dt.date(2027, 6, 1),
        review_words="All of it",
        reviewers="Officer, Monitoring officer",
    )
    step = SnapshotStep(
        stage=stage,
        number=13,
        area="Governance",
        summary="A summary",
        guidance="A paragraph\nAnother",
    )
    item = SnapshotItem(
        step=step,
        position=0,
        words="Get ready",
        prompts="Is it?",
        code="NOC-13.1",
        component=None,
        is_own=False,
        status="completed",
        status_label="Completed",
        owner="Ada",
        lead="Monitoring officer",
        due=dt.date(2027, 5, 20),
        completed_on=dt.date(2027, 5, 17),
        note="First\n\n  “indented”",
    )
    mark = SnapshotMark(
        step=step,
        position=0,
        reviewer="Officer",
        verdict="Concern",
        words="Not yet",
        marked_on=dt.date(2027, 5, 16),
        answer="It is now",
        answered_by="Chief",
    )
    source = SnapshotSource(
        position=0, title="A framework", publisher="A publisher", published="2024"
    )
    return Frozen(snapshot, [stage], [step], [item], [mark], [source])


def test_a_digest_of_version_1_is_still_the_same():
    assert recorded().snapshot.digest_version == 1
    assert recorded().digest == RECORDED
    assert recorded(digest_version=2).digest != RECORDED


def test_a_new_snapshot_has_the_latest_version_which_its_digest_covers(snapshot):
    assert snapshot.digest_version == DIGEST_VERSION == max(FIELDS_BY_VERSION)
    tamper(Snapshot.objects.filter(pk=snapshot.pk), digest_version=1)
    assert not Frozen.of(Snapshot.objects.get()).is_intact


def test_an_unknown_version_is_not_intact(snapshot):
    tamper(Snapshot.objects.filter(pk=snapshot.pk), digest_version=99)
    assert not Frozen.of(Snapshot.objects.get()).is_intact


def test_rows_and_digest_changed_together_are_found_by_the_history(snapshot):
    tamper(SnapshotItem.objects.all(), note="Tampered")
    changed = Snapshot.objects.get()
    tamper(Snapshot.objects.all(), digest=Frozen.of(changed).digest)
    frozen = Frozen.of(Snapshot.objects.get())
    assert frozen.digest == frozen.snapshot.digest
    assert not frozen.is_intact


def test_a_snapshot_in_the_record_that_is_gone_is_found(snapshot, riverdale):
    assert verify(riverdale).problems == []
    seal = snapshot.seal
    for model in (SnapshotMark, SnapshotItem, SnapshotStep, SnapshotStage, SnapshotSource):
        model._base_manager.all()._raw_delete("default")
    SnapshotDate._base_manager.all()._raw_delete("default")
    Snapshot._base_manager.all()._raw_delete("default")
    (problem,) = verify(riverdale).problems
    assert seal in problem


def changed_as_if_by_an_earlier_version(plan, chief):
    """Record a change of control, and alter its snapshot as one whose event has no checksum."""
    change = record_control_change(
        plan,
        day=dt.date(2027, 5, 18),
        kind=ControlChange.Kind.choices[0][0],
        words="The partners parted",
        control=plan.control,
        control_standing=plan.control_standing,
        formality=plan.formality,
        steps=[],
        version=plan.version,
        by=chief,
    )
    tamper(Snapshot.objects.filter(pk=change.snapshot_id), reason="Tampered", digest_version=1)
    digest = Frozen.of(Snapshot.objects.get()).digest
    tamper(Snapshot.objects.filter(pk=change.snapshot_id), digest=digest)
    return Snapshot.objects.get()


def test_no_snapshot_passes_for_one_that_no_event_states(plan, chief, riverdale):
    """An earlier version did not write the checksums of some snapshots in their events."""
    changed = changed_as_if_by_an_earlier_version(Plan.objects.get(pk=plan.pk), chief)
    assert Frozen.of(changed).digest == changed.digest
    assert not Frozen.of(changed).is_intact
    assert verify(riverdale).problems
    events = QuerySet(Event).filter(kind=Event.Kind.CONTROL_CHANGED)
    events.update(detail="The partners parted")  # as that version wrote it
    assert Frozen.of(changed).is_intact


def test_no_pdf_certifies_a_changed_snapshot(snapshot, reviewer):
    address = reverse("snapshot_pdf", args=[snapshot.plan_id, snapshot.pk])
    tamper(SnapshotItem.objects.all(), note="Tampered")
    response = signed_in(reviewer).post(address)
    assert response.status_code == 409
    text = text_of(response)
    assert "No PDF has been made" in text
    assert "Ask your system administrator" in text
    assert not Event.objects.filter(kind=Event.Kind.PLAN_EXPORTED).exists()


# --- Taking one -----------------------------------------------------------------------------------


@pytest.fixture
def new_address(plan):
    return reverse("snapshot_new", args=[plan.pk])


def test_an_owner_takes_a_snapshot_from_the_list(plan, chief, new_address):
    client = signed_in(chief)
    page = client.get(reverse("snapshots", args=[plan.pk]))
    assert f'href="{new_address}"' in page.content.decode()
    assert client.get(new_address).status_code == 200
    data = {"stages": ["1", "2"], "reason": "Before cabinet"}
    response = client.post(new_address, data, follow=True)
    taken = Snapshot.objects.get()
    assert (taken.reason, taken.taken_by) == ("Before cabinet", chief)
    assert Frozen.of(taken).taken_stages == [1, 2]
    assert Frozen.of(taken).is_intact
    text = text_of(response)
    assert "The snapshot has been taken." in text
    assert "Checked now: unchanged." in text
    assert "Control after the election: not yet known" in text
    event = Event.objects.first()
    assert (event.kind, event.by) == (Event.Kind.SNAPSHOT_TAKEN, chief)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"reason": "Why"}, "Select at least one stage"),
        ({"stages": ["4"], "reason": "Why"}, "Select stages from the list"),
        ({"stages": ["x"], "reason": "Why"}, "Select stages from the list"),
        ({"stages": ["1"]}, "Enter a reason for the snapshot"),
        ({"stages": ["1"], "reason": "x" * 501}, "The reason must be 500 characters or fewer"),
    ],
)
def test_a_snapshot_needs_a_stage_and_a_reason(chief, new_address, data, message):
    response = signed_in(chief).post(new_address, data)
    assert response.status_code == 422
    assert message in [words for words, _ in error_links(response)]
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("who", ["officer", "reviewer"])
def test_only_an_owner_can_take_a_snapshot(plan, new_address, who, request):
    client = signed_in(request.getfixturevalue(who))
    page = client.get(reverse("snapshots", args=[plan.pk]))
    assert new_address not in page.content.decode()
    for response in (client.get(new_address), client.post(new_address, {"stages": ["1"]})):
        assert response.status_code == 403
    assert not Snapshot.objects.exists()


# --- Pages ----------------------------------------------------------------------------------------


def test_the_page_shows_every_word_of_it(snapshot, reviewer, item):
    page = text_of(signed_in(reviewer).get(snapshot.get_absolute_url()))
    for words in ("Before annual council", "Done by the county", "Brief the new chairs", "Ada"):
        assert words in page
    assert snapshot.digest in page
    assert SECRET not in page


def test_the_list_names_it_and_is_helpful_when_empty(plan, chief):
    client = signed_in(chief)
    address = reverse("snapshots", args=[plan.pk])
    for empty in (address, reverse("snapshot_compare", args=[plan.pk])):
        page = text_of(client.get(empty))
        assert "There are no snapshots yet" in page
        assert "and you can take one at any time" in page
    take_snapshot(plan, [1], by=chief, reason="Before the poll")
    page = text_of(client.get(address))
    assert "Stage 1: pre-election" in page
    assert "Before the poll" in page


def test_the_pdf_is_marked_named_and_recorded(snapshot, reviewer):
    address = reverse("snapshot_pdf", args=[snapshot.plan_id, snapshot.pk])
    response = signed_in(reviewer).post(address)
    assert response.content.startswith(b"%PDF-")
    name = response.headers["Content-Disposition"]
    assert "stage 2 snapshot OFFICIAL-SENSITIVE" in name
    event = Event.objects.first()
    assert (event.kind, event.by) == ("plan-exported", reviewer)
    assert event.detail.startswith("PDF: stage 2: early foundations, snapshot of ")


def test_the_history_of_a_download_names_the_snapshot(snapshot):
    assert "snapshot of" in report_of(Frozen.of(snapshot)).contents_in_words


def test_a_snapshot_of_another_plan_is_not_found(snapshot, stranger, their_plan, chief):
    client = signed_in(stranger)
    for name in ("snapshot", "snapshot_pdf"):
        for plan in (snapshot.plan, their_plan):
            address = reverse(name, args=[plan.pk, snapshot.pk])
            method = client.post if name == "snapshot_pdf" else client.get
            assert method(address).status_code == 404
    assert fresh(snapshot.plan.items.first())


def test_an_import_with_a_snapshot_whose_dates_cannot_be_calculated_is_refused(snapshot):
    """Its page would fail. The file of an import has not been through a form."""
    require_calculable(snapshot.plan.council)
    QuerySet(Snapshot).filter(pk=snapshot.pk).update(occasion="wrong")
    with pytest.raises(ValueError, match="wrong"):
        require_calculable(snapshot.plan.council)


def test_snapshots_taken_by_hand_are_limited(plan, chief, monkeypatch):
    monkeypatch.setattr(snapshots, "SNAPSHOTS_MAX", 1)
    client, address = signed_in(chief), reverse("snapshot_new", args=[plan.pk])
    sent = {"stages": ["2"], "reason": "Before a meeting"}
    assert client.post(address, sent).status_code == 302
    refused = client.post(address, sent | {"reason": "After it"})
    assert refused.status_code == 422
    assert "A plan can have up to 1 snapshots" in text_of(refused)
    assert "After it" in refused.content.decode()
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize(("verdict", "view"), [("Agree", "agrees"), ("Concern", "has a concern")])
def test_the_view_of_a_reviewer_is_part_of_a_sentence(verdict, view):
    mark = ReportMark("Ada", verdict, "", dt.date(2027, 5, 16), "", "")
    assert mark.view == view
