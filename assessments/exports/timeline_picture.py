"""The timeline of a plan as drawn in print, where labels are larger and rows higher."""

from dataclasses import dataclass

from assessments.words import day_in_words, within_sentence

# In units of the timeline, which is 1,000 wide.
BAR = 32
LABEL = 38
TICK = 10
TITLE_CHARACTER = 8.5


@dataclass(frozen=True)
class DrawnSegment:
    x: str
    width: str
    text_x: str
    title: str
    is_current: bool


@dataclass(frozen=True)
class DrawnMark:
    """A label of 2 lines and the line that joins it to the bar."""

    x: str
    line_from: str
    line_to: str
    upper_y: str
    lower_y: str
    anchor: str
    upper: str
    lower: str
    is_today: bool


@dataclass(frozen=True)
class DrawnDue:
    x: str
    y: str
    height: str
    is_overdue: bool


@dataclass(frozen=True)
class TimelinePicture:
    """Coordinates as text for SVG. `words` is the text alternative of the picture."""

    height: str
    bar_y: str
    bar_height: str
    title_y: str
    segments: list[DrawnSegment]
    marks: list[DrawnMark]
    due: list[DrawnDue]
    words: str

    @classmethod
    def of(cls, report):
        timeline = report.timeline
        top = 4 + timeline.rows_above * (LABEL + TICK)
        return cls(
            height=_number(top + BAR + 4 + timeline.rows_below * (LABEL + TICK)),
            bar_y=_number(top),
            bar_height=_number(BAR),
            title_y=_number(top + BAR / 2 + 5.5),
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
            marks=[
                _mark(mark, top, timeline.segments, is_snapshot=bool(report.seal))
                for mark in timeline.marks
            ],
            due=[
                DrawnDue(
                    x=_number(each.x),
                    y=_number(top + BAR + 1),
                    height=_number(each.height),
                    is_overdue=each.is_overdue,
                )
                for each in timeline.due
            ],
            words=_in_words(report),
        )


def _mark(mark, top, segments, *, is_snapshot):
    bottom = top + BAR
    away = TICK + mark.row * (LABEL + TICK)
    words_y = top - away - LABEL if mark.side < 0 else bottom + away
    # Today's line crosses the bar unless it would cross the name of a stage.
    through = mark.is_today and not _over_a_title(mark.x, segments)
    return DrawnMark(
        x=_number(mark.x),
        line_from=_number(top if mark.side < 0 or through else bottom),
        line_to=_number(words_y + LABEL + 1 if mark.side < 0 else words_y),
        upper_y=_number(words_y + 15),
        lower_y=_number(words_y + 31),
        anchor=mark.anchor,
        # A snapshot is printed on any later day, on which its own day is not today.
        upper="Snapshot" if mark.is_today and is_snapshot else mark.words,
        lower=mark.day_words if mark.is_today else mark.label,
        is_today=mark.is_today,
    )


def _over_a_title(x, segments):
    return any(
        segment.x <= x <= segment.x + 20 + TITLE_CHARACTER * (len(segment.title) + 2)
        for segment in segments
    )


def _in_words(report):
    stages = ", ".join(f"{s.number} {within_sentence(s.title)}" for s in report.timeline.segments)
    dates = "; ".join(
        f"{day_in_words(mark.day)}, {within_sentence(mark.label).replace('; ', ' and ')}"
        for mark in sorted(report.timeline.marks, key=lambda mark: mark.day)
        if not mark.is_today
    )
    due = sum(each.count for each in report.timeline.due)
    days = len(report.timeline.due)
    strokes = f" Lines under the bar: {due} open actions due on {days} days." if due else ""
    which = "The day of the snapshot" if report.seal else "Today"
    return (
        f"Timeline of the 3 stages: {stages}. Dates shown: {dates}. {which}, "
        f"{day_in_words(report.exported_on)}, is in {within_sentence(report.heading)}.{strokes}"
    )


def _number(value):
    return f"{value:.1f}".removesuffix(".0")
