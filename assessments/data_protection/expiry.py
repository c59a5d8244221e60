"""Which plans a council's rule would purge, and when."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.utils import timezone

from assessments.plans.models import Event, Plan

from .models import Retention


@dataclass(frozen=True)
class Expiry:
    """A plan, the day it ended or will end, and the day from which the rule lets it go, if any."""

    plan: Plan
    ends: dt.date
    goes: dt.date | None
    items: int
    entries: int

    def is_due(self, today):
        return self.goes is not None and self.goes <= today


def retention_of(council):
    return Retention.objects.filter(council=council).first() or Retention(council=council)


def expiries_of(council, retention):
    """Every plan of the council, the first to go first. Four queries."""
    done = ~Q(events__kind=Event.Kind.PLAN_EXPORTED)
    plans = (
        Plan.objects.filter(council=council)
        .select_related("council")
        .annotate(last=Max("events__at", filter=done), entries=Count("events", distinct=True))
        .order_by("election_day")
        .prefetch_related("set_dates", "council__bank_holidays")
    )
    items = dict(
        Plan.objects.filter(council=council).order_by().values_list("pk").annotate(Count("items"))
    )
    found = []
    for plan in plans:
        ends = ends_on(plan, plan.last)
        goes = _years_after(ends, retention.years) if retention.years else None
        found.append(Expiry(plan, ends, goes, items[plan.pk], plan.entries))
    return sorted(found, key=lambda expiry: expiry.ends)


def ends_on(plan, last_change):
    """Stage 3 ends with the first year, and a plan that is worked on after that with the work."""
    first_year = plan.timetable.first_year_ends
    return max(first_year, timezone.localdate(last_change)) if last_change else first_year


def _years_after(day, years):
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, month=3, day=1)  # from 29 February
