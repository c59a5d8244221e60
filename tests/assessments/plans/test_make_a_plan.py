import datetime as dt
from collections import Counter

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from assessments.plans import actions as plans_actions
from assessments.plans.models import Control, Event, Marking, Plan, PlanItem
from frameworks.models import ChecklistItem, Framework, PointerPlacement, Step
from tests.acting import by_id, error_links, form_on, signed_in, text_of, words

NEW = "/councils/riverdale/plans/new/"

ANSWERS = {
    "election_day-day": "6",
    "election_day-month": "5",
    "election_day-year": "2027",
    "occasion": "ordinary",
    "control": "three-party",
    "control_standing": "known",
    "formality": "formal",
    "coalition_term": "joint administration",
    "stage_2_weeks": "5",
    "marking": "official",
}


@pytest.fixture
def client(chief):
    return signed_in(chief)


def answers(**changes):
    return ANSWERS | changes


# --- The questions --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "day", "year"),
    [
        (dt.date(2026, 11, 22), "6", "2027"),
        (dt.date(2027, 5, 6), "6", "2027"),  # on the day itself
        (dt.date(2027, 5, 7), "4", "2028"),
    ],
)
def test_the_next_first_thursday_in_may_is_suggested(chief, today, day, year):
    with time_machine.travel(dt.datetime.combine(today, dt.time(12)), tick=False):
        asked = form_on(signed_in(chief).get(NEW))
    assert [asked[f"election_day-{part}"] for part in ("day", "month", "year")] == [day, "5", year]


def test_the_other_questions_have_safe_defaults(client):
    asked = form_on(client.get(NEW))
    assert {name: value for name, value in asked.items() if not name.startswith("election")} == {
        "occasion": "ordinary",
        "control": "unknown",
        "control_standing": "expected",
        "formality": "unknown",
        "coalition_term": "coalition",
        "stage_2_weeks": "6",
        "marking": "official-sensitive",
    }


def test_answers_are_checked_before_anything_is_made(client):
    page = client.post(NEW, ANSWERS)
    assert page.status_code == 200
    text = text_of(page)
    for answer in (
        "Thursday 6 May 2027",
        "Arrangement between 3 parties or groups",
        "Confirmed",
        "Formal, with a written agreement",
        "joint administration",
        "5 weeks, from 6 May to 9 June 2027",  # stage 3 begins on 10 June
        "Tuesday 18 May 2027",
        "OFFICIAL",
    ):
        assert answer in text
    assert not Plan.objects.exists()
    assert form_on(page) == ANSWERS


def test_changing_answers_keeps_everything_typed(client):
    checked = form_on(client.post(NEW, ANSWERS))
    page = client.post(NEW, checked | {"change": "1"})
    assert page.status_code == 200
    assert form_on(page) == ANSWERS
    assert error_links(page) == []
    assert not Plan.objects.exists()


def test_the_plan_is_made_from_the_answers_that_were_checked(client, chief, riverdale):
    checked = form_on(client.post(NEW, ANSWERS))
    response = client.post(NEW, checked | {"create": "1"})
    plan = Plan.objects.get()
    assert response.status_code == 302
    assert response.url == reverse("plan", args=[plan.pk])
    assert plan.council == riverdale
    assert plan.created_by == chief
    assert plan.election_day == dt.date(2027, 5, 6)
    assert plan.control == Control.THREE
    assert plan.control_standing == "known"
    assert plan.formality == "formal"
    assert plan.coalition_term == "joint administration"
    assert plan.stage_2_weeks == 5
    assert plan.marking == Marking.OFFICIAL
    assert plan.version == 1
    assert "Your plan is ready" in text_of(client.get(response.url))


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC), None),
        # 6 months and 24 weeks before the poll: the rest have no date because none is suggested.
        (
            dt.datetime(2026, 11, 29, 9, tzinfo=dt.UTC),
            "The suggested date for 2 actions has already passed, so they have no due date.",
        ),
    ],
)
def test_only_suggested_dates_are_said_to_have_passed(chief, riverdale, today, words):
    with time_machine.travel(today, tick=False):
        client = signed_in(chief)
        text = text_of(client.post(NEW, answers(create="1"), follow=True))
    assert "Your plan is ready. Start with the set-up list below." in text
    assert words in text if words else "already passed" not in text


def test_answers_changed_on_the_last_page_are_validated_again(client):
    page = client.post(NEW, answers(stage_2_weeks="9", create="1"))
    assert page.status_code == 422
    assert not Plan.objects.exists()


# --- The checklist --------------------------------------------------------------------------------


def test_a_plan_has_every_checklist_item_once(plan):
    items = PlanItem.objects.filter(plan=plan).select_related("source", "step")
    points = [item for item in items if item.source.step_id]
    pointers = [item for item in items if item.source.component_id]
    assert (len(points), len(pointers), len(items)) == (81, 42, 123)
    assert {item.source_id for item in points} == set(
        ChecklistItem.objects.filter(step__framework=plan.transition).values_list("pk", flat=True)
    )
    assert all(item.step_id == item.source.step_id for item in points)
    assert Counter((item.source_id, item.step_id) for item in pointers) == Counter(
        PointerPlacement.objects.values_list("item", "step")
    )
    assert max(Counter((item.source_id, item.step_id) for item in items).values()) == 1
    assert {item.step_id for item in items} == set(Step.objects.values_list("pk", flat=True))
    assert {item.step.framework_id for item in items} == {plan.transition_id}


