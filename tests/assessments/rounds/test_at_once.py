"""Rounds of one council that close at the same moment."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.utils import timezone

from assessments.plans.actions import create_plan
from assessments.rounds import actions
from assessments.rounds.actions import close_round, make_round
from assessments.rounds.disclosure import is_safe
from assessments.rounds.models import Round
from assessments.rounds.results import result_of
from tests.assessments.plans.test_concurrency import all_at_once

from .test_rounds import asked, component, made, say

__all__ = ["asked", "component", "made"]

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = {"ann": 1, "bea": 2, "cat": 3, "dan": 5}


@pytest.fixture
def together(monkeypatch):
    """Let two calculations of results end at once, unless one of them has to wait."""
    gate = Barrier(2)

    def wait(*args):
        found = work_out(*args)
        with suppress(BrokenBarrierError):
            gate.wait(timeout=2)
        return found

    work_out = actions.result_of
    monkeypatch.setattr(actions, "result_of", wait)


def test_rounds_of_two_plans_that_close_at_once_show_nothing_of_one_person(
    plan, riverdale, chief, made, asked, component, together
):
    today = timezone.localdate()
    other = create_plan(
        council=riverdale, by=chief, election_day=plan.election_day.replace(year=2031, day=1)
    )
    also = make_round(other, name="Too", opens=today, closes=today, by=chief)
    for name, score in PEOPLE.items():
        say(asked(name)[0], component, score)
        if name != "dan":
            say(asked(name, round_=also)[0], component, score)
    outcomes = all_at_once(
        [lambda: close_round(made, by=chief), lambda: close_round(also, by=chief)]
    )
    assert outcomes == [None, None]
    shown = [
        each
        for round_ in Round.objects.all()
        for each in result_of(round_).components[0].shown.sets.each
    ]
    assert shown
    assert is_safe(shown)
