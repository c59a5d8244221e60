"""The cache while the database takes no saves, as after a switch to a copy of it."""

import pytest
from django.core.cache import cache
from django.db import Error, OperationalError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from tests.acting import PASSWORD, form_on, text_of


@pytest.fixture
def no_saves(db):
    """Let the database refuse every save until the end of the test."""
    before = transaction.savepoint()

    def start():
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL transaction_read_only = on")
            else:
                cursor.execute("PRAGMA query_only = 1")

    yield start
    transaction.savepoint_rollback(before)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = 0")


@pytest.mark.parametrize("method", [cache.add, cache.set])
def test_what_could_not_be_stored_raises_an_error(no_saves, method):
    no_saves()
    with pytest.raises(Error):
        method("key", 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", [cache.add, cache.set])
def test_a_connection_that_is_lost_before_the_end_raises_an_error(monkeypatch, method):
    def fail():
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "_commit", fail)
        with pytest.raises(OperationalError):
            method("key", 1)
    assert cache.get("key") is None
    assert not cache.touch("key")


def test_what_is_there_already_is_not_added_and_no_error(db):
    assert cache.add("key", 1)
    assert not cache.add("key", 2)
    assert cache.get("key") == 1


def test_sign_in_says_that_the_planner_is_not_available(chief, no_saves):
    """And not that there were too many attempts."""
    client = Client(raise_request_exception=False)
    no_saves()
    form = {"login": chief.email, "password": PASSWORD}
    response = client.post(reverse("account_login"), form)
    assert response.status_code == 503
    assert "The planner is not available at the moment" in text_of(response)
    assert PASSWORD not in response.content.decode()


def test_a_request_for_a_new_password_is_given_back(chief, no_saves):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    address = reverse("account_reset_password")
    form = form_on(client.get(address))
    token = client.cookies["csrftoken"].value
    no_saves()
    form |= {"email": chief.email, "csrfmiddlewaretoken": token}
    response = client.post(address, form)
    assert response.status_code == 503
    assert "What you typed is on this page" in text_of(response)
    assert form_on(response, address)["email"] == chief.email
