"""Retention, the hold and permanent deletion: what is deleted, what stays, and the chain."""

import datetime as dt
import io

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command
from django.db.models import SET_NULL
from django.urls import reverse
from django.utils import timezone
from model_bakery import baker

from assessments.advice.models import AdviceQuestion
from assessments.advisers.actions import record_look
from assessments.annual_council.actions import save_nominees, save_rules, save_vote
from assessments.budget.actions import add_amendment, save_budget, save_confidential_amendment
from assessments.comments.actions import mark_seen, start_thread
from assessments.comparisons.actions import share_figures
from assessments.data_protection.actions import (
    HoldNotLifted,
    NotDue,
    OnHold,
    confirmations,
    lift_hold,
    purge_expired_plan,
    purge_plan,
    set_retention,
)
from assessments.data_protection.deleted_rows import WORDS, deleted_in_words
from assessments.data_protection.expiry import due_for_deletion, expiries_of, retention_of
from assessments.data_protection.models import (
    ConfirmationRequest,
    PurgeCertificate,
    PurgedRows,
    Retention,
)
from assessments.development.models import JournalEntry
from assessments.election_night.actions import save_result, start_count
from assessments.election_night.models import ElectionCount, WardResult
from assessments.exports.kept import kept_or_made
from assessments.links.actions import add_link
from assessments.links.places import place_of_date
from assessments.packs.actions import (
    add_leaders_meeting,
    make_actions,
    record_returns,
    save_councillors,
    save_finance_note,
)
from assessments.packs.models import NewCouncillor
from assessments.packs.new_councillors import FORMS
from assessments.parity.actions import add_parity_entry, save_confidential_request
from assessments.plans.actions import create_plan, record, record_export, remove_item
from assessments.plans.models import AdviserGrant, Event, EventChange, Plan, PlanItem, Verdict
from assessments.plans.models.bulk import BulkChange, BulkChangeRow
from assessments.portfolio.actions import ask_for_bundle
from assessments.portfolio.models import BundlePdf
from assessments.presence.actions import note_presence
from assessments.register.actions import add_to_register
from assessments.register.models import Agreement, EarlyWin, Issue
from assessments.restricted_notes.actions import save_restricted_note
from assessments.restricted_notes.models import RestrictedNote
from assessments.reviews.actions import (
    ask_for_review,
    latest_change,
    make_statement,
    mark_step,
    record_control_change,
    sign_off_stage,
)
from assessments.rounds.actions import add_on_paper, make_item_of, make_round, save_round_answer
from assessments.rounds.models import DeletedRound, Round
from assessments.seats.actions import record_composition, save_scenario
from assessments.timetable.actions import (
    add_bank_holiday,
    make_feed,
    save_interim,
    save_order,
    set_date,
    state_of_order,
)
from assessments.timetable.actions.order import DateOfOrder
from assessments.vacancies.actions import add_motion, add_vacancy
from assessments.ways_of_working.actions import save_agreement, save_protocol
from assessments.ways_of_working.suggestions import NEGOTIATION
from assessments.words import counted
from councils.belongings import belongings_of, dependents_first
from councils.models import (
    ActingPost,
    Amendment,
    ChainHead,
    ChainLink,
    Council,
    CouncilEvent,
    Membership,
)
from councils.verification import verify
from elections.budget import AmendmentLine, BudgetStep
from elections.composition import Composition, Group
from elections.scenario import SeatSwing
from frameworks.models import CoalitionComponent
from tests.acting import answer, error_links, form_on, own_item, signed_in, text_of

NOW = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def in_spring():
    with time_machine.travel(NOW, tick=False):
        yield


def url(name="retention", *args):
    return reverse(f"council_data_{name}", args=["riverdale", *args])


def keep(council, by=None, *, years=None, hold=""):
    stored = retention_of(council)
    set_retention(stored, version=stored.version, by=by, years=years, hold=hold)


