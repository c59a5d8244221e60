"""What let a person in is asked once more when what they do is recorded.

A request can begin while its sender is an owner, wait for a lock, and be carried out after they
were removed. So the functions that let someone in note by what (`User.standings`), and
`chain.append`, with which every change of a council's data ends, goes through only while it still
does. An end of access is an entry of the same chain, so what they do comes wholly before it or not
at all.

Commands and jobs act for no request, and note nothing.
"""

from typing import Protocol

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet


class StandingHasEnded(PermissionDenied):
    """What let the person in ended after the request began: nothing of it is kept."""

    def __init__(self) -> None:
        super().__init__("Your access has just changed, so this was not done. Nothing was saved.")


class Standing(Protocol):
    """What lets a person into a council. It can be hashed, so that it is noted once."""

    @property
    def council_id(self) -> int: ...

    def rows(self) -> QuerySet:
        """Return the row that lets them in; none if it no longer does."""
        ...
