"""The layout of the timeline picture, as numbers that a template draws as SVG.

The picture is 1,000 units wide. Each stage has a fixed share of it, whatever its length in days,
because most dates are in the weeks around the poll. Labels never overlap: each gets the first free
row above or below the bar. A date without a free row is only in the list below the picture.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from itertools import product

from assessments.words import day_in_words, short_day, within_sentence

from .models import OPEN_STATUSES

WIDTH = 1000
STAGE_SHARES = (260, 440, 300)
LEAD_IN = dt.timedelta(days=120)  # how much of stage 1 is drawn
ROWS = 2  # on each side of the bar
CHARACTER = 6.9  # the width of an average character, generous so that real text is narrower
GAP = 10
ROOM = 10  # so that labels beside each other are not read as one
BAR = 26  # heights in the same units
ROW = 34
DUE = 9  # the longest stroke of what is due
DIAMOND = 6  # half as high as one of the register's days

# Most important first: earlier dates get the better places.
SHOWN = (
    "election_day",
    "annual_meeting",
    "stage_3_from",
    "notice_of_election",
    "retirement",
    "summons",
    "council_tax_by",
    "six_month_review",
    "nominations_close",
    "twelve_month_review",
)


@dataclass(frozen=True)
class StageSegment:
    number: int
    title: str
    x: float
    width: float
    is_current: bool

    @property
    def text_x(self):
        return self.x + 8

    @property
    def drawn_width(self):
        """Slightly less than its share, so that a gap separates neighbours without colour."""
        return self.width - 2


@dataclass(frozen=True)
class DateMark:
    """A date on the bar. `row` counts outwards from 0; a negative `side` is above the bar.

    Heights are measured downwards from the top of the bar. `has_year` is of its words.
    """

    day: dt.date
    label: str
    x: float
    side: int
    row: int
    anchor: str
    has_year: bool

    @property
    def is_today(self):
        return not self.label

    @property
    def line_from(self):
        return 0 if self.is_today or self.side < 0 else BAR

    @property
    def line_to(self):
        return -9 - ROW * self.row if self.side < 0 else BAR + 9 + ROW * self.row

    @property
    def date_y(self):
        return self.line_to - 16 if self.side < 0 else self.line_to + 12

    @property
    def label_y(self):
        return self.date_y + 13

    @property
    def words(self):
        return "Today" if self.is_today else self.day_words

    @property
    def day_words(self):
        return _day_words(self.day, has_year=self.has_year)


@dataclass(frozen=True)
class DueMark:
    """A day on which open actions are due: a line under the bar, longer if there are more."""

    day: dt.date
    count: int
    x: float
    is_overdue: bool

    @property
    def height(self):
        return min(2 + 2 * self.count, DUE)

    @property
    def y(self):
        return BAR + 1

    @property
    def triangle(self):
        """The corners of the mark of an overdue day: its shape differs, not only its colour."""
        middle, top = self.x + 1.5, self.y
        corners = ((middle - 4, top + self.height), (middle + 4, top + self.height), (middle, top))
        return " ".join(f"{a:.1f},{b}" for a, b in corners)


@dataclass(frozen=True)
class RegisterMark:
    """The date of an open entry of the register: a diamond on the upper edge of the bar."""

    day: dt.date
    x: float

    @property
    def points(self):
        x, half = self.x, DIAMOND
        corners = ((x, -half), (x + half, 0), (x, half), (x - half, 0))
        return " ".join(f"{a:.1f},{b}" for a, b in corners)


@dataclass(frozen=True)
class Timeline:
    segments: list[StageSegment]
    marks: list[DateMark]
    dates: list
    to_come: list
    today: dt.date
    due: list[DueMark]
    register: list[RegisterMark]

    @property
    def in_words(self):
        """Say all that the picture shows, for people who do not see it."""
        stages = ", ".join(
            f"{each.number} {within_sentence(each.title)}{' (the current stage)' * each.is_current}"
            for each in self.segments
        )
        dates = "; ".join(
            f"{day_in_words(mark.day)}, {within_sentence(mark.label).replace('; ', ' and ')}"
            for mark in sorted(self.marks, key=lambda mark: mark.day)
            if not mark.is_today
        )
        parts = [
            f"Timeline of the {len(self.segments)} stages: {stages}",
            f"Dates shown: {dates}",
            f"Today is {day_in_words(self.today)}",
        ]
        late = sum(mark.count for mark in self.due if mark.is_overdue)
        to_come = sum(mark.count for mark in self.due) - late
        if self.due:
            overdue = "1 action" if late == 1 else f"{late} actions"
            parts.append(f"Marks under the bar: {overdue} overdue, {to_come} due later")
        if self.register:
            days = ", ".join(day_in_words(mark.day) for mark in self.register)
            parts.append(f"Dates in the joint working register: {days}")
        return ". ".join(parts) + "."

    @property
    def bar_top(self):
        return 4 + ROW * self.rows_above

    @property
    def height(self):
        return self.bar_top + BAR + 6 + ROW * self.rows_below

    @property
    def upcoming(self):
        """The next 3 dates, which a phone shows instead of the picture."""
        return self.to_come[:3]

    @property
    def rows_above(self):
        return max((m.row + 1 for m in self.marks if m.side < 0), default=0)

    @property
    def rows_below(self):
        return max((m.row + 1 for m in self.marks if m.side > 0), default=0)


def due_days(rows):
    """Return the number of open actions due on each day; `rows` have `status` and `due`."""
    return Counter(row.due for row in rows if row.due and row.status in OPEN_STATUSES)


def timeline_for(timetable, stages, *, today, due=None, register=()):
    """Return the Timeline of a plan.

    `stages` are the 3 stages in order, `due` the number of open actions by the day they are due,
    and `register` the dates of open entries in the joint working register.
    """
    bounds = [
        timetable.election_day - LEAD_IN,
        timetable.stage_2_from,
        timetable.stage_3_from,
        max(timetable.first_year_ends, timetable.council_tax_by or dt.date.min)
        + dt.timedelta(days=7),
    ]
    edges = [0, STAGE_SHARES[0], sum(STAGE_SHARES[:2]), WIDTH]
    current = timetable.stage_on(today) if today <= timetable.first_year_ends else None

    def position(day):
        for i in range(3):
            if day < bounds[i + 1] or i == 2:
                share = (day - bounds[i]) / (bounds[i + 1] - bounds[i])
                return edges[i] + (edges[i + 1] - edges[i]) * min(max(share, 0), 1)
        raise AssertionError("unreachable")

    segments = [
        StageSegment(
            stage.number, stage.short_title, edges[i], edges[i + 1] - edges[i], i + 1 == current
        )
        for i, stage in enumerate(stages)
    ]
    names = _names_by_day(timetable)
    # The reader of a printed copy does not know the year in which it was made.
    placer = _Placer(has_year={day.year for day in names} != {today.year})
    marks = []
    if bounds[0] <= today <= bounds[3]:
        marks.append(placer.place(today, "", position(today), sides=(1,)))
    for day, labels in names.items():
        # The label of election day goes before its line, because more dates follow it.
        anchors = ("end", "start") if day == timetable.election_day else ("start", "end")
        marks.append(placer.place(day, _join(labels), position(day), anchors=anchors))
    marks = [mark for mark in marks if mark]
    strokes = [
        DueMark(day, count, position(day), day < today)
        for day, count in sorted((due or {}).items())
    ]
    diamonds = [
        RegisterMark(day, min(max(position(day), DIAMOND), WIDTH - DIAMOND))
        for day in sorted(set(register))
    ]
    dates, to_come = list(timetable.key_dates), list(timetable.to_come(today))
    return Timeline(segments, marks, dates, to_come, today, strokes, diamonds)


def _names_by_day(timetable):
    """Return the labels of the dates shown, by day, the most important first."""
    names: dict[dt.date, list[str]] = {}
    for date in sorted(
        (date for date in timetable.key_dates if date.key in SHOWN),
        key=lambda date: SHOWN.index(date.key),
    ):
        names.setdefault(date.date, []).append(date.short_label)
    return names


def _day_words(day, *, has_year):
    return short_day(day, dt.date.min if has_year else day)


def _join(names):
    """Join the labels of one day as one sentence."""
    return "; ".join([names[0], *map(within_sentence, names[1:])])


class _Placer:
    """Gives each label a row where it covers no other label and no line of another label."""

    def __init__(self, *, has_year):
        self.has_year = has_year
        self.taken = []  # (side, row, left, right, x)

    def place(self, day, label, x, *, sides=(-1, 1), anchors=("start", "end")):
        """Return the mark of a day, or None if no row is free. Without a label, it is today's."""
        width = CHARACTER * max(len(label), len(_day_words(day, has_year=self.has_year))) + GAP
        for row, side, anchor in product(range(ROWS), sides, anchors):
            left = x if anchor == "start" else x - width
            if left >= 0 and left + width <= WIDTH and self._free(side, row, left, left + width, x):
                self.taken.append((side, row, left, left + width, x))
                return DateMark(day, label, x, side, row, anchor, self.has_year)
        return None

    def _free(self, side, row, left, right, x):
        for other_side, other_row, other_left, other_right, other_x in self.taken:
            if other_side != side:
                continue
            if other_row == row and left < other_right + ROOM and other_left < right + ROOM:
                return False
            if other_row < row and other_left - 2 < x < other_right:
                return False
            if other_row > row and left - 2 < other_x < right:
                return False
        return True
