"""Reading many tables as they were at one moment, while people save."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def in_one_moment() -> Iterator[None]:
    """Run in a transaction that sees every table as it was at one moment, while people save.

    On SQLite no one saves meanwhile. Inside another transaction its own isolation stays.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
