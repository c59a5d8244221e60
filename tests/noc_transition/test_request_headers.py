"""What a browser may send in headers never breaks a request before our own headers are set."""

import io
import logging
import os
import socket
import subprocess
import sys

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import InvalidHeader
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from gunicorn.workers.sync import SyncWorker

from noc_transition import serving
from noc_transition.wsgi import application, one_address, only_utf8
from tests.noc_transition.test_production_settings import GOOD

pytestmark = pytest.mark.django_db

CONTENT_TYPES = [
    *(
        f"x/y; charset={charset}"
        for charset in ("base64", "idna", "hex", "zlib", '"rot13"', "undefined", "utf-16")
    ),
    "x/y; CHARSET = unicode_escape",
    "x/y; charset*=bogus''x",
    "x/y; boundary*=bogus''x",
    "x/y; charset*0*=base64''x",
    "application/x-www-form-urlencoded; charset=base64",
    "multipart/form-data; boundary=b; charset=base64",
]


def ask(content_type, method="GET", body=b"", **others):
    """Ask the server for the sign-in page; return the status and the headers."""
    answer = {}
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/sign-in/",
        "QUERY_STRING": "a=1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": content_type,
    } | others

    def start_response(status, headers, exc_info=None):
        answer.update(status=int(status.split()[0]), headers=dict(headers))

    for _ in application(environ, start_response):
        pass
    return answer["status"], answer["headers"]


def test_a_request_that_is_too_large_is_refused_before_it_is_read(settings):
    """Without this, anyone could fill the disk with a form that is refused afterwards."""
    settings.ALLOWED_HOSTS = ["localhost"]
    token = "a" * 32
    for length, expected in ((6 * 2**20 + 1, 413), (10**12, 413), (6 * 2**20, 403)):
        body = Unread()
        status, headers = ask(
            "multipart/form-data; boundary=b",
            "POST",
            CONTENT_LENGTH=str(length),
            HTTP_COOKIE=f"csrftoken={token}",
            **{"wsgi.input": body},
        )
        assert status == expected
        assert body.was_read is (expected != 413)
        assert "Content-Security-Policy" in headers
        assert headers["Cache-Control"] == "no-store"


class Unread(io.BytesIO):
    """A body that says whether anything was read of it."""

    was_read = False

    def read(self, size=-1):
        self.was_read = True
        return b""


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script_Name", "PATH_INFO", "X_Forwarded_Proto"])
def test_a_header_named_like_a_variable_of_the_server_is_dropped(name):
    config = Config()
    for setting in vars(serving).keys() & config.settings.keys():
        config.set(setting, getattr(serving, setting))
    unread = IterUnreader([f"GET /a/b/ HTTP/1.1\r\nHost: c\r\n{name}: /a\r\n\r\n".encode()])
    request = Request(config, unread, ("127.0.0.1", 9))
    assert [header for header, _ in request.headers] == ["HOST"]


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_any_charset_gets_an_answer_with_our_headers(settings, content_type):
    settings.ALLOWED_HOSTS = ["localhost"]
    for method, expected in (("GET", 200), ("POST", 403)):  # a form without a token is refused
        status, headers = ask(content_type, method, b"login=a&password=b")
        assert status == expected
        assert "Content-Security-Policy" in headers
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ("multipart/form-data; boundary=b", "multipart/form-data; boundary=b"),
        ("multipart/form-data; charset=hex; boundary=b", "multipart/form-data; boundary=b"),
        ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded"),
        ("", ""),
    ],
)
def test_the_rest_of_the_content_type_is_kept(sent, received):
    seen = []
    only_utf8(lambda environ, start: seen.append(environ["CONTENT_TYPE"]))(
        {"CONTENT_TYPE": sent}, None
    )
    assert seen == [received]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("planner.example:1337", "planner.example"),
        ("PLANNER.example", "planner.example"),
        ("planner.example.:1", "planner.example"),
        ("planner.example:", "planner.example"),
        ("planner.example", "planner.example"),
        # Not ours: Django refuses these, or ALLOWED_HOSTS names them.
        ("evil.example:1337", "evil.example"),
        ("planner.example@evil.example", "planner.example@evil.example"),
        ("planner.example:1:2", "planner.example:1:2"),
        ("10.0.0.5:8000", "10.0.0.5"),
        ("also.example.:1337", "also.example"),
        ("[::1]:8000", "[::1]"),
        ("[::1]", "[::1]"),
        ("", ""),
    ],
)
def test_the_sender_of_a_request_does_not_choose_the_port_of_links_in_emails(
    settings, host, expected
):
    settings.SITE_URL = "https://planner.example"
    seen = []
    one_address(lambda environ, start_response: seen.append(environ["HTTP_HOST"]))(
        {"HTTP_HOST": host}, None
    )
    assert seen == [expected]


def test_in_production_requests_have_the_address_of_the_planner():
    code = "from noc_transition import wsgi; print(wsgi.application.__qualname__)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | GOOD, capture_output=True, text=True
    )
    assert "one_address" in done.stdout, done.stderr


@pytest.mark.parametrize("error", [SystemExit, ValueError, InvalidHeader])
def test_the_log_of_the_server_has_nothing_of_a_request(error):
    """Gunicorn names the request that it ends after 60 seconds, or refuses."""
    config, entries = Config(), io.StringIO()
    config.set("logger_class", serving.logger_class)
    worker = SyncWorker(0, 0, [], None, 60, config, config.logger_class(config))
    handler = logging.StreamHandler(entries)
    worker.log.error_log.addHandler(handler)
    request = Request(
        config, IterUnreader([b"GET /invitations/secret/ HTTP/1.1\r\n\r\n"]), ("10.9.8.7", 1)
    )
    ours, theirs = socket.socketpair()
    try:
        raise error("secret")
    except BaseException as raised:
        worker.handle_error(request, ours, ("10.9.8.7", 1), raised)
    finally:
        worker.log.error_log.removeHandler(handler)
        ours.close()
        theirs.close()
        worker.tmp.close()
    entry = entries.getvalue()
    assert f"{error.__name__} at {__file__}" in entry
    assert "secret" not in entry
    assert "10.9.8.7" not in entry
