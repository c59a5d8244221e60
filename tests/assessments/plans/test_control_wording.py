"""A plan's guidance suits the form of control: several groups, a minority or a majority."""

import pytest
from django.urls import reverse

from assessments.plans.models import Control, Plan
from assessments.plans.models.plans import ADMINISTRATIONS
from tests.acting import signed_in, text_of

SEVERAL = "the leaders of the groups in the coalition"
SINGLE = "the leaders of the administration and of the groups whose votes it needs"
MAJORITY = "the leaders of the administration and of the other groups"


def step_page(plan, chief, number=14):
    return text_of(signed_in(chief).get(reverse("plan_step", args=[plan.pk, number])))


@pytest.mark.parametrize("control", [c for c in Control if c not in ADMINISTRATIONS])
def test_an_arrangement_of_groups(plan, chief, control):
    Plan.objects.filter(pk=plan.pk).update(control=control)
    page = step_page(plan, chief)
    assert SEVERAL in page
    assert SINGLE not in page


def test_a_single_party_minority(plan, chief):
    Plan.objects.filter(pk=plan.pk).update(control=Control.MINORITY)
    page = step_page(plan, chief)
    assert SINGLE in page
    assert "coalition" not in page.partition("Related guidance")[0]


def test_a_majority(plan, chief):
    Plan.objects.filter(pk=plan.pk).update(control=Control.MAJORITY)
    page = step_page(plan, chief)
    assert MAJORITY in page
    assert "coalition" not in page.partition("Related guidance")[0]


def test_the_term_decides_while_control_is_not_known(plan, chief):
    Plan.objects.filter(pk=plan.pk).update(coalition_term="minority administration")
    assert SINGLE in step_page(plan, chief)


def test_a_minority_of_two_groups_keeps_its_own_term(plan, chief):
    Plan.objects.filter(pk=plan.pk).update(
        control=Control.TWO, coalition_term="minority administration"
    )
    assert "the leaders of the groups in the minority administration" in step_page(plan, chief)
