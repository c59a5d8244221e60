"""Three review rounds for the demo's Northwold: communication is low at first, then improves."""

from datetime import timedelta

from django.utils import timezone

from assessments.demo_story import moment_of
from frameworks.models import CoalitionComponent, Step

from . import actions
from .disclosure import STRENGTHS
from .models import Respondent, RespondentGroup, RoundAnswer, suggested_rounds

Group = RespondentGroup

OFFICERS = ("ce", "mo", "s151", "hds")
COUNCILLORS = {
    Group.LEADING: ("Tamsin Grey", "Maya Fern", "Tariq Holt", "Susan Lake"),
    Group.OPPOSITION: ("Gareth Moss", "Nina Reed", "Paul Stone"),
    Group.PARTNERS: ("Dr Ellen Ward", "Kofi Mensah"),
    Group.WIDER: ("Bridget Cole", "Daniel Hurst", "Ivy Lane", "Robert Marsh"),
}
LEFT = {2: {"Ivy Lane"}, 3: {"Ivy Lane"}}  # by round
JOINED = {3: ("Cora Finch", "Dev Shah", "Hannah Mbeki")}
EVERYONE = (
    *OFFICERS,
    *(name for names in COUNCILLORS.values() for name in names),
    *(name for names in JOINED.values() for name in names),
)

# Typical rating of each component by each group of respondents in the first round.
FIRST = {
    Group.LEADING: (4, 4, 4, 3, 3, 4, 3, 4, 4, 4, 3, 4),
    Group.OFFICERS: (4, 3, 4, 3, 3, 3, 3, 3, 3, 3, 3, 3),
    Group.OPPOSITION: (3, 3, 3, 2, 3, 3, 3, 2, 2, 2, 2, 3),
    Group.PARTNERS: (3, 4, 3, 3, 3, 3, 3, 3, 3, 2, 3, 3),
    Group.WIDER: (3, 3, 3, 2, 3, 3, 3, 3, 2, 2, 2, 3),
}
# What each round adds to the first, for everyone.
SINCE = (
    (0,) * 12,
    (0, 0, 1, 0, 1, 0, 1, -1, 0, -1, 0, 0),
    (0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0),
)
PASSES = {("Dr Ellen Ward", 6), ("Kofi Mensah", 6), ("Paul Stone", 3), ("hds", 12)}
NAMED = {"Maya Fern", "ce", "Bridget Cole", "mo"}

# Round, component: who, position, what went well, what was learned, what to do.
WORDS = {
    (1, 1): [
        (
            "Maya Fern",
            "Six weeks in, and we meet every week.",
            "The two half days away from the building.",
            "We needed more time than the timetable allowed.",
            "",
        ),
        (
            "mo",
            "The groups took the time they needed.",
            "Annual council did not have to settle everything.",
            "",
            "Keep a half day in the diary each quarter",
        ),
        ("Daniel Hurst", "I would have liked to be asked earlier.", "", "", ""),
    ],
    (1, 9): [
        (
            "Bridget Cole",
            "Back-bench members often hear news after it has been published.",
            "Group meetings before full council.",
            "Telling each other is not the same as telling all members.",
            "Send a note to all members of both groups after each leaders’ meeting",
        ),
        (
            "Ivy Lane",
            "Not enough notice of decisions.",
            "",
            "",
            "Share the forward plan with both groups a month ahead",
        ),
        ("Susan Lake", "Good enough for now.", "Our away day.", "", ""),
        ("hds", "Members receive papers at different times.", "", "", ""),
    ],
    (1, 10): [
        (
            "s151",
            "Three messages about the budget went out in one week.",
            "",
            "One person has to own each message.",
            "Name one officer and one councillor who clear budget messages",
        ),
        ("Nina Reed", "Other groups learn of decisions from the press.", "", "", ""),
        ("Tariq Holt", "We talk to each other often.", "The weekly call.", "", ""),
    ],
    (2, 8): [
        (
            "Tamsin Grey",
            "The car park decision was public before it was settled.",
            "",
            "Agree what happens when we do not agree.",
            "Write down how a split vote is announced",
        ),
        ("Gareth Moss", "The disagreement was a surprise to the public.", "", "", ""),
        ("ce", "There is no agreed way to announce a split vote.", "", "", ""),
    ],
    (2, 10): [
        (
            "Robert Marsh",
            "Less regular than at the start.",
            "",
            "Where there is no news, there are rumours.",
            "Send all members a short monthly bulletin",
        ),
        (
            "Kofi Mensah",
            "We hear from officers more than from councillors.",
            "The joint site visit.",
            "",
            "Invite partners to a briefing twice a year",
        ),
        ("hds", "There are too many channels, with no plan for using them.", "", "", ""),
    ],
    (2, 3): [
        (
            "Susan Lake",
            "The written agreement has already settled 2 disagreements.",
            "Having a text to go back to.",
            "",
            "",
        ),
        ("mo", "Both groups know the agreement and use it.", "", "Say who interprets it.", ""),
        ("Daniel Hurst", "I have now read it.", "", "", ""),
    ],
    (3, 9): [
        (
            "Hannah Mbeki",
            "Both leaders briefed all their members on the budget.",
            "The notes after each leaders’ meeting.",
            "",
            "",
        ),
        ("Bridget Cole", "Much better than a year ago.", "We see papers in time.", "", ""),
        ("Maya Fern", "Members are better informed.", "", "It takes an hour a week.", ""),
    ],
    (3, 8): [
        ("Paul Stone", "Fewer surprises than before.", "", "", ""),
        ("Tariq Holt", "Steady.", "Both leaders announced the last split vote together.", "", ""),
        (
            "s151",
            "The budget was announced once, by both leaders.",
            "",
            "Rehearse it.",
            "Agree the order of budget announcements 3 months before council tax is set",
        ),
    ],
    (3, 11): [
        (
            "ce",
            "The rounds have led to changes in how we work.",
            "These 3 rounds.",
            "",
            "Carry the review on after the next election, whichever groups run the council",
        ),
        ("Nina Reed", "I am asked now. I would like to see what changes.", "", "", ""),
        ("Robert Marsh", "Better.", "", "", ""),
    ],
}
# Actions made from what respondents suggested: round, component, who, step.
MADE = ((1, 10, "s151", 27), (2, 8, "Tamsin Grey", 27))


