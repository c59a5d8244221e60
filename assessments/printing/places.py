"""Places for work that needs much time or memory: only so many at once on one computer."""

import contextlib
import fcntl
from collections.abc import Iterator
from time import monotonic, sleep
from typing import IO

from django.conf import settings


class NoPlace(Exception):
    """Every place is taken."""


@contextlib.contextmanager
def hold_place(folder: str, most: int, *, wait: float = 0) -> Iterator[IO[str]]:
    """Hold one of `most` places, as its open lock file; wait at most `wait` seconds for it.

    The kernel releases the lock when the process that holds it ends, however it ends. Pass the file
    on to a child process to keep the place taken until that ends as well. Raises NoPlace.
    """
    path = settings.PRIVATE_DIR / folder
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = monotonic() + wait
    while True:
        for number in range(most):
            with (path / str(number)).open("w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield lock
                return
        if monotonic() >= until:
            raise NoPlace
        sleep(0.1)
