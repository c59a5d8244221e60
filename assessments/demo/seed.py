"""A believable fictional council in the middle of its transition, for trying the product out.

Dates hang on today, so that the plan is always twelve or so days into stage 2.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from assessments.advisers.actions import grant_adviser
from assessments.comments.actions import reply, resolve_thread, start_thread
from assessments.comments.models import Comment, Thread
from assessments.development.demo import seed_check_in, seed_record
from assessments.plans.actions import add_item, create_plan, save_item
from assessments.plans.models import (
    STAGES,
    Control,
    ControlStanding,
    Formality,
    Marking,
    PlanItem,
    Status,
    Verdict,
)
from assessments.register.demo import seed_register
from assessments.reviews.actions import (
    answer_concern,
    ask_for_review,
    latest_change,
    mark_step,
    sign_off_stage,
)
from assessments.rounds import demo as demo_rounds
from assessments.seats.actions import create_balance, record_composition, save_scenario
from assessments.timetable.actions import set_date
from councils.actions import add_member
from councils.models import Access, AdviserAccess, Council, CouncilType, ElectionCycle, Office, User
from elections.composition import Composition, Group
from elections.political_balance import Committee
from elections.scenario import Change
from elections.timetable import next_ordinary_election_day
from frameworks.models import Stage, Step

PASSWORD = "Riverdale-rehearsal-1"  # noqa: S105 - public on purpose; seed_demo refuses production

DONE, DOING, TO_DO, NOT_NEEDED = (
    Status.COMPLETED,
    Status.IN_PROGRESS,
    Status.NOT_STARTED,
    Status.NOT_NEEDED,
)


@dataclass(frozen=True)
class Person:
    key: str
    name: str
    email: str
    office: Office | None
    access: Access | AdviserAccess | None
    job_title: str = ""


RIVERDALE = (
    Person("ce", "Amara Okafor", "chief@riverdale.example", Office.CHIEF_EXECUTIVE, Access.OWNER),
    Person(
        "mo",
        "Daniel Whitmore",
        "monitoring@riverdale.example",
        Office.MONITORING_OFFICER,
        Access.EDITOR,
    ),
    Person(
        "s151",
        "Priya Raman",
        "finance@riverdale.example",
        Office.SECTION_151_OFFICER,
        Access.EDITOR,
    ),
    Person(
        "hds",
        "Tom Ellis",
        "democratic@riverdale.example",
        Office.HEAD_OF_DEMOCRATIC_SERVICES,
        Access.EDITOR,
    ),
    Person(
        "place",
        "Joanne Clarke",
        "place@riverdale.example",
        Office.SLT_MEMBER,
        Access.REVIEWER,
        "Director of Place and Communities",
    ),
)
ADVISER = Person(
    "lga",
    "Sam Adeyemi",
    "adviser@adviser.example",
    Office.LGA_ADVISER,
    AdviserAccess.COMMENT,
)
# In no council here: signs in for what is between the two of them.
LEADER = Person(
    "leader",
    "Helen Marsh",
    "leader@riverdale.example",
    None,
    None,
    "Leader of the council until annual council",
)
NORTHWOLD = (
    Person("ce", "Judith Lowe", "chief@northwold.example", Office.CHIEF_EXECUTIVE, Access.OWNER),
    Person(
        "mo",
        "Owen Pryce",
        "monitoring@northwold.example",
        Office.MONITORING_OFFICER,
        Access.EDITOR,
    ),
    Person(
        "s151",
        "Farah Siddiqui",
        "finance@northwold.example",
        Office.SECTION_151_OFFICER,
        Access.EDITOR,
    ),
    Person(
        "hds",
        "Colin Webb",
        "democratic@northwold.example",
        Office.HEAD_OF_DEMOCRATIC_SERVICES,
        Access.EDITOR,
    ),
)
EASTMERE = (
    Person("ce", "Ruth Kendall", "chief@eastmere.example", Office.CHIEF_EXECUTIVE, Access.OWNER),
)

# code, status, owner (a key above, or somebody's name), days from election day, note or reason
ANSWERS = [
    (
        "NOC-01.1",
        DONE,
        "ce",
        -70,
        "Nine wards within 150 votes last time. Officers’ reading only, kept factual.",
    ),
    ("NOC-01.2", DONE, "hds", -66, "Fourteen of fifty-four members are not standing again."),
    (
        "NOC-01.3",
        DONE,
        "ce",
        -52,
        "Four scenarios worked through with SLT on two mornings.\nNone assumes which groups would talk to each other.",
    ),
    ("NOC-01.4", DONE, "ce", -30, ""),
    (
        "NOC-02.1",
        DONE,
        "ce",
        -60,
        "Two directors have worked under no overall control before; they led the session.",
    ),
    ("COMP-12.2", DONE, "ce", -40, ""),
    ("NOC-03.1", DONE, "mo", -58, ""),
    (
        "NOC-03.2",
        DONE,
        "mo",
        -45,
        "Scheme of delegation and the petition scheme need a second look.",
    ),
    ("NOC-03.3", DONE, "mo", -45, "Compared with three similar councils."),
    ("COMP-05.1", DONE, "mo", -40, ""),
    ("NOC-04.1", DONE, "mo", -50, "Protocol is sound. Practice is patchy in planning."),
    ("NOC-05.1", DONE, "ce", -21, "Summary shared with every group leader on the same day."),
    ("NOC-05.2", DONE, "s151", -35, "Two all-member briefings, 41 of 54 attended."),
    ("NOC-06.1", DONE, "ce", -40, "Monthly meetings with every group leader since February."),
    ("COMP-04.3", DONE, "ce", -30, ""),
    ("NOC-07.1", DONE, "place", -33, ""),
    ("NOC-08.1", DONE, "ce", -35, "Officers expect decisions in one meeting. That will change."),
    ("NOC-09.1", DONE, "place", -42, ""),
    ("NOC-09.2", DONE, "hds", -28, ""),
    ("NOC-09.3", DONE, "hds", -14, "Programme rebuilt around small mixed groups."),
    ("COMP-12.3", NOT_NEEDED, "", None, "Covered by the regional programme already under way."),
    ("NOC-10.1", DONE, "ce", -30, ""),
    (
        "NOC-10.2",
        NOT_NEEDED,
        "",
        None,
        "A corporate peer challenge took place in November; its progress review is booked.",
    ),
    ("NOC-11.1", DONE, "ce", 1, "No group has a majority of the 54 seats: see Seats."),
    (
        "NOC-11.2",
        DONE,
        "hds",
        2,
        "Committee rooms 1 to 3 held for the groups until annual council.",
    ),
    (
        "NOC-11.3",
        DOING,
        "ce",
        9,
        "Asked by three of the five groups to convene. Seen each of them alone first.",
    ),
    (
        "NOC-11.4",
        DOING,
        "ce",
        16,
        "Draft heads of agreement with the monitoring officer for a check of form, not of content.",
    ),
    ("NOC-11.5", DOING, "ce", 14, ""),
    ("COMP-02.1", DONE, "ce", 6, ""),
    (
        "COMP-01.1",
        DONE,
        "ce",
        5,
        "Groups asked not to be held to annual council for everything. Agreed.",
    ),
    ("COMP-03.1", TO_DO, "ce", 24, ""),
    ("NOC-12.1", DONE, "ce", 4, "Fifteen minutes at the top of each SLT meeting."),
    ("NOC-12.2", DONE, "place", 8, ""),
    ("NOC-12.3", DONE, "place", 11, "Police, health and the two voluntary sector chairs called."),
    ("COMP-12.2@2", DONE, "ce", 10, ""),
    (
        "NOC-13.1",
        DONE,
        "mo",
        8,
        "Leaders’ board Mondays at 5, cabinet briefing Wednesdays. Independents asked for papers three working days ahead; agreed.",
    ),
    (
        "NOC-13.2",
        DOING,
        "mo",
        8,
        "Order of business agreed with all group leaders. Political balance table circulated; one seat on Licensing still to settle between the two smaller groups.",
    ),
    ("COMP-05.2", TO_DO, "mo", 21, ""),
    ("COMP-06.1", DOING, "ce", 15, ""),
    ("NOC-14.1", DONE, "hds", 5, ""),
    ("NOC-14.2", DOING, "ce", 9, "Two of five group leaders seen."),
    ("NOC-14.3", TO_DO, "", 30, ""),
    (
        "NOC-15.1",
        DOING,
        "s151",
        7,
        "First pass of the shared priorities costed; the housing item is not affordable as written.",
    ),
    ("NOC-15.2", TO_DO, "ce", 20, "Two half days held in the diary for June."),
    ("COMP-02.2", TO_DO, "ce", 22, ""),
    ("NOC-16.1", DOING, "ce", 28, ""),
    ("NOC-16.2", DOING, "hds", 18, ""),
    (
        "NOC-17.1",
        DONE,
        "Head of communications",
        10,
        "One page. Releases cleared by a named councillor of each group within four hours.",
    ),
    ("NOC-17.2", DONE, "ce", 11, ""),
    ("NOC-18.1", TO_DO, "place", 35, ""),
    ("NOC-19.1", DOING, "hds", 26, ""),
    ("NOC-19.4", DONE, "hds", 6, ""),
    (
        "NOC-20.1",
        DONE,
        "ce",
        9,
        "Mentor for the incoming leader through the regional employers; facilitator booked for June.",
    ),
    ("NOC-21.3", TO_DO, "ce", 90, ""),
    ("NOC-22.1", TO_DO, "ce", 75, ""),
    ("NOC-23.1", TO_DO, "mo", 70, ""),
    ("NOC-25.3", TO_DO, "ce", 60, ""),
    ("NOC-25.6", TO_DO, "s151", 120, ""),
    ("NOC-29.1", TO_DO, "ce", 180, ""),
]
# Days from election day, members by group, members in no group, vacant seats. Fictional.
COMPOSITIONS = (
    (
        -200,
        {"Conservative": 24, "Green": 3, "Independent": 4, "Labour": 12, "Liberal Democrat": 8},
        2,
        1,
    ),
    (
        0,
        {"Conservative": 19, "Green": 6, "Independent": 4, "Labour": 13, "Liberal Democrat": 10},
        2,
        0,
    ),
)
COMMITTEES = {
    "Planning": 13,
    "Licensing and Regulatory": 12,
    "Overview and Scrutiny": 11,
    "Finance and Performance Scrutiny": 9,
    "Audit and Governance": 9,
    "Standards": 7,
    "Employment": 7,
    "Community and Housing Scrutiny": 9,
    "Appeals": 5,
}
# What-ifs before the poll: who loses, who gains, seats, ward.
SCENARIOS = {
    "No ward changes hands": (),
    "Three marginal wards change hands": (
        ("Conservative", "Liberal Democrat", 1, "Mill"),
        ("Conservative", "Green", 1, "Castle"),
        ("Labour", "Conservative", 1, "Quayside"),
    ),
    "Six seats change hands": (
        ("Conservative", "Liberal Democrat", 2),
        ("Conservative", "Green", 2),
        ("Labour", "Green", 1),
        ("Vacant", "Labour", 1),
    ),
}
OWN_ITEMS = [
    (13, "Brief new committee chairs", "hds", TO_DO, 22, "Licensing and Planning first."),
    (
        15,
        "Ask the county about the highways programme before priorities are fixed",
        "s151",
        DOING,
        17,
        "",
    ),
]
# code or step, who, hours ago, what they said, whom they told; replies; whether it is resolved
COMMENTS = [
    (
        "NOC-17.1",
        [
            (
                "place",
                141,
                "Partners are asking who speaks for the council until annual council. Is the four-hour clearance agreed with every group?",
                ["ce"],
            ),
            (
                "ce",
                119,
                "Agreed with all five on Monday. Please pass it on to police and health.",
                [],
            ),
        ],
        True,
    ),
    (
        "NOC-15.1",
        [
            (
                "s151",
                98,
                "Before the priorities go to the groups: the housing item needs about £0.4m a year that is not in the medium-term plan. Could we show it with a range, not a figure?",
                ["ce"],
            ),
        ],
        False,
    ),
    (
        13,
        [
            (
                "lga",
                93,
                "Other councils of your size found it useful to fix the cabinet briefing before the leaders’ board, so that officers hear questions first. Worth a word with the chairs?",
                [],
            ),
            ("mo", 71, "Thank you. I will raise it when I see the leaders on Wednesday.", []),
        ],
        False,
    ),
    (
        "NOC-13.2",
        [
            (
                "hds",
                46,
                "The two smaller groups have each asked me for the last Licensing seat. Whichever way it goes, the table changes, so I am holding the summons pack until we know.",
                ["mo"],
            ),
            (
                "mo",
                21,
                "The tie is a matter for the groups, not for us. I have written to both leaders with the two tables side by side and asked for an answer by Friday noon.",
                ["ce", "hds"],
            ),
        ],
        False,
    ),
]

# step, reviewer, words: a concern, with its answer; every other mark is plain agreement
CONCERNS = [
    (
        3,
        "s151",
        "The scheme of delegation still sends every virement above £50,000 to Cabinet. If no "
        "Cabinet is in place for some weeks, payments could wait.",
        "Agreed. The monitoring officer has drafted a temporary delegation for full council.",
    ),
]
REMARKS = {
    (1, "hds"): "Checked against the declaration of results.",
    (9, "mo"): "The rebuilt induction covers the code of conduct, which it did not before.",
}


def seed(*, today):
    """Make the demo's councils unless they are there; returns the people who can sign in."""
    if not Council.objects.filter(slug="riverdale").exists():
        with transaction.atomic():
            _riverdale(today)
            _northwold(today)
            _eastmere(today)
    return (*RIVERDALE, ADVISER, LEADER, *NORTHWOLD, *EASTMERE)


