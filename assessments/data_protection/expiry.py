"""When a council's retention rule allows each of its plans to be deleted."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from assessments.plans.models import Event, EventChange, Plan
from councils.models import Council, CouncilEvent

from .models import WAITING_DAYS, Retention

# Entries of a plan's history that change nothing in it: they do not move its end.
NO_CHANGES = (Event.Kind.PLAN_EXPORTED, Event.Kind.PLAN_FOLLOWED)


@dataclass(frozen=True)
class PlanExpiry:
    """The day a plan ended or will end, and the first day its council's rule allows deletion.

    `delete_from` is None if the council keeps plans until an owner deletes them. `alone_from` is
    the first day on which one owner can delete it at once.
    """

    plan: Plan
    ends: dt.date
    delete_from: dt.date | None
    alone_from: dt.date
    items: int
    entries: int

    @property
    def has_ended(self) -> bool:
        """Whether the plan has ended; `ends` is its last day."""
        return self.ends < timezone.localdate()

    def is_due(self, today: dt.date) -> bool:
        """Return whether the retention period is over."""
        return self.delete_from is not None and self.delete_from <= today

    def needs_second_owner(self, today: dt.date) -> bool:
        """Return whether deleting the plan needs a second owner or a waiting period.

        It does until WAITING_DAYS after the plan has ended, the council has changed how long it
        keeps plans or access to its plans has restarted, until a year after its election day was
        changed, and until its own retention period is over.
        """
        return self.alone_from > today


def retention_of(council: Council) -> Retention:
    """Return the council's retention rule; an unsaved one if it has not set any."""
    return Retention.objects.filter(council=council).first() or Retention(council=council)


def expiries_of(council: Council, retention: Retention) -> list[PlanExpiry]:
    """Return the expiry of every plan of the council, soonest first. Six queries.

    A new rule deletes nothing in its first WAITING_DAYS, and an election day that was changed ends
    no plan for one owner in the first year: one owner could change either for the purpose. Nor is
    anything deleted in the first WAITING_DAYS after access has restarted: while it was stopped, no
    owner could object.
    """
    waiting = dt.timedelta(days=WAITING_DAYS)
    since = _same_rule_since(council)
    settled = since + waiting if since else dt.date.min
    is_change = ~Q(events__kind__in=NO_CHANGES)
    plans = (
        Plan.objects.filter(council=council)
        .select_related("council")
        .annotate(
            last_change=Max("events__at", filter=is_change),
            entries=Count("events", distinct=True),
        )
        .order_by("election_day", "pk")
        .with_dates()
    )
    items = dict(
        Plan.objects.filter(council=council).order_by().values_list("pk").annotate(Count("items"))
    )
    moved = dict(
        EventChange.objects.filter(event__plan__council=council, field="election_day")
        .order_by()
        .values_list("event__plan")
        .annotate(Max("event__at"))
    )
    found = []
    for plan in plans:
        ends = ends_on(plan, plan.last_change)
        delete_from, alone_from = None, max(ends + waiting, settled)
        if plan.pk in moved:
            alone_from = max(alone_from, _years_after(timezone.localdate(moved[plan.pk]), 1))
        if retention.years:
            delete_from = alone_from = max(_years_after(ends, retention.years), settled)
        found.append(PlanExpiry(plan, ends, delete_from, alone_from, items[plan.pk], plan.entries))
    return sorted(found, key=lambda expiry: expiry.ends)


def due_for_deletion(
    councils: QuerySet[Council], today: dt.date
) -> Iterator[tuple[PlanExpiry, Retention]]:
    """Yield each plan whose retention period is over, also if on hold, with its council's rule.

    Plans of a council whose access is stopped are left out: its owners can change nothing, and are
    told that nothing is deleted.
    """
    for council in councils.filter(stopped_at=None).exclude(retention=None).order_by("name"):
        retention = retention_of(council)
        for expiry in expiries_of(council, retention):
            if expiry.is_due(today):
                yield expiry, retention


def expiry_of(plan: Plan) -> PlanExpiry:
    """Return the expiry of one plan under its council's rule as it is now.

    Raises Plan.DoesNotExist if it has been deleted.
    """
    for expiry in expiries_of(plan.council, retention_of(plan.council)):
        if expiry.plan == plan:
            return expiry
    raise Plan.DoesNotExist


def ends_on(plan: Plan, last_change: dt.datetime | None) -> dt.date:
    """Return the last day of the first year, or of the last change if later: see NO_CHANGES."""
    first_year = plan.timetable.first_year_ends
    return max(first_year, timezone.localdate(last_change)) if last_change else first_year


def _same_rule_since(council: Council) -> dt.date | None:
    """Return since when the owners could have changed how long plans are kept, and have not.

    That is when they last did, or when access to the plans last restarted, also by an import; None
    if neither happened.
    """
    kinds = CouncilEvent.Kind.RETENTION_CHANGED, *CouncilEvent.ACCESS_BEGINS
    events = council.events.filter(kind__in=kinds).order_by("-at", "-pk")
    for at, kind, before, after in events.values_list("at", "kind", "before", "after"):
        is_same_rule = before.partition(";")[0] == after.partition(";")[0]  # then the hold
        if kind in CouncilEvent.ACCESS_BEGINS or not is_same_rule:
            return timezone.localdate(at)
    return None


def _years_after(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, month=3, day=1)  # from 29 February
