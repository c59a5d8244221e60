"""Who could command a majority of a council: exact arithmetic on the seats of its groups.

Neutral on purpose: every group is treated alike and stands in alphabetical order. A directly
elected mayor's executive is a matter of its own: nothing here says who runs such a council.

A political group has at least two members, who have told the proper officer in writing (Local
Government (Committees and Political Groups) Regulations 1990, regulation 8). Members outside every
group are ungrouped, and each of them counts alone.
"""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

MAX_SEATS = 300
MAX_GROUPS = 16
MAX_NAME = 60
SMALLEST_GROUP = 2


class CompositionError(ValueError):
    """Numbers that no council can have, with a message that can be shown to people."""


class MajorityRule(StrEnum):
    """What a majority is counted of. Councils differ: their own constitution says."""

    SEATS = "seats"
    IN_POST = "in-post"


class Status(StrEnum):
    MAJORITY = "majority"
    NOC = "noc"


@dataclass(frozen=True)
class Group:
    name: str
    members: int


def alphabetical(groups):
    return tuple(sorted(groups, key=lambda group: (group.name.casefold(), group.name)))


@dataclass(frozen=True)
class Composition:
    """The seats of a council on one day. Groups are put in alphabetical order.

    Raises CompositionError.
    """

    groups: tuple[Group, ...]
    ungrouped: int = 0
    vacancies: int = 0
    rule: MajorityRule = MajorityRule.SEATS

    def __post_init__(self):
        object.__setattr__(self, "groups", alphabetical(self.groups))
        _check(self)

    @cached_property
    def in_post(self):
        return sum(group.members for group in self.groups) + self.ungrouped

    @property
    def seats(self):
        """All seats, vacant ones included."""
        return self.in_post + self.vacancies

    @property
    def counted(self):
        """How many a majority is counted of."""
        return self.in_post if self.rule is MajorityRule.IN_POST else self.seats

    @property
    def majority_at(self):
        """The fewest that are more than half."""
        return self.counted // 2 + 1


def _check(composition):
    groups = composition.groups
    for group in groups:
        if not group.name.strip():
            raise CompositionError("A group has no name.")
        if len(group.name) > MAX_NAME:
            raise CompositionError(f"A group’s name must be {MAX_NAME} characters or fewer.")
        if not 1 <= group.members <= MAX_SEATS:
            raise CompositionError(f"{group.name} must have from 1 to {MAX_SEATS} members.")
    names = Counter(" ".join(group.name.split()).casefold() for group in groups)
    for group in groups:
        if names[" ".join(group.name.split()).casefold()] > 1:
            raise CompositionError(f"{group.name} is there more than once.")
    if len(groups) > MAX_GROUPS:
        raise CompositionError(f"There are {len(groups)} groups; {MAX_GROUPS} is the most.")
    if composition.ungrouped < 0 or composition.vacancies < 0:
        raise CompositionError("Ungrouped members and vacancies cannot be fewer than none.")
    if not composition.in_post:
        raise CompositionError("The council has no members.")
    if composition.seats > MAX_SEATS:
        raise CompositionError(f"{composition.seats} seats are too many; {MAX_SEATS} is the most.")


# --- Control --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Control:
    """Whether one group has a majority; `majority_group` is None under no overall control (NOC)."""

    status: Status
    majority_at: int
    majority_group: Group | None


def control_of(composition):
    """A majority is more than half: exactly half is none, whoever has a casting vote."""
    group = next(
        (group for group in composition.groups if group.members >= composition.majority_at), None
    )
    status = Status.MAJORITY if group else Status.NOC
    return Control(status, composition.majority_at, group)


@dataclass(frozen=True)
class Combination:
    """Groups, and so many of the ungrouped members, who together have `members` votes."""

    groups: tuple[Group, ...]
    ungrouped: int
    members: int

    @property
    def names(self):
        return tuple(group.name for group in self.groups)


def minimal_combinations(composition):
    """Every combination that has a majority and would lose it without any one of its parts.

    Fewest groups first, then in alphabetical order. An ungrouped member is a part of their own, but
    which of them it is makes no difference here: only their number is said.
    """
    groups, target = composition.groups, composition.majority_at
    found = []
    for mask, (members, smallest) in enumerate(_sums(groups)):
        missing = target - members
        if missing <= 0:
            if members - smallest < target:
                found.append(Combination(_chosen(groups, mask), 0, members))
        elif missing <= composition.ungrouped:
            found.append(Combination(_chosen(groups, mask), missing, target))
    return tuple(sorted(found, key=lambda each: (len(each.groups), each.names)))


def _sums(groups):
    """For every set of groups, as a bit mask, its members and those of its smallest group."""
    sums = [(0, MAX_SEATS + 1)]
    for group in groups:
        sums += [
            (members + group.members, min(smallest, group.members)) for members, smallest in sums
        ]
    return sums


def _chosen(groups, mask):
    return tuple(group for bit, group in enumerate(groups) if mask >> bit & 1)


@dataclass(frozen=True)
class Half:
    """Groups that have exactly half of the votes: the casting vote of whoever presides decides."""

    groups: tuple[Group, ...]
    members: int

    @property
    def names(self):
        return tuple(group.name for group in self.groups)


def exact_halves(composition):
    """Every set of groups with exactly half of the votes. It takes an even number to have any.

    Where votes are equal, whoever presides has a second or casting vote (Local Government Act 1972,
    Schedule 12, paragraph 39). That may carry a vote; it is not a majority.
    """
    if composition.counted % 2:
        return ()
    half = composition.counted // 2
    found = [
        Half(_chosen(composition.groups, mask), members)
        for mask, (members, _) in enumerate(_sums(composition.groups))
        if members == half
    ]
    return tuple(sorted(found, key=lambda each: (len(each.groups), each.names)))


@dataclass(frozen=True)
class Standing:
    """One group measured against a majority, and what it would need to govern without one.

    `short_by`: votes missing (0 with a majority). `abstentions`: how many of all the other members
    in post have to stay out of a vote for the group to win it alone. `partners`: the groups that
    would each be enough by themselves. `fewest_partners`: how many other groups it takes at the
    least, None if even all of them are not enough (where vacancies count).
    """

    group: Group
    short_by: int
    abstentions: int
    partners: tuple[str, ...]
    fewest_partners: int | None


def standings(composition):
    """Each group's distance from a majority, and its needs as a minority administration."""
    return tuple(_standing(composition, group) for group in composition.groups)


def _standing(composition, group):
    short_by = max(0, composition.majority_at - group.members)
    others = [other for other in composition.groups if other != group]
    fewest, gathered = None, 0
    for count, members in enumerate([0, *sorted((o.members for o in others), reverse=True)]):
        gathered += members
        if gathered >= short_by:
            fewest = count
            break
    return Standing(
        group=group,
        short_by=short_by,
        abstentions=max(0, composition.in_post - 2 * group.members + 1),
        partners=tuple(o.name for o in others if short_by and o.members >= short_by),
        fewest_partners=fewest,
    )
