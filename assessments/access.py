"""Who may see and do what."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """`step` is the number of the step of an item that was asked for; 0 for other pages."""

    grant_id: int
    step: int = 0


def note_look(user, found, *, step=None):
    """Remember that `found`, a plan or item from visible_to, was reached by a grant, if it was."""
    if found.grant_id:
        user.look = Look(found.grant_id, step.number if step else 0)