@pytest.fixture
def full_plan(plan, item, chief, officer):
    """A plan with something in every table, beside a second one."""
    day = plan.timetable.annual_meeting_to
    set_date(plan, "annual_meeting", date=day, reason="Agreed", version=0, by=chief)
    add_bank_holiday(plan.council, day=plan.election_day, name="A day off", by=chief)
    make_feed(plan, by=officer)
    kept_or_made(plan.pk, "<p>Words</p>", lambda: b"%PDF")
    save_interim(plan, version=0, by=officer, officers="Part 3")
    save_order(
        plan,
        title="The Riverdale Order",
        dates={},
        others=[DateOfOrder(plan.election_day, "3", "Vesting day")],
        state=state_of_order(plan),
        by=officer,
    )
    mine = Membership.objects.get(user=officer)
    answer(item, officer, note="Words", owner=mine)
    own = own_item(plan, by=officer)
    remove_item(own, version=1, by=officer)
    save_restricted_note(item, None, text="Us", version=0, by=chief, readers=[mine])
    composition = record_composition(
        council=plan.council,
        as_at=NOW.date(),
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
        readers=[mine],
    )
    grant = baker.make(AdviserGrant, plan=plan, adviser=officer, granted_by=chief, stage_1=True)
    record_look(grant.pk, what="plan home")
    asked_in = make_round(plan, name="A", opens=NOW.date(), closes="2099-01-01", by=chief)
    paper = add_on_paper(asked_in, name="Sheet 1", group="officers", by=chief)
    component = CoalitionComponent.objects.filter(framework=plan.components_id).first()
    said_to_do = save_round_answer(paper, component, version=0, to_do="Act")
    make_item_of(said_to_do, item.step, title="Act", by=chief)
    said = start_thread(plan, item.step, item=item, text="Well", by=officer, tell=[mine])
    mark_seen([said], by=chief)
    note_presence(plan, item.step, by=officer, last=None)
    bundle = ask_for_bundle([plan], by=chief)
    BundlePdf.objects.create(entry=bundle.entries.get(), content=b"%PDF-1.7")
    stage = item.step.stage
    asked = {"reviewers": [mine], "due": dt.date(2099, 1, 1), "words": "", "by": chief}
    review = ask_for_review(plan, stage, **asked)
    mark_step(
        review, item.step, reviewer=mine, verdict=Verdict.AGREE, words="", version=0, by=officer
    )
    seen = latest_change(plan, stage)
    signed = sign_off_stage(plan, stage, seen=seen, reason="Enough", by=chief)
    make_statement(
        signed, post=ActingPost("monitoring-officer", as_deputy=False), words="Agreed", by=officer
    )
    record_control_change(
        plan,
        day=NOW.date(),
        kind="leader",
        words="New",
        control="majority",
        control_standing="known",
        formality="unknown",
        steps=[item.step],
        version=1,
        by=chief,
    )
    agreement = {"kind": "other", "manner": "verbal", "parties": "Ash\nOak"}
    add_to_register(Agreement, plan, by=chief, **agreement)
    add_to_register(Issue, plan, by=chief, kind="crunch", words="Parks")
    add_to_register(EarlyWin, plan, by=chief, words="A park", owner=mine)
    offered = {"kind": "facts", "words": "Budget", "offered_on": NOW.date(), "offered_by": "CE"}
    add_parity_entry(plan, shares=[("Ash", "offered", None)], by=chief, **offered)
    place = place_of_date("summons", plan, "Summons", {}, can_edit=True)
    add_link(place, title="Agenda", address="https://a.example/agenda", by=chief)
    baker.make(AdviceQuestion, plan=plan, step=item.step, adviser=officer, asked_by=chief)
    share_figures(plan, by=chief)
    save_confidential_request(
        None,
        plan=plan,
        version=0,
        by=chief,
        readers=[mine],
        group="Ash",
        asked_on=NOW.date(),
        words="Costs",
    )
    save_budget(
        plan, version=0, year=2028, own={BudgetStep.COUNCIL: dt.date(2028, 2, 24)}, by=chief
    )
    amendment = {"group": "Ash", "title": "Parks", "received_on": NOW.date()}
    amendment |= {"lines": [AmendmentLine("Parks", 10, 10)], "by": chief}
    add_amendment(plan, **amendment)
    save_confidential_amendment(None, plan=plan, version=0, readers=[mine], **amendment)
    answers = {point.key: (point.suggestion, False) for point in NEGOTIATION.points}
    protocol = save_protocol(plan, NEGOTIATION, version=0, answers=answers, by=chief)
    save_agreement(protocol, version=1, agreed_on=NOW.date(), groups=["Ash"], by=chief)
    save_councillors(plan, [("Ada Lane", "Ash")], version=0, by=chief)
    lane = NewCouncillor.objects.get().pk
    record_returns(plan, FORMS[0], returned=[lane], day=NOW.date(), by=chief)
    save_finance_note(plan, words="Figures", version=0, by=chief)
    meeting = add_leaders_meeting(plan, held_on=NOW.date(), notes="", to_do="Act", by=chief)
    to_add = [{"title": "Act", "step": item.step}]
    make_actions(meeting, to_add, left="", version=1, by=chief)
    arose = {"arose_on": NOW.date(), "term_ends": dt.date(2031, 5, 5)}
    add_vacancy(plan, ward="Castle", cause="death", by=chief, **arose)
    add_motion(plan, received_on=NOW.date(), signed=5, by=chief)
    row = BulkChangeRow.of(own)
    row.version = 2
    row.change = BulkChange.objects.create(plan=plan, what="1 action", by=chief)
    row.save()
    night = start_count(
        plan,
        by_wards=True,
        wards=[("Castle", 3)],
        groups=[("Oak", 0), ("Ash", 0)],
        seats_up=3,
        by=officer,
    )
    ward = ElectionCount.objects.with_results().get(pk=night.pk).wards.all()[0]
    ward.count = night
    save_result(
        ward, status=WardResult.Status.DECLARED, seats={"Oak": 3}, version=ward.version, by=officer
    )
    save_rules(plan, version=0, rule="repeat", by=officer)
    chair = save_nominees(plan, "chair", version=0, names={}, new=["Jo Bell"], by=officer)
    save_vote(chair, votes={chair.nominees.get().pk: 2}, version=1, by=officer)
    create_plan(council=plan.council, by=chief, election_day=dt.date(2031, 5, 1))
    return plan


