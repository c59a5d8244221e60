"""A change of control: a snapshot keeps the plan as it was, and steps are reviewed again."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from assessments.plans.actions import change_plan
from assessments.plans.models import Event, Plan, Snapshot, Status
from assessments.register.actions import add_to_register, save_in_register
from assessments.register.models import Agreement
from assessments.reviews.actions import latest_change, record_control_change, sign_off_stage
from assessments.reviews.models import ControlChange, StepReopening
from assessments.timetable.actions import save_interim
from elections.interim import Governance
from tests.acting import answer, error_links, fresh, signed_in, step_url, text_of, tree_of
from tests.assessments.next_cycle.test_next_cycle import form_lists


@pytest.fixture(autouse=True)
def in_november():
    with time_machine.travel(dt.datetime(2027, 11, 10, 11, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def client(chief):
    return signed_in(chief)


@pytest.fixture
def new(plan):
    return reverse("control_change_new", args=[plan.pk])


def changed(client, new, **changes):
    """Return the form's data when a partner has left and steps 13 and 18 need another review."""
    form = form_lists(client.get(new)) | {
        "kind": "left",
        "day-day": "4",
        "day-month": "11",
        "day-year": "2027",
        "words": "They left over the budget.\r\nTwo seats short.",
        "control": "minority",
        "control_standing": "known",
        "formality": "informal",
        "steps": ["13", "18"],
    }
    boxes = {"kind", "control", "control_standing", "formality"}
    assert boxes <= {i.get("name") for i in tree_of(client.get(new)).iter("input")}
    return form | changes


def test_a_change_of_control_is_recorded(client, new, plan, item, chief):
    Plan.objects.filter(pk=plan.pk).update(control="two-party", control_standing="known")
    answer(item, chief, status=Status.COMPLETED, note="Agreed with both groups")
    response = client.post(new, changed(client, new))
    assert response.url == reverse("control_changes", args=[plan.pk])
    (change,) = ControlChange.objects.all()
    assert str(change) == "A group left the arrangement, 4 November 2027"
    assert change.words == "They left over the budget.\nTwo seats short."
    plan.refresh_from_db()
    assert (plan.control, plan.formality, plan.version) == ("minority", "informal", 2)
    # The snapshot is of the whole plan before the change, and gives the reason.
    assert "2 parties" in change.snapshot.control
    assert change.snapshot.title == "The whole plan"
    assert "A group left the arrangement" in change.snapshot.reason
    kinds = [event.kind for event in Event.objects.all()[:2]]
    assert kinds == ["control-changed", "plan-changed"]
    page = text_of(client.get(response.url))
    assert "4 November 2027: A group left the arrangement" in page
    assert "After Single-party minority administration (confirmed); informal" in page
    assert "Before Arrangement between 2 parties or groups" in page


@pytest.mark.parametrize(
    ("governance", "offered", "leader"),
    [
        (Governance.UNKNOWN, ["leader", "mayor"], "the Leader or the elected mayor"),
        (Governance.LEADER, ["leader"], "the Leader"),
        (Governance.COMMITTEES, ["committees-leader"], "the leader"),
        (Governance.MAYOR, ["mayor"], "the elected mayor"),
    ],
)
def test_who_can_have_changed_depends_on_how_the_council_takes_decisions(
    client, new, plan, chief, governance, offered, leader
):
    save_interim(plan, version=0, by=chief, governance=governance)
    assert f"When {leader} changes," in text_of(
        client.get(reverse("control_changes", args=[plan.pk]))
    )
    kinds = [
        i.get("value") for i in tree_of(client.get(new)).iter("input") if i.get("name") == "kind"
    ]
    assert kinds == [*offered, "left", "joined", "defection", "by-election", "other"]
    other = (
        "leader" if governance in (Governance.COMMITTEES, Governance.MAYOR) else "committees-leader"
    )
    assert client.post(new, changed(client, new, kind=other)).status_code == 422
    page = client.post(new, changed(client, new, kind=offered[-1]), follow=True)
    words = {
        "leader": "The Leader",
        "committees-leader": "The leader",
        "mayor": "The elected mayor",
    }
    assert f"4 November 2027: {words[offered[-1]]} changed" in text_of(page)


def test_the_term_can_change_with_control_and_pages_then_use_it(client, new, plan):
    Plan.objects.filter(pk=plan.pk).update(coalition_term="joint administration")
    form = changed(client, new)
    assert form["coalition_term"] == ["joint administration"]
    refused = client.post(new, form | {"coalition_term": "the 2nd deal"})
    assert refused.status_code == 422
    assert "Use words only" in text_of(refused)
    client.post(new, form | {"coalition_term": "Minority administration"})
    plan.refresh_from_db()
    assert plan.coalition_term == "minority administration"
    page = text_of(client.get(step_url(plan, 14)))
    assert "whose votes it needs" in page
    assert "joint administration" not in page


