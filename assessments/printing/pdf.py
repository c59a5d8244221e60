"""Has HTML set as PDF within limits: few at a time on this computer, each in a capped process."""

import atexit
import contextlib
import fcntl
import os
import socket
import subprocess
import sys
from time import monotonic, sleep

from django.conf import settings

from .press import ORDER, RESULT, TOO_LARGE, UNAVAILABLE

INSTALL_COMMAND = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
COMMAND = [sys.executable, "-m", "assessments.printing.press"]
# All that the press learns of the server's environment: where programs, fonts and caches are.
ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "XDG_CACHE_HOME")


class PdfNotMade(Exception):
    """There is no PDF; the message says why, and stands before a full stop."""

    why = ""

    def __init__(self):
        super().__init__(self.why)


class PdfUnavailable(PdfNotMade):
    """PDF cannot be made on this server; the message says what to install."""

    why = (
        "PDF needs Pango, which is not installed on this server. "
        f"On Debian or Ubuntu, install it with: {INSTALL_COMMAND}"
    )


class PdfBusy(PdfNotMade):
    """As many PDFs as this computer makes at a time are being made: try again shortly."""

    why = "As many PDFs as this server makes at a time are being made"


class PdfTooLarge(PdfNotMade):
    """The document asks for more time or memory than one may have."""

    why = "The document asks for more time or memory than one PDF may have on this server"


def print_pdf(html, *, wait=0):
    """The PDF of `html`, in bytes, waiting at most `wait` seconds for a place.

    Raises PdfUnavailable, PdfBusy and PdfTooLarge.
    """
    with _place(wait) as lock:
        press = _idle.pop() if _idle else _Press()
        try:
            content, code = press.set(html, lock)
        except _PressGone:
            # It may have been ended while it was idle; a new one has no such excuse.
            press.close()
            press = _Press()
            content, code = press.set(html, lock)
        _idle.append(press)
    if code == 0:
        return content
    if code == TOO_LARGE or code < 0:
        raise PdfTooLarge
    raise RuntimeError("The press could not set this document; what it said is in the server's log")


@contextlib.contextmanager
def _place(wait):
    """One of the PDF_AT_ONCE places of this computer, as its open lock file. Raises PdfBusy.

    A lock of the kernel's: whoever holds it and dies, however suddenly, has given it back.
    """
    folder = settings.PRIVATE_DIR / "places"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = monotonic() + wait
    while True:
        for number in range(settings.PDF_AT_ONCE):
            with (folder / str(number)).open("w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield lock
                return
        if monotonic() >= until:
            raise PdfBusy
        sleep(0.1)


class _PressGone(Exception):
    """The press ended before it took the order."""


class _Press:
    """A process that waits for orders; it ends when its control socket is closed."""

    def __init__(self):
        self.control, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - nothing in it comes from a person
                [*COMMAND, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # Without Pango, WeasyPrint prints advice for its developers before it gives up.
                stdout=subprocess.DEVNULL,
                cwd=settings.BASE_DIR,
                env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
            )

    def set(self, html, lock):
        """The PDF and 0, or what there is of it and how the child ended."""
        ours, theirs = socket.socketpair()
        # The child is ended at PDF_SECONDS; this is for a press that no longer answers at all.
        for connection in (ours, self.control):
            connection.settimeout(settings.PDF_SECONDS + 20)
        try:
            with ours:
                with theirs:
                    order = ORDER.pack(settings.PDF_MEMORY_MB, settings.PDF_SECONDS)
                    files = [theirs.fileno(), lock.fileno()]
                    socket.send_fds(self.control, [order], files)
                content = _converse(ours, html.encode())
            result = self.control.recv(RESULT.size)
        except TimeoutError:
            self.process.kill()
            self.close()
            raise PdfTooLarge from None
        except OSError:
            result = b""
        if not result:
            code = self.process.wait(timeout=5)
            if code == UNAVAILABLE:
                self.close()
                raise PdfUnavailable
            raise _PressGone
        return content, RESULT.unpack(result)[0]

    def close(self):
        self.control.close()
        self.process.wait(timeout=5)


def _converse(connection, question):
    """Say it all, then hear all of the answer; a partner who hangs up half-way has said less."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(question)
        connection.shutdown(socket.SHUT_WR)
    heard = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(2**16):
            heard.append(part)
    return b"".join(heard)


_idle = []


@atexit.register
def _close():
    for press in _idle:
        press.close()
