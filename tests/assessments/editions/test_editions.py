"""A new edition of the guidance: loading it, moving a plan to it and going back, losing nothing."""

import datetime as dt
import io
import json
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import models
from django.urls import reverse
from django.utils import timezone

from assessments.comments.actions import start_thread
from assessments.editions.actions import PLACED_IN_EDITION, change_edition
from assessments.editions.changes import Editions, edition_to_go_back_to, edition_to_move_to
from assessments.exports.excel import source_of
from assessments.exports.pdf import render_html
from assessments.exports.report import report_for
from assessments.next_cycle.actions import make_next_plan
from assessments.next_cycle.queries import lessons_of
from assessments.plans.actions import save_item
from assessments.plans.models import Event, Plan, PlanItem, SignOff, Status
from assessments.plans.stages import EditionHasChanged
from assessments.reviews.actions import reopen_stage, sign_off_stage, take_snapshot
from assessments.reviews.actions.signoffs import latest_change
from assessments.reviews.frozen import Frozen
from frameworks.loading import FixtureError, load
from frameworks.models import ChecklistItem, Framework, PointerPlacement, SuggestedDue
from tests.acting import answer, form_on, fresh, own_item, signed_in, step_url, text_of

pytestmark = pytest.mark.django_db

FIXTURES = Path(settings.FIXTURE_DIRS[0])
SECOND = FIXTURES / "rehearsal/second_edition.json"
NEW, REWORDED, REMOVED = "NOC-13.3", "NOC-13.1", "NOC-12.3"
OLD_WORDS = "Support the groups’ first discussions of governance arrangements, both formal"
DIFFERENT = "The wording in the plan’s edition of the guidance is different"
NEW_WORDS = "governance arrangements, and record what was agreed"


@pytest.fixture
def second():
    """The test edition, loaded beside the first."""
    load(FIXTURES, [SECOND])


def place(plan, code):
    return plan.items.select_related("plan", "step", "source", "new_wording").get(source__code=code)


def current(plan):
    return Plan.objects.with_all_stages().get(pk=plan.pk)


def move(plan, by, *, back=False):
    plan = current(plan)
    to = edition_to_go_back_to(plan) if back else edition_to_move_to(plan) or Editions.of(plan)
    return change_edition(plan, to=to, version=plan.version, by=by)


def answers(plan):
    """Everything that the plan holds on each action, with its wording."""
    rows = plan.items.order_by("step__number", "position").values_list(
        "pk", "step__number", "source__text", "status", "owner", "due", "due_rule", "note",
        "new_wording", "from_edition", "removed_at", "step__framework__edition",
    )  # fmt: skip
    return list(rows)


# --- Loading --------------------------------------------------------------------------------------


def test_an_edition_is_checked_and_loaded_beside_the_earlier_one():
    out = io.StringIO()
    call_command("check_edition", str(SECOND), stdout=out)
    assert not Framework.objects.filter(edition="2").exists()
    for expected in (NEW, REWORDED, REMOVED, "New actions: 1", "removed: 1", "can be loaded"):
        assert expected in out.getvalue()

    first = list(ChecklistItem.objects.values_list("pk", "text"))
    load(FIXTURES, [SECOND])
    assert set(first) < set(ChecklistItem.objects.values_list("pk", "text"))
    edition = Framework.objects.current(Framework.TRANSITION)
    assert (edition.edition, edition.based_on) == ("2", "1")
    codes = set(ChecklistItem.objects.current().values_list("code", flat=True))
    assert NEW in codes
    assert REMOVED not in codes
    assert PointerPlacement.objects.filter(step__framework=edition).count() == 42
    assert not SuggestedDue.objects.filter(item__code=REMOVED, step__framework=edition).exists()

    # A load without the file, as in a release, keeps the edition whole and current.
    before = PointerPlacement.objects.count()
    load(FIXTURES)
    assert PointerPlacement.objects.count() == before
    assert Framework.objects.current(Framework.TRANSITION) == edition


