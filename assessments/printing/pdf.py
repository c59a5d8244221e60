"""Have HTML set as PDF within limits: a few at a time on this server, each in a capped process."""

import atexit
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys

from django.conf import settings

from .places import NoPlace, PlacesUnavailable, hold_place
from .press import ORDER, RESULT, TOO_LARGE, UNAVAILABLE
from .turns import give_up_shared_place

logger = logging.getLogger(__name__)

INSTALL_COMMAND = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
COMMAND = [sys.executable, "-m", "assessments.printing.press"]
# How the child ends if its limits end it: it runs out of time, or a library that cannot allocate
# memory gives up. Any other signal came from outside or from a fault.
LIMITS = {TOO_LARGE, -signal.SIGALRM, -signal.SIGABRT, -signal.SIGTRAP}
# The only parts of the server's environment that the press gets: where programs and fonts are.
ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "XDG_CACHE_HOME")


class PdfNotMade(Exception):
    """No PDF was made. The message says why, without a full stop."""

    why = ""

    def __init__(self):
        super().__init__(self.why)


class PdfUnavailable(PdfNotMade):
    """This server cannot make PDFs. The message says what to install."""

    why = (
        "PDF needs Pango, which is not installed on this server. "
        f"On Debian or Ubuntu, install it with: {INSTALL_COMMAND}"
    )


class PdfBusy(PdfNotMade):
    """Every place for a PDF on this server is taken. Try again shortly."""

    why = "The server is already making as many PDFs as it can at a time"


class PdfNoPlaces(PdfNotMade):
    """No place for a PDF can be taken: the disk is full or takes no writes."""

    why = "The disk of the server is full or cannot be written to, so no PDF can be made"


class PdfTooLarge(PdfNotMade):
    """The document needs more time or memory than one PDF may use."""

    why = "The document needs more time or memory than one PDF may use on this server"


class PdfInterrupted(PdfNotMade):
    """The process was ended before it finished, for example by a server short of memory."""

    why = "The server stopped making this PDF before it was finished. Try again in a few minutes"


def print_pdf(html: str, *, wait: float = 0) -> bytes:
    """Return the PDF of `html`, waiting at most `wait` seconds for a place.

    Raises PdfUnavailable, PdfBusy, PdfNoPlaces, PdfTooLarge and PdfInterrupted.
    """
    with _place(wait) as lock:
        give_up_shared_place()
        press = _idle.pop() if _idle else _Press()
        try:
            content, code = press.set(html, lock)
        except _PressGone:
            # The idle press may have been ended. Try once with a new one.
            press.close()
            press = _Press()
            try:
                content, code = press.set(html, lock)
            except _PressGone as error:
                press.close()
                logger.exception("The process that makes PDFs ended twice")
                raise PdfInterrupted from error
        _idle.append(press)
    if code == 0:
        return content
    if code in LIMITS:
        raise PdfTooLarge
    if code < 0:
        logger.error("A PDF was not finished: its process was ended by signal %s", -code)
        raise PdfInterrupted
    raise RuntimeError("This document could not be produced. The server’s log says why")


@contextlib.contextmanager
def _place(wait):
    """Hold one of the PDF_AT_ONCE places of this server, as its open lock file.

    Raises PdfBusy and PdfNoPlaces.
    """
    try:
        with hold_place("places", settings.PDF_AT_ONCE, wait=wait) as lock:
            yield lock
    except NoPlace as error:
        raise PdfBusy from error
    except PlacesUnavailable as error:
        raise PdfNoPlaces from error


class _PressGone(Exception):
    """The press ended before it accepted the order."""


class _Press:
    """A process that waits for orders and ends when its control socket is closed."""

    def __init__(self):
        self.control, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - no part of the command comes from a person
                [*COMMAND, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # Without Pango, WeasyPrint prints advice for its developers before it gives up.
                stdout=subprocess.DEVNULL,
                cwd=settings.BASE_DIR,
                env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
            )

    def set(self, html, lock):
        """Return the PDF and 0, or the part that was received and the child's exit code."""
        ours, theirs = socket.socketpair()
        # The child is ended after PDF_SECONDS. This covers a press that does not answer at all.
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
    """Send the whole question, then return the answer, which is shorter if the press hangs up."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(question)
        connection.shutdown(socket.SHUT_WR)
    heard = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(2**16):
            heard.append(part)
    return b"".join(heard)


_idle: list[_Press] = []


@atexit.register
def _close():
    for press in _idle:
        press.close()
