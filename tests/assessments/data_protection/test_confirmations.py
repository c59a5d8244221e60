"""What one owner cannot do alone: delete a plan early, erase a statutory officer, lift a hold, or
reset a member's two-step sign-in.
"""

import datetime as dt
import re
from importlib import import_module
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.data_protection.access import pending_requests
from assessments.data_protection.actions import (
    AlreadyDeleted,
    NeedsSecondOwner,
    NotPending,
    NotYet,
    ask_to_delete_plan,
    ask_to_erase,
    ask_to_lift_hold,
    ask_to_reset_second_factor,
    cancel_request,
    carry_out,
    confirmations,
    delete_plan,
    end_requests,
    erase_member,
    erase_person,
    lift_hold,
    purge_plan,
    set_retention,
)
from assessments.data_protection.actions import erasure as erasures
from assessments.data_protection.expiry import expiry_of, retention_of
from assessments.data_protection.models import (
    WAITING_DAYS,
    ConfirmationOutcome,
    ConfirmationRequest,
    PurgeCertificate,
)
from assessments.development.actions import start_record
from assessments.for_you.waiting import WaitingKind, count_waiting, waiting_for
from assessments.plans.actions import change_plan
from assessments.plans.models import AdviserGrant, Plan
from councils import migrations
from councils.actions import add_member, addresses, change_member, end_membership
from councils.models import (
    DAYS_AS_OWNER,
    Access,
    AddressChange,
    CouncilEvent,
    Membership,
    Office,
    StandingHasEnded,
    User,
    signs_in_twice,
)
from councils.permissions import membership_for
from councils.verification import verify
from operate.actions import add_operator, restart_access, stop_access
from tests.acting import error_links, settle_owners, signed_in, text_of

NOW = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
TYPED = {"typed": "6 May 2027"}
DATA = "/councils/riverdale/data/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def deputy(person, riverdale, chief):
    """A second owner; both have been owners for just long enough."""
    deputy = person(riverdale, "deputy", access=Access.OWNER)
    settle_owners(chief, deputy, days=DAYS_AS_OWNER)
    return deputy


@pytest.fixture
def operator(db):
    return add_operator(email="olive@operators.example", name="Olive Oyl", by=None)


def url(name, *args):
    return reverse(f"council_data_{name}", args=["riverdale", *args])


def link_for(asked):
    return f"https://planner.example/{asked.pk}"


def asked_to_delete(plan, by):
    return ask_to_delete_plan(plan, by=by, link_for=link_for)


def put_on_hold(council, by, hold="Request 2027/114"):
    stored = retention_of(council)
    set_retention(stored, version=stored.version, by=by, years=None, hold=hold)


# --- What For you says ----------------------------------------------------------------------------


def titles_for(user):
    found = waiting_for(user)
    return [item.title for item in found if item.kind is WaitingKind.CONFIRMATION]


def test_an_owner_is_told_when_they_can_carry_out_their_own_request(plan, chief, deputy, clock):
    asked_to_delete(plan, chief)
    wanted = "asked to permanently delete the plan for the election on 6 May 2027"
    for days, own in ((WAITING_DAYS - 1, []), (WAITING_DAYS, [f"You have {wanted}"])):
        clock.move_to(NOW + dt.timedelta(days=days))
        assert titles_for(chief) == own
        assert titles_for(deputy) == [f"Chief has {wanted}"]


# --- Deleting a plan ------------------------------------------------------------------------------


def test_a_plan_in_use_is_not_deleted_by_one_owner(plan, chief, deputy):
    client = signed_in(chief)
    page = client.get(url("purge", plan.pk))
    assert "This plan is in use: it ends on 6 May 2028" in text_of(page)
    response = client.post(url("purge", plan.pk), TYPED)
    asked = ConfirmationRequest.objects.get()
    assert response.url == url("request", asked.pk)
    assert Plan.objects.filter(pk=plan.pk).exists()
    assert client.post(response.url, TYPED).status_code == 422
    assert Plan.objects.filter(pk=plan.pk).exists()
    with pytest.raises(NeedsSecondOwner):
        delete_plan(plan, by=chief)
    with pytest.raises(NotYet):
        carry_out(asked, by=chief)


def test_a_second_owner_is_named_only_if_one_can_confirm(plan, chief, officer, riverdale):
    """An owner of less than 14 days cannot."""
    settle_owners(chief, days=DAYS_AS_OWNER)
    change_member(Membership.objects.get(user=officer), by=chief, access=Access.OWNER)
    asked = asked_to_delete(plan, chief)
    page = text_of(signed_in(chief).get(url("request", asked.pk)))
    assert "If no one cancels it, you can carry it out yourself from 15 March 2027" in page
    assert "A second owner can confirm it now" not in page


def test_a_second_owner_confirms_at_once(plan, chief, deputy, riverdale):
    asked = asked_to_delete(plan, chief)
    client = signed_in(deputy)
    assert "You are the second owner" in text_of(client.get(url("request", asked.pk)))
    assert client.post(url("request", asked.pk), {"typed": "x"}).status_code == 422
    response = client.post(url("request", asked.pk), TYPED)
    certificate = PurgeCertificate.objects.get()
    assert response.url == url("certificate", certificate.pk)
    assert certificate.by == deputy
    assert certificate.rule == "Requested by an owner and confirmed by a second owner"
    assert ConfirmationOutcome.objects.get().is_carried_out
    assert client.get(url("request", asked.pk)).url == DATA
    assert verify(riverdale).problems == []


@pytest.mark.parametrize(("error", "status"), [(NotYet, 422), (AlreadyDeleted, 404)])
def test_what_changes_while_a_request_is_carried_out_is_said(
    plan, chief, deputy, monkeypatch, error, status
):
    """The owner who asked is no longer one, or the plan was deleted, since the page was checked."""
    asked = asked_to_delete(plan, chief)

    def raises(*_, **__):
        raise error

    monkeypatch.setattr("assessments.data_protection.views.actions.carry_out", raises)
    assert signed_in(deputy).post(url("request", asked.pk), TYPED).status_code == status


