from django.db import models, transaction
from django.utils import timezone

from . import chain
from .councils import Council
from .people import User


class WriteOnce(models.QuerySet):
    def update(self, **kwargs):
        raise TypeError("These rows are only ever added.")

    def delete(self):
        raise TypeError("These rows are only ever added.")

    def purge(self):
        """Delete rows. For plans that are purged alone, once `actions` has declared it."""
        return super().delete()


class WriteOnceModel(models.Model):
    """A row that is written once, such as a copy of what stood somewhere."""

    objects = WriteOnce.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.pk:
            raise TypeError("These rows are only ever added.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("These rows are only ever added.")


class AppendOnly(WriteOnce):
    def bulk_create(self, objs, *args, **kwargs):
        """As with `save`, the rows join their councils' chains, in the order given."""
        with transaction.atomic():
            rows = super().bulk_create(objs, *args, **kwargs)
            if not (self.model.part_of or self.model.parts):
                for council_id in sorted({row.chain_council_id for row in rows}):
                    own = [(row, ()) for row in rows if row.chain_council_id == council_id]
                    chain.append(council_id, own)
        return rows

    def of_council(self, council_id):
        """The entries of one council's record."""
        return self.filter(**{self.model.council_path: council_id})

    def reword(self, **words):
        """Change what entries say. For erasing a person alone: see `actions.amendments`."""
        return models.QuerySet.update(self, **words)


class AppendOnlyModel(WriteOnceModel):
    """The base of every kind of event.

    Each row joins its council's chain (`chain`) as it is saved. A new kind of event has to name
    only `council_path`, the way from the row to its council. If it has rows of another such table
    for its parts, it names their related name in `parts`, they name their foreign key to it in
    `part_of`, and whoever writes them calls `chain` when all are saved. A field that is added to
    a table with rows in it has to be null, blank or false in them, or their seals would break.
    """

    council_path = "council"
    parts = ""
    part_of = ""

    objects = AppendOnly.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with transaction.atomic():
            super().save(*args, **kwargs)
            if not (self.part_of or self.parts):
                self.chain()

    def chain(self, parts=()):
        """Seal this entry, with the rows that are its parts, at the end of its council's chain."""
        chain.append(self.chain_council_id, [(self, parts)])

    @property
    def chain_council_id(self):
        found = self
        for step in f"{self.council_path}_id".split("__"):
            found = getattr(found, step)
        return found


class CouncilEvent(AppendOnlyModel):
    """Who let whom in, changed what they may do, or ended it; what was done with all the data.

    What happens to plans is theirs.
    """

    class Kind(models.TextChoices):
        INVITED = "invited", "invited"
        INVITATION_RESENT = "invitation-resent", "sent again the invitation of"
        INVITATION_WITHDRAWN = "invitation-withdrawn", "withdrew the invitation of"
        JOINED = "joined", "joined:"
        MEMBER_ADDED = "member-added", "added"
        MEMBER_CHANGED = "member-changed", "changed"
        MEMBER_REMOVED = "member-removed", "removed"
        SECOND_FACTOR_RESET = "second-factor-reset", "took away the two-step sign-in of"
        DATA_EXPORTED = "data-exported", "took away the council’s data"
        PERSON_ERASED = "person-erased", "erased the name of"
        RETENTION_CHANGED = "retention-changed", "changed how long plans are kept"

    council = models.ForeignKey(Council, models.PROTECT, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Empty when it was done from the shell.",
    )
    kind = models.CharField(max_length=30, choices=Kind)
    person = models.CharField(
        max_length=320, blank=True, help_text="Whom it is about, as they were then, if anybody."
    )
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["council", "-at"], name="councilevent_latest")]

    def __str__(self):
        return f"{self.by or 'The shell'} {self.get_kind_display()} {self.person}".rstrip()
