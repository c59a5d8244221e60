"""Progress, overdue and RAG: derived from one query of counts, never stored."""

from dataclasses import dataclass, fields
from enum import Enum

from django.utils.functional import cached_property

from assessments.addresses import address
from frameworks.models import RoleArea, Stage, Step

from .models import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status


class Rag(Enum):
    """Where a group of items stands; always shown as its words, never as colour alone."""

    NOTHING = "Nothing to do"
    COMPLETE = "Complete"
    RED = "Overdue"
    AMBER = "Due soon"
    GREEN = "On track"


@dataclass(frozen=True)
class Tally:
    """Counts of items. `due_soon` are open and due within DUE_SOON_DAYS, today included."""

    total: int = 0
    completed: int = 0
    in_progress: int = 0
    not_needed: int = 0
    overdue: int = 0
    due_soon: int = 0

    def __add__(self, other):
        return Tally(
            self.total + other.total,
            self.completed + other.completed,
            self.in_progress + other.in_progress,
            self.not_needed + other.not_needed,
            self.overdue + other.overdue,
            self.due_soon + other.due_soon,
        )

    @classmethod
    def of(cls, row):
        return cls(**{f.name: row[f.name] for f in fields(cls)})

    @classmethod
    def of_item(cls, item, today):
        """The tally of one item already in memory, by the same rules as the query's."""
        is_open = item.status in OPEN_STATUSES
        days_left = (item.due - today).days if item.due else None
        return cls(
            total=1,
            completed=int(item.status == Status.COMPLETED),
            in_progress=int(item.status == Status.IN_PROGRESS),
            not_needed=int(item.status == Status.NOT_NEEDED),
            overdue=int(is_open and days_left is not None and days_left < 0),
            due_soon=int(is_open and days_left is not None and 0 <= days_left <= DUE_SOON_DAYS),
        )

    @property
    def needed(self):
        return self.total - self.not_needed

    @property
    def open(self):
        return self.needed - self.completed

    @property
    def not_started(self):
        return self.open - self.in_progress

    @property
    def is_complete(self):
        return self.total > 0 and self.open == 0

    @property
    def is_untouched(self):
        return self.total > 0 and self.not_started == self.total

    @property
    def percent(self):
        """Whole percentage completed of what is needed; 100 when nothing is needed."""
        return 100 * self.completed // self.needed if self.needed else 100

    @property
    def words(self):
        """What a cell of the matrix says."""
        if not self.total:
            return "No items"
        if self.is_complete:
            return "Complete" if self.needed else "Not needed"
        if self.is_untouched:
            return "Not started"
        return f"{self.completed} of {self.needed}"

    @property
    def rag(self):
        if not self.total:
            return Rag.NOTHING
        if self.is_complete:
            return Rag.COMPLETE
        if self.overdue:
            return Rag.RED
        return Rag.AMBER if self.due_soon else Rag.GREEN

    @property
    def segments(self):
        """One kind an item, done first: what the cell's row of segments draws."""
        return (
            ["completed"] * self.completed
            + ["in-progress"] * self.in_progress
            + ["not-started"] * self.not_started
            + ["not-needed"] * self.not_needed
        )


def tally_of(items, *, today):
    """The tally of a few items, read and counted here: quicker than six counts in the database."""
    return tally_of_rows(items.order_by().values_list("status", "due", named=True), today=today)


def tally_of_rows(rows, *, today):
    """The tally of rows with `status` and `due` that are in memory already."""
    return sum((Tally.of_item(row, today) for row in rows), Tally())


@dataclass(frozen=True)
class Cell:
    step: Step
    url: str
    tally: Tally
    is_current: bool


@dataclass(frozen=True)
class Row:
    area: RoleArea
    url: str
    cells: list[Cell]


@dataclass(frozen=True)
class Matrix:
    """The plan at a glance: ten role areas by the stages that its reader may see.

    `stages` are all three, for dates and headings; `shown` those with a column.
    """

    stages: list[Stage]
    shown: list[Stage]
    rows: list[Row]
    current_stage: int

    @cached_property
    def total(self):
        return sum((cell.tally for row in self.rows for cell in row.cells), Tally())

    def of_stage(self, number):
        return sum(
            (
                cell.tally
                for row in self.rows
                for cell in row.cells
                if cell.step.stage.number == number
            ),
            Tally(),
        )

    def of_area(self, number):
        return sum((cell.tally for cell in self.rows[number - 1].cells), Tally())

    @property
    def stage_tallies(self):
        return [(stage, self.of_stage(stage.number)) for stage in self.shown]


def matrix_for(plan, *, today):
    """The plan's matrix, in two queries whatever the size of the plan."""
    steps = list(
        Step.objects.filter(framework=plan.transition_id).select_related("stage", "role_area")
    )
    tallies = {
        row["step"]: Tally.of(row)
        for row in PlanItem.objects.live().on(plan).tally_by("step", today=today)
    }
    current = plan.boundaries.stage_on(today)
    stages = list({step.stage_id: step.stage for step in steps}.values())
    areas = {}
    for step in steps:
        if step.stage.number not in plan.stages:
            continue
        cell = Cell(
            step,
            address("plan_step", plan.pk, step.number),
            tallies.get(step.pk, Tally()),
            step.stage.number == current,
        )
        area = step.role_area
        row = Row(area, address("plan_area", plan.pk, area.number), [])
        areas.setdefault(area.pk, row).cells.append(cell)
    shown = [stage for stage in stages if stage.number in plan.stages]
    return Matrix(stages, shown, list(areas.values()), current)


def standing_of(plan, *, today):
    """One phrase for where the plan is in its timetable, for headings: stage and day."""
    number = plan.boundaries.stage_on(today)
    day, length = plan.boundaries.day_of_stage(today)
    if number == 1:
        return f"{day} day{'s' if day != 1 else ''} to election day"
    if day == 0:
        return "election day" if number == 2 else f"day 0 of {length}"
    if length is None:
        return "first year complete"
    return f"day {day} of {length}"
