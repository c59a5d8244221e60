"""Check-ins: each of two answers alone, and neither learns anything before both choose to show."""

import re

import pytest
from django.apps import apps
from django.core import mail
from django.urls import reverse

from assessments.data_protection.actions import erase_person
from assessments.development.actions import open_check_in, save_part
from assessments.development.models import CheckIn, CheckInPart
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
    return open_check_in(chief, email=leader.email)


@pytest.fixture
def address(own):
    return reverse("check_in", args=[own.check_in_id])


@pytest.fixture
def mine(chief):
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
    return text_of(client.get(address))


def take_back(client, address):
    return client.post(f"{address}take-back/", follow=True)


def leave(client, address):
    assert "for good" in text_of(client.get(f"{address}leave/"))
    assert client.post(f"{address}leave/").url == LIST


# --- Opening one ----------------------------------------------------------------------------------


def test_one_opens_it_and_the_other_is_told_where_it_is(
    mine, theirs, leader, chief, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = mine.post(NEW, {"email": " Leader@Example.org "})
    address = response.url
    (letter,) = mail.outbox
    assert letter.to == [leader.email]
    assert f"http://testserver{address}" in letter.body
    for client, other in ((mine, leader), (theirs, chief)):
        assert f"With {other.name} opened on" in text_of(client.get(LIST))
        assert f"Check-in with {other.name}" in text_of(client.get(address))


@pytest.mark.parametrize(
    ("email", "error"),
    [
        ("", "Enter their e-mail address"),
        ("leader", "Enter a whole e-mail address, like name@example.gov.uk"),
        ("nobody@example.org", "Nobody with this address has an account here. Check it with them."),
    ],
)
def test_an_address_that_does_not_do_is_said_beside_its_box(mine, email, error):
    response = mine.post(NEW, {"email": email})
    assert response.status_code == 422
    assert error_links(response) == [(error, "id_email")]
    assert not CheckIn.objects.exists()


def test_nobody_checks_in_with_themselves(mine, chief):
    response = mine.post(NEW, {"email": chief.email})
    message = "Enter somebody else’s address: this is your own."
    assert error_links(response) == [(message, "id_email")]


def test_whoever_cannot_sign_in_any_more_has_no_account(mine, leader):
    User.objects.filter(pk=leader.pk).update(is_active=False)
    assert mine.post(NEW, {"email": leader.email}).status_code == 422


def test_two_people_have_one_open_at_a_time_whoever_opens_it(mine, theirs, own, address, chief):
    response = theirs.post(NEW, {"email": chief.email})
    assert "already. Finish that first." in error_links(response)[0][0]
    show(mine, address, "Mine")
    assert theirs.post(NEW, {"email": chief.email}).status_code == 422
    show(theirs, address, "Theirs")
    assert theirs.post(NEW, {"email": chief.email}).status_code == 302


def test_whoever_was_left_alone_can_open_the_next(mine, theirs, address, leader):
    leave(theirs, address)
    assert mine.post(NEW, {"email": leader.email}).status_code == 302


def test_whoever_has_no_record_is_not_led_into_one(theirs, address):
    page = theirs.get(address).content.decode()
    assert reverse("development_journal") not in page
    assert reverse("check_ins") in page
    assert "check in with somebody" in text_of(theirs.get(reverse("development")))


# --- Alone ----------------------------------------------------------------------------------------


def test_the_other_learns_nothing_before_both_choose_to_show(mine, theirs, own, address):
    """Nor whether there are words, nor whether the choice was made, nor that it was taken back."""

    def seen():
        pages = [theirs.get(place).content for place in (LIST, address, f"{address}leave/")]
        return [re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", page) for page in pages]

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
def test_no_words_leave_the_database_before_both_have_chosen(own, chief, leader, first, second):
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
    assert "You have chosen to show your part" in page
    with django_capture_on_commit_callbacks(execute=True):
        show(theirs, address, "Ocelot")
    for client, other in ((theirs, chief), (mine, leader)):
        page = text_of(client.get(address))
        assert "Pangolin <b>one</b>" in page
        assert "Ocelot" in page
        assert "You have both chosen to show. Nothing can be changed now" in page
        assert other.name in page
    (letter,) = mail.outbox
    assert letter.to == [chief.email]
    assert "Ocelot" not in letter.body
    assert address in letter.body


def test_what_both_see_stays_as_it_is(mine, theirs, own, address):
    early = form_on(mine.get(address))
    show(mine, address, "Mine")
    show(theirs, address, "Theirs")
    assert "<textarea" not in mine.get(address).content.decode()
    for version in ("1", "2"):
        late = mine.post(address, early | {"strain": "Other", "version": version})
        assert late.status_code == 409
        assert form_on(late)["strain"].strip() == "Other"
    assert "nothing can be taken back now" in text_of(take_back(mine, address))
    assert CheckInPart.objects.get(pk=own.pk).strain == "Mine"
    assert "Theirs" in text_of(mine.get(address))


def test_the_choice_can_be_taken_back_and_made_again(mine, theirs, own, address):
    show(mine, address, "First")
    assert "You can change it" in text_of(take_back(mine, address))
    show(theirs, address, "Theirs")
    assert "Theirs" not in text_of(mine.get(address))
    assert "First" not in text_of(theirs.get(address))
    page = show(mine, address, "Second")
    assert "Theirs" in page
    assert "First" not in text_of(theirs.get(address))


def test_what_is_chosen_to_be_shown_is_not_changed_from_another_window(mine, own, address):
    early = form_on(mine.get(address))
    show(mine, address, "Mine")
    late = mine.post(address, early | {"strain": "Other"})
    assert late.status_code == 409
    assert error_links(late)[0][0].startswith("You have chosen in another window to show this")
    assert form_on(late)["strain"].strip() == "Other"
    assert CheckInPart.objects.get(pk=own.pk).strain == "Mine"


def test_pressed_twice_it_is_chosen_once(mine, own, address):
    data = form_on(mine.get(address), None) | {"strain": "Mine", "show": "yes"}
    assert [mine.post(address, data).status_code for _ in range(2)] == [302, 302]
    assert CheckInPart.objects.get(pk=own.pk).version == 2


def test_two_windows_lose_nothing(mine, own, address):
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
        ({"show": "yes", "strain": " \n "}, "Write something before you show it", None),
        ({"ahead": "x" * 5_001}, "The answer must be 5,000 characters or fewer", "Kept"),
        ({"ahead": "a\0b"}, "Null characters are not allowed.", "Kept"),
        ({"version": "x"}, "This page is out of date", "Kept"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_what_was_typed(
    mine, own, address, changes, error, kept
):
    response = mine.post(address, {"version": "1", "strain": "Kept"} | changes)
    assert response.status_code == 422
    assert any(message.startswith(error) for message, _ in error_links(response))
    assert kept is None or form_on(response)["strain"].strip() == kept
    part = CheckInPart.objects.get(pk=own.pk)
    assert (part.strain, part.shown_at) == ("", None)


# --- Leaving --------------------------------------------------------------------------------------


@pytest.mark.parametrize("was_seen", [False, True])
def test_whoever_leaves_deletes_their_own_part(mine, theirs, address, was_seen):
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
    open_check_in(officer, email=leader.email)
    show(mine, address, "Mine")
    erase_person(officer, by=chief)
    assert CheckIn.objects.count() == 2
    erase_person(leader, by=chief)
    (check_in,) = CheckIn.objects.all()
    assert [part.person for part in check_in.parts.all()] == [chief]


# --- Nobody else ----------------------------------------------------------------------------------


def test_nobody_else_finds_it(own, address, officer, stranger):
    for other in (officer, stranger):
        client = signed_in(other)
        for place in (address, f"{address}leave/"):
            assert client.get(place).status_code == 404
        for place in (address, f"{address}leave/", f"{address}take-back/"):
            assert client.post(place, {"version": 1, "strain": "X"}).status_code == 404
        assert "With " not in text_of(client.get(LIST))


def test_no_trace_of_it_is_left_with_a_council(mine, theirs, address, plan, chief):
    before = (Event.objects.count(), CouncilEvent.objects.count())
    show(mine, address, "Mine")
    show(theirs, address, "Theirs")
    leave(theirs, address)
    mine.post(NEW, {"email": "leader@example.org"})
    assert (Event.objects.count(), CouncilEvent.objects.count()) == before


def test_nothing_leads_to_it_from_a_person_and_it_is_no_councils():
    own = {CheckIn, CheckInPart}
    for model in set(apps.get_models()) - own:
        for relation in model._meta.related_objects:
            assert relation.hidden or relation.related_model not in own, (model, relation)
    assert not own & {*belongings_of(Council), *belongings_of(Plan)}


def test_where_two_step_sign_in_is_required_it_needs_it(mine, address, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    for place in (LIST, NEW, address, f"{address}leave/"):
        assert reverse("mfa_activate_totp") in mine.get(place).url
