"""Measures the product beside bare limits and prints one table. It asserts nothing.

Both sides take turns under the same server on the same database, and medians are compared, so that
what else the computer does falls on both. Ratios last; milliseconds are this computer's alone.
"""

import argparse
import logging
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import django

from .server import UnexpectedAnswer


def main():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer plans and fewer turns")
    quick = parser.parse_args().quick
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    with tempfile.TemporaryDirectory(prefix="planner-bench-") as folder:
        folder = Path(folder)
        os.environ.update(
            DJANGO_SETTINGS_MODULE="bench.settings",
            DATABASE_URL=f"sqlite:///{folder / 'most.sqlite3'}",
            PRODUCTION="0",
            DEBUG="0",
        )
        django.setup()
        logging.disable(logging.INFO)
        from .measure import measure

        try:
            measure(folder, quick=quick)
        except (UnexpectedAnswer, TimeoutError) as error:
            sys.exit(f"Not measured: {error}")
    # Django knows one database for each process, so PostgreSQL has one of its own.
    options = ["--quick"] if quick else []
    sys.exit(subprocess.call([sys.executable, "-m", "bench.on_postgres", *options]))


main()
