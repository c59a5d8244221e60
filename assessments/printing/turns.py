"""Requests that take long in the web process: one at a time for each person, and a few in all.

Otherwise one person who asks for a file a hundred times keeps every thread of the web server, and
everyone else waits until all those files are made.
"""

import contextlib
from collections.abc import Callable, Collection, Iterator
from contextvars import ContextVar
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .places import NoPlace, PlacesUnavailable, hold_place

# Files are kept for this many numbers and not for each person: two people who share one wait for
# each other, which is rare.
NUMBERS = 256
WAIT = 5  # seconds, for someone who presses a button twice; a thread of the web server waits too
QUEUE = 2  # requests of one person: one is answered and one waits, if that leaves a process free

OWN = (
    "You have already asked for a file that is not ready yet. Wait until you have it, then try "
    "again."
)
ALL = (
    "Only a few files are made at a time, to keep the service fast for everyone. Wait a few "
    "seconds, then try again."
)

_shared: ContextVar[contextlib.ExitStack | None] = ContextVar("shared", default=None)

View = Callable[..., HttpResponse]


class NoTurn(Exception):
    """The request has to be sent again later. The message says why, to the person."""


@contextlib.contextmanager
def hold_turn(person: int) -> Iterator[None]:
    """Hold the turn of a person (a primary key), and one of the places for downloads.

    Wait for each for WAIT seconds at most. Raises NoTurn, at once if too many wait already. Holds
    nothing where PRIVATE_DIR cannot be written to: files without a limit are better than none.
    """
    own, shared = contextlib.ExitStack(), contextlib.ExitStack()
    with own, shared:
        with contextlib.suppress(PlacesUnavailable):
            number, most = person % NUMBERS, settings.DOWNLOADS_AT_ONCE
            try:
                queue = min(QUEUE, max(settings.WEB_CONCURRENCY - 1, 1))
                own.enter_context(hold_place(f"turns/{number}/queue", queue))
                own.enter_context(hold_place(f"turns/{number}/turn", 1, wait=WAIT))
            except NoPlace as error:
                raise NoTurn(OWN) from error
            try:
                shared.enter_context(hold_place("downloads/queue", 2 * most))
                shared.enter_context(hold_place("downloads/places", most, wait=WAIT))
            except NoPlace as error:
                raise NoTurn(ALL) from error
        token = _shared.set(shared)
        try:
            yield
        finally:
            _shared.reset(token)


def give_up_shared_place() -> None:
    """Let another person's file be made: this request only waits for another process from here."""
    shared = _shared.get()
    if shared is not None:
        shared.close()


def in_turn(view: View, *, methods: Collection[str] = ("POST",)) -> View:
    """Decorate a view that takes long for some methods: one person’s requests take turns.

    Raises NoTurn, which the middleware answers with what was sent, to send again.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method not in methods:
            return view(request, *args, **kwargs)
        with contextlib.ExitStack() as turn:
            turn.enter_context(hold_turn(request.user.pk or 0))
            return view(request, *args, **kwargs)

    return wrapped
