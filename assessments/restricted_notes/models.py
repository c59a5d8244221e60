from django.db import models
from django.utils import timezone

from assessments.plans.models import PlanItem
from assessments.restricted import RestrictedEvent, RestrictedModel, RestrictedQuerySet
from councils.models import Membership, ReaderLink, User


class RestrictedNote(RestrictedModel):
    """A note on an item that only the council's owners and the members they name can read."""

    council = "item__plan__council"

    item = models.OneToOneField(PlanItem, models.PROTECT, related_name="restricted_note")
    text = models.TextField(blank=True)
    readers: "models.ManyToManyField[Membership, RestrictedNoteReader]" = models.ManyToManyField(
        Membership, through="RestrictedNoteReader", related_name="+", blank=True
    )
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = RestrictedQuerySet.as_manager()

    class Meta:
        ordering = ["item__step__number", "item__position"]

    def __str__(self):
        return f"Restricted note on {self.item_id}"

    @property
    def text_in_record(self) -> str:
        return self.text


class RestrictedNoteReader(ReaderLink):
    """A member who is named as a reader of a restricted note."""

    restrictednote = models.ForeignKey(RestrictedNote, models.CASCADE, related_name="reader_links")

    class Meta:
        db_table = "assessments_restrictednote_readers"
        unique_together = [("restrictednote", "membership")]  # as Django made it, before reads_from

    def __str__(self):
        return f"{self.membership}, {self.restrictednote}"


class RestrictedNoteEvent(RestrictedEvent):
    """A text that a restricted note had, and who could read it then."""

    council_path = "note__item__plan__council"

    note = models.ForeignKey(RestrictedNote, models.PROTECT, related_name="events")
