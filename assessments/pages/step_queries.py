"""What the page of a step asks for, with SQL that is made once in each process.

`stages` are the numbers of the stages that the reader of the plan can see, so that nothing of the
others is fetched.
"""

from django.db.models import Q, QuerySet, Subquery, Value

from assessments.advice.access import number_of_questions
from assessments.comments.models import Comment
from assessments.links.models import DocumentLink
from assessments.plans.models import PlanItem
from assessments.restricted_notes.models import RestrictedNote
from councils.models import User
from councils.prepared import PreparedQuery
from frameworks.models import Step, StepComponentLink, StepThemeLink

SHOWN = ("stage", "role_area", "lead_role", "framework")  # of a step, on its page


@PreparedQuery
def steps_near(
    framework_id: int,
    before: int,
    number: int,
    after: int,
    plan_id: int,
    *adviser_id: int,
    stages: tuple[int, ...],
) -> QuerySet[Step]:
    """Return the step with a number, the others of its area, and those with the numbers beside it.

    Each carries `questions`, how many there are to advisers on it; with `adviser_id`, to that one.
    """
    steps = Step.objects.select_related(*SHOWN)
    steps = steps.annotate(questions=number_of_questions(plan_id, *adviser_id))
    area = Step.objects.filter(framework=framework_id, number=number).values("role_area")
    near = Q(number=before) | Q(number=after) | Q(role_area=Subquery(area))
    return steps.filter(near, framework=framework_id, stage__number__in=stages)


@PreparedQuery
def readable_notes(
    user_id: int, plan_id: int, step_id: int, *, needs_second_factor: bool
) -> QuerySet[RestrictedNote]:
    """Return the restricted notes on the actions of a step that the person can read now.

    `needs_second_factor` is the setting, by which `readable_by` decides.
    """
    notes = RestrictedNote.objects.readable_by(User(pk=user_id))
    return notes.filter(item__plan=plan_id, item__step=step_id).prefetch_related("readers__user")


@PreparedQuery
def comments_by_action(user_id: int, plan_id: int, step_id: int) -> QuerySet:
    """Return a row of counts for each action of a step with comments, and for the step itself.

    The reader must be able to see the step.
    """
    said = Comment.objects.filter(thread__plan=plan_id, thread__step=step_id)
    return said.tally_by("thread__item", user=User(pk=user_id))


@PreparedQuery
def links_on_actions(plan_id: int, step_id: int) -> QuerySet[DocumentLink]:
    """Return the links to documents on the actions of a step, which the reader must see."""
    return DocumentLink.objects.filter(plan=plan_id, item__step=step_id)


@PreparedQuery
def actions_of_step(plan_id: int, step_id: int, *, stages: tuple[int, ...]) -> QuerySet[PlanItem]:
    """Return the actions of a step, removed ones too, with what its page shows of them."""
    items = PlanItem.objects.filter(plan=plan_id, step=step_id, step__stage__number__in=stages)
    return items.with_everything().select_related(
        "made_from__answer__component", "made_from__answer__respondent__round"
    )


@PreparedQuery
def rows_of_area(plan_id: int, area_id: int, *, stages: tuple[int, ...]) -> QuerySet:
    """Return rows to count the actions of the steps of a role area (`to_count`)."""
    items = PlanItem.objects.live().filter(plan=plan_id, step__role_area=area_id)
    return items.filter(step__stage__number__in=stages).to_count()


@PreparedQuery
def related_guidance(step_id: int, components_id: int) -> QuerySet:
    """Return kind, number, title and reason of the links of a step, for one edition of components.

    The kind is 0 for a component of coalitions and 1 for a development theme.
    """
    components = StepComponentLink.objects.filter(
        step=step_id, component__framework=components_id
    ).order_by()
    themes = StepThemeLink.objects.filter(step=step_id).order_by()
    return components.values_list(
        Value(0), "component__number", "component__title", "reason"
    ).union(themes.values_list(Value(1), "theme__number", "theme__title", "reason"), all=True)
