"""A shadow authority: the dates of its order as a set, its stages, and pages without dates."""

import datetime as dt

import pytest
from django.urls import reverse

from assessments.exports.pdf import render_html
from assessments.plans.actions import create_plan
from assessments.plans.models import Election, Event, Plan, PlanDate
from assessments.plans.stage_meanings import BY_ELECTION, SHADOW_AUTHORITY
from assessments.timetable.actions import set_date
from assessments.timetable.dates_sheet import dates_html, dates_sheet
from assessments.timetable.models import StructuralOrder
from tests.acting import error_links, form_on, signed_in, text_of
from tests.assessments.exports.test_report import report

pytestmark = pytest.mark.django_db
TITLE = "The Riverdale (Structural Changes) Order 2027"


@pytest.fixture
def shadow(plan):
    plan.occasion = Election.ORDER
    plan.save(update_fields=["occasion"])
    plan.forget_timetable()
    return plan


@pytest.fixture
def client(officer):
    return signed_in(officer)


def on(name, day):
    return {f"date_{name}-day": day.day, f"date_{name}-month": day.month} | {
        f"date_{name}-year": day.year
    }


def sent(plan, *, article="12", **more):
    meeting = plan.election_day + dt.timedelta(days=12)
    vesting = dt.date(plan.election_day.year + 1, 4, 1)
    return (
        {"title": TITLE, "article_annual_meeting": article, "label_1": "Vesting day"}
        | {"article_1": "article 3(2)"}
        | on("annual_meeting", meeting)
        | on("1", vesting)
        | more
    )


def test_the_dates_of_an_order_are_saved_as_one_set_and_corrected(client, shadow, riverdale):
    riverdale.established_on = dt.date(2028, 4, 1)
    riverdale.save(update_fields=["established_on"])
    riverdale.predecessors.create(name="Old Riverdale Council", slug="old", type="district")
    address = reverse("plan_order", args=[shadow.pk])
    assert "Enter the dates of the order" in text_of(
        client.get(reverse("plan_dates", args=[shadow.pk]))
    )
    data = form_on(client.get(address))
    assert data["label_1"] == "First meeting of the shadow authority"
    assert client.post(address, data | sent(shadow)).status_code == 302
    assert Event.objects.filter(kind=Event.Kind.DATE_SET).count() == 1
    saved = PlanDate.objects.get()
    assert (saved.key, saved.article, saved.reason) == (
        "annual_meeting",
        "12",
        f"Article 12 of {TITLE}",
    )
    text = text_of(client.get(reverse("plan_dates", args=[shadow.pk])))
    for words in (
        TITLE,
        "Vesting day (article 3(2))",
        "Set by the order: article 12 of the Riverdale (Structural Changes) Order 2027.",
        "takes over from",
        "First or annual meeting",
    ):
        assert words in text
    # What was saved is in the boxes again; a stale save keeps what was typed.
    data = form_on(client.get(address))
    assert (data["article_annual_meeting"], data["label_1"]) == ("12", "Vesting day")
    assert client.post(address, data | {"article_annual_meeting": "13"}).status_code == 302
    stale = client.post(address, data | {"article_annual_meeting": "14"})
    assert stale.status_code == 409
    again = form_on(stale)
    assert again["article_annual_meeting"] == "14"
    blank = dict.fromkeys(
        [name for name in again if name.startswith(("date_annual", "article_annual"))], ""
    )
    assert client.post(address, again | blank).status_code == 302
    assert not PlanDate.objects.exists()
    assert StructuralOrder.objects.get().version == 3
    history = text_of(client.get(reverse("plan_history", args=[shadow.pk]) + "?subject=dates"))
    assert "Annual council meeting" in history
    assert "Annual meeting" not in history


def test_the_sheet_names_the_order_as_the_source_and_the_dates_not_entered(client, shadow):
    address = reverse("plan_order", args=[shadow.pk])
    client.post(address, form_on(client.get(address)) | sent(shadow))
    plan = Plan.objects.with_all_stages().get(pk=shadow.pk)
    sheet = dates_sheet(plan, today=dt.date(2026, 11, 29))
    (row,) = [each for each in sheet.rows if each.key_date.key == "annual_meeting"]
    assert row.key_date.label == "First or annual meeting"
    assert row.rule.startswith("Set by the order: article 12 of the Riverdale")
    assert sheet.sources[row.source - 1] == f"Law: {TITLE}"
    (vesting,) = [each for each in sheet.rows if each.key_date.label == "Vesting day"]
    assert vesting.source == row.source
    page = dates_html(sheet)
    assert "No date has been entered for:" in page
    assert "Last day to set council tax" in page
    assert "The order sets these dates, or the rules that it applies." in page
    assert "Annual council meeting" not in page


