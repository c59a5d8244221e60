"""Backup and restore, in processes of their own: a restored service is the one that was saved."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from unittest import mock

import pyrage
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from pyrage import x25519

from operate.backup import (
    MANIFEST,
    BackupFailed,
    RestoreRefused,
    _beside,
    _checked_manifest,
    _encrypt,
    _extract_private,
    _libpq_environment,
    _opened,
    _pack,
    _run,
)

pytestmark = pytest.mark.slow

# Two councils with a record, one private file, and three backups: as it is, as if a newer version
# had made it, and with an entry of a record that was changed in the database.
SAVE = """
from django.apps import apps
from django.core.management import call_command as call
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from councils.actions import add_council, add_member
from councils.models import CouncilEvent
from django.conf import settings
# The tables come from the models, as in every test; the migrations are recorded as applied.
settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
call("migrate", verbosity=0, run_syncdb=True)
settings.MIGRATION_MODULES = {}
call("migrate", verbosity=0, fake=True)
for name in ("Ash Council", "Oak Council"):
    council = add_council(name=name, type="unitary")
    add_member(council=council, email=f"{council.slug}@example.org", name=f"Chief of {name}",
               office="chief-executive", access="owner")
from allauth.mfa.models import Authenticator
from councils.encryption import encrypt
from councils.models import User
secret = {"secret": encrypt("a secret")}
Authenticator.objects.create(user=User.objects.earliest("pk"), type="totp", data=secret)
(settings.PRIVATE_DIR / "zips").mkdir(parents=True)
(settings.PRIVATE_DIR / "zips" / "plan.pdf").write_bytes(b"a plan")
with transaction.atomic():  # while someone is writing
    add_council(name="Not saved yet", type="unitary")
    import subprocess, sys
    subprocess.run([sys.executable, "manage.py", "backup", f"{folder}/good"], check=True)
    transaction.set_rollback(True)
MigrationRecorder(connection).record_applied("councils", "0999_of_the_future")
call("backup", f"{folder}/newer")
MigrationRecorder(connection).record_unapplied("councils", "0999_of_the_future")
CouncilEvent.objects.filter(council__slug="oak-council").reword(person="Someone else")
call("backup", f"{folder}/altered")
"""
RESTORED = """
from councils.models import Council, User
from django.conf import settings
print([*Council.objects.values_list("name", flat=True)], User.objects.count(),
      (settings.PRIVATE_DIR / "zips" / "plan.pdf").read_bytes())
