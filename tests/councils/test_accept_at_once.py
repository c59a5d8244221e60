"""Invitations that are accepted at the same moment."""

import pytest

from councils import actions
from councils.models import Access, Membership, Office, User
from tests.assessments.plans.test_concurrency import all_at_once, by_kind

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_first_owners_who_accept_at_once_one_joins(riverdale, chief):
    operator = User.objects.create(email="operator@planner.example", name="Op", is_operator=True)
    Membership.objects.update(access=Access.EDITOR)
    tokens = []
    for key in ("ann", "bob", "cy"):
        actions.invite(
            council=riverdale,
            by=operator,
            link_for=lambda token: tokens.append(token) or token,
            email=f"{key}@riverdale.example",
            name=key,
            office=Office.CHIEF_EXECUTIVE,
            job_title="",
            access=Access.OWNER,
        )

    def accept(token):
        return lambda: actions.accept(token, password="seven brown herons")

    outcomes = all_at_once([accept(token) for token in tokens])
    assert len(by_kind(outcomes, Membership)) == 1, outcomes
    assert outcomes.count(None) == 2, outcomes
    assert Membership.objects.filter(council=riverdale, access=Access.OWNER).count() == 1
