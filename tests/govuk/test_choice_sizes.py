"""Radios and checkboxes have one size on every page."""

import re
from importlib import import_module
from pathlib import Path

from django import forms
from django.conf import settings

# Drawn by templates of their own.
DRAWN_APART = {"status", "due_by", "strength", "rating", "scope", "tell"}


def subclasses(cls):
    for each in cls.__subclasses__():
        yield each
        yield from subclasses(each)


def test_every_choice_of_a_form_is_small():
    import_module(settings.ROOT_URLCONF)
    large = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in subclasses(forms.BaseForm)
        if form.__module__.startswith(("assessments", "councils", "frameworks", "operate"))
        for name, field in form.base_fields.items()
        if isinstance(field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))
        and "--small" not in field.widget.attrs.get("class", "")
        and name not in DRAWN_APART
    }
    assert large == set()


def test_every_choice_in_a_template_is_small():
    large = [
        f"{path.name}: {tag}"
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for tag in re.findall(r'class="govuk-(?:radios|checkboxes)(?=[ "])[^"]*"', path.read_text())
        if "--small" not in tag
    ]
    assert large == []
