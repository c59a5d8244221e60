"""The plans of a person: straight to the only one, else a list to sort, filter and take away."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.plans.models import Plan
from councils.models import Membership
from councils.permissions import Right, accesses_with, may, require

from ..forms import SORTS, PlanListForm
from ..models import BUNDLE_LIMIT, Bundle
from ..overview import PAGE_SIZE, lines_for, plans_listed

FEW = 5  # so many plans need no filter


@require_safe
def home(request):
    """A person's plans and councils; whoever has just one plan goes straight to it."""
    memberships = Membership.objects.held_by(request.user)
    plans = Plan.objects.visible_to(request.user)
    for places in (memberships, plans):
        # One of each kind: there may be many, and what is asked of them is the same.
        kinds = places.order_by().values_list("access", "office", "has_second_factor", named=True)
        for kind in kinds.distinct():
            require(kind, Right.VIEW)
    if "all" not in request.GET:
        plans = list(plans[:2])
        if len(plans) == 1 and not memberships.exclude(council=plans[0].council_id).exists():
            return redirect(plans[0])
    return plans_page(request)


def plans_page(request, *, chosen=(), error="", status=200):
    """The list. `chosen` are the ids that were ticked when `error` was found."""
    today = timezone.localdate()
    answers, form = PlanListForm.answers(request.GET)
    filters = {name: value for name, value in answers.items() if name != "sort"}
    page = Paginator(plans_listed(request.user, **answers, today=today), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    lines = lines_for(request.user, page.object_list, today=today)
    sort = answers.get("sort", "council")
    councils = _councils(request.user)
    context = {
        "councils": councils,
        "is_nobody": not councils and not page.paginator.count and not filters,
        "page": page,
        "lines": lines,
        "can_export": any(line.can_export for line in lines),
        "form": form,
        "has_filters": bool(filters),
        "shows_filters": bool(filters) or page.paginator.count > FEW,
        "sorts": [(label, _query(filters, sort=key), key == sort) for key, label in SORTS.items()],
        "here": _query(answers, page=page.number),
        "previous": _query(answers, page=page.number - 1),
        "next": _query(answers, page=page.number + 1),
        "sort": sort,
        "limit": BUNDLE_LIMIT,
        "bundles": _bundles(request.user),
        "chosen": chosen,
        "error": error,
    }
    return render(request, "assessments/portfolio/home.html", context, status=status)


def _councils(user):
    """The councils of which there is more to say than their plans."""
    has_plan = Exists(Plan.objects.filter(council=OuterRef("council")))
    memberships = Membership.objects.held_by(user).annotate(has_plan=has_plan)
    can_manage = Q(access__in=accesses_with(Right.MANAGE_PLAN))
    return [
        {
            "council": membership.council,
            "post": membership.post,
            "has_plan": membership.has_plan,
            "can_manage": may(membership, Right.MANAGE_PLAN),
        }
        for membership in memberships.filter(can_manage | Q(has_plan=False)).order_by(
            "council__name"
        )
    ]


def _bundles(user):
    return Bundle.objects.live().filter(asked_by=user)[:3]


def _query(answers, **changes):
    """The address's query; `all` keeps whoever has one plan on the list."""
    said = {name: 1 if value is True else value for name, value in answers.items()}
    return f"?{urlencode({'all': 1} | said | changes)}"
