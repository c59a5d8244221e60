"""The jobs of the timetable. Each returns a sentence about what it did, with no personal data.

Each can be repeated, or run while another worker runs it: it does what is due and nothing else.
"""

import logging
from datetime import timedelta
from pathlib import Path

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from assessments.comparisons.actions import publish_comparisons
from assessments.data_protection.actions import (
    AlreadyDeleted,
    NotDue,
    OnHold,
    end_requests,
    purge_expired_plan,
)
from assessments.data_protection.expiry import due_for_deletion
from assessments.digests.sending import send_due_digests
from assessments.exports.kept import clear_kept_pdfs
from assessments.portfolio.actions import clear_bundles
from assessments.rounds.actions import (
    clear_deleted_rounds,
    councils_with_results_to_keep,
    keep_results_of,
)
from assessments.words import counted, day_in_words
from councils.actions import delete_ended_moves, forget_invitation, forgettable_invitations
from councils.models import AccountMerge, AddressChange, Council, SubmittedForm
from councils.once import KEPT as FORMS_KEPT
from councils.verification import verify

from .actions import end_lapsed_resets
from .backup import BackupFailed, make_backup
from .models import ScheduledRun

logger = logging.getLogger(__name__)

RESULTS_KEPT = 14  # days
LONGEST_BREAK = timedelta(days=3)  # of a job that deletes what cannot be brought back
# A clock has shown the time for a day if such a job was due so long before. The clock can have
# jumped to the minute before the job is due, and less than 24 hours can be between two times.
ALMOST_A_DAY = timedelta(hours=20)


class JobFailed(Exception):
    """The job did not do all that it should have. The text says what, and is shown to operators."""


def send_digests() -> str:
    done = send_due_digests(now=timezone.now())
    words = f"Sent {counted(done.sent, 'email update')}."
    if done.failed:
        raise JobFailed(f"{words} {len(done.failed)} could not be sent.")
    return words


def publish_this_week() -> str:
    publication = publish_comparisons()
    if publication is None:
        return "This week’s comparison has already been published."
    return f"Published {counted(publication.spreads.count(), 'figure')}."


def keep_round_results() -> str:
    """Work out the results of rounds that ended. A failure of one council leaves no other out."""
    councils, failed = councils_with_results_to_keep(), []
    for council in councils:
        try:
            keep_results_of(council)
        except Exception:
            logger.exception("results not worked out", extra={"facts": {"council": council.slug}})
            failed.append(council.slug)
    if failed:
        raise JobFailed(f"Not worked out for {', '.join(failed)}. See the log.")
    return f"Worked out the results of rounds of {counted(len(councils), 'council')}."


def back_up() -> str:
    """Write a backup into BACKUP_DIR, and keep the newest BACKUP_DAYS.

    They are counted, and not deleted by their age: a clock that is wrong would delete all of them.
    """
    folder = Path(settings.BACKUP_DIR)
    name = f"planner-{timezone.now():%Y-%m-%dT%H%M%SZ}.backup"
    try:
        made = make_backup(folder / name)
    except BackupFailed as error:
        raise JobFailed(str(error)) from error
    kept = sorted(folder.glob("planner-*.backup"), reverse=True)
    for path in kept[settings.PUBLISHER["backup_days"] :]:
        if path != made.path:
            path.unlink(missing_ok=True)
    state = "encrypted" if made.is_encrypted else "not encrypted"
    return f"Wrote {name}, {made.size / 1e6:.1f}MB, {state}."


def delete_expired_plans() -> str:
    if why := _why_the_clock_may_be_wrong("delete-plans"):
        return f"Nothing was deleted. {why}"
    deleted = on_hold = 0
    today = timezone.localdate()
    for expiry, _ in list(due_for_deletion(Council.objects.all(), today)):
        try:
            purge_expired_plan(expiry.plan, today=today)
        except OnHold:
            on_hold += 1
        except (AlreadyDeleted, NotDue):
            continue
        else:
            deleted += 1
    return f"Deleted {counted(deleted, 'plan')}; {on_hold} on hold."


