"""Check-ins: two people answer separately and see both sets of answers when both agree."""

import datetime as dt
import re

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments.data_protection.actions import erase_person
from assessments.development.actions import open_check_in, save_part
from assessments.development.models import CheckIn, CheckInPart
from assessments.development.tasks import send_check_in_offer
from assessments.plans.models import Event, Plan
from councils.belongings import belongings_of
from councils.models import Council, CouncilEvent, User
from tests.acting import error_links, form_on, signed_in, text_of

LIST, NEW = "/development/check-ins/", "/development/check-ins/new/"


@pytest.fixture
def leader(db):
    """In no council, and without a record."""
    return User.objects.create_user(email="leader@example.org", name="Lee Der")


@pytest.fixture
def own(chief, leader):
    return open_check_in(chief, other=leader)


@pytest.fixture
def address(own):
    return reverse("check_in", args=[own.check_in_id])


@pytest.fixture
def mine(chief):
    User.objects.filter(pk=chief.pk).update(digest_frequency="at-once")
    return signed_in(chief)


@pytest.fixture
def theirs(leader):
    return signed_in(leader)


def save(client, address, **changes):
    """`show="yes"` is what the second button sends."""
    return client.post(address, form_on(client.get(address), None) | changes)


def show(client, address, words):
    response = save(client, address, strain=words, show="yes")
    assert response.status_code == 302
    page = text_of(client.get(address))
    assert "Your answers have been saved, and you have chosen to share them." in page
    return page


def take_back(client, address):
    return client.post(f"{address}take-back/", follow=True)


def leave(client, address):
    assert "permanently deleted" in text_of(client.get(f"{address}leave/"))
    assert client.post(f"{address}leave/").url == LIST


# --- Asking and accepting -------------------------------------------------------------------------


def offered(client, email, capture):
    """Ask for a check-in; return the answer's page and the letters that were sent."""
    with capture(execute=True):
        response = client.post(NEW, {"email": email}, follow=True)
    letters, mail.outbox = mail.outbox, []
    return text_of(response), letters


def link_in(letter):
    return re.search(r"http://testserver(/\S+)", letter.body)[1]


def test_one_asks_and_the_other_accepts_by_the_link(
    mine, theirs, leader, chief, django_capture_on_commit_callbacks
):
    page, (letter,) = offered(mine, " Leader@Example.org ", django_capture_on_commit_callbacks)
    assert "If leader@example.org has an account, we have emailed them" in page
    assert leader.name not in page
    assert letter.to == [leader.email]
    assert letter.subject == "Chief has invited you to a check-in in the transition planner"
    assert not CheckIn.objects.exists()
    assert "Chief has invited you to a check-in" in text_of(theirs.get(link_in(letter)))
    assert not CheckIn.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        address = theirs.post(link_in(letter)).url
    (told,) = mail.outbox
    assert told.to == [chief.email]
    assert f"http://testserver{address}" in told.body
    for client, other in ((mine, leader), (theirs, chief)):
        assert f"With {other.name} opened on" in text_of(client.get(LIST))
        assert f"Check-in with {other.name}" in text_of(client.get(address))


def test_accepting_twice_opens_one_check_in(
    mine, theirs, leader, django_capture_on_commit_callbacks
):
    _, (letter,) = offered(mine, leader.email, django_capture_on_commit_callbacks)
    assert theirs.post(link_in(letter)).url == theirs.post(link_in(letter)).url
    assert CheckIn.objects.count() == 1


