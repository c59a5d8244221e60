"""Write the parity log and the requests made in confidence."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import hold, leave_room, record, remove_entry, restore_entry
from assessments.plans.models import Event, Plan
from assessments.versions import FieldValueChange, changes_between, first_values, update_at
from assessments.words import day_in_words
from councils.models import Membership, User

from .models import ConfidentialRequest, ConfidentialRequestEvent, ParityEntry, ParityShare

# A group, its outcome and, if given, the day.
Share = tuple[str, str, dt.date | None]


def add_parity_entry(
    plan: Plan, *, shares: Sequence[Share], by: User, **fields: object
) -> ParityEntry:
    """Add an entry with what each group was offered or given. Raises TooManyEntries."""
    changes = [*first_values(ParityEntry, fields), *_share_changes([], shares)]
    with transaction.atomic():
        hold(plan)
        leave_room(ParityEntry, plan)
        entry = ParityEntry.objects.create(plan=plan, saved_by=by, **fields)
        _put(entry, shares)
        record(plan, Event.Kind.PARITY_ADDED, by=by, detail=str(entry), changes=changes)
    return entry


def save_parity_entry(
    entry: ParityEntry, *, version: int, shares: Sequence[Share], by: User, **fields: object
) -> bool:
    """Save an entry; return whether anything changed.

    Raises StaleVersion, with nothing saved, if it was saved or removed since `version`.
    """
    before = [(each.group, each.outcome, each.given_on) for each in entry.shares.all()]
    own = changes_between(entry, fields)
    changes = [*own, *_share_changes(before, shares)]
    if not changes and entry.removed_at is None:
        return False
    values = {change.name: change.value for change in own}
    values |= {"saved_at": timezone.now(), "saved_by": by}
    with transaction.atomic():
        hold(entry.plan)
        update_at(ParityEntry.objects.live(), entry, version, values)
        entry.shares.all().delete()
        _put(entry, shares)
        record(entry.plan, Event.Kind.PARITY_CHANGED, by=by, detail=str(entry), changes=changes)
    return True


def remove_parity_entry(entry: ParityEntry, *, version: int, by: User) -> None:
    """Remove an entry, so that it can be restored. Raises StaleVersion."""
    remove_entry(entry, Event.Kind.PARITY_REMOVED, version=version, by=by)


def restore_parity_entry(entry: ParityEntry, *, by: User) -> None:
    """Restore a removed entry. Do nothing if it was not removed. Raises StaleVersion."""
    restore_entry(entry, Event.Kind.PARITY_RESTORED, by=by)


def save_confidential_request(
    request: ConfidentialRequest | None,
    *,
    plan: Plan,
    version: int,
    by: User,
    readers: Iterable[Membership] | None = None,
    earlier: bool = False,
    **fields: object,
) -> ConfidentialRequest:
    """Save a request made in confidence; None for a new one.

    `readers` are the memberships named beside the owners; if None, they stay the same. New readers
    can read this text and later ones, and earlier ones only with `earlier`. Leaves an event of its
    own and no plan event, which more people could read. Raises StaleVersion and TooManyEntries,
    with nothing saved.
    """
    now = timezone.now()
    with transaction.atomic():
        hold(plan)
        if request is None:
            leave_room(ConfidentialRequest, plan)
            request = ConfidentialRequest.objects.create(
                plan=plan, saved_at=now, saved_by=by, **fields
            )
        else:
            values = {**fields, "saved_at": now, "saved_by": by}
            update_at(ConfidentialRequest, request, version, values)
        request.plan = plan
        if readers is not None:
            request.name_readers(readers, earlier=earlier, now=now)
        named = request.readers.select_related("user").order_by("user__name", "pk")
        ConfidentialRequestEvent.objects.create(
            request=request,
            at=now,
            by=by,
            text=request.text_in_record,
            readers="\n".join(map(str, named)),
        )
    return request


def _put(entry: ParityEntry, shares: Sequence[Share]) -> None:
    ParityShare.objects.bulk_create(
        ParityShare(entry=entry, group=group, outcome=outcome, given_on=day)
        for group, outcome, day in shares
    )


def _share_changes(before: Sequence[Share], after: Sequence[Share]) -> list[FieldValueChange]:
    """Return one change for all groups together, as text, if there is one."""
    if sorted(before, key=str) == sorted(after, key=str):
        return []
    return [FieldValueChange("groups", after, in_words(before), in_words(after))]


def in_words(shares: Sequence[Share]) -> str:
    """Return what each group was offered or given, one a line, in alphabetical order."""
    return "\n".join(
        f"{group}: {outcome_in_words(outcome, day)}" for group, outcome, day in sorted(shares)
    )


def outcome_in_words(outcome: str, day: dt.date | None) -> str:
    label = ParityShare.Outcome(outcome).label
    return f"{label} on {day_in_words(day)}" if day else label