def test_one_owner_can_carry_it_out_after_the_waiting_period(plan, chief, clock):
    asked = asked_to_delete(plan, chief)
    assert asked.from_day == dt.date(2027, 3, 15)
    clock.move_to(NOW + dt.timedelta(days=WAITING_DAYS - 1))
    assert signed_in(chief).post(url("request", asked.pk), TYPED).status_code == 422
    clock.move_to(NOW + dt.timedelta(days=WAITING_DAYS))
    assert signed_in(chief).post(url("request", asked.pk), TYPED).status_code == 302
    rule = PurgeCertificate.objects.get().rule  # no one else was there to be given notice
    assert rule == "Requested by an owner, who carried it out after 14 days"


def test_every_member_is_emailed_and_only_owners_get_the_link(
    plan, chief, deputy, officer, removed, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        asked_to_delete(plan, chief)
        asked_to_delete(plan, chief)  # pressed twice
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {deputy.email, officer.email}
    assert len(mail.outbox) == 2
    for letter in mail.outbox:
        assert "Chief has asked to permanently delete the plan" in letter.subject
        assert "from 15 March 2027, 14 days after the request was made" in letter.body
        assert "A second owner can confirm the request now." in letter.body
    assert "Confirm or cancel the request:" in letters[deputy.email].body
    assert "planner.example" in letters[deputy.email].body
    assert "planner.example" not in letters[officer.email].body
    # The second owner may confirm it within the hour.
    assert "an owner of the council’s plan straight away." in letters[officer.email].body
    assert ConfirmationRequest.objects.count() == 1


def test_plan_home_says_that_someone_has_asked_to_delete_the_plan(
    plan, chief, deputy, officer, adviser, riverdale, clock
):
    def home(user):
        return text_of(signed_in(user).get(plan.get_absolute_url()))

    assert "to permanently delete this plan" not in home(officer)
    asked = asked_to_delete(plan, chief)
    for user in (deputy, officer):
        words = home(user)
        assert "Chief asked on 1 March 2027 to permanently delete this plan." in words
        assert "confirm the request now. Otherwise it can be carried out from 15 March" in words
        assert ("View the request, or cancel it" in words) is (user == deputy)
        assert ("contact an owner of the council’s plan" in words) is (user == officer)
    assert "to permanently delete this plan" not in home(adviser)
    put_on_hold(riverdale, chief)
    assert "It cannot be deleted while there is a hold" in home(officer)
    cancel_request(asked, by=deputy)
    assert "to permanently delete this plan" not in home(officer)


def test_plan_home_names_no_second_owner_where_there_is_none(plan, chief, officer, clock):
    asked_to_delete(plan, chief)
    words = text_of(signed_in(officer).get(plan.get_absolute_url()))
    assert "delete this plan. It can be carried out from 15 March 2027." in words


def test_the_email_names_no_second_owner_where_there_is_none(
    plan, chief, officer, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        asked_to_delete(plan, chief)
    (letter,) = mail.outbox
    assert letter.to == [officer.email]
    assert "second owner" not in letter.body
    assert "It can be carried out from 15 March 2027" in letter.body
    assert "an owner of the council’s plan before that date." in letter.body


def test_any_owner_can_cancel_and_then_it_can_be_asked_again(plan, chief, deputy, riverdale):
    asked = asked_to_delete(plan, chief)
    assert signed_in(deputy).post(url("request_cancel", asked.pk)).status_code == 302
    assert not ConfirmationOutcome.objects.get().is_carried_out
    with pytest.raises(NotPending):
        carry_out(asked, by=deputy)
    assert Plan.objects.filter(pk=plan.pk).exists()
    assert not cancel_request(asked, by=chief)
    assert asked_to_delete(plan, chief).pk != asked.pk
    assert verify(riverdale).problems == []


def test_asking_again_says_that_there_is_a_request(plan, chief, deputy):
    first = signed_in(chief).post(url("purge", plan.pk), TYPED, follow=True)
    assert "Your request has been made. We have emailed the people" in text_of(first)
    again = signed_in(deputy).post(url("purge", plan.pk), TYPED, follow=True)
    assert "There is already a request, made by Chief on 1 March 2027. No email" in text_of(again)
    assert "Your request has been made" not in text_of(again)


def test_the_only_person_at_a_council_is_not_told_of_emails(
    plan, chief, django_capture_on_commit_callbacks
):
    client = signed_in(chief)
    form = text_of(client.get(url("purge", plan.pk)))
    assert "No second owner can confirm this: the council has no other owner." in form
    with django_capture_on_commit_callbacks(execute=True):
        page = text_of(client.post(url("purge", plan.pk), TYPED, follow=True))
    assert mail.outbox == []
    assert page.count("No one else at the council has access, so no one was emailed.") == 2
    assert "have been emailed" not in page
    asked = ConfirmationRequest.objects.get()
    page = text_of(client.post(url("request_cancel", asked.pk), follow=True))
    assert "The request has been cancelled. " in page
    assert "We have emailed" not in page


def test_who_cannot_be_the_second_owner_is_said_before_a_request(plan, chief, person, riverdale):
    settle_owners(chief, days=DAYS_AS_OWNER)
    person(riverdale, "deputy", access=Access.OWNER)
    page = text_of(signed_in(chief).get(url("purge", plan.pk)))
    assert "no other owner has been one for 14 days. You can carry it out from 15 March" in page


def test_who_was_emailed_about_a_request_is_emailed_when_it_is_cancelled(
    plan, chief, deputy, officer, riverdale, django_capture_on_commit_callbacks
):
    asked = asked_to_delete(plan, chief)
    client = signed_in(deputy)
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(url("request_cancel", asked.pk), follow=True)
        client.post(url("request_cancel", asked.pk))  # pressed twice
    assert "We have emailed the people it concerns" in text_of(page)
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([chief.email, officer.email])
    for letter in mail.outbox:
        assert "the request to permanently delete the plan" in letter.subject
        assert "Deputy of Riverdale Borough Council has cancelled the request" in letter.body
        assert "Chief made it on 1 March 2027" in letter.body
        assert "Nothing has been deleted." in letter.body


def test_a_person_is_told_that_their_erasure_was_cancelled(
    person, chief, deputy, riverdale, django_capture_on_commit_callbacks
):
    quentin = person(riverdale, "quentin")
    asked = ask_to_erase(quentin, council=riverdale, by=chief, link_for=link_for)
    with django_capture_on_commit_callbacks(execute=True):
        cancel_request(asked, by=chief)
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {deputy.email, quentin.email}
    assert "the request to erase your name and your account" in letters[quentin.email].body
    assert "Your account stays as it is." in letters[quentin.email].body


def test_a_request_that_a_new_reason_for_the_hold_cancels_is_said_to_be_cancelled(
    chief, deputy, riverdale, plan, django_capture_on_commit_callbacks
):
    put_on_hold(riverdale, chief)
    ask_to_lift_hold(riverdale, by=chief, link_for=link_for)
    with django_capture_on_commit_callbacks(execute=True):
        put_on_hold(riverdale, deputy, hold="Request 2027/115")
    (letter,) = mail.outbox
    assert letter.to == [chief.email]
    assert "the request to lift the hold on deleting plans has been cancelled" in letter.subject
    assert "The hold has not been lifted. An owner can" in letter.body


def test_everyone_is_emailed_once_a_plan_has_been_deleted(
    plan, chief, deputy, officer, django_capture_on_commit_callbacks
):
    asked = asked_to_delete(plan, chief)
    with django_capture_on_commit_callbacks(execute=True):
        carry_out(asked, by=deputy)
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([chief.email, officer.email])
    for letter in mail.outbox:
        assert "the plan for the election on 6 May 2027 has been permanently" in letter.subject
        assert "Deputy of Riverdale Borough Council has permanently deleted the plan" in letter.body
        assert "confirmed by a second owner" in letter.body


def test_a_hold_stops_a_request_too(plan, chief, deputy, riverdale):
    asked = asked_to_delete(plan, chief)
    put_on_hold(riverdale, chief)
    response = signed_in(deputy).post(url("request", asked.pk), TYPED)
    assert response.status_code == 422
    assert "while there is a hold" in error_links(response)[0][0]
    assert Plan.objects.filter(pk=plan.pk).exists()


def test_a_plan_is_kept_for_the_retention_period_unless_two_owners_agree(
    plan, chief, riverdale, clock
):
    stored = retention_of(riverdale)
    set_retention(stored, version=stored.version, by=chief, years=2, hold="")
    for day, needed in (
        (dt.date(2028, 5, 6), True),
        (dt.date(2030, 5, 5), True),
        (dt.date(2030, 5, 6), False),
    ):
        assert expiry_of(plan).needs_second_owner(day) is needed
    clock.move_to(dt.datetime(2029, 1, 1, 12, tzinfo=dt.UTC))
    page = text_of(signed_in(chief).get(url("purge", plan.pk)))
    assert "retention period for this plan lasts until 6 May 2030" in page


def test_an_earlier_election_day_lets_no_owner_delete_the_plan_alone(plan, chief, clock):
    """One owner could otherwise set one, and wait until the plan seems to have ended."""
    clock.move_to(dt.datetime(2027, 6, 1, 12, tzinfo=dt.UTC))
    change_plan(plan, version=plan.version, by=chief, election_day=dt.date(2024, 5, 2))
    assert expiry_of(plan).ends == dt.date(2027, 6, 1)
    assert expiry_of(plan).needs_second_owner(dt.date(2028, 5, 31))
    assert not expiry_of(plan).needs_second_owner(dt.date(2028, 6, 1))
    clock.move_to(dt.datetime(2027, 7, 1, 12, tzinfo=dt.UTC))
    page = text_of(signed_in(chief).get(url("purge", plan.pk)))
    assert "One owner can delete it straight away from 1 June 2028" in page
    with pytest.raises(NeedsSecondOwner):
        delete_plan(plan, by=chief)


def test_a_shorter_rule_deletes_nothing_in_its_first_days(plan, chief, riverdale, clock):
    """One owner could set one alone, to delete a plan at once or by the nightly command."""
    for years in (10, 2, None):
        stored = retention_of(riverdale)
        clock.move_to(dt.datetime(2033 + (years is None), 1, 1, 12, tzinfo=dt.UTC))
        set_retention(stored, version=stored.version, by=chief, years=years, hold="")
    put_on_hold(riverdale, chief, hold="A hold does not change the rule")
    new, settled = dt.date(2034, 1, 14), dt.date(2034, 1, 15)
    assert expiry_of(plan).alone_from == settled
    assert expiry_of(plan).needs_second_owner(new)
    assert not expiry_of(plan).needs_second_owner(settled)
    lift_hold(riverdale, by=None)
    stored = retention_of(riverdale)
    set_retention(stored, version=stored.version, by=chief, years=2, hold="")
    assert not expiry_of(plan).is_due(new)
    assert expiry_of(plan).is_due(settled)


def stopped_for(council, clock, *, days, by):
    stop_access(council, reason="A dispute", by=by)
    clock.shift(dt.timedelta(days=days))
    restart_access(council, by=by)


def test_no_time_to_object_passes_while_access_is_stopped(
    plan, chief, deputy, riverdale, operator, clock
):
    """The owner who asked could otherwise carry it out first, once the others can cancel it."""
    asked = asked_to_delete(plan, chief)
    clock.shift(dt.timedelta(days=3))
    stopped_for(riverdale, clock, days=60, by=operator)
    with pytest.raises(NotYet):
        carry_out(asked, by=chief)
    page = text_of(signed_in(chief).get(url("request", asked.pk)))
    assert "from 17 May 2027, 14 days after access to the council’s plans restarted" in page
    clock.shift(dt.timedelta(days=WAITING_DAYS))
    assert carry_out(asked, by=chief)


def test_no_time_to_object_passes_before_an_import(plan, chief, riverdale, clock):
    """A request that was cancelled after the export is still pending here."""
    stored = retention_of(riverdale)
    set_retention(stored, version=stored.version, by=chief, years=2, hold="")
    clock.move_to(dt.datetime(2034, 1, 1, 12, tzinfo=dt.UTC))
    asked = asked_to_delete(plan, chief)
    clock.shift(dt.timedelta(days=WAITING_DAYS))
    kind = CouncilEvent.Kind.COUNCIL_IMPORTED
    CouncilEvent.objects.create(council=riverdale, kind=kind, by=None)
    today, settled = timezone.localdate(), timezone.localdate() + dt.timedelta(days=WAITING_DAYS)
    assert asked.from_day == settled
    assert not expiry_of(plan).is_due(today)
    assert expiry_of(plan).is_due(settled)


def test_a_retention_rule_deletes_nothing_in_the_first_days_after_access_restarts(
    plan, chief, riverdale, operator, clock
):
    """Nor does it give one owner the right to: the others could not change it or set a hold."""
    clock.move_to(dt.datetime(2033, 12, 30, 12, tzinfo=dt.UTC))
    stored = retention_of(riverdale)
    set_retention(stored, version=stored.version, by=chief, years=2, hold="")
    stopped_for(riverdale, clock, days=60, by=operator)
    today, settled = timezone.localdate(), timezone.localdate() + dt.timedelta(days=WAITING_DAYS)
    assert not expiry_of(plan).is_due(today)
    assert expiry_of(plan).needs_second_owner(today)
    assert expiry_of(plan).is_due(settled)
    assert not expiry_of(plan).needs_second_owner(settled)


def test_no_one_becomes_one_of_two_owners_while_access_is_stopped(
    plan, chief, deputy, officer, riverdale, operator, clock
):
    settle_owners(chief)
    change_member(Membership.objects.get(user=officer), by=chief, access=Access.OWNER)
    clock.shift(dt.timedelta(days=1))
    stopped_for(riverdale, clock, days=60, by=operator)
    clock.shift(dt.timedelta(hours=1))

    def settled():
        owners = Membership.objects.settled_owners(timezone.now())
        return set(owners.filter(council=riverdale).values_list("user", flat=True))

    assert settled() == {chief.pk, deputy.pk}
    clock.shift(dt.timedelta(days=DAYS_AS_OWNER))
    assert settled() == {chief.pk, deputy.pk, officer.pk}


def test_a_request_is_closed_if_the_plan_is_deleted_another_way(plan, chief, riverdale):
    asked_to_delete(plan, chief)
    purge_plan(plan, by=None, rule="Kept for 2 years after their end")
    assert ConfirmationOutcome.objects.get().is_carried_out
    assert verify(riverdale).problems == []


# --- Erasing a statutory officer ------------------------------------------------------------------


def test_a_statutory_officer_is_not_erased_by_one_owner(
    plan, chief, deputy, officer, person, riverdale, django_capture_on_commit_callbacks
):
    finance = person(riverdale, "finance", office=Office.SECTION_151_OFFICER)
    director = person(riverdale, "director")
    membership = Membership.objects.get(user=officer)
    client = signed_in(chief)
    page = client.get(url("erase", membership.pk))
    assert "is, or was, a statutory officer" in text_of(page)
    assert "the council’s statutory officers and their deputies" in text_of(page)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url("erase", membership.pk), {"typed": officer.name})
    asked = ConfirmationRequest.objects.get()
    assert response.url == url("request", asked.pk)
    officer.refresh_from_db()
    assert officer.erased_at is None
    told = {letter.to[0] for letter in mail.outbox}
    assert told == {deputy.email, officer.email, finance.email}
    assert director.email not in told
    (theirs,) = [letter for letter in mail.outbox if letter.to == [officer.email]]
    assert "has asked to erase your name and your account" in theirs.body
    assert theirs.body.count("contact ") == 1  # and not again as someone else who is told
    (others,) = [letter for letter in mail.outbox if letter.to == [finance.email]]
    assert f"has asked to erase {officer.name}" in others.body
    assert signed_in(deputy).post(url("request", asked.pk), {"typed": "officer"}).url
    officer.refresh_from_db()
    assert officer.erased_at
    assert verify(riverdale).problems == []


def test_a_former_statutory_officer_needs_a_second_owner_too(plan, chief, officer, riverdale):
    membership = Membership.objects.select_related("user", "council").get(user=officer)
    Membership.objects.filter(pk=membership.pk).update(ended_at=timezone.now())
    with pytest.raises(NeedsSecondOwner):
        erase_member(membership, by=chief)


def test_an_owner_cannot_confirm_their_own_erasure(plan, chief, deputy, riverdale):
    asked = ask_to_erase(chief, council=riverdale, by=deputy, link_for=link_for)
    client = signed_in(chief)
    assert "because it is about you" in text_of(client.get(url("request", asked.pk)))
    assert client.post(url("request", asked.pk), {"typed": "Chief"}).status_code == 422
    with pytest.raises(NotYet):
        carry_out(asked, by=chief)
    assert client.post(url("request_cancel", asked.pk)).status_code == 302


def test_for_you_says_who_can_carry_out_an_erasure_and_when(chief, deputy, officer, riverdale):
    User.objects.filter(pk=officer.pk).update(last_login=NOW)
    ask_to_erase(officer, council=riverdale, by=chief, link_for=link_for)
    page = reverse("for_you")
    assert "Any owner can cancel this before 15 March 2027, or carry it out from that day." in (
        text_of(signed_in(deputy).get(page, follow=True))
    )
    User.objects.filter(pk=officer.pk).update(last_login=None)
    assert "A second owner must confirm this, or it can be carried out from 15 March 2027." in (
        text_of(signed_in(deputy).get(page, follow=True))
    )


def test_anyone_who_has_signed_in_has_time_to_download_their_private_record(
    plan, chief, deputy, person, riverdale, clock, django_capture_on_commit_callbacks
):
    director = person(riverdale, "director", office=Office.SLT_MEMBER)
    signed_in(director)
    membership = Membership.objects.select_related("user", "council").get(user=director)
    with pytest.raises(NeedsSecondOwner):
        erase_member(membership, by=chief)
    client = signed_in(chief)
    assert "14 days to download" in text_of(client.get(url("erase", membership.pk)))
    with django_capture_on_commit_callbacks(execute=True):
        address = client.post(url("erase", membership.pk), {"typed": director.name}).url
    (theirs,) = [letter for letter in mail.outbox if letter.to == [director.email]]
    assert "download what you want to keep before then" in theirs.body
    assert "A second owner can confirm" not in theirs.body
    (to_deputy,) = [letter for letter in mail.outbox if letter.to == [deputy.email]]
    assert "View the request, or cancel it:" in to_deputy.body
    for owner in (chief, deputy):
        client = signed_in(owner)
        assert "from 15 March 2027" in text_of(client.get(address))
        assert client.post(address, {"typed": director.name}).status_code == 422
    clock.move_to(NOW + dt.timedelta(days=WAITING_DAYS))
    assert signed_in(chief).post(address, {"typed": director.name}).status_code == 302
    director.refresh_from_db()
    assert director.erased_at


def test_a_former_post_does_not_make_an_officer_erasable_at_once(plan, chief, officer):
    signed_in(officer)
    membership = Membership.objects.select_related("user", "council").get(user=officer)
    change_member(membership, by=chief, office=Office.SLT_MEMBER)
    with pytest.raises(NeedsSecondOwner):
        erase_member(membership, by=chief)


def test_an_owner_made_for_the_purpose_is_neither_of_the_two_owners(
    plan, chief, officer, riverdale, clock, django_capture_on_commit_callbacks
):
    """Nor if the account is an old one: a second one of the same person can be years old."""
    settle_owners(chief, officer)
    friend = Membership.objects.get(user=officer)
    change_member(friend, by=chief, access=Access.OWNER)
    with django_capture_on_commit_callbacks(execute=True):
        asked = asked_to_delete(plan, chief)
    (letter,) = mail.outbox
    assert "A second owner can confirm" not in letter.body
    assert "It can be carried out from" in letter.body
    assert "View the request, or cancel it:" in letter.body
    client = signed_in(officer)
    page = text_of(client.get(url("request", asked.pk)))
    assert "You had been an owner for less than 14 days when the request was made" in page
    assert client.post(url("request", asked.pk), TYPED).status_code == 422
    cancel_request(asked, by=officer)

    # The other way round: the new owner asks, and the one who made them an owner confirms.
    asked = asked_to_delete(plan, officer)
    client = signed_in(chief)
    page = text_of(client.get(url("request", asked.pk)))
    assert "officer had been an owner for less than 14 days" in page.lower()
    assert client.post(url("request", asked.pk), TYPED).status_code == 422
    with pytest.raises(NotYet):
        carry_out(asked, by=chief)
    assert Plan.objects.filter(pk=plan.pk).exists()

    # A new post does not make someone a new owner; losing the access level and getting it does.
    clock.shift(dt.timedelta(days=DAYS_AS_OWNER))
    change_member(friend, by=chief, office=Office.HEAD_OF_HR)
    owners = Membership.objects.settled_owners(timezone.now())
    assert owners.filter(user=officer).exists()
    for access in (Access.EDITOR, Access.OWNER):
        membership_for(officer, "riverdale")
        change_member(friend, by=chief, access=access)
        if access == Access.EDITOR:  # while their request to carry it out waited
            with pytest.raises(StandingHasEnded):
                carry_out(asked, by=officer)
    assert not owners.filter(user=officer).exists()
    # Once the days of notice are over, any owner can; the certificate says on what ground.
    assert carry_out(asked, by=officer).rule.endswith("after 14 days’ notice")


def test_the_record_says_since_when_earlier_owners_have_been_owners(chief, officer, riverdale):
    """What the migration finds for members who were there before it."""
    place, long_ago = Membership.objects.get(user=officer), NOW - dt.timedelta(days=90)
    User.objects.filter(pk=officer.pk).update(joined_at=long_ago)
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        change_member(place, by=chief, access=Access.OWNER)
    with time_machine.travel(NOW + dt.timedelta(days=2)):
        change_member(place, by=chief, office=Office.HEAD_OF_HR)
    migration = next(Path(migrations.__file__).parent.glob("*_owners_since.py")).stem
    find = import_module(f"councils.migrations.{migration}").access_from_the_record
    find(apps, None)
    place.refresh_from_db()
    assert place.access_since == NOW + dt.timedelta(days=1)
    User.objects.filter(pk=officer.pk).update(email="renamed@riverdale.example")
    find(apps, None)
    place.refresh_from_db()
    assert place.access_since == long_ago


# --- Lifting a hold -------------------------------------------------------------------------------


def test_a_hold_and_the_requests_about_it_are_locked_in_one_order(chief, deputy, riverdale):
    """On PostgreSQL, rewording a hold and lifting it at once would each wait for the other."""
    put_on_hold(riverdale, chief)
    asked = ask_to_lift_hold(riverdale, by=chief, link_for=link_for)
    orders = []
    for change in (
        lambda: put_on_hold(riverdale, deputy, hold="Request 2027/115"),
        lambda: carry_out(asked, by=deputy),
    ):
        with transaction.atomic(), CaptureQueriesContext(connection) as caught:
            change()
            transaction.set_rollback(True)
        used = [
            re.search(r"assessments_(retention|confirmationrequest)\b", q["sql"]) for q in caught
        ]
        orders.append(list(dict.fromkeys(each[1] for each in used if each)))
    assert orders == [["retention", "confirmationrequest"]] * 2


def test_a_hold_is_lifted_on_request_and_confirmation(plan, chief, deputy, riverdale):
    put_on_hold(riverdale, chief)
    client = signed_in(chief)
    page = client.get(url("retention"))
    version = re.search('name="version" value="(\\d+)"', page.content.decode())[1]
    cleared = {"version": version, "years": "until-deleted", "hold": ""}
    response = client.post(url("retention"), cleared)
    assert response.status_code == 422
    assert "Ask to lift the hold" in error_links(response)[0][0]
    reworded = cleared | {"hold": "Request 2027/114 and an audit"}
    assert client.post(url("retention"), reworded).status_code == 302
    response = client.post(url("lift_hold"))
    asked = ConfirmationRequest.objects.get()
    assert response.url == url("request", asked.pk)
    assert client.post(url("request", asked.pk), {"typed": "lift the hold"}).status_code == 422
    assert retention_of(riverdale).hold
    answer = signed_in(deputy).post(url("request", asked.pk), {"typed": "Lift the hold"})
    assert answer.status_code == 302
    assert retention_of(riverdale).hold == ""
    assert verify(riverdale).problems == []


def test_a_request_to_lift_a_hold_is_cancelled_when_the_hold_is_reworded(
    plan, chief, riverdale, clock
):
    """A later hold would otherwise be lifted without the waiting period, or a second owner."""
    put_on_hold(riverdale, chief)
    asked = ask_to_lift_hold(riverdale, by=chief, link_for=link_for)
    put_on_hold(riverdale, chief)  # as it was
    assert not ConfirmationOutcome.objects.exists()
    put_on_hold(riverdale, chief, hold="An audit")
    assert not ConfirmationOutcome.objects.get().is_carried_out
    clock.shift(dt.timedelta(days=20))
    with pytest.raises(NotPending):
        carry_out(asked, by=chief)
    assert retention_of(riverdale).hold == "An audit"
    assert ask_to_lift_hold(riverdale, by=chief, link_for=link_for).pk != asked.pk
    assert verify(riverdale).problems == []


def test_there_is_nothing_to_ask_without_a_hold(plan, chief, riverdale):
    assert ask_to_lift_hold(riverdale, by=chief, link_for=link_for) is None
    assert signed_in(chief).post(url("lift_hold")).url == url("retention")
    assert not ConfirmationRequest.objects.exists()


# --- Resetting two-step sign-in -------------------------------------------------------------------


@pytest.fixture
def locked_out(officer):
    """The officer, who has lost their phone."""
    TOTP.activate(officer, generate_totp_secret())
    return officer


def reset_url(user):
    return url("second_factor", Membership.objects.get(user=user, council__slug="riverdale").pk)


def test_two_owners_reset_a_members_two_step_sign_in(
    plan, chief, deputy, locked_out, riverdale, django_capture_on_commit_callbacks, clock
):
    client = signed_in(chief)
    membership = Membership.objects.get(user=locked_out)
    page = client.get(reverse("member", args=["riverdale", membership.pk]))
    assert reset_url(locked_out) in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reset_url(locked_out))
    asked = ConfirmationRequest.objects.get()
    assert response.url == url("request", asked.pk)
    assert {letter.to[0] for letter in mail.outbox} == {deputy.email, locked_out.email}
    assert all("carried out from" not in letter.body for letter in mail.outbox)
    clock.shift(dt.timedelta(days=WAITING_DAYS + 1))  # waiting is not enough
    client = signed_in(chief)
    assert "You cannot confirm it yourself" in text_of(client.get(url("request", asked.pk)))
    typed = {"typed": locked_out.name}
    assert client.post(url("request", asked.pk), typed).status_code == 422
    assert signs_in_twice(locked_out)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(deputy).post(url("request", asked.pk), typed).status_code == 302
    assert not signs_in_twice(locked_out)
    assert ConfirmationOutcome.objects.get().is_carried_out
    event = CouncilEvent.objects.get(kind="second-factor-reset")
    assert (event.by, event.council) == (deputy, riverdale)
    (letter,) = mail.outbox
    assert letter.to == [locked_out.email]
    assert f"reset by {chief.name} and {deputy.name}, owners of the plan" in letter.body
    assert verify(riverdale).problems == []


