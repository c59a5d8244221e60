"""Start a count, enter and correct results, and end it in a composition.

Every change locks the plan first, so that two people who enter results at the same time cannot
together exceed the seats of the council.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assessments.plans.actions import hold, record, record_export
from assessments.plans.models import Event, Plan
from assessments.seats.actions import record_composition
from assessments.seats.models import CouncilComposition
from assessments.versions import (
    FieldValueChange,
    StaleVersion,
    changes_between,
    update_at,
)
from councils.actions import lock_council
from councils.models import User
from elections.composition import MAX_GROUPS, Composition, CompositionError
from elections.count import NO_GROUP

from .models import (
    CountGroup,
    CountWard,
    ElectionCount,
    ElectionCountQuerySet,
    WardResult,
    WardResultSeats,
    in_words,
)
from .running import total_not_up

COUNT_FIELDS = ("seats_up", "no_group_not_up", "vacant_not_up", "rule")
MAX_WARDS = 200


class CountAlreadyOpen(Exception):
    """The plan has an open count already: someone else has just started it."""


class NameTaken(Exception):
    """The count has a group or a ward called `name` already: someone else has just saved it."""

    def __init__(self, name: str):
        super().__init__(f"{name} is listed already")
        self.name = name


class GroupHasResults(Exception):
    """A group with seats in a current result cannot be removed."""

    def __init__(self, group: CountGroup):
        super().__init__(
            f"{group.name} has results, so it cannot be removed. Correct the results first"
        )
        self.group = group


def start_count(
    plan: Plan,
    *,
    by_wards: bool,
    wards: Iterable[tuple[str, int]] = (),
    groups: Iterable[tuple[str, int]] = (),
    by: User,
    **fields: object,
) -> ElectionCount:
    """Start a count; `fields` are COUNT_FIELDS.

    `wards` are names with their seats, and `groups` names with the seats that are not up. Without
    wards, declared and expected seats are entered as totals. Raises CountAlreadyOpen, and
    CompositionError if the seats are impossible for a council.
    """
    with transaction.atomic():
        hold(plan)
        if ElectionCount.objects.filter(plan=plan, closed_at=None).exists():
            raise CountAlreadyOpen
        count = ElectionCount.objects.create(plan=plan, by_wards=by_wards, opened_by=by, **fields)
        CountGroup.objects.bulk_create(
            CountGroup(count=count, name=name, not_up=not_up) for name, not_up in groups
        )
        if by_wards:
            _create_wards(count, wards)
        else:
            CountWard.objects.bulk_create(
                CountWard(count=count, kind=kind, name=kind.label, seats=count.seats_up)
                for kind in (CountWard.Kind.DECLARED, CountWard.Kind.EXPECTED)
            )
        count = _checked(count)
        wards_made = len(count.wards.all()) if by_wards else 0
        areas = plan.council.area.counted(wards_made)
        detail = f"{count.seats_up} seats up for election, {areas}"
        record(plan, Event.Kind.COUNT_STARTED, by=by, detail=detail)
    return count


def change_count(
    count: ElectionCount,
    *,
    groups: Mapping[int, tuple[str, int]],
    removed: Collection[int] = (),
    new_groups: Iterable[tuple[str, int]] = (),
    version: int,
    by: User,
    **fields: object,
) -> None:
    """Change the settings of an open count: COUNT_FIELDS, and its groups.

    `groups` has the name and the seats not up of each group by primary key, and `removed` the keys
    of those to remove. A group in neither was added by a result meanwhile, and is kept as it is.
    Raises StaleVersion, CompositionError if the results do not fit, GroupHasResults, and NameTaken
    if a name is that of a group that was added meanwhile.
    """
    new_groups = list(new_groups)
    with transaction.atomic():
        hold(count.plan)
        changes = changes_between(count, fields)
        before = _groups_in_words(count)
        _update(ElectionCount.objects.filter(closed_at=None), count, version, fields)
        _remove_groups(count, removed)
        listed = CountGroup.objects.filter(count=count).listed()
        kept = list(listed.filter(pk__in=groups))
        for group in kept:
            group.name, group.not_up = groups[group.pk]
        others = listed.exclude(pk__in=groups).values_list("name", flat=True)
        _require_free([*(group.name for group in kept), *(name for name, _ in new_groups)], others)
        # Names that are exchanged would break the constraint half way.
        for group in kept:
            CountGroup.objects.filter(pk=group.pk).update(name=uuid4().hex)
        CountGroup.objects.bulk_update(kept, ["name", "not_up"])
        CountGroup.objects.bulk_create(
            CountGroup(count=count, name=name, not_up=not_up) for name, not_up in new_groups
        )
        if not count.by_wards:
            CountWard.objects.filter(count=count).update(seats=count.seats_up)
        _checked(count)
        after = _groups_in_words(count)
        if before != after:
            changes.append(FieldValueChange("groups", None, before, after))
        record(count.plan, Event.Kind.COUNT_CHANGED, by=by, changes=changes)


def add_wards(count: ElectionCount, wards: Iterable[tuple[str, int]], *, by: User) -> None:
    """Add wards to an open count by wards. Raises StaleVersion, NameTaken and CompositionError."""
    wards = list(wards)
    with transaction.atomic():
        hold(count.plan)
        _note_change(count)
        listed = CountWard.objects.filter(count=count).listed()
        _require_free([name for name, _ in wards], listed.values_list("name", flat=True))
        _create_wards(count, wards)
        _checked(count)
        after = in_words(dict(wards))
        change = FieldValueChange("wards", None, "", after)
        record(count.plan, Event.Kind.COUNT_CHANGED, by=by, changes=[change])


def change_ward(ward: CountWard, *, name: str, seats: int, version: int, by: User) -> None:
    """Change a ward's name or seats. Raises StaleVersion, NameTaken and CompositionError."""
    before = f"{ward.name} {ward.seats}"
    with transaction.atomic():
        hold(ward.count.plan)
        revision = _note_change(ward.count)
        others = CountWard.objects.filter(count=ward.count).listed().exclude(pk=ward.pk)
        _require_free([name], others.values_list("name", flat=True))
        update_at(CountWard, ward, version, {"name": name, "seats": seats})
        if ward.result is not None:  # the current result has the version of its ward
            kept = _new_result(ward, ward.result.status, revision=revision, by=by)
            WardResultSeats.objects.bulk_create(
                WardResultSeats(result=kept, group_id=row.group_id, seats=row.seats)
                for row in ward.result.seats.all()
            )
        _checked(ward.count)
        change = FieldValueChange("wards", None, before, f"{name} {seats}")
        record(ward.count.plan, Event.Kind.COUNT_CHANGED, by=by, changes=[change])


