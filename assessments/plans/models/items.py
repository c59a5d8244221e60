"""The actions of a plan, called items in code."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, Count, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from councils.models import Deputy, Membership, User
from frameworks.models import ChecklistItem, Step
from frameworks.wording import put_term

from .offsets import OffsetField
from .plans import Plan
from .readers import STAGES, for_reader

DUE_SOON_DAYS = 14
TITLE_MAX_LENGTH = 160
OWNER_NAME_MAX_LENGTH = 80  # of an owner who is not a member


class Status(models.TextChoices):
    NOT_STARTED = "not-started", "Not started"
    IN_PROGRESS = "in-progress", "In progress"
    COMPLETED = "completed", "Completed"
    NOT_NEEDED = "not-needed", "Not needed"


OPEN_STATUSES = frozenset({Status.NOT_STARTED, Status.IN_PROGRESS})


class PlanItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the items in the plans and stages `user` can see, each with readers.CARRIED."""
        in_sight = Q()
        for number in STAGES:
            in_sight |= Q(**{f"sees_stage_{number}": True, "step__stage__number": number})
        return for_reader(self, user, plan="plan__").filter(in_sight)

    def on(self, plan):
        """Return the items of `plan` in the stages its reader can see, including removed ones.

        Every page and export of items starts from this. Raises NoReader as `Plan.stages` does.
        """
        items = self.filter(plan=plan)
        return items if plan.is_seen_whole else items.filter(step__stage__number__in=plan.stages)

    def live(self):
        return self.filter(removed_at=None)

    def open(self):
        return self.filter(status__in=OPEN_STATUSES)

    def overdue(self, today):
        return self.open().filter(due__lt=today)

    def with_office(self):
        """Add `falls_to`, the officer role an item is listed under; empty if none.

        It is the role of the owner or, for an item without an owner, the suggested lead role.
        """
        return self.annotate(
            falls_to=Case(
                When(owner__isnull=False, then=F("owner__office")),
                When(~Q(owner_name=""), then=Value("")),
                default=Coalesce(
                    "source__lead_role__code", Value(""), output_field=models.CharField()
                ),
                output_field=models.CharField(),
            )
        )

    def for_office(self, office):
        return self.with_office().filter(falls_to=office)

    def for_member(self, membership_id, office):
        """Return the items of one member: assigned to them, or unassigned and led by their role, or
        by a role that they are a deputy for.
        """
        return self.with_office().filter(_theirs(membership_id, office))

    def to_count(self):
        """Return rows of `pk`, `step_id`, `status`, `due`, `owner_id` and `owner_name`."""
        fields = ("pk", "step_id", "status", "due", "owner_id", "owner_name")
        return self.order_by().values_list(*fields, named=True)

    def to_date(self):
        """Return rows with what a list by date needs of each action; see `by_date.Dated`."""
        rows = self.order_by().annotate(step_number=F("step__number"))
        fields = "pk", "plan_id", "status", "due", "completed_on", "position", "step_number"
        return rows.values_list(*fields, named=True)

    def with_everything(self):
        """Fetch what a list shows in the same query; lists of several stages add `step__stage`."""
        return self.select_related(
            "step",
            "source__component",
            "source__lead_role",
            "new_wording",
            "owner__user",
        )

    def by_due(self):
        """Order by due date, those without one last on every database."""
        return self.order_by(F("due").asc(nulls_last=True), "step__number", "position", "pk")

    def tally_by(self, *fields, today):
        """Return a row of counts for each value of `fields`, in one query; see `progress.Tally`."""
        soon = today + timedelta(days=DUE_SOON_DAYS)
        is_open = Q(status__in=OPEN_STATUSES)
        return (
            self.order_by()
            .values(*fields)
            .annotate(
                total=Count("pk"),
                completed=Count("pk", filter=Q(status=Status.COMPLETED)),
                in_progress=Count("pk", filter=Q(status=Status.IN_PROGRESS)),
                not_needed=Count("pk", filter=Q(status=Status.NOT_NEEDED)),
                overdue=Count("pk", filter=is_open & Q(due__lt=today)),
                due_soon=Count("pk", filter=is_open & Q(due__gte=today, due__lte=soon)),
                dated=Count("pk", filter=is_open & Q(due__isnull=False)),
            )
        )


def _theirs(membership_id, office):
    deputises = Deputy.objects.current().filter(membership=membership_id).values("office")
    leads = Q(falls_to=office) | Q(falls_to__in=deputises)
    return Q(owner_id=membership_id) | (Q(owner=None) & leads)


