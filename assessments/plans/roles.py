"""An officer role: its part in the transition, and the steps it supports without leading them."""

from dataclasses import dataclass

from django.db.models import Q

from councils.models import Office
from frameworks.models import OfficerRole, Step
from frameworks.wording import paragraphs, put_term


@dataclass(frozen=True)
class SupportedStep:
    """A step that the role supports and another role leads."""

    number: int
    title: str
    stage: str
    summary: str


@dataclass(frozen=True)
class Role:
    name: str
    part: tuple[str, ...]
    supports: tuple[SupportedStep, ...]


def role_for(plan, office):
    """Return the role as the reader of `plan` sees it, in the term of the plan; 2 queries."""
    found = OfficerRole.objects.filter(code=office).first()
    if found is None:
        return Role(Office(office).label, (), ())
    term = plan.term
    steps = (
        Step.objects.filter(framework=plan.transition_id, stage__number__in=plan.stages)
        .filter(Q(support_roles=found) | Q(items__support_roles=found))
        .exclude(lead_role=found)
        .select_related("stage")
        .distinct()
    )
    return Role(
        name=found.name,
        part=tuple(put_term(text, term) for text in paragraphs(found.part)),
        supports=tuple(
            SupportedStep(
                step.number, step.title, step.stage.short_title, put_term(step.summary, term)
            )
            for step in steps
        ),
    )
