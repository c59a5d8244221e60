"""Lay out a Report for the page: widths, positions, and what fits on the summary."""

from dataclasses import dataclass
from math import ceil

from django.utils.text import Truncator, get_text_list

from assessments.printing.text import missing_characters, paragraphs
from assessments.register.kinds import RegisterLine
from assessments.words import day_in_words, short_day, within_sentence

from .report import Report, ReportItem, ReportMatrix, ReportMatrixCell, ReportStage, ReportStep
from .shortening import shortened
from .timeline_picture import TimelinePicture

# An action whose text is at least this long may break across pages.
LONG_CHARACTERS = 900
LONG_LINES = 12

# Contents of at most this many lines are printed on the cover, with what the document is based on.
COVER_LINES = 13

# So many actions at the end stay on one page, so that the last page is not nearly empty. They are
# only those of the last step, if it has enough.
TAIL = 8
ENOUGH = 4

# The width and height of the two lists below the matrix on the summary.
SUMMARY_CHARACTERS = 36
SUMMARY_LINES = 12
# They are for a timeline with so many rows of labels. Each row more takes the space of 2 lines.
TIMELINE_ROWS = 3
LINES_A_ROW = 2
BETWEEN_ENTRIES = 0.5  # of a line
ENTRY_LINES = 4  # a longer entry is shortened: the list would run off the page
# A heading of more lines takes the space of these lists.
HEADING_CHARACTERS = 50
LINES_A_HEADING_LINE = 3

# With more actions than this, a step's bar shows shares instead of one segment for each action.
SEGMENTS = 12
SEGMENT_GAP = 1.5  # per cent of the bar


# --- Actions --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemBlock:
    item: ReportItem
    note: list[str]
    is_long: bool
    is_tail: bool


@dataclass(frozen=True)
class StepBlock:
    step: ReportStep
    title: str
    items: list[ItemBlock]
    is_tail: bool


@dataclass(frozen=True)
class StageBlock:
    stage: ReportStage
    title: str
    when: str
    steps: list[StepBlock]


def _stage_block(stage, tail):
    return StageBlock(
        stage=stage,
        title=f"Stage {stage.number}: {within_sentence(stage.title)}",
        when=_span(stage.starts, stage.ends),
        steps=[
            StepBlock(
                step=step,
                title=f"Step {step.number}: {within_sentence(step.area)}",
                items=[_item_block(item, item.pk in tail) for item in step.items],
                is_tail=step.items[0].pk in tail,
            )
            for step in stage.steps
        ],
    )


def _tail(report):
    """Return the keys of the last actions but the first of them: no page may begin with these."""
    steps = report.steps
    if steps and len(steps[-1].items) >= ENOUGH:
        steps = steps[-1:]
    last = [item.pk for step in steps for item in step.items][-TAIL:]
    return set(last[1:])


def _item_block(item, is_tail):
    said = "\n".join(each.text for thread in item.discussions for each in thread.comments)
    text = f"{item.note}\n{item.reason}\n{said}".strip()
    is_long = len(text) >= LONG_CHARACTERS or text.count("\n") >= LONG_LINES
    return ItemBlock(item, paragraphs(item.note), is_long, is_tail)


def _long_entries(report):
    """Return the entries of the register that may break across pages."""
    return [
        line
        for section in report.register
        for line in section.lines
        if sum(len(words) for _, words in line.facts) >= LONG_CHARACTERS
    ]


def _span(starts, ends):
    if starts is None:
        return f"Until {day_in_words(ends)}"
    if starts.year != ends.year:
        return f"{day_in_words(starts)} to {day_in_words(ends)}"
    return f"{starts.day} {starts:%B} to {day_in_words(ends)}"


# --- Summary --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CellBlock:
    cell: ReportMatrixCell
    words: str
    segments: list[tuple[str, str]]

    @classmethod
    def of(cls, cell):
        tally = cell.tally
        # There is no room for "Not started" beside "1 overdue".
        crowded = tally.is_untouched and tally.overdue
        words = f"0 of {tally.needed}" if crowded else tally.words
        return cls(cell, words, _segments(tally))


def _matrix_rows(matrix: ReportMatrix):
    return [(row.area, [cell and CellBlock.of(cell) for cell in row.cells]) for row in matrix.rows]


def _segments(tally):
    """Return the bar of a step as (status, width in per cent), one segment per action or share."""
    kinds = tally.segments
    runs = [(kind, 1) for kind in kinds]
    if len(kinds) > SEGMENTS:
        runs = [(kind, kinds.count(kind)) for kind in dict.fromkeys(kinds)]
    room = 100 - SEGMENT_GAP * len(runs)
    return [(kind, f"{room * share / len(kinds):.2f}") for kind, share in runs]


