"""The timeline picture, measured with its own font: labels never overlap, on any day."""

import datetime as dt
import random
import re
from functools import cache
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import pytest
from fontTools.ttLib import TTFont

from assessments.plans.timeline import BAR, WIDTH, timeline_for
from elections.timetable import timetable_for

STAGES = [
    SimpleNamespace(number=number, short_title=title)
    for number, title in enumerate(("Pre-election", "Early foundations", "Strengthening"), start=1)
]
STATIC = Path(__file__).parents[3] / "static"
TEMPLATES = STATIC.parent / "templates/assessments/exports/print"
LABEL_SIZE, NAME_SIZE = 12.5, 13.5
ROOM = 9  # between labels: more than 2 spaces
ABOVE_THE_BASELINE, BELOW_THE_BASELINE = 11, 3


@cache
def advances(weight):
    font = TTFont(STATIC / f"fonts/source-sans-3-latin-{weight}.woff2")
    widths = font["hmtx"].metrics
    return {
        chr(code): widths[name][0] / font["head"].unitsPerEm
        for code, name in font.getBestCmap().items()
    }


@cache
def width_of(text, weight, size):
    return size * sum(advances(weight)[character] for character in text)


def all_thursdays(first, last):
    day = first + dt.timedelta(days=(3 - first.weekday()) % 7)
    while day <= last:
        yield day
        day += dt.timedelta(days=7)


def many_cases():
    """Yield the timetables of every Thursday of 4 years and every first Thursday in May."""
    chance = random.Random(7)  # noqa: S311 - no secret: the same cases every time
    days = list(all_thursdays(dt.date(2026, 1, 1), dt.date(2029, 12, 31)))
    days += [next(all_thursdays(dt.date(y, 5, 1), dt.date(y, 5, 9))) for y in range(2000, 2100)]
    for election_day in days:
        for weeks in (4, 5, 6):
            offset = chance.choice([None, -200, -119, -40, -1, 0, 1, 4, 12, 27, 42, 100, 311, 400])
            today = election_day + dt.timedelta(
                days=chance.randint(-130, 380) if offset is None else offset
            )
            yield election_day, weeks, today


def drawn(election_day, weeks=6, today=None):
    timetable = timetable_for(election_day, stage_2_weeks=weeks)
    return timeline_for(timetable, STAGES, today=today or election_day)


def box(mark, size=LABEL_SIZE):
    """Return the left, right, top and bottom of the label of a mark, in letters of `size`."""
    width = max(width_of(mark.label, 400, size), width_of(mark.words, 600, size))
    left = mark.x if mark.anchor == "start" else mark.x - width
    bottom = mark.label_y if mark.label else mark.date_y
    return (
        left,
        left + width,
        mark.date_y - ABOVE_THE_BASELINE,
        bottom + BELOW_THE_BASELINE,
    )


def test_the_measurements_match_the_style_sheet():
    css = (STATIC / "css/app.css").read_text()
    picture = re.search(r"\.app-timeline__picture\{[^}]*font-size:([\d.]+)px", css)
    name = re.search(r"\.app-timeline__name\{[^}]*font-size:([\d.]+)px", css)
    assert (float(picture[1]), float(name[1])) == (LABEL_SIZE, NAME_SIZE)


def test_labels_do_not_overlap_other_labels_or_lines():
    for case in many_cases():
        marks = drawn(*case).marks
        for one, other in combinations(marks, 2):
            left, right, top, bottom = box(one)
            other_left, other_right, other_top, other_bottom = box(other)
            apart = (
                right <= other_left
                or other_right <= left
                or bottom <= other_top
                or other_bottom <= top
            )
            assert apart, (case, one, other)
        for one in marks:
            left, right, top, bottom = box(one)
            for other in marks:
                if other is one:
                    continue
                line_top, line_bottom = sorted((other.line_from, other.line_to))
                crosses = left < other.x < right and line_top < bottom and top < line_bottom
                assert not crosses, (case, one, other)


def test_labels_are_within_the_picture_and_outside_the_bar():
    for case in many_cases():
        picture = drawn(*case)
        for mark in picture.marks:
            left, right, top, bottom = box(mark)
            assert 0 <= mark.x <= WIDTH, (case, mark)
            assert left >= 0, (case, mark)
            assert right <= WIDTH, (case, mark)
            assert picture.bar_top + top >= 0, (case, mark)
            assert picture.bar_top + bottom <= picture.height, (case, mark)
            assert bottom <= 0 or top >= BAR, (case, mark)


def test_election_day_is_always_drawn_and_once():
    for case in many_cases():
        election_day = case[0]
        marks = [mark for mark in drawn(*case).marks if not mark.is_today]
        assert [mark.day for mark in marks].count(election_day) == 1
        label = next(mark.label for mark in marks if mark.day == election_day)
        assert label.startswith("Election day")
        assert len({mark.day for mark in marks}) == len(marks)


