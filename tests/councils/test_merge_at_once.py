"""Merges of accounts while others do the same, or save, at that moment."""

from contextlib import suppress

import pytest
from django.db.models import Q

from assessments.data_protection.actions import confirm_merge
from assessments.plans.actions import save_item
from assessments.versions import StaleVersion
from councils.actions import MergeRefused, change_member, end_membership
from councils.models import Access, AccountMerge, CouncilEvent, Membership, Office, User
from councils.verification import verify
from tests.acting import fresh
from tests.assessments.plans.test_concurrency import all_at_once, by_kind
from tests.councils.test_merge_accounts import asked, member_of, stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mine(person, riverdale):
    return person(riverdale, "mine", access=Access.EDITOR, office=Office.SLT_MEMBER)


@pytest.fixture
def other(person, riverdale):
    return person(riverdale, "other", access=Access.REVIEWER, office=Office.HEAD_OF_HR)


def test_a_link_used_ten_times_at_once_merges_once(mine, other, riverdale, plan):
    token = asked(mine, other)
    outcomes = all_at_once([lambda: confirm_merge(token, by=mine)] * 10)
    assert len(by_kind(outcomes, list)) == 1, outcomes
    assert outcomes.count(None) == 9, outcomes
    assert CouncilEvent.objects.filter(kind="accounts-merged").count() == 1
    assert verify(riverdale).problems == []


def test_of_two_accounts_that_merge_with_each_other_at_once_one_stays(mine, other, riverdale, plan):
    tokens = {mine: asked(mine, other), other: asked(other, mine)}

    def confirm(user):
        return lambda: confirm_merge(tokens[user], by=user)

    outcomes = all_at_once([confirm(mine), confirm(other)] * 3)
    assert len(by_kind(outcomes, list)) == 1, outcomes
    assert outcomes.count(None) == 5, outcomes
    both = User.objects.filter(pk__in=[mine.pk, other.pk])
    assert [both.filter(is_active=value).count() for value in (True, False)] == [1, 1]
    assert not AccountMerge.objects.filter(Q(asked_by=mine) | Q(asked_by=other)).exists()
    assert verify(riverdale).problems == []


def test_a_merge_while_others_save_and_assign_waits_for_them(
    mine, other, chief, officer, riverdale, plan
):
    items = list(plan.items.all()[:12])
    theirs = member_of(other, riverdale)
    for item in items[:6]:
        save_item(fresh(item), version=1, by=chief, owner=theirs)
    token = asked(mine, other)

    def save(item, **fields):
        def run():
            now = fresh(item)
            return save_item(now, version=now.version, by=officer, **fields)

        return run

    outcomes = all_at_once(
        [
            lambda: confirm_merge(token, by=mine),
            *(save(item, note="At the same moment") for item in items),
            *(save(item, owner=theirs) for item in items[6:]),
        ]
    )
    assert len(by_kind(outcomes, list)) == 1, outcomes
    failed = by_kind(outcomes, Exception)
    assert by_kind(failed, StaleVersion) == failed
    # What was assigned before the merge followed the person.
    kept = member_of(mine, riverdale)
    assert {fresh(item).owner_id for item in items[:6]} == {kept.pk}
    assert verify(riverdale).problems == []


def test_a_merge_while_either_membership_changes_leaves_one_or_none(
    mine, other, chief, riverdale, plan
):
    token = asked(mine, other)
    theirs = member_of(other, riverdale)

    def end():
        with suppress(Membership.DoesNotExist):
            end_membership(Membership.objects.get(pk=theirs.pk), by=chief)

    outcomes = all_at_once(
        [
            lambda: confirm_merge(token, by=mine),
            lambda: change_member(member_of(mine, riverdale), by=chief, access=Access.REVIEWER),
            end,
        ]
    )
    unexpected = [each for each in by_kind(outcomes, Exception) if not is_refusal(each)]
    assert unexpected == []
    current = Membership.objects.current().filter(user__in=[mine, other], council=riverdale)
    assert current.count() == 1
    assert stored(current.get().user).is_active
    assert verify(riverdale).problems == []


def is_refusal(error):
    return isinstance(error, MergeRefused | Membership.DoesNotExist)
