from django.apps import AppConfig


class GovukConfig(AppConfig):
    """Django forms in the GOV.UK Design System's markup: a crispy-forms pack, a date, an error
    summary. It knows nothing of councils or plans.
    """

    name = "govuk"
    verbose_name = "GOV.UK forms"
