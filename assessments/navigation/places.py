"""The places of a council's navigation, what each contains, and the place of every page.

A page belongs to the place of its view: the longest of `views` with which the dotted name of the
view begins. So a new page of a subject has a place without being listed here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from councils.permissions import Right

WHOLE_PLAN, REGISTER = "is_seen_whole", "shows_register"


@dataclass(frozen=True)
class Section:
    """A page in the second row of a place.

    `takes` says what the address needs: "plan", "stage", "area" or "council". `needs` is the right
    to open the page, and `only_if` a property of the plan that it requires.
    """

    label: str
    route: str
    views: tuple[str, ...]
    takes: str = "plan"
    needs: Right = Right.VIEW
    only_if: str = ""


@dataclass(frozen=True)
class Place:
    """An entry of the bar. It leads to the first of its sections that the user can open.

    With `shows_count` it has the number of things that need the user's answer beside it.
    """

    name: str
    sections: tuple[Section, ...]
    views: tuple[str, ...] = ()
    shows_count: bool = False


PLAN = Place(
    "Plan",
    (
        Section("Matrix", "plan", ("assessments.pages.views.plans.plan",)),
        Section("By stage", "plan_stage", ("assessments.pages.views.lists.stage",), takes="stage"),
        Section("By area", "plan_area", ("assessments.pages.views.lists.area",), takes="area"),
        Section("By officer", "plan_officers", ("assessments.pages.views.lists.officer",)),
        Section("All actions", "plan_open", ("assessments.pages.views.lists.open_items",)),
        Section("Comments", "plan_comments", ("assessments.comments.views.all_threads",)),
        Section(
            "Restricted notes",
            "restricted_texts",
            ("assessments.restricted_notes.views.restricted_texts",),
            needs=Right.RESTRICTED,
        ),
    ),
    (
        "assessments.pages",
        "assessments.comments",
        "assessments.notices",
        "assessments.presence",
        "assessments.restricted_notes",
        "assessments.reviews.views.control.look_again",
    ),
)
FOR_YOU = Place(
    "For you",
    (
        Section("What needs you", "plan_for_you", ("assessments.for_you",)),
        Section(
            "Your actions by step",
            "plan_mine",
            ("assessments.pages.views.lists.mine",),
            needs=Right.TAKE_PART,
        ),
        Section("Advice", "advice", ("assessments.advice",)),
    ),
    shows_count=True,
)
DATES = Place(
    "Dates",
    (
        Section("Key dates", "plan_dates", ("assessments.timetable.views.dates",)),
        Section("Timeline", "plan_timeline", ("assessments.timetable.views.dates.timeline",)),
        Section("Before annual council", "interim", ("assessments.timetable.views.interim",)),
        Section("Calendar", "plan_calendar", ("assessments.timetable.views.calendars",)),
        Section(
            "Change many due dates",
            "plan_due",
            ("assessments.pages.views.due",),
            needs=Right.EDIT_ITEMS,
        ),
    ),
    ("assessments.timetable",),
)
COUNCIL = Place(
    "Council",
    (
        Section(
            "Composition",
            "composition",
            ("assessments.seats.views.compositions",),
            takes="council",
            needs=Right.TAKE_PART,
        ),
        Section(
            "Election night",
            "election_night",
            ("assessments.election_night",),
            needs=Right.TAKE_PART,
        ),
        Section(
            "Annual council",
            "annual_council",
            ("assessments.annual_council",),
            needs=Right.TAKE_PART,
        ),
        Section(
            "Political balance",
            "balances",
            ("assessments.seats.views.balances",),
            takes="council",
            needs=Right.TAKE_PART,
        ),
        Section(
            "Groups and appointments",
            "group_notices",
            ("assessments.appointments",),
            takes="council",
            needs=Right.TAKE_PART,
        ),
        Section(
            "Scenarios",
            "scenarios",
            ("assessments.seats.views.scenarios",),
            needs=Right.RESTRICTED,
        ),
        Section("Budget", "budget", ("assessments.budget",), needs=Right.TAKE_PART),
        Section("Vacancies", "vacancies", ("assessments.vacancies",), needs=Right.TAKE_PART),
        Section(
            "Changes of control",
            "control_changes",
            ("assessments.reviews.views.control",),
            needs=Right.TAKE_PART,
        ),
    ),
    ("assessments.seats",),
)
JOINT_WORKING = Place(
    "Joint working",
    (
        Section("Register", "register", ("assessments.register",), only_if=REGISTER),
        Section("Review rounds", "rounds", ("assessments.rounds",), only_if=WHOLE_PLAN),
        Section(
            "Ways of working",
            "ways_of_working",
            ("assessments.ways_of_working",),
            needs=Right.TAKE_PART,
        ),
        Section("Parity log", "parity", ("assessments.parity",), needs=Right.TAKE_PART),
    ),
)
REPORTS = Place(
    "Reports",
    (
        Section(
            "Action plan",
            "action_plan",
            ("assessments.exports", "assessments.action_log"),
            needs=Right.EXPORT,
        ),
        Section("Packs", "packs", ("assessments.packs",), needs=Right.TAKE_PART),
        Section(
            "Review and sign-off",
            "stage_review",
            ("assessments.reviews.views.stages",),
            takes="stage",
            needs=Right.TAKE_PART,
        ),
        Section(
            "Snapshots",
            "snapshots",
            ("assessments.reviews.views.snapshots",),
            needs=Right.TAKE_PART,
        ),
        Section(
            "Compared with others",
            "comparison",
            ("assessments.comparisons",),
            needs=Right.TAKE_PART,
        ),
        Section("History", "plan_history", ("assessments.history",)),
    ),
    ("assessments.reviews",),
)
MANAGE = Place(
    "Manage",
    (
        Section(
            "People",
            "people",
            ("councils.views.people",),
            takes="council",
            needs=Right.TAKE_PART,
        ),
        Section("Advisers", "plan_advisers", ("assessments.advisers",), needs=Right.TAKE_PART),
        Section(
            "Settings",
            "plan_settings",
            ("assessments.pages.views.plans.settings", "assessments.editions"),
            needs=Right.MANAGE_PLAN,
        ),
        Section(
            "Data",
            "council_data",
            ("assessments.data_protection",),
            takes="council",
            needs=Right.MANAGE_DATA,
        ),
        Section("Next plan", "plan_next", ("assessments.next_cycle",), needs=Right.MANAGE_PLAN),
    ),
)

PLACES = (PLAN, FOR_YOU, DATES, COUNCIL, JOINT_WORKING, REPORTS, MANAGE)

BY_VIEWS = {views: (place, None) for place in PLACES for views in place.views} | {
    views: (place, section)
    for place in PLACES
    for section in place.sections
    for views in section.views
}


def place_of(view: Callable) -> tuple[Place | None, Section | None]:
    """Return the place of a view inside a council, and its section if it is in the second row."""
    name = f"{view.__module__}.{view.__name__}"
    found = max((views for views in BY_VIEWS if name.startswith(views)), key=len, default="")
    return BY_VIEWS.get(found, (None, None))
