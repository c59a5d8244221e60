from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import actions
from .forms import FirstPasswordForm, InvitationForm, PostForm
from .models import Invitation, Membership, User
from .permissions import Right, may, membership_for

# --- People of a council --------------------------------------------------------------------------


@require_safe
def people(request, slug):
    """Who works on this council's plans; for its owners also who is invited, and what changed."""
    me = membership_for(request.user, slug)
    can_manage = may(me, Right.MANAGE_PEOPLE)
    council = me.council
    context = {
        "council": council,
        "me": me,
        "can_manage": can_manage,
        "can_manage_data": may(me, Right.MANAGE_DATA),
        "members": Membership.objects.current().filter(council=council).select_related("user"),
        "invitations": Invitation.objects.open().filter(council=council) if can_manage else [],
        "events": council.events.select_related("by")[:50] if can_manage else [],
    }
    return render(request, "councils/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request, slug):
    me = membership_for(request.user, slug, needs=Right.MANAGE_PEOPLE)
    form = InvitationForm(request.POST or None, council=me.council)
    if form.is_valid():
        actions.invite(
            council=me.council, by=request.user, link_for=_link_for(request), **form.cleaned_data
        )
        messages.success(request, f"Invitation sent to {form.cleaned_data['email']}.")
        return redirect("people", slug)
    return render(
        request,
        "councils/invite.html",
        {"council": me.council, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def member(request, slug, pk):
    """Change a member's post or access."""
    me, membership = _member(request, slug, pk)
    form = PostForm(request.POST or None, instance=membership)
    if form.is_valid():
        try:
            # Validating has written the answers onto the form's own copy: act on what is stored.
            stored = Membership.objects.select_related("user", "council").get(pk=pk)
            actions.change_member(stored, by=request.user, **form.cleaned_data)
        except actions.LastOwner as error:
            form.add_error("access", str(error))
        else:
            messages.success(request, f"{membership.user.name}: saved.")
            return redirect("people", slug)
    return render(
        request,
        "councils/member.html",
        {"council": me.council, "form": form, "membership": membership},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def member_remove(request, slug, pk):
    """Ask, then take a member's access away from their next request on."""
    me, membership = _member(request, slug, pk)
    problem = ""
    if request.method == "POST":
        try:
            actions.end_membership(membership, by=request.user)
        except actions.LastOwner as error:
            problem = str(error)
        else:
            messages.success(request, f"{membership.user.name} no longer has access.")
            leaving = membership.user_id == request.user.pk
            return redirect("home") if leaving else redirect("people", slug)
    return render(
        request,
        "councils/member_remove.html",
        {"council": me.council, "membership": membership, "problem": problem},
        status=422 if problem else 200,
    )


@require_POST
def invitation_resend(request, slug, pk):
    invitation = _invitation(request, slug, pk)
    actions.resend(invitation, by=request.user, link_for=_link_for(request))
    messages.success(request, f"A new link is on its way to {invitation.email}.")
    return redirect("people", slug)


@require_POST
def invitation_withdraw(request, slug, pk):
    invitation = _invitation(request, slug, pk)
    actions.withdraw(invitation, by=request.user)
    messages.success(request, f"The invitation of {invitation.name} is withdrawn.")
    return redirect("people", slug)


# --- Taking up an invitation ----------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request, token):
    """Where an invitation's link leads. Looking uses nothing up: mail scanners look at links.

    Somebody with an account joins as themselves, signed in; somebody new chooses a password.
    """
    invitation = Invitation.objects.for_token(token).select_related("council", "invited_by").first()
    known = User.objects.filter(email=invitation.email).first() if invitation else None
    if invitation is None or (known and not known.is_active):
        return render(request, "councils/join_gone.html", status=404)
    must_sign_in = known is not None and known.has_usable_password()
    is_someone_else = request.user.is_authenticated and request.user != known
    if is_someone_else or (must_sign_in and not request.user.is_authenticated):
        return render(request, "councils/join_sign_in.html", {"invitation": invitation})
    form = None
    if not must_sign_in:
        person = known or User(email=invitation.email, name=invitation.name)
        form = FirstPasswordForm(request.POST or None, user=person)
    if request.method != "POST" or (form and not form.is_valid()):
        status = 422 if form and form.is_bound else 200
        context = {"invitation": invitation, "form": form}
        return render(request, "councils/join.html", context, status=status)
    membership = actions.accept(token, password=form.cleaned_data["password"] if form else "")
    if membership is None:
        return render(request, "councils/join_gone.html", status=404)
    messages.success(request, f"You have joined {membership.council.name}.")
    if form:
        # As at the sign-in page: somebody with two-step sign-in is asked for their code as well.
        return perform_login(request, membership.user, redirect_url=reverse("home"))
    return redirect("home")


def _member(request, slug, pk):
    me = membership_for(request.user, slug, needs=Right.MANAGE_PEOPLE)
    current = Membership.objects.current().select_related("user", "council")
    return me, get_object_or_404(current, council=me.council, pk=pk)


def _invitation(request, slug, pk):
    me = membership_for(request.user, slug, needs=Right.MANAGE_PEOPLE)
    return get_object_or_404(
        Invitation.objects.open().select_related("council"), council=me.council, pk=pk
    )


def _link_for(request):
    return lambda token: request.build_absolute_uri(reverse("join", args=[token]))
