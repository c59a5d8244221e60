"""The Report: what a download contains, before any format draws it."""

import dataclasses
import datetime as dt

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from assessments.exports.report import ExportOptions, report_for
from assessments.exports.scope import Scope, ScopeError
from assessments.plans.actions import change_plan, record_export, remove_item
from assessments.plans.models import Plan, PlanItem
from assessments.plans.progress import Tally
from assessments.timetable.actions import set_date
from councils.models import Council, Membership
from frameworks.models import ChecklistItem, Step
from tests.acting import answer, own_item

TODAY = dt.date(2027, 5, 18)


def report(plan, scope="whole", *, today=TODAY, member=None, **options):
    plan = Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)
    if member:
        member = Membership.objects.get(user=member)
        scope = Scope.parse(scope, member=member.pk, office=member.office)
    else:
        scope = Scope.parse(scope)
    return report_for(plan, scope=scope, options=ExportOptions(**options), today=today)


def listed(found):
    return [item for step in found.steps for item in step.items]


def item_of(plan, code):
    return PlanItem.objects.select_related("plan").get(plan=plan, source__code=code)


# --- The assembly ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["whole", "summary", "stage-2", "area-3", "mine"])
def test_the_number_of_queries_does_not_grow_with_the_plan(plan, chief, scope):
    def queries():
        with CaptureQueriesContext(connection) as context:
            report(plan, scope, member=chief, guidance=True)
        return len(context)

    before = queries()
    step = Step.objects.get(framework=plan.transition_id, number=13)
    owner = Membership.objects.get(user=chief)
    PlanItem.objects.bulk_create(
        PlanItem(plan=plan, step=step, title=f"Own action {n}", position=100 + n, owner=owner)
        for n in range(500)
    )
    assert queries() == before <= 12


def test_it_is_plain_and_cannot_be_changed(plan, chief):
    answer(item_of(plan, "NOC-13.1"), chief, due=dt.date(2027, 5, 1))
    found = report(plan, guidance=True)

    def check(value):
        assert not isinstance(value, (models.Model, models.QuerySet)), value
        if dataclasses.is_dataclass(value):
            assert value.__dataclass_params__.frozen, value
            for field in dataclasses.fields(value):
                check(getattr(value, field.name))
        elif isinstance(value, (list, tuple)):
            for each in value:
                check(each)

    check(found)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.council = "Another"


def test_the_whole_plan_lists_every_item_once_in_the_order_of_the_guidance(plan, chief):
    own_item(plan, 13, by=chief)
    found = report(plan)
    expected = plan.items.order_by("step__number", "position")
    assert [item.words for item in listed(found)] == [item.words("coalition") for item in expected]
    assert [stage.number for stage in found.stages] == [1, 2, 3]
    assert [step.number for step in found.steps] == list(range(1, 31))
    assert found.item_count == found.tally.total == expected.count()


def test_the_cover_names_the_council_and_the_version(plan, chief):
    found = report(plan)
    assert (found.council, found.election_day) == ("Riverdale Borough Council", dt.date(2027, 5, 6))
    assert found.version_line == "Version 1, produced on 18 May 2027"
    assert found.marking == "OFFICIAL-SENSITIVE"
    assert found.control == "Not yet known"
    assert [source.author for source in found.sources] == ["Dr Stephanie Snape"] * 2


def test_control_in_words(plan, chief):
    change_plan(
        plan,
        version=plan.version,
        by=chief,
        control="minority",
        control_standing="known",
        formality="informal",
    )
    assert (
        report(plan).control
        == "Single-party minority administration (confirmed); informal, by understanding"
    )
    # Only an arrangement is formal or informal.
    for control, words in (("unknown", "Not yet known"), ("majority", "One group with a majority")):
        plan.control = control
        assert plan.control_in_words.partition(" (")[0] == words
        assert "informal" not in plan.control_in_words


def test_the_version_counts_changes_and_not_exports(plan, chief):
    answer(item_of(plan, "NOC-13.1"), chief, note="Spoken to two leaders.")
    record_export(plan, by=chief, detail="The whole plan")
    record_export(plan, by=chief, detail="The whole plan")
    assert report(plan).version == 2