class PlanItem(models.Model):
    """One action of a plan, and the council's answer to it.

    It comes from the guidance (`source`) or is the council's own (`title`). `version` counts the
    saves: an edit names the version it was made on, and a stale edit is refused.

    `due` is a date of its own or follows from `due_rule`. It is stored in both cases, because
    lists, counts and exports are queries by date. Code that moves a key date recalculates it in
    the same transaction (`actions.redate`), without a new version, because no answer changed.

    `plans.item_fields` lists the fields of the answer.

    `source` is the action of the guidance in the wording that was answered. If the plan's edition
    words it differently, that is `new_wording`. If the edition does not have it, `from_edition`
    names the one it is from; it is then kept if it was answered, and otherwise removed.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="items")
    step = models.ForeignKey(Step, models.PROTECT, related_name="plan_items")
    source = models.ForeignKey(
        ChecklistItem, models.PROTECT, related_name="plan_items", null=True, blank=True
    )
    new_wording = models.ForeignKey(
        ChecklistItem, models.PROTECT, related_name="+", null=True, blank=True
    )
    from_edition = models.CharField(max_length=20, blank=True, db_default="")
    title = models.CharField(max_length=TITLE_MAX_LENGTH, blank=True)
    position = models.PositiveSmallIntegerField()

    status = models.CharField(max_length=20, choices=Status, default=Status.NOT_STARTED)
    reason = models.TextField("reason it is not needed", blank=True)
    owner = models.ForeignKey(
        Membership, models.PROTECT, related_name="owned_items", null=True, blank=True
    )
    owner_name = models.CharField(max_length=OWNER_NAME_MAX_LENGTH, blank=True)
    due = models.DateField(null=True, blank=True)
    due_rule = OffsetField("due date counted from")
    note = models.TextField(blank=True)
    completed_on = models.DateField(null=True, blank=True)

    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = PlanItemQuerySet.as_manager()

    # What `visible_to` adds for the reader; see readers.CARRIED.
    access: str
    membership_id: int | None
    office: str | None
    grant_id: int | None

    class Meta:
        ordering = ["step__number", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "step", "source"], name="planitem_source_once_a_step"
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=False, title="")
                | (Q(source__isnull=True) & ~Q(title="")),
                name="planitem_from_guidance_or_own",
            ),
            # An action of the guidance is removed only if the edition of the plan does not have it.
            models.CheckConstraint(
                condition=Q(source__isnull=True) | Q(removed_at=None) | ~Q(from_edition=""),
                name="planitem_removed_own_or_from_edition",
            ),
            models.CheckConstraint(
                condition=Q(new_wording=None, from_edition="")
                | Q(new_wording=None, source__isnull=False)
                | Q(from_edition="", source__isnull=False),
                name="planitem_edition_of_guidance",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="planitem_known_status"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.NOT_NEEDED) & ~Q(reason="")
                | ~Q(status=Status.NOT_NEEDED) & Q(reason=""),
                name="planitem_not_needed_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.COMPLETED, completed_on__isnull=False)
                | ~Q(status=Status.COMPLETED) & Q(completed_on=None),
                name="planitem_completed_has_day",
            ),
            models.CheckConstraint(
                condition=Q(owner=None) | Q(owner_name=""), name="planitem_one_owner"
            ),
        ]
        indexes = [models.Index(fields=["plan", "status", "due"], name="planitem_open_by_due")]

    def __str__(self):
        return self.title or self.source.code

    @property
    def is_own(self):
        """Whether the council added it, rather than the guidance."""
        return self.source_id is None

    @property
    def step_number(self):
        return self.step.number

    def words(self, term):
        """Return the text of the action, with the council's term for its arrangement."""
        return self.title or put_term(self.source.text, term)

    @property
    def edition_note(self):
        """What differs between the action and the edition of the plan; empty if nothing does."""
        if self.from_edition:
            return f"From edition {self.from_edition} of the guidance"
        if self.new_wording_id is None:
            return ""
        if self.saved_by_id is not None or self.status != Status.NOT_STARTED:
            return "The wording has changed since this was answered"
        # It kept its wording because of a comment or a link, or because its stage is signed off.
        return "The wording in the plan’s edition of the guidance is different"

    def is_overdue(self, today):
        return self.status in OPEN_STATUSES and self.due is not None and self.due < today

    @property
    def owner_label(self):
        """Its owner: the name and post of a member, or the name typed; empty if unassigned."""
        if self.owner_id:
            return f"{self.owner.user.name}, {self.owner.post}"
        return self.owner_name