# --- The rule -------------------------------------------------------------------------------------


def test_a_plan_ends_with_its_first_year_or_its_last_change_if_that_is_later(
    plan, chief, riverdale
):
    keep(riverdale, years=2)
    (expiry,) = expiries_of(riverdale, retention_of(riverdale))
    assert (expiry.ends, expiry.delete_from) == (dt.date(2028, 5, 6), dt.date(2030, 5, 6))
    assert not expiry.is_due(dt.date(2030, 5, 5))
    assert expiry.is_due(dt.date(2030, 5, 6))
    with time_machine.travel(dt.datetime(2028, 6, 30, 23, 30, tzinfo=dt.UTC)):
        answer(plan.items.first(), chief, note="Still at it")
        record_export(plan, by=chief, detail="not a change")
    with time_machine.travel(dt.datetime(2029, 1, 1, tzinfo=dt.UTC)):
        record_export(plan, by=chief, detail="reading is no work on it")
    (expiry,) = expiries_of(riverdale, retention_of(riverdale))
    assert (expiry.ends, expiry.delete_from) == (
        dt.date(2028, 7, 1),
        dt.date(2030, 7, 1),
    )  # in London


def test_a_period_from_29_february_ends_on_1_march(plan, chief, riverdale):
    keep(riverdale, years=3)
    with time_machine.travel(dt.datetime(2032, 2, 29, 12, tzinfo=dt.UTC)):
        answer(plan.items.first(), chief, note="Leap")
    (expiry,) = expiries_of(riverdale, retention_of(riverdale))
    assert expiry.delete_from == dt.date(2035, 3, 1)


