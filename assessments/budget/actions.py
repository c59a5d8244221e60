"""Write the budget's dates and figures, and the amendments of groups.

An amendment in confidence leaves events of its own and no plan event, which more people could read.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import hold, leave_room, record, record_export
from assessments.plans.models import Event, Plan
from assessments.versions import (
    FieldValueChange,
    StaleVersion,
    changes_between,
    first_values,
    update_at,
)
from assessments.words import day_in_words
from councils.models import Membership, User
from elections.budget import OWN_STEPS, AmendmentLine, BudgetStep

from .models import (
    ENDED_STATES,
    AmendmentBase,
    AmendmentState,
    Budget,
    BudgetAmendment,
    BudgetAmendmentLine,
    ConfidentialAmendment,
    ConfidentialAmendmentEvent,
    ConfidentialAmendmentLine,
    OwnBudgetDate,
)
from .words import lines_in_words


def save_budget(
    plan: Plan,
    *,
    version: int,
    by: User,
    year: int,
    own: Mapping[BudgetStep, dt.date] | None = None,
    **figures: Any,
) -> Budget:
    """Save the year, the dates that the council set and its figures.

    `version` is 0 where nothing is saved yet. `own` replaces all dates set before; None keeps them.
    Raises StaleVersion.
    """
    with transaction.atomic():
        hold(plan)
        found = Budget.objects.filter(plan=plan).first()
        if (found.version if found else 0) != version:
            raise StaleVersion
        before = {each.step: each.date for each in found.own_dates.all()} if found else {}
        fields = {"year": year, **figures}
        changes = changes_between(found or Budget(), fields)
        if own is not None:
            changes += _date_changes(before, own)
        now = timezone.now()
        if found is None:
            found = Budget.objects.create(plan=plan, saved_at=now, saved_by=by, **fields)
        elif not changes:
            return found
        else:
            update_at(Budget, found, version, fields | {"saved_at": now, "saved_by": by})
        if own is not None:
            found.own_dates.all().delete()
            OwnBudgetDate.objects.bulk_create(
                OwnBudgetDate(budget=found, step=step, date=day) for step, day in own.items()
            )
        record(plan, Event.Kind.BUDGET_CHANGED, by=by, changes=changes)
    return found


def _date_changes(
    before: Mapping[str, dt.date], after: Mapping[BudgetStep, dt.date]
) -> list[FieldValueChange]:
    found = []
    for step in OWN_STEPS:
        old, new = before.get(step), after.get(step)
        if old != new:
            texts = [day_in_words(day) if day else "As suggested" for day in (old, new)]
            found.append(FieldValueChange(step.value, new, *texts))
    return found


def record_budget_document(plan: Plan, *, by: User) -> None:
    """Record that the dates and amendments were downloaded."""
    record_export(plan, by=by, detail="Budget timetable and amendments (Word)")


# --- Open amendments ------------------------------------------------------------------------------


def add_amendment(
    plan: Plan, *, lines: Sequence[AmendmentLine], by: User, **fields: Any
) -> BudgetAmendment:
    """Add an amendment that every member with access to the plan can read.

    Raises TooManyEntries.
    """
    changes = [*first_values(BudgetAmendment, fields), *_line_changes([], lines)]
    with transaction.atomic():
        hold(plan)
        leave_room(BudgetAmendment, plan)
        amendment = BudgetAmendment.objects.create(plan=plan, saved_by=by, **fields)
        _put(BudgetAmendmentLine, amendment, lines)
        record(plan, Event.Kind.AMENDMENT_ADDED, by=by, detail=str(amendment), changes=changes)
    return amendment


def save_amendment(
    amendment: BudgetAmendment,
    *,
    version: int,
    lines: Sequence[AmendmentLine],
    by: User,
    **fields: Any,
) -> bool:
    """Save an amendment; return whether anything changed. Raises StaleVersion.

    If the figures change, the section 151 officer's statement no longer applies to them.
    """
    own = changes_between(amendment, fields | _statement_after(amendment, lines, fields))
    changes = [*own, *_line_changes(amendment.working.lines, lines)]
    if not changes:
        return False
    values = {change.name: change.value for change in own}
    values |= {"saved_at": timezone.now(), "saved_by": by}
    with transaction.atomic():
        hold(amendment.plan)
        update_at(BudgetAmendment, amendment, version, values)
        amendment.lines.all().delete()
        _put(BudgetAmendmentLine, amendment, lines)
        record(
            amendment.plan,
            Event.Kind.AMENDMENT_CHANGED,
            by=by,
            detail=str(amendment),
            changes=changes,
        )
    return True


def state_amendment(
    amendment: BudgetAmendment | ConfidentialAmendment,
    *,
    version: int,
    statement: str,
    confirms_figures: bool,
    by: User,
    as_deputy: bool = False,
) -> None:
    """Save the section 151 officer's statement, or their deputy's, on the figures of an amendment.

    With `confirms_figures` its state becomes READY, unless it is one of ENDED_STATES; without, one
    that was READY is being costed again. Raises StaleVersion, and ValueError if the figures are
    confirmed without balancing.
    """
    if confirms_figures and not amendment.working.balances:
        raise ValueError("An amendment that does not balance cannot have its figures confirmed.")
    now = timezone.now()
    values = {
        "statement": statement,
        "is_stated": True,
        "stated_at": now,
        "stated_by": by,
        "stated_as_deputy": as_deputy,
        "saved_at": now,
        "saved_by": by,
    }
    if confirms_figures and amendment.state not in ENDED_STATES:
        values["state"] = AmendmentState.READY
    elif not confirms_figures and amendment.state == AmendmentState.READY:
        values["state"] = AmendmentState.COSTING
    shown = {name: values[name] for name in ("statement", "state") if name in values}
    changes = changes_between(amendment, shown)
    with transaction.atomic():
        hold(amendment.plan)
        update_at(type(amendment), amendment, version, values)
        if isinstance(amendment, ConfidentialAmendment):
            _record_confidential(amendment, by=by)
        else:
            record(
                amendment.plan,
                Event.Kind.AMENDMENT_STATED,
                by=by,
                detail=f"{amendment}, as deputy" if as_deputy else str(amendment),
                changes=changes,
            )


# --- Amendments in confidence ---------------------------------------------------------------------


def save_confidential_amendment(
    amendment: ConfidentialAmendment | None,
    *,
    plan: Plan,
    version: int,
    lines: Sequence[AmendmentLine],
    by: User,
    readers: Iterable[Membership] | None = None,
    earlier: bool = False,
    **fields: Any,
) -> ConfidentialAmendment:
    """Save an amendment given in confidence; None for a new one.

    `readers` are the memberships named beside the owners; if None, they stay the same. New readers
    can read this text and later ones, and earlier ones only with `earlier`. Raises StaleVersion,
    also if it has been published, and TooManyEntries, with nothing saved.
    """
    now = timezone.now()
    with transaction.atomic():
        hold(plan)
        if amendment is None:
            leave_room(ConfidentialAmendment, plan)
            amendment = ConfidentialAmendment.objects.create(
                plan=plan, saved_at=now, saved_by=by, **fields
            )
        else:
            values = fields | _statement_after(amendment, lines, fields)
            values |= {"saved_at": now, "saved_by": by}
            unpublished = ConfidentialAmendment.objects.unpublished()
            update_at(unpublished, amendment, version, values)
            amendment.lines.all().delete()
        amendment.plan = plan
        _put(ConfidentialAmendmentLine, amendment, lines)
        if readers is not None:
            amendment.name_readers(readers, earlier=earlier, now=now)
        _record_confidential(amendment, by=by)
    return amendment


def publish_amendment(
    amendment: ConfidentialAmendment, *, version: int, by: User
) -> BudgetAmendment:
    """Make an open amendment of one given in confidence; return it. Raises StaleVersion.

    Its figures and statement are copied. Its earlier texts stay with its readers.
    """
    names = (
        *("group", "title", "received_on", "tax_change", "state"),
        *("statement", "is_stated", "stated_at", "stated_by", "stated_as_deputy"),
    )
    fields = {name: getattr(amendment, name) for name in names}
    lines = amendment.working.lines
    shown = {name: fields[name] for name in ("group", "title", "received_on", "tax_change")}
    shown |= {name: fields[name] for name in ("state", "statement")}
    with transaction.atomic():
        hold(amendment.plan)
        published = BudgetAmendment.objects.create(plan=amendment.plan, saved_by=by, **fields)
        _put(BudgetAmendmentLine, published, lines)
        unpublished = ConfidentialAmendment.objects.unpublished()
        update_at(unpublished, amendment, version, {"published_as": published})
        record(
            amendment.plan,
            Event.Kind.AMENDMENT_PUBLISHED,
            by=by,
            detail=str(published),
            changes=[*first_values(BudgetAmendment, shown), *_line_changes([], lines)],
        )
    return published


def _record_confidential(amendment: ConfidentialAmendment, *, by: User) -> None:
    named = amendment.readers.select_related("user").order_by("user__name", "pk")
    ConfidentialAmendmentEvent.objects.create(
        amendment=amendment,
        at=amendment.saved_at,
        by=by,
        text=amendment.text_in_record,
        readers="\n".join(map(str, named)),
    )


def _statement_after(
    amendment: AmendmentBase, lines: Sequence[AmendmentLine], fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a save does to the statement: figures that change make it out of date."""
    before = amendment.working
    same = before.lines == tuple(lines) and before.tax_change == fields.get(
        "tax_change", before.tax_change
    )
    if same or not amendment.is_stated:
        return {}
    state = fields.get("state", amendment.state)
    if state == AmendmentState.READY:
        state = AmendmentState.COSTING
    return {"is_stated": False, "state": state}


def _put(model: Any, amendment: AmendmentBase, lines: Sequence[AmendmentLine]) -> None:
    model.objects.bulk_create(
        model(
            amendment=amendment,
            words=line.words,
            spending=line.spending,
            income=line.income,
            reserves=line.reserves,
        )
        for line in lines
    )
    getattr(amendment, "_prefetched_objects_cache", {}).pop("lines", None)


def _line_changes(
    before: Sequence[AmendmentLine], after: Sequence[AmendmentLine]
) -> list[FieldValueChange]:
    """Return one change for all lines together, as text, if there is one."""
    if tuple(before) == tuple(after):
        return []
    return [FieldValueChange("lines", after, lines_in_words(before), lines_in_words(after))]
