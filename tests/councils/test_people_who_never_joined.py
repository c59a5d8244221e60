"""Names on invitations: erased with their person, and forgotten for people who never joined."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from councils import actions
from councils.models import Access, CouncilEvent, Invitation, Office, User
from councils.verification import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited(riverdale, chief):
    def invite(email, name, *, job_title="", age=0, withdraw=False):
        invitation = actions.invite(
            council=riverdale,
            by=chief,
            link_for=str,
            email=email,
            name=name,
            office=Office.SLT_MEMBER,
            job_title=job_title,
            access=Access.EDITOR,
        )
        if withdraw:
            actions.withdraw(invitation, by=chief)
        past = dt.timedelta(days=age)
        invitation.refresh_from_db()
        for field in ("sent_at", "expires_at", "withdrawn_at"):
            if value := getattr(invitation, field):
                setattr(invitation, field, value - past)
        invitation.save()
        return invitation

    return invite


def run(*args):
    out = io.StringIO()
    call_command("forget_invitations", *args, stdout=out)
    return out.getvalue()


def all_words(council):
    return " ".join(
        f"{event.person} {event.before} {event.after}" for event in council.events.all()
    )


def test_a_name_and_job_title_typed_on_an_invitation_are_erased_with_the_person(
    riverdale, chief, person, invited
):
    user = person(riverdale, "robert", name="Robert Marley")
    invited("robert@riverdale.example", "Bob Marley", job_title="Head of Bob", withdraw=True)
    actions.erase_account(user, by=chief)
    said = all_words(riverdale)
    for trace in ("Bob", "Robert", "Marley", "robert@"):
        assert trace not in said
    assert "Job title removed (editor)" in said
    # A role is not a name, and stays.
    assert "Senior leadership team member (editor)" in said
    stored = Invitation.objects.values_list("name", "email", "job_title").get()
    assert not any("Bob" in value or "robert" in value for value in stored)
    assert verify(riverdale).problems == []


def test_people_who_never_joined_are_forgotten_after_a_time(riverdale, invited):
    invited("carla@example.org", "Carla Coe", age=91, withdraw=True)
    invited("dev@example.org", "Dev Das", age=95)  # expired 92 days ago
    invited("new@example.org", "Nia New", age=10, withdraw=True)
    invited("open@example.org", "Olu Open")
    assert "Would erase 2." in run()
    assert "Carla Coe" in all_words(riverdale)
    assert "Erased 2." in run("--confirm")
    said = all_words(riverdale)
    for trace in ("Carla", "carla@", "Dev Das", "dev@"):
        assert trace not in said
        assert not Invitation.objects.filter(name__contains=trace).exists()
        assert not Invitation.objects.filter(email__contains=trace).exists()
    assert "Nia New" in said
    assert "Olu Open" in said
    assert riverdale.events.filter(kind=CouncilEvent.Kind.PERSON_ERASED).count() == 2
    assert verify(riverdale).problems == []
    assert run("--confirm") == "There is nothing to erase.\n"


def test_all_invitations_to_an_address_are_forgotten_together(riverdale, invited):
    invited("carla@example.org", "Carla Coe", age=91, withdraw=True)
    latest = invited("carla@example.org", "Carla Coe", age=5, withdraw=True)
    assert run("--confirm") == "There is nothing to erase.\n"
    Invitation.objects.filter(pk=latest.pk).update(
        withdrawn_at=timezone.now() - dt.timedelta(days=91)
    )
    assert "Erased 2." in run("--confirm")
    assert "Carla" not in all_words(riverdale)


def test_one_address_is_forgotten_at_once_and_its_link_ends(riverdale, invited):
    invited("carla@example.org", "Carla Coe")
    invited("olu@example.org", "Olu Other")
    assert "Erased 1." in run("--email", "Carla@example.org", "--confirm")
    assert "Carla" not in all_words(riverdale)
    assert Invitation.objects.open().get().name == "Olu Other"
    assert verify(riverdale).problems == []


def test_an_address_with_an_account_is_erased_with_its_person(riverdale, chief, invited):
    invited("ben@example.org", "Ben Bo", age=91, withdraw=True)
    User.objects.create_user(email="ben@example.org", name="Ben Bo")
    assert run("--confirm") == "There is nothing to erase.\n"
    with pytest.raises(CommandError, match="Use erase_person"):
        run("--email", "ben@example.org", "--confirm")