def remove_ward(ward: CountWard, *, version: int, by: User) -> None:
    """Remove a ward without a result, keeping it for the record if it has had one.

    Raises StaleVersion if it has been changed since, or has a result.
    """
    with transaction.atomic():
        hold(ward.count.plan)
        _note_change(ward.count)
        update_at(CountWard, ward, version, {"is_listed": False})
        results = WardResult.objects.filter(ward=ward)
        if results.filter(version=version).exclude(status=WardResult.Status.NONE).exists():
            raise StaleVersion
        if not results.exists():
            CountWard.objects.filter(pk=ward.pk).delete()
        change = FieldValueChange("wards", None, f"{ward.name} {ward.seats}", "")
        record(ward.count.plan, Event.Kind.COUNT_CHANGED, by=by, changes=[change])


def save_result(
    ward: CountWard,
    *,
    status: WardResult.Status,
    seats: Mapping[str, int],
    version: int,
    by: User,
) -> WardResult:
    """Save the result of a ward: `seats` by name of group, or NO_GROUP. Groups can be new.

    Raises StaleVersion, with nothing saved, if its result was saved since `version` or the count
    has ended, and CompositionError if there are more seats than the ward or the council has.
    """
    count, before = ward.count, ward.result
    with transaction.atomic():
        hold(count.plan)
        revision = _note_change(count)
        update_at(CountWard, ward, version, {})
        result = _new_result(ward, status, revision=revision, by=by)
        if status != WardResult.Status.NONE:
            _save_seats(result, seats)
        _checked(count)
        change = FieldValueChange(
            "result", None, _result_in_words(before), _result_in_words(result)
        )
        record(count.plan, Event.Kind.RESULT_SAVED, by=by, detail=ward.name, changes=[change])
    return result


def finish_count(
    count: ElectionCount,
    *,
    as_at: dt.date,
    composition: Composition,
    revision: int,
    based_on: int | None,
    by: User,
) -> CouncilComposition:
    """End a count in the composition of the council from `as_at` on.

    Raises StaleVersion, with nothing saved, if a result was saved since `revision` or a
    composition recorded since `based_on`.
    """
    with transaction.atomic():
        lock_council(count.plan.council)  # before the plan, as in every action that locks both
        hold(count.plan)
        _close(count, by=by, revision=revision)
        recorded = record_composition(
            council=count.plan.council,
            as_at=as_at,
            composition=composition,
            based_on=based_on,
            by=by,
        )
        ElectionCount.objects.filter(pk=count.pk).update(composition=recorded)
        count.composition = recorded
        detail = f"composition from {as_at:%-d %B %Y}"
        record(count.plan, Event.Kind.COUNT_ENDED, by=by, detail=detail)
    return recorded


def stop_count(count: ElectionCount, *, revision: int, by: User) -> None:
    """End a count without a composition. Raises StaleVersion."""
    with transaction.atomic():
        hold(count.plan)
        _close(count, by=by, revision=revision)
        record(count.plan, Event.Kind.COUNT_ENDED, by=by, detail="without a composition")


