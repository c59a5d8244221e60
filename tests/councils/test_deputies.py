"""Deputies for officer roles: who records them, what they can do, and that the record says so."""

from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import reverse

from assessments.budget.actions import add_amendment
from assessments.budget.models import BudgetAmendment
from assessments.data_protection.access import needs_request
from assessments.plans.models import Event, ReviewMark, SignOffStatement
from assessments.reviews.actions import mark_step, statutory_concerns
from councils import migrations
from councils.actions import (
    change_member,
    end_membership,
    erase_account,
    invite,
    name_deputy,
)
from councils.models import Access, CouncilEvent, Deputy, Invitation, Membership, Office
from councils.verification import verify
from elections.budget import AmendmentLine
from tests.acting import error_links, signed_in, text_of
from tests.assessments.reviews.test_sign_off import concern_of, stage
from tests.assessments.reviews.test_statements import receipt, signed, url

__all__ = ["receipt", "signed", "stage", "url"]

pytestmark = pytest.mark.django_db

MONITORING, FINANCE = Office.MONITORING_OFFICER, Office.SECTION_151_OFFICER


@pytest.fixture
def dan(person, riverdale):
    return person(riverdale, "dan", access=Access.REVIEWER, name="Dan Deputy")


def membership(user):
    return Membership.objects.select_related("user", "council").get(user=user)


def test_an_owner_records_and_ends_a_deputy(riverdale, chief, officer, dan, person):
    person(riverdale, "second", access=Access.OWNER)
    page, people = reverse("deputies", args=["riverdale"]), reverse("people", args=["riverdale"])
    client, place = signed_in(chief), membership(dan)
    answers = {"office": MONITORING, "membership": place.pk}
    assert signed_in(officer).get(page).status_code == 403
    response = client.post(page, answers, follow=True)
    assert "Dan Deputy is now deputy monitoring officer." in text_of(response)
    assert "Deputy monitoring officer" in text_of(signed_in(officer).get(people))
    for wrong, said in (
        (answers, "is already the deputy"),
        (answers | {"membership": membership(officer).pk}, "holds that role themselves"),
        (answers | {"membership": membership(chief).pk}, "Another owner has to name you"),
        ({"office": MONITORING, "membership": 10**20}, "Select a person"),
        ({"office": "slt-member", "membership": place.pk}, "Select an officer role"),
    ):
        refused = client.post(page, wrong)
        assert refused.status_code == 422
        assert any(said in words for words, _ in error_links(refused)), said
    client.post(reverse("deputy_end", args=["riverdale", Deputy.objects.get().pk]))
    assert not Deputy.objects.current().exists()
    events = CouncilEvent.objects.filter(kind__startswith="deputy").order_by("pk")
    assert [(each.kind, each.before, each.after) for each in events] == [
        ("deputy-named", "", "Deputy monitoring officer"),
        ("deputy-ended", "Deputy monitoring officer", ""),
    ]
    assert verify(riverdale).problems == []


def test_an_owner_gives_themselves_a_statutory_role_only_if_they_are_the_only_one(
    riverdale, chief, officer, person
):
    """Sign-offs rely on who holds it. An only owner can, and everyone can read that they did."""
    second = person(riverdale, "second", access=Access.OWNER)
    client, address = signed_in(chief), reverse("member", args=["riverdale", membership(chief).pk])
    answers = {"office": FINANCE, "job_title": "Director", "access": "owner"}
    refused = client.post(address, answers | {"seen": membership(chief).state})
    said = ("Another owner has to give you the role of a statutory officer", "id_office")
    assert (refused.status_code, error_links(refused)) == (422, [said])
    # An invitation that they sent, and that came to be theirs, is no way around it.
    tokens = []
    invite(
        council=riverdale,
        by=chief,
        link_for=tokens.append,
        email="new@riverdale.example",
        name="Chief",
        office=FINANCE,
        access=Access.OWNER,
    )
    Invitation.objects.update(email=chief.email)
    joined = client.post(reverse("join", args=tokens))
    assert (joined.status_code, said[0] in text_of(joined)) == (409, True)
    assert membership(chief).office == Office.CHIEF_EXECUTIVE

    change_member(membership(second), by=chief, access=Access.EDITOR)
    assert client.post(address, answers | {"seen": membership(chief).state}).status_code == 302
    deputies = reverse("deputies", args=["riverdale"])
    client.post(deputies, {"office": MONITORING, "membership": membership(chief).pk})
    people = text_of(signed_in(officer).get(reverse("people", args=["riverdale"])))
    assert "Section 151 officer, set by themselves" in people
    assert "Deputy monitoring officer, set by themselves" in people
    words = CouncilEvent.objects.filter(by=chief, person__contains=chief.email).order_by("pk")
    assert [each.after for each in words.exclude(kind="invited")] == [
        "Director, Section 151 officer (owner, role set by themselves)",
        "Deputy monitoring officer, set by themselves",
    ]
    # What the record says is what the migration finds.
    Membership.objects.update(is_office_self_set=False)
    migration = next(Path(migrations.__file__).parent.glob("*_roles_set_by_themselves.py")).stem
    import_module(f"councils.migrations.{migration}").from_the_record(apps, None)
    assert [each.user for each in Membership.objects.filter(is_office_self_set=True)] == [chief]

    # Another owner confirms it by saving it, also if only the role changes and not the job title.
    change_member(membership(second), by=chief, access=Access.OWNER)
    other = signed_in(second)
    assert "set this officer role themselves" in text_of(other.get(address))
    other.post(address, answers | {"seen": membership(chief).state})
    assert not membership(chief).is_office_self_set
    other.post(address, answers | {"office": MONITORING, "seen": membership(chief).state})
    assert membership(chief).office == MONITORING
    latest = CouncilEvent.objects.filter(kind="member-changed").order_by("pk").last()
    assert latest.after == "Director, Monitoring officer (owner)"
    erase_account(stored_chief := membership(chief).user, by=second)
    latest.refresh_from_db()
    assert latest.after == "Job title removed, Monitoring officer (owner)"
    assert stored_chief.email not in str(list(CouncilEvent.objects.values_list("person")))
    assert verify(riverdale).problems == []


