"""Progress is counted by the same rules in the database and in memory."""

import datetime as dt
import random
from dataclasses import asdict
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessments.plans.models import DUE_SOON_DAYS, OPEN_STATUSES, PlanItem, Status
from assessments.plans.progress import Rag, Tally, matrix_for, standing_of
from elections.timetable import timetable_for

TODAY = dt.date(2027, 5, 18)

tallies = st.builds(
    lambda completed, in_progress, not_needed, overdue, due_soon, other: Tally(
        total=completed + in_progress + not_needed + overdue + due_soon + other,
        completed=completed,
        in_progress=in_progress,
        not_needed=not_needed,
        overdue=overdue,
        due_soon=due_soon,
    ),
    *[st.integers(0, 9)] * 6,
)


def day(offset):
    return TODAY + dt.timedelta(days=offset)


def some_item(status, due):
    return SimpleNamespace(status=status, due=due)


# --- One item -------------------------------------------------------------------------------------

SOON, LATE = DUE_SOON_DAYS, -1


@pytest.mark.parametrize(
    ("status", "due_in", "expected"),
    [
        # status, due in days, (completed, in progress, not needed, overdue, due soon)
        (Status.NOT_STARTED, None, (0, 0, 0, 0, 0)),
        (Status.NOT_STARTED, LATE, (0, 0, 0, 1, 0)),
        (Status.NOT_STARTED, 0, (0, 0, 0, 0, 1)),
        (Status.NOT_STARTED, SOON, (0, 0, 0, 0, 1)),
        (Status.NOT_STARTED, SOON + 1, (0, 0, 0, 0, 0)),
        (Status.IN_PROGRESS, None, (0, 1, 0, 0, 0)),
        (Status.IN_PROGRESS, LATE, (0, 1, 0, 1, 0)),
        (Status.IN_PROGRESS, 0, (0, 1, 0, 0, 1)),
        (Status.IN_PROGRESS, SOON, (0, 1, 0, 0, 1)),
        (Status.COMPLETED, LATE, (1, 0, 0, 0, 0)),
        (Status.COMPLETED, 0, (1, 0, 0, 0, 0)),
        (Status.NOT_NEEDED, LATE, (0, 0, 1, 0, 0)),
        (Status.NOT_NEEDED, 0, (0, 0, 1, 0, 0)),
    ],
)
def test_the_tally_of_one_action(status, due_in, expected):
    due = None if due_in is None else day(due_in)
    tally = Tally.of_item(some_item(status, due), TODAY)
    is_dated = status in OPEN_STATUSES and due is not None
    assert tally == Tally(1, *expected, dated=int(is_dated))
    is_overdue = PlanItem(status=status, due=due).is_overdue(TODAY)
    assert is_overdue == bool(tally.overdue)


# --- The query and the items agree ----------------------------------------------------------------


def test_the_query_and_the_tally_in_memory_agree(plan):
    chance = random.Random(3)  # noqa: S311 - no secret: the same answers every time
    items = list(plan.items.select_related("step__stage"))
    edges = [None, -400, -1, 0, 1, DUE_SOON_DAYS, DUE_SOON_DAYS + 1, 400]
    for _ in range(5):
        for item in items:
            item.status = chance.choice(Status.values)
            item.due = None if (offset := chance.choice(edges)) is None else day(offset)
            item.reason = "x" if item.status == Status.NOT_NEEDED else ""
            item.completed_on = TODAY if item.status == Status.COMPLETED else None
        PlanItem.objects.bulk_update(items, ["status", "due", "reason", "completed_on"])
        for field, key in (("step", "step_id"), ("plan", "plan_id")):
            counted = {row[field]: Tally.of(row) for row in plan.items.tally_by(field, today=TODAY)}
            added = {}
            for item in items:
                at = getattr(item, key)
                added[at] = added.get(at, Tally()) + Tally.of_item(item, TODAY)
            assert counted == added
        overdue = set(plan.items.overdue(TODAY).values_list("pk", flat=True))
        assert overdue == {item.pk for item in items if item.is_overdue(TODAY)}
        assert plan.items.open().count() == sum(item.status in OPEN_STATUSES for item in items)


def test_removed_items_and_other_plans_are_not_counted(plan, their_plan, chief):
    step = plan.items.first().step
    PlanItem.objects.create(
        plan=plan, step=step, title="Gone", position=99, removed_at=timezone.now(), due=day(-9)
    )
    matrix = matrix_for(plan, today=TODAY)
    assert matrix.total == Tally(total=123)


