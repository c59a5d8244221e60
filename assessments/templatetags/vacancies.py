"""Seats that have become vacant, for pages of subjects that know no vacancies."""

from django import template

from assessments.seats.models import CouncilComposition
from assessments.vacancies.models import Vacancy, VacancyState

register = template.Library()


@register.simple_tag
def vacancies_after(composition: CouncilComposition) -> list[Vacancy]:
    """Return the council's open vacancies that arose after the day of a composition, in order."""
    found = Vacancy.objects.filter(
        plan__council=composition.council_id,
        state=VacancyState.OPEN,
        arose_on__gt=composition.as_at,
    )
    return list(found.order_by("arose_on", "pk"))
