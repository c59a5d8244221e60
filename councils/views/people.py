"""The people of a council: members and invitations."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F, FilteredRelation, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from govuk.templatetags.govuk import error_messages

from .. import actions
from ..forms import DeputyForm, InvitationForm, InvitationFormSet, MemberForm
from ..mail import TooManyEmails
from ..models import (
    STATUTORY_OFFICES,
    ActingPost,
    AddressChange,
    Deputy,
    Invitation,
    Membership,
    offices_not_invited,
)
from ..once import once
from ..permissions import (
    ACCESS_CHOICES,
    ACCESS_HINTS,
    SUGGESTED_ACCESS,
    Right,
    last_owner_of,
    may,
    membership_for,
)

EVENTS_SHOWN = 50
INVITATION_ROWS = 6


@require_safe
def people(request, slug):
    """List the members; for owners also open invitations and the latest changes."""
    me = membership_for(request.user, slug)
    can_manage = may(me, Right.MANAGE_PEOPLE)
    council = me.council
    invitations = Invitation.objects.open().with_sender().filter(council=council)
    members = _members_with_deputies(council)
    context = {
        "council": council,
        "me": me,
        "can_manage": can_manage,
        "members": members,
        "last_owner": last_owner_of(members),
        "invitations": invitations if can_manage else [],
        "events": council.events.select_related("by")[:EVENTS_SHOWN] if can_manage else [],
    }
    return render(request, "councils/people.html", context)


def _members_with_deputies(council):
    """Return the members, each with `deputises`, the roles they are a deputy for. One query.

    Each is the role, and whether it is a statutory one for which they named themselves.
    """
    current = FilteredRelation("deputy_posts", condition=Q(deputy_posts__ended_at=None))
    members = Membership.objects.current().filter(council=council).select_related("user")
    rows = members.annotate(
        acts=current, deputy_office=F("acts__office"), deputy_named_by=F("acts__named_by")
    )
    found = {}
    for row in rows.order_by("user__name", "pk", "deputy_office"):
        member = found.setdefault(row.pk, row)
        member.deputises = getattr(member, "deputises", [])
        if row.deputy_office:
            post = ActingPost(row.deputy_office, as_deputy=True).label
            is_self_set = row.deputy_named_by == row.user_id
            is_self_set = is_self_set and row.deputy_office in STATUTORY_OFFICES
            member.deputises.append((post, is_self_set))
    return list(found.values())


@require_http_methods(["GET", "HEAD", "POST"])
@once
def invite(request, slug):
    me = membership_for(request.user, slug, needs=Right.MANAGE_PEOPLE)
    form = InvitationForm(request.POST or None, council=me.council)
    if form.is_valid():
        try:
            actions.invite(
                council=me.council,
                by=request.user,
                link_for=_link_for(request),
                **form.cleaned_data,
            )
        except TooManyEmails as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, f"We have sent an invitation to {form.instance.email}.")
            return redirect("people", slug)
    return render(
        request,
        "councils/invite.html",
        {"council": me.council, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def invite_several(request, slug):
    """Invite several people at once. The first rows are for statutory officers not yet invited."""
    me = membership_for(request.user, slug, needs=Right.MANAGE_PEOPLE)
    missing = offices_not_invited(me.council)
    rows = [{"office": office, "access": SUGGESTED_ACCESS[office]} for office in missing]
    rows += [{}] * (INVITATION_ROWS - len(rows))
    is_sent = request.method == "POST"
    formset = InvitationFormSet(
        request.POST if is_sent else None, initial=rows, form_kwargs={"council": me.council}
    )
    problem = ""
    if formset.is_valid():
        try:
            sent = actions.invite_several(
                formset.people, council=me.council, by=request.user, link_for=_link_for(request)
            )
        except TooManyEmails as error:
            problem = f"{error} No invitations have been sent."
        else:
            people = "1 invitation" if len(sent) == 1 else f"{len(sent)} invitations"
            messages.success(request, f"We have sent {people}.")
            return redirect("people", slug)
    context = {
        "council": me.council,
        "formset": formset,
        "problems": _problems(formset, problem),
        "hints": [(label, ACCESS_HINTS[value]) for value, label in ACCESS_CHOICES],
    }
    status = 422 if formset.is_bound else 200
    return render(request, "councils/invite_several.html", context, status=status)


def _problems(formset, problem):
    """Return the error summary of several rows: each message with the id of its field."""
    if not formset.is_bound:
        return []
    first = formset.forms[0]["name"].id_for_label if formset.forms else ""
    found = [(words, first) for words in (*formset.non_form_errors(), problem) if words]
    for number, row in enumerate(formset.forms, start=1):
        found += [
            (f"Person {number}: {words}", field.id_for_label)
            for field in row
            for words in error_messages(field)
        ]
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def member(request, slug, pk):
    """Change a member's role or access."""
    me, membership = _member(request, slug, pk)
    # Validation writes the answers to the form's own copy of the membership.
    stored = Membership.objects.select_related("user", "council").get(pk=pk)
    form = MemberForm(request.POST or None, instance=membership)
    changed = None
    if form.is_valid():
        try:
            withdrawn = actions.change_member(stored, by=request.user, **form.cleaned_data)
        except actions.LastOwner as error:
            form.add_error("access", str(error))
        except ValidationError as error:
            form.add_error(None, error)
        except actions.MemberChanged as conflict:
            changed = conflict.membership
            data = request.POST.copy()
            data["seen"] = changed.state
            form = MemberForm(data, instance=membership)
        else:
            messages.success(
                request,
                f"The details of {stored.user.name} have been saved.{_ended_in_words(withdrawn)}",
            )
            return redirect("people", slug)
    context = {
        "council": me.council,
        "form": form,
        "membership": stored,
        "changed": changed,
        "sent": actions.invitations_sent_by(stored),
        "address_change": AddressChange.objects.to_stand_in_for().filter(user=stored.user).first(),
    }
    status = 409 if changed else 422 if form.is_bound else 200
    return render(request, "councils/member.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def member_remove(request, slug, pk):
    """Ask, then end a member's access from their next request."""
    me, membership = _member(request, slug, pk)
    problem = ""
    if request.method == "POST":
        try:
            withdrawn = actions.end_membership(membership, by=request.user)
        except actions.LastOwner as error:
            problem = str(error)
        else:
            messages.success(
                request,
                f"{membership.user.name} no longer has access.{_ended_in_words(withdrawn)}",
            )
            is_me = membership.user_id == request.user.pk
            return redirect("home") if is_me else redirect("people", slug)
    return render(
        request,
        "councils/member_remove.html",
        {
            "council": me.council,
            "membership": membership,
            "problem": problem,
            "last_owner": last_owner_of(
                Membership.objects.current().filter(council=me.council).select_related("user")
            ),
            "sent": actions.invitations_sent_by(membership),
        },
        status=422 if problem else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def deputies(request, slug):
    """List the deputies for officer roles, and name one."""
    me = membership_for(request.user, slug, needs=Right.MANAGE_PEOPLE)
    form = DeputyForm(request.POST if request.method == "POST" else None, council=me.council)
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            deputy = actions.name_deputy(
                chosen["membership"], office=chosen["office"], by=request.user
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, f"{deputy.membership.user.name} is now {deputy.post.lower()}."
            )
            return redirect("deputies", slug)
    named = Deputy.objects.current().filter(membership__council=me.council)
    context = {
        "council": me.council,
        "form": form,
        "deputies": named.select_related("membership__user"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "councils/deputies.html", context, status=status)


@require_POST
def deputy_end(request, slug, deputy_id):
    me = membership_for(request.user, slug, needs=Right.MANAGE_PEOPLE)
    found = Deputy.objects.filter(membership__council=me.council)
    found = found.select_related("membership__user", "membership__council")
    deputy = get_object_or_404(found, pk=deputy_id)
    if actions.end_deputy(deputy, by=request.user):
        messages.success(
            request, f"{deputy.membership.user.name} is no longer {deputy.post.lower()}."
        )
    return redirect("deputies", slug)


@require_POST
def invitation_resend(request, slug, pk):
    invitation = _invitation(request, slug, pk)
    if not _is_open(request, invitation):
        return redirect("people", slug)
    try:
        was_sent = actions.resend(invitation, by=request.user, link_for=_link_for(request))
    except TooManyEmails as error:
        messages.error(request, str(error))
    else:
        if was_sent:
            messages.success(request, f"We have sent a new link to {invitation.email}.")
        else:
            messages.info(
                request,
                f"A link was sent to {invitation.email} less than a minute ago, so we have not "
                "sent another.",
            )
    return redirect("people", slug)


@require_POST
def invitation_withdraw(request, slug, pk):
    invitation = _invitation(request, slug, pk)
    if _is_open(request, invitation):
        actions.withdraw(invitation, by=request.user)
        messages.success(request, f"The invitation to {invitation.name} has been withdrawn.")
    return redirect("people", slug)


def _member(request, slug, pk):
    me = membership_for(request.user, slug, needs=Right.MANAGE_PEOPLE)
    current = Membership.objects.current().select_related("user", "council")
    return me, get_object_or_404(current, council=me.council, pk=pk)


def _invitation(request, slug, pk):
    me = membership_for(request.user, slug, needs=Right.MANAGE_PEOPLE)
    invitations = Invitation.objects.select_related("council")
    return get_object_or_404(invitations, council=me.council, pk=pk)


def _is_open(request, invitation):
    """Return whether an invitation is open; if not, leave a message, as for a page left open."""
    if invitation.accepted_at:
        messages.info(request, f"{invitation.name} has already joined. Nothing has changed.")
    elif invitation.withdrawn_at:
        messages.info(
            request,
            f"The invitation to {invitation.name} was withdrawn earlier. Nothing has changed.",
        )
    else:
        return True
    return False


def _ended_in_words(withdrawn):
    if not withdrawn:
        return ""
    names = ", ".join(invitation.name for invitation in withdrawn)
    return f" The invitations they had sent have been withdrawn: {names}."


def _link_for(request):
    return lambda token: request.build_absolute_uri(reverse("join", args=[token]))
