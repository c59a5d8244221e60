"""The council's budget after the election: its dates, its figures and each group's amendments.

Amendments that a group gave in confidence are in tables of their own, and only their readers can
read them. Publishing one makes an open amendment of it.
"""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.plans.models import Plan
from assessments.restricted import RestrictedEvent, RestrictedModel, RestrictedQuerySet
from assessments.words import day_in_words, pounds
from councils.models import Membership, ReaderLink, User
from elections.budget import OWN_STEPS, AmendmentLine, AmendmentWorking, BudgetStep
from elections.composition import MAX_NAME

from .words import lines_in_words

MAX_TITLE = 120
MAX_WORDS = 200


class Budget(models.Model):
    """The budget that a plan prepares. One row a plan; without it, the suggestions apply.

    `year` is the one in which the financial year begins. The figures are those of the budget as
    proposed: the requirement in pounds, and the number of band D homes it is divided by.
    """

    IN_POUNDS = frozenset({"requirement"})

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="budget")
    year = models.PositiveSmallIntegerField("financial year")
    requirement = models.DecimalField(
        "council tax requirement", max_digits=14, decimal_places=2, null=True, blank=True
    )
    tax_base = models.DecimalField(
        "council tax base",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0.01)],
    )
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    def __str__(self):
        return f"Budget of plan {self.plan_id}"


class OwnBudgetDate(models.Model):
    """A date that the council set in place of the suggestion for a step."""

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="own_dates")
    step = models.CharField(
        max_length=22, choices=[(step.value, title) for step, title in OWN_STEPS.items()]
    )
    date = models.DateField()

    class Meta:
        ordering = ["date", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "step"], name="ownbudgetdate_once"),
        ]

    def __str__(self):
        return f"{BudgetStep(self.step)}: {self.date}"


class AmendmentState(models.TextChoices):
    """How far an amendment has come. Only the section 151 officer's statement makes it READY."""

    RECEIVED = "received", "Received"
    COSTING = "costing", "Being costed"
    BALANCED = "balanced", "Balanced"
    READY = "ready", "Figures confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"
    CARRIED = "carried", "Carried"
    LOST = "lost", "Lost"


# The proposers or the council have ended it: a statement no longer changes its state.
ENDED_STATES = frozenset({AmendmentState.WITHDRAWN, AmendmentState.CARRIED, AmendmentState.LOST})


class AmendmentBase(models.Model):
    """What a group proposes to change, and what the section 151 officer says about it.

    `tax_change` is the change in the council tax requirement that it proposes, in pounds. The
    statement is out of date (`is_stated` false) once the figures change. A model has `lines`.
    """

    IN_POUNDS = frozenset({"tax_change"})

    group = models.CharField(max_length=MAX_NAME)
    title = models.CharField(max_length=MAX_TITLE)
    received_on = models.DateField("received on")
    tax_change = models.BigIntegerField("change in the council tax requirement", default=0)
    state = models.CharField(max_length=10, choices=AmendmentState, default=AmendmentState.RECEIVED)
    statement = models.TextField("statement of the section 151 officer", blank=True)
    is_stated = models.BooleanField("the statement is about these figures", default=False)
    stated_at = models.DateTimeField(null=True, blank=True)
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    stated_as_deputy = models.BooleanField("made by the deputy", default=False, db_default=False)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    lines: "models.Manager[AmendmentLineBase]"

    class Meta:
        abstract = True

    @property
    def working(self) -> AmendmentWorking:
        """Return the sums. The lines are prefetched where several amendments are shown."""
        return AmendmentWorking(tuple(line.as_line() for line in self.lines.all()), self.tax_change)


class AmendmentLineBase(models.Model):
    """One change, in whole pounds. Above 0 is more spending, more income, more from reserves."""

    words = models.CharField("what changes", max_length=MAX_WORDS)
    spending = models.BigIntegerField("change in spending", default=0)
    income = models.BigIntegerField("change in income", default=0)
    reserves = models.BigIntegerField("from reserves", default=0)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self):
        return self.words

    def as_line(self) -> AmendmentLine:
        return AmendmentLine(self.words, self.spending, self.income, self.reserves)


class BudgetAmendment(AmendmentBase):
    """An amendment that every member with access to the plan can read."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["group", "received_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(is_stated=True),
                name="budgetamendment_ready_if_stated",
            ),
        ]

    def __str__(self):
        return f"{self.group}: {self.title}"


class BudgetAmendmentLine(AmendmentLineBase):
    amendment = models.ForeignKey(BudgetAmendment, models.CASCADE, related_name="lines")


class ConfidentialAmendmentQuerySet(RestrictedQuerySet):
    def unpublished(self):
        return self.filter(published_as=None)


class ConfidentialAmendment(AmendmentBase, RestrictedModel):
    """An amendment given in confidence: only owners and the members they name read it.

    `published_as` is the open amendment that was made of it.
    """

    council = "plan__council"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    published_as = models.OneToOneField(
        BudgetAmendment, models.PROTECT, related_name="+", null=True, blank=True
    )
    readers: "models.ManyToManyField[Membership, ConfidentialAmendmentReader]" = (
        models.ManyToManyField(
            Membership, through="ConfidentialAmendmentReader", related_name="+", blank=True
        )
    )

    objects = ConfidentialAmendmentQuerySet.as_manager()

    class Meta:
        ordering = ["group", "received_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(is_stated=True),
                name="confidentialamendment_ready_if_stated",
            ),
        ]

    def __str__(self):
        return f"Amendment {self.pk} in confidence"

    @property
    def text_in_record(self) -> str:
        text = [
            f"{self.group}: {self.title}",
            f"Received on {day_in_words(self.received_on)}. "
            f"Status: {AmendmentState(self.state).label.lower()}.",
            lines_in_words(self.working.lines),
            f"Change in the council tax requirement: {pounds(self.tax_change)}",
            *(["Section 151 officer:", self.statement] if self.statement else []),
        ]
        return "\n".join(filter(None, text))

    def was_saved_as(self, text: str) -> bool:
        """Do the same as for other texts, for one in which the state was worded otherwise, too."""
        typed = [self.title, *lines_in_words(self.working.lines).splitlines(), self.statement]
        return all(each in text for each in (*typed, pounds(self.tax_change)))


class ConfidentialAmendmentLine(AmendmentLineBase):
    amendment = models.ForeignKey(ConfidentialAmendment, models.CASCADE, related_name="lines")


class ConfidentialAmendmentReader(ReaderLink):
    """A member who is named as a reader of an amendment in confidence."""

    confidentialamendment = models.ForeignKey(
        ConfidentialAmendment, models.CASCADE, related_name="reader_links"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["confidentialamendment", "membership"],
                name="confidentialamendmentreader_once",
            ),
        ]

    def __str__(self):
        return f"{self.membership}, {self.confidentialamendment}"


class ConfidentialAmendmentEvent(RestrictedEvent):
    """What an amendment in confidence said at each save, and who could read it then."""

    council_path = "amendment__plan__council"

    amendment = models.ForeignKey(ConfidentialAmendment, models.PROTECT, related_name="events")
