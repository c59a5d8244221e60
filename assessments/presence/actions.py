"""Note who is viewing a step."""

from datetime import datetime, timedelta

from django.utils import timezone

from assessments.plans.models import Plan
from councils.models import User
from frameworks.models import Step

from .models import Presence

# A browser reports every few seconds that a step is open; most reports are not written.
WRITE_ONCE_IN = timedelta(seconds=12)


def note_presence(plan: Plan, step: Step, *, by: User, last: datetime | None = None) -> None:
    """Note that `by` has a step open. `last` is when this was last noted, if known.

    Leaves no event: viewing a page changes nothing in the plan.
    """
    now = timezone.now()
    if last and now - last < WRITE_ONCE_IN:
        return
    Presence.objects.bulk_create(
        [Presence(plan=plan, step=step, user=by, at=now)],
        update_conflicts=True,
        unique_fields=["plan", "step", "user"],
        update_fields=["at"],
    )
