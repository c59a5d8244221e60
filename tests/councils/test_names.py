"""No one has the name of another person in the record of their council."""

import datetime as dt
import re
import unicodedata

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from assessments.advisers.actions import grant_adviser, record_look, revoke_grant
from assessments.plans.models import AdviserGrant
from councils.actions import NAMES_IN_A_MONTH, end_membership
from councils.models import CouncilEvent, EarlierName, Invitation, Membership, User
from councils.validators import comparable
from operate.actions import stop_access
from tests.acting import browser, error_links, item_url, signed_in, text_of
from tests.operate.test_operators import operator_named

pytestmark = pytest.mark.django_db

INVITED = {"email": "new@riverdale.example", "office": "head-of-hr", "access": "editor"}


@pytest.fixture
def quentin(person, riverdale):
    return person(riverdale, "quentin", name="Quentin Marsh")


def name_of(user):
    return User.objects.values_list("name", flat=True).get(pk=user.pk)


def change(user, name):
    return signed_in(user).post(reverse("account_name"), {"name": name})


def invitation_link(chief, riverdale, capture, **changes):
    with capture(execute=True):
        response = signed_in(chief).post(
            reverse("invite", args=[riverdale.slug]), INVITED | changes
        )
    assert response.status_code == 302, error_links(response)
    return re.search(r"http://testserver(/invitations/[\w-]+/)", mail.outbox[-1].body)[1]


def test_an_adviser_cannot_take_the_name_of_a_member(adviser, chief):
    before = name_of(adviser)
    response = change(adviser, chief.name)
    assert (response.status_code, name_of(adviser)) == (422, before)
    assert "has this name" in error_links(response)[0][0]
    revoke_grant(AdviserGrant.objects.get(adviser=adviser), by=chief)
    assert change(adviser, chief.name).status_code == 302


def test_someone_who_has_left_cannot_take_the_name_of_a_member(quentin, riverdale, chief):
    """Pages show who did what by the name that the person has now."""
    end_membership(Membership.objects.get(user=quentin), by=chief)
    response = change(quentin, chief.name)
    assert response.status_code == 422
    assert "Someone else at Riverdale" in error_links(response)[0][0]
    assert change(quentin, "Quentin Later").status_code == 302
    event = CouncilEvent.objects.get(council=riverdale, kind="name-changed")
    assert (event.before, event.after) == ("Quentin Marsh", "Quentin Later")
    assert str(event) == "Quentin Later changed their name"  # not the address they have now


def test_an_adviser_whose_access_has_ended_cannot_take_the_name_of_a_member(
    adviser, riverdale, chief
):
    grant = AdviserGrant.objects.get(adviser=adviser)
    record_look(grant.pk, what="the plan’s home page")
    revoke_grant(grant, by=chief)
    assert change(adviser, chief.name).status_code == 422
    assert change(adviser, "Ann Later").status_code == 302
    assert CouncilEvent.objects.get(council=riverdale, kind="name-changed").after == "Ann Later"


def test_an_adviser_who_only_sent_a_comment_is_named_by_the_record(
    adviser, riverdale, chief, quentin, plan
):
    """They open no page of the plan, so the access log has nothing of them."""
    address = reverse("step_comments", args=[plan.pk, 13])
    assert signed_in(adviser).post(address, {"text": "Ready?"}).status_code == 302
    grant = AdviserGrant.objects.get(adviser=adviser)
    assert not grant.looks.exists()
    assert change(quentin, name_of(adviser)).status_code == 422
    revoke_grant(grant, by=chief)
    assert change(adviser, chief.name).status_code == 422
    assert change(adviser, "Ann Later").status_code == 302
    assert CouncilEvent.objects.get(council=riverdale, kind="name-changed").after == "Ann Later"


def test_an_operator_does_not_take_the_name_of_a_member_where_they_did_something(riverdale, chief):
    olive = operator_named("olive")
    stop_access(riverdale, reason="A test", by=olive)
    assert change(olive, chief.name).status_code == 422
    assert change(olive, "Olive Later").status_code == 302
    event = CouncilEvent.objects.get(council=riverdale, kind="name-changed")
    assert (event.by, event.before, event.after) == (olive, "Olive", "Olive Later")


def test_a_member_cannot_take_the_name_of_an_adviser_who_has_opened_the_plan(adviser, quentin):
    """Until then nothing tells them who the account belongs to."""
    name = name_of(adviser)
    assert change(quentin, name).status_code == 302
    assert change(quentin, "Quentin Marsh").status_code == 302
    record_look(AdviserGrant.objects.get(adviser=adviser).pk, what="the plan’s home page")
    assert change(quentin, name).status_code == 422