def test_without_a_rule_no_retention_period_ends(plan, riverdale):
    (expiry,) = expiries_of(riverdale, retention_of(riverdale))
    assert expiry.delete_from is None
    assert not expiry.is_due(dt.date(2999, 1, 1))


# --- The page -------------------------------------------------------------------------------------


def test_the_page_says_that_plans_are_kept_and_not_that_everything_is(plan, chief, settings):
    # Names of people who never joined, and copies of PDFs, are deleted under either setting.
    settings.DELETE_EXPIRED_PLANS = False
    page = text_of(signed_in(chief).get(url()))
    assert "No plan is deleted automatically." in page
    assert "Nothing is deleted" not in page


def test_a_plan_that_is_over_has_ended(plan, chief):
    for today, said in (
        (dt.date(2027, 5, 18), "Ends on 6 May 2028."),
        (dt.date(2028, 5, 7), "Ended on 6 May 2028."),
    ):
        with time_machine.travel(
            dt.datetime(today.year, today.month, today.day, 12, tzinfo=dt.UTC)
        ):
            assert said in text_of(signed_in(chief).get(url()))


def test_without_a_rule_it_says_from_when_one_owner_can_delete_a_plan(plan, chief, riverdale):
    alone = "until at least 14 days after the plan has ended. From then on, one owner can"
    for today, said in (
        (dt.date(2027, 5, 18), "One owner can do so straight away from 20 May 2028."),
        (dt.date(2028, 5, 19), "One owner can do so straight away from 20 May 2028."),
        (dt.date(2028, 5, 20), "One owner can now do so straight away."),
    ):
        with time_machine.travel(
            dt.datetime(today.year, today.month, today.day, 12, tzinfo=dt.UTC)
        ):
            page = text_of(signed_in(chief).get(url()))
            assert alone in page
            assert said in page
    keep(riverdale, years=2)
    page = text_of(signed_in(chief).get(url()))
    assert alone not in page
    assert "Before then, deleting a plan needs a second owner" in page
    assert "straight away" not in page


def test_setting_the_rule_and_a_hold_leaves_an_event(plan, chief, riverdale):
    client = signed_in(chief)
    page = client.get(url())
    assert "Kept until an owner deletes it" in text_of(page)
    response = client.post(url(), form_on(page, url()) | {"years": "7", "hold": "Request 2027/114"})
    assert response.status_code == 302
    event = CouncilEvent.objects.first()
    assert (event.kind, event.by) == ("retention-changed", chief)
    assert event.before == "Kept until an owner deletes them"
    assert event.after == "Kept for 7 years after their end; on hold: Request 2027/114"
    people = text_of(client.get(reverse("people", args=[riverdale.slug])))
    assert (
        "changed how long plans are kept: kept until an owner deletes them changed to kept for "
        "7 years after their end; put a hold on deleting plans: Request 2027/114"
    ) in people
    page = client.get(url())
    assert "No plan can be deleted until the hold is lifted" in text_of(page)
    assert "Retention period ends on 6 May 2035" in text_of(page)
    form = form_on(page, url())
    assert form == {"version": "2", "years": "7", "hold": "Request 2027/114"}
    count = CouncilEvent.objects.count()
    client.post(url(), form)
    assert CouncilEvent.objects.count() == count  # nothing changed
    assert verify(riverdale).problems == []


def test_what_is_said_of_a_hold_is_not_about_how_long_plans_are_kept(plan, chief, riverdale):
    keep(riverdale, chief, years=7)
    page = reverse("people", args=[riverdale.slug])
    said = f"{chief} put a hold on deleting plans: Audit; stage 1"
    reworded = f"{chief} changed the reason for the hold: Audit; stage 1 changed to Audit"
    lifted = "System administrator lifted the hold on deleting plans: was Audit"
    for change, words in (
        (lambda: keep(riverdale, chief, years=7, hold="Audit; stage 1"), said),
        (lambda: keep(riverdale, chief, years=7, hold="Audit"), reworded),
        (lambda: lift_hold(riverdale, by=None), lifted),
    ):
        change()
        assert str(CouncilEvent.objects.first()) == words
        assert words in text_of(signed_in(chief).get(page))


