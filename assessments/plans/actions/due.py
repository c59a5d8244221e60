"""Due dates that follow the key dates, and changes to many of them at once."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from assessments.versions import FieldValueChange, StaleVersion, as_text
from assessments.words import counted
from councils.models import User
from elections.offsets import Offset, Side, Unit
from elections.timetable import Timetable
from frameworks.models import SuggestedDue

from ..models import OPEN_STATUSES, BulkChange, BulkChangeRow, Event, Plan, PlanItem
from ..stages import current_sign_offs
from .events import hold, record

# The settings of a plan on which its key dates depend.
SETTINGS_OF_DATES = ("election_day", "occasion", "stage_2_weeks")

# The rule of a due date, if it has one, and its day, while it has one.
RuleAndDay = tuple[Offset | None, dt.date | None]


@dataclass(frozen=True)
class DueDateMove:
    """An action whose due date changes to `due` because a key date changes."""

    item: PlanItem
    due: dt.date | None

    @property
    def as_change(self) -> FieldValueChange:
        before, after = (as_text(self.item, "due", day) for day in (self.item.due, self.due))
        return FieldValueChange(name_of(self.item), self.due, before, after)


def name_of(item: PlanItem) -> str:
    """Return the name of an item in events that change many; it is unique in the plan.

    Stored in the history and read back by `merging.texts_before`: never change its form.
    """
    code = item.source.code if item.source else f"own item {item.pk}"
    return f"Step {item.step.number}, {code}"


def due_by(rule: Offset, timetable: Timetable) -> dt.date | None:
    """Return the day that `rule` gives; None while its key date has no day."""
    return rule.resolve(
        getattr(timetable, rule.anchor), extra_bank_holidays=timetable.extra_bank_holidays
    )


def settle_due(item: PlanItem, fields: dict[str, Any]) -> None:
    """Complete `fields`, an edit of the item, in place: if it has a rule or a date, set both."""
    rule = fields.get("due_rule")
    # The date of a closed action does not follow its key date, so catch up when it is reopened.
    is_opened = fields.get("status") in OPEN_STATUSES and item.status not in OPEN_STATUSES
    if is_opened and not fields.keys() & {"due", "due_rule"}:
        rule = item.due_rule
    if rule and rule == item.due_rule and not is_opened:
        fields["due"] = item.due
    elif rule:
        fields["due"] = due_by(rule, item.plan.timetable)
    elif "due" in fields and fields["due"] != item.due:
        fields["due_rule"] = None


def timetable_now(plan: Plan) -> Timetable:
    """Return the key dates of a plan as the database has them. Callers hold the plan.

    Until it was held, someone else could change the settings, dates or bank holidays that `plan`
    was fetched with.
    """
    plan.refresh_from_db(fields=SETTINGS_OF_DATES)
    plan.council.refresh_from_db(fields=["type", "election_cycle"])
    plan.forget_timetable()
    return plan.timetable


def moves(plan: Plan, timetable: Timetable) -> list[DueDateMove]:
    """Return what would move if the plan had the key dates of `timetable`.

    Actions that are completed, not needed or in a signed-off stage keep their date.
    """
    items = (
        PlanItem.objects.live()
        .open()
        .filter(plan=plan, due_rule__isnull=False)
        .exclude(step__stage__in=current_sign_offs(plan))
        .select_related("step", "source")
    )
    found = [DueDateMove(item, due_by(item.due_rule, timetable)) for item in items]
    return [move for move in found if move.due != move.item.due]


def redate(plan: Plan) -> list[FieldValueChange]:
    """Recalculate every due date that follows a rule, and return the changes for the event.

    Call it inside the transaction that moved a key date and holds the plan. Versions stay the
    same, because no answer changed: someone who has an action open can still save it.
    """
    found = moves(plan, timetable_now(plan))
    changes = [move.as_change for move in found]
    for move in found:
        move.item.due = move.due
    PlanItem.objects.bulk_update([move.item for move in found], ["due"])
    return changes


def set_due_in_bulk(
    plan: Plan,
    items: QuerySet[PlanItem],
    *,
    by: User,
    due_rule: Offset | None = None,
    shift: dt.timedelta | None = None,
    seen: Mapping[int, int] | None = None,
) -> BulkChange | None:
    """Give the queryset `items` one rule, shift their dates, or (neither) clear them.

    Return what can undo it, or None if nothing changed; each action gets a new version. Actions of
    a signed-off stage are left as they are, and `shift` leaves those without a date. A shifted
    action has a date of its own and no longer follows a rule. `seen` are the versions, by primary
    key, that the person was shown: raises StaleVersion if one has been saved since.
    """
    with transaction.atomic():
        _hold_seen(plan, items, seen)
        wanted = due_wanted(plan, due_rule=due_rule, shift=shift)
        return _set_due(plan, items, wanted, by=by, how=_how(due_rule, shift))


def _hold_seen(plan: Plan, items: QuerySet[PlanItem], seen: Mapping[int, int] | None) -> None:
    """Hold a plan for a change to `items`, with its key dates as they are now.

    Raises StaleVersion if one of them does not have the version in `seen`.
    """
    hold(plan)
    timetable_now(plan)
    if seen is not None and dict(items.values_list("pk", "version")) != dict(seen):
        raise StaleVersion


def due_wanted(
    plan: Plan, *, due_rule: Offset | None = None, shift: dt.timedelta | None = None
) -> Callable[[PlanItem], RuleAndDay | None]:
    """Return the function that gives what `set_due_in_bulk` makes of an action."""
    due = due_by(due_rule, plan.timetable) if due_rule else None

    def wanted(item: PlanItem) -> RuleAndDay | None:
        if shift is None:
            return due_rule, due
        return (None, item.due + shift) if item.due else None

    return wanted


def suggest_due_in_bulk(
    plan: Plan,
    items: QuerySet[PlanItem],
    *,
    by: User,
    seen: Mapping[int, int] | None = None,
) -> BulkChange | None:
    """Let the queryset `items` follow the rules suggested for them.

    Return what can undo it, or None if nothing changed. The council's own actions and those of a
    signed-off stage are left as they are, and so are those whose suggested day has passed. `seen`
    is as for `set_due_in_bulk`.
    """
    with transaction.atomic():
        _hold_seen(plan, items, seen)
        return _set_due(plan, items, suggestion_wanted(plan), by=by, how="to the suggested dates")


def suggestion_wanted(plan: Plan) -> Callable[[PlanItem], RuleAndDay | None]:
    """Return the function that gives what `suggest_due_in_bulk` makes of an action."""
    suggestions, today = suggested_rules(plan), timezone.localdate()

    def wanted(item: PlanItem) -> RuleAndDay | None:
        rule = suggestions.get((item.new_wording_id or item.source_id, item.step_id))
        return suggested_due(rule, plan.timetable, today=today)

    return wanted


def undo_due(bulk: BulkChange, rows: Sequence[BulkChangeRow], *, by: User) -> int:
    """Give the actions of `rows` back the rules and dates they had; return how many changed."""
    before = {row.item_id: (row.due_rule, row.due) for row in rows}
    items = PlanItem.objects.live().filter(pk__in=before).select_related("step", "source")
    how = f"back, which undid “{bulk.what}”"
    undo = _set_due(bulk.plan, items, lambda item: before[item.pk], by=by, how=how)
    return undo.rows.count() if undo else 0


def suggested_due(
    rule: Offset | None, timetable: Timetable, *, today: dt.date
) -> RuleAndDay | None:
    """Return a suggested rule with its day; None without a rule or if that day has passed."""
    if rule is None:
        return None
    due = due_by(rule, timetable)
    return (rule, due) if due is None or due >= today else None


def suggested_rules(plan: Plan) -> dict[tuple[int | None, int], Offset]:
    """Return the suggested rules by (checklist item, step) of the plan's edition.

    A date to review a continuing duty is left out: it is not a due date and cannot be overdue.
    """
    suggestions = SuggestedDue.objects.filter(step__framework=plan.transition_id, is_review=False)
    return {(each.item_id, each.step_id): offset_of(each) for each in suggestions}


def offset_of(suggestion: SuggestedDue) -> Offset:
    """Return the Offset that a SuggestedDue describes."""
    return Offset(
        suggestion.number, Unit(suggestion.unit), Side(suggestion.side), suggestion.anchor
    )


def _set_due(
    plan: Plan,
    items: QuerySet[PlanItem],
    wanted: Callable[[PlanItem], RuleAndDay | None],
    *,
    by: User,
    how: str,
) -> BulkChange | None:
    """Save what `wanted(item)` returns: a rule and date, or None to leave the item as it is."""
    changed, changes, rows = [], [], []
    with transaction.atomic():
        hold(plan)
        for item in items.exclude(step__stage__in=current_sign_offs(plan)):
            rule, due = wanted(item) or (item.due_rule, item.due)
            if (rule, due) == (item.due_rule, item.due):
                continue
            changes.append(DueDateMove(item, due).as_change)
            row = BulkChangeRow.of(item)
            row.version = item.version + 1
            rows.append(row)
            item.due_rule, item.due, item.version = rule, due, F("version") + 1
            item.saved_at, item.saved_by = timezone.now(), by
            changed.append(item)
        if not changed:
            return None
        fields = ["due_rule", "due", "version", "saved_at", "saved_by"]
        detail = f"{counted(len(changed), 'action')} {how}"
        PlanItem.objects.bulk_update(changed, fields)
        bulk = BulkChange.objects.create(plan=plan, what=detail[:200], by=by, is_of_dates=True)
        for row in rows:
            row.change = bulk
        BulkChangeRow.objects.bulk_create(rows)
        record(plan, Event.Kind.ITEMS_MOVED, by=by, detail=detail, changes=changes)
    return bulk


def _how(due_rule: Offset | None, shift: dt.timedelta | None) -> str:
    if shift is not None:
        side = "later" if shift.days > 0 else "earlier"
        return f"{counted(abs(shift.days), 'day')} {side}"
    return f"to {due_rule}" if due_rule else "without a due date"
