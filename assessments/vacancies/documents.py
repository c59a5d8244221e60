"""A neutral note in Word: vacancies, motions of no confidence, numbers, and what the law says."""

import datetime as dt

from docx import Document

from assessments.printing.word import (
    add_heading,
    add_paragraph,
    add_points,
    add_run,
    add_source,
    add_table,
    document_bytes,
    set_up,
)
from assessments.words import day_in_words, weekday_in_words, within_sentence

from .page import MotionSheet, VacancyPage, VacancySheet

TITLE = "Vacancies and motions of no confidence"
OURS = (
    "Guidance, not legal advice. Groups are in alphabetical order. The returning officer, the "
    "proper officer and the monitoring officer confirm what applies."
)
UNKNOWN_GOVERNANCE = (
    "The council has not said how it takes decisions, so all forms are shown: a Leader and "
    "cabinet, an elected mayor and a committee system."
)


def vacancy_note(page: VacancyPage, *, made_on: dt.date) -> bytes:
    """Return the document."""
    document = Document()
    set_up(
        document,
        title=f"{page.council}: {TITLE}",
        council=page.council,
        subject=TITLE,
        comments="",
        made_on=made_on,
        head=page.marking,
        foot=page.marking,
    )
    add_heading(document, TITLE, level=0)
    add_paragraph(document, f"{page.council}, {day_in_words(made_on)}")
    add_paragraph(document, OURS)
    add_heading(document, "Vacancies", level=1)
    if not page.vacancies:
        add_paragraph(document, "No vacancies have been recorded.")
    for sheet in page.vacancies:
        _add_vacancy(document, sheet)
    add_points(document, page.points)
    add_heading(document, "Motions of no confidence", level=1)
    if not page.motions:
        add_paragraph(document, "No motions have been recorded.")
    for motion in page.motions:
        _add_motion(document, motion)
    _add_numbers(document, page)
    add_heading(document, "What follows if a motion is carried", level=1)
    if not page.governance:
        add_paragraph(document, UNKNOWN_GOVERNANCE)
    add_points(document, page.after)
    return document_bytes(document)


def _add_schedule(document, sheet: VacancySheet):
    paragraph = add_paragraph(document)
    if sheet.schedule.last_day:
        last = weekday_in_words(sheet.schedule.last_day)
        add_run(paragraph, f"Last day for the election: {last}. ").bold = True
    if sheet.row.poll_on:
        fixed = weekday_in_words(sheet.row.poll_on)
        add_run(paragraph, f"Day fixed by the returning officer: {fixed}. ")
    add_run(paragraph, f"{sheet.notice}{sheet.schedule.words} ")
    add_source(paragraph, sheet.schedule.source)


def _add_vacancy(document, sheet: VacancySheet):
    row = sheet.row
    add_heading(document, f"{row.ward}: {within_sentence(row.get_state_display())}", level=2)
    for warning in sheet.warnings:
        add_paragraph(document, f"Check: {warning}", style="List Bullet")
    add_paragraph(document, f"{sheet.group}. {sheet.rule.title}, {day_in_words(row.arose_on)}.")
    if sheet.is_filled:
        if row.poll_on:
            add_paragraph(document, f"Day of the election: {weekday_in_words(row.poll_on)}.")
    else:
        _add_schedule(document, sheet)
    if sheet.control:
        add_paragraph(document, sheet.control)
    if sheet.groups:
        columns = ["Group", "Recorded members", "With the vacancy", "Short of a majority by"]
        rows = [[g.name, str(g.before), str(g.after), _short_by(g.short_by)] for g in sheet.groups]
        widths = [6.1, 3.5, 3.5, 3.5]
        if sheet.is_in_composition:
            columns, *rows = ([*row[:2], row[3]] for row in (columns, *rows))
            widths = [9.6, 3.5, 3.5]
        add_table(
            document,
            columns,
            rows,
            widths=widths,
            description=f"Groups and the vacancy in {row.ward}",
            has_numbers=True,
        )


def _short_by(members: int | None) -> str:
    return "–" if members is None else str(members)


def _add_motion(document, sheet: MotionSheet):
    row = sheet.row
    add_heading(document, f"{row}: {within_sentence(row.get_state_display())}", level=2)
    for warning in sheet.warnings:
        add_paragraph(document, f"Check: {warning}", style="List Bullet")
    words = [f"Signatures: {row.signed}."]
    if row.needed is not None:
        words.append(f"Needed by the constitution: {row.needed}.")
    if row.notice_days:
        words.append(f"Clear days’ notice needed: {row.notice_days}.")
    if row.meeting_on:
        words.append(f"Meeting on {weekday_in_words(row.meeting_on)}.")
    if sheet.votes:
        words.append(f"Votes: {sheet.votes}")
    add_paragraph(document, " ".join(words))


def _add_numbers(document, page: VacancyPage):
    if page.numbers is None:
        return
    add_heading(document, "If a motion of no confidence is moved", level=2)
    paragraph = add_paragraph(
        document,
        f"{page.if_all_vote}. A question is decided by a majority of those present and voting: "
        "abstentions and absences are not votes. ",
    )
    add_source(paragraph, "Local Government Act 1972, Schedule 12, paragraph 39")
    if page.mayor:
        add_points(document, [page.mayor])
    add_table(
        document,
        ("If this group abstains", "Members who vote", "Votes that carry it"),
        [(name, str(each.voting), str(each.carried_at)) for name, each in page.abstaining],
        widths=(7.6, 4.5, 4.5),
        description="Votes that carry a motion if all members of one group abstain",
        has_numbers=True,
    )