def test_a_faulty_edition_is_refused_with_its_reason(tmp_path, subtests):
    content = json.loads(SECOND.read_text())
    new = content["new"][0]
    faults = {
        "no such action": ({"removed": ["NOC-99.9"]}, "has no NOC-99.9"),
        "a code is used again": ({"new": [new | {"code": "NOC-13.2"}]}, "not used again"),
        "a step is removed": ({"removed": ["NOC-12"]}, "only actions can"),
        "a bracket shows": ({"changed": [{"code": REWORDED, "text": "A [b"}]}, "would be shown"),
        "a component changes": (
            {
                "frameworks": {"coalition-components": {}},
                "changed": [{"code": "COMP-01", "title": "X"}],
                "removed": [],
                "new": [],
            },
            "is the same in each edition",
        ),
        "no such edition": ({"based_on": "7"}, "no edition 7"),
        "unknown key": ({"steps": []}, "cannot have steps"),
        "unknown officer": ({"new": [new | {"lead_role": "town-clerk"}]}, "does not exist"),
        "unknown date": (
            {"new": [new | {"due": {"number": 1, "unit": "moons"}}]},
            "must be one of",
        ),
    }
    for name, (change, reason) in faults.items():
        with subtests.test(name):
            path = tmp_path / "edition.json"
            path.write_text(json.dumps(content | change))
            with pytest.raises(CommandError, match="cannot be loaded") as error:
                call_command("check_edition", str(path))
            assert reason in str(error.value)
    with pytest.raises(FixtureError):
        load(FIXTURES, [path])
    for missing in (tmp_path / "none.json", FIXTURES / "editions/none.json"):
        with pytest.raises(CommandError, match="not readable"):
            call_command("check_edition", str(missing))
    assert not Framework.objects.filter(edition="2").exists()


# --- Moving ---------------------------------------------------------------------------------------


def test_a_plan_moves_with_a_preview_and_goes_back_unchanged(dated_plan, chief, second):
    plan = dated_plan
    answered = place(plan, REWORDED)
    answer(answered, chief, status=Status.IN_PROGRESS, note="We have begun")
    answer(place(plan, REMOVED), chief, note="Partners were told")
    own = own_item(plan, by=chief)
    thread = start_thread(plan, answered.step, item=answered, text="Agreed?", by=chief).thread
    was, url = answers(plan), reverse("plan_edition", args=[plan.pk])
    client = signed_in(chief)

    page = client.get(url)
    seen = text_of(page)
    for expected in (
        "Move to edition 2",
        NEW,
        OLD_WORDS,
        NEW_WORDS,
        REMOVED,
        "Nothing has changed",
    ):
        assert expected in seen
    assert answers(plan) == was
    # The preview is of nothing until it is confirmed, and an old form is refused.
    sent = form_on(page)
    assert client.post(url, {"version": "99", "editions": sent["editions"]}).status_code == 409
    assert answers(plan) == was
    events = Event.objects.count()
    assert client.post(url, sent).status_code == 302
    assert client.post(url, sent).status_code == 409  # pressed twice
    assert Event.objects.count() == events + 1

    plan = current(plan)
    assert Editions.of(plan).words == "edition 2 of the 30 steps and edition 1 of the 12 components"
    assert set(plan.items.values_list("step__framework__edition", flat=True)) == {"2"}
    kept, left, new = (place(plan, code) for code in (REWORDED, REMOVED, NEW))
    assert (kept.pk, kept.note, kept.status) == (answered.pk, "We have begun", Status.IN_PROGRESS)
    assert OLD_WORDS in kept.words(plan.term)
    assert NEW_WORDS in kept.new_wording.text
    assert (left.note, left.removed_at, left.edition_note) == (
        "Partners were told", None, "From edition 1 of the guidance",
    )  # fmt: skip
    assert (new.status, new.due) == (Status.NOT_STARTED, plan.election_day + dt.timedelta(weeks=3))
    assert fresh(own).step_id == kept.step_id
    thread.refresh_from_db()
    assert thread.step_id == kept.step_id
    assert "Agreed?" in text_of(client.get(reverse("item_comments", args=[plan.pk, kept.pk])))
    call_command("verify_events", stdout=io.StringIO())

    change = Event.objects.latest("pk").changes.get(field=f"Step 12, {REMOVED}")
    assert "kept, although the edition does not have it" in change.after
    step = text_of(client.get(step_url(plan, 13)))
    assert "The wording has changed since this was answered" in step
    assert NEW_WORDS in step
    assert "From edition 1 of the guidance" in text_of(client.get(step_url(plan, 12)))
    assert "Edition 2 of the 30 steps" in text_of(
        client.get(reverse("plan_settings", args=[plan.pk]))
    )
    _documents_say_it(plan)

    assert "Go back to" in text_of(client.get(f"{url}?to=back"))
    assert client.post(url, form_on(client.get(f"{url}?to=back"))).status_code == 302
    plan = current(plan)
    hidden = place(plan, NEW)
    assert hidden.removed_at is not None
    assert [row for row in answers(plan) if row[0] != hidden.pk] == was
    assert edition_to_go_back_to(plan) is None

    # And forward again: the same rows, none twice.
    move(plan, chief)
    assert place(plan, NEW).pk == hidden.pk
    assert place(plan, NEW).removed_at is None
    call_command("verify_events", stdout=io.StringIO())


