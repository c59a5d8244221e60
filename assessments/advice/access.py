"""What a signed-in person can reach of the questions to advisers."""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.access import Rights, plan_for
from assessments.plans.models import AdviserGrant, Plan
from councils.models import User
from councils.permissions import Right, require_second_factor

from .models import AdviceQuestion


def questions_on(user: User, plan: Plan) -> QuerySet[AdviceQuestion]:
    """Return the questions on the steps that `user` can see: an adviser reads only their own."""
    found = AdviceQuestion.objects.filter(plan=plan, step__stage__number__in=plan.stages)
    if plan.grant_id:
        found = found.filter(adviser=user)
    return found.with_access().select_related("step__stage", "adviser", "asked_by", "ended_by")


def number_of_questions(plan_id: int, *adviser_id: int) -> Subquery:
    """Return an annotation of steps: how many questions there are, or how many to one adviser."""
    found = AdviceQuestion.objects.filter(plan=plan_id, step=OuterRef("pk"))
    for each in adviser_id:
        found = found.filter(adviser=each)
    counts = found.order_by().values("step").annotate(number=Count("pk")).values("number")
    return Subquery(counts, output_field=IntegerField())


def advice_for(user: User, plan_id: int, *, needs: Right = Right.VIEW) -> tuple[Plan, Rights]:
    """Return the plan and the rights of `user` in it; else 404 or 403."""
    return plan_for(user, plan_id, needs=needs)


def question_for(
    user: User, plan_id: int, question_id: int, *, needs: Right = Right.VIEW
) -> tuple[Plan, AdviceQuestion, Rights]:
    """Return the plan, a question that `user` can read, and the Rights; else 404 or 403."""
    plan, rights = plan_for(user, plan_id, needs=needs)
    question = get_object_or_404(questions_on(user, plan), pk=question_id)
    question.plan = plan
    return plan, question, rights


def question_to_answer(user: User, plan_id: int, question_id: int) -> tuple[Plan, AdviceQuestion]:
    """Return the plan and a question that was put to `user`; 404 for anyone else's."""
    plan, question, _ = question_for(user, plan_id, question_id)
    if question.adviser_id != user.pk:
        raise Http404
    return plan, question


def grants_to_ask(plan: Plan) -> QuerySet[AdviserGrant]:
    """Return the live grants of a plan with their advisers."""
    return AdviserGrant.objects.live().filter(plan=plan).select_related("adviser")


def queue_of(user: User) -> QuerySet[AdviceQuestion]:
    """Return the questions that `user` can answer, of all councils, soonest first."""
    require_second_factor(user)
    found = AdviceQuestion.objects.to_answer(user)
    return found.select_related("plan__council", "step", "asked_by")
