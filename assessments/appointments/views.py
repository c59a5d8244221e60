"""Pages of group notices, of the seats due to groups and their nominations, and of appointments."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import CouncilRights
from assessments.printing.names import document_name
from assessments.printing.responses import WORD_TYPE, file_response
from assessments.printing.turns import in_turn
from assessments.seats.access import balance_for
from assessments.seats.actions import record_balance_export
from assessments.seats.balance_documents import changed_since
from assessments.seats.models import CouncilComposition
from assessments.versions import StaleVersion, differences
from councils.once import once
from councils.permissions import Right

from . import actions
from .access import (
    appointments_for,
    group_notices_for,
    latest_balance_of,
    nomination_by,
    notice_to,
    party_for,
)
from .forms import AppointmentForm, GroupNoticeForm, NominationForm, SeatsNoticeForm
from .models import (
    CouncilAppointment,
    Nomination,
    chairs_at_once,
    current_groups,
    member_differences,
)
from .notice_word import notice_word
from .seats_due import is_advance, nominations_of, report_of

NOTICES_A_PAGE = 50
APPOINTMENTS_A_PAGE = 100


@require_safe
def group_notices(request, slug):
    """Show the political groups as last notified, and every notice, newest first."""
    me, notices = group_notices_for(request.user, slug)
    groups = current_groups(notices)
    composition = CouncilComposition.objects.of(me.council).first()
    return render(
        request,
        "assessments/appointments/group_notices.html",
        {
            "council": me.council,
            "rights": CouncilRights.of(me),
            "groups": groups,
            "differences": member_differences(groups, composition),
            "composition": composition,
            "balance": latest_balance_of(me),
            "page": Paginator(notices, NOTICES_A_PAGE).get_page(request.GET.get("page")),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def group_notice_new(request, slug):
    """Record a notice; a stale save returns 409 with the notice that was recorded meanwhile."""
    me, notices = group_notices_for(request.user, slug, needs=Right.RECORD_SEATS)
    groups, theirs, status = current_groups(notices), None, 200
    latest = notices[0].pk if notices else 0
    if request.method != "POST":
        form = GroupNoticeForm(initial={"latest": latest}, groups=groups)
    else:
        form = GroupNoticeForm(request.POST, groups=groups)
        if not form.is_valid():
            status = 422
        else:
            try:
                notice = actions.record_group_notice(
                    council=me.council, by=request.user, **form.cleaned_data
                )
            except StaleVersion:
                theirs, status = notices[0] if notices else None, 409
            else:
                words = f"The notice of the group {notice.group} has been recorded."
                messages.success(request, words)
                return redirect("group_notices", slug)
    return render(
        request,
        "assessments/appointments/group_notice_new.html",
        {
            "council": me.council,
            "form": form,
            "theirs": theirs,
            "is_stale": status == 409,
            "latest": latest if status == 409 else form["latest"].value(),
        },
        status=status,
    )


@require_safe
def nominations(request, slug, pk):
    """Show the seats due to each group, the notice to it and the members it nominates."""
    me, found = balance_for(request.user, slug, pk)
    report = report_of(found)
    return render(
        request,
        "assessments/appointments/nominations.html",
        {
            "council": me.council,
            "rights": CouncilRights.of(me),
            "balance": found,
            "report": report,
            "changed_since": changed_since(report),
            "groups": nominations_of(found, report, today=timezone.localdate()),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def seats_notice(request, slug, pk, party):
    """Record the notice to a group's leader of the seats allocated to the group."""
    me, found, group = party_for(request.user, slug, pk, party)
    notice = notice_to(found, group)
    _, notices = group_notices_for(request.user, slug)
    leaders = {each.group: each.leader for each in current_groups(notices)}
    report = report_of(found)
    is_adopted = report.is_adopted
    allocated_on = found.meeting_on if is_adopted else None
    advance = (
        ""
        if is_adopted
        else f" {report.not_adopted} So this is an advance notice: give the notice under "
        "regulation 14 once the council has allocated the seats."
    )
    return _versioned(
        request,
        me,
        SeatsNoticeForm,
        notice,
        initial={"addressee": leaders.get(group.name, "")},
        save=lambda answers: actions.save_seats_notice(
            found, group.name, by=request.user, allocated_on=allocated_on, **answers
        ),
        done=f"The notice to {group.name} has been recorded.",
        back=reverse("balance_nominations", args=[slug, pk]),
        title=f"{'Notice' if is_adopted else 'Advance notice'} of seats to {group.name}",
        lead="The proper officer gives notice of the seats allocated to a group to its leader or "
        "representative (Local Government (Committees and Political Groups) Regulations 1990, "
        f"regulation 14).{advance}",
    )


