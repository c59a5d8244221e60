"""Changes to many actions at once, with what is needed to undo them."""

from django.db import models
from django.utils import timezone

from councils.models import Membership, User

from .items import TITLE_MAX_LENGTH, PlanItem, Status
from .offsets import OffsetField
from .plans import Plan


class BulkChange(models.Model):
    """One change that a person made to several actions. The history has its events.

    `what` says it in words. It can be undone once; `undone_at` is when. If it `is_of_dates`, it
    changed due dates only, and one event of the history has them all.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    what = models.CharField(max_length=200)
    is_of_dates = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.what


class BulkChangeRow(models.Model):
    """What an action was before, and the version that the change made of it.

    `title` and `note` are None in rows of changes made before a change could include them.
    """

    FIELDS = ("title", "status", "reason", "owner", "owner_name", "due", "due_rule", "note")

    change = models.ForeignKey(BulkChange, models.CASCADE, related_name="rows")
    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=Status)
    reason = models.TextField(blank=True)
    owner = models.ForeignKey(Membership, models.PROTECT, related_name="+", null=True, blank=True)
    owner_name = models.CharField(max_length=80, blank=True)
    due = models.DateField(null=True, blank=True)
    due_rule = OffsetField("due date counted from")
    title = models.CharField(max_length=TITLE_MAX_LENGTH, null=True, blank=True)
    note = models.TextField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "item"], name="bulkchangerow_once_an_item"),
        ]

    def __str__(self):
        return f"{self.item} before {self.change}"

    @classmethod
    def of(cls, item):
        """Return an unsaved row with what `item` holds now; it has neither change nor version."""
        return cls(item=item, **{name: getattr(item, name) for name in cls.FIELDS})

    @property
    def before(self):
        """Return the fields of the answer as they were, apart from what was not recorded."""
        fields = {name: getattr(self, name) for name in self.FIELDS}
        unknown = [name for name in ("title", "note") if fields[name] is None]
        return {name: value for name, value in fields.items() if name not in unknown}
