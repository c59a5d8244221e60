import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from councils import actions
from councils.actions.addresses import set_address
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
    """Invites through the page, as the chief executive; returns the link in the email."""

    def send(**changes):
        client.force_login(chief)
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(reverse("invite", args=[riverdale.slug]), PLACE | changes)
        assert response.status_code == 302, response.content.decode()
        client.logout()
        return link_in(mail.outbox[-1])

    return send


def a_while_ago():
    """Date all invitations two minutes back, as if their forms had not just been sent."""
    Invitation.objects.update(sent_at=timezone.now() - dt.timedelta(minutes=2))


def link_in(message):
    return re.search(r"http://testserver(/invitations/[\w-]+/)", message.body)[1]


def test_a_new_person_joins_by_the_link_and_is_signed_in(client, invite, riverdale, chief):
    link = invite()
    assert mail.outbox[-1].to == ["daniel@riverdale.example"]
    # The first owner of a council joins before it has a plan.
    assert "to join Riverdale Borough Council in the transition planner" in mail.outbox[-1].body
    page = client.get(link).content.decode()
    assert "Riverdale Borough Council" in page
    assert "Monitoring officer" in page
    response = client.post(link, {"password": NEW_PASSWORD}, follow=True)
    assert "You have joined Riverdale Borough Council." in response.content.decode()
    membership = Membership.objects.get(user__email="daniel@riverdale.example")
    assert (membership.office, membership.access) == (Office.MONITORING_OFFICER, Access.EDITOR)
    assert membership.user.check_password(NEW_PASSWORD)
    assert client.session["_auth_user_id"] == str(membership.user.pk)


def test_a_new_owner_sets_up_two_step_sign_in_without_typing_the_password_again(
    client, invite, settings
):
    link = invite(access=Access.OWNER)
    settings.SECOND_FACTOR_REQUIRED = True
    assert "Next, you set up two-step sign-in" in client.get(link).content.decode()
    response = client.post(link, {"password": NEW_PASSWORD}, follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("mfa_activate_totp"))
    assert "1. Get an authenticator app" in response.content.decode()


def test_the_email_to_a_new_owner_says_what_works_once(
    chief, riverdale, settings, django_capture_on_commit_callbacks
):
    """Between the link and that sentence, it says what two-step sign-in needs."""
    settings.SECOND_FACTOR_REQUIRED = True
    place = PLACE | {"access": Access.OWNER}
    with django_capture_on_commit_callbacks(execute=True):
        actions.invite(council=riverdale, by=chief, link_for=lambda token: token, **place)
    [sent] = mail.outbox
    assert "You need two-step sign-in" in sent.body
    assert "\nThe link works once and only for you" in sent.body


def test_the_token_is_long_and_only_its_digest_is_stored(invite):
    token = invite().split("/")[2]
    assert len(token) >= 43  # 32 bytes in base 64
    stored = Invitation.objects.values().get()
    assert all(token not in str(value) for value in stored.values())


def test_opening_the_link_does_not_use_it_up_and_joining_does(client, invite):
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


def test_a_link_works_for_72_hours(client, invite):
    start = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        link = invite()
        clock.shift(dt.timedelta(hours=71, minutes=59))
        assert client.get(link).status_code == 200
        clock.shift(dt.timedelta(minutes=1))
        assert client.get(link).status_code == 404
        assert client.post(link, {"password": NEW_PASSWORD}).status_code == 404
    assert not User.objects.filter(email="daniel@riverdale.example").exists()


def test_a_withdrawn_link_no_longer_works(client, invite, chief, riverdale):
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
    a_while_ago()
    client.force_login(chief)
    pk = Invitation.objects.get().pk
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("invitation_resend", args=[riverdale.slug, pk]))
    client.logout()
    new = link_in(mail.outbox[-1])
    assert new != old
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200


def test_a_new_link_does_not_undo_that_the_invitation_was_withdrawn_meanwhile(
    invite, chief, monkeypatch
):
    invite()
    a_while_ago()
    invitation = Invitation.objects.get()

    def withdraw(**_email):
        assert actions.withdraw(Invitation.objects.get(), by=chief)

    monkeypatch.setattr("councils.actions.invitations.count_email", withdraw)
    actions.resend(invitation, by=chief, link_for=lambda token: token)
    assert Invitation.objects.get().withdrawn_at


def test_inviting_the_same_address_again_leaves_one_open_invitation(client, invite):
    old = invite()
    new = invite(access=Access.REVIEWER)
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    assert Invitation.objects.open().count() == 1


def test_a_person_with_an_account_signs_in_first_and_keeps_their_password(client, invite, stranger):
    password = stranger.password
    link = invite(email=stranger.email)
    page = client.get(link).content.decode()
    assert f"{reverse('account_login')}?next={link}" in page
    assert client.post(link, {"password": NEW_PASSWORD}).status_code == 200
    assert stranger.memberships.count() == 1, "no one joins as another person"
    client.force_login(stranger)
    assert client.post(link).status_code == 302
    stranger.refresh_from_db()
    assert stranger.memberships.count() == 2
    assert stranger.password == password


