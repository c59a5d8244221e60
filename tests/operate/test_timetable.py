"""Scheduled work: once in each slot whatever clocks and workers do, and late jobs are seen."""

import datetime as dt
import os
import subprocess
import sys

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from assessments.data_protection.expiry import due_for_deletion
from assessments.data_protection.models import PurgeCertificate, Retention
from assessments.plans.actions import record
from assessments.plans.models import Event, Plan
from assessments.portfolio.tasks import make_bundle
from assessments.rounds.actions import make_round
from assessments.rounds.models import DeletedRound, Round
from councils.actions import invite
from councils.models import Council, DigestFrequency, SubmittedForm, User
from operate import actions, jobs, timekeeper, timetable
from operate.health import timetable as timetable_check
from operate.management.commands.worker import Command as WorkerCommand
from operate.models import ScheduledRun
from operate.tasks import run_scheduled
from operate.timekeeper import LEFT_AFTER, RETRY_AFTER, Timekeeper
from tests.acting import signed_in, text_of
from tests.test_killed import database_url, wait_until

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2027, 5, 10, 9, 30, tzinfo=dt.UTC)
DAYS_OF_A_JUMP = (0, -1, 0, 3000, 0, 1, 0)  # back, right again, 8 years ahead, right again …


def slots(job):
    return sorted(ScheduledRun.objects.filter(job=job).values_list("slot", flat=True))


def test_a_clock_that_jumps_runs_no_job_twice_for_a_day_nor_never():
    for days in DAYS_OF_A_JUMP:
        with time_machine.travel(MORNING + dt.timedelta(days=days), tick=False):
            for _ in range(2):
                Timekeeper().turn()
    due = ["2027-05-09", "2027-05-10", "2027-05-11"]
    assert slots("check-records") == [*due, "2035-07-27"]
    assert slots("clear-downloads") == [f"{day}T09" for day in (*due, "2035-07-27")]
    assert DBTaskResult.objects.count() == ScheduledRun.objects.count()


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (dt.time(6), "Every day at 6am"),
        (dt.time(2, 45), "Every day at 2:45am"),
        (dt.time(12), "Every day at midday"),
        (None, "Every hour"),
    ],
)
def test_the_time_of_a_job_is_written_as_on_all_pages(at, words):
    assert timetable.ScheduledJob("a-job", "A job", at, str).when == words


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        ("2027-05-10T05:59+01:00", "2027-05-09"),
        ("2027-05-10T06:00+01:00", "2027-05-10"),
        ("2027-10-31T01:30+01:00", "2027-10-30"),  # the hour that is there twice, before 06:00
        ("2027-10-31T06:00+00:00", "2027-10-31"),
        ("2027-03-28T06:00+01:00", "2027-03-28"),
    ],
)
def test_a_day_begins_at_the_time_of_the_job_in_london(moment, slot):
    assert timetable.job_named("send-digests").slot(dt.datetime.fromisoformat(moment)) == slot


def test_an_update_sent_by_a_clock_that_was_ahead_does_not_end_all_others(chief):
    User.objects.update(digest_frequency=DigestFrequency.DAILY)
    User.objects.filter(pk=chief.pk).update(digest_sent_at=MORNING + dt.timedelta(days=3000))
    assert chief in User.objects.due_a_digest(MORNING)
    User.objects.filter(pk=chief.pk).update(digest_sent_at=MORNING + dt.timedelta(hours=2))
    assert chief not in User.objects.due_a_digest(MORNING)


