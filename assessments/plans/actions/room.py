"""How much people can add to a plan where one page lists all of it."""

from django.db.models import Model

from ..models import Plan

# Of one kind in a plan, removed ones included. With thousands, the page that lists them takes so
# long that other councils' pages wait.
ENTRIES_MAX = 300


class TooManyEntries(Exception):
    """The plan has ENTRIES_MAX entries of a kind."""

    def __str__(self) -> str:
        return (
            f"A plan can have up to {ENTRIES_MAX} entries of this kind, removed ones included. "
            "Change or restore an earlier one"
        )


def leave_room(kind: type[Model], plan: Plan) -> None:
    """Raise TooManyEntries if a plan, which the caller holds, can take no more of a kind."""
    if kind._default_manager.filter(plan=plan).count() >= ENTRIES_MAX:
        raise TooManyEntries
