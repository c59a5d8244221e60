"""Save the dates that an election’s own order gives, all at once."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import hold, record, redate, timetable_now
from assessments.plans.models import Event, Plan, PlanDate
from assessments.versions import FieldValueChange, StaleVersion
from assessments.words import day_in_words
from councils.models import User

from ..models import OrderDate, StructuralOrder


@dataclass(frozen=True)
class DateOfOrder:
    """A date and the article of the order that gives it. `label` names one of the other dates."""

    date: dt.date
    article: str
    label: str = ""

    @property
    def in_words(self) -> str:
        return f"{day_in_words(self.date)} (article {self.article})"


def state_of_order(plan: Plan) -> str:
    """Return a text that changes whenever the order or a date of the plan is saved or cleared."""
    order = StructuralOrder.objects.filter(plan=plan).first()
    versions = list(PlanDate.objects.filter(plan=plan).values_list("pk", "version"))
    figures = (order.version if order else 0, len(versions), sum(pk + v for pk, v in versions))
    return "-".join(map(str, figures))


def save_order(
    plan: Plan,
    *,
    title: str,
    dates: Mapping[str, DateOfOrder],
    others: Sequence[DateOfOrder],
    state: str,
    by: User,
) -> StructuralOrder:
    """Save the order’s title, its key dates and its `others` as one set, which leaves one event.

    `dates` are by key. A key date that was set from the order before and is not among them is
    cleared; one that was set by hand without an article stays. Raises StaleVersion, with nothing
    saved, if the order or a date was changed since `state`.
    """
    with transaction.atomic():
        hold(plan)
        before = timetable_now(plan)
        if state_of_order(plan) != state:
            raise StaleVersion
        order, is_new = StructuralOrder.objects.get_or_create(
            plan=plan, defaults={"title": title, "saved_by": by}
        )
        others_before = _in_words(order.dates.all())
        changes = [FieldValueChange("order", title, "" if is_new else order.title, title)]
        if not is_new:
            order.title, order.saved_at, order.saved_by = title, timezone.now(), by
            order.version += 1
            order.save(update_fields=["title", "saved_at", "saved_by", "version"])
        _set_key_dates(plan, title, dates, by=by)
        order.dates.all().delete()
        OrderDate.objects.bulk_create(
            OrderDate(order=order, label=each.label, date=each.date, article=each.article)
            for each in others
        )
        moved = redate(plan)
        for key in before.by_rule:
            was, now = getattr(before, key), getattr(plan.timetable, key)
            if was != now:
                words = [day_in_words(day) if day else "" for day in (was, now)]
                changes.append(FieldValueChange(key, now, *words))
        others_after = _in_words(order.dates.all())
        if others_after != others_before:
            changes.append(
                FieldValueChange("other_dates", others_after, others_before, others_after)
            )
        detail = "The dates of the order"
        record(plan, Event.Kind.DATE_SET, by=by, detail=detail, changes=[*changes, *moved])
    return order


def _set_key_dates(plan: Plan, title: str, dates: Mapping[str, DateOfOrder], *, by: User) -> None:
    saved = {each.key: each for each in PlanDate.objects.filter(plan=plan)}
    gone = [each.pk for key, each in saved.items() if each.article and key not in dates]
    PlanDate.objects.filter(pk__in=gone).delete()
    for key, given in dates.items():
        found = saved.get(key) or PlanDate(plan=plan, key=key, version=0)
        values = (given.date, f"Article {given.article} of {title}", given.article)
        if found.pk and (found.date, found.reason, found.article) == values:
            continue
        found.date, found.reason, found.article = values
        found.version += 1
        found.saved_at, found.saved_by = timezone.now(), by
        found.save()


def _in_words(dates: Iterable[OrderDate]) -> str:
    return "; ".join(
        f"{each.label}: {DateOfOrder(each.date, each.article).in_words}" for each in dates
    )
