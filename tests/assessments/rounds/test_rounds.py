"""Review rounds: added, answered by link, account or on paper, closed, read and followed up."""

import datetime as dt
import hashlib
import io
import json
import re
import zipfile
from importlib import import_module
from types import SimpleNamespace

import pikepdf
import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from assessments.data_protection.actions import erase_person, purge_plan
from assessments.data_protection.calculations import require_calculable
from assessments.data_protection.council_export import export_council
from assessments.data_protection.council_file import ImportRefused
from assessments.data_protection.council_import import Destination, import_council
from assessments.notices.models import Notice
from assessments.plans.actions import create_plan
from assessments.plans.models import Event
from assessments.rounds import actions, results
from assessments.rounds import documents as exports
from assessments.rounds.actions import (
    RoundRefused,
    add_on_paper,
    ask_by_link,
    ask_member,
    change_round,
    clear_deleted_rounds,
    close_round,
    finish_answers,
    make_item_of,
    make_round,
    open_round,
    remove_respondent,
    save_round_answer,
    take_back_answers,
)
from assessments.rounds.disclosure import is_safe, is_safe_for
from assessments.rounds.forms import RoundForm
from assessments.rounds.marks import names_may_be_one
from assessments.rounds.models import (
    DeletedRound,
    Respondent,
    RespondentGroup,
    Round,
    RoundAnswer,
    suggested_rounds,
)
from assessments.rounds.picture import drawn
from assessments.rounds.results import RoundResult, result_of, results_of
from assessments.versions import StaleVersion
from assessments.words import day_in_words
from councils.actions.addresses import set_address
from councils.actions.people import change_name
from councils.models import Membership, User
from elections.timetable import HandSet, timetable_for
from frameworks.models import CoalitionComponent, Framework, ReflectiveQuestion, Step
from tests.acting import HTMX, browser, by_id, error_links, form_on, signed_in, text_of
from tests.councils.test_merge_accounts import merged

GROUPS = ("officers", "leading", "opposition")


@pytest.fixture
def made(plan, chief):
    today = timezone.localdate()
    return make_round(
        plan, name="Six weeks", opens=today, closes=today + dt.timedelta(days=14), by=chief
    )


@pytest.fixture
def component(plan):
    return CoalitionComponent.objects.get(framework=plan.components_id, number=1)


@pytest.fixture
def asked(made, chief):
    """Invite by link: `asked("ada")` returns the respondent and the path of their link."""

    def ask(name, group="officers", round_=made):
        tokens = []
        respondent = ask_by_link(
            round_,
            name=name.title(),
            email=f"{name.replace(' ', '.')}@example.org",
            group=group,
            by=chief,
            link_for=lambda token: tokens.append(token) or "link",
        )
        return respondent, reverse("review_begin", args=[tokens[0]])

    return ask


def say(respondent, component, strength=3, *, finish=True, named=False, **words):
    save_round_answer(respondent, component, version=0, strength=strength, **words)
    if finish:
        finish_answers(respondent, may_be_named=named)


def url(made, name="round", *more):
    return reverse(name, args=[made.plan_id, made.pk, *more])


def come_by(link):
    client = browser()
    client.post(link)
    return client


# --- Adding, inviting, closing --------------------------------------------------------------------


def test_an_owner_adds_a_suggested_round(chief, plan):
    client = signed_in(chief)
    address = reverse("round_new", args=[plan.pk])
    data = form_on(client.get(address + "?name=Six+weeks"), address)
    assert (data["name"], data["opens-day"], data["opens-month"]) == ("Six weeks", "17", "6")
    response = client.post(address, data)
    made = Round.objects.get()
    assert response.url == url(made)
    assert (made.closes - made.opens).days == 14
    event = plan.events.get(kind=Event.Kind.ROUND_MADE)
    assert (event.by, event.detail) == (chief, "Six weeks")
    again = client.post(address, data)
    assert again.status_code == 422
    assert error_links(again) == [("There is already a round with this name", "id_name")]


def test_a_round_whose_last_day_has_passed_is_not_suggested(chief, plan):
    address = reverse("round_new", args=[plan.pk])
    for day, is_suggested in ((dt.date(2027, 7, 1), True), (dt.date(2027, 7, 2), False)):
        with time_machine.travel(dt.datetime.combine(day, dt.time(11), dt.UTC)):
            page = text_of(signed_in(chief).get(address))
        assert ("Six weeks: 17 June" in page) == is_suggested
        assert "Six months: " in page


def test_a_name_that_another_round_has_just_been_given_is_refused_beside_the_field(
    chief, plan, made, monkeypatch
):
    other = make_round(plan, name="Other", opens=made.opens, closes=made.closes, by=chief)
    address = url(made, "round_change")
    client = signed_in(chief)
    data = form_on(client.get(address)) | {"name": "Other"}
    monkeypatch.setattr(RoundForm, "clean_name", lambda form: form.cleaned_data["name"])
    response = client.post(address, data)
    assert response.status_code == 422
    assert error_links(response) == [("There is already a round with this name", "id_name")]
    assert {made.name, other.name} == set(Round.objects.values_list("name", flat=True))


def test_suggested_rounds_begin_on_the_days_of_the_reviews():
    hand = {"six_month_review": HandSet(dt.date(2027, 11, 1), "Before the budget")}
    timetable = timetable_for(dt.date(2027, 5, 6), set_by_hand=hand)
    assert suggested_rounds(timetable) == [
        ("Six weeks", dt.date(2027, 6, 17), dt.date(2027, 7, 1)),
        ("Six months", dt.date(2027, 11, 1), dt.date(2027, 11, 15)),
        ("Twelve months", dt.date(2028, 5, 5), dt.date(2028, 5, 19)),
    ]


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ((-1, 10), "The first day must be today or later"),
        ((5, 4), "The last day must not be before today or the first day"),
        ((0, 57), "The last day must be no more than 8 weeks after the first day"),
    ],
)
def test_dates_that_make_no_sense_are_refused(chief, plan, days, message):
    opens, closes = (timezone.localdate() + dt.timedelta(days=n) for n in days)
    data = {"version": 0, "name": "A"}
    for name, day in (("opens", opens), ("closes", closes)):
        data |= {f"{name}-{part}": getattr(day, part) for part in ("day", "month", "year")}
    response = signed_in(chief).post(reverse("round_new", args=[plan.pk]), data)
    assert response.status_code == 422
    assert [words for words, _ in error_links(response)] == [message]
    assert not Round.objects.exists()


def test_a_personal_link_is_emailed_without_a_word_about_the_plan(
    chief, made, django_capture_on_commit_callbacks
):
    client = signed_in(chief)
    data = {"link-name": "Ada Byron", "link-email": "Ada@Example.org", "link-group": "leading"}
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url(made, "round_ask"), data | {"by_link": "1"})
    assert response.url == url(made)
    respondent = Respondent.objects.get()
    assert (respondent.email, respondent.group) == ("ada@example.org", "leading")
    [sent] = mail.outbox
    assert sent.to == ["ada@example.org"]
    assert f"/plans/{made.plan_id}" not in sent.body
    link = re.search(r"http://testserver(/review/link/\S+)", sent.body)[1]
    visitor = browser()
    begun = visitor.get(link)
    assert "Ada Byron" in text_of(begun)
    # The page counts no cookies: the form has one of its own, and a link may bring another.
    assert set(visitor.cookies) == {"csrftoken"}
    assert "stores only essential cookies" in text_of(begun)
    assert reverse("cookies") in begun.content.decode()
    # The history says the group and the way, but not the person.
    event = made.plan.events.get(kind=Event.Kind.RESPONDENT_INVITED)
    assert event.detail == "Six weeks (leading councillors, with a personal link)"
    again = client.post(url(made, "round_ask"), data | {"by_link": "1"})
    assert error_links(again) == [
        ("Ada Byron has already been invited to this round", "id_link-email")
    ]
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("fails", [False, True])
def test_members_are_invited_all_or_none_and_twice_is_once(
    chief, officer, reviewer, made, monkeypatch, django_capture_on_commit_callbacks, fails
):
    """A second press of the button, or one that meets an error half-way, invites no one twice."""
    change_name(officer, name="Olive Otter")
    members = Membership.objects.filter(user__in=(officer, reviewer))
    data = {"members-members": [each.pk for each in members], "members-group": "officers"}
    client = signed_in(chief)
    if fails:
        known = actions._is_asked
        found = iter([False, True])  # the second of them is taken for the first
        monkeypatch.setattr(actions, "_is_asked", lambda *args: next(found))
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(url(made, "round_ask"), data | {"by_members": "1"})
        assert response.status_code == 422
        assert (Respondent.objects.count(), mail.outbox) == (0, [])
        monkeypatch.setattr(actions, "_is_asked", known)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(url(made, "round_ask"), data | {"by_members": "1"})
        assert response.url == url(made)
    assert Respondent.objects.count() == Notice.objects.count() == 2
    assert made.plan.events.filter(kind=Event.Kind.RESPONDENT_INVITED).count() == 2


@pytest.mark.parametrize("name", ["Monitoring Officer", "Section 151 Officer", "Sheet 2"])
def test_no_one_is_invited_under_the_name_of_an_office(chief, officer, made, name):
    """Someone else could have the office in a later round."""
    client = signed_in(chief)
    link = {"link-name": name, "link-email": "mo@example.org", "link-group": "officers"}
    refused = client.post(url(made, "round_ask"), link | {"by_link": "1"})
    message = "Enter their first name and surname, not a label or an office"
    assert error_links(refused) == [(message, "id_link-name")]
    assert by_id(refused)["id_link-name"].get("value") == name
    pasted = {"pasted-people": f"Ann Ash, a@example.org\n{name}, mo@example.org"}
    data = pasted | {"pasted-group": "officers", "by_pasted": "1"}
    refused = client.post(url(made, "round_ask"), data)
    assert error_links(refused) == [(f"Line 2: {message}", "id_pasted-people")]
    User.objects.filter(pk=officer.pk).update(name=name)
    members = {"members-members": [Membership.objects.get(user=officer).pk], "by_members": "1"}
    refused = client.post(url(made, "round_ask"), members | {"members-group": "officers"})
    ((told, _),) = error_links(refused)
    assert told.startswith(f"“{name}” is not the name of a person.")
    assert not Respondent.objects.exists()


def test_two_presses_open_or_close_a_round_once(chief, plan):
    today = timezone.localdate()
    made = make_round(
        plan, name="Later", opens=today + dt.timedelta(days=3), closes="2099-01-01", by=chief
    )
    change_round(Round.objects.get(), version=1, by=chief, closes=today + dt.timedelta(days=9))
    for action, kind in ((open_round, "round-opened"), (close_round, "round-closed")):
        for _ in range(2):
            action(made, by=chief)  # as each request read it, before the other and the change
        assert plan.events.filter(kind=kind).count() == 1
    assert Round.objects.get().is_closed


