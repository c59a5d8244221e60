from collections.abc import Container
from dataclasses import dataclass
from typing import Self

from django.db import models
from django.utils import timezone

from govuk.fields import within_sentence

from .people import STATUTORY_OFFICES, Membership, Office, User

# Roles with duties of their own. The others are not one person's.
DEPUTISED_OFFICES = (
    *STATUTORY_OFFICES,
    Office.RETURNING_OFFICER,
    Office.HEAD_OF_DEMOCRATIC_SERVICES,
    Office.HEAD_OF_COMMUNICATIONS,
    Office.HEAD_OF_HR,
)


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)


class Deputy(models.Model):
    """A member who acts as deputy of an officer of the council, as an owner has recorded.

    The monitoring officer and the section 151 officer nominate their deputies themselves (Local
    Government and Housing Act 1989 s.5(7); Local Government Finance Act 1988 s.114(6)). An ended
    row is kept: it says in which role someone acted.
    """

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="deputy_posts")
    office = models.CharField(
        "officer role",
        max_length=40,
        choices=[(each.value, each.label) for each in DEPUTISED_OFFICES],
    )
    named_at = models.DateTimeField(default=timezone.now)
    named_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        ordering = ["office", "named_at", "pk"]
        verbose_name_plural = "deputies"
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "office"],
                condition=models.Q(ended_at=None),
                name="deputy_once_a_post",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership.user}, {self.post}"

    @property
    def post(self) -> str:
        return ActingPost(self.office, as_deputy=True).label

    @property
    def is_self_set(self) -> bool:
        """Return whether they named themselves as the deputy of a statutory officer."""
        return self.office in STATUTORY_OFFICES and self.named_by_id == self.membership.user_id


@dataclass(frozen=True)
class ActingPost:
    """An officer role in which a member acts: their own, or one that they are a deputy for."""

    office: str
    as_deputy: bool

    @property
    def label(self) -> str:
        """The role in words, for example "Deputy monitoring officer"."""
        label = Office(self.office).label
        return f"Deputy {within_sentence(label)}" if self.as_deputy else label


def posts_of(membership_id: int, office: str, *, among: Container[str]) -> list[ActingPost]:
    """Return the roles among some in which a member acts, their own `office` first.

    One query, unless their own is one of them: then they act in no other.
    """
    if office in among:
        return [ActingPost(office, as_deputy=False)]
    acts = Deputy.objects.current().filter(membership=membership_id)
    return [
        ActingPost(each, as_deputy=True)
        for each in acts.values_list("office", flat=True)
        if each in among
    ]
