import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.text import get_text_list

from assessments.plans.actions import change_plan, hold, record
from assessments.plans.models import Event, Plan
from assessments.plans.stages import current_sign_offs
from assessments.versions import FieldValueChange, StaleVersion, first_values
from assessments.words import day_in_words
from councils.models import User
from frameworks.models import Step

from ..models import ControlChange, StepReopening
from .signoffs import reopen_stage
from .snapshots import freeze

EVERY_STAGE = [1, 2, 3]


def record_control_change(
    plan: Plan,
    *,
    day: dt.date,
    kind: str,
    words: str,
    control: str,
    control_standing: str,
    formality: str,
    steps: Sequence[Step],
    version: int,
    by: User,
    coalition_term: str | None = None,
) -> ControlChange:
    """Record a change of control: take a snapshot of the whole plan, then change its settings.

    `steps`, all of one stage, are marked for review again. If that stage is signed off, it is
    reopened for the same reason. No answer is changed. If `coalition_term` is omitted, the plan
    keeps its term. Raises StaleVersion, with nothing saved, if
    the plan's settings were saved since `version`.
    """
    now = {"control": control, "control_standing": control_standing, "formality": formality}
    term = plan.coalition_term if coalition_term is None else coalition_term
    with transaction.atomic():
        hold(plan)
        if not Plan.objects.filter(pk=plan.pk, version=version).exists():
            raise StaleVersion
        change = ControlChange(plan=plan, day=day, kind=kind, words=words, by=by, **now)
        change.snapshot = freeze(plan, EVERY_STAGE, by=by, reason=f"Before: {change}.\n{words}")
        change_plan(plan, version=version, by=by, coalition_term=term, **now)
        change.save()
        reopenings = [StepReopening(change=change, step=step) for step in steps]
        StepReopening.objects.bulk_create(reopenings)
        signed_off = current_sign_offs(plan)
        for stage in {step.stage for step in steps if step.stage_id in signed_off}:
            reopen_stage(plan, stage, reason=f"{change}. {words}", by=by)
        said = first_values(ControlChange, {"words": words})
        if reopenings:
            said.append(_steps_said(reopenings))
        detail = f"{change}, {change.snapshot.seal}"
        record(plan, Event.Kind.CONTROL_CHANGED, by=by, detail=detail, changes=said)
    return change


def _steps_said(reopenings: Sequence[StepReopening]) -> FieldValueChange:
    numbers = get_text_list([str(each.step.number) for each in reopenings], "and")
    by_when = day_in_words(reopenings[0].by_when)
    return FieldValueChange("steps_to_review", None, "", f"{numbers}, by {by_when}")


def look_again(reopening: StepReopening, *, by: User) -> None:
    """Record that a step has been reviewed again. Does nothing the second time."""
    with transaction.atomic():
        hold(reopening.change.plan)
        pending = StepReopening.objects.pending().filter(pk=reopening.pk)
        if pending.update(looked_at=timezone.now(), looked_by=by):
            kind = Event.Kind.STEP_LOOKED_AGAIN
            record(reopening.change.plan, kind, by=by, detail=str(reopening))
