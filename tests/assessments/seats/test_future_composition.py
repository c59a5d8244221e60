"""A composition dated in the future, and what an allocation cannot take over from the last one."""

import pytest
import time_machine
from django.urls import reverse

from assessments.seats.actions import create_balance
from elections.bodies import JointGroup
from elections.political_balance import Committee
from tests.acting import signed_in, text_of

from .test_balance_pages import dt, recorded

pytestmark = pytest.mark.django_db


def test_a_composition_that_is_to_come_is_not_shown_as_the_current_one(riverdale, chief):
    recorded(riverdale, chief, Oak=12, Ash=8, as_at=dt.date(2026, 5, 11))
    coming = recorded(riverdale, chief, Oak=9, Ash=11, as_at=dt.date(2027, 5, 10))
    address = reverse("composition", args=[riverdale.slug])
    with time_machine.travel("2027-05-08 12:00:00Z"):
        client = signed_in(chief)
        text = text_of(client.get(address))
        assert "Oak has a majority" in text
        assert "From 10 May 2027: Ash 11, Oak 9" in text
        page = client.get(reverse("composition_at", args=[riverdale.slug, coming.pk]))
        assert "does not apply until 10 May 2027" in text_of(page)
        assert "This is an earlier composition" not in text_of(page)
    with time_machine.travel("2027-05-10 12:00:00Z"):
        assert "Ash has a majority" in text_of(signed_in(chief).get(address))


def test_a_joint_group_that_cannot_be_kept_is_named(riverdale, chief):
    create_balance(
        composition=recorded(riverdale, chief, Oak=9, Ash=7, Elm=4),
        committees=[Committee("Planning", 5)],
        joint_groups=[JointGroup("Together", ("Ash", "Elm"))],
        by=chief,
    )
    recorded(riverdale, chief, Oak=9, Ash=11)
    page = signed_in(chief).get(reverse("balance_new", args=[riverdale.slug]))
    assert "Together treated Ash and Elm as one group. It has been left out" in text_of(page)
    assert "Elm is no longer listed as a group" in text_of(page)
