"""What one owner cannot do alone: delete a plan early, erase a statutory officer, lift a hold."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from assessments.data_protection.actions import (
    NeedsSecondOwner,
    NotYet,
    ask_to_delete_plan,
    ask_to_erase,
    ask_to_lift_hold,
    cancel_request,
    carry_out,
    delete_plan,
    erase_member,
    purge_plan,
    set_retention,
)
from assessments.data_protection.expiry import expiry_of, retention_of
from assessments.data_protection.models import (
    WAITING_DAYS,
    ConfirmationOutcome,
    ConfirmationRequest,
    PurgeCertificate,
)
from assessments.plans.models import Plan
from councils.models import Access, Membership, Office, User
from councils.verification import verify
from tests.acting import error_links, signed_in, text_of

NOW = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
TYPED = {"typed": "6 May 2027"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def deputy(person, riverdale):
    return person(riverdale, "deputy", access=Access.OWNER)


def url(name, *args):
    return reverse(f"council_data_{name}", args=["riverdale", *args])


def link_for(asked):
    return f"https://planner.example/{asked.pk}"


def asked_to_delete(plan, by):
    return ask_to_delete_plan(plan, by=by, link_for=link_for)


def put_on_hold(council, by, hold="Request 2027/114"):
    stored = retention_of(council)
    set_retention(stored, version=stored.version, by=by, years=None, hold=hold)


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
    assert client.get(url("request", asked.pk)).status_code == 404
    assert verify(riverdale).problems == []


def test_one_owner_can_carry_it_out_after_the_waiting_period(plan, chief, clock):
    asked = asked_to_delete(plan, chief)
    assert asked.from_day == dt.date(2027, 3, 15)
    clock.move_to(NOW + dt.timedelta(days=WAITING_DAYS - 1))
    assert signed_in(chief).post(url("request", asked.pk), TYPED).status_code == 422
    clock.move_to(NOW + dt.timedelta(days=WAITING_DAYS))
    assert signed_in(chief).post(url("request", asked.pk), TYPED).status_code == 302
    assert PurgeCertificate.objects.get().rule.endswith("after 14 days’ notice")


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
        assert "from 15 March 2027, 14 days after it was made" in letter.body
    assert "planner.example" in letters[deputy.email].body
    assert "planner.example" not in letters[officer.email].body
    assert ConfirmationRequest.objects.count() == 1


def test_any_owner_can_cancel_and_then_it_can_be_asked_again(plan, chief, deputy, riverdale):
    asked = asked_to_delete(plan, chief)
    assert signed_in(deputy).post(url("request_cancel", asked.pk)).status_code == 302
    assert not ConfirmationOutcome.objects.get().is_carried_out
    assert carry_out(asked, by=deputy) is None
    assert Plan.objects.filter(pk=plan.pk).exists()
    cancel_request(asked, by=chief)  # already
    assert asked_to_delete(plan, chief).pk != asked.pk
    assert verify(riverdale).problems == []


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
    assert "This is about you" in theirs.body
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


# --- Lifting a hold -------------------------------------------------------------------------------


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


def test_there_is_nothing_to_ask_without_a_hold(plan, chief, riverdale):
    assert ask_to_lift_hold(riverdale, by=chief, link_for=link_for) is None
    assert signed_in(chief).post(url("lift_hold")).url == url("retention")
    assert not ConfirmationRequest.objects.exists()


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