def test_actions_are_in_the_order_of_the_guidance_then_the_components(plan):
    for number in (1, 13, 30):
        items = list(plan.items.filter(step__number=number).select_related("source"))
        assert [item.position for item in items] == list(range(1, len(items) + 1))
        codes = [item.source.code for item in items]
        points = [code for code in codes if code.startswith("NOC")]
        assert codes[: len(points)] == points
        assert points == sorted(points)
        assert points[0].startswith(f"NOC-{number:02}.")


def test_every_action_starts_without_an_answer(plan):
    for item in plan.items.all():
        state = (item.status, item.reason, item.owner, item.owner_name, item.due, item.note)
        assert state == ("not-started", "", None, "", None, "")
        assert (item.version, item.completed_on, item.removed_at) == (1, None, None)


def test_a_plan_is_not_made_if_its_checklist_fails(riverdale, chief, monkeypatch):
    def halfway(plan):
        yield PlanItem(plan=plan, step=Step.objects.first(), title="x", position=1)
        raise RuntimeError("the server stopped")

    monkeypatch.setattr("assessments.plans.actions.plans.checklist_of", halfway)
    with pytest.raises(RuntimeError):
        plans_actions.create_plan(council=riverdale, by=chief, election_day=dt.date(2027, 5, 6))
    assert not Plan.objects.exists()
    assert not PlanItem.objects.exists()
    assert not Event.objects.exists()


def test_a_plan_keeps_the_edition_it_was_made_with(client, plan, riverdale, chief):
    old = plan.transition
    newer = Framework.objects.get(pk=old.pk)
    Framework.objects.filter(pk=old.pk).update(is_current=False)
    newer.pk, newer.edition, newer.is_current = None, "2040", True
    newer.save()
    stage, area = (getattr(old, name).first() for name in ("stages", "roleareas"))
    for entry in (stage, area):
        entry.pk, entry.framework = None, newer
        entry.save()
    step = old.steps.first()
    lead = step.items.first().lead_role
    step.pk, step.framework, step.stage, step.role_area = None, newer, stage, area
    step.title = "A step of the newer edition"
    step.save()
    ChecklistItem.objects.create(
        framework=newer, code="NOC-01.1", step=step, position=1, text="Newer", lead_role=lead
    )

    second = plans_actions.create_plan(
        council=riverdale, by=chief, election_day=dt.date(2031, 5, 1)
    )
    plan.refresh_from_db()
    assert plan.transition == old
    assert second.transition == newer
    assert [item.source.text for item in second.items.all()] == ["Newer"]
    assert plan.items.count() == 123
    page = client.get(reverse("plan_step", args=[plan.pk, 1]))
    assert "A step of the newer edition" not in text_of(page)
    assert "A step of the newer edition" in text_of(
        client.get(reverse("plan_step", args=[second.pk, 1]))
    )
    assert len(by_id(client.get(reverse("plan", args=[plan.pk]))))
    assert client.get(reverse("plan_step", args=[second.pk, 2])).status_code == 404


# --- What cannot be an answer ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "month", "year", "message", "box"),
    [
        ("9", "5", "2027", "Election day must be a Thursday. Sunday 9 May 2027 is not", "day"),
        ("31", "2", "2027", "Election day must be a real date", "day"),
        ("6", "13", "2027", "Election day must be a real date", "month"),
        ("9" * 300, "5", "2027", "Election day must be a real date", "day"),
        ("6", "5", "9" * 300, "Election day must include a year with 4 numbers", "year"),
        ("6", "", "2027", "Election day must include a month", "month"),
        ("", "5", "2027", "Election day must include a day", "day"),
        ("", "", "", "Enter election day", "day"),
        ("6", "5", "27", "Election day must include a year with 4 numbers", "year"),
        ("7", "1", "2100", "Election day must be in the years 2000 to 2099, not in 2100", "day"),
        ("3", "5", "1979", "Election day must be in a year from 2000 to 2100", "year"),
        ("<script>", "5", "2027", "Election day must be a real date", "day"),
    ],
)
def test_an_invalid_election_day_is_explained_and_kept(client, day, month, year, message, box):
    typed = answers(
        **{"election_day-day": day, "election_day-month": month, "election_day-year": year}
    )
    for step in ({}, {"create": "1"}, {"change": "1"}):
        page = client.post(NEW, typed | step)
        assert page.status_code == 422
        assert error_links(page) == [(message, f"id_election_day-{box}")]
        found = by_id(page)
        assert found[f"id_election_day-{box}"].get("aria-invalid") == "true"
        beside = [words(element) for id_, element in found.items() if id_.endswith("_error")]
        assert beside == [f"Error: {message}"]
        assert form_on(page) == typed
        assert "<title>Error: " in page.content.decode()
    assert not Plan.objects.exists()