def _why_the_clock_may_be_wrong(job: str) -> str:
    """Return why a job must not delete anything today; "" if it can.

    By a clock that jumps ahead, every plan is old, and what is deleted cannot be brought back. So a
    job that was not done in the last days waits until the clock has shown the new time for a day.
    """
    times = ScheduledRun.objects.filter(job=job).order_by("-pk").values_list("ended_at", flat=True)
    ended, now = [each for each in times if each is not None], timezone.now()
    if not ended:
        return ""
    last = ended[0]
    has_shown_the_time = any(ALMOST_A_DAY <= now - each <= LONGEST_BREAK for each in ended)
    if has_shown_the_time and abs(now - last) <= LONGEST_BREAK:
        return ""
    day = day_in_words(timezone.localdate(last))
    words = f"It was last done on {day}, so the clock may be wrong."
    return f"{words} If not, it is done within 2 days."


def forget_invitations() -> str:
    if why := _why_the_clock_may_be_wrong("forget-invitations"):
        return f"Nothing was erased. {why}"
    cutoff = timezone.now() - timedelta(days=settings.INVITATION_RETENTION_DAYS)
    invitations = list(forgettable_invitations(closed_before=cutoff))
    for invitation in invitations:
        forget_invitation(invitation, by=None)
    return f"Erased the names in {counted(len(invitations), 'invitation')}."


def clear_address_requests() -> str:
    """Delete requests about addresses and accounts that have expired."""
    changes, _ = AddressChange.objects.closed().delete()
    merges, _ = AccountMerge.objects.closed().delete()
    moves = delete_ended_moves()
    return f"Deleted {counted(changes + merges + moves, 'expired request')}."


def end_unused_requests() -> str:
    """End the requests of owners and operators that were not carried out in time."""
    number = end_requests() + end_lapsed_resets()
    return f"Ended {counted(number, 'request')}."


def clear_downloads() -> str:
    zips, pdfs = counted(clear_bundles(), "zip file"), counted(clear_kept_pdfs(), "kept PDF")
    return f"Deleted {zips} and {pdfs}."


def clear_sessions() -> str:
    """Delete sessions that have ended, with what is stored about the browsers they were in."""
    now = timezone.now()
    ended, _ = Session.objects.filter(expire_date__lt=now).delete()
    unused = UserSession.objects.filter(last_seen_at__lt=now - timedelta(days=1))
    unused.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return f"Deleted {counted(ended, 'session')}."


def clear_forms() -> str:
    old, _ = SubmittedForm.objects.filter(at__lt=timezone.now() - FORMS_KEPT).delete()
    return f"Deleted the marks of {counted(old, 'form')}."


def clear_review_marks() -> str:
    """Delete what was kept of review rounds of deleted plans, and is no longer needed."""
    if why := _why_the_clock_may_be_wrong("clear-review-marks"):
        return f"Nothing was deleted. {why}"
    number = clear_deleted_rounds()
    return f"Deleted the marks of {counted(number, 'review round')}."


def clear_task_results() -> str:
    call_command("prune_db_task_results", queue_name="*", min_age_days=RESULTS_KEPT, verbosity=0)
    return f"Deleted the results of tasks older than {RESULTS_KEPT} days."


def check_records() -> str:
    """Verify the record of every council, and log each head, to be kept somewhere else."""
    councils = Council.objects.exclude(chain_head=None).order_by("slug")
    altered = []
    for council in councils:
        found = verify(council)
        facts = {"council": council.slug, "head": str(found.head), "problems": len(found.problems)}
        level = logging.ERROR if found.problems else logging.INFO
        logger.log(level, "record checked", extra={"facts": facts})
        if found.problems:
            altered.append(council.slug)
    if altered:
        raise JobFailed(f"Altered: {', '.join(altered)}. See manage.py verify_events.")
    return f"{counted(len(councils), 'record')} unaltered."
