"""What only a council's owners and the members they name can read: base of notes and scenarios.

Each is stored in tables of its own that no query for items, exports or events joins, so that no
other query can include one. Select them with `naming` or `readable_by`.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import get_text_list

from councils.models import AppendOnlyModel, Membership, User, has_second_factor
from councils.permissions import Right, accesses_with

LISTED = 20
# Who can read a text that is not saved yet.
NEW_READERS = "the owners and the people selected below"


@dataclass(frozen=True)
class SavedTexts:
    """The LISTED latest events that a user can read, newest first; `has_more` if there are others.

    Empty texts stand for a page without them.
    """

    latest: "Sequence[RestrictedEvent]" = ()
    has_more: bool = False

    @property
    def most(self) -> int:
        return LISTED


class RestrictedQuerySet(models.QuerySet):
    def naming(self, user: User):
        """Return what `user` can read as an owner or named reader, whatever their sign-in was."""
        own = Membership.objects.current().filter(user=user)
        all_of = own.filter(access__in=accesses_with(Right.RESTRICTED)).values("council")
        named = self.filter(readers__in=own).values("pk")
        return self.filter(Q(**{f"{self.model.council}__in": all_of}) | Q(pk__in=named))

    def readable_by(self, user: User):
        """Return what `user` can read now: nothing without two-step sign-in, where it is required.

        Owners need it to open anything of the council; a named reader only for this.
        """
        found = self.naming(user)
        return found.filter(has_second_factor(user)) if settings.SECOND_FACTOR_REQUIRED else found


class RestrictedModel(models.Model):
    """A text with `readers`, links to them under `reader_links`, and every text under `events`.

    A model gives `council`, the path to the council.
    """

    council = ""
    readers: "models.ManyToManyField[Membership, Any]"
    reader_links: "models.Manager[models.Model]"
    events: "models.Manager[models.Model]"

    class Meta:
        abstract = True

    @property
    def text_in_record(self) -> str:
        """Return what the text says, as its event has it."""
        raise NotImplementedError

    def was_saved_as(self, text: str) -> bool:
        """Return whether an event with `text` is of what is stored: see `reviews.record_checks`."""
        return text == self.text_in_record

    @property
    def readers_in_words(self) -> str:
        """Return "the owners and Ada Byron": the owners and the named members who have not left."""
        named = [reader.user.name for reader in self.readers.all() if reader.ended_at is None]
        return get_text_list(["the owners", *named], "and")

    def events_for(self, user: User):
        """Return the events `user` can read: an owner all, a reader those since they were named."""
        owner = Membership.objects.current().filter(
            user=user,
            council=_at_end_of(self, self.council),
            access__in=accesses_with(Right.RESTRICTED),
        )
        named = self.reader_links.filter(
            Q(reads_from=None) | Q(reads_from__lte=OuterRef("at")),
            membership__user=user,
            membership__ended_at=None,
        )
        return self.events.filter(Exists(owner) | Exists(named))

    def saved_texts_for(self, user: User) -> SavedTexts:
        """Return the latest of `events_for`, one query."""
        found = list(self.events_for(user).select_related("by")[: LISTED + 1])
        return SavedTexts(found[:LISTED], len(found) > LISTED)

    def name_readers(
        self,
        readers: Iterable[Membership],
        *,
        earlier: bool,
        now: dt.datetime | None = None,
    ) -> None:
        """Make `readers` the named readers.

        Those who are new read texts from `now` on, or all texts with `earlier`; for the others
        nothing changes. Someone whose access has ended since they were chosen is left out: invited
        again, they would be a reader. Run within a transaction.
        """
        since = None if earlier else now or timezone.now()
        chosen = Membership.objects.current().filter(pk__in=[reader.pk for reader in readers])
        # Locked, so that an end of their access waits and then removes them.
        still_here = list(chosen.order_by("pk").select_for_update(no_key=True))
        self.readers.set(still_here, through_defaults={"reads_from": since})


class RestrictedEvent(AppendOnlyModel):
    """What such a text said at a save, and who could read it then.

    The plan's own events do not mention these texts, because more people can read them.
    """

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    readers = models.TextField(blank=True, help_text="Names and posts, one a line.")

    class Meta:
        abstract = True
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.by} at {self.at}"


def _at_end_of(row, path: str):
    for name in path.split("__"):
        row = getattr(row, name)
    return row
