import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from assessments.plans import actions as plans_actions
from assessments.plans.actions import remove_item
from assessments.plans.models import Event, Plan, PlanItem, Status
from councils.models import Membership
from frameworks.models import ChecklistItem
from tests.acting import (
    HTMX,
    answer,
    by_id,
    error_links,
    form_on,
    fresh,
    item_ids,
    item_url,
    own_item,
    signed_in,
    status_only,
    step_url,
    text_of,
    whole,
    words,
)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(dt.datetime(2027, 5, 18, 11, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def client(officer):
    return signed_in(officer)


@pytest.fixture
def add_url(plan):
    return step_url(plan, 13, "item_add")


def added(client, add_url, **changes):
    data = form_on(client.get(add_url), add_url) | {"title": "Brief new chairs"} | changes
    return client.post(add_url, data)


# --- Adding ---------------------------------------------------------------------------------------


def test_an_own_item_is_added_at_the_end_of_its_step(client, plan, add_url, officer):
    assert add_url in client.get(step_url(plan, 13)).content.decode()
    response = added(
        client,
        add_url,
        note="Licensing first",
        owner=str(Membership.objects.get(user=officer).pk),
        **{"due-day": "28", "due-month": "5", "due-year": "2027"},
    )
    item = PlanItem.objects.get(source=None)
    assert response.status_code == 302
    assert response.url == step_url(plan, 13) + f"#item-{item.pk}"
    assert (item.title, item.note, item.due) == (
        "Brief new chairs",
        "Licensing first",
        dt.date(2027, 5, 28),
    )
    assert item.owner.user == officer
    assert (item.status, item.version, item.saved_by) == ("not-started", 1, officer)
    page = client.get(step_url(plan, 13))
    assert item_ids(page)[-1] == item.pk
    text = text_of(page)
    assert "“Brief new chairs” has been added." in text
    assert "Brief new chairs Added by this council" in text
    assert words(by_id(page)["step-13-progress"]) == "Not started"
    event = Event.objects.first()
    assert (event.kind, event.detail, event.by) == ("item-added", "Brief new chairs", officer)
    assert event.changes.get(field="note").after == "Licensing first"


@pytest.mark.parametrize(
    ("status", "reason", "completed_on", "kept"),
    [
        ("in-progress", "typed, then hidden", None, ""),
        ("completed", "", dt.date(2027, 5, 18), ""),
        ("completed", "typed, then hidden", dt.date(2027, 5, 18), ""),
        ("not-needed", "No committee", None, "No committee"),
    ],
)
def test_an_own_item_may_start_with_any_status(client, add_url, status, reason, completed_on, kept):
    response = added(client, add_url, status=status, reason=reason)
    assert response.status_code == 302
    item = PlanItem.objects.get(source=None)
    assert (item.status, item.reason, item.completed_on) == (status, kept, completed_on)


def test_added_actions_keep_their_order(client, plan, add_url):
    for title in ("One", "Two", "Three"):
        added(client, add_url, title=title)
    own = list(plan.items.filter(source=None))
    assert [item.title for item in own] == ["One", "Two", "Three"]
    assert item_ids(client.get(step_url(plan, 13)))[-3:] == [item.pk for item in own]


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("", "Enter the action"),
        ("   ", "Enter the action"),
        ("x" * 161, "The action must be 160 characters or fewer. Put the rest in the note"),
        ("a\0b", "Null characters are not allowed"),
    ],
)
def test_an_invalid_title_is_refused_and_the_answers_kept(client, plan, add_url, title, message):
    typed = {"note": "Two\r\nlines", "status": "in-progress", "due-day": "3"}
    page = added(client, add_url, title=title, **typed)
    assert page.status_code == 422
    assert (message, "new-title") in error_links(page)
    assert ("Due date must include a month and year", "new-due-month") in error_links(page)
    assert {target for _, target in error_links(page)} <= by_id(page).keys()
    kept = form_on(page, add_url)
    assert kept["title"] == title.replace("\0", "\ufffd")
    assert {name: kept[name] for name in typed} == typed
    assert not PlanItem.objects.filter(source=None).exists()
    assert "<title>Error: " in page.content.decode()


def test_a_title_of_160_characters_and_any_script_is_kept(client, add_url):
    for title in ("é" * 160, "<b>Bold</b> & {coalition} {% now 'Y' %}", "Cyfarfod ŵ 👍"):
        added(client, add_url, title=f"  {title} ")
        item = PlanItem.objects.filter(source=None).last()
        assert item.title == title
        page = client.get(step_url(item.plan, 13))
        assert title in text_of(page)
        assert "<b>Bold" not in page.content.decode()


def test_a_member_of_another_council_cannot_be_assigned_a_new_action(client, add_url, stranger):
    foreign = Membership.objects.get(user=stranger).pk
    page = added(client, add_url, owner=str(foreign))
    assert page.status_code == 422
    assert ("Select an owner from the list", "new-owner") in error_links(page)
    assert not PlanItem.objects.filter(source=None).exists()


