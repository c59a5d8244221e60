"""Draw the notice of seats to the leader of a group as a Word document (regulation 14)."""

import datetime as dt

from docx import Document
from docx.shared import Pt

from assessments.printing.word import (
    add_details,
    add_heading,
    add_paragraph,
    add_placeholder,
    add_table,
    document_bytes,
    set_up,
)
from assessments.seats.balance_documents import changed_since
from assessments.seats.balance_report import BalanceReport
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
    report: BalanceReport,
) -> bytes:
    """Return the notice, a draft to complete if `notice` has not been recorded yet.

    Before the council has adopted the seats it is an advance notice, which says so.
    """
    is_advance = not report.is_adopted
    kind = "Advance notice" if is_advance else "Notice"
    document = Document()
    set_up(
        document,
        title=f"{council}: {kind.lower()} of seats to {group.name}",
        council=council,
        subject=f"{kind} of the allocation of seats",
        comments=f"Composition from {day_in_words(as_at)}",
        made_on=today,
        head=f"{council}: {kind.lower()} of the allocation of seats",
        foot=group.name,
    )
    add_heading(
        document,
        "Advance notice of seats" if is_advance else "Notice of seats allocated to a group",
        level=0,
    )
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
    basis = f"on the basis of the composition of the council from {day_in_words(as_at)}"
    regulations = "Local Government (Committees and Political Groups) Regulations 1990"
    if is_advance:
        _say(
            document,
            f"The seats below are proposed for {group.name}, {basis} (Local Government and Housing "
            "Act 1989, section 15). The council has not allocated them yet. This is not the notice "
            f"under regulation 14 of the {regulations}: that notice follows once the council has "
            "decided.",
        )
    else:
        _say(
            document,
            f"The seats below are allocated to {group.name}, {basis} (Local Government and Housing "
            "Act 1989, section 15). This notice is given under regulation 14 of the "
            f"{regulations}.",
        )
    ties = [tie for tie in report.open_ties if group.name in tie.options]
    for tie in ties:
        add_placeholder(document, f"[A tie is not settled yet. {tie.words}]")
    if report.open_ties and not ties:
        add_placeholder(
            document,
            "[A tie that does not affect this group is not settled yet. It should not change the "
            "group’s seats.]",
        )
    if changed := changed_since(report):
        add_placeholder(document, f"[{changed} The group’s seats may change.]")
    add_table(
        document,
        [report.heading, "Seats", "Members your group wishes to be appointed"],
        [(body.name, seats, "") for body, seats in group.bodies],
        widths=[6, 2, 8.4],
        description=f"Seats of the group on each {report.noun}, with room for names",
    )
    add_heading(document, "What to do", level=1)
    reply_by = day_in_words(notice.reply_by) if notice else "[date]"
    _say(
        document,
        f"Tell the proper officer by {reply_by} which members your group wishes to be appointed"
        f"{' if the council allocates these seats' if is_advance else ''}. "
        "The leader or representative can do so orally or in writing, or a majority of the group "
        "in a signed statement (regulation 13).",
    )
    _say(
        document,
        "The period of 3 weeks after which the council can fill the seats without your group’s "
        "wishes (regulation 15) does not begin with this advance notice."
        if is_advance
        else f"If the group expresses no wishes {_period(notice)}, the council or the committee "
        "that appoints can fill the seats as it thinks fit (regulation 15).",
    )
    add_placeholder(document, "[Proper officer: check the period and how to reply, then sign]")
    return document_bytes(document)


def _period(notice):
    """Say by when wishes count: never less than the 3 weeks, also if the notice asks for less."""
    if notice and notice.reply_by == notice.wishes_end_on:
        return f"by {day_in_words(notice.wishes_end_on)}"
    last_day = f", by {day_in_words(notice.wishes_end_on)}" if notice else ""
    return f"within 3 weeks beginning with the date of this notice{last_day}"


def _say(document, words):
    paragraph = add_paragraph(document, words)
    paragraph.paragraph_format.space_before = Pt(8)  # from the table above it
