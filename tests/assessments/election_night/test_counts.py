"""Results entered as they come by several people, what a page says about them, and the end."""

import datetime as dt
import re
from dataclasses import replace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.election_night.actions import (
    CountAlreadyOpen,
    add_wards,
    change_count,
    change_ward,
    finish_count,
    remove_ward,
    save_result,
    start_count,
    stop_count,
)
from assessments.election_night.models import ElectionCount, WardResult
from assessments.election_night.note import note_html, note_of
from assessments.election_night.running import running_state
from assessments.plans.models import Event
from assessments.seats.actions import record_composition, save_scenario
from assessments.seats.models import CouncilComposition
from assessments.timetable.actions import save_interim
from assessments.versions import StaleVersion
from councils.models import Council, CouncilType, ElectionCycle, Membership
from elections.composition import Composition, CompositionError, Group, MajorityRule
from elections.count import NO_GROUP, Outlook
from elections.scenario import SeatSwing
from tests.acting import HTMX, error_links, form_on, signed_in, text_of

pytestmark = pytest.mark.django_db

DECLARED, EXPECTED = WardResult.Status.DECLARED, WardResult.Status.EXPECTED
WARDS = [("Castle", 3), ("Mill", 3), ("Quayside", 1)]
SECRET = "marker-scenario-7713"
NOW = dt.datetime(2027, 5, 7, 2, tzinfo=dt.UTC)


@pytest.fixture
def before(prepared, riverdale, chief):
    """The council before the poll: 7 seats."""

    def build():
        composition = Composition((Group("Ash", 2), Group("Oak", 4)), ungrouped=1)
        return record_composition(
            council=riverdale,
            as_at=dt.date(2023, 5, 8),
            composition=composition,
            based_on=None,
            by=chief,
        )

    return prepared("before election night", build)


@pytest.fixture
def count(prepared, plan, before, officer):
    """An open count of three wards and 7 seats, all up for election."""

    def build():
        return start_count(
            plan,
            by_wards=True,
            wards=WARDS,
            groups=[("Oak", 0), ("Ash", 0)],
            seats_up=7,
            by=officer,
        )

    return prepared("election night", build)


def count_by_totals(plan, by):
    """Start a count of 18 of 54 seats, without wards."""
    return start_count(
        plan,
        by_wards=False,
        groups=[("Ash", 10), ("Oak", 25)],
        seats_up=18,
        no_group_not_up=1,
        by=by,
    )


def page(name, count, *args):
    return reverse(f"election_night{name}", args=[count.plan_id, *args])


def ward(count, name):
    found = ElectionCount.objects.with_results().get(pk=count.pk)
    found.plan = count.plan
    ward = next(ward for ward in found.wards.all() if ward.name == name)
    ward.count = found
    return ward


def enter(count, name, *, by, status=DECLARED, **seats):
    at = ward(count, name)
    seats = {NO_GROUP if key == "none" else key: number for key, number in seats.items()}
    return save_result(at, status=status, seats=seats, version=at.version, by=by)


def state_of(count):
    return running_state(ElectionCount.objects.with_results().get(pk=count.pk))


# --- The state ------------------------------------------------------------------------------------


def test_declared_and_expected_results_are_kept_apart(count, officer):
    enter(count, "Castle", by=officer, Oak=3)
    enter(count, "Quayside", by=officer, status=EXPECTED, Oak=1)
    state = state_of(count)
    assert (state.seats_declared, state.seats_expected, state.expected.total.to_come) == (3, 1, 3)
    assert state.declared.outlook.outlook is Outlook.OPEN
    assert state.expected.sentence == "Oak has a majority"
    assert [(row.name, row.declared, row.expected) for row in state.rows] == [
        ("Ash", 0, 0),
        ("Oak", 3, 4),
    ]
    enter(count, "Mill", by=officer, Ash=2, none=1)
    assert state_of(count).declared.sentence == "Still open"
    enter(count, "Quayside", by=officer, Ash=1)  # declared otherwise than expected
    state = state_of(count)
    assert not state.has_expected
    assert state.declared.sentence == "No overall control"
    assert state.declared.shown == (
        "Ash + 1 in no group: 4",
        "Oak + 1 in no group: 4",
        "Ash + Oak: 6",
    )