def test_the_pages_that_offer_a_reset_name_an_open_request(
    plan, chief, deputy, person, locked_out, riverdale, clock
):
    pages = [
        reverse("member", args=["riverdale", Membership.objects.get(user=locked_out).pk]),
        reset_url(locked_out),
    ]
    asked = ask_to_reset_second_factor(locked_out, council=riverdale, by=chief, link_for=link_for)
    named = "asked on 1 March 2027 to reset two-step sign-in for Officer."
    late = person(riverdale, "late", access=Access.OWNER)  # since today, so they can ask for none
    for user, by in ((chief, "You"), (deputy, "Chief"), (late, "Chief")):
        for page in pages:
            response = signed_in(user).get(page)
            assert f"{by} {named}" in text_of(response)
            assert url("request", asked.pk) in response.content.decode()
            assert "If they have lost their phone" not in text_of(response)
            assert "Ask another owner to confirm" not in text_of(response)
    cancel_request(asked, by=deputy)
    for page in pages:
        assert named not in text_of(signed_in(deputy).get(page))
    page = text_of(signed_in(late).get(pages[0]))  # no promise that the next page breaks
    assert "Two owners are needed, who have each been one for at least 14 days." in page


def test_the_person_does_not_confirm_their_own_reset(plan, chief, deputy, person, riverdale):
    TOTP.activate(deputy, generate_totp_secret())
    settle_owners(person(riverdale, "third", access=Access.OWNER))
    signed_in(chief).post(reset_url(deputy))
    asked = ConfirmationRequest.objects.get()
    response = signed_in(deputy).post(url("request", asked.pk), {"typed": deputy.name})
    assert response.status_code == 422
    assert signs_in_twice(deputy)