@pytest.mark.parametrize(
    ("today", "heading"),
    [
        (dt.date(2027, 4, 3), "Pre-election, 33 days to election day"),
        (dt.date(2027, 5, 6), "Early foundations, election day"),
        (dt.date(2027, 5, 18), "Early foundations, day 13 of 42"),
        (dt.date(2027, 7, 1), "Strengthening, day 15 of 325"),
        (dt.date(2029, 1, 1), "Strengthening, first year ended"),
    ],
)
def test_it_states_the_current_stage_and_day(plan, today, heading):
    found = report(plan, today=today)
    assert found.heading == heading
    assert sum(column.is_current for column in found.matrix.columns) == (today.year < 2029)


# --- Items ----------------------------------------------------------------------------------------


def test_an_item_carries_its_answer(plan, chief, officer):
    item = item_of(plan, "NOC-13.1")
    member = Membership.objects.get(user=officer)
    answer(item, chief, status="in-progress", owner=member, due=dt.date(2027, 5, 10), note="A\n\nB")
    (drawn,) = [i for i in listed(report(plan, "area-3")) if i.code == "NOC-13.1"]
    assert (drawn.step, drawn.status, drawn.status_label) == (13, "in-progress", "In progress")
    assert drawn.who == drawn.owner == f"{officer.name}, Monitoring officer"
    assert drawn.due == dt.date(2027, 5, 10)
    assert drawn.is_overdue
    assert drawn.note == "A\n\nB"
    assert drawn.prompts
    assert drawn.component is None


def test_an_action_names_its_owner_or_the_suggested_lead(plan, chief):
    answer(item_of(plan, "NOC-13.1"), chief, owner_name="Head of communications")
    own_item(plan, 13, by=chief, title="Ours")
    who = {item.code or item.words: item.who for item in listed(report(plan, "area-3"))}
    lead = ChecklistItem.objects.get(code="NOC-13.2").lead_role.name
    assert who["NOC-13.1"] == "Head of communications"
    assert who["NOC-13.2"] == f"Suggested lead: {lead[0].lower()}{lead[1:]}"
    assert who["Ours"] == "No owner yet"


def test_own_items_and_pointers_say_so(plan, chief):
    own_item(plan, 13, by=chief, title="Ours")
    found = {item.code or item.words: item for item in listed(report(plan))}
    assert found["Ours"].is_own
    assert not found["NOC-13.1"].is_own
    pointers = {code: item.component for code, item in found.items() if code.startswith("COMP-")}
    assert pointers
    assert all(component == int(code[5:7]) for code, component in pointers.items())


def test_completed_and_not_needed(plan, chief):
    answer(item_of(plan, "NOC-13.1"), chief, status="completed")
    answer(item_of(plan, "NOC-13.2"), chief, status="not-needed", reason="No change is planned.")
    found = {item.code: item for item in listed(report(plan, "area-3"))}
    assert found["NOC-13.1"].completed_on is not None
    assert not found["NOC-13.1"].is_open
    assert found["NOC-13.2"].reason == "No change is planned."


def test_removed_items_are_gone(plan, chief):
    item = own_item(plan, 13, by=chief, title="Ours")
    remove_item(item, version=item.version, by=chief)
    found = report(plan)
    assert "Ours" not in [item.words for item in listed(found)]
    assert found.tally.total == plan.items.live().count()


def test_words_prompts_and_guidance_use_the_councils_own_term(plan, chief):
    change_plan(plan, version=plan.version, by=chief, coalition_term="alliance")
    found = report(plan, guidance=True)
    said = [text for step in found.steps for text in (step.summary, *step.guidance)]
    said += [text for item in listed(found) for text in (item.words, *item.prompts)]
    assert not [text for text in said if "{" in text or "coalition" in text.lower()]
    assert any("an alliance" in text for text in said)
    assert found.term == "alliance"


def test_stages_say_when_they_are(plan):
    first, second, third = report(plan).stages
    assert (first.starts, first.ends) == (None, dt.date(2027, 5, 5))
    assert (second.starts, second.ends) == (dt.date(2027, 5, 6), dt.date(2027, 6, 16))
    assert (third.starts, third.ends) == (dt.date(2027, 6, 17), dt.date(2028, 5, 6))


# --- Scope ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "steps"),
    [
        ("stage-1", range(1, 11)),
        ("stage-3", range(21, 31)),
        ("area-3", (3, 13, 23)),
        ("area-10", (10, 20, 30)),
        ("summary", ()),
    ],
)
def test_a_stage_or_area_holds_its_own_steps(plan, scope, steps):
    found = report(plan, scope)
    assert [step.number for step in found.steps] == list(steps)
    assert found.item_count == plan.items.filter(step__number__in=steps).count()


