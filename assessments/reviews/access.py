"""What a signed-in person can reach of stage reviews, sign-offs and snapshots."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404

from assessments.access import Rights, StageRights, plan_for
from assessments.plans.models import Plan, ReviewMark, SignOff, SignOffStatement, Snapshot
from assessments.plans.stages import MOVES, StageMove, StageStanding, standing_of_stage
from councils.models import ActingPost, User, posts_of
from councils.permissions import Right, may
from frameworks.models import Stage

from .models import StepReopening


@dataclass(frozen=True)
class StageOfPlan:
    """One stage of a plan, its standing, and what the person can do to it now."""

    plan: Plan
    rights: Rights
    stage: Stage
    standing: StageStanding
    may: StageRights


def stage_for(
    user: User, plan_id: int, number: int, *, move: StageMove | None = None
) -> StageOfPlan:
    """Return the stage. Raises 404, or 403 without the right that `move` needs.

    Whether the stage's state allows the move is checked by the action, and shown by `may`.
    """
    plan, rights = plan_for(user, plan_id, needs=MOVES[move].right if move else Right.TAKE_PART)
    stage = get_object_or_404(Stage, framework=plan.transition_id, number=number)
    standing = standing_of_stage(plan, stage)
    return StageOfPlan(plan, rights, stage, standing, StageRights.of(plan, standing))


def mark_for(
    user: User, plan_id: int, number: int, mark_id: int, *, move: StageMove
) -> tuple[ReviewMark, StageOfPlan]:
    """Return a reviewer's mark in a review of the stage, with the stage. Raises 404 or 403."""
    here = stage_for(user, plan_id, number, move=move)
    marks = ReviewMark.objects.select_related(
        "review__plan", "review__stage", "reviewer__user", "step", "answered_by"
    )
    mark = get_object_or_404(marks, pk=mark_id, review__plan=here.plan, review__stage=here.stage)
    return mark, here


def snapshot_for(
    user: User, plan_id: int, snapshot_id: int, *, needs: Right = Right.TAKE_PART
) -> tuple[Snapshot, Plan, Rights]:
    """Return the snapshot, its plan and the person's rights. Raises 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=needs)
    snapshots = Snapshot.objects.filter(plan=plan).select_related("sign_off__stage")
    return get_object_or_404(snapshots, pk=snapshot_id), plan, rights


def statement_posts(plan: Plan) -> list[ActingPost]:
    """Return the posts in which the reader of `plan` can make a statement on a sign-off.

    Their own, or those that they are a deputy for.
    """
    if not may(plan, Right.REVIEW) or plan.membership_id is None or plan.office is None:
        return []
    return posts_of(plan.membership_id, plan.office, among=SignOffStatement.OFFICES)


def sign_off_for(
    user: User, plan_id: int, sign_off_id: int, *, needs: Right = Right.TAKE_PART
) -> tuple[SignOff, Plan, Rights]:
    """Return the sign-off, its plan and the person's rights. Raises 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=needs)
    sign_offs = SignOff.objects.filter(plan=plan).select_related(
        "stage", "snapshot", "signed_by", "reopened_by"
    )
    return get_object_or_404(sign_offs, pk=sign_off_id), plan, rights


def reopening_for(
    user: User, plan_id: int, reopening_id: int, *, needs: Right
) -> tuple[StepReopening, Rights]:
    """Return a step to review again, and the person's rights. Raises 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=needs)
    return get_object_or_404(StepReopening.objects.of(plan), pk=reopening_id), rights
