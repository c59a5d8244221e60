"""Pages of restricted notes."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from assessments.restricted import NEW_READERS
from assessments.versions import StaleVersion
from assessments.words import moment_in_words
from councils.models import Membership
from councils.permissions import Right, accesses_with

from . import actions
from .access import restricted_note_for, restricted_plan_for
from .forms import RestrictedNoteForm
from .listing import restricted_notes_of, scenarios_of


@require_safe
def restricted_texts(request, plan_id):
    """List the restricted notes and scenarios of a plan with their readers, for owners."""
    plan, rights = restricted_plan_for(request.user, plan_id)
    return render(
        request,
        "assessments/restricted_notes/all.html",
        {
            "plan": plan,
            "council": plan.council,
            "marking": plan.get_marking_display(),
            "rights": rights,
            "notes": restricted_notes_of(plan),
            "scenarios": scenarios_of(plan),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def note(request, plan_id, item_id):
    """Show and save a restricted note, on a page of its own that shows nothing else.

    With `part=text`, the form under the action on the step page saves the text alone.
    """
    item, note, rights = restricted_note_for(request.user, plan_id, item_id)
    others = None
    # The form under an action sends the text alone. The readers then stay the same.
    if rights.can_restrict and request.POST.get("part") != "text":
        others = (
            Membership.objects.current()
            .filter(council=item.plan.council_id)
            .exclude(access__in=accesses_with(Right.RESTRICTED))
            .select_related("user")
        )
    theirs = None
    options = {"others": others, "has_earlier_texts": note is not None}
    if request.method == "POST":
        form = RestrictedNoteForm(request.POST, **options)
        if form.is_valid():
            try:
                actions.save_restricted_note(item, note, by=request.user, **form.cleaned_data)
            except StaleVersion:
                # The save that came first may have ended this person's access.
                item, note, rights = restricted_note_for(request.user, plan_id, item_id)
                theirs = note
            else:
                messages.success(request, "The restricted note has been saved.")
                return redirect(
                    reverse("plan_step", args=[plan_id, item.step.number]) + f"#item-{item.pk}"
                )
        status = 409 if theirs else 422
    else:
        initial = {"version": 0}
        if note:
            initial = {"version": note.version, "text": note.text, "readers": note.readers.all()}
        form = RestrictedNoteForm(initial=initial, **options)
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
            "readers": note.readers_in_words if note else NEW_READERS,
            "saved": note.saved_texts_for(request.user) if note else None,
            "theirs": theirs,
            "theirs_when": moment_in_words(theirs.saved_at) if theirs else "",
        },
        status=status,
    )
