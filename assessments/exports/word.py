"""Draw a Report as a Word document: a draft report to a committee, for officers to complete.

A report to a committee is public unless it is exempt (Local Government Act 1972, Schedule 12A), so
the draft has progress figures and key dates only: no actions, names, notes or comments. What needs
professional advice is left to the officers who give it. Background papers are left empty, because
every paper listed there must be open to inspection (section 100D), which the plan is not. Links to
documents are on a last page for the author, to delete before publication.
"""

from docx import Document

from assessments.printing.word import (
    add_details,
    add_heading,
    add_link,
    add_paragraph,
    add_placeholder,
    add_placeholders,
    add_run,
    add_table,
    document_bytes,
    set_up,
)
from assessments.words import day_in_words, days_in_words, within_sentence
from elections.interim import Governance

from .report import Report

FOR_AUTHOR = (
    "[Author: delete this page before publication. These documents are linked in the plan. Check "
    "that a document is open to the public before you cite it.]"
)

DATES = 10  # rows in the table of key dates

KEY_DECISION = "Key decision"
# The lines at the head of the report that its author completes.
HEADER_LINES = (
    ("Report to", "[Committee or full council, and the date of the meeting]"),
    ("Report of", "[Name and job title]"),
    ("Contact officer", "[Name, telephone number and email address]"),
    ("Wards or divisions affected", "[All, or their names]"),
    (
        KEY_DECISION,
        "[Yes or no. If yes, the reference of its notice. Delete this line under a committee "
        "system]",
    ),
    (
        "Open or exempt",
        "[Open, or the paragraph of Schedule 12A to the Local Government Act 1972 that applies "
        "and the result of the public interest test]",
    ),
)

# Headings and what their author adds, before and after the figures.
BEFORE = (
    (
        "Reasons for the recommendations",
        "[Author: why the committee or council is asked to note progress now]",
    ),
)
AFTER = (
    ("Options considered", "[Author: the alternatives considered, and why they were rejected]"),
    ("Consultation", "[Author: who has been consulted, and what they said]"),
    ("Legal implications", "[For the monitoring officer to complete]"),
    ("Financial implications", "[For the section 151 officer to complete]"),
    (
        "Equality implications",
        "[Author: how the council has had due regard to the public sector equality duty, section "
        "149 of the Equality Act 2010]",
    ),
    ("Risk implications", "[Author: the main risks, and how they are managed]"),
)
BACKGROUND_PAPERS = (
    "[Author: list only papers that are open to public inspection (Local Government Act 1972, "
    "section 100D). Do not list the transition plan. If there are none, write “None”.]"
)


def render_committee_report(report: Report) -> bytes:
    """Return the document."""
    document = Document()
    _set_up(document, report)
    add_heading(document, "Transition planning: progress report", level=0)
    _add_header_lines(document, report)
    _add_purpose(document, report)
    _add_recommendations(document)
    add_placeholders(document, BEFORE)
    _add_progress(document, report)
    _add_key_dates(document, report)
    add_placeholders(document, AFTER)
    add_placeholders(document, [("Background papers", BACKGROUND_PAPERS)])
    _add_documents(document, report)
    return document_bytes(document)


def _set_up(document, report):
    # A draft keeps the plan's marking until someone decides that it can be published.
    set_up(
        document,
        title=f"{report.council}: transition planning, progress report",
        council=report.council,
        subject=f"Draft committee report, {report.marking}",
        comments=report.version_line,
        made_on=report.exported_on,
        head=f"DRAFT, {report.marking} until the monitoring officer clears it for publication",
        foot=f"DRAFT, {report.marking} · {report.version_line}",
    )


def _add_header_lines(document, report):
    rows = [
        ("Council", report.council),
        *_header_lines(report.governance),
        ("Election day", day_in_words(report.election_day)),
        ("Covers", report.covers),
    ]
    add_details(document, rows, description="Details of the report, one in each row")


def _header_lines(governance: Governance) -> list[tuple[str, str]]:
    """Return the lines. Only an executive takes key decisions (S.I. 2012/2089)."""
    lines = dict(HEADER_LINES)
    if governance is Governance.COMMITTEES:
        del lines[KEY_DECISION]
    elif governance:
        lines[KEY_DECISION] = "[Yes or no. If yes, the reference of its notice]"
    return list(lines.items())


def _add_purpose(document, report):
    add_heading(document, "Purpose", level=1)
    add_paragraph(
        document,
        f"To report progress on the council’s plan for the election of "
        f"{day_in_words(report.election_day)} and the period after it. The plan is now at this "
        f"stage: {within_sentence(report.heading)}.",
    )


def _add_recommendations(document):
    add_heading(document, "Recommendations", level=1)
    add_paragraph(document, "That the [committee or council]:")
    add_paragraph(document, "notes the progress set out in this report", style="List Number")
    add_placeholder(document, "[Author: further recommendations]", style="List Number")


def _add_progress(document, report):
    add_heading(document, "Progress by stage", level=1)
    tally = report.tally
    add_paragraph(
        document,
        f"Actions needed: {tally.needed}. Completed: {tally.completed}. "
        f"In progress: {tally.in_progress}. Not started: {tally.not_started}. "
        f"Overdue, of those in progress or not started: {tally.overdue}.",
    )
    rows = []
    matrix = report.matrix
    for stage, done in zip(matrix.columns, matrix.stage_tallies, strict=True):
        figures = (done.needed, done.completed, done.in_progress, done.not_started, done.overdue)
        rows.append((f"{stage.number} {stage.title}", *figures))
    if rows:
        headings = ["Stage", "Needed", "Completed", "In progress", "Not started", "Overdue"]
        add_table(
            document,
            headings,
            rows,
            widths=[4.4, 2.4, 2.4, 2.4, 2.4, 2.4],
            description="Number of actions in each stage, by status",
        )
    for stage in report.stages:
        if stage.meaning:
            add_paragraph(document, f"Stage {stage.number}: {stage.meaning}")


def _add_key_dates(document, report):
    """Add the dates of the election and the council. Actions and their owners are left out."""
    dates = [date for date in report.upcoming if not date.is_action]
    if not dates:
        return
    add_heading(document, "Next key dates", level=1)
    rows = [
        (
            days_in_words(date.day, date.until) if date.until else day_in_words(date.day),
            date.words,
        )
        for date in dates[:DATES]
    ]
    add_table(
        document,
        ["Date", "Event"],
        rows,
        widths=[6, 10.4],
        description="The next key dates, soonest first",
    )


def _add_documents(document, report):
    """Add a page for the author with the links to documents, if there are any.

    It names the step, key date or part of the register that a link is on, and no action or entry.
    """
    found = [
        *((date.about, link) for date in report.documents for link in date.links),
        *(
            (f"Step {step.number}", link)
            for step in report.steps
            for item in step.items
            for link in item.links
        ),
        *((each.about, link) for each in report.register_documents for link in each.links),
    ]
    if not found:
        return
    add_heading(
        document, "For the author: documents linked in the plan", level=1, is_on_new_page=True
    )
    add_placeholder(document, FOR_AUTHOR)
    table = add_table(
        document,
        ["Linked from", "Document"],
        [(about, "") for about, _ in found],
        widths=[6, 10.4],
        description="Documents linked in the plan, and where they are linked from",
    )
    for row, (_, link) in zip(table.rows[1:], found, strict=True):
        paragraph = row.cells[1].paragraphs[0]
        add_link(paragraph, link.title, link.address)
        add_run(paragraph, f" ({link.host})")
