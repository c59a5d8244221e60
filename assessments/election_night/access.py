"""What a signed-in person can see and do on election night.

Members of the council read; those who may record its seats enter results. Advisers see nothing of
it, whatever their grant, as they see no composition: expected results are for the council alone.
"""

from dataclasses import dataclass
from typing import Self

from django.http import Http404
from django.utils import timezone

from assessments.access import Rights, plan_for
from assessments.plans.models import Plan
from assessments.seats.models import Scenario
from councils.models import User
from councils.permissions import Right, may, require

from .models import CountWard, ElectionCount


@dataclass(frozen=True)
class CountRights:
    """What the user can do on election night; `plan` are their rights in the plan.

    Once the first year after the election `is_over`, no count can be started.
    """

    can_enter: bool
    can_export: bool
    is_over: bool
    plan: Rights

    @property
    def can_start(self) -> bool:
        return self.can_enter and not self.is_over

    @classmethod
    def of(cls, plan: Plan, rights: Rights) -> Self:
        return cls(
            can_enter=may(plan, Right.RECORD_SEATS),
            can_export=rights.can_export,
            is_over=plan.is_over(timezone.localdate()),
            plan=rights,
        )


def plan_with_counts_for(
    user: User, plan_id: int, *, needs: Right = Right.VIEW
) -> tuple[Plan, CountRights]:
    """Return the plan and the CountRights of a member of its council. Raises 404 or 403."""
    plan, rights = plan_for(user, plan_id)
    if not rights.can_take_part:
        raise Http404
    require(plan, needs)
    return plan, CountRights.of(plan, rights)


def count_for(
    user: User, plan_id: int, *, needs: Right = Right.VIEW
) -> tuple[Plan, ElectionCount | None, CountRights]:
    """Return the plan, its latest count with all results, or None, and the CountRights.

    Raises 404 or 403.
    """
    plan, rights = plan_with_counts_for(user, plan_id, needs=needs)
    count = ElectionCount.objects.filter(plan=plan).with_results().first()
    if count is not None:
        count.plan = plan
    return plan, count, rights


def open_count_for(user: User, plan_id: int) -> tuple[Plan, ElectionCount, CountRights]:
    """Return the plan, its open count and the rights of a user who can enter results.

    Raises 404 without an open count, or 403.
    """
    plan, count, rights = count_for(user, plan_id, needs=Right.RECORD_SEATS)
    if count is None or not count.is_open:
        raise Http404
    return plan, count, rights


def ward_for(
    user: User, plan_id: int, ward_id: int
) -> tuple[Plan, ElectionCount, CountWard, CountRights]:
    """Return a ward of the open count with its current result, for a user who can enter results.

    Raises 404 or 403.
    """
    plan, count, rights = open_count_for(user, plan_id)
    ward = next((ward for ward in count.wards.all() if ward.pk == ward_id), None)
    if ward is None:
        raise Http404
    ward.count = count
    return plan, count, ward, rights


def scenarios_beside(user: User, plan: Plan) -> list[Scenario]:
    """Return the saved scenarios of the plan that the user can read now."""
    return list(Scenario.objects.readable_by(user).filter(plan=plan).with_seats())