def test_a_deputy_makes_the_statement_as_deputy_until_the_role_ends(
    chief, dan, signed, receipt, url, riverdale
):
    client = signed_in(dan)
    assert client.get(url).status_code == 403
    for office in (MONITORING, FINANCE):
        name_deputy(membership(dan), office=office, by=chief)
    assert url in client.get(receipt).content.decode()
    words = {"words": "The advice was followed."}
    assert error_links(client.post(url, words))[0][0] == "Select the role"
    assert "Dan Deputy, as deputy" in text_of(
        client.post(url, words | {"post": FINANCE}, follow=True)
    )
    made = SignOffStatement.objects.get()
    assert (made.office, made.as_deputy, made.by) == (FINANCE, True, dan)
    assert Event.objects.get(kind="statement-made").detail == (
        "Stage 1: Deputy section 151 officer"
    )
    assert needs_request(membership(dan))
    end_membership(membership(dan), by=chief)
    assert not Deputy.objects.current().exists()
    assert verify(riverdale).problems == []


def test_a_deputy_section_151_officer_states_on_an_amendment(plan, chief, dan):
    amendment = add_amendment(
        plan,
        group="Oak",
        title="A park",
        received_on=plan.election_day,
        lines=[AmendmentLine("A park", 100, 100)],
        by=chief,
    )
    address = reverse("amendment_statement", args=[plan.pk, amendment.pk])
    client = signed_in(dan)
    assert client.get(address).status_code == 403
    name_deputy(membership(dan), office=FINANCE, by=chief)
    answers = {"version": amendment.version, "statement": "It balances.", "confirms_figures": "no"}
    assert client.post(address, answers).status_code == 302
    assert BudgetAmendment.objects.get().stated_as_deputy
    shown = text_of(client.get(reverse("budget", args=[plan.pk])))
    assert "Dan Deputy, as deputy" in shown
    assert ", as deputy" in Event.objects.get(kind="amendment-stated").detail


def test_a_concern_keeps_the_post_in_which_it_was_raised(
    plan, stage, chief, officer, dan, riverdale
):
    """An owner cannot settle an officer's concern by giving them another role just before."""
    mark = concern_of(officer, plan, stage, chief)
    change_member(membership(officer), office=Office.SLT_MEMBER, by=chief)
    (found,) = statutory_concerns(plan, stage)
    assert (found.pk, found.post) == (mark.pk, "Monitoring officer")
    mark.refresh_from_db()
    fields = {"verdict": "concern", "words": "Still not shown", "version": mark.version}
    mark_step(mark.review, mark.step, reviewer=membership(officer), by=officer, **fields)
    (found,) = statutory_concerns(plan, stage)
    assert (found.words, found.post) == ("Still not shown", "Monitoring officer")
    page = signed_in(chief).get(reverse("stage_sign_off", args=[plan.pk, stage.number]))
    assert "Monitoring officer" in text_of(page)
    assert 'id="id_reason"' in page.content.decode()
    ReviewMark.objects.all().delete()

    name_deputy(membership(dan), office=MONITORING, by=chief)
    mark.review.reviewers.add(membership(dan))
    fields = {"verdict": "concern", "words": "Nor is the reserve", "version": 0}
    mark_step(mark.review, mark.step, reviewer=membership(dan), by=dan, **fields)
    (found,) = statutory_concerns(plan, stage)
    assert found.post == "Deputy monitoring officer"
