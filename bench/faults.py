"""Break the service while people save, and print what that did.

A row for each fault: saves that were acknowledged, how many of them were lost, the longest time in
which no save was possible, and what people saw. Ends with 1 if anything acknowledged was lost.

Two web processes and a worker run on a PostgreSQL of their own. As systemd does, this starts again
what has ended, after a second. 6 people save notes of one plan all the time. A clock that jumps
needs the library of Debian's package faketime; a full disk needs the right to mount.
"""

import argparse
import datetime as dt
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import django

from .cluster import Cluster, NoPostgres

SAVERS = 6
RESTART_AFTER = 1  # seconds
DISK_MB = 400
FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
TOKEN = "t" * 32
ROOT = Path(__file__).parents[1]


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_until(is_so, seconds=120):
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.1)


class Service:
    """Web server and worker, which are started again when they end."""

    def __init__(self, url, folder, **environment):
        self.port = free_port()
        self.environment = os.environ | {
            "DATABASE_URL": url,
            "PRIVATE_DIR": str(folder / "private"),
            "BIND": f"127.0.0.1:{self.port}",
            "WEB_CONCURRENCY": "2",
            "EMAIL_IN_BACKGROUND": "1",
            "LOG_FORMAT": "json",
            **environment,
        }
        self.log = (folder / "service.log").open("ab")
        serving = ["-m", "gunicorn", "--config", "python:noc_transition.serving"]
        self.commands = {
            "web": [*serving, "noc_transition.wsgi"],
            "worker": ["manage.py", "worker", "--interval", "0.2", "--no-startup-delay"],
        }
        self.running = {}
        self.is_over = threading.Event()
        self.keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self):
        for name in self.commands:
            self._start(name)
        self.keeper.start()
        wait_until(lambda: ask(self.port, "GET", "/readyz")[0] == 200)

    def stop(self):
        self.is_over.set()
        self.keeper.join()
        for process in self.running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.log.close()

    def kill(self, name):
        os.killpg(self.running[name].pid, signal.SIGKILL)

    def children(self, name):
        """Return the ids and commands of the processes below one of ours, at any depth."""
        found, below = [], [self.running[name].pid]
        while below:
            pid = below.pop()
            with suppress(OSError):
                text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
                for child in map(int, text.split()):
                    command = Path(f"/proc/{child}/cmdline").read_bytes().decode()
                    found.append((child, command))
                    below.append(child)
        return found

    def _start(self, name):
        self.running[name] = subprocess.Popen(
            [sys.executable, *self.commands[name]],
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def _keep(self):
        while not self.is_over.wait(RESTART_AFTER):
            for name, process in list(self.running.items()):
                if process.poll() is not None:
                    self._start(name)


def ask(port, method, path, sent=None, session="", *, seconds=60):
    """Return status, body and the seconds that it took; status 0 if there was no answer."""
    began = time.monotonic()
    link = HTTPConnection("127.0.0.1", port, timeout=seconds)
    headers = {"Host": "127.0.0.1", "Cookie": f"sessionid={session}; csrftoken={TOKEN}"}
    body = None
    if sent is not None:
        headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(sent | {"csrfmiddlewaretoken": TOKEN})
    try:
        link.request(method, path, body, headers)
        response = link.getresponse()
        return response.status, response.read(), time.monotonic() - began
    except (OSError, HTTPException):
        return 0, b"", time.monotonic() - began
    finally:
        link.close()


def seen_in(status, body):
    """Return what a person sees of an answer."""
    if not status:
        return "no answer (the proxy’s page)"
    title = re.search(rb"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
    words = title[1].decode().strip() if title else body[:40].decode(errors="replace")
    return f"{status} “{words}”"


class People:
    """People who save notes all the time, and what they were told."""

    def __init__(self, port):
        from assessments.plans.models import Plan
        from councils.models import User

        self.port = port
        self.plan = Plan.objects.get(council__slug="riverdale", following=None)
        self.person = User.objects.get(email="chief@riverdale.example")
        self.items = list(self.plan.items.filter(status="in-progress").order_by("pk")[:SAVERS])
        self.session = self.sign_in()
        self.saved = []  # (when, note)
        self.seen = Counter()
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self._save, args=[item]) for item in self.items]

    def sign_in(self):
        from django.test import Client

        client = Client()
        client.force_login(self.person)
        return client.cookies["sessionid"].value

    @contextmanager
    def saving(self):
        for thread in self.threads:
            thread.start()
        wait_until(lambda: len(self.saved) > SAVERS)
        try:
            yield self
        finally:
            before = len(self.saved)
            with suppress(TimeoutError):
                wait_until(lambda: len(self.saved) > before + SAVERS)
            self.is_over.set()
            for thread in self.threads:
                thread.join()

    def longest_pause(self, since):
        times = sorted(moment for moment, _ in self.saved if moment > since)
        pairs = zip([since, *times], times, strict=False)
        return max((after - before for before, after in pairs), default=float("inf"))

    def _save(self, item):
        path, turn, version = f"/plans/{self.plan.pk}/items/{item.pk}/", 0, item.version
        marks = random.getrandbits(32)  # so that notes of two faults differ
        while not self.is_over.is_set():
            turn += 1
            note = f"Note {marks:08x}.{item.pk}.{turn}"
            sent = {"part": "note", "version": version, "note": note, "status": item.status}
            sent |= {"reason": "", "owner": item.owner_id or ""}
            status, body, _ = ask(self.port, "POST", path, sent, self.session)
            if status in {200, 302}:
                self.saved.append((time.monotonic(), note))
                version += 1
            elif status == 409:  # the save before was made, and its answer lost
                version += 1
            else:
                self.seen[seen_in(status, body)] += 1
                if status in {401, 403}:
                    with suppress(django.db.Error):
                        self.session = self.sign_in()
                time.sleep(0.2)


