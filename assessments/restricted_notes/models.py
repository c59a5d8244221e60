from django.db import models
from django.utils import timezone

from assessments.plans.models import PlanItem
from assessments.restricted import RestrictedModel, RestrictedQuerySet
from councils.models import AppendOnlyModel, Membership, ReaderLink, User


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


class RestrictedNoteReader(ReaderLink):
    """A member who is named as a reader of a restricted note."""

    restrictednote = models.ForeignKey(RestrictedNote, models.CASCADE, related_name="reader_links")

    class Meta:
        db_table = "assessments_restrictednote_readers"
        unique_together = [("restrictednote", "membership")]  # as Django made it, before reads_from

    def __str__(self):
        return f"{self.membership}, {self.restrictednote}"


class RestrictedNoteEvent(AppendOnlyModel):
    """A text that a restricted note had, and who could read it then.

    The plan's own events do not mention restricted notes, because more people can read them.
    """

    council_path = "note__item__plan__council"

    note = models.ForeignKey(RestrictedNote, models.PROTECT, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    readers = models.TextField(blank=True, help_text="Names and posts, one a line.")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.by} at {self.at}"
