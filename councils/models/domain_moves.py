from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from .councils import Council
from .people import User

MOVE_LIFE = timedelta(days=90)
DOMAIN_LENGTH = 180


class DomainMoveQuerySet(models.QuerySet["DomainMove"]):
    def open(self) -> Self:
        """Return moves that were neither finished nor cancelled and have not expired."""
        return self.filter(closed_at=None).filter(self._began(gt=True))

    def expired(self) -> Self:
        return self.filter(closed_at=None).filter(self._began(gt=False))

    @staticmethod
    def _began(*, gt: bool) -> Q:
        since = timezone.now() - MOVE_LIFE
        began = Coalesce(F("agreed_at"), F("asked_at"))
        compared = models.lookups.GreaterThan if gt else models.lookups.LessThanOrEqual
        return Q(compared(began, since))


class DomainMove(models.Model):
    """A move of a council's people from email addresses of one domain to those of another.

    One operator asks for it and another agrees. Nothing changes then: each person confirms their
    own new address, signed in, from an email to it.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="domain_moves")
    old_domain = models.CharField(max_length=DOMAIN_LENGTH)
    new_domain = models.CharField(max_length=DOMAIN_LENGTH)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = DomainMoveQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["council"],
                condition=Q(closed_at=None),
                name="domainmove_one_open_a_council",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by=None) | ~Q(agreed_by=F("asked_by")),
                name="domainmove_two_operators",
            ),
        ]

    def __str__(self) -> str:
        return f"@{self.old_domain} to @{self.new_domain}"

    @property
    def expires_at(self) -> datetime:
        return (self.agreed_at or self.asked_at) + MOVE_LIFE


class DomainMovePerson(models.Model):
    """The address that one person gets in a move, and when they confirmed it.

    The rows are deleted when the move ends: the council's record keeps who changed their address.
    """

    move = models.ForeignKey(DomainMove, models.CASCADE, related_name="people")
    user = models.ForeignKey(User, models.CASCADE, related_name="domain_moves")
    new_email = models.EmailField()
    moved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["user__name", "pk"]
        verbose_name_plural = "people of domain moves"
        constraints = [
            models.UniqueConstraint(fields=["move", "user"], name="domainmoveperson_once_a_move")
        ]

    def __str__(self) -> str:
        return f"{self.user} to {self.new_email}"
