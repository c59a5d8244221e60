"""Save, add, remove and restore actions of a plan."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.versions import StaleVersion, changes_between, first_values, update_at
from councils.models import Invitation, Membership, User
from frameworks.models import Step

from ..item_fields import ANSWER_FIELDS
from ..models import OPEN_STATUSES, OWNER_NAME_MAX_LENGTH, Event, Plan, PlanItem, Status
from ..models.items import PlanItemQuerySet
from ..stages import StageSignedOff
from .due import due_by, settle_due, timetable_now
from .events import hold, hold_open, record

# The council's own actions in one plan. More would make its pages slow and its PDF impossible.
OWN_ACTIONS_MAX = 200
# The same with the removed ones, which the page of a step lists too.
OWN_ACTIONS_AND_REMOVED_MAX = 400


class TooManyActions(Exception):
    """The plan has as many actions of the council's own as it can have."""

    def __init__(self, *, with_removed: bool = False) -> None:
        if with_removed:
            words = (
                f"A plan can have up to {OWN_ACTIONS_AND_REMOVED_MAX} actions of the council’s "
                "own, removed ones included. Restore or change an earlier one."
            )
        else:
            words = (
                f"A plan can have up to {OWN_ACTIONS_MAX} actions of the council’s own. Remove one "
                "that is no longer needed first."
            )
        super().__init__(words)


def save_item(item: PlanItem, *, version: int, by: User, detail: str = "", **fields: Any) -> bool:
    """Save an answer and return whether anything changed.

    A `due_rule` gives the due date; a `due` without a rule is a date of its own. `detail` says in
    the history how the change was made, if not on the page of the action.

    Raises StaleVersion if the item was saved or removed since `version`, and StageSignedOff if its
    stage is read-only; nothing is saved then. Saving without a change never conflicts, unless the
    item was removed.
    """
    with transaction.atomic():
        return write_item(item, version=version, by=by, detail=detail, **fields)


def write_item(item: PlanItem, *, version: int, by: User, detail: str = "", **fields: Any) -> bool:
    """Do the work of `save_item` within the transaction of the caller."""
    fields = {name: fields[name] for name in ANSWER_FIELDS if name in fields}
    if fields.get("status", item.status) != Status.NOT_NEEDED:
        fields["reason"] = ""
    changes = changes_between(item, _settled(item, fields))
    if not changes and item.removed_at is None:
        return False
    hold_open(item.plan, item.step)
    names = {change.name for change in changes}
    is_reopened = "status" in names and item.status not in OPEN_STATUSES
    if names & {"due", "due_rule"} or (is_reopened and item.due_rule):
        # A key date can have moved the due date, which gives the action no other version.
        item.refresh_from_db(fields=["due"])
        if fields.get("due_rule") or item.due_rule:
            timetable_now(item.plan)
        changes = changes_between(item, _settled(item, fields))
    values = {change.name: change.value for change in changes}
    if "status" in values:
        done = values["status"] == Status.COMPLETED
        values["completed_on"] = timezone.localdate() if done else None
    values |= {"saved_at": timezone.now(), "saved_by": by}
    update_at(PlanItem.objects.live(), item, version, values)
    record(item.plan, Event.Kind.ITEM_CHANGED, by=by, item=item, detail=detail, changes=changes)
    return True


def _settled(item: PlanItem, fields: dict[str, Any]) -> dict[str, Any]:
    """Return an edit of the item with the due date and rule that follow from it."""
    settled = dict(fields)
    settle_due(item, settled)
    return settled


