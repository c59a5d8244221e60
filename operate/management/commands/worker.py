import time

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django_tasks_db.management.commands import db_worker

from operate.timekeeper import Timekeeper

WAIT = 5  # seconds before a database that did not answer is asked again


class Command(db_worker.Command):
    help = (
        "Work in the background: send emails, make zips of action plans, and do the scheduled work "
        "that /operate/health/ lists. Several can run at once, on any number of machines."
    )

    def handle(self, **options):
        if settings.WORKER_METRICS_BIND:
            from operate.metrics import serve_for_worker

            serve_for_worker()
        Timekeeper().start()
        while True:
            try:
                return super().handle(**options)
            except (DatabaseError, InterfaceError) as error:
                if _is_told_to_stop(error):
                    raise SystemExit from error
                name = type(error).__name__
                db_worker.logger.warning("The worker waits for the database (%s).", name)
                connection.close()
                time.sleep(WAIT)


def _is_told_to_stop(error: BaseException | None) -> bool:
    """Return whether a signal to stop came in the middle of a query, which then failed as well."""
    while error is not None:
        if isinstance(error, SystemExit):
            return True
        error = error.__context__
    return False