def test_seats_that_are_not_up_are_counted(plan, officer):
    count = count_by_totals(plan, officer)
    assert state_of(count).declared.total.seats == 54
    declared, expected = (each.name for each in count.wards.all())
    enter(count, declared, by=officer, Oak=2)
    enter(count, expected, by=officer, status=EXPECTED, Oak=1)
    state = state_of(count)
    assert state.declared.can_reach == ("Oak needs 1 of the 16 still to come",)
    assert state.expected.sentence == "Oak has a majority"
    with pytest.raises(CompositionError, match="19 seats, but only 18"):
        enter(count, declared, by=officer, Oak=18)


def test_a_correction_is_a_new_version_and_each_leaves_one_event(count, officer, chief):
    enter(count, "Castle", by=officer, Oak=3)
    enter(count, "Castle", by=chief, Oak=2, Elm=1)
    results = WardResult.objects.filter(ward__name="Castle")
    assert [(each.version, each.in_words) for each in results] == [
        (2, "Oak 3"),
        (3, "Elm 1, Oak 2"),
    ]
    events = Event.objects.filter(kind=Event.Kind.RESULT_SAVED)
    assert [(each.detail, each.by) for each in events] == [("Castle", chief), ("Castle", officer)]
    change = events[0].changes.get()
    assert (change.before, change.after) == ("Declared: Oak 3", "Declared: Elm 1, Oak 2")


def test_what_cannot_be_saved_leaves_nothing(count, officer, plan):
    stale = ward(count, "Castle")
    enter(count, "Castle", by=officer, Oak=3)
    events = Event.objects.count()
    groups = {group.pk: (group.name, 0) for group in count.groups.all()}
    with pytest.raises(StaleVersion):
        save_result(stale, status=DECLARED, seats={"Ash": 3}, version=1, by=officer)
    with pytest.raises(CompositionError):
        enter(count, "Mill", by=officer, Oak=4)
    with pytest.raises(CompositionError, match="the result has 3 seats"):
        change_ward(ward(count, "Castle"), name="Castle", seats=2, version=2, by=officer)
    with pytest.raises(StaleVersion):
        remove_ward(ward(count, "Castle"), version=2, by=officer)
    with pytest.raises(CompositionError, match="7 seats, but only 6"):
        change_count(count, groups=groups, version=1, by=officer, seats_up=6)
    with pytest.raises(CountAlreadyOpen):
        start_count(plan, by_wards=False, seats_up=7, by=officer)
    assert Event.objects.count() == events
    assert state_of(count).declared.total.to_come == 4
    assert WardResult.objects.count() == 1


def test_a_ward_that_is_changed_keeps_its_result(count, officer):
    enter(count, "Castle", by=officer, Oak=2)
    found = ward(count, "Castle")
    change_ward(found, name="Castle and Park", seats=2, version=found.version, by=officer)
    assert ward(count, "Castle and Park").result.in_words == "Oak 2"


def test_a_count_that_has_ended_takes_no_more_results(count, officer):
    stop_count(count, revision=count.revision, by=officer)
    with pytest.raises(StaleVersion):
        enter(count, "Castle", by=officer, Oak=3)
    assert CouncilComposition.objects.count() == 1
    assert Event.objects.filter(kind=Event.Kind.COUNT_ENDED).get().detail == "without a composition"


# --- Pages ----------------------------------------------------------------------------------------


def test_a_result_is_entered_and_a_stale_one_answers_with_both(count, officer, chief):
    client, url = signed_in(officer), page("_ward", count, ward(count, "Castle").pk)
    oak = next(group for group in count.groups.all() if group.name == "Oak")
    ash = next(group for group in count.groups.all() if group.name == "Ash")
    form = form_on(client.get(url))
    data = form | {f"seats_{oak.pk}": "2", f"seats_{ash.pk}": "1"}
    shown = client.post(url, data, follow=True)
    assert "Castle: declared, Ash 1, Oak 2." in text_of(shown)
    other = signed_in(chief)
    late = other.post(url, form | {f"seats_{oak.pk}": "3"})
    assert late.status_code == 409
    assert "Declared, Ash 1, Oak 2" in text_of(late)
    assert "Declared, Oak 3" in text_of(late)
    again = form_on(late)
    assert again[f"seats_{oak.pk}"] == "3"
    assert other.post(url, again).status_code == 302
    assert ward(count, "Castle").result.in_words == "Oak 3"


