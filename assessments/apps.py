from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self):
        from councils.sessions import ALSO_ENDED
        from councils.verification import FURTHER_CHECKS

        from . import converters
        from .reviews import record_checks
        from .timetable.actions import end_feeds_of

        converters.register()
        FURTHER_CHECKS.extend(record_checks.CHECKS)
        ALSO_ENDED.append(end_feeds_of)