def test_a_round_without_people_has_no_figure_of_answers(chief, made):
    assert "Answers submitted" not in text_of(signed_in(chief).get(url(made)))


def test_members_are_invited_and_answer_when_signed_in(chief, officer, reviewer, made, component):
    change_name(officer, name="Olive Otter")
    member = Membership.objects.get(user=officer)
    data = {"members-members": [member.pk], "members-group": "officers", "by_members": "1"}
    signed_in(chief).post(url(made, "round_ask"), data)
    client = signed_in(officer)
    assert url(made, "round_mine") in client.get(url(made)).content.decode()
    address = url(made, "round_mine_answer", 1)
    data = form_on(client.get(address), address) | {"position": "Well", "strength": "4"}
    assert client.post(address, data | {"next": "1"}).url == url(made, "round_mine_answer", 2)
    answer = RoundAnswer.objects.get()
    assert (answer.position, answer.strength, answer.component) == ("Well", 4, component)
    client.post(url(made, "round_mine"), {"finish": "1", "may_be_named": "1"})
    assert Respondent.objects.get().may_be_named
    # No one else can open these pages. An owner sees that they submitted answers and no more.
    for user in (reviewer, chief):
        assert signed_in(user).get(address).status_code == 404
    page = signed_in(chief).get(url(made))
    assert "Answers submitted: 1 of 1" in text_of(page)
    assert "Well" not in text_of(page)
    assert "Answers submitted" not in text_of(signed_in(officer).get(url(made)))


def test_the_same_person_is_the_same_in_every_round(chief, plan, made, asked):
    today = timezone.localdate()
    second = make_round(plan, name="B", opens=today, closes=today, by=chief)
    for round_ in (made, second):
        for name in ("ada", "bob"):
            finish_answers(asked(name, round_=round_)[0], may_be_named=False)
    with pytest.raises(ValidationError):
        add_on_paper(second, name="ADA", group="wider", by=chief)
    close_round(made, by=chief)
    close_round(second, by=chief)
    first, then = results_of(plan)
    assert [*first.numbers] == [*then.numbers]
    kept = Respondent.objects.order_by("round", "person").values_list("person", flat=True)
    assert [*kept] == [*first.numbers, *then.numbers]


def test_a_round_stays_closed_and_only_submitted_answers_count(chief, made, asked, component):
    people = [asked(name)[0] for name in ("ada", "bob", "cyd", "dee")]
    for person, strength in zip(people[:3], (3, 4, 5), strict=True):
        say(person, component, strength)
    say(people[3], component, 1, finish=False)
    client = signed_in(chief)
    assert "Answers submitted: 3 of 4." in text_of(client.get(url(made, "round_close")))
    client.post(url(made, "round_close"))
    made.refresh_from_db()
    assert (made.is_closed, made.closed_by) == (True, chief)
    result = result_of(made)
    assert (result.finished, result.components[0].measure.strengths) == (3, (3, 4, 5))
    for refused in (
        lambda: say(people[3], component, 5),
        lambda: take_back_answers(people[0]),
        lambda: remove_respondent(people[0], by=chief),
        lambda: change_round(made, version=2, by=chief, closes=timezone.localdate()),
        lambda: asked("eve"),
    ):
        with pytest.raises((RoundRefused, StaleVersion)):
            refused()
    assert client.post(url(made, "round_open")).status_code == 302
    made.refresh_from_db()
    assert made.is_closed


def test_who_closes_a_round_early_reads_what_the_people_invited_were_told(chief, made, asked):
    client, told = signed_in(chief), "We do not email them that it has closed"
    add_on_paper(made, name="Sheet 1", group="officers", by=chief)
    assert told not in text_of(client.get(url(made, "round_close")))
    asked("ada")
    page = text_of(client.get(url(made, "round_close")))
    assert f"were told that they can answer until {day_in_words(made.closes)}" in page
    Round.objects.filter(pk=made.pk).update(closes=timezone.localdate())
    assert told not in text_of(client.get(url(made, "round_close")))
    assert "We do not email people" in text_of(client.get(url(made, "round_change")))


def test_a_round_closes_automatically_after_its_last_day(made, asked, component):
    person, link = asked("ada")
    Round.objects.update(closes=timezone.localdate() - dt.timedelta(days=1), opens="2020-01-01")
    assert "This round has closed" in text_of(browser().post(link))
    made.refresh_from_db()
    with pytest.raises(RoundRefused):
        say(person, component)


# --- The personal link ----------------------------------------------------------------------------


def test_a_link_opens_only_the_respondents_own_answers(made, asked, component):
    _person, link = asked("ada")
    client = browser()
    page = client.get(link)
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert client.get(reverse("review")).status_code == 401  # GET alone does not open it
    assert client.post(link).url == reverse("review")
    token = link.split("/")[-2]
    for address in (reverse("review"), reverse("review_answer", args=[3])):
        page = client.get(address)
        html = page.content.decode()
        assert page.status_code == 200
        assert token not in html
        assert f"/plans/{made.plan_id}/" not in html
        assert reverse("home") not in re.findall(r'href="([^"]*)"', html)
    for address in (url(made), url(made, "round_mine"), made.plan.get_absolute_url()):
        assert client.get(address).status_code == 302
    client.post(reverse("review_leave"))
    assert client.get(reverse("review")).status_code == 401
    assert token not in str(list(Respondent.objects.values()))


def test_a_link_works_on_two_devices_until_it_is_replaced_or_withdrawn(
    chief, made, asked, django_capture_on_commit_callbacks
):
    person, link = asked("ada")
    here, there = come_by(link), come_by(link)
    here.post(reverse("review_answer", args=[1]), {"version": 0, "position": "So far"})
    assert "So far" in text_of(there.get(reverse("review_answer", args=[1])))
    client = signed_in(chief)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url(made, "round_resend", person.pk))
    assert "no longer works" in mail.outbox[-1].body
    assert browser().get(link).status_code == 404
    gone = here.post(reverse("review_answer", args=[2]), {"version": 0, "position": "Two words"})
    assert gone.status_code == 401
    assert "Two words" in text_of(gone)
    assert here.get(reverse("review"), headers=HTMX).status_code == 401
    client.post(url(made, "round_remove", person.pk))
    assert not RoundAnswer.objects.exists()
    assert Respondent.objects.get().token_digest is None


def test_what_is_typed_for_one_link_is_not_saved_for_another_in_the_same_browser(
    plan, chief, made, asked, component
):
    """A councillor of two councils, or someone who helps two councillors, has both links open."""
    today = timezone.localdate()
    other = make_round(plan, name="Other", opens=today, closes=today, by=chief)
    ada, link = asked("ada")
    bob, second = asked("bob", round_=other)
    client = come_by(link)
    address = reverse("review_answer", args=[1])
    page, scores = client.get(address), client.get(reverse("review") + "?strengths=1")
    start = client.get(reverse("review"))
    client.post(second)
    sent = form_on(page, address) | {"position": "For Ada", "strength": "2"}
    for headers in ({}, HTMX):
        refused = client.post(address, sent, headers=headers)
        assert refused.status_code == 401
        assert "another personal link" in text_of(refused).casefold()
    scored = form_on(scores, reverse("review")) | {"strength-1": "2"}
    again = client.post(reverse("review"), scored)
    assert again.status_code == 401
    assert 'name="strength-1" value="2"' in again.content.decode()
    assert client.post(reverse("review"), form_on(start, reverse("review"))).status_code == 401
    bob.refresh_from_db()
    assert (RoundAnswer.objects.count(), bob.has_finished) == (0, False)
    client.post(link)
    assert client.post(address, sent).status_code == 302
    assert RoundAnswer.objects.get().respondent == ada


def test_a_link_is_opened_again_after_someone_signs_in_using_the_same_browser(chief, asked):
    person, link = asked("ada")
    client, address = come_by(link), reverse("review_answer", args=[1])
    sent = form_on(client.get(address), address) | {"position": "Typed before", "strength": "2"}
    client.force_login(chief)
    assert client.get(reverse("review")).status_code == 401
    for headers in ({}, HTMX):
        refused = client.post(address, sent, headers=headers)
        assert refused.status_code == 401
        assert "has signed in using this browser" in text_of(refused)
    assert "Typed before" in text_of(client.post(address, sent))
    assert not RoundAnswer.objects.exists()
    client.post(link)  # a person who signs in may have a link of their own
    assert client.post(address, sent).status_code == 302
    assert RoundAnswer.objects.get().respondent == person


def test_answers_are_saved_as_they_are_given_and_on_two_devices(asked, component):
    _, link = asked("ada")
    client, address = come_by(link), reverse("review_answer", args=[1])
    first = client.post(address, {"version": 0, "position": "One"}, headers=HTMX)
    assert first.status_code == 200
    assert "Saved" in text_of(first)
    client.post(address, {"version": 1, "position": "Two"}, headers=HTMX)
    stale = client.post(address, {"version": 1, "position": "Mine"})
    assert stale.status_code == 409
    assert "How well are we" in text_of(stale).partition("as saved")[0]
    assert "Two" in text_of(stale)
    assert form_on(stale, address)["position"] == "Mine"
    fragment = client.post(address, {"version": 1, "position": "Mine"}, headers=HTMX)
    assert fragment.status_code == 409
    assert RoundAnswer.objects.get().position == "Two"
    client.post(address, {"version": 1, "position": "Mine", "overwrite": "2"})
    assert RoundAnswer.objects.get().position == "Mine"
    wrong = client.post(address, {"version": 3, "strength": "6", "learned": "x" * 5001})
    assert wrong.status_code == 422
    assert len(error_links(wrong)) == 2
    client.post(address, {"version": 3, "position": "Mine", "strength": "passes"})
    answer = RoundAnswer.objects.get()
    assert (answer.passed, answer.strength, answer.position) == (True, None, "Mine")


def test_submitted_answers_can_be_reopened(asked, component):
    _person, link = asked("ada")
    client, address = come_by(link), reverse("review_answer", args=[1])
    client.post(reverse("review"), {"finish": "1"})
    refused = client.post(address, {"version": 0, "position": "Late"})
    assert refused.status_code == 409
    assert "Reopen" in text_of(refused)
    client.post(reverse("review"), {"take_back": "1"})
    assert client.post(address, {"version": 0, "position": "Late"}).status_code == 302


def test_only_the_person_who_enters_answers_from_paper_reads_them(chief, officer, reviewer, made):
    change_name(officer, name="Olive Otter")
    client = signed_in(officer)
    assert signed_in(reviewer).get(url(made, "round_paper_new")).status_code == 403
    response = client.post(url(made, "round_paper_new"), {"name": "Una Umber", "group": "wider"})
    paper = Respondent.objects.get()
    assert response.url == url(made, "round_paper", paper.pk)
    answer = url(made, "round_paper_answer", paper.pk, 12)
    page = client.get(response.url).content.decode()
    assert "Your views" not in page
    assert "<title>Answers from paper, " in page
    client.post(answer, {"version": 0, "position": "On paper", "strength": "2"})
    assert RoundAnswer.objects.get().component.number == 12
    assert signed_in(chief).get(answer).status_code == 404
    # The answers and the name are those of someone else.
    submitted = text_of(client.post(response.url, {"finish": 1, "may_be_named": 1}, follow=True))
    assert "Their name can be shown beside their comments." in submitted
    assert "Reopen these answers" in submitted
    assert "Reopen these answers to change them" in text_of(client.get(answer))
    close_round(made, by=chief)
    ended = text_of(client.get(response.url))
    assert "These answers are part of the result." in ended
    for page in (submitted, ended):
        assert not re.search(r"\b([Yy]our|my) (name|answers)\b", page)


