"""What a signed-in member can see of group notices."""

from councils.models import Membership, User
from councils.permissions import Right, membership_for

from .models import GroupNotice


def group_notices_for(
    user: User, slug: str, *, needs: Right = Right.VIEW
) -> tuple[Membership, list[GroupNotice]]:
    """Return the membership and the council's notices, newest first. Raises 404, or 403."""
    membership = membership_for(user, slug, needs=needs)
    notices = GroupNotice.objects.filter(council=membership.council)
    return membership, list(notices.select_related("recorded_by"))
