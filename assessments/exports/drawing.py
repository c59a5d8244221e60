"""What a page needs and a Report does not know: widths, positions, and what fits on the summary."""

import re
from dataclasses import dataclass
from math import ceil

from .report import Cell, Item, Matrix, Report, StageGroup, StepGroup, day_in_words, within_sentence

# An action whose text is at least this long may break across pages; a shorter one stays whole.
LONG_CHARACTERS = 900
LONG_LINES = 12

# The contents stand on the cover if they are no longer than this.
COVER_LINES = 16

# The two lists under the summary's matrix: how wide their column is, and how far down they may go.
SUMMARY_CHARACTERS = 38
SUMMARY_LINES = 13
BETWEEN_ENTRIES = 0.5  # of a line

# With more items than this, a step's bar shows shares instead of one segment an item.
SEGMENTS = 12
SEGMENT_GAP = 1.5  # per cent of the bar

# The timeline picture, in the units of assessments.timeline, which is 1,000 wide.
BAR = 32
LABEL = 38
TICK = 10
TITLE_CHARACTER = 8.5


@dataclass(frozen=True)
class Drawing:
    """Everything the template of the action plan is given."""

    report: Report
    title: str
    subject: str
    where: str
    facts: list
    stages: list
    matrix: list
    timeline: object
    overdue: object
    upcoming: object
    contents_on_cover: bool

    @classmethod
    def of(cls, report):
        subject = "" if report.scope.is_everything else report.scope_title
        return cls(
            report=report,
            title=" · ".join(filter(None, [f"{report.council} transition action plan", subject])),
            subject=subject,
            where=within_sentence(report.heading),
            facts=_facts(report),
            stages=[_stage_block(stage) for stage in report.stages],
            matrix=_matrix_rows(report.matrix),
            timeline=_timeline_picture(report),
            overdue=ShortList.of([_overdue_entry(item) for item in report.overdue]),
            upcoming=ShortList.of(
                [_upcoming_entry(date, report.exported_on) for date in report.upcoming]
            ),
            contents_on_cover=len(report.stages) + len(report.steps) <= COVER_LINES,
        )


def _facts(report):
    """The cover's table."""
    facts = [
        ("Election day", f"{report.election_day:%A} {day_in_words(report.election_day)}"),
        ("Who runs the council", report.control),
    ]
    if report.term != "coalition":
        facts.append(("The council’s own term", report.term))
    facts += [
        ("What is here", _contents(report)),
        ("Version", report.version_line),
        ("Marking", report.marking),
    ]
    return facts


def _contents(report):
    what = _count(report.item_count, "open action" if report.options.open_only else "action")
    extras = [name for name in ("notes", "guidance") if getattr(report.options, name)]
    return f"{report.scope_title}: {what}" + (f", with {' and '.join(extras)}" if extras else "")


