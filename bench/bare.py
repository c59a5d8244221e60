"""The limits that the product is measured against: the least a signed-in page and a save can do.

They go through the same middleware, so both have asked for the session and the user.
"""

from functools import cache

from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from assessments.plans.models import Event, PlanItem

FRAGMENT = "<p>Saved</p>".ljust(2048)


@require_safe
def page(request, size):
    return HttpResponse(_ready(size))


@cache
def _ready(size):
    return "x" * size


@require_POST
def save(request, item_id):
    """One indexed read, one update, one insert."""
    item = PlanItem.objects.get(pk=item_id)
    with transaction.atomic():
        PlanItem.objects.filter(pk=item.pk).update(
            status=request.POST["status"], version=F("version") + 1
        )
        Event.objects.create(
            plan_id=item.plan_id, item=item, by=request.user, kind=Event.Kind.ITEM_CHANGED
        )
    return HttpResponse(FRAGMENT)
