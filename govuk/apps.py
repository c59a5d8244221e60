from django.apps import AppConfig


class GovukConfig(AppConfig):
    """Django forms in the GOV.UK Design System's markup, for any product: a crispy-forms template
    pack, a date field, radio buttons with hints, an error summary, times in words.
    """

    name = "govuk"
    verbose_name = "GOV.UK forms"
