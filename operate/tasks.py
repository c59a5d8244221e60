"""Background work, done by `manage.py worker`."""

import logging

from django_tasks import task

from . import actions
from .jobs import JobFailed
from .timetable import job_named

logger = logging.getLogger(__name__)


@task()
def run_scheduled(run_id, attempt):
    """Do a job of the timetable and record how it ended. A second call does nothing."""
    run = actions.begin_run(run_id, attempt)
    if run is None:
        return
    try:
        words = job_named(run.job).run()
    except JobFailed as error:
        logger.error("Scheduled job %s failed: %s", run.job, error)
        actions.end_run(run, is_well=False, words=str(error))
    except Exception as error:
        actions.end_run(run, is_well=False, words=f"Stopped by an error ({type(error).__name__}).")
        raise
    else:
        actions.end_run(run, is_well=True, words=words)
