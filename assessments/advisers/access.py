"""What a plan owner may reach of adviser access."""

from django.shortcuts import get_object_or_404

from assessments.access import plan_for
from assessments.plans.models import AdviserGrant
from councils.permissions import Right


def grant_for(user, plan_id, grant_id):
    """An adviser's live grant, its plan and the Rights of who may change it; else 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=Right.GRANT)
    grants = AdviserGrant.objects.live().select_related("adviser", "plan")
    return get_object_or_404(grants, plan=plan, pk=grant_id), plan, rights
