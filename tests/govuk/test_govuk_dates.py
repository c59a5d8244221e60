"""A date typed as day, month and year: what it accepts, and what it says about what it does not."""

from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test.html import parse_html
from hypothesis import example, given
from hypothesis import strategies as st

from govuk.fields import DateField
from govuk.widgets import PARTS


class Election(forms.Form):
    day = DateField(label="Election day")


def sent(day="", month="", year=""):
    return Election({"day-day": day, "day-month": month, "day-year": year})


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("6", "5", "2027"), date(2027, 5, 6)),
        (("06", "05", "2027"), date(2027, 5, 6)),
        ((" 6 ", "5 ", "\t2027"), date(2027, 5, 6)),
        (("6", "May", "2027"), date(2027, 5, 6)),
        (("1", "sept", "2027"), date(2027, 9, 1)),
        (("31", "DECEMBER", "2100"), date(2100, 12, 31)),
        (("1", "1", "2000"), date(2000, 1, 1)),
        (("29", "2", "2028"), date(2028, 2, 29)),
    ],
)
def test_accepts(typed, expected):
    form = sent(*typed)
    assert form.is_valid()
    assert form.cleaned_data["day"] == expected


@pytest.mark.parametrize(
    ("typed", "message", "invalid_parts"),
    [
        (("", "", ""), "Enter election day", ["day", "month", "year"]),
        ((" ", "\t", "\n"), "Enter election day", ["day", "month", "year"]),
        (("6", "5", ""), "Election day must include a year", ["year"]),
        (("", "5", "2027"), "Election day must include a day", ["day"]),
        (("6", "", "2027"), "Election day must include a month", ["month"]),
        (("", "", "2027"), "Election day must include a day and month", ["day", "month"]),
        (("6", "", ""), "Election day must include a month and year", ["month", "year"]),
        (("31", "4", "2027"), "Election day must be a real date", ["day"]),
        (("29", "2", "2027"), "Election day must be a real date", ["day"]),
        (("0", "5", "2027"), "Election day must be a real date", ["day"]),
        (("6", "13", "2027"), "Election day must be a real date", ["month"]),
        (("6", "ma", "2027"), "Election day must be a real date", ["month"]),
        (("x", "y", "2027"), "Election day must be a real date", ["day", "month"]),
        (("6", "5", "next"), "Election day must be a real date", ["year"]),
        (("6", "5", "-2027"), "Election day must be a real date", ["year"]),
        (("6\0", "5", "2027"), "Election day must be a real date", ["day"]),
        (("٦", "5", "2027"), "Election day must be a real date", ["day"]),
        (("²", "5", "2027"), "Election day must be a real date", ["day"]),
        (("6", "5", "27"), "Election day must include a year with 4 numbers", ["year"]),
        (("6", "5", "9" * 5000), "Election day must include a year with 4 numbers", ["year"]),
        (("6", "5", "1999"), "Election day must be in a year from 2000 to 2100", ["year"]),
        (("6", "5", "2101"), "Election day must be in a year from 2000 to 2100", ["year"]),
    ],
)
def test_names_what_to_put_right(typed, message, invalid_parts):
    form = sent(*typed)
    assert form.errors["day"] == [message]
    assert form["day"].invalid_parts == invalid_parts
    assert form["day"].id_for_label == f"id_day-{invalid_parts[0]}"


def test_what_was_typed_is_shown_again_and_escaped():
    html = str(sent("31", "<b>", "20 27")["day"])
    assert 'name="day-day" value="31"' in html
    assert 'name="day-month" value="&lt;b&gt;"' in html
    assert 'name="day-year" value="20 27"' in html


def test_only_the_invalid_part_is_marked():
    html = str(sent("6", "5", "")["day"])
    assert html.count("govuk-input--error") == html.count('aria-invalid="true"') == 1
    assert html.index("govuk-input--error") > html.index('name="day-month"')


def test_nothing_sent_at_all():
    assert Election({}).errors["day"] == ["Enter election day"]


def test_optional_date_may_be_left_out():
    field = DateField(required=False)
    assert field.clean(["", "", ""]) is None
    with pytest.raises(ValidationError, match="Date must include a year"):
        field.clean(["6", "5", ""])


def test_errors_call_the_date_by_its_error_name():
    field = DateField(label="When is the election?", error_name="Election day")
    with pytest.raises(ValidationError, match="Enter election day"):
        field.clean(["", "", ""])


def test_a_form_can_say_it_in_its_own_words():
    field = DateField(error_messages={"required": "Enter the date of annual council"})
    with pytest.raises(ValidationError, match="Enter the date of annual council"):
        field.clean(["", "", ""])


def test_error_that_a_form_adds_is_about_the_whole_date():
    form = sent("6", "5", "2027")
    form.add_error("day", "Election day must be a Thursday")
    assert form["day"].invalid_parts == list(PARTS)


def test_initial_date_fills_the_boxes_and_knows_when_it_changed():
    unchanged = {"day-day": "06", "day-month": "may", "day-year": "2027"}
    form = Election(unchanged, initial={"day": date(2027, 5, 6)})
    assert not form.has_changed()
    form = Election(unchanged | {"day-day": "7"}, initial={"day": date(2027, 5, 6)})
    assert form.has_changed()
    html = str(Election(initial={"day": date(2027, 5, 6)})["day"])
    assert [f'value="{number}"' in html for number in (6, 5, 2027)] == [True] * 3


def test_disabled_date_keeps_its_initial_value():
    class Fixed(forms.Form):
        day = DateField(disabled=True)

    form = Fixed({"day-day": "1"}, initial={"day": date(2027, 5, 6)})
    assert form.is_valid()
    assert form.cleaned_data["day"] == date(2027, 5, 6)


def test_prefix_and_ids():
    html = str(Election(prefix="first")["day"])
    assert 'name="first-day-month"' in html
    assert 'id="id_first-day-month"' in html
    assert "id=" not in str(Election(auto_id=False)["day"])


anything = st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.binary(), st.booleans())
digits = st.text(st.characters(categories=["Nd", "Nl", "No"]), max_size=6)
like_a_date = st.tuples(
    st.one_of(digits, st.integers(-1, 40).map(str)),
    st.one_of(digits, st.integers(-1, 15).map(str), st.sampled_from(["may", "Ma", "juin"])),
    st.one_of(digits, st.integers(-1, 11000).map(str)),
)


@given(st.one_of(anything, st.lists(anything, max_size=5), st.tuples(*[anything] * 3), like_a_date))
@example(["9" * 10_000] * 3)
@example(["\0", "\ud800", "१"])
def test_any_input_is_a_sensible_date_or_a_validation_error(value):
    try:
        cleaned = DateField(required=False).clean(value)
    except ValidationError as error:
        cleaned = None
        messages, parts = error.messages, error.params["parts"]
    else:
        messages, parts = [], []
    assert cleaned is None or 2000 <= cleaned.year <= 2100
    assert all(message.startswith("Date must") for message in messages)
    assert set(parts) <= set(PARTS)


@given(like_a_date)
def test_any_input_comes_back_on_a_page_that_holds_together(typed):
    form = sent(*typed)
    form.is_valid()
    parse_html(str(form["day"]))  # raises if an element is not closed


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_every_date_in_range_is_read_as_it_is_written(day):
    assert DateField().clean([str(day.day), f"{day:%m}", str(day.year)]) == day
