"""A form that creates something takes effect once, however often it is sent."""

from threading import Thread
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from assessments.comments.models import Comment
from assessments.plans.models import PlanItem
from assessments.register.models import EarlyWin
from councils.models import Invitation, SubmittedForm
from tests.acting import HTMX, controls_of, form_on, signed_in, tree_of

pytestmark = pytest.mark.django_db

NEW_PERSON = {
    "name": "Fay Friend",
    "email": "friend@example.org",
    "office": "slt-member",
    "access": "editor",
}


def addresses(plan, step):
    """Yield an address of each form that creates something, what to fill in, and what it makes."""
    number = step.number
    yield (
        reverse("step_comments", args=[plan.pk, number]),
        {"text": "Who chairs it?"},
        Comment.objects,
    )
    yield reverse("item_add", args=[plan.pk, number]), {"title": "Brief the chairs"}, own(plan)
    yield (
        reverse("register_add", args=[plan.pk, "early-win"]),
        {"words": "Bins on time", "day": ("1", "6", "2027")},
        EarlyWin.objects,
    )
    yield reverse("invite", args=[plan.council.slug]), NEW_PERSON, Invitation.objects


def own(plan):
    return PlanItem.objects.filter(plan=plan, source=None)


def filled(page, address, answers):
    """Return what a browser sends: the form of the page, and the token that its rendering has."""
    main = [form for form in tree_of(page).iter("form") if form.get("action") in (None, address)]
    sent = controls_of(main[-1])
    sent["csrfmiddlewaretoken"] = "of one page"
    for name, value in answers.items():
        if isinstance(value, tuple):
            sent |= {f"{name}_{n}": part for n, part in enumerate(value)}
        else:
            sent[name] = value
    return sent


def test_the_same_form_sent_twice_creates_one(chief, plan, item):
    client = signed_in(chief)
    for address, answers, made in addresses(plan, item.step):
        sent = filled(client.get(address), address, answers)
        first = client.post(address, sent)
        assert first.status_code == 302, address
        assert made.count() == 1, address
        second = client.post(address, sent)
        assert second.status_code == 302, address
        assert urlsplit(second.url).path == urlsplit(first.url).path
        assert made.count() == 1, address


def test_the_same_words_from_a_new_page_are_meant(chief, plan, item):
    client = signed_in(chief)
    address = reverse("step_comments", args=[plan.pk, item.step.number])
    for token in ("of one page", "of another"):
        client.post(address, {"text": "Agreed", "csrfmiddlewaretoken": token})
    assert Comment.objects.count() == 2


def test_a_form_changed_after_going_back_is_meant(chief, plan, item):
    client = signed_in(chief)
    address = reverse("step_comments", args=[plan.pk, item.step.number])
    for text in ("Who chairs it?", "And who deputises?"):
        client.post(address, {"text": text, "csrfmiddlewaretoken": "of one page"})
    assert Comment.objects.count() == 2


def test_a_refused_form_can_be_sent_again(chief, plan, item):
    client = signed_in(chief)
    address = reverse("step_comments", args=[plan.pk, item.step.number])
    sent = {"text": "", "csrfmiddlewaretoken": "of one page"}
    assert [client.post(address, sent).status_code for _ in range(2)] == [422, 422]
    assert not SubmittedForm.objects.exists()


def test_a_button_that_changes_the_form_can_be_pressed_twice_and_nothing_is_lost(chief, plan):
    """The browser shows the second answer: a blank page would have lost what was typed."""
    client = signed_in(chief)
    address = reverse("composition_new", args=[plan.council.slug])
    for button in ({"add": "1"}, {"read": "1", "pasted": "Oak 23\nAsh 5"}):
        sent = form_on(client.get(address)) | {"name_1": "Oak and Ash", "members_1": "5"} | button
        sent["csrfmiddlewaretoken"] = "of one page"
        pages = [client.post(address, sent) for _ in range(2)]
        assert [page.status_code for page in pages] == [200, 200]
        assert "Oak" in pages[1].content.decode()
    assert not SubmittedForm.objects.exists()


def test_with_htmx_a_repeat_reloads_the_page(chief, plan, item):
    client = signed_in(chief)
    address = reverse("step_comments", args=[plan.pk, item.step.number])
    sent = {"text": "Agreed", "csrfmiddlewaretoken": "of one page"}
    answers = [client.post(address, sent, headers=HTMX) for _ in range(2)]
    assert Comment.objects.count() == 1
    assert answers[1].headers["HX-Refresh"] == "true"


def test_two_people_can_send_the_same(chief, officer, plan, item):
    address = reverse("step_comments", args=[plan.pk, item.step.number])
    for person in (chief, officer):
        signed_in(person).post(address, {"text": "Agreed", "csrfmiddlewaretoken": "of one page"})
    assert Comment.objects.count() == 2


def test_forms_of_yesterday_are_forgotten(chief, plan, item):
    client = signed_in(chief)
    address = reverse("step_comments", args=[plan.pk, item.step.number])
    with time_machine.travel("2027-05-01"):
        client.post(address, {"text": "One", "csrfmiddlewaretoken": "of one page"})
    with time_machine.travel("2027-05-03"):
        client.force_login(chief)
        client.post(address, {"text": "Two", "csrfmiddlewaretoken": "of one page"})
    assert SubmittedForm.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_create_one(chief, plan, item):
    address = reverse("step_comments", args=[plan.pk, item.step.number])
    sent = {"text": "Agreed", "csrfmiddlewaretoken": "of one page"}
    clients = [signed_in(chief) for _ in range(4)]
    statuses = []

    def press(client):
        try:
            statuses.append(client.post(address, sent).status_code)
        finally:
            connection.close()

    threads = [Thread(target=press, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [302] * 4
    assert Comment.objects.count() == 1