def test_the_sheet_of_an_ordinary_election_names_only_the_dates_that_people_fix(plan, chief):
    sheet = dates_sheet(plan, today=dt.date(2026, 11, 29))
    assert sheet.not_entered == ("Verification and count", "Declaration of the last result")
    assert "The order sets" not in dates_html(sheet)
    assert all(row.source for row in sheet.rows)
    set_date(plan, "declaration", by=chief, date=plan.election_day, reason="So fixed", version=0)
    plan.forget_timetable()
    sheet = dates_sheet(plan, today=dt.date(2026, 11, 29))
    (row,) = [each for each in sheet.rows if each.key_date.key == "declaration"]
    assert (row.rule, row.source) == ("Set by hand: So fixed", None)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": ""}, "id_title"),
        ({"article_annual_meeting": ""}, "id_article_annual_meeting"),
        ({"date_annual_meeting-year": 2099}, "id_date_annual_meeting-day"),
        ({"article_retirement": "5"}, "id_date_retirement-day"),
        ({"label_1": ""}, "id_label_1"),
        ({"article_2": "x" * 31}, "id_article_2"),
    ],
)
def test_a_wrong_date_of_an_order_is_named_and_nothing_is_saved(client, shadow, more, field):
    answer = client.post(reverse("plan_order", args=[shadow.pk]), sent(shadow) | more)
    assert answer.status_code == 422
    assert field in [link for _, link in error_links(answer)]
    assert form_on(answer)["date_1-day"] == "1"
    assert not StructuralOrder.objects.exists()


def test_the_page_of_key_dates_says_which_dates_follow_from_election_day(client, shadow):
    address = reverse("plan_dates", args=[shadow.pk])
    assert "Only the dates of the stages and reviews follow from" in text_of(client.get(address))
    shadow.occasion = Election.ORDINARY
    shadow.save(update_fields=["occasion"])
    assert "These dates follow from election day" in text_of(client.get(address))


def test_another_election_has_no_order_to_enter(client, plan):
    address = reverse("plan_order", args=[plan.pk])
    assert client.get(address).url == reverse("plan_dates", args=[plan.pk])


def test_no_page_fails_without_statutory_dates(chief, shadow, subtests):
    client = signed_in(chief)
    pages = [
        "plan", "plan_dates", "plan_order", "plan_timeline", "interim", "plan_calendar",
        "plan_calendar_file", "plan_settings", "plan_due", "plan_open", "plan_officers",
        "scenarios", "register", "plan_history", "action_plan",
        "election_night",
    ]  # fmt: skip
    for name in pages:
        with subtests.test(name):
            assert client.get(reverse(name, args=[shadow.pk])).status_code == 200
    for number, meaning in SHADOW_AUTHORITY.items():
        with subtests.test(f"stage {number}"):
            page = client.get(reverse("plan_stage", args=[shadow.pk, number]))
            assert meaning in text_of(page)
    for name in ("composition", "balances"):
        with subtests.test(name):
            assert client.get(reverse(name, args=[shadow.council.slug])).status_code == 200


def test_a_by_election_has_notes_on_retirement_and_annual_council(chief, plan, riverdale):
    ordinary = signed_in(chief).get(reverse("plan_stage", args=[plan.pk, 1]))
    assert "by-election" not in text_of(ordinary)
    by_election = create_plan(
        council=riverdale,
        by=chief,
        election_day=dt.date(2027, 1, 20),
        occasion=Election.BY_ELECTION,
    ).show_all_stages()
    client, page = signed_in(chief), render_html(report(by_election))
    for number, meaning in BY_ELECTION.items():
        stage = client.get(reverse("plan_stage", args=[by_election.pk, number]))
        assert meaning in text_of(stage)
        assert meaning in page
    stage = client.get(reverse("plan_stage", args=[by_election.pk, 3]))
    assert stage.status_code == 200


def test_documents_say_what_each_stage_means(shadow):
    page = render_html(report(shadow))
    for meaning in SHADOW_AUTHORITY.values():
        assert meaning in page
