"""What a signed-in person may do to a plan: the one place views ask.

`plan_for` and `item_for` are how every view begins. Another council's object is not found (404),
nor is what an adviser's grant leaves out; one's own council's without the right is refused (403).
What a stage's state allows is in the table of `plans.stages`; StageRights joins the two.
"""

from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.plans.models import Plan, PlanItem, carry
from assessments.plans.stages import Move
from councils.permissions import Right, may, require


@dataclass(frozen=True)
class Look:
    """`step` is the number of the step of an item that was asked for; 0 for other pages."""

    grant_id: int
    step: int = 0


def note_look(user, found, *, step=None):
    """Remember that `found`, a plan or item from visible_to, was reached by a grant, if it was."""
    if found.grant_id:
        user.look = Look(found.grant_id, step.number if step else 0)


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
    can_comment: bool
    can_manage: bool
    can_export: bool
    can_restrict: bool
    can_take_part: bool
    can_grant: bool
    can_sign_off: bool

    @classmethod
    def of(cls, holder):
        """`holder` is anything with `access`: a membership, or a plan or item from visible_to."""
        return cls(
            can_edit=may(holder, Right.EDIT_ITEMS),
            can_comment=may(holder, Right.COMMENT),
            can_manage=may(holder, Right.MANAGE_PLAN),
            can_export=may(holder, Right.EXPORT),
            can_restrict=may(holder, Right.RESTRICTED),
            can_take_part=may(holder, Right.TAKE_PART),
            can_grant=may(holder, Right.GRANT),
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


@dataclass(frozen=True)
class CouncilRights:
    """What the person may do with what is the council's own, whichever plan it serves."""

    can_record: bool
    can_export: bool

    @classmethod
    def of(cls, membership):
        return cls(
            can_record=may(membership, Right.RECORD_SEATS),
            can_export=may(membership, Right.EXPORT),
        )


def plan_for(user, plan_id, *, needs=Right.VIEW):
    """The plan if `user` may see it, and their Rights; else 404, or 403 without `needs`."""
    plan = get_object_or_404(Plan.objects.visible_to(user).select_related("council"), pk=plan_id)
    require(plan, needs)
    note_look(user, plan)
    return plan, Rights.of(plan)


def plans_for(user, plan_ids, *, needs):
    """Several plans at once, as `plan_for`: if one of them is not there, none is."""
    plans = list(Plan.objects.visible_to(user).select_related("council").filter(pk__in=plan_ids))
    if {plan.pk for plan in plans} != set(plan_ids):
        raise Http404
    for plan in plans:
        require(plan, needs)
    return plans


def would_pass(plan, right):
    try:
        require(plan, right)
    except PermissionDenied:
        return False
    return True


def item_for(user, plan_id, item_id, *, needs=Right.VIEW, related=SHOWN):
    """The item, removed ones included; else 404 or 403.

    With it comes what is `related`: all that a page shows of it, or less for a save that answers
    with the little that changed.
    """
    items = PlanItem.objects.visible_to(user).select_related(*related)
    item = get_object_or_404(items, plan_id=plan_id, pk=item_id)
    require(item, needs)
    carry(item, item.plan)
    note_look(user, item, step=item.step)
    return item, Rights.of(item)
