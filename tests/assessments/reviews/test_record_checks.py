"""What people read agrees with the sealed record, and a change made past the product is found."""

import datetime as dt

import pytest

from assessments.budget.actions import save_confidential_amendment
from assessments.budget.models import ConfidentialAmendmentLine
from assessments.parity.actions import save_confidential_request
from assessments.parity.models import ConfidentialRequest
from assessments.plans.actions import add_item, save_item
from assessments.plans.models import PlanItem, SignOff, Snapshot, SnapshotItem, Status
from assessments.restricted_notes.actions import save_restricted_note
from assessments.restricted_notes.models import RestrictedNote
from assessments.reviews.actions import (
    latest_change,
    reopen_stage,
    sign_off_stage,
    take_snapshot,
)
from assessments.seats.actions import save_scenario
from assessments.seats.models import CouncilComposition, Scenario
from councils.verification import verify
from elections.budget import AmendmentLine
from elections.scenario import SeatSwing
from frameworks.models import Stage, Step
from tests.acting import answer, seats_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(plan, item, chief, officer):
    """A plan with an answer, a snapshot and a signed-off stage."""
    answer(item, officer, note="As agreed with the groups", status=Status.IN_PROGRESS)
    take_snapshot(plan, [1], by=chief, reason="Before the poll")
    stage = Stage.objects.get(framework=plan.transition_id, number=2)
    sign_off_stage(plan, stage, seen=latest_change(plan, stage), reason="In place", by=chief)
    return plan


def problems(plan):
    return verify(plan.council).problems


def test_the_record_of_a_plan_agrees_with_its_pages(signed):
    assert problems(signed) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("note", "As never agreed"), ("status", Status.COMPLETED), ("reason", "Not ours")],
)
def test_an_answer_changed_without_an_event_is_found(signed, item, field, value):
    values = {field: value}
    if field != "note":  # the database holds these three to each other
        values |= {"completed_on": "2027-05-10"} if field == "status" else {"status": "not-needed"}
    PlanItem.objects.filter(pk=item.pk).update(**values)
    found = problems(signed)
    assert any(f"Action {item.pk} " in problem and f"its {field}" in problem for problem in found)


def test_an_answer_to_an_untouched_action_is_found(signed):
    other = signed.items.filter(step__number=1).first()
    PlanItem.objects.filter(pk=other.pk).update(note="Added in the database")
    assert [problem for problem in problems(signed) if f"Action {other.pk} " in problem]


def test_a_changed_snapshot_is_found(signed):
    SnapshotItem._base_manager.filter(pk=SnapshotItem.objects.first().pk).update(note="Reworded")
    (problem,) = problems(signed)
    assert problem.startswith("Snapshot ")
    assert "was altered since it was taken" in problem


@pytest.mark.parametrize(
    "change",
    [
        lambda sign_off, other: SignOff.objects.update(stage=other),
        lambda sign_off, other: SignOff.objects.update(
            signed_at=sign_off.signed_at - dt.timedelta(days=1)
        ),
        lambda sign_off, other: SignOff.objects.update(
            reopened_at=sign_off.signed_at, reopened_by=sign_off.signed_by, reopening_reason="Mine"
        ),
        lambda sign_off, other: SignOff._base_manager.filter(pk=sign_off.pk)._raw_delete("default"),
    ],
    ids=["of another stage", "of another day", "reopened", "deleted"],
)
def test_a_sign_off_changed_without_an_event_is_found(signed, change):
    sign_off = SignOff.objects.get()
    change(sign_off, Stage.objects.get(framework=signed.transition_id, number=3))
    assert [problem for problem in problems(signed) if problem.startswith(("Sign-off", "Stage"))]


def test_a_stage_that_was_reopened_is_not_signed_off_again_without_an_event(signed, chief):
    stage = Stage.objects.get(framework=signed.transition_id, number=2)
    reopen_stage(signed, stage, reason="A change", by=chief)
    assert problems(signed) == []
    SignOff.objects.update(reopened_at=None, reopened_by=None, reopening_reason="")
    (problem,) = problems(signed)
    assert problem.startswith("Stage 2 of plan ")


@pytest.fixture
def signed_twice(signed, chief):
    """A plan whose stage 2 was signed off, reopened for a long reason and signed off again."""
    stage = Stage.objects.get(framework=signed.transition_id, number=2)
    reopen_stage(signed, stage, reason="The groups agreed. " * 20, by=chief)
    sign_off_stage(signed, stage, seen=latest_change(signed, stage), reason="Again", by=chief)
    assert problems(signed) == []
    return signed


