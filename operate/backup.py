"""Backups of the whole service: the database and the private files, in one file.

A backup is a tar file, encrypted in the age format if `settings.BACKUP_KEY` is set:

    manifest.json        format, when it was made, the kind of database, the migrations that were
                         applied, the head of each council's record, and a checksum of the database
    database             a copy by SQLite's backup API, or the output of pg_dump --format=custom
    private/…            the files of `settings.PRIVATE_DIR`

The heads are read before the database is copied, so each of them must be in the copy.

What is not encrypted yet, or no longer, is in files without a name: if the computer or the process
stops in the middle, nothing of it is left on the disk. Only SQLite needs a name while it copies.
"""

import datetime as dt
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

import pyrage
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler
from django.utils import timezone

from councils.models import ChainHead, Council
from councils.verification import verify

FORMAT, VERSION = "transition-planner-backup", 1
MANIFEST, DATABASE, PRIVATE = "manifest.json", "database", "private"
COMPARE = "If it was copied, compare its size with the original."
NOT_A_BACKUP = "This file is not a backup of the planner."
INCOMPLETE = f"This file is not a backup of the planner, or is incomplete. {COMPARE}"
AGE_HEADER = b"age-encryption.org/"
IN_PROGRESS = ".backup-"  # the beginning of the name of a folder that is deleted afterwards
A_DAY = 24 * 60 * 60  # seconds
# The parameters of libpq that say when a connection is given up.
GIVES_UP = {
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
}
# What pg_dump and pg_restore write from this version on has a setting that earlier servers refuse.
SETTING_ADDED = 17
POOLED = (
    "No backup can be made through a pooler. Set DIRECT_DATABASE_URL to the address of PostgreSQL."
)


class BackupFailed(Exception):
    """The backup could not be made. The text says why."""


class RestoreRefused(Exception):
    """The backup cannot be restored here. Nothing has changed; the text says why."""


@dataclass(frozen=True)
class BackupMade:
    path: Path
    size: int
    councils: int
    is_encrypted: bool


@dataclass(frozen=True)
class BackupRestored:
    made_at: dt.datetime
    councils: int
    files: int
    problems: list[str]


def make_backup(path: Path) -> BackupMade:
    """Write a backup to `path`, which only the current system user can read. Raises BackupFailed.

    The service can be in use. The file appears only once it is complete.
    """
    with _beside(path) as folder:
        manifest = _manifest()
        finished = folder / "finished"
        finished.touch(mode=0o600)
        with finished.open("wb") as file, TemporaryFile(dir=folder) as copy:
            if connection.vendor == "sqlite":
                _copy_sqlite(copy, folder)
            else:
                with _direct() as direct:
                    _run(
                        "pg_dump",
                        "--format=custom",
                        "--no-owner",
                        "--no-privileges",
                        on=direct,
                        stdout=copy,
                    )
            manifest["sha256"] = _sha256(copy)
            if settings.BACKUP_KEY:
                with TemporaryFile(dir=folder) as archive:
                    _pack(archive, manifest, copy)
                    archive.seek(0)
                    _encrypt(archive, file)
            else:
                _pack(file, manifest, copy)
        finished.replace(path)
    return BackupMade(path, path.stat().st_size, len(manifest["heads"]), bool(settings.BACKUP_KEY))


def restore_backup(path: Path, *, identity: str = "") -> BackupRestored:
    """Restore a backup into the database of the settings, which must be empty.

    `identity` is the text of the age identity file that decrypts it. Brings an older schema up to
    date, and checks every council's record against the heads in the backup. Raises RestoreRefused.
    """
    if connection.introspection.table_names():
        raise RestoreRefused(
            "The database is not empty. Make a new one, set DATABASE_URL to it and run this again."
        )
    if _is_pooled(connection):
        raise RestoreRefused(
            "DATABASE_URL leads to a pooler. Set it to that of PostgreSQL and run this again."
        )
    with TemporaryDirectory(prefix="restore-") as name, ExitStack() as files_open:
        folder = Path(name)
        with _opened(path, folder, identity) as tar:
            manifest = _checked_manifest(tar)
            copy = files_open.enter_context(TemporaryFile(dir=folder))
            _extract(tar, DATABASE, copy)
            if _sha256(copy) != manifest["sha256"]:
                raise RestoreRefused(
                    "The database in this backup is damaged: its checksum differs."
                )
            files = _extract_private(tar, folder / PRIVATE)
        if connection.vendor == "sqlite":
            _fill_sqlite(copy, folder)
        else:
            _run(
                "pg_restore",
                "--no-owner",
                "--no-privileges",
                "--exit-on-error",
                "--single-transaction",
                on=connection,
                stdin=copy,
            )
        connection.close()
        call_command("migrate", verbosity=0, interactive=False)
        if files:
            shutil.copytree(folder / PRIVATE, settings.PRIVATE_DIR, dirs_exist_ok=True)
    return BackupRestored(
        dt.datetime.fromisoformat(manifest["made_at"]),
        len(manifest["heads"]),
        files,
        _problems(manifest["heads"]),
    )


