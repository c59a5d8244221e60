from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..tokens import digest_of
from .councils import Council
from .people import Access, Office, User

INVITATION_LIFE = timedelta(hours=72)


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Neither accepted nor withdrawn; perhaps expired, and then worth sending again."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def for_token(self, token):
        """The invitation that a link leads to, if it can still be used."""
        return self.open().filter(
            token_digest=Invitation.digest_of(token), expires_at__gt=timezone.now()
        )


class Invitation(models.Model):
    """A place in a council, offered to an e-mail address.

    The link holds 256 random bits that are stored only as a digest: whoever reads the database
    cannot use it.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=120)
    office = models.CharField("officer role", max_length=40, choices=Office)
    job_title = models.CharField(max_length=80, blank=True)
    access = models.CharField(max_length=10, choices=Access)

    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_one_open_an_address",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
                name="invitation_accepted_or_withdrawn",
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.post}"

    digest_of = staticmethod(digest_of)

    @property
    def post(self):
        return self.job_title or self.get_office_display()

    @property
    def has_expired(self):
        return self.expires_at <= timezone.now()