def test_accepting_and_leaving_again_and_again_does_not_fill_an_inbox(
    mine, theirs, leader, settings, django_capture_on_commit_callbacks
):
    settings.EMAILS_A_DAY = {"sender": 3, "council": 100, "recipient": 100}
    _, (letter,) = offered(mine, leader.email, django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(5):
            address = theirs.post(link_in(letter)).url
            leave(theirs, address)
    assert len(mail.outbox) == 3


def test_the_answer_does_not_show_whether_an_address_has_an_account(
    mine, leader, stranger, django_capture_on_commit_callbacks
):
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    answers = []
    for email, sent in ((leader.email, 1), ("unknown@example.org", 0), (stranger.email, 0)):
        page, letters = offered(mine, email, django_capture_on_commit_callbacks)
        assert len(letters) == sent
        answers.append(page.replace(email, "…"))
        answers.append(text_of(mine.get(LIST)))
    assert len(set(answers[::2])) == 1
    assert len(set(answers[1::2])) == 1


def test_a_link_works_for_its_own_address_and_for_7_days(
    mine, theirs, officer, leader, chief, django_capture_on_commit_callbacks
):
    _, (letter,) = offered(mine, leader.email, django_capture_on_commit_callbacks)
    link = link_in(letter)
    for client in (mine, signed_in(officer)):
        assert client.get(link).status_code == 404
        assert client.post(link).status_code == 404
    for wrong in (link[:-3] + "x/", "/development/check-ins/accept/x/"):
        assert theirs.get(wrong).status_code == 404
    with time_machine.travel(timezone.now() + dt.timedelta(days=8)):
        assert signed_in(leader).get(link).status_code == 404
    User.objects.filter(pk=chief.pk).update(is_active=False)
    assert theirs.get(link).status_code == 404
    assert not CheckIn.objects.exists()


def test_offers_are_limited_for_a_sender_and_for_an_address(
    mine, officer, leader, settings, django_capture_on_commit_callbacks
):
    settings.EMAILS_A_DAY = {"sender": 3, "council": 100, "recipient": 2}
    for _ in range(2):
        _, letters = offered(mine, leader.email, django_capture_on_commit_callbacks)
        assert len(letters) == 1
    response = mine.post(NEW, {"email": leader.email})
    assert response.status_code == 422
    assert f"to {leader.email} today" in error_links(response)[0][0]
    assert signed_in(officer).post(NEW, {"email": leader.email}).status_code == 302
    assert mine.post(NEW, {"email": "another@example.org"}).status_code == 302
    response = mine.post(NEW, {"email": "a-third@example.org"})
    assert response.status_code == 422
    assert "limit of 3 emails" in error_links(response)[0][0]


def test_an_offer_is_sent_by_the_worker_where_one_runs(mine, leader, settings):
    """So that the time of the response does not show whether there is an account."""
    settings.EMAIL_IN_BACKGROUND = True
    assert mine.post(NEW, {"email": leader.email}).status_code == 302
    assert mail.outbox == []
    (queued,) = DBTaskResult.objects.all()
    assert queued.task_path == "assessments.development.tasks.send_check_in_offer"
    assert leader.email not in str(queued.args_kwargs)
    settings.EMAIL_IN_BACKGROUND = False
    send_check_in_offer.call(*queued.args_kwargs["args"])
    (message,) = mail.outbox
    assert message.to == [leader.email]


@pytest.mark.parametrize(
    ("email", "error"),
    [
        ("", "Enter their email address"),
        (
            "leader",
            "Enter an email address in the correct format, like name@example.gov.uk",
        ),
        ("chief@riverdale.example", "This is your own email address. Enter someone else’s"),
    ],
)
def test_an_address_that_cannot_be_used_has_an_error_beside_its_field(mine, email, error):
    response = mine.post(NEW, {"email": email})
    assert response.status_code == 422
    assert error_links(response) == [(error, "id_email")]


def test_two_people_have_one_open_at_a_time_whoever_opens_it(mine, theirs, own, address, leader):
    def again():
        return open_check_in(leader, other=own.person).check_in_id

    assert again() == own.check_in_id
    show(mine, address, "Mine")
    assert again() == own.check_in_id
    show(theirs, address, "Theirs")
    assert again() != own.check_in_id


def test_a_person_who_was_left_alone_can_open_another(own, theirs, address, leader):
    leave(theirs, address)
    assert open_check_in(own.person, other=leader).check_in_id != own.check_in_id


def test_a_person_without_a_record_sees_no_links_into_one(theirs, address):
    page = theirs.get(address).content.decode()
    assert reverse("development_journal") not in page
    assert reverse("check_ins") in page
    assert "check-ins without starting a record" in text_of(theirs.get(reverse("development")))


# --- Before sharing -------------------------------------------------------------------------------


def test_the_other_sees_nothing_before_both_choose_to_share(mine, theirs, own, address):
    """Not whether anything was written, nor the choice to share, nor that it was withdrawn."""

    def seen():
        pages = [theirs.get(place).content for place in (LIST, address, f"{address}leave/")]
        return [re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", page) for page in pages]

    with time_machine.travel(timezone.now(), tick=False):  # pages say how long the session lasts
        before = seen()
        save(mine, address, strain="Pangolin")
        assert seen() == before
        save(mine, address, strain="Pangolin", show="yes")
        assert seen() == before
        take_back(mine, address)
        assert seen() == before
        assert CheckInPart.objects.get(pk=own.pk).strain == "Pangolin"


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
def test_no_query_returns_answers_before_both_have_chosen(own, chief, leader, first, second):
    for person, chooses in ((chief, first), (leader, second)):
        part = CheckInPart.objects.get(check_in=own.check_in, person=person)
        save_part(part, version=1, show=chooses, strain="Words")
    for person, other in ((chief, leader), (leader, chief)):
        seen = [part.person for part in CheckInPart.objects.seen_by(person)]
        assert seen == ([other] if first and second else [])
        assert CheckInPart.objects.of(person).get().is_seen == (first and second)


def test_both_see_both_once_both_have_chosen(
    mine, theirs, address, chief, leader, django_capture_on_commit_callbacks
):
    page = show(mine, address, "Pangolin <b>one</b>")
    assert "You have chosen to share your answers" in page
    with django_capture_on_commit_callbacks(execute=True):
        show(theirs, address, "Ocelot")
    for client, other in ((theirs, chief), (mine, leader)):
        page = text_of(client.get(address))
        assert "Pangolin <b>one</b>" in page
        assert "Ocelot" in page
        assert "You have both chosen to share. The answers can no longer be changed" in page
        assert other.name in page
    (letter,) = mail.outbox
    assert letter.to == [chief.email]
    assert "Ocelot" not in letter.body
    assert address in letter.body


def test_shared_answers_cannot_be_changed(mine, theirs, own, address):
    early = form_on(mine.get(address))
    show(mine, address, "Mine")
    show(theirs, address, "Theirs")
    assert "<textarea" not in mine.get(address).content.decode()
    for version in ("1", "2"):
        late = mine.post(address, early | {"strain": "Other", "version": version})
        assert late.status_code == 409
        assert form_on(late)["strain"].strip() == "Other"
    assert "you can no longer stop sharing" in text_of(take_back(mine, address))
    assert CheckInPart.objects.get(pk=own.pk).strain == "Mine"
    assert "Theirs" in text_of(mine.get(address))


def test_the_choice_to_share_can_be_withdrawn_and_made_again(mine, theirs, own, address):
    show(mine, address, "First")
    assert "You can edit them" in text_of(take_back(mine, address))
    show(theirs, address, "Theirs")
    assert "Theirs" not in text_of(mine.get(address))
    assert "First" not in text_of(theirs.get(address))
    page = show(mine, address, "Second")
    assert "Theirs" in page
    assert "First" not in text_of(theirs.get(address))


def test_a_shared_part_is_not_changed_from_another_window(mine, own, address):
    early = form_on(mine.get(address))
    show(mine, address, "Mine")
    late = mine.post(address, early | {"strain": "Other"})
    assert late.status_code == 409
    assert error_links(late)[0][0].startswith("You chose to share this in another window")
    assert form_on(late)["strain"].strip() == "Other"
    assert CheckInPart.objects.get(pk=own.pk).strain == "Mine"


def test_sharing_twice_is_saved_once(mine, own, address):
    data = form_on(mine.get(address), None) | {"strain": "Mine", "show": "yes"}
    assert [mine.post(address, data).status_code for _ in range(2)] == [302, 302]
    assert CheckInPart.objects.get(pk=own.pk).version == 2


def test_saving_in_two_windows_loses_nothing(mine, own, address):
    early = form_on(mine.get(address))
    save(mine, address, strain="From one window")
    late = mine.post(address, early | {"strain": "From the other"})
    assert late.status_code == 409
    assert "From one window" in text_of(late)
    assert mine.post(address, form_on(late, None)).status_code == 302
    assert CheckInPart.objects.get(pk=own.pk).strain == "From the other"


@pytest.mark.parametrize(
    ("changes", "error", "kept"),
    [
        ({"show": "yes", "strain": " \n "}, "Enter at least one answer before you share", None),
        ({"ahead": "x" * 5_001}, "The answer must be 5,000 characters or fewer", "Kept"),
        ({"ahead": "a\0b"}, "Null characters are not allowed", "Kept"),
        ({"version": "x"}, "This page is out of date", "Kept"),
    ],
)
def test_an_invalid_form_keeps_what_was_typed(mine, own, address, changes, error, kept):
    response = mine.post(address, {"version": "1", "strain": "Kept"} | changes)
    assert response.status_code == 422
    assert any(message.startswith(error) for message, _ in error_links(response))
    assert kept is None or form_on(response)["strain"].strip() == kept
    part = CheckInPart.objects.get(pk=own.pk)
    assert (part.strain, part.shown_at) == ("", None)


# --- Leaving --------------------------------------------------------------------------------------


@pytest.mark.parametrize("was_seen", [False, True])
def test_leaving_deletes_a_persons_own_part(mine, theirs, address, was_seen):
    save(theirs, address, strain="Theirs", **({"show": "yes"} if was_seen else {}))
    show(mine, address, "Mine")
    leave(theirs, address)
    assert theirs.get(address).status_code == 404
    page = text_of(mine.get(address))
    assert "The other person has left" in page
    assert "Mine" in page
    assert "Theirs" not in page
    assert not CheckInPart.objects.filter(strain="Theirs").exists()
    leave(mine, address)
    assert not CheckIn.objects.exists()


def test_erasing_a_person_erases_their_parts(mine, address, chief, officer, leader):
    open_check_in(officer, other=leader)
    show(mine, address, "Mine")
    erase_person(officer, by=chief)
    assert CheckIn.objects.count() == 2
    erase_person(leader, by=chief)
    (check_in,) = CheckIn.objects.all()
    assert [part.person for part in check_in.parts.all()] == [chief]


# --- Who is refused -------------------------------------------------------------------------------


def test_no_one_else_can_open_it(own, address, officer, stranger):
    for other in (officer, stranger):
        client = signed_in(other)
        for place in (address, f"{address}leave/"):
            assert client.get(place).status_code == 404
        for place in (address, f"{address}leave/", f"{address}take-back/"):
            assert client.post(place, {"version": 1, "strain": "X"}).status_code == 404
        assert "With " not in text_of(client.get(LIST))


def test_a_check_in_leaves_no_event_at_a_council(mine, theirs, address, plan, chief):
    before = (Event.objects.count(), CouncilEvent.objects.count())
    show(mine, address, "Mine")
    show(theirs, address, "Theirs")
    leave(theirs, address)
    mine.post(NEW, {"email": "leader@example.org"})
    assert (Event.objects.count(), CouncilEvent.objects.count()) == before


def test_no_relation_leads_to_it_and_it_belongs_to_no_council():
    own = {CheckIn, CheckInPart}
    for model in set(apps.get_models()) - own:
        for relation in model._meta.related_objects:
            assert relation.hidden or relation.related_model not in own, (model, relation)
    assert not own & {*belongings_of(Council), *belongings_of(Plan)}


def test_a_check_in_needs_two_step_sign_in_where_that_is_required(mine, address, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    for place in (LIST, NEW, address, f"{address}leave/"):
        assert reverse("mfa_activate_totp") in mine.get(place).url
