"""Due dates that follow the key dates, and changes to many of them at once."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assessments.versions import Change, as_text
from elections.offsets import Offset, Side, Unit
from frameworks.models import SuggestedDue

from ..models import OPEN_STATUSES, Event, PlanItem
from ..stages import sign_offs_that_stand
from .events import hold, record


@dataclass(frozen=True)
class Move:
    """An item whose due date a change of the key dates moves."""

    item: PlanItem
    due: object  # the new date, or None

    @property
    def as_change(self):
        before, after = (as_text(self.item, "due", day) for day in (self.item.due, self.due))
        return Change(name_of(self.item), self.due, before, after)


def name_of(item):
    """What the events that move many items call this one: no other of its plan is called so."""
    code = f"own item {item.pk}" if item.is_own else item.source.code
    return f"Step {item.step.number}, {code}"


def due_by(rule, timetable):
    """The day that `rule` comes to; None while its key date has none."""
    return rule.resolve(
        getattr(timetable, rule.anchor), extra_bank_holidays=timetable.extra_bank_holidays
    )


def settle_due(item, fields):
    """Make `fields`, an edit of the item, say both the rule and the date, if they say either."""
    rule = fields.get("due_rule")
    # While it was closed, its date did not follow.
    is_opened = fields.get("status") in OPEN_STATUSES and item.status not in OPEN_STATUSES
    if is_opened and not fields.keys() & {"due", "due_rule"}:
        rule = item.due_rule
    if rule and rule == item.due_rule and not is_opened:
        fields["due"] = item.due
    elif rule:
        fields["due"] = due_by(rule, item.plan.timetable)
    elif "due" in fields and fields["due"] != item.due:
        fields["due_rule"] = None


def moves(plan, timetable):
    """What would move if the plan's key dates were those of `timetable`.

    Completed items, those not needed and those of a stage that is signed off keep the date that
    was theirs.
    """
    items = (
        PlanItem.objects.live()
        .open()
        .filter(plan=plan, due_rule__isnull=False)
        .exclude(step__stage__in=sign_offs_that_stand(plan))
        .select_related("step", "source")
    )
    found = [Move(item, due_by(item.due_rule, timetable)) for item in items]
    return [move for move in found if move.due != move.item.due]


def redate(plan):
    """Work out again every due date that follows a rule; inside the transaction that moved a key
    date, and holds the plan. Returns the changes, for its event.

    No item gets a new version, for no answer changed: whoever has one open can still save it.
    """
    plan.forget_timetable()
    found = moves(plan, plan.timetable)
    changes = [move.as_change for move in found]
    for move in found:
        move.item.due = move.due
    PlanItem.objects.bulk_update([move.item for move in found], ["due"])
    return changes


def set_due_in_bulk(plan, items, *, by, due_rule=None, shift=None):
    """Give `items` one rule, or shift every date by so many days, or (neither) clear them.

    `items` are a queryset, of which those in a signed-off stage stay as they are.

    Shifting an item that follows a rule turns it into one with a date of its own. Items without a
    date are not shifted. Each item gets a new version. Returns how many changed.
    """
    due = due_rule and due_by(due_rule, plan.timetable)

    def wanted(item):
        if shift is None:
            return due_rule, due
        return (None, item.due + shift) if item.due else None

    return _set_due(plan, items, wanted, by=by, how=_how(due_rule, shift))


def suggest_due_in_bulk(plan, items, *, by):
    """Let `items` follow the rules suggested for them; the council's own items stay as they are,
    and so do those of a signed-off stage."""
    suggestions = suggested_rules(plan)

    def wanted(item):
        rule = suggestions.get((item.source_id, item.step_id))
        return (rule, due_by(rule, plan.timetable)) if rule else None

    return _set_due(plan, items, wanted, by=by, how="to the suggested dates")


def suggested_rules(plan):
    """Return the due dates suggested in the plan's edition, by (item, step) of the guidance.

    A date to review a continuing duty is not a due date: nothing is late when it has passed.
    """
    suggestions = SuggestedDue.objects.filter(step__framework=plan.transition_id, is_review=False)
    return {(each.item_id, each.step_id): offset_of(each) for each in suggestions}


def offset_of(suggestion):
    """The suggestion in terms of the election's dates."""
    return Offset(
        suggestion.number, Unit(suggestion.unit), Side(suggestion.side), suggestion.anchor
    )


def _set_due(plan, items, wanted, *, by, how):
    """`wanted(item)` is its rule and date to be, or None to leave it alone."""
    changed, changes = [], []
    with transaction.atomic():
        hold(plan)
        for item in items.exclude(step__stage__in=sign_offs_that_stand(plan)):
            rule, due = wanted(item) or (item.due_rule, item.due)
            if (rule, due) == (item.due_rule, item.due):
                continue
            changes.append(Move(item, due).as_change)
            item.due_rule, item.due, item.version = rule, due, F("version") + 1
            item.saved_at, item.saved_by = timezone.now(), by
            changed.append(item)
        if changed:
            fields = ["due_rule", "due", "version", "saved_at", "saved_by"]
            detail = f"{len(changed)} item{'s' if len(changed) != 1 else ''} {how}"
            PlanItem.objects.bulk_update(changed, fields)
            record(plan, Event.Kind.ITEMS_MOVED, by=by, detail=detail, changes=changes)
    return len(changed)


def _how(due_rule, shift):
    if shift is not None:
        days = abs(shift.days)
        side = "later" if shift.days > 0 else "earlier"
        return f"{days} day{'s' if days != 1 else ''} {side}"
    return f"to {due_rule}" if due_rule else "without a due date"