def test_a_reset_that_owners_cannot_do_is_explained(
    plan, their_plan, chief, person, riverdale, eastmere, locked_out, granted
):
    client = signed_in(chief)

    def refused():
        shown = client.get(reset_url(locked_out))
        sent = client.post(reset_url(locked_out))
        assert (shown.status_code, sent.status_code) == (200, 422)
        assert not ConfirmationRequest.objects.exists()
        return text_of(sent)

    assert "Another owner has to confirm this, and there is none" in refused()
    deputy = person(riverdale, "deputy", access=Access.OWNER)
    assert "You have been an owner for less than 14 days" in refused()
    settle_owners(chief)
    assert "none has been an owner for 14 days" in refused()
    settle_owners(deputy)
    adviser = granted(their_plan, "ada").adviser
    AdviserGrant.objects.filter(adviser=adviser).update(adviser=locked_out)
    assert "more than this council’s plans" in refused()
    AdviserGrant.objects.update(revoked_at=timezone.now())
    User.objects.filter(pk=locked_out.pk).update(is_operator=True)
    assert "more than this council’s plans" in refused()
    User.objects.filter(pk=locked_out.pk).update(is_operator=False)
    client.post(reset_url(locked_out))
    asked = ConfirmationRequest.objects.get()
    # They join another council before it is confirmed.
    Membership.objects.create(
        user=locked_out, council=eastmere, office=Office.SLT_MEMBER, access=Access.REVIEWER
    )
    response = signed_in(deputy).post(url("request", asked.pk), {"typed": locked_out.name})
    assert response.status_code == 422
    assert "more than this council’s plans" in error_links(response)[0][0]
    assert signs_in_twice(locked_out)


