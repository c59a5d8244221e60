"""Whose data a council owner may erase."""

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404

from assessments.plans.models import AdviserGrant
from councils.models import Membership
from councils.permissions import Right, membership_for


def erasable_for(user, slug, member_id):
    """A person of a council whom its owner `user` may erase, as their membership; else 404 or 403.

    Somebody who belongs, or belonged, to another council as well, or advises one, is not this one's
    to erase, and nobody erases themselves.
    """
    me = membership_for(user, slug, needs=Right.MANAGE_DATA)
    return get_object_or_404(erasable_by(me), pk=member_id)


def erasable_by(me):
    """The people that the holder of a membership may erase, current members or not."""
    elsewhere = Membership.objects.filter(user=OuterRef("user")).exclude(council=me.council_id)
    advises = AdviserGrant.objects.filter(adviser=OuterRef("user"))
    advises = advises.exclude(plan__council=me.council_id)
    return (
        Membership.objects.filter(~Exists(elsewhere), ~Exists(advises), user__erased_at=None)
        .filter(council=me.council_id)
        .exclude(user=me.user_id)
        .select_related("user", "council")
    )
