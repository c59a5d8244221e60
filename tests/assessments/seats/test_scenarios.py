"""What-ifs for the poll: what they say, who may read them, and when they may leave."""

import datetime as dt
import io

import openpyxl
import pytest
import time_machine
from django.urls import reverse

from assessments.seats.actions import record_composition, save_scenario
from assessments.seats.models import Scenario, ScenarioEvent
from councils.actions import end_membership
from councils.models import Council, CouncilEvent, CouncilType, Membership
from elections.composition import Composition, CompositionError, Group
from elections.scenario import SeatSwing, after
from tests.acting import error_links, form_on, signed_in, step_url, text_of
from tests.assessments.restricted_notes.test_restricted_notes import pages_of

pytestmark = pytest.mark.django_db

SECRET = "marker-scenario-4826"
BEFORE = Composition((Group("Oak", 15), Group("Ash", 10)), ungrouped=2, vacancies=1)
IN_PERIOD, AFTER_POLL = dt.date(2027, 4, 20), dt.date(2027, 5, 10)


# --- Seats that change hands ----------------------------------------------------------------------


def test_seats_change_hands():
    found = after(
        BEFORE,
        [
            SeatSwing("Oak", "Elm", 2, "Mill ward"),
            SeatSwing("ash", "OAK", 1),
            SeatSwing("Vacant", "Elm", 1),
            SeatSwing("Elm", "Ungrouped", 1),
        ],
    )
    assert found.groups == (Group("Ash", 9), Group("Elm", 2), Group("Oak", 14))
    assert (found.ungrouped, found.vacancies, found.seats) == (3, 0, BEFORE.seats)


def test_a_group_that_loses_every_seat_is_gone():
    assert after(BEFORE, [SeatSwing("Ash", "Oak", 10)]).groups == (Group("Oak", 25),)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (SeatSwing("Ash", "Oak", 11), "Ash has 10 seats and cannot lose 11"),
        (SeatSwing("Elm", "Oak", 1), "Elm has 0 seats"),
        (SeatSwing("Oak", "oak", 1), "to itself"),
    ],
)
def test_what_cannot_change_hands(change, words):
    with pytest.raises(CompositionError, match=words):
        after(BEFORE, [change])


# --- Pages ----------------------------------------------------------------------------------------


def recorded(council, by, *, as_at=dt.date(2026, 5, 7), based_on=None, **groups):
    composition = Composition(tuple(Group(*each) for each in groups.items()), ungrouped=2)
    return record_composition(
        council=council, as_at=as_at, composition=composition, based_on=based_on, by=by
    )


@pytest.fixture
def base(riverdale, chief):
    return recorded(riverdale, chief, Oak=15, Ash=10)


@pytest.fixture
def scenario(plan, base, chief):
    return save_scenario(
        None,
        plan=plan,
        base=base,
        name=SECRET,
        changes=[SeatSwing("Oak", "Elm", 3, "Mill ward")],
        version=0,
        by=chief,
    )


@pytest.fixture
def named(officer, scenario, chief):
    """The monitoring officer, named by the owner."""
    save_scenario(
        scenario,
        plan=scenario.plan,
        base=scenario.base,
        name=SECRET,
        changes=[SeatSwing("Oak", "Elm", 3, "Mill ward")],
        version=1,
        by=chief,
        readers=[Membership.objects.get(user=officer)],
    )
    return officer


@pytest.fixture
def addresses(plan, scenario):
    return [
        reverse("scenarios", args=[plan.pk]),
        reverse("scenario", args=[plan.pk, scenario.pk]),
    ]


def test_an_owner_adds_one_and_sees_what_it_means(chief, plan, base):
    client = signed_in(chief)
    assert "There are no scenarios yet" in text_of(client.get(reverse("scenarios", args=[plan.pk])))
    new = reverse("scenario_new", args=[plan.pk])
    page = client.get(new).content.decode()
    assert '<option value="Oak">' in page  # of the list for who loses and gains
    assert page.index('name="seats_5"') < page.index("More changes") < page.index('name="seats_6"')
    sent = form_on(client.get(new)) | {
        "name": "Mill ward changes hands",
        "ward_1": "Mill ward",
        "loses_1": "oak",
        "gains_1": "Elm",
        "loses_2": "Oak",
        "gains_2": "Ash",
        "seats_2": "2",
    }
    text = text_of(client.post(new, sent, follow=True))
    assert "Members Before the poll Mill ward changes hands" in text
    assert "Ash 10 12 Elm 0 1 Oak 15 12 In no group 2 2" in text
    assert "Control Oak has a majority No overall control" in text
    assert "Ash + Oak" in text
    assert ScenarioEvent.objects.get().text.startswith("Mill ward changes hands\nMill ward: 1 from")


@pytest.mark.parametrize("who", ["officer", "reviewer", "stranger"])
def test_nobody_else_learns_that_there_are_any(request, who, addresses, plan):
    client = signed_in(request.getfixturevalue(who))
    for address in (
        *addresses,
        reverse("scenario_new", args=[plan.pk]),
    ):
        assert client.get(address).status_code == 404
        is_read_only = address == addresses[0]  # for everyone, so that it says nothing
        assert client.post(address, {}).status_code == (405 if is_read_only else 404)
    assert client.post(reverse("scenarios_export", args=[plan.pk])).status_code == 404


