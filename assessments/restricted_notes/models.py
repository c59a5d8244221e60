from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import get_text_list

from assessments.plans.models import PlanItem
from councils.models import AppendOnlyModel, Membership, User
from councils.permissions import Right, accesses_with


class RestrictedNoteQuerySet(models.QuerySet):
    def readable_by(self, user):
        """Notes of councils where `user` may read every one, and those they are named on."""
        own = Membership.objects.current().filter(user=user)
        all_of = own.filter(access__in=accesses_with(Right.RESTRICTED)).values("council")
        return self.filter(
            Q(item__plan__council__in=all_of) | Q(pk__in=self.filter(readers__in=own).values("pk"))
        )


class RestrictedNote(models.Model):
    """What the council's owners, and the people they name on it, keep about an item.

    It stands in a table of its own, so that no query for items, exports or events can bring it
    along: whoever wants it has to ask `readable_by`.
    """

    item = models.OneToOneField(PlanItem, models.PROTECT, related_name="restricted_note")
    text = models.TextField(blank=True)
    readers = models.ManyToManyField(Membership, related_name="+", blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = RestrictedNoteQuerySet.as_manager()

    class Meta:
        ordering = ["item__step__number", "item__position"]

    def __str__(self):
        return f"Restricted note on {self.item_id}"

    @property
    def readers_in_words(self):
        """Who can read it: the owners, and whom they named and who have not left."""
        named = [reader.user.name for reader in self.readers.all() if reader.ended_at is None]
        return get_text_list(["the owners", *named], "and")


class RestrictedNoteEvent(AppendOnlyModel):
    """Every text a restricted note has had, and who could read it: read by its readers alone.

    The plan's own events do not mention restricted notes, for their readers are more.
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
