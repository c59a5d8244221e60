"""Numbers for Prometheus on their own address only, and reports to Sentry without personal data."""

import json
import os
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection

import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured

from assessments.portfolio.tasks import make_bundle
from noc_transition.environment import Environment
from tests.noc_transition.test_production_settings import start
from tests.test_killed import database_url, wait_until

FAIL = """
import json, logging
import django
django.setup()
from django.test import Client
from sentry_sdk.transport import Transport
import sentry_sdk
from noc_transition.reports import start_reports

sent = []
class Kept(Transport):
    def capture_envelope(self, envelope):
        sent.extend(item.payload.json for item in envelope.items)

start_reports("http://key@127.0.0.1:9/1", environment="tests", transport=Kept)
client = Client(raise_request_exception=False, headers={"host": "localhost"})
client.cookies["sessionid"] = "secret-cookie"
answers = {"login": "ada@example.gov.uk", "password": "seven brown herons"}
asked = [
    client.post("/sign-in/?next=/secret-place/", answers).status_code,
    client.get("/invitations/secret-token/").status_code,
]
logging.getLogger("planner").error("Not sent to ada@example.gov.uk")
try:
    secret_local = "seven brown herons"
    raise ValueError("ada@example.gov.uk")
except ValueError as error:
    sentry_sdk.capture_exception(error)
print(json.dumps([asked, sent]))
"""


def test_a_report_says_where_an_error_was_and_nothing_of_a_person(tmp_path):
    done = start(
        *("-W", "ignore", "-c", FAIL),
        DJANGO_SETTINGS_MODULE="noc_transition.settings",
        DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}",
    )
    asked, sent = json.loads(done.stdout)
    assert asked == [503, 503]
    assert len(sent) >= 4, done.stderr
    text = json.dumps(sent)
    for secret in ("ada@", "herons", "secret-", socket.gethostname(), "cookie"):
        assert secret not in text
    places = {report["transaction"] for report in sent if "transaction" in report}
    assert places == {"/invitations/{token}/", "/sign-in/"}
    errors = [report["exception"]["values"] for report in sent if "exception" in report]
    assert {values[-1]["type"] for values in errors} == {"OperationalError", "ValueError"}
    assert all(values[-1]["stacktrace"]["frames"] for values in errors)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def read(port, path="/"):
    """Return status and text of an answer; 0 if nothing listens."""
    link = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        link.request("GET", path, headers={"Host": "localhost"})
        response = link.getresponse()
        return response.status, response.read().decode()
    except OSError:
        return 0, ""
    finally:
        link.close()


@pytest.mark.django_db(transaction=True)
def test_numbers_are_on_their_own_address_only(tmp_path):
    web, metrics, worker_metrics = (free_port() for _ in range(3))
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "PRIVATE_DIR": str(tmp_path),
        "BIND": f"127.0.0.1:{web}",
        "METRICS_BIND": f"127.0.0.1:{metrics}",
        "WORKER_METRICS_BIND": f"127.0.0.1:{worker_metrics}",
        "WEB_CONCURRENCY": "2",
    }
    serving = ["gunicorn", "--config", "python:noc_transition.serving", "noc_transition.wsgi"]
    commands = (["-m", *serving], ["manage.py", "worker", "--interval", "0.1"])
    make_bundle.enqueue(4711)  # a task with nothing to do
    started = [
        subprocess.Popen(
            [sys.executable, *command],
            cwd=project.BASE_DIR,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    try:
        wait_until(lambda: read(web, "/sign-in/")[0] == 200)
        for path in ("/invitations/secret-token/", "/no-such-page/", "/metrics", "/metrics/"):
            assert read(web, path)[0] == 404
        assert "planner_requests" not in "".join(read(web, path)[1] for path in ("/", "/metrics"))
        status, text = read(metrics, "/sign-in/")
        wait_until(lambda: 'result="successful"' in read(worker_metrics)[1])
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
            process.wait()
    assert status == 200
    assert 'planner_requests_total{method="GET",status="200",view="account_login"}' in text
    assert 'planner_requests_total{method="GET",status="404",view="join"} 1.0' in text
    assert 'planner_request_seconds_count{view="join"} 1.0' in text
    assert "planner_database_up 1.0" in text
    assert "planner_tasks_waiting" in text
    assert "secret-token" not in text


@pytest.mark.parametrize("text", ["9100", "localhost", "127.0.0.1:0", "127.0.0.1:99999", "a b:1"])
def test_an_address_to_listen_on_has_a_port(monkeypatch, text):
    monkeypatch.setenv("METRICS_BIND", text)
    with pytest.raises(ImproperlyConfigured, match="METRICS_BIND must be an address and a port"):
        Environment().address("METRICS_BIND")
    monkeypatch.setenv("METRICS_BIND", "[::1]:9100")
    assert Environment().address("METRICS_BIND") == "[::1]:9100"
