"""Emails are sent by SMTP as Django does it, but a mail server cannot hold a process for long.

Django's time limit is for each part of an answer. A server that sends a byte a second would keep
the worker from all other work for hours, and so would one that never answers, with each email.
"""

import smtplib
import socket
import threading
import time
from contextlib import suppress

from django.conf import settings
from django.core.mail.backends import smtp

LONGEST = 6  # times the time limit, for all answers about one email
SLOW_IN_A_ROW = 3  # emails that a server did not answer in time, until no more are given to it
REST = 60  # seconds, until one more is
# The server answered, and says no to this email.
REFUSALS = smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError


class MailServerRests(OSError):
    """The mail server has not answered the last emails in time, so this one was not given to it."""


class _EndsInTime:
    """A connection that ends after LONGEST times its time limit, whatever the server sends."""

    sock: socket.socket | None
    end: threading.Timer | None = None

    def _get_socket(self, host, port, timeout):
        found = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self.end = threading.Timer(LONGEST * timeout, self._give_up)
        self.end.daemon = True
        self.end.start()
        return found

    def _give_up(self):
        """End the connection while it is read: for its reader, the server has closed it."""
        with suppress(OSError):
            if self.sock is not None:
                # Not the method of a socket with TLS, which may be used by one thread only.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def close(self):
        if self.end is not None:
            self.end.cancel()
        super().close()  # type: ignore[misc]


class _SMTP(_EndsInTime, smtplib.SMTP):
    pass


class _SMTPWithTLS(_EndsInTime, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    # Of this process: each email has a backend of its own.
    slow_in_a_row = 0
    rests_until = 0.0

    @property
    def connection_class(self):
        return _SMTPWithTLS if self.use_ssl else _SMTP

    def send_messages(self, email_messages):
        sent = 0
        try:
            sent = self._send_unless_resting(email_messages) or 0
        finally:
            if settings.HAS_METRICS:
                from .metrics import MAILS

                MAILS.labels("sent").inc(sent)
                MAILS.labels("failed").inc(len(email_messages) - sent)
        return sent

    def _send_unless_resting(self, email_messages):
        began, kept = time.monotonic(), type(self)
        if began < kept.rests_until:
            raise MailServerRests("The mail server did not answer in time.")
        try:
            sent = super().send_messages(email_messages)
        except REFUSALS:
            kept.slow_in_a_row = 0
            raise
        except OSError:
            ended = time.monotonic()
            # One that cannot be reached, and says so at once, takes no time from other work.
            kept.slow_in_a_row = kept.slow_in_a_row + 1 if ended - began >= self.timeout else 0
            if kept.slow_in_a_row >= SLOW_IN_A_ROW:
                kept.rests_until = ended + REST
            raise
        kept.slow_in_a_row = 0
        return sent
