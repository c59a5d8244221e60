from datetime import datetime, timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from ..tokens import digest_of
from .people import BroughtModel, User, counts_in

CHANGE_LIFE = timedelta(days=7)

Sent = TypeVar("Sent", bound=models.Model)


class EarlierAddress(BroughtModel):
    """An address that a person had before they changed it, for erasing them from what says it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="earlier_addresses")
    email = models.EmailField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name_plural = "earlier addresses"

    def __str__(self) -> str:
        return self.email


def sent_to(
    user: User,
    rows: models.QuerySet[Sent, Sent],
    *,
    at: str = "sent_at",
    council: str = "council",
) -> models.QuerySet[Sent, Sent]:
    """Return those of `rows` that went to the person, by their `email` and the time in `at`.

    `council` is the lookup from a row to its council.

    Where an address has passed from one person to another, a row belongs to the one who had it at
    the time: the first who left it afterwards, or else the one who has it now.
    """
    left = EarlierAddress.objects.filter(
        counts_in(OuterRef(council)), email=OuterRef("email"), changed_at__gte=OuterRef(at)
    )
    who = left.order_by("changed_at", "pk").values("user")[:1]
    found = rows.annotate(address_left_by=Subquery(who))
    has_it = Q(address_left_by=None, email=user.email)
    return found.filter(has_it | Q(address_left_by=user.pk))


class AddressChangeQuerySet(models.QuerySet["AddressChange"]):
    def open(self) -> Self:
        return self.filter(asked_at__gt=timezone.now() - CHANGE_LIFE)

    def closed(self) -> Self:
        """Return those whose links have expired."""
        return self.filter(asked_at__lte=timezone.now() - CHANGE_LIFE)

    def for_token(self, token: str) -> Self:
        """Return the open change to which the link in one of the two emails leads."""
        digest = digest_of(token)
        return self.open().filter(Q(old_digest=digest) | Q(new_digest=digest))

    def to_stand_in_for(self) -> Self:
        """Return open changes whose earlier mailbox is lost, not yet confirmed for it.

        Two other people confirm them in its place.
        """
        waiting = self.open().filter(has_lost_old=True, old_confirmed_at=None)
        return waiting.filter(user__is_active=True).select_related("user", "first_stand_in")


class AddressChange(models.Model):
    """A change of a person's own email address that is waiting to be confirmed from both addresses.

    Each link contains 256 random bits, of which only a digest is stored. It is deleted once it is
    done or cancelled; the record of the person's councils keeps what was done.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="address_change")
    new_email = models.EmailField()
    old_digest = models.CharField(max_length=64, unique=True)
    new_digest = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(default=timezone.now)
    old_confirmed_at = models.DateTimeField(null=True, blank=True)
    new_confirmed_at = models.DateTimeField(null=True, blank=True)
    has_lost_old = models.BooleanField(default=False)
    # The first of two people who confirm in place of a lost mailbox.
    first_stand_in = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True
    )
    first_stood_in_at = models.DateTimeField(null=True, blank=True)
    # Of a move to another domain, to which two operators agreed: only the new address confirms it,
    # and only while the person is signed in.
    move = models.ForeignKey(
        "councils.DomainMovePerson", models.CASCADE, related_name="+", null=True, blank=True
    )

    objects = AddressChangeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"New address of {self.user}"

    @property
    def expires_at(self) -> datetime:
        return self.asked_at + CHANGE_LIFE

    def is_from_old(self, token: str) -> bool:
        """Return whether a link is the one that was sent to the earlier address."""
        return self.old_digest == digest_of(token)
