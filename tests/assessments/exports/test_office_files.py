"""The action plan as an Excel log and as a Word report to a committee."""

import datetime as dt
import io
import zipfile

import docx
import openpyxl
import pytest
from django.urls import reverse
from time_machine import travel

from assessments.comments.actions import start_thread
from assessments.exports.excel import render_workbook
from assessments.exports.report import ExportOptions, report_for
from assessments.exports.scope import Scope
from assessments.exports.word import render_committee_report
from assessments.plans.models import Control, ControlStanding, Event, Plan, Status
from assessments.timetable.actions import save_interim
from councils.models import Council
from tests.acting import answer, own_item, signed_in

TODAY = dt.date(2027, 5, 18)


def report(plan, scope="whole", **options):
    plan = Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)
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


def test_the_log_states_its_contents_and_the_progress(plan, item, officer):
    answer(item, officer, status=Status.COMPLETED)
    workbook = openpyxl.load_workbook(
        io.BytesIO(render_workbook(report(plan, "stage-2", open_only=True)))
    )
    said = [[cell for cell in row if cell is not None] for row in workbook["Summary"].values]
    assert ["OFFICIAL-SENSITIVE"] in said
    assert ["Covers", report(plan, "stage-2", open_only=True).contents_in_words] in said
    # Before the poll, “Political control: not yet known” was not true of a council with a majority.
    assert ["Control after the election", "Not yet known"] in said
    (line,) = (row for row in said if row and row[0] == "Total")
    needed = plan.items.live().filter(step__stage__number=2).count()
    assert line[1:] == [needed, 1, 0, needed - 1, 0, 0]
    for sheet in workbook:
        assert sheet.oddHeader.center.text == "OFFICIAL-SENSITIVE"
        assert sheet.oddFooter.center.text == "OFFICIAL-SENSITIVE"


@pytest.mark.parametrize("scope", ["whole", "summary", "stage-2", "area-3"])
def test_the_stages_of_the_log_add_up_to_its_total(plan, item, officer, scope):
    """A stage without open actions is left out of a list of them, not out of the figures."""
    for each in plan.items.filter(step__stage__number=1):
        answer(each, officer, status=Status.COMPLETED)
    for only in (False, True):
        content = render_workbook(report(plan, scope, open_only=only))
        lines = list(openpyxl.load_workbook(io.BytesIO(content))["Summary"].values)
        first = next(i for i, line in enumerate(lines) if line[0] == "Stage") + 1
        last = next(i for i, line in enumerate(lines) if line[0] == "Total")
        stages = lines[first:last]
        assert len(stages) == (1 if scope == "stage-2" else 3)
        assert [sum(figures) for figures in zip(*(line[1:] for line in stages), strict=True)] == [
            *lines[last][1:]
        ]


def test_the_log_says_that_no_dates_are_to_come(plan):
    late = Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk)
    late.items.update(due=None)
    for today, expected in ((TODAY, False), (dt.date(2028, 11, 30), True)):
        content = render_workbook(report_for(late, scope=Scope.parse("whole"), today=today))
        sheet = openpyxl.load_workbook(io.BytesIO(content))["Summary"]
        lines = [row[0] for row in sheet.iter_rows(values_only=True)]
        assert "Next dates" in lines
        assert ("There are no more key dates or due dates." in lines) == expected


def test_the_log_of_a_summary_has_only_figures(plan):
    workbook = openpyxl.load_workbook(io.BytesIO(render_workbook(report(plan, "summary"))))
    assert workbook.sheetnames == ["Summary"]
    facts = dict(list(workbook["Summary"].values)[row][:2] for row in range(3, 8))
    assert facts["Covers"] == "The whole plan, figures and dates only"


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


def test_control_characters_are_removed_from_the_log(plan, officer):
    own_item(plan, by=officer, title="Bell\x07 and \ufffe end \U0001f5f3", due=TODAY)
    words = [row["Action"] for row in log_of(render_workbook(report(plan)))]
    assert "Bell and  end \U0001f5f3" in words


@pytest.mark.parametrize("draw", [render_workbook, render_committee_report])
def test_control_characters_are_removed_from_names_and_properties(plan, draw):
    Council.objects.filter(pk=plan.council_id).update(name="River\x07dale \ufffeCouncil")
    with zipfile.ZipFile(io.BytesIO(draw(report(plan)))) as parts:
        texts = [parts.read(name).decode() for name in parts.namelist() if ".xml" in name]
    assert any("Riverdale Council" in text for text in texts)
    assert not any(odd in text for text in texts for odd in "\x07\ufffe")


def test_comments_have_their_time_as_a_value_and_a_table_to_filter(plan, item, officer):
    start_thread(item.plan, item.step, item=item, text="How far is it?", by=officer)
    content = render_workbook(report(plan, comments=True))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Comments"]
    headings, row = sheet.iter_rows(values_only=True)
    when = dict(zip(headings, row, strict=True))["When"]
    assert isinstance(when, dt.datetime)
    assert sheet.auto_filter.ref == "A1:G2"
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"


def test_control_that_is_confirmed_before_the_poll_is_the_control_now(plan):
    def labels(**travelled):
        made = report_for(plan, today=plan.election_day + dt.timedelta(**travelled))
        sheet = openpyxl.load_workbook(io.BytesIO(render_workbook(made)))["Summary"]
        return {row[0]: row[1] for row in sheet.iter_rows(values_only=True)}

    plan.control = Control.MINORITY
    plan.control_standing = ControlStanding.KNOWN
    words = "Single-party minority administration (confirmed)"
    assert labels(days=-50)["Control now"] == words
    assert labels(days=1)["Control after the election"] == words
    plan.control_standing = ControlStanding.EXPECTED
    assert "Control now" not in labels(days=-50)


