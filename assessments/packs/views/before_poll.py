"""The page of packs, and the files of the one for group leaders before the poll."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments.access import plan_context, plan_for_member
from assessments.plans.actions import record_export
from assessments.printing.names import document_name
from assessments.printing.responses import WORD_TYPE, file_response
from assessments.printing.turns import in_turn
from assessments.printing.workbook import EXCEL_TYPE
from councils.permissions import Right

from ..balance_workbook import balance_workbook
from ..before_poll import before_poll_pack
from ..before_poll_word import before_poll_word


@require_safe
def packs(request, plan_id):
    """Show what each pack contains and what is missing from it."""
    plan, rights = plan_for_member(request.user, plan_id)
    today = timezone.localdate()
    context = plan_context(plan, rights) | {
        "before_poll": before_poll_pack(plan),
        "is_after_poll": plan.election_day < today,
    }
    return render(request, "assessments/packs/packs.html", context)


@require_POST
@in_turn
def before_poll(request, plan_id):
    """Download the pack for group leaders in Word, or its workbook in Excel."""
    plan, _ = plan_for_member(request.user, plan_id, needs=Right.EXPORT)
    pack, today = before_poll_pack(plan), timezone.localdate()
    if request.POST.get("format") == "excel":
        content = balance_workbook(
            council=plan.council.name,
            groups=pack.groups,
            ungrouped=pack.ungrouped,
            committees=pack.committees,
            outside=pack.outside_balance,
        )
        kind, title, ending = EXCEL_TYPE, "how political balance works", "xlsx"
        file_format = "Excel"
    else:
        content = before_poll_word(pack, made_on=today)
        kind, title, ending = WORD_TYPE, "pack for group leaders", "docx"
        file_format = "Word"
    detail = f"Before the poll: {title} ({file_format})"
    record_export(plan, by=request.user, detail=detail)
    name = document_name(str(plan.council), title, day=today)
    return file_response(content, kind, f"{name}.{ending}")
