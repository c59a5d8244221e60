"""A plan or an action shows what its reader can see, and nothing without a reader."""

import ast
from pathlib import Path

import pytest

from assessments.plans.models import STAGES, NoReader, Plan, PlanItem, carry
from assessments.plans.progress import matrix_for

ROOT = Path(__file__).parents[3]

MAY_SHOW_ALL_STAGES = {
    "assessments/data_protection/council_export.py",
    "assessments/demo/seed.py",
    "assessments/management/commands/export_plan.py",
    "assessments/plans/models/plans.py",
    "assessments/plans/models/readers.py",
    "assessments/reviews/actions/snapshots.py",
}


@pytest.fixture
def unread(plan):
    return Plan.objects.get(pk=plan.pk)


def test_a_plan_fetched_for_no_reader_shows_no_stage(unread, dated_plan):
    for name in ("stages", "stages_in_words", "is_seen_whole", "shows_register"):
        with pytest.raises(NoReader):
            getattr(unread, name)
    with pytest.raises(NoReader):
        PlanItem.objects.on(unread)
    with pytest.raises(NoReader):
        matrix_for(unread, today=dated_plan.election_day)


def test_a_plan_that_carries_only_some_of_the_stages_shows_none(unread):
    unread.sees_stage_1 = unread.sees_stage_2 = True
    with pytest.raises(NoReader):
        unread.stages  # noqa: B018 - a property


def test_carrying_from_a_row_without_a_reader_changes_nothing(unread):
    item = PlanItem.objects.select_related("plan").filter(plan=unread).first()
    with pytest.raises(NoReader):
        carry(item, item.plan)
    assert not hasattr(item.plan, "sees_stage_1")
    # A row with only some of the attributes is refused too.
    item.access = "owner"
    with pytest.raises(NoReader):
        carry(item, item.plan)
    assert not hasattr(item.plan, "access")


def test_a_plan_with_all_stages_shows_the_whole_and_no_grant(unread):
    asked = Plan.objects.with_all_stages().get(pk=unread.pk)
    for plan in (asked, unread.show_all_stages()):
        assert (plan.stages, plan.grant_id, plan.is_seen_whole) == (STAGES, None, True)
        assert PlanItem.objects.on(plan).count() == plan.items.count()


def test_an_adviser_sees_the_stages_of_their_grant(plan, partial_adviser):
    found = Plan.objects.visible_to(partial_adviser).get(pk=plan.pk)
    assert found.stages == (2,)
    numbers = PlanItem.objects.on(found).values_list("step__stage__number", flat=True)
    assert set(numbers) == {2}


def test_only_what_acts_for_the_whole_council_asks_for_all_stages():
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "assessments").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("with_all_stages", "show_all_stages")
    }
    assert found <= MAY_SHOW_ALL_STAGES


def test_views_fetch_plans_only_for_their_user():
    # Of data protection: the number of plans of a council, after its membership was checked.
    allowed = {"assessments/data_protection/views.py"}
    found = {
        f"{path.relative_to(ROOT)}: Plan.objects.{node.attr}"
        for path in (ROOT / "assessments").rglob("*.py")
        if "/views" in path.relative_to(ROOT).as_posix()
        and path.relative_to(ROOT).as_posix() not in allowed
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and ast.unparse(node.value) == "Plan.objects"
        and node.attr != "visible_to"
    }
    assert found <= {"assessments/portfolio/views/home.py: Plan.objects.filter"}
