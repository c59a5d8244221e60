from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import change_plan, hold, record
from assessments.plans.models import Event, Plan
from assessments.plans.stages import current_sign_offs
from assessments.versions import StaleVersion, changes_between

from ..models import ControlChange, StepReopening
from .signoffs import reopen_stage
from .snapshots import freeze

EVERY_STAGE = [1, 2, 3]


def record_control_change(
    plan, *, day, kind, words, control, control_standing, formality, steps, version, by
):
    """Record what shifted who runs the council. First a snapshot of the whole plan is taken; then
    its control changes, and `steps`, of one stage, are to be looked at again. If that stage is
    signed off it is reopened, for the same reason. No answer is touched.

    Raises StaleVersion, with nothing done, if the plan's settings were saved since `version`.
    """
    now = {"control": control, "control_standing": control_standing, "formality": formality}
    with transaction.atomic():
        hold(plan)
        if not Plan.objects.filter(pk=plan.pk, version=version).exists():
            raise StaleVersion
        change = ControlChange(plan=plan, day=day, kind=kind, words=words, by=by, **now)
        change.snapshot = freeze(plan, EVERY_STAGE, by=by, reason=f"Before: {change}.\n{words}")
        change_plan(plan, version=version, by=by, **now)
        change.save()
        StepReopening.objects.bulk_create(StepReopening(change=change, step=step) for step in steps)
        signed_off = current_sign_offs(plan)
        for stage in {step.stage for step in steps if step.stage_id in signed_off}:
            reopen_stage(plan, stage, reason=f"{change}. {words}", by=by)
        said = changes_between(ControlChange(), {"words": words})
        record(plan, Event.Kind.CONTROL_CHANGED, by=by, detail=str(change), changes=said)
    return change


def look_again(reopening, *, by):
    """Say that a reopened step has been looked at again. Does nothing a second time."""
    with transaction.atomic():
        pending = StepReopening.objects.pending().filter(pk=reopening.pk)
        if pending.update(looked_at=timezone.now(), looked_by=by):
            kind = Event.Kind.STEP_LOOKED_AGAIN
            record(reopening.change.plan, kind, by=by, detail=str(reopening))
