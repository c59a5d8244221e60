"""Progress and overdue actions, derived from one query of counts and never stored."""

from collections import Counter, defaultdict
from dataclasses import dataclass, fields
from enum import Enum

from django.db.models import QuerySet
from django.utils.functional import cached_property

from assessments.addresses import address
from assessments.words import counted
from councils.prepared import PreparedQuery
from frameworks.models import RoleArea, Stage, Step

from .models import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status


class Rag(Enum):
    """The status of a group of actions, always shown in words, never by colour alone.

    It claims no more than the counts show: a plan without due dates is not “on track”.
    """

    NOTHING = "No actions"
    COMPLETE = "Complete"
    RED = "Overdue"
    AMBER = "Due soon"
    UNTOUCHED = "Not started"
    UNDATED = "No dates set"
    GREEN = "Nothing overdue"


@dataclass(frozen=True)
class Tally:
    """Counts of actions. `due_soon` are open and due within DUE_SOON_DAYS, from today.

    `dated` are open and have a due date.
    """

    total: int = 0
    completed: int = 0
    in_progress: int = 0
    not_needed: int = 0
    overdue: int = 0
    due_soon: int = 0
    dated: int = 0

    def __add__(self, other):
        return Tally(
            self.total + other.total,
            self.completed + other.completed,
            self.in_progress + other.in_progress,
            self.not_needed + other.not_needed,
            self.overdue + other.overdue,
            self.due_soon + other.due_soon,
            self.dated + other.dated,
        )

    @classmethod
    def of(cls, row):
        return cls(**{f.name: row[f.name] for f in fields(cls)})

    @classmethod
    def of_item(cls, item, today):
        """Return the tally of one action in memory, by the same rules as `PlanItem.tally_by`."""
        return tally_of_rows([item], today=today)

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
    def is_counted(self):
        """Whether `words` are a count, such as "3 of 9"."""
        return self.total > 0 and not self.is_complete and not self.is_untouched

    @property
    def words(self):
        """The words in a cell of the matrix."""
        if not self.total:
            return "No actions"
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
        if self.due_soon:
            return Rag.AMBER
        if self.is_untouched:
            return Rag.UNTOUCHED
        return Rag.GREEN if self.dated else Rag.UNDATED

    @property
    def segments(self):
        """The kind of each action, completed ones first, as the matrix draws them."""
        return (
            ["completed"] * self.completed
            + ["in-progress"] * self.in_progress
            + ["not-started"] * self.not_started
            + ["not-needed"] * self.not_needed
        )


def tally_of(items, *, today):
    """Return the tally of a few actions. Counting them here is faster than 6 counts in SQL."""
    return tally_of_rows(items.to_count(), today=today)


def tally_of_rows(rows, *, today):
    """Return the tally of rows in memory that have `status` and `due`."""
    rows = list(rows)
    by_status = Counter(row.status for row in rows)
    days_left = [(row.due - today).days for row in rows if row.due and row.status in OPEN_STATUSES]
    return Tally(
        total=len(rows),
        completed=by_status[Status.COMPLETED],
        in_progress=by_status[Status.IN_PROGRESS],
        not_needed=by_status[Status.NOT_NEEDED],
        overdue=sum(days < 0 for days in days_left),
        due_soon=sum(0 <= days <= DUE_SOON_DAYS for days in days_left),
        dated=len(days_left),
    )


def tallies_by_step(rows, *, today):
    """Return the tally of each step that has actions among `rows` (`to_count`), by primary key."""
    by_step = defaultdict(list)
    for row in rows:
        by_step[row.step_id].append(row)
    return {step: tally_of_rows(rows, today=today) for step, rows in by_step.items()}


@dataclass(frozen=True)
class MatrixCell:
    step: Step
    url: str
    tally: Tally
    is_current: bool


@dataclass(frozen=True)
class MatrixRow:
    area: RoleArea
    url: str
    cells: list[MatrixCell]


@dataclass(frozen=True)
class MatrixHead:
    """The heading of a stage. A stage that has ended with open actions says so."""

    stage: Stage
    words: str
    is_late: bool
    is_current: bool


@dataclass(frozen=True)
class PlanMatrix:
    """The steps of a plan: role areas in rows, the stages its reader can see in columns.

    `stages` are all 3 stages, for dates and headings; `shown` are those with a column.
    """

    stages: list[Stage]
    shown: list[Stage]
    rows: list[MatrixRow]
    current_stage: int
    is_over: bool = False  # whether the first year after the election has ended

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

    @property
    def stage_tallies(self):
        return [(stage, self.of_stage(stage.number)) for stage in self.shown]

    @property
    def heads(self):
        """The heading of each column, with the words for its status."""
        return [self._head(stage, tally) for stage, tally in self.stage_tallies]

    def _head(self, stage, tally):
        is_over = stage.number < self.current_stage or self.is_over
        words = f"Ended, {tally.open} open" if is_over and tally.open else tally.rag.value
        return MatrixHead(
            stage,
            words,
            is_late=tally.overdue > 0,
            is_current=self.is_current(stage.number),
        )

    def is_current(self, number):
        """Return whether the stage is under way; none is after the first year."""
        return number == self.current_stage and not self.is_over


@PreparedQuery
def _steps(framework_id: int) -> QuerySet[Step]:
    return Step.objects.filter(framework=framework_id).select_related("stage", "role_area")


def matrix_for(plan, *, today, rows=None):
    """Return the matrix of the plan, in 2 queries whatever its size.

    `rows` are those of its actions (`to_count`), if the caller has them; then in 1 query.
    """
    steps = _steps.fetch(plan.transition_id)
    if rows is None:
        rows = PlanItem.objects.live().on(plan).to_count()
    tallies = tallies_by_step(rows, today=today)
    current, is_over = plan.boundaries.stage_on(today), plan.is_over(today)
    stages = list({step.stage_id: step.stage for step in steps}.values())
    areas = {}
    for step in steps:
        if step.stage.number not in plan.stages:
            continue
        cell = MatrixCell(
            step,
            address("plan_step", plan.pk, step.number),
            tallies.get(step.pk, Tally()),
            step.stage.number == current and not is_over,
        )
        area = step.role_area
        row = MatrixRow(area, address("plan_area", plan.pk, area.number), [])
        areas.setdefault(area.pk, row).cells.append(cell)
    shown = [stage for stage in stages if stage.number in plan.stages]
    return PlanMatrix(stages, shown, list(areas.values()), current, is_over)


def standing_of(plan, *, today):
    """Return where the plan is in its timetable, as a phrase: "day 13 of 42"."""
    number = plan.boundaries.stage_on(today)
    day, length = plan.boundaries.day_of_stage(today)
    if number == 1:
        return f"{counted(day, 'day')} to election day"
    if day == 1:
        return "election day" if number == 2 else "first day"
    if length is None:
        return "first year ended"
    return f"day {day} of {length}"
