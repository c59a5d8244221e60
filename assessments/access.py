"""What a signed-in user can see and do: every view begins with a function of an `access` module.

Another council's object is not found (404), nor is what an adviser's grant leaves out. An object of
the user's own council without the right is refused (403). What the state of a stage allows is in
`plans.stages`; StageRights joins the two.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from assessments.plans.models import AdviserGrant, AdviserLook, Plan, PlanItem, carry
from assessments.plans.models.readers import stages_seen
from assessments.plans.stages import StageMove, StageStanding
from councils.models import Membership, User
from councils.names import is_taken
from councils.permissions import MemberStanding, Right, may, refuse_if_stopped, require
from councils.prepared import PreparedQuery
from frameworks.models import Step


@dataclass(frozen=True)
class GrantStanding:
    """A grant of stages to an adviser, to comment or only to view: see `councils.Standing`."""

    council_id: int
    grant_id: int
    stages: tuple[int, ...]
    may_comment: bool

    def rows(self) -> QuerySet[AdviserGrant]:
        shown: dict[str, Any] = {f"stage_{number}": True for number in self.stages}
        if self.may_comment:
            shown["may_comment"] = True
        live = AdviserGrant.objects.live()
        return live.filter(pk=self.grant_id, plan__council__stopped_at=None, **shown)


@dataclass(frozen=True)
class GrantedView:
    """The grant by which a page was opened, for the adviser access log.

    `step` is the number of the step of the action that was requested; 0 for other pages.
    """

    grant_id: int
    step: int = 0


def note_granted_view(user: User, found: Plan | PlanItem, *, step: Step | None = None) -> None:
    """Note on `user` that `found`, from `visible_to`, was reached by an adviser's grant, if so.

    The middleware of the adviser access log reads `user.granted_view` after the response. Raises
    PermissionDenied as `refuse_name_of_another`.
    """
    if found.grant_id:
        refuse_name_of_another(user, found)
        view = GrantedView(found.grant_id, step.number if step else 0)
        user.granted_view = view  # type: ignore[attr-defined]  # for this request, not a field


def note_standing(user: User, found: Plan | PlanItem) -> None:
    """Note on `user` what let them see `found`, from `visible_to`: see `User.standings`."""
    plan = found if isinstance(found, Plan) else found.plan
    if found.membership_id is not None:
        member = MemberStanding(plan.council_id, found.membership_id, found.access)
        user.standings.add(member)
    elif found.grant_id is not None:
        may_comment = may(found, Right.COMMENT)
        grant = GrantStanding(plan.council_id, found.grant_id, stages_seen(found), may_comment)
        user.standings.add(grant)


def refuse_name_of_another(adviser: User, found: Plan | PlanItem) -> None:
    """Raise PermissionDenied before the first look by a grant if someone at the council has the
    adviser's name: from then on, pages and the record name them.
    """
    plan = found if isinstance(found, Plan) else found.plan
    if AdviserLook.objects.filter(grant=found.grant_id).exists():
        return
    if is_taken(adviser.name, plan.council, but=[adviser]):
        raise PermissionDenied(
            f"Someone else at {plan.council} is called {adviser.name}. Change your name on your "
            "account page first, for example by adding an initial, so that the record shows who "
            "did what."
        )


# What a page shows of an action, beside the action itself.
SHOWN = (
    "plan__council",
    "step",
    "source__component",
    "source__lead_role",
    "new_wording",
    "owner__user",
    "saved_by",
)


@dataclass(frozen=True)
class Rights:
    """What the user can do in a plan, as the booleans that templates receive."""

    can_edit: bool
    can_comment: bool
    can_manage: bool
    can_export: bool
    can_restrict: bool
    can_take_part: bool
    can_grant: bool
    can_sign_off: bool

    @classmethod
    def of(cls, holder: Membership | Plan | PlanItem) -> "Rights":
        """Return the rights of `holder`: a membership, or a plan or action from `visible_to`."""
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

    def read_only(self) -> "Rights":
        """Return the rights in a signed-off stage, where only restricted notes can be changed."""
        return replace(self, can_edit=False)


@dataclass(frozen=True)
class StageRights:
    """What the user can do to a stage in its present state."""

    can_edit: bool
    can_ask: bool
    can_change_review: bool
    can_call_off: bool
    can_mark: bool
    can_answer: bool
    can_sign_off: bool
    can_reopen: bool

    @classmethod
    def of(cls, plan: Plan, standing: StageStanding) -> "StageRights":
        """Return the rights in a stage; `plan` comes from `visible_to`.

        Reviewing also requires having been asked to.
        """
        review = standing.review
        asked = (
            review is not None
            and plan.membership_id is not None
            and review.reviewers.filter(pk=plan.membership_id).exists()
        )
        return cls(
            can_edit=standing.may(plan, StageMove.EDIT),
            can_ask=standing.may(plan, StageMove.ASK),
            can_change_review=standing.may(plan, StageMove.CHANGE_REVIEW),
            can_call_off=standing.may(plan, StageMove.CALL_OFF),
            can_mark=asked and standing.may(plan, StageMove.MARK),
            can_answer=standing.may(plan, StageMove.ANSWER),
            can_sign_off=standing.may(plan, StageMove.SIGN_OFF),
            can_reopen=standing.may(plan, StageMove.REOPEN),
        )


@dataclass(frozen=True)
class CouncilRights:
    """What the user can do with what belongs to the council rather than to one plan."""

    can_record: bool
    can_export: bool

    @classmethod
    def of(cls, membership: Membership) -> "CouncilRights":
        return cls(
            can_record=may(membership, Right.RECORD_SEATS),
            can_export=may(membership, Right.EXPORT),
        )


def plan_context(plan: Plan, rights: Rights) -> dict[str, Any]:
    """Return what every page of a plan needs: its navigation, its council and its marking."""
    return {
        "plan": plan,
        "council": plan.council,
        "marking": plan.get_marking_display(),
        "rights": rights,
    }


@PreparedQuery
def _plan(user_id: int, plan_id: int, *, today: dt.date) -> QuerySet[Plan]:
    """Return the plan, if the person can see it on this day."""
    return Plan.objects.visible_to(User(pk=user_id)).select_related("council").filter(pk=plan_id)


def plan_for(user: User, plan_id: int, *, needs: Right = Right.VIEW) -> tuple[Plan, Rights]:
    """Return the plan, with its council, and the rights of `user` in it.

    Raises Http404 if they cannot see the plan, PermissionDenied if they lack the right `needs` or
    the council's access is stopped.
    """
    plan = next(iter(_plan.fetch(user.pk, plan_id, today=timezone.localdate())), None)
    if plan is None:
        refuse_if_stopped(user, plans=plan_id)
        raise Http404
    require(plan, needs)
    note_granted_view(user, plan)
    note_standing(user, plan)
    return plan, Rights.of(plan)


def plan_for_member(
    user: User, plan_id: int, *, needs: Right = Right.TAKE_PART
) -> tuple[Plan, Rights]:
    """Return the plan and the rights as `plan_for` does, but to members of the council only.

    Advisers get PermissionDenied.
    """
    plan, rights = plan_for(user, plan_id, needs=Right.TAKE_PART)
    require(plan, needs)
    return plan, rights


def plans_for(user: User, plan_ids: Collection[int], *, needs: Right) -> list[Plan]:
    """Return several plans, or raise as `plan_for` does if it would for any of them."""
    plans = list(Plan.objects.visible_to(user).select_related("council").filter(pk__in=plan_ids))
    if {plan.pk for plan in plans} != set(plan_ids):
        raise Http404
    for plan in plans:
        require(plan, needs)
        if plan.grant_id:
            refuse_name_of_another(user, plan)
        note_standing(user, plan)
    return plans


def plans_beside(user: User, plan: Plan) -> list[Plan]:
    """Return the plans that come before and after `plan`, as far as its reader can see them."""
    if plan.membership_id is not None:  # who sees all plans of the council
        return _beside.fetch(plan.pk, plan.previous_id or 0)
    plans = Plan.objects.visible_to(user)
    return list(plans.filter(Q(pk=plan.previous_id) | Q(previous=plan)))


@PreparedQuery
def _beside(plan_id: int, previous_id: int) -> QuerySet[Plan]:
    return Plan.objects.filter(Q(pk=previous_id) | Q(previous=plan_id))


def would_pass(plan: Plan, right: Right) -> bool:
    """Return whether `require` would let the reader of `plan` pass."""
    try:
        require(plan, right)
    except PermissionDenied:
        return False
    return True


@PreparedQuery
def _item(
    user_id: int, plan_id: int, item_id: int, *, related: tuple[str, ...], today: dt.date
) -> QuerySet[PlanItem]:
    """Return the action, if the person can see it on this day."""
    items = PlanItem.objects.visible_to(User(pk=user_id)).select_related(*related)
    return items.filter(plan_id=plan_id, pk=item_id)


def item_for(
    user: User,
    plan_id: int,
    item_id: int,
    *,
    needs: Right = Right.VIEW,
    related: Iterable[str] = SHOWN,
) -> tuple[PlanItem, Rights]:
    """Return the action, even if it was removed, and the rights of `user` in its plan.

    `related` is what comes with it in the same query: all that a page shows, or less for a save
    that only returns what changed. Raises Http404 or PermissionDenied as `plan_for` does.
    """
    today = timezone.localdate()
    found = _item.fetch(user.pk, plan_id, item_id, related=tuple(related), today=today)
    item = next(iter(found), None)
    if item is None:
        refuse_if_stopped(user, plans=plan_id)
        raise Http404
    require(item, needs)
    carry(item, item.plan)
    note_granted_view(user, item, step=item.step)
    note_standing(user, item)
    return item, Rights.of(item)