"""


def run(folder, name, *arguments, input="", **environment):
    """Run manage.py on the database and private files called `name`."""
    own = {
        "DATABASE_URL": f"sqlite:///{folder}/{name}.sqlite3",
        "PRIVATE_DIR": f"{folder}/{name}-files",
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | own | environment,
        input=input,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def key():
    return x25519.Identity.generate()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, key):
    """Where the backups are, encrypted, and `key.txt`, which decrypts them."""
    folder = tmp_path_factory.mktemp("backups")
    (folder / "key.txt").write_text(f"# the key of the test\n{key}\n")
    script = f"folder = {str(folder)!r}\n{SAVE}"
    done = run(folder, "source", "shell", "-c", script, BACKUP_KEY=str(key.to_public()))
    assert done.returncode == 0, done.stderr
    return folder


def restore(folder, backup, *arguments, into="", input="", **environment):
    into = into or f"from-{backup}"
    backup = f"{folder}/{backup}"
    return run(folder, into, "restore", backup, *arguments, input=input, **environment)


def test_a_restore_under_another_secret_key_says_who_cannot_sign_in(folder):
    identity, other = (folder / "key.txt").read_text(), {"SECRET_KEY": "another-secret-key-" * 3}
    done = restore(folder, "good", "--identity", "-", into="other-key", input=identity, **other)
    assert done.returncode == 0, done.stderr
    assert "Secrets of two-step sign-in that no key in the settings can read: 1." in done.stdout


def test_what_was_saved_comes_back_and_what_was_not_committed_does_not(folder):
    assert b"Oak Council" not in (folder / "good").read_bytes()
    assert (folder / "good").stat().st_mode & 0o077 == 0
    locked = restore(folder, "good")
    assert "This backup is encrypted" in locked.stderr
    done = restore(folder, "good", "--identity", "-", input=(folder / "key.txt").read_text())
    assert done.returncode == 0, done.stderr
    assert "Every council's record is unaltered" in done.stdout
    assert "Secrets" not in done.stdout
    shown = run(folder, "from-good", "shell", "-c", RESTORED).stdout
    assert "['Ash Council', 'Oak Council'] 2 b'a plan'" in shown


@pytest.mark.parametrize(
    ("backup", "into", "message"),
    [
        ("newer", "", "councils.0999_of_the_future"),
        ("altered", "", "The records have been altered since they were written"),
        ("good", "source", "The database is not empty"),
        ("key.txt", "", "cannot be read as a backup"),
    ],
)
def test_a_restore_that_cannot_be_trusted_is_refused_or_reported(folder, backup, into, message):
    done = restore(folder, backup, "--identity", f"{folder}/key.txt", into=into)
    assert done.returncode == 1
    assert message in done.stderr


GOOD = {
    "format": "transition-planner-backup",
    "version": 1,
    "made_at": "2027-05-06T12:00:00+00:00",
    "database": connection.vendor,
    "migrations": [],
    "heads": {},
    "sha256": "0" * 64,
}


def archive(path, manifest, *members):
    """Write a backup as someone else could make one, for there is nothing secret in its form."""
    with tarfile.open(path, "w:gz") as tar:
        text = json.dumps(manifest).encode()
        for info, content in ((tarfile.TarInfo(MANIFEST), text), *members):
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    "changes",
    [
        *({name: None} for name in GOOD),
        {"version": "2"},
        {"heads": {"oak": 3}},
        {"heads": {"oak": [1e999, "x"]}},
        {"heads": [["oak", 1]]},
        {"migrations": [[]]},
        {"made_at": "yesterday"},
    ],
)
def test_a_manifest_that_is_not_ours_is_refused_in_words(tmp_path, changes):
    path = archive(tmp_path / "made", GOOD | changes)
    with pytest.raises(RestoreRefused), _opened(path, tmp_path, "") as tar:
        _checked_manifest(tar)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("private/../../outside", tarfile.REGTYPE),
        ("private//../../outside", tarfile.REGTYPE),
        ("private/link", tarfile.SYMTYPE),
        ("private/link", tarfile.LNKTYPE),
        ("private/pipe", tarfile.FIFOTYPE),
    ],
)
def test_a_file_that_would_lead_outside_the_private_folder_is_refused(tmp_path, name, kind):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    path = archive(tmp_path / "made", GOOD, (member, b""))
    with pytest.raises(RestoreRefused), _opened(path, tmp_path, "") as tar:
        _extract_private(tar, tmp_path / "into" / "private")
    assert not (tmp_path / "outside").exists()


def test_private_files_are_extracted_by_a_python_without_filters_for_tar_files(
    tmp_path, monkeypatch
):
    def extract_all(self, path=".", members=None, *, numeric_owner=False):
        raise AssertionError("Python 3.11.2 extracts with the permissions of the archive.")

    monkeypatch.setattr(tarfile.TarFile, "extractall", extract_all)
    folder, file = tarfile.TarInfo("private/zips"), tarfile.TarInfo("private/zips/plan.pdf")
    folder.type, folder.mode, file.mode = tarfile.DIRTYPE, 0o777, 0o4777
    beside = tarfile.TarInfo("private-not/x")
    path = archive(tmp_path / "made", GOOD, (folder, b""), (file, b"a plan"), (beside, b"x"))
    into = tmp_path / "into" / "private"
    with _opened(path, tmp_path, "") as tar:
        assert _extract_private(tar, into) == 1
    assert (into / "zips/plan.pdf").read_bytes() == b"a plan"
    assert (into / "zips/plan.pdf").stat().st_mode & 0o7077 == 0
    assert [each.name for each in (tmp_path / "into").iterdir()] == ["private"]


def test_a_backup_that_was_cut_off_is_refused(tmp_path):
    path = archive(tmp_path / "made", GOOD, (tarfile.TarInfo("private/a"), os.urandom(9999)))
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(RestoreRefused, match="damaged"), _opened(path, tmp_path, "") as tar:
        _extract_private(tar, tmp_path / "into" / "private")


def test_an_encrypted_backup_that_was_cut_off_may_be_incomplete_and_one_may_be_missing(tmp_path):
    identity = x25519.Identity.generate()
    path = tmp_path / "made"
    whole = archive(path, GOOD, (tarfile.TarInfo("private/a"), os.urandom(9999))).read_bytes()
    encrypted = pyrage.encrypt(whole, [identity.to_public()])
    for size in (150, 5000):
        path.write_bytes(encrypted[:size])
        with pytest.raises(RestoreRefused, match="compare its size"):
            _opened(path, tmp_path, str(identity)).__enter__()
    with pytest.raises(RestoreRefused, match=r"There is no file .*nowhere"):
        _opened(tmp_path / "nowhere", tmp_path, "").__enter__()


@pytest.mark.parametrize("size", [1, 5, 12, 20, 60])
def test_a_backup_of_which_only_the_beginning_was_copied_is_refused(tmp_path, size):
    path = archive(tmp_path / "made", GOOD)
    path.write_bytes(path.read_bytes()[:size])
    said = "compare its size with the original"
    with pytest.raises(RestoreRefused, match=said), _opened(path, tmp_path, "") as tar:
        _checked_manifest(tar)


def test_the_programs_of_postgresql_connect_as_the_planner_does(monkeypatch):
    """For example with the certificate of a client, without which the server lets no one in."""
    given = {
        "host": "db.example",
        "port": 5432,
        "dbname": "planner",
        "password": "",
        "sslmode": "verify-full",
        "sslcert": "/etc/planner/client.pem",
        "sslkey": "/etc/planner/client.key",
        "channel_binding": "require",
        "prepare_threshold": 2,
        "keepalives_idle": "15",  # which has no variable, as a text in DATABASE_URL
        "tcp_user_timeout": 30_000,
    }
    monkeypatch.setattr(connection, "get_connection_params", lambda: given)
    assert _libpq_environment(connection) == {
        "PGHOST": "db.example",
        "PGPORT": "5432",
        "PGDATABASE": "planner",
        "PGSSLMODE": "verify-full",
        "PGSSLCERT": "/etc/planner/client.pem",
        "PGSSLKEY": "/etc/planner/client.key",
        "PGCHANNELBINDING": "require",
    }
    commands = []
    monkeypatch.setattr(subprocess, "run", lambda command, **options: commands.append(command))
    _run("pg_dump", "--format=custom", on=connection)
    given_up = "--dbname=keepalives_idle='15' tcp_user_timeout='30000'"
    assert commands == [["pg_dump", given_up, "--format=custom"]]


def test_a_backup_has_no_earlier_backups(settings, tmp_path):
    settings.PRIVATE_DIR, settings.BACKUP_DIR = tmp_path, str(tmp_path / "backups")
    for name in ("places/0", "backups/planner-2027-05-10.backup", "backups/.backup-x/finished"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    packed = io.BytesIO()
    _pack(packed, {}, io.BytesIO(b"database"))
    packed.seek(0)
    with tarfile.open(fileobj=packed) as tar:
        names = tar.getnames()
    assert names == [MANIFEST, "database", "private", "private/places", "private/places/0"]


def test_a_disk_that_is_full_ends_an_encrypted_backup_and_a_restore_in_words(settings, key):
    settings.BACKUP_KEY = str(key.to_public())
    with (
        open("/dev/full", "wb", buffering=0) as full,
        pytest.raises(BackupFailed, match="No space left"),
    ):
        _encrypt(io.BytesIO(bytes(500_000)), full)
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with (
        mock.patch("operate.management.commands.restore.restore_backup", side_effect=full),
        pytest.raises(CommandError, match="The restore was ended: No space left"),
    ):
        call_command("restore", "a.backup")


# Stops at the moment when everything is written and nothing is finished, until it is killed.
ENDLESS = """
import sys, time
from pathlib import Path
from operate import backup
backup.{function} = lambda *arguments: (print("reached", flush=True), time.sleep(60))
backup.{call}
"""


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("_encrypt", "make_backup(Path({folder!r}) / 'made/killed')"),
        ("_checked_manifest", "restore_backup(Path({folder!r}) / 'good', identity={key!r})"),
    ],
)
def test_nothing_unencrypted_is_left_by_a_backup_or_restore_that_is_killed(
    folder, key, tmp_path, function, call
):
    (folder / "made").mkdir(exist_ok=True)
    call = call.format(folder=str(folder), key=str(key))
    name = "source" if function == "_encrypt" else "killed"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-c", ENDLESS.format(function=function, call=call)],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "DATABASE_URL": f"sqlite:///{folder}/{name}.sqlite3",
            "PRIVATE_DIR": f"{folder}/source-files",
            "BACKUP_KEY": str(key.to_public()),
            "TMPDIR": str(tmp_path),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert any("reached" in line for line in process.stdout)
        process.send_signal(signal.SIGKILL)
    left = [path for top in (folder / "made", tmp_path) for path in top.rglob("*")]
    assert any(path.is_dir() for path in left)
    assert [path for path in left if path.is_file() and path.stat().st_size] == []


def test_what_an_interrupted_backup_left_is_deleted_by_one_on_a_later_day(tmp_path):
    old, new = tmp_path / ".backup-old", tmp_path / ".backup-new"
    for path in (old, new):
        path.mkdir()
        (path / "database").write_text("unencrypted")
    os.utime(old, (time.time() - 90_000,) * 2)
    with _beside(tmp_path / "next"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [".backup-new"]