def add_item(plan: Plan, step: Step, *, title: str, by: User, **fields: Any) -> PlanItem:
    """Add an action of the council's own to the end of a step, and return it.

    `fields` are those of the answer that are known. Raises StageSignedOff and TooManyActions.
    """
    status = fields.get("status", Status.NOT_STARTED)
    if status != Status.NOT_NEEDED:
        fields["reason"] = ""
    with transaction.atomic():
        hold_open(plan, step)
        _leave_room(plan)
        if _own(plan).count() >= OWN_ACTIONS_AND_REMOVED_MAX:
            raise TooManyActions(with_removed=True)
        if fields.get("due_rule"):
            timetable_now(plan)
        settle_due(PlanItem(plan=plan), fields)
        changes = first_values(PlanItem, fields)
        if status == Status.COMPLETED:
            fields["completed_on"] = timezone.localdate()
        last = (
            PlanItem.objects.filter(plan=plan, step=step)
            .order_by("-position")
            .values_list("position", flat=True)
            .first()
        )
        item = PlanItem.objects.create(
            plan=plan, step=step, title=title, position=(last or 0) + 1, saved_by=by, **fields
        )
        record(plan, Event.Kind.ITEM_ADDED, by=by, item=item, detail=title, changes=changes)
    return item


def claim_actions(membership: Membership, invitation: Invitation) -> None:
    """Make a person who has joined the owner of the actions that bear their name.

    They were given to the person while only invited. Actions of signed-off stages keep the name.
    """
    name = invitation.name[:OWNER_NAME_MAX_LENGTH]
    items = PlanItem.objects.live().filter(
        plan__council=membership.council_id, owner=None, owner_name__iexact=name
    )
    for item in items.select_related("plan", "step"):
        with suppress(StageSignedOff, StaleVersion):
            save_item(
                item, version=item.version, by=membership.user, owner=membership, owner_name=""
            )


def hand_over_item(item: PlanItem, *, owner_name: str, by: User | None) -> None:
    """Replace the owner of an item by a name, also in a signed-off stage. Only for erasure."""
    changes = changes_between(item, {"owner": None, "owner_name": owner_name})
    values = {change.name: change.value for change in changes}
    with transaction.atomic():
        hold(item.plan)
        update_at(PlanItem, item, item.version, values | {"saved_at": timezone.now()})
        record(item.plan, Event.Kind.ITEM_CHANGED, by=by, item=item, changes=changes)


def remove_item(item: PlanItem, *, version: int, by: User) -> None:
    """Remove one of the council's own actions from the plan; it can be restored.

    Raises StaleVersion if it was saved since `version`, StageSignedOff if its stage is read-only,
    and ValueError for an action of the guidance.
    """
    if not item.is_own:
        raise ValueError("Actions of the guidance are marked as not needed, never removed.")
    with transaction.atomic():
        hold_open(item.plan, item.step)
        now = timezone.now()
        values = {"removed_at": now, "saved_at": now, "saved_by": by}
        update_at(PlanItem.objects.live(), item, version, values)
        record(item.plan, Event.Kind.ITEM_REMOVED, by=by, item=item, detail=item.title)


def restore_item(item: PlanItem, *, by: User) -> None:
    """Restore a removed action. Does nothing if it was not removed.

    Raises StageSignedOff and TooManyActions.
    """
    if item.removed_at is None:
        return
    with transaction.atomic():
        hold_open(item.plan, item.step)
        _leave_room(item.plan)
        values: dict[str, Any] = {"removed_at": None, "saved_at": timezone.now(), "saved_by": by}
        if item.due_rule and item.status in OPEN_STATUSES:
            values["due"] = due_by(item.due_rule, timetable_now(item.plan))
        update_at(PlanItem, item, item.version, values)
        record(item.plan, Event.Kind.ITEM_RESTORED, by=by, item=item, detail=str(item))


def _leave_room(plan: Plan) -> None:
    """Raise TooManyActions if the plan cannot take another action of the council's own."""
    if _own(plan).live().count() >= OWN_ACTIONS_MAX:
        raise TooManyActions


def _own(plan: Plan) -> PlanItemQuerySet:
    """Return the actions of the council's own in a plan, removed ones too."""
    return PlanItem.objects.filter(plan=plan, source=None)