def lost_of(people):
    """Return how many notes were acknowledged and are not in the record, and how many entries of
    the record are altered.
    """
    from django.db import connection

    from assessments.plans.models import EventChange
    from councils.verification import verify

    connection.close()
    recorded = set(EventChange.objects.filter(field="note").values_list("after", flat=True))
    lost = {note for _, note in people.saved} - recorded
    return len(lost), len(verify(people.plan.council).problems)


# --- Faults: each is given the service, the database and the people, and returns a remark ---------


def web_process_killed(service, database, people):
    for _ in range(5):
        workers = [pid for pid, command in service.children("web") if "gunicorn" in command]
        os.kill(random.choice(workers), signal.SIGKILL)
        time.sleep(2)
    return "5 times"


def web_server_killed(service, database, people):
    for _ in range(3):
        service.kill("web")
        time.sleep(RESTART_AFTER + 1)
        wait_until(lambda: ask(service.port, "GET", "/healthz")[0] == 200)
        time.sleep(1)
    return "3 times"


def _presses(service):
    """Return the processes that are making PDFs now."""
    return {pid for pid, command in service.children("web") if "printing.press" in command}


def pdf_process_killed(service, database, people):
    path = f"/plans/{people.plan.pk}/action-plan/pdf/"
    sent, answers, ended = {"scope": "whole", "notes": "1", "guidance": "1"}, [], 0
    for _ in range(3):
        thread = threading.Thread(
            target=lambda: answers.append(ask(service.port, "POST", path, sent, people.session))
        )
        thread.start()
        while thread.is_alive() and not (presses := _presses(service)):
            time.sleep(0.05)
        time.sleep(1)  # it is in the middle of its work
        for pid in presses | _presses(service):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                ended += 1
        thread.join()
    for status, body, _ in answers:
        if status != 200:
            people.seen[seen_in(status, body)] += 1
    status, _, seconds = ask(service.port, "POST", path, sent, people.session)
    made = sum(status == 200 for status, _, _ in answers)
    return f"{ended} processes; {made} of 3 PDFs were made; the next: {status}, {seconds:.0f} s"


def worker_killed(service, database, people):
    from django_tasks_db.models import DBTaskResult

    from assessments.portfolio.actions import ask_for_bundle
    from assessments.portfolio.models import Bundle
    from assessments.portfolio.tasks import make_bundle

    def request_zip():
        bundle = ask_for_bundle([people.plan], by=people.person)
        make_bundle.enqueue(bundle.pk)
        return bundle

    request_zip()
    running = DBTaskResult.objects.running().filter(task_path__endswith="make_bundle")
    wait_until(running.exists)
    service.kill("worker")
    began = time.monotonic()
    second = request_zip()
    wait_until(lambda: Bundle.objects.get(pk=second.pk).finished_at, 300)
    seconds = time.monotonic() - began
    return (
        f"while it makes a zip; the next one was ready after {seconds:.0f} s, and the first is "
        "queued again after 30 min"
    )


def database_killed(service, database, people):
    for _ in range(3):
        database.kill()
        time.sleep(3)
        database.start()
        time.sleep(2)
    return "3 times, started again after 3 s"


def connections_dropped(service, database, people):
    for _ in range(10):
        database.run(
            *("psql", "-q", "-h", database.folder, "-U", "planner", "planner", "-c"),
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND usename = 'planner'",
        )
        time.sleep(0.5)
    return "10 times, all at once"


