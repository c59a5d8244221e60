"""The demo's vacancy, in Riverdale, and its motion of no confidence, in Northwold."""

import datetime as dt

from assessments.demo_story import Part, moment_of
from assessments.plans.models import Plan
from councils.models import User
from elections.calendar import working_days_after
from elections.timetable import first_thursday_in_may
from elections.vacancy import VacancyCause

from .actions import add_motion, add_vacancy
from .models import MotionState


def seed_vacancy(plan: Plan, *, by: User) -> Part:
    """Record a resignation soon after the election, with the notice of two electors.

    The councillor’s seat was not up for election: Beech won the one that was.
    """
    arose = plan.election_day + dt.timedelta(days=6)
    notice_on = working_days_after(arose, 2)
    yield moment_of(notice_on, "15:15")
    add_vacancy(
        plan,
        ward="Mill",
        group="Ash",
        cause=VacancyCause.RESIGNATION,
        arose_on=arose,
        term_ends=first_thursday_in_may(plan.election_day.year + 2) + dt.timedelta(days=4),
        notice_on=notice_on,
        by=by,
    )


def seed_motion(plan: Plan, *, by: User) -> Part:
    """Record a motion that was withdrawn."""
    received_on = plan.election_day + dt.timedelta(days=200)
    yield moment_of(received_on + dt.timedelta(days=4), "12:20")
    add_motion(
        plan,
        received_on=received_on,
        signed=9,
        needed=8,
        notice_days=7,
        state=MotionState.WITHDRAWN,
        by=by,
    )