@require_POST
@in_turn
def seats_notice_word(request, slug, pk, party):
    """Send the notice to a group's leader as a Word document."""
    me, found, group = party_for(request.user, slug, pk, party, needs=Right.EXPORT)
    report, notice = report_of(found), notice_to(found, group)
    in_advance = is_advance(found, report, None)
    content = notice_word(
        # Once the seats are adopted, an advance notice is replaced by the notice itself.
        None if notice and is_advance(found, report, notice) and not in_advance else notice,
        group,
        council=me.council.name,
        as_at=found.composition.as_at,
        today=timezone.localdate(),
        report=report,
    )
    record_balance_export(found, by=request.user, kind=f"Word notice to {group.name}")
    title = "advance notice of seats" if in_advance else "notice of seats"
    name = document_name(str(me.council), title, group.name, day=timezone.localdate())
    return file_response(content, WORD_TYPE, f"{name}.docx")


@require_http_methods(["GET", "HEAD", "POST"])
def nomination(request, slug, pk, party, committee_id):
    """Record the members for the seats of a group on one body."""
    me, found, group = party_for(request.user, slug, pk, party)
    committee = get_object_or_404(found.committees, pk=committee_id)
    seats = {body.pk: number for body, number in group.bodies}.get(committee.pk, 0)
    saved = nomination_by(committee, group)
    notice = notice_to(found, group)
    return _versioned(
        request,
        me,
        NominationForm,
        saved,
        initial={"basis": Nomination.Basis.WISHES},
        options={
            "seats": seats,
            "notice": notice,
            "is_advance": is_advance(found, report_of(found), notice),
        },
        save=lambda answers: actions.save_nomination(
            committee, group.name, by=request.user, **answers
        ),
        done=f"The entry for {group.name} on {committee.name} has been saved.",
        back=reverse("balance_nominations", args=[slug, pk]),
        title=f"{committee.name}: members from {group.name}",
        lead=f"Number of seats: {seats}. The council gives effect to the wishes of a group about "
        "who fills its seats (Local Government and Housing Act 1989, section 16).",
    )


@require_safe
def appointments(request, slug):
    """List chairs, vice-chairs, lead members and representatives on outside bodies."""
    me, found = appointments_for(request.user, slug)
    today = timezone.localdate()
    chairs = found.filter(kind=CouncilAppointment.Kind.CHAIR).exclude(holder="")
    chairs = chairs.exclude(until_on__lt=today)
    page = Paginator(found, APPOINTMENTS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "assessments/appointments/appointments.html",
        {
            "council": me.council,
            "rights": CouncilRights.of(me),
            "page": page,
            "today": today,
            "chairs_at_once": chairs_at_once(chairs),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def appointment_new(request, slug):
    """Add an appointment."""
    return _appointment(request, slug, None)


@require_http_methods(["GET", "HEAD", "POST"])
def appointment_change(request, slug, appointment_id):
    """Change an appointment, or record when it ended."""
    return _appointment(request, slug, appointment_id)


def _appointment(request, slug, pk):
    me, all_of_them = appointments_for(request.user, slug, needs=Right.RECORD_SEATS)
    found = get_object_or_404(all_of_them, pk=pk) if pk else None
    return _versioned(
        request,
        me,
        AppointmentForm,
        found,
        save=lambda answers: actions.save_appointment(
            me.council, found, by=request.user, **answers
        ),
        done="The appointment has been recorded.",
        back=reverse("appointments", args=[slug]),
        title="Change the appointment" if pk else "Add an appointment",
        lead="When someone else is appointed, enter the date on which the earlier appointment "
        "ended, and add a new one. Both are then kept.",
    )


def _versioned(
    request, me, form_class, saved, *, save, done, back, title, lead, initial=None, options=None
):
    """Show and save a form about `saved`, which is None if nothing has been saved yet.

    A stale save returns 409 with both answers, and one with errors returns 422.
    """
    theirs, status, options = [], 200, options or {}
    names = [name for name in form_class.base_fields if name != "version"]
    if request.method != "POST":
        kept = {name: getattr(saved, name) for name in (*names, "version")} if saved else {}
        form = form_class(initial={"version": 0, **(initial or {}), **kept}, **options)
    else:
        form = form_class(request.POST, **options)
        if not form.is_valid():
            status = 422
        else:
            try:
                save(form.cleaned_data)
            except StaleVersion:
                answers = {name: form.cleaned_data[name] for name in names}
                theirs, status = differences(saved, answers) if saved else [], 409
            else:
                messages.success(request, done)
                return redirect(back)
    version = saved.version if saved else 0
    return render(
        request,
        "assessments/appointments/form.html",
        {
            "council": me.council,
            "form": form,
            "title": title,
            "lead": lead,
            "back": back,
            "theirs": theirs,
            "is_stale": status == 409,
            "version": version if status == 409 else form["version"].value(),
        },
        status=status,
    )