def test_there_is_nothing_to_reset_without_two_step_sign_in(plan, chief, deputy, officer):
    assert "does not use two-step sign-in" in text_of(signed_in(chief).get(reset_url(officer)))
    assert signed_in(chief).get(reset_url(chief)).status_code == 404


def test_erasing_a_person_cancels_a_request_to_reset(
    plan, chief, deputy, locked_out, riverdale, django_capture_on_commit_callbacks
):
    signed_in(chief).post(reset_url(locked_out))
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(locked_out, by=chief)
    assert not ConfirmationOutcome.objects.get().is_carried_out
    (told,) = [each.body for each in mail.outbox if each.to == [deputy.email]]
    assert "The person has been erased.\n\nTwo-step sign-in can no longer be reset for" in told
    assert "same request again" not in told


# --- What changes between the check and the lock --------------------------------------------------


def joins_when_locked(monkeypatch, module, council, name="lock_person"):
    """Let the person join another council just before they are locked, as in another request."""
    lock = getattr(module, name)

    def joined_and_locked(found):
        person = User.objects.get(pk=found if isinstance(found, int) else found.get().user_id)
        Membership.objects.get_or_create(
            user=person, council=council, office=Office.SLT_MEMBER, access=Access.REVIEWER
        )
        return lock(found)

    monkeypatch.setattr(module, name, joined_and_locked)


