"""Ask an adviser a question, answer it, withdraw or close it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from assessments.addresses import address
from assessments.notices.actions import tell
from assessments.notices.models import Notice
from assessments.plans.actions import hold, leave_room, record
from assessments.plans.models import AdviserGrant, Event, Plan
from councils.models import User
from frameworks.models import Step

from .models import AdviceQuestion


class AdviceRefused(Exception):
    """The question cannot be asked or changed now; the message says why."""


def ask_for_advice(
    plan: Plan, step: Step, *, adviser: User, question: str, due: dt.date, by: User
) -> AdviceQuestion:
    """Send a question to an adviser who can see the step until the day of the answer.

    Raises AdviceRefused if their access has changed, and TooManyEntries.
    """
    with transaction.atomic():
        hold(plan)
        grant = AdviserGrant.objects.live().filter(plan=plan, adviser=adviser).first()
        if grant is None or step.stage.number not in grant.stages or due > grant.until:
            raise AdviceRefused("The adviser’s access has changed. Check it, then ask again.")
        leave_room(AdviceQuestion, plan)
        asked = AdviceQuestion.objects.create(
            plan=plan, step=step, adviser=adviser, asked_by=by, question=question, due=due
        )
        _tell(asked, adviser, Notice.Kind.ADVICE, by=by)
        record(plan, Event.Kind.ADVICE_ASKED, by=by, detail=_detail(asked))
    return asked


def answer_question(question: AdviceQuestion, *, answer: str, by: User) -> None:
    """Save the answer and tell the owner who asked. Raises AdviceRefused."""
    with transaction.atomic():
        hold(question.plan)
        found = AdviceQuestion.objects.to_answer(by).filter(pk=question.pk)
        if not found.update(answer=answer, answered_at=timezone.now()):
            raise AdviceRefused("This question was withdrawn or answered after you opened it.")
        _tell(question, question.asked_by, Notice.Kind.ANSWER, by=by)
        record(question.plan, Event.Kind.ADVICE_ANSWERED, by=by, detail=_detail(question))


def end_question(question: AdviceQuestion, *, by: User) -> None:
    """Withdraw a question that has no answer, or close one that has. Does nothing if it ended."""
    with transaction.atomic():
        hold(question.plan)
        found = AdviceQuestion.objects.filter(pk=question.pk, ended_at=None)
        if not found.update(ended_at=timezone.now(), ended_by=by):
            return
        question.refresh_from_db(fields=["answered_at"])
        kind = Event.Kind.ADVICE_CLOSED if question.answered_at else Event.Kind.ADVICE_WITHDRAWN
        record(question.plan, kind, by=by, detail=_detail(question))


def show_in_exports(question: AdviceQuestion, *, shown: bool, by: User) -> None:
    """Show an answered question in downloads of the plan, or stop. Does nothing if it is so."""
    with transaction.atomic():
        hold(question.plan)
        found = AdviceQuestion.objects.filter(pk=question.pk, answered_at__isnull=False)
        if found.exclude(in_exports=shown).update(in_exports=shown):
            kind = Event.Kind.ADVICE_SHOWN if shown else Event.Kind.ADVICE_HIDDEN
            record(question.plan, kind, by=by, detail=_detail(question))


def _tell(question: AdviceQuestion, person: User, kind: Notice.Kind, *, by: User) -> None:
    tell(
        [person],
        kind,
        plan=question.plan,
        step=question.step,
        due=question.due if kind == Notice.Kind.ADVICE else None,
        by=by,
        key=f"{kind}:{question.pk}",
        path=address("advice_question", question.plan_id, question.pk),
    )


def _detail(question: AdviceQuestion) -> str:
    """Name the step only: neither the text nor an adviser who may not have opened the plan."""
    return f"step {question.step.number}"