def test_a_council_has_one_plan_for_each_election(client, plan, riverdale):
    message = "There is already a plan for this election day"
    page = client.post(NEW, ANSWERS)
    assert page.status_code == 422
    assert error_links(page) == [(message, "id_election_day-day")]
    assert form_on(page) == ANSWERS
    assert Plan.objects.count() == 1


def test_two_councils_can_plan_for_the_same_day(client, their_plan):
    assert client.post(NEW, answers(create="1")).status_code == 302
    assert Plan.objects.filter(election_day=dt.date(2027, 5, 6)).count() == 2


def test_pressing_the_button_twice_makes_one_plan(client, riverdale, chief, monkeypatch):
    """The second request is validated before the first has made the plan."""
    create_plan = plans_actions.create_plan

    def as_the_first_press_ends(**fields):
        with transaction.atomic():
            create_plan(**fields)
        return create_plan(**fields)

    monkeypatch.setattr("assessments.pages.views.plans.create_plan", as_the_first_press_ends)
    page = client.post(NEW, answers(create="1"))
    assert page.status_code == 422
    assert error_links(page) == [
        ("There is already a plan for this election day", "id_election_day-day")
    ]
    assert Plan.objects.count() == 1


def test_the_database_refuses_a_second_plan_for_an_election(plan, chief, riverdale):
    with pytest.raises(IntegrityError), transaction.atomic():
        plans_actions.create_plan(council=riverdale, by=chief, election_day=plan.election_day)
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(stage_2_weeks=7)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("coalition", "coalition"),
        ("Joint administration", "joint administration"),
        ("  Joint \t administration ", "joint administration"),
        ("Alliance", "alliance"),
        ("SNP-style pact", "SNP-style pact"),
        ("Working Partnership", "Working Partnership"),
        ("People’s alliance", "people’s alliance"),
        ("People's alliance", "people's alliance"),
        ("cyd-weinyddiaeth", "cyd-weinyddiaeth"),
        ("Clymblaid Ŵyr", "Clymblaid Ŵyr"),
        ("A", "a"),
        ("x" * 40, "x" * 40),
    ],
)
def test_the_term_is_written_as_within_a_sentence(client, typed, kept):
    page = client.post(NEW, answers(coalition_term=typed, create="1"))
    assert page.status_code == 302
    assert Plan.objects.get().coalition_term == kept


def test_an_invalid_term_is_refused_and_kept(client):
    only_words = "Use words only, for example joint administration"
    refused = {
        "<b>pact</b>": only_words,
        "pact; drop": only_words,
        "{coalition}": only_words,
        "pact\nline": "",  # one line of text: the break becomes a space
        "2nd pact": only_words,
        "pact_1": only_words,
        "-pact": only_words,
        "pact-": only_words,
        "=cmd()": only_words,
        "\u202epact": only_words,
        "İstanbul": only_words,
        "x" * 41: "The term must be 40 characters or fewer",
        "": "Enter the term your council uses, or “coalition”",
        "   ": "Enter the term your council uses, or “coalition”",
        "pa\0ct": "Null characters are not allowed",
    }
    for typed, message in refused.items():
        page = client.post(NEW, answers(coalition_term=typed))
        if not message:
            assert page.status_code == 200
            continue
        assert page.status_code == 422, typed
        assert error_links(page) == [(message, "id_coalition_term")]
        shown = form_on(page)["coalition_term"]
        assert shown.strip() == typed.replace("\0", "\ufffd").strip()
        assert form_on(page) | {"coalition_term": ""} == answers(coalition_term="")
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    "field", ["control", "control_standing", "formality", "stage_2_weeks", "marking"]
)
def test_a_choice_outside_the_list_is_refused_with_a_link_to_it(client, field):
    for value in ("", "nonsense", "7", "\0", "x" * 3000):
        page = client.post(NEW, answers(**{field: value}))
        assert page.status_code == 422
        ((_, target),) = error_links(page)
        assert target == f"id_{field}_0"
        assert target in by_id(page)


def test_an_empty_form_lists_every_missing_answer(client):
    page = client.post(NEW, {})
    assert page.status_code == 422
    links = error_links(page)
    assert len(links) == 7
    assert {target for _, target in links} <= by_id(page).keys()


# --- Who ------------------------------------------------------------------------------------------


def test_only_owners_make_plans(officer, reviewer, stranger, riverdale):
    for user, status in ((officer, 403), (reviewer, 403), (stranger, 404)):
        for data in (None, ANSWERS, answers(create="1")):
            client = signed_in(user)
            response = client.post(NEW, data) if data else client.get(NEW)
            assert response.status_code == status
    assert not Plan.objects.exists()


def test_only_owners_see_the_button_to_make_a_plan(client, officer, riverdale):
    assert NEW in client.get(reverse("home")).content.decode()
    theirs = signed_in(officer).get(reverse("home"))
    assert NEW not in theirs.content.decode()
    assert "An owner can make one." in text_of(theirs)