def test_rounds_and_the_people_in_them_are_limited(chief, officer, plan, made, monkeypatch):
    """What was typed stays on the page."""
    change_name(officer, name="Olive Otter")
    change_name(chief, name="Clare Cole")
    monkeypatch.setattr(actions, "ROUNDS_MAX", 1)
    monkeypatch.setattr(actions, "RESPONDENTS_MAX", 1)
    client = signed_in(chief)
    address = reverse("round_new", args=[plan.pk])
    data = form_on(client.get(address + "?name=Six+months"), address)
    refused = client.post(address, data)
    assert refused.status_code == 422
    assert "A plan can have up to 1 review rounds" in text_of(refused)
    assert form_on(refused, address)["name"] == "Six months"
    first, second = ({"name": f"Una {n}", "group": "wider"} for n in ("Ash", "Bay"))
    assert client.post(url(made, "round_paper_new"), first).status_code == 302
    message = "A round can have up to 1 people, removed ones included"
    refused = client.post(url(made, "round_paper_new"), second)
    assert error_links(refused) == [(message, "id_name")]
    person = {"name": "Ada Byron", "email": "ada@example.org", "group": "wider"}
    links = {f"link-{name}": value for name, value in person.items()} | {"by_link": "1"}
    pasted = {
        "pasted-people": "Ada Byron\tada@example.org",
        "pasted-group": "wider",
        "by_pasted": "1",
    }
    member = Membership.objects.get(user=officer).pk
    members = {"members-members": [member], "members-group": "wider", "by_members": "1"}
    for data, place in (
        (links, "id_link-email"),
        (pasted, "id_pasted-people"),
        (members, "id_members-members_0"),
    ):
        refused = client.post(url(made, "round_ask"), data)
        assert error_links(refused) == [(message, place)]
    assert (Round.objects.count(), Respondent.objects.count()) == (1, 1)


# --- The result -----------------------------------------------------------------------------------


@pytest.fixture
def following(riverdale, plan, chief):
    """The council's next plan, whose rounds have the same people."""
    return create_plan(council=riverdale, by=chief, election_day=dt.date(2028, 5, 4))


@pytest.fixture
def closed(chief, made, asked, component):
    """Three officers, three leading councillors and one of the opposition; Ada may be named."""
    people = ("ada", "bob", "cyd"), ("dee", "eve", "fay"), ("gus",)
    for group, names in zip(GROUPS, people, strict=True):
        for n, name in enumerate(names):
            person, _ = asked(name, group)
            named = name == "ada"
            words = {"position": f"Words of {name}", "to_do": f"Deed of {name}"}
            say(person, component, n + 2 + (group == "leading"), named=named, **words)
    close_round(made, by=chief)
    return made


@pytest.mark.parametrize(
    "disclosure",
    [
        *({"1": {}}, {"1": 5}, 5, {"1": {"total": [99], "groups": {}}}, {"1": {"total": 5}}),
        *(
            {
                "1": {"total": [1, 2, 3], "groups": {}, "words": True, "names": True, "labels": []}
                | {"without_range": wrong}
            }
            for wrong in (["officers"], 5, [[]])
        ),
        *(
            {number: {"total": total, "groups": groups, "words": True, "names": True, "labels": []}}
            for number, total, groups in (
                ("1", [1], {}),
                ("1", [1, 2, 3, 4], {"officers": [1]}),
                ("1", [1, 2, 3], {"officers": [2, 3, 4]}),
                ("1", [1, 1, 1], {}),
                ("1", [1, 2, 3], {"wrong": [1, 2, 3]}),
                ("2", [1, 2, 3], {}),  # no one gave it a score
            )
        ),
    ],
)
def test_an_import_whose_rounds_show_what_they_cannot_is_refused(closed, disclosure):
    require_calculable(closed.plan.council)
    Round.objects.filter(pk=closed.pk).update(disclosure=disclosure)
    with pytest.raises(ValueError, match="does not fit its respondents"):
        require_calculable(closed.plan.council)


def test_the_result_does_not_show_small_groups(reviewer, closed):
    response = signed_in(reviewer).get(url(closed))
    html = response.content.decode()
    assert "7 of 7 answered" in text_of(response)
    assert "A wide bar runs from the lowest score to the highest." in text_of(response)
    # With two groups of three, what is left of seven is one person: only one group is shown.
    first = result_of(closed).components[0]
    assert [name for name, _ in first.groups] == ["Leading councillors"]
    assert "Opposition" not in html
    assert html.count("Words of") == 7
    assert html.count("No comments.") == 11
    said = dict(first.said)
    by = {each.words: each.by for each in next(iter(said.values()))}
    assert by["Words of ada"] == "Ada"
    assert by["Words of gus"] == by["Words of bob"] == ""
    # Primary keys would show which answers were given one after the other.
    for reference in re.findall(r"/items/([^/]+)/", html):
        assert re.fullmatch("[0-9a-f-]{36}", reference)
    assert "fay@example.org" not in html


def test_nothing_is_shown_if_two_people_answered(chief, made, asked, component):
    for name in ("ada", "bob"):
        say(asked(name)[0], component, 5, named=True, position=f"Words of {name}")
    close_round(made, by=chief)
    page = text_of(signed_in(chief).get(url(made)))
    assert "Fewer than 3 people answered" in page
    assert "Words of" not in page
    assert "Words of" not in exports.result_html(result_of(made), plan=made.plan, weakest=[])


def test_scores_of_too_few_people_and_of_people_who_agree_look_the_same(
    chief, made, asked, component
):
    # Who knows that three people scored it would know that they agree.
    other = CoalitionComponent.objects.get(framework=component.framework_id, number=2)
    for name in ("ada", "bob", "cyd"):
        person, _ = asked(name)
        answer = {"strength": 4, "passed": False}
        if name != "cyd":
            save_round_answer(person, other, version=0, **answer)
        say(person, component, 4)
    close_round(made, by=chief)
    result = result_of(made)
    strips = drawn(result)["strips"][:2]
    assert [each.shown.answered for each, _ in strips] == [3, 2]
    html = render_to_string("assessments/rounds/_components.html", {"strips": strips})
    rows = [re.sub(r".*</th>|</tr>.*", "", row, flags=re.DOTALL) for row in html.split("<tr>")[2:]]
    assert rows[0] == rows[1]
    printed = exports.result_html(result, plan=made.plan, weakest=[])
    assert printed.count("Not shown, to protect confidentiality") == 12


def test_one_leaver_between_two_rounds_stays_unknown(chief, plan, closed, asked, component):
    today = timezone.localdate()
    second = make_round(plan, name="Six months", opens=today, closes=today, by=chief)
    for n, name in enumerate(("ada", "bob", "cyd")):
        say(asked(name, "officers", second)[0], component, 2 + n)
    for n, name in enumerate(("dee", "eve", "fay")):
        say(asked(name, "leading", second)[0], component, 3 + n)
    close_round(second, by=chief)
    shown = result_of(second).components[0].shown
    assert (shown.answered, shown.left_out) == (6, 3)
    page = signed_in(chief).get(reverse("rounds_compare", args=[plan.pk]))
    assert "3 answers, 3 left out" in text_of(page)


def test_who_is_left_out_cannot_be_worked_out_from_the_order_of_the_invitations(
    chief, plan, closed, asked, component, settings, monkeypatch, draw
):
    second = make_round(plan, name="B", opens=closed.opens, closes=closed.closes, by=chief)
    for n, name in enumerate(("ada", "bob", "cyd", "dee", "eve", "fay")):
        say(asked(name, "officers", second)[0], component, 2 + n % 3)
    close_round(second, by=chief)
    monkeypatch.setattr(results, "_lot", draw)
    chosen = set()
    for number in range(20):
        settings.SECRET_KEY = f"{number}" * 40
        Round.objects.filter(pk=second.pk).update(disclosure=None)
        chosen.add(result_of(second).components[0].shown.sets.total)
    assert len(chosen) > 1


def test_only_advisers_with_the_whole_plan_can_read_results(adviser, partial_adviser, closed):
    for name in ("rounds", "rounds_compare"):
        address = reverse(name, args=[closed.plan_id])
        assert signed_in(adviser).get(address).status_code == 200
        assert signed_in(partial_adviser).get(address).status_code == 404
    assert signed_in(adviser).get(url(closed)).status_code == 200
    assert signed_in(partial_adviser).get(url(closed)).status_code == 404


def test_an_answer_becomes_one_item_with_links_both_ways(officer, reviewer, closed):
    answer = RoundAnswer.objects.get(to_do="Deed of gus")
    address = url(closed, "round_make_item", answer.reference)
    client = signed_in(officer)
    assert address in client.get(url(closed)).content.decode()
    assert signed_in(reviewer).get(address).status_code == 403
    data = form_on(client.get(address))
    assert data["title"] == "Deed of gus"
    step = Step.objects.get(pk=data["step"])
    assert answer.component.step_links.filter(step=step).exists()
    client.post(address, data)
    again = client.post(address, data | {"title": "Deed in other words"})
    assert again.status_code == 409
    assert "“Deed of gus” has already been added from this answer." in text_of(again)
    assert form_on(again)["title"] == "Deed in other words"
    item = closed.plan.items.get(title="Deed of gus")
    page = client.get(reverse("plan_step", args=[closed.plan_id, item.step.number]))
    assert "From a review round: Six weeks, component 1" in text_of(page)
    assert "Gus" not in text_of(page)
    assert f"Action in step {item.step.number}" in text_of(client.get(url(closed)))


def test_the_data_export_has_results_but_no_ones_answers(chief, closed, plan, made):
    file = io.BytesIO()
    export_council(plan.council, file, pdfs=False)
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    (component, *_) = json.loads(files[f"rounds/{closed.pk}.json"])["components"]
    assert list(component["groups"]) == ["Leading councillors"]
    rows = json.loads(files["data/round-respondents.json"])
    assert len(rows) == 7
    assert not {"token_digest", "may_be_named"} & rows[0].keys()
    for name, content in files.items():
        assert "Words of" not in content or name.startswith("rounds/")
    assert "What each person answered in a review round is left out." in files["README.txt"]
    page = signed_in(chief).get(reverse("council_data_export", args=[plan.council.slug]))
    assert "does not say what each person answered in a review round" in text_of(page)


