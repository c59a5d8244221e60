"""Changes to several actions: shown before, refused where they make no sense, undone after."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.history import views as history_views
from assessments.plans.models import BulkChange, Event, PlanItem, Status
from councils.actions import accept, invite
from councils.models import Access, Invitation, Membership, Office
from frameworks.templatetags.guidance import in_sentence
from tests.acting import answer, fresh, item_url, signed_in, text_of


@pytest.fixture
def chosen(plan):
    return list(PlanItem.objects.filter(plan=plan, step__number=13).order_by("pk")[:3])


def member(user):
    return Membership.objects.select_related("user").get(user=user)


def sent(page):
    """The hidden inputs of the only form that has a confirm button, as a browser sends them."""
    import re

    html = page.content.decode()
    pairs = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', html)
    data = {}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    return {**data, "confirm": "1"}


def asked(chosen, **change):
    return {"items": [item.pk for item in chosen], "check": "1", **change}


def values(items):
    names = ("status", "reason", "owner", "owner_name", "due", "due_rule")
    return list(PlanItem.objects.filter(pk__in=[i.pk for i in items]).order_by("pk").values(*names))


@pytest.mark.parametrize("kind", ["owner", "due", "status"])
def test_chosen_actions_are_changed_after_a_preview_and_the_change_is_undone(
    plan, chief, officer, chosen, kind
):
    answer(chosen[0], chief, owner_name="A partner", due=dt.date(2027, 6, 1))
    change = {
        "owner": {"owner": member(officer).pk},
        "due": {"due-day": "7", "due-month": "6", "due-year": "2027"},
        "status": {"status": "not-needed", "reason": "Done elsewhere"},
    }[kind]
    before = values(chosen)
    client = signed_in(chief)
    url = reverse("plan_bulk", args=[plan.pk])
    preview = client.post(url, asked(chosen, change=kind, **change))
    assert preview.status_code == 200
    assert "3 actions will change" in text_of(preview)
    label = {"owner": "Owner: ", "due": "Due: ", "status": "Status: "}[kind]
    assert label in text_of(preview).partition("3 actions will change")[2]
    assert values(chosen) == before
    done = client.post(url, sent(preview), follow=True)
    assert "3 actions changed" in text_of(done)
    assert values(chosen) != before
    assert Event.objects.filter(item__in=chosen, kind="item-changed").count() == 4
    bulk = BulkChange.objects.get()
    undo = reverse("plan_bulk_done", args=[plan.pk, bulk.pk])
    assert "Undone for 3 actions" in text_of(client.post(undo, follow=True))
    assert values(chosen) == before
    history = text_of(client.get(reverse("plan_history", args=[plan.pk])))
    assert history.count("(by undoing an earlier change)") == 3
    assert "This change was undone on" in text_of(client.get(undo))
    assert "This change has already been undone" in text_of(client.post(undo, follow=True))


def test_the_history_leads_to_what_can_be_undone_for_those_who_can(
    plan, chief, officer, reviewer, chosen, monkeypatch
):
    client, url = signed_in(chief), reverse("plan_bulk", args=[plan.pk])
    for owner in (officer, chief, officer):
        change = asked(chosen, change="owner", owner=member(owner).pk)
        client.post(url, sent(client.post(url, change)))
    first, _, third = BulkChange.objects.order_by("pk")
    undo = {each: reverse("plan_bulk_done", args=[plan.pk, each.pk]) for each in (first, third)}
    monkeypatch.setattr(history_views, "UNDOABLE", 2)
    page = reverse("plan_history", args=[plan.pk])
    shown = client.get(page).content.decode()
    assert undo[third] in shown
    assert undo[first] not in shown  # only the latest
    assert undo[third] not in client.get(page, {"step": 11}).content.decode()
    assert undo[third] not in signed_in(reviewer).get(page).content.decode()
    client.post(undo[third])
    shown = client.get(page).content.decode()
    assert undo[third] not in shown
    assert undo[first] in shown


def test_an_action_that_was_saved_since_is_neither_changed_unseen_nor_undone(
    plan, chief, officer, chosen
):
    client = signed_in(chief)
    url = reverse("plan_bulk", args=[plan.pk])
    change = asked(chosen, change="owner", owner=member(officer).pk)
    data = sent(client.post(url, change))
    answer(fresh(chosen[0]), officer, note="Meanwhile")
    again = client.post(url, data)
    assert again.status_code == 409
    assert "have changed since you checked" in text_of(again)
    client.post(url, sent(again))
    answer(fresh(chosen[0]), officer, note="Again")
    undo = reverse("plan_bulk_done", args=[plan.pk, BulkChange.objects.get().pk])
    words = text_of(client.post(undo, follow=True))
    assert (
        "Undone for 2 actions. Not undone, because they have been changed, removed or signed off "
        "since then: 1 action"
    ) in words
    assert fresh(chosen[0]).owner == member(officer)


def test_a_date_before_the_election_it_follows_is_refused(plan, chief, chosen):
    before = PlanItem.objects.filter(plan=plan, step__number=1).first()
    day = plan.election_day - dt.timedelta(days=1)
    date = {"due-day": day.day, "due-month": day.month, "due-year": day.year}
    client = signed_in(chief)
    url = reverse("plan_bulk", args=[plan.pk])
    page = client.post(url, asked([before, *chosen], change="due", **date))
    words = text_of(page)
    assert "1 action will change" in words
    assert "It follows the election on 6 May 2027" in words
    client.post(url, sent(page))
    assert fresh(before).due == day
    assert {fresh(item).due for item in chosen} == {None}


def test_invalid_choices_are_said_beside_the_field(plan, chief, chosen, subtests):
    client = signed_in(chief)
    url = reverse("plan_bulk", args=[plan.pk])
    for change, words in (
        ({}, "Select what to change"),
        ({"change": "status", "status": "not-needed"}, "Enter the reason they are not needed"),
        ({"change": "owner", "owner": "999999"}, "Select an owner from the list"),
    ):
        with subtests.test(words):
            page = client.post(url, asked(chosen, **change))
            assert page.status_code == 422
            assert words in text_of(page)
    assert "You have not selected any actions" in text_of(client.get(url, {"items": "x"}))


def test_moving_many_due_dates_shows_what_moves_and_is_undone(plan, chief, chosen):
    for item, day in zip(chosen, (7, 8, 9), strict=True):
        answer(item, chief, due=dt.date(2027, 5, day), status=Status.IN_PROGRESS)
    client = signed_in(chief)
    url = reverse("plan_due", args=[plan.pk])
    data = {"which": "step-13", "change": "shift", "days": "-2"}
    page = client.post(url, data)
    words = text_of(page)
    assert "2 actions will change" in words
    assert "5 May 2027" in words
    assert "What stays as it is" in words
    assert fresh(chosen[2]).due == dt.date(2027, 5, 9)
    done = client.post(url, sent(page), follow=True)
    assert "2 actions changed" in text_of(done)
    assert [fresh(item).due.day for item in chosen] == [7, 6, 7]
    undo = reverse("plan_bulk_done", args=[plan.pk, BulkChange.objects.get().pk])
    client.post(undo)
    assert [fresh(item).due.day for item in chosen] == [7, 8, 9]


def test_moving_election_day_names_what_would_be_due_before_it_and_says_how_to_undo(
    plan, chief, chosen
):
    answer(chosen[0], chief, due=dt.date(2027, 5, 8))
    url = reverse("plan_settings_section", args=[plan.pk, "all"])
    client = signed_in(chief)
    names = ("occasion", "control", "control_standing", "formality", "coalition_term", "marking")
    data = {name: getattr(plan, name) for name in names}
    data |= {"stage_2_weeks": plan.stage_2_weeks, "version": plan.version}
    data |= {"election_day-day": 13, "election_day-month": 5, "election_day-year": 2027}
    page = client.post(url, data)
    assert "due before the election they follow" in text_of(page)
    assert chosen[0].words(plan.term) in text_of(page)
    done = client.post(url, data | {"confirm": "1"}, follow=True)
    assert "moved from 6 May 2027 to 13 May 2027. You can undo this" in text_of(done)


def test_removing_a_member_lists_what_they_own_and_leads_to_reassigning_it(
    plan, chief, officer, chosen
):
    answer(chosen[0], chief, owner=member(officer))
    url = reverse("member_remove", args=[plan.council.slug, member(officer).pk])
    page = signed_in(chief).get(url)
    words = text_of(page)
    assert "1 open action in the plan for the election on 6 May 2027" in words
    assert chosen[0].words(plan.term) in words
    link = f"{reverse('plan_open', args=[plan.pk])}?owner={member(officer).pk}"
    assert link in page.content.decode()


@pytest.fixture
def invited(plan, chief):
    place = {"office": Office.MONITORING_OFFICER, "access": Access.EDITOR}
    return invite(
        council=plan.council,
        by=chief,
        link_for=lambda token: f"token {token}",
        name="Mo Reed",
        email="mo@example.org",
        **place,
    )


def test_actions_are_given_to_their_suggested_leads_and_to_people_not_yet_joined(
    plan, chief, invited, django_capture_on_commit_callbacks
):
    items = list(plan.items.select_related("source__lead_role").filter(step__number__in=(3, 9)))
    monitoring = [i for i in items if i.source.lead_role.code == Office.MONITORING_OFFICER]
    assert monitoring
    assert len(monitoring) < len(items)
    client, url = signed_in(chief), reverse("plan_bulk", args=[plan.pk])
    page = client.get(url, {"items": [item.pk for item in items]})
    assert "Mo Reed, Monitoring officer" in text_of(page)
    preview = client.post(url, asked(items, change="owner", owner="leads"))
    assert f"{len(monitoring)} actions will change" in text_of(preview)
    left = next(item for item in items if item not in monitoring)
    role = in_sentence(left.source.lead_role.name)
    assert "What stays as it is" in text_of(preview)
    assert f"Its suggested lead is {role}: no one has this role." in text_of(preview)
    client.post(url, sent(preview))
    assert {fresh(item).owner_name for item in monitoring} == {"Mo Reed"}

    # They become the person's own when the person joins.
    elsewhere = monitoring[0]
    answer(fresh(elsewhere), chief, owner_name="A partner")
    token = "a token of the invitation"
    Invitation.objects.update(token_digest=Invitation.digest_of(token))
    with django_capture_on_commit_callbacks(execute=True):
        membership = accept(token, password="three-random-words")
    assert {fresh(item).owner for item in monitoring[1:]} == {membership}
    assert fresh(elsewhere).owner_name == "A partner"
    changed = Event.objects.filter(plan=plan, by=membership.user)
    assert changed.count() == len(monitoring) - 1


def test_an_action_is_given_to_a_person_not_yet_joined_where_it_is_edited(plan, chief, invited):
    item = plan.items.first()
    client = signed_in(chief)
    page = client.get(item_url(item, "item_edit"))
    invitation = Invitation.objects.get(name="Mo Reed")
    value = f"i{invitation.pk}"
    option = f'<option value="{value}">Mo Reed, Monitoring officer</option>'
    assert option in page.content.decode()
    sent = {"version": item.version, "status": "not-started", "owner": value, "owner_name": "x"}
    client.post(item_url(item), sent | {"due_by": "date", "note": ""})
    assert (fresh(item).owner, fresh(item).owner_name) == (None, "Mo Reed")
    invitation.withdrawn_at = timezone.now()
    invitation.save()
    refused = client.post(item_url(item), sent | {"version": fresh(item).version})
    assert refused.status_code == 422
    assert "Select an owner from the list" in text_of(refused)


def test_numbers_too_long_for_a_reference_choose_nothing(plan, officer):
    """Python refuses to read more than 4,300 digits, and a database more than 19."""
    address = reverse("plan_bulk", args=[plan.pk])
    for number in ("9" * 19, "9" * 5000):
        assert signed_in(officer).post(address, {"items": [number]}).status_code < 500
