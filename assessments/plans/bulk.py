"""Say what a change to many actions would do, and which of them it would leave as they are."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from assessments.versions import FieldValueChange, changes_between
from assessments.words import day_in_words

from .item_fields import LABELS
from .models import Plan, PlanItem

FIRST_STAGE_AFTER_ELECTION = 2


@dataclass(frozen=True)
class PlannedChange:
    """One action, the fields that change, and why it is left as it is, if it is."""

    item: PlanItem
    fields: dict[str, Any]
    changes: tuple[FieldValueChange, ...]
    problem: str = ""

    @property
    def labelled(self) -> list[tuple[str, FieldValueChange]]:
        """Return the changes whose values can be shown, with the labels of their fields."""
        return [(LABELS[each.name], each) for each in self.changes if each.before or each.after]


@dataclass(frozen=True)
class BulkPreview:
    """What would change, what would not and why; `unchanged` is how many are so already."""

    changed: tuple[PlannedChange, ...]
    refused: tuple[PlannedChange, ...]
    unchanged: int

    @property
    def versions(self) -> str:
        """Return a text by which to tell that an action was saved since the preview."""
        return ",".join(f"{each.item.pk}.{each.item.version}" for each in self.changed)

    @property
    def days(self) -> tuple[dt.date, dt.date] | None:
        """Return the earliest and the latest new due date, if dates change."""
        days = [each.fields["due"] for each in self.changed if each.fields.get("due")]
        return (min(days), max(days)) if days else None


def preview(
    plan: Plan,
    items: Iterable[PlanItem],
    wanted: Callable[[PlanItem], dict[str, Any] | None],
    *,
    signed_off: Iterable[int] = (),
) -> BulkPreview:
    """Return what `wanted(item)` would change; None leaves an item as it is.

    Items come with their step and its stage. Those of `signed_off` stages are refused, and so is a
    new due date before the election for an action of a stage that follows it.
    """
    signed_off = set(signed_off)
    changed: list[PlannedChange] = []
    refused: list[PlannedChange] = []
    unchanged = 0
    for item in items:
        fields = wanted(item)
        changes = tuple(changes_between(item, fields or {}))
        if not fields or not changes:
            unchanged += 1
            continue
        problem = _problem(plan, item, fields, signed_off)
        (refused if problem else changed).append(PlannedChange(item, fields, changes, problem))
    return BulkPreview(tuple(changed), tuple(refused), unchanged)


def _problem(plan, item, fields, signed_off):
    stage = item.step.stage
    if stage.pk in signed_off:
        return "Its stage has been signed off."
    due = fields.get("due")
    moves = due is not None and due != item.due
    if moves and stage.number >= FIRST_STAGE_AFTER_ELECTION and due < plan.election_day:
        return (
            f"It follows the election on {day_in_words(plan.election_day)}, and would be due on "
            f"{day_in_words(due)}."
        )
    return ""
