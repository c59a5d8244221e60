"""A change that waits while the access of its author ends."""

import threading
import time

import pytest
from django.db import transaction

from assessments.access import plan_for
from assessments.plans.actions import save_item
from councils.actions import end_membership
from councils.models import Access, Membership, StandingHasEnded
from tests.assessments.plans.test_concurrency import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_change_that_waits_for_the_end_of_access_is_refused(plan, item, chief, person):
    """On PostgreSQL it waits for the head of the chain, and must see what was committed since."""
    second = person(plan.council, "second", access=Access.OWNER)
    is_in, has_ended = threading.Event(), threading.Event()

    def end():
        assert is_in.wait(timeout=20)
        with transaction.atomic():
            end_membership(Membership.objects.get(user=second), by=chief)
            has_ended.set()
            time.sleep(0.5)  # until the other waits

    def save():
        plan_for(second, plan.pk)
        is_in.set()
        assert has_ended.wait(timeout=20)
        return save_item(item, version=1, by=second, note="Too late")

    first, refusal = all_at_once([end, save])
    assert first is None
    assert isinstance(refusal, StandingHasEnded)
    item.refresh_from_db()
    assert item.note == ""
