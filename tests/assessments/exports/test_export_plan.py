"""`manage.py export_plan`: the same files from the command line."""

import datetime as dt
import io

import pikepdf
import pytest
from django.core.management import CommandError, call_command

from assessments.plans.actions import create_plan
from assessments.plans.models import Event
from tests.acting import answer


@pytest.fixture
def output(tmp_path):
    return tmp_path / "plan.pdf"


def run(plan, output, *args):
    out = io.StringIO()
    call_command("export_plan", str(plan), "--output", str(output), *args, stdout=out)
    return out.getvalue()


def exports(plan):
    return plan.events.filter(kind=Event.Kind.PLAN_EXPORTED)


def title(path):
    with pikepdf.open(path) as document:
        return str(document.docinfo.Title)


def test_it_writes_the_file_and_leaves_an_event(plan, output):
    said = run(plan.pk, output, "--scope", "area-3", "--open-only", "--guidance", "--no-notes")
    assert title(output).endswith("· Governance, in all 3 stages")
    event = exports(plan).get()
    assert event.by is None
    assert event.detail == (
        "PDF: governance, in all 3 stages, open actions only, with guidance, without notes"
    )
    assert str(output) in said
    assert "OFFICIAL-SENSITIVE" in said
    assert said.count("\n") == 1


def test_notes_are_in_unless_left_out(plan, item, chief, output):
    answer(item, chief, note="A" * 60)
    run(plan.pk, output, "--scope", "area-3")
    with_notes = output.stat().st_size
    run(plan.pk, output, "--scope", "area-3", "--no-notes", "--force")
    assert output.stat().st_size < with_notes


def test_a_plan_can_be_named_by_its_council(plan, output):
    run("riverdale", output, "--scope", "summary")
    assert exports(plan).count() == 1


def test_the_command_lists_several_plans_of_one_council(plan, riverdale, chief, output):
    other = create_plan(council=riverdale, by=chief, election_day=dt.date(2028, 5, 4))
    with pytest.raises(CommandError) as error:
        run("riverdale", output)
    assert f"{plan.pk} for 6 May 2027" in str(error.value)
    assert f"{other.pk} for 4 May 2028" in str(error.value)


@pytest.mark.parametrize("name", ["nowhere", "0", "999999", "9" * 30, "²", ""])
def test_a_plan_that_does_not_exist(plan, output, name):
    with pytest.raises(CommandError, match="There is no plan"):
        run(name, output)
    assert not output.exists()


@pytest.mark.parametrize("scope", ["stage-4", "area-x", "everything", "mine"])
def test_a_scope_that_does_not_exist(plan, output, scope):
    with pytest.raises(CommandError, match="--scope: "):
        run(plan.pk, output, "--scope", scope)
    assert not output.exists()
    assert not exports(plan).exists()


def test_a_file_is_replaced_only_with_force(plan, output):
    output.write_text("keep me")
    with pytest.raises(CommandError, match="Add --force to replace it"):
        run(plan.pk, output, "--scope", "summary")
    assert output.read_text() == "keep me"
    run(plan.pk, output, "--scope", "summary", "--force")
    assert output.read_bytes().startswith(b"%PDF")
    assert exports(plan).count() == 1


@pytest.mark.parametrize("place", ["missing/plan.pdf", "."])
def test_a_place_that_cannot_be_written(plan, tmp_path, place):
    with pytest.raises(CommandError, match=r"Could not write .*: "):
        run(plan.pk, tmp_path / place, "--scope", "summary", "--force")
    assert not exports(plan).exists()
