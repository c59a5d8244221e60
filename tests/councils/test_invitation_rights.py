"""Invitations depend on their sender's right to invite, and forms sent twice or late do no harm."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from councils import actions
from councils.actions import invitations
from councils.models import Access, CouncilEvent, Invitation, Membership, Office, User
from councils.verification import verify
from tests.acting import browser, signed_in

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "seven brown herons"


@pytest.fixture
def second_owner(person, riverdale):
    return person(riverdale, "deputy", access=Access.OWNER)


@pytest.fixture
def invited(riverdale):
    """Invite an address; return the path of the link."""

    def invite(by, email="friend@example.org", *, access=Access.OWNER, name="Fay Friend"):
        tokens = []
        actions.invite(
            council=riverdale,
            by=by,
            link_for=lambda token: tokens.append(token) or token,
            email=email,
            name=name,
            office=Office.SLT_MEMBER,
            job_title="",
            access=access,
        )
        return reverse("join", args=tokens)

    return invite


def membership_of(user):
    return Membership.objects.get(user=user)


def form_about(member, **changes):
    values = {
        "seen": member.state,
        "office": member.office,
        "job_title": "",
        "access": member.access,
    }
    return values | changes


# --- The sender -----------------------------------------------------------------------------------


@pytest.mark.parametrize("loses", ["removed", "demoted", "erased"])
def test_invitations_end_when_their_sender_loses_the_right(
    riverdale, chief, second_owner, invited, loses
):
    link, other = invited(second_owner), invited(chief, "other@example.org", name="Olu Other")
    if loses == "removed":
        actions.end_membership(membership_of(second_owner), by=chief)
    elif loses == "demoted":
        actions.change_member(membership_of(second_owner), by=chief, access=Access.EDITOR)
    else:
        actions.erase_account(second_owner, by=chief)
    assert browser().get(link).status_code == 404
    assert browser().post(link, {"password": NEW_PASSWORD}).status_code == 404
    assert not User.objects.filter(email="friend@example.org").exists()
    assert browser().get(other).status_code == 200
    assert Invitation.objects.open().get().email == "other@example.org"
    withdrawn = riverdale.events.filter(kind=CouncilEvent.Kind.INVITATION_WITHDRAWN)
    assert withdrawn.get().person == "Fay Friend (friend@example.org)"
    assert verify(riverdale).problems == []


def test_an_owner_is_told_before_and_after_that_invitations_end(
    riverdale, chief, second_owner, invited
):
    invited(second_owner)
    mine = membership_of(second_owner)
    client = signed_in(chief)
    for name in ("member", "member_remove"):
        page = client.get(reverse(name, args=["riverdale", mine.pk])).content.decode()
        assert "will be withdrawn: Fay Friend." in page
    done = client.post(reverse("member_remove", args=["riverdale", mine.pk]), follow=True)
    assert "invitations they had sent have been withdrawn: Fay Friend." in done.content.decode()


def test_an_open_invitation_from_before_the_rule_cannot_be_accepted(
    riverdale, chief, second_owner, invited
):
    """Its sender lost the right by another way, such as an earlier version of the planner."""
    link = invited(second_owner)
    Membership.objects.filter(user=second_owner).update(access=Access.EDITOR)
    assert browser().post(link, {"password": NEW_PASSWORD}).status_code == 404
    client = signed_in(chief)
    page = client.get(reverse("people", args=["riverdale"])).content.decode()
    assert "the person who sent it is not an owner" in page
    # Another owner can take it over.
    invitation = Invitation.objects.get()
    Invitation.objects.update(sent_at=timezone.now() - dt.timedelta(hours=1))
    client.post(reverse("invitation_resend", args=["riverdale", invitation.pk]))
    invitation.refresh_from_db()
    assert invitation.invited_by == chief


def test_an_operators_invitation_is_refused_if_someone_becomes_owner_at_that_moment(
    riverdale, chief, invited, monkeypatch
):
    """Of two first owners who accept at the same time, the second waits here for the first."""
    operator = User.objects.create(email="operator@planner.example", is_operator=True)
    Membership.objects.update(access=Access.EDITOR)
    token = invited(operator).rstrip("/").rpartition("/")[2]

    def owner_first(council):
        Membership.objects.filter(user=chief).update(access=Access.OWNER)
        return lock(council)

    lock = invitations.lock_council
    monkeypatch.setattr(invitations, "lock_council", owner_first)
    assert actions.accept(token, password=NEW_PASSWORD) is None
    assert not Membership.objects.filter(user__email="friend@example.org").exists()


# --- The last owner -------------------------------------------------------------------------------


def test_accepting_an_invitation_that_would_leave_no_owner_says_so(riverdale, chief, invited):
    link = invited(chief, "second@example.org", access=Access.REVIEWER)
    second = actions.add_member(
        council=riverdale,
        email="second@example.org",
        name="Sol Second",
        office=Office.CHIEF_EXECUTIVE,
        access=Access.OWNER,
    ).membership.user
    second.set_password(NEW_PASSWORD)
    second.save()
    client = signed_in(second)
    page = client.get(link).content.decode()
    assert "You already have access, as Chief executive (owner)." in page
    actions.end_membership(membership_of(chief), by=None)
    # The sender has left, so their invitation has ended too: send it again as the new owner.
    assert client.get(link).status_code == 404
    link = invited(second, second.email, access=Access.REVIEWER)
    response = client.post(link)
    assert response.status_code == 409
    assert "You are the only owner of Riverdale Borough Council" in response.content.decode()
    assert membership_of(second).access == Access.OWNER
    assert Invitation.objects.open().count() == 1


# --- Forms sent twice -----------------------------------------------------------------------------


def test_a_form_sent_twice_invites_once(riverdale, chief, django_capture_on_commit_callbacks):
    form = {
        "name": "Fay Friend",
        "email": "friend@example.org",
        "office": Office.SLT_MEMBER,
        "job_title": "",
        "access": Access.EDITOR,
    }
    client = signed_in(chief)
    address = reverse("invite", args=["riverdale"])
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            assert client.post(address, form).status_code == 302
    assert len(mail.outbox) == 1
    assert Invitation.objects.count() == 1
    # A correction is not a repetition.
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, form | {"access": Access.REVIEWER})
    assert len(mail.outbox) == 2
    assert Invitation.objects.open().get().access == Access.REVIEWER


def test_a_link_is_sent_again_once_a_minute(
    riverdale, chief, invited, django_capture_on_commit_callbacks
):
    invited(chief)
    Invitation.objects.update(sent_at=timezone.now() - dt.timedelta(minutes=2))
    client = signed_in(chief)
    address = reverse("invitation_resend", args=["riverdale", Invitation.objects.get().pk])
    with django_capture_on_commit_callbacks(execute=True):
        answers = [client.post(address, follow=True).content.decode() for _ in range(2)]
    assert "We have sent a new link to friend@example.org." in answers[0]
    assert "less than a minute ago" in answers[1]
    assert len(mail.outbox) == 1


def test_joining_twice_leads_to_the_plans(riverdale, chief, invited):
    link = invited(chief)
    client = browser()
    for _ in range(2):
        response = client.post(link, {"password": NEW_PASSWORD})
        assert (response.status_code, response.url) == (302, reverse("home"))
    assert riverdale.memberships.count() == 2
    assert browser().post(link, {"password": NEW_PASSWORD}).status_code == 404


@pytest.mark.parametrize("name", ["invitation_resend", "invitation_withdraw"])
@pytest.mark.parametrize("became", ["withdrawn", "accepted"])
def test_an_invitation_that_is_over_is_explained(riverdale, chief, invited, name, became):
    link = invited(chief)
    invitation = Invitation.objects.get()
    if became == "withdrawn":
        actions.withdraw(invitation, by=chief)
    else:
        browser().post(link, {"password": NEW_PASSWORD})
    address = reverse(name, args=["riverdale", invitation.pk])
    page = signed_in(chief).post(address, follow=True).content.decode()
    assert "Nothing has changed." in page
    assert mail.outbox == []


# --- Forms left open ------------------------------------------------------------------------------


def test_a_stale_form_does_not_give_access_back(riverdale, chief, second_owner, officer):
    theirs = membership_of(officer)
    opened = form_about(theirs)  # by an owner who only wants to correct the job title
    actions.change_member(theirs, by=second_owner, access=Access.REVIEWER)
    client = signed_in(chief)
    address = reverse("member", args=["riverdale", theirs.pk])
    response = client.post(address, opened | {"job_title": "Head of Law"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "They are now: Monitoring officer (reviewer)." in page
    assert 'value="Head of Law"' in page
    theirs.refresh_from_db()
    assert (theirs.access, theirs.job_title) == (Access.REVIEWER, "")
    # The page that was given back knows, and may replace it.
    seen = f'name="seen" value="{theirs.state}"'
    assert seen in page
    again = opened | {"seen": theirs.state, "job_title": "Head of Law"}
    assert client.post(address, again).status_code == 302


def test_a_form_without_what_it_showed_changes_nothing(riverdale, chief, officer):
    theirs = membership_of(officer)
    address = reverse("member", args=["riverdale", theirs.pk])
    form = form_about(theirs, access=Access.OWNER)
    del form["seen"]
    assert signed_in(chief).post(address, form).status_code == 409
    assert membership_of(officer).access == Access.EDITOR