@dataclass(frozen=True)
class ShortListEntry:
    day: str
    words: str
    who: str

    @classmethod
    def of(cls, day, words, who):
        """Return the entry in ENTRY_LINES lines, of which its owner and step take half at most."""
        room = ENTRY_LINES * SUMMARY_CHARACTERS
        who = Truncator(who).chars(room // 2)
        return cls(day, Truncator(words).chars(room - len(who) - len(" · ")), who)


@dataclass(frozen=True)
class ShortList:
    """The first entries that fit, and the number of those that do not.

    `left_out_before` of these are due no later than the last entry shown.
    """

    entries: list[ShortListEntry]
    more: int
    left_out_before: int = 0

    @classmethod
    def of(cls, entries, *, keep=None, at_most=SUMMARY_LINES):
        """Return the list, of `at_most` lines. The entry at `keep` is in it, also if others come
        before it.
        """
        kept = [] if keep is None else [entries[keep]]
        lines, shown = sum(map(_lines, kept)), []
        for n, entry in enumerate(entries):
            if n != keep:
                lines += _lines(entry)
                if (shown or kept) and lines > at_most:
                    break
            shown.append(entry)
        before = 0
        if keep is not None and len(shown) <= keep:
            before = keep - len(shown)
            shown += kept
        return cls(shown, len(entries) - len(shown), before)


def _lines(entry):
    """Return how many lines an entry takes, with the space after it."""
    length = len(f"{entry.words} · {entry.who}" if entry.who else entry.words)
    return ceil(length / SUMMARY_CHARACTERS) + BETWEEN_ENTRIES


def _overdue_entry(item, today):
    step = f", step {item.step}"
    who = Truncator(item.who).chars(ENTRY_LINES * SUMMARY_CHARACTERS // 2 - len(step))
    return ShortListEntry.of(short_day(item.due, today), item.words, f"{who}{step}")


def _upcoming_entry(date, today):
    """Return the entry of a date. A window that has started is shown by its last day."""
    if date.until and date.day < today:
        return ShortListEntry.of(f"until {short_day(date.until, today)}", date.words, date.who)
    words = f"{date.words} (to {short_day(date.until, today)})" if date.until else date.words
    return ShortListEntry.of(short_day(date.day, today), words, date.who)


def _next_key_date(dates):
    """Return the place of the first key date among `dates`, None if only actions are due."""
    return next((n for n, date in enumerate(dates) if not date.is_action), None)


# --- The whole ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawing:
    """The context of the action plan's template. `missing` are characters the fonts lack."""

    report: Report
    title: str
    subject: str
    where: str
    facts: list[tuple[str, str]]
    stages: list[StageBlock]
    long_entries: list[RegisterLine]
    matrix: list[tuple[str, list[CellBlock | None]]]
    timeline: TimelinePicture
    overdue: ShortList
    upcoming: ShortList
    contents_on_cover: bool
    missing: str
    is_shortened: bool

    @classmethod
    def of(cls, whole: Report):
        report = shortened(whole)
        subject = "" if report.scope.is_everything else report.scope_title
        tail = _tail(report)
        lines = len(report.stages) + len(report.steps)
        rows = report.timeline.rows_above + report.timeline.rows_below
        heading = ceil(len(f"Where we are: {report.heading}") / HEADING_CHARACTERS)
        at_most = SUMMARY_LINES - LINES_A_ROW * max(0, rows - TIMELINE_ROWS)
        at_most -= LINES_A_HEADING_LINE * (heading - 1)
        return cls(
            report=report,
            title=" · ".join(filter(None, [f"{report.council} transition action plan", subject])),
            subject=subject,
            where=within_sentence(report.heading),
            facts=_facts(report),
            stages=[_stage_block(stage, tail) for stage in report.stages],
            long_entries=_long_entries(report),
            matrix=_matrix_rows(report.matrix),
            timeline=TimelinePicture.of(report),
            overdue=ShortList.of(
                [_overdue_entry(item, report.exported_on) for item in report.overdue],
                at_most=at_most,
            ),
            upcoming=ShortList.of(
                [_upcoming_entry(date, report.exported_on) for date in report.upcoming],
                keep=_next_key_date(report.upcoming),
                at_most=at_most,
            ),
            contents_on_cover=lines <= COVER_LINES and not report.seal,
            missing=missing_characters(report.texts()),
            is_shortened=report is not whole,
        )


def _facts(report):
    """Return the rows of the cover's table."""
    facts = [
        ("Election day", f"{report.election_day:%A} {day_in_words(report.election_day)}"),
        (report.control_label, report.control),
    ]
    if report.term != "coalition":
        facts.append(("The council’s own term", report.term))
    facts += [
        ("Covers", _contents(report)),
        ("Version", report.version_in_words),
        ("Marking", report.marking),
    ]
    if report.seal:
        facts += [
            ("Reason for the snapshot", report.seal.reason),
            ("Asked to review", report.seal.reviewed),
            ("Checksum", report.seal.digest),
        ]
    return [(name, value) for name, value in facts if value]


def _contents(report):
    what = _count(report.item_count, "open action" if report.options.open_only else "action")
    extras = [name for name in ("notes", "comments", "guidance") if getattr(report.options, name)]
    extras += ["the joint working register"] if report.register else []
    # “Stage 1: pre-election” with a comma: its own colon would be the first of two.
    return f"{report.scope_title.replace(': ', ', ')}: {what}" + (
        f", with {get_text_list(extras, 'and')}" if extras else ""
    )


def _count(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
