import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from assessments.plans import actions as plans_actions
from assessments.plans.actions import create_plan
from assessments.plans.models import Event, Plan, PlanItem, Status
from tests.acting import answer, by_id, error_links, form_on, own_item, signed_in, text_of

pytestmark = pytest.mark.usefixtures("may")


@pytest.fixture
def may():
    with time_machine.travel(dt.datetime(2027, 5, 18, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def client(chief):
    return signed_in(chief)


@pytest.fixture
def url(plan):
    return reverse("plan_settings_section", args=[plan.pk, "all"])


def answers_of(plan):
    return list(PlanItem.objects.filter(plan=plan).order_by("pk").values())


def test_the_form_shows_the_current_settings(client, url, plan):
    assert form_on(client.get(url)) == {
        "version": "1",
        "election_day-day": "6",
        "election_day-month": "5",
        "election_day-year": "2027",
        "occasion": "ordinary",
        "control": "unknown",
        "control_standing": "expected",
        "formality": "unknown",
        "coalition_term": "coalition",
        "stage_2_weeks": "6",
        "marking": "official-sensitive",
    }


def test_changing_the_settings_moves_the_stages_and_keeps_the_answers(
    client, url, plan, item, chief, officer
):
    answer(item, officer, status=Status.COMPLETED, note="Kept", due=dt.date(2027, 5, 20))
    own_item(plan, by=officer)
    before = answers_of(plan)
    home = reverse("plan", args=[plan.pk])
    assert "Early foundations, day 13 of 42" in text_of(client.get(home))

    data = form_on(client.get(url)) | {"stage_2_weeks": "4", "confirm": "1"}
    response = client.post(url, data)
    assert response.status_code == 302
    assert response.url == reverse("plan_settings", args=[plan.pk])
    page = text_of(client.get(home))
    assert "The settings have been saved." in page
    assert "Early foundations, day 13 of 28" in page

    data = form_on(client.get(url)) | {"election_day-day": "20", "confirm": "1"}
    client.post(url, data)
    assert "2 days to election day" in text_of(client.get(home))
    plan.refresh_from_db()
    assert plan.version == 3
    assert answers_of(plan) == before


def test_the_new_term_is_used_at_once(client, url, plan):
    step = reverse("plan_step", args=[plan.pk, 17])
    assert "protocol with the coalition" in text_of(client.get(step))
    client.post(url, form_on(client.get(url)) | {"coalition_term": "Joint administration"})
    text = text_of(client.get(step))
    assert "protocol with the joint administration" in text
    assert "coalition," not in text.split("Related guidance")[0].split("Rewritten from:")[0]


def test_a_change_is_recorded_with_both_values(client, url, plan, chief):
    data = form_on(client.get(url))
    data |= {"election_day-day": "13", "control": "minority", "marking": "official", "confirm": "1"}
    client.post(url, data)
    event = Event.objects.first()
    assert (event.kind, event.by, event.plan) == ("plan-changed", chief, plan)
    assert [(c.field, c.before, c.after) for c in event.changes.all()] == [
        ("election_day", "6 May 2027", "13 May 2027"),
        ("control", "Not yet known", "Single-party minority administration"),
        ("marking", "OFFICIAL-SENSITIVE", "OFFICIAL"),
    ]


def test_saving_without_a_change_leaves_no_event_and_no_new_version(client, url, plan):
    assert client.post(url, form_on(client.get(url))).status_code == 302
    assert Event.objects.filter(kind="plan-changed").count() == 0
    assert Plan.objects.get().version == 1


def test_a_stale_save_shows_both_versions(client, url, plan, chief):
    mine = form_on(client.get(url)) | {
        "coalition_term": "alliance",
        "stage_2_weeks": "4",
        "control": "two-party",
    }
    plans_actions.change_plan(
        Plan.objects.get(), version=1, by=chief, coalition_term="pact", control="minority"
    )
    page = client.post(url, mine)
    assert page.status_code == 409
    text = text_of(page)
    assert "Someone saved these settings after you opened them" in text
    assert "pact alliance" in text  # the saved term, then mine
    assert "Single-party minority administration Arrangement between 2" in text
    assert "6 4" in text
    assert form_on(page) == mine | {"version": "2"}
    saved = Plan.objects.get()
    assert (saved.coalition_term, saved.stage_2_weeks, saved.version) == ("pact", 6, 2)
    # Saving again overwrites theirs.
    assert client.post(url, form_on(page) | {"confirm": "1"}).status_code == 302
    saved = Plan.objects.get()
    assert (saved.coalition_term, saved.stage_2_weeks, saved.version) == ("alliance", 4, 3)
    # The term of the colleague is in the history.
    assert Event.objects.first().changes.get(field="coalition_term").before == "pact"


def test_a_second_save_in_between_conflicts_again(client, url, chief):
    mine = form_on(client.get(url)) | {"coalition_term": "alliance"}
    plans_actions.change_plan(Plan.objects.get(), version=1, by=chief, coalition_term="pact")
    again = form_on(client.post(url, mine))
    plans_actions.change_plan(Plan.objects.get(), version=2, by=chief, coalition_term="accord")
    page = client.post(url, again)
    assert page.status_code == 409
    assert "accord alliance" in text_of(page)


def test_a_save_overtaken_while_it_runs_conflicts(client, url, plan, chief, monkeypatch):
    """The colleague saves after this request has read the plan and before it writes it."""
    change_plan = plans_actions.change_plan

    def overtaken(plan, **kwargs):
        Plan.objects.filter(pk=plan.pk).update(coalition_term="pact", version=2)
        return change_plan(plan, **kwargs)

    data = form_on(client.get(url)) | {"coalition_term": "alliance"}
    monkeypatch.setattr("assessments.pages.views.plans.change_plan", overtaken)
    page = client.post(url, data)
    assert page.status_code == 409
    assert form_on(page)["coalition_term"] == "alliance"
    assert Plan.objects.get().coalition_term == "pact"


@pytest.mark.parametrize("version", [None, "", "x", "-1", "0", "9" * 30, "\0", "2"])
def test_without_the_current_version_nothing_is_saved(client, url, version):
    data = form_on(client.get(url)) | {"coalition_term": "alliance", "version": version}
    data = {key: value for key, value in data.items() if value is not None}
    page = client.post(url, data)
    assert page.status_code == 409
    assert form_on(page)["coalition_term"] == "alliance"
    assert Plan.objects.get().coalition_term == "coalition"


def test_errors_are_explained_and_the_answers_kept(client, url, plan):
    data = form_on(client.get(url))
    data |= {"election_day-day": "9", "coalition_term": "<b>", "stage_2_weeks": "4"}
    page = client.post(url, data)
    assert page.status_code == 422
    links = error_links(page)
    assert [message for message, _ in links] == [
        "Election day must be a Thursday. Sunday 9 May 2027 is not",
        "Use words only, for example joint administration",
    ]
    assert {target for _, target in links} <= by_id(page).keys()
    assert form_on(page) == data
    # The heading and the navigation still show the saved settings.
    assert Plan.objects.get().election_day == dt.date(2027, 5, 6)


def test_a_stale_version_stays_stale_after_an_invalid_form(client, url, chief):
    data = form_on(client.get(url)) | {"coalition_term": "<b>"}
    plans_actions.change_plan(Plan.objects.get(), version=1, by=chief, marking="official")
    mended = form_on(client.post(url, data)) | {"coalition_term": "alliance"}
    assert client.post(url, mended).status_code == 409


def test_the_election_day_of_another_plan_is_refused(client, url, riverdale, chief):
    create_plan(council=riverdale, by=chief, election_day=dt.date(2028, 5, 4))
    data = form_on(client.get(url))
    data |= {"election_day-day": "4", "election_day-year": "2028"}
    page = client.post(url, data)
    assert page.status_code == 422
    assert error_links(page)[0][0] == "There is already a plan for this election day"
    data |= {"election_day-day": "6", "election_day-year": "2027", "marking": "official"}
    assert client.post(url, data).status_code == 302


def test_an_election_day_taken_while_saving_is_refused(
    client, url, plan, riverdale, chief, monkeypatch
):
    """Two plans are moved to the same day at once, and only one succeeds."""
    change_plan = plans_actions.change_plan

    def overtaken(plan, **kwargs):
        create_plan(council=riverdale, by=chief, election_day=dt.date(2028, 5, 4))
        return change_plan(plan, **kwargs)

    data = form_on(client.get(url)) | {"election_day-day": "4", "election_day-year": "2028"}
    monkeypatch.setattr("assessments.pages.views.plans.change_plan", overtaken)
    page = client.post(url, data | {"confirm": "1"})
    assert page.status_code == 422
    assert error_links(page)[0][0] == "There is already a plan for this election day"
    assert form_on(page) == data
    assert Plan.objects.get(pk=plan.pk).election_day == dt.date(2027, 5, 6)
