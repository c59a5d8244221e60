"""The server of script/demo, and a client that costs little itself."""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from time import perf_counter
from urllib.parse import urlencode

WORKERS = 2
TIMEOUT = 60


class UnexpectedAnswer(Exception):
    """What was measured is not what was meant to be."""


@contextmanager
def serving(database):
    """Serve `database` with gunicorn on a free port of this computer; gives the address.

    `database` is the path of a file of SQLite, or an address that begins with "postgres:".
    """
    url = str(database) if str(database).startswith("postgres:") else f"sqlite:///{database}"
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        gunicorn = [sys.executable, "-m", "gunicorn", "noc_transition.wsgi"]
        options = ["--workers", str(WORKERS), "--log-level", "warning"]
        process = subprocess.Popen(
            [*gunicorn, *options, "--bind", f"fd://{listener.fileno()}"],
            pass_fds=[listener.fileno()],
            env=os.environ | {"DATABASE_URL": url},
        )
        try:
            yield listener.getsockname()
        finally:
            process.terminate()
            try:
                process.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Visitor:
    """A signed-in person at the other end of a connection a request, as sync workers want it."""

    TOKEN = "t" * 32

    def __init__(self, session):
        self.head = (
            f"Host: 127.0.0.1\r\nCookie: sessionid={session}; csrftoken={self.TOKEN}\r\n"
            "Connection: close\r\n"
        )

    def get(self, address, path):
        return self._exchange(address, f"GET {path} HTTP/1.1\r\n{self.head}\r\n")

    def post(self, address, path, fields):
        """Sent as HTMX sends it."""
        body = urlencode({"csrfmiddlewaretoken": self.TOKEN, **fields})
        return self._exchange(
            address,
            f"POST {path} HTTP/1.1\r\n{self.head}HX-Request: true\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}",
        )

    def _exchange(self, address, request):
        """The seconds until the whole answer was here, and its body."""
        started = perf_counter()
        with socket.create_connection(address, TIMEOUT) as connection:
            connection.sendall(request.encode())
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
        seconds = perf_counter() - started
        head, _, body = b"".join(parts).partition(b"\r\n\r\n")
        if b" 200 " not in head[:16]:
            raise UnexpectedAnswer(f"{request.splitlines()[0]}: {head.decode().splitlines()[:1]}")
        return seconds, body