def test_an_officer_role_holds_what_it_owns_and_what_it_leads_unowned(plan, chief, officer):
    theirs = item_of(plan, "NOC-11.1")
    answer(theirs, chief, owner=Membership.objects.get(user=officer))
    lost = plan.items.filter(source__lead_role__code="monitoring-officer").first()
    answer(lost, chief, owner_name="Another person")
    found = report(plan, "officer-monitoring-officer")
    expected = plan.items.for_office("monitoring-officer").order_by("step__number", "position")
    assert [item.code for item in listed(found)] == [item.source.code for item in expected]
    assert "NOC-11.1" in [item.code for item in listed(found)]
    assert found.scope_title == "Actions for the monitoring officer"


def test_mine_is_one_persons(plan, chief, officer, person, riverdale):
    deputy = person(riverdale, "deputy", office="monitoring-officer")
    answer(item_of(plan, "NOC-11.1"), chief, owner=Membership.objects.get(user=officer))
    answer(item_of(plan, "NOC-11.2"), chief, owner=Membership.objects.get(user=deputy))
    codes = {item.code for item in listed(report(plan, "mine", member=officer))}
    assert "NOC-11.1" in codes
    assert "NOC-11.2" not in codes
    assert report(plan, "mine", member=officer).scope_title.startswith("Actions for Officer,")


def test_a_part_counts_and_shows_only_itself(plan, chief):
    answer(item_of(plan, "NOC-13.1"), chief, status="completed")
    answer(item_of(plan, "NOC-13.2"), chief, due=dt.date(2027, 5, 10))
    answer(item_of(plan, "NOC-11.1"), chief, due=dt.date(2027, 5, 1))
    part = report(plan, "area-3")
    assert part.tally.total == plan.items.filter(step__role_area__number=3).count()
    assert (part.tally.completed, part.tally.overdue) == (1, 1)
    assert [item.code for item in part.overdue] == ["NOC-13.2"]
    assert [row.area for row in part.matrix.rows] == ["Governance"]
    assert [cell.step for cell in part.matrix.rows[0].cells] == [3, 13, 23]
    assert part.matrix.rows[0].cells[1].tally.words.startswith("1 of ")

    whole = report(plan)
    assert (len(whole.matrix.columns), len(whole.matrix.rows)) == (3, 10)
    assert whole.tally.overdue == 2
    assert sum((c.tally for row in whole.matrix.rows for c in row.cells), Tally()) == whole.tally


def test_steps_that_a_scope_does_not_reach_are_blank(plan):
    found = report(plan, "officer-monitoring-officer")
    reached = set(
        plan.items.for_office("monitoring-officer").values_list("step__number", flat=True)
    )
    cells = [cell for row in found.matrix.rows for cell in row.cells]
    assert {cell.step for cell in cells if cell} == reached
    assert None in cells


def test_a_scope_without_anything(plan):
    plan.items.update(owner=None, owner_name="Another person")
    found = report(plan, "officer-chief-executive")
    assert (found.stages, found.matrix.rows, found.matrix.columns) == ((), (), ())
    assert found.tally == Tally()


@pytest.mark.parametrize(
    "text", ["whole", "summary", "stage-1", "area-10", "officer-lga-adviser", "mine"]
)
def test_a_scope_reads_back_what_it_wrote(text):
    assert Scope.parse(text, member=7, office="slt-member").slug == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "all", "stage", "stage-", "stage-0", "stage-4", "stage-01", "stage-1-2", "stage-٣"),
        *("area-11", "area--1", "officer-", "officer-mayor"),
        *("whole-", "summary-1", "mine-3", "mine"),
    ],
)
def test_other_scopes_are_refused_in_words(text):
    with pytest.raises(ScopeError, match=r"^(Select|Only) \w+"):
        Scope.parse(text)


# --- Options --------------------------------------------------------------------------------------


def test_open_only_leaves_out_but_still_counts(plan, chief):
    answer(item_of(plan, "NOC-13.1"), chief, status="completed")
    answer(item_of(plan, "NOC-13.2"), chief, status="not-needed", reason="Done elsewhere.")
    everything, open_only = report(plan, "area-3"), report(plan, "area-3", open_only=True)
    assert open_only.item_count == everything.item_count - 2
    assert open_only.tally == everything.tally
    assert all(item.is_open for item in listed(open_only))


