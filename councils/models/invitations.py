from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..tokens import digest_of
from ..validators import validate_one_line
from .addresses import EarlierAddress
from .councils import Council
from .people import STATUTORY_OFFICES, Access, Membership, Office, User, counts_in

INVITATION_LIFE = timedelta(hours=72)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Return invitations neither accepted nor withdrawn, including expired ones."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def with_sender(self) -> Self:
        """Annotate `sender_can_invite`: may the person who sent it still invite to the council?

        Owners may, and operators as long as a council has no owner: they invite the first one. If
        they invited 2 people, the second joins only if an owner sends the invitation again.
        """
        owners = Membership.objects.active_owners().filter(council=models.OuterRef("council"))
        is_owner = models.Exists(owners.filter(user=models.OuterRef("invited_by")))
        is_operator = Q(invited_by__is_operator=True, invited_by__is_active=True)
        can_invite = Q(is_owner) | (is_operator & ~models.Exists(owners))
        return self.annotate(
            sender_can_invite=models.ExpressionWrapper(can_invite, models.BooleanField())
        )

    def for_token(self, token: str) -> Self:
        """Return the invitation that a link leads to, if it can still be accepted.

        An invitation depends on its sender's right to invite, as `with_sender` says: it cannot be
        accepted once its sender is no longer an owner, nor while the council's access is stopped.
        """
        usable = self.open().with_sender().filter(sender_can_invite=True)
        usable = usable.filter(council__stopped_at=None)
        return usable.filter(
            token_digest=Invitation.digest_of(token), expires_at__gt=timezone.now()
        )

    def closed_before(self, moment) -> Self:
        """Return invitations that were withdrawn, or expired unused, before `moment`."""
        return self.filter(
            Q(withdrawn_at__lt=moment) | Q(accepted_at=None, expires_at__lt=moment),
            erased_at=None,
        )


class Invitation(models.Model):
    """A membership of a council, offered to an email address.

    The link contains 256 random bits, of which only a digest is stored.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=120, validators=[validate_one_line])
    office = models.CharField("officer role", max_length=40, choices=Office)
    job_title = models.CharField(max_length=80, blank=True, validators=[validate_one_line])
    access = models.CharField(max_length=10, choices=Access)

    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # When the name and address were replaced, for someone who never joined.
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
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

    def __str__(self) -> str:
        return f"{self.name}, {self.post}"

    digest_of = staticmethod(digest_of)

    @property
    def post(self) -> str:
        """The job title, or the officer role if there is none."""
        return self.job_title or self.get_office_display()

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()


def invited_person(invitation: Invitation) -> User | None:
    """Return the account that an invitation is for, if there is one.

    It is that of the person who had the address when the invitation was sent. They may have changed
    it since, and someone else may have it now.
    """
    left = EarlierAddress.objects.filter(
        counts_in(invitation.council_id),
        email=invitation.email,
        changed_at__gte=invitation.sent_at,
    ).order_by("changed_at", "pk")
    earlier = left.select_related("user").first()
    return earlier.user if earlier else User.objects.filter(email=invitation.email).first()


def offices_not_invited(council: Council) -> list[str]:
    """Return the statutory offices that no member holds and no open invitation names; 1 query."""
    held = Membership.objects.current().filter(council=council).order_by().values_list("office")
    invited = Invitation.objects.open().filter(council=council).order_by().values_list("office")
    found = {office for (office,) in held.union(invited)}
    return [office for office in STATUTORY_OFFICES if office not in found]
