"""The composition of a council after given changes of seats. It forecasts nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .composition import Composition, CompositionError, Group
from .seat_text import is_ungrouped, is_vacant


@dataclass(frozen=True)
class SeatSwing:
    """Seats that pass from one group to another; a ward can be named.

    Either side can be “In no group” or “Vacant”. A new name that gains seats is a new group.
    """

    loses: str
    gains: str
    seats: int
    ward: str = ""


def after(composition: Composition, changes: Iterable[SeatSwing]) -> Composition:
    """Return the Composition after `changes`, made in their order. Raises CompositionError."""
    names = {group.name.casefold(): group.name for group in composition.groups}
    held = {group.name.casefold(): group.members for group in composition.groups}
    held |= {"ungrouped": composition.ungrouped, "vacant": composition.vacancies}
    for change in changes:
        loses, gains = _key(change.loses), _key(change.gains)
        if loses == gains:
            raise CompositionError(f"{change.loses} cannot lose seats to itself.")
        if held.get(loses, 0) < change.seats:
            raise CompositionError(
                f"{change.loses} has {held.get(loses, 0)} seats and cannot lose {change.seats}."
            )
        held[loses] -= change.seats
        held[gains] = held.get(gains, 0) + change.seats
        names.setdefault(gains, change.gains)
    ungrouped, vacancies = held.pop("ungrouped"), held.pop("vacant")
    groups = tuple(Group(names[key], members) for key, members in held.items() if members)
    return replace(composition, groups=groups, ungrouped=ungrouped, vacancies=vacancies)


def _key(name: str) -> str:
    if is_vacant(name):
        return "vacant"
    return "ungrouped" if is_ungrouped(name) else " ".join(name.split()).casefold()
