"""A new service: the set-up address in the log makes the first operator, once."""

import logging
from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from councils.models import User
from operate.models import OperatorEvent, SetUpAddress
from operate.set_up import announce_set_up
from tests.acting import browser

pytestmark = pytest.mark.django_db
ANSWERS = {
    "name": "Olive Grant",
    "email": "Olive@operators.example",
    "password": "two brown herons",
}


def announced(caplog):
    """Return the path in the log after a server has started, or an empty text."""
    cache.delete("set-up-announced")
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="operate.set_up"):
        announce_set_up()
        announce_set_up()  # by a second process that starts with the first
    lines = [record.getMessage() for record in caplog.records if "no operator" in record.msg]
    assert len(lines) < 2
    return urlsplit(lines[0].partition("open ")[2].partition(" ")[0]).path if lines else ""


def test_the_address_in_the_log_makes_one_operator(caplog, django_capture_on_commit_callbacks):
    first, address = announced(caplog), announced(caplog)
    assert browser().get(first).status_code == 404  # replaced by the second
    client = browser()
    assert "Set up the planner" in client.get(address).content.decode()
    weak = client.post(address, ANSWERS | {"password": "olive grant 1"})
    assert weak.status_code == 422
    assert not User.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, ANSWERS).url == reverse("operate")
    olive = User.objects.get()
    assert (olive.email, olive.is_operator) == ("olive@operators.example", True)
    # Signed in, and led to two-step sign-in before anything else.
    assert client.get(reverse("operate")).url.startswith(reverse("mfa_activate_totp"))
    assert OperatorEvent.objects.get().by is None
    (letter,) = mail.outbox
    assert "tell the people who run the server straight away." in letter.body
    assert "the other operators" not in letter.body.rpartition("If you think")[2]
    assert browser().post(address, ANSWERS | {"email": "x@example.org"}).status_code == 404
    assert announced(caplog) == ""
    with pytest.raises(CommandError, match="There is an operator"):
        call_command("first_operator")


def test_the_address_expires(caplog):
    out = StringIO()
    call_command("first_operator", stdout=out)
    address = urlsplit(out.getvalue().strip()).path
    SetUpAddress.objects.update(made_at=timezone.now() - timedelta(hours=25))
    assert browser().get(address).status_code == 404


def test_the_server_starts_while_the_database_is_not_ready(caplog, monkeypatch):
    def fails(*args, **kwargs):
        raise OperationalError("no such table: cache")

    monkeypatch.setattr("operate.set_up.cache.add", fails)
    with caplog.at_level(logging.INFO, logger="operate.set_up"):
        announce_set_up()
    assert "the database is not ready" in caplog.text
