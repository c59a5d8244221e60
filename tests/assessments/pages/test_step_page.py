"""The page of a step: its neighbours, its guidance and what its actions say."""

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from elections.offsets import Offset, Side, Unit
from tests.acting import (
    HTMX,
    answer,
    by_id,
    fresh,
    item_url,
    signed_in,
    step_url,
    text_of,
    tree_of,
    words,
)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, {"next": 2}), (13, {"prev": 12, "next": 14}), (30, {"prev": 29})],
)
def test_a_step_leads_to_the_one_before_and_the_one_after(plan, chief, number, expected):
    page = signed_in(chief).get(step_url(plan, number))
    found = {a.get("rel"): a.get("href") for a in tree_of(page).iter("a") if a.get("rel")}
    assert found == {rel: step_url(plan, to) for rel, to in expected.items()}


def test_an_adviser_is_led_only_to_steps_they_can_see(plan, partial_adviser):
    client = signed_in(partial_adviser)
    for number, rel in ((11, ["next"]), (20, ["prev"])):
        page = client.get(step_url(plan, number))
        assert [a.get("rel") for a in tree_of(page).iter("a") if a.get("rel")] == [rel[0]]


def test_the_guidance_is_folded_after_its_first_paragraph(plan, chief):
    page = signed_in(chief).get(step_url(plan, 13))
    (fold,) = (e for e in tree_of(page).iter("details") if e.get("class") == "app-fold")
    summary = plan.transition.steps.get(number=13).summary
    assert summary in text_of(page)
    assert summary not in words(fold)
    assert len(list(fold.iter("p"))) > 1
    assert "guidance" in by_id(page)
    assert any(a.get("href") == "#guidance" for a in tree_of(page).iter("a"))


def test_an_action_that_asks_about_people_says_what_to_record(plan, chief):
    caution = "Record what will be done, not an opinion of anyone."
    client = signed_in(chief)
    item = plan.items.filter(source__asks_about_people=True).select_related("step").first()
    assert caution in text_of(client.get(step_url(plan, item.step.number)))
    assert caution in text_of(client.get(item_url(item, "item_edit")))
    other = plan.items.filter(source__code="NOC-13.2").get()
    article = by_id(client.get(step_url(plan, 13)))[f"item-{other.pk}"]
    assert caution not in words(article)


def test_an_open_action_has_one_primary_button(plan, chief, item):
    page = signed_in(chief).get(item_url(item, "item_edit"))
    primary = [
        words(button)
        for button in by_id(page)[f"item-{item.pk}"].iter("button")
        if "govuk-button" in button.get("class", "").split()
        and "govuk-button--secondary" not in button.get("class")
    ]
    assert primary == ["Save and close"]


def test_the_day_of_a_rule_is_shown_while_it_is_edited(plan, chief, item):
    rule = Offset(1, Unit.WEEKS, Side.BEFORE, "annual_meeting")
    answer(item, chief, due_rule=rule)
    day = date_format(fresh(item).due, "l j F Y")
    form = signed_in(chief).get(item_url(item, "item_edit"))
    assert f"1 week before annual council: {day}" in text_of(form)
    fragment = signed_in(chief).get(item_url(item, "item_edit"), headers=HTMX)
    assert f"1 week before annual council: {day}" in text_of(fragment)
    address = reverse("plan_due_day", args=[plan.pk])
    for answers, expected in (
        (("1", "weeks", "before", "annual_meeting"), f"1 week before annual council: {day}"),
        (("0", "days", "after", "election_day"), "On election day: Thursday 6 May 2027"),
        (("", "weeks", "before", "annual_meeting"), ""),
        (("999", "weeks", "before", "annual_meeting"), ""),
        (("1", "weeks", "before", "nothing"), ""),
    ):
        parts = ("number", "unit", "side", "anchor")
        asked = {f"due_rule_{part}": value for part, value in zip(parts, answers, strict=True)}
        assert signed_in(chief).get(address, asked).content.decode() == expected
    assert signed_in(chief).get(address).content == b""