def record_note_export(plan: Plan, *, by: User) -> None:
    """Record that the note on the results was downloaded."""
    record_export(plan, by=by, detail="election night note, PDF")


def _close(count: ElectionCount, *, by: User, revision: int) -> None:
    now = timezone.now()
    closed = ElectionCount.objects.filter(pk=count.pk, closed_at=None, revision=revision).update(
        closed_at=now, closed_by=by, revision=F("revision") + 1
    )
    if not closed:
        raise StaleVersion
    count.closed_at, count.closed_by, count.revision = now, by, revision + 1


def _note_change(count: ElectionCount) -> int:
    """Count the change and return the new revision. Raises StaleVersion if the count has ended."""
    _update(ElectionCount.objects.filter(closed_at=None), count, None, {})
    return count.revision


def _update(
    counts: ElectionCountQuerySet,
    count: ElectionCount,
    version: int | None,
    values: dict[str, object],
) -> None:
    if version is not None:
        update_at(counts, count, version, values)
    if not counts.filter(pk=count.pk).update(revision=F("revision") + 1):
        raise StaleVersion
    count.refresh_from_db(fields=["revision"])


def _require_free(names: Iterable[str], taken: Iterable[str]) -> None:
    """Raise NameTaken for the first of `names` that is one of `taken`, in whatever case."""
    known = {name.casefold() for name in taken}
    for name in names:
        if name.casefold() in known:
            raise NameTaken(name)


def _remove_groups(count: ElectionCount, keys: Collection[int]) -> None:
    """Remove groups, keeping for the record those with seats in results corrected since.

    Raises GroupHasResults.
    """
    for group in CountGroup.objects.filter(count=count, pk__in=keys).listed():
        seats = WardResultSeats.objects.filter(group=group)
        if seats.filter(result__version=F("result__ward__version")).exists():
            raise GroupHasResults(group)
        if seats.exists():
            CountGroup.objects.filter(pk=group.pk).update(is_listed=False)
        else:
            group.delete()


def _create_wards(count: ElectionCount, wards: Iterable[tuple[str, int]]) -> None:
    CountWard.objects.bulk_create(
        CountWard(count=count, name=name, seats=seats) for name, seats in wards
    )


def _new_result(ward: CountWard, status: str, *, revision: int, by: User) -> WardResult:
    return WardResult.objects.create(
        ward=ward, version=ward.version, revision=revision, status=status, by=by
    )


def _save_seats(result: WardResult, seats: Mapping[str, int]) -> None:
    """Save the seats of a result; a group that is not listed yet is added to the count."""
    count = result.ward.count
    listed = CountGroup.objects.filter(count=count).listed()
    groups = {group.name.casefold(): group for group in listed}
    rows = []
    for name, number in seats.items():
        group = None
        if name != NO_GROUP:
            group = groups.get(name.casefold())
            if group is None:
                group = CountGroup.objects.create(count=count, name=name)
                groups[name.casefold()] = group
        if number:
            rows.append(WardResultSeats(result=result, group=group, seats=number))
    WardResultSeats.objects.bulk_create(rows)


def _checked(count: ElectionCount) -> ElectionCount:
    """Return the count as it is now in the database. Raises CompositionError if it cannot be."""
    now = ElectionCount.objects.with_results().get(pk=count.pk)
    wards, groups = list(now.wards.all()), list(now.groups.all())
    if len(groups) > MAX_GROUPS:
        raise CompositionError(f"Enter no more than {MAX_GROUPS} groups.")
    if now.by_wards:
        if len(wards) > MAX_WARDS:
            raise CompositionError(f"Enter no more than {MAX_WARDS} {now.plan.council.area.many}.")
        listed = sum(ward.seats for ward in wards)
        if listed > now.seats_up:
            raise CompositionError(
                f"The {now.plan.council.area.many} have {listed} seats, but only {now.seats_up} "
                "are up for election."
            )
    for ward in wards:
        if ward.result and ward.result.taken > ward.seats:
            raise CompositionError(
                f"{ward.name}: the result has {ward.result.taken} seats, but there are "
                f"{ward.seats}."
            )
    results = [ward.result.by_group for ward in wards if ward.result]
    total_not_up(now).with_results(results)
    return now


def _groups_in_words(count: ElectionCount) -> str:
    """Write the groups as they are now in the database, with their seats not up."""
    listed = CountGroup.objects.filter(count=count).listed()
    return in_words({group.name: group.not_up for group in listed})


def _result_in_words(result: WardResult | None) -> str:
    if result is None or result.status == WardResult.Status.NONE:
        return ""
    return f"{result.get_status_display()}: {result.in_words or 'no seats'}"
