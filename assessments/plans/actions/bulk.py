"""Change many actions at once, and undo that."""

from django.db import transaction
from django.utils import timezone

from assessments.versions import StaleVersion
from councils.models import User

from ..bulk import BulkPreview
from ..models import BulkChange, BulkChangeRow, Plan, PlanItem
from ..stages import StageSignedOff
from .due import undo_due
from .events import hold
from .items import save_item

UNDONE = "by undoing an earlier change"


def change_in_bulk(
    plan: Plan, planned: BulkPreview, *, what: str, detail: str = "", by: User
) -> BulkChange:
    """Make the changes of a preview, all or none, and return what can undo them.

    Each action gets a version and an event of its own, as if it had been saved alone;
    `detail` is that of the events. Raises StaleVersion if one was saved since the preview, and
    StageSignedOff.
    """
    with transaction.atomic():
        hold(plan)
        bulk = BulkChange.objects.create(plan=plan, what=what[:200], by=by)
        rows = []
        for each in planned.changed:
            item = each.item
            row = BulkChangeRow.of(item)
            save_item(item, version=item.version, by=by, detail=detail, **each.fields)
            row.change, row.version = bulk, item.version
            rows.append(row)
        BulkChangeRow.objects.bulk_create(rows)
    return bulk


def undo_bulk_change(bulk: BulkChange, *, by: User) -> tuple[int, int]:
    """Give the actions back what they had; return how many, and how many are left as they are.

    Those that were saved since, removed or signed off are left. Does nothing the second time.
    """
    undone = left = 0
    with transaction.atomic():
        hold(bulk.plan)
        if not BulkChange.objects.filter(pk=bulk.pk, undone_at=None).update(
            undone_at=timezone.now()
        ):
            return 0, 0
        rows = list(bulk.rows.select_related("item__step", "owner__user", "item__owner__user"))
        if bulk.is_of_dates:
            same = [row for row in rows if row.item.version == row.version]
            undone = undo_due(bulk, same, by=by)
            return undone, len(rows) - undone
        for row in rows:
            try:
                undone += _undo(row, bulk.plan, by=by)
            except (StaleVersion, StageSignedOff):
                left += 1
    return undone, left


def _undo(row: BulkChangeRow, plan: Plan, *, by: User) -> int:
    item: PlanItem = row.item
    item.plan = plan
    if item.version != row.version or item.removed_at is not None:
        raise StaleVersion
    with transaction.atomic():
        return int(save_item(item, version=row.version, by=by, detail=UNDONE, **row.before))