def test_one_seat_is_counted_in_the_singular(count, officer):
    client, url = signed_in(officer), page("_ward", count, ward(count, "Castle").pk)
    oak = count.groups.get(name="Oak")
    for seats, words in (("2", "1 of its 3 seats is still"), ("1", "2 of its 3 seats are still")):
        shown = client.post(url, form_on(client.get(url)) | {f"seats_{oak.pk}": seats}, follow=True)
        assert words in text_of(shown)
    assert "1 of 7 seats has been declared." in text_of(client.get(page("_stop", count)))
    enter(count, "Castle", by=officer, Oak=3)
    assert "3 of 7 seats have been declared." in text_of(client.get(page("_stop", count)))


def test_an_election_to_one_seat_is_in_the_singular(plan, before, officer):
    one = start_count(
        plan,
        by_wards=True,
        wards=[],
        groups=[("Oak", 20), ("Ash", 16)],
        seats_up=1,
        by=officer,
    )
    client = signed_in(officer)
    board = text_of(client.get(page("", one)))
    assert "0 of 1 seat declared" in board
    assert "have 0 of the 1 seat up for election" in board
    assert "have 0 of the 1 seat up for election" in text_of(client.get(page("_wards", one)))
    assert "1 seats" not in board


def test_more_seats_than_the_ward_has_are_refused_beside_the_field(count, officer):
    client, url = signed_in(officer), page("_ward", count, ward(count, "Castle").pk)
    oak, ash = (count.groups.get(name=name) for name in ("Oak", "Ash"))
    form = form_on(client.get(url))
    refused = client.post(url, form | {f"seats_{oak.pk}": "3", f"seats_{ash.pk}": "2"})
    assert refused.status_code == 422
    assert "You have entered 5 seats, but Castle has 3" in text_of(refused)
    assert f"id_seats_{ash.pk}_0" in [target for _, target in error_links(refused)]
    assert form_on(refused)[f"seats_{oak.pk}"] == "3"
    for bad in (
        {"version": ""},
        {"version": "x"},
        {"status": "won"},
        {f"seats_{oak.pk}": "9" * 40},
    ):
        assert client.post(url, form | {f"seats_{oak.pk}": "1"} | bad).status_code == 422, bad
    assert WardResult.objects.count() == 0


def test_a_ward_with_one_seat_asks_who_won_it_and_a_new_group_can_be_named(count, officer):
    client, url = signed_in(officer), page("_ward", count, ward(count, "Quayside").pk)
    form = form_on(client.get(url))
    assert client.post(url, form).status_code == 422
    assert client.post(url, form | {"winner": "other"}).status_code == 422
    client.post(url, form | {"winner": "other", "other": " Rowan "})
    assert ward(count, "Quayside").result.in_words == "Rowan 1"
    form = form_on(client.get(url))
    client.post(url, form | {"status": "none"})
    assert ward(count, "Quayside").result is None


def test_a_page_learns_what_others_entered_and_says_it_once(count, officer, reviewer):
    client, url = signed_in(reviewer), page("_news", count)
    shown = client.get(page("", count))
    seen = re.search(r'name="seen" value="(\d+)"', shown.content.decode())[1]
    assert client.get(url, {"seen": seen}, headers=HTMX).status_code == 204
    enter(count, "Castle", by=officer, Oak=3)
    enter(count, "Mill", by=officer, status=EXPECTED, Ash=2, none=1)
    found = client.get(url, {"seen": seen}, headers=HTMX)
    said = "Castle: declared, Oak 3. Mill: expected, Ash 2, in no group 1."
    assert said in text_of(found)
    seen = re.search(r'name="seen" value="(\d+)"', found.content.decode())[1]
    assert client.get(url, {"seen": seen}, headers=HTMX).status_code == 204
    assert client.get(url, {"seen": "x" * 50}).status_code == 200


