"""A council's own data, for its owners: taking it away, keeping and purging it, erasing people."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assessments.access import plan_for
from assessments.fields import version_in
from assessments.plans.models import Plan
from assessments.printing.pdf import PdfNotMade
from assessments.versions import StaleVersion, differences
from councils.actions import LastOwner, record_data_export
from councils.models import ChainHead
from councils.permissions import Right, may, membership_for

from . import actions
from .access import erasable_by, erasable_for
from .council_export import Restricted, export_to_temporary_file, file_name
from .expiry import expiries_of, retention_of
from .forms import UNTIL_PURGED, DataExportForm, RetentionForm, TypedForm
from .models import PurgeCertificate
from .traces import traces_of


@require_safe
def home(request, slug):
    """What the council can do with all that is held for it."""
    me = membership_for(request.user, slug, needs=Right.MANAGE_DATA)
    context = {
        "council": me.council,
        "head": ChainHead.objects.filter(council=me.council).first(),
        "retention": retention_of(me.council),
    }
    return render(request, "assessments/data_protection/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def export(request, slug):
    """Ask what to take along, then the zip. It leaves an event, so the file comes by POST."""
    me = membership_for(request.user, slug, needs=Right.MANAGE_DATA)
    council = me.council
    form = DataExportForm(
        request.POST if request.method == "POST" else None,
        plans=Plan.objects.filter(council=council).count(),
        may_read_restricted=may(me, Right.RESTRICTED),
    )
    if form.is_valid():
        chosen = form.cleaned_data
        restricted = Restricted.readable_by(request.user) if chosen.get("restricted") else None
        try:
            file, contents = export_to_temporary_file(
                council, by=request.user, pdfs=chosen["pdfs"], restricted=restricted
            )
        except PdfNotMade as error:
            form.add_error("pdfs", f"{error}. Until then, leave the PDFs out")
        else:
            said = contents.in_words(pdfs=chosen["pdfs"], restricted=restricted is not None)
            record_data_export(council, by=request.user, contents=said)
            name = file_name(council, timezone.localdate())
            return FileResponse(file, as_attachment=True, filename=name)
    status = 422 if form.is_bound else 200
    context = {"council": council, "form": form}
    return render(request, "assessments/data_protection/export.html", context, status=status)


@require_safe
def people(request, slug):
    """Whom an owner may erase."""
    me = membership_for(request.user, slug, needs=Right.MANAGE_DATA)
    context = {"council": me.council, "members": erasable_by(me)}
    return render(request, "assessments/data_protection/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request, slug, pk):
    """What goes and what stays, then the person is erased once their name was typed."""
    membership = erasable_for(request.user, slug, pk)
    council, person = membership.council, membership.user
    form = TypedForm(request.POST if request.method == "POST" else None, words=person.name)
    if form.is_valid():
        try:
            actions.erase_person(person, by=request.user)
        except LastOwner as error:
            form.add_error("typed", str(error))
        else:
            messages.success(request, f"Erased. What they did stands under “{person.name}”.")
            return redirect("council_data_people", slug)
    context = {
        "council": council,
        "person": person,
        "form": form,
        "traces": traces_of(person, [council]),
    }
    status = 422 if form.is_bound else 200
    return render(request, "assessments/data_protection/erase.html", context, status=status)


# --- Keeping and purging --------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def retention(request, slug):
    """How long plans are kept, the hold, and what would go when; a stale save is shown both."""
    council = membership_for(request.user, slug, needs=Right.MANAGE_DATA).council
    stored = retention_of(council)
    stored.council = council
    version, theirs, status = stored.version, None, 200
    if request.method == "POST":
        form = RetentionForm(request.POST)
        status = 422
        if form.is_valid():
            asked = version_in(request.POST)
            try:
                actions.set_retention(stored, version=asked, by=request.user, **form.cleaned_data)
            except StaleVersion:
                theirs, status = differences(stored, form.cleaned_data), 409
            else:
                messages.success(request, "Saved.")
                return redirect("council_data_retention", slug)
        else:
            version = version_in(request.POST)
    else:
        form = RetentionForm(initial={"years": stored.years or UNTIL_PURGED, "hold": stored.hold})
    today = timezone.localdate()
    context = {
        "council": council,
        "form": form,
        "version": version,
        "theirs": theirs,
        "retention": stored,
        "expiries": [
            (expiry, expiry.is_due(today)) for expiry in expiries_of(council, retention_of(council))
        ],
        "certificates": PurgeCertificate.objects.filter(council=council).select_related("by"),
    }
    return render(request, "assessments/data_protection/retention.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def purge(request, slug, plan_id):
    """One plan, purged by an owner who typed its election day; never while there is a hold."""
    council = membership_for(request.user, slug, needs=Right.MANAGE_DATA).council
    plan, _ = plan_for(request.user, plan_id, needs=Right.MANAGE_DATA)
    if plan.council_id != council.pk:
        raise Http404
    form = TypedForm(
        request.POST if request.method == "POST" else None,
        words=f"{plan.election_day:%-d %B %Y}",
    )
    if form.is_valid():
        try:
            certificate = actions.purge_plan(plan, by=request.user)
        except actions.OnHold:
            form.add_error("typed", "Nothing can be purged while there is a hold")
        else:
            messages.success(request, "The plan is purged. This certificate is what is left of it.")
            return redirect("council_data_certificate", slug, certificate.pk)
    context = {
        "council": council,
        "plan": plan,
        "form": form,
        "retention": retention_of(council),
        "items": plan.items.count(),
        "entries": plan.events.count(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "assessments/data_protection/purge.html", context, status=status)


@require_safe
def certificate(request, slug, pk):
    """What is left of a purged plan, to keep or to print."""
    council = membership_for(request.user, slug, needs=Right.MANAGE_DATA).council
    certificates = PurgeCertificate.objects.filter(council=council).select_related("by")
    context = {"council": council, "certificate": get_object_or_404(certificates, pk=pk)}
    return render(request, "assessments/data_protection/certificate.html", context)
