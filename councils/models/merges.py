from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..tokens import digest_of
from .addresses import CHANGE_LIFE
from .people import User


class AccountMergeQuerySet(models.QuerySet["AccountMerge"]):
    def open(self) -> Self:
        return self.filter(asked_at__gt=timezone.now() - CHANGE_LIFE)

    def closed(self) -> Self:
        """Return those whose links have expired."""
        return self.filter(asked_at__lte=timezone.now() - CHANGE_LIFE)

    def for_token(self, token: str) -> Self:
        """Return the open request to which the link in the email leads."""
        return self.open().filter(digest=digest_of(token)).exclude(other=None)

    def of(self, user: User) -> Self:
        """Return the requests about an account of `user`, whichever of the two."""
        return self.filter(Q(asked_by=user) | Q(other=user))

    def to_stand_in_for(self) -> Self:
        """Return open requests whose other mailbox is lost: two operators confirm them instead."""
        waiting = self.open().filter(has_lost_other=True, asked_by__is_active=True)
        return waiting.filter(other__is_active=True).select_related(
            "asked_by", "other", "first_stand_in"
        )


class AccountMerge(models.Model):
    """A request by a person to merge two accounts of theirs, waiting to be confirmed.

    They ask signed in to one account; a link goes to the address of the other. It contains 256
    random bits, of which only a digest is stored. The row is deleted once it is done or cancelled.
    """

    asked_by = models.OneToOneField(User, models.CASCADE, related_name="account_merge")
    email = models.EmailField()
    # Null if there is no account with that address: the page must not tell.
    other = models.ForeignKey(User, models.CASCADE, related_name="+", null=True, blank=True)
    keeps_other = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(default=timezone.now)
    has_lost_other = models.BooleanField(default=False)
    # The first of two operators who confirm in place of a lost mailbox.
    first_stand_in = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True
    )
    first_stood_in_at = models.DateTimeField(null=True, blank=True)

    objects = AccountMergeQuerySet.as_manager()

    class Meta:
        constraints = [
            # An account whose mailbox is lost cannot be the one to keep.
            models.CheckConstraint(
                condition=Q(has_lost_other=False) | Q(keeps_other=False),
                name="accountmerge_keeps_one_with_mailbox",
            ),
        ]

    def __str__(self) -> str:
        return f"Merge of two accounts of {self.asked_by}"

    @property
    def expires_at(self) -> datetime:
        return self.asked_at + CHANGE_LIFE

    @property
    def kept(self) -> User:
        """The account that stays. Only for a request whose other account exists."""
        return self._other if self.keeps_other else self.asked_by

    @property
    def ended(self) -> User:
        """The account that ends. Only for a request whose other account exists."""
        return self.asked_by if self.keeps_other else self._other

    @property
    def _other(self) -> User:
        assert self.other is not None  # noqa: S101 - see `for_token` and `to_stand_in_for`
        return self.other