@contextmanager
def _direct() -> Iterator[BaseDatabaseWrapper]:
    """Give a connection without a pooler. Raises BackupFailed.

    pg_dump changes settings of its connection, such as where tables are looked up. A pooler that
    gives each transaction any of its connections would give the changed one to a request, which
    finds no table.
    """
    if not settings.DIRECT_DATABASE:
        if _is_pooled(connection):
            raise BackupFailed(POOLED)
        yield connection
        return
    direct = ConnectionHandler({"default": settings.DIRECT_DATABASE})["default"]
    try:
        if _identity_of(direct) != _identity_of(connection):
            raise BackupFailed("DIRECT_DATABASE_URL leads to another database than DATABASE_URL.")
        yield direct
    finally:
        direct.close()


def _is_pooled(database: BaseDatabaseWrapper) -> bool:
    """Return whether a pooler gives our connection to PostgreSQL to other processes as well.

    A pooler makes up the process number that it tells a client. One that keeps a connection for
    each client does that too, and harms nothing: PREPARED_STATEMENTS is on with it.
    """
    if database.vendor != "postgresql" or not settings.DATABASES["default"].get(
        "DISABLE_SERVER_SIDE_CURSORS"
    ):
        return False
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number: int = cursor.fetchone()[0]
        return number != cursor.connection.info.backend_pid


def _identity_of(database: BaseDatabaseWrapper) -> tuple[Any, ...]:
    """Return what differs between two databases, also of one name on two servers."""
    with database.cursor() as cursor:
        cursor.execute("SELECT current_database(), pg_postmaster_start_time()")
        found: tuple[Any, ...] = cursor.fetchone()
    return found


def why_not_restorable() -> str:
    """Return why backups cannot be made, or restored into a server like ours; "" if they can."""
    if connection.vendor != "postgresql":
        return ""
    if not settings.DIRECT_DATABASE and _is_pooled(connection):
        return POOLED
    version: int = connection.pg_version  # type: ignore[attr-defined]  # of PostgreSQL's backend
    server, program = version // 10_000, _pg_dump_version()
    if not server < SETTING_ADDED <= program:
        return ""
    return (
        f"They cannot be restored: pg_dump is of PostgreSQL {program} and the database server of "
        f"{server}, which refuses what it writes. Install the client of PostgreSQL {server}."
    )


def _pg_dump_version() -> int:
    """Return the major version of pg_dump; 0 if there is none: then no backup is made either."""
    try:
        said = subprocess.run(
            ["pg_dump", "--version"],  # noqa: S607 - the one that makes backups
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\) (\d+)", said.stdout)
    return int(found[1]) if found else 0


def _manifest() -> dict[str, Any]:
    applied = MigrationRecorder(connection).applied_migrations()
    heads = ChainHead.objects.select_related("council").order_by("council__slug")
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": timezone.now().isoformat(),
        "database": connection.vendor,
        "migrations": sorted(f"{app}.{name}" for app, name in applied),
        "heads": {head.council.slug: [head.sequence, head.digest] for head in heads},
    }


def _pack(file: IO[bytes], manifest: dict[str, Any], copy: IO[bytes]) -> None:
    """Write manifest, database and private files to `file`, as a compressed tar file."""
    text = json.dumps(manifest, indent=2).encode()
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
        for name, content in ((MANIFEST, io.BytesIO(text)), (DATABASE, copy)):
            member = tarfile.TarInfo(name)
            member.size = content.seek(0, os.SEEK_END)
            member.mode, member.mtime = 0o600, int(timezone.now().timestamp())
            content.seek(0)
            tar.addfile(member, content)
        if settings.PRIVATE_DIR.is_dir():
            tar.add(settings.PRIVATE_DIR, PRIVATE, filter=_private_files)


def _checked_manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    """Return the manifest. Raises RestoreRefused if the backup cannot be restored here."""
    try:
        with _member(tar, MANIFEST) as file:
            manifest = json.load(file)
    except EOFError as error:
        raise RestoreRefused(INCOMPLETE) from error
    except (KeyError, OSError, ValueError, RecursionError) as error:
        raise RestoreRefused(NOT_A_BACKUP) from error
    if not _is_manifest(manifest):
        raise RestoreRefused(NOT_A_BACKUP)
    if manifest["version"] > VERSION:
        raise RestoreRefused("This backup was made by a newer version of the planner.")
    if manifest["database"] != connection.vendor:
        raise RestoreRefused(
            f"This backup is of a {manifest['database']} database, and DATABASE_URL is of a "
            f"{connection.vendor} one."
        )
    ours = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if newer := sorted(set(manifest["migrations"]) - ours):
        raise RestoreRefused(
            "This backup was made by a newer version of the planner, with migrations that this "
            f"one does not have: {', '.join(newer)}. Install that version."
        )
    return manifest


