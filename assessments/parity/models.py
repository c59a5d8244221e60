"""The parity log: what officers offered and gave to each political group.

Requests that a group made in confidence are in tables of their own, and only their readers can
read them.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.plans.models import Plan, RemovableEntry, RemovableQuerySet
from assessments.restricted import RestrictedEvent, RestrictedModel, RestrictedQuerySet
from assessments.words import day_in_words
from councils.models import Membership, ReaderLink, User
from elections.composition import MAX_NAME


class ParityEntry(RemovableEntry):
    """A briefing, facts or a costing that was offered to groups."""

    class Kind(models.TextChoices):
        BRIEFING = "briefing", "Briefing"
        FACTS = "facts", "Facts"
        COSTING = "costing", "Costing"
        MEETING = "meeting", "Meeting"
        OTHER = "other", "Other support"

    kind = models.CharField("type", max_length=10, choices=Kind)
    words = models.CharField("what was offered", max_length=200)
    offered_on = models.DateField("offered on")
    offered_by = models.CharField("offered by", max_length=80)
    reason = models.TextField("why the groups were treated differently", blank=True)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = RemovableQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_on", "-pk"]
        verbose_name_plural = "parity entries"

    def __str__(self):
        return f"{self.get_kind_display()}: {self.words}"


class ParityShare(models.Model):
    """What one group was offered or given of an entry."""

    class Outcome(models.TextChoices):
        NOT_OFFERED = "not-offered", "Not offered"
        OFFERED = "offered", "Offered"
        GIVEN = "given", "Given"
        DECLINED = "declined", "Declined"

    entry = models.ForeignKey(ParityEntry, models.CASCADE, related_name="shares")
    group = models.CharField(max_length=MAX_NAME)
    outcome = models.CharField(max_length=12, choices=Outcome)
    given_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["group"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "group"], name="parityshare_once_a_group"),
            models.CheckConstraint(
                condition=Q(outcome="given", given_on__isnull=False)
                | ~Q(outcome="given") & Q(given_on=None),
                name="parityshare_given_has_day",
            ),
        ]

    def __str__(self):
        return f"{self.group}: {self.get_outcome_display().lower()}"


class ConfidentialRequest(RestrictedModel):
    """A request that a group made in confidence: only owners and the members they name read it."""

    council = "plan__council"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    group = models.CharField(max_length=MAX_NAME)
    asked_on = models.DateField("asked on")
    words = models.TextField("what the group asked for")
    answer = models.TextField("what was answered", blank=True)
    readers: "models.ManyToManyField[Membership, ConfidentialRequestReader]" = (
        models.ManyToManyField(
            Membership, through="ConfidentialRequestReader", related_name="+", blank=True
        )
    )
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = RestrictedQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_on", "-pk"]

    def __str__(self):
        return f"Request {self.pk} in confidence"

    @property
    def text_in_record(self) -> str:
        lines = [f"{self.group}, {day_in_words(self.asked_on)}", self.words]
        return "\n".join([*lines, "Answer:", self.answer] if self.answer else lines)


class ConfidentialRequestReader(ReaderLink):
    """A member who is named as a reader of a confidential request."""

    confidentialrequest = models.ForeignKey(
        ConfidentialRequest, models.CASCADE, related_name="reader_links"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["confidentialrequest", "membership"], name="confidentialrequestreader_once"
            ),
        ]

    def __str__(self):
        return f"{self.membership}, {self.confidentialrequest}"


class ConfidentialRequestEvent(RestrictedEvent):
    """What a confidential request said at each save, and who could read it then."""

    council_path = "request__plan__council"

    request = models.ForeignKey(ConfidentialRequest, models.PROTECT, related_name="events")
