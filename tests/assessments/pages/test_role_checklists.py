"""The list of each officer role: its part, what it leads and what it supports."""

import pytest
from django.urls import reverse

from assessments.exports.pdf import render_html
from assessments.exports.report import report_for
from assessments.exports.scope import Scope
from assessments.plans.roles import role_for
from councils.models import Office
from frameworks.models import OfficerRole, Step
from tests.acting import signed_in, step_url, text_of


@pytest.mark.parametrize("office", Office.values)
def test_every_role_shows_its_part_and_the_steps_it_supports(plan, chief, office):
    page = text_of(signed_in(chief).get(reverse("plan_officer", args=[plan.pk, office])))
    role = role_for(plan, office)
    assert role.part
    for text in role.part:
        assert " ".join(text.split()) in page
    for step in role.supports:
        assert f"{step.number} {step.title}" in page
        assert step.summary in page
    led = set(Step.objects.filter(lead_role__code=office).values_list("number", flat=True))
    assert not led & {step.number for step in role.supports}


def test_my_actions_show_the_part_of_my_role(plan, officer):
    page = text_of(signed_in(officer).get(reverse("plan_mine", args=[plan.pk])))
    assert "What your role does in the transition" in page
    assert OfficerRole.objects.get(code="monitoring-officer").part_paragraphs[0] in page
    step = plan.items.filter(source__lead_role__code="monitoring-officer").first().step
    assert step.summary in page
    assert "From component" in page


def test_the_part_of_a_role_uses_the_councils_term(plan, chief):
    plan.coalition_term = "alliance"
    plan.save()
    for office in Office.values:
        page = text_of(signed_in(chief).get(reverse("plan_officer", args=[plan.pk, office])))
        assert "{" not in page


def test_an_adviser_sees_only_supported_steps_of_granted_stages(plan, partial_adviser):
    address = reverse("plan_officer", args=[plan.pk, "slt-member"])
    html = signed_in(partial_adviser).get(address).content.decode()
    whole = role_for(plan, "slt-member")
    assert {step.stage for step in whole.supports} > {"Early foundations"}
    for step in whole.supports:
        link = f'href="{step_url(plan, step.number)}"'
        assert (link in html) == (step.stage == "Early foundations")


def test_the_pdf_begins_with_the_roles_part(plan):
    scope = Scope.parse("officer-monitoring-officer")
    report = report_for(plan, scope=scope, today=plan.election_day)
    html = render_html(report)
    assert report.role.part[0] in html
    assert "What this role does in the transition" in html
    assert report_for(plan, scope=Scope.parse("stage-2"), today=plan.election_day).role is None
