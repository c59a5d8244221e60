"""Make and change plans, and record their downloads."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.versions import changes_between, update_at
from councils.models import Council, User
from frameworks.models import ChecklistItem, Framework, PointerPlacement

from ..models import AdviserLook, Event, Plan, PlanItem
from .due import redate, suggested_due, suggested_rules
from .events import hold, record

PLAN_FIELDS = (
    "election_day",
    "occasion",
    "control",
    "control_standing",
    "formality",
    "coalition_term",
    "stage_2_weeks",
    "marking",
    "shows_set_up",
    "dates_checked_for",
)
# Settings on which no date depends.
WITHOUT_DATES = {"shows_set_up", "dates_checked_for"}


def create_plan(*, council: Council, by: User, **fields: Any) -> Plan:
    """Make a plan with the whole checklist of the current editions: 81 points, and the pointers
    of the components on the steps where they matter.

    Each action follows the rule suggested for its due date, unless that day has already passed.
    """
    with transaction.atomic():
        plan = begin_plan(council=council, by=by, **fields)
        PlanItem.objects.bulk_create(checklist_of(plan))
        record(plan, Event.Kind.PLAN_CREATED, by=by)
    return plan


def begin_plan(*, council: Council, by: User, **fields: Any) -> Plan:
    """Create a plan on the current editions of the guidance, without actions or an event."""
    return Plan.objects.create(
        council=council,
        transition=Framework.objects.current(Framework.TRANSITION),
        components=Framework.objects.current(Framework.COMPONENTS),
        development=Framework.objects.current(Framework.DEVELOPMENT),
        created_by=by,
        **fields,
    )


def checklist_of(plan: Plan) -> Iterator[PlanItem]:
    """Yield unsaved actions: the points of each step in order, then the pointers on it."""
    points = ChecklistItem.objects.filter(step__framework=plan.transition).select_related("step")
    placements = PointerPlacement.objects.filter(
        step__framework=plan.transition, item__framework=plan.components
    ).select_related("item", "step")
    wanted = [(item.step, item) for item in points if item.step]
    wanted += [(placement.step, placement.item) for placement in placements]
    rules = suggested_rules(plan)
    today = timezone.localdate()
    positions: dict[int, int] = {}
    for step, source in wanted:
        positions[step.pk] = position = positions.get(step.pk, 0) + 1
        item = PlanItem(plan=plan, step=step, source=source, position=position)
        rule = rules.get((source.pk, step.pk))
        item.due_rule, item.due = suggested_due(rule, plan.timetable, today=today) or (None, None)
        yield item


def change_plan(plan: Plan, *, version: int, by: User, **fields: Any) -> Plan:
    """Change the settings of a plan, and the due dates counted from its key dates with them.

    Dates set by hand and all other answers are kept. Another kind of election has other key
    dates, so they have to be checked again. Raises StaleVersion if the settings were saved since
    `version`.
    """
    if plan.dates_checked_for and fields.get("occasion", plan.occasion) != plan.occasion:
        fields["dates_checked_for"] = None
    changes = changes_between(plan, {name: fields[name] for name in PLAN_FIELDS if name in fields})
    if not changes:
        return plan
    with transaction.atomic():
        hold(plan)
        update_at(Plan, plan, version, {change.name: change.value for change in changes})
        may_move = {change.name for change in changes} - WITHOUT_DATES
        moved = redate(plan) if may_move else []
        record(plan, Event.Kind.PLAN_CHANGED, by=by, changes=[*changes, *moved])
    return plan


def record_export(plan: Plan, *, by: User | None, detail: str) -> None:
    """Record a download of the plan; `detail` says what was in it.

    A download by an adviser is also added to the adviser access log, every time.
    """
    with transaction.atomic():
        hold(plan)
        record(plan, Event.Kind.PLAN_EXPORTED, by=by, detail=detail)
        if plan.grant_id:
            AdviserLook.objects.create(grant_id=plan.grant_id, what=detail[:200], is_export=True)
