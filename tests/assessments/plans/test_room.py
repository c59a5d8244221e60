"""What one page of a plan lists is limited, so that no one makes it slow for every council."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from assessments.advice.models import AdviceQuestion
from assessments.budget.models import BudgetAmendment, ConfidentialAmendment
from assessments.packs.models import LeadersMeeting
from assessments.parity.models import ConfidentialRequest, ParityEntry
from assessments.plans.actions import TooManyEntries, room
from assessments.plans.models import AdviserGrant
from assessments.register.actions import add_to_register, remove_from_register
from assessments.register.models import Agreement, EarlyWin, Issue
from assessments.seats.actions import record_composition
from assessments.seats.models import Scenario
from assessments.vacancies.models import NoConfidenceMotion, Vacancy
from elections.composition import Composition, Group
from tests.acting import signed_in, text_of

DAY = dt.date(2027, 5, 20)
TYPED = "Typed and not lost"


def _day(name, day=DAY):
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


OAK = {"group": "Oak"}
OFFER = {"outcome_0": "declined", "outcome_1": "offered", "group": ["Ash", "Oak"]}
AMENDMENT = OAK | {"title": TYPED, "state": "received", "words_0": "A", "spending_0": "80,000"}
SWING = {"ward_1": "Mill", "loses_1": "Oak", "gains_1": "Ash", "seats_1": "1"}
# The address that adds each kind, and what is sent.
KINDS = {
    Agreement: (
        "register_add/agreement",
        {"kind": "confidence", "manner": "verbal", "others": "B"},
    ),
    Issue: ("register_add/issue", {"kind": "crunch", "words": TYPED, "state": "open"}),
    EarlyWin: ("register_add/early-win", {"words": TYPED, "state": "planned"}),
    Vacancy: ("vacancy_add", OAK | {"ward": TYPED, "cause": "death", "state": "open"}),
    NoConfidenceMotion: ("confidence_motion_add", {"signed": 9, "state": "received"}),
    LeadersMeeting: ("leaders_meeting_add", {"version": 0, "notes": TYPED}),
    ParityEntry: ("parity_add", OFFER | {"kind": "facts", "words": TYPED, "offered_by": "CE"}),
    ConfidentialRequest: ("parity_request_new", OAK | {"version": 0, "words": TYPED}),
    BudgetAmendment: ("amendment_add", AMENDMENT),
    ConfidentialAmendment: ("amendment_in_confidence_new", AMENDMENT | {"version": 0}),
    AdviceQuestion: ("advice_ask", {"step": 13, "question": TYPED}),
    Scenario: ("scenario_new", SWING | {"version": 0, "name": TYPED}),
}
DATES = {
    **_day("received_on"),
    **_day("arose_on"),
    **_day("term_ends", dt.date(2029, 5, 8)),
    **_day("held_on"),
    **_day("offered_on"),
    **_day("asked_on"),
    **_day("due", DAY + dt.timedelta(days=7)),
}


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(dt.datetime(2027, 5, 20, 11, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def groups(riverdale, chief):
    return record_composition(
        council=riverdale,
        as_at=dt.date(2027, 5, 1),
        composition=Composition((Group("Oak", 20), Group("Ash", 16))),
        based_on=None,
        by=chief,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_one_too_many_is_refused_with_what_was_typed(
    kind, plan, chief, adviser, groups, monkeypatch
):
    monkeypatch.setattr(room, "ENTRIES_MAX", 1)
    address, sent = KINDS[kind]
    name, *noun = address.split("/")
    url, client = reverse(name, args=[plan.pk, *noun]), signed_in(chief)
    sent = sent | DATES | {"adviser": AdviserGrant.objects.get(plan=plan, adviser=adviser).pk}
    if kind is Agreement:
        sent |= {"groups": ["Oak", "Ash"], "covers": TYPED}
    assert client.post(url, sent).status_code == 302
    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert "up to 1 entries of this kind" in text_of(refused)
    if kind is not NoConfidenceMotion:  # it has no text
        assert TYPED in refused.content.decode()
    assert kind.objects.filter(plan=plan).count() == 1


def test_what_was_removed_counts_so_that_the_list_of_it_is_limited_too(plan, officer, monkeypatch):
    monkeypatch.setattr(room, "ENTRIES_MAX", 1)
    fields = {"kind": "crunch", "words": "Council tax"}
    issue = add_to_register(Issue, plan, by=officer, **fields)
    remove_from_register(issue, version=1, by=officer)
    with pytest.raises(TooManyEntries):
        add_to_register(Issue, plan, by=officer, **fields)
    add_to_register(EarlyWin, plan, by=officer, words="Of another kind")
