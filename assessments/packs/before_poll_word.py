"""The pack for group leaders before the poll as one Word document."""

import datetime as dt

from docx.shared import Cm

from assessments.printing.word import add_heading, add_paragraph, add_table, document_bytes
from assessments.ways_of_working.documents import add_protocol
from assessments.words import day_in_words

from .before_poll import BeforePollPack
from .word import add_dates, begin

TITLE = "Before the poll: pack for group leaders"
LGHA = "Local Government and Housing Act 1989"
BALANCE = (
    "A political group has at least 2 councillors who have given the proper officer a signed "
    "notice that names the group and its leader (Local Government (Committees and Political "
    "Groups) Regulations 1990, regulation 8).",
    f"The council reviews how seats on its committees are shared among the groups at or soon after "
    f"its annual meeting, and when groups change ({LGHA}, section 15; 1990 Regulations, regulation "
    "17). It then allocates them by 4 principles, each subject to those before it, as far as is "
    "reasonably practicable (section 15(5)):",
)
PRINCIPLES = (
    "(a) not all the seats on a body go to the same group;",
    "(b) a group with more than half of the council’s members has a majority of the seats on each "
    "body;",
    "(c) each group’s total of the seats on all ordinary committees is in proportion to its share "
    "of the council’s members;",
    "(d) each group’s seats on each body are in proportion to its share of the council’s members.",
)
AFTER = (
    "If no group has more than half of the members, principle (b) does not apply. Groups that "
    "agree to run the council together are still counted separately, unless they give notice to be "
    "treated as one group (1990 Regulations, regulation 12).",
    "Vacant seats are not counted as members, and nor is an outgoing {chair} who is no longer a "
    f"councillor ({LGHA}, Schedule 1, paragraph 4). Councillors in no group have no entitlement "
    "under these principles: they take the seats that are left.",
    "Each group chooses which of its members fill its seats (section 16). Another allocation needs "
    "a vote of the council with no member against, and notice (section 17).{outside}",
    "The workbook “How political balance works” has these rules as formulas. Change the numbers of "
    "members to see what a result would mean for committee seats. {workbook}",
)
OURS = (
    "This explanation is a summary and not legal advice. The figures on which the council decides "
    "are those of the proper officer after the groups have given notice."
)


def before_poll_word(pack: BeforePollPack, *, made_on: dt.date) -> bytes:
    """Return the document."""
    plan = pack.plan
    council = plan.council.name
    document = begin(plan, TITLE, head=council, foot=TITLE, made_on=made_on)
    add_paragraph(
        document,
        f"{council}, election of {day_in_words(plan.election_day)}. The same pack is given to "
        f"{pack.given_to}.",
    )
    add_dates(
        document,
        pack.dates,
        heading="Key dates",
        description="Key dates of the election",
    )
    if pack.dates and pack.undated:
        add_paragraph(document, f"Dates to be confirmed: {'; '.join(pack.undated)}.")
    _add_balance(document, pack)
    for wording in pack.agreed:
        add_heading(document, wording.protocol.title, level=1, is_on_new_page=True)
        add_protocol(document, plan, wording)
    return document_bytes(document)


def _add_balance(document, pack):
    add_heading(document, "How political balance works", level=1, is_on_new_page=True)
    for words in BALANCE:
        add_paragraph(document, words)
    for words in PRINCIPLES:
        paragraph = add_paragraph(document, words).paragraph_format
        paragraph.left_indent, paragraph.first_line_indent = Cm(1.2), Cm(-0.6)
    for words in AFTER:
        facts = {"outside": pack.outside_balance, "workbook": pack.workbook_begins}
        add_paragraph(document, words.format(chair=pack.chair, **facts))
    if pack.groups:
        add_heading(document, "Members today", level=2)
        rows = [(group.name, group.members) for group in pack.groups]
        if pack.ungrouped:
            rows.append(("In no group", pack.ungrouped))
        add_table(
            document,
            ("Group", "Members"),
            rows,
            widths=(6, 3),
            description="Members of each group today",
        )
    add_paragraph(document, OURS)
