"""A mail server that answers slowly or never must not keep a process from its other work."""

import contextlib
import socket
import threading
import time

import pytest
from django.core.mail import get_connection, send_mail

from noc_transition import smtp


@pytest.fixture(autouse=True)
def rested(monkeypatch):
    monkeypatch.setattr(smtp.EmailBackend, "slow_in_a_row", 0)
    monkeypatch.setattr(smtp.EmailBackend, "rests_until", 0.0)


@contextlib.contextmanager
def server(settings, talk):
    """Start a mail server that calls `talk` with each connection; yield a list with one of each."""
    taken = []
    listening = socket.create_server(("127.0.0.1", 0))

    def accept():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                taken.append(connection)
                threading.Thread(target=quietly, args=(connection,), daemon=True).start()

    def quietly(connection):
        with contextlib.suppress(OSError):
            talk(connection)

    threading.Thread(target=accept, daemon=True).start()
    settings.EMAIL_BACKEND = "noc_transition.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()
    settings.EMAIL_TIMEOUT = 0.3
    yield taken
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    for connection in taken:
        connection.close()


def send():
    send_mail("Subject", "Words", None, ["chief@example.org"])


def a_byte_at_a_time(connection):
    for _ in range(100):
        connection.sendall(b"2")
        time.sleep(0.1)


def never(connection):
    time.sleep(60)


def like_any_other(connection):
    connection.sendall(b"220 here\r\n")
    file = connection.makefile("rb")
    for line in file:
        if line.upper().startswith(b"DATA"):
            connection.sendall(b"354 go on\r\n")
            while file.readline() != b".\r\n":
                pass
        connection.sendall(b"250 taken\r\n")


def test_a_server_that_answers_a_byte_at_a_time_is_given_up(settings):
    with server(settings, a_byte_at_a_time):
        began = time.monotonic()
        with pytest.raises(OSError, match=r"222|closed"):
            send()
    assert time.monotonic() - began < 2 * smtp.LONGEST * settings.EMAIL_TIMEOUT


def test_a_server_that_never_answers_gets_3_emails_and_then_one_a_minute(settings, monkeypatch):
    with server(settings, never) as taken:
        for _ in range(smtp.SLOW_IN_A_ROW):
            with pytest.raises(OSError, match="timed out"):
                send()
        for _ in range(20):
            with pytest.raises(smtp.MailServerRests):
                send()
        assert len(taken) == smtp.SLOW_IN_A_ROW
        monkeypatch.setattr(smtp.EmailBackend, "rests_until", 0.0)  # a minute later
        with pytest.raises(OSError, match="timed out"):
            send()
        with pytest.raises(smtp.MailServerRests):
            send()
    monkeypatch.setattr(smtp.EmailBackend, "rests_until", 0.0)
    with server(settings, like_any_other):
        send()
    assert smtp.EmailBackend.slow_in_a_row == 0


def test_a_server_that_refuses_at_once_is_tried_with_each_email(settings):
    def refuse(connection):
        connection.sendall(b"421 too busy\r\n")
        connection.close()

    with server(settings, refuse) as taken:
        for _ in range(5):
            with pytest.raises(OSError, match="too busy"):
                send()
    assert len(taken) == 5


def test_a_server_that_takes_its_time_and_refuses_an_address_gets_the_next_email(settings):
    def refuse_slowly(connection):
        for line in (b"220 here", *[b"250 yes"] * 2, b"550 no one of that name"):
            time.sleep(0.15)
            connection.sendall(line + b"\r\n")

    with server(settings, refuse_slowly) as taken:
        for _ in range(5):
            with pytest.raises(OSError, match="no one of that name"):
                send()
    assert len(taken) == 5


def test_the_health_page_asks_a_server_that_rests(settings, monkeypatch):
    monkeypatch.setattr(smtp.EmailBackend, "rests_until", time.monotonic() + 60)
    with server(settings, like_any_other):
        connection = get_connection()
        assert connection.open()
        connection.close()