def _is_manifest(manifest: Any) -> bool:
    """Return whether a manifest has everything that is read of it, in its form."""
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        return False
    try:
        dt.datetime.fromisoformat(manifest["made_at"])
        heads = [(slug, int(number)) for slug, (number, _) in manifest["heads"].items()]
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
        return False
    return (
        isinstance(manifest.get("version"), int)
        and isinstance(manifest.get("migrations"), list)
        and all(isinstance(name, str) for name in manifest["migrations"])
        and all(isinstance(manifest.get(name), str) for name in ("database", "sha256"))
        and all(number >= 0 for _, number in heads)
    )


def _problems(heads: dict[str, list]) -> list[str]:
    """Return what is wrong with the records: each must hold the head noted in the backup."""
    problems = []
    councils = {council.slug: council for council in Council.objects.all()}
    for slug, (sequence, digest) in heads.items():
        if slug not in councils:
            problems.append(f"{slug}: the council is missing")
            continue
        found = verify(councils[slug], kept_head=(sequence, digest))
        problems += [f"{slug}: {problem}" for problem in found.problems]
    return problems


def _copy_sqlite(copy: IO[bytes], folder: Path) -> None:
    source = sqlite3.connect(connection.settings_dict["NAME"], timeout=20)
    path = folder / DATABASE
    with closing(source), closing(sqlite3.connect(path)) as target:
        source.backup(target)
    with path.open("rb") as reader:
        path.unlink()
        shutil.copyfileobj(reader, copy)


def _fill_sqlite(copy: IO[bytes], folder: Path) -> None:
    connection.close()
    path = folder / DATABASE
    with path.open("wb") as writer:
        shutil.copyfileobj(copy, writer)
    with closing(sqlite3.connect(path)) as source:
        if source.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise RestoreRefused("The database in this backup is damaged.")
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=20)) as target:
            source.backup(target)


