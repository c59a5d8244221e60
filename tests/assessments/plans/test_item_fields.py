"""The one list of the fields of an action fits everything that stores or shows them."""

import dataclasses

import pytest

from assessments.exports.report import ReportItem as Item
from assessments.plans import item_fields, merging
from assessments.plans.item_fields import (
    ANSWER_FIELDS,
    CHOSEN_TOGETHER,
    ITEM_FIELDS,
    RESTORABLE_FIELDS,
    SHOWN_FIELDS,
    ItemField,
    hidden_fields,
)
from assessments.plans.item_forms import ItemForm, initial_of
from assessments.plans.models import PlanItem, SnapshotItem
from tests.acting import answer, fresh

# Columns of an action that are not part of its content.
BOOKKEEPING = {
    "id", "plan", "step", "source", "position", "version", "saved_at", "saved_by", "removed_at",
    "new_wording", "from_edition",
}  # fmt: skip


def test_every_column_of_an_action_is_listed_or_is_bookkeeping():
    columns = {field.name for field in PlanItem._meta.concrete_fields}
    listed = {each.name for each in ITEM_FIELDS} - {"prompts"}  # these are in the guidance
    assert listed | BOOKKEEPING == columns
    assert not listed & BOOKKEEPING


def test_reports_and_snapshots_hold_what_is_shown():
    reported = {field.name for field in dataclasses.fields(Item)}
    frozen = {field.name for field in SnapshotItem._meta.concrete_fields}
    shown = {each.shown_as for each in SHOWN_FIELDS}
    assert shown <= reported
    assert shown <= frozen


def test_what_changes_together_is_merged_together():
    assert CHOSEN_TOGETHER == (
        ("title",),
        ("status", "reason"),
        ("owner", "owner_name"),
        ("due", "due_rule"),
        ("note",),
    )
    assert sorted(ANSWER_FIELDS) == sorted(name for group in CHOSEN_TOGETHER for name in group)
    assert RESTORABLE_FIELDS == ("title", "reason", "note")


@pytest.mark.django_db
def test_the_form_asks_for_every_answer(item):
    form = ItemForm(members=[], is_own=True, dom="new")
    assert set(ANSWER_FIELDS) | {"version", "due_by"} == set(form.fields)
    assert set(initial_of(item)) == set(form.fields)


def test_no_field_is_hidden_from_a_member():
    assert hidden_fields(is_adviser=False) == frozenset()


@pytest.mark.django_db
def test_a_field_for_members_is_not_shown_to_an_adviser_in_news(item, chief, monkeypatch):
    only_members = dataclasses.replace(
        next(each for each in ITEM_FIELDS if each.name == "note"), is_for_members=True
    )
    monkeypatch.setattr(item_fields, "ITEM_FIELDS", (only_members,))
    hidden = hidden_fields(is_adviser=True)
    assert hidden == {"note"}
    answer(item, chief, note="Between us", status="in-progress")
    changed = fresh(item)
    before = merging.texts_before([(changed, 1)])[item.pk]
    seen = merging.changes_since(changed, before, hidden=hidden)
    assert [each.label for each in seen] == ["Status"]
    assert "Note" in [each.label for each in merging.changes_since(changed, before)]


def test_fields_are_answers_everyone_can_see_unless_said_otherwise():
    field = ItemField("x", "X")
    assert (field.is_answer, field.is_restorable, field.is_for_members) == (True, False, False)
