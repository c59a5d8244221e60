"""The state of scheduled runs. The timetable does them: no `by`, no entry in the log."""

from django.db import transaction
from django.utils import timezone

from ..models import ScheduledRun

LONGEST_WORDS = 200
RUNS_KEPT = 100  # of each job


def claim_run(job: str, slot: str) -> ScheduledRun | None:
    """Return a new run of the job for the slot, or None if another worker has it."""
    with transaction.atomic():
        run, is_new = ScheduledRun.objects.get_or_create(job=job, slot=slot)
    return run if is_new else None


def claim_next_attempt(run: ScheduledRun) -> ScheduledRun | None:
    """Return the run with its next attempt, or None if another worker has it."""
    with transaction.atomic():
        changed = ScheduledRun.objects.filter(pk=run.pk, attempt=run.attempt, is_well=False).update(
            attempt=run.attempt + 1, queued_at=timezone.now(), began_at=None, ended_at=None
        )
        if not changed:
            return None
        run.refresh_from_db()
    return run


def begin_run(run_id: int, attempt: int) -> ScheduledRun | None:
    """Record that an attempt begins; return None if it has begun or a later one was made."""
    with transaction.atomic():
        mine = ScheduledRun.objects.filter(pk=run_id, attempt=attempt)
        changed = mine.filter(began_at=None).update(began_at=timezone.now())
        return mine.get() if changed else None


def end_run(run: ScheduledRun, *, is_well: bool, words: str) -> None:
    """Record how an attempt ended, and delete the oldest runs of the job."""
    with transaction.atomic():
        ScheduledRun.objects.filter(pk=run.pk, attempt=run.attempt).update(
            ended_at=timezone.now(), is_well=is_well, words=words[:LONGEST_WORDS]
        )
        # By number and not by age: by a clock that is wrong, every run could be old.
        runs = ScheduledRun.objects.filter(job=run.job).order_by("-pk").values_list("pk", flat=True)
        oldest_kept = list(runs[RUNS_KEPT - 1 : RUNS_KEPT])
        if oldest_kept:
            ScheduledRun.objects.filter(job=run.job, pk__lt=oldest_kept[0]).delete()