@pytest.mark.parametrize(
    "name",
    [
        "Chr\u0456s Ch\u0456ef",  # Cyrillic
        "Chris Chief\u3164",
        "Chris\u2800Chief",
        "Chris Chief.",
        "Chris  \u115fChief\ufe0f",
        "ChrIs ChIef",
        "\u3164",
        "\u200b \u2800",
        "Syst\u0435m administrator",
        "Qu\u0435ntin",
        "Chr1s Ch\u0131ef",
        "Chris Chief\u0323",  # a letter with a dot below
        "Chris Ch\u1ecbef",
        "\u1d04\u029c\u0280\u026as \u1d04\u029c\u026a\u1d07\ua730",  # small capitals
        "Ch\u027dis Ch\u0268e\u0192",  # of phonetic alphabets
        "Chris Ch|ef",
        "Chr\u1587s Chief",  # a letter of Canadian syllabics in a Latin word
        "\U00010414an",  # a Deseret letter
        "\u09e6lga",  # a Bengali figure
        "\u3007lga",  # a figure of Chinese
        "Removed person 10",
        "Removed invitation 7",
        "Removed respondent 31",
    ],
)
def test_names_that_look_like_another_or_like_nothing_are_refused(quentin, chief, name):
    User.objects.filter(pk=chief.pk).update(name="Chris Chief")
    assert change(quentin, name).status_code == 422
    assert name_of(quentin) == "Quentin Marsh"


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Œuvrard",
        "Seán Ó Briain",
        "Мария Иванова",
        "王 Wei",
        "José Mª",
        "Kaho\u02bbolawe",
        "Anne-Marie D’Arcy (she/her)",
        "B",
    ],
)
def test_other_names_are_accepted(quentin, name):
    assert change(quentin, name).status_code == 302
    assert name_of(quentin) == name


def test_l_and_capital_i_look_alike():
    assert comparable("DanieI") == comparable("Daniel")


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("D\u0251niel", "Daniel"),  # alpha
        ("\u1d05\u1d00\u0274\u026a\u1d07\u029f", "Daniel"),
        ("Da\u0272ie\u026d", "Daniel"),
        ("Dani\u025b\u0142", "Daniel"),
        ("Daniel\u0323\u0336", "Daniel"),
        ("\u0110\u1ea1\u00f1\u00ef\u00e9\u013c", "Daniel"),
        ("Geor\u0261e Mar\ua731h", "George Marsh"),
        ("O\u02bcBrien", "O\u2019Brien"),  # a letter that looks like an apostrophe
        ("\u0152uvrard", "Oeuvrard"),
        ("\u01c0an Cole", "Ian Cole"),
        ("A\u026f\u03cd", "A\u026f\u03c5"),
        ("\u0405\u0430\u04cf", "Sal"),  # all letters are of the other alphabet
        ("\u04c0\u0475\u0443", "Ivy"),
        ("\u03f9\u03b1\u03bf", "Cao"),
        ("\ua4d4\ua4f3\ua4df \ua4f0\ua4e1\ua4e1\ua4f2\ua4e2", "TOM ELLIS"),
        ("\u2ca4\u2c9e\u2ca2\u2c88", "COPE"),
        ("\u0570\u0585\u057d", "hou"),
        ("\u13da\u13aa\u13b7", "SAM"),
    ],
)
def test_names_in_other_shapes_of_letters_look_alike(name, other):
    assert comparable(name) == comparable(other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("\u0915\u093f\u0930\u0928", "\u0915\u0930\u0928"),  # Kiran and Karan
        ("\u304b\u306a", "\u304c\u306a"),  # Kana and Gana
        ("Ann Ash", "Ann Nash"),
    ],
)
def test_other_names_do_not_look_alike(name, other):
    assert comparable(name) != comparable(other)


