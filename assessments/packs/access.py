"""What a signed-in person can reach of the packs: members of the council only."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import Rights, plan_for_member
from assessments.budget.access import section_151_post
from assessments.plans.models import Plan
from councils.models import User
from councils.permissions import Right

from .models import FinanceNote, LeadersMeeting
from .new_councillors import BY_KEY, NewCouncillorForm


def returns_for(user: User, plan_id: int, key: str) -> tuple[Plan, NewCouncillorForm, Rights]:
    """Return the plan, a form that new councillors return, and the Rights of someone who edits."""
    plan, rights = plan_for_member(user, plan_id, needs=Right.EDIT_ITEMS)
    if key not in BY_KEY:
        raise Http404
    return plan, BY_KEY[key], rights


def finance_note_for(user: User, plan_id: int) -> tuple[Plan, FinanceNote | None, Rights]:
    """Return the plan and the note, if any, for the section 151 officer or their deputy."""
    plan, rights = plan_for_member(user, plan_id)
    if section_151_post(plan) is None:
        raise PermissionDenied(
            "Only the section 151 officer and their deputy can write this note. An owner sets "
            "officer roles and deputies on the People page."
        )
    return plan, finance_note_of(plan), rights


def finance_note_of(plan: Plan) -> FinanceNote | None:
    return FinanceNote.objects.filter(plan=plan).select_related("saved_by").first()


def meeting_for(
    user: User, plan_id: int, meeting_id: int, *, needs: Right = Right.EDIT_ITEMS
) -> tuple[Plan, LeadersMeeting, Rights]:
    """Return the plan, a leaders' meeting and the Rights; else 404 or 403."""
    plan, rights = plan_for_member(user, plan_id, needs=needs)
    meetings = LeadersMeeting.objects.filter(plan=plan).select_related("saved_by")
    meeting = get_object_or_404(meetings, pk=meeting_id)
    meeting.plan = plan
    return plan, meeting, rights
