"""Rows that many tests begin with: built by the first test that needs them, then inserted.

Making a plan calls the product's own actions, which takes some 40 milliseconds, and the world of
the access matrix more than a second. `Preparation.step` runs such a builder once in each worker and
keeps the rows that it wrote. The next test that reaches the same step along the same path gets
those rows by a few INSERT statements, within its own transaction, and an equal result. A test sees
only what it asked for: nothing is committed, and the primary keys are the recorded ones.

A step runs its builder as usual, and nothing is kept or replayed, if anything makes the outcome
depend on more than the path:
- the test has already written to the database outside a step (signing in does not count);
- the builder sent an email or wrote guidance;
- the builder left work for when the transaction commits, in a test that does commit;
- the test commits and its body has begun, when other threads may be writing too; on PostgreSQL also
  before that, as its sequences begin again with every such test (see `tests.committing`);
- it is the first time that a step is reached that is `rare` or comes at a frozen moment, as keeping
  rows costs as much as two plans.
"""

import io
import pickle
import re
import time
from collections import defaultdict
from contextlib import contextmanager
from typing import NamedTuple

import time_machine
from django.apps import apps
from django.core import mail
from django.db import connection, models, transaction
from django.utils import timezone

WRITE = re.compile(r'\s*(?:INSERT|UPDATE|DELETE|REPLACE)\b[^"]*"(\w+)"', re.IGNORECASE)
# What signing in and asking for a page write down about the visit. No action reads it.
NUMBERED_VISITS = "usersessions_usersession"
VISITS = {"django_session", NUMBERED_VISITS, "cache"}
LAST_LOGIN = re.compile(r'UPDATE "\w+" SET "last_login" = ')
GUIDANCE = "frameworks_"


