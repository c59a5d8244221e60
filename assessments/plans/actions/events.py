"""What every change to a plan does: note what differs, write at a version, leave one event."""

from django.db import transaction

from ..models import Event, EventChange, Plan
from ..stages import Move, StageSignedOff, sign_offs_that_stand, standing_of_stage


def hold(plan):
    """Nobody else moves a stage of this plan or changes its items until the transaction ends.

    First thing in it, so that what is read afterwards is what decides, and so that two
    transactions never wait for each other. SQLite's transactions do so by themselves.
    """
    Plan.objects.select_for_update(no_key=True).values_list("pk").get(pk=plan.pk)


def hold_open(plan, step):
    """Holds the plan for a change to an item of `step`. Raises StageSignedOff."""
    hold(plan)
    sign_off = sign_offs_that_stand(plan).get(step.stage_id)
    if sign_off:
        raise StageSignedOff(sign_off)


def hold_for(plan, stage, move: Move):
    """Holds the plan for a move of `stage`; its Standing. Raises MoveRefused."""
    hold(plan)
    standing = standing_of_stage(plan, stage)
    standing.require(move)
    return standing


def record(plan, kind, *, by, item=None, detail="", changes=()):
    """Leave an event, sealed into the chain of the council's record. An action does so last.

    Appending locks the chain until the transaction ends: locks taken after it could cross those of
    somebody who waits for it.
    """
    with transaction.atomic():
        event = Event.objects.create(plan=plan, item=item, kind=kind, by=by, detail=detail[:200])
        parts = [
            EventChange(event=event, field=c.name, before=c.before, after=c.after) for c in changes
        ]
        if parts:
            EventChange.objects.bulk_create(parts)
        event.chain(parts)
    return event