def test_a_link_sets_no_password_for_someone_who_signs_in_without_one(client, invite, stranger):
    """The link may be in a mailbox that was theirs, and passed to someone else with the role."""
    stranger.set_unusable_password()
    stranger.last_login = timezone.now()
    stranger.save()
    link = invite(email=stranger.email)
    set_address(stranger, "new@northwold.example", by=stranger)
    assert "Choose a password" not in client.get(link).content.decode()
    client.post(link, {"password": NEW_PASSWORD})
    assert "_auth_user_id" not in client.session
    assert stranger.memberships.count() == 1
    client.force_login(stranger)
    assert client.post(link).status_code == 302
    stranger.refresh_from_db()
    assert stranger.memberships.count() == 2
    assert not stranger.has_usable_password()


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
        ({"email": "daniel"}, "Enter an email address in the correct format"),
        ({"email": ""}, "Enter their email address"),
        ({"name": ""}, "Enter their name"),
        ({"office": "mayor"}, "Select an officer role"),
        ({"access": ""}, "Select an access level"),
        ({"email": "chief@riverdale.example"}, "already has access"),
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


def test_every_change_leaves_an_event(client, invite, chief, riverdale):
    link = invite()
    a_while_ago()
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


# --- Several people at once -----------------------------------------------------------------------


def several(*people):
    """What the page sends: each of its rows is one that it began with."""
    data = {"form-TOTAL_FORMS": len(people), "form-INITIAL_FORMS": len(people)}
    for n, person in enumerate(people):
        data |= {f"form-{n}-{name}": value for name, value in person.items()}
    return data


MONITORING = {"name": "Mo", "email": "mo@example.org", "office": Office.MONITORING_OFFICER}
ADVISER = {"name": "Ada", "email": "ada@example.org", "office": Office.LGA_ADVISER}
EMPTY = {"name": "", "email": "", "office": Office.SECTION_151_OFFICER, "access": Access.EDITOR}


@pytest.fixture
def invite_several(client, chief, riverdale, django_capture_on_commit_callbacks):
    def send(*people):
        client.force_login(chief)
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(reverse("invite_several", args=[riverdale.slug]), several(*people))

    return send


def test_the_first_rows_are_for_statutory_officers_not_yet_invited(client, chief, riverdale):
    client.force_login(chief)
    page = client.get(reverse("invite_several", args=[riverdale.slug]))
    offices = [row["office"].value() for row in page.context["formset"]]
    assert offices == [Office.MONITORING_OFFICER, Office.SECTION_151_OFFICER, *[None] * 4]


def test_rows_left_as_the_page_shows_them_are_left_out(client, invite_several, chief, riverdale):
    client.force_login(chief)
    formset = client.get(reverse("invite_several", args=[riverdale.slug])).context["formset"]
    names = ("name", "email", "office", "access")
    rows = [{name: row[name].value() or "" for name in names} for row in formset]
    rows[1] |= {"name": "Priya", "email": "priya@example.org"}
    assert invite_several(*rows).status_code == 302
    assert [each.email for each in Invitation.objects.open()] == ["priya@example.org"]


def test_several_people_are_invited_with_the_access_suggested_for_their_roles(invite_several):
    chosen = MONITORING | {"access": Access.REVIEWER}
    assert invite_several(chosen, EMPTY, ADVISER | {"access": ""}).status_code == 302
    found = {each.name: (each.office, each.access) for each in Invitation.objects.open()}
    assert found == {
        "Mo": (Office.MONITORING_OFFICER, Access.REVIEWER),
        "Ada": (Office.LGA_ADVISER, Access.REVIEWER),
    }
    assert sorted(message.to[0] for message in mail.outbox) == ["ada@example.org", "mo@example.org"]


@pytest.mark.parametrize(
    ("people", "message"),
    [
        ([EMPTY], "Enter the name and email address of at least one person"),
        ([MONITORING, ADVISER | {"name": "mo"}], "You have entered this name in another row"),
        ([MONITORING | {"email": ""}], "Person 1: Enter their email address"),
        ([MONITORING, ADVISER | {"name": ""}], "Person 2: Enter their name"),
        ([MONITORING, ADVISER | {"email": "mo@example.org"}], "Person 2: You have entered this"),
        ([MONITORING | {"name": "M" * 121}], "Person 1: Name must be 120 characters or fewer"),
        ([MONITORING | {"office": ""}], "Person 1: Select an officer role"),
        ([MONITORING | {"access": "all"}], "Person 1: Select an access level"),
        ([MONITORING | {"email": "chief@example.org"}], "Person 1: This person already has access"),
    ],
)
def test_a_mistake_in_one_row_invites_no_one_and_keeps_the_rest(
    invite_several, chief, people, message
):
    chief.email = "chief@example.org"
    chief.save()
    page = invite_several(*people)
    assert page.status_code == 422
    assert message in page.content.decode()
    assert people[0]["name"] in page.content.decode()
    assert not Invitation.objects.exists()
    assert mail.outbox == []


def test_a_daily_limit_on_email_invites_no_one(invite_several, settings):
    settings.EMAILS_A_DAY = settings.EMAILS_A_DAY | {"sender": 1}
    page = invite_several(MONITORING, ADVISER)
    assert page.status_code == 422
    assert "No invitations have been sent." in page.content.decode()
    assert not Invitation.objects.exists()


def test_rows_without_their_management_form_are_refused(client, chief, riverdale):
    client.force_login(chief)
    assert client.post(reverse("invite_several", args=[riverdale.slug]), {}).status_code == 422
