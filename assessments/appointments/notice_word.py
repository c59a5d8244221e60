"""Draw the notice of seats to the leader of a group as a Word document (regulation 14)."""

import datetime as dt
import io

from docx import Document
from docx.shared import Pt

from assessments.printing.text import printable
from assessments.printing.word import add_details, add_placeholder, add_table, set_up
from assessments.words import day_in_words

from .models import SeatsNotice
from .seats_due import SeatsOfGroup


def notice_word(
    notice: SeatsNotice | None,
    group: SeatsOfGroup,
    *,
    council: str,
    as_at: dt.date,
    today: dt.date,
    has_open_ties: bool,
) -> bytes:
    """Return the notice, a draft to complete if `notice` has not been recorded yet."""
    document = Document()
    set_up(
        document,
        title=f"{council}: notice of seats to {group.name}",
        council=council,
        subject="Notice of the allocation of seats",
        comments=f"Composition from {day_in_words(as_at)}",
        made_on=today,
        head=f"{council}: notice of the allocation of seats",
        foot=group.name,
    )
    document.add_heading("Notice of seats allocated to a group", level=0)
    add_details(
        document,
        [
            ("To", notice.addressee if notice else "[Leader of the group]"),
            ("Group", group.name),
            ("Date", day_in_words(notice.given_on) if notice else "[Date given]"),
            ("From", "[Name and job title of the proper officer]"),
        ],
        description="Who gives the notice, who receives it, and when",
    )
    _say(
        document,
        f"The seats below are allocated to {group.name}, on the basis of the composition of "
        f"the council from {day_in_words(as_at)} (Local Government and Housing Act "
        "1989, section 15). This notice is given under regulation 14 of the Local "
        "Government (Committees and Political Groups) Regulations 1990.",
    )
    if has_open_ties:
        add_placeholder(
            document,
            "[Proper officer: a tie is not settled, so these seats can still change. Settle it "
            "before you give this notice.]",
        )
    add_table(
        document,
        ["Body", "Seats", "Members your group wishes to be appointed"],
        [(body.name, seats, "") for body, seats in group.bodies],
        widths=[6, 2, 8.4],
        description="Seats of the group on each body, with room for names",
    )
    document.add_heading("What to do", level=1)
    reply_by = day_in_words(notice.reply_by) if notice else "[date]"
    _say(
        document,
        f"Tell the proper officer by {reply_by} which members your group wishes to be appointed. "
        "The leader or representative can do so orally or in writing, or a majority of the group "
        "in a signed statement (regulation 13).",
    )
    _say(
        document,
        "If the group expresses no wishes in time, the council or the committee that appoints can "
        "fill the seats as it thinks fit (regulation 15).",
    )
    add_placeholder(document, "[Proper officer: check the period and how to reply, then sign]")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _say(document, words):
    paragraph = document.add_paragraph(printable(words))
    paragraph.paragraph_format.space_before = Pt(8)  # from the table above it