def test_a_sheet_without_comments_says_so(plan):
    content = render_workbook(report(plan, comments=True))
    _, row = openpyxl.load_workbook(io.BytesIO(content))["Comments"].iter_rows(values_only=True)
    assert row[1] == "No comments."


# --- Word -----------------------------------------------------------------------------------------


def test_the_report_has_the_headings_of_a_committee_report(plan):
    document = docx.Document(io.BytesIO(render_committee_report(report(plan))))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings == [
        "Purpose",
        "Recommendations",
        "Reasons for the recommendations",
        "Progress by stage",
        "Next key dates",
        "Options considered",
        "Consultation",
        "Legal implications",
        "Financial implications",
        "Equality implications",
        "Risk implications",
        "Background papers",
    ]
    section = document.sections[0]
    marking = section.header.paragraphs[0].text
    assert marking.startswith("DRAFT, OFFICIAL-SENSITIVE until the monitoring officer clears it")
    assert "OFFICIAL-SENSITIVE" in section.footer.paragraphs[0].text


def test_the_report_has_lines_for_what_a_council_must_state(plan):
    words = words_of(render_committee_report(report(plan)))
    for line in (
        "Contact officer",
        "Wards or divisions affected",
        "Key decision",
        "Open or exempt",
    ):
        assert line in words


def test_the_line_on_key_decisions_fits_how_the_council_decides(plan, chief):
    version = 0
    for governance, said in (
        ("", "Delete this line under a committee system"),
        ("leader", "If yes, the reference of its notice]"),
        ("committees", None),
    ):
        if governance:
            save_interim(plan, version=version, by=chief, governance=governance)
            version += 1
        words = words_of(render_committee_report(report(plan)))
        assert ("Key decision" in words) == (said is not None)
        assert said is None or any(said in each for each in words)


def test_the_report_writes_the_days_of_a_window_as_other_documents_do(plan):
    made = report_for(
        Plan.objects.with_all_stages().select_related("council").get(pk=plan.pk),
        scope=Scope.parse("whole"),
        options=ExportOptions(),
        today=dt.date(2027, 1, 18),
    )
    words = words_of(render_committee_report(made))
    assert "11 to 31 May 2027" in words
    assert "31 March to 6 May 2027" in words


def test_the_report_lists_no_background_papers(plan):
    words = words_of(render_committee_report(report(plan)))
    (papers,) = words[words.index("Background papers") + 1 :][:1]
    assert papers.startswith("[Author: list only papers that are open to public inspection")
    assert not any(word.startswith("Transition action plan") for word in words)


def test_the_report_names_no_person_and_no_action(plan, item, officer):
    answer(
        item,
        officer,
        owner_name="Joanne Clarke",
        due=dt.date(2027, 5, 19),
        note="Written in confidence",
    )
    found = report(plan, notes=True, comments=True)
    words = " ".join(words_of(render_committee_report(found)))
    for private in ("Joanne Clarke", "Written in confidence", found.steps[0].items[0].words):
        assert private not in words


def test_the_report_is_described_for_programs_and_screen_readers(plan):
    content = render_committee_report(report(plan))
    document = docx.Document(io.BytesIO(content))
    assert document.core_properties.language == "en-GB"
    assert document.core_properties.title.startswith("Riverdale Borough Council: transition")
    assert document.core_properties.created.date() == TODAY
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        body = parts.read("word/document.xml").decode()
        styles = parts.read("word/styles.xml").decode()
    assert body.count("<w:tblDescription ") == len(document.tables) == 3
    assert body.count("<w:tblHeader/>") == 2
    assert "en-US" not in styles


def test_the_report_has_its_figures_and_key_dates(plan, item, officer):
    answer(item, officer, due=dt.date(2027, 5, 17))
    words = words_of(render_committee_report(report(plan)))
    needed = plan.items.live().count()
    figures = f"Actions needed: {needed}. Completed: 0. In progress: 0. Not started: {needed}. "
    assert f"{figures}Overdue, of those in progress or not started: 1." in words
    assert "Last day to deliver a declaration of acceptance of office" in words
    assert "[For the monitoring officer to complete]" in words


def test_the_report_of_a_summary_covers_the_whole_plan_and_lists_its_stages(plan):
    """The report is not one page, and its progress is by stage whatever was asked for."""
    words = words_of(render_committee_report(report(plan, "summary")))
    assert words == words_of(render_committee_report(report(plan)))
    assert words[words.index("Covers") + 1] == "The whole plan"
    assert "2 Early foundations" in words


# --- The pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "ending", "said"),
    [
        ("action_plan_excel", "xlsx", "Excel action log: the whole plan"),
        ("action_plan_word", "docx", "Word committee report: figures only, the whole plan"),
    ],
)
def test_the_file_is_marked_and_leaves_an_event(plan, reviewer, name, ending, said):
    client = signed_in(reviewer)
    with travel(dt.datetime(2027, 5, 18, 12, tzinfo=dt.UTC), tick=False):
        response = signed_in(reviewer).post(reverse(name, args=[plan.pk]), {"scope": "whole"})
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="Riverdale Borough Council transition action plan '
        f'OFFICIAL-SENSITIVE 2027-05-18.{ending}"'
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
