"""Inviting a pasted list of people to a round, and answering with scores alone."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from assessments.rounds.actions import ask_member, make_round, save_round_answer
from assessments.rounds.models import Respondent, RoundAnswer, Way
from councils.models import Membership
from frameworks.models import CoalitionComponent
from tests.acting import error_links, form_on, signed_in, text_of

PASTED = "Jo Smith, jo@example.org\nAl Brown\tal@example.org\nKim Lee <Kim@Example.org>\n\n"


@pytest.fixture
def made(plan, chief):
    today = timezone.localdate()
    closes = today + dt.timedelta(days=20)
    return make_round(plan, name="Spring", opens=today, closes=closes, by=chief)


@pytest.fixture
def components(plan):
    return list(CoalitionComponent.objects.filter(framework=plan.components_id))


@pytest.fixture
def place(made, plan, officer, chief):
    membership = Membership.objects.get(user=officer, council=plan.council)
    return ask_member(made, membership=membership, group="officers", by=chief)


def test_a_pasted_list_gets_one_link_each_and_twice_is_once(
    made, chief, django_capture_on_commit_callbacks
):
    client = signed_in(chief)
    address = reverse("round_ask", args=[made.plan_id, made.pk])
    sent = {"pasted-people": PASTED, "pasted-group": "leading", "by_pasted": "1"}
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(address, sent)
        assert answer.status_code == 302
    people = Respondent.objects.filter(way=Way.LINK).order_by("name")
    assert [each.name for each in people] == ["Al Brown", "Jo Smith", "Kim Lee"]
    assert sorted(each.to[0] for each in mail.outbox) == [
        "al@example.org",
        "jo@example.org",
        "kim@example.org",
    ]


def test_a_line_that_cannot_be_read_is_named_and_no_one_is_invited(made, chief):
    address = reverse("round_ask", args=[made.plan_id, made.pk])
    people = "Jo, jo@example.org\nno address\nJoe, jo@example.org\n\u202eoJ, j@example.org"
    sent = {"pasted-people": people, "pasted-group": "leading", "by_pasted": "1"}
    page = signed_in(chief).post(address, sent)
    assert page.status_code == 422
    words = " ".join(words for words, _ in error_links(page))
    assert "Line 2 needs a name" in words
    assert "Line 4 needs a name" in words  # it would read as “Jo”
    assert people in page.content.decode()
    assert not Respondent.objects.exists()


def test_no_email_about_a_round_has_a_web_address_in_place_of_a_name(made, chief, mailoutbox):
    """It would go from the planner to anyone."""
    address = reverse("round_ask", args=[made.plan_id, made.pk])
    name, email = "Sign in at evil.example/login", "jo@example.org"
    one = {"link-name": name, "link-email": email, "link-group": "leading", "by_link": "1"}
    several = {"pasted-people": f"Kim Lee, k@example.org\n{name}, {email}", "by_pasted": "1"}
    for sent in (one, several | {"pasted-group": "leading"}):
        page = signed_in(chief).post(address, sent)
        assert page.status_code == 422
        assert "a name without a web address" in error_links(page)[0][0]
    assert (Respondent.objects.count(), len(mailoutbox)) == (0, 0)


def test_scores_are_given_on_one_page_and_comments_stay(made, place, officer, components):
    save_round_answer(place, components[0], version=0, strength=2, passed=False, learned="Ocelot")
    client = signed_in(officer)
    address = reverse("round_mine", args=[made.plan_id, made.pk])
    assert "?strengths=1" in client.get(address).content.decode()
    data = form_on(client.get(address, {"strengths": "1"}), address)
    assert data["strength-1"] == "2"
    answer = client.post(
        address, data | {"strength-1": "4", "strength-2": "passes", "strengths": "1"}
    )
    assert answer.url == address
    first, second = RoundAnswer.objects.filter(respondent=place).order_by("component__number")
    assert (first.strength, first.passed) == (4, False)
    assert (second.strength, second.passed) == (None, True)
    assert "Ocelot" in [getattr(first, name) for name in RoundAnswer.WORDS]


def test_scores_changed_in_another_window_are_named_and_not_replaced(
    made, place, officer, components
):
    client = signed_in(officer)
    address = reverse("round_mine", args=[made.plan_id, made.pk])
    data = form_on(client.get(address, {"strengths": "1"}), address) | {"strengths": "1"}
    save_round_answer(place, components[0], version=0, strength=2, passed=False)
    page = client.post(address, data | {"strength-1": "5", "strength-3": "3"})
    assert page.status_code == 409
    assert components[0].title in text_of(page)
    assert RoundAnswer.objects.get(component=components[0]).strength == 2
    assert RoundAnswer.objects.get(component=components[2]).strength == 3
    again = client.post(address, form_on(page, address) | {"strengths": "1"})
    assert again.status_code == 302
    assert RoundAnswer.objects.get(component=components[0]).strength == 5
