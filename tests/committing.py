"""Puts the database back as the guidance left it, around each test that commits.

Django empties every table after such a test, which takes about a second, and the guidance would
have to be loaded again. A copy of the whole database is quicker: on SQLite by its backup interface,
on PostgreSQL as a template for a new database.
"""

import sqlite3

from django.db import connections
from django.test import TransactionTestCase

from . import prepared


def keep(connection):
    """Keep `connection`'s database as it is now; return how to put it back and how to finish."""
    return KEEPERS[connection.vendor](connection)


def restore_around_tests(restore):
    """Have every test that commits begin and end with what was kept.

    At its end for tests in a transaction that follow; at its beginning as well, since a live server
    may answer a last request after the end.
    """
    set_up = TransactionTestCase._fixture_setup.__func__

    @classmethod
    def begin(cls):
        if cls.__base__ is TransactionTestCase:
            restore()
        set_up(cls)

    TransactionTestCase._fixture_setup = begin
    TransactionTestCase._fixture_teardown = lambda test: restore()


def keep_sqlite(connection):
    copy = sqlite3.connect(":memory:")
    connection.ensure_connection()
    connection.connection.backup(copy)

    def restore():
        connection.ensure_connection()
        copy.backup(connection.connection)

    return restore, copy.close


def keep_postgresql(connection):
    name = connection.settings_dict["NAME"]
    template = f"{name}_template"

    def copy(source, target):
        connections.close_all()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def restore():
        copy(template, name)
        prepared.STATES.clear()  # their primary keys may be given again

    def finish():
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{template}" WITH (FORCE)')

    copy(name, template)
    return restore, finish


KEEPERS = {"sqlite": keep_sqlite, "postgresql": keep_postgresql}
