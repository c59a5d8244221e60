"""What plan home and the lists of actions ask for, with SQL that is made once in each process.

`stages` are the numbers of the stages that the reader of the plan can see, so that nothing of the
others is fetched.
"""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet, Value

from assessments.comments.models import Comment
from assessments.plans.models import STAGES, PlanItem
from assessments.register.models import Agreement
from assessments.reviews.models import ControlChange
from assessments.seats.models import CouncilComposition
from assessments.vacancies.models import Vacancy
from councils.models import Membership
from councils.prepared import PreparedQuery
from frameworks.models import RoleArea, Stage

# The agreements that say who runs the council.
GOVERNING = (Agreement.Kind.COALITION, Agreement.Kind.CONFIDENCE, Agreement.Kind.ALL_PARTY)


@PreparedQuery
def actions_of_stage(plan_id: int, stage_id: int) -> QuerySet[PlanItem]:
    """Return the live actions of a stage, which the reader must be able to see."""
    items = PlanItem.objects.live().filter(plan=plan_id, step__stage=stage_id)
    return items.with_everything()


@PreparedQuery
def actions_with_keys(plan_id: int, *keys: int) -> QuerySet[PlanItem]:
    """Return a few actions of a plan, which the reader must be able to see."""
    return PlanItem.objects.filter(plan=plan_id, pk__in=keys).with_everything()


@PreparedQuery
def rows_of_plan(plan_id: int, *, stages: tuple[int, ...]) -> QuerySet:
    """Return rows to count the live actions of a plan (`to_count`)."""
    items = PlanItem.objects.live().filter(plan=plan_id)
    if stages != STAGES:
        items = items.filter(step__stage__number__in=stages)
    return items.to_count()


@PreparedQuery
def latest_composition(council_id: int, *, today: dt.date) -> QuerySet[CouncilComposition]:
    """Return who holds the seats of the council today, for its members; one row at most."""
    found = CouncilComposition.objects.of(council_id).in_effect(today)
    return found.select_related("council")[:1]


@PreparedQuery
def vacancies_since(council_id: int, *, day: dt.date) -> QuerySet[Vacancy]:
    """Return vacancies that a composition of `day` does not count, and those filled since then.

    For members of the council.
    """
    return Vacancy.objects.filter(plan__council=council_id).changed_since(day)


@PreparedQuery
def governing_agreement(plan_id: int) -> QuerySet[Agreement]:
    """Return the latest agreement on who runs the council, for readers of the register.

    `is_from_before` is whether a change of the arrangement was recorded after it was last saved.
    """
    found = Agreement.objects.live().filter(plan=plan_id, kind__in=GOVERNING)
    later = ControlChange.objects.filter(plan=OuterRef("plan"), at__gt=OuterRef("saved_at"))
    later = later.filter(kind__in=ControlChange.MOVES_PARTIES)
    found = found.annotate(is_from_before=Exists(later))
    return found.order_by("-made_on", "-pk")[:1]


@PreparedQuery
def owners_of_actions(plan_id: int, *, stages: tuple[int, ...]) -> QuerySet[Membership]:
    """Return the memberships that own a live action in these stages, by name."""
    items = PlanItem.objects.live().filter(plan=plan_id, owner__isnull=False)
    if stages != STAGES:
        items = items.filter(step__stage__number__in=stages)
    owners = Membership.objects.filter(pk__in=items.values("owner")).select_related("user")
    return owners.order_by("user__name", "pk")


@PreparedQuery
def stages_and_areas(framework_id: int) -> QuerySet:
    """Return kind, number and title of the stages (0) and the role areas (1) of the guidance."""
    stages = Stage.objects.filter(framework=framework_id).order_by()
    areas = RoleArea.objects.filter(framework=framework_id).order_by()
    return (
        stages.values_list(Value(0), "number", "short_title")
        .union(areas.values_list(Value(1), "number", "title"), all=True)
        .order_by("number")
    )


@PreparedQuery
def comments_shown(plan_id: int, *, stages: tuple[int, ...]) -> QuerySet[Comment]:
    """Return the comments of a plan in these stages that were not removed."""
    said = Comment.objects.shown().filter(thread__plan=plan_id)
    if stages != STAGES:
        said = said.filter(thread__step__stage__number__in=stages)
    return said.select_related("author", "thread__step")
