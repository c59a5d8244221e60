"""A council's own data, for its owners: taking it all away, and erasing a person."""

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from councils.actions import LastOwner, record_data_export
from councils.models import ChainHead
from councils.permissions import Right, may, membership_for

from .. import actions
from ..data_forms import DataExportForm, TypedForm
from ..exports.council import export_to_temporary_file, file_name
from ..exports.pdf import PdfUnavailable
from ..models import Plan, RestrictedNote
from ..permissions import erasable_by, erasable_for
from ..traces import traces_of


@require_safe
def home(request, slug):
    """What the council can do with all that is held for it."""
    me = membership_for(request.user, slug, needs=Right.MANAGE_DATA)
    context = {
        "council": me.council,
        "head": ChainHead.objects.filter(council=me.council).first(),
        "plans": Plan.objects.filter(council=me.council).count(),
    }
    return render(request, "assessments/data/home.html", context)


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
        notes = RestrictedNote.objects.readable_by(request.user)
        restricted = notes if chosen.get("restricted") else None
        try:
            file, contents = export_to_temporary_file(
                council, by=request.user, pdfs=chosen["pdfs"], restricted=restricted
            )
        except PdfUnavailable as error:
            form.add_error("pdfs", f"{error}. Until then, leave the PDFs out")
        else:
            said = contents.in_words(pdfs=chosen["pdfs"], restricted=restricted is not None)
            record_data_export(council, by=request.user, contents=said)
            name = file_name(council, timezone.localdate())
            return FileResponse(file, as_attachment=True, filename=name)
    status = 422 if form.is_bound else 200
    context = {"council": council, "form": form}
    return render(request, "assessments/data/export.html", context, status=status)


@require_safe
def people(request, slug):
    """Whom an owner may erase."""
    me = membership_for(request.user, slug, needs=Right.MANAGE_DATA)
    context = {"council": me.council, "members": erasable_by(me)}
    return render(request, "assessments/data/people.html", context)


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
    return render(request, "assessments/data/erase.html", context, status=status)