def test_scenarios_are_compared_only_for_those_who_can_read_each(
    count, plan, before, chief, officer, reviewer
):
    named = Membership.objects.get(user=reviewer)
    for name, readers in ((SECRET, []), (f"{SECRET} two", [named])):
        save_scenario(
            None,
            plan=plan,
            base=before,
            name=name,
            changes=[SeatSwing("Oak", "Ash", 2)],
            version=0,
            by=chief,
            readers=readers,
        )
    enter(count, "Castle", by=officer, Oak=3)
    for who, seen in ((chief, 2), (officer, 0), (reviewer, 1)):
        for url in (page("", count), page("_news", count)):
            shown = text_of(signed_in(who).get(url))
            assert shown.count(SECRET) == seen, (who, url)
    assert "No longer possible: Oak 3 instead of 2." in text_of(
        signed_in(chief).get(page("", count))
    )
    for ward, seats in WARDS:
        enter(count, ward, by=officer, Oak=seats)
    shown = text_of(signed_in(chief).get(page("", count)))
    assert (
        "Not the result: Ash 0 instead of 4, Oak 7 instead of 2, in no group 0 instead of 1."
        in shown
    )
    assert "No longer possible" not in shown


def test_pages_take_the_same_queries_however_many_wards(count, officer, chief):
    def queries(url):
        client = signed_in(chief)
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    urls = [page("", count), page("_news", count), page("_ward", count, ward(count, "Castle").pk)]
    enter(count, "Castle", by=officer, Oak=3)
    few = [queries(url) for url in urls]
    change_count(
        count,
        groups={g.pk: (g.name, 0) for g in count.groups.all()},
        version=1,
        by=officer,
        seats_up=60,
    )
    add_wards(count, [(f"Ward {n}", 2) for n in range(20)], by=officer)
    for n in range(20):
        enter(count, f"Ward {n}", by=officer, **{f"Group {n % 8}": 1, "Oak": 1})
    assert [queries(url) for url in urls] == few
    assert max(few) <= 20


def test_it_is_started_from_the_composition_before(plan, before, officer):
    Council.objects.filter(pk=plan.council_id).update(election_cycle=ElectionCycle.WHOLE)
    client, url = signed_in(officer), reverse("election_night_start", args=[plan.pk])
    form = form_on(client.get(url))
    assert form["seats_up"] == "7"
    assert (form["name_new_1"], form["name_new_2"]) == ("Ash", "Oak")
    bad = client.post(url, form | {"pasted": "Castle 3\nMill 3\nCastle 1\nTotal 9"})
    assert bad.status_code == 422
    assert form_on(bad)["pasted"].startswith("Castle 3")
    assert client.post(url, form | {"pasted": "Castle 3\nMill 6"}).status_code == 422
    client.post(url, form | {"pasted": "Castle\t3\nMill\t3\nTotal\t6"})
    count = ElectionCount.objects.get()
    assert [(each.name, each.seats) for each in count.wards.all()] == [("Castle", 3), ("Mill", 3)]
    shown = client.get(page("", count))
    assert "The wards listed have 6 of the 7 seats" in text_of(shown)
    again = client.post(url, form, follow=True)
    assert "has already been started" in text_of(again)


