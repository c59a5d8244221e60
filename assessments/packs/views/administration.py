"""Day one for an incoming administration: its page, the section 151 officer's note, the pack."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.access import plan_context, plan_for_member
from assessments.budget.access import section_151_post
from assessments.fields import id_in
from assessments.plans.actions import record_export
from assessments.printing.names import document_name
from assessments.printing.responses import WORD_TYPE, file_response
from assessments.printing.turns import in_turn
from assessments.versions import StaleVersion, differences
from assessments.words import moment_in_words
from councils.permissions import Right

from .. import actions
from ..access import finance_note_for
from ..administration import administration_pack, contents_in_words
from ..administration_word import administration_word
from ..forms import FinanceNoteForm


@require_safe
def administration(request, plan_id):
    """Show what the pack contains, choose which decisions go into it, and what is missing."""
    plan, rights = plan_for_member(request.user, plan_id)
    pack = administration_pack(plan, today=timezone.localdate())
    context = plan_context(plan, rights) | {
        "pack": pack,
        "contents": contents_in_words(pack),
        "can_write_note": section_151_post(plan) is not None,
    }
    return render(request, "assessments/packs/administration.html", context)


@require_POST
@in_turn
def download(request, plan_id):
    """Download the pack in Word, with the decisions that were selected."""
    plan, _ = plan_for_member(request.user, plan_id, needs=Right.EXPORT)
    only = {id_in({"decision": value}, "decision") for value in request.POST.getlist("decision")}
    pack = administration_pack(plan, today=timezone.localdate(), only=only)
    today = timezone.localdate()
    content = administration_word(pack, made_on=today)
    detail = "Day one: pack for an incoming administration (Word)"
    record_export(plan, by=request.user, detail=detail)
    title, marking = "pack for an incoming administration", plan.get_marking_display()
    name = document_name(str(plan.council), title, marking=marking, day=today)
    return file_response(content, WORD_TYPE, f"{name}.docx")


@require_http_methods(["GET", "HEAD", "POST"])
def finance_note(request, plan_id):
    """Write the section 151 officer's note; a stale save returns 409 with both texts."""
    plan, found, rights = finance_note_for(request.user, plan_id)
    version, context, status = (found.version if found else 0), {}, 200
    if request.method == "POST":
        form, status = FinanceNoteForm(request.POST), 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                actions.save_finance_note(plan, by=request.user, **data)
            except StaleVersion:
                status = 409
                words = {"words": data["words"]}
                context = {
                    "theirs": differences(found, words) if found else [],
                    "theirs_by": found.saved_by if found else "Someone",
                    "theirs_when": moment_in_words(found.saved_at) if found else "",
                }
            else:
                messages.success(request, "Your note has been saved.")
                return redirect("pack_administration", plan.pk)
    else:
        form = FinanceNoteForm(initial={"version": version, "words": found.words if found else ""})
    context = plan_context(plan, rights) | context
    context |= {"form": form, "version": version if status == 409 else form["version"].value()}
    return render(request, "assessments/packs/finance_note.html", context, status=status)
