"""The demo's questions to the adviser: one to answer, and one answered and shown in downloads."""

import datetime as dt

from frameworks.models import Step

from .actions import answer_question, ask_for_advice, show_in_exports

OPEN = (
    13,
    "Two groups want to share the chairs of the scrutiny committees. What have other councils "
    "written into their agreements about this?",
    10,
)
ANSWERED = (
    11,
    "How often should I meet the leaders of all the groups together before annual council?",
    5,
)
ANSWER = (
    "Once a week is usual, on a fixed day. Offer the same meeting to every group, and send the "
    "same papers to all of them beforehand."
)


def seed_advice(plan, adviser, *, by, today):
    """Ask both questions and answer the second."""
    asked = []
    for number, words, days in (OPEN, ANSWERED):
        step = Step.objects.select_related("stage").get(framework=plan.transition_id, number=number)
        due = today + dt.timedelta(days=days)
        asked.append(ask_for_advice(plan, step, adviser=adviser, question=words, due=due, by=by))
    answer_question(asked[1], answer=ANSWER, by=adviser)
    show_in_exports(asked[1], shown=True, by=by)
