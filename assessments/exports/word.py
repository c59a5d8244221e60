"""Draws a Report as a Word document: the frame of a report to a committee, its figures filled in.

What only officers can write (legal, financial, equality and risk implications) is left to them,
under the headings that a council's reports have.
"""

import io

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from assessments.printing.text import printable
from assessments.words import day_in_words, within_sentence

from .formats import Format

NEXT_ACTIONS = 20  # rows; the action plan itself has them all

# Heading, and who fills it in.
LEFT_TO_OFFICERS = (
    ("Legal implications", "the monitoring officer"),
    ("Financial implications", "the section 151 officer"),
    ("Equality implications", "the report’s author"),
    ("Risk implications", "the report’s author"),
)


def render_committee_report(report):
    """The document as bytes."""
    document = Document()
    _set_up(document, report)
    document.add_heading("Transition action plan: progress", level=0)
    _facts(document, report)
    _purpose(document, report)
    _recommendations(document)
    _progress(document, report)
    _next_actions(document, report)
    for title, who in LEFT_TO_OFFICERS:
        document.add_heading(title, level=1)
        _to_fill_in(document, f"[For {who} to complete]")
    document.add_heading("Background papers", level=1)
    document.add_paragraph(f"Transition action plan, {within_sentence(report.version_line)}.")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document, report):
    properties = document.core_properties
    properties.title = f"{report.council}: transition action plan, progress"
    properties.author = report.council
    properties.subject = report.marking
    properties.comments = report.version_line
    properties.language = "en-GB"
    body = document.styles["Normal"]
    body.font.name = "Arial"
    body.font.size = Pt(11)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    body.element.get_or_add_rPr().append(language)
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        head = section.header.paragraphs[0]
        head.text = report.marking
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        foot.add_run(f"{report.marking} · {report.version_line} · page ")
        _page_number(foot)


def _page_number(paragraph):
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _facts(document, report):
    facts = [
        ("Report to", "[Committee and date of the meeting]"),
        ("Report of", "[Chief executive]"),
        ("Council", report.council),
        ("Election day", day_in_words(report.election_day)),
        ("Who runs the council", report.control),
        ("Covers", report.scope_title),
    ]
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for name, value in facts:
        cells = table.add_row().cells
        cells[0].paragraphs[0].add_run(name).bold = True
        cells[1].text = printable(str(value))
    _widths(table, [5, 11.6])


def _purpose(document, report):
    document.add_heading("Purpose", level=1)
    document.add_paragraph(
        f"To report progress on the council’s plan for the election of "
        f"{day_in_words(report.election_day)} and its aftermath. The council is at this point: "
        f"{within_sentence(report.heading)}."
    )


def _recommendations(document):
    document.add_heading("Recommendations", level=1)
    document.add_paragraph("That the committee:")
    document.add_paragraph("notes the progress set out in this report", style="List Number")
    _to_fill_in(document, "[Further recommendations]", style="List Number")


def _progress(document, report):
    document.add_heading("Progress by stage", level=1)
    tally = report.tally
    document.add_paragraph(
        f"Actions needed: {tally.needed}. Completed: {tally.completed}. "
        f"In progress: {tally.in_progress}. Overdue: {tally.overdue}."
    )
    rows = []
    for stage in report.stages:
        done = stage.tally
        figures = (done.needed, done.completed, done.in_progress, done.overdue)
        rows.append((f"{stage.number} {stage.title}", *figures))
    if rows:
        headings = ["Stage", "Needed", "Completed", "In progress", "Overdue"]
        _table(document, headings, rows, [6.2, 2.6, 2.6, 2.6, 2.6])


def _next_actions(document, report):
    """What is overdue, then what falls due, soonest first."""
    document.add_heading("Next actions", level=1)
    rows = [
        (f"{day_in_words(item.due)} (overdue)", item.words, item.who) for item in report.overdue
    ]
    rows += [
        (
            f"{day_in_words(date.day)} to {day_in_words(date.until)}"
            if date.until
            else day_in_words(date.day),
            date.words,
            date.who,
        )
        for date in report.upcoming
    ]
    if not rows:
        document.add_paragraph("No action has a date.")
        return
    shown = rows[:NEXT_ACTIONS]
    _table(document, ["Date", "Action", "Who"], shown, [4, 8.2, 4.4])
    if len(rows) > len(shown):
        document.add_paragraph(
            f"{len(rows) - len(shown)} more stand in the transition action plan."
        )


def _to_fill_in(document, words, style=None):
    document.add_paragraph(style=style).add_run(words).italic = True


def _table(document, headings, rows, widths):
    """A table whose heading row is marked as one and stands again on every page."""
    table = document.add_table(rows=1, cols=len(headings), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        cell.paragraphs[0].add_run(heading).bold = True
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = printable(str(value))
    _widths(table, widths)


def _widths(table, widths):
    """In centimetres, on columns and on cells: programs differ in which they go by."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)


FORMAT = Format(
    name="Word committee report",
    ending="docx",
    content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    draw=render_committee_report,
)
