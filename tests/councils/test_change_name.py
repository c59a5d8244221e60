"""Changing one's own name: what it changes, what the record keeps, and that erasing reaches it."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from assessments.appointments.models import GroupNotice
from assessments.data_protection.actions import erase_person
from assessments.data_protection.traces import traces_of
from assessments.plans.models import EventChange, PlanItem
from councils.actions import change_name, end_membership
from councils.models import CouncilEvent, Membership, User
from councils.verification import verify
from tests.acting import answer, error_links, fresh, signed_in, text_of
from tests.assessments.data_protection.test_erase_person import where_found

pytestmark = pytest.mark.django_db

BEFORE, AFTER = "Quentin Marsh", "Quentin Fenn"


@pytest.fixture
def quentin(person, riverdale):
    return person(riverdale, "quentin", name=BEFORE)


def test_what_was_done_before_is_shown_under_the_new_name(quentin, plan, item):
    """As the page says. What was changed keeps the name of then."""
    answer(item, quentin, owner=Membership.objects.get(user=quentin))
    client = signed_in(quentin)
    told = "It will be shown beside everything you did, also before the change."
    assert told in text_of(client.get(reverse("account_name")))
    client.post(reverse("account_name"), {"name": AFTER})
    history = text_of(client.get(reverse("plan_history", args=[plan.pk])))
    assert f"{AFTER} changed" in history
    assert f"{BEFORE} changed" not in history
    assert f"added: {BEFORE}" in history


def test_a_person_changes_their_name_and_the_council_gets_one_event(quentin, riverdale, chief):
    client = signed_in(quentin)
    assert reverse("account_name") in client.get(reverse("account")).content.decode()
    response = client.post(reverse("account_name"), {"name": f"  {AFTER} "}, follow=True)
    assert "Your name has been changed." in text_of(response)
    assert User.objects.get(pk=quentin.pk).name == AFTER
    event = CouncilEvent.objects.get(kind="name-changed")
    assert (event.by, event.before, event.after) == (quentin, BEFORE, AFTER)
    page = text_of(signed_in(chief).get(reverse("people", args=[riverdale.slug])))
    assert f"{AFTER} ({quentin.email}) changed their name: {BEFORE} changed to" in page
    client.post(reverse("account_name"), {"name": AFTER})
    assert CouncilEvent.objects.filter(kind="name-changed").count() == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Enter your name"),
        ("x" * 121, "must be 120 characters or fewer"),
        ("A\nB", "one line"),
    ],
)
def test_a_name_that_cannot_be_saved_is_explained_at_the_field(quentin, name, message):
    response = signed_in(quentin).post(reverse("account_name"), {"name": name})
    assert response.status_code == 422
    ((words, target),) = error_links(response)
    assert (message in words, target) == (True, "id_name")
    assert User.objects.get(pk=quentin.pk).name == BEFORE


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("chris CHIEF", "Someone else at Riverdale Borough Council has this name"),
        ("Chris \u200bChief", "Someone else at Riverdale Borough Council has this name"),
        ("Chris\u00a0 Ｃhief", "Someone else at Riverdale Borough Council has this name"),
        ("System administrator", "used for other entries"),
        ("removed person 12", "used for other entries"),
    ],
)
def test_no_one_can_take_the_name_of_a_colleague_or_of_the_record(quentin, chief, name, message):
    User.objects.filter(pk=chief.pk).update(name="Chris Chief")
    response = signed_in(quentin).post(reverse("account_name"), {"name": name})
    assert response.status_code == 422
    ((words, target),) = error_links(response)
    assert (message in words, target) == (True, "id_name")
    assert f'value="{name}"' in response.content.decode()
    assert User.objects.get(pk=quentin.pk).name == BEFORE


def test_the_name_of_someone_at_another_council_is_no_secret_told(quentin, person, eastmere):
    """The form must not tell who belongs to a council that the person does not."""
    person(eastmere, "elsewhere", name="Erin Elsewhere")
    response = signed_in(quentin).post(reverse("account_name"), {"name": "Erin Elsewhere"})
    assert response.status_code == 302


def test_the_name_of_a_former_colleague_can_be_used(quentin, person, riverdale, chief):
    former = person(riverdale, "former", name="Fay Former")
    end_membership(Membership.objects.get(user=former), by=chief)
    response = signed_in(quentin).post(reverse("account_name"), {"name": "Fay Former"})
    assert response.status_code == 302


def test_erasing_reaches_the_earlier_name(quentin, plan, item, chief, riverdale):
    second = plan.items.exclude(pk=item.pk).first()
    answer(item, chief, owner_name=BEFORE)
    answer(second, chief, note=f"With {BEFORE} on Monday")
    change_name(quentin, name=AFTER)
    assert [item for item, _ in traces_of(quentin, [riverdale]).mentions] == [second]
    assert len(where_found(BEFORE)) > 3
    erase_person(quentin, by=chief)
    assert where_found(BEFORE, AFTER) == {"assessments.PlanItem.note"}
    assert fresh(item).owner_name == f"Removed person {quentin.pk}"
    assert PlanItem.objects.filter(note__contains=BEFORE).count() == 1
    assert not verify(riverdale).problems


def test_erasing_leaves_what_only_happens_to_be_a_name_that_was_chosen(
    quentin, plan, item, chief, riverdale
):
    """People choose any words. They would be gone from every entry, and a councillor from lists."""
    words = "Not started"
    answer(item, chief, note=f"{words}: ask Ann Ash")
    notice = GroupNotice.objects.create(
        council=riverdale,
        kind="formed",
        group="Oak",
        leader="Councillor Ann Ash",
        members=2,
        received_on=timezone.localdate(),
        recorded_by=chief,
    )
    for name in (words, "Ann Ash", BEFORE):
        change_name(quentin, name=name)
    answer(fresh(item), chief, note=f"{words} yet: ask Ann Ash today")
    said = [event for event in where_said(words, "Ann Ash") if event.event.by == chief]
    assert len(said) == 2
    erase_person(User.objects.get(pk=quentin.pk), by=chief)
    assert [event for event in where_said(words, "Ann Ash") if event.event.by == chief] == said
    notice.refresh_from_db()
    assert notice.leader == "Councillor Ann Ash"
    # The entries about the changes themselves no longer say the names.
    changes = CouncilEvent.objects.filter(kind="name-changed")
    removed = f"Removed person {quentin.pk}"
    assert {(each.before, each.after) for each in changes} == {(removed, removed)}
    assert not verify(riverdale).problems


def test_erasing_reaches_what_was_written_while_a_person_had_a_chosen_name(
    quentin, plan, item, chief, riverdale
):
    answer(item, chief, note="Ruth Novak joins on Monday")  # someone else
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        change_name(quentin, name="Ruth Novak")
        answer(fresh(item), chief, note="With Ruth Novak")
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        erase_person(User.objects.get(pk=quentin.pk), by=chief)
    texts = set(EventChange.objects.filter(event__item=item).values_list("before", "after"))
    assert ("", "Ruth Novak joins on Monday") in texts
    assert all("With Ruth Novak" not in text for pair in texts for text in pair)


def test_a_correction_of_a_name_is_found_also_where_it_was_written_before(
    person, plan, item, chief, riverdale
):
    prya = person(riverdale, "prya", name="Prya Raman")
    answer(item, chief, note="Ask Priya Raman")
    change_name(prya, name="Priya Raman")
    erase_person(User.objects.get(pk=prya.pk), by=chief)
    changes = EventChange.objects.filter(event__item=item, after__contains="Ask")
    assert [each.after for each in changes] == [f"Ask Removed person {prya.pk}"]


def where_said(*phrases):
    found = EventChange.objects.select_related("event").order_by("pk")
    return [each for each in found if all(phrase in each.after for phrase in phrases)]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("joined", "Wil Hay (wil@example.gov.uk) joined"),
        ("name-changed", "Wil Hay (wil@example.gov.uk) changed their name"),
        ("address-asked", "Wil Hay (wil@example.gov.uk) asked to change their email address"),
        ("address-changed", "Wil Hay (wil@example.gov.uk) changed their email address"),
        ("member-added", "Quentin Swift added Wil Hay (wil@example.gov.uk)"),
    ],
)
def test_what_people_do_about_themselves_names_them_once(kind, words):
    by = User(name="Quentin Swift" if kind == "member-added" else "Wil Hay")
    assert str(CouncilEvent(kind=kind, by=by, person="Wil Hay (wil@example.gov.uk)")) == words
