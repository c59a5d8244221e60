"""The dates that a plan’s order gives beside the usual key dates, such as vesting day."""

from assessments.plans.models import Election, Plan
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
