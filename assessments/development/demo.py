"""The demo chief executive's development record, partly completed, and a check-in with the Leader
that both have shared.
"""

import datetime as dt

from assessments.demo_story import moment_of, working_day_of
from frameworks.models import DevelopmentTheme, Step

from . import actions
from .models import CheckInPart, Rating, Reflection, StandardAnswer

NOT_YET, DEVELOPING, SECURE, STRENGTH = (
    Rating.NOT_YET,
    Rating.DEVELOPING,
    Rating.SECURE,
    Rating.STRENGTH,
)

# Standard, ratings with days since, evidence, next step, days until it is due.
ANSWERS = [
    ("DEV-1A.1", [(SECURE, 90)], "", "", None),
    ("DEV-1A.4", [(DEVELOPING, 90), (SECURE, 14)], "", "", None),
    ("DEV-1A.5", [(STRENGTH, 90)], "Gold commander in 2 floods.", "", None),
    ("DEV-1A.6", [(SECURE, 90)], "", "", None),
    ("DEV-1S.4", [(SECURE, 11)], "The count and the first days after it.", "", None),
    ("DEV-2A.1", [(STRENGTH, 88)], "", "", None),
    ("DEV-2A.2", [(SECURE, 88)], "", "", None),
    (
        "DEV-2A.4",
        [(DEVELOPING, 88), (STRENGTH, 4)],
        "Worked through the political balance calculation with Tom.",
        "",
        None,
    ),
    (
        "DEV-2A.5",
        [(DEVELOPING, 88)],
        "",
        "Ask each group leader how their group takes decisions",
        12,
    ),
    (
        "DEV-2G.2",
        [(DEVELOPING, 88), (SECURE, 12)],
        "Monthly meetings with every group leader.\nThe same length and the same offer for each.",
        "",
        None,
    ),
    ("DEV-2G.5", [(SECURE, 60)], "", "", None),
    (
        "DEV-2S.1",
        [(DEVELOPING, 40)],
        "Rewrote a briefing note so that it could not be read as a view on who should run the council.",
        "Talk through 2 recent pieces of advice with Sam",
        9,
    ),
    ("DEV-2S.3", [(NOT_YET, 88), (DEVELOPING, 5)], "", "", None),
    ("DEV-2S.5", [(NOT_YET, 88)], "", "", None),
    ("DEV-3A.3", [(DEVELOPING, 80), (SECURE, 9)], "", "", None),
    ("DEV-3A.5", [(STRENGTH, 80)], "", "", None),
    (
        "DEV-3G.5",
        [(DEVELOPING, 80)],
        "Reviewed the scheme of delegation and the petition scheme with Daniel.",
        "Book the constitution working group with Daniel",
        -3,
    ),
    ("DEV-4A.1", [(SECURE, 70)], "", "", None),
    ("DEV-4S.1", [(DEVELOPING, 70)], "", "", None),
    ("DEV-5A.1", [(SECURE, 70)], "", "", None),
    ("DEV-5G.2", [(NOT_YET, 70)], "", "Plan the budget review with Priya", 45),
    ("DEV-6A.1", [(DEVELOPING, 30)], "", "", None),
]
# Days ago, step of the plan (0 for none), standards, text.
JOURNAL = [
    (
        33,
        6,
        ["DEV-2G.2"],
        "Last round of meetings with group leaders before the poll. I learned most in the meetings where I asked questions and listened.",
    ),
    (
        11,
        11,
        ["DEV-2S.1", "DEV-2S.3"],
        "First talks with the groups since the poll. Meeting each group alone first was the right choice. I did not pass anything from one group to another, and said so at the start of each meeting.",
    ),
    (
        2,
        0,
        [],
        "Waited a day before answering on the leisure contract. The answer was better for it.",
    ),
]
# Days ago, kind, number, note.
REFLECTIONS = [
    (
        31,
        "principle",
        5,
        "Two drafts this month named me where they should have named the council. Changed both.",
    ),
    (25, "principle", 7, "I need to be seen to treat every group in the same way."),
    (
        9,
        "principle",
        12,
        "I agree about trust. Until there is an administration, I will keep the same distance from every leader.",
    ),
    (
        3,
        "attribute",
        4,
        "The housing advice took longer than planned. The extra checks were needed.",
    ),
    (6, "attribute", 17, "Sam asked who I listen to least. I will ask SLT."),
]
# The chief executive's part and the Leader's, shortly before the election.
CHECK_IN = [
    {
        "going_well": "Our Monday meeting. Neither of us has been surprised in public this year.",
        "strain": "The leisure contract. I brought you a finished paper when you wanted to be involved earlier.",
        "edges": "Partnership meetings: it is not always clear which of us is speaking for the council.",
        "unsaid": "I will meet every group leader before the poll, on the same terms. You should hear that from me.",
        "ahead": "I will bring work to you earlier. It would help if you rang me before meetings rather than after.",
    },
    {
        "going_well": "You tell me bad news early. I rely on that.",
        "strain": "Leisure, too. I should have said at once that I wanted to be involved earlier.",
        "edges": "Staffing matters are yours. I commented on 2 appointments and should not have done.",
        "unsaid": "I do not know whether I will be Leader after the election. Plan for both.",
        "ahead": "15 minutes after each cabinet meeting, without papers.",
    },
]


