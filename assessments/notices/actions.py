"""Tell people at once of what concerns them; each is told once of each thing."""

import datetime as dt
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.addresses import address
from assessments.plans import actions as plan_actions
from assessments.plans.models import OPEN_STATUSES, Plan, PlanItem
from assessments.plans.stages import StageSignedOff, current_sign_offs
from councils.models import DigestFrequency, User
from frameworks.models import Step

from .models import Notice
from .tasks import queue_notices

# One action, and one person who asks, within these.
UPDATE_AGAIN = dt.timedelta(days=7)
UPDATES_A_DAY = 10


class UpdateRefused(Exception):
    """An update cannot be asked for now; the message says why."""


def tell(
    people: Iterable[User],
    kind: Notice.Kind,
    *,
    plan: Plan,
    by: User,
    key: str,
    path: str,
    item: PlanItem | None = None,
    step: Step | None = None,
    stage: int | None = None,
    due: dt.date | None = None,
) -> None:
    """Note that `people` are told, and email those who want to know at once after the commit.

    Call it inside the transaction of what happened. The person who did it is left out, and so is
    everyone who has been told under the same `key`. If it is about no action, `step` is the step
    that it is about, or `stage` the number of the stage. `due` is when they are asked to answer by.
    """
    about = {"plan": plan, "item": item, "stage": stage, "due": due, "path": path}
    if step is not None:
        about |= {"step": step.number, "stage": step.stage.number}
    notices = [
        Notice(user=user, kind=kind, by=by, key=key, **about) for user in people if user.pk != by.pk
    ]
    if not notices:
        return
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    at_once = [n.user_id for n in notices if n.user.digest_frequency == DigestFrequency.AT_ONCE]
    if at_once:
        transaction.on_commit(partial(queue_notices, at_once, key))


# --- Assigning actions ----------------------------------------------------------------------------


def save_item(item: PlanItem, *, version: int, by: User, **fields: Any) -> bool:
    """Save an answer as `plans.actions.save_item` does, and tell a new owner."""
    before = item.owner_id
    with transaction.atomic():
        is_changed = plan_actions.write_item(item, version=version, by=by, **fields)
        if item.owner_id != before:
            tell_owner(item, by=by)
    return is_changed


def add_item(plan: Plan, step: Step, *, title: str, by: User, **fields: Any) -> PlanItem:
    """Add an action as `plans.actions.add_item` does, and tell its owner."""
    with transaction.atomic():
        item = plan_actions.add_item(plan, step, title=title, by=by, **fields)
        tell_owner(item, by=by)
    return item


def tell_owner(item: PlanItem, *, by: User) -> None:
    """Tell the owner of an action, if it has one, that it was assigned to them."""
    if item.owner is not None:
        tell(
            [item.owner.user],
            Notice.Kind.ASSIGNED,
            plan=item.plan,
            item=item,
            by=by,
            key=f"assigned:{item.pk}:{item.version}",
            path=f"{address('plan_step', item.plan_id, item.step.number)}#item-{item.pk}",
        )


# --- Asking for updates ---------------------------------------------------------------------------


def why_no_update(item: PlanItem, *, by: User) -> str:
    """Return why `by` cannot ask for an update on the action, or "" if they can."""
    owner = item.owner
    if owner is None or owner.ended_at is not None:
        return "This action has no owner who belongs to the council. Assign it to someone first."
    if owner.user_id == by.pk:
        return "This action is yours."
    if item.status not in OPEN_STATUSES:
        return f"This action is {item.get_status_display().lower()}."
    sign_off = current_sign_offs(item.plan).get(item.step.stage_id)
    return str(StageSignedOff(sign_off)) if sign_off else ""


def ask_for_update(item: PlanItem, *, by: User) -> None:
    """Ask the owner of an open action for an update. Raises UpdateRefused.

    An action is asked about once in UPDATE_AGAIN, by any person, and a person asks for at most
    UPDATES_A_DAY.
    """
    owner = item.owner
    if (why_not := why_no_update(item, by=by)) or owner is None:
        raise UpdateRefused(why_not)
    now = timezone.now()
    with transaction.atomic():
        asked = Notice.objects.select_for_update(no_key=True).filter(kind=Notice.Kind.UPDATE)
        last = asked.filter(item=item, user=owner.user, at__gt=now - UPDATE_AGAIN).first()
        if last:
            raise UpdateRefused(
                f"{last.by.name} asked for an update on this action in the last 7 days."
            )
        if asked.filter(by=by, at__gt=now - dt.timedelta(days=1)).count() >= UPDATES_A_DAY:
            raise UpdateRefused(
                f"You have asked for {UPDATES_A_DAY} updates in the last day. Try again tomorrow."
            )
        tell(
            [owner.user],
            Notice.Kind.UPDATE,
            plan=item.plan,
            item=item,
            by=by,
            key=f"update:{item.pk}:{now:%Y%m%d%H%M%S}",
            path=f"{address('plan_step', item.plan_id, item.step.number)}#item-{item.pk}",
        )
