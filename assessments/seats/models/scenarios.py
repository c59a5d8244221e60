from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.plans.models import Plan
from assessments.restricted import RestrictedEvent, RestrictedModel, RestrictedQuerySet
from councils.models import Membership, ReaderLink, User
from elections import scenario as what_if
from elections.composition import MAX_NAME

from .compositions import CouncilComposition


class ScenarioQuerySet(RestrictedQuerySet):
    def with_seats(self):
        """With all that working them out takes."""
        return self.select_related("base").prefetch_related(
            "base__groups", "changes", "readers__user"
        )


class Scenario(RestrictedModel):
    """A named what-if for the poll: a composition, and the seats that would change hands.

    Only the council's owners and the members they name can read it.
    """

    council = "plan__council"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="scenarios")
    name = models.CharField(max_length=80)
    base = models.ForeignKey(CouncilComposition, models.PROTECT, related_name="+")
    readers: "models.ManyToManyField[Membership, ScenarioReader]" = models.ManyToManyField(
        Membership, through="ScenarioReader", related_name="+", blank=True
    )
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name

    @property
    def text_in_record(self) -> str:
        return "\n".join([self.name, *map(str, self.changes.all())])

    @property
    def worked_out(self):
        """The composition there would be, as elections.composition knows it."""
        changes = [
            what_if.SeatSwing(each.loses, each.gains, each.seats, each.ward)
            for each in self.changes.all()
        ]
        return what_if.after(self.base.worked_out, changes)


class ScenarioReader(ReaderLink):
    """A member who is named as a reader of a scenario."""

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="reader_links")

    class Meta:
        db_table = "assessments_scenario_readers"
        unique_together = [("scenario", "membership")]  # as Django made it, before reads_from

    def __str__(self):
        return f"{self.membership}, {self.scenario}"


class ScenarioChange(models.Model):
    """Seats that change hands in a scenario; a ward is named if it hangs on one."""

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="changes")
    ward = models.CharField(max_length=MAX_NAME, blank=True)
    loses = models.CharField(max_length=MAX_NAME)
    gains = models.CharField(max_length=MAX_NAME)
    seats = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(seats__gte=1), name="scenariochange_has_seats"),
        ]

    def __str__(self):
        where = f"{self.ward}: " if self.ward else ""
        return f"{where}{self.seats} from {self.loses} to {self.gains}"


class ScenarioEvent(RestrictedEvent):
    """What a scenario said at each save, who could read it, and when it was downloaded."""

    class Kind(models.TextChoices):
        SAVED = "saved", "saved"
        EXPORTED = "exported", "exported"

    council_path = "scenario__plan__council"

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)

    def __str__(self):
        return f"{self.by} {self.get_kind_display()} {self.scenario}"