@pytest.mark.parametrize("who", ["officer", "reviewer"])
def test_no_page_of_others_has_them(request, who, scenario, plan, item):
    client = signed_in(request.getfixturevalue(who))
    pages = [
        *pages_of(plan, item),
        step_url(plan, 1),
        step_url(plan, 11),
        reverse("composition", args=[plan.council.slug]),
        reverse("balances", args=[plan.council.slug]),
    ]
    for address in pages:
        html = client.get(address, follow=True).content.decode()
        assert SECRET not in html, address
        assert "/scenarios/" not in html, address


def test_no_event_or_export_of_the_plan_has_them(scenario, plan):
    from assessments.exports.pdf import render_html
    from assessments.exports.report import report_for

    assert SECRET not in render_html(report_for(plan, today=AFTER_POLL))
    assert not plan.events.filter(detail__contains=SECRET).exists()
    assert not CouncilEvent.objects.filter(after__contains=SECRET).exists()


def test_a_named_person_reads_and_changes_it_and_names_nobody(named, addresses, plan, scenario):
    client = signed_in(named)
    assert "Scenarios" in text_of(client.get(step_url(plan, 11)))
    for address in addresses:
        assert SECRET in client.get(address).content.decode()
    sent = form_on(client.get(addresses[1]))
    assert "readers" not in sent
    assert client.post(addresses[1], sent | {"name": "Another name"}).status_code == 302
    saved = Scenario.objects.get()
    assert (saved.name, saved.readers.count()) == ("Another name", 1)
    assert client.get(reverse("scenario_new", args=[plan.pk])).status_code == 404
    end_membership(Membership.objects.get(user=named), by=plan.created_by)
    assert client.get(addresses[0]).status_code == 404


def test_a_stale_save_shows_theirs_and_keeps_mine(chief, addresses, scenario):
    client = signed_in(chief)
    sent = form_on(client.get(addresses[1]))
    client.post(addresses[1], sent | {"name": "Theirs meanwhile"})
    answer = client.post(addresses[1], sent | {"name": "Mine"})
    assert answer.status_code == 409
    assert "Theirs meanwhile; Mill ward: 3 from Oak to Elm" in text_of(answer)
    assert form_on(answer)["name"] == "Mine"
    assert client.post(addresses[1], form_on(answer)).status_code == 302


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"name": ""}, "id_name"),
        ({"name": "x" * 81}, "id_name"),
        ({"loses_1": ""}, "id_loses_1"),
        ({"gains_1": ""}, "id_gains_1"),
        ({"seats_1": "x"}, "id_seats_1"),
        ({"seats_1": "99"}, "id_loses_1"),
        ({"loses_2": "Oak", "gains_2": "Ash"}, "id_seats_2"),
        ({"loses_2": "Yew", "gains_2": "Ash", "seats_2": 1}, "id_loses_2"),
        ({"readers": ["999"]}, "id_readers_0"),
    ],
)
def test_a_wrong_answer_is_named_where_it_stands(chief, officer, addresses, changes, where):
    client = signed_in(chief)
    answer = client.post(addresses[1], form_on(client.get(addresses[1])) | changes)
    assert answer.status_code == 422
    assert where in [link for _, link in error_links(answer)]


def test_the_result_is_set_against_them(chief, riverdale, base, addresses):
    with time_machine.travel(AFTER_POLL):
        day = dt.date(2027, 5, 6)
        recorded(riverdale, chief, as_at=day, based_on=base.pk, Oak=12, Ash=11, Elm=2)
        text = text_of(signed_in(chief).get(addresses[0]))
    assert f"Members Before the poll {SECRET} The result" in text
    assert "Elm 0 3 2" in text
    assert "Go to step 11" in text


# --- Deletion -------------------------------------------------------------------------------------


def test_in_the_pre_election_period_they_stay_unless_an_owner_says_otherwise(
    chief, named, plan, scenario
):
    export = reverse("scenarios_export", args=[plan.pk])
    with time_machine.travel(IN_PERIOD):
        assert signed_in(named).post(export, {"reason": "Please"}).status_code == 422
        owner = signed_in(chief)
        answer = owner.post(export, {"reason": " "})
        assert answer.status_code == 422
        assert "Enter why you need to download" in text_of(answer)
        answer = owner.post(export, {"reason": "Asked for by the returning officer"})
        assert answer.status_code == 200
    event = scenario.events.get(kind=ScenarioEvent.Kind.EXPORTED)
    assert event.text == "Asked for by the returning officer"
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = {cell.value for row in book.active.iter_rows() for cell in row}
    assert {"OFFICIAL-SENSITIVE, restricted", SECRET, "Oak has a majority"} <= cells


def test_before_and_after_it_a_named_person_takes_them_away(named, plan):
    export = reverse("scenarios_export", args=[plan.pk])
    for day in (dt.date(2027, 1, 11), dt.date(2027, 5, 7)):
        with time_machine.travel(day):
            assert signed_in(named).post(export).status_code == 200


@pytest.mark.parametrize(
    ("kind", "one", "many"),
    [
        (CouncilType.COUNTY, "division", "divisions"),
        (CouncilType.UNITARY, "ward or division", "wards or divisions"),
        (CouncilType.LONDON_BOROUGH, "ward", "wards"),
    ],
)
def test_the_form_has_the_council_s_own_word_for_wards(plan, base, chief, kind, one, many):
    Council.objects.filter(pk=plan.council_id).update(type=kind)
    response = signed_in(chief).get(reverse("scenario_new", args=[plan.pk]))
    shown = text_of(response)
    assert f"{one.capitalize()} (optional)" in shown
    assert f"a {one} counts as one seat" in shown
    assert f"for example: 2 {many} change hands" in shown
    assert f"{one.capitalize()} of change 1" in response.content.decode()
    assert kind != CouncilType.COUNTY or "ward" not in shown.casefold()