def disk_full(service, database, people):
    filler = database.folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 2**20)
    time.sleep(10)
    filler.unlink()
    is_down = not database.is_up()
    if is_down:
        database.start()
    return f"for 10 s{'; PostgreSQL had stopped and was started' if is_down else ''}"


def mail_server_slow(service, database, people):
    answers = []
    for number in range(5):
        sent = {"email": f"person-{number}@riverdale.example"}
        answers.append(ask(service.port, "POST", "/password/reset/", sent))
    longest = max(seconds for _, _, seconds in answers)
    time.sleep(12)
    return f"it never answers; 5 password links asked for, slowest page {longest:.1f} s"


def clock_jumps(service, database, people):
    from django_tasks_db.models import DBTaskResult

    from operate.models import ScheduledRun

    clock = Path(service.environment["FAKETIME_TIMESTAMP_FILE"])
    for jump in ("+600", "-600", "+2d", "+0", "-2d", "+0"):
        clock.write_text(jump + "\n")
        time.sleep(25)  # a timekeeper reads the clock every 20 s
    runs = ScheduledRun.objects.count()
    tasks = DBTaskResult.objects.filter(task_path__endswith="run_scheduled").count()
    return f"10 min and 2 days, both ways; {runs} jobs due by these clocks, {tasks} runs queued"


FAULTS = {
    "a web process is killed": web_process_killed,
    "the web server is killed": web_server_killed,
    "the PDF process is killed": pdf_process_killed,
    "the worker is killed": worker_killed,
    "the database is killed": database_killed,
    "connections are dropped": connections_dropped,
    "the database’s disk is full": disk_full,
    "the mail server is slow": mail_server_slow,
    "the clock jumps": clock_jumps,
}


@contextmanager
def silent_mail_server():
    """Accept connections and never answer; gives the port."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        yield listener.getsockname()[1]


@contextmanager
def small_disk():
    """Give a folder on a disk of DISK_MB, or on no disk of its own where mounting is refused."""
    folder = Path(tempfile.mkdtemp(prefix="planner-faults-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    is_small = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield folder, is_small
    finally:
        if is_small:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def break_it(name, database, folder, *, mail_port):
    """Do one fault and print its row; return how many saves were lost and entries altered."""
    environment = {"EMAIL_URL": f"smtp://127.0.0.1:{mail_port}"}
    if name == "the clock jumps":
        clock = folder / "clock"
        clock.write_text("+0\n")
        environment |= {
            "LD_PRELOAD": str(FAKETIME[-1]),
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
    service = Service(database.url, folder, **environment)
    service.start()
    try:
        people = People(service.port)
        with people.saving():
            began = time.monotonic()
            remark = FAULTS[name](service, database, people)
        pause = people.longest_pause(began)
        lost, altered = lost_of(people)
    finally:
        service.stop()
    print(f"{name} ({remark})")
    print(
        f"    {len(people.saved)} saves acknowledged, {lost} lost, {altered} entries altered; "
        f"longest time without a save {pause:.1f} s"
    )
    for words, number in people.seen.most_common(4):
        print(f"    seen {number} times: {words}")
    sys.stdout.flush()
    return lost + altered


def main():
    parser = argparse.ArgumentParser(prog="script/faults", description=__doc__)
    parser.add_argument("only", nargs="*", help="parts of names of faults; all by default")
    only = parser.parse_args().only
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    chosen = [name for name in FAULTS if not only or any(each in name for each in only)]
    bad = 0
    with (
        small_disk() as (disk, is_small),
        tempfile.TemporaryDirectory(prefix="planner-faults-") as place,
        silent_mail_server() as mail_port,
    ):
        folder = Path(place)
        disk.chmod(0o755)
        (disk / "database").mkdir()
        database = Cluster(disk / "database")
        database.make()
        try:
            os.environ |= {
                "DATABASE_URL": database.url,
                "DJANGO_SETTINGS_MODULE": "noc_transition.settings",
                "PRODUCTION": "0",
                "DEBUG": "0",
                "EMAIL_URL": "dummymail://",
            }
            django.setup()
            from . import seed

            seed.start()
            print(f"{dt.date.today():%-d %B %Y}, {os.cpu_count()} cores")
            for name in chosen:
                if name == "the clock jumps" and not FAKETIME:
                    print(f"{name}: not tried, libfaketime is missing")
                elif name == "the database’s disk is full" and not is_small:
                    print(f"{name}: not tried, mounting is refused")
                else:
                    bad += break_it(name, database, folder, mail_port=mail_port)
        finally:
            if database.is_up():
                database.stop()
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    try:
        main()
    except NoPostgres:
        sys.exit("PostgreSQL is not installed.")
