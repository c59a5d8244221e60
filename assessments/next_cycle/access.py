"""Which plan follows another, for a user."""

from assessments.plans.models import Plan
from councils.models import User


def next_plan_of(user: User, plan: Plan) -> Plan | None:
    """Return the plan that was made from `plan`, if `user` can see it."""
    return Plan.objects.visible_to(user).filter(previous=plan).first()