def _count(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# --- Actions --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemBlock:
    item: Item
    note: list[str]
    is_long: bool


@dataclass(frozen=True)
class StepBlock:
    step: StepGroup
    title: str
    items: list[ItemBlock]


@dataclass(frozen=True)
class StageBlock:
    stage: StageGroup
    title: str
    when: str
    steps: list[StepBlock]


def _stage_block(stage):
    return StageBlock(
        stage=stage,
        title=f"Stage {stage.number}: {within_sentence(stage.title)}",
        when=_span(stage.starts, stage.ends),
        steps=[
            StepBlock(
                step=step,
                title=f"Step {step.number}: {within_sentence(step.area)}",
                items=[_item_block(item) for item in step.items],
            )
            for step in stage.steps
        ],
    )


def _item_block(item):
    text = f"{item.note}\n{item.reason}".strip()
    is_long = len(text) >= LONG_CHARACTERS or text.count("\n") >= LONG_LINES
    return ItemBlock(item, _paragraphs(item.note), is_long)


def _paragraphs(text):
    """Blank lines part paragraphs; line breaks within one stay, and so do spaces that begin it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [block.strip("\n") for block in re.split(r"\n[ \t]*\n", text) if block.strip()]


def _span(starts, ends):
    if starts is None:
        return f"Until {day_in_words(ends)}"
    if starts.year != ends.year:
        return f"{day_in_words(starts)} to {day_in_words(ends)}"
    return f"{starts.day} {starts:%B} to {day_in_words(ends)}"


# --- Summary --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CellBlock:
    cell: Cell
    words: str
    segments: list[tuple[str, str]]

    @classmethod
    def of(cls, cell):
        tally = cell.tally
        # Beside "1 overdue" there is no room for "Not started".
        crowded = tally.is_untouched and tally.overdue
        words = f"0 of {tally.needed}" if crowded else tally.words
        return cls(cell, words, _segments(tally))


def _matrix_rows(matrix: Matrix):
    return [(row.area, [cell and CellBlock.of(cell) for cell in row.cells]) for row in matrix.rows]


def _segments(tally):
    """The bar of a step: (kind, width in per cent), an item each, or shares if there are many."""
    kinds = tally.segments
    runs = [(kind, 1) for kind in kinds]
    if len(kinds) > SEGMENTS:
        runs = [(kind, kinds.count(kind)) for kind in dict.fromkeys(kinds)]
    room = 100 - SEGMENT_GAP * len(runs)
    return [(kind, f"{room * share / len(kinds):.2f}") for kind, share in runs]


@dataclass(frozen=True)
class Entry:
    day: str
    words: str
    who: str


@dataclass(frozen=True)
class ShortList:
    """The first entries that fit, and how many more there are."""

    entries: list[Entry]
    more: int

    @classmethod
    def of(cls, entries):
        lines, shown = 0, []
        for entry in entries:
            length = len(f"{entry.words} {entry.who}")
            lines += ceil(length / SUMMARY_CHARACTERS) + BETWEEN_ENTRIES
            if shown and lines > SUMMARY_LINES:
                break
            shown.append(entry)
        return cls(shown, len(entries) - len(shown))


def _overdue_entry(item):
    return Entry(_short_day(item.due), item.words, f"{item.who}, step {item.step}")


def _upcoming_entry(date, today):
    """A window that has opened is shown by its last day."""
    if date.until and date.day < today:
        return Entry(f"to {_short_day(date.until)}", date.words, date.who)
    words = f"{date.words} (to {_short_day(date.until)})" if date.until else date.words
    return Entry(_short_day(date.day), words, date.who)


def _short_day(day):
    return f"{day.day} {day:%b}"


# --- Timeline -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DrawnMark:
    x: str
    tick_from: str
    tick_to: str
    day_y: str
    label_y: str
    anchor: str
    date: str
    label: str
    is_today: bool
    crosses_bar: bool


@dataclass(frozen=True)
class DrawnSegment:
    x: str
    width: str
    text_x: str
    title: str
    is_current: bool


@dataclass(frozen=True)
class TimelinePicture:
    """Numbers as the text that SVG takes. `words` says the same as the picture."""

    height: str
    bar_y: str
    bar_height: str
    title_y: str
    segments: list[DrawnSegment]
    marks: list[DrawnMark]
    words: str


def _timeline_picture(report):
    timeline = report.timeline
    bar_y = timeline.rows_above * (LABEL + TICK) if timeline.rows_above else 4
    bottom = bar_y + BAR
    height = bottom + timeline.rows_below * (LABEL + TICK) + 2
    marks = []
    for mark in timeline.marks:
        offset = TICK + mark.row * (LABEL + TICK)
        text_top = bar_y - offset - LABEL if mark.side < 0 else bottom + offset
        marks.append(
            DrawnMark(
                x=_number(mark.x),
                tick_from=_number(bar_y if mark.side < 0 else bottom),
                tick_to=_number(text_top + LABEL + 1 if mark.side < 0 else text_top),
                day_y=_number(text_top + 15),
                label_y=_number(text_top + 31),
                anchor=mark.anchor,
                date=mark.words,
                label=_short_day(mark.day) if mark.is_today else mark.label,
                is_today=mark.is_today,
                crosses_bar=mark.is_today and not _over_a_title(mark.x, timeline.segments),
            )
        )
    return TimelinePicture(
        height=_number(height),
        bar_y=_number(bar_y),
        bar_height=_number(BAR),
        title_y=_number(bar_y + BAR / 2 + 5.5),
        segments=[
            DrawnSegment(
                x=_number(segment.x),
                width=_number(segment.drawn_width),
                text_x=_number(segment.text_x),
                title=f"{segment.number} {segment.title}",
                is_current=segment.is_current,
            )
            for segment in timeline.segments
        ],
        marks=marks,
        words=_in_words(report),
    )


def _over_a_title(x, segments):
    """Whether today's line would run through the name of a stage."""
    return any(
        segment.x <= x <= segment.x + 20 + TITLE_CHARACTER * (len(segment.title) + 2)
        for segment in segments
    )


def _in_words(report):
    stages = ", ".join(f"{s.number} {s.title}" for s in report.timeline.segments)
    dates = "; ".join(
        f"{mark.label} {day_in_words(mark.day)}"
        for mark in sorted(report.timeline.marks, key=lambda mark: mark.day)
        if not mark.is_today
    )
    return (
        f"Timeline of three stages: {stages}. Today, {day_in_words(report.exported_on)}, is in "
        f"{report.heading[:1].lower()}{report.heading[1:]}. Dates: {dates}."
    )


def _number(value):
    return f"{value:.1f}".removesuffix(".0")
