"""The demo: three fictional councils, one in the middle of a transition to no overall control.

Dates are counted from today, so that Riverdale is always 12 to 18 days past its election. If that is
not the usual day of an ordinary election, the notes say that an order moved it. Northwold and
Eastmere have theirs on the usual day. Groups, people and places are invented.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from assessments.advice.demo import seed_advice
from assessments.advisers.actions import grant_adviser, record_look
from assessments.annual_council.demo import seed_nominees, seed_votes
from assessments.appointments.demo import seed_appointments, seed_group_notices, seed_nominations
from assessments.budget.demo import seed_coming_budget, seed_past_budget
from assessments.comments.actions import mark_seen, reply, resolve_thread, start_thread
from assessments.comparisons.demo import seed_comparison
from assessments.demo_story import (
    DemoStory,
    moment_of,
    moment_on,
    working_day_of,
    working_moment,
)
from assessments.development.demo import seed_check_in, seed_record
from assessments.election_night.actions import finish_count, save_result, start_count
from assessments.election_night.models import ElectionCount, WardResult
from assessments.election_night.running import running_state
from assessments.links.demo import seed_links
from assessments.packs.demo import seed_late_returns, seed_packs
from assessments.parity.demo import seed_parity
from assessments.plans.actions import add_item, change_plan, create_plan, save_item
from assessments.plans.models import (
    STAGES,
    Control,
    ControlStanding,
    Event,
    Formality,
    Marking,
    PlanItem,
    Status,
    Verdict,
)
from assessments.register.demo import PAST_AGREEMENT, seed_past_register, seed_register
from assessments.register.forms import groups_of
from assessments.register.models import Agreement
from assessments.reviews.actions import (
    answer_concern,
    ask_for_review,
    latest_change,
    mark_step,
    sign_off_stage,
)
from assessments.rounds import demo as demo_rounds
from assessments.seats.actions import create_balance, record_composition, save_scenario
from assessments.timetable.actions import save_interim, set_date
from assessments.vacancies.demo import seed_motion, seed_vacancy
from assessments.ways_of_working.demo import seed_protocols
from councils.actions import add_member, choose_digest
from councils.models import (
    Access,
    AdviserAccess,
    Council,
    CouncilEvent,
    CouncilType,
    ElectionCycle,
    Office,
    User,
)
from elections.calendar import working_days_after
from elections.composition import Composition, Group
from elections.count import NO_GROUP
from elections.political_balance import Committee
from elections.scenario import SeatSwing
from elections.timetable import first_thursday_in_may, next_ordinary_election_day
from frameworks.models import Stage, Step

PASSWORD = "Riverdale-rehearsal-1"  # noqa: S105 - public on purpose; seed_demo refuses production

WEDNESDAY = 2  # as `date.weekday` counts

DONE, DOING, TO_DO, NOT_NEEDED = (
    Status.COMPLETED,
    Status.IN_PROGRESS,
    Status.NOT_STARTED,
    Status.NOT_NEEDED,
)


@dataclass(frozen=True)
class DemoPerson:
    """Someone who can sign in to the demo; `key` names them in this module."""

    key: str
    name: str
    email: str
    office: Office | None
    access: Access | AdviserAccess | None
    job_title: str = ""


RIVERDALE = (
    DemoPerson(
        "ce", "Amara Okafor", "chief@riverdale.example", Office.CHIEF_EXECUTIVE, Access.OWNER
    ),
    DemoPerson(
        "mo",
        "Daniel Whitmore",
        "monitoring@riverdale.example",
        Office.MONITORING_OFFICER,
        Access.EDITOR,
    ),
    DemoPerson(
        "s151",
        "Priya Raman",
        "finance@riverdale.example",
        Office.SECTION_151_OFFICER,
        Access.EDITOR,
    ),
    DemoPerson(
        "hds",
        "Tom Ellis",
        "democratic@riverdale.example",
        Office.HEAD_OF_DEMOCRATIC_SERVICES,
        Access.EDITOR,
    ),
    DemoPerson(
        "place",
        "Joanne Clarke",
        "place@riverdale.example",
        Office.SLT_MEMBER,
        Access.EDITOR,
        "Director of Place and Communities",
    ),
    DemoPerson(
        "people",
        "Nadia Hussain",
        "people@riverdale.example",
        Office.SLT_MEMBER,
        Access.REVIEWER,
        "Director of People",
    ),
)
ADVISER = DemoPerson(
    "lga",
    "Sam Adeyemi",
    "adviser@adviser.example",
    Office.LGA_ADVISER,
    AdviserAccess.COMMENT,
)
# Not a member of the council's plan: signs in for a check-in with the chief executive.
LEADER = DemoPerson(
    "leader",
    "Helen Marsh",
    "leader@riverdale.example",
    None,
    None,
    "Leader of the council",
)
NORTHWOLD = (
    DemoPerson(
        "ce", "Judith Lowe", "chief@northwold.example", Office.CHIEF_EXECUTIVE, Access.OWNER
    ),
    DemoPerson(
        "mo",
        "Rhys Pryce",
        "monitoring@northwold.example",
        Office.MONITORING_OFFICER,
        Access.EDITOR,
    ),
    DemoPerson(
        "s151",
        "Farah Siddiqui",
        "finance@northwold.example",
        Office.SECTION_151_OFFICER,
        Access.EDITOR,
    ),
    DemoPerson(
        "hds",
        "Colin Webb",
        "democratic@northwold.example",
        Office.HEAD_OF_DEMOCRATIC_SERVICES,
        Access.EDITOR,
    ),
)
EASTMERE = (
    DemoPerson(
        "ce", "Ruth Kendall", "chief@eastmere.example", Office.CHIEF_EXECUTIVE, Access.OWNER
    ),
)

# code (or code@stage), status, owner (a key above, or a name), days from election day, note or
# reason
ANSWERS = [
    (
        "NOC-01.1",
        DONE,
        "ce",
        -70,
        "Nine wards were decided by fewer than 150 votes last time. Figures only, from the declarations of results.",
    ),
    (
        "NOC-01.2",
        DONE,
        "hds",
        -66,
        "Five of the councillors whose seats are up for election are standing down.",
    ),
    (
        "NOC-01.3",
        DONE,
        "ce",
        -52,
        "Three scenarios worked through with the SLT over 2 mornings.\nNone assumes which groups would work together.",
    ),
    ("NOC-01.4", DONE, "ce", -58, ""),
    (
        "NOC-02.1",
        DONE,
        "ce",
        -60,
        "Two directors have worked under no overall control before. They led the session.",
    ),
    ("COMP-12.2", DONE, "ce", -40, ""),
    ("NOC-03.1", DONE, "mo", -58, ""),
    (
        "NOC-03.2",
        DONE,
        "mo",
        -45,
        "Two points to bring to the constitution working group: the scheme of delegation and the petition scheme.",
    ),
    ("NOC-03.3", DONE, "mo", -45, "Compared with the constitutions of 3 similar councils."),
    ("COMP-05.1", DONE, "mo", -40, ""),
    (
        "NOC-04.1",
        DONE,
        "mo",
        -50,
        "The member and officer protocol is up to date. Refresher held for planning officers.",
    ),
    (
        "NOC-05.1",
        DONE,
        "s151",
        -56,
        "Every group was offered advice on the cost of its own proposals, in confidence and on the same terms.",
    ),
    (
        "NOC-05.2",
        DONE,
        "s151",
        -35,
        "Two all-member briefings on the budget and the corporate plan. 41 members came.",
    ),
    ("NOC-06.1", DONE, "ce", -40, "Meetings with every group leader once a month."),
    ("COMP-04.3", DONE, "ce", -30, ""),
    ("NOC-07.1", DONE, "place", -33, ""),
    (
        "NOC-08.1",
        DONE,
        "ce",
        -35,
        "Staff briefings held: decisions may take more than one meeting, and more people will need to be consulted.",
    ),
    ("NOC-09.1", DONE, "place", -42, ""),
    ("NOC-09.2", DONE, "hds", -28, ""),
    ("NOC-09.3", DONE, "hds", -56, "Induction dates are in the candidates’ packs."),
    ("COMP-12.3", NOT_NEEDED, "", None, "Covered by the regional programme already under way."),
    ("NOC-10.1", DONE, "ce", -30, ""),
    (
        "NOC-10.2",
        NOT_NEEDED,
        "",
        None,
        "A corporate peer challenge took place last year. Its progress review is booked.",
    ),
    ("NOC-11.1", DONE, "ce", 4, "No group has a majority of the 54 seats."),
    (
        "NOC-11.2",
        DONE,
        "hds",
        4,
        "Each of the 5 groups has a meeting room in the town hall until annual council.",
    ),
    (
        "NOC-11.3",
        DOING,
        "ce",
        9,
        "Of the 5 groups, 3 asked for help to arrange talks. The same help was offered to all 5.",
    ),
    (
        "NOC-11.4",
        DOING,
        "ce",
        16,
        "The groups concerned have asked the monitoring officer to check the form of their draft agreement, not its content.",
    ),
    ("NOC-11.5", DOING, "ce", 14, ""),
    (
        "COMP-01.1",
        DONE,
        "ce",
        5,
        "Annual council is 20 days after the election, which leaves the groups time for talks.",
    ),
    ("COMP-01.2", DOING, "hds", 19, ""),
    (
        "COMP-01.3",
        DONE,
        "ce",
        7,
        "Two evenings this week and a Saturday were kept free of council meetings for every group.",
    ),
    ("COMP-01.4", DONE, "ce", 6, ""),
    ("COMP-02.1", DOING, "ce", 15, "Offered to every group. Two have asked for a facilitator."),
    ("COMP-03.1", TO_DO, "ce", 24, ""),
    ("COMP-03.2", DONE, "ce", 6, ""),
    ("COMP-07.1", TO_DO, "ce", 27, ""),
    ("COMP-08.2", DONE, "Press office", 8, ""),
    ("NOC-12.1", DONE, "ce", 4, "First 15 minutes of each SLT meeting."),
    ("NOC-12.2", DONE, "place", 8, ""),
    (
        "NOC-12.3",
        DONE,
        "place",
        5,
        "Called the police, the integrated care board and 2 voluntary sector chairs.",
    ),
    ("COMP-12.2@2", DONE, "ce", 10, ""),
    (
        "NOC-13.1",
        DONE,
        "mo",
        8,
        "Draft timetable for leaders’ meetings and cabinet briefings sent to all group leaders. One group asked for papers 3 working days ahead, and this was agreed for every group.",
    ),
    (
        "NOC-13.2",
        DOING,
        "mo",
        14,
        "Order of business discussed with all group leaders. The political balance report is on the agenda for annual council.",
    ),
    ("COMP-05.2", TO_DO, "mo", 19, ""),
    ("COMP-06.1", DOING, "ce", 15, ""),
    ("NOC-14.1", DONE, "hds", 5, ""),
    ("NOC-14.2", DOING, "ce", 9, "Discussed with 2 of the 5 group leaders. The others are booked."),
    ("NOC-14.3", TO_DO, "", 30, ""),
    (
        "NOC-15.1",
        DOING,
        "s151",
        13,
        "First costing of the draft priorities, at the request of the groups concerned. Funding for the housing priority has still to be found.",
    ),
    (
        "NOC-15.2",
        DOING,
        "ce",
        24,
        "Two half days are in the diary for the weeks after annual council.",
    ),
    ("NOC-15.3", DOING, "ce", 25, ""),
    ("COMP-02.2", TO_DO, "ce", 26, ""),
    ("NOC-16.1", DOING, "ce", 28, ""),
    ("NOC-16.2", DOING, "hds", 18, ""),
    (
        "NOC-17.1",
        DONE,
        "Press office",
        5,
        "One page, for use until there is an administration. A named councillor from each group clears joint releases within 4 hours.",
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
        "Every group leader has been told how to ask for a peer mentor. An independent facilitator is available for talks.",
    ),
    ("NOC-21.3", TO_DO, "ce", 90, ""),
    ("NOC-22.1", TO_DO, "ce", 75, ""),
    ("NOC-23.1", TO_DO, "mo", 70, ""),
    ("NOC-25.3", TO_DO, "ce", 60, ""),
    ("NOC-25.6", TO_DO, "s151", 62, ""),
    ("NOC-29.1", TO_DO, "ce", 180, ""),
]
# Before annual council at Northwold, as its constitution says.
PAST_INTERIM = {
    "governance": "leader",
    "executive": "The Leader’s term ends at annual council. The cabinet stays until then (Part 3).",
    "decisions": "The Leader or, if the Leader cannot act, the deputy leader.",
    "committees": "None, until annual council appoints their members.",
    "officers": "The chief executive, under Part 3, after telling every group leader.",
    "urgent": "By the chief executive with the chair of the council (Part 4).",
    "meeting": "Called by the chief executive. The outgoing chair presides.",
    "waiting": "Appointments to committees and outside bodies, and the calendar of meetings.",
}
# An ordinary election is on its usual day unless an order moves it.
MOVED = "An order moved the ordinary election from its usual day."
EXPLAINS_THE_DAY = "NOC-03.2"  # the note of this item says so
# When Northwold did these: so many days after its written agreement.
DAYS_AFTER_AGREEMENT = {"COMP-03.1": 0, "NOC-11.4": 0, "NOC-17.1": 2}
# Why Northwold did not need an action: it elects all its councillors at once.
NOT_NEEDED_BECAUSE = {
    "NOC-03.1": "Internal audit reviewed governance a few months before the election.",
    "NOC-13.1": "The groups said before the election that they would keep the arrangements.",
    "NOC-21.5": "The council does not elect by thirds.",
    "COMP-11.1": "The review rounds will do this.",
}
# A seat has been vacant for this many days: no by-election is held in its last six months.
DAYS_VACANT = 100
BEFORE = Composition(
    tuple(
        Group(name, members)
        for name, members in {"Ash": 11, "Beech": 7, "Elm": 3, "Oak": 28, "Rowan": 3}.items()
    ),
    ungrouped=1,
    vacancies=1,
)
NORTHWOLD_SEATS = Composition(
    tuple(Group(name, members) for name, members in {"Ash": 14, "Elm": 8, "Oak": 17}.items()),
    ungrouped=1,
)
# The count: a third of the seats was up for election, one in each ward.
NOT_UP = {"Ash": 10, "Beech": 7, "Elm": 2, "Oak": 14, "Rowan": 2}
RESULTS = {
    "Abbey": "Oak",
    "Bridge": "Ash",
    "Castle": "Elm",
    "Churchfields": "Oak",
    "Downs": "Oak",
    "Eastgate": "Ash",
    "Forest": "Beech",
    "Garden Suburb": "Beech",
    "Harbour": "Ash",
    "Heath": "Oak",
    "Kingsway": "Elm",
    "Lakes": "Rowan",
    "Market": "Elm",
    "Mill": "Beech",
    "Northfield": "Rowan",
    "Priory": "Elm",
    "Quayside": "Oak",
    "Weavers": NO_GROUP,
}
COMMITTEES = {
    "Planning": 13,
    "Regulatory": 12,
    "Overview and Scrutiny": 11,
    "Finance and Performance Scrutiny": 9,
    "Audit and Governance": 9,
    "Standards": 7,
    "Employment": 7,
    "Community and Housing Scrutiny": 9,
    "Appeals": 5,
}
# Before the poll: which group loses seats, which gains them, how many, in which ward.
SCENARIOS = {
    "No seats change hands": (),
    "Three marginal wards change hands": (
        ("Oak", "Beech", 1, "Mill"),
        ("Oak", "Elm", 1, "Castle"),
        ("Ash", "Oak", 1, "Quayside"),
    ),
    "Six seats change hands": (
        ("Oak", "Beech", 2),
        ("Oak", "Elm", 2),
        ("Ash", "Elm", 1),
        ("Vacant", "Ash", 1),
    ),
}
OWN_ITEMS = [
    (13, "Brief new committee chairs", "hds", TO_DO, 26, "Planning and Regulatory first."),
    (
        15,
        "Ask the county council about its highways programme",
        "s151",
        DOING,
        17,
        "",
    ),
]
# Code or step; who, working days ago and time, what they said, who they notified; then replies.
# The last value is whether the thread is resolved.
COMMENTS = [
    (
        "NOC-17.1",
        [
            (
                "people",
                5,
                "10:20",
                "Partners are asking who speaks for the council before annual council. Has every group agreed to clear releases within 4 hours?",
                ["ce"],
            ),
            ("ce", 4, "14:05", "Yes, all 5. You can tell the police and health.", []),
        ],
        True,
    ),
    (
        "NOC-15.1",
        [
            (
                "s151",
                4,
                "11:40",
                "The housing priority needs about £0.4 million a year that is not in the medium-term financial plan. I suggest we show the groups a range, with the assumptions.",
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
                3,
                "09:35",
                "Some councils hold the cabinet briefing before the leaders’ meeting, so that officers can answer questions first. Would that work here?",
                [],
            ),
            ("mo", 2, "16:15", "Thank you. I will put it to the group leaders.", []),
        ],
        False,
    ),
    (
        "NOC-13.2",
        [
            (
                "hds",
                2,
                "09:50",
                "The political balance report went out with the summons. The working is in an appendix so that every group can check its seats.",
                ["mo"],
            ),
            (
                "mo",
                1,
                "15:30",
                "I have written to all 5 group leaders at the same time, in the same words. Which members take the seats is for each group to tell the proper officer.",
                ["ce", "hds"],
            ),
        ],
        False,
    ),
]

# Working days ago and time, and the page that the adviser viewed.
LOOKS = [
    (3, "09:20", "the plan’s home page"),
    (3, "09:24", "step 13"),
    (3, "09:28", "comments on step 13"),
    (2, "13:25", "questions to advisers"),
    (2, "13:30", "a question to advisers"),
    (1, "11:15", "the plan’s home page"),
]

# Step, reviewer, concern, answer. In every other step the reviewers agree.
CONCERNS = [
    (
        3,
        "s151",
        "Under the scheme of delegation every virement above £50,000 needs a cabinet decision. If "
        "annual council elects no Leader, spending could be delayed.",
        "Agreed. The monitoring officer has advised who could decide until a Leader is elected, and "
        "has told budget holders how to ask.",
    ),
]
REMARKS = {
    (1, "hds"): "Checked against the declarations of results.",
    (9, "mo"): "The new induction programme includes the code of conduct.",
}


def seed(*, today):
    """Create the demo councils if they do not exist; return the people who can sign in."""
    if not Council.objects.filter(slug="riverdale").exists():
        with transaction.atomic():
            for council in (_riverdale, _northwold, _eastmere):
                story = DemoStory()
                story.begin(council(story, today))
                story.tell()
            _say_when_each_signed_in()
    return (*RIVERDALE, ADVISER, LEADER, *NORTHWOLD, *EASTMERE)


def _riverdale(story, today):
    election_day = _thursday_about(today - timedelta(days=12))
    due_day = _last_ordinary_election(election_day)
    is_moved = due_day != election_day

    def at(days, clock):
        return moment_of(election_day + timedelta(days=days), clock)

    yield at(-112, "09:30")
    council = Council.objects.create(
        name="Riverdale Borough Council",
        slug="riverdale",
        type=CouncilType.DISTRICT,
        election_cycle=ElectionCycle.THIRDS,
    )
    members = _people(council, RIVERDALE)
    users = {key: member.user for key, member in members.items()}
    chief, officer = users["ce"], users["hds"]
    choose_digest(chief, chief.digest_frequency)
    yield at(-DAYS_VACANT + 1, "10:15")
    before = record_composition(
        council=council,
        as_at=election_day - timedelta(days=DAYS_VACANT),
        composition=BEFORE,
        based_on=None,
        by=officer,
    )
    seed_appointments(council, appointed_on=_third_wednesday_in_may(due_day.year - 1), by=officer)
    yield at(-95, "10:40")
    plan = create_plan(
        council=council,
        by=chief,
        election_day=election_day,
        coalition_term="joint administration",
        stage_2_weeks=6,
        marking=Marking.OFFICIAL_SENSITIVE,
    ).show_all_stages()
    items = {}
    for item in PlanItem.objects.filter(plan=plan).select_related("source", "step__stage"):
        items.setdefault(item.source.code, item)
        items[f"{item.source.code}@{item.step.stage.number}"] = item
    answers = []
    for index, (code, status, owner, offset, words) in enumerate(ANSWERS):
        due = election_day + timedelta(days=offset) if offset is not None else None
        if is_moved and code == EXPLAINS_THE_DAY:
            words = (
                f"{MOVED} The rules on retirement and annual council apply to the new day.\n{words}"
            )
        answered = at(
            _day_answered(index, status, offset), f"{9 + index % 8:02}:{index * 7 % 60:02}"
        )
        answers.append((answered, items[code], status, owner, due, words))
    answers.sort(key=lambda answer: answer[0])
    groups = groups_of(council)
    story.begin(
        _key_dates(plan, is_moved, officer),
        _count_dates(
            plan,
            days={"verification_and_count": 0, "declaration": 1},
            reason="The returning officer has decided to count overnight.",
            by=officer,
        ),
        seed_protocols(plan, groups, by=officer),
        seed_parity(plan, groups, chief=chief, officer=officer),
        _answers(answers, members, chief),
        _own_items(plan, items, members, chief),
        _scenarios(plan, before, chief),
        seed_coming_budget(plan, chief=chief, officer=officer),
        _review_stage_1(plan, members),
        _election_night(plan, before, officer),
        _control(plan, chief),
        seed_packs(plan, members=members),
        seed_vacancy(plan, by=officer),
        seed_register(plan, members),
        seed_nominees(plan, officer),
        seed_check_in(chief, _leader(), today=today),
    )
    yield at(-80, "15:20")
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
    speakers = users | {ADVISER.key: grant.adviser}
    story.begin(
        *(_discuss(plan, items, members, speakers, today, *said) for said in COMMENTS),
        seed_record(story, chief, plan=plan, reader=grant.adviser, today=today),
        seed_advice(plan, grant.adviser, by=chief, today=today),
        seed_comparison(plan, by=chief, today=today),
        _looks(grant, today),
    )
    yield at(10, "16:40")
    seed_links(
        plan,
        PlanItem.objects.live().filter(plan=plan, step__number=11).select_related("step")[0],
        Agreement.objects.filter(plan=plan)[0],
        by=officer,
    )


def _looks(grant, today):
    """Record what the adviser viewed before and between commenting and answering."""
    for days_ago, clock, what in LOOKS:
        yield working_moment(today, days_ago, clock)
        record_look(grant.pk, what=what)


def _day_answered(index, status, offset):
    """Return on which day from election day an answer of ANSWERS was given."""
    if status == NOT_NEEDED:
        return -60
    if status == DONE:
        return offset - 1
    # A part of what is still to do was saved on each day of the first week after the count.
    return min(offset - 1, 5 + index % 7)


def _key_dates(plan, is_moved, by):
    yield moment_of(plan.election_day - timedelta(days=88), "11:30")
    set_date(
        plan,
        "annual_meeting",
        date=plan.election_day + timedelta(days=20),
        reason="Fixed by full council before the election, late in the permitted period, to allow "
        "time for talks." + (f" {MOVED} Annual council follows it." if is_moved else ""),
        version=0,
        by=by,
    )


def _count_dates(plan, *, days, reason, by):
    """Set when votes are counted and the results declared, in days from election day."""
    yield moment_of(plan.election_day - timedelta(days=61), "10:25")
    for key in ("verification_and_count", "declaration"):
        date = plan.election_day + timedelta(days=days[key])
        set_date(plan, key, date=date, reason=reason, version=0, by=by)


def _answers(answers, members, chief):
    for moment, item, *answer in answers:
        yield moment
        _answer(item, *answer, members, chief)


def _own_items(plan, items, members, chief):
    yield moment_of(plan.election_day + timedelta(days=6), "15:45")
    for number, title, owner, status, offset, note in OWN_ITEMS:
        step = next(item.step for item in items.values() if item.step.number == number)
        item = add_item(plan, step, title=title, by=members[owner].user)
        due = plan.election_day + timedelta(days=offset)
        _answer(item, status, owner, due, note, members, chief)


def _control(plan, by):
    """Say who is expected to run the council, once groups have agreed."""
    yield moment_of(plan.election_day + timedelta(days=8), "17:05")
    change_plan(
        plan,
        version=plan.version,
        by=by,
        control=Control.THREE,
        control_standing=ControlStanding.EXPECTED,
        formality=Formality.INFORMAL,
    )


def _discuss(plan, items, members, speakers, today, place, said, is_resolved):
    if isinstance(place, int):
        item, step = None, next(i.step for i in items.values() if i.step.number == place)
    else:
        item = items[place]
        step = item.step
    thread = None
    for who, days_ago, clock, text, told in said:
        yield working_moment(today, days_ago, clock)
        about = {"text": text, "by": speakers[who], "tell": [members[key] for key in told]}
        if thread is None:
            comment = start_thread(plan, step, item=item, **about)
            thread = comment.thread
        else:
            mark_seen([comment], by=speakers[who])  # as opening the page to reply does
            comment = reply(thread, **about)
    if is_resolved:
        resolve_thread(thread, by=comment.author)


def _election_night(plan, before, by):
    """Enter the result of each ward, end the count in the new composition, and share the seats."""
    election_day = plan.election_day
    yield moment_on(election_day, "21:40")
    count = start_count(
        plan,
        by_wards=True,
        wards=[(name, 1) for name in RESULTS],
        groups=NOT_UP.items(),
        seats_up=len(RESULTS),
        no_group_not_up=1,
        by=by,
    )
    declared = moment_on(election_day + timedelta(days=1), "00:35")
    wards = ElectionCount.objects.with_results().get(pk=count.pk).wards.all()
    for number, ward in enumerate(wards):
        yield declared + timedelta(minutes=11 * number + number % 3)
        save_result(
            ward,
            status=WardResult.Status.DECLARED,
            seats={RESULTS[ward.name]: 1},
            version=ward.version,
            by=by,
        )
    yield moment_on(election_day + timedelta(days=1), "04:20")
    count = ElectionCount.objects.with_results().get(pk=count.pk)
    composition = finish_count(
        count,
        as_at=plan.timetable.retirement,
        composition=running_state(count).declared.total.composition(),
        revision=count.revision,
        based_on=before.pk,
        by=by,
    )
    sizes = {group.name: group.members for group in composition.worked_out.groups}
    received_on = working_days_after(plan.timetable.retirement, 1)
    yield moment_on(received_on, "16:10")
    seed_group_notices(plan.council, sizes, received_on=received_on, by=by)
    yield moment_of(election_day + timedelta(days=7), "14:25")
    balance = create_balance(
        composition=composition,
        committees=[Committee(name, size) for name, size in COMMITTEES.items()],
        by=by,
    )
    yield moment_of(election_day + timedelta(days=12), "09:15")
    seed_nominations(balance, election_day=election_day, by=by)


def _scenarios(plan, base, chief):
    yield moment_of(plan.election_day - timedelta(days=55), "11:20")
    for name, changes in SCENARIOS.items():
        save_scenario(
            None,
            plan=plan,
            base=base,
            name=name,
            changes=[SeatSwing(*change) for change in changes],
            version=0,
            by=chief,
        )


def _review_stage_1(plan, members):
    """Three officers review every step of stage 1, and the plan owner signs it off."""

    def at(days, clock):
        return moment_of(plan.election_day + timedelta(days=days), clock)

    chief = members["ce"].user
    stage = Stage.objects.get(framework=plan.transition_id, number=1)
    yield at(-27, "09:20")
    review = ask_for_review(
        plan,
        stage,
        reviewers=[members[key] for key in ("mo", "s151", "hds")],
        due=plan.election_day - timedelta(days=16),
        words="Is the record of what we have done accurate? Does anything else need to be done before the poll?",
        by=chief,
    )
    concerns = {(number, key): (words, answer) for number, key, words, answer in CONCERNS}
    answers = []
    for days, key in ((-24, "hds"), (-22, "mo"), (-20, "s151")):
        for step in Step.objects.filter(stage=stage):
            yield at(days, "10:05")
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
                answers.append((review.marks.get(reviewer=members[key], step=step), answer))
    for mark, answer in answers:
        yield at(-17, "14:50")
        answer_concern(mark, answer=answer, version=mark.version, by=chief)
    yield at(-15, "11:00")
    sign_off_stage(plan, stage, seen=latest_change(plan, stage), by=chief)


def _answer(item, status, owner, due, words, members, chief):
    member = members.get(owner)
    by = member.user if member and member.access != Access.REVIEWER else chief
    not_needed = status == NOT_NEEDED
    item = PlanItem.objects.select_related("plan", "source", "step__stage").get(pk=item.pk)
    save_item(
        item,
        version=item.version,
        by=by,
        status=status,
        owner=member,
        owner_name="" if member else owner,
        due=due and working_day_of(due),
        note="" if not_needed else words,
        reason=words if not_needed else "",
    )


def _northwold(story, today):
    """Create a council more than a year after its election, with three closed review rounds."""
    election_day = _last_ordinary_election(today - timedelta(weeks=55))

    def at(days, clock):
        return moment_of(election_day + timedelta(days=days), clock)

    yield at(-90, "09:45")
    council = Council.objects.create(
        name="Northwold District Council",
        slug="northwold",
        type=CouncilType.DISTRICT,
        election_cycle=ElectionCycle.WHOLE,
    )
    members = _people(council, NORTHWOLD)
    chief, officer = members["ce"].user, members["hds"].user
    yield at(-84, "10:30")
    plan = create_plan(
        council=council,
        by=chief,
        election_day=election_day,
        coalition_term="partnership",
        marking=Marking.OFFICIAL,
    ).show_all_stages()
    story.begin(
        _first_year(plan, members, today),
        _count_dates(
            plan,
            days={"verification_and_count": 1, "declaration": 1},
            reason="The returning officer has decided to count on Friday.",
            by=officer,
        ),
        demo_rounds.seed(plan, members),
        seed_late_returns(plan, by=officer),
        seed_votes(plan, officer),
        seed_past_register(plan, members),
        seed_past_budget(plan, officer=officer, finance=members["s151"].user),
        seed_motion(plan, by=officer),
    )
    yield at(-60, "11:20")
    save_interim(plan, version=0, by=officer, **PAST_INTERIM)
    taking_office = plan.timetable.retirement
    yield moment_of(taking_office, "12:10")
    record_composition(
        council=council,
        as_at=taking_office,
        composition=NORTHWOLD_SEATS,
        based_on=None,
        by=officer,
    )
    yield at(PAST_AGREEMENT["made_on"], "17:05")
    change_plan(
        plan,
        version=plan.version,
        by=chief,
        control=Control.TWO,
        control_standing=ControlStanding.KNOWN,
        formality=Formality.FORMAL,
    )


def _first_year(plan, members, today):
    """Complete most actions of a plan whose first year is over. A few were not needed or never done."""
    leads = {member.office: member for member in members.values()}
    dates = plan.timetable
    # What has no due date was done somewhere between these.
    spans = {
        1: (plan.election_day - timedelta(days=80), plan.election_day),
        2: (plan.election_day + timedelta(days=5), dates.stage_3_from),
        3: (dates.stage_3_from, dates.first_year_ends),
    }
    answers = []
    items = plan.items.select_related("step__stage", "source__lead_role")
    for number, item in enumerate(items.order_by("step__number", "position"), start=1):
        if number % 25 == 0 and not item.due:
            continue
        begins, ends = spans[item.step.stage.number]
        some_day = begins + (ends - begins) * (number * 7 % 20) / 20
        # What is due first in stage 2 depends on the result, so it is not done the day before.
        early = timedelta(days=item.step.stage.number != 2)
        # An action that is due when the plan is made is done some days later.
        done_on = max(spans[1][0], item.due - early) if item.due else some_day
        if (days := DAYS_AFTER_AGREEMENT.get(item.source.code)) is not None:
            done_on = plan.election_day + timedelta(days=PAST_AGREEMENT["made_on"] + days)
        clock = f"{9 + number % 8:02}:{number * 7 % 60:02}"
        reason = "Existing arrangements were enough." if number % 30 == 7 else ""
        answers.append(
            (moment_of(done_on, clock), NOT_NEEDED_BECAUSE.get(item.source.code, reason), item)
        )
    for moment, reason, item in sorted(answers, key=lambda answer: answer[0]):
        yield moment
        owner = leads.get(item.source.lead_role.code, members["ce"])
        item.plan = plan
        save_item(
            item,
            version=item.version,
            by=owner.user,
            status=NOT_NEEDED if reason else DONE,
            owner=owner,
            reason=reason,
        )


def _eastmere(story, today):
    yield working_moment(today, 4, "10:10")
    council = Council.objects.create(
        name="Eastmere District Council",
        slug="eastmere",
        type=CouncilType.DISTRICT,
        election_cycle=ElectionCycle.WHOLE,
    )
    members = _people(council, EASTMERE)
    yield working_moment(today, 3, "09:40")
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


def _say_when_each_signed_in():
    """Give each person as their last sign-in what they last did, or else the day they were added."""
    everyone = (*RIVERDALE, ADVISER, LEADER, *NORTHWOLD, *EASTMERE)
    for user in User.objects.filter(email__in=[person.email for person in everyone]):
        for record in (Event, CouncilEvent):
            last = record.objects.filter(by=user).aggregate(last=Max("at"))["last"]
            user.last_login = max(user.last_login, last or user.last_login)
        user.save(update_fields=["last_login"])


def _leader():
    user = User(email=LEADER.email, name=LEADER.name)
    _let_sign_in(user)
    return user


def _let_sign_in(user):
    user.set_password(PASSWORD)
    user.last_login = timezone.now()
    user.save()


def _last_ordinary_election(day):
    """Return the last usual day of an ordinary election on or before `day`."""
    this_year = first_thursday_in_may(day.year)
    return this_year if this_year <= day else first_thursday_in_may(day.year - 1)


def _third_wednesday_in_may(year):
    """Return a day on which a council can hold its annual meeting, with or without an election."""
    day = date(year, 5, 15)
    return day + timedelta(days=(WEDNESDAY - day.weekday()) % 7)


def _thursday_about(day):
    """Return `day` if it is a Thursday, otherwise the Thursday before it."""
    return day - timedelta(days=(day.weekday() - 3) % 7)
