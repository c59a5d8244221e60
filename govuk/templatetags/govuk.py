from django import forms, template
from django.core.validators import MaxLengthValidator

from ..fields import within_sentence
from ..widgets import DateInput

register = template.Library()

DJANGOS_REQUIRED = forms.Field.default_error_messages["required"]
DJANGOS_INVALID_CHOICES = {
    forms.ChoiceField.default_error_messages["invalid_choice"],
    forms.ModelChoiceField.default_error_messages["invalid_choice"],
}
LONGEST_NOUN = 2  # words of a label that a message uses without quotation marks
OUT_OF_DATE = "This page is out of date. Copy what you typed, reload the page and try again"

# Widget, kind of markup, class; the first match applies. A class that a form gives its widget
# (`attrs={"class": "govuk-input--width-5"}`) is added to this class, or to that of the whole group
# of radios, checkboxes or date parts (`govuk-radios--inline`).
CONTROLS = (
    (DateInput, "date", ""),
    (forms.CheckboxSelectMultiple, "checkboxes", "govuk-checkboxes__input"),
    (forms.RadioSelect, "radios", "govuk-radios__input"),
    (forms.CheckboxInput, "checkbox", "govuk-checkboxes__input"),
    (
        forms.PasswordInput,
        "password",
        "govuk-input govuk-password-input__input govuk-js-password-input-input",
    ),
    (forms.FileInput, "plain", "govuk-file-upload"),
    (forms.Textarea, "plain", "govuk-textarea"),
    (forms.Select, "plain", "govuk-select"),
    (forms.Widget, "plain", "govuk-input"),
)


def _control(field):
    return next(
        (kind, css_class)
        for widget_class, kind, css_class in CONTROLS
        if isinstance(field.field.widget, widget_class)
    )


# --- On the page ----------------------------------------------------------------------------------


@register.inclusion_tag("govuk/error_summary.html")
def error_summary(form):
    """List all errors of a form at the top of the page, each linked to its field.

    Every page with a form needs it: errors of the form as a whole are shown nowhere else.
    """
    problems = []
    if form and form.errors:
        problems += [(_without_stop(message), "") for message in form.non_field_errors()]
        for field in form:
            problems += [(message, _focus_id(field)) for message in error_messages(field)]
    return {"problems": problems}


@register.simple_tag
def page_title_prefix(form):
    """Return "Error: " for the title of a page with errors, so that screen readers say it first."""
    return "Error: " if form and form.is_bound and form.errors else ""


def _focus_id(field):
    """Return the id of an element that can take the focus, or "" if the field has none."""
    if field.is_hidden:
        return ""
    if isinstance(field.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return field.subwidgets[0].id_for_label if field.subwidgets else ""
    return field.id_for_label


# --- In the pack's templates ----------------------------------------------------------------------


@register.filter
def error_messages(field):
    """Return a field's errors, in words that also make sense in the error summary.

    Django's "This field is required.", "Select a valid choice." and "Ensure this value has at most
    80 characters", which do not, are replaced. No message ends with a full stop, as in the Design
    System: those of calculations and commands do, which are also printed as sentences.
    """
    return [
        _without_stop(message)
        for error in field.errors.as_data()
        for message in ([_ours(field, error)] if _is_djangos(error) else error.messages)
    ]


def _without_stop(message):
    return str(message).removesuffix(".")


def _is_djangos(error):
    return (
        (error.code == "required" and error.message == DJANGOS_REQUIRED)
        or (error.code == "invalid_choice" and error.message in DJANGOS_INVALID_CHOICES)
        or error.message is MaxLengthValidator.message
    )


def _ours(field, error):
    label = f"The answer to “{field.label}”" if _is_quoted(field) else field.label
    if error.message is MaxLengthValidator.message:
        return f"{label} must be {error.params['limit_value']:,} characters or fewer"
    return _enter(field)


def _is_quoted(field):
    """Return whether a message quotes the label: a question, or too long for a sentence."""
    return field.label.endswith("?") or len(field.label.split()) > LONGEST_NOUN


def _enter(field):
    if field.is_hidden:
        return OUT_OF_DATE
    if isinstance(field.field.widget, forms.CheckboxInput):
        return f"Select “{field.label}”"
    chosen = isinstance(field.field.widget, (forms.widgets.ChoiceWidget, forms.FileInput))
    verb = "Select" if chosen else "Enter"
    if _is_quoted(field):
        return f"{verb} an answer to “{field.label}”"
    return f"{verb} {within_sentence(str(field.label))}"


@register.filter
def label_suffix(field):
    """Return "(optional)" for an optional field, unless the field or form sets `label_suffix`,
    for example to "" for a search form in which everything is optional.
    """
    if field.field.label_suffix is not None:
        return field.field.label_suffix
    return "" if field.field.required or not field.form.label_suffix else "(optional)"


@register.filter
def kind(field):
    return _control(field)[0]


@register.simple_tag
def control(field):
    """Render the field's widget with the Design System's classes and Django's aria attributes."""
    _, css_class = _control(field)
    widget = field.field.widget
    attrs = {}
    if css_class:
        classes = [css_class, widget.attrs.get("class", "")]
        if field.errors and not isinstance(widget, forms.CheckboxInput):
            classes.append(f"{css_class.split()[0]}--error")
        attrs["class"] = " ".join(filter(None, classes))
    if isinstance(widget, forms.PasswordInput):
        defaults = {
            "autocomplete": "current-password",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        attrs |= {key: value for key, value in defaults.items() if key not in widget.attrs}
    return field.as_widget(attrs=attrs)


@register.filter
def options(field):
    """Return a field's radios or checkboxes; its class and invalid state stay with the group."""
    for option in field.subwidgets:
        option.data["attrs"]["class"] = _control(field)[1]
        option.data["attrs"].pop("aria-invalid", None)
    return field.subwidgets