def _riverdale(today):
    council = Council.objects.create(
        name="Riverdale Borough Council",
        slug="riverdale",
        type=CouncilType.DISTRICT,
        election_cycle=ElectionCycle.THIRDS,
    )
    members = _people(council, RIVERDALE)
    chief = members["ce"].user
    election_day = _thursday_about(today - timedelta(days=12))
    before = _seats(council, election_day, members["hds"].user)
    plan = create_plan(
        council=council,
        by=chief,
        election_day=election_day,
        control=Control.THREE,
        control_standing=ControlStanding.EXPECTED,
        formality=Formality.FORMAL,
        coalition_term="joint administration",
        stage_2_weeks=6,
        marking=Marking.OFFICIAL_SENSITIVE,
    ).show_all_stages()
    _scenarios(plan, before, chief)
    set_date(
        plan,
        "annual_meeting",
        date=election_day + timedelta(days=13),
        reason="Fixed by full council in February: Wednesday is its usual evening.",
        version=0,
        by=members["hds"].user,
    )
    items = {}
    for item in PlanItem.objects.filter(plan=plan).select_related("plan", "source", "step__stage"):
        items.setdefault(item.source.code, item)
        items[f"{item.source.code}@{item.step.stage.number}"] = item
    for code, status, owner, offset, words in ANSWERS:
        due = election_day + timedelta(days=offset) if offset is not None else None
        _answer(items[code], status, members, owner, due, words, chief, today)
    for number, title, owner, status, offset, note in OWN_ITEMS:
        step = next(item.step for item in items.values() if item.step.number == number)
        item = add_item(plan, step, title=title, by=members[owner].user)
        due = election_day + timedelta(days=offset)
        _answer(item, status, members, owner, due, note, chief, today)
    grant = grant_adviser(
        plan,
        email=ADVISER.email,
        name=ADVISER.name,
        stages=STAGES,
        may_comment=True,
        until=today + timedelta(days=365),
        by=chief,
    )
    _let_sign_in(grant.adviser)
    speakers = {key: member.user for key, member in members.items()} | {ADVISER.key: grant.adviser}
    seed_record(chief, plan=plan, reader=grant.adviser, today=today)
    seed_check_in(chief, _leader())
    for place, said, is_resolved in COMMENTS:
        _discuss(plan, items, members, speakers, place, said, is_resolved)
    _review_stage_1(plan, members, today)
    seed_register(plan, members)


