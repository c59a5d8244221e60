import re

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.urls import reverse

from councils.actions import add_member
from councils.models import Access, Council, CouncilType, Membership, Office, User

pytestmark = pytest.mark.django_db

PASSWORD = "seven brown herons"


@pytest.fixture
def council():
    return Council.objects.create(
        name="Adur District Council",
        slug="adur-district-council",
        type=CouncilType.DISTRICT,
        gss_code="E07000223",
    )


@pytest.fixture
def run(capsys):
    def run(council="adur-district-council", email="ada@adur.example", **options):
        options = {"name": "Ada Okoro", "office": "chief-executive", "access": "owner"} | options
        arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        call_command("add_member", council, email, *arguments)
        return capsys.readouterr().out

    return run


def test_a_real_installation_gets_its_first_owner(client, council, run):
    out = run(email=" Ada@Adur.Example ", job_title="Managing Director")
    assert out.splitlines() == [
        "Ada Okoro (ada@adur.example) added to Adur District Council: Managing Director, owner.",
        "They set a password with “Forgotten your password, or signing in for the first time?” on "
        "the sign-in page.",
    ]
    membership = Membership.objects.get()
    assert membership.council == council
    assert membership.office == Office.CHIEF_EXECUTIVE
    assert membership.access == Access.OWNER
    assert membership.job_title == "Managing Director"
    assert not membership.user.has_usable_password()

    client.post(reverse("account_reset_password"), {"email": "ADA@ADUR.EXAMPLE"})
    link = re.search(r"https?://testserver(/\S+)", mail.outbox[0].body).group(1)
    page = client.get(link, follow=True)
    client.post(
        page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD}, follow=True
    )
    client.post(reverse("account_login"), {"login": "ada@adur.example", "password": PASSWORD})
    html = client.get(reverse("account")).content.decode()
    assert "Adur District Council" in html
    assert "Managing Director" in html


@pytest.mark.parametrize("which", ["adur-district-council", "ADUR-district-council", "e07000223"])
def test_a_council_is_named_by_slug_or_code(council, run, which):
    run(council=which)
    assert Membership.objects.get().council == council


def test_no_one_gets_the_name_of_someone_else_at_the_council(council, run):
    run()
    for name in ("Ada Okoro", "ada  okoro"):
        with pytest.raises(CommandError, match="Someone else at Adur District Council"):
            run(email="other@adur.example", name=name)
    elsewhere = User.objects.create(email="third@adur.example", name="Ada Okoro")
    with pytest.raises(CommandError, match="Someone else"):
        run(email=elsewhere.email, name="Ada Third")  # an account keeps its name
    assert Membership.objects.count() == 1
    assert "Ada Okoro" in run(job_title="Managing Director")


def test_running_it_again_changes_post_and_access_and_nothing_else(council, run):
    run(email="ben@adur.example", name="Ben Hale")  # so that there is still an owner
    run(job_title="Managing Director")
    user = User.objects.get(email="ada@adur.example")
    user.set_password(PASSWORD)
    user.save()
    out = run(email="ADA@adur.example", name="Someone Else", office="slt-member", access="editor")
    assert out.splitlines() == [
        "Ada Okoro (ada@adur.example) now has this role and access at Adur District Council: "
        "Senior leadership team member, editor.",
        "Their account keeps the name Ada Okoro.",
    ]
    membership = Membership.objects.get(user=user)
    assert (membership.office, membership.access) == (Office.SLT_MEMBER, Access.EDITOR)
    assert membership.job_title == ""
    assert membership.user.check_password(PASSWORD)


def test_the_last_owner_cannot_lose_access(council, run):
    run()
    with pytest.raises(CommandError, match="must keep at least one owner"):
        run(access="editor")
    assert Membership.objects.get().access == Access.OWNER


def test_someone_may_belong_to_two_councils(council, run):
    Council.objects.create(name="Worthing Borough Council", slug="worthing", type="district")
    run()
    out = run(council="worthing", name="", access="reviewer")
    assert "added to Worthing Borough Council" in out
    assert User.objects.count() == 1
    assert Membership.objects.get(council__slug="worthing").access == Access.REVIEWER
    assert Membership.objects.get(council=council).access == Access.OWNER


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"council": "nowhere"}, "No council has the slug or GSS code 'nowhere'."),
        ({"email": "ada"}, "Email: Enter a valid email address."),
        ({"email": ""}, "Email: This field cannot be blank."),
        (
            {"name": " "},
            "Name: No one with the address ada@adur.example has an account yet, so enter a name",
        ),
        ({"name": "A" * 121}, "Name: Ensure this value has at most 120 characters"),
        ({"job_title": "A" * 81}, "Job title: Ensure this value has at most 80 characters"),
        ({"office": "mayor"}, "argument --office: invalid choice: 'mayor'"),
        ({"access": "admin"}, "argument --access: invalid choice: 'admin'"),
    ],
)
def test_invalid_input_is_explained_and_changes_nothing(council, run, options, fault):
    with pytest.raises(CommandError, match=re.escape(fault)):
        run(**options)
    assert not User.objects.exists()
    assert not Membership.objects.exists()


def test_no_address_is_stored_with_capitals_for_it_could_not_be_found(db):
    with pytest.raises(IntegrityError):
        User.objects.create(email="Ada@Adur.example", name="Ada Okoro")


def test_a_closed_account_cannot_become_a_member(council, run):
    user = User.objects.create_user(email="ada@adur.example", name="Ada Okoro")
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(CommandError, match=r"account of ada@adur\.example is closed"):
        run()
    assert not Membership.objects.exists()


@pytest.mark.parametrize("wrong", [{"office": "mayor"}, {"access": "admin"}, {"access": ""}])
def test_the_action_itself_knows_offices_and_access(council, wrong):
    good = {"office": Office.MONITORING_OFFICER, "access": Access.EDITOR}
    with pytest.raises(ValidationError):
        add_member(council=council, email="a@adur.example", name="A", **(good | wrong))
    assert not User.objects.exists()


def test_every_change_leaves_an_event(council, run):
    run()
    owner = User.objects.get()
    ben = {"council": council, "email": "ben@adur.example", "name": "Ben Hale", "by": owner}
    post = {"office": Office.MONITORING_OFFICER, "access": Access.EDITOR}
    add_member(**ben, **post)
    add_member(**ben, **post)  # changes nothing, so nothing is said
    add_member(**ben, **post | {"access": Access.REVIEWER})
    said = [(e.by, e.kind, e.person, e.before, e.after) for e in council.events.order_by("pk")]
    who = "Ben Hale (ben@adur.example)"
    assert said == [
        (None, "member-added", "Ada Okoro (ada@adur.example)", "", "Chief executive (owner)"),
        (owner, "member-added", who, "", "Monitoring officer (editor)"),
        (
            owner,
            "member-changed",
            who,
            "Monitoring officer (editor)",
            "Monitoring officer (reviewer)",
        ),
    ]
