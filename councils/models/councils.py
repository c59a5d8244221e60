from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from ..validators import validate_one_line

if TYPE_CHECKING:
    from .people import User


class CouncilType(models.TextChoices):
    """The types of council in the council directory."""

    COUNTY = "county", "County council"
    DISTRICT = "district", "District or borough council"
    LONDON_BOROUGH = "london-borough", "London borough"
    METROPOLITAN = "metropolitan", "Metropolitan district"
    UNITARY = "unitary", "Unitary authority"
    CITY_CORPORATION = "city-corporation", "City corporation"


@dataclass(frozen=True)
class AreaWords:
    """What the areas that elect councillors are called: one, several, and each in turn."""

    one: str
    many: str
    each: str

    def counted(self, number: int) -> str:
        """Write 1 ward or 2 wards."""
        return f"{number} {self.one if number == 1 else self.many}"


WARDS = AreaWords("ward", "wards", "ward by ward")
DIVISIONS = AreaWords("division", "divisions", "division by division")
WARDS_OR_DIVISIONS = AreaWords("ward or division", "wards or divisions", "ward by ward")


class ElectionCycle(models.TextChoices):
    """How a council's seats come up for election. Entered by the council: no open data has it."""

    UNKNOWN = "", "Not given"
    WHOLE = "whole", "Whole council"
    HALVES = "halves", "By halves"
    THIRDS = "thirds", "By thirds"


class CouncilQuerySet(models.QuerySet["Council"]):
    def visible_to(self, user: "User") -> Self:
        """Return the councils of which `user` is a current member, unless access is stopped."""
        current = self.filter(memberships__user=user, memberships__ended_at=None)
        return current.filter(stopped_at=None)


class Council(models.Model):
    name = models.CharField(max_length=120, unique=True, validators=[validate_one_line])
    slug = models.SlugField(max_length=120, unique=True)
    type = models.CharField(max_length=20, choices=CouncilType)
    election_cycle = models.CharField(
        max_length=10, choices=ElectionCycle, blank=True, default=ElectionCycle.UNKNOWN
    )
    gss_code = models.CharField(
        "GSS code",
        max_length=9,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^[EKNSW]\d{8}\Z", "A GSS code is a letter and 8 digits.")],
        help_text="Office for National Statistics code, for example E07000223.",
    )
    # Since when an operator has stopped all access to the council's plans. Nothing is deleted.
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False)

    established_on = models.DateField(
        "day it is established",
        null=True,
        blank=True,
        help_text="For a council that is not established yet, such as a shadow authority.",
    )
    predecessors = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="successors",
        blank=True,
        help_text="Councils that it takes over from.",
    )

    objects = CouncilQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="council_name_once_whatever_case"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def elects_whole_by_law(self) -> bool:
        """Whether the law has all seats up at once, so that there is nothing to enter.

        Source: Local Government Act 1972, section 7 and Schedule 2, paragraph 6.
        """
        return self.type in {CouncilType.COUNTY, CouncilType.LONDON_BOROUGH}

    @property
    def elects_whole(self) -> bool:
        """Whether all seats come up at once, as far as is known."""
        return self.elects_whole_by_law or self.election_cycle == ElectionCycle.WHOLE

    @property
    def area(self) -> AreaWords:
        """Return what its electoral areas are called.

        A county has electoral divisions and a district has wards (Local Government Act 1972,
        section 6(2)). Some unitary authorities are counties in law.
        """
        if self.type == CouncilType.COUNTY:
            return DIVISIONS
        return WARDS_OR_DIVISIONS if self.type == CouncilType.UNITARY else WARDS
