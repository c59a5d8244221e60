"""What the pages and documents of a review round say about what they show, send and remove."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.rounds import documents
from assessments.rounds.actions import (
    add_on_paper,
    ask_by_link,
    close_round,
    finish_answers,
    make_round,
    save_round_answer,
)
from assessments.rounds.results import result_of
from frameworks.models import CoalitionComponent
from tests.acting import signed_in, text_of

pytestmark = pytest.mark.django_db

ROLES = {"officers": ("ada", "bob", "cyd"), "opposition": ("dee", "eve", "fay", "gus")}


@pytest.fixture
def made(plan, chief):
    today = timezone.localdate()
    closes = today + dt.timedelta(days=14)
    return make_round(plan, name="Six weeks", opens=today, closes=closes, by=chief)


@pytest.fixture
def answered(made, chief):
    """Return a function that closes a round in which two roles scored the components `numbers`.

    Every person of the second role gives `more` than those of the first.
    """

    def answer(numbers, more=0):
        components = CoalitionComponent.objects.filter(
            framework=made.plan.components_id, number__in=numbers
        )
        for group, names in ROLES.items():
            for n, name in enumerate(names):
                asked = ask_by_link(
                    made,
                    name=name.title(),
                    email=f"{name}@example.org",
                    group=group,
                    by=chief,
                    link_for=lambda token: "link",
                )
                score = min(2, n) + 1 + (more if group == "opposition" else 0)
                for component in components:
                    save_round_answer(asked, component, version=0, strength=score)
                finish_answers(asked, may_be_named=False)
        close_round(made, by=chief)
        return made

    return answer


def url(made, name="round", *more):
    return reverse(name, args=[made.plan_id, made.pk, *more])


def page_and_print(made, user):
    html = documents.result_html(result_of(made), plan=made.plan, weakest=[])
    return " ".join(text_of(signed_in(user).get(url(made))).split()), " ".join(html.split())


def test_a_comparison_of_roles_speaks_of_the_components_that_show_2_roles(answered, chief):
    for words in page_and_print(answered([1]), chief):
        assert (
            "On the 1 component where at least 2 roles are shown, their means differ by less than "
            "1 point. The other 11 cannot be compared."
        ) in words
        assert "on every component" not in words


def test_a_difference_between_roles_says_how_many_components_cannot_be_compared(answered, chief):
    for words in page_and_print(answered([1, 2], more=2), chief):
        assert "The means of at least 2 roles differ by 1 point or more on" in words
        assert "10 of the 12 components cannot be compared" in words


def test_every_component_is_spoken_of_if_all_show_2_roles(answered, chief):
    for words in page_and_print(answered(range(1, 13)), chief):
        assert (
            "The means of the roles shown differ by less than 1 point on every component" in words
        )
        assert "cannot be compared" not in words


@pytest.mark.parametrize("numbers", [range(1, 13), [1]], ids=["all", "one"])
def test_a_dash_is_explained_where_there_is_one(answered, chief, numbers):
    for words in page_and_print(answered(numbers), chief):
        assert "The numbers of people are in brackets." in words
        assert ("A dash means" in words) == (numbers == [1])
        assert ("A dash under “Difference” means" in words) == (numbers == [1])


def test_removing_a_name_says_that_other_rounds_keep_it(answered, chief):
    made = answered([1])
    respondent = made.respondents.get(name="Ada")
    client = signed_in(chief)
    page = text_of(client.get(url(made, "round_remove", respondent.pk)))
    assert "will be permanently deleted from this round, and from their comments in it" in page
    assert "Any other round that has them keeps them: remove them there too" in page
    page = text_of(client.post(url(made, "round_remove", respondent.pk), follow=True))
    assert "Their name has been removed from this round" in page


def test_what_an_invitation_gives_is_said_before_it_is_sent(made, chief):
    page = text_of(signed_in(chief).get(url(made, "round_ask")))
    assert "It gives your name and email address, Riverdale" in page


def test_answers_from_paper_are_not_called_an_invitation_in_the_history(made, chief):
    add_on_paper(made, name="A", group="leading", by=chief)
    page = text_of(signed_in(chief).get(reverse("plan_history", args=[made.plan_id])))
    words = "began to enter answers from paper in a review round: Six weeks (leading councillors"
    assert words in page
    assert "invited someone" not in page
