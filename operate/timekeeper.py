"""Puts the jobs of the timetable into the queue of the workers when they are due.

Every worker has a timekeeper. The row of a run can be made only once, so it does not matter how
many there are.
"""

import logging
import threading
import time
from collections.abc import Callable
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from . import actions
from .models import ScheduledRun
from .tasks import run_scheduled
from .timetable import MOST_ATTEMPTS, jobs_in_use, runs_of

logger = logging.getLogger(__name__)

SECONDS_BETWEEN = 20
# A run that failed, or that no worker has finished, is tried again after so long.
RETRY_AFTER = 60 * 60
# A task that a worker began and has not finished is queued again: the worker was killed. Tasks can
# be repeated, so one that only takes long does no harm.
LEFT_AFTER = 30 * 60
MOST_WORKERS = 3  # that one task is given to: it may be what ends them


class Timekeeper:
    """Reads the clock every SECONDS_BETWEEN, in a thread beside the worker.

    Waiting times are counted by `clock`, which never jumps, from when this process first saw a run.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        # When an attempt of a run was first seen, by its key and number.
        self.seen: dict[tuple[int, int], float] = {}
        # When a task that a worker has begun was first seen, by its key and how many had begun it.
        self.begun: dict[tuple[UUID, int], float] = {}

    def start(self) -> None:
        threading.Thread(target=self.keep, name="timekeeper", daemon=True).start()

    def keep(self) -> None:
        """Queue what is due until the process ends, whatever error a turn ends with."""
        while True:
            try:
                self.turn()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("The timetable waits for the database (%s).", type(error).__name__)
            except Exception:
                # Without this thread the worker would go on, and no job would be done.
                logger.exception("The timetable could not be kept, and will be tried again.")
            finally:
                connection.close()
            time.sleep(SECONDS_BETWEEN)

    def turn(self) -> None:
        """Queue each job that is due and has no run, and each run that has to be tried again."""
        now = timezone.now()
        due = {(job.key, job.slot(now)) for job in jobs_in_use()}
        found = {(run.job, run.slot): run for run in runs_of(due)}
        for key, slot in sorted(due):
            run = found.get((key, slot))
            if run is None:
                _queue(actions.claim_run, key, slot)
            elif not run.is_well and self._has_waited(run):
                _queue(actions.claim_next_attempt, run)
        self._queue_what_was_left()

    def _queue_what_was_left(self) -> None:
        """Queue tasks again that a worker has begun and, for long, not finished."""
        running, now = DBTaskResult.objects.running(), self.clock()
        before, self.begun = self.begun, {}
        for task in running.only("pk", "worker_ids"):
            key = task.pk, len(task.worker_ids)
            since = self.begun[key] = before.get(key, now)
            if now - since >= LEFT_AFTER and len(task.worker_ids) < MOST_WORKERS:
                logger.warning("Task %s was left by its worker and is queued again.", task.pk)
                running.filter(pk=task.pk, worker_ids=task.worker_ids).update(
                    status=TaskResultStatus.READY, started_at=None
                )

    def _has_waited(self, run: ScheduledRun) -> bool:
        """Return whether this process has seen the attempt without success for long enough."""
        since = self.seen.setdefault((run.pk, run.attempt), self.clock())
        return run.attempt < MOST_ATTEMPTS and self.clock() - since >= RETRY_AFTER


def _queue(claim: Callable[..., ScheduledRun | None], *arguments: object) -> None:
    with transaction.atomic():
        run = claim(*arguments)
        if run is not None:
            run_scheduled.enqueue(run.pk, run.attempt)