def _run(
    program: str,
    *arguments: str,
    on: BaseDatabaseWrapper,
    stdin: IO[bytes] | None = None,
    stdout: IO[bytes] | None = None,
) -> None:
    """Run a program of PostgreSQL on a database. Raises BackupFailed with what it said."""
    if stdin:
        os.lseek(stdin.fileno(), 0, os.SEEK_SET)  # `seek` may only move within Python's buffer
    try:
        subprocess.run(  # noqa: S603 - a fixed program, and arguments of our own
            [program, f"--dbname={_libpq_text(on)}", *arguments],
            env=os.environ | _libpq_environment(on),
            check=True,
            stdin=stdin or subprocess.DEVNULL,
            stdout=stdout or subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
    except FileNotFoundError as error:
        raise BackupFailed(f"{program} is missing: install PostgreSQL's client.") from error
    except subprocess.CalledProcessError as error:
        raise BackupFailed(f"{program} failed: {error.stderr.strip()}") from error


def _libpq_environment(database: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the connection as environment variables, so that no process list shows a password."""
    from psycopg.pq import Conninfo  # needed on PostgreSQL only

    parameters = database.get_connection_params()
    names = {
        option.keyword.decode(): option.envvar.decode()
        for option in Conninfo.get_defaults()
        if option.envvar
    }
    return {
        name: str(parameters[key])
        for key, name in names.items()
        if parameters.get(key) not in {None, ""}
    }


def _encrypt(source: IO[bytes], target: IO[bytes]) -> None:
    try:
        recipient = pyrage.x25519.Recipient.from_str(settings.BACKUP_KEY)
    except pyrage.RecipientError as error:
        raise BackupFailed("BACKUP_KEY is not an age public key (age1…).") from error
    try:
        pyrage.encrypt_io(source, target, [recipient])
    except pyrage.EncryptError as error:  # as with a full disk
        raise BackupFailed(f"The backup was not written: {error}.") from error


def _libpq_text(database: BaseDatabaseWrapper) -> str:
    """Return what libpq reads from no environment variable: when to give up a connection.

    A program that waited for a server that is gone would keep the worker from all other work.
    """
    parameters = database.get_connection_params()
    given = {key: value for key, value in parameters.items() if key in GIVES_UP}
    return " ".join(f"{key}='{int(value)}'" for key, value in given.items()) or "keepalives='1'"


@contextmanager
def _opened(path: Path, folder: Path, identity: str) -> Iterator[tarfile.TarFile]:
    """Open a backup as a tar file, decrypted if it needs to be. Raises RestoreRefused."""
    with ExitStack() as files_open:
        try:
            archive: IO[bytes] = files_open.enter_context(path.open("rb"))
            is_encrypted = archive.read(len(AGE_HEADER)) == AGE_HEADER
            archive.seek(0)
            if is_encrypted:
                if not identity:
                    raise RestoreRefused("This backup is encrypted. Give the key with --identity.")
                decrypted = files_open.enter_context(TemporaryFile(dir=folder))
                pyrage.decrypt_io(archive, decrypted, [_identity(identity)])
                decrypted.seek(0)
                archive = decrypted
            tar = files_open.enter_context(tarfile.open(fileobj=archive, mode="r:gz"))
        except pyrage.DecryptError as error:
            raise RestoreRefused(
                f"This key does not decrypt the backup, or the backup is incomplete. {COMPARE}"
            ) from error
        except FileNotFoundError as error:
            raise RestoreRefused(f"There is no file {path}.") from error
        except EOFError as error:
            raise RestoreRefused(INCOMPLETE) from error
        except (OSError, tarfile.TarError, zlib.error) as error:
            raise RestoreRefused(
                f"{path} cannot be read as a backup: {error}. {COMPARE}"
            ) from error
        try:
            yield tar
        except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise RestoreRefused(f"The backup is damaged: {error}.") from error


def _identity(text: str) -> pyrage.x25519.Identity:
    """Return the age identity in the text of an identity file, which can have comments."""
    keys = [line.strip() for line in text.splitlines() if line.strip().startswith("AGE-SECRET-KEY")]
    try:
        return pyrage.x25519.Identity.from_str(keys[0])
    except (IndexError, pyrage.IdentityError) as error:
        raise RestoreRefused("The identity file has no age secret key.") from error


def _extract(tar: tarfile.TarFile, name: str, target: IO[bytes]) -> None:
    try:
        with _member(tar, name) as reader:
            shutil.copyfileobj(reader, target)
    except (KeyError, OSError, EOFError) as error:
        raise RestoreRefused(f"The backup is damaged: {name} cannot be read.") from error


def _extract_private(tar: tarfile.TarFile, folder: Path) -> int:
    """Extract the private files and return how many there are. Only the system user can read them.

    The filters of tarfile are not used: Python 3.11.2, which Debian 12 has, does not know them.
    """
    files = 0
    for member in tar.getmembers():
        parts = member.name.split("/")
        if parts[0] != PRIVATE:
            continue
        if not (member.isfile() or member.isdir()) or ".." in parts:
            raise RestoreRefused(
                "The backup has links, devices or paths that lead elsewhere, which a backup made "
                "by the planner never has."
            )
        target = folder.joinpath(*parts[1:])
        if member.isdir():
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.touch(mode=0o600)
            with target.open("wb") as writer:
                _extract(tar, member.name, writer)
            files += 1
    return files


def _member(tar: tarfile.TarFile, name: str) -> Any:
    """Return a file of the archive, open for reading. Raises KeyError if it is not there."""
    file = tar.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file


def _private_files(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out sockets, links and locks, which mean nothing elsewhere, and BACKUP_DIR.

    With the backups before it, each backup would be twice as large as the last.
    """
    path = settings.PRIVATE_DIR / PurePosixPath(member.name).relative_to(PRIVATE)
    if settings.BACKUP_DIR and path.resolve() == Path(settings.BACKUP_DIR).resolve():
        return None
    return member if member.isfile() or member.isdir() else None


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Make a folder beside `path`, on the same disk, and delete it afterwards.

    Deletes folders that backups left behind which were interrupted.
    """
    parent = path.resolve().parent
    try:
        _delete_abandoned(parent)
        folder = TemporaryDirectory(prefix=IN_PROGRESS, dir=parent)
    except OSError as error:
        raise BackupFailed(f"Cannot write to {path.parent}: {error.strerror}.") from error
    with folder as name:
        try:
            yield Path(name)
        except (OSError, sqlite3.Error) as error:
            raise BackupFailed(f"The backup was not written: {error}.") from error


def _delete_abandoned(parent: Path) -> None:
    """Delete folders of backups that began more than a day ago; no backup takes as long."""
    for folder in parent.glob(f"{IN_PROGRESS}*"):
        if folder.stat().st_mtime < time.time() - A_DAY:
            shutil.rmtree(folder, ignore_errors=True)


def _sha256(file: Any) -> str:
    """Return the checksum of a whole file, and leave it at its beginning."""
    file.seek(0)
    checksum = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return checksum