@pytest.mark.parametrize(
    "values",
    [
        {"reopening_reason": "Another"},
        {"reopened_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
        {"reopened_by": "officer"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_changed_reopening_is_found(signed_twice, officer, values):
    values = {field: officer if value == "officer" else value for field, value in values.items()}
    first = SignOff.objects.get(reopened_at__isnull=False)
    SignOff.objects.filter(pk=first.pk).update(**values)
    (problem,) = problems(signed_twice)
    assert problem.startswith(f"Sign-off {first.pk} (stage 2) was altered")


def test_a_deleted_sign_off_that_was_reopened_is_found(signed_twice):
    first = SignOff.objects.get(reopened_at__isnull=False)
    SignOff._base_manager.filter(pk=first.pk)._raw_delete("default")
    (problem,) = problems(signed_twice)
    assert first.snapshot.digest in problem


def test_an_earlier_sign_off_that_applies_in_place_of_the_last_is_found(signed_twice):
    first = SignOff.objects.get(reopened_at__isnull=False)
    last = SignOff.objects.get(reopened_at=None)
    reopened = {
        field: getattr(first, field) for field in ("reopened_at", "reopened_by", "reopening_reason")
    }
    SignOff.objects.filter(pk=last.pk).update(**reopened)
    SignOff.objects.filter(pk=first.pk).update(
        reopened_at=None, reopened_by=None, reopening_reason=""
    )
    (problem,) = problems(signed_twice)
    assert problem.startswith("Stage 2 of plan ")
    assert "not the last one in the record" in problem


def test_a_sign_off_in_the_name_of_another_person_is_found(signed, officer):
    SignOff.objects.update(signed_by=officer)
    (problem,) = problems(signed)
    assert problem.startswith("Sign-off ")


def test_a_snapshot_in_the_name_of_another_person_is_found(signed, officer):
    taken = Snapshot.objects.earliest("pk")
    Snapshot._base_manager.filter(pk=taken.pk).update(taken_by=officer)
    (problem,) = problems(signed)
    assert problem.startswith(f"Snapshot {taken.pk} ")
    assert "another person took it" in problem


def test_a_changed_reason_of_a_sign_off_is_found(signed):
    for reason in ("Never said", ""):
        SignOff.objects.update(reason=reason)
        (problem,) = problems(signed)
        assert "its reason is not the one in its snapshot" in problem


def test_the_title_of_an_own_action_changed_without_an_event_is_found(signed, officer):
    step = Step.objects.get(framework=signed.transition_id, number=5)
    own = add_item(signed, step, title="Brief the group leaders", by=officer)
    other = add_item(signed, step, title="Book the hall", by=officer)
    assert problems(signed) == []
    save_item(own, version=own.version, by=officer, title="Brief every leader")
    assert problems(signed) == []
    for item in (own, other):
        PlanItem.objects.filter(pk=item.pk).update(title="Altered own title")
    found = problems(signed)
    assert [problem.split(" of plan")[0] for problem in found] == [
        f"Action {item.pk}" for item in (own, other)
    ]


def test_an_action_moved_to_another_step_is_found(signed, item):
    other = Step.objects.get(framework=signed.transition_id, number=20)
    PlanItem.objects.filter(pk=item.pk).update(step=other, position=99)
    found = problems(signed)
    assert any("its guidance is of another step" in problem for problem in found)
    assert any("a snapshot has it in another step" in problem for problem in found)


def test_restricted_texts_changed_without_an_event_are_found(signed, item, chief, riverdale):
    save_restricted_note(item, None, text="As agreed", version=0, by=chief)
    seats_of(riverdale, by=chief)
    base = CouncilComposition.objects.get(council=riverdale)
    swings = [SeatSwing("Ash", "Oak", 1, "")]
    save_scenario(None, plan=signed, base=base, name="Swing", changes=swings, version=0, by=chief)
    save_confidential_request(
        None,
        plan=signed,
        version=0,
        by=chief,
        group="Oak",
        asked_on=signed.election_day,
        words="What it would cost",
        answer="Nothing",
    )
    save_confidential_amendment(
        None,
        plan=signed,
        version=0,
        lines=[AmendmentLine("Parks", 1000, 0, 0)],
        by=chief,
        group="Oak",
        title="More parks",
        received_on=signed.election_day,
        tax_change=1000,
    )
    assert problems(signed) == []
    RestrictedNote.objects.update(text="As never agreed")
    Scenario.objects.update(name="Landslide")
    ConfidentialRequest.objects.update(answer="")
    ConfidentialAmendmentLine.objects.update(spending=2000)
    found = problems(signed)
    assert len(found) == 4
    for name in ("restricted note", "scenario", "confidential request", "confidential amendment"):
        assert any(f"The {name} " in problem for problem in found)
