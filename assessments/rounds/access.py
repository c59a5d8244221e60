"""What a signed-in person can reach of review rounds."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import Rights, plan_for
from assessments.plans.models import Plan
from councils.models import User
from councils.permissions import Right

from .models import Respondent, RespondentQuerySet, Round, RoundAnswer, Way

SHOWN_BY_LINK = ("round__plan__council", "membership__user", "invited_by")


def rounds_for(user: User, plan_id: int, *, needs: Right = Right.VIEW) -> tuple[Plan, Rights]:
    """Return the plan and the Rights, if `user` can see the whole plan; else 404 or 403.

    Rounds are about the arrangement as a whole and belong to no stage, so an adviser with access
    to some stages cannot see them.
    """
    plan, rights = plan_for(user, plan_id, needs=needs)
    if not plan.is_seen_whole:
        raise Http404
    return plan, rights


def round_for(
    user: User, plan_id: int, round_id: int, *, needs: Right = Right.VIEW
) -> tuple[Round, Plan, Rights]:
    """Return a round, its plan and the Rights; else 404 or 403."""
    plan, rights = rounds_for(user, plan_id, needs=needs)
    found = get_object_or_404(Round.objects.filter(plan=plan), pk=round_id)
    found.plan = plan
    return found, plan, rights


def result_round_for(
    user: User, plan_id: int, round_id: int, *, needs: Right = Right.VIEW
) -> tuple[Round, Plan, Rights]:
    """Return a round that has closed, so that its result can be seen; else 404 or 403."""
    found, plan, rights = round_for(user, plan_id, round_id, needs=needs)
    if not found.is_closed:
        raise Http404
    return found, plan, rights


def asked_for(
    user: User, plan_id: int, round_id: int, respondent_id: int
) -> tuple[Respondent, Round, Rights]:
    """Return a respondent for an owner to manage, and the round; else 404 or 403."""
    found, _, rights = round_for(user, plan_id, round_id, needs=Right.MANAGE_PLAN)
    asked = Respondent.objects.current().select_related("membership__user", "invited_by")
    respondent = get_object_or_404(asked, round=found, pk=respondent_id)
    respondent.round = found
    return respondent, found, rights


def respondent_for(user: User, plan_id: int, round_id: int) -> tuple[Respondent, Rights]:
    """Return the user as a respondent of a round, and the Rights; else 404."""
    found, _, rights = round_for(user, plan_id, round_id)
    asked = Respondent.objects.current().select_related("membership__user")
    respondent = get_object_or_404(asked, round=found, membership__user=user)
    respondent.round = found
    return respondent, rights


def respondent_by_token(token: str) -> Respondent | None:
    """Return the respondent that a personal link was sent to; None if the link has ended."""
    return _reachable_by_link().for_token(token).first()


def respondent_by_digest(digest: str) -> Respondent | None:
    """Return the same by the digest of the link's token, which is kept in the session."""
    return _reachable_by_link().filter(token_digest=digest).first()


def _reachable_by_link() -> RespondentQuerySet:
    """Return the current respondents, except of councils whose access is stopped."""
    open_to_people = Respondent.objects.current().filter(round__plan__council__stopped_at=None)
    return open_to_people.select_related(*SHOWN_BY_LINK)


def paper_for(
    user: User, plan_id: int, round_id: int, respondent_id: int
) -> tuple[Respondent, Rights]:
    """Return a respondent on paper whose answers `user` enters; else 404 or 403.

    No one else can read those answers before the round closes.
    """
    found, _, rights = round_for(user, plan_id, round_id, needs=Right.EDIT_ITEMS)
    papers = Respondent.objects.current().filter(way=Way.PAPER, invited_by=user)
    respondent = get_object_or_404(papers, round=found, pk=respondent_id)
    respondent.round = found
    return respondent, rights


def round_answer_for(
    user: User, plan_id: int, round_id: int, reference: UUID
) -> tuple[RoundAnswer, Round, Rights]:
    """Return an answer of a closed round from which an item can be added; else 404 or 403."""
    found, _, rights = result_round_for(user, plan_id, round_id, needs=Right.EDIT_ITEMS)
    answers = RoundAnswer.objects.filter(respondent__round=found).exclude(to_do="")
    answers = answers.exclude(respondent__finished_at=None).filter(passed=False)
    answer = get_object_or_404(answers.select_related("component"), reference=reference)
    answer.respondent.round = found
    return answer, found, rights
