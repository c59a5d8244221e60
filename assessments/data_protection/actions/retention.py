"""How long plans are kept, and purging those whose time is over."""

from django.db import transaction
from django.db.models import Max, Min

from assessments.plans.models import Event, Plan, PlanItem
from assessments.versions import changes_between, update_at
from councils.actions import declare_purged, record_retention
from councils.belongings import belongings_of, dependents_first
from councils.models import AppendOnlyModel, ChainHead, WriteOnceModel

from ..models import PurgeCertificate, PurgedRows, Retention

ON_REQUEST = "Asked for by an owner"


class OnHold(Exception):
    """The council has put purging on hold; the message says why."""


def set_retention(retention, *, version, by, years, hold):
    """Change how long a council keeps plans, or its hold. Raises StaleVersion."""
    changes = changes_between(retention, {"years": years, "hold": hold})
    if not changes:
        return
    before = str(retention)
    with transaction.atomic():
        Retention.objects.get_or_create(council=retention.council)
        update_at(Retention, retention, version, {change.name: change.value for change in changes})
        record_retention(retention.council, by=by, before=before, after=str(retention))


def purge_plan(plan, *, by, rule=ON_REQUEST):
    """Delete a plan with all that belongs to it, for good; returns its PurgeCertificate.

    The record's chain keeps the seals of what is purged and says that it was. Raises OnHold.
    """
    council = plan.council
    with transaction.atomic():
        retention = Retention.objects.select_for_update().filter(council=council).first()
        if retention and retention.hold:
            raise OnHold(retention.hold)
        # Whoever saves an item holds the plan, then it, and then wants the chain: in that order.
        Plan.objects.select_for_update().get(pk=plan.pk)
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
        for model, rows in doomed.items():
            rows.purge() if issubclass(model, WriteOnceModel) else rows.delete()
        Plan.objects.filter(pk=plan.pk).delete()
    return certificate


def _kind_of_row(model):
    """What rows are called; those that join two tables have no name but that of what has them."""
    holder = model._meta.auto_created
    return (
        f"links of {holder._meta.verbose_name_plural}"
        if holder
        else str(model._meta.verbose_name_plural)
    )


def _all_of(model):
    """Every row there is, also where the model's own manager would leave some out."""
    return model.objects if issubclass(model, WriteOnceModel) else model._base_manager