def _discuss(plan, items, members, speakers, place, said, is_resolved):
    if isinstance(place, int):
        item, step = None, next(i.step for i in items.values() if i.step.number == place)
    else:
        item = items[place]
        step = item.step
    thread = None
    for who, hours_ago, text, told in said:
        about = {"text": text, "by": speakers[who], "tell": [members[key] for key in told]}
        if thread is None:
            comment = start_thread(plan, step, item=item, **about)
            thread = comment.thread
        else:
            comment = reply(thread, **about)
        # Said over some days; actions would say that everything was said just now.
        at = timezone.now() - timedelta(hours=hours_ago)
        Comment.objects.filter(pk=comment.pk).update(at=at)
    if is_resolved:
        resolve_thread(thread, by=comment.author)
        Thread.objects.filter(pk=thread.pk).update(resolved_at=at)


def _seats(council, election_day, by):
    """The council before the election, which is given back, and after it."""
    recorded = []
    for day, groups, ungrouped, vacancies in COMPOSITIONS:
        composition = record_composition(
            council=council,
            as_at=election_day + timedelta(days=day),
            composition=Composition(
                tuple(Group(name, members) for name, members in groups.items()),
                ungrouped=ungrouped,
                vacancies=vacancies,
            ),
            based_on=recorded[-1].pk if recorded else None,
            by=by,
        )
        recorded.append(composition)
    create_balance(
        composition=recorded[-1],
        committees=[Committee(name, size) for name, size in COMMITTEES.items()],
        by=by,
    )
    return recorded[0]