def test_an_open_round_is_not_in_the_data_export(made, asked, component, plan):
    for name in ("ada", "bob", "cyd"):
        say(asked(name)[0], component, 5, position="Not yet for anyone")
    file = io.BytesIO()
    export_council(plan.council, file, pdfs=False)
    with zipfile.ZipFile(file) as archive:
        assert not [name for name in archive.namelist() if name.startswith("rounds/")]
        assert not any(b"Not yet for" in archive.read(name) for name in archive.namelist())


def test_a_name_can_be_removed_and_the_comments_stay(chief, officer, closed, component):
    ada = Respondent.objects.get(name="Ada")
    for _ in range(2):
        signed_in(chief).post(url(closed, "round_remove", ada.pk))
    event = closed.plan.events.get(kind="respondent-unnamed")
    assert (event.by, "Ada" in event.detail) == (chief, False)
    ada.refresh_from_db()
    assert (ada.label, ada.email) == (f"Removed respondent {ada.pk}", "")
    page = text_of(signed_in(chief).get(url(closed)))
    assert "Words of ada" in page
    assert "Ada" not in page


def test_a_plan_with_rounds_can_be_purged(chief, officer, closed):
    answer = RoundAnswer.objects.get(to_do="Deed of gus")
    step = Step.objects.get(framework=closed.plan.transition_id, number=21)
    make_item_of(answer, step, title="Deed", by=officer)
    purge_plan(closed.plan, by=chief)
    assert not RoundAnswer.objects.exists()


# --- On paper -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["round_pdf", "rounds_exercise"])
def test_pdfs_are_sent_and_recorded(reviewer, closed, name):
    args = [closed.plan_id, closed.pk] if name == "round_pdf" else [closed.plan_id]
    response = signed_in(reviewer).post(reverse(name, args=args))
    assert response.status_code == 200
    assert response.content.startswith(b"%PDF")
    assert closed.plan.events.filter(kind=Event.Kind.PLAN_EXPORTED, by=reviewer).count() == 1


def test_a_blank_sheet_asks_for_a_role_as_the_pages_do_and_not_for_a_political_group(plan):
    sheet = exports.exercise_html(plan, [CoalitionComponent.objects.first()], [])
    assert "Role in relation to the administration:" in sheet
    assert [label for label in RespondentGroup.labels if label not in sheet] == []
    assert "Group:" not in sheet
    # Someone else enters it and says whether its writer agreed to be named.
    assert "My name can be shown beside my comments" in sheet
    assert "The person who enters this sheet in the planner can read it." in sheet


def test_pages_of_a_round_say_role_where_no_political_group_is_meant(chief, made, asked, component):
    """Groups, in a plan, are political groups; no respondent is asked for theirs."""
    _, link = asked("ada", group=RespondentGroup.OPPOSITION)
    client = browser()
    begun = text_of(client.get(link))
    answers = text_of(client.post(link, follow=True))
    assert "What people in one role answered, such as opposition councillors, is shown" in begun
    assert "only your role is shown (opposition councillors)" in answers
    owner = signed_in(chief)
    about = text_of(owner.get(reverse("rounds", args=[made.plan_id])))
    assert "before the round closes, except those that they enter from paper" in about
    invites = text_of(owner.get(reverse("round_ask", args=[made.plan_id, made.pk])))
    assert "What people in one role answered is shown separately only if" in invites
    assert "views of people in one role separately" in text_of(owner.get(url(made)))
    for page in (begun, answers, invites):
        assert not re.search(r"\b(your|their) group\b|A group’s|Groups of", page)


def test_the_printed_result_shows_no_more_than_the_page(closed):
    html = exports.result_html(result_of(closed), plan=closed.plan, weakest=[])
    assert "Opposition" not in html
    assert html.count("Words of") == 7
    assert "No comments on components 2 to 12." in html
    assert html.count("<svg") == 2  # the scale, and the one component that has scores
    assert "The lowest-scoring components, of those shown" in html
    assert "Where people in different roles see it differently" in html


@pytest.mark.parametrize(
    ("means", "numbers"),
    [
        ([3.4, 4.4, 3.1, 3.6, 3.6, None], [3, 1, 4, 5]),
        ([2.0, 2.0, 2.5, 3.0, 4.0, 4.0], [1, 2, 3]),
        ([None, 3.0, None, 2.9, None, None], [4, 2]),
        ([None] * 6, []),
    ],
)
def test_the_lowest_scoring_components_are_3_and_any_with_the_same_mean(means, numbers):
    components = [
        SimpleNamespace(number=n, measure=None if mean is None else SimpleNamespace(mean=mean))
        for n, mean in enumerate(means, 1)
    ]
    weakest = RoundResult.weakest.fget(SimpleNamespace(components=components))
    assert [each.number for each in weakest] == numbers


def test_a_pdf_name_is_plain_whatever_the_round_is_called(chief, closed):
    Round.objects.update(name='Six weeks – Zoë’s "x"; filename*=evil.html')
    response = signed_in(chief).post(reverse("round_pdf", args=[closed.plan_id, closed.pk]))
    words = "review round Six weeks Zoes x filename evil html"
    name = f"Riverdale Borough Council {words} OFFICIAL-SENSITIVE {timezone.localdate()}.pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_line_between_two_means_is_explained(chief, riverdale, asked, component):
    """Where no range is shown, a reader could take that line for the bar of the range."""
    today = timezone.localdate()
    plan = create_plan(council=riverdale, by=chief, election_day=dt.date(2031, 5, 1))
    pages = []
    for number in (1, 2):
        round_ = make_round(plan, name=f"Round {number}", opens=today, closes=today, by=chief)
        for name, score in {"ann": 3, "bea": 4, "cat": 5}.items():
            say(asked(name, round_=round_)[0], component, score - number)
        close_round(round_, by=chief)
        address = reverse("round", args=[plan.pk, round_.pk])
        pages.append(text_of(signed_in(chief).get(address)))
    first, second = pages
    assert "The lowest and highest scores are not shown" in first
    assert "A wide bar" not in first
    assert "line between the two dots" not in first
    assert "and the line between the two dots is the change." in second


def test_every_figure_of_the_printed_result_has_a_text_alternative(chief, closed):
    response = signed_in(chief).post(reverse("round_pdf", args=[closed.plan_id, closed.pk]))
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        figures = [
            each
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
        ]
        assert len(figures) == 2
        assert all(str(figure.get("/Alt", "")) for figure in figures)


def test_the_links_that_one_person_sends_are_limited(settings, chief, made):
    settings.EMAILS_A_DAY = {"sender": 2, "council": 100, "recipient": 100}
    client = signed_in(chief)
    address = reverse("round_ask", args=[made.plan_id, made.pk])

    def ask(name):
        answers = {"link-name": f"{name} Ash", "link-email": f"{name}@example.org"}
        return client.post(address, answers | {"link-group": "officers", "by_link": ""})

    assert [ask(name).status_code for name in ("ada", "bea", "cleo")] == [302, 302, 422]
    refused = ask("cleo")
    assert "today’s limit of 2 emails" in text_of(refused)
    assert 'value="cleo Ash"' in refused.content.decode()
    assert not Respondent.objects.filter(name="cleo Ash").exists()
    ada = Respondent.objects.get(name="ada Ash")
    earlier = ada.token_digest
    client.post(reverse("round_resend", args=[made.plan_id, made.pk, ada.pk]))
    ada.refresh_from_db()
    assert ada.token_digest == earlier, "the link that they have works on"


# --- Who knows which answers ----------------------------------------------------------------------


def test_an_owner_who_enters_answers_from_paper_does_not_learn_the_only_other_one(
    chief, made, asked, component
):
    """Of three answers the owner knows two: their own and the one they entered."""
    me = ask_member(made, membership=Membership.objects.get(user=chief), group="officers", by=chief)
    paper = add_on_paper(made, name="Pat", group="officers", by=chief)
    for respondent in (me, paper, asked("ada", "opposition")[0]):
        say(respondent, component, 3, position=f"Words of {respondent.label}")
    close_round(made, by=chief)
    first = result_of(made).components[0]
    assert first.shown.measure is None
    assert (first.said, first.has_kept_back_words) == ((), True)
    page = text_of(signed_in(chief).get(url(made)))
    assert "Words of" not in page


@pytest.mark.parametrize("way", ["address", "merge", "stand-in", "name", "member"])
def test_who_entered_answers_from_paper_is_known_after_a_change_of_account(
    way, chief, officer, person, riverdale, made, asked, component
):
    """If not, a result that was kept back from them would be shown, and reveal the only other."""
    if way == "name":
        me, _ = asked(chief.name.lower())  # at a private address
    elif way in ("address", "stand-in"):
        email = chief.email if way == "address" else "new@riverdale.example"
        me = ask_by_link(made, name="Me", email=email, group="officers", by=chief)
    else:
        me = ask_member(
            made, membership=Membership.objects.get(user=chief), group="officers", by=chief
        )
    papers = [add_on_paper(made, name=f"Sheet {n}", group="officers", by=chief) for n in (1, 2)]
    victim, _ = asked("ada", "opposition")
    for n, respondent in enumerate((me, *papers, victim)):
        say(respondent, component, 2 + n)
    if way == "stand-in":  # confirmed by operators: the papers stay with the account that ended
        kept = person(riverdale, "new", access="owner", office="chief-executive")
        User.objects.filter(pk=chief.pk).update(is_active=False, merged_into=kept)
    close_round(made, by=chief)
    if way == "address":
        set_address(chief, "another@riverdale.example", by=chief)
    elif way == "merge":
        merged(person(riverdale, "new", access="owner", office="chief-executive"), chief)
    measure = result_of(made).components[0].shown.measure
    assert measure is None or set(measure.strengths) <= {2, 3, 4}  # without the only other answer


@pytest.mark.parametrize("when", ["before it closes", "after it closed"])
def test_an_owner_who_changes_their_name_does_not_learn_the_only_other_answer(
    when, chief, made, asked, component
):
    """The result was kept back from them by their name alone."""
    me, _ = asked(chief.name.lower())  # at a private address
    papers = [add_on_paper(made, name=f"Sheet {n}", group="officers", by=chief) for n in (1, 2)]
    victim, _ = asked("ada", "opposition")
    for n, respondent in enumerate((me, *papers, victim)):
        say(respondent, component, 2 + n, position=f"Words of {n}")
    if when == "before it closes":
        change_name(chief, name="Zed Zebra")
    close_round(made, by=chief)
    if when == "after it closed":
        change_name(chief, name="Zed Zebra")
    first = result_of(made).components[0]
    assert first.measure is None or set(first.measure.strengths) <= {2, 3, 4}
    assert not first.has_words


def second_without_vic(made, asked, chief, council, component):
    """Close two rounds, of 4 people and, in the next plan, of 3 of them; return the second."""
    people = ("ann ash", "bob bell", "cy cox", "vic ash")
    for n, who in enumerate(people):
        say(asked(who)[0], component, 2 + n)
    close_round(made, by=chief)
    following = create_plan(council=council, by=chief, election_day=dt.date(2028, 5, 4))
    today = timezone.localdate()
    second = make_round(following, name="Six weeks", opens=today, closes=today, by=chief)
    for n, who in enumerate(people[:3]):
        say(asked(who, round_=second)[0], component, 2 + n)
    close_round(second, by=chief)
    return second


