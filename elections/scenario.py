"""What a council would be if some seats changed hands. The changes are given: no forecast."""

from dataclasses import dataclass, replace

from .composition import CompositionError, Group
from .seat_text import UNGROUPED_NAMES, VACANCY_NAMES


@dataclass(frozen=True)
class Change:
    """Seats that pass from one group to another; a marginal ward may be named.

    Either side may be “Ungrouped” or “Vacant”; a new name to gain seats is a new group.
    """

    loses: str
    gains: str
    seats: int
    ward: str = ""


def after(composition, changes):
    """The Composition after `changes`, in their order. Raises CompositionError."""
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


def _key(name):
    key = " ".join(name.split()).casefold()
    if key in UNGROUPED_NAMES:
        return "ungrouped"
    return "vacant" if key in VACANCY_NAMES else key
