"""What a signed-in person may reach of stage reviews, sign-offs and snapshots."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404

from assessments.access import Rights, StageRights, plan_for
from assessments.plans.models import Plan, ReviewMark, SignOff, Snapshot
from assessments.plans.stages import MOVES, StageStanding, standing_of_stage
from councils.permissions import Right
from frameworks.models import Stage

from .models import StepReopening


@dataclass(frozen=True)
class StageOfPlan:
    """One stage of a plan, where it stands, and what the person may do to it now."""

    plan: Plan
    rights: Rights
    stage: Stage
    standing: StageStanding
    may: StageRights


def stage_for(user, plan_id, number, *, move=None):
    """The StageOfPlan; else 404, or 403 without the right that `move` needs.

    Whether the stage's state allows the move is for the action to hold, and for `may` to show.
    """
    plan, rights = plan_for(user, plan_id, needs=MOVES[move].right if move else Right.TAKE_PART)
    stage = get_object_or_404(Stage, framework=plan.transition_id, number=number)
    standing = standing_of_stage(plan, stage)
    return StageOfPlan(plan, rights, stage, standing, StageRights.of(plan, standing))


def mark_for(user, plan_id, number, mark_id, *, move):
    """A reviewer's mark in the stage's review under way, with the StageOfPlan; else 404 or 403."""
    here = stage_for(user, plan_id, number, move=move)
    marks = ReviewMark.objects.select_related(
        "review__plan", "review__stage", "reviewer__user", "step", "answered_by"
    )
    mark = get_object_or_404(marks, pk=mark_id, review__plan=here.plan, review__stage=here.stage)
    return mark, here


def snapshot_for(user, plan_id, snapshot_id, *, needs=Right.TAKE_PART):
    """The snapshot, its plan and the Rights; else 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=needs)
    snapshots = Snapshot.objects.filter(plan=plan).select_related("sign_off__stage")
    return get_object_or_404(snapshots, pk=snapshot_id), plan, rights


def sign_off_for(user, plan_id, sign_off_id):
    """The sign-off, its plan and the Rights; else 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=Right.TAKE_PART)
    sign_offs = SignOff.objects.filter(plan=plan).select_related(
        "stage", "snapshot", "signed_by", "reopened_by"
    )
    return get_object_or_404(sign_offs, pk=sign_off_id), plan, rights


def reopening_for(user, plan_id, reopening_id, *, needs):
    """A step's reopening after a change of control, and the Rights; else 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=needs)
    return get_object_or_404(StepReopening.objects.of(plan), pk=reopening_id), rights