def second_without_ann(made, asked, chief, officer, plan, component):
    """Return the second of two rounds, still open; Ann, who answered in the first, has left.

    Who else is left out of its result at random depends on the numbers of people, and a member
    called Ann would be taken for her.
    """
    scores = {"ann ash": 5, "bea birch": 2, "cy cedar": 4, "": 3, "dee dogwood": 1, "eve elm": 3}
    member = Membership.objects.get(user=officer)

    def answer(round_, *, but=None):
        for name, strength in scores.items():
            if name != but:
                respondent = (
                    asked(name, round_=round_)[0]
                    if name
                    else ask_member(round_, membership=member, group="officers", by=chief)
                )
                say(respondent, component, strength)

    today = timezone.localdate()
    answer(made)
    close_round(made, by=chief)
    second = make_round(plan, name="Six months", opens=today, closes=today, by=chief)
    answer(second, but="ann ash")
    return second


@pytest.mark.parametrize("closes", ["by an owner", "after its last day"])
def test_what_a_closed_round_shows_does_not_change_with_a_name(
    closes, chief, plan, made, asked, component, officer, reviewer
):
    """A respondent could otherwise learn what someone answered from two choices of people."""
    second = second_without_ann(made, asked, chief, officer, plan, component)
    if closes == "by an owner":
        close_round(second, by=chief)
    else:
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        moment = timezone.now() - dt.timedelta(days=2)
        Round.objects.filter(pk=second.pk).update(opens=yesterday, closes=yesterday)
        Round.objects.filter(pk=made.pk).update(closed_at=moment)
    address = url(second)
    before = text_of(signed_in(reviewer).get(address))
    shown = result_of(second).components[0]
    assert shown.measure.count == 3
    change_name(officer, name="Ann Ash")
    assert result_of(second).components[0] == shown
    assert text_of(signed_in(reviewer).get(address)) == before


@pytest.mark.parametrize(("first", "then"), [("account", "paper"), ("paper", "account")])
def test_a_member_who_changed_their_name_and_is_asked_in_another_way_is_left_out(
    first, then, chief, plan, made, asked, component, officer
):
    """They may be the person they were or another one; either guess could show a score."""
    change_name(chief, name="Clare Cole")
    member, name = Membership.objects.get(user=officer), officer.name

    def answer(round_, way, *others):
        respondent = (
            add_on_paper(round_, name=name, group="officers", by=chief)
            if way == "paper"
            else ask_member(round_, membership=member, group="officers", by=chief)
        )
        people = [respondent, *(asked(each, round_=round_)[0] for each in others)]
        for strength, who in zip((2, 4, 2, 4, 3, 1), people, strict=False):
            say(who, component, strength)
        close_round(round_, by=chief)
        respondent.refresh_from_db()
        shown = result_of(round_).components[0]
        assert round_ == made or respondent.person not in shown.shown.sets.total
        return shown

    others = ["cy cedar", "bea birch", "di dale", "xan ivy", "flo fir"]
    assert answer(made, first, *others).measure.count == 6
    change_name(officer, name="Beth Jones")
    member.user.refresh_from_db()
    today = timezone.localdate()
    second = make_round(plan, name="Six months", opens=today, closes=today, by=chief)
    assert answer(second, then, *others).measure.count == 3  # 3 others are left out with them
    third = make_round(plan, name="A year", opens=today, closes=today, by=chief)
    assert answer(third, then, *others[:3]).measure is None


@pytest.mark.parametrize("when", ["before they are asked", "before the round closes"])
def test_no_one_takes_the_place_of_someone_who_left_by_taking_their_name(
    when, chief, plan, made, asked, component, officer
):
    """They could otherwise read what that person had answered off the two results."""
    others = ["cy cedar", "bea birch", "di dale", "eve elm"]
    for strength, who in zip((1, 2, 4, 5, 3), ["vic ash", *others], strict=True):
        say(asked(who)[0], component, strength)
    close_round(made, by=chief)
    assert result_of(made).components[0].measure.count == 5
    today = timezone.localdate()
    second = make_round(plan, name="Six months", opens=today, closes=today, by=chief)
    member = Membership.objects.get(user=officer)
    if when == "before they are asked":
        change_name(officer, name="Vic Ash")
        member.user.refresh_from_db()
    say(ask_member(second, membership=member, group="officers", by=chief), component, 3)
    if when == "before the round closes":
        change_name(officer, name="Vic Ash")
    for strength, who in zip((2, 4, 5, 3), others, strict=True):
        say(asked(who, round_=second)[0], component, strength)
    close_round(second, by=chief)
    shown = result_of(second).components[0]
    assert shown.measure is None
    assert shown.shown.sets.each == []


@pytest.mark.parametrize("then", ["the plan is deleted", "they are erased"])
def test_no_one_is_taken_for_a_member_who_had_chosen_their_name(
    then, chief, plan, made, component, officer, asked, following
):
    """The member, who knows what they had answered, could read the other’s score off both."""
    others = ["cy cedar", "bea birch", "di dale", "eve elm"]
    change_name(officer, name="Vic Ash")
    member = Membership.objects.get(user=officer)
    say(ask_member(made, membership=member, group="officers", by=chief), component, 3)
    for strength, who in zip((2, 4, 5, 3), others, strict=True):
        say(asked(who)[0], component, strength)
    close_round(made, by=chief)
    assert result_of(made).components[0].measure.count == 5
    if then == "the plan is deleted":
        purge_plan(plan, by=chief)
    else:
        erase_person(officer, by=None)
    today = timezone.localdate()
    second = make_round(following, name="Again", opens=today, closes=today, by=chief)
    for strength, who in zip((1, 2, 4, 5, 3), ["vic ash", *others], strict=True):
        say(asked(who, round_=second)[0], component, strength)
    close_round(second, by=chief)
    assert result_of(second).components[0].shown.sets.each == []


def test_no_one_who_enters_answers_from_paper_is_taken_for_someone_whose_name_they_took(
    chief, plan, made, asked, component, officer
):
    """What the other answered, and what follows from it, would no longer be kept back from them."""
    change_name(officer, name="Olive Otter")
    for strength, who in ((2, "vic ash"), (5, "yva yew")):
        say(asked(who)[0], component, strength)
    say(add_on_paper(made, name="Xan Ivy", group="officers", by=officer), component, 3)
    close_round(made, by=chief)
    first = result_of(made)
    assert first.components[0].measure.count == 3
    change_name(officer, name="Vic Ash")
    today = timezone.localdate()
    second = make_round(plan, name="Again", opens=today, closes=today, by=chief)
    for strength, who in ((2, "vic ash"), (5, "yva yew"), (4, "zed zelkova")):
        say(asked(who, round_=second)[0], component, strength)
    entered = [
        add_on_paper(second, name=name, group="officers", by=officer)
        for name in ("Abe Alder", "Bea Birch")
    ]
    for strength, respondent in zip((3, 2), entered, strict=True):
        say(respondent, component, strength)
    close_round(second, by=chief)
    known = {Respondent.objects.get(round=made, name="Xan Ivy").person}
    known.update(each.person for each in entered)
    sets = [each for result in results_of(plan) for each in result.components[0].shown.sets.each]
    assert is_safe_for(frozenset(known), sets)


def test_a_member_who_took_the_name_of_someone_else_takes_no_ones_place(
    chief, plan, made, asked, component, officer
):
    """As two people, they would let the two results show what the one who is new had answered."""
    member, given = Membership.objects.get(user=officer), officer.name
    today = timezone.localdate()
    ask_member(made, membership=member, group="officers", by=chief)  # they never answer
    others = ["cy cedar", "bea birch", "di dale"]
    for strength, who in zip((1, 2, 4, 5), ["vic ash", *others], strict=True):
        say(asked(who)[0], component, strength)
    close_round(made, by=chief)
    change_name(officer, name="Vic Ash")
    second = make_round(plan, name="Six months", opens=today, closes=today, by=chief)
    sheet = add_on_paper(second, name=given, group="officers", by=chief)
    for strength, who in zip((2, 4, 5), others, strict=True):
        say(asked(who, round_=second)[0], component, strength)
    say(sheet, component, 3)
    close_round(second, by=chief)
    third = make_round(plan, name="A year", opens=today, closes=today, by=chief)
    member = Membership.objects.select_related("user").get(pk=member.pk)
    again = ask_member(third, membership=member, group="officers", by=chief)
    for strength, who in zip((1, 2, 4, 5), ["vic ash", *others], strict=True):
        say(asked(who, round_=third)[0], component, strength)
    say(again, component, 3)
    close_round(third, by=chief)
    really = {sheet.person: officer.pk, again.person: officer.pk}
    sets = []
    for each in results_of(plan):
        stored = {r.person: r.name for r in Respondent.objects.filter(round=each.round)} | really
        for people in each.components[0].shown.sets.each:
            sets.append(frozenset(stored[each.numbers[person]] for person in people))
    assert sets
    assert is_safe(sets)


def test_who_entered_answers_from_paper_knows_them_if_the_sheet_is_replaced_by_a_link(
    chief, made, asked, component, officer
):
    """The person then gives the same answers themselves."""
    for name, strength in (("Ann Ash", 2), ("Bob Bee", 4)):
        sheet = add_on_paper(made, name=name, group="officers", by=officer)
        say(sheet, component, strength)
        remove_respondent(sheet, by=chief)
        say(asked(name.lower())[0], component, strength)
    say(asked("vic vole")[0], component, 5)
    close_round(made, by=chief)
    assert result_of(made).components[0].measure is None


def test_who_entered_answers_from_a_removed_sheet_is_remembered_after_the_plan_is_deleted(
    chief, plan, made, asked, component, officer, following
):
    for name, strength in (("Ann Ash", 2), ("Bob Bee", 4)):
        sheet = add_on_paper(made, name=name, group="officers", by=officer)
        say(sheet, component, strength)
        remove_respondent(sheet, by=chief)
    close_round(made, by=chief)
    purge_plan(plan, by=chief)
    today = timezone.localdate()
    second = make_round(following, name="Again", opens=today, closes=today, by=chief)
    for name, strength in (("ann ash", 2), ("bob bee", 4), ("vic vole", 5)):
        say(asked(name, round_=second)[0], component, strength)
    close_round(second, by=chief)
    assert result_of(second).components[0].measure is None