def test_a_stale_save_shows_both_and_keeps_what_was_typed(plan, chief, riverdale):
    client = signed_in(chief)
    mine = form_on(client.get(url()), url()) | {"years": "3", "hold": "Mine"}
    keep(riverdale, chief, years=5, hold="Theirs")
    response = client.post(url(), mine)
    assert response.status_code == 409
    assert "Theirs" in text_of(response)
    again = form_on(response, url())
    assert (again["years"], again["hold"], again["version"]) == ("3", "Mine", "2")
    assert retention_of(riverdale).hold == "Theirs"
    assert client.post(url(), again).status_code == 302
    assert retention_of(riverdale).hold == "Mine"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("years", "1"),
        ("years", "11"),
        ("years", "x"),
        ("years", ""),
        ("years", "9" * 40),
        ("hold", "x" * 121),
        ("hold", "\0"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_the_field(plan, chief, field, value):
    data = {"version": "1", "years": "5", "hold": "Words"} | {field: value}
    response = signed_in(chief).post(url(), data)
    assert response.status_code == 422
    ((_, target),) = error_links(response)
    assert target == f"id_{field}"
    assert not Retention.objects.exists()


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40])
def test_a_version_that_is_none_saves_nothing(plan, chief, version):
    response = signed_in(chief).post(url(), {"version": version, "years": "5", "hold": ""})
    assert response.status_code == 409
    assert not Retention.objects.filter(years=5).exists()


# --- Purging --------------------------------------------------------------------------------------


def test_everything_of_the_plan_is_deleted_and_nothing_else(
    full_plan, chief, their_plan, riverdale
):
    ways = belongings_of(Plan)
    other = Plan.objects.get(election_day=dt.date(2031, 5, 1))

    def rows(plan):
        return {m: m._base_manager.filter(**{way: plan.pk}).count() for m, way in ways.items()}

    assert all(rows(full_plan).values()), rows(full_plan)
    kept = rows(other), rows(their_plan)
    number = full_plan.pk
    purge_plan(full_plan, by=chief)
    assert not Plan.objects.filter(pk=number).exists()
    assert (rows(other), rows(their_plan)) == kept
    assert RestrictedNote.objects.count() == 0
    assert EventChange.objects.filter(event__plan=number).count() == 0
    assert PlanItem.objects.count() == sum(plan.items.count() for plan in Plan.objects.all())


def test_the_chain_still_verifies_and_shows_what_was_deleted(full_plan, chief, riverdale):
    before = verify(riverdale)
    entries = full_plan.events.count() + 5  # restricted note, scenario, request, amendment; look
    certificate = purge_plan(full_plan, by=chief)
    after = verify(riverdale)
    assert after.problems == []
    assert after.purged == entries
    assert after.entries == before.entries + 2  # the amendment and the certificate
    assert certificate.amendment.kind == Amendment.Kind.PURGED
    gone = certificate.amendment.amended.values("sequence")
    assert set(
        ChainLink.objects.filter(council=riverdale, sequence__in=gone).values_list(
            "salt", flat=True
        )
    ) == {""}
    create_plan(council=riverdale, by=chief, election_day=dt.date(2035, 5, 3))
    assert verify(riverdale).problems == []


def test_the_number_of_entries_is_said_to_include_deleted_ones(full_plan, chief, riverdale):
    client, url = signed_in(chief), reverse("council_data", args=[riverdale.slug])
    told = "Those of deleted plans are counted too, but only their checksums are kept."
    assert told not in text_of(client.get(url))
    purge_plan(full_plan, by=chief)
    assert told in text_of(client.get(url))


