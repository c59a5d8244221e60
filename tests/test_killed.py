"""A server process, or all of them, killed while people save and make a PDF: nothing is lost.

What was answered with 200 is in the history, the sealed record is whole, and the next request
works. On the database of the tests, with gunicorn as in production.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from urllib.parse import urlencode

import pytest
from django.conf import settings as project
from django.db import connection
from django_tasks_db.models import DBTaskResult

from assessments.plans.models import EventChange
from assessments.portfolio.actions import ask_for_bundle
from assessments.portfolio.models import Bundle
from assessments.portfolio.tasks import make_bundle
from councils.verification import verify
from tests.acting import item_url, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = {False: 1, True: 25}  # kills of each kind: in the suite, in `script/attack`


def database_url():
    """Return DATABASE_URL for the database of the tests."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    settings = connection.settings_dict
    host, user = settings["HOST"] or settings["OPTIONS"].get("host", ""), settings["USER"]
    return f"postgres://{user}@/{name}?host={host}"


class Server:
    """gunicorn with two processes, which can be killed and started again on the same port."""

    def __init__(self, private, cwd=project.BASE_DIR):
        self.cwd = cwd
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {
            "DATABASE_URL": database_url(),
            "PRIVATE_DIR": str(private),
            "SECRET_KEY": project.SECRET_KEY,
            "PYTHONPATH": str(project.BASE_DIR),
        }
        self.process = None

    def start(self):
        address = f"127.0.0.1:{self.port}"
        options = ["--bind", address, "--workers", "2", "--threads", "4", "--log-level", "error"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, "noc_transition.wsgi"],
            cwd=self.cwd,
            env=self.environment,
            start_new_session=True,
        )
        wait_until(lambda: self.ask("GET", "/sign-in/") == 200)

    def workers(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def kill_worker(self):
        os.kill(random.choice(self.workers()), signal.SIGKILL)  # noqa: S311 - not for secrets

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask(self, method, path, sent=None, cookie=""):
        """Return the status of a response; 0 if there was none."""
        link = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": "localhost", "Cookie": cookie, "HX-Request": "true"}
        if sent is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            link.request(method, path, urlencode(sent) if sent else None, headers)
            response = link.getresponse()
            response.read()
        except (OSError, HTTPException):
            return 0
        finally:
            link.close()
        return response.status


def wait_until(true, seconds=240):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    server.start()
    yield server
    server.kill()


def cookies_of(client, server):
    """Return the cookies of a signed-in browser, with a token for its forms."""
    token = "a" * 32
    return f"sessionid={client.session.session_key}; csrftoken={token}", token


def test_what_was_saved_outlives_a_killed_server(request, plan, officer, server, figures):
    times = TIMES[request.config.getoption("--attack")]
    cookie, token = cookies_of(signed_in(officer), server)
    items = list(plan.items.order_by("pk")[:4])
    acknowledged, is_over = [], Signal()

    def type_away(item):
        version = turn = 0
        while not is_over.is_set():
            turn += 1
            note = f"Words {item.pk}.{turn}"
            sent = {"part": "note", "version": version or 1, "note": note, "status": "in-progress"}
            sent |= {"reason": "", "owner": "", "csrfmiddlewaretoken": token}
            status = server.ask("POST", item_url(item), sent, cookie)
            if status == 200:
                acknowledged.append(note)
                version = (version or 1) + 1
            elif status == 409:  # a save was made and its response lost with the process
                version = (version or 1) + 1
            else:
                assert status in {0, 502, 503}, status
                time.sleep(0.05)

    threads = [Thread(target=type_away, args=[item]) for item in items]
    for thread in threads:
        thread.start()
    for _ in range(times):
        for kill in (server.kill_worker, server.kill):
            before = len(acknowledged)
            wait_until(lambda before=before: len(acknowledged) > before + 4)
            kill()
            if kill == server.kill:
                server.start()
    before = len(acknowledged)
    wait_until(lambda: len(acknowledged) > before)
    is_over.set()
    for thread in threads:
        thread.join(timeout=60)

    recorded = set(EventChange.objects.filter(field="note").values_list("after", flat=True))
    lost = set(acknowledged) - recorded
    figures("Kills during saves; saves; lost", f"{2 * times}; {len(acknowledged)}; {len(lost)}")
    assert lost == set()
    assert verify(plan.council).problems == []


@pytest.mark.pdf
def test_the_next_pdf_is_made_after_a_killed_one(request, plan, officer, server, figures):
    times = 5 if request.config.getoption("--attack") else 1
    cookie, token = cookies_of(signed_in(officer), server)
    sent = {"scope": "stage-1", "csrfmiddlewaretoken": token}
    path = f"/plans/{plan.pk}/action-plan/pdf/"
    for _ in range(times):
        for kill in (server.kill_worker, server.kill):
            threads = [
                Thread(target=server.ask, args=["POST", path, sent, cookie]) for _ in range(3)
            ]
            for thread in threads:
                thread.start()
            time.sleep(0.7)
            kill()
            for thread in threads:
                thread.join()
            if kill == server.kill:
                server.start()
            wait_until(lambda: server.ask("POST", path, sent, cookie) == 200)
    figures("Kills during a PDF; next one made", f"{2 * times}; {2 * times}")


@pytest.mark.pdf
def test_a_download_whose_worker_was_killed_can_be_requested_again(
    plan, officer, tmp_path, figures
):
    environment = os.environ | {"DATABASE_URL": database_url(), "PRIVATE_DIR": str(tmp_path)}

    def work():
        return subprocess.Popen(
            [sys.executable, "manage.py", "worker", "--interval", "0.1"],
            cwd=project.BASE_DIR,
            env=environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def ask():
        bundle = ask_for_bundle([plan], by=officer)
        make_bundle.enqueue(bundle.pk)
        return bundle

    ask()
    worker = work()
    running = DBTaskResult.objects.exclude(status="READY")
    wait_until(running.exists)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    second, worker = ask(), work()
    try:
        wait_until(lambda: Bundle.objects.get(pk=second.pk).finished_at)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    figures("Kills of the background worker; next zip made", "1; 1")