def seed_check_in(chief, leader, *, today):
    opened = today - dt.timedelta(days=63)
    yield moment_of(opened, "08:45")
    own = actions.open_check_in(chief, other=leader)
    for days, person, words in zip((0, 4), (chief, leader), CHECK_IN, strict=True):
        yield moment_of(opened + dt.timedelta(days=days), "18:20")
        part = CheckInPart.objects.get(check_in=own.check_in_id, person=person)
        actions.save_part(part, version=part.version, show=True, **words)


def seed_record(story, person, *, plan, reader, today):
    """Fill the record of `person` over some months, and share one theme with `reader`."""
    record = actions.start_record(person)
    standards = {standard.code: standard for standard in record.standards}
    steps = {step.number: step for step in Step.objects.filter(framework=plan.transition_id)}
    story.begin(
        *(_answer(record, standards, today, *answer) for answer in ANSWERS),
        _journal(record, standards, steps, plan, today),
        _reflections(record, today),
    )
    yield moment_of(today - dt.timedelta(days=6), "17:40")
    actions.share_record(
        record,
        reader=reader,
        themes=DevelopmentTheme.objects.filter(framework=record.edition, number=2),
        with_journal=False,
        until=today + dt.timedelta(days=60),
    )


def _answer(record, standards, today, code, ratings, evidence, next_step, days):
    """Rate one standard on each of its days; the evidence and the next step come last."""
    answer = StandardAnswer(record=record, standard=standards[code], version=0)
    for number, (rating, ago) in enumerate(ratings, start=1):
        yield moment_of(today - dt.timedelta(days=ago), "17:50")
        about = {}
        if number == len(ratings):
            next_on = None if days is None else working_day_of(today + dt.timedelta(days=days))
            about = {"evidence": evidence, "next_step": next_step, "next_step_on": next_on}
        actions.save_answer(answer, version=answer.version, rating=rating, **about)
        answer = StandardAnswer.objects.get(record=record, standard=standards[code])


def _journal(record, standards, steps, plan, today):
    for ago, number, codes, words in JOURNAL:
        moment = moment_of(today - dt.timedelta(days=ago), "18:05")
        yield moment
        actions.write_entry(
            record,
            day=moment.date(),
            words=words,
            standards=[standards[code] for code in codes],
            plan=plan if number else None,
            step=steps.get(number),
        )


def _reflections(record, today):
    for ago, kind, number, note in sorted(REFLECTIONS, reverse=True):
        yield moment_of(today - dt.timedelta(days=ago), "18:15")
        subject = Reflection.subjects(kind, record).get(number=number)
        reflection = Reflection(record=record, version=0, **{kind: subject})
        actions.save_reflection(reflection, version=0, note=note)