@pytest.mark.parametrize(("kind", "leads"), [("defection", True), ("leader", False)])
def test_a_change_of_seats_leads_to_composition_and_balance(client, new, plan, kind, leads):
    client.post(new, changed(client, new, kind=kind))
    page = client.get(reverse("control_changes", args=[plan.pk]))
    assert ("altered the size of the groups" in text_of(page)) is leads


@pytest.mark.parametrize(("kind", "leads"), [("left", True), ("leader", False)])
def test_an_agreement_from_before_a_change_is_shown_as_such(client, new, plan, chief, kind, leads):
    """Plan home said who runs the council as if the change had not been recorded."""
    home, changes = plan.get_absolute_url(), reverse("control_changes", args=[plan.pk])
    fields = {"kind": "coalition", "manner": "verbal", "parties": "Ash\nElm"}
    agreement = add_to_register(Agreement, plan, by=chief, **fields)
    told = "Agreement between Ash and Elm, as recorded before the latest change of control."
    asked = "Update those that have changed, and remove those that have ended."
    assert told not in text_of(client.get(home))
    with time_machine.travel(dt.datetime(2027, 11, 10, 11, 10, tzinfo=dt.UTC), tick=False):
        client.post(new, changed(client, new, kind=kind))
        assert (told in text_of(client.get(home))) is leads
        assert (asked in text_of(client.get(changes))) is leads
    with time_machine.travel(dt.datetime(2027, 11, 10, 11, 20, tzinfo=dt.UTC), tick=False):
        save_in_register(agreement, version=1, by=chief, **fields | {"parties": "Ash\nOak"})
        assert "Agreement between Ash and Oak." in text_of(client.get(home))


def test_control_can_change_more_than_once_and_the_history_shows_it(client, new, plan):
    client.post(new, changed(client, new))
    client.post(new, changed(client, new, kind="by-election", control="majority", steps=[]))
    page = text_of(client.get(reverse("control_changes", args=[plan.pk])))
    assert page.index("One group with a majority") < page.index("After Single-party minority")
    history = text_of(client.get(reverse("plan_history", args=[plan.pk])))
    assert "Chief recorded a change of control: A by-election" in history
    assert "removed: Single-party minority administration end of removed." in history
    # 4 November and 6 weeks is 16 December.
    assert "Steps to review again" in history
    assert "13 and 18, by 16 December 2027" in history
    assert Snapshot.objects.filter(plan=plan).count() == 2


def test_steps_to_review_again_show_the_reason_until_they_are_reviewed(
    client, new, plan, item, officer
):
    answer(item, officer, status=Status.COMPLETED, note="Agreed with both groups")
    before = fresh(item)
    client.post(new, changed(client, new))
    theirs = signed_in(officer)
    reason = "A group left the arrangement, 4 November 2027"
    said = f"Review this step again by 16 December 2027. {reason}"
    stage = reverse("plan_stage", args=[plan.pk, 2])
    assert said in text_of(theirs.get(step_url(plan, 13)))
    assert text_of(theirs.get(stage)).count("Review this step again") == 2
    assert f"Thu 16 Dec · {reason}" in text_of(theirs.get(plan.get_absolute_url()))
    assert "Review this step again" not in text_of(theirs.get(step_url(plan, 12)))
    assert (fresh(item).status, fresh(item).version) == (before.status, before.version)
    reopening = StepReopening.objects.get(step__number=13)
    close = reverse("reopening_close", args=[plan.pk, reopening.pk])
    for _ in range(2):  # a second press changes nothing
        assert theirs.post(close).url == step_url(plan, 13)
    assert "Review this step again" not in text_of(theirs.get(step_url(plan, 13)))
    reopening.refresh_from_db()
    assert (reopening.looked_by, reopening.looked_at is None) == (officer, False)
    event = Event.objects.get(kind="step-looked-again")
    assert (event.by, event.detail) == (officer, f"Step 13: {reason}")
    history = text_of(theirs.get(reverse("plan_history", args=[plan.pk]) + "?step=13"))
    assert f"Officer completed a further review of step 13: {reason}" in history
    changes = text_of(theirs.get(reverse("control_changes", args=[plan.pk])))
    assert "reviewed by Officer on 10 November 2027" in changes
    assert "Step 18" in changes