def test_a_run_that_failed_is_tried_again_after_an_hour_3_times_in_all(monkeypatch):
    done = []

    def fails():
        done.append(1)
        raise jobs.JobFailed("2 could not be sent.")

    job = timetable.ScheduledJob("send-digests", "Send", dt.time(6), fails)
    monkeypatch.setattr(timetable, "TIMETABLE", (job,))
    waited = [0]
    keeper = Timekeeper(clock=lambda: waited[0])
    with time_machine.travel(MORNING, tick=False):
        for waited[0] in range(0, 6 * RETRY_AFTER, RETRY_AFTER // 2):
            keeper.turn()
            for result in DBTaskResult.objects.ready():
                run_scheduled.call(*result.args_kwargs["args"])
                run_scheduled.call(*result.args_kwargs["args"])  # a repeat does nothing
            DBTaskResult.objects.all().delete()
        (state,) = timetable.job_states(timezone.now())
    run = ScheduledRun.objects.get()
    assert (len(done), run.attempt, run.words) == (3, 3, "2 could not be sent.")
    assert (state.has_failed, state.is_late) == (True, False)


def test_a_run_that_its_worker_left_unfinished_is_taken_over_by_another():
    run = actions.claim_run("clear-forms", timetable.job_named("clear-forms").slot(MORNING))
    assert actions.begin_run(run.pk, 1)
    waited = [0]
    keeper = Timekeeper(clock=lambda: waited[0])
    with time_machine.travel(MORNING, tick=False):
        for waited[0] in (0, RETRY_AFTER - 1):
            keeper.turn()
            assert ScheduledRun.objects.get(pk=run.pk).attempt == 1
        waited[0] = RETRY_AFTER
        keeper.turn()
    run_scheduled.call(run.pk, 2)
    run.refresh_from_db()
    assert (run.attempt, run.is_well) == (2, True)


def test_a_task_whose_worker_was_killed_is_queued_again_3_times_in_all(monkeypatch):
    monkeypatch.setattr(timetable, "TIMETABLE", ())
    make_bundle.enqueue(4711)
    task = DBTaskResult.objects.get()
    waited = [0]
    keeper = Timekeeper(clock=lambda: waited[0])
    for worker in range(5):
        if task.status == "READY":
            task.claim(f"worker {worker}")
        for _ in range(2):
            keeper.turn()
            waited[0] += LEFT_AFTER
        task.refresh_from_db()
    assert (task.status, len(task.worker_ids)) == ("RUNNING", 3)


def test_no_error_ends_the_timekeeper_of_a_worker(monkeypatch, caplog):
    keeper, turns = Timekeeper(), []

    def turn():
        turns.append(1)
        raise ValueError("Never thought of")

    def sleep(seconds):
        if len(turns) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(keeper, "turn", turn)
    monkeypatch.setattr(timekeeper.time, "sleep", sleep)
    monkeypatch.setattr(timekeeper.connection, "close", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        keeper.keep()
    assert "Never thought of" in caplog.text


def test_operators_see_each_job_and_which_are_late(quick_press):
    operator = actions.add_operator(email="olive@operators.example", name="Olive", by=None)
    TOTP.activate(operator, generate_totp_secret())
    assert not timetable_check(timetable.job_states(timezone.now())).is_well
    Timekeeper().turn()
    for run in ScheduledRun.objects.exclude(job="clear-forms"):
        run_scheduled.call(run.pk, 1)
    html = signed_in(operator).get(reverse("operate_health")).content.decode()
    states = {state.job.key: state for state in timetable.job_states(timezone.now())}
    assert {key for key, state in states.items() if state.is_late} == {"clear-forms"}
    assert html.count("<b>Late</b>") == 1
    assert "1 job late, 0 jobs failed" in html
    assert "Deleted 0 zip files and 0 kept PDFs." in html
    assert "Not finished" not in html
    actions.claim_run("clear-downloads", "the next time")
    again = text_of(signed_in(operator).get(reverse("operate_health")))
    assert "Not finished Queued on" in again


def test_the_jobs_delete_what_is_due_and_nothing_else(chief, plan, settings, monkeypatch):
    client = signed_in(chief)
    client.get("/")
    kept = client.session.session_key
    old = timezone.now() - dt.timedelta(days=2)
    Session.objects.create(session_key="ended", session_data="", expire_date=old)
    for key in ("ended", "long gone"):
        facts = {"user": chief, "ip": "192.0.2.1", "user_agent": "Browser", "session_key": key}
        UserSession.objects.create(**facts)
    UserSession.objects.update(last_seen_at=old)
    jobs.clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == [kept]
    assert not UserSession.objects.exclude(session_key=kept).exists()

    SubmittedForm.objects.create(user=chief, fingerprint="a", at=old)
    SubmittedForm.objects.create(user=chief, fingerprint="b")
    jobs.clear_forms()
    assert SubmittedForm.objects.get().fingerprint == "b"

    assert jobs.check_records().endswith("unaltered.")
    assert jobs.send_digests() == f"Sent {len(mail.outbox)} email updates."
    jobs.clear_task_results()
    assert "delete-plans" not in {job.key for job in timetable.jobs_in_use()}
    settings.DELETE_EXPIRED_PLANS = True
    assert "delete-plans" in {job.key for job in timetable.jobs_in_use()}
    Retention.objects.create(council=plan.council, years=2, hold="A complaint")
    with time_machine.travel(dt.datetime(2040, 1, 1, tzinfo=dt.UTC)):
        assert jobs.delete_expired_plans() == "Deleted 0 plans; 1 on hold."
        Retention.objects.update(hold="")
        assert jobs.delete_expired_plans() == "Deleted 1 plan; 0 on hold."
    assert PurgeCertificate.objects.count() == 1


def test_no_plan_of_a_council_whose_access_is_stopped_is_deleted(plan, riverdale):
    """Its owners cannot set a hold meanwhile, and are told that nothing has been deleted."""
    Retention.objects.create(council=riverdale, years=2)
    Council.objects.filter(pk=riverdale.pk).update(stopped_at=timezone.now())
    with time_machine.travel(dt.datetime(2040, 1, 1, tzinfo=dt.UTC)):
        assert jobs.delete_expired_plans() == "Deleted 0 plans; 0 on hold."
        Council.objects.filter(pk=riverdale.pk).update(stopped_at=None)
        assert jobs.delete_expired_plans() == "Deleted 1 plan; 0 on hold."


def test_a_clock_that_jumps_ahead_deletes_nothing(chief, plan, riverdale, settings):
    """By a clock of 2040, every plan is past its retention period, and no backup is needed."""
    settings.DELETE_EXPIRED_PLANS = True
    Retention.objects.create(council=riverdale, years=2)
    with time_machine.travel(MORNING):
        invited = invite(
            council=riverdale,
            name="Ina Vited",
            email="ina@riverdale.example",
            access="editor",
            by=chief,
            link_for=lambda token: "link",
        )

    def done_at(moment):
        with time_machine.travel(moment):
            for key in ("delete-plans", "forget-invitations"):
                slot = timetable.job_named(key).slot(timezone.now())
                run = actions.claim_run(key, slot)
                run_scheduled.call(run.pk, run.attempt)
            return [
                ScheduledRun.objects.filter(job=key).latest("pk").words
                for key in ("delete-plans", "forget-invitations")
            ]

    assert done_at(MORNING) == [
        "Deleted 0 plans; 0 on hold.",
        "Erased the names in 0 invitations.",
    ]
    jumped = dt.datetime(2040, 1, 1, 6, tzinfo=dt.UTC)
    waits = (
        "It was last done on 10 May 2027, so the clock may be wrong. "
        "If not, it is done within 2 days."
    )
    assert done_at(jumped) == [f"Nothing was deleted. {waits}", f"Nothing was erased. {waits}"]
    # It is right again. The job was last done in the future, and is done the day after.
    back = [words[:11] for words in done_at(MORNING + dt.timedelta(days=1))]
    assert back == ["Nothing was", "Nothing was"]
    assert done_at(MORNING + dt.timedelta(days=2))[0] == "Deleted 0 plans; 0 on hold."
    assert Plan.objects.filter(pk=plan.pk).exists()
    invited.refresh_from_db()
    assert invited.name == "Ina Vited"
    # The planner was off for years: it is done once the clock has shown the time for a day.
    done_at(jumped + dt.timedelta(days=1))
    assert done_at(jumped + dt.timedelta(days=2)) == [
        "Deleted 1 plan; 0 on hold.",
        "Erased the names in 1 invitation.",
    ]


def done_at(moment, key):
    """Do a job at a moment, and return the first sentence of what it says."""
    with time_machine.travel(moment):
        run = actions.claim_run(key, timetable.job_named(key).slot(timezone.now()))
        run_scheduled.call(run.pk, run.attempt)
    return ScheduledRun.objects.latest("pk").words.partition(".")[0]


def test_a_clock_that_jumps_ahead_deletes_no_marks_of_review_rounds(riverdale):
    kept = {"sets": {}, "entered": {}, "marks": {}, "closed_on": MORNING.date()}
    DeletedRound.objects.create(council=riverdale, **kept)
    jumped = dt.datetime(2040, 1, 1, 6, tzinfo=dt.UTC)
    moments = (MORNING, jumped, jumped + dt.timedelta(days=1))
    assert [done_at(moment, "clear-review-marks") for moment in moments] == [
        "Deleted the marks of 0 review rounds",
        "Nothing was deleted",
        "Deleted the marks of 1 review round",
    ]


def test_a_clock_that_jumps_to_a_minute_before_a_job_is_due_deletes_nothing(plan, settings):
    """The slot of the day before is made up for at once, and that of the day minutes later."""
    settings.DELETE_EXPIRED_PLANS = True
    Retention.objects.create(council=plan.council, years=2)
    moments = (
        MORNING,
        dt.datetime(2040, 1, 1, 2, 29, tzinfo=dt.UTC),
        dt.datetime(2040, 1, 1, 2, 31, tzinfo=dt.UTC),
        dt.datetime(2040, 1, 2, 2, 31, tzinfo=dt.UTC),
    )
    assert [done_at(moment, "delete-plans") for moment in moments] == [
        "Deleted 0 plans; 0 on hold",
        "Nothing was deleted",
        "Nothing was deleted",
        "Deleted 1 plan; 0 on hold",
    ]


def test_a_plan_that_another_worker_has_deleted_is_passed_over(plan, riverdale, monkeypatch):
    Retention.objects.create(council=riverdale, years=2)
    with time_machine.travel(dt.datetime(2040, 1, 1, tzinfo=dt.UTC)):
        (found,) = due_for_deletion(Council.objects.all(), timezone.localdate())
        monkeypatch.setattr(jobs, "due_for_deletion", lambda *args: [found, found])
        assert jobs.delete_expired_plans() == "Deleted 1 plan; 0 on hold."


def test_a_plan_that_is_changed_while_others_are_deleted_is_kept(chief, plan, monkeypatch):
    Retention.objects.create(council=plan.council, years=2)
    with time_machine.travel(dt.datetime(2040, 1, 1, tzinfo=dt.UTC)):
        (found,) = due_for_deletion(Council.objects.all(), timezone.localdate())
        monkeypatch.setattr(jobs, "due_for_deletion", lambda *args: [found])
        record(plan, Event.Kind.PLAN_CHANGED, by=chief)
        assert jobs.delete_expired_plans() == "Deleted 0 plans; 0 on hold."
    assert Plan.objects.filter(pk=plan.pk).exists()


def test_the_newest_backups_are_kept_whatever_the_clock_shows(settings, tmp_path, monkeypatch):
    settings.BACKUP_DIR = str(tmp_path)
    settings.PUBLISHER = settings.PUBLISHER | {"backup_days": 2}

    def write(path):
        path.write_bytes(b"a backup")
        return jobs_backup(path)

    class Made:
        size, is_encrypted = 8, False

    def jobs_backup(path):
        made = Made()
        made.path = path
        return made

    monkeypatch.setattr(jobs, "make_backup", write)
    for days in (0, 1, 3000, 2):
        with time_machine.travel(MORNING + dt.timedelta(days=days), tick=False):
            jobs.back_up()
    names = sorted(path.name[8:18] for path in tmp_path.iterdir())
    # The one from the wrong clock stays, and so does the one that was just made.
    assert names == ["2027-05-12", "2035-07-27"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_each_job_once(tmp_path):
    environment = os.environ | {"DATABASE_URL": database_url(), "PRIVATE_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "worker", "--interval", "0.1"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    workers = [
        subprocess.Popen(command, cwd=project.BASE_DIR, env=environment, **quiet) for _ in range(2)
    ]
    number = len(timetable.jobs_in_use())
    try:
        wait_until(lambda: ScheduledRun.objects.filter(ended_at__isnull=False).count() >= number)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    runs = ScheduledRun.objects.all()
    assert {(run.attempt, run.is_well) for run in runs} == {(1, True)}
    # One more if the hour has changed in between.
    assert number <= len(runs) == DBTaskResult.objects.count() <= number + 1


def test_a_worker_that_is_told_to_stop_during_a_query_stops(monkeypatch):
    def stopped(self, **options):
        try:
            raise SystemExit(0)  # from the handler of the signal
        except SystemExit:
            raise OperationalError("the query was cancelled")  # noqa: B904 - as the driver does

    monkeypatch.setattr(db_worker.Command, "handle", stopped)

    def goes_on(seconds):
        raise AssertionError("the worker went on")

    monkeypatch.setattr(Timekeeper, "start", lambda self: None)
    monkeypatch.setattr("operate.management.commands.worker.time.sleep", goes_on)
    with pytest.raises(SystemExit):
        WorkerCommand().handle()


def test_results_that_cannot_be_worked_out_for_one_council_are_for_the_others(
    plan, their_plan, chief, stranger, monkeypatch
):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    days = {"name": "A", "opens": yesterday, "closes": yesterday}
    make_round(plan, by=chief, **days)
    make_round(their_plan, by=stranger, **days)
    first, second = Council.objects.order_by("slug")

    def work_out(council):
        if council == first:
            raise ValueError("no such group")
        keep_results_of(council)

    keep_results_of = jobs.keep_results_of
    monkeypatch.setattr(jobs, "keep_results_of", work_out)
    with pytest.raises(jobs.JobFailed, match=f"for {first.slug}"):
        jobs.keep_round_results()
    assert Round.objects.get(plan__council=second).disclosure is not None
    monkeypatch.undo()
    assert jobs.keep_round_results() == "Worked out the results of rounds of 1 council."
    assert jobs.keep_round_results() == "Worked out the results of rounds of 0 councils."
