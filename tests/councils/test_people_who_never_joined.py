"""Names on invitations: erased with their person, and forgotten for people who never joined."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from assessments.appointments.actions import record_group_notice
from assessments.appointments.models import GroupNotice
from assessments.data_protection.actions import erase_member
from assessments.plans.actions import undo_bulk_change
from assessments.plans.models import BulkChange, EventChange
from councils import actions
from councils.models import Access, CouncilEvent, Invitation, Membership, Office, User
from councils.verification import verify
from tests.acting import answer, fresh, signed_in, text_of
from tests.assessments.data_protection.test_erase_person import bulk_change, where_found

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


def texts_of_changes(item):
    changes = EventChange.objects.filter(event__item=item).order_by("pk")
    return [text for each in changes for text in (each.before, each.after)]


def test_a_name_and_job_title_typed_on_an_invitation_are_erased_with_the_person(
    riverdale, chief, person, invited
):
    user = person(riverdale, "robert", name="Robert Marley")
    invited("robert@riverdale.example", "Bob Marley", job_title="Head of Bob", withdraw=True)
    actions.erase_account(user, by=chief)
    said = all_words(riverdale)
    for trace in ("Bob", "Robert", "Marley", "robert@"):
        assert trace not in said
    assert "Job title removed, Senior leadership team member (editor)" in said
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


def test_the_address_of_a_former_member_is_erased_with_its_person(riverdale, chief, invited):
    invited("ben@example.org", "Ben Bo", age=91, withdraw=True)
    ben = User.objects.create_user(email="ben@example.org", name="Ben Bo")
    place = {"office": Office.SLT_MEMBER, "access": Access.EDITOR, "ended_at": timezone.now()}
    Membership.objects.create(user=ben, council=riverdale, **place)
    assert run("--confirm") == "There is nothing to erase.\n"
    with pytest.raises(CommandError, match="Use erase_person"):
        run("--email", "ben@example.org", "--confirm")


def test_an_account_that_never_joined_makes_no_difference(riverdale, chief, invited):
    """What stays of an invitation would otherwise tell owners who has an account elsewhere."""
    invited("ben@example.org", "Ben Bo", age=91, withdraw=True)
    ben = User.objects.create_user(email="ben@example.org", name="Ben Bo")
    assert "Erased 1." in run("--confirm")
    assert "Ben" not in all_words(riverdale)
    ben.refresh_from_db()
    assert (ben.name, ben.is_active) == ("Ben Bo", True)
    assert verify(riverdale).problems == []


def test_an_owner_erases_a_person_who_never_joined_and_what_was_assigned_to_them(
    riverdale, chief, officer, item, invited
):
    latest = invited("carla@example.org", "Carla Coe", age=91, withdraw=True)
    latest = invited("carla@example.org", "Carla Coe", job_title="Carla’s job")
    invited("olu@example.org", "Olu Other")
    answer(item, chief, owner_name="Carla Coe")
    client, people = signed_in(chief), reverse("council_data_people", args=[riverdale.slug])
    assert text_of(client.get(people)).count("carla@example.org") == 1
    address = reverse("council_data_invitation", args=[riverdale.slug, latest.pk])
    page = text_of(client.get(address))
    assert "Carla Coe" in page
    assert "Their answers stay, with checksums of both" in page
    assert client.post(address).url == people
    assert where_found("Carla") == set()
    assert fresh(item).owner_name.startswith("Removed invitation")
    assert Invitation.objects.open().get().name == "Olu Other"
    assert client.post(address).status_code == 404
    assert verify(riverdale).problems == []


def test_undoing_a_change_to_many_actions_does_not_bring_the_name_back(
    riverdale, chief, plan, invited
):
    latest = invited("carla@example.org", "Carla Coe")
    items = plan.items.all()[3:5]
    to_them = bulk_change(plan, items, chief, owner=None, owner_name="Carla Coe")
    from_them = bulk_change(plan, items, chief, owner=None, owner_name="")
    BulkChange.objects.filter(pk=to_them.pk).update(what="2 actions: owner Carla Coe")
    signed_in(chief).post(reverse("council_data_invitation", args=[riverdale.slug, latest.pk]))
    assert where_found("Carla") == set()
    assert undo_bulk_change(from_them, by=chief) == (2, 0)
    assert where_found("Carla") == set()


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Priya Shah", "anyone@example.org"),
        ("budget is unlawful", "anyone@example.org"),
        ("Priya Shah: the budget is unlawful", "anyone@example.org"),
        ("Someone Else", "51@riverdale.example"),
    ],
)
def test_one_owner_cannot_reword_the_record_with_a_made_up_invitation(
    riverdale, chief, member, item, invited, name, email
):
    member(riverdale, "s151", name="Priya Shah", office=Office.SECTION_151_OFFICER)
    answer(item, chief, note="Priya Shah: the budget is unlawful")
    answer(item, chief, owner_name="Priya Shah")
    before = (all_words(riverdale), texts_of_changes(item))
    made_up = invited(email, name, withdraw=True)
    signed_in(chief).post(reverse("council_data_invitation", args=[riverdale.slug, made_up.pk]))
    about_them = f"Removed invitation {made_up.pk}"
    kept = [event for event in riverdale.events.all() if about_them not in event.person]
    assert " ".join(f"{e.person} {e.before} {e.after}" for e in kept) == before[0]
    assert texts_of_changes(item) == before[1]
    assert fresh(item).owner_name == "Priya Shah"
    assert not Invitation.objects.filter(name=name).exists()
    assert verify(riverdale).problems == []


def test_erasing_one_of_two_people_of_one_name_leaves_what_may_mean_the_other(
    riverdale, chief, member, item
):
    one = member(riverdale, "one", name="Sam Lee")
    member(riverdale, "two", name="Sam Lee")
    answer(item, chief, note="Sam Lee has signed")
    actions.change_name(one, name="Sam Li")
    actions.erase_account(one, by=chief)
    said = all_words(riverdale)
    assert "Sam Lee (two@riverdale.example)" in said
    assert "one@" not in said
    assert "Sam Li" not in said
    assert said.count("Sam Lee") == 1
    assert "Sam Lee has signed" in texts_of_changes(item)
    assert verify(riverdale).problems == []


def test_the_notice_of_a_group_keeps_its_leader_when_an_invitation_of_that_name_is_erased(
    riverdale, chief, invited
):
    notice = record_group_notice(
        council=riverdale,
        kind=GroupNotice.Kind.FORMED,
        group="Oak",
        members=4,
        received_on=timezone.localdate(),
        latest=0,
        leader="Jane Fox",
        by=chief,
    )
    made_up = invited("anyone@example.org", "Jane Fox", withdraw=True)
    signed_in(chief).post(reverse("council_data_invitation", args=[riverdale.slug, made_up.pk]))
    notice.refresh_from_db()
    assert notice.leader == "Jane Fox"


def test_a_name_typed_on_an_invitation_rewords_no_other_text_when_the_person_is_erased(
    riverdale, chief, member, item, invited
):
    """One owner can erase a member who never signed in, and can have typed any name for them."""
    answer(item, chief, note="The budget is unlawful")
    left = member(riverdale, "left", name="Lee Left")
    actions.end_membership(Membership.objects.get(user=left), by=chief)
    invited(left.email, "budget is", withdraw=True)
    erase_member(Membership.objects.select_related("user").get(user=left), by=chief)
    said = all_words(riverdale)
    assert "Lee Left" not in said
    assert "budget is" not in said
    assert "The budget is unlawful" in texts_of_changes(item)
    assert verify(riverdale).problems == []


def test_what_is_to_be_forgotten_stays_if_the_person_has_just_joined(riverdale, chief, invited):
    links = []
    invitation = invited("ivy@riverdale.example", "Ivy Invited")
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=timezone.now() - dt.timedelta(1))
    actions.resend(invitation, by=chief, link_for=lambda token: links.append(token) or "")
    actions.accept(links[0], password="correct horse battery")
    actions.forget_invitation(invitation, by=None)
    invitation.refresh_from_db()
    assert (invitation.name, invitation.erased_at) == ("Ivy Invited", None)
    assert "ivy@riverdale.example" in all_words(riverdale)


def test_two_runs_at_once_forget_an_invitation_once(riverdale, invited):
    invitation = invited("ivy@riverdale.example", "Ivy Invited", withdraw=True)
    for _ in range(2):
        actions.forget_invitation(invitation, by=None)
    assert riverdale.events.filter(kind=CouncilEvent.Kind.PERSON_ERASED).count() == 1
