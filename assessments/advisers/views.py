"""Advisers of a plan: who has access, what each can see, and the adviser access log."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import plan_for
from assessments.plans.models import AdviserLook
from assessments.versions import StaleVersion
from councils.mail import TooManyEmails
from councils.once import once
from councils.passwords import first_password_link
from councils.permissions import Right

from . import actions
from .access import grant_for, grants_of
from .forms import ChangeGrantForm, GrantForm

ENDED_SHOWN = 50
LOOKS_A_PAGE = 50


@require_safe
def advisers(request, plan_id):
    """List the advisers with access now, and those whose access has ended."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.TAKE_PART)
    grants = grants_of(plan)
    ended = grants.ended().order_by("-granted_at", "-pk")[:ENDED_SHOWN]
    return _page(request, plan, rights, "advisers", live=grants.live(), ended=ended)


@require_safe
def looks(request, plan_id):
    """Show the adviser access log, latest first."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.TAKE_PART)
    looks = AdviserLook.objects.filter(grant__plan=plan).select_related("grant__adviser")
    page = Paginator(looks, LOOKS_A_PAGE).get_page(request.GET.get("page"))
    return _page(request, plan, rights, "looks", page=page)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request, plan_id):
    """Give an adviser access."""
    plan, rights = plan_for(request.user, plan_id, needs=Right.GRANT)
    form = GrantForm(request.POST if request.method == "POST" else None, plan=plan)
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            actions.grant_adviser(
                plan,
                name=form.cleaned_data["name"],
                email=email,
                by=request.user,
                link_for=_link_for(request),
                **form.scope,
            )
        except ValidationError as error:
            form.add_error(None, error)
        except TooManyEmails as error:
            form.add_error("email", str(error))
        else:
            messages.success(
                request,
                f"{email} has been given access. We have emailed them a link if they have no "
                "account. If they have one, they are emailed only if they have chosen to be "
                "emailed at once.",
            )
            return redirect("plan_advisers", plan.pk)
    return _page(request, plan, rights, "new", form=form, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request, plan_id, grant_id):
    """Change what an adviser can see; a change made since the page was opened is shown (409)."""
    grant, plan, rights = grant_for(request.user, plan_id, grant_id)
    status, is_stale = 200, False
    if request.method == "POST":
        form, status = ChangeGrantForm(request.POST, plan=plan), 422
        if form.is_valid():
            try:
                actions.change_grant(
                    grant, seen=form.cleaned_data["seen"], by=request.user, **form.scope
                )
            except StaleVersion:
                status, is_stale = 409, True
            else:
                messages.success(request, f"The access of {_called(grant)} has been changed.")
                return redirect("plan_advisers", plan.pk)
    else:
        form = ChangeGrantForm(plan=plan, initial=ChangeGrantForm.initial_of(grant))
    return _page(
        request,
        plan,
        rights,
        "change",
        form=form,
        grant=grant,
        seen=grant.scope_in_words if is_stale else form["seen"].value() or "",
        is_stale=is_stale,
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request, plan_id, grant_id):
    """Ask for confirmation, then end an adviser's access."""
    grant, plan, rights = grant_for(request.user, plan_id, grant_id)
    if request.method != "POST":
        return _page(request, plan, rights, "revoke", grant=grant)
    actions.revoke_grant(grant, by=request.user)
    messages.success(request, f"Access has ended for {_called(grant)}.")
    return redirect("plan_advisers", plan.pk)


def _called(grant):
    """Return the name of an adviser who has opened the plan, otherwise the address typed."""
    return grant.adviser.name if grant.has_opened else grant.adviser.email


def _link_for(request):
    """Return a function for the link in an adviser's email: to set a password, or to sign in."""

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
    if "grant" in context:
        context["called"] = _called(context["grant"])
    return render(request, f"assessments/advisers/{name}.html", context, status=status)
