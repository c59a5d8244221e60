"""The jobs that the worker does at set times, and how each of them went.

A job is due once in each slot: a day, by the clock of the planner's time zone, or an hour in UTC.
The slot is a text in a row that can exist only once, so a clock that goes back finds the row, and
one that goes forward makes another. A slot that no worker was there for is made up for until the
next one begins.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from govuk.words import clock_in_words

from . import jobs
from .models import ScheduledRun

LATE_AFTER = dt.timedelta(hours=1)
MOST_ATTEMPTS = 3


@dataclass(frozen=True)
class ScheduledJob:
    """A job and when it is due: every day at a time, or every hour if it has none."""

    key: str
    name: str
    at: dt.time | None
    run: Callable[[], str]
    is_on: Callable[[], bool] = lambda: True

    @property
    def when(self) -> str:
        return f"Every day at {clock_in_words(self.at)}" if self.at else "Every hour"

    def due_at(self, now: dt.datetime) -> dt.datetime:
        """Return the latest moment, not after `now`, at which the job was due."""
        if self.at is None:
            return now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
        today = timezone.localdate(now)
        due = self._on(today)
        return due if due <= now else self._on(today - dt.timedelta(days=1))

    def slot(self, now: dt.datetime) -> str:
        due = self.due_at(now)
        return f"{timezone.localdate(due)}" if self.at else f"{due:%Y-%m-%dT%H}"

    def _on(self, day: dt.date) -> dt.datetime:
        assert self.at is not None  # noqa: S101 - a job without a time has no day
        return timezone.make_aware(dt.datetime.combine(day, self.at))


TIMETABLE = (
    ScheduledJob(
        "keep-results",
        "Work out the results of review rounds that ended",
        dt.time(0, 15),
        jobs.keep_round_results,
    ),
    ScheduledJob("back-up", "Back up", dt.time(1), jobs.back_up, lambda: bool(settings.BACKUP_DIR)),
    ScheduledJob(
        "delete-plans",
        "Delete plans whose retention period is over",
        dt.time(2, 30),
        jobs.delete_expired_plans,
        lambda: settings.DELETE_EXPIRED_PLANS,
    ),
    ScheduledJob(
        "forget-invitations",
        "Erase the names of people who never joined",
        dt.time(2, 45),
        jobs.forget_invitations,
    ),
    ScheduledJob(
        "clear-address-requests",
        "Delete expired requests about email addresses and accounts",
        dt.time(2, 45),
        jobs.clear_address_requests,
    ),
    ScheduledJob(
        "end-requests",
        "End requests to erase, delete or reset that were not carried out in time",
        dt.time(2, 45),
        jobs.end_unused_requests,
    ),
    ScheduledJob("clear-sessions", "Delete ended sessions", dt.time(3), jobs.clear_sessions),
    ScheduledJob("clear-forms", "Delete marks of submitted forms", dt.time(3), jobs.clear_forms),
    ScheduledJob(
        "clear-review-marks",
        "Delete marks of review rounds whose plans were deleted",
        dt.time(3),
        jobs.clear_review_marks,
    ),
    ScheduledJob(
        "clear-results", "Delete results of finished tasks", dt.time(3), jobs.clear_task_results
    ),
    ScheduledJob("check-records", "Check the councils’ records", dt.time(4), jobs.check_records),
    ScheduledJob(
        "publish-comparisons",
        "Publish the weekly comparison between councils, if it is due",
        dt.time(5),
        jobs.publish_this_week,
    ),
    ScheduledJob("send-digests", "Send email updates", dt.time(6), jobs.send_digests),
    ScheduledJob("clear-downloads", "Delete zips and kept PDFs", None, jobs.clear_downloads),
)


def jobs_in_use() -> list[ScheduledJob]:
    """Return the jobs that the settings turn on."""
    return [job for job in TIMETABLE if job.is_on()]


def job_named(key: str) -> ScheduledJob:
    """Return a job by its key. Raises KeyError if this version has no such job."""
    return {job.key: job for job in TIMETABLE}[key]


@dataclass(frozen=True)
class JobState:
    """A job, its latest run, and whether it should have been done by now and was not."""

    job: ScheduledJob
    latest: ScheduledRun | None
    is_late: bool

    @property
    def has_failed(self) -> bool:
        return bool(self.latest and self.latest.ended_at and not self.latest.is_well)

    @property
    def is_well(self) -> bool:
        return not (self.is_late or self.has_failed)


def job_states(now: dt.datetime) -> list[JobState]:
    """Return the state of every job in use. Two queries."""
    in_use = jobs_in_use()
    newest = ScheduledRun.objects.order_by().values("job").annotate(newest=Max("pk"))
    latest = {run.job: run for run in ScheduledRun.objects.filter(pk__in=newest.values("newest"))}
    slots = {(job.key, job.slot(now - LATE_AFTER)) for job in in_use}
    slots |= {(job.key, job.slot(now)) for job in in_use}
    done = runs_of(slots).filter(ended_at__isnull=False).values_list("job", "slot")
    is_done = set(done)
    return [
        JobState(
            job,
            latest.get(job.key),
            # Not late in the first hour of a slot, if the one before it was done.
            not {(job.key, job.slot(now)), (job.key, job.slot(now - LATE_AFTER))} & is_done,
        )
        for job in in_use
    ]


def runs_of(slots: set[tuple[str, str]]):
    """Return the runs of these pairs of a job's key and a slot."""
    return ScheduledRun.objects.filter(
        job__in={job for job, _ in slots}, slot__in={slot for _, slot in slots}
    )
