"""What a signed-in person can reach of vacancies and motions.

Members of the council read them; advisers do not.
"""

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from typing import TypeVar

from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import Rights, plan_for
from assessments.plans.models import Plan
from assessments.seats.models import CouncilComposition
from councils.models import User
from councils.permissions import Right, require
from elections.composition import Composition, CompositionError
from elections.vacancy import without_member

from .models import NoConfidenceMotion, Vacancy

VacancyOrMotion = TypeVar("VacancyOrMotion", Vacancy, NoConfidenceMotion)


def vacancies_for(
    user: User, plan_id: int, *, needs: Right = Right.TAKE_PART
) -> tuple[Plan, Rights]:
    """Return the plan and the Rights of a member of the council. Raises 404 or 403."""
    plan, rights = plan_for(user, plan_id)
    if not rights.can_take_part:
        raise Http404
    require(plan, needs)
    return plan, rights


def row_for(
    user: User, plan_id: int, model: type[VacancyOrMotion], pk: int
) -> tuple[Plan, VacancyOrMotion, Rights]:
    """Return the plan, a vacancy or motion that `user` can change, and the Rights."""
    plan, rights = vacancies_for(user, plan_id, needs=Right.EDIT_ITEMS)
    rows = model._default_manager.filter(plan=plan).select_related("saved_by")
    found = get_object_or_404(rows, pk=pk)
    found.plan = plan
    return plan, found, rights


def vacant_since(saved: CouncilComposition, *, by: dt.date | None = None) -> list[Vacancy]:
    """Return the council's open vacancies that arose after the day of a composition, in order.

    `by` is the last day on which they arose, if not today.
    """
    found = Vacancy.objects.filter(plan__council=saved.council_id).since(saved.as_at)
    if by is not None:
        found = found.filter(arose_on__lte=by)
    return list(found)


def members_on(saved: CouncilComposition, day: dt.date | None) -> Composition:
    """Return a composition less the members whose offices have become vacant by a day.

    None is today.
    """
    return less_vacancies(saved.worked_out, vacant_since(saved, by=day))


def members_today(saved: CouncilComposition) -> Composition:
    """Return a composition less the members whose offices have become vacant after its day."""
    return members_on(saved, None)


def less_vacancies(composition: Composition, rows: Iterable[Vacancy]) -> Composition:
    """Return the composition without the members whose offices have become vacant in `rows`."""
    for row in rows:
        with suppress(CompositionError):  # the vacancy itself has a warning
            composition = without_member(composition, row.group)
    return composition
