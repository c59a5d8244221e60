"""Limit what a process can use. For child processes: it imports nothing of Django."""

import resource
from contextlib import suppress
from pathlib import Path


def limit(kind: int, most: int) -> None:
    """Limit a resource of this process, such as resource.RLIMIT_AS, to `most`.

    A lower limit of the server stays: a process cannot raise that, and setting it would fail.
    """
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(kind, (most, most))


def end_first() -> None:
    """Let the kernel end this process first, with its children, if the computer has no memory left.

    Otherwise it could be the database or the web server. Only Linux has this.
    """
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
