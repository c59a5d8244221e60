"""A PostgreSQL of its own in a folder, which nothing else can reach."""

import glob
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path


class NoPostgres(Exception):
    """PostgreSQL is not installed."""


class Cluster:
    """A server whose data is in `folder`; it can be stopped, killed and started again."""

    def __init__(self, folder):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin")) or [shutil.which("initdb") or ""]
        self.programs = Path(found[-1]) if Path(found[-1]).is_dir() else Path(found[-1]).parent
        if not (self.programs / "initdb").exists():
            raise NoPostgres
        self.folder = folder
        self.data = folder / "data"
        self.as_postgres = []
        if os.geteuid() == 0:  # which PostgreSQL refuses to run as
            shutil.chown(folder, "postgres")
            self.as_postgres = ["runuser", "-u", "postgres", "--"]

    @property
    def url(self):
        return f"postgres://planner@/planner?host={self.folder}"

    def run(self, program, *arguments):
        command = [*self.as_postgres, self.programs / program, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def make(self):
        self.run(
            *("initdb", "-D", self.data, "-U", "planner"),
            *("-A", "trust", "-E", "UTF8", "--locale=C"),
        )
        self.start()
        self.run("createdb", "-h", self.folder, "-U", "planner", "planner")

    def start(self):
        options = f"-k {self.folder} -c listen_addresses='' -c max_connections=100"
        log = self.folder / "log"
        self.run("pg_ctl", "-D", self.data, "-w", "-l", log, "-o", options, "start")

    def stop(self):
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def is_up(self):
        """Return whether its first process lives."""
        try:
            os.kill(self.first_process(), 0)
        except (OSError, ValueError, IndexError):
            return False
        return True

    def first_process(self):
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def kill(self):
        """Kill all of its processes at once, as a computer that loses power does."""
        first = self.first_process()
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for process in (first, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


@contextmanager
def cluster():
    """Start a server in a folder that is deleted afterwards; gives the address of a database."""
    folder = Path(tempfile.mkdtemp(prefix="planner-bench-"))
    try:
        server = Cluster(folder)
        server.make()
        try:
            yield server.url
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
