"""Write vacancies and motions of no confidence. Each save leaves one event."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import hold, leave_room, record, record_export
from assessments.plans.models import Event, Plan
from assessments.versions import FieldValueChange, changes_between, first_values, update_at
from councils.models import User

from .models import NoConfidenceMotion, Vacancy

NO_GROUP = "No group"
KINDS = {
    Vacancy: (Event.Kind.VACANCY_ADDED, Event.Kind.VACANCY_CHANGED),
    NoConfidenceMotion: (Event.Kind.MOTION_ADDED, Event.Kind.MOTION_CHANGED),
}


def add_vacancy(plan: Plan, *, by: User, **fields: Any) -> Vacancy:
    """Record a casual vacancy. Raises TooManyEntries."""
    return _add(Vacancy, plan, by=by, fields=fields)


def add_motion(plan: Plan, *, by: User, **fields: Any) -> NoConfidenceMotion:
    """Record a motion of no confidence. Raises TooManyEntries."""
    return _add(NoConfidenceMotion, plan, by=by, fields=fields)


def save_row(row: Vacancy | NoConfidenceMotion, *, version: int, by: User, **fields: Any) -> bool:
    """Save a vacancy or a motion; return whether anything changed. Raises StaleVersion."""
    changes = changes_between(row, fields)
    if not changes:
        return False
    values = {change.name: change.value for change in changes}
    with transaction.atomic():
        hold(row.plan)
        update_at(type(row), row, version, values | {"saved_at": timezone.now(), "saved_by": by})
        shown = [
            replace(each, before=each.before or NO_GROUP, after=each.after or NO_GROUP)
            if each.name == "group"
            else each
            for each in changes
        ]
        record(row.plan, KINDS[type(row)][1], by=by, detail=str(row), changes=shown)
    return True


def record_vacancy_note(plan: Plan, *, by: User) -> None:
    """Record that the note was downloaded."""
    record_export(plan, by=by, detail="Note on vacancies and motions (Word)")


def _with_no_group(
    model: Any, changes: list[FieldValueChange], fields: dict[str, Any]
) -> list[FieldValueChange]:
    """Return the first values of a row, also that a councillor belonged to no group."""
    if model is not Vacancy or fields.get("group"):
        return changes
    return [*changes, FieldValueChange("group", "", "", NO_GROUP)]


def _add(model: Any, plan: Plan, *, by: User, fields: dict[str, Any]) -> Any:
    changes = _with_no_group(model, first_values(model, fields), fields)
    with transaction.atomic():
        hold(plan)
        leave_room(model, plan)
        row = model.objects.create(plan=plan, saved_by=by, **fields)
        record(plan, KINDS[model][0], by=by, detail=str(row), changes=changes)
    return row
