"""What the pack adds to the published markup: links to errors, words, and choices for forms."""

import re

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Button, ButtonHolder, Field, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template

from govuk.fields import DateField

COLOURS = [("r", "Red"), ("b", "Blue")]


class Everything(forms.Form):
    text = forms.CharField(help_text="Use <b> sparingly")
    email = forms.EmailField(widget=forms.EmailInput({"autocomplete": "email"}))
    password = forms.CharField(widget=forms.PasswordInput)
    number = forms.IntegerField(min_value=1)
    link = forms.URLField(assume_scheme="https")
    note = forms.CharField(widget=forms.Textarea)
    select = forms.ChoiceField(choices=COLOURS)
    radios = forms.ChoiceField(choices=COLOURS, widget=forms.RadioSelect)
    boxes = forms.MultipleChoiceField(choices=COLOURS, widget=forms.CheckboxSelectMultiple)
    agree = forms.BooleanField(help_text="You can change this later")
    day = DateField(label="Election day", help_text="For example, 6 5 2027")
    file = forms.FileField()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self):
        raise ValidationError("The plan is signed off")


def draw(template, form):
    html = Template("{% load crispy_forms_tags govuk %}" + template).render(Context({"form": form}))
    return " ".join(html.split())


def attributes_of(html, name):
    """The values of an attribute, in order, each split into its words."""
    return [word for value in re.findall(rf' {name}="([^"]*)"', html) for word in value.split()]


# --- Errors ---------------------------------------------------------------------------------------


def test_every_error_links_to_a_control_that_exists():
    form = Everything({})
    links = attributes_of(draw("{% error_summary form %}", form), "href")
    controls = re.findall(
        r'<(?:input|select|textarea) [^>]*? id="([^"]*)"', draw("{{ form|crispy }}", form)
    )
    assert [link.removeprefix("#") for link in links] == [
        "id_text", "id_email", "id_password", "id_number", "id_link", "id_note", "id_select",
        "id_radios_0", "id_boxes_0", "id_agree", "id_day-day", "id_file",
    ]  # fmt: skip
    assert {link.removeprefix("#") for link in links} <= set(controls)


def test_error_links_to_the_part_of_the_date_to_put_right():
    form = Everything({"day-day": "6", "day-month": "5"})
    assert '<a href="#id_day-year">Election day must include a year</a>' in draw(
        "{% error_summary form %}", form
    )


def test_errors_without_a_control_are_not_linked():
    html = draw("{% error_summary form %}", Everything({}))
    assert "<li>The plan is signed off</li>" in html
    assert (
        "<li>This page is out of date. Copy what you typed, reload the page and try again</li>"
        in html
    )


def test_required_errors_say_what_to_do():
    html = draw("{% error_summary form %}", Everything({}))
    assert "This field is required" not in html
    for message in ("Enter text", "Select radios", "Select file", "Select “Agree”"):
        assert f">{message}</a>" in html


def test_no_refusal_is_in_djangos_own_words():
    class Sent(forms.Form):
        name = forms.CharField(max_length=3)
        question = forms.CharField(label="What is it called?", max_length=3)
        title = forms.CharField(label="Job title, if it is another one", max_length=3)
        size = forms.ChoiceField(choices=COLOURS)
        colours = forms.MultipleChoiceField(choices=COLOURS)
        control = forms.ChoiceField(label="Control of the council", choices=COLOURS)

    sent = {
        "place": "a\0b",
        "name": "long",
        "question": "long",
        "title": "long",
        "size": "tampered",
        "colours": ["tampered"],
        "control": "tampered",
    }
    html = draw("{% error_summary form %}{{ form|crispy }}", Sent(sent))
    assert "Ensure this value" not in html
    assert "valid choice" not in html
    for message in (
        "Name must be 3 characters or fewer",
        "The answer to “What is it called?” must be 3 characters or fewer",
        "The answer to “Job title, if it is another one” must be 3 characters or fewer",
        "Select size",
        "Select colours",
        "Select an answer to “Control of the council”",
    ):
        assert html.count(message) == 2  # in the summary and beside the field


def test_words_of_the_form_itself_are_kept():
    class Own(forms.Form):
        name = forms.CharField(error_messages={"required": "Enter the council's name"})

    assert "Enter the council&#x27;s name" in draw("{{ form|crispy }}", Own({}))


def test_no_message_ends_with_a_full_stop():
    """The messages of calculations do: they are printed as sentences too."""
    form = Everything({})
    form.add_error("number", "Ash has no seats. Remove it.")
    form.add_error(None, "The council has no members.")
    html = draw("{% error_summary form %}{{ form.number|as_crispy_field }}", form)
    assert html.count("Ash has no seats. Remove it") == 2
    assert "Remove it." not in html
    assert "The council has no members<" in html


def test_summary_of_a_form_without_errors_is_nothing():
    assert draw("{% error_summary form %}", Everything()) == ""
    assert draw("{% error_summary nothing %}", Everything()) == ""


def test_messages_are_escaped():
    form = Everything({})
    form.add_error("text", "<script>")
    for template in ("{% error_summary form %}", "{{ form|crispy }}"):
        assert "<script>" not in draw(template, form)