def test_removing_more_entries_than_the_deletion_declared_is_detected(full_plan, chief, riverdale):
    purge_plan(full_plan, by=chief)
    left = Event.objects.filter(plan__council=riverdale).get()
    Event.objects.filter(pk=left.pk).purge()
    assert [p for p in verify(riverdale).problems if "was removed" in p]


def test_the_certificate_counts_rows_without_their_content(full_plan, chief, riverdale):
    head = ChainHead.objects.get(council=riverdale)
    items, events = full_plan.items.count(), full_plan.events.count()
    number = full_plan.pk
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        certificate = purge_plan(full_plan, by=chief)
    assert (certificate.plan_number, certificate.by) == (number, chief)
    assert (certificate.head_sequence, certificate.head_digest) == (head.sequence, head.digest)
    assert certificate.first_entry_at == certificate.last_entry_at == NOW
    counts = {count.what: count.rows for count in certificate.counts.all()}
    assert counts["plan items"] == items
    assert counts["events"] == events
    assert counts["restricted note readers"] == 1
    page = text_of(signed_in(chief).get(url("certificate", certificate.pk)))
    assert f"{items} actions" in page
    assert counted(events, "entry in the history", "entries in the history") in page
    assert "plan items" not in page
    assert "Requested by an owner" in page
    assert "Words" not in page
    assert "The checksums of the deleted entries stay in the record" in page
    assert "a list of numbers and checksums may have been kept" in page


def test_a_plan_without_review_rounds_leaves_no_list_of_who_answered(plan, chief):
    client = signed_in(chief)
    assert "checksums of people" not in text_of(client.get(url("purge", plan.pk)))
    certificate = purge_plan(plan, by=chief)
    page = text_of(client.get(url("certificate", certificate.pk)))
    assert "people who answered" not in page
    assert "The checksums of the deleted entries stay in the record" in page


def test_no_list_is_announced_for_rounds_that_closed_more_than_2_years_ago(
    full_plan, chief, riverdale
):
    closes = max(each.closed_on for each in full_plan.rounds.all())
    page = url("purge", full_plan.pk)
    for days, is_announced in ((2 * 365, True), (2 * 365 + 1, False)):
        day = closes + dt.timedelta(days=days)
        with time_machine.travel(dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)):
            kept = text_of(signed_in(chief).get(page)).partition("What will stay")[2]
            assert ("represent people who answered" in kept) == is_announced
    with time_machine.travel(dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)):
        certificate = purge_plan(full_plan, by=chief)
        assert not DeletedRound.objects.filter(council=riverdale).exists()
        page = text_of(signed_in(chief).get(url("certificate", certificate.pk)))
        assert "One thing is kept" not in page
        assert "None is kept for a round that had closed more than 2 years before" in page


def test_a_plan_deleted_before_its_round_opens_leaves_no_list(plan, chief, riverdale):
    today = timezone.localdate()
    Round.objects.create(
        plan=plan,
        name="To come",
        opens=today + dt.timedelta(days=7),
        closes=today + dt.timedelta(days=14),
        made_by=chief,
    )
    certificate = purge_plan(plan, by=chief)
    assert certificate.had_rounds
    assert not DeletedRound.objects.filter(council=riverdale).exists()
    page = text_of(signed_in(chief).get(url("certificate", certificate.pk)))
    assert "or from which nothing was shown or entered from paper" in page


def test_the_certificate_has_words_for_rows_that_belong_to_a_plan():
    stored = {str(model._meta.verbose_name_plural) for model in belongings_of(Plan)}
    assert set(WORDS) <= stored
    for name in ("interim arrangements", "interim arrangementss"):  # the second until 2026
        row = PurgedRows(what=name, rows=2)
        assert deleted_in_words([row]) == ["2 notes of the arrangements before annual council"]
    rest = [PurgedRows(what="things of no name", rows=368)]
    assert deleted_in_words(rest) == ["368 further entries that belong to these"]


