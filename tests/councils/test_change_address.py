"""Changing one's own email address: confirmed from both, or by two others for a lost mailbox."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.data_protection.actions import erase_person
from assessments.data_protection.traces import other_names_of
from councils.actions import accept, add_member, change_member, invite, lock_open_account
from councils.actions.addresses import set_address
from councils.models import (
    Access,
    AccountMerge,
    AddressChange,
    CouncilEvent,
    Invitation,
    Membership,
    Office,
    User,
)
from councils.sessions import end_access_of
from councils.verification import verify
from operate.models import OperatorEvent
from tests.acting import browser, error_links, settle_owners, signed_in, text_of
from tests.assessments.data_protection.test_erase_person import where_found
from tests.conftest import PASSWORD
from tests.operate.test_operators import operator_named

pytestmark = pytest.mark.django_db

NEW = "quentin@new.example"
URL = "account_email_change"


@pytest.fixture
def quentin(person, riverdale):
    return person(riverdale, "quentin", name="Quentin Marsh")


@pytest.fixture
def client(quentin):
    return with_password(quentin)


def with_password(user):
    """A browser in which someone has just entered their password, as the form needs."""
    client = browser()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.fixture
def ask(client, django_capture_on_commit_callbacks):
    """Asks for a change and returns the response and the links, by the address they went to."""

    def ask(email=NEW, **others):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(reverse(URL), {"email": email} | others)
        found = {each.to[0]: re.search(r"/email/confirm/\S+", each.body) for each in mail.outbox}
        return response, {to: link and link[0] for to, link in found.items()}

    return ask


def stored(user):
    return User.objects.get(pk=user.pk)


def test_the_address_changes_once_both_links_were_used(
    quentin, client, ask, riverdale, chief, django_capture_on_commit_callbacks
):
    before, elsewhere = quentin.email, with_password(quentin)
    invite(
        council=riverdale,
        by=chief,
        link_for=str,
        email=before,
        name="Q",
        office=Office.HEAD_OF_HR,
        access=Access.EDITOR,
    )
    assert reverse(URL) in client.get(reverse("account")).content.decode()
    _, links = ask(f" {NEW.upper()} ")
    assert set(links) == {before, NEW}
    assert browser().get(links[NEW]).status_code == 200
    assert "Confirmed" in text_of(browser().post(links[NEW]))
    assert "Confirmed" in text_of(browser().post(links[NEW]))
    again = browser().get(links[NEW])
    assert "You have confirmed the change of email address" in text_of(again)
    assert f"from the link that we sent to {before}" in text_of(again)
    assert "Confirm the change" not in text_of(again)
    assert "cancel the change" in text_of(again)
    assert stored(quentin).email == before
    with django_capture_on_commit_callbacks(execute=True):
        assert f"Sign in with {NEW}" in text_of(client.post(links[before]))
    assert stored(quentin).email == NEW
    assert sorted(each.to[0] for each in mail.outbox[-2:]) == [NEW, before]
    assert browser().post(links[before]).status_code == 404
    assert client.get(reverse("account")).status_code == 200
    assert elsewhere.get(reverse("account")).status_code == 302
    assert with_password(stored(quentin)).get(reverse("account")).status_code == 200
    assert Invitation.objects.open().get().email == NEW
    event = CouncilEvent.objects.get(kind="address-changed")
    assert (event.by, event.before, event.after) == (quentin, before, NEW)
    assert verify(riverdale).problems == []
    erase_person(stored(quentin), by=chief)
    assert where_found(before, NEW, "Quentin") == set()
    assert verify(riverdale).problems == []


def test_a_council_that_only_invited_someone_does_not_learn_their_new_address(
    quentin, chief, eastmere, person, django_capture_on_commit_callbacks
):
    """Nor that there is an account. The person can still accept the invitation."""
    owner, before, tokens = person(eastmere, "owner", access=Access.OWNER), quentin.email, []
    invitation = {
        "council": eastmere,
        "by": owner,
        "link_for": tokens.append,
        "email": before,
        "office": Office.HEAD_OF_HR,
        "access": Access.EDITOR,
    }
    invite(name="Q Marsh", **invitation)
    User.objects.filter(pk=quentin.pk).update(last_login=timezone.now())
    with transaction.atomic():
        set_address(stored(quentin), NEW, by=quentin)
    page = text_of(signed_in(owner).get(reverse("people", args=[eastmere.slug])))
    assert before in page
    assert NEW not in page
    link = reverse("join", args=tokens)
    assert f"There is already an account for {before}" in text_of(browser().get(link))
    client = signed_in(stored(quentin))
    assert client.post(link).url == reverse("home")
    assert Membership.objects.get(council=eastmere, user=quentin).access == Access.EDITOR
    assert client.post(link).url == reverse("home")
    # The next holder of the address is someone else.
    invite(name="Next Holder", **invitation)
    assert accept(tokens[-1]).user not in (quentin, owner)


def test_an_address_that_passes_to_the_next_holder_keeps_the_two_apart(riverdale, chief, person):
    """Erasing the first holder of the address of a post leaves the second as they are."""
    post = {"office": Office.HEAD_OF_HR, "access": Access.EDITOR, "council": riverdale, "by": chief}
    tokens = []

    def invited(name):
        invite(link_for=tokens.append, email="hr@riverdale.example", name=name, **post)
        return accept(tokens[-1]).user

    first = invited("Ada First")
    with transaction.atomic():
        set_address(first, "ada@riverdale.example", by=first)
    second = invited("Ben Second")
    assert first != second
    assert first.addresses(riverdale) == ["ada@riverdale.example"]
    assert other_names_of(stored(first), [riverdale.pk]) == []
    erase_person(stored(first), by=chief)
    assert where_found("Ada First", "ada@riverdale.example") == set()
    assert Invitation.objects.get(email=second.email).name == "Ben Second"
    assert CouncilEvent.objects.filter(kind="joined", person__contains="Ben Second").exists()
    with transaction.atomic():
        set_address(second, "ben@riverdale.example", by=second)
    erase_person(stored(second), by=chief)
    assert where_found("Ben Second", "hr@riverdale.example") == set()
    assert verify(riverdale).problems == []


def test_the_form_does_not_tell_who_has_an_account(quentin, chief, ask, client):
    pages = []
    for email in (NEW, chief.email):
        response, links = ask(email)
        pages.append((response.status_code, text_of(client.get(response.url)).replace(email, "")))
    assert pages[0] == pages[1]
    assert set(links) == {quentin.email, chief.email}
    assert links[chief.email] is None
    browser().post(links[quentin.email])
    assert stored(quentin).email == quentin.email
    assert User.objects.filter(email=chief.email).get() == chief


def test_an_address_that_has_an_account_is_told_how_to_merge(quentin, client, ask, riverdale):
    add_member(council=riverdale, email=NEW, name="N", office="slt-member", access="editor")
    ask()
    [letter] = [each for each in mail.outbox if each.to == [NEW]]
    assert "select “Merge accounts” on your account page" in letter.body
    assert "Merge accounts" in text_of(client.get(reverse("account")))


def test_an_address_taken_in_the_meantime_is_refused(quentin, ask, riverdale):
    _, links = ask()
    add_member(council=riverdale, email=NEW, name="N", office="slt-member", access="editor")
    browser().post(links[NEW])
    refused = browser().post(links[quentin.email])
    assert refused.status_code == 409
    assert "Another account now uses" in text_of(refused)
    assert stored(quentin).email == quentin.email
    assert not CouncilEvent.objects.filter(kind="address-changed").exists()


def test_it_can_be_cancelled_and_ends_by_itself(quentin, client, ask):
    _, links = ask()
    cancelled = text_of(browser().post(links[quentin.email], {"cancel": "1"}))
    assert "has been cancelled" in cancelled
    assert "set a new password" in cancelled
    assert browser().post(links[NEW]).status_code == 404
    _, links = ask()
    # Someone who reads email at the new address may have no account at all.
    cancelled = text_of(browser().post(links[NEW], {"cancel": "1"}))
    assert "has been cancelled" in cancelled
    assert "password" not in cancelled
    _, links = ask()
    _, later = ask("other@new.example")
    assert browser().get(links[NEW]).status_code == 404
    assert NEW not in text_of(client.get(reverse(URL)))
    with time_machine.travel(timezone.now() + dt.timedelta(days=7, minutes=1)):
        assert browser().post(later["other@new.example"]).status_code == 404
    client.post(reverse("account_email_cancel"))
    assert not AddressChange.objects.exists()


def test_what_cannot_be_sent_is_explained_and_needs_the_password(quentin, ask, settings):
    asked_first = signed_in(quentin).post(reverse(URL), {"email": NEW}).url
    assert asked_first.startswith(reverse("account_reauthenticate"))
    # The form is also shown at the address where the password was asked for again.
    html = signed_in(quentin).get(reverse(URL)).content.decode()
    assert f'method="post" action="{reverse(URL)}"' in html
    for email, said in (
        ("", "Enter your new email address"),
        ("nonsense", "Enter an email address in the correct format"),
        (quentin.email.upper(), "is already your email address"),
        (f"{'x' * 60}@{'y' * 60}.{'z' * 60}.example.org.uk", "190 characters or fewer"),
    ):
        response, links = ask(email)
        ((words, target),) = error_links(response)
        assert (said in words, target, links) == (True, "id_email", {})
    settings.EMAILS_A_DAY = settings.EMAILS_A_DAY | {"recipient": 1}
    ask()
    response, links = ask()
    assert f"cannot send more emails to {quentin.email} today" in error_links(response)[0][0]
    assert links == {}


def member_url(user, name="council_data_address"):
    place = Membership.objects.get(user=user, council__slug="riverdale")
    return reverse(name, args=["riverdale", place.pk])


def test_two_owners_confirm_in_place_of_a_lost_mailbox(
    quentin, ask, riverdale, chief, officer, person, django_capture_on_commit_callbacks
):
    other, new = (person(riverdale, key, access=Access.OWNER) for key in ("otto", "nina"))
    settle_owners(chief, other)
    _, links = ask()
    assert signed_in(chief).get(member_url(quentin)).status_code == 404
    _, links = ask(has_lost_old="on")
    shown = text_of(browser().get(links[NEW]))
    assert "Two other people also have to confirm the change" in shown
    assert "confirmed from both addresses" not in shown
    browser().post(links[NEW])
    member = text_of(signed_in(chief).get(member_url(quentin, "member")))
    assert "can no longer read email at the current one" in member
    assert signed_in(officer).post(member_url(quentin)).status_code == 403
    assert "You became an owner less than 14 days" in text_of(
        signed_in(new).post(member_url(quentin))
    )
    first = signed_in(chief)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert first.post(member_url(quentin)).status_code == 302
    assert all("cancel it from your account page" in each.body for each in mail.outbox)
    AddressChange.objects.update(new_confirmed_at=None)
    result = "When it changes, Quentin Marsh will be signed out in all other browsers"
    assert result in text_of(browser().get(links[NEW]))
    shown = text_of(browser().get(links[NEW]))
    assert "One other person has confirmed the change, and a second has to confirm it too" in shown
    result = text_of(browser().post(links[NEW]))
    assert "One person has confirmed it for you" in result
    assert "You have confirmed this" in text_of(first.post(member_url(quentin)))
    assert stored(quentin).email != NEW
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(other).post(member_url(quentin)).status_code == 302
    assert stored(quentin).email == NEW
    assert {each.to[0] for each in mail.outbox} == {quentin.email, NEW}
    # The change has been made, so there is nothing left to cancel.
    assert all("cancel it" not in each.body for each in mail.outbox)
    kinds = CouncilEvent.objects.filter(kind__startswith="address").order_by("pk")
    assert [(each.kind, each.by) for each in kinds] == [
        ("address-asked", quentin),
        ("address-asked", quentin),
        ("address-stood-in", chief),
        ("address-stood-in", other),
        ("address-changed", quentin),
    ]
    assert verify(riverdale).problems == []


def test_pages_say_when_owners_cannot_confirm(quentin, client, ask):
    """An owner confirms only for people of one council: others would ask one in vain."""
    assert "if you belong to one council and advise no other" in text_of(client.get(reverse(URL)))
    _, links = ask(has_lost_old="on")
    assert "If you belong to one council and advise no other" in text_of(client.get(reverse(URL)))
    assert "2 people have to confirm it for you" in text_of(client.get(reverse(URL)))
    (letter,) = (each for each in mail.outbox if each.to == [quentin.email])
    assert "if you belong to one council and advise no other" in letter.body
    shown = text_of(browser().get(links[NEW]))
    assert "if Quentin Marsh belongs to one council and advises no other" in shown
    shown = text_of(browser().post(links[NEW]))
    assert "if you belong to one council and advise no other" in shown


def test_a_first_confirmation_ends_with_the_right_to_give_it(
    quentin, ask, riverdale, chief, person
):
    gone, other = (person(riverdale, key, access=Access.OWNER) for key in ("greta", "otto"))
    settle_owners(gone, chief, other)
    _, links = ask(has_lost_old="on")
    browser().post(links[NEW])
    signed_in(gone).post(member_url(quentin))
    place = Membership.objects.get(user=gone)
    change_member(place, by=chief, access=Access.REVIEWER)
    signed_in(other).post(member_url(quentin))
    assert stored(quentin).email != NEW
    assert AddressChange.objects.get().first_stand_in == other
    signed_in(chief).post(member_url(quentin))
    assert stored(quentin).email == NEW


def test_a_new_password_or_signing_out_everywhere_cancels_a_change(quentin, client, ask):
    """It may have been asked for by someone who had the person's session or password."""
    new = "violet tractor sundial"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    for name, data in (("sessions_end", {}), ("account_change_password", fields)):
        _, links = ask(has_lost_old="on")
        assert client.post(reverse(name), data).status_code == 302
        assert not AddressChange.objects.exists()
        assert browser().post(links[NEW]).status_code == 404
    assert stored(quentin).email != NEW


