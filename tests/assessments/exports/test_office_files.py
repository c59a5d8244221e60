"""The action plan as an Excel log and as a Word report to a committee."""

import datetime as dt
import io
import zipfile

import docx
import openpyxl
import pytest
from django.urls import reverse
from time_machine import travel

from assessments.exports.excel import render_workbook
from assessments.exports.report import ExportOptions, report_for
from assessments.exports.scope import Scope
from assessments.exports.word import render_committee_report
from assessments.plans.models import Event, Plan, Status
from tests.acting import answer, own_item, signed_in

TODAY = dt.date(2027, 5, 18)


def report(plan, scope="whole", **options):
    plan = Plan.objects.select_related("council").get(pk=plan.pk)
    return report_for(plan, scope=Scope.parse(scope), options=ExportOptions(**options), today=TODAY)


def log_of(content):
    """The rows of the log by heading."""
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Actions"]
    headings, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def words_of(content):
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


# --- Excel ----------------------------------------------------------------------------------------


def test_the_log_has_a_row_for_each_action(plan, item, officer):
    answer(
        item,
        officer,
        status=Status.IN_PROGRESS,
        owner_name="Chair of the members’ panel",
        due=dt.date(2027, 5, 17),
        note="First words.\n\nMore words.",
    )
    rows = log_of(render_workbook(report(plan)))
    assert len(rows) == plan.items.live().count()
    (row,) = (row for row in rows if row["Note"])
    assert row["Stage"] == "2 Early foundations"
    assert row["Step"] == 13
    assert row["Status"] == "In progress"
    assert row["Owner"] == "Chair of the members’ panel"
    assert row["Due"] == dt.datetime(2027, 5, 17)  # noqa: DTZ001 - Excel knows no zones
    assert row["Overdue"] == "Overdue"
    assert row["Note"] == "First words.\n\nMore words."
    assert row["Source"] == "NOC-13.1"


def test_the_log_says_what_was_taken_and_how_far_it_is(plan, item, officer):
    answer(item, officer, status=Status.COMPLETED)
    workbook = openpyxl.load_workbook(
        io.BytesIO(render_workbook(report(plan, "stage-2", open_only=True)))
    )
    said = [[cell for cell in row if cell is not None] for row in workbook["Summary"].values]
    assert ["OFFICIAL-SENSITIVE"] in said
    assert ["What is here", report(plan, "stage-2", open_only=True).contents_in_words] in said
    (line,) = (row for row in said if row and row[0] == "All that is covered")
    needed = plan.items.live().filter(step__stage__number=2).count()
    assert line[1:] == [needed, 1, 0, 0, 0]
    for sheet in workbook:
        assert sheet.oddHeader.center.text == "OFFICIAL-SENSITIVE"
        assert sheet.oddFooter.center.text == "OFFICIAL-SENSITIVE"


def test_the_log_of_a_summary_is_its_figures_alone(plan):
    workbook = openpyxl.load_workbook(io.BytesIO(render_workbook(report(plan, "summary"))))
    assert workbook.sheetnames == ["Summary"]


def test_without_notes_there_is_no_column_for_them(plan, item, officer):
    answer(item, officer, note="Not to leave")
    rows = log_of(render_workbook(report(plan, notes=False)))
    assert "Note" not in rows[0]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_no_cell_starts_a_formula(plan, officer, start):
    title = f'{start}HYPERLINK("https://evil.example", "Budget")'
    own_item(plan, by=officer, title=title, note=f"{start}cmd|' /C calc'!A0")
    content = render_workbook(report(plan))
    (row,) = (row for row in log_of(content) if row["Source"] == "Added by the council")
    assert row["Action"].strip() == title.strip()
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Actions"]
    assert "f" not in {cell.data_type for row in sheet for cell in row}
    marked = [cell for row in sheet for cell in row if str(cell.value).startswith(start)]
    assert marked
    assert all(cell.quotePrefix for cell in marked)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


@pytest.mark.parametrize("draw", [render_workbook, render_committee_report])
def test_odd_characters_go_and_the_rest_stays(plan, officer, draw):
    own_item(plan, by=officer, title="Bell\x07 and \ufffe end \U0001f5f3", due=TODAY)
    content = draw(report(plan))
    if draw is render_workbook:
        words = [row["Action"] for row in log_of(content)]
    else:
        words = words_of(content)
    assert "Bell and  end \U0001f5f3" in words


# --- Word -----------------------------------------------------------------------------------------


def test_the_report_has_the_headings_of_a_committee_report(plan):
    document = docx.Document(io.BytesIO(render_committee_report(report(plan))))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings == [
        "Purpose",
        "Recommendations",
        "Progress by stage",
        "Next actions",
        "Legal implications",
        "Financial implications",
        "Equality implications",
        "Risk implications",
        "Background papers",
    ]
    section = document.sections[0]
    assert section.header.paragraphs[0].text == "OFFICIAL-SENSITIVE"
    assert "OFFICIAL-SENSITIVE" in section.footer.paragraphs[0].text


def test_the_report_has_its_figures_and_next_actions(plan, item, officer):
    answer(item, officer, due=dt.date(2027, 5, 17), note="Kept in the planner")
    words = words_of(render_committee_report(report(plan)))
    needed = plan.items.live().count()
    assert f"Actions needed: {needed}. Completed: 0. In progress: 0. Overdue: 1." in words
    assert "17 May 2027 (overdue)" in words
    assert "[For the monitoring officer to complete]" in words
    assert not any("Kept in the planner" in line for line in words)


def test_long_lists_are_cut_with_the_number_left_out(plan, officer):
    for n in range(30):
        own_item(plan, by=officer, title=f"Action {n}", due=TODAY)
    words = words_of(render_committee_report(report(plan)))
    assert any(line.endswith("more stand in the transition action plan.") for line in words)


# --- The pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "ending", "said"),
    [
        ("action_plan_excel", "xlsx", "Excel action log: the whole plan"),
        ("action_plan_word", "docx", "Word committee report: the whole plan"),
    ],
)
def test_the_file_comes_marked_and_leaves_an_event(plan, reviewer, name, ending, said):
    client = signed_in(reviewer)
    with travel(dt.datetime(2027, 5, 18, 12, tzinfo=dt.UTC), tick=False):
        response = signed_in(reviewer).post(reverse(name, args=[plan.pk]), {"scope": "whole"})
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="Riverdale-Borough-Council-transition-action-plan-'
        f'OFFICIAL-SENSITIVE-2027-05-18.{ending}"'
    )
    event = plan.events.get(kind=Event.Kind.PLAN_EXPORTED)
    assert event.by == reviewer
    assert event.detail.startswith(said)
    asked = client.get(reverse(name, args=[plan.pk]), {"scope": "stage-2"})
    assert asked.url == reverse("action_plan", args=[plan.pk]) + "?scope=stage-2"


@pytest.mark.parametrize("name", ["action_plan_excel", "action_plan_word"])
def test_bad_answers_are_asked_again(plan, chief, name):
    response = signed_in(chief).post(reverse(name, args=[plan.pk]), {"scope": "stage-9"})
    assert response.status_code == 422
    assert not plan.events.filter(kind=Event.Kind.PLAN_EXPORTED).exists()
