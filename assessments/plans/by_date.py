"""Actions by date: overdue, due soon, later, without a date, and closed."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, TypeVar

from .models import DUE_SOON_DAYS, OPEN_STATUSES


class DateGroup(Enum):
    """The groups of a list by date, in the order in which a page shows them."""

    OVERDUE = "overdue", "Overdue"
    SOON = "soon", f"Next {DUE_SOON_DAYS} days"
    LATER = "later", "Later"
    UNDATED = "undated", "No date"
    CLOSED = "closed", "Completed or not needed"

    def __new__(cls, key: str, title: str) -> "DateGroup":
        group = object.__new__(cls)
        group._value_ = key
        group.title = title
        return group

    title: str

    @classmethod
    def of(cls, status: str, due: dt.date | None, *, today: dt.date) -> "DateGroup":
        """Return the group of an action with this status and due date."""
        if status not in OPEN_STATUSES:
            return cls.CLOSED
        if due is None:
            return cls.UNDATED
        if due < today:
            return cls.OVERDUE
        return cls.SOON if (due - today).days <= DUE_SOON_DAYS else cls.LATER


# A group of up to 15 actions is shown whole; of a longer one the first 10.
FIRST_ROWS, UNFOLDED_ROWS = 10, 15


@dataclass
class DateGroupRows:
    """A group of a list: how many actions belong to it in all, and the rows on this page.

    A long group shows its `first` rows and folds the others.
    """

    group: DateGroup
    count: int
    rows: list = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.group.value

    @property
    def title(self) -> str:
        return self.group.title

    @property
    def first(self) -> list:
        return self.rows[:FIRST_ROWS] if self.folded else self.rows

    @property
    def folded(self) -> list:
        return self.rows[FIRST_ROWS:] if len(self.rows) > UNFOLDED_ROWS else []


class Dated(Protocol):
    """An action, or a row with what decides its group and its place there."""

    pk: int
    status: str
    due: dt.date | None
    completed_on: dt.date | None
    step_number: int
    position: int


DatedRow = TypeVar("DatedRow", bound=Dated)


def counts_by_date(items: Iterable[Dated], *, today: dt.date) -> Counter[DateGroup]:
    return Counter(DateGroup.of(item.status, item.due, today=today) for item in items)


def in_order_of_dates(items: Iterable[DatedRow], *, today: dt.date) -> list[DatedRow]:
    """Return the items group by group, soonest first; the latest completed come first."""
    order = {group: number for number, group in enumerate(DateGroup)}

    def key(item: Dated) -> tuple:
        group = DateGroup.of(item.status, item.due, today=today)
        if group is DateGroup.CLOSED:
            day = -(item.completed_on.toordinal() if item.completed_on else 0)
        else:
            day = item.due.toordinal() if item.due else 0
        return order[group], day, item.step_number, item.position, item.pk

    return sorted(items, key=key)


def grouped_by_date(
    rows: Iterable, counts: Counter[DateGroup], *, today: dt.date
) -> list[DateGroupRows]:
    """Return the groups that have `rows`, which are ItemRows; `counts` are those of all pages."""
    groups: dict[DateGroup, DateGroupRows] = {}
    for row in rows:
        group = DateGroup.of(row.status, row.item.due, today=today)
        groups.setdefault(group, DateGroupRows(group, counts[group])).rows.append(row)
    return [groups[group] for group in DateGroup if group in groups]


def keys_not_shown(groups: Iterable[DateGroupRows]) -> list[str]:
    """Return the keys of the groups that a list leaves out, so that the page has a place for the
    counts of all: a save updates each of them.
    """
    shown = {group.key for group in groups}
    return [group.value for group in DateGroup if group.value not in shown]
