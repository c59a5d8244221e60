"""An officer role in a transition: its part, and which steps it supports beside what it leads."""

from dataclasses import dataclass

from django.db.models import Q

from councils.models import Office
from frameworks.models import OfficerRole, Step
from frameworks.wording import paragraphs, put_term


@dataclass(frozen=True)
class Support:
    """A step that somebody else leads as a whole and the role supports."""

    number: int
    title: str
    stage: str
    summary: str


@dataclass(frozen=True)
class Role:
    name: str
    part: tuple[str, ...]
    supports: tuple[Support, ...]


def role_for(plan, office):
    """The role as a reader of `plan` sees it, in the plan's own term. Two queries."""
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
            Support(step.number, step.title, step.stage.short_title, put_term(step.summary, term))
            for step in steps
        ),
    )
