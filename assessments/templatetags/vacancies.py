"""Seats that have become vacant, for pages of subjects that know no vacancies."""

from django import template

from assessments.seats.models import CouncilComposition
from assessments.vacancies.access import vacant_since
from assessments.vacancies.models import Vacancy

register = template.Library()


@register.simple_tag
def vacancies_after(composition: CouncilComposition) -> list[Vacancy]:
    """Return the council's open vacancies that arose after the day of a composition, in order."""
    return vacant_since(composition)