@pytest.mark.parametrize(
    "unseen",
    [
        *(
            "\u115f",
            "\u1160",
            "\u180b",
            "\u180f",
            "\u2065",
            "\u3164",
            "\uffa0",
            "\ufff0",
            "\U000e0080",
        ),
        *("\u200a", "\u2009", "\u2006", "\u202f", "\u2008"),  # narrow spaces
    ],
)
def test_no_one_takes_a_name_with_something_in_it_that_cannot_be_seen(quentin, chief, unseen):
    User.objects.filter(pk=chief.pk).update(name="Tom Ellis")
    for name in (f"Tom El{unseen}lis", f"Tom{unseen} Ellis", "Torn Ellis"):
        assert "has this name" in error_links(change(quentin, name))[0][0]
    response = change(quentin, f"Sys{unseen}tem administrator")
    assert "used for other entries" in error_links(response)[0][0]
    assert name_of(quentin) == "Quentin Marsh"


@pytest.mark.parametrize("letter", "abcdefghijklmnopqrstuvwxyz")
def test_small_capitals_look_like_their_letter(letter):
    try:
        small = unicodedata.lookup(f"LATIN LETTER SMALL CAPITAL {letter}")
    except KeyError:  # there is none of X
        assert letter == "x"
    else:
        assert comparable(small) == comparable(letter)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("System administrator", "used for other entries"),
        ("removed person 12", "used for other entries"),
        ("\u3164", "can be read"),
        ("Urgent: visit https://evil.example/login", "without a web address"),
        ("Go to WWW.evil.example", "without a web address"),
        ("Urgent: sign in at planner-login.example/a", "without a web address"),
        ("Sign in at x.com", "without a web address"),
        ("Sign in at t.me/planner", "without a web address"),
        ("Sign in at 192.0.2.7", "without a web address"),
        ("Sign in at evil\uff0eexample", "without a web address"),
        ("Write to ann@evil.example", "email address"),
        ("chris chief", "Someone else at Riverdale Borough Council has this name"),
    ],
)
def test_no_one_is_invited_under_such_a_name(chief, riverdale, name, message):
    User.objects.filter(pk=chief.pk).update(name="Chris Chief")
    response = signed_in(chief).post(
        reverse("invite", args=[riverdale.slug]), INVITED | {"name": name}
    )
    assert response.status_code == 422
    assert message in error_links(response)[0][0]
    assert not Invitation.objects.exists()


def test_a_job_title_on_an_invitation_has_no_web_address(chief, riverdale):
    address = reverse("invite", args=[riverdale.slug])
    sent = INVITED | {"name": "Jo Smith", "job_title": "Now at evil.example/login"}
    response = signed_in(chief).post(address, sent)
    assert response.status_code == 422
    assert "a job title without a web address" in error_links(response)[0][0]
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "name", ["J.Smith", "A.B. Clarke-Jones", "Dr. Ann Ash", "Jo O’Hara (Ph.D)"]
)
def test_a_full_stop_makes_no_web_address_of_a_name(quentin, name):
    assert change(quentin, name).status_code == 302


def test_no_one_is_given_access_as_an_adviser_under_such_a_name(chief, plan):
    day = timezone.localdate() + dt.timedelta(days=60)
    answers = {"name": "System administrator", "email": "ada@example.org", "stages": [2]}
    answers |= {"reach": "read", "until-day": day.day, "until-month": day.month}
    answers |= {"until-year": day.year}
    response = signed_in(chief).post(reverse("plan_adviser_new", args=[plan.pk]), answers)
    assert response.status_code == 422
    assert not User.objects.filter(email="ada@example.org").exists()


def test_an_account_that_was_never_used_takes_the_name_on_the_invitation(
    chief, riverdale, their_plan, stranger, django_capture_on_commit_callbacks
):
    """Another council made the account, under whatever name it typed."""
    day = timezone.localdate() + dt.timedelta(days=60)
    grant_adviser(
        their_plan,
        email=INVITED["email"],
        name=chief.name,
        by=stranger,
        stages=[1],
        may_comment=False,
        until=day,
    )
    link = invitation_link(
        chief, riverdale, django_capture_on_commit_callbacks, name="Fiona Newell"
    )
    assert browser().post(link, {"password": "seven brown herons"}).status_code == 302
    joined = CouncilEvent.objects.get(kind="joined")
    assert joined.person == "Fiona Newell (new@riverdale.example)"
    assert User.objects.get(email=INVITED["email"]).name == "Fiona Newell"