@pytest.mark.parametrize("state", ["not submitted", "reopened", "in a round that is open"])
def test_who_entered_answers_from_any_sheet_knows_them_in_a_round_answered_by_link(
    state, chief, following, made, asked, component, officer
):
    """The people then give the same answers themselves."""
    today = timezone.localdate()
    second = make_round(following, name="Second", opens=today, closes=today, by=chief)
    for name, strength in (("Ann Ash", 2), ("Bob Bee", 4)):
        sheet = add_on_paper(made, name=name, group="officers", by=officer)
        say(sheet, component, strength, finish=state != "not submitted")
        if state == "reopened":
            take_back_answers(sheet)
        say(asked(name.lower(), round_=second)[0], component, strength)
    if state != "in a round that is open":
        close_round(made, by=chief)
    say(asked("vic vole", round_=second)[0], component, 5)
    close_round(second, by=chief)
    assert result_of(second).components[0].measure is None


@pytest.mark.parametrize("is_closed", [True, False])
def test_who_entered_answers_from_any_sheet_is_remembered_after_the_plan_is_deleted(
    is_closed, chief, plan, made, asked, component, officer, following
):
    for name, strength in (("Ann Ash", 2), ("Bob Bee", 4)):
        sheet = add_on_paper(made, name=name, group="officers", by=officer)
        say(sheet, component, strength, finish=not is_closed)
    if is_closed:
        close_round(made, by=chief)
    purge_plan(plan, by=chief)
    today = timezone.localdate()
    second = make_round(following, name="Again", opens=today, closes=today, by=chief)
    for name, strength in (("ann ash", 2), ("bob bee", 4), ("vic vole", 5)):
        say(asked(name, round_=second)[0], component, strength)
    close_round(second, by=chief)
    assert result_of(second).components[0].measure is None


@pytest.mark.parametrize(("before", "after"), [("Ann Nova", "Ann Ash"), ("Ann Ash", "Ann Nova")])
def test_who_entered_a_sheet_knows_the_answers_of_a_member_who_has_or_had_the_name_on_it(
    before, after, chief, made, asked, component, officer, person, riverdale
):
    member = person(riverdale, "ann", name=before)
    change_name(member, name=after)
    for name, strength in (("Ann Ash", 2), ("Bob Bee", 4)):
        sheet = add_on_paper(made, name=name, group="officers", by=officer)
        say(sheet, component, strength)
        remove_respondent(sheet, by=chief)
    membership = Membership.objects.get(user=member)
    again = ask_member(made, membership=membership, group="officers", by=chief)
    assert again.person != Respondent.objects.get(name="Ann Ash").person
    say(again, component, 2)
    say(asked("bob bee")[0], component, 4)
    say(asked("vic vole")[0], component, 5)
    close_round(made, by=chief)
    assert result_of(made).components[0].measure is None


@pytest.mark.parametrize("is_renamed", [False, True])
def test_who_enters_answers_from_paper_and_has_answered_on_paper_does_not_learn_the_only_other_one(
    is_renamed, chief, made, component, officer
):
    """Someone else enters theirs."""
    sheets = [
        (add_on_paper(made, name=officer.name, group="officers", by=chief), 1),
        (add_on_paper(made, name="Ann Ash", group="officers", by=officer), 2),
        (add_on_paper(made, name="Bob Bee", group="officers", by=officer), 4),
        (add_on_paper(made, name="Vic Vole", group="officers", by=chief), 5),
    ]
    for sheet, strength in sheets:
        say(sheet, component, strength, learned="Otter")
    if is_renamed:
        change_name(officer, name="Olive Otter")
    close_round(made, by=chief)
    result = result_of(made).components[0]
    assert result.measure is None
    assert not result.said


@pytest.mark.parametrize("is_submitted", [True, False])
def test_an_invented_sheet_does_not_show_what_the_person_answers_in_another_round(
    is_submitted, chief, following, made, asked, component, officer
):
    """Who entered it would be taken to know their answer already."""
    today = timezone.localdate()
    second = make_round(following, name="Second", opens=today, closes=today, by=chief)
    invented = add_on_paper(made, name="Vic Vole", group="officers", by=officer)
    say(invented, component, 1, finish=is_submitted)
    for name, strength in (("Ann Ash", 2), ("Bob Bee", 4)):
        say(add_on_paper(second, name=name, group="officers", by=officer), component, strength)
    say(asked("vic vole", round_=second)[0], component, 5)
    close_round(made, by=chief)
    close_round(second, by=chief)
    assert result_of(second).components[0].measure is None


@pytest.mark.parametrize("state", ["removed", "not filled in", "of another component"])
def test_an_empty_sheet_does_not_show_the_answer_of_its_writer_to_who_added_it(
    state, chief, following, made, asked, component, officer
):
    """They would be taken to know it already, beside those that they entered."""
    today = timezone.localdate()
    second = make_round(following, name="Second", opens=today, closes=today, by=chief)
    there = second if state == "removed" else made
    sheet = add_on_paper(there, name="Vic Vole", group="officers", by=officer)
    if state == "removed":
        remove_respondent(sheet, by=chief)
    if state == "of another component":
        say(sheet, CoalitionComponent.objects.get(framework=following.components_id, number=2), 5)
    for name, strength in (("Ann Ash", 2), ("Bob Bee", 4)):
        say(
            add_on_paper(second, name=name, group="officers", by=officer),
            component,
            strength,
            learned="Otter",
        )
    say(asked("vic vole", round_=second)[0], component, 5, learned="Vole")
    close_round(second, by=chief)
    result = result_of(second).components[0]
    assert result.measure is None
    assert not result.said


def test_who_entered_a_sheet_without_a_score_does_not_see_that_score_once_the_plan_is_deleted(
    chief, plan, made, asked, component, officer, following
):
    sheet = add_on_paper(made, name="Vic Vole", group="officers", by=officer)
    say(sheet, component, None, passed=True)
    close_round(made, by=chief)
    purge_plan(plan, by=chief)
    today = timezone.localdate()
    second = make_round(following, name="Again", opens=today, closes=today, by=chief)
    for name, strength in (("Ann Ash", 2), ("Bob Bee", 4)):
        say(add_on_paper(second, name=name, group="officers", by=officer), component, strength)
    say(asked("vic vole", round_=second)[0], component, 5)
    close_round(second, by=chief)
    assert result_of(second).components[0].measure is None


def test_comments_beside_those_of_a_sheet_that_was_replaced_by_a_link_are_not_shown(
    chief, made, asked, component, officer
):
    """Who entered the sheet recognises the comments of its writer, and so those of the other."""
    for name in ("Ann Ash", "Bob Bee"):
        sheet = add_on_paper(made, name=name, group="officers", by=officer)
        say(sheet, component, 3, learned=f"Of {name}")
        remove_respondent(sheet, by=chief)
        say(asked(name.lower())[0], component, 3, learned=f"Of {name}")
    say(asked("vic vole")[0], component, 5, learned="Otter")
    close_round(made, by=chief)
    result = result_of(made).components[0]
    assert not result.said
    assert result.has_kept_back_words


@pytest.mark.parametrize("asked_by", ["paper", "link"])
def test_no_one_is_taken_for_someone_whose_name_they_had_in_a_round_that_both_answered(
    asked_by, chief, plan, made, asked, component, officer
):
    """Asked later under the name that they were given, they would take that person’s place."""
    others = ["cy cedar", "bea birch", "di dale", "eve elm"]
    member, given = Membership.objects.get(user=officer), officer.name
    today = timezone.localdate()
    second = make_round(plan, name="Six months", opens=today, closes=today, by=chief)
    third = make_round(plan, name="A year", opens=today, closes=today, by=chief)
    for strength, who in zip((1, 2, 4, 5, 3), ["vic ash", *others], strict=True):
        say(asked(who)[0], component, strength)
    close_round(made, by=chief)
    assert result_of(made).components[0].measure.count == 5
    change_name(officer, name="Vic Ash")
    member.user.refresh_from_db()
    say(ask_member(second, membership=member, group="officers", by=chief), component, 3)
    for strength, who in zip((1, 2, 4, 5, 3), ["vic ash", *others], strict=True):
        say(asked(who, round_=second)[0], component, strength)
    close_round(second, by=chief)
    if asked_by == "paper":
        again = add_on_paper(third, name=given, group="officers", by=chief)
    else:
        email = "elsewhere@example.org"
        again = ask_by_link(third, name=given, email=email, group="officers", by=chief)
    say(again, component, 3)
    for strength, who in zip((2, 4, 5, 3), others, strict=True):
        say(asked(who, round_=third)[0], component, strength)
    close_round(third, by=chief)
    people = {}
    for each in results_of(plan):
        asked_here = Respondent.objects.filter(round=each.round)
        stored = {r.person: r.name or r.membership.user.email for r in asked_here}
        stored |= {again.person: officer.email}
        total = each.components[0].shown.sets.total
        people[each.round.name] = frozenset(stored[each.numbers[person]] for person in total)
    assert is_safe([people for people in people.values() if people])


@pytest.mark.parametrize("when", ["after the round has closed", "before, and back afterwards"])
def test_a_result_does_not_change_with_the_name_of_someone_who_never_answered(
    when, chief, made, asked, component, officer, reviewer
):
    """They could otherwise learn what someone of their name answered, or end every result."""
    member, name = Membership.objects.get(user=officer), officer.name
    ask_member(made, membership=member, group="wider", by=chief)
    people = ("vic ash", "bob bell", "cy cox", "di dale", "ed ebb")
    for strength, who in zip((1, 2, 4, 5, 4), people, strict=True):
        say(asked(who)[0], component, strength)
    if when != "after the round has closed":
        change_name(officer, name="Vic Ash")
    close_round(made, by=chief)
    shown = result_of(made).components[0]
    assert shown.measure.count == 5
    change_name(officer, name="Vic Ash" if officer.name == name else name)
    now = result_of(made).components[0]
    assert (now.measure, now.groups, now.said) == (shown.measure, shown.groups, shown.said)
    assert signed_in(reviewer).get(url(made)).status_code == 200


def test_what_a_closed_round_shows_does_not_change_if_an_earlier_plan_is_deleted(
    chief, plan, made, asked, component, riverdale
):
    """A result that was kept back because of an earlier one stays so: that one was read."""
    second = second_without_vic(made, asked, chief, riverdale, component)
    assert result_of(second).components[0].measure is None
    purge_plan(plan, by=chief)
    assert result_of(second).components[0].measure is None


def test_what_a_closed_round_keeps_back_stays_so_if_no_one_had_opened_it_before(
    chief, plan, made, asked, component, riverdale
):
    second = second_without_vic(made, asked, chief, riverdale, component)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Round.objects.filter(pk=made.pk).update(closed_at=timezone.now() - dt.timedelta(days=2))
    unopened = {"closed_at": None, "closed_by": None, "disclosure": None}
    Round.objects.filter(pk=second.pk).update(opens=yesterday, closes=yesterday, **unopened)
    purge_plan(plan, by=chief)
    assert result_of(second).components[0].measure is None


