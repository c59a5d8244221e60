"""What a signed-in person may reach of review rounds."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import plan_for
from councils.permissions import Right

from .models import Respondent, Round, RoundAnswer, Way


def rounds_for(user, plan_id, *, needs=Right.VIEW):
    """The plan, to its reader as a whole, and the Rights; else 404 or 403.

    Rounds are about the arrangement, which belongs to no stage: a grant of some stages leaves them
    out.
    """
    plan, rights = plan_for(user, plan_id, needs=needs)
    if not plan.is_seen_whole:
        raise Http404
    return plan, rights


def round_for(user, plan_id, round_id, *, needs=Right.VIEW):
    """A round, its plan and the Rights; else 404 or 403."""
    plan, rights = rounds_for(user, plan_id, needs=needs)
    found = get_object_or_404(Round.objects.filter(plan=plan), pk=round_id)
    found.plan = plan
    return found, plan, rights


def result_round_for(user, plan_id, round_id, *, needs=Right.VIEW):
    """A round whose result can be seen: one that has closed. Else 404 or 403."""
    found, plan, rights = round_for(user, plan_id, round_id, needs=needs)
    if not found.is_closed:
        raise Http404
    return found, plan, rights


def asked_for(user, plan_id, round_id, respondent_id):
    """Somebody asked in a round, for the owner who asks, and the round; else 404 or 403."""
    found, _, rights = round_for(user, plan_id, round_id, needs=Right.MANAGE_PLAN)
    asked = Respondent.objects.current().select_related("membership__user", "invited_by")
    respondent = get_object_or_404(asked, round=found, pk=respondent_id)
    respondent.round = found
    return respondent, found, rights


def respondent_for(user, plan_id, round_id):
    """The person as a respondent of a round, and the Rights; else 404: they are not asked."""
    found, _, rights = round_for(user, plan_id, round_id)
    asked = Respondent.objects.current().select_related("membership__user")
    respondent = get_object_or_404(asked, round=found, membership__user=user)
    respondent.round = found
    return respondent, rights


def paper_for(user, plan_id, round_id, respondent_id):
    """Answers on paper that `user` types in: nobody else reads them before the round has closed."""
    found, _, rights = round_for(user, plan_id, round_id, needs=Right.EDIT_ITEMS)
    papers = Respondent.objects.current().filter(way=Way.PAPER, invited_by=user)
    respondent = get_object_or_404(papers, round=found, pk=respondent_id)
    respondent.round = found
    return respondent, rights


def round_answer_for(user, plan_id, round_id, reference):
    """An answer to a closed round that an item can be made of, and the Rights; else 404 or 403."""
    found, _, rights = result_round_for(user, plan_id, round_id, needs=Right.EDIT_ITEMS)
    answers = RoundAnswer.objects.filter(respondent__round=found).exclude(to_do="")
    answers = answers.exclude(respondent__finished_at=None).filter(passed=False)
    answer = get_object_or_404(answers.select_related("component"), reference=reference)
    answer.respondent.round = found
    return answer, found, rights