def test_an_account_that_was_used_joins_once_its_name_is_not_a_colleagues(
    chief, riverdale, eastmere, person, django_capture_on_commit_callbacks
):
    erin = person(eastmere, "erin", name=chief.name)
    User.objects.filter(pk=erin.pk).update(last_login=timezone.now())
    link = invitation_link(
        chief, riverdale, django_capture_on_commit_callbacks, name="Erin E", email=erin.email
    )
    client = signed_in(erin)
    response = client.post(link)
    assert response.status_code == 409
    assert "Change your name" in text_of(response)
    assert not Membership.objects.filter(user=erin, council=riverdale).exists()
    change(erin, "Erin Eastmere")
    assert client.post(link).status_code == 302
    assert Membership.objects.filter(user=erin, council=riverdale).exists()


def test_no_one_takes_the_name_of_someone_who_has_been_invited(
    chief, riverdale, quentin, django_capture_on_commit_callbacks
):
    capture = django_capture_on_commit_callbacks
    link = invitation_link(chief, riverdale, capture, name="Fiona Newell")
    assert change(quentin, "Fiona Newell").status_code == 422
    again = INVITED | {"name": "fiona newell", "email": "other@riverdale.example"}
    response = signed_in(chief).post(reverse("invite", args=[riverdale.slug]), again)
    assert response.status_code == 422
    assert "withdraw that invitation first" in error_links(response)[0][0]
    with time_machine.travel(timezone.now() + dt.timedelta(days=4)):  # it has expired
        assert change(quentin, "Fiona Newell").status_code == 302
        assert change(quentin, "Quentin Marsh").status_code == 302
    assert browser().post(link, {"password": "seven brown herons"}).status_code == 302


def test_someone_whose_name_a_colleague_has_by_then_cannot_join_under_it(
    chief, riverdale, quentin, django_capture_on_commit_callbacks
):
    """They have no account yet, so they cannot change the name."""
    link = invitation_link(
        chief, riverdale, django_capture_on_commit_callbacks, name="Fiona Newell"
    )
    User.objects.filter(pk=quentin.pk).update(name="Fiona Newell")
    response = browser().post(link, {"password": "seven brown herons"})
    assert response.status_code == 409
    assert "Ask the person who invited you" in text_of(response)
    assert not User.objects.filter(email=INVITED["email"]).exists()
    User.objects.filter(pk=quentin.pk).update(name="Quentin Marsh")
    assert browser().post(link, {"password": "seven brown herons"}).status_code == 302


def test_an_adviser_with_the_name_of_a_member_opens_the_plan_under_another(
    chief, plan, item, person, eastmere
):
    """Nothing tells the owner who grants access what the account is called."""
    erin = person(eastmere, "erin", name=chief.name)
    day = timezone.localdate() + dt.timedelta(days=60)
    scope = {"stages": [1, 2, 3], "may_comment": True, "until": day}
    grant = grant_adviser(plan, email=erin.email, name="Erin", by=chief, **scope)
    client = signed_in(erin)
    for address in (reverse("plan", args=[plan.pk]), item_url(item)):
        response = client.get(address)
        assert response.status_code == 403
        assert "Change your name" in text_of(response)
    # Nor by a download of several plans.
    bundle = {"plans": [plan.pk], "contents": ""}
    assert client.post(reverse("bundle_ask"), bundle).status_code == 403
    assert not grant.looks.exists()
    assert change(erin, "Erin Eastmere").status_code == 302
    assert client.get(reverse("plan", args=[plan.pk])).status_code == 200
    assert grant.looks.exists()


def test_no_one_is_given_access_as_an_adviser_under_the_name_of_a_member(chief, plan):
    day = timezone.localdate() + dt.timedelta(days=60)
    answers = {"name": chief.name, "email": "ada@example.org", "stages": [2], "reach": "read"}
    answers |= {"until-day": day.day, "until-month": day.month, "until-year": day.year}
    response = signed_in(chief).post(reverse("plan_adviser_new", args=[plan.pk]), answers)
    assert response.status_code == 422
    assert "has this name" in error_links(response)[0][0]
    assert not User.objects.filter(email="ada@example.org").exists()


def test_a_name_can_be_changed_a_few_times_in_a_month(quentin):
    """Erasing a person looks for each of their names everywhere; thousands would stop it."""
    for number in range(NAMES_IN_A_MONTH):
        assert change(quentin, f"Quentin {'abcdefgh'[number]}").status_code == 302
    response = change(quentin, "Quentin Last")
    assert response.status_code == 422
    assert "5 times in the last 30 days" in error_links(response)[0][0]
    assert EarlierName.objects.filter(user=quentin).count() == NAMES_IN_A_MONTH
    with time_machine.travel(timezone.now() + dt.timedelta(days=31)):
        assert change(quentin, "Quentin Last").status_code == 302
