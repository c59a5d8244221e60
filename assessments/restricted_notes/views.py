from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assessments.versions import StaleVersion
from assessments.words import moment_in_words
from councils.models import Membership
from councils.permissions import Right, accesses_with

from . import actions
from .access import restricted_note_for
from .forms import RestrictedNoteForm
from .models import RestrictedNote


@require_http_methods(["GET", "HEAD", "POST"])
def note(request, plan_id, item_id):
    """A restricted note on a page of its own, so that nobody writes one where others look on."""
    item, note, rights = restricted_note_for(request.user, plan_id, item_id)
    others = None
    if rights.can_restrict:
        others = (
            Membership.objects.current()
            .filter(council=item.plan.council_id)
            .exclude(access__in=accesses_with(Right.RESTRICTED))
            .select_related("user")
        )
    theirs = None
    if request.method == "POST":
        form = RestrictedNoteForm(request.POST, others=others)
        if form.is_valid():
            try:
                actions.save_restricted_note(item, note, by=request.user, **form.cleaned_data)
            except StaleVersion:
                theirs = RestrictedNote.objects.select_related("saved_by").get(item=item)
            else:
                messages.success(request, "Restricted note saved.")
                return redirect(
                    reverse("plan_step", args=[plan_id, item.step.number]) + f"#item-{item.pk}"
                )
        status = 409 if theirs else 422
    else:
        initial = {"version": 0}
        if note:
            initial = {"version": note.version, "text": note.text, "readers": note.readers.all()}
        form = RestrictedNoteForm(initial=initial, others=others)
        status = 200
    return render(
        request,
        "assessments/restricted_notes/note.html",
        {
            "plan": item.plan,
            "council": item.plan.council,
            "marking": item.plan.get_marking_display(),
            "rights": rights,
            "item": item,
            "words": item.words(item.plan.term),
            "form": form,
            "readers": note.readers_in_words if note else "the owners",
            "history": note.events.select_related("by")[:20] if note else [],
            "theirs": theirs,
            "theirs_when": moment_in_words(theirs.saved_at) if theirs else "",
        },
        status=status,
    )
