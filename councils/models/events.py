from typing import Any, ClassVar

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from govuk.fields import within_sentence

from . import chain
from .councils import Council
from .people import User

# The author of what was done with a command, by someone with access to the server.
SYSTEM_ADMINISTRATOR = "System administrator"
# Between the rule and the reason for a hold, in an event about how long plans are kept.
ON_HOLD = "; on hold: "


class WriteOnceQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise TypeError("These rows are only ever added.")

    def delete(self):
        raise TypeError("These rows are only ever added.")

    def purge(self):
        """Delete rows. Only for purging a plan, after `actions.declare_purged`."""
        return super().delete()


class WriteOnceModel(models.Model):
    """A row that is written once and never changed, such as a snapshot."""

    objects = WriteOnceQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.pk:
            raise TypeError("These rows are only ever added.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("These rows are only ever added.")


class AppendOnlyQuerySet(WriteOnceQuerySet):
    def bulk_create(self, objs, *args, **kwargs):
        """Create the rows and append them to their councils' chains, in the order given."""
        with transaction.atomic(savepoint=False):
            rows = super().bulk_create(objs, *args, **kwargs)
            if not (self.model.part_of or self.model.parts):
                for council_id in sorted({row.chain_council_id for row in rows}):
                    own = [(row, ()) for row in rows if row.chain_council_id == council_id]
                    chain.append(council_id, own)
        return rows

    def of_council(self, council_id):
        """Return the entries of one council's record."""
        return self.filter(**{self.model.council_path: council_id})

    def reword(self, **words):
        """Change the text of entries. Only for erasing a person: see `actions.amendments`."""
        return models.QuerySet.update(self, **words)


class AppendOnlyModel(WriteOnceModel):
    """The base of every event model: a row that is appended to its council's chain when saved.

    A subclass sets `council_path`, the lookup from the row to its council. If an event consists of
    several rows, the main model names the related name of the others in `parts`, the others name
    their foreign key in `part_of`, and the caller runs `chain` once all are saved. A field added
    to a table that has rows must be null, blank or false in them, or their seals would break.
    """

    council_path = "council"
    parts = ""
    part_of = ""
    # Fields that hold the key of a row that may be gone, without a foreign key: its model.
    keys_of: ClassVar[dict[str, str]] = {}
    # The condition on rows whose texts are each the name of one person, as someone typed it.
    holds_name: ClassVar[models.Q | None] = None

    objects = AppendOnlyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            if not (self.part_of or self.parts):
                self.chain()

    def chain(self, parts=()):
        """Append this entry, with the rows that are its parts, to its council's chain."""
        chain.append(self.chain_council_id, [(self, parts)])

    @property
    def chain_council_id(self):
        found = self
        for step in f"{self.council_path}_id".split("__"):
            found = getattr(found, step)
        return found


def models_with_author() -> list[Any]:
    """Return every model of entries that say who did something, and when."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, AppendOnlyModel)
        and {"at", "by"} <= {field.name for field in model._meta.concrete_fields}
    ]


class CouncilEvent(AppendOnlyModel):
    """A change to a council's people, its composition or its data as a whole.

    Changes to plans have their own events.
    """

    class Kind(models.TextChoices):
        INVITED = "invited", "invited"
        INVITATION_RESENT = "invitation-resent", "sent a new invitation to"
        INVITATION_WITHDRAWN = "invitation-withdrawn", "withdrew the invitation to"
        JOINED = "joined", "joined"
        MEMBER_ADDED = "member-added", "added"
        MEMBER_CHANGED = "member-changed", "changed"
        MEMBER_REMOVED = "member-removed", "removed"
        NAME_CHANGED = "name-changed", "changed their name"
        ADDRESS_CHANGED = "address-changed", "changed their email address"
        ADDRESS_ASKED = "address-asked", "asked to change their email address"
        ADDRESS_CANCELLED = "address-cancelled", "cancelled a change of email address for"
        ACCOUNTS_MERGED = "accounts-merged", "merged accounts of"
        DOMAIN_MOVE_BEGUN = "domain-move-begun", "began a move of email addresses"
        DOMAIN_MOVE_CANCELLED = "domain-move-cancelled", "cancelled a move of email addresses"
        ADDRESS_STOOD_IN = "address-stood-in", "confirmed a change of email address for"
        DEPUTY_NAMED = "deputy-named", "gave a deputy role to"
        DEPUTY_ENDED = "deputy-ended", "ended the deputy role of"
        COMPOSITION_RECORDED = "composition-recorded", "recorded the council’s composition"
        COMPOSITION_SUGGESTED = "composition-suggested", "suggested a composition"
        SUGGESTION_DISMISSED = "suggestion-dismissed", "dismissed a suggested composition"
        BALANCE_CREATED = "balance-created", "calculated the political balance"
        TIE_SETTLED = "tie-settled", "settled ties in the political balance"
        TIES_REOPENED = "ties-reopened", "reopened ties in the political balance"
        SEATS_ADOPTED = "seats-adopted", "changed seats in the political balance"
        VOTE_RECORDED = "vote-recorded", "recorded the vote on the political balance"
        BALANCE_EXPORTED = "balance-exported", "downloaded the political balance"
        GROUP_NOTICE_RECORDED = "group-notice-recorded", "recorded a notice of the group"
        SEATS_NOTICE_RECORDED = "seats-notice-recorded", "recorded a notice of seats for the group"
        NOMINATION_RECORDED = "nomination-recorded", "recorded the members from the group"
        APPOINTMENT_RECORDED = "appointment-recorded", "recorded the appointment to"
        SECOND_FACTOR_RESET = "second-factor-reset", "reset two-step sign-in for"
        DATA_EXPORTED = "data-exported", "exported the council’s data"
        PERSON_ERASED = "person-erased", "erased the name of"
        RETENTION_CHANGED = "retention-changed", "changed how long plans are kept"
        ACCESS_STOPPED = "access-stopped", "stopped access to the council’s plans"
        ACCESS_RESTARTED = "access-restarted", "restarted access to the council’s plans"
        COUNCIL_IMPORTED = "council-imported", "imported the council from another installation"

    council = models.ForeignKey(Council, models.PROTECT, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Empty if a system administrator did it with a command.",
    )
    kind = models.CharField(max_length=30, choices=Kind)
    person = models.CharField(
        max_length=320,
        blank=True,
        help_text="The name and email address at the time.",
    )
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["council", "-at"], name="councilevent_latest")]

    # With these access to the plans begins again: no one could sign in before, and so not object.
    ACCESS_BEGINS: ClassVar[tuple[str, ...]] = (Kind.ACCESS_RESTARTED, Kind.COUNCIL_IMPORTED)

    # What people do about themselves: the person is the author.
    OF_THEMSELVES: ClassVar[frozenset[str]] = frozenset(
        {Kind.JOINED, Kind.NAME_CHANGED, Kind.ADDRESS_ASKED, Kind.ADDRESS_CHANGED}
    )

    def __str__(self):
        if self.kind in self.OF_THEMSELVES:
            return f"{self.person_in_short} {self.get_kind_display()}"
        if self.kind == self.Kind.RETENTION_CHANGED:
            return f"{self.by or SYSTEM_ADMINISTRATOR} {self._retention_in_words()}"
        who, verb = self.by or SYSTEM_ADMINISTRATOR, self.get_kind_display()
        return f"{who} {verb} {self.person_in_short}".rstrip()

    @property
    def person_in_short(self):
        """Return `person`, without the address if it is the same as the name.

        It is once a person has been erased: a number takes the place of both.
        """
        name, bracket, rest = self.person.partition(" (")
        return name if bracket and rest == f"{name})" else self.person

    def _retention_in_words(self):
        """Return what changed of how long plans are kept, and of a hold on deleting them."""
        rule, _, hold = self.before.partition(ON_HOLD)
        new_rule, _, new_hold = self.after.partition(ON_HOLD)
        words = []
        if rule != new_rule:
            was, now = within_sentence(rule), within_sentence(new_rule)
            words.append(f"{self.get_kind_display()}: {was} changed to {now}")
        if new_hold and not hold:
            words.append(f"put a hold on deleting plans: {new_hold}")
        elif hold and not new_hold:
            words.append(f"lifted the hold on deleting plans: was {hold}")
        elif hold != new_hold:
            words.append(f"changed the reason for the hold: {hold} changed to {new_hold}")
        return "; ".join(words) or self.get_kind_display()
