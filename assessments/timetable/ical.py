"""A plan's dates as iCalendar, and the next steps that a person set for themselves.

Nothing that a council wrote is in a plan's calendar, nor whether a day of the register is about a
red line, a crunch issue or an early win. Entries keep their UID, and their SEQUENCE only grows, so
that calendar programs change an entry that moved and never add it twice. Both follow from what is
recorded; nothing is stored.
"""

import datetime as dt
from collections import Counter

from django.db.models import Count, Max

from assessments.ical import day_event, new_calendar
from assessments.plans.models import Event as PlanEvent
from assessments.plans.models import Marking, PlanItem
from assessments.register.lines import dated
from assessments.words import counted

from .order_dates import FIRST_MEETING, VESTING_DAY, dates_of_order

REFRESH = dt.timedelta(hours=6)
MOVES_DATES = (
    PlanEvent.Kind.PLAN_CREATED,
    PlanEvent.Kind.PLAN_CHANGED,
    PlanEvent.Kind.DATE_SET,
    PlanEvent.Kind.DATE_CLEARED,
    PlanEvent.Kind.BANK_HOLIDAY_ADDED,
    PlanEvent.Kind.BANK_HOLIDAY_REMOVED,
    PlanEvent.Kind.CYCLE_CHANGED,
)


def name_of(plan):
    """Return what calendar programs call the calendar.

    A sensitive plan is named by its number, so that a person with several can tell them apart.
    """
    if plan.marking != Marking.OFFICIAL:
        return f"Election dates (plan {plan.pk})"
    return f"{plan.council}: election dates"


def calendar_for(plan, *, host, link, item_link, own_link, register_link):
    """Return the calendar as bytes: key dates, dates in the register, due dates of their actions.

    "Their" are the actions assigned to the member that `plan` was fetched for.

    `link` is the address of the plan's dates, `item_link(step)` that of a step, `own_link` that of
    the person's own actions and `register_link` that of the register. Early wins are only in the
    calendar of the person responsible. In a plan marked OFFICIAL-SENSITIVE, actions are only
    counted, and neither the council nor a step is named.
    """
    moved = plan.events.filter(kind__in=MOVES_DATES).aggregate(times=Count("pk"), last=Max("at"))
    sensitive = plan.marking != Marking.OFFICIAL
    calendar = new_calendar("Key dates", name_of(plan))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")

    def add(uid, day, summary, **facts):
        entry = day_event(f"plan-{plan.pk}-{uid}@{host}", day, summary, private=sensitive, **facts)
        calendar.add_component(entry)

    for date in plan.timetable.key_dates:
        add(
            date.key,
            date.date,
            date.label,
            until=date.until,
            url=link,
            sequence=moved["times"],
            changed=moved["last"],
            description=f"{date.rule} {date.standing.capitalize()}: {date.source}.",
        )
    for date in dates_of_order(plan):
        if date.label in (FIRST_MEETING, VESTING_DAY):  # our words: others are the council's
            add(
                date.key,
                date.date,
                date.label,
                url=link,
                sequence=moved["times"],
                changed=moved["last"],
            )
    for each in dated(plan):
        if each.is_personal and each.owner_id != plan.membership_id:
            continue
        add(
            f"{each.noun}-{each.pk}",
            each.day,
            each.calendar,
            url=register_link,
            sequence=each.version,
            changed=each.saved_at,
        )
    items = (
        PlanItem.objects.on(plan)
        .live()
        .open()
        .filter(due__isnull=False)
        .for_member(plan.membership_id, plan.office)
        .order_by("due", "pk")
        .values_list("pk", "due", "version", "saved_at", "step__number", named=True)
    )
    if plan.membership_id is None:  # an adviser, who is assigned no actions
        items = items.none()
    if sensitive:
        changed = plan.events.aggregate(times=Count("pk"), last=Max("at"))
        for day, count in sorted(Counter(item.due for item in items).items()):
            add(
                f"due-{day:%Y%m%d}",
                day,
                f"{counted(count, 'action')} due",
                url=own_link,
                sequence=changed["times"],
                changed=changed["last"],
            )
    else:
        for item in items:
            add(
                f"item-{item.pk}",
                item.due,
                f"Action due: step {item.step__number}",
                url=item_link(item.step__number),
                sequence=item.version + moved["times"],
                changed=max(item.saved_at, moved["last"]),
            )
    return calendar.to_ical()