def test_who_joins_another_council_meanwhile_is_neither_erased_nor_reset(
    plan, chief, deputy, officer, person, riverdale, eastmere, monkeypatch
):
    """Also if it happens after the page has checked it."""
    newcomer = person(riverdale, "newcomer")
    TOTP.activate(officer, generate_totp_secret())
    signed_in(chief).post(reset_url(officer))
    reset = ConfirmationRequest.objects.get()
    erasure = ask_to_erase(officer, council=riverdale, by=chief, link_for=link_for)
    joins_when_locked(monkeypatch, erasures, eastmere)
    joins_when_locked(monkeypatch, confirmations, eastmere)
    membership = Membership.objects.select_related("user", "council").get(user=newcomer)
    answer = signed_in(chief).post(url("erase", membership.pk), {"typed": newcomer.name})
    assert "also belongs" in error_links(answer)[0][0]
    User.objects.filter(pk=officer.pk).update(last_login=None)  # so that a second owner can
    for asked, said in ((erasure, "also belongs"), (reset, "more than this council")):
        answer = signed_in(deputy).post(url("request", asked.pk), {"typed": officer.name})
        assert said in error_links(answer)[0][0]
        Membership.objects.filter(council=eastmere).delete()
    assert not User.objects.filter(erased_at__isnull=False).exists()
    assert signs_in_twice(officer)

    # The same where two confirm a change of address.
    change = AddressChange.objects.create(
        user=officer, new_email="n@x.example", old_digest="a", new_digest="b", has_lost_old=True
    )
    joins_when_locked(monkeypatch, addresses, eastmere, "_held")
    answer = signed_in(chief).post(url("address", Membership.objects.get(user=officer).pk))
    assert "more than this council’s plans" in text_of(answer)
    change.refresh_from_db()
    assert change.first_stand_in is None


