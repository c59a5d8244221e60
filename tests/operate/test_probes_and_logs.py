"""What a load balancer asks, what the log says about a request, and invalid settings."""

import json
import logging
import re
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import RequestFactory
from django.urls import reverse

from noc_transition.environment import Environment
from noc_transition.logs import JsonFormatter, log_requests, requests
from operate import health
from tests.acting import browser

pytestmark = pytest.mark.django_db


def test_a_process_is_alive_without_the_database_and_ready_only_with_it(
    monkeypatch, django_assert_num_queries
):
    with django_assert_num_queries(0):
        assert browser().get("/healthz").content == b"ok\n"
    ready = browser().get("/readyz")
    assert ready.content.decode().split("\n")[:3] == [
        "database: ok",
        "migrations: ok",
        "cache: ok",
    ]

    def fails():
        raise OperationalError("no such table: cache")

    monkeypatch.setattr(health, "cache_works", fails)
    refused = browser().get("/readyz")
    assert refused.status_code == 503
    assert "no such table" not in refused.content.decode()


def test_caddy_asks_several_web_servers_by_the_name_that_they_answer_to(settings):
    """Asked by their addresses, they all counted as down, and every page was unavailable."""
    text = (settings.BASE_DIR / "docs/operations.md").read_text()
    block = re.search(r"\n    reverse_proxy \S+ \S+ {\n.*?\n    }\n", text, re.DOTALL)[0]
    path = re.search(r"health_uri (\S+)\n", block)[1]
    settings.ALLOWED_HOSTS = [re.search(r"health_headers {\s+Host (\S+)\n", block)[1]]
    assert browser().get(path, headers={"host": "10.0.0.5:8000"}).status_code == 400
    assert browser().get(path, headers={"host": settings.ALLOWED_HOSTS[0]}).status_code == 200
    # It needs no database: a page of the planner says that this is away, and gives text back.
    assert path == reverse("healthz")


def test_who_asks_whether_it_is_ready_again_does_not_make_it_busy(monkeypatch):
    """200 requests at once for /readyz, which one computer can make, took all pages 7 seconds."""
    known, applied, made = {("operate", "0001"), ("operate", "0002")}, {}, []

    class Executor:
        """Migrations of which there are none in the tests."""

        def __init__(self, connection):
            made.append(connection)
            self.loader = SimpleNamespace(graph=SimpleNamespace(leaf_nodes=lambda: known))

        def migration_plan(self, leaves):
            return sorted(leaves - applied.keys())

    monkeypatch.setattr(health, "MigrationExecutor", Executor)
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda self: applied)
    health._number_missing.cache_clear()
    applied[("operate", "0001")] = None
    assert health.migrations().words == "1 migration to apply: run manage.py migrate."
    assert "migrations: failed" in browser().get("/readyz").content.decode()
    assert len(made) == 1
    # One that has been applied since is found at once, and so is one that no longer is.
    applied[("operate", "0002")] = None
    for _ in range(3):
        assert browser().get("/readyz").status_code == 200
    assert len(made) == 2
    del applied[("operate", "0002")]
    assert browser().get("/readyz").status_code == 503
    health._number_missing.cache_clear()


def test_the_log_has_the_route_and_the_id_of_a_request_and_no_token(caplog):
    formatter = JsonFormatter()
    with caplog.at_level(logging.INFO, logger=requests.name):
        response = browser().get(
            reverse("join", args=["secret-token"]), headers={"x-request-id": "from-the-proxy"}
        )
    assert response.headers["X-Request-ID"] == "from-the-proxy"
    entries = [json.loads(formatter.format(record)) for record in caplog.records]
    own = next(entry for entry in entries if entry["logger"] == requests.name)
    assert (own["method"], own["route"], own["status"]) == (
        "GET",
        "invitations/<slug:token>/",
        404,
    )
    # Django's "Not Found: /invitations/…" among them.
    assert len(entries) > 1
    assert {entry["request"] for entry in entries if "status" in entry} >= {"from-the-proxy"}
    assert "secret-token" not in json.dumps(entries)
    made_up = browser().get("/", headers={"x-request-id": "<script>"}).headers["X-Request-ID"]
    assert len(made_up) == 32


def test_an_error_is_logged_without_its_text():
    record = None

    def fails(request):
        nonlocal record
        try:
            raise ValueError("ada@example.org")
        except ValueError as error:
            info = (type(error), error, error.__traceback__)
            record = logging.LogRecord("x", logging.ERROR, "", 1, "It failed", None, info)
            entry = json.loads(JsonFormatter().format(record))
            assert entry["request"]
            assert (entry["error"], entry["message"]) == ("ValueError", "It failed")
            assert entry["lines"][0].endswith(" fails")
            assert "ada@example.org" not in json.dumps(entry)
            raise

    with pytest.raises(ValueError, match="ada"):
        log_requests(fails)(RequestFactory().get("/"))


@pytest.mark.parametrize(
    ("text", "read", "message"),
    [
        ("$ecret", "str", "X begins with"),
        ("two", "int", "X is not a whole number"),
        ("ture", "bool", "X must be 1 or 0"),
        ("mysql://user:secret@host/name", "db", "X must begin with postgres://"),
        ("secret", "email_url", "X must begin with smtp://"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(monkeypatch, text, read, message):
    monkeypatch.setenv("X", text)
    with pytest.raises(ImproperlyConfigured, match=message) as raised:
        getattr(Environment(), read)("X")
    assert text not in str(raised.value)