def _scenarios(plan, base, chief):
    for name, changes in SCENARIOS.items():
        save_scenario(
            None,
            plan=plan,
            base=base,
            name=name,
            changes=[Change(*change) for change in changes],
            version=0,
            by=chief,
        )


def _review_stage_1(plan, members, today):
    """Three officers looked at every step of the stage that is over, and the owner signed it off."""
    chief = members["ce"].user
    stage = Stage.objects.get(framework=plan.transition_id, number=1)
    review = ask_for_review(
        plan,
        stage,
        reviewers=[members[key] for key in ("mo", "s151", "hds")],
        due=today,
        words="Is what we did before the poll recorded fairly, and is anything left that cannot wait?",
        by=chief,
    )
    concerns = {(number, key): (words, answer) for number, key, words, answer in CONCERNS}
    for step in Step.objects.filter(stage=stage):
        for key in ("mo", "s151", "hds"):
            words, answer = concerns.get((step.number, key), ("", ""))
            mark_step(
                review,
                step,
                reviewer=members[key],
                verdict=Verdict.CONCERN if words else Verdict.AGREE,
                words=words or REMARKS.get((step.number, key), ""),
                version=0,
                by=members[key].user,
            )
            if words:
                mark = review.marks.get(reviewer=members[key], step=step)
                answer_concern(mark, answer=answer, version=mark.version, by=chief)
    sign_off_stage(plan, stage, seen=latest_change(plan, stage), by=chief)


