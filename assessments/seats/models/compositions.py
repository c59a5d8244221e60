from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from councils.models import Council, User
from elections.composition import MAX_NAME, Composition, ControlStatus, Group, MajorityRule


class Rule(models.TextChoices):
    """What a majority is counted of: the words for elections.composition.MajorityRule."""

    SEATS = MajorityRule.SEATS.value, "All seats, vacant ones included"
    IN_POST = MajorityRule.IN_POST.value, "Members in post"


class Overruled(models.TextChoices):
    """What a person says instead of what the numbers say."""

    NOT = "", "Leave it as worked out"
    MAJORITY = ControlStatus.MAJORITY.value, "One group controls the council"
    NOC = ControlStatus.NOC.value, "No overall control"


class CompositionQuerySet(models.QuerySet):
    def of(self, council):
        """A council's compositions with their groups, the latest first.

        The first can be one that is to come, such as that of an election until the new councillors
        take office; see `in_effect`.
        """
        return self.filter(council=council).prefetch_related("groups")

    def in_effect(self, today):
        """Return the compositions that applied up to `today`, the current one first."""
        return self.filter(as_at__lte=today)


class CouncilComposition(models.Model):
    """Who holds a council's seats from one day on. Never changed: a correction is a new one.

    Of several for one day the last that was recorded counts.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="compositions")
    as_at = models.DateField()
    ungrouped = models.PositiveSmallIntegerField(default=0)
    vacancies = models.PositiveSmallIntegerField(default=0)
    rule = models.CharField(max_length=10, choices=Rule, default=Rule.SEATS)
    overruled = models.CharField(
        max_length=10, choices=Overruled, blank=True, default=Overruled.NOT
    )
    reason = models.CharField("reason it was overruled", max_length=300, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = CompositionQuerySet.as_manager()

    class Meta:
        ordering = ["-as_at", "-pk"]
        indexes = [models.Index(fields=["council", "-as_at", "-id"], name="composition_of_council")]
        constraints = [
            models.CheckConstraint(
                condition=Q(overruled="", reason="") | ~Q(overruled="") & ~Q(reason=""),
                name="composition_overruled_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(rule__in=Rule.values) & Q(overruled__in=Overruled.values),
                name="composition_known_choices",
            ),
        ]

    def __str__(self):
        return f"{self.council} from {self.as_at:%-d %B %Y}"

    @property
    def is_to_come(self):
        """Whether it does not apply yet."""
        return self.as_at > timezone.localdate()

    @property
    def worked_out(self):
        """The same as elections.composition knows it, for every sum."""
        return Composition(
            tuple(Group(group.name, group.members) for group in self.groups.all()),
            ungrouped=self.ungrouped,
            vacancies=self.vacancies,
            rule=MajorityRule(self.rule),
        )

    @property
    def in_words(self):
        composition = self.worked_out
        parts = [f"{group.name} {group.members}" for group in composition.groups]
        if self.ungrouped:
            parts.append(f"in no group {self.ungrouped}")
        if self.vacancies:
            parts.append(f"vacant {self.vacancies}")
        return ", ".join(parts)


class CompositionGroup(models.Model):
    """A group of a composition and how many members it has."""

    composition = models.ForeignKey(CouncilComposition, models.PROTECT, related_name="groups")
    name = models.CharField(max_length=MAX_NAME)
    members = models.PositiveSmallIntegerField()

    class Meta:
        ordering = [Lower("name")]
        constraints = [
            models.UniqueConstraint("composition", Lower("name"), name="compositiongroup_once"),
            models.CheckConstraint(
                condition=Q(members__gte=1), name="compositiongroup_has_members"
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.members}"