@pytest.mark.parametrize(
    ("name", "where"), [("account_email_change", "addresses"), ("account_merge", "merges")]
)
def test_a_session_that_was_ended_meanwhile_asks_for_nothing(quentin, name, where, monkeypatch):
    """The request began before the person signed out everywhere or changed their password."""
    other = with_password(quentin)

    def end_then_lock(user):
        end_access_of(user, by=user)
        return lock_open_account(user)

    monkeypatch.setattr(f"councils.actions.{where}.lock_open_account", end_then_lock)
    answers = {"email": NEW, "has_lost_old": "on", "keeps_other": "this"}
    assert other.post(reverse(name), answers).status_code == 403
    assert not AddressChange.objects.exists()
    assert not AccountMerge.objects.exists()


def test_asking_and_cancelling_leave_events_without_the_new_address(
    quentin, client, ask, riverdale, eastmere, chief
):
    add_member(council=eastmere, email=quentin.email, name="", office="slt-member", access="editor")
    _, links = ask()
    browser().post(links[NEW], {"cancel": "1"})
    ask(has_lost_old="on")
    client.post(reverse("account_email_cancel"))
    client.post(reverse("account_email_cancel"))
    ask()
    client.post(reverse("sessions_end"))
    for council in (riverdale, eastmere):
        events = council.events.filter(kind__startswith="address").order_by("pk")
        assert [(each.kind, each.by, each.after) for each in events] == [
            ("address-asked", quentin, ""),
            (
                "address-cancelled",
                quentin,
                "From the link sent to the new address, "
                "which anyone who reads email there can open",
            ),
            ("address-asked", quentin, "They can no longer read email at the current one"),
            ("address-cancelled", quentin, ""),
            ("address-asked", quentin, ""),
            ("address-cancelled", quentin, "Their other sessions were ended"),
        ]
        assert all(NEW not in f"{each.person}{each.before}{each.after}" for each in events)
        assert verify(council).problems == []
    people = text_of(signed_in(chief).get(reverse("people", args=["riverdale"])))
    assert "cancelled a change of email address for Quentin Marsh" in people
    ask()  # erasing a person leaves no event that names them again
    erase_person(stored(quentin), by=chief)
    assert where_found("Quentin") == set()


