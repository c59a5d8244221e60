"""A plan has room for so many actions of the council's own, so that its pages and PDF work."""

import pytest
from django.urls import reverse

from assessments.plans.actions import TooManyActions, add_item, remove_item, restore_item
from assessments.plans.actions import items as item_actions
from frameworks.models import Step
from tests.acting import error_links, form_on, fresh, own_item, signed_in, step_url, text_of


@pytest.fixture(autouse=True)
def most(monkeypatch):
    monkeypatch.setattr(item_actions, "OWN_ACTIONS_MAX", 3)


def test_an_action_too_many_is_refused_beside_the_title_and_kept(plan, officer):
    client = signed_in(officer)
    address = step_url(plan, 2, "item_add")
    for n in range(3):
        own_item(plan, by=officer, title=f"Own {n}")
    answers = form_on(client.get(address), address) | {"title": "One more", "note": "My words"}
    response = client.post(address, answers)
    assert response.status_code == 422
    assert "up to 3 actions of the council’s own" in error_links(response)[0][0]
    assert "My words" in response.content.decode()
    assert plan.items.filter(source=None).count() == 3


def test_an_action_that_was_removed_leaves_room_and_is_not_restored_beyond_it(plan, officer):
    items = [own_item(plan, by=officer, title=f"Own {n}") for n in range(3)]
    step = Step.objects.get(framework=plan.transition_id, number=2)
    with pytest.raises(TooManyActions):
        add_item(plan, step, title="One more", by=officer)
    remove_item(fresh(items[0]), version=1, by=officer)
    add_item(plan, step, title="One more", by=officer)
    with pytest.raises(TooManyActions):
        restore_item(fresh(items[0]), by=officer)
    response = signed_in(officer).post(reverse("item_restore", args=[plan.pk, items[0].pk]))
    assert response.status_code == 403
    assert "Remove one that is no longer needed" in text_of(response)
    # Saving over an action that was removed meanwhile: refused too, and the words are kept.
    data = {"version": 1, "overwrite": 2, "title": "Own 0", "note": "My words", "owner": ""}
    data |= {"status": "not-started", "reason": ""}
    response = signed_in(officer).post(reverse("item", args=[plan.pk, items[0].pk]), data)
    assert response.status_code == 409
    assert "My words" in response.content.decode()


def test_removing_actions_does_not_leave_room_without_end(plan, officer, monkeypatch):
    """Removed actions stay on the page of their step, which every reader waits for."""
    monkeypatch.setattr(item_actions, "OWN_ACTIONS_AND_REMOVED_MAX", 5)
    step = Step.objects.get(framework=plan.transition_id, number=2)
    items = [own_item(plan, by=officer, title=f"Own {n}") for n in range(2)]
    for n in range(3):
        item = add_item(plan, step, title=f"Short-lived {n}", by=officer)
        remove_item(item, version=1, by=officer)
    client = signed_in(officer)
    address = step_url(plan, 2, "item_add")
    answers = form_on(client.get(address), address) | {"title": "One more", "note": "My words"}
    response = client.post(address, answers)
    assert response.status_code == 422
    assert "up to 5 actions of the council’s own, removed ones" in error_links(response)[0][0]
    assert "My words" in response.content.decode()
    assert plan.items.filter(source=None).count() == 5
    # A removed one can still be restored, and another removed.
    restore_item(fresh(item), by=officer)
    remove_item(fresh(items[0]), version=1, by=officer)
    assert plan.items.live().filter(source=None).count() == 2
