import datetime as dt

import pytest

from assessments.words import counted, saved_words


def test_saved_words_say_the_time_in_london():
    assert saved_words(dt.datetime(2027, 5, 6, 16, 30, tzinfo=dt.UTC)) == "Saved at 5:30pm"


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "0 actions"), (1, "1 action"), (2, "2 actions"), (1200, "1,200 actions")],
)
def test_counted_writes_numerals_and_the_plural(number, expected):
    assert counted(number, "action") == expected


def test_counted_takes_a_plural_of_its_own():
    assert counted(2, "person", "people") == "2 people"