def _answer(item, status, members, owner, due, words, chief, today):
    member = members.get(owner)
    by = member.user if member and member.access != Access.REVIEWER else chief
    not_needed = status == NOT_NEEDED
    save_item(
        item,
        version=item.version,
        by=by,
        status=status,
        owner=member,
        owner_name="" if member else owner,
        due=due,
        note="" if not_needed else words,
        reason=words if not_needed else "",
    )
    if status == DONE:
        # Done a little before it was due; actions would say that everything was done today.
        done_on = min(due - timedelta(days=1), today)
        PlanItem.objects.filter(pk=item.pk).update(completed_on=done_on)


def _northwold(today):
    """A year after its election, with three rounds of the review behind it."""
    council = Council.objects.create(
        name="Northwold District Council",
        slug="northwold",
        type=CouncilType.DISTRICT,
        election_cycle=ElectionCycle.WHOLE,
    )
    members = _people(council, NORTHWOLD)
    plan = create_plan(
        council=council,
        by=members["ce"].user,
        election_day=_thursday_about(today - timedelta(weeks=55)),
        control=Control.TWO,
        control_standing=ControlStanding.KNOWN,
        formality=Formality.FORMAL,
        coalition_term="partnership",
        marking=Marking.OFFICIAL,
    ).show_all_stages()
    demo_rounds.seed(plan, members)


def _eastmere(today):
    council = Council.objects.create(
        name="Eastmere District Council",
        slug="eastmere",
        type=CouncilType.DISTRICT,
        election_cycle=ElectionCycle.WHOLE,
    )
    members = _people(council, EASTMERE)
    create_plan(
        council=council,
        by=members["ce"].user,
        election_day=next_ordinary_election_day(today),
        marking=Marking.OFFICIAL,
    )


def _people(council, people):
    members = {}
    for person in people:
        member = add_member(
            council=council,
            email=person.email,
            name=person.name,
            office=person.office,
            access=person.access,
            job_title=person.job_title,
        ).membership
        _let_sign_in(member.user)
        members[person.key] = member
    return members


def _leader():
    return User.objects.create_user(email=LEADER.email, name=LEADER.name, password=PASSWORD)


def _let_sign_in(user):
    user.set_password(PASSWORD)
    user.save()


def _thursday_about(day):
    """The last Thursday that is not after `day`."""
    return day - timedelta(days=(day.weekday() - 3) % 7)
