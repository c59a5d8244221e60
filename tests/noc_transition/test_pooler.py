"""PgBouncer before PostgreSQL: it gives each transaction any of its connections."""

import os
import shutil
import socket
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from tests.acting import answer
from tests.test_killed import database_url, wait_until

PGBOUNCER = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.pooler,
    pytest.mark.skipif(not PGBOUNCER, reason="PgBouncer is not installed"),
]

AT_ONCE = 6  # processes that read
CONNECTIONS = 2  # of the pooler to PostgreSQL


@pytest.fixture
def pooled(tmp_path):
    """DATABASE_URL for the database of the tests, behind a pooler."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    there = connection.get_connection_params()
    server = " ".join(f"{name}={there[name]}" for name in ("host", "port", "user") if name in there)
    tmp_path.chmod(0o755)
    path = tmp_path / "pgbouncer.ini"
    path.write_text(
        f"""
[databases]
* = {server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {CONNECTIONS}
ignore_startup_parameters = extra_float_digits
"""
    )
    as_user = ["-u", "postgres"] if os.getuid() == 0 else []  # it refuses to run as root
    pooler = subprocess.Popen(
        [PGBOUNCER, *as_user, path],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def answers():
        with socket.socket() as asked:
            return asked.connect_ex(("127.0.0.1", port)) == 0

    wait_until(answers, seconds=30)
    yield f"postgres://{there['user']}@127.0.0.1:{port}/{connection.settings_dict['NAME']}"
    pooler.terminate()
    pooler.wait()


def verifying(url):
    return subprocess.Popen(
        [sys.executable, "manage.py", "verify_events"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url, "PREPARED_STATEMENTS": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_the_record_is_read_as_it_is_by_several_processes_at_once(
    pooled, plan, their_plan, chief, stranger
):
    for number in range(40):
        answer(plan.items.first(), chief, note=f"Ours {number}")
        answer(their_plan.items.first(), stranger, note=f"Theirs {number}")
    expected, _ = verifying(database_url()).communicate()
    assert expected.count("--head") == 2
    reading = [verifying(pooled) for _ in range(AT_ONCE)]
    assert [each.communicate()[0] for each in reading] == [expected] * AT_ONCE


def backing_up(url, path, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", "backup", str(path)],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DATABASE_URL": url, "PREPARED_STATEMENTS": "0", "BACKUP_KEY": ""}
        | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_no_backup_is_made_through_a_pooler(pooled, plan, tmp_path):
    """It would leave connections on which other people’s requests find no table."""
    path = tmp_path / "made.backup"
    refused = backing_up(pooled, path)
    assert refused.returncode
    assert "Set DIRECT_DATABASE_URL to the address of PostgreSQL" in refused.stdout
    assert not path.exists()
    made = backing_up(pooled, path, DIRECT_DATABASE_URL=database_url())
    assert not made.returncode, made.stdout
    assert path.exists()
    # Without a pooler, the setting for one needs no second address.
    assert not backing_up(database_url(), tmp_path / "direct.backup").returncode


def test_a_backup_of_another_database_is_refused(pooled, plan, tmp_path):
    other = database_url().replace(connection.settings_dict["NAME"], "postgres")
    refused = backing_up(pooled, tmp_path / "made.backup", DIRECT_DATABASE_URL=other)
    assert "leads to another database than DATABASE_URL" in refused.stdout


def test_nothing_is_restored_through_a_pooler(pooled, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE empty_for_restore")
    try:
        done = subprocess.run(
            [sys.executable, "manage.py", "restore", str(tmp_path / "missing.backup")],
            cwd=settings.BASE_DIR,
            env=os.environ
            | {
                "DATABASE_URL": pooled.rpartition("/")[0] + "/empty_for_restore",
                "PREPARED_STATEMENTS": "0",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert "DATABASE_URL leads to a pooler" in done.stdout
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE empty_for_restore WITH (FORCE)")
