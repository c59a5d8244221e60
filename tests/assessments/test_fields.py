"""What the fields shared by several subjects do with what is sent."""

import datetime as dt
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils import timezone

from assessments.fields import LongTextField, SeveralField, Textarea, TypedSeveralField
from govuk.fields import DateField


def subclasses(cls):
    for each in cls.__subclasses__():
        yield each
        yield from subclasses(each)


def test_a_line_break_counts_as_one_character():
    class Form(forms.Form):
        text = LongTextField(error_name="The text", longest=5)

    sent = QueryDict("text=ab%0D%0Acd")
    form = Form(sent)
    assert form.is_valid()
    assert form.cleaned_data["text"] == "ab\ncd"
    assert not Form(QueryDict("text=ab%0D%0Acde")).is_valid()


def test_every_box_for_several_lines_counts_so():
    import assessments.urls  # noqa: F401 - imports every form

    plain = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in subclasses(forms.BaseForm)
        if form.__module__.startswith(("assessments", "councils", "frameworks"))
        for name, field in form.base_fields.items()
        if isinstance(field.widget, forms.Textarea) and not isinstance(field.widget, Textarea)
    }
    assert plain == set()


def test_the_dates_of_what_has_happened_are_not_in_the_future():
    import assessments.urls  # noqa: F401 - imports every form

    class Form(forms.Form):
        day = DateField(error_name="The date received", is_past=True)

    def sent(date):
        return Form({"day-day": date.day, "day-month": date.month, "day-year": date.year})

    today = timezone.localdate()
    assert sent(today).is_valid()
    late = sent(today + dt.timedelta(days=1))
    assert late.errors["day"] == ["The date received must be today or in the past"]
    past = {
        f"{form.__name__}.{name}"
        for form in subclasses(forms.BaseForm)
        if form.__module__.startswith("assessments")
        for name, field in form.base_fields.items()
        if getattr(field, "is_past", False)
    }
    assert past == {
        "AgreementForm.made_on",
        "AmendmentForm.received_on",
        "ConfidentialRequestForm.asked_on",
        "ParityForm.offered_on",
        "MotionForm.received_on",
        "NominationForm.appointed_on",
        "SeatsNoticeForm.given_on",
        "ProtocolAgreementForm.agreed_on",
        "VacancyForm.arose_on",
        "VacancyForm.notice_on",
        "VoteForm.meeting_on",
    }


@pytest.mark.parametrize("field", [SeveralField, TypedSeveralField])
def test_a_choice_that_is_sent_twice_counts_once(field):
    class Form(forms.Form):
        groups = field(choices=[("Ash", "Ash"), ("Elm", "Elm")])

    form = Form(QueryDict("groups=Elm&groups=Ash&groups=Elm"))
    assert form.is_valid()
    assert form.cleaned_data["groups"] == ["Elm", "Ash"]


def test_every_field_for_several_choices_counts_so():
    """Rows that can exist only once would otherwise end such a request with an error."""
    apps = [settings.BASE_DIR / name for name in ("assessments", "councils", "operate")]
    plain = [
        str(path.relative_to(settings.BASE_DIR))
        for app in apps
        for path in Path(app).rglob("*.py")
        if "MultipleChoiceField(" in path.read_text()
    ]
    assert plain == []
