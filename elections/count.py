"""What the results so far mean for control of a council, while seats are still to be declared.

It forecasts nothing: a seat still to come can go to any group, to a member in no group, or to a
group that is not listed yet. Which groups have candidates in a ward is not taken into account. It
is neutral: groups are in alphabetical order and treated alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from .composition import (
    MAX_SEATS,
    Combination,
    Composition,
    CompositionError,
    Group,
    MajorityRule,
    alphabetical,
    minimal_combinations,
)

# The key of members in no group where seats are given by the name of a group.
NO_GROUP = ""


class Outlook(StrEnum):
    """Whether the seats still to come can change which group, if any, has a majority."""

    MAJORITY = "majority"
    NO_MAJORITY = "no-majority"
    OPEN = "open"


@dataclass(frozen=True)
class GroupSeats:
    """A group and its seats so far, which may be none."""

    name: str
    seats: int


@dataclass(frozen=True)
class RunningTotal:
    """Seats of a council at one moment of a count. Groups are put in alphabetical order.

    `to_come` are the seats up for election without a result. `vacant` are seats that are not up
    for election and have no member; they count towards a majority under MajorityRule.SEATS only.

    Raises CompositionError.
    """

    groups: tuple[GroupSeats, ...] = ()
    no_group: int = 0
    to_come: int = 0
    vacant: int = 0
    rule: MajorityRule = MajorityRule.SEATS

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", alphabetical(self.groups))
        numbers = [self.no_group, self.to_come, self.vacant, *(each.seats for each in self.groups)]
        if min(numbers) < 0:
            raise CompositionError("A number of seats cannot be less than 0.")
        if self.seats > MAX_SEATS:
            raise CompositionError(f"There can be at most {MAX_SEATS} seats, not {self.seats}.")

    @property
    def filled(self) -> int:
        """The number of seats that have a member: those with a result and those not up."""
        return sum(group.seats for group in self.groups) + self.no_group

    @property
    def seats(self) -> int:
        """The number of all seats of the council."""
        return self.filled + self.to_come + self.vacant

    @property
    def counted(self) -> int:
        """The number that a majority is counted of, once every seat has a result."""
        return self.seats - (self.vacant if self.rule is MajorityRule.IN_POST else 0)

    @property
    def majority_at(self) -> int:
        """The smallest number that is more than half."""
        return self.counted // 2 + 1

    def with_results(self, results: Iterable[Mapping[str, int]]) -> "RunningTotal":
        """Return the total after `results`: each has seats by name of group, or NO_GROUP.

        A group is recognised by its name without regard to case; others are added. Raises
        CompositionError if the results have more seats than were still to come.
        """
        held = {group.name.casefold(): group for group in self.groups}
        no_group, taken = self.no_group, 0
        for result in results:
            for name, seats in result.items():
                taken += seats
                if name == NO_GROUP:
                    no_group += seats
                    continue
                group = held.get(name.casefold(), GroupSeats(name, 0))
                held[name.casefold()] = replace(group, seats=group.seats + seats)
        if taken > self.to_come:
            raise CompositionError(
                f"The results have {taken} seats, but only {self.to_come} are still to come."
            )
        return replace(
            self, groups=tuple(held.values()), no_group=no_group, to_come=self.to_come - taken
        )

    def composition(self) -> Composition:
        """Return the Composition if no more results came: seats still to come are vacant.

        Raises CompositionError, also if no seat is filled.
        """
        return Composition(
            tuple(Group(each.name, each.seats) for each in self.groups if each.seats),
            ungrouped=self.no_group,
            vacancies=self.to_come + self.vacant,
            rule=self.rule,
        )


@dataclass(frozen=True)
class OutlookResult:
    """The outlook of a running total. `majority_group` is None unless a group has a majority.

    While it is open, `can_reach` has the groups that would have a majority with all or fewer of the
    seats still to come, alphabetical, and `is_open_to_new` says whether a group without a seat so
    far would too.
    """

    outlook: Outlook
    majority_at: int
    majority_group: GroupSeats | None = None
    can_reach: tuple[GroupSeats, ...] = ()
    is_open_to_new: bool = False


def outlook_of(total: RunningTotal) -> OutlookResult:
    """Return whether a group has a majority, none can reach one any more, or it is still open.

    A majority stays one whatever is declared later: seats are only added. Seats left vacant lower a
    majority of the members in post by less than what the group could have won with them, so they
    need no case of their own.
    """
    needed = total.majority_at
    for group in total.groups:
        if group.seats >= needed:
            return OutlookResult(Outlook.MAJORITY, needed, majority_group=group)
    can_reach = tuple(group for group in total.groups if group.seats + total.to_come >= needed)
    is_open_to_new = total.to_come >= needed
    if not can_reach and not is_open_to_new:
        return OutlookResult(Outlook.NO_MAJORITY, needed)
    return OutlookResult(Outlook.OPEN, needed, can_reach=can_reach, is_open_to_new=is_open_to_new)


def combinations_so_far(total: RunningTotal) -> tuple[Combination, ...]:
    """Return the combinations that have a majority already, whatever the seats still to come.

    Each would lose it without any of its parts, counting the seats so far.
    """
    if not total.filled:
        return ()
    vacant = total.vacant if total.rule is MajorityRule.SEATS else 0
    so_far = replace(total.composition(), rule=MajorityRule.SEATS)
    return minimal_combinations(replace(so_far, vacancies=total.to_come + vacant))


@dataclass(frozen=True)
class SeatsBeside:
    """The seats of a group, or of NO_GROUP, so far and in a scenario."""

    name: str
    seats: int
    in_scenario: int


def beyond(total: RunningTotal, scenario: Composition) -> tuple[SeatsBeside, ...]:
    """Return which groups exclude `scenario`: alphabetical, members in no group last.

    While seats are to come, these are the groups that already have more seats than the scenario.
    After the last result they are all groups that have another number. None means that the scenario
    is still possible, or is the result, if the council has as many seats as it.
    """
    planned = {group.name.casefold(): group for group in scenario.groups}
    listed = {group.name.casefold() for group in total.groups}
    held = [(group.name, group.seats) for group in total.groups]
    held += [(group.name, 0) for key, group in planned.items() if key not in listed]
    found = [
        SeatsBeside(name, seats, planned[key].members if (key := name.casefold()) in planned else 0)
        for name, seats in sorted(held, key=lambda row: row[0].casefold())
    ]
    found.append(SeatsBeside(NO_GROUP, total.no_group, scenario.ungrouped))
    if total.to_come:
        return tuple(each for each in found if each.seats > each.in_scenario)
    return tuple(each for each in found if each.seats != each.in_scenario)
