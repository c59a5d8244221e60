"""Our forms come out as the markup that the Design System publishes for its own components."""

import json
from datetime import date
from pathlib import Path

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.test.html import Element, parse_html

from govuk.fields import DateField

PUBLISHED = Path(__file__).parent / "published"
NATIONAL_INSURANCE_HINT = (
    "It’s on your National Insurance card, benefit letter, payslip or P60. "
    "For example, ‘QQ 12 34 56 C’."
)
NAME_CHANGE = {
    "label": "Have you changed your name?",
    "choices": [("yes", "Yes"), ("no", "No")],
    "widget": forms.RadioSelect,
}
NAME_CHANGE_HINT = "This includes changing your last name or spelling your name differently."
NATIONALITY = {
    "label": "What is your nationality?",
    "choices": [("british", "British"), ("irish", "Irish")],
    "widget": forms.CheckboxSelectMultiple,
}
OPTIONS = [(number, f"GOV.UK frontend option {number}") for number in (1, 2, 3)]
PASSWORD_HINT = "It probably has some letters, numbers and maybe even some symbols in it."

# Attributes that Django adds with reason, or names in its own way.
DJANGOS_OWN = {"name", "aria-invalid", "rows", "cols"}


def published(component, case):
    return json.loads((PUBLISHED / f"{component}.json").read_text())[case]


def comparable(html):
    """Nested lists of tag, attributes and content. Ids are numbered as they come, since it only
    matters what refers to what.
    """
    root = parse_html(html)
    ids = [
        value for element in elements(root) for name, value in element.attributes if name == "id"
    ]
    numbers = {id_: f"id-{number}" for number, id_ in enumerate(ids)}

    def walk(node):
        if not isinstance(node, Element):
            return node.strip()
        attributes = {name: value for name, value in node.attributes if name not in DJANGOS_OWN}
        for name in {"id", "for", "aria-describedby", "aria-controls"} & attributes.keys():
            attributes[name] = " ".join(numbers[id_] for id_ in attributes[name].split())
        return [node.name, attributes, [walk(child) for child in node.children]]

    return walk(root)


def elements(node):
    if isinstance(node, Element):
        yield node
        for child in node.children:
            yield from elements(child)


def one_field_form(field, *, error=None, initial=None):
    """A form with this field; with an `error`, it comes back from being sent empty."""

    class OneField(forms.Form):
        use_required_attribute = False
        answer = field

        def clean(self):
            if isinstance(error, ValidationError):
                self.add_error("answer", error)

    if isinstance(error, str):
        field.error_messages["required"] = error
    return OneField({} if error else None, initial={"answer": initial} if initial else None)


def crispy(form, *layout):
    """The form as a template draws it, through its helper if it is given a layout."""
    if layout:
        form.helper = FormHelper()
        form.helper.form_tag = False
        form.helper.layout = Layout(*layout)
        return render_crispy_form(form)
    return Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(Context({"form": form}))


