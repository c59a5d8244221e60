"""Key dates set by hand, and a council's own bank holidays. Due dates follow both."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.plans.actions import hold, hold_all, record, redate, timetable_now
from assessments.plans.models import BankHoliday, Event, Plan, PlanDate
from assessments.versions import FieldValueChange, StaleVersion, update_at
from councils.models import Council, User


def set_date(
    plan: Plan, key: str, *, date: dt.date, reason: str, version: int, by: User
) -> PlanDate:
    """Set a key date by hand; `version` is 0 where none has been set yet.

    It then stays whatever else moves. Raises StaleVersion, with nothing saved, if it was set or
    cleared since `version`.
    """
    with transaction.atomic():
        hold(plan)
        before, reason_before = getattr(timetable_now(plan), key), ""
        if version:
            found = PlanDate.objects.filter(plan=plan, key=key).first()
            if found is None:
                raise StaleVersion
            if (found.date, found.reason, found.version) == (date, reason, version):
                return found
            reason_before = found.reason
            values = {"date": date, "reason": reason, "article": ""}
            values |= {"saved_at": timezone.now(), "saved_by": by}
            update_at(PlanDate, found, version, values)
        else:
            found, created = PlanDate.objects.get_or_create(
                plan=plan, key=key, defaults={"date": date, "reason": reason, "saved_by": by}
            )
            if not created:
                raise StaleVersion
        moved = redate(plan)
        changes = [_change(key, before, date)]
        if reason != reason_before:
            changes.append(FieldValueChange("reason", reason, reason_before, reason))
        changes += moved
        record(plan, Event.Kind.DATE_SET, by=by, detail=_label(plan, key), changes=changes)
    return found


def clear_date(plan: Plan, key: str, *, version: int, by: User) -> None:
    """Let a key date follow its rule again.

    Raises StaleVersion if it was set again or cleared since `version`.
    """
    with transaction.atomic():
        hold(plan)
        before = getattr(timetable_now(plan), key)
        deleted, _ = PlanDate.objects.filter(plan=plan, key=key, version=version).delete()
        if not deleted:
            raise StaleVersion
        moved = redate(plan)
        changes = [_change(key, before, getattr(plan.timetable, key)), *moved]
        record(plan, Event.Kind.DATE_CLEARED, by=by, detail=_label(plan, key), changes=changes)


def add_bank_holiday(
    council: Council,
    *,
    day: dt.date,
    name: str,
    by: User,
    declared_on: dt.date | None = None,
) -> BankHoliday | None:
    """Count `day` as a bank holiday in every plan of the council. Leaves an event in each.

    `declared_on` is the day it was announced, if that can matter. Returns None, with nothing
    changed, if the council has the day already.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                added = BankHoliday.objects.create(
                    council=council, day=day, name=name, declared_on=declared_on, added_by=by
                )
        except IntegrityError:
            return None
        _follow(council, Event.Kind.BANK_HOLIDAY_ADDED, _name(added), by)
    return added


def remove_bank_holiday(holiday: BankHoliday, *, by: User) -> None:
    """Let the day count as others again. Does nothing if it was removed before."""
    with transaction.atomic():
        deleted, _ = BankHoliday.objects.filter(pk=holiday.pk).delete()
        if deleted:
            _follow(holiday.council, Event.Kind.BANK_HOLIDAY_REMOVED, _name(holiday), by)


def change_cycle(council: Council, *, cycle: str, by: User) -> None:
    """Save how the council is elected, which some dates of its plans depend on.

    Leaves an event in each plan, and none if nothing changed.
    """
    with transaction.atomic():
        held = Council.objects.select_for_update(no_key=True).get(pk=council.pk)
        if held.election_cycle == cycle:
            return
        held.election_cycle = council.election_cycle = cycle
        held.save(update_fields=["election_cycle"])
        _follow(held, Event.Kind.CYCLE_CHANGED, held.get_election_cycle_display(), by)


def _follow(council: Council, kind: Event.Kind, detail: str, by: User) -> None:
    """Move the actions of all plans before the first event: nothing is locked after the chain."""
    held = hold_all(Plan.objects.filter(council=council))
    plans = list(Plan.objects.filter(pk__in=held).select_related("council").order_by("pk"))
    for plan, moved in [(plan, redate(plan)) for plan in plans]:
        record(plan, kind, by=by, detail=detail, changes=moved)


def _name(holiday: BankHoliday) -> str:
    return f"{holiday.name}, {_words(holiday.day)}"


def _change(key: str, before: dt.date | None, after: dt.date | None) -> FieldValueChange:
    return FieldValueChange(key, after, _words(before), _words(after))


def _words(day: dt.date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def _label(plan: Plan, key: str) -> str:
    return next(date.label for date in plan.timetable.every_date if date.key == key)
