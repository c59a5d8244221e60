"""Draw an allocation as a Word document: a draft report to full council, for officers to complete.

The report has the table, the working and draft recommendations, and no name of a councillor. What
needs professional advice is left to the officers who give it.
"""

from django.utils import timezone
from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.shared import Pt

from assessments.printing.word import (
    TABLE_GAP,
    add_details,
    add_heading,
    add_paragraph,
    add_placeholder,
    add_placeholders,
    add_table,
    document_bytes,
    set_up,
)
from assessments.words import day_in_words
from elections.political_balance import OUTSIDE

from .balance_documents import vacant_in_words
from .balance_report import HEADINGS, BalanceReport

HEADER_LINES = (
    ("Report to", "Full council, [date of the meeting]"),
    ("Report of", "[Name and job title]"),
    ("Contact officer", "[Name, telephone number and email address]"),
    ("Wards or divisions affected", "All"),
    (
        "Open or exempt",
        "[Open, or the paragraph of Schedule 12A to the Local Government Act 1972 that applies and "
        "the result of the public interest test]",
    ),
)
LEGAL = (
    "Local Government and Housing Act 1989, section 15: the council reviews how seats are "
    "allocated to political groups, and allocates them, so far as reasonably practicable, by 4 "
    "principles, each subject to those before it.",
    "Section 16: once seats are allocated, the council appoints members to them in "
    "accordance with the wishes of each group.",
    "Section 17: the council can decide on other arrangements only with notice and with no member "
    "voting against.",
    "Local Government (Committees and Political Groups) Regulations 1990, regulations 8 to 17: how "
    "groups are formed, how they are told of their seats and express their wishes, and when "
    "allocations are reviewed.",
)
AFTER = (
    ("Options considered", "[Author: the alternatives considered, and why they were rejected]"),
    ("Consultation", "[Author: when the group leaders were consulted, and what they said]"),
)
LAST = (
    ("Financial implications", "[For the section 151 officer to complete]"),
    (
        "Equality implications",
        "[Author: how the council has had due regard to the public sector equality duty, section "
        "149 of the Equality Act 2010]",
    ),
    ("Risk implications", "[Author: the main risks, and how they are managed]"),
    (
        "Background papers",
        "[Author: list only papers that are open to public inspection (Local Government Act 1972, "
        "section 100D). If there are none, write “None”.]",
    ),
)
WIDTH = 25.3  # centimetres between the margins, landscape
NAME_WIDTH = 6.3
LINE_GAP = Pt(2)  # between the lines of the working
WORKING_SIZE = Pt(10)


def balance_word(report: BalanceReport) -> bytes:
    """Return the document."""
    document = Document()
    worked_out = day_in_words(report.made_on)
    today = timezone.localdate()
    set_up(
        document,
        title=f"{report.council}: political balance",
        council=report.council,
        subject="Draft report to full council",
        comments=f"Worked out on {worked_out}",
        made_on=today,
        head="DRAFT until the monitoring officer clears it for publication",
        foot=f"DRAFT · worked out on {worked_out}, produced on {day_in_words(today)}",
    )
    add_heading(document, "Allocation of seats to political groups", level=0)
    add_details(
        document,
        [("Council", report.council), *HEADER_LINES],
        description="Details of the report, one in each row",
    )
    _add_purpose(document, report)
    _add_recommendations(document, report)
    _add_background(document, report)
    add_placeholders(document, AFTER)
    add_heading(document, "Legal implications", level=1)
    for words in LEGAL:
        add_paragraph(document, words, style="List Bullet")
    add_placeholder(document, "[For the monitoring officer to check and complete]")
    add_placeholders(document, LAST)
    _add_appendix(document, report)
    return document_bytes(document)


def _add_purpose(document, report):
    add_heading(document, "Purpose", level=1)
    _say(
        document,
        f"To ask the council to review the allocation of {report.seats_in_words} to political "
        f"groups, on the basis of the composition of the council from "
        f"{day_in_words(report.as_at)}.",
    )
    if report.has_changed_since:
        add_placeholder(
            document,
            "[Author: the composition has changed since these seats were worked out. Check "
            "whether a review is required and, if so, work the seats out again before the report "
            "is published.]",
        )


def _add_recommendations(document, report):
    add_heading(document, "Recommendations", level=1)
    add_paragraph(document, "That the council:")
    for words in recommendations(report):
        _say(document, words, style="List Number")
    add_placeholder(document, "[Author: further recommendations]", style="List Number")


