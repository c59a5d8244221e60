"""The two lists of plan home: what is overdue, and what is due in the next 14 days."""

from datetime import timedelta

from assessments.plans.models import DUE_SOON_DAYS, OPEN_STATUSES
from assessments.plans.rows import ItemRow
from assessments.register.lines import line_of_date, line_of_row

from .list_queries import actions_with_keys

OVERDUE_SHOWN, SOON_SHOWN = 3, 5


def due_lists(plan, rows, days, *, today):
    """Return the first lines of each list with the number of those left out, in at most one query.

    `rows` are those of all actions (`to_count`), `days` the dates of the register. Dates further
    ahead are in neither list.
    """
    last = today + timedelta(days=DUE_SOON_DAYS)
    dated = sorted((row.due, row.pk) for row in rows if row.due and row.status in OPEN_STATUSES)
    late = [pk for day, pk in dated if day < today]
    soon = [pk for day, pk in dated if today <= day <= last]
    wanted = [*late[:OVERDUE_SHOWN], *soon[:SOON_SHOWN]]
    items = actions_with_keys.fetch(plan.pk, *wanted) if wanted else []
    # Someone can have cleared the date of one since the query that counts.
    lines = {item.pk: line_of_row(ItemRow(item, plan, today=today)) for item in items if item.due}

    def list_of(pks, days, shown):
        found = [lines[pk] for pk in pks[:shown] if pk in lines]
        found += [line_of_date(each, plan, today=today) for each in days]
        found = sorted(found, key=lambda line: line.day)[:shown]
        count = len(pks) + len(days)
        return {"lines": found, "count": count, "more": count - len(found)}

    return {
        "overdue": list_of(late, [each for each in days if each.day < today], OVERDUE_SHOWN),
        "soon": list_of(soon, [each for each in days if today <= each.day <= last], SOON_SHOWN),
    }
