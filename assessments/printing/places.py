"""Places for work that needs much time or memory: only so many at once on one computer."""

import contextlib
import fcntl
import logging
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import IO

from django.conf import settings

logger = logging.getLogger(__name__)


class NoPlace(Exception):
    """Every place is taken."""


class PlacesUnavailable(Exception):
    """No place can be taken, because PRIVATE_DIR cannot be written to. The message says why."""


@contextlib.contextmanager
def hold_place(folder: str, most: int, *, wait: float = 0) -> Iterator[IO[str]]:
    """Hold one of `most` places, as its open lock file; wait at most `wait` seconds for it.

    The kernel releases the lock when the process that holds it ends, however it ends. Pass the file
    on to a child process to keep the place taken until that ends as well. Raises NoPlace, and
    PlacesUnavailable if the disk is full or takes no writes.
    """
    until = monotonic() + wait
    while True:
        for number in range(most):
            lock = _take(settings.PRIVATE_DIR / folder, number)
            if lock is not None:
                with lock:
                    yield lock
                return
        if monotonic() >= until:
            raise NoPlace
        sleep(0.1)


def _take(path: Path, number: int) -> IO[str] | None:
    """Return the open lock file of a place; None if the place is taken."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (path / str(number)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return None
        except OSError:
            lock.close()
            raise
    except OSError as error:
        words = f"PRIVATE_DIR, {settings.PRIVATE_DIR}, cannot be written to ({error.strerror})."
        logger.error("%s", words)
        raise PlacesUnavailable(words) from error
    return lock
