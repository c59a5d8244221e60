"""What every change to a plan needs: a lock on the plan, and an event at the end."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from assessments.versions import FieldValueChange
from councils.models import User
from frameworks.models import Stage, Step

from ..models import Event, EventChange, Plan, PlanItem
from ..models.events import FIELD_MAX_LENGTH
from ..stages import (
    EditionHasChanged,
    StageMove,
    StageSignedOff,
    StageStanding,
    current_sign_offs,
    standing_of_stage,
)


class PlanDeleted(Plan.DoesNotExist, Http404):
    """The plan was deleted after it was fetched. A view answers 404, as from then on."""


def hold(plan: Plan) -> int:
    """Lock the plan until the transaction ends, so that no one else changes its stages or actions.

    Return the primary key of the edition of the steps that it is on. Call it first in a
    transaction: what is read afterwards cannot change, and all transactions take their locks in the
    same order. On SQLite the transaction itself is the lock. Raises PlanDeleted.
    """
    locked = Plan.objects.select_for_update(no_key=True)
    try:
        return locked.values_list("transition", flat=True).get(pk=plan.pk)
    except Plan.DoesNotExist as error:
        raise PlanDeleted from error


def hold_all(plans: QuerySet[Plan]) -> list[int]:
    """Lock plans as `hold` does, in the order in which all actions do, and return their keys.

    Those that are deleted while it waits are left out.
    """
    locked = plans.select_related(None).select_for_update(no_key=True, of=("self",))
    return list(locked.order_by("pk").values_list("pk", flat=True))


def hold_open(plan: Plan, step: Step) -> None:
    """Lock the plan for a change to an action of `step`.

    Raises StageSignedOff, also if the plan has moved to another edition since `step` was fetched.
    """
    if hold(plan) != step.framework_id:
        raise EditionHasChanged
    sign_off = current_sign_offs(plan).get(step.stage_id)
    if sign_off:
        raise StageSignedOff(sign_off)


def hold_for(plan: Plan, stage: Stage, move: StageMove) -> StageStanding:
    """Lock the plan for a move of `stage` and return its StageStanding. Raises MoveRefused."""
    hold(plan)
    standing = standing_of_stage(plan, stage)
    standing.require(move)
    return standing


def record(
    plan: Plan,
    kind: Event.Kind,
    *,
    by: User | None,
    item: PlanItem | None = None,
    detail: str = "",
    changes: Iterable[FieldValueChange] = (),
) -> Event:
    """Add an event to the history and to the sealed record of the council, and return it.

    Call it last in a transaction. It locks the record until the transaction ends, so a lock taken
    afterwards could deadlock with a transaction that waits for the record.
    """
    with transaction.atomic(savepoint=False):
        event = Event.objects.create(plan=plan, item=item, kind=kind, by=by, detail=detail[:200])
        parts = [
            EventChange(event=event, field=c.name, before=c.before, after=c.after) for c in changes
        ]
        if any(len(part.field) > FIELD_MAX_LENGTH for part in parts):
            raise ValueError("The name of a changed field is too long, which SQLite would accept.")
        if parts:
            EventChange.objects.bulk_create(parts)
        event.chain(parts)
    return event
