"""The key dates with those that a plan’s order gives beside them, such as vesting day."""

import datetime as dt

from assessments.plans.models import Election, Plan
from elections.interim import Governance, dates_under
from elections.timetable import Certainty, DateStanding, KeyDate

from .models import OrderDate

FIRST_MEETING = "First meeting of the shadow authority"
VESTING_DAY = "Vesting day: the new council takes over"


def dates_of_order(plan: Plan) -> tuple[KeyDate, ...]:
    """Return the other dates of the order, in order of date; none without an order of its own."""
    if plan.occasion != Election.ORDER:
        return ()
    found = OrderDate.objects.filter(order__plan=plan).select_related("order")
    return tuple(
        KeyDate(
            key=f"order-{each.pk}",
            label=each.label,
            short_label="",
            date=each.date,
            rule=f"Article {each.article}.",
            source=each.order.title,
            standing=DateStanding.LAW,
            certainty=Certainty.VERIFIED,
        )
        for each in found
    )


def dates_with_order(plan: Plan, governance: Governance) -> list[KeyDate]:
    """Return the key dates that apply to the council, and those of the order, in order of date.

    `governance` is how it takes decisions. Dates without a day are last.
    """
    dates = (*dates_under(governance, plan.timetable.all_dates), *dates_of_order(plan))
    return sorted(dates, key=lambda each: each.date or dt.date.max)
