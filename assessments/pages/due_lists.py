"""The two lists of plan home: what is overdue, and what is due in the next 14 days."""

from datetime import timedelta

from assessments.plans.models import DUE_SOON_DAYS, PlanItem
from assessments.plans.rows import ItemRow
from assessments.register.lines import line_of_date, line_of_row

OVERDUE_SHOWN, SOON_SHOWN = 3, 5


def due_lists(plan, total, days, *, today):
    """Return the first lines of each list with the number of those left out; 2 queries.

    `total` is the Tally of the plan, `days` the dates of the register. Dates further ahead are in
    neither list.
    """
    last = today + timedelta(days=DUE_SOON_DAYS)
    items = PlanItem.objects.live().on(plan).open().with_everything().order_by("due", "pk")
    return {
        "overdue": _list(
            plan,
            items.filter(due__lt=today),
            total.overdue,
            [each for each in days if each.day < today],
            OVERDUE_SHOWN,
            today=today,
        ),
        "soon": _list(
            plan,
            items.filter(due__range=(today, last)),
            total.due_soon,
            [each for each in days if today <= each.day <= last],
            SOON_SHOWN,
            today=today,
        ),
    }


def _list(plan, items, number, days, shown, *, today):
    lines = [line_of_row(ItemRow(item, plan, today=today)) for item in items[:shown]]
    lines += [line_of_date(each, plan, today=today) for each in days]
    lines = sorted(lines, key=lambda line: line.day)[:shown]
    count = number + len(days)
    return {"lines": lines, "count": count, "more": count - len(lines)}