def test_an_ordinary_election_shows_its_important_dates():
    labels = " ".join(mark.label.lower() for mark in drawn(dt.date(2027, 5, 6)).marks)
    for label in ("election day", "annual council", "stage 3 begins", "notice of election"):
        assert label in labels


def test_every_key_date_is_in_the_list_drawn_or_not():
    timetable = timetable_for(dt.date(2027, 5, 6))
    picture = timeline_for(timetable, STAGES, today=dt.date(2027, 5, 6))
    assert picture.dates == list(timetable.key_dates)
    assert {mark.day for mark in picture.marks if not mark.is_today} <= {
        date.date for date in picture.dates
    }


@pytest.mark.parametrize(
    ("today", "x"),
    [
        (dt.date(2027, 1, 5), None),  # before the first day of the picture
        (dt.date(2027, 1, 6), 0),
        (dt.date(2027, 5, 6), 260),  # election day begins stage 2
        (dt.date(2027, 6, 17), 700),  # and six weeks later stage 3
        (dt.date(2028, 5, 13), 1000),
        (dt.date(2028, 5, 14), None),
    ],
)
def test_today_is_marked_at_its_position(today, x):
    marks = [mark for mark in drawn(dt.date(2027, 5, 6), today=today).marks if mark.is_today]
    if x is None:
        assert marks == []
    else:
        (mark,) = marks
        assert mark.x == pytest.approx(x)
        assert mark.words == "Today"
        # Its line runs through the bar.
        assert mark.line_from == 0
        assert mark.line_to > BAR


def test_later_dates_are_further_right():
    for election_day, weeks, today in list(many_cases())[::20]:
        marks = sorted(drawn(election_day, weeks, today).marks, key=lambda mark: mark.day)
        positions = [mark.x for mark in marks]
        assert positions == sorted(positions)


@pytest.mark.parametrize(
    ("today", "current"),
    [
        (dt.date(2027, 1, 1), 1),
        (dt.date(2027, 5, 5), 1),
        (dt.date(2027, 5, 6), 2),
        (dt.date(2027, 6, 16), 2),
        (dt.date(2027, 6, 17), 3),
        (dt.date(2028, 5, 6), 3),
        (dt.date(2028, 5, 7), None),  # the first year is over
        (dt.date(2031, 1, 1), None),
    ],
)
def test_the_stages_fill_the_bar_and_the_current_one_is_marked(today, current):
    segments = drawn(dt.date(2027, 5, 6), today=today).segments
    assert [segment.number for segment in segments] == [1, 2, 3]
    assert segments[0].x == 0
    assert [a.x + a.width for a in segments] == [*(b.x for b in segments[1:]), WIDTH]
    marked = [segment.number for segment in segments if segment.is_current]
    assert marked == ([] if current is None else [current])
    for segment in segments:
        name = width_of(f"{segment.number} {segment.title}", 600, NAME_SIZE)
        assert segment.text_x + name <= segment.x + segment.width


def test_a_phone_shows_the_next_three_dates():
    picture = drawn(dt.date(2027, 5, 6), today=dt.date(2027, 5, 18))
    assert [date.key for date in picture.upcoming] == [
        "annual_meeting_from",  # its window is open
        "annual_meeting",  # today
        "six_week_review",
    ]
    assert drawn(dt.date(2027, 5, 6), today=dt.date(2029, 1, 1)).upcoming == []


def test_dates_of_one_day_share_a_label():
    # With 6 weeks of stage 2 its end is the six-week review.
    labels = [mark.label for mark in drawn(dt.date(2033, 3, 10)).marks]
    assert "Council tax deadline; twelve-month review" in labels


def test_labels_beside_each_other_are_not_read_as_one():
    """In print too, where letters are larger: “Summons” beside “30 Nov” is not “Summons 30 Nov”."""
    template = (TEMPLATES / "_summary.html").read_text()
    size = float(re.search(r'class="timeline"[^>]*font-size="([\d.]+)"', template)[1])
    for case in many_cases():
        for one, other in combinations(drawn(*case).marks, 2):
            if (one.side, one.row) != (other.side, other.row):
                continue
            (left, right, *_), (other_left, other_right, *_) = box(one, size), box(other, size)
            room = max(other_left - right, left - other_right)
            assert room >= ROOM, (case, room, one, other)


def test_dates_of_several_years_all_show_their_year():
    """On paper, “1 May” beside “1 May 2025” did not say which year it was of."""
    marks = drawn(dt.date(2027, 5, 6), today=dt.date(2027, 11, 1)).marks
    assert {mark.day.year for mark in marks} == {2027, 2028}
    assert all(mark.day_words.endswith(f" {mark.day.year}") for mark in marks)
