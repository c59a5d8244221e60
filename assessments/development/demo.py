"""The demo chief executive's own development record, partly filled as such records are, and a
check-in with the Leader that both have shown.
"""

import datetime as dt

from django.utils import timezone

from frameworks.models import DevelopmentTheme, Step

from . import actions
from .models import CheckIn, CheckInPart, Rating, RatingMark, Reflection, StandardAnswer

NOT_YET, BEGUN, SECURE, STRENGTH = Rating.NOT_YET, Rating.BEGUN, Rating.SECURE, Rating.STRENGTH

# standard, ratings over time with the days since, evidence, next step, days until it
ANSWERS = [
    ("DEV-1A.1", [(SECURE, 90)], "", "", None),
    ("DEV-1A.4", [(BEGUN, 90), (SECURE, 14)], "", "", None),
    ("DEV-1A.5", [(STRENGTH, 90)], "Gold commander in two floods.", "", None),
    ("DEV-1A.6", [(SECURE, 90)], "", "", None),
    ("DEV-1S.4", [(SECURE, 20)], "The count and the week after it.", "", None),
    ("DEV-2A.1", [(STRENGTH, 88)], "", "", None),
    ("DEV-2A.2", [(SECURE, 88)], "", "", None),
    (
        "DEV-2A.4",
        [(BEGUN, 88), (STRENGTH, 8)],
        "Worked the political balance through by hand with Tom before the groups asked.",
        "",
        None,
    ),
    ("DEV-2A.5", [(BEGUN, 88)], "", "Ask each group leader how their group decides", 12),
    (
        "DEV-2G.2",
        [(BEGUN, 88), (SECURE, 12)],
        "Monthly meetings with every group leader since February.\nThe smaller groups had not had them before.",
        "",
        None,
    ),
    ("DEV-2G.5", [(SECURE, 60)], "", "", None),
    (
        "DEV-2S.1",
        [(BEGUN, 40)],
        "Held back a written note that would have read as a view on who should govern.",
        "Talk through two pieces of advice with Sam",
        9,
    ),
    ("DEV-2S.3", [(NOT_YET, 88), (BEGUN, 5)], "", "", None),
    ("DEV-2S.5", [(NOT_YET, 88)], "", "", None),
    ("DEV-3A.3", [(BEGUN, 80), (SECURE, 9)], "", "", None),
    ("DEV-3A.5", [(STRENGTH, 80)], "", "", None),
    (
        "DEV-3G.5",
        [(BEGUN, 80)],
        "Scheme of delegation and the petition scheme, with Daniel.",
        "Book the constitution working group with Daniel",
        -3,
    ),
    ("DEV-4A.1", [(SECURE, 70)], "", "", None),
    ("DEV-4S.1", [(BEGUN, 70)], "", "", None),
    ("DEV-5A.1", [(SECURE, 70)], "", "", None),
    ("DEV-5G.2", [(NOT_YET, 70)], "", "Plan the budget review with Priya", 45),
    ("DEV-6A.1", [(BEGUN, 30)], "", "", None),
]
# days ago, step of the plan, standards, words
JOURNAL = [
    (
        33,
        6,
        ["DEV-2G.2"],
        "Last round of group leaders before the poll. I talked too much in the first and hardly at all in the last, and learned most in the last.",
    ),
    (
        6,
        11,
        ["DEV-2S.1", "DEV-2S.3"],
        "What I learned brokering the first talks: seeing each group alone first was right. When two of them wanted to know what the others had said, silence was harder than I thought, and it held.",
    ),
    (2, 0, [], "Slept on the housing item before answering. Better answer."),
]
# what it is on, its number, note
REFLECTIONS = [
    (
        "principle",
        5,
        "Twice this month a draft named me where it should have named the council. Took it out both times.",
    ),
    (
        "principle",
        7,
        "What these weeks ask for most. Being seen to do it even-handedly is half of it.",
    ),
    (
        "principle",
        12,
        "Trust and truth, yes. Whether I should be at ease with one leader before there is an administration, I doubt: it would look like a preference.",
    ),
    ("attribute", 4, "Slower than I would like on the housing item, and better for it."),
    ("attribute", 17, "Sam’s question stays with me: whom do I listen to least?"),
]
# The chief executive's part and the Leader's, before the election.
CHECK_IN = [
    {
        "going_well": "We settle the week on Monday mornings, and neither of us has been surprised in public since the autumn.",
        "strain": "The leisure contract. I brought you a finished paper when you wanted to be in the thinking, and then defended it for too long.",
        "edges": "Partners are where it blurs: I hear of promises after they are made. The rest is clear to me.",
        "unsaid": "I shall talk to every group alike before the poll. It is no sign of anything between us.",
        "ahead": "I bring things half done. You ring me before the meeting, not after it.",
    },
    {
        "going_well": "You tell me bad news first. I have come to count on it.",
        "strain": "Leisure, yes. I went quiet for a week when I should have said that I felt handled.",
        "edges": "Staffing is yours, and I commented on two appointments. That was not for me.",
        "unsaid": "I cannot know whether I shall be Leader after May. Plan as if I were not.",
        "ahead": "A quarter of an hour after each Cabinet, the two of us, no papers.",
    },
]


def seed_check_in(chief, leader):
    own = actions.open_check_in(chief, email=leader.email)
    for person, words in zip((chief, leader), CHECK_IN, strict=True):
        part = CheckInPart.objects.get(check_in=own.check_in_id, person=person)
        actions.save_part(part, version=part.version, show=True, **words)
    # Actions would say that it was opened today.
    opened = timezone.now() - dt.timedelta(days=63)
    CheckIn.objects.filter(pk=own.check_in_id).update(opened_at=opened)


def seed_record(person, *, plan, reader, today):
    record = actions.start_record(person)
    standards = {standard.code: standard for standard in record.standards}
    for code, ratings, evidence, next_step, days in ANSWERS:
        answer = StandardAnswer(record=record, standard=standards[code], version=0)
        for rating, _ in ratings:
            actions.save_answer(
                answer,
                version=answer.version,
                rating=rating,
                evidence=evidence,
                next_step=next_step,
                next_step_on=None if days is None else today + dt.timedelta(days=days),
            )
            answer = StandardAnswer.objects.get(record=record, standard=standards[code])
        # Actions would say that everything was rated today.
        for mark, (_, ago) in zip(answer.marks.all(), ratings, strict=True):
            at = timezone.now() - dt.timedelta(days=ago)
            RatingMark.objects.filter(pk=mark.pk).update(at=at)
    steps = {step.number: step for step in Step.objects.filter(framework=plan.transition_id)}
    for ago, number, codes, words in JOURNAL:
        actions.write_entry(
            record,
            day=today - dt.timedelta(days=ago),
            words=words,
            standards=[standards[code] for code in codes],
            plan=plan if number else None,
            step=steps.get(number),
        )
    for kind, number, note in REFLECTIONS:
        subject = Reflection.subjects(kind, record).get(number=number)
        reflection = Reflection(record=record, version=0, **{kind: subject})
        actions.save_reflection(reflection, version=0, note=note)
    actions.share_record(
        record,
        email=reader.email,
        themes=DevelopmentTheme.objects.filter(framework=record.edition, number=2),
        with_journal=False,
        until=today + dt.timedelta(days=60),
    )