def test_guidance_only_when_wanted(plan):
    assert not any(step.guidance or step.summary for step in report(plan).steps)
    assert all(step.guidance and step.summary for step in report(plan, guidance=True).steps)


@pytest.mark.parametrize("scope", ["whole", "summary"])
def test_notes_that_are_not_wanted_are_not_read(plan, chief, scope):
    answer(item_of(plan, "NOC-13.1"), chief, note="Between us.")
    with CaptureQueriesContext(connection) as queries:
        found = report(plan, scope, notes=False)
    assert not [query for query in queries if '"note"' in query["sql"]]
    assert not any(item.note for item in listed(found))


def test_the_contents_in_words(plan):
    assert (
        report(plan).contents_in_words
        == "The whole plan, all actions, without guidance, with notes"
    )
    assert (
        report(plan, "stage-2", open_only=True, guidance=True, notes=False).contents_in_words
        == "Stage 2: early foundations, open actions only, with guidance, without notes"
    )
    assert report(plan, "summary", guidance=True).contents_in_words == "One-page summary"


@pytest.mark.parametrize(
    ("name", "scope", "stem"),
    [
        (
            "Riverdale Borough Council",
            "stage-2",
            "Riverdale Borough Council transition action plan stage 2 "
            "OFFICIAL-SENSITIVE 2027-05-18",
        ),
        (
            "King’s Lynn & Wéstmère",
            "whole",
            "Kings Lynn Westmere transition action plan OFFICIAL-SENSITIVE 2027-05-18",
        ),
        (
            '../"; rm -rf ~\r\nX: y',
            "mine",
            "rm rf X y transition action plan actions of one person OFFICIAL-SENSITIVE 2027-05-18",
        ),
        ("市議会", "whole", "transition action plan OFFICIAL-SENSITIVE 2027-05-18"),
    ],
)
def test_a_file_name_is_safe(plan, chief, name, scope, stem):
    Council.objects.filter(pk=plan.council_id).update(name=name)
    assert report(plan, scope, member=chief).file_stem == stem


# --- Dates ----------------------------------------------------------------------------------------


def test_overdue_items_the_longest_first(plan, chief):
    answer(item_of(plan, "NOC-13.1"), chief, due=dt.date(2027, 5, 17))
    answer(item_of(plan, "NOC-21.1"), chief, due=dt.date(2027, 5, 2))
    answer(item_of(plan, "NOC-11.1"), chief, due=TODAY)
    answer(item_of(plan, "NOC-11.2"), chief, due=dt.date(2027, 5, 1), status="completed")
    assert [item.code for item in report(plan).overdue] == ["NOC-21.1", "NOC-13.1"]


def test_dates_to_come_mix_the_elections_and_the_plans(plan, chief):
    answer(item_of(plan, "NOC-13.1"), chief, due=dt.date(2027, 5, 21))
    answer(item_of(plan, "NOC-13.2"), chief, due=dt.date(2027, 5, 22), status="completed")
    answer(item_of(plan, "NOC-11.1"), chief, due=dt.date(2027, 5, 17))
    found = report(plan, "summary").upcoming
    first = [(date.day, date.until, bool(date.who)) for date in found[:4]]
    assert first == [
        (dt.date(2027, 5, 11), dt.date(2027, 5, 31), False),  # a window that is open today
        (dt.date(2027, 5, 18), None, False),
        (dt.date(2027, 5, 21), None, True),
        (dt.date(2027, 6, 17), None, False),
    ]
    assert all((date.until or date.day) >= TODAY for date in found)


def test_years_later_no_dates_are_left(plan):
    assert report(plan, today=dt.date(2031, 1, 1)).upcoming == ()


def test_the_window_for_annual_council_is_no_date_to_come_once_its_day_is_set(plan, chief):
    def any_window(plan, today):
        plan = Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)
        days = report_for(plan, today=today).upcoming
        return any(date.until == plan.timetable.annual_meeting_to for date in days)

    assert any_window(plan, dt.date(2027, 5, 12))
    # The day has passed, though the window has not.
    assert not any_window(plan, dt.date(2027, 5, 20))
    set_date(
        plan, "annual_meeting", date=dt.date(2027, 5, 25), reason="Agreed", version=0, by=chief
    )
    assert not any_window(plan, dt.date(2027, 5, 12))