def tables():
    """Return `{table: key}` of every table, but for the guidance and Django's own registers."""
    found = {
        model._meta.db_table: model._meta.pk.column
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    return {
        name: key
        for name, key in found.items()
        if not name.startswith((GUIDANCE, "django_content", "auth_"))
    }


def rows_of(names):
    """Return `{table: {key: {column: value}}}` as the database driver gives the values."""
    found = {}
    with connection.cursor() as cursor:
        for name, key in names.items():
            cursor.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - our own tables
            columns = [column[0] for column in cursor.description]
            at = columns.index(key)
            found[name] = {row[at]: dict(zip(columns, row, strict=True)) for row in cursor}
    return found


class Change:
    """What a builder wrote to one table: rows that are new, values that changed, rows gone."""

    def __init__(self, table, key, before, after):
        self.table, self.key = table, key
        self.new = [dict(row) for pk, row in after.items() if pk not in before]
        if table == NUMBERED_VISITS:  # the test may have signed in already, and nothing refers here
            for row in self.new:
                del row[key]
        self.gone = [pk for pk in before if pk not in after]
        self.changed = defaultdict(list)
        for pk, row in after.items():
            if pk in before and before[pk] != row:
                values = {name: value for name, value in row.items() if value != before[pk][name]}
                self.changed[tuple(values)].append((*values.values(), pk))

    def __bool__(self):
        return bool(self.new or self.gone or self.changed)

    def replay(self, cursor):
        where = f'"{self.table}"'
        if self.gone:
            keys = [(pk,) for pk in self.gone]
            cursor.executemany(f'DELETE FROM {where} WHERE "{self.key}" = %s', keys)  # noqa: S608
        for names, values in self.changed.items():
            settings = ", ".join(f'"{name}" = %s' for name in names)
            statement = f'UPDATE {where} SET {settings} WHERE "{self.key}" = %s'  # noqa: S608
            cursor.executemany(statement, values)
        if self.new:
            names = ", ".join(f'"{name}"' for name in self.new[0])
            marks = ", ".join(["%s"] * len(self.new[0]))
            statement = f"INSERT INTO {where} ({names}) VALUES ({marks})"  # noqa: S608
            cursor.executemany(statement, [tuple(row.values()) for row in self.new])


def counters():
    """Return `{table: last key}` of SQLite: rows that a builder deleted have used theirs up.

    On PostgreSQL no transaction undoes a sequence, so there is nothing to put back.
    """
    if connection.vendor != "sqlite":
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, seq FROM sqlite_sequence")
        return {name: last for name, last in cursor if name != NUMBERED_VISITS}


def set_counters(last_keys):
    with connection.cursor() as cursor:
        names = [(name,) for name in last_keys]
        cursor.executemany("DELETE FROM sqlite_sequence WHERE name = %s", names)
        cursor.executemany(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", last_keys.items()
        )


class Kept(pickle.Pickler):
    """Pickles a result; what earlier steps gave is referred to by its number."""

    def __init__(self, file, given):
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self.numbers = {id(each): number for number, each in enumerate(given)}

    def persistent_id(self, thing):
        return self.numbers.get(id(thing)) if isinstance(thing, models.Model) else None


class Given(pickle.Unpickler):
    def __init__(self, file, given):
        super().__init__(file)
        self.given = given

    def persistent_load(self, number):
        return self.given[number]


class State(NamedTuple):
    changes: list[Change]
    last_keys: dict[str, int]
    result: bytes
    waiting: bool  # whether it left work for when the transaction commits


# Of this worker, by the path that leads there; None where the step cannot be kept.
STATES = {}
REACHED = set()


class Preparation:
    """The steps that one test has taken so far."""

    current = None  # that of the test which is running

    def __init__(self):
        self.path = ()
        self.given = []
        self.is_clean = True
        self.is_busy = False
        self.in_body = False

    def notice(self, execute, sql, params, many, context):
        """Wrap every statement: a write outside a step ends the replaying."""
        if not self.is_busy and self.is_clean:
            written = WRITE.match(sql)
            if written and written[1] not in VISITS and not LAST_LOGIN.match(sql):
                self.is_clean = False
        return execute(sql, params, many, context)

    @property
    def can_replay(self):
        if not connection.in_atomic_block and (self.in_body or connection.vendor == "postgresql"):
            return False
        return self.is_clean

    def step(self, key, build, *, rare=False, silent=False):
        """Return what `build` returns, its rows inserted or built.

        `key` must name all that the outcome depends on, apart from the steps before. What a
        `silent` builder leaves for when the transaction commits (emails) is dropped.
        """
        if self.is_busy:  # part of a larger step
            return build()
        is_frozen = time_machine.escape_hatch.is_travelling()
        moment = time.time() if is_frozen else timezone.localdate()
        self.path = path = (*self.path, (moment, key))
        is_kept = self.can_replay and (path in REACHED or not (rare or is_frozen))
        REACHED.add(path)
        self.is_busy = True
        try:
            if not is_kept:
                result = build()
                self.is_clean = False
            elif path not in STATES:
                STATES[path], result = self._record(build, silent)
                self.is_clean = STATES[path] is not None
            elif STATES[path] and (connection.in_atomic_block or not STATES[path].waiting):
                result = self._replay(STATES[path])
            else:
                result = build()
                self.is_clean = False
        finally:
            self.is_busy = False
        self.given.append(result)
        return result

    def _record(self, build, silent):
        names, guidance = tables(), []

        def watch(execute, sql, params, many, context):
            written = WRITE.match(sql)
            if written and written[1].startswith(GUIDANCE):
                guidance.append(sql)
            return execute(sql, params, many, context)

        before, counted, sent = rows_of(names), counters(), len(mail.outbox)
        with transaction.atomic(), connection.execute_wrapper(watch):
            already = len(connection.run_on_commit)
            result = build()
            if silent:
                del connection.run_on_commit[already:]
            waiting = len(connection.run_on_commit) > already
        if guidance or len(mail.outbox) != sent:
            return None, result
        after = rows_of(names)
        changes = [Change(name, key, before[name], after[name]) for name, key in names.items()]
        last_keys = dict(counters().items() - counted.items())
        file = io.BytesIO()
        people = [vars(each) for each in self.given if isinstance(each, models.Model)]
        Kept(file, self.given).dump((result, people))
        return State(list(filter(None, changes)), last_keys, file.getvalue(), waiting), result

    def _replay(self, state):
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            for change in state.changes:
                change.replay(cursor)
            if state.last_keys:
                set_counters(state.last_keys)
        result, people = Given(io.BytesIO(state.result), self.given).load()
        # A builder may have refreshed what an earlier step gave.
        known = [each for each in self.given if isinstance(each, models.Model)]
        for each, values in zip(known, people, strict=True):
            vars(each).clear()
            vars(each).update(values)
        return result


@contextmanager
def undone():
    """Undo what the block writes, so that a later step is replayed as if it had not happened."""
    steps = Preparation.current
    was_clean = steps.is_clean
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    steps.is_clean = was_clean