# --- Editing --------------------------------------------------------------------------------------


def test_the_title_of_an_added_action_can_be_changed(client, plan, officer):
    own = own_item(plan, by=officer)
    opened = form_on(client.get(item_url(own, "item_edit")), item_url(own))
    assert opened["title"] == "Brief new committee chairs"
    response = client.post(item_url(own), opened | {"title": "Brief  all\tchairs"}, headers=HTMX)
    assert response.status_code == 200
    assert fresh(own).title == "Brief all chairs"
    change = Event.objects.filter(item=own).first().changes.get()
    assert (change.field, change.before, change.after) == (
        "title",
        "Brief new committee chairs",
        "Brief all chairs",
    )


@pytest.mark.parametrize("title", ["", "  ", "x" * 161])
def test_the_title_of_an_added_action_cannot_be_empty(client, plan, officer, title):
    own = own_item(plan, by=officer)
    response = client.post(item_url(own), whole(own, title=title, note="Kept"), headers=HTMX)
    assert response.status_code == 422
    assert words(by_id(response)[f"item-{own.pk}-error-title"])
    page = client.post(item_url(own), whole(own, title=title, note="Kept"))
    assert form_on(page, item_url(own))["note"] == "Kept"
    assert fresh(own).title == "Brief new committee chairs"


def test_the_text_of_the_guidance_cannot_be_changed(client, item):
    assert "title" not in form_on(client.get(item_url(item, "item_edit")), item_url(item))
    text = item.source.text
    client.post(item_url(item), whole(item, title="Mine", note="New"), headers=HTMX)
    saved = fresh(item)
    assert (saved.title, saved.note, saved.source.text) == ("", "New", text)


# --- Removing and putting back --------------------------------------------------------------------


def test_removing_asks_first_and_can_be_undone(client, plan, officer, chief):
    own = own_item(plan, by=chief, note="Notes\nin lines")
    remove = item_url(own, "item_remove")
    assert remove in client.get(item_url(own, "item_edit")).content.decode()
    page = client.get(remove)
    assert "Remove this action? Brief new committee chairs" in text_of(page)
    assert "Notes\nin lines" in page.content.decode()
    assert fresh(own).removed_at is None

    response = client.post(remove, form_on(page))
    assert response.url == step_url(plan, 13)
    after = client.get(step_url(plan, 13))
    assert own.pk not in item_ids(after)
    assert "Removed: Brief new committee chairs" in text_of(after)
    assert "Removed actions (1)" in text_of(after)
    assert fresh(own).removed_at is not None
    assert (fresh(own).saved_by, fresh(own).version) == (officer, 2)

    restore = item_url(own, "item_restore")
    response = client.post(restore, form_on(after, restore))
    assert response.url == step_url(plan, 13) + f"#item-{own.pk}"
    assert own.pk in item_ids(client.get(step_url(plan, 13)))
    saved = fresh(own)
    assert (saved.removed_at, saved.note, saved.version) == (None, "Notes\nin lines", 3)
    assert [event.kind for event in Event.objects.filter(item=own)] == [
        "item-restored",
        "item-removed",
        "item-added",
    ]


def test_an_item_someone_has_just_saved_is_shown_before_it_is_removed(client, plan, chief):
    own = own_item(plan, by=chief)
    data = form_on(client.get(item_url(own, "item_remove")))
    answer(own, chief, note="Not so fast")
    page = client.post(item_url(own, "item_remove"), data)
    assert page.status_code == 409
    assert "Someone saved this action after you opened it." in text_of(page)
    assert "Not so fast" in text_of(page)
    assert fresh(own).removed_at is None
    assert client.post(item_url(own, "item_remove"), form_on(page)).status_code == 302
    assert fresh(own).removed_at is not None


@pytest.mark.parametrize("version", [None, "", "x", "-1", "9" * 30])
def test_nothing_is_removed_without_the_version_that_was_seen(client, plan, chief, version):
    own = own_item(plan, by=chief)
    data = {} if version is None else {"version": version}
    assert client.post(item_url(own, "item_remove"), data).status_code == 409
    assert fresh(own).removed_at is None


def test_an_action_is_removed_and_restored_once(client, plan, chief):
    own = own_item(plan, by=chief)
    client.post(item_url(own, "item_remove"), {"version": "1"})
    assert client.post(item_url(own, "item_remove"), {"version": "2"}).status_code == 404
    assert client.get(item_url(own, "item_remove")).status_code == 404
    for _ in range(2):
        assert client.post(item_url(own, "item_restore")).status_code == 302
    assert fresh(own).version == 3
    assert Event.objects.filter(item=own, kind="item-restored").count() == 1