def test_a_step_is_to_be_reviewed_again_by_a_working_day():
    for day, by_when in ((dt.date(2027, 11, 4), (12, 16)), (dt.date(2027, 11, 6), (12, 17))):
        change = ControlChange(day=day, plan=Plan(stage_2_weeks=6))  # a Thursday, and a Saturday
        assert StepReopening(change=change).by_when == dt.date(2027, *by_when)


def test_the_review_date_follows_the_length_of_stage_2(client, new, plan):
    client.post(new, changed(client, new, steps=["13"]))
    Plan.objects.filter(pk=plan.pk).update(stage_2_weeks=4)
    assert "by 2 December 2027" in text_of(client.get(step_url(plan, 13)))


def test_a_signed_off_stage_is_reopened_for_the_same_reason(client, new, plan, chief):
    stage = plan.transition.stages.get(number=2)
    signed = sign_off_stage(
        plan, stage, seen=latest_change(plan, stage), reason="Settled", by=chief
    )
    client.post(new, changed(client, new, steps=[]))
    signed.refresh_from_db()
    assert signed.is_current  # no step was chosen
    client.post(new, changed(client, new, kind="leader"))
    signed.refresh_from_db()
    assert not signed.is_current
    assert signed.reopening_reason.startswith("The Leader changed, 4 November 2027. They left")


def test_the_reason_is_shown_on_a_signed_off_step_and_can_be_closed(client, new, plan, chief):
    client.post(new, changed(client, new))
    stage = plan.transition.stages.get(number=2)
    sign_off_stage(plan, stage, seen=latest_change(plan, stage), reason="Settled", by=chief)
    page = client.get(step_url(plan, 13))
    reopening = StepReopening.objects.get(step__number=13)
    close = reverse("reopening_close", args=[plan.pk, reopening.pk])
    assert close in [form.get("action") for form in tree_of(page).iter("form")]
    assert client.post(close).status_code == 302


def test_a_stale_change_records_nothing_and_keeps_the_answers(client, new, plan, chief):
    form = changed(client, new)
    change_plan(plan, version=1, by=chief, control="three-party")
    response = client.post(new, form)
    assert response.status_code == 409
    text = text_of(response)
    assert "Someone saved this plan’s settings" in text
    assert "Arrangement between 3 parties or groups" in text
    assert "They left over the budget." in text
    assert not ControlChange.objects.exists()
    assert not Snapshot.objects.exists()
    assert not StepReopening.objects.exists()
    again = form | {"version": form_lists(response)["version"]}
    assert client.post(new, again).status_code == 302


def test_a_change_of_control_is_recorded_completely_or_not_at_all(plan, chief, monkeypatch):
    def full(*args, **kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr("assessments.reviews.actions.control.record", full)
    with pytest.raises(RuntimeError):
        record_control_change(
            plan,
            day=dt.date(2027, 11, 4),
            kind="leader",
            words="New",
            control="majority",
            control_standing="known",
            formality="unknown",
            steps=[],
            version=1,
            by=chief,
        )
    assert Plan.objects.get(pk=plan.pk).control == "unknown"
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("kind", "", "Select what happened"),
        ("kind", "coup", "Select what happened from the list"),
        ("words", " ", "Enter what it means for the council"),
        ("words", "x" * 5001, "What it means must be 5,000 characters or fewer"),
        ("day-day", "11", "The date of the change must be today or earlier"),
        ("day-year", "9" * 12, None),
        ("steps", ["3"], "Select steps from the list"),
        ("steps", ["x", "9" * 40], "Select steps from the list"),
        ("control", "a\0", None),
        ("version", "9" * 30, None),
        ("version", "", None),
    ],
)
def test_errors_are_shown_and_the_answers_kept(client, new, field, value, said):
    response = client.post(new, changed(client, new) | {field: value})
    assert response.status_code == 422
    if said:
        assert said in [message for message, _ in error_links(response)]
    if field != "words":
        assert "They left over the budget." in text_of(response)
    assert not ControlChange.objects.exists()


def test_an_empty_post_and_another_councils_reopening(client, new, plan, their_plan, stranger):
    assert client.post(new, {}).status_code == 422
    theirs = signed_in(stranger)
    url = reverse("control_change_new", args=[their_plan.pk])
    theirs.post(url, changed(theirs, url))
    foreign = StepReopening.objects.first()
    assert client.post(reverse("reopening_close", args=[plan.pk, foreign.pk])).status_code == 404


def test_a_recorded_change_cannot_be_deleted(client, new):
    client.post(new, changed(client, new))
    change = ControlChange.objects.get()
    for attempt in (change.save, change.delete, ControlChange.objects.all().delete):
        with pytest.raises(TypeError, match="only ever added"):
            attempt()
