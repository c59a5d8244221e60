"""A person's plans: straight to the only one, or a list to sort, filter and download from."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.advisers.actions import record_looks_at_list
from assessments.development.access import check_ins_of
from assessments.plans.models import Plan
from assessments.words import moment_in_words
from councils.models import Membership
from councils.permissions import Right, accesses_with, may, stopped_membership

from ..access import advises_where_stopped, places_of
from ..forms import SORTS, BundleForm, PlanListForm
from ..models import BUNDLE_LIMIT, Bundle
from ..overview import PAGE_SIZE, lines_for, plans_listed


@require_safe
def home(request):
    """List the person's plans and councils, or redirect to the plan if there is only one."""
    memberships, plans = places_of(request.user)
    if "all" not in request.GET:
        plans = list(plans[:2])
        if len(plans) == 1 and not memberships.exclude(council=plans[0].council_id).exists():
            return redirect(plans[0])
    return plans_page(request)


def plans_page(request, *, bundle_form=None, status=200):
    """Render the list. `bundle_form` is a request for a zip that was refused."""
    today = timezone.localdate()
    answers, form = PlanListForm.answers(request.GET)
    filters = {name: value for name, value in answers.items() if name != "sort"}
    page = Paginator(plans_listed(request.user, **answers, today=today), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    by_grant = {plan.grant_id for plan in page.object_list if plan.grant_id}
    opened = record_looks_at_list(by_grant)
    lines = lines_for(request.user, page.object_list, opened=opened, today=today)
    sort = answers.get("sort", "council")
    councils = _councils(request.user)
    is_nobody = not councils and not page.paginator.count and not filters
    is_stopped_member = is_nobody and stopped_membership(request.user) is not None
    is_adviser = is_nobody and not is_stopped_member and advises_where_stopped(request.user)
    context = {
        "councils": councils,
        "is_nobody": is_nobody,
        "is_stopped": is_nobody and (is_stopped_member or is_adviser),
        "is_adviser": is_adviser,
        "has_check_ins": is_nobody and check_ins_of(request.user).exists(),
        "page": page,
        "lines": lines,
        "can_export": any(line.can_export for line in lines),
        "form": form,
        "has_filters": bool(filters),
        "shows_filters": bool(filters) or page.paginator.count > 1,
        "sorts": [(label, _query(filters, sort=key), key == sort) for key, label in SORTS.items()],
        "here": _query(answers, page=page.number),
        "previous": _query(answers, page=page.number - 1),
        "next": _query(answers, page=page.number + 1),
        "sort": sort,
        "limit": BUNDLE_LIMIT,
        "bundles": _bundles(request.user),
        "bundle_form": bundle_form or BundleForm(),
        "chosen": bundle_form.data.getlist("plans") if bundle_form else (),
        "error": bundle_form.errors.get("plans", [""])[0] if bundle_form else "",
        "contents_error": bundle_form.errors.get("contents", [""])[0] if bundle_form else "",
    }
    return render(request, "assessments/portfolio/home.html", context, status=status)


def _councils(user):
    """Return the councils that have no plan yet, or where the person can make one."""
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
    bundles = Bundle.objects.live().filter(asked_by=user)[:3]
    return [(bundle, moment_in_words(bundle.asked_at)) for bundle in bundles]


def _query(answers, **changes):
    """Return the query of an address. `all` shows the list to a person with one plan, too."""
    query = {name: 1 if value is True else value for name, value in answers.items()}
    return f"?{urlencode({'all': 1} | query | changes)}"