@time_machine.travel(dt.datetime(2027, 5, 7, 9, tzinfo=dt.UTC))
def test_it_ends_in_a_composition_from_the_day_of_taking_office(count, officer, chief, before):
    client, url = signed_in(officer), page("_finish", count)
    assert "There is nothing to record yet" in text_of(client.get(url))
    enter(count, "Castle", by=officer, Oak=3)
    enter(count, "Mill", by=officer, Ash=2, Oak=1)
    enter(count, "Quayside", by=officer, status=EXPECTED, Elm=1)
    form = form_on(client.get(url))
    assert (form["as_at-day"], form["as_at-month"]) == ("10", "5")  # the fourth day after the poll
    refused = client.post(url, form)
    assert refused.status_code == 422
    assert "Expected results are not counted: Quayside." in text_of(refused)
    assert "1 seat has no declared result" in text_of(refused)
    enter(count, "Quayside", by=chief, Elm=1)
    stale = client.post(url, form | {"confirmed": "on"})
    assert stale.status_code == 409
    assert "Every seat has a declared result" in text_of(stale)
    assert "a seat still to come" not in text_of(client.get(page("", count)))
    client.post(url, form_on(stale))
    current = CouncilComposition.objects.of(count.plan.council).first()
    assert (current.as_at, current.in_words) == (dt.date(2027, 5, 10), "Ash 2, Elm 1, Oak 4")
    ended = ElectionCount.objects.get()
    assert (ended.composition, ended.closed_by) == (current, officer)
    board = text_of(client.get(page("", count)))
    assert "officer ended election night" in board.lower()
    # Nothing has been corrected, so the page must not read as if it had.
    assert "Any later correction is recorded as a new composition." in board
    assert client.get(url).status_code == 404
    with pytest.raises(StaleVersion):
        finish_count(
            ended,
            as_at=current.as_at,
            composition=current.worked_out,
            revision=ended.revision,
            based_on=current.pk,
            by=officer,
        )


def test_a_composition_before_the_poll_has_to_be_confirmed(count, officer):
    """A composition cannot be removed, and a rehearsal is not a result."""
    client, url = signed_in(officer), page("_finish", count)
    for name, seats in (("Castle", {"Oak": 3}), ("Mill", {"Ash": 3}), ("Quayside", {"Oak": 1})):
        enter(count, name, by=officer, **seats)
    said = "The poll is on 6 May 2027 and has not been held yet."
    for day, is_early in ((5, True), (6, False)):
        with time_machine.travel(dt.datetime(2027, 5, day, 20, tzinfo=dt.UTC)):
            client.force_login(officer)
            shown = client.get(url)
            assert (said in text_of(shown)) is is_early
            if is_early:
                assert client.post(url, form_on(shown)).status_code == 422
    with time_machine.travel(dt.datetime(2027, 5, 5, 20, tzinfo=dt.UTC)):
        client.force_login(officer)
        stop_count(count, revision=count.plan.counts.get().revision, by=officer)
        start = text_of(client.get(reverse("election_night_start", args=[count.plan_id])))
        assert (
            "If this is a rehearsal, end election night without a composition afterwards." in start
        )


@time_machine.travel(dt.datetime(2027, 5, 7, 9, tzinfo=dt.UTC))
def test_a_seat_recorded_as_vacant_is_no_longer_to_come(count, officer, quick_press):
    client, url = signed_in(officer), page("_finish", count)
    enter(count, "Castle", by=officer, Oak=3)
    enter(count, "Mill", by=officer, Ash=2, Oak=1)
    client.post(url, form_on(client.get(url)) | {"confirmed": "on"})
    board = text_of(client.get(page("", count)))
    assert "6 of 7 seats declared 1 without a result, recorded as vacant majority 4 of 7" in board
    assert "Wards without a result (1)" in board
    assert "to come" not in board
    note = client.post(page("_pdf", count)).content.decode()
    said = "6 of 7 seats up for election have been declared. 1 has no result and is recorded as"
    assert said in note
    assert "to come" not in note


def test_the_note_is_recorded_as_a_download(count, officer, reviewer, quick_press):
    enter(count, "Castle", by=officer, Oak=3)
    response = signed_in(reviewer).post(page("_pdf", count))
    assert response["Content-Type"] == "application/pdf"
    note = response.content.decode()
    assert "3 of 7 seats have been declared and 4 are still to come" in note
    assert "Oak needs 1 of the 4 still to come for a majority." in note
    assert "Next dates" in note
    late = dt.datetime(2027, 5, 12, 9, tzinfo=dt.UTC)
    html = note_html(note_of(count.plan, running_state(count), now=late))
    assert "new councillors take office" not in html
    assert "annual council" in html
    event = Event.objects.filter(kind=Event.Kind.PLAN_EXPORTED).get()
    assert (event.by, event.detail) == (reviewer, "election night note, PDF")