# --- Who sees a request ---------------------------------------------------------------------------


def test_requests_are_shown_to_owners_of_the_council_only(
    plan, chief, deputy, officer, stranger, their_plan
):
    asked = asked_to_delete(plan, chief)
    for page in (reverse("council_data", args=["riverdale"]), url("retention")):
        assert "Permanently delete the plan for the election on 6 May 2027" in text_of(
            signed_in(deputy).get(page)
        )
    for user, status in ((officer, 403), (stranger, 404)):
        for ask in ("get", "post"):
            response = getattr(signed_in(user), ask)(url("request", asked.pk), TYPED)
            assert response.status_code == status
    elsewhere = reverse("council_data_request", args=["eastmere", asked.pk])
    assert signed_in(stranger).get(elsewhere).status_code == 404


def test_too_many_requests_in_a_day_are_refused_with_a_message(plan, chief, deputy, settings):
    settings.EMAILS_A_DAY = {"sender": 0, "council": 0, "recipient": 0}
    response = signed_in(chief).post(url("purge", plan.pk), TYPED)
    assert response.status_code == 422
    assert "limit" in error_links(response)[0][0]
    assert not ConfirmationRequest.objects.exists()
    assert User.objects.filter(pk=deputy.pk).exists()


# --- Requests that end by themselves --------------------------------------------------------------


def letters_of(capture, do):
    """Call `do` and return the emails that were sent, by address."""
    mail.outbox.clear()
    with capture(execute=True):
        do()
    return {letter.to[0]: letter for letter in mail.outbox}


@pytest.mark.parametrize("kind", ["delete", "erase", "lift"])
def test_a_request_lapses_28_days_after_it_could_be_carried_out(
    plan, chief, deputy, riverdale, person, clock, django_capture_on_commit_callbacks, kind
):
    quentin = person(riverdale, "quentin")
    if kind == "delete":
        asked = asked_to_delete(plan, chief)
    elif kind == "erase":
        asked = ask_to_erase(quentin, council=riverdale, by=chief, link_for=link_for)
    else:
        put_on_hold(riverdale, chief)
        asked = ask_to_lift_hold(riverdale, by=chief, link_for=link_for)
    assert asked.lapses_on == dt.date(2027, 4, 12)
    client = signed_in(chief)
    page = url("request", asked.pk)
    assert "If it has not been carried out before 12 April 2027, it lapses." in text_of(
        client.get(page)
    )
    clock.move_to(dt.datetime(2027, 4, 11, 12, tzinfo=dt.UTC))
    assert asked in pending_requests(riverdale)
    assert end_requests() == 0
    assert count_waiting(deputy) == 1
    clock.move_to(dt.datetime(2027, 4, 12, 0, 30, tzinfo=dt.UTC))
    assert asked not in pending_requests(riverdale)
    assert count_waiting(deputy) == 0
    with pytest.raises(NotPending):
        carry_out(asked, by=chief)
    assert not cancel_request(asked, by=deputy)
    for response in (
        signed_in(chief).post(page, {"typed": asked.words_to_type}, follow=True),
        signed_in(chief).post(url("request_cancel", asked.pk), follow=True),
        signed_in(chief).get(page, follow=True),
    ):
        assert "This request has already been carried out or cancelled, or has ended." in text_of(
            response
        )
    again = signed_in(chief).get(DATA)
    assert "Open requests" not in text_of(again)
    letters = letters_of(django_capture_on_commit_callbacks, end_requests)
    assert {chief.email, deputy.email} <= letters.keys()
    assert "No one carried it out before 12 April 2027." in letters[deputy.email].body
    outcome = ConfirmationOutcome.objects.get()
    assert (outcome.by, outcome.is_carried_out, str(outcome)) == (None, False, "Ended")
    assert end_requests() == 0
    assert Plan.objects.filter(pk=plan.pk).exists()
    assert verify(riverdale).problems == []


