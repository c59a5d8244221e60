"""Whether the parts of the service work, for the operators' page and for `/readyz`."""

import smtplib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from importlib.metadata import version

from django.conf import settings
from django.core.cache import cache
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments.plans.models import BankHoliday
from assessments.printing.pdf import PdfNoPlaces, PdfNotMade, print_pdf
from assessments.words import counted
from elections.calendar import LAST_YEAR, bank_holidays
from govuk.words import date_and_time_in_words

from .backup import why_not_restorable
from .models import ScheduledRun
from .timetable import JobState, job_states

MAIL_SECONDS = 5
# A worker begins waiting work within seconds; after this long, none is running.
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True)
class HealthCheck:
    """One part of the service: whether it works, and a sentence about it.

    A part that is not set up, such as backups made in another way, is no fault.
    """

    name: str
    is_well: bool
    words: str
    is_set_up: bool = True

    @property
    def state(self) -> str:
        if not self.is_set_up:
            return "Not set up"
        return "Works" if self.is_well else "Does not work"


def all_checks() -> list[HealthCheck]:
    """Return every check, for the operators' page. It makes a PDF and opens a mail connection."""
    found = ready_checks()
    if found[0].is_well and found[1].is_well:
        found += [worker(), timetable(job_states(timezone.now())), backups(), holidays_known()]
    return [*found, mail(), pdf()]


def ready_checks() -> list[HealthCheck]:
    """Return the checks of what every request needs: database, migrations and cache."""
    return [database(), *_if_database_answers(migrations, cache_works)]


def database() -> HealthCheck:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return HealthCheck("Database", False, "It does not answer.")
    return HealthCheck("Database", True, f"{connection.display_name} answers.")


def migrations() -> HealthCheck:
    missing = _number_missing(frozenset(MigrationRecorder(connection).applied_migrations()))
    if missing:
        words = f"{counted(missing, 'migration')} to apply: run manage.py migrate."
        return HealthCheck("Migrations", False, words)
    return HealthCheck("Migrations", True, "All are applied.")


@lru_cache(maxsize=1)
def _number_missing(applied: frozenset[tuple[str, str]]) -> int:
    """Return how many migrations of this code are not among those applied.

    Kept until others are applied: it takes ten times as long as a page, and anyone can ask.
    """
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def cache_works() -> HealthCheck:
    """Check that the cache returns what was stored; it is written to once a minute at most."""
    if cache.get("health") is None:
        cache.set("health", True, timeout=60)
        if not cache.get("health"):
            words = "What is stored cannot be read back: run manage.py createcachetable."
            return HealthCheck("Cache", False, words)
    return HealthCheck("Cache", True, "It stores and returns values.")


def worker() -> HealthCheck:
    """Check that the work waiting for a worker has not waited long."""
    now = timezone.now()
    waiting = DBTaskResult.objects.ready()
    failed = DBTaskResult.objects.failed().filter(finished_at__gt=now - timedelta(days=1)).count()
    last = DBTaskResult.objects.finished().order_by("-finished_at", "-pk").first()
    words = [f"{counted(waiting.count(), 'job')} waiting, {failed} failed in the last 24 hours."]
    if last is not None and last.finished_at is not None:
        words.append(f"The last job finished on {date_and_time_in_words(last.finished_at)}.")
    is_late = waiting.filter(enqueued_at__lt=now - LONGEST_WAIT, run_after__lt=now).exists()
    if is_late:
        words.append("A job has waited over 10 minutes: check that manage.py worker is running.")
    return HealthCheck("Worker", not is_late, " ".join(words))


def timetable(states: list[JobState]) -> HealthCheck:
    """Check that each scheduled job was done when it was due. The page lists them."""
    late = sum(state.is_late for state in states)
    failed = sum(state.has_failed for state in states)
    if not late and not failed:
        return HealthCheck("Scheduled work", True, "No job is late.")
    words = f"{counted(late, 'job')} late, {counted(failed, 'job')} failed: see the table below."
    return HealthCheck("Scheduled work", False, words)


def backups() -> HealthCheck:
    """Say where the nightly backups are. The timetable shows whether the last one failed.

    A service can be backed up in another way, so that none here is not a fault.
    """
    if not settings.BACKUP_DIR:
        words = "The worker makes none, because BACKUP_DIR is not set. Make them in another way."
        return HealthCheck("Backups", True, words, is_set_up=False)
    last = ScheduledRun.objects.filter(job="back-up", is_well=True).first()
    words = f"The worker makes one every night in {settings.BACKUP_DIR}."
    if last is not None and last.ended_at is not None:
        words += f" The last one was made on {date_and_time_in_words(last.ended_at)}."
    if not settings.BACKUP_KEY:
        words += " They are not encrypted, because BACKUP_KEY is not set."
    if problem := why_not_restorable():
        words += f" {problem}"
    return HealthCheck("Backups", last is not None and not problem, words)


def holidays_known() -> HealthCheck:
    """Check that bank holidays are known for next year.

    Days that councils have added by hand can be holidays declared since the package was released.
    """
    today = timezone.localdate()
    known = today.year + 1 <= LAST_YEAR and bool(bank_holidays(today.year + 1))
    added = BankHoliday.objects.filter(day__gte=today).values("day").distinct().count()
    words = f"From the holidays package, version {version('holidays')}."
    if added:
        words += (
            f" Councils have added {counted(added, 'future day')} by hand: check whether a newer "
            "version of the package includes {'it' if added == 1 else 'them'}."
        )
    return HealthCheck("Bank holidays", known, words)


def mail() -> HealthCheck:
    """Check that the mail server accepts a connection and the sign-in; nothing is sent."""
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        kind = settings.EMAIL_BACKEND.split(".")[-2]
        words = f"No mail server is used: emails go to “{kind}”."
        return HealthCheck("Mail", True, words, is_set_up=False)
    outgoing = get_connection(timeout=MAIL_SECONDS)
    try:
        outgoing.open()
    except (OSError, smtplib.SMTPException) as error:
        reason = "in time" if isinstance(error, socket.timeout) else f"({type(error).__name__})"
        words = f"{settings.EMAIL_HOST} does not accept a connection {reason}."
        return HealthCheck("Mail", False, words)
    finally:
        outgoing.close()
    return HealthCheck("Mail", True, f"{settings.EMAIL_HOST} accepts a connection.")


def pdf() -> HealthCheck:
    try:
        print_pdf("<!doctype html><html lang='en-GB'><title>Test</title><p>Test</p></html>", wait=5)
    except PdfNoPlaces as error:
        return HealthCheck("PDF", False, str(error.__cause__))
    except PdfNotMade as error:
        return HealthCheck("PDF", False, str(error))
    return HealthCheck("PDF", True, "A test page was made.")


def _if_database_answers(*checks: Callable[[], HealthCheck]) -> list[HealthCheck]:
    """Run checks that need the database; one that cannot be made is not well."""
    found = []
    for check in checks:
        try:
            found.append(check())
        except DatabaseError:
            name = check.__name__.partition("_")[0].capitalize()
            found.append(HealthCheck(name, False, "It could not be checked: the database failed."))
    return found
