from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self):
        from councils.verification import FURTHER_CHECKS

        from . import converters
        from .reviews import record_checks

        converters.register()
        FURTHER_CHECKS.extend(record_checks.CHECKS)
