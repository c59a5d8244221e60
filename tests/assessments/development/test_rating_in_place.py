"""Rating standards in their list, with and without JavaScript."""

import pytest
from django.urls import reverse

from assessments.development.actions import save_answer, start_record
from assessments.development.models import RatingMark, StandardAnswer
from tests.acting import HTMX, form_on, signed_in, text_of


@pytest.fixture
def record(chief):
    return start_record(chief)


@pytest.fixture
def standard(record):
    return record.standards.select_related("theme", "phase")[0]


@pytest.fixture
def page(standard):
    return reverse("development_cell", args=[standard.theme.number, standard.phase.number])


@pytest.fixture
def address(standard):
    return reverse("development_rate", args=[standard.pk])


def test_a_rating_is_saved_from_the_list_and_returns_to_its_line(chief, standard, page, address):
    client = signed_in(chief)
    sent = form_on(client.get(page), address) | {"rating": "secure"}
    answer = client.post(address, sent)
    assert answer.url == f"{page}#standard-{standard.pk}"
    assert form_on(client.get(page), address) == {"version": "1", "rating": "secure"}
    assert RatingMark.objects.get().rating == "secure"


def test_with_htmx_only_the_line_comes_back_with_the_rest_of_the_answer(
    chief, record, standard, address
):
    save_answer(
        StandardAnswer(record=record, standard=standard, version=0), version=0, evidence="Ocelot"
    )
    client = signed_in(chief)
    answer = client.post(address, {"version": "1", "rating": "begun"}, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert "Ocelot" in text_of(answer)
    assert "Saved" in text_of(answer)
    assert form_on(answer, address) == {"version": "2", "rating": "begun"}


def test_a_stale_or_invalid_rating_saves_nothing_and_says_so(chief, address, subtests):
    client = signed_in(chief)
    client.post(address, {"version": "0", "rating": "secure"})
    for sent, status, words in (
        ({"version": "0", "rating": "not-yet"}, 409, "Changed in another window"),
        ({"version": "1", "rating": "x"}, 422, "Select a rating"),
        ({"rating": "secure"}, 422, "Select a rating"),
    ):
        with subtests.test(str(sent)):
            answer = client.post(address, sent, headers=HTMX)
            assert answer.status_code == status
            assert words in text_of(answer)
            assert form_on(answer, address) == {"version": "1", "rating": "secure"}
            assert words in text_of(client.post(address, sent, follow=True))
    assert StandardAnswer.objects.get().rating == "secure"
