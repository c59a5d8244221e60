"""What a council shares: counts of actions by stage, and what kind of council it is."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, Q, QuerySet

from assessments.plans.models import STAGES, Control, Plan, PlanItem, Status
from councils.models import CouncilType

from .models import ControlFamily

OLD_ENOUGH = dt.timedelta(days=28)

FAMILIES = {
    Control.UNKNOWN: ControlFamily.UNKNOWN,
    Control.MAJORITY: ControlFamily.MAJORITY,
    Control.MINORITY: ControlFamily.MINORITY,
    Control.TWO: ControlFamily.ARRANGEMENT,
    Control.THREE: ControlFamily.ARRANGEMENT,
    Control.FOUR: ControlFamily.ARRANGEMENT,
}


@dataclass(frozen=True)
class StageCount:
    """How many of the actions that are needed in a stage are completed."""

    stage: int
    completed: int
    needed: int

    @property
    def percentage(self) -> Fraction:
        """Return the percentage completed; 100 if no action is needed."""
        return Fraction(100 * self.completed, self.needed) if self.needed else Fraction(100)

    @property
    def rounded(self) -> int:
        """Return the percentage as a whole number, halves rounded up.

        It is 100 only if all are completed, and 0 only if none is.
        """
        nearest = int(self.percentage + Fraction(1, 2))
        return nearest if self.percentage in {0, 100} else min(max(nearest, 1), 99)


@dataclass(frozen=True)
class SharedFigures:
    """All that is shared of one plan."""

    type: CouncilType
    control: ControlFamily
    poll_week: dt.date
    stages: tuple[StageCount, ...]


def week_of(day: dt.date) -> dt.date:
    """Return the Monday of the week of `day`."""
    return day - dt.timedelta(days=day.weekday())


def first_week(*, shared_on: dt.date, created_on: dt.date) -> dt.date:
    """Return the Monday of the first publication that can include a plan.

    It was shared before that day, and created more than OLD_ENOUGH before it.
    """
    return week_of(max(shared_on, created_on + OLD_ENOUGH)) + dt.timedelta(days=7)


def compared(plans: QuerySet[Plan], today: dt.date) -> list[Plan]:
    """Return those that can be compared: until their first year ends or the next plan is made."""
    return [plan for plan in plans.filter(following=None) if not plan.is_over(today)]


def is_compared(plan: Plan, today: dt.date) -> bool:
    return bool(compared(Plan.objects.filter(pk=plan.pk), today))


def figures_of(plans: Collection[Plan]) -> dict[int, SharedFigures]:
    """Return what would be shared of each plan, by its primary key. Plans come with their council.

    One query.
    """
    counts = (
        PlanItem.objects.live()
        .filter(plan__in=plans)
        .order_by()
        .values_list("plan_id", "step__stage__number")
        .annotate(
            completed=Count("pk", filter=Q(status=Status.COMPLETED)),
            needed=Count("pk", filter=~Q(status=Status.NOT_NEEDED)),
        )
    )
    found = {(plan, stage): (completed, needed) for plan, stage, completed, needed in counts}
    return {
        plan.pk: SharedFigures(
            type=CouncilType(plan.council.type),
            control=FAMILIES[Control(plan.control)],
            poll_week=week_of(plan.election_day),
            stages=tuple(
                StageCount(stage, *found.get((plan.pk, stage), (0, 0))) for stage in STAGES
            ),
        )
        for plan in plans
    }
