"""What the fields shared by several subjects do with what is sent."""

from django import forms
from django.http import QueryDict

from assessments.fields import LongTextField, Textarea


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
