from django.db import transaction
from django.utils import timezone

from assessments.versions import changes_between, update_at
from frameworks.models import ChecklistItem, Framework, PointerPlacement

from ..models import AdviserLook, Event, Plan, PlanItem
from .due import due_by, redate, suggested_rules
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
)


def create_plan(*, council, by, **fields):
    """A plan laid out with the whole checklist of the current editions: 81 points and the
    components' pointers, each on the steps where they matter.

    Every item gets the due date that is suggested for it, as a rule that follows the key dates. One
    that would be late on the day the plan is made gets none: nobody has missed it.
    """
    with transaction.atomic():
        plan = begin_plan(council=council, by=by, **fields)
        PlanItem.objects.bulk_create(checklist_of(plan))
        record(plan, Event.Kind.PLAN_CREATED, by=by)
    return plan


def begin_plan(*, council, by, **fields):
    """A plan on the current editions of the guidance, with nothing laid out and no event yet."""
    return Plan.objects.create(
        council=council,
        transition=Framework.objects.current(Framework.TRANSITION),
        components=Framework.objects.current(Framework.COMPONENTS),
        development=Framework.objects.current(Framework.DEVELOPMENT),
        created_by=by,
        **fields,
    )


def checklist_of(plan):
    """Points of each step in the guidance's order, then the pointers placed on it."""
    points = ChecklistItem.objects.filter(step__framework=plan.transition).select_related("step")
    placements = PointerPlacement.objects.filter(
        step__framework=plan.transition, item__framework=plan.components
    ).select_related("item", "step")
    wanted = [(item.step, item) for item in points]
    wanted += [(placement.step, placement.item) for placement in placements]
    rules = suggested_rules(plan)
    today = timezone.localdate()
    positions = {}
    for step, source in wanted:
        positions[step.pk] = position = positions.get(step.pk, 0) + 1
        item = PlanItem(plan=plan, step=step, source=source, position=position)
        rule = rules.get((source.pk, step.pk))
        due = rule and due_by(rule, plan.timetable)
        if rule and (due is None or due >= today):
            item.due_rule, item.due = rule, due
        yield item


def change_plan(plan, *, version, by, **fields):
    """Change a plan's settings. Key dates and the due dates counted from them follow; a date that
    was set by hand stays, and no answer is touched.

    Raises StaleVersion if the settings were saved since `version`.
    """
    changes = changes_between(plan, {name: fields[name] for name in PLAN_FIELDS if name in fields})
    if not changes:
        return plan
    with transaction.atomic():
        hold(plan)
        update_at(Plan, plan, version, {change.name: change.value for change in changes})
        moved = redate(plan)
        record(plan, Event.Kind.PLAN_CHANGED, by=by, changes=[*changes, *moved])
    return plan


def record_export(plan, *, by, detail):
    """Note that the plan left the building: what was taken, as text.

    What an adviser takes stands among their looks as well, every time.
    """
    with transaction.atomic():
        record(plan, Event.Kind.PLAN_EXPORTED, by=by, detail=detail)
        if plan.grant_id:
            AdviserLook.objects.create(grant_id=plan.grant_id, what=detail[:200], is_export=True)