def test_operators_confirm_for_someone_of_several_councils(
    quentin, ask, riverdale, eastmere, chief, django_capture_on_commit_callbacks
):
    """The operators are told whether one person has confirmed it or two have."""
    add_member(council=eastmere, email=quentin.email, name="", office="slt-member", access="editor")
    olive, oscar, gone = (operator_named(name) for name in ("olive", "oscar", "gone"))
    nick = operator_named("nick", days=1)
    settle_owners(chief)
    _, links = ask(has_lost_old="on")
    assert "only your system administrators" in text_of(signed_in(chief).get(member_url(quentin)))
    agree = reverse("operate_address_agree", args=[AddressChange.objects.get().pk])
    signed_in(gone).post(agree)
    assert AddressChange.objects.get().first_stand_in == gone
    User.objects.filter(pk=gone.pk).update(is_operator=False)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        for person in (olive, olive, nick):
            signed_in(person).post(agree)
    told = [each for each in mail.outbox if each.to == [oscar.email]]
    one = f"One person has confirmed a new email address for {quentin.name}"
    assert [each.subject for each in told] == [one]
    assert "A second person has to confirm it too." in told[0].body
    assert AddressChange.objects.get().old_confirmed_at is None
    page = text_of(signed_in(oscar).get(reverse("operate_addresses")))
    assert f"confirmed by {olive.name}" in page
    with django_capture_on_commit_callbacks(execute=True):
        agreed = text_of(signed_in(oscar).post(agree, follow=True))
    assert "You are the second person to confirm it. The address changes once it is" in agreed
    assert "once the others have confirmed it too" not in agreed
    two = f"Two people have confirmed a new email address for {quentin.name}"
    told = [each for each in mail.outbox if each.subject == two]
    assert {each.to[0] for each in told} == {olive.email, oscar.email, nick.email}
    assert f"Olive ({olive.email}) had confirmed it before." in told[0].body
    assert "once it has been confirmed from the email to the new address" in told[0].body
    assert stored(quentin).email != NEW
    browser().post(links[NEW])
    assert stored(quentin).email == NEW
    assert OperatorEvent.objects.filter(kind="address-stood-in").count() == 3
    for council in (riverdale, eastmere):
        assert verify(council).problems == []
