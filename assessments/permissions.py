"""What a signed-in person may do to a plan: the one place views ask.

`plan_for`, `item_for` and their like are how every view begins. Another council's object is not
found (404); one's own council's without the right is refused (403). What a stage's state allows is
in the table of `stages`; StageRights joins the two.
"""

from dataclasses import dataclass, replace

from django.http import Http404
from django.shortcuts import get_object_or_404

from councils.permissions import Right, may, require
from frameworks.models import Stage

from .models import Plan, PlanItem, RestrictedNote, ReviewMark, SignOff, Snapshot, StepReopening
from .stages import MOVES, Move, Standing, standing_of_stage

SHOWN = (
    "plan__council",
    "step",
    "source__component",
    "source__lead_role",
    "owner__user",
    "saved_by",
)


@dataclass(frozen=True)
class Rights:
    """What the person may do here, as the booleans that templates receive."""

    can_edit: bool
    can_manage: bool
    can_export: bool
    can_restrict: bool
    can_sign_off: bool

    @classmethod
    def of(cls, holder):
        """`holder` is anything with `access`: a membership, or a plan or item from visible_to."""
        return cls(
            can_edit=may(holder, Right.EDIT_ITEMS),
            can_manage=may(holder, Right.MANAGE_PLAN),
            can_export=may(holder, Right.EXPORT),
            can_restrict=may(holder, Right.RESTRICTED),
            can_sign_off=may(holder, Right.SIGN_OFF),
        )

    def read_only(self):
        """The same where a stage is signed off: restricted notes alone can still be written."""
        return replace(self, can_edit=False)


@dataclass(frozen=True)
class StageRights:
    """What the person may do to a stage in the state it is in."""

    can_edit: bool
    can_ask: bool
    can_change_review: bool
    can_call_off: bool
    can_mark: bool
    can_answer: bool
    can_sign_off: bool
    can_reopen: bool

    @classmethod
    def of(cls, plan, standing):
        """`plan` is one from visible_to. To mark takes to have been asked, too."""
        review = standing.review
        asked = review is not None and review.reviewers.filter(pk=plan.membership_id).exists()
        return cls(
            can_edit=standing.may(plan, Move.EDIT),
            can_ask=standing.may(plan, Move.ASK),
            can_change_review=standing.may(plan, Move.CHANGE_REVIEW),
            can_call_off=standing.may(plan, Move.CALL_OFF),
            can_mark=asked and standing.may(plan, Move.MARK),
            can_answer=standing.may(plan, Move.ANSWER),
            can_sign_off=standing.may(plan, Move.SIGN_OFF),
            can_reopen=standing.may(plan, Move.REOPEN),
        )


def plan_for(user, plan_id, *, needs=Right.VIEW):
    """The plan if `user` may see it, and their Rights; else 404, or 403 without `needs`."""
    plan = get_object_or_404(Plan.objects.visible_to(user).select_related("council"), pk=plan_id)
    require(plan, needs)
    return plan, Rights.of(plan)


def item_for(user, plan_id, item_id, *, needs=Right.VIEW, related=SHOWN):
    """The item, removed ones included; else 404 or 403.

    With it comes what is `related`: all that a page shows of it, or less for a save that answers
    with the little that changed.
    """
    items = PlanItem.objects.visible_to(user).select_related(*related)
    item = get_object_or_404(items, plan_id=plan_id, pk=item_id)
    require(item, needs)
    return item, Rights.of(item)


def restricted_note_for(user, plan_id, item_id):
    """The item, its restricted note (None before there is one) and the Rights; else 404.

    Not 403: that a note exists is itself for its readers alone.
    """
    item, rights = item_for(user, plan_id, item_id)
    note = RestrictedNote.objects.readable_by(user).filter(item=item).first()
    if item.removed_at or (note is None and not rights.can_restrict):
        raise Http404
    return item, note, rights


@dataclass(frozen=True)
class StageOfPlan:
    """One stage of a plan, where it stands, and what the person may do to it now."""

    plan: Plan
    rights: Rights
    stage: Stage
    standing: Standing
    may: StageRights


def stage_for(user, plan_id, number, *, move=None):
    """The StageOfPlan; else 404, or 403 without the right that `move` needs.

    Whether the stage's state allows the move is for the action to hold, and for `may` to show.
    """
    plan, rights = plan_for(user, plan_id, needs=MOVES[move].right if move else Right.VIEW)
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


def snapshot_for(user, plan_id, snapshot_id, *, needs=Right.VIEW):
    """The snapshot, its plan and the Rights; else 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=needs)
    snapshots = Snapshot.objects.filter(plan=plan).select_related("sign_off__stage")
    return get_object_or_404(snapshots, pk=snapshot_id), plan, rights


def sign_off_for(user, plan_id, sign_off_id):
    """The sign-off, its plan and the Rights; else 404 or 403."""
    plan, rights = plan_for(user, plan_id)
    sign_offs = SignOff.objects.filter(plan=plan).select_related(
        "stage", "snapshot", "signed_by", "reopened_by"
    )
    return get_object_or_404(sign_offs, pk=sign_off_id), plan, rights


def reopening_for(user, plan_id, reopening_id, *, needs):
    """A step's reopening after a change of control, and the Rights; else 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=needs)
    return get_object_or_404(StepReopening.objects.of(plan), pk=reopening_id), rights
