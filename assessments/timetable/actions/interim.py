"""Save how the constitution fills the time before annual council."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import hold, record
from assessments.plans.models import Event, Plan
from assessments.versions import StaleVersion, changes_between, update_at
from councils.models import User

from ..models import InterimArrangements


def save_interim(plan: Plan, *, version: int, by: User, **fields: Any) -> InterimArrangements:
    """Save the answers; `version` is 0 where none have been saved yet.

    Raises StaleVersion, with nothing saved, if someone saved them since `version`.
    """
    with transaction.atomic():
        hold(plan)
        found = InterimArrangements.objects.filter(plan=plan).first()
        if (found.version if found else 0) != version:
            raise StaleVersion
        changes = changes_between(found or InterimArrangements(), fields)
        if not changes:
            return found or InterimArrangements(plan=plan, version=0)
        values = {change.name: change.value for change in changes}
        if found is None:
            found = InterimArrangements.objects.create(plan=plan, saved_by=by, **values)
        else:
            stamp = {"saved_at": timezone.now(), "saved_by": by}
            update_at(InterimArrangements, found, version, values | stamp)
        record(plan, Event.Kind.INTERIM_CHANGED, by=by, changes=changes)
    return found