def test_the_note_counts_one_seat_in_the_singular(count, officer, quick_press):
    enter(count, "Castle", by=officer, Oak=3)
    enter(count, "Mill", by=officer, Oak=2)
    enter(count, "Quayside", by=officer, status=EXPECTED, Oak=1)
    note = signed_in(officer).post(page("_pdf", count)).content.decode()
    assert "5 of 7 seats have been declared, 1 is expected and 1 is still to come" in note


def test_the_note_counts_members_in_no_group_for_an_exact_half(plan, officer):
    """As the combinations with a majority do, beside it."""
    count = count_by_totals(plan, officer)
    declared, _ = (each.name for each in count.wards.all())
    enter(count, declared, by=officer, Ash=16, Oak=1, none=1)
    note = note_of(plan, state_of(count), now=dt.datetime(2027, 5, 7, 9, tzinfo=dt.UTC))
    assert note.exact_half == ("Ash + 1 in no group", "Oak + 1 in no group")
    assert "Exactly half of the votes: Ash + 1 in no group; Oak + 1 in" in note_html(note)
    save_interim(plan, version=0, by=officer, governance="mayor")  # who votes too
    note = note_of(plan, state_of(count), now=dt.datetime(2027, 5, 7, 9, tzinfo=dt.UTC))
    assert "Exactly half" not in note_html(note)


def test_the_note_says_if_it_has_other_seats_than_the_composition(count, officer):
    now = dt.datetime(2027, 5, 7, 1, tzinfo=dt.UTC)
    note = note_of(count.plan, running_state(count), now=now)
    seats = note.state.declared.total.seats
    assert "Check the seats before you use" not in note_html(replace(note, council_seats=seats))
    words = f"these figures have {seats} seats, but the council’s composition has {seats + 1}"
    assert words in note_html(replace(note, council_seats=seats + 1))


def test_without_a_composition_seats_without_a_result_are_not_to_come(plan, officer):
    """A majority is said to be of the seats that it is counted of, while results come and after."""
    count = start_count(
        plan,
        by_wards=False,
        groups=[("Ash", 10), ("Oak", 24)],
        seats_up=18,
        no_group_not_up=1,
        vacant_not_up=1,
        rule=MajorityRule.IN_POST,
        by=officer,
    )
    declared, _ = (each.name for each in count.wards.all())
    enter(count, declared, by=officer, Ash=7, Oak=2)
    now = dt.datetime(2027, 5, 7, 9, tzinfo=dt.UTC)
    note = note_html(note_of(plan, state_of(count), now=now))
    assert "and a majority is 27 of the 53 seats that will have a member." in note
    stop_count(count, revision=plan.counts.get().revision, by=officer)
    board = text_of(signed_in(officer).get(page("", count)))
    note = note_html(note_of(plan, state_of(count), now=now))
    for said in (board, note):
        assert "Ended with 9 seats without a result" in said
        assert "Oak would need 1 of the 9 seats without a result" in said
        assert "to come" not in said
        assert "Still open" not in said
    assert "9 have no result." in note


def test_it_cannot_be_started_once_the_first_year_is_over(plan, officer):
    start, page = (
        reverse(name, args=[plan.pk]) for name in ("election_night_start", "election_night")
    )
    step = reverse("plan_step", args=[plan.pk, 11])
    for year, is_offered in ((2027, True), (2029, False)):
        with time_machine.travel(dt.datetime(year, 5, 18, 11, tzinfo=dt.UTC), tick=False):
            client = signed_in(officer)
            assert (f'href="{start}"' in client.get(page).content.decode()) is is_offered
            assert (">Election night</a>: enter" in client.get(step).content.decode()) is is_offered
            assert client.get(start).status_code == (200 if is_offered else 302)
    assert not ElectionCount.objects.exists()


def test_readers_enter_nothing_and_advisers_find_nothing(count, reviewer, adviser):
    url = page("_ward", count, ward(count, "Castle").pk)
    assert 'href="' + url not in signed_in(reviewer).get(page("", count)).content.decode()
    assert signed_in(reviewer).get(url).status_code == 403
    for name in ("", "_news"):
        assert signed_in(adviser).get(page(name, count)).status_code == 404


