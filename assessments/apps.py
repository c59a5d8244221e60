from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self):
        from councils.actions.erasure import ALSO_FORGOTTEN, ALSO_KNOWN_SINCE
        from councils.actions.invitations import AFTER_JOINING
        from councils.actions.members import ALSO_ENDED as ENDED_WITH_MEMBERSHIP
        from councils.names import NAMED_BESIDE_MEMBERS
        from councils.sessions import ALSO_ENDED, LOCKED_FIRST
        from councils.verification import FURTHER_CHECKS

        from . import converters
        from .advisers.access import (
            advisers_known_since,
            advisers_named_in,
            councils_advised_by,
            councils_naming_adviser,
        )
        from .advisers.actions import ENDED_BY_NEW_GRANT, revoke_grants_of
        from .data_protection.actions import forget_choices_of
        from .plans.actions import claim_actions
        from .portfolio.actions import forget_zips_of
        from .reviews import record_checks
        from .timetable.actions import (
            end_feed_of,
            end_feeds_of,
            end_feeds_of_member,
            lock_feeds_of,
        )

        converters.register()
        FURTHER_CHECKS.extend(record_checks.CHECKS)
        ALSO_ENDED.append(end_feeds_of)
        LOCKED_FIRST.append(lock_feeds_of)
        AFTER_JOINING.append(claim_actions)
        ENDED_WITH_MEMBERSHIP.extend([revoke_grants_of, forget_zips_of, end_feeds_of_member])
        ALSO_FORGOTTEN.append(forget_choices_of)
        ALSO_KNOWN_SINCE.append(advisers_known_since)
        ENDED_BY_NEW_GRANT.append(end_feed_of)
        NAMED_BESIDE_MEMBERS.append(
            (advisers_named_in, councils_advised_by, councils_naming_adviser)
        )