def test_a_reset_lapses_28_days_after_the_request(
    chief, deputy, locked_out, riverdale, clock, django_capture_on_commit_callbacks
):
    asked = ask_to_reset_second_factor(locked_out, council=riverdale, by=chief, link_for=link_for)
    clock.move_to(NOW + dt.timedelta(days=27))
    assert asked.can_be_carried_out_by(deputy, timezone.localdate())
    assert asked in pending_requests(riverdale)
    clock.move_to(NOW + dt.timedelta(days=28))
    assert asked.lapses_on == timezone.localdate()
    with pytest.raises(NotPending):
        carry_out(asked, by=deputy)
    letters = letters_of(django_capture_on_commit_callbacks, end_requests)
    assert letters.keys() == {chief.email, deputy.email, locked_out.email}
    assert signs_in_twice(locked_out)


def test_a_lapsed_request_can_be_made_again_with_new_days_and_emails(
    plan, chief, deputy, riverdale, clock, django_capture_on_commit_callbacks
):
    asked = asked_to_delete(plan, chief)
    clock.move_to(NOW + dt.timedelta(days=60))  # the job has not been done
    letters = letters_of(django_capture_on_commit_callbacks, lambda: asked_to_delete(plan, chief))
    again = ConfirmationRequest.objects.latest("at")
    assert again != asked
    assert deputy.email in letters
    assert not again.can_be_carried_out_by(chief, timezone.localdate())
    assert end_requests() == 1  # the first


def test_access_that_restarts_also_moves_the_day_on_which_a_request_lapses(
    plan, chief, riverdale, operator, clock
):
    asked = asked_to_delete(plan, chief)
    stop_access(riverdale, reason="Unpaid", by=operator)
    clock.move_to(NOW + dt.timedelta(days=30))
    restart_access(riverdale, by=operator)
    clock.move_to(NOW + dt.timedelta(days=71))
    assert asked in pending_requests(riverdale)
    clock.move_to(NOW + dt.timedelta(days=72))
    assert asked.lapses_on == timezone.localdate()
    assert asked not in pending_requests(riverdale)


def _joins_again(membership, chief):
    end_membership(membership, by=chief)
    assert pending_requests(membership.council).exists()  # they still have what they were told
    add_member(
        council=membership.council,
        email=membership.user.email,
        name=membership.user.name,
        office=membership.office,
        access=membership.access,
        by=chief,
    )


def _joins_again_and_leaves(membership, chief):
    _joins_again(membership, chief)
    end_membership(Membership.objects.get(pk=membership.pk), by=chief)


@pytest.mark.parametrize(
    ("access", "change"),
    [
        (Access.EDITOR, _joins_again),
        (Access.EDITOR, _joins_again_and_leaves),
        (Access.EDITOR, lambda one, by: change_member(one, by=by, access=Access.OWNER)),
        (Access.OWNER, lambda one, by: change_member(one, by=by, access=Access.EDITOR)),
        (Access.OWNER, lambda one, by: end_membership(one, by=by)),
    ],
    ids=["joins again", "joins again and leaves", "made an owner", "no longer an owner", "removed"],
)
def test_a_request_about_a_person_ends_when_their_access_changes(
    chief,
    deputy,
    riverdale,
    person,
    clock,
    django_capture_on_commit_callbacks,
    access,
    change,
):
    quentin = person(riverdale, "quentin", access=access)
    clock.shift(dt.timedelta(days=1))
    asked = ask_to_erase(quentin, council=riverdale, by=chief, link_for=link_for)
    clock.shift(dt.timedelta(days=1))
    change(Membership.objects.get(user=quentin), chief)
    assert asked not in pending_requests(riverdale)
    clock.shift(dt.timedelta(days=15))
    with pytest.raises(NotPending):
        carry_out(asked, by=deputy)
    letters = letters_of(django_capture_on_commit_callbacks, end_requests)
    assert {quentin.email, deputy.email} <= letters.keys()
    assert "access to the council’s plans has changed" in letters[quentin.email].body
    assert User.objects.get(pk=quentin.pk).erased_at is None


def test_two_who_end_a_request_at_once_are_told_what_was_done(plan, chief, deputy, monkeypatch):
    """Both have opened the page before the other one presses the button."""
    asked = asked_to_delete(plan, chief)
    monkeypatch.setattr("assessments.data_protection.views.request_for", lambda *_: (asked, True))
    done = signed_in(chief).post(url("request_cancel", asked.pk), follow=True)
    assert "The request has been cancelled." in text_of(done)
    for name, typed in (("request", TYPED), ("request_cancel", {})):
        said = text_of(signed_in(deputy).post(url(name, asked.pk), typed, follow=True))
        assert "This request has already been carried out or cancelled, or has ended." in said
        assert "The request has been c" not in said


def test_the_person_sees_a_request_about_them_on_their_own_pages(
    chief, deputy, riverdale, person, clock
):
    quentin = person(riverdale, "quentin")
    client = signed_in(quentin)  # so that they have signed in
    pages = [reverse("account"), reverse("development")]
    for page in pages:
        assert "asked on" not in text_of(client.get(page))
    asked = ask_to_erase(
        User.objects.get(pk=quentin.pk), council=riverdale, by=chief, link_for=link_for
    )
    start_record(quentin)
    for page in pages:
        words = text_of(client.get(page))
        assert "asked on 1 March 2027 to erase your name and your account" in words
        assert "Download what you want to keep" in words
        assert "before 12 April 2027" in words
        assert chief.email in words
    cancel_request(asked, by=deputy)
    for page in pages:
        assert "to erase your name" not in text_of(client.get(page))
