"""The key dates with those that a plan’s order gives beside them, such as vesting day."""

import datetime as dt

from assessments.plans.models import Election, Plan
from elections.interim import Governance, dates_under
from elections.timetable import ALL_HAND_KEYS, Certainty, DateStanding, KeyDate, Timetable

from .models import OrderDate

FIRST_MEETING = "First meeting of the shadow authority"
VESTING_DAY = "Vesting day: the new council takes over"


# Dates that the law does not give, which the council or the returning officer fixes.
FIXED_BY_PEOPLE = ("annual_meeting", "summons", "verification_and_count", "declaration")


def can_have_a_date(date: KeyDate, timetable: Timetable) -> bool:
    """Return whether a date without a day can be entered at this election."""
    if date.key not in ALL_HAND_KEYS:
        return False
    return timetable.has_own_law or date.key in FIXED_BY_PEOPLE


def dates_to_enter(plan: Plan, governance: Governance) -> list[KeyDate]:
    """Return the key dates without a day that can be entered, in the order of the work."""
    dates = dates_under(governance, plan.timetable.every_date)
    return [each for each in dates if not each.date and can_have_a_date(each, plan.timetable)]


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