def recommendations(report: BalanceReport) -> list[str]:
    """Return what the council is asked to decide: neutral, and one decision in each."""
    found = ["notes the number of members of each political group, set out in this report"]
    if report.open_ties:
        tie = "the tie" if len(report.open_ties) == 1 else "each tie"
        found.append(f"decides how {tie} listed in the appendix is settled")
    if report.is_departure:
        found.append(
            "approves, with no member voting against, arrangements other than those required by "
            "section 15 of the Local Government and Housing Act 1989, as set out in the appendix"
        )
    else:
        found.append("approves the allocation of seats set out in the appendix")
    found.append(
        "asks the proper officer to give notice of the allocation to the leader of each group"
    )
    found.append(
        "appoints members to those seats in accordance with the wishes that each group expresses"
    )
    if any(heading == HEADINGS[OUTSIDE] for heading, _ in report.working):
        found.append("appoints members in no group to the seats that are not allocated to a group")
    return found


def _add_background(document, report):
    add_heading(document, "Background", level=1)
    _say(
        document,
        f"On the composition from {day_in_words(report.as_at)}, the council has {report.members} "
        "members in post. Only political groups are entitled to an allocation (section 15(5)). "
        "Their exact shares of the seats that are counted together, and the seats proposed, are "
        f"below.{_in_no_group(report)}",
    )
    if not report.vote:
        vacant = vacant_in_words(report)
        found = (
            f"seats that have become vacant since that composition are still counted: {vacant}. "
            "Record the composition with the vacant seats and work the allocation out again, or "
            "say here why not."
            if vacant
            else "check that no seat has become vacant since that composition. A seat that is "
            "vacant is not counted."
        )
        add_placeholder(document, f"[Author: {found}]")
    rows = [
        (name, total.share.party.members, total.exact, total.adopted)
        for name, total in zip(report.parties, report.totals, strict=True)
    ]
    add_table(
        document,
        ["Group", "Members", "Exact share", "Seats"],
        rows,
        widths=[7.4, 3, 3, 3],
        description="Members, exact share and seats of each group",
    )
    said = [*report.joint_groups, report.principles if report.differences else ""]
    for words in filter(None, (*said, report.vote, report.vote_warning)):
        _say(document, words, space_before=TABLE_GAP)


def _in_no_group(report):
    """Say what the row of members in no group is, if there is one."""
    if all(total.share.party.is_group for total in report.totals):
        return ""
    return (
        " Members in no group have no share: the council appoints them to the seats that are not "
        "allocated to a group (1990 Regulations, regulation 16)."
    )


def _add_appendix(document, report):
    # Landscape: a column for each group has room for its name.
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    add_heading(document, "Appendix: allocation and working", level=1)
    _say(document, f"{report.standing}.")
    rows = [_row(row) for row in report.pooled]
    if report.pooled:
        totals = (total.adopted for total in report.totals)
        rows.append((report.together, *totals, report.pooled_seats))
    rows += [_row(row) for row in report.separate]
    share = (WIDTH - NAME_WIDTH) / (len(report.parties) + 1)
    add_table(
        document,
        [report.heading, *report.parties, "Seats"],
        rows,
        widths=[NAME_WIDTH, *[share] * (len(report.parties) + 1)],
        description=f"Seats of each group on each {report.noun}",
    )
    if report.separate:
        _say(document, "Each body below the totals is balanced separately.")
    left_out = [f"{each.name}, {each.size}: {each.reason}." for each in report.left_out]
    ties = [tie.words for tie in report.open_ties]
    settled = [f"{each.where}: {each.party}. {each.reason}" for each in report.decisions]
    for heading, lines in (
        ("Bodies to which political balance does not apply", left_out),
        ("Seats that differ from those worked out", report.differences),
        (_counted_heading("Tie", ties, " to settle"), ties),
        (_counted_heading("Tie", settled, " settled"), settled),
        (_counted_heading("Point", report.warnings, " to note"), report.warnings),
        *report.working,
    ):
        if lines:
            add_heading(document, heading, level=2)
        for words in lines:
            said = _say(document, words, space_after=LINE_GAP)
            said.runs[0].font.size = WORKING_SIZE


def _counted_heading(noun, lines, rest):
    return f"{noun}{'' if len(lines) == 1 else 's'}{rest}"


def _row(row):
    name = f"{row.name} ({row.about})" if row.about else row.name
    return (name, *(cell.adopted for cell in row.cells), row.size)


def _say(document, words, style=None, *, space_before=None, space_after=None):
    paragraph = add_paragraph(document, words, style=style)
    paragraph.paragraph_format.space_before = space_before
    paragraph.paragraph_format.space_after = space_after
    return paragraph
