"""Moving a council's people to another domain: two operators agree, each person confirms."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from assessments.data_protection.actions import erase_person
from councils.models import (
    MOVE_LIFE,
    AddressChange,
    CouncilEvent,
    DomainMove,
    DomainMovePerson,
    User,
)
from councils.verification import verify
from operate import jobs
from operate.models import OperatorEvent
from tests.acting import browser, by_id, error_links, signed_in, text_of
from tests.assessments.data_protection.test_erase_person import where_found
from tests.conftest import PASSWORD
from tests.councils.test_merge_accounts import stored
from tests.operate.test_operators import operator_named

pytestmark = pytest.mark.django_db

OLD, NEW = "riverdale.example", "newcouncil.example"
DOMAINS = {"old_domain": f"@{OLD.upper()}", "new_domain": NEW}


@pytest.fixture
def ann(person, riverdale):
    return person(riverdale, "ann", name="Ann Archer")


@pytest.fixture
def asked(riverdale, chief, ann, django_capture_on_commit_callbacks):
    """A move that one operator has asked for; returns the operators and the address of the page."""
    olive, oscar = operator_named("olive"), operator_named("oscar")
    url = reverse("operate_domain", args=["riverdale"])
    people = User.objects.filter(memberships__council=riverdale, email__endswith=f"@{OLD}")
    answers = DOMAINS | {"people": list(people.values_list("pk", flat=True))}
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(olive).post(url, answers).status_code == 302
    return olive, oscar, url


@pytest.fixture
def begun(asked, django_capture_on_commit_callbacks):
    _, oscar, url = asked
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(oscar).post(f"{url}agree/").status_code == 302
    return url


def signing_in(user):
    """Sign in with the password and return the browser and where it is led."""
    client = browser()
    answers = {"login": user.email, "password": PASSWORD}
    response = client.post(reverse("account_login"), answers)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client, response.url


def links_in(letters):
    found = {each.to[0]: re.search(r"/email/confirm/\S+", each.body) for each in letters}
    return {to: link and link[0] for to, link in found.items()}


def test_who_would_move_is_shown_first_and_faults_are_said_beside_the_fields(
    riverdale, chief, ann, person, eastmere
):
    client, url = signed_in(operator_named("olive")), reverse("operate_domain", args=["riverdale"])
    outside = person(eastmere, "outside")
    User.objects.create_user(email=f"chief@{NEW}", name="Chief")
    for wrong in ({"new_domain": "new council"}, {"new_domain": OLD}, {"old_domain": ""}):
        page = client.get(url, DOMAINS | wrong)
        assert page.status_code == 422
        assert f"id_{next(iter(wrong))}_error" in by_id(page)
    shown = text_of(client.get(url, DOMAINS))
    assert f"{ann.email} becomes ann@{NEW}" in shown
    assert f"{chief.email} would become chief@{NEW}" in shown
    assert "This address has an account" in shown
    assert outside.email not in shown
    page = client.post(url, DOMAINS | {"people": [chief.pk]})
    assert page.status_code == 422
    assert not DomainMove.objects.exists()
    assert "No address can be moved" in text_of(
        client.get(url, DOMAINS | {"old_domain": NEW + ".uk"})
    )


def test_each_person_confirms_their_own_address_signed_in_from_an_email_to_it(
    begun, ann, chief, riverdale, django_capture_on_commit_callbacks
):
    assert {ann.email, chief.email} <= {each.to[0] for each in mail.outbox}
    assert stored(ann).email == ann.email
    client, led_to = signing_in(ann)
    page = reverse("account_domain_move")
    assert led_to.startswith(f"{page}?next=")
    assert f"ann@{NEW}" in text_of(client.get(led_to))
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(page).url == page
    links = links_in(mail.outbox)
    assert set(links) == {ann.email, f"ann@{NEW}"}
    link = links[f"ann@{NEW}"]
    # Who reads email at a mistyped domain has the link, and gets no further.
    for other in (browser(), signed_in(chief)):
        assert "Sign in to confirm" in text_of(other.get(link))
        assert other.post(link).status_code == 403
    browser().post(links[ann.email])
    assert stored(ann).email == ann.email
    assert "as soon as you confirm it" in text_of(client.get(link))
    assert "has been changed" in text_of(client.post(link))
    assert client.post(link).status_code == 404
    assert stored(ann).email == f"ann@{NEW}"
    assert "You have no new address to confirm" in text_of(client.get(page, follow=True))
    kinds = list(CouncilEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == ["domain-move-begun", "address-changed"]
    people = text_of(signed_in(chief).get(reverse("people", args=[riverdale.slug])))
    assert f"began a move of email addresses, from @{OLD} to @{NEW}" in people
    assert "1 of 2 people have confirmed" in text_of(signed_in(operator_named("o")).get(begun))
    assert verify(riverdale).problems == []
    erase_person(stored(ann), by=chief)
    assert where_found(f"ann@{NEW}", ann.email, "Ann Archer") == set()


def test_a_move_needs_a_second_operator_and_ends_by_itself(
    asked, ann, chief, django_capture_on_commit_callbacks
):
    olive, oscar, url = asked
    signed_in(olive).post(f"{url}agree/")
    signed_in(operator_named("late", days=1)).post(f"{url}agree/")
    assert DomainMove.objects.get().agreed_at is None
    assert signing_in(ann)[1] == "/"
    assert signed_in(olive).post(url, DOMAINS | {"people": [ann.pk]}).status_code == 409
    signed_in(oscar).post(f"{url}agree/")
    client, _ = signing_in(ann)
    client.post(reverse("account_domain_move"))
    assert AddressChange.objects.get().move.user == ann
    signed_in(oscar).post(f"{url}cancel/")
    # What was waiting to be confirmed ends with the move.
    assert not AddressChange.objects.exists()
    assert not DomainMovePerson.objects.exists()
    kinds = OperatorEvent.objects.exclude(council=None).order_by("pk")
    assert list(kinds.values_list("kind", "by")) == [
        ("domain-move-requested", olive.pk),
        ("domain-move-agreed", oscar.pk),
        ("domain-move-cancelled", oscar.pk),
    ]
    assert signed_in(olive).post(url, DOMAINS | {"people": [ann.pk]}).status_code == 302
    with time_machine.travel(timezone.now() + MOVE_LIFE + dt.timedelta(days=1)):
        assert "1 expired request" in jobs.clear_address_requests()
    assert not DomainMovePerson.objects.exists()
    assert not DomainMove.objects.filter(closed_at=None).exists()


def test_a_new_operator_cannot_ask_for_a_move_that_the_one_who_made_them_one_agrees_to(asked, ann):
    _, oscar, url = asked
    late = operator_named("late", days=1)
    DomainMove.objects.update(asked_by=late)
    refused = signed_in(oscar).post(f"{url}agree/", follow=True)
    assert "when they asked for this" in text_of(refused)
    assert DomainMove.objects.get().agreed_at is None
    signed_in(oscar).post(f"{url}cancel/")
    refused = signed_in(late).post(url, DOMAINS | {"people": [ann.pk]})
    assert refused.status_code == 422
    assert "an operator for less than 7 days" in error_links(refused)[0][0]
