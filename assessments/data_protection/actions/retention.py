"""How long plans are kept, and purging plans."""

import datetime as dt
from typing import Any

from django.db import models, transaction
from django.db.models import Max, Min, QuerySet

from assessments.comparisons.actions import remove_figures
from assessments.plans.actions import hold_all
from assessments.plans.models import Event, Plan, PlanItem
from assessments.rounds.actions import keep_sets_of
from assessments.versions import changes_between, update_at
from councils.actions import declare_purged, record_retention
from councils.belongings import belongings_of, dependents_first
from councils.models import AppendOnlyModel, ChainHead, Council, User, WriteOnceModel

from ..expiry import expiry_of
from ..models import ConfirmationRequest, PurgeCertificate, PurgedRows, Retention
from .outcomes import cancel_requests, close_requests

# The rules of deletions that a certificate gives.
ON_REQUEST = "Requested by an owner"
AFTER_END = "Deleted by an owner after the plan had ended"
BY_RULE = "Its retention period had ended: {years} years after the plan’s end"
AFTER_RETENTION = "Deleted by an owner after its retention period had ended"


class OnHold(Exception):
    """No plan of the council can be deleted at present; the message is the reason."""


class AlreadyDeleted(Exception):
    """The plan has been deleted since it was fetched."""


class NotDue(Exception):
    """The retention period of the plan is not over, or not any more."""


class HoldNotLifted(Exception):
    """A hold is lifted on request and confirmation, not by clearing its reason."""


def set_retention(
    retention: Retention, *, version: int, by: User | None, years: int | None, hold: str
) -> None:
    """Change how long a council keeps plans, or set or reword its hold.

    A request to lift a hold that is reworded is cancelled, and the people it concerns are emailed:
    it was about another hold. Raises StaleVersion, and HoldNotLifted if `hold` is empty while there
    is a hold.
    """
    stored = Retention.objects.filter(council=retention.council).first()
    if stored and stored.hold and not hold:
        raise HoldNotLifted
    with transaction.atomic():
        _save(retention, version=version, by=by, years=years, hold=hold)
        if stored and stored.hold != hold:
            because = "The reason for the hold has been changed."
            cancel_requests(_requests_to_lift(retention.council), by=by, because=because)


def lift_hold(council: Council, *, by: User | None) -> None:
    """Lift a hold, as a system administrator or after a confirmed request."""
    with transaction.atomic():
        stored = Retention.objects.select_for_update().filter(council=council).first()
        if stored and stored.hold:
            _save(stored, version=stored.version, by=by, years=stored.years, hold="")
        close_requests(_requests_to_lift(council), by=by, is_carried_out=True)


def _requests_to_lift(council: Council) -> QuerySet[ConfirmationRequest]:
    kind = ConfirmationRequest.Kind.LIFT_HOLD
    return ConfirmationRequest.objects.filter(council=council, kind=kind)


def _save(
    retention: Retention, *, version: int, by: User | None, years: int | None, hold: str
) -> None:
    changes = changes_between(retention, {"years": years, "hold": hold})
    if not changes:
        return
    before = str(retention)
    with transaction.atomic():
        Retention.objects.get_or_create(council=retention.council)
        update_at(Retention, retention, version, {change.name: change.value for change in changes})
        record_retention(retention.council, by=by, before=before, after=str(retention))


def purge_expired_plan(plan: Plan, *, today: dt.date) -> PurgeCertificate:
    """Delete a plan whose retention period is over, as `purge_plan`. Raises NotDue as well."""
    with transaction.atomic():
        retention = lock_for_purge(plan)
        if not expiry_of(plan).is_due(today):
            raise NotDue
        return purge_plan(plan, by=None, rule=BY_RULE.format(years=retention.years))


def lock_for_purge(plan: Plan) -> Retention:
    """Hold a plan and its council's rule until the transaction ends; return the rule.

    Nothing that the plan's expiry depends on can change any more. Raises OnHold and AlreadyDeleted.
    """
    Retention.objects.get_or_create(council=plan.council)  # a row to lock
    retention = Retention.objects.select_for_update().get(council=plan.council)
    if retention.hold:
        raise OnHold(retention.hold)
    # In the order in which all actions lock plans. What rounds of the others show depends on those
    # of this one.
    found = False
    for number in _plans_of(plan.council):
        if number == plan.pk:
            # PostgreSQL: an entry of the plan's history waits for this lock, and this for it.
            found = Plan.objects.select_for_update().filter(pk=number).exists()
        else:
            hold_all(Plan.objects.filter(pk=number))
    if not found:
        raise AlreadyDeleted
    return retention


def _plans_of(council: Council) -> list[int]:
    plans = Plan.objects.filter(council=council).order_by("pk")
    return list(plans.values_list("pk", flat=True))


def purge_plan(plan: Plan, *, by: User | None, rule: str = ON_REQUEST) -> PurgeCertificate:
    """Permanently delete a plan with all that belongs to it; return its certificate.

    The chain keeps the links of the deleted entries and an amendment that says so. Does not check
    that the plan has ended: see `purge_expired_plan` and `confirmations.delete_plan`. Raises OnHold
    and AlreadyDeleted.
    """
    council = plan.council
    with transaction.atomic():
        lock_for_purge(plan)
        # The order of locks when an item is saved: the plan, the item, the chain.
        list(PlanItem.objects.select_for_update().filter(plan=plan).order_by("pk").values("pk"))
        head = ChainHead.objects.filter(council=council).first() or ChainHead()
        span = Event.objects.filter(plan=plan).aggregate(first=Min("at"), last=Max("at"))
        ways = belongings_of(Plan)
        doomed = {
            model: _all_of(model).filter(**{ways[model]: plan.pk})
            for model in dependents_first(ways)
        }
        counts = [
            PurgedRows(what=_kind_of_row(model), rows=count)
            for model, rows in reversed(doomed.items())
            if (count := rows.count())
        ]
        entries = [
            rows
            for model, rows in doomed.items()
            if issubclass(model, AppendOnlyModel) and not model.part_of
        ]
        certificate = PurgeCertificate.objects.create(
            council=council,
            amendment=declare_purged(council, entries, by=by),
            by=by,
            plan_number=plan.pk,
            election_day=plan.election_day,
            first_entry_at=span["first"] or plan.created_at,
            last_entry_at=span["last"] or plan.created_at,
            rule=rule,
            head_sequence=head.sequence,
            head_digest=head.digest,
        )
        for each in counts:
            each.certificate = certificate
        certificate.chain(PurgedRows.objects.bulk_create(counts))
        remove_figures(plan.pk)
        keep_sets_of(plan)
        for model, rows in doomed.items():
            rows.purge() if issubclass(model, WriteOnceModel) else rows.delete()
        number = plan.pk
        Plan.objects.filter(pk=number).delete()
        requests = ConfirmationRequest.objects.filter(council=council, plan_number=number)
        close_requests(requests, by=by, is_carried_out=True)
    return certificate


def _kind_of_row(model: type[models.Model]) -> str:
    """Return the plural name of a model; that of a many-to-many table names its owner."""
    owner: Any = model._meta.auto_created
    if owner:
        return f"links of {owner._meta.verbose_name_plural}"
    return str(model._meta.verbose_name_plural)


def _all_of(model: Any) -> Any:
    """Return a manager of every row, also where the model's default manager leaves some out."""
    return model.objects if issubclass(model, WriteOnceModel) else model._base_manager
