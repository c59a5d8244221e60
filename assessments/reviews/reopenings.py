"""Which steps of a plan are to be reviewed again, for the pages that say so."""

from django.db.models import QuerySet

from assessments.plans.models import Plan
from councils.prepared import PreparedQuery

from .models import StepReopening


def pending_reopenings(plan: Plan) -> list[StepReopening]:
    """Return those of the stages that the plan's reader can see. One query."""
    return _pending.fetch(plan.pk, stages=plan.stages)


@PreparedQuery
def _pending(plan_id: int, *, stages: tuple[int, ...]) -> QuerySet[StepReopening]:
    found = StepReopening.objects.pending().filter(change__plan=plan_id)
    found = found.filter(step__stage__number__in=stages)
    return found.select_related("change__plan", "step__role_area")