def test_an_owner_deletes_a_plan_that_has_ended_by_typing_its_election_day(
    full_plan, chief, officer, riverdale, django_capture_on_commit_callbacks
):
    page = url("purge", full_plan.pk)
    with time_machine.travel(dt.datetime(2028, 5, 19, 12, tzinfo=dt.UTC)):
        said = text_of(signed_in(chief).get(page))
        assert "straight away from 20 May 2028" in said
        doomed, _, kept = said.partition("What will stay")
        assert "sign-offs, snapshots" in doomed
        assert "composition, political balance" in kept
        assert "checksums that represent people who answered" in kept
    with time_machine.travel(dt.datetime(2028, 5, 20, 12, tzinfo=dt.UTC)):
        client = signed_in(chief)
        said = text_of(client.get(page))
        assert "This happens straight away: no second owner has to confirm it." in said
        for typed in ("", "6 May", "x" * 5000, "\0"):
            response = client.post(page, {"typed": typed})
            assert response.status_code == 422
            assert error_links(response)[0][1] == "id_typed"
        assert Plan.objects.filter(pk=full_plan.pk).exists()
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(page, {"typed": " 6 may 2027"})
        certificate = PurgeCertificate.objects.get()
        assert certificate.rule == "Deleted by an owner after the plan had ended"
        assert officer.email in [letter.to[0] for letter in mail.outbox]
        assert (
            "Chief of Riverdale Borough Council has permanently deleted the plan"
            in mail.outbox[0].body
        )
        assert response.url == url("certificate", certificate.pk)
        assert client.post(page, {"typed": "6 May 2027"}).status_code == 404
        assert str(certificate) in text_of(client.get(url()))


def test_a_plan_that_another_owner_has_just_deleted_is_not_found(full_plan, chief, monkeypatch):
    def second(plan, **options):
        purge_plan(plan, **options)
        return purge_plan(plan, **options)

    monkeypatch.setattr(confirmations, "purge_plan", second)
    with time_machine.travel(dt.datetime(2028, 5, 20, 12, tzinfo=dt.UTC)):
        response = signed_in(chief).post(url("purge", full_plan.pk), {"typed": "6 May 2027"})
    assert response.status_code == 404


def test_a_plan_changed_after_its_page_was_fetched_needs_a_second_owner(
    full_plan, chief, monkeypatch
):
    def change_and_lock(plan):
        record(plan, Event.Kind.PLAN_CHANGED, by=chief)
        return lock(plan)

    lock = confirmations.lock_for_purge
    monkeypatch.setattr(confirmations, "lock_for_purge", change_and_lock)
    with time_machine.travel(dt.datetime(2028, 5, 20, 12, tzinfo=dt.UTC)):
        response = signed_in(chief).post(url("purge", full_plan.pk), {"typed": "6 May 2027"})
    assert response.status_code == 422
    assert "has just changed" in error_links(response)[0][0]
    assert "Ask to delete the plan" in text_of(response)
    assert Plan.objects.filter(pk=full_plan.pk).exists()
    assert not ConfirmationRequest.objects.exists()


@pytest.mark.parametrize("longer", [None, 5])
def test_a_longer_period_set_after_the_list_was_made_is_followed(full_plan, chief, longer):
    council = full_plan.council
    keep(council, chief, years=2)
    with time_machine.travel(dt.datetime(2030, 6, 1, tzinfo=dt.UTC)) as traveller:
        today = timezone.localdate()
        (found,) = due_for_deletion(Council.objects.all(), today)
        keep(council, chief, years=longer)
        traveller.move_to(dt.datetime(2031, 6, 1, tzinfo=dt.UTC))
        with pytest.raises(NotDue):
            purge_expired_plan(found[0].plan, today=timezone.localdate())
    with time_machine.travel(dt.datetime(2040, 6, 1, tzinfo=dt.UTC)):
        keep(council, chief, years=4)
        with pytest.raises(NotDue):  # a new rule deletes nothing in its first days
            purge_expired_plan(found[0].plan, today=timezone.localdate())
    with time_machine.travel(dt.datetime(2040, 8, 1, tzinfo=dt.UTC)):
        certificate = purge_expired_plan(found[0].plan, today=timezone.localdate())
    assert certificate.rule == "Its retention period had ended: 4 years after the plan’s end"