MARKUP = [
    ("input", "default", forms.CharField(label="National Insurance number"), None),
    (
        "input",
        "with error and hint",
        forms.CharField(label="National insurance number", help_text=NATIONAL_INSURANCE_HINT),
        "Enter a National Insurance number in the correct format",
    ),
    (
        "input",
        "with width-10 class",
        forms.CharField(
            label="National insurance number",
            help_text=NATIONAL_INSURANCE_HINT,
            widget=forms.TextInput({"class": "govuk-input--width-10"}),
        ),
        None,
    ),
    (
        "input",
        "with autocomplete attribute",
        forms.CharField(label="Postcode", widget=forms.TextInput({"autocomplete": "postal-code"})),
        None,
    ),
    (
        "textarea",
        "default",
        forms.CharField(label="Can you provide more detail?", widget=forms.Textarea),
        None,
    ),
    (
        "textarea",
        "with hint and error message",
        forms.CharField(label="With hint and error", help_text="Hint", widget=forms.Textarea),
        "Error message",
    ),
    (
        "select",
        "with hint text and error message",
        forms.ChoiceField(
            label="Label text goes here", help_text="Hint text goes here", choices=OPTIONS
        ),
        "Error message goes here",
    ),
    ("radios", "default", forms.ChoiceField(**NAME_CHANGE), None),
    (
        "radios",
        "inline",
        forms.ChoiceField(
            **NAME_CHANGE | {"widget": forms.RadioSelect({"class": "govuk-radios--inline"})},
            help_text=NAME_CHANGE_HINT,
            initial="no",
        ),
        None,
    ),
    (
        "radios",
        "with hint and error message",
        forms.ChoiceField(**NAME_CHANGE, help_text=NAME_CHANGE_HINT),
        "Please select an option",
    ),
    (
        "checkboxes",
        "with error message and hint",
        forms.MultipleChoiceField(
            **NATIONALITY,
            help_text="If you have dual nationality, select all options that are relevant to you.",
        ),
        "Please select an option",
    ),
    (
        "date-input",
        "default",
        DateField(label="What is your date of birth?", help_text="For example, 31 3 1980"),
        None,
    ),
    (
        "date-input",
        "with error message and hint",
        DateField(label="What is your date of birth?", help_text="For example, 31 3 1980"),
        "Error message goes here",
    ),
    (
        "date-input",
        "with error on day input",
        DateField(
            label="What is your date of birth?",
            help_text="For example, 31 3 1980",
            required=False,
            label_suffix="",
        ),
        ValidationError("Error message goes here", params={"parts": ["day"]}),
    ),
    (
        "password-input",
        "default",
        forms.CharField(label="Password", widget=forms.PasswordInput),
        None,
    ),
    (
        "password-input",
        "with error message",
        forms.CharField(label="Password", help_text=PASSWORD_HINT, widget=forms.PasswordInput),
        "Error message goes here",
    ),
    (
        "password-input",
        "with new-password autocomplete",
        forms.CharField(
            label="Password", widget=forms.PasswordInput({"autocomplete": "new-password"})
        ),
        None,
    ),
    ("file-upload", "default", forms.FileField(label="Upload a file"), None),
    (
        "file-upload",
        "with error message and hint",
        forms.FileField(
            label="Upload a file",
            help_text="Your photo may be in your Pictures, Photos, Downloads or Desktop folder. "
            "Or in an app like iPhoto.",
        ),
        "Error message goes here",
    ),
]


@pytest.mark.parametrize(
    ("component", "case", "field", "error"), MARKUP, ids=[f"{m[0]} {m[1]}" for m in MARKUP]
)
def test_field(component, case, field, error):
    html = crispy(one_field_form(field, error=error))
    assert comparable(html) == comparable(published(component, case))


def test_date_with_a_value():
    field = DateField(label="What is your date of birth?", help_text="For example, 31 3 1980")
    html = crispy(one_field_form(field, initial=date(1980, 3, 31)))
    assert comparable(html) == comparable(published("date-input", "with values and name prefix"))


def test_fieldset_of_a_layout():
    html = crispy(one_field_form(forms.CharField()), Fieldset("What is your address?"))
    assert comparable(html) == comparable(published("fieldset", "styled as medium text"))


@pytest.mark.parametrize(
    ("button", "case"),
    [
        (Submit("", "Save and continue"), "default"),
        (Submit("", "Secondary button", css_class="govuk-button--secondary"), "secondary"),
    ],
)
def test_button(button, case):
    html = crispy(one_field_form(forms.CharField()), button)
    assert comparable(html) == comparable(published("button", case))


def test_error_summary():
    class SignIn(forms.Form):
        agree = forms.BooleanField(
            error_messages={"required": "Agree to the terms of service to log in"}
        )

        def clean(self):
            raise ValidationError("Invalid username or password")

    html = Template("{% load govuk %}{% error_summary form %}").render(
        Context({"form": SignIn({})})
    )
    html = html.replace("#id_agree", "#example-error-1")
    assert comparable(html) == comparable(
        published("error-summary", "mixed with and without links")
    )