def test_several_errors_of_one_field_are_all_said():
    form = Everything({"text": "x"})
    form.add_error("text", "Too short")
    form.add_error("text", "Too plain")
    assert "Too short<br>Too plain" in draw("{{ form.text|as_crispy_field }}", form)


@pytest.mark.parametrize(
    ("form", "title"), [(Everything({}), "Error: Plan"), (Everything(), "Plan"), (None, "Plan")]
)
def test_page_title_prefix(form, title):
    assert draw("{% page_title_prefix form %}Plan", form) == title


# --- Fields ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [None, {}])
def test_every_reference_is_to_an_id_on_the_page(data):
    html = draw("{{ form|crispy }}", Everything(data))
    ids = attributes_of(html, "id")
    assert len(ids) == len(set(ids))
    for name in ("for", "aria-describedby", "aria-controls"):
        references = attributes_of(html, name)
        assert references
        assert set(references) <= set(ids)


def test_every_visible_control_has_a_label():
    html = draw("{{ form|crispy }}", Everything())
    controls = re.findall(r"<(?:input|select|textarea) [^>]*>", html)
    visible = [control for control in controls if 'type="hidden"' not in control]
    assert len(visible) == len(controls) - 1
    ids = [re.search(r' id="([^"]*)"', control)[1] for control in visible]
    assert set(ids) == set(attributes_of(html, "for"))


def test_hints_are_plain_text():
    assert "Use &lt;b&gt; sparingly" in draw("{{ form|crispy }}", Everything())


def test_single_checkbox_is_described_by_its_hint():
    html = draw("{{ form.agree|as_crispy_field }}", Everything())
    assert 'aria-describedby="id_agree_helptext"' in html
    assert 'class="govuk-hint govuk-checkboxes__hint"' in html


def test_autocomplete_is_the_forms_to_say():
    html = draw("{{ form|crispy }}", Everything())
    assert attributes_of(html, "autocomplete") == ["email", "current-password"]


def test_optional_fields_say_so_unless_told_otherwise():
    class Optional(forms.Form):
        owner = forms.CharField(required=False)
        due = DateField(required=False, label_suffix="(if known)")
        search = forms.CharField(required=False, label_suffix="")
        name = forms.CharField()

    html = draw("{{ form|crispy }}", Optional())
    assert re.findall(r"<span[^>]*>(\(.*?\))</span>", html) == ["(optional)", "(if known)"]
    assert "(optional)" not in draw("{{ form.owner|as_crispy_field }}", Optional(label_suffix=""))


def test_chosen_options_stay_chosen():
    form = Everything({"radios": "b", "boxes": ["r", "b"], "select": "b"})
    assert draw("{{ form.radios|as_crispy_field }}", form).count("checked") == 1
    assert draw("{{ form.boxes|as_crispy_field }}", form).count("checked") == 2
    assert 'value="b" selected' in draw("{{ form.select|as_crispy_field }}", form)


def test_drawing_twice_changes_nothing():
    form = Everything({})
    assert draw("{{ form|crispy }}", form) == draw("{{ form|crispy }}", form)


# --- Whole forms ----------------------------------------------------------------------------------


def crispy(form, *layout, **options):
    form.helper = FormHelper()
    form.helper.layout = Layout(*layout) if layout else None
    for name, value in options.items():
        setattr(form.helper, name, value)
    return " ".join(render_crispy_form(form, context={"csrf_token": "token"}).split())


def test_form_leaves_validation_to_the_server_and_carries_the_token():
    html = crispy(Everything(), form_action="/plan")
    assert re.findall("<form[^>]*>", html) == [
        '<form action="/plan" method="post" enctype="multipart/form-data" novalidate>'
    ]
    assert 'name="csrfmiddlewaretoken" value="token"' in html


def test_search_form_has_no_token():
    assert "csrfmiddlewaretoken" not in crispy(Everything(), form_method="get")


def test_layout_and_buttons():
    html = crispy(
        Everything(),
        Field("text", css_class="govuk-input--width-10", wrapper_class="app-first"),
        ButtonHolder(
            Submit("save", "Save", data_prevent_double_click="true"),
            Button("preview", "Preview"),
            HTML('<a class="govuk-link" href="/">Cancel</a>'),
        ),
    )
    assert 'class="govuk-input govuk-input--width-10"' in html
    assert 'class="govuk-form-group app-first"' in html
    save, preview = re.findall("<button[^>]*>", html)
    assert 'type="submit"' in save
    assert 'name="save"' in save
    assert 'data-prevent-double-click="true"' in save
    assert 'type="button"' in preview
    assert "govuk-button--secondary" in preview
    assert '<div class="govuk-button-group">' in html
    assert "btn" not in html


def test_inputs_of_a_helper_are_buttons():
    html = crispy(Everything(), inputs=[Submit("save", "Save")])
    assert re.search(r'<button[^>]* name="save"[^>]*>Save</button> </div> </form>', html)


def test_labels_can_be_hidden_from_sight_only():
    html = crispy(Everything(), form_show_labels=False)
    assert '<label class="govuk-label govuk-visually-hidden" for="id_text">Text' in html
    assert '<legend class="govuk-fieldset__legend govuk-visually-hidden"> Radios' in html