def _documents_say_it(plan):
    today = dt.date(2027, 5, 18)
    report = report_for(plan, today=today)
    html = render_html(report)
    for expected in ("our edition 2", "From edition 1 of the guidance", "The wording has changed"):
        assert expected in html
    items = {item.code: item for step in report.steps for item in step.items}
    assert source_of(items[REMOVED]) == f"{REMOVED}. From edition 1 of the guidance"
    snapshot = take_snapshot(plan, [2], by=plan.created_by, reason="Kept")
    frozen = Frozen.of(snapshot)
    assert frozen.is_intact
    assert {row.edition_note for row in frozen.items} > {"From edition 1 of the guidance"}
    assert [row.edition for row in frozen.sources] == ["2", "1"]


def test_what_was_not_answered_takes_the_new_wording_or_leaves(plan, chief, officer, second):
    reworded, removed = place(plan, REWORDED), place(plan, REMOVED)
    done = move(plan, chief)
    assert {change.kind.value for change in done.changes} == {"new", "reworded", "removed"}
    now = fresh(reworded)
    assert NEW_WORDS in now.source.text
    assert now.new_wording is None
    assert fresh(removed).removed_at is not None
    assert not PlanItem.objects.live().on(current(plan)).filter(source__code=REMOVED).exists()
    page = text_of(signed_in(officer).get(step_url(plan, 12)))
    assert removed.source.text not in page
    assert "Removed actions" not in page
    # Someone who had the action open is told, and cannot save into the wording of before.
    with pytest.raises(EditionHasChanged):
        save_item(reworded, version=reworded.version, by=officer, note="Typed before the move")
    answer_to_old = signed_in(officer).post(
        reverse("item", args=[plan.pk, reworded.pk]),
        {"part": "status", "status": "in-progress", "version": 1},
    )
    assert answer_to_old.status_code == 409


def test_an_action_that_returns_is_not_overdue_at_once(dated_plan, chief, second):
    removed = place(dated_plan, REMOVED)
    assert removed.due is not None
    move(dated_plan, chief)
    with time_machine.travel(dt.datetime(2027, 12, 1, tzinfo=dt.UTC)):
        assert removed.due < timezone.localdate()
        move(dated_plan, chief, back=True)
    returned = fresh(removed)
    assert (returned.removed_at, returned.due, returned.due_rule) == (None, None, None)


def test_an_action_with_only_a_comment_keeps_its_wording_and_says_nothing_untrue(
    plan, chief, second
):
    item = place(plan, REWORDED)
    start_thread(plan, item.step, item=item, text="Agreed?", by=chief)
    move(plan, chief)
    step = text_of(signed_in(chief).get(step_url(plan, 13)))
    assert f"{DIFFERENT}. It is now:" in step
    assert "signed off" not in place(plan, REWORDED).edition_note


