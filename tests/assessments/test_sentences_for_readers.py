"""Pages ask only people who can do a thing to do it: not reviewers, nor advisers."""

import pytest
from django.urls import reverse

from assessments.exports.pdf import render_html
from assessments.exports.report import report_for
from assessments.exports.scope import Scope, ScopeKind
from assessments.plans.models import Plan
from tests.acting import signed_in, text_of

pytestmark = pytest.mark.django_db

# A page, its further argument, and what it asks of those who record, of owners or of those who
# can comment.
FOR_EDITORS = [
    ("plan_dates", (), "You can set most of them by hand."),
    ("interim", (), "enter what it says"),
    ("annual_council", (), "enter each vote as it is declared"),
    ("plan_step", (11,), "enter results as they are declared"),
    ("plan_step", (11,), "enter the result"),
    ("plan_step", (13,), "allocate committee seats"),
]
FOR_OWNERS = [
    ("plan_dates", (), "Add a bank holiday that was announced recently"),
    ("rounds", (), "the people you invite"),
]
SUMMARY = Scope(ScopeKind.SUMMARY)
FOR_COMMENTERS = [("plan_comments", (), "To comment, open a step")]


def read_by(person, plan, name, more):
    response = signed_in(person).get(reverse(name, args=[plan.pk, *more]))
    return text_of(response) if response.status_code == 200 else ""


@pytest.mark.parametrize(("name", "more", "asked"), FOR_EDITORS)
def test_only_those_who_record_are_asked_to(plan, officer, reviewer, adviser, name, more, asked):
    assert asked in read_by(officer, plan, name, more)
    assert asked not in read_by(reviewer, plan, name, more)
    assert asked not in read_by(adviser, plan, name, more)


@pytest.mark.parametrize(("name", "more", "asked"), FOR_OWNERS)
def test_only_owners_are_asked_to(plan, chief, officer, adviser, name, more, asked):
    assert asked in read_by(chief, plan, name, more)
    assert asked not in read_by(officer, plan, name, more)
    assert asked not in read_by(adviser, plan, name, more)


@pytest.mark.parametrize(("name", "more", "asked"), FOR_COMMENTERS)
def test_only_those_who_can_comment_are_told_how(
    plan, reviewer, adviser, partial_adviser, name, more, asked
):
    assert asked in read_by(reviewer, plan, name, more)
    readers = [adviser, partial_adviser]
    told = {asked in read_by(each, plan, name, more) for each in readers}
    assert told == {True, False}


def test_no_rule_of_a_key_date_asks_the_reader_to_enter_it(plan, chief):
    assert "Enter it yourself" not in read_by(chief, plan, "plan_dates", ())


def test_an_adviser_does_not_read_of_their_own_council(plan, reviewer, adviser):
    assert "Your council" in read_by(reviewer, plan, "plan_dates", ())
    assert "Your council" not in read_by(adviser, plan, "plan_dates", ())
    assert "your constitution" not in read_by(adviser, plan, "interim", ())


def test_an_adviser_who_sees_one_stage_reads_that_figures_count_only_that(
    plan, adviser, partial_adviser
):
    for person, is_part in ((adviser, False), (partial_adviser, True)):
        seen = Plan.objects.visible_to(person).get(pk=plan.pk)
        summary = render_html(report_for(seen, scope=SUMMARY, today=plan.election_day))
        assert ("In stage 2 of the plan" in summary) is is_part
        assert ("The steps of stage 2" in summary) is is_part
        assert ("The 30 steps" in summary) is not is_part
        assert ("You see stage 2 of this plan" in read_by(person, plan, "plan", ())) is is_part
        options = read_by(person, plan, "action_plan", ())
        assert ("in all 3 stages" in options) is not is_part
