"""The demo's clock: what happens in its councils happens in the order of its times, at those times.

A part of the story is a generator that yields the moment of what it does next:

    def first_week(plan, by):
        yield moment_of(plan.election_day, "14:00")
        record_group_notice(...)

The parts run together, and each action sees the moment of its part as the present time. So the
history, the sealed record and every other date are what months of use would have left.
"""

import contextlib
import heapq
import itertools
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import time_machine
from django.utils import timezone

from elections.calendar import is_working_day, working_days_after, working_days_before

FRIDAY = 4  # as `date.weekday` counts
BETWEEN = timedelta(seconds=50)  # the least time from one moment of the story to the next

Part = Iterator[datetime]


class DemoStory:
    """Parts of a story, and the order in which they continue."""

    def __init__(self) -> None:
        self._upcoming: list[tuple[datetime, int, Part]] = []
        self._number = itertools.count()

    def begin(self, *parts: Part) -> None:
        """Add parts. Each runs to its first moment now, and goes on when that moment comes."""
        for part in parts:
            self._wait(part)

    def tell(self) -> None:
        """Run all parts to their ends. A moment that is still to come is told as the present."""
        now = timezone.now()
        last = datetime.min.replace(tzinfo=now.tzinfo) + BETWEEN
        while self._upcoming:
            moment, _, part = heapq.heappop(self._upcoming)
            last = moment = max(moment, last + BETWEEN)
            with time_machine.travel(moment) if moment < now else contextlib.nullcontext():
                self._wait(part)

    def _wait(self, part: Part) -> None:
        if moment := next(part, None):
            heapq.heappush(self._upcoming, (moment, next(self._number), part))


def moment_of(day: date, clock: str) -> datetime:
    """Return the time `clock` ("14:05") on the working day of `day`, as `working_day_of` says."""
    return moment_on(working_day_of(day), clock)


def moment_on(day: date, clock: str) -> datetime:
    """Return the time `clock` ("14:05") on `day` itself, such as a night of counting."""
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(clock)))


def working_moment(today: date, days_ago: int, clock: str) -> datetime:
    """Return the time `clock` ("14:05") on the `days_ago`th working day before `today`."""
    return moment_on(working_days_before(today, days_ago), clock)


def working_day_of(day: date) -> date:
    """Return `day`, the Friday before a weekend, or the working day after a bank holiday.

    A bank holiday moves forward, so that nothing that follows a poll comes before it.
    """
    day -= timedelta(days=max(0, day.weekday() - FRIDAY))
    return day if is_working_day(day) else working_days_after(day, 1)
