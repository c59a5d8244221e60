"""What a signed-in person can reach of the protocols: members of the council only."""

from django.http import Http404

from assessments.access import Rights, plan_for_member
from assessments.plans.models import Plan
from councils.models import User
from councils.permissions import Right

from .models import GroupProtocol
from .suggestions import BY_KEY, Protocol


def protocol_for(
    user: User, plan_id: int, key: str, *, needs: Right = Right.TAKE_PART
) -> tuple[Plan, Protocol, GroupProtocol | None, Rights]:
    """Return the plan, a protocol, what the council saved of it, if anything, and the Rights."""
    plan, rights = plan_for_member(user, plan_id, needs=needs)
    protocol = BY_KEY.get(key)
    if protocol is None:
        raise Http404
    return plan, protocol, saved_protocols(plan).get(key), rights


def saved_protocols(plan: Plan) -> dict[str, GroupProtocol]:
    """Return the protocols that were saved, with their answers and groups, by key. 3 queries."""
    found = GroupProtocol.objects.filter(plan=plan).select_related("saved_by")
    protocols = {}
    for protocol in found.prefetch_related("answers", "groups"):
        protocol.plan = plan
        protocols[protocol.key] = protocol
    return protocols