def test_what_is_kept_of_one_round_stays_if_the_next_cannot_be_worked_out(
    chief, plan, made, asked, component, riverdale, monkeypatch
):
    """Working out takes long where many were asked: a request can end before all are done."""
    second = second_without_vic(made, asked, chief, riverdale, component)
    at_once = {each.pk: each.disclosure for each in Round.objects.all()}
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    unopened = {"closed_at": None, "closed_by": None, "disclosure": None}
    Round.objects.update(opens=yesterday, closes=yesterday, **unopened)
    order = []

    def work_out(round_):
        order.append(round_.pk)
        if len(order) == 2:
            raise TimeoutError
        return result_of(round_)

    monkeypatch.setattr(actions, "result_of", work_out)
    with pytest.raises(TimeoutError):
        actions.keep_results_of(riverdale)
    assert order == [made.pk, second.pk]
    assert dict(Round.objects.values_list("pk", "disclosure")) == at_once | {second.pk: None}
    assert list(actions.councils_with_results_to_keep()) == [riverdale]
    actions.keep_results_of(riverdale)
    assert dict(Round.objects.values_list("pk", "disclosure")) == at_once
    assert not actions.councils_with_results_to_keep()


@pytest.mark.parametrize("asked_as", ["as before", "by the name", "by the address", "new account"])
def test_no_answer_follows_from_asking_again_those_of_a_deleted_plan(
    plan, chief, made, component, member, riverdale, following, asked_as, settings
):
    """Vic's answer would be what the second result lacks of the first, which was read."""
    others = {"Ann Ash": 2, "Bob Bee": 3, "Cy Cole": 4}
    today = timezone.localdate()

    def asked(round_, name, again=False):
        key = name.split()[0].lower()
        if asked_as == "new account":
            user = User.objects.filter(email__startswith=key).first()
            user = user or member(riverdale, key, name=name)
            joined = Membership.objects.get(user=user)
            return ask_member(round_, membership=joined, group="leading", by=chief)
        email = f"{key}.home@example.org" if again and "name" in asked_as else f"{key}@example.org"
        name = f"{key} as typed" if again and "address" in asked_as else name
        return ask_by_link(round_, name=name, email=email, group="leading", by=chief)

    for name in [*others, "Vic Vole"]:
        say(asked(made, name), component, others.get(name, 5))
    close_round(made, by=chief)
    assert result_of(made).components[0].measure.mean == 3.5
    purge_plan(plan, by=chief)
    if asked_as == "new account":
        for user in User.objects.filter(email__regex="^(ann|bob|cy)@"):
            change_name(user, name=f"Other {user.pk}")
            User.objects.filter(pk=user.pk).update(email=f"{user.email.partition('@')[0]}@new.test")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 9
    second = make_round(following, name="Again", opens=today, closes=today, by=chief)
    for name, strength in others.items():
        say(asked(second, name, again=True), component, strength)
    close_round(second, by=chief)
    assert result_of(second).components[0].measure is None


def test_someone_new_is_not_taken_for_someone_of_a_deleted_plan(
    plan, chief, made, asked, component, following
):
    """Who has the number of someone else would make a safe result seem unsafe, or the reverse."""
    for name in ("ann ash", "bob bee", "cy cole"):
        say(asked(name)[0], component, 3 + (name == "cy cole"))
    close_round(made, by=chief)
    purge_plan(plan, by=chief)
    today = timezone.localdate()
    second = make_round(following, name="Again", opens=today, closes=today, by=chief)
    for name in ("dee dow", "bob bee", "eve elm"):
        finish_answers(asked(name, round_=second)[0], may_be_named=False)
    close_round(second, by=chief)
    assert [*result_of(second).numbers] == [4, 2, 6]  # only the second of them was there before


def test_who_entered_answers_from_paper_is_remembered_after_the_plan_is_deleted(
    plan, chief, officer, made, component, following
):
    """They know that answer, so with their own a result about 3 people would show the third."""
    say(add_on_paper(made, name="Ann Ash", group="officers", by=officer), component, 2)
    close_round(made, by=chief)
    purge_plan(plan, by=chief)
    today = timezone.localdate()
    second = make_round(following, name="Again", opens=today, closes=today, by=chief)
    member = Membership.objects.get(user=officer)
    say(ask_member(second, membership=member, group="officers", by=chief), component, 3)
    for name, strength in (("Ann Ash", 2), ("Bob Bee", 5)):
        email = f"{name[:3]}@example.org".lower()
        again = ask_by_link(second, name=name, email=email, group="officers", by=chief)
        say(again, component, strength)
    close_round(second, by=chief)
    assert result_of(second).components[0].measure is None


def test_what_is_kept_of_a_deleted_round_has_no_answer_and_no_name_and_ends(
    plan, chief, made, asked, component, riverdale
):
    for name in ("ann ash", "bob bee", "cy cole"):
        say(asked(name)[0], component, 3 + (name == "cy cole"), to_do=f"Deed of {name}")
    asked("dee dow")
    close_round(made, by=chief)
    purge_plan(plan, by=chief)
    kept = DeletedRound.objects.get()
    assert (kept.sets, kept.entered) == ({"1": [[1, 2, 3]]}, {})
    marks = {mark for _, marks in kept.people for mark in marks}
    assert all(
        re.fullmatch("(emails|names|firsts|words|nears|ends):[0-9a-f]{64}", mark) for mark in marks
    )
    assert set(kept.marks) == {"1", "2", "3"}
    assert clear_deleted_rounds() == 0
    DeletedRound.objects.update(closed_on=timezone.localdate() - dt.timedelta(days=731))
    assert not DeletedRound.objects.kept().exists()
    assert clear_deleted_rounds() == 1


def test_a_range_that_was_kept_back_stays_so(plan, chief, made, asked, component):
    """The one with the lowest score leaves, and two join: "1 to 5" becomes "2 to 5"."""
    scores = {"ann": 3, "bob": 4, "cyd": 1, "dee": 5, "eve": 4, "fay": 4, "gus": 2}
    for name in ("ann", "bob", "cyd", "dee", "eve"):
        say(asked(name)[0], component, scores[name])
    close_round(made, by=chief)
    today = timezone.localdate()
    second = make_round(plan, name="Again", opens=today, closes=today, by=chief)
    for name in scores.keys() - {"cyd"}:
        say(asked(name, round_=second)[0], component, scores[name])
    close_round(second, by=chief)
    second.refresh_from_db()
    assert second.disclosure["1"]["without_range"] == ["", "officers"]
    first, again = (each.components[0].measure for each in results_of(plan))
    assert (first.lowest, first.highest) == (1, 5)
    assert (again.count, again.lowest, again.highest) == (6, None, None)
    page = signed_in(chief).get(url(second, "round"))
    assert "2 to 5" not in text_of(page)


def test_only_a_complete_export_says_whose_answers_a_result_shows(closed, plan):
    for complete in (False, True):
        file = io.BytesIO()
        export_council(plan.council, file, pdfs=False, complete=complete)
        with zipfile.ZipFile(file) as archive:
            (row,) = json.loads(archive.read("data/rounds.json"))
        assert ("disclosure" in row) is complete


def test_a_council_with_a_closed_round_is_imported_and_shows_the_same(closed, plan, tmp_path):
    path = tmp_path / "complete.zip"
    with path.open("wb") as file:
        export_council(plan.council, file, pdfs=False, complete=True)
    copy = import_council(path, Destination(slug="copy", name="Copy")).council
    brought = Round.objects.get(plan__council=copy)
    closed.refresh_from_db()
    assert closed.disclosure
    assert brought.disclosure == closed.disclosure
    ours, theirs = (result_of(each).components for each in (closed, brought))
    assert [(each.measure, each.groups) for each in ours] == [
        (each.measure, each.groups) for each in theirs
    ]


def test_an_import_is_refused_if_what_a_round_shows_is_not_of_its_kind(closed, plan, tmp_path):
    """Texts and lists are JSON as well, but the database would store them without a word."""
    path = tmp_path / "complete.zip"
    with path.open("wb") as file:
        export_council(plan.council, file, pdfs=False, complete=True)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for wrong in ([], "x", 1):
        rows = json.loads(files["data/rounds.json"])
        rows[0]["disclosure"] = wrong
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in (files | {"data/rounds.json": json.dumps(rows)}).items():
                archive.writestr(name, content)
        with pytest.raises(ImportRefused, match="disclosure is not of its kind"):
            import_council(path, Destination(slug="copy", name="Copy"))


def test_answers_from_paper_can_be_finished_after_a_merge(chief, made, person, riverdale):
    paper = add_on_paper(made, name="Sheet 1", group="officers", by=chief)
    kept = person(riverdale, "new", access="owner", office="chief-executive")
    merged(kept, chief)
    page = signed_in(kept).get(url(made, "round_paper", paper.pk))
    assert page.status_code == 200


@pytest.mark.parametrize("name", ["Vic Ash", "Cllr Victor Ash", "VIC ÁSH"])
def test_a_person_is_the_same_in_every_plan_of_the_council(
    chief, plan, made, asked, component, riverdale, name
):
    """If not, one person fewer in a round of the next plan would show what they answered."""
    second = second_without_vic(made, asked, chief, riverdale, component)
    assert result_of(made).components[0].shown.measure.count == 4
    assert result_of(second).components[0].shown.measure is None
    today = timezone.localdate()
    third = make_round(second.plan, name="Six months", opens=today, closes=today, by=chief)
    for who in ("ann ash", "bob bell", "cy cox"):
        say(asked(who, round_=third)[0], component, 3)
    again = add_on_paper(third, name=name, group="officers", by=chief)
    say(again, component, 5)
    close_round(third, by=chief)
    assert result_of(third).components[0].shown.measure is None


def test_plans_on_different_editions_reveal_no_one_who_answered_in_one_of_them(
    chief, plan, made, asked, component, following
):
    """An owner can move one plan to another edition, so that its components are other rows."""
    for n, who in enumerate(("ann ash", "bob bell", "cy cox", "vic ash")):
        say(asked(who)[0], component, 2 + n)
    close_round(made, by=chief)
    other = Framework.objects.get(pk=plan.components_id)
    other.pk, other.edition, other.is_current = None, "Another edition", False
    other.save()
    questions = ReflectiveQuestion.objects.filter(framework=plan.components_id)
    for entry in (*CoalitionComponent.objects.filter(pk=component.pk), *questions):
        entry.pk, entry.framework = None, other
        entry.save()
    moved = CoalitionComponent.objects.get(framework=other)
    type(following).objects.filter(pk=following.pk).update(components=other)
    following.refresh_from_db()
    today = timezone.localdate()
    second = make_round(following, name="Six weeks", opens=today, closes=today, by=chief)
    for n, who in enumerate(("ann ash", "bob bell", "cy cox")):
        say(asked(who, round_=second)[0], moved, 2 + n)
    close_round(second, by=chief)
    assert result_of(made).components[0].shown.measure.count == 4
    assert result_of(second).components[0].shown.measure is None


