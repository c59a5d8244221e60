"""Who advises on a plan, what each may see, and every look they took."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import plan_for
from assessments.plans.models import AdviserGrant, AdviserLook
from councils.account import first_password_link
from councils.permissions import Right

from . import actions
from .access import grant_for
from .forms import GrantForm, ScopeForm

ENDED_SHOWN = 50
LOOKS_A_PAGE = 50


@require_safe
def advisers(request, plan_id):
    """Who may see the plan without being a member, and who no longer."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.TAKE_PART)
    grants = AdviserGrant.objects.filter(plan=plan).select_related("adviser", "revoked_by")
    ended = grants.ended().order_by("-granted_at", "-pk")[:ENDED_SHOWN]
    return _page(request, plan, rights, "advisers", live=grants.live(), ended=ended)


@require_safe
def looks(request, plan_id):
    """Every page that an adviser looked at and everything they took away, latest first."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.TAKE_PART)
    looks = AdviserLook.objects.filter(grant__plan=plan).select_related("grant__adviser")
    page = Paginator(looks, LOOKS_A_PAGE).get_page(request.GET.get("page"))
    return _page(request, plan, rights, "looks", page=page)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request, plan_id):
    plan, rights = plan_for(request.user, plan_id, needs=Right.GRANT)
    form = GrantForm(request.POST if request.method == "POST" else None, plan=plan)
    if form.is_valid():
        try:
            grant = actions.grant_adviser(
                plan,
                name=form.cleaned_data["name"],
                email=form.cleaned_data["email"],
                by=request.user,
                link_for=_link_for(request),
                **form.scope,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{grant.adviser.name} can see the plan. We have told them.")
            return redirect("plan_advisers", plan.pk)
    return _page(request, plan, rights, "new", form=form, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request, plan_id, grant_id):
    grant, plan, rights = grant_for(request.user, plan_id, grant_id)
    data = request.POST if request.method == "POST" else None
    form = ScopeForm(data, plan=plan, initial=ScopeForm.initial_of(grant))
    if form.is_valid():
        actions.change_grant(grant, by=request.user, **form.scope)
        messages.success(request, f"{grant.adviser.name}: saved.")
        return redirect("plan_advisers", plan.pk)
    status = 422 if form.is_bound else 200
    return _page(request, plan, rights, "change", form=form, grant=grant, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request, plan_id, grant_id):
    """Ask, then end an adviser's access from their next request on."""
    grant, plan, rights = grant_for(request.user, plan_id, grant_id)
    if request.method != "POST":
        return _page(request, plan, rights, "revoke", grant=grant)
    actions.revoke_grant(grant, by=request.user)
    messages.success(request, f"{grant.adviser.name} no longer has access.")
    return redirect("plan_advisers", plan.pk)


def _link_for(request):
    """Where an adviser's e-mail leads: to the sign-in page, or first to choosing a password."""

    def link_for(user):
        if user.has_usable_password():
            return request.build_absolute_uri(reverse("home"))
        return first_password_link(request, user)

    return link_for


def _page(request, plan, rights, name, *, status=200, **context):
    context |= {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
    }
    return render(request, f"assessments/advisers/{name}.html", context, status=status)