def test_the_new_wording_can_be_accepted_for_an_answer(plan, chief, officer, reviewer, second):
    item = place(plan, REWORDED)
    answer(item, officer, note="We have begun")
    move(plan, chief)
    url = reverse("item_wording", args=[plan.pk, item.pk])
    assert signed_in(reviewer).post(url, {"version": 2}).status_code == 403
    signed_in(officer).post(url, {"version": 1})
    assert place(plan, REWORDED).new_wording is not None  # saved by someone else since
    signed_in(officer).post(url, {"version": 2})
    after = place(plan, REWORDED)
    assert NEW_WORDS in after.words(plan.term)
    assert after.note == "We have begun"
    assert after.edition_note == ""
    change = Event.objects.latest("pk").changes.get()
    assert OLD_WORDS in change.before
    assert NEW_WORDS in change.after


def test_a_signed_off_stage_keeps_its_actions_until_it_is_reopened(plan, chief, second):
    stage = place(plan, REWORDED).step.stage
    seen = latest_change(plan, stage)
    sign_off_stage(plan, stage, seen=seen, reason="All agreed", by=chief)
    done = move(plan, chief)
    assert {change.kind.value for change in done.changes} == {"wording kept", "kept"}
    plan = current(plan)
    assert SignOff.objects.get().stage.framework == plan.transition
    assert OLD_WORDS in place(plan, REWORDED).words(plan.term)
    assert place(plan, REWORDED).edition_note == DIFFERENT
    assert place(plan, REMOVED).removed_at is None
    assert not plan.items.filter(source__code=NEW).exists()

    reopen_stage(plan, SignOff.objects.get().stage, reason="A mistake", by=chief)
    page = signed_in(chief).get(reverse("plan_edition", args=[plan.pk]))
    assert "Complete the move" in text_of(page)
    signed_in(chief).post(reverse("plan_edition", args=[plan.pk]), form_on(page))
    assert place(plan, NEW).status == Status.NOT_STARTED
    assert NEW_WORDS in place(plan, REWORDED).words(plan.term)
    assert place(plan, REMOVED).removed_at is not None


def test_components_move_with_their_pointers_and_links_once(plan, chief, client, tmp_path):
    path = tmp_path / "components.json"
    changed = [{"code": "COMP-01.1", "text": "Plan the early stages with every group"}]
    frameworks = {"coalition-components": {}}
    path.write_text(
        json.dumps({"edition": "2", "based_on": "1", "frameworks": frameworks, "changed": changed})
    )
    load(FIXTURES, [path])
    move(plan, chief)
    plan = current(plan)
    assert (plan.transition.edition, plan.components.edition) == ("1", "2")
    assert place(plan, "COMP-01.1").source.text == changed[0]["text"]
    assert plan.items.count() == 123
    client.force_login(chief)
    for number in (1, 11):
        page = text_of(client.get(step_url(plan, number)))
        found = [n for n in range(1, 13) if page.count(f"Component {n}:") > 1]
        assert found == []


def test_a_lesson_on_an_action_that_left_is_carried_to_the_next_plan(plan, chief, second):
    answer(place(plan, REMOVED), chief, note="Partners were told")
    following = make_next_plan(
        plan,
        election_day=dt.date(2031, 5, 1),
        items=[],
        keep_owners=False,
        lessons=lessons_of(plan),
        concerns=[],
        by=chief,
    )
    own = following.items.get(source=None)
    assert (own.step.number, own.title[:26]) == (12, "Lesson: Keep relationships")
    assert "Partners were told" in own.note


def test_everything_placed_in_an_edition_follows_a_move():
    """A new foreign key to a step, stage, area or component must be led to the new edition."""
    listed = {(model, name) for model, name, _ in PLACED_IN_EDITION}
    listed |= {(PlanItem, name) for name in ("step", "source", "new_wording")}
    transition = {"step", "stage", "rolearea", "checklistitem", "coalitioncomponent"}
    found = {
        (model, field.name)
        for model in apps.get_app_config("assessments").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model._meta.app_label == "frameworks"
        and field.related_model._meta.model_name in transition
    }
    assert found == listed
