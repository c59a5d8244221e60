from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Lower
from django.utils import timezone

from assessments.plans.models import Plan
from assessments.seats.models import CouncilComposition, Rule
from councils.models import User
from elections.composition import MAX_NAME


class ElectionCountQuerySet(models.QuerySet):
    def with_results(self):
        """With all that the running state takes: groups, wards and the current result of each."""
        current = (
            WardResult.objects.filter(version=F("ward__version"))
            .select_related("by", "ward")
            .prefetch_related(Prefetch("seats", WardResultSeats.objects.select_related("group")))
        )
        return self.select_related("opened_by", "closed_by", "composition").prefetch_related(
            Prefetch("groups", CountGroup.objects.listed()),
            Prefetch("wards", CountWard.objects.listed()),
            Prefetch("wards__results", current, to_attr="current"),
        )


class ElectionCount(models.Model):
    """The results of one election as they are entered, until they end in a composition.

    `version` counts changes to the settings, and `revision` every change: an open page sends the
    revision it shows to learn whether there is a later one.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="counts")
    by_wards = models.BooleanField(default=True)
    seats_up = models.PositiveSmallIntegerField("seats up for election")
    no_group_not_up = models.PositiveSmallIntegerField("seats not up, in no group", default=0)
    vacant_not_up = models.PositiveSmallIntegerField("seats not up, vacant", default=0)
    rule = models.CharField(max_length=10, choices=Rule, default=Rule.SEATS)
    version = models.PositiveIntegerField(default=1)
    revision = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    composition = models.ForeignKey(
        CouncilComposition,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="What it ended in. Empty while it is open, and if it was stopped without one.",
    )

    objects = ElectionCountQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(closed_at=None), name="electioncount_one_open"
            ),
            models.CheckConstraint(condition=Q(seats_up__gte=1), name="electioncount_has_seats"),
            models.CheckConstraint(
                condition=Q(rule__in=Rule.values), name="electioncount_known_rule"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, composition=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="electioncount_closed_by_a_person",
            ),
        ]

    def __str__(self):
        return f"Election night of plan {self.plan_id}"

    @property
    def is_open(self):
        return self.closed_at is None


class ListedQuerySet(models.QuerySet):
    def listed(self):
        """Return the groups or wards that have not been removed."""
        return self.filter(is_listed=True)


class CountGroup(models.Model):
    """A group of a count, and how many seats it has that are not up for election.

    One that was removed, but had seats in a result that has been corrected since, stays for the
    record without being listed. Its name can be used again.
    """

    count = models.ForeignKey(ElectionCount, models.PROTECT, related_name="groups")
    name = models.CharField(max_length=MAX_NAME)
    not_up = models.PositiveSmallIntegerField("seats not up for election", default=0)
    is_listed = models.BooleanField(default=True, db_default=True)

    objects = ListedQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint(
                "count", Lower("name"), condition=Q(is_listed=True), name="countgroup_once"
            ),
        ]

    def __str__(self):
        return self.name


class CountWard(models.Model):
    """A ward or division of a count, or one of its two running totals where there are no wards.

    `version` counts changes to the ward and its results: each is made on a version, and a stale
    one is refused. A ward that was removed, but had a result before that was removed too, stays
    for the record without being listed. Its name can be used again.
    """

    class Kind(models.TextChoices):
        WARD = "ward", "Ward"
        DECLARED = "declared", "Seats declared so far"
        EXPECTED = "expected", "Seats expected"

    count = models.ForeignKey(ElectionCount, models.PROTECT, related_name="wards")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.WARD)
    name = models.CharField(max_length=MAX_NAME)
    seats = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)
    is_listed = models.BooleanField(default=True, db_default=True)

    objects = ListedQuerySet.as_manager()

    class Meta:
        ordering = ["kind", Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint(
                "count", Lower("name"), condition=Q(is_listed=True), name="countward_once"
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="countward_has_seats"),
            models.CheckConstraint(
                condition=Q(kind__in=["ward", "declared", "expected"]), name="countward_known_kind"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_total(self):
        """Whether it is a running total of the whole council."""
        return self.kind != self.Kind.WARD

    @property
    def result(self):
        """Return the current result, or None. The ward comes from a count `with_results`."""
        found = self.current[0] if self.current else None
        return None if found is None or found.status == WardResult.Status.NONE else found


class WardResult(models.Model):
    """What was entered for a ward at one version. Never changed: a correction is a new one.

    `revision` is that of the count with this result.
    """

    class Status(models.TextChoices):
        DECLARED = "declared", "Declared"
        EXPECTED = "expected", "Expected"
        NONE = "none", "No result yet"

    ward = models.ForeignKey(CountWard, models.PROTECT, related_name="results")
    version = models.PositiveIntegerField()
    revision = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["ward", "version"], name="wardresult_once"),
            models.CheckConstraint(
                condition=Q(status__in=["declared", "expected", "none"]),
                name="wardresult_known_status",
            ),
        ]

    def __str__(self):
        return f"{self.ward}: {self.get_status_display()}"

    @property
    def by_group(self):
        """Return the seats by name of group, alphabetical, those in no group last under ""."""
        rows = sorted(
            self.seats.all(),
            key=lambda row: (row.group is None, row.group.name.casefold() if row.group else ""),
        )
        return {row.group.name if row.group else "": row.seats for row in rows}

    @property
    def taken(self):
        return sum(row.seats for row in self.seats.all())

    @property
    def missing(self):
        """Return how many seats of the ward the result does not have."""
        return 0 if self.ward.is_total else self.ward.seats - self.taken

    @property
    def in_words(self):
        return in_words(self.by_group)


def in_words(by_group):
    """Write seats by name of group, for example “Ash 2, in no group 1”."""
    return ", ".join(f"{name or 'in no group'} {seats}" for name, seats in by_group.items())


class WardResultSeats(models.Model):
    """The seats of one group in a result; `group` is empty for members in no group."""

    result = models.ForeignKey(WardResult, models.PROTECT, related_name="seats")
    group = models.ForeignKey(CountGroup, models.PROTECT, related_name="+", null=True, blank=True)
    seats = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "seats of ward results"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["result", "group"], name="wardresultseats_once"),
            models.UniqueConstraint(
                fields=["result"], condition=Q(group=None), name="wardresultseats_no_group_once"
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="wardresultseats_has_seats"),
        ]

    def __str__(self):
        return f"{self.group or 'In no group'} {self.seats}"