def test_a_hold_prevents_deletion_everywhere(full_plan, chief, riverdale):
    keep(riverdale, chief, years=2, hold="Court case")
    with pytest.raises(OnHold, match="Court case"):
        purge_plan(full_plan, by=chief)
    client = signed_in(chief)
    assert "Court case" in text_of(client.get(url("purge", full_plan.pk)))
    assert client.post(url("purge", full_plan.pk), {"typed": "6 May 2027"}).status_code == 422
    with time_machine.travel(dt.datetime(2040, 1, 1, tzinfo=dt.UTC)):
        assert "On hold (Court case)" in run("--confirm")
    assert Plan.objects.filter(pk=full_plan.pk).exists()
    with pytest.raises(HoldNotLifted):
        keep(riverdale, chief, years=2)
    lift_hold(riverdale, by=None)
    assert str(retention_of(riverdale)) == "Kept for 2 years after their end"
    purge_plan(full_plan, by=chief)


def test_the_plan_or_certificate_of_another_council_is_not_found(
    full_plan, chief, their_plan, stranger
):
    theirs = purge_plan(their_plan, by=stranger)
    client = signed_in(chief)
    assert client.get(url("certificate", theirs.pk)).status_code == 404
    Membership.objects.create(
        user=chief, council=their_plan.council, office="slt-member", access="owner"
    )
    assert client.get(url("certificate", theirs.pk)).status_code == 404
    again = create_plan(council=their_plan.council, by=stranger, election_day=dt.date(2027, 5, 6))
    assert client.post(url("purge", again.pk), {"typed": "6 May 2027"}).status_code == 404


# --- No table is forgotten ------------------------------------------------------------------------


def test_no_table_that_stays_refers_to_one_that_a_purge_empties():
    """A table that may refer to a plan, and does not belong to it, would stop every purge.

    All but a person's own journal, which stays without a link to the plan.
    """
    goes = {Plan, *belongings_of(Plan)}
    lets_go = JournalEntry._meta.get_field("plan")
    assert lets_go.remote_field.on_delete is SET_NULL
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.related_model in goes and field is not lets_go:
                assert model in goes, f"{model._meta.label}.{field.name}"


def test_rows_are_deleted_after_those_that_refer_to_them():
    order = list(dependents_first(belongings_of(Plan)))
    assert set(order) == set(belongings_of(Plan))
    for position, model in enumerate(order):
        for field in model._meta.concrete_fields:
            assert field.related_model not in order[:position]
            assert field.related_model is not model, f"{model} refers to itself: teach purge_plan"


# --- The command ----------------------------------------------------------------------------------


def run(*args):
    out = io.StringIO()
    call_command("purge_expired", *args, stdout=out)
    return out.getvalue()


def test_the_command_shows_first_and_deletes_what_is_due_with_confirm(
    full_plan, chief, riverdale, their_plan
):
    keep(riverdale, chief, years=2)
    assert run() == "No plan has reached the end of its retention period.\n"
    with time_machine.travel(dt.datetime(2030, 5, 6, 12, tzinfo=dt.UTC)):
        said = run()
        assert "Would delete Riverdale" in said
        assert "which ended on 6 May 2028" in said
        assert "Nothing was changed" in said
        assert Plan.objects.count() == 3
        assert "No plan has reached the end" in run("eastmere", "--confirm")
        assert "Deleted Riverdale" in run("--confirm")
    assert Plan.objects.count() == 2
    certificate = PurgeCertificate.objects.get()
    rule = "Its retention period had ended: 2 years after the plan’s end"
    assert (certificate.by, certificate.rule) == (None, rule)
    assert verify(riverdale).problems == []
    with pytest.raises(CommandError):
        run("nowhere")