def test_restoring_twice_at_once_gives_no_error(client, plan, chief, monkeypatch):
    own = own_item(plan, by=chief)
    remove_item(fresh(own), version=1, by=chief)
    restore_item = plans_actions.restore_item

    def overtaken(item, **kwargs):
        restore_item(PlanItem.objects.select_related("plan").get(pk=item.pk), by=chief)
        restore_item(item, **kwargs)

    monkeypatch.setattr("assessments.pages.views.items.restore_item", overtaken)
    assert client.post(item_url(own, "item_restore")).status_code == 302
    assert fresh(own).removed_at is None
    assert Event.objects.filter(item=own, kind="item-restored").count() == 1


def test_items_of_the_guidance_are_never_removed(client, item, officer):
    assert "/remove/" not in client.get(item_url(item, "item_edit")).content.decode()
    assert client.get(item_url(item, "item_remove")).status_code == 404
    assert client.post(item_url(item, "item_remove"), {"version": "1"}).status_code == 404
    with pytest.raises(ValueError, match="never removed"):
        remove_item(item, version=1, by=officer)
    assert fresh(item).removed_at is None


def test_a_removed_action_is_not_counted(client, plan, chief):
    own = own_item(plan, by=chief, due=dt.date(2027, 5, 1))
    home = reverse("plan", args=[plan.pk])
    assert "0 of 124 complete1 overdue" in text_of(client.get(home))
    client.post(item_url(own, "item_remove"), {"version": "1"})
    assert "0 of 123 complete0 due" in text_of(client.get(home))


def test_an_action_that_is_not_needed_is_not_counted(client, plan, item):
    data = whole(item, status="not-needed", reason="Covered by the region")
    client.post(item_url(item), data)
    assert "0 of 122 complete" in text_of(client.get(reverse("plan", args=[plan.pk])))
    text = text_of(client.get(step_url(plan, 13)))
    assert "Not needed: Covered by the region" in text


def test_removed_actions_are_shown_to_those_who_can_restore_them(plan, chief, reviewer):
    own = own_item(plan, by=chief, title="Secret plan")
    remove_item(fresh(own), version=1, by=chief)
    assert "Secret plan" in text_of(signed_in(chief).get(step_url(plan, 13)))
    assert "Secret plan" not in text_of(signed_in(reviewer).get(step_url(plan, 13)))


# --- The council's own term -----------------------------------------------------------------------

TEXTS = {
    "The {coalition} begins": "The joint administration begins",
    "{A coalition} begins; {a coalition} ends": "A joint administration begins; "
    "a joint administration ends",
    "{Coalition} and {coalitions}": "Joint administration and joint administrations",
}


@pytest.fixture
def termed(plan):
    Plan.objects.filter(pk=plan.pk).update(coalition_term="joint administration")
    plan.refresh_from_db()
    return plan


@pytest.mark.parametrize(("text", "shown"), TEXTS.items())
def test_items_and_prompts_use_the_councils_own_term(client, termed, item, text, shown):
    ChecklistItem.objects.filter(pk=item.source_id).update(text=text, prompts=f"{text}?\n{text}!")
    pages = [
        step_url(termed, 13),
        item_url(item, "item_edit"),
        reverse("plan_stage", args=[termed.pk, 2]),
        reverse("plan_mine", args=[termed.pk]),
    ]
    for page in pages:
        words_of_page = text_of(client.get(page))
        assert shown in words_of_page
        assert f"{shown}?" in words_of_page
        assert f"{shown}!" in words_of_page
        assert "{" not in words_of_page
    saved = client.post(item_url(item), status_only(item, "in-progress"), follow=True)
    assert f"Saved at midday: {shown}" in text_of(saved)


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        ("alliance", "An alliance begins; an alliance ends"),
        ("minority", "A minority begins; a minority ends"),
    ],
)
def test_the_article_matches_the_term(client, plan, item, term, shown):
    Plan.objects.filter(pk=plan.pk).update(coalition_term=term)
    text = "{A coalition} begins; {a coalition} ends"
    ChecklistItem.objects.filter(pk=item.source_id).update(text=text)
    assert shown in text_of(client.get(step_url(plan, 13)))


def test_no_page_of_a_plan_shows_a_placeholder(client, termed):
    for number in range(1, 31):
        assert "{" not in text_of(client.get(step_url(termed, number))), number


def test_placeholders_in_typed_text_are_not_replaced(client, termed, officer):
    own_item(termed, by=officer, title="Ask the coalition about {coalition}")
    assert "Ask the coalition about {coalition}" in text_of(client.get(step_url(termed, 13)))


def test_two_plans_each_have_their_own_term(client, termed, their_plan, stranger):
    ours = text_of(client.get(step_url(termed, 17)))
    theirs = text_of(signed_in(stranger).get(step_url(their_plan, 17)))
    assert "protocol with the joint administration" in ours
    assert "protocol with the coalition" in theirs


def test_an_added_action_belongs_to_no_role_until_it_is_assigned(client, plan, officer):
    own = own_item(plan, by=officer)
    mine = reverse("plan_mine", args=[plan.pk])
    assert own.pk not in item_ids(client.get(mine))
    answer(own, officer, owner=Membership.objects.get(user=officer), status=Status.IN_PROGRESS)
    assert own.pk in item_ids(client.get(mine))
