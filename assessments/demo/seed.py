"""The demo: three fictional councils, one in the middle of a transition to no overall control.

Dates are counted from today, so that Riverdale is always 12 to 18 days past its election. If that is
not the usual day of an ordinary election, the notes say that an order moved it. Northwold and
Eastmere have theirs on the usual day. Groups, people and places are invented.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from assessments.advice.demo import seed_advice
from assessments.advisers.actions import grant_adviser, record_look
from assessments.annual_council.demo import seed_nominees, seed_votes
from assessments.appointments.demo import seed_appointments, seed_group_notices, seed_nominations
from assessments.budget.demo import seed_coming_budget, seed_past_budget
from assessments.comments.actions import reply, resolve_thread, start_thread
from assessments.comments.models import Comment, Thread
from assessments.comparisons.demo import seed_comparison
from assessments.development.demo import seed_check_in, seed_record
from assessments.election_night.actions import finish_count, save_result, start_count
from assessments.election_night.models import ElectionCount, WardResult
from assessments.election_night.running import running_state
from assessments.links.demo import seed_links
from assessments.packs.demo import seed_late_returns, seed_packs
from assessments.parity.demo import seed_parity
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
from assessments.timetable.actions import set_date
from assessments.vacancies.demo import seed_motion, seed_vacancy
from assessments.ways_of_working.demo import seed_protocols
from councils.actions import add_member, choose_digest
from councils.models import Access, AdviserAccess, Council, CouncilType, ElectionCycle, Office, User
from elections.composition import Composition, Group
from elections.count import NO_GROUP
from elections.political_balance import Committee
from elections.scenario import SeatSwing
from elections.timetable import first_thursday_in_may, next_ordinary_election_day
from frameworks.models import Stage, Step

PASSWORD = "Riverdale-rehearsal-1"  # noqa: S105 - public on purpose; seed_demo refuses production

WEDNESDAY, FRIDAY, SATURDAY = 2, 4, 5  # as `date.weekday` counts

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
        "Owen Pryce",
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
    ("NOC-01.4", DONE, "ce", -30, ""),
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
    ("COMP-03.1", TO_DO, "ce", 24, ""),
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
    ("NOC-14.2", DOING, "ce", 9, "Met 2 of the 5 group leaders. The others are booked."),
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
        TO_DO,
        "ce",
        24,
        "Two half days are in the diary for the weeks after annual council.",
    ),
    ("COMP-02.2", TO_DO, "ce", 26, ""),
    ("NOC-16.1", DOING, "ce", 28, ""),
    ("NOC-16.2", DOING, "hds", 18, ""),
    (
        "NOC-17.1",
        DONE,
        "Head of communications",
        10,
        "One page. A named councillor from each group clears joint releases within 4 hours.",
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
# An ordinary election is on its usual day unless an order moves it.
MOVED = "An order moved the ordinary election from its usual day."
EXPLAINS_THE_DAY = "NOC-03.2"  # the note of this item says so
# New councillors take office on the fourth day after the poll.
TAKING_OFFICE = 4
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

# Step, reviewer, concern, answer. In every other step the reviewers agree.
CONCERNS = [
    (
        3,
        "s151",
        "Under the scheme of delegation every virement above £50,000 needs a cabinet decision. If "
        "there is no cabinet for some weeks, spending could be delayed.",
        "Agreed. The monitoring officer has advised who can decide until there is a cabinet, and has told "
        "budget holders how to ask.",
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
    due_day = _last_ordinary_election(election_day)
    is_moved = due_day != election_day
    before = record_composition(
        council=council,
        as_at=election_day - timedelta(days=DAYS_VACANT),
        composition=BEFORE,
        based_on=None,
        by=members["hds"].user,
    )
    plan = create_plan(
        council=council,
        by=chief,
        election_day=election_day,
        control=Control.THREE,
        control_standing=ControlStanding.EXPECTED,
        formality=Formality.INFORMAL,
        coalition_term="joint administration",
        stage_2_weeks=6,
        marking=Marking.OFFICIAL_SENSITIVE,
    ).show_all_stages()
    _scenarios(plan, before, chief)
    _election_night(plan, before, members["hds"].user)
    seed_appointments(
        council, appointed_on=_third_wednesday_in_may(due_day.year - 1), by=members["hds"].user
    )
    set_date(
        plan,
        "annual_meeting",
        date=election_day + timedelta(days=20),
        reason="Fixed by full council before the election, late in the permitted period, to allow "
        "time for talks." + (f" {MOVED} Annual council follows it." if is_moved else ""),
        version=0,
        by=members["hds"].user,
    )
    items = {}
    for item in PlanItem.objects.filter(plan=plan).select_related("plan", "source", "step__stage"):
        items.setdefault(item.source.code, item)
        items[f"{item.source.code}@{item.step.stage.number}"] = item
    for code, status, owner, offset, words in ANSWERS:
        due = election_day + timedelta(days=offset) if offset is not None else None
        if is_moved and code == EXPLAINS_THE_DAY:
            words = (
                f"{MOVED} The rules on retirement and annual council apply to the new day.\n{words}"
            )
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
    record_look(grant.pk, what="the plan’s home page")
    speakers = {key: member.user for key, member in members.items()} | {ADVISER.key: grant.adviser}
    seed_record(chief, plan=plan, reader=grant.adviser, today=today)
    seed_check_in(chief, _leader())
    choose_digest(chief, chief.digest_frequency)
    for place, said, is_resolved in COMMENTS:
        _discuss(plan, items, members, speakers, place, said, is_resolved)
    seed_packs(plan, members=members, today=today)
    _review_stage_1(plan, members, today)
    seed_register(plan, members)
    seed_nominees(plan, members["hds"].user)
    seed_advice(plan, grant.adviser, by=chief, today=today)
    seed_comparison(plan, by=chief, today=today)
    seed_links(
        plan,
        PlanItem.objects.live().filter(plan=plan, step__number=11).select_related("step")[0],
        Agreement.objects.filter(plan=plan)[0],
        by=members["hds"].user,
    )
    seed_parity(
        plan,
        groups_of(plan.council),
        chief=members["ce"].user,
        officer=members["hds"].user,
    )
    seed_vacancy(plan, by=members["hds"].user)
    seed_coming_budget(plan, chief=members["ce"].user, officer=members["hds"].user)
    seed_protocols(plan, groups_of(plan.council), by=members["hds"].user)


def _discuss(plan, items, members, speakers, place, said, is_resolved):
    if isinstance(place, int):
        item, step = None, next(i.step for i in items.values() if i.step.number == place)
    else:
        item = items[place]
        step = item.step
    thread = None
    for who, days_ago, clock, text, told in said:
        about = {"text": text, "by": speakers[who], "tell": [members[key] for key in told]}
        if thread is None:
            comment = start_thread(plan, step, item=item, **about)
            thread = comment.thread
        else:
            comment = reply(thread, **about)
        # Comments are spread over some days in office hours; the actions record the present time.
        at = _working_moment(days_ago, clock)
        Comment.objects.filter(pk=comment.pk).update(at=at)
    if is_resolved:
        resolve_thread(thread, by=comment.author)
        Thread.objects.filter(pk=thread.pk).update(resolved_at=at)


def _election_night(plan, before, by):
    """Enter the result of each ward, end the count in the new composition, and share the seats."""
    count = start_count(
        plan,
        by_wards=True,
        wards=[(name, 1) for name in RESULTS],
        groups=NOT_UP.items(),
        seats_up=len(RESULTS),
        no_group_not_up=1,
        by=by,
    )
    for ward in ElectionCount.objects.with_results().get(pk=count.pk).wards.all():
        save_result(
            ward,
            status=WardResult.Status.DECLARED,
            seats={RESULTS[ward.name]: 1},
            version=ward.version,
            by=by,
        )
    count = ElectionCount.objects.with_results().get(pk=count.pk)
    composition = finish_count(
        count,
        as_at=plan.election_day + timedelta(days=TAKING_OFFICE),
        composition=running_state(count).declared.total.composition(),
        revision=count.revision,
        based_on=before.pk,
        by=by,
    )
    balance = create_balance(
        composition=composition,
        committees=[Committee(name, size) for name, size in COMMITTEES.items()],
        by=by,
    )
    sizes = {group.name: group.members for group in composition.worked_out.groups}
    council, election_day = plan.council, plan.election_day
    seed_group_notices(council, sizes, election_day=election_day, by=by)
    seed_nominations(balance, election_day=election_day, by=by)


def _scenarios(plan, base, chief):
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


def _review_stage_1(plan, members, today):
    """Three officers review every step of stage 1, and the plan owner signs it off."""
    chief = members["ce"].user
    stage = Stage.objects.get(framework=plan.transition_id, number=1)
    review = ask_for_review(
        plan,
        stage,
        reviewers=[members[key] for key in ("mo", "s151", "hds")],
        due=today,
        words="Is the record of what we did before the poll accurate? Does anything still need to be done?",
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
    due = due and _weekday(due)
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
        # Completed the day before it was due; the action records today.
        done_on = _weekday(min(due - timedelta(days=1), today))
        PlanItem.objects.filter(pk=item.pk).update(completed_on=done_on)


def _northwold(today):
    """Create a council more than a year after its election, with three closed review rounds."""
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
        election_day=_last_ordinary_election(today - timedelta(weeks=55)),
        control=Control.TWO,
        control_standing=ControlStanding.KNOWN,
        formality=Formality.FORMAL,
        coalition_term="partnership",
        marking=Marking.OFFICIAL,
    ).show_all_stages()
    _first_year(plan, members, today)
    demo_rounds.seed(plan, members)
    seed_votes(plan, members["hds"].user)
    seed_past_budget(plan, officer=members["hds"].user, finance=members["s151"].user)
    seed_motion(plan, by=members["hds"].user)
    seed_late_returns(plan, today=today, by=members["hds"].user)


def _first_year(plan, members, today):
    """Complete most actions of a plan whose first year is over. A few were not needed or never done."""
    leads = {member.office: member for member in members.values()}
    items = plan.items.select_related("step__stage", "source__lead_role")
    dates = plan.timetable
    ends = {1: plan.election_day, 2: dates.stage_3_from, 3: dates.first_year_ends}
    for number, item in enumerate(items.order_by("step__number", "position"), start=1):
        if number % 25 == 0:
            continue
        not_needed = number % 30 == 7
        owner = leads.get(item.source.lead_role.code, members["ce"])
        item.plan = plan
        save_item(
            item,
            version=item.version,
            by=owner.user,
            status=NOT_NEEDED if not_needed else DONE,
            owner=owner,
            reason="Existing arrangements were enough." if not_needed else "",
        )
        if not not_needed:
            last = item.due or ends[item.step.stage.number]
            done_on = _weekday(min(last - timedelta(days=1), today))
            PlanItem.objects.filter(pk=item.pk).update(completed_on=done_on)


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


def _working_moment(days_ago, at):
    """Return the time `at` ("14:05") on the day `days_ago` weekdays before today."""
    day = timezone.localdate()
    while days_ago:
        day -= timedelta(days=1)
        days_ago -= day.weekday() < SATURDAY
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(at)))


def _weekday(day):
    """Return `day`, or the Friday before it if it is at a weekend."""
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))


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