@pytest.mark.parametrize(
    ("names", "is_one"),
    [
        (("Ann Ash", "Cllr Ann M. Ash"), True),
        (("Zoë Œhler", "zoe œhler"), True),
        (("Ann Ash", "Anna Ash"), True),
        (("Ann Ash", "Ann Ash OBE"), True),
        (("Ann Ash (Lab)", "Ash, Ann"), True),
        (("Ann Ash", "Ann Birch-Ash"), True),
        (("Ann", "Ann Ash"), True),
        (("Ann Ash", "Ann Birch"), False),
        (("A. Ash", "A. Birch"), False),
        (("Sheet 1", "Sheet 2"), True),
        (("Sheet 1", "Ann Ash"), False),
        (("Mr", "Mrs"), False),
        (("議員", "議長"), False),
    ],
)
def test_which_names_may_be_one_persons(names, is_one):
    assert names_may_be_one(names) is is_one


def test_two_people_of_one_round_with_one_name_have_two_numbers(chief, made, asked):
    """They were both invited, so they are two people."""
    ash, other = asked("ann ash")[0], asked("ann m ash")[0]
    assert ash.person != other.person


def test_people_numbered_by_plan_are_numbered_by_council(chief, plan, made, asked, following):
    for who in ("ann", "bob", "cy"):
        asked(who)
    today = timezone.localdate()
    second = make_round(following, name="Six weeks", opens=today, closes=today, by=chief)
    for number, who in enumerate(("cy", "dee", "ann"), start=1):
        respondent, _ = asked(who, round_=second)
        Respondent.objects.filter(pk=respondent.pk).update(person=100 + number)
    for number in (1, 2, 3):
        Respondent.objects.filter(person=100 + number).update(person=number)
    migration = import_module("assessments.migrations.0025_respondents_of_a_council")
    migration.by_council(apps, None)
    found = {
        each: dict(Respondent.objects.filter(round=each).values_list("name", "person"))
        for each in (made, second)
    }
    assert found[made] == {"Ann": 1, "Bob": 2, "Cy": 3}
    assert found[second] == {"Ann": 1, "Cy": 3, "Dee": 4}


# --- Names that were removed ----------------------------------------------------------------------


@pytest.mark.parametrize("asked_as", ["by the address", "by the name", "as erased members"])
def test_no_answer_follows_from_asking_again_those_whose_names_were_removed(
    plan, chief, made, component, member, asked_as, settings
):
    others = {"Ann Ash": 2, "Bob Bee": 3, "Cy Cole": 4}

    def asked(round_, name, again):
        key = name.split()[0].lower()
        if asked_as == "as erased members" and not again:
            joined = Membership.objects.get(user=member(plan.council, key, name=name))
            return ask_member(round_, membership=joined, group="leading", by=chief)
        by_name = again and asked_as == "by the name"
        email = f"{key}.home@example.org" if by_name else f"{key}@riverdale.example"
        name = f"Cllr {name}" if by_name else f"{key} as typed" if again else name
        return ask_by_link(round_, name=name, email=email, group="leading", by=chief)

    first = {name: asked(made, name, False) for name in [*others, "Vic Vole"]}
    for name, respondent in first.items():
        say(respondent, component, others.get(name, 5))
    close_round(made, by=chief)
    assert result_of(made).components[0].measure.mean == 3.5
    client = signed_in(chief)
    for name in others:
        if asked_as == "as erased members":
            erase_person(first[name].membership.user, by=chief)
        else:
            client.post(url(made, "round_remove", first[name].pk))
        respondent = Respondent.objects.get(pk=first[name].pk)
        assert respondent.label.startswith("Removed")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 9
    today = timezone.localdate()
    second = make_round(plan, name="Again", opens=today, closes=today, by=chief)
    for name, strength in others.items():
        say(asked(second, name, True), component, strength)
    close_round(second, by=chief)
    assert result_of(second).components[0].measure is None


@pytest.mark.parametrize("is_deleted", [False, True])
@pytest.mark.parametrize("asked_by", ["earlier name", "chosen name", "address"])
def test_an_erased_member_who_chose_a_name_is_recognised_if_they_are_asked_again(
    asked_by, is_deleted, plan, chief, made, asked, component, person, riverdale, following
):
    """Two results would else show what they answered, or the person who is left out of one."""
    others = {"Bob Bee": 2, "Cy Cole": 3, "Vic Vole": 5}
    member = person(riverdale, "ann", name="Ann Ash")
    address = member.email
    membership = Membership.objects.get(user=member)
    change_name(member, name="Nova Nest")
    say(ask_member(made, membership=membership, group="officers", by=chief), component, 4)
    for name, strength in others.items():
        say(asked(name)[0], component, strength)
    close_round(made, by=chief)
    assert result_of(made).components[0].measure.mean == 3.5
    erase_person(User.objects.get(pk=member.pk), by=chief)
    if is_deleted:
        purge_plan(plan, by=chief)
    today = timezone.localdate()
    second = make_round(following, name="Again", opens=today, closes=today, by=chief)
    if asked_by == "address":
        ann = ask_by_link(second, name="A", email=address, group="officers", by=chief)
    else:
        name = "Ann Ash" if asked_by == "earlier name" else "Nova Nest"
        ann = add_on_paper(second, name=name, group="officers", by=chief)
    say(ann, component, 4)
    for name in ("Bob Bee", "Cy Cole"):
        say(asked(name, round_=second)[0], component, others[name])
    close_round(second, by=chief)
    # The 3 of before without Vic Vole: their mean would show what he answered.
    assert result_of(second).components[0].measure is None


def test_no_answer_follows_from_inviting_someone_else_under_the_names_of_earlier_respondents(
    plan, chief, made, component
):
    """Those invitations, which are never answered, take the numbers of the earlier respondents."""
    others = {"Ann Ash": 2, "Bob Bee": 3, "Cy Cole": 4}

    def invited(round_, name, email):
        return ask_by_link(round_, name=name, email=email, group="leading", by=chief)

    for name, strength in [*others.items(), ("Vic Vole", 5)]:
        say(invited(made, name, f"{name[:2]}@riverdale.example".lower()), component, strength)
    close_round(made, by=chief)
    assert result_of(made).components[0].measure.mean == 3.5
    today = timezone.localdate()
    second = make_round(plan, name="Again", opens=today, closes=today, by=chief)
    for name, strength in others.items():
        invited(second, name, f"no-one.{name[:2]}@example.org".lower())
        first, last = name.split()
        real = invited(second, f"{first} M {last}", f"{name[:2]}.home@example.org".lower())
        say(real, component, strength)
    close_round(second, by=chief)
    assert result_of(second).components[0].measure is None


def test_the_mark_of_a_removed_name_is_in_no_export(plan, chief, made, asked, tmp_path):
    respondent, _ = asked("ada")
    actions.forget_respondent(respondent)
    respondent.refresh_from_db()
    assert len(respondent.email_mark) == len(respondent.name_mark) == 64
    for complete in (False, True):
        file = io.BytesIO()
        export_council(plan.council, file, pdfs=False, complete=complete)
        with zipfile.ZipFile(file) as archive:
            text = b"".join(map(archive.read, archive.namelist())).decode()
        assert respondent.email_mark not in text
        assert respondent.name_mark not in text


def test_addresses_on_the_result_do_not_tell_the_order_of_comments(
    chief, officer, made, asked, component
):
    """An editor could otherwise tell which comments on other questions are by the same person."""
    for number in range(10):
        words = {name: f"{name} of {number}" for name in RoundAnswer.WORDS}
        say(asked(f"person {'abcdefghij'[number]}")[0], component, number % 5 + 1, **words)
    close_round(made, by=chief)
    page = signed_in(officer).get(url(made)).content.decode()
    references = re.findall(r"/items/([0-9a-f-]{36})/", page)
    written = {str(each.reference): each for each in RoundAnswer.objects.all()}
    assert sorted(references) == sorted(written)
    for name in RoundAnswer.WORDS:
        shown = re.findall(rf"{name} of \d", re.sub(r"<span.*?</span>", "", page))
        keys = {each: hashlib.sha256(f"{each}:{name}".encode()).digest() for each in references}
        for known in (references, sorted(references), sorted(references, key=keys.get)):
            guessed = [getattr(written[each], name) for each in known]
            assert sorted(guessed) == sorted(shown)
            assert (guessed == shown) == (name == "to_do" and known is references)


def test_a_change_is_not_from_a_round_of_another_plan(
    chief, plan, riverdale, made, asked, component
):
    """An adviser may see one plan only: the change would give the means of the other."""
    today = timezone.localdate()
    other = create_plan(council=riverdale, by=chief, election_day=dt.date(2031, 5, 1))
    for name, score in {"ann": 1, "bea": 2, "cat": 3}.items():
        say(asked(name)[0], component, score)
    close_round(made, by=chief)
    for number in (1, 2):
        also = make_round(other, name=f"Also {number}", opens=today, closes=today, by=chief)
        for name, score in {"ann": 3, "bea": 4, "cat": 5}.items():
            say(asked(name, round_=also)[0], component, score - number)
        close_round(also, by=chief)
    first, second = (result_of(each).components[0] for each in other.rounds.order_by("pk"))
    assert (first.measure.mean, first.change) == (3.0, "")
    assert (second.measure.mean, second.change) == (2.0, "−1.0")


def test_the_email_about_a_round_of_one_day_names_that_day(
    plan, chief, asked, django_capture_on_commit_callbacks
):
    day = timezone.localdate()
    made = make_round(plan, name="A workshop", opens=day, closes=day, by=chief)
    with django_capture_on_commit_callbacks(execute=True):
        asked("ada", round_=made)
    assert f"You can answer on {day_in_words(day)}." in mail.outbox[-1].body


def test_an_invitation_to_a_round_mentions_the_score(asked, django_capture_on_commit_callbacks):
    """Each page asks for a score first, and the scores are what the result shows of everyone."""
    with django_capture_on_commit_callbacks(execute=True):
        _, link = asked("ada")
    body = mail.outbox[-1].body
    assert "12 short pages, each with 4 questions and a score from 1 to 5." in body
    begun = text_of(browser().get(link))
    assert "12 pages, each with 4 questions and a score from 1 to 5." in begun


def test_a_result_with_one_role_does_not_compare_roles(chief, made, asked, component):
    for name, strength in (("ada", 1), ("bea", 3), ("cy", 5)):
        say(asked(name)[0], component, strength)
    close_round(made, by=chief)
    page = text_of(signed_in(chief).get(url(made)))
    assert "Roles cannot be compared" in page
    assert "differ by less than 1 point" not in page


def test_removing_answers_from_paper_names_no_email_address_and_no_invitation(
    chief, made, component
):
    paper = add_on_paper(made, name="Sheet 1", group="officers", by=chief)
    client = signed_in(chief)
    remove = url(made, "round_remove", paper.pk)
    page = text_of(client.get(remove))
    assert "You can enter them from paper again" in page
    assert "invite" not in page.partition("permanently deleted")[2]
    say(paper, component)
    close_round(made, by=chief)
    page = text_of(client.get(remove))
    assert "This name will be permanently deleted" in page
    assert "email address" not in page
