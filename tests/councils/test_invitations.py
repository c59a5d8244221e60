import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from councils import actions
from councils.models import Access, CouncilEvent, Invitation, Membership, Office, User

PLACE = {
    "name": "Daniel Whitmore",
    "email": "Daniel@Riverdale.example",
    "office": Office.MONITORING_OFFICER,
    "job_title": "",
    "access": Access.EDITOR,
}
NEW_PASSWORD = "seven brown herons"


@pytest.fixture
def invite(client, chief, riverdale, django_capture_on_commit_callbacks):
    """Invites through the page, as the chief executive; returns the link in the e-mail."""

    def send(**changes):
        client.force_login(chief)
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(reverse("invite", args=[riverdale.slug]), PLACE | changes)
        assert response.status_code == 302, response.content.decode()
        client.logout()
        return link_in(mail.outbox[-1])

    return send


def link_in(message):
    return re.search(r"http://testserver(/invitations/[\w-]+/)", message.body)[1]


def test_somebody_new_joins_by_the_link_and_is_signed_in(client, invite, riverdale, chief):
    link = invite()
    assert mail.outbox[-1].to == ["daniel@riverdale.example"]
    page = client.get(link).content.decode()
    assert "Riverdale Borough Council" in page
    assert "Monitoring officer" in page
    response = client.post(link, {"password": NEW_PASSWORD}, follow=True)
    assert "You have joined Riverdale Borough Council." in response.content.decode()
    membership = Membership.objects.get(user__email="daniel@riverdale.example")
    assert (membership.office, membership.access) == (Office.MONITORING_OFFICER, Access.EDITOR)
    assert membership.user.check_password(NEW_PASSWORD)
    assert client.session["_auth_user_id"] == str(membership.user.pk)


def test_the_token_is_long_and_only_its_digest_is_stored(invite):
    token = invite().split("/")[2]
    assert len(token) >= 43  # 32 bytes in base 64
    stored = Invitation.objects.values().get()
    assert all(token not in str(value) for value in stored.values())


def test_looking_uses_nothing_up_and_joining_does(client, invite):
    link = invite()
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    client.post(link, {"password": NEW_PASSWORD})
    client.logout()
    assert client.get(link).status_code == 404
    assert client.post(link, {"password": "another long password"}).status_code == 404
    user = User.objects.get(email="daniel@riverdale.example")
    assert user.check_password(NEW_PASSWORD)


def test_a_link_lives_for_72_hours(client, invite):
    start = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        link = invite()
        clock.shift(dt.timedelta(hours=71, minutes=59))
        assert client.get(link).status_code == 200
        clock.shift(dt.timedelta(minutes=1))
        assert client.get(link).status_code == 404
        assert client.post(link, {"password": NEW_PASSWORD}).status_code == 404
    assert not User.objects.filter(email="daniel@riverdale.example").exists()


def test_a_withdrawn_link_is_dead(client, invite, chief, riverdale):
    link = invite()
    client.force_login(chief)
    pk = Invitation.objects.get().pk
    client.post(reverse("invitation_withdraw", args=[riverdale.slug, pk]))
    client.logout()
    assert client.get(link).status_code == 404


def test_a_new_link_replaces_the_old_one(
    client, invite, chief, riverdale, django_capture_on_commit_callbacks
):
    old = invite()
    client.force_login(chief)
    pk = Invitation.objects.get().pk
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("invitation_resend", args=[riverdale.slug, pk]))
    client.logout()
    new = link_in(mail.outbox[-1])
    assert new != old
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200


def test_inviting_the_same_address_again_leaves_one_open_invitation(client, invite):
    old = invite()
    new = invite(access=Access.REVIEWER)
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    assert Invitation.objects.open().count() == 1


def test_somebody_with_an_account_signs_in_first_and_keeps_their_password(client, invite, stranger):
    password = stranger.password
    link = invite(email=stranger.email)
    page = client.get(link).content.decode()
    assert f"{reverse('account_login')}?next={link}" in page
    assert client.post(link, {"password": NEW_PASSWORD}).status_code == 200
    assert stranger.memberships.count() == 1, "nobody joins as somebody else"
    client.force_login(stranger)
    assert client.post(link).status_code == 302
    stranger.refresh_from_db()
    assert stranger.memberships.count() == 2
    assert stranger.password == password


def test_an_invitation_cannot_be_taken_up_by_someone_else(client, invite, officer):
    link = invite()
    client.force_login(officer)
    assert "you are signed in as" in client.get(link).content.decode()
    client.post(link, {"password": NEW_PASSWORD})
    assert not User.objects.filter(email="daniel@riverdale.example").exists()
    assert officer.memberships.count() == 1


def test_a_weak_password_is_refused_beside_its_field(client, invite):
    response = client.post(invite(), {"password": "daniel"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "There is a problem" in page
    assert 'href="#id_password"' in page
    assert not User.objects.filter(email="daniel@riverdale.example").exists()


def test_a_closed_account_cannot_join(client, invite, stranger):
    link = invite(email=stranger.email)
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    assert client.get(link).status_code == 404
    assert client.post(link, {"password": NEW_PASSWORD}).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"email": "daniel"}, "Enter a whole e-mail address"),
        ({"email": ""}, "Enter their e-mail address"),
        ({"name": ""}, "Enter their name"),
        ({"office": "mayor"}, "Select a valid choice"),
        ({"access": ""}, "Select what they may do"),
        ({"email": "chief@riverdale.example"}, "a member already"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_typed_is_lost(
    client, chief, riverdale, wrong, message
):
    client.force_login(chief)
    response = client.post(reverse("invite", args=[riverdale.slug]), PLACE | wrong)
    assert response.status_code == 422
    page = response.content.decode()
    assert message in page
    for value in (PLACE | wrong).values():
        if value and value in (PLACE["name"], PLACE["email"]):
            assert f'value="{value}"' in page
    assert not mail.outbox
    assert not Invitation.objects.exists()


def test_every_move_leaves_an_event(client, invite, chief, riverdale):
    link = invite()
    client.force_login(chief)
    actions.resend(Invitation.objects.get(), by=chief, link_for=lambda token: token)
    actions.withdraw(Invitation.objects.get(), by=chief)
    actions.withdraw(Invitation.objects.get(), by=chief)  # again: nothing happens
    client.logout()
    client.post(invite(), {"password": NEW_PASSWORD})
    kinds = list(CouncilEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[-5:] == [
        "invited",
        "invitation-resent",
        "invitation-withdrawn",
        "invited",
        "joined",
    ]
    assert link.startswith("/invitations/")