def seed(plan, members):
    """Create three closed rounds of `plan`; `members` are its officers by key."""
    components = list(CoalitionComponent.objects.filter(framework=plan.components_id))
    for number, days in enumerate(suggested_rounds(plan.timetable), start=1):
        name, opens, closes = days
        yield moment_of(opens, "09:10")
        made = actions.make_round(plan, name=name, opens=opens, closes=closes, by=plan.created_by)
        people = _ask(made, members, number)
        answers = {
            (key, component.number): _answer(respondent, component, key, number)
            for key, respondent in people.items()
            for component in components
        }
        yield moment_of(closes - timedelta(days=3), "18:30")
        RoundAnswer.objects.bulk_create(answers.values())
        Respondent.objects.filter(round=made).update(finished_at=timezone.now())
        yield moment_of(closes, "17:15")
        actions.close_round(made, by=plan.created_by)
        yield moment_of(closes + timedelta(days=6), "11:45")
        for round_number, component, key, step in MADE:
            if round_number == number:
                _make_item(plan, answers[key, component], step)


def _ask(made, members, number):
    people = {}
    for key in OFFICERS:
        people[key] = actions.ask_member(
            made, membership=members[key], group=Group.OFFICERS, by=made.made_by
        )
    asked = [(group, name) for group, names in COUNCILLORS.items() for name in names]
    asked += [(Group.WIDER, name) for name in JOINED.get(number, ())]
    for group, name in asked:
        if name not in LEFT.get(number, ()):
            email = f"{name.replace('Dr ', '').replace(' ', '.').lower()}@northwold.example"
            people[name] = actions.ask_by_link(
                made, name=name, email=email, group=group, by=made.made_by
            )
    named = [people[key].pk for key in NAMED if key in people]
    Respondent.objects.filter(pk__in=named).update(may_be_named=True)
    return people


def _answer(respondent, component, key, number):
    at = component.number
    words = next((said[1:] for said in WORDS.get((number, at), ()) if said[0] == key), ("",) * 4)
    passed = (key, at) in PASSES and not any(words)
    return RoundAnswer(
        respondent=respondent,
        component=component,
        passed=passed,
        strength=None if passed else _strength(respondent.group, key, at, number),
        **dict(zip(RoundAnswer.WORDS, words, strict=True)),
    )


def _strength(group, key, at, number):
    """Return the typical rating of the person's group, one higher or lower for some."""
    place = EVERYONE.index(key) + 1
    own = ((place * 7 + at * 3) % 5) // 4 - ((place * 5 + at) % 6) // 5
    strength = FIRST[group][at - 1] + SINCE[number - 1][at - 1] + own
    return min(max(strength, STRENGTHS[0]), STRENGTHS[-1])


def _make_item(plan, answer, number):
    step = Step.objects.get(framework=plan.transition_id, number=number)
    actions.make_item_of(answer, step, title=answer.to_do, by=plan.created_by)