# --- Wards or divisions ---------------------------------------------------------------------------

KINDS = [
    (CouncilType.COUNTY, "division", "divisions", "Division by division"),
    (CouncilType.UNITARY, "ward or division", "wards or divisions", "Ward by ward"),
    (CouncilType.DISTRICT, "ward", "wards", "Ward by ward"),
]


@pytest.mark.parametrize(("kind", "one", "many", "each"), KINDS)
def test_each_type_of_council_reads_its_own_word_for_wards(plan, officer, kind, one, many, each):
    Council.objects.filter(pk=plan.council_id).update(type=kind)
    plan.council.type = kind
    client, pages = signed_in(officer), []

    def shown(url, data=None, **kwargs):
        response = client.get(url) if data is None else client.post(url, data, **kwargs)
        pages.append(text_of(response))
        return response

    def says(words):
        assert words in pages[-1], words

    shown(reverse("election_night", args=[plan.pk]))
    says(f"{each.lower()} or as totals")
    url = reverse("election_night_start", args=[plan.pk])
    form = form_on(shown(url)) | {"by_wards": "wards", "seats_up": "4", "name_new_1": "Oak"}
    says(f"{each}, as each is declared")
    says("To change how you enter results, you have to end election night and start it again.")
    says(f"Paste {many} and their seats")
    says(f"Enter one {one} per line")
    shown(url, form | {"pasted": "Castle 3\nTotal 4"})
    says(f"but the {many} have 3 seats")
    shown(url, form | {"pasted": "Castle 5"})
    says(f"The {many} have 5 seats")
    shown(url, form | {"pasted": "Castle 1"}, follow=True)
    says(f"{many.capitalize()} still to come (1)")
    says(f"The {many} listed have 1 of the 4 seats")
    count = ElectionCount.objects.get()
    url = page("_wards", count)
    form = form_on(shown(url))
    says(f"Add {many}")
    says(f"One {one}")
    says(f"Several {many}")
    shown(url, form)
    says(f"Enter the name of a {one}, or paste a list")
    shown(url, form | {"seats": "1"})
    says(f"Enter the name of the {one}")
    shown(url, form | {"pasted": "Mill 4"})
    says(f"The {many} have 5 seats")
    shown(url, form | {"pasted": "\n".join(f"Area{n} 1" for n in range(201))})
    says(f"Enter no more than 200 {many}")
    shown(url, form | {"name": "Mill", "seats": "1"}, follow=True)
    says(f"1 {one} has been added")
    shown(url, form | {"pasted": "Quayside 1\nPark 1"}, follow=True)
    says(f"2 {many} have been added")
    mill = ward(count, "Mill")
    shown(page("_ward", count, mill.pk))
    says(f"Change the name or seats of the {one}")
    url = page("_ward_change", count, mill.pk)
    shown(url)
    form = {"version": mill.version, "name": "Mill", "seats": "1"}
    says(f"Name of the {one}")
    says(f"Remove this {one}")
    shown(url, form | {"name": ""})
    says(f"Enter the name of the {one}")
    shown(url, form | {"name": "x" * 61})
    says(f"The name of the {one} must be 60 characters or fewer")
    shown(url, form | {"seats": ""})
    says(f"Enter how many seats the {one} has")
    change_ward(mill, name="Mill End", seats=1, version=mill.version, by=officer)
    shown(url, form)
    says(f"This {one} was saved")
    change_ward(ward(count, "Mill End"), name="Mill", seats=1, version=2, by=officer)
    pages.append(re.sub("<[^>]+>", " ", note_html(note_of(plan, state_of(count), now=NOW))))
    says(f"{many.capitalize()} without a result")
    shown(reverse("plan_history", args=[plan.pk]))
    says(f"4 seats up for election, 1 {one}")
    says(f"changed the {many.replace(' or ', ', ')} or groups of election night")
    says(f"{many.capitalize()} added: Mill 1")
    if kind == CouncilType.COUNTY:
        assert not [words for words in pages if re.search(r"\bwards?\b", words, re.IGNORECASE)]
