"""The demo's questions to the adviser: one to answer, and one answered and shown in downloads."""

from assessments.demo_story import working_moment
from elections.calendar import working_days_before
from frameworks.models import Step

from .actions import answer_question, ask_for_advice, show_in_exports

OPEN = (
    13,
    "Two groups want to share the chairs of the scrutiny committees. What have other councils "
    "written into their agreements about this?",
)
ANSWERED = (
    11,
    "How often should I meet the leaders of all the groups together before annual council?",
)
ANSWER = (
    "Once a week is usual, on a fixed day. Offer the same meeting to every group, and send the "
    "same papers to all of them beforehand."
)


def seed_advice(plan, adviser, *, by, today):
    """Ask both questions and answer the second. Both answers are needed before annual council."""
    eve = working_days_before(plan.timetable.annual_meeting, 1)
    asked = {}
    for days_ago, clock, (number, words), due in (
        (6, "11:50", ANSWERED, working_days_before(today, 1)),
        (3, "12:05", OPEN, eve),
    ):
        yield working_moment(today, days_ago, clock)
        step = Step.objects.select_related("stage").get(framework=plan.transition_id, number=number)
        asked[number] = ask_for_advice(plan, step, adviser=adviser, question=words, due=due, by=by)
    yield working_moment(today, 2, "13:40")
    answered = asked[ANSWERED[0]]
    answer_question(answered, answer=ANSWER, by=adviser)
    yield working_moment(today, 1, "10:30")
    show_in_exports(answered, shown=True, by=by)
