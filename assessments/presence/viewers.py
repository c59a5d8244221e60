"""Who is viewing a step."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from assessments.plans.models import Plan
from councils.prepared import PreparedQuery
from frameworks.models import Step

from .models import Presence

PRESENT_FOR = timedelta(seconds=30)


def viewers_of(plan: Plan, step: Step) -> list[Presence]:
    """Return who is viewing a step of a plan now, by name. One query."""
    since = timezone.now() - PRESENT_FOR
    return [each for each in _viewers.fetch(plan.pk, step.pk) if each.at > since]


@PreparedQuery
def _viewers(plan_id: int, step_id: int) -> QuerySet[Presence]:
    """Return when each person last viewed the step."""
    return Presence.objects.filter(plan=plan_id, step=step_id).select_related("user")
