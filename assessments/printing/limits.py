"""Limit what a process can use. For child processes: it imports nothing of Django."""

import resource


def limit(kind: int, most: int) -> None:
    """Limit a resource of this process, such as resource.RLIMIT_AS, to `most`.

    A lower limit of the server stays: a process cannot raise that, and setting it would fail.
    """
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(kind, (most, most))