# --- What a tally says ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tally", "rag", "words"),
    [
        (Tally(), Rag.NOTHING, "No actions"),
        (Tally(total=3, not_needed=3), Rag.COMPLETE, "Not needed"),
        (Tally(total=3, completed=3), Rag.COMPLETE, "Complete"),
        (Tally(total=3, completed=1, not_needed=2), Rag.COMPLETE, "Complete"),
        (Tally(total=3), Rag.UNTOUCHED, "Not started"),
        (Tally(total=3, overdue=1), Rag.RED, "Not started"),
        (Tally(total=3, overdue=1, due_soon=1), Rag.RED, "Not started"),
        (Tally(total=3, due_soon=1), Rag.AMBER, "Not started"),
        (Tally(total=3, completed=1, dated=1), Rag.GREEN, "1 of 3"),
        (Tally(total=3, completed=2, dated=1), Rag.GREEN, "2 of 3"),
        (Tally(total=3, completed=2, overdue=1), Rag.RED, "2 of 3"),
        (Tally(total=3, completed=1, due_soon=2), Rag.AMBER, "1 of 3"),
        (Tally(total=3, in_progress=1, dated=1), Rag.GREEN, "0 of 3"),
        (Tally(total=3, not_needed=1, dated=1), Rag.GREEN, "0 of 2"),
        (Tally(total=1000, completed=999), Rag.UNDATED, "999 of 1000"),
    ],
)
def test_the_status_and_the_words_of_a_group_follow_from_its_counts(tally, rag, words):
    assert (tally.rag, tally.words) == (rag, words)


def test_every_status_of_a_group_has_words_that_claim_no_more_than_the_counts():
    assert [rag.value for rag in Rag] == [
        "No actions",
        "Complete",
        "Overdue",
        "Due soon",
        "Not started",
        "No dates set",
        "Nothing overdue",
    ]


@given(tallies)
def test_the_counts_of_a_tally_add_up(tally):
    parts = (tally.completed, tally.in_progress, tally.not_started, tally.not_needed)
    assert min(parts) >= 0
    assert sum(parts) == tally.total == len(tally.segments)
    assert tally.open == tally.in_progress + tally.not_started
    assert tally.segments == sorted(
        tally.segments, key=["completed", "in-progress", "not-started", "not-needed"].index
    )


@given(st.lists(tallies, max_size=5))
def test_adding_adds_every_count(many):
    total = sum(many, Tally())
    for name, value in asdict(total).items():
        assert value == sum(getattr(each, name) for each in many)


# --- The stage that a plan has reached ------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "weeks", "standing"),
    [
        (dt.date(2026, 5, 6), 6, "365 days to election day"),
        (dt.date(2027, 5, 4), 6, "2 days to election day"),
        (dt.date(2027, 5, 5), 6, "1 day to election day"),
        (dt.date(2027, 5, 6), 6, "election day"),
        (dt.date(2027, 5, 7), 6, "day 2 of 42"),
        (dt.date(2027, 6, 16), 6, "day 42 of 42"),
        (dt.date(2027, 6, 2), 4, "day 28 of 28"),
        (dt.date(2027, 6, 3), 4, "first day"),
        (dt.date(2027, 6, 17), 6, "first day"),
        (dt.date(2027, 6, 18), 6, "day 2 of 325"),
        (dt.date(2028, 5, 6), 6, "day 325 of 325"),
        (dt.date(2028, 5, 7), 6, "first year ended"),
        (dt.date(2040, 1, 1), 6, "first year ended"),
    ],
)
def test_the_standing_of_a_plan_is_one_phrase(today, weeks, standing):
    plan = SimpleNamespace(boundaries=timetable_for(dt.date(2027, 5, 6), stage_2_weeks=weeks))
    assert standing_of(plan, today=today) == standing


def test_the_matrix_is_ten_areas_by_three_stages(plan):
    matrix = matrix_for(plan, today=TODAY)
    assert [stage.number for stage in matrix.stages] == [1, 2, 3]
    assert [row.area.number for row in matrix.rows] == list(range(1, 11))
    for area, row in enumerate(matrix.rows, start=1):
        assert [cell.step.number for cell in row.cells] == [area, area + 10, area + 20]
        assert [cell.is_current for cell in row.cells] == [False, True, False]
    assert matrix.current_stage == 2
    assert sum((matrix.of_stage(n) for n in (1, 2, 3)), Tally()) == matrix.total
    assert [tally for _, tally in matrix.stage_tallies] == [matrix.of_stage(n) for n in (1, 2, 3)]
