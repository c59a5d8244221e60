"""Which groups have or could make up a majority on a council: exact arithmetic on its seats.

It is neutral: every group is treated alike, in alphabetical order. It does not say who runs a
council: a directly elected mayor forms an executive without a majority of councillors.

A political group has at least 2 members, who have given the proper officer a signed notice (Local
Government (Committees and Political Groups) Regulations 1990, regulation 8). Members who belong to
no group are counted separately, one by one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from typing import Protocol, TypeVar

MAX_SEATS = 300
MAX_GROUPS = 16
MAX_NAME = 60
SMALLEST_GROUP = 2


def casting_vote(*, in_london: bool) -> str:
    """Return what pages and documents say where groups have exactly half of the votes.

    The councillors of a London borough elect a mayor, or a chair beside an elected mayor (Local
    Government Act 1972, Schedule 2, Part I).
    """
    chair, source = "chair", "sections 3 and 4"
    if in_london:
        chair, source = "mayor, or chair beside an elected mayor,", "Schedule 2, Part I"
    return (
        "If votes are equal, the person presiding has a second or casting vote (Local Government "
        f"Act 1972, Schedule 12, paragraph 39). At the annual meeting the {chair} is elected "
        "first: the outgoing one presides, even if no longer a councillor, and must give a casting "
        f"vote if the votes for the new one are equal ({source})."
    )


class CompositionError(ValueError):
    """Numbers that are impossible for a council, with a message that can be shown to people."""


class MajorityRule(StrEnum):
    """What a majority is counted of. Councils differ: see the constitution of the council."""

    SEATS = "seats"
    IN_POST = "in-post"


class ControlStatus(StrEnum):
    MAJORITY = "majority"
    NOC = "noc"


@dataclass(frozen=True)
class Group:
    name: str
    members: int


class Named(Protocol):
    @property
    def name(self) -> str: ...


NamedGroup = TypeVar("NamedGroup", bound=Named)


def alphabetical(groups: Iterable[NamedGroup]) -> tuple[NamedGroup, ...]:
    return tuple(sorted(groups, key=lambda group: (group.name.casefold(), group.name)))


@dataclass(frozen=True)
class Composition:
    """Who holds the seats of a council on one day. Groups are put in alphabetical order.

    Raises CompositionError.
    """

    groups: tuple[Group, ...]
    ungrouped: int = 0
    vacancies: int = 0
    rule: MajorityRule = MajorityRule.SEATS

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", alphabetical(self.groups))
        _check(self)

    @cached_property
    def in_post(self) -> int:
        return sum(group.members for group in self.groups) + self.ungrouped

    @property
    def seats(self) -> int:
        """The number of all seats, including vacant ones."""
        return self.in_post + self.vacancies

    @property
    def counted(self) -> int:
        """The number that a majority is counted of."""
        return self.in_post if self.rule is MajorityRule.IN_POST else self.seats

    @property
    def majority_at(self) -> int:
        """The smallest number that is more than half."""
        return self.counted // 2 + 1


def _check(composition: Composition) -> None:
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
            raise CompositionError(f"{group.name} appears more than once.")
    if len(groups) > MAX_GROUPS:
        raise CompositionError(f"Enter no more than {MAX_GROUPS} groups.")
    if composition.ungrouped < 0 or composition.vacancies < 0:
        raise CompositionError("Members in no group and vacancies cannot be less than 0.")
    if not composition.in_post:
        raise CompositionError("The council has no members.")
    if composition.seats > MAX_SEATS:
        raise CompositionError(f"There can be at most {MAX_SEATS} seats, not {composition.seats}.")


# --- Control --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ControlResult:
    """Whether one group has a majority; without one `majority_group` is None (NOC)."""

    status: ControlStatus
    majority_at: int
    majority_group: Group | None


def control_of(composition: Composition) -> ControlResult:
    """Return whether a group has a majority, which is more than half.

    Exactly half is no majority, also for the group of a person who has a casting vote.
    """
    group = next(
        (group for group in composition.groups if group.members >= composition.majority_at), None
    )
    status = ControlStatus.MAJORITY if group else ControlStatus.NOC
    return ControlResult(status, composition.majority_at, group)


@dataclass(frozen=True)
class Combination:
    """Groups, and a number of members in no group, who together have `members` votes."""

    groups: tuple[Group, ...]
    ungrouped: int
    members: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(group.name for group in self.groups)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the groups, and the number of members in no group if there are any."""
        return (*self.names, *([f"{self.ungrouped} in no group"] if self.ungrouped else []))


def minimal_combinations(composition: Composition) -> tuple[Combination, ...]:
    """Return every combination that has a majority and would lose it without any of its parts.

    The order is fewest groups first, then alphabetical. Each member in no group is a part; which of
    them take part makes no difference, so a combination only has their number.
    """
    groups, target = composition.groups, composition.majority_at
    found: list[Combination] = []
    for mask, (members, smallest) in enumerate(_sums(groups)):
        missing = target - members
        if missing <= 0:
            if members - smallest < target:
                found.append(Combination(_chosen(groups, mask), 0, members))
        elif missing <= composition.ungrouped:
            found.append(Combination(_chosen(groups, mask), missing, target))
    return tuple(sorted(found, key=lambda each: (len(each.groups), each.names)))


def _sums(groups: Iterable[Group]) -> list[tuple[int, int]]:
    """For every set of groups, as a bit mask: its members, and those of its smallest group."""
    sums = [(0, MAX_SEATS + 1)]
    for group in groups:
        sums += [
            (members + group.members, min(smallest, group.members)) for members, smallest in sums
        ]
    return sums


def _chosen(groups: Iterable[Group], mask: int) -> tuple[Group, ...]:
    return tuple(group for bit, group in enumerate(groups) if mask >> bit & 1)


@dataclass(frozen=True)
class Half:
    """Groups, and a number of members in no group, who together have exactly half of the votes."""

    groups: tuple[Group, ...]
    members: int
    ungrouped: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(group.name for group in self.groups)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the groups, and the number of members in no group if there are any."""
        return (*self.names, *([f"{self.ungrouped} in no group"] if self.ungrouped else []))


def exact_halves(composition: Composition, *, with_ungrouped: bool = False) -> tuple[Half, ...]:
    """Return every set of groups with exactly half of the votes; none if their number is odd.

    The votes are those of members in post, also where vacant seats count towards a majority: half
    of the seats is then more than half of the votes. `with_ungrouped` adds sets of groups that have
    half only together with members in no group. Where votes are equal, the person presiding has a
    second or casting vote (see `casting_vote`). That can carry a vote; it is not a majority.
    Source: Local Government Act 1972, Schedule 12, paragraph 39.
    """
    if composition.in_post % 2:
        return ()
    half = composition.in_post // 2
    most = composition.ungrouped if with_ungrouped else 0
    found = [
        Half(_chosen(composition.groups, mask), half, half - members)
        for mask, (members, _) in enumerate(_sums(composition.groups))
        if 0 <= half - members <= most
    ]
    return tuple(
        sorted(found, key=lambda each: (bool(each.ungrouped), len(each.groups), each.names))
    )


@dataclass(frozen=True)
class GroupStanding:
    """The distance of one group from a majority, and what it needs to win votes without one.

    `short_by` is the number of members missing for a majority (0 with one). The rest is about one
    vote, which only members in post take part in: `votes_short` is the number of votes missing if
    all of them vote, fewer than `short_by` where vacancies count towards a majority. `abstentions`
    is how many of all other members in post must abstain for the group to win it without others.
    `partners` are the groups each of which would be enough. `fewest_partners` is the smallest
    number of other groups that are enough, or None if all of them are not. `ungrouped_enough` is
    how many members in no group would be enough without any group, 0 if all of them are not.
    `fewest_with_ungrouped` is as `fewest_partners`, if all members in no group vote with them.
    """

    group: Group
    short_by: int
    votes_short: int
    abstentions: int
    partners: tuple[str, ...]
    fewest_partners: int | None
    ungrouped_enough: int
    fewest_with_ungrouped: int | None


def standings(composition: Composition) -> tuple[GroupStanding, ...]:
    """Return each group's distance from a majority and its needs as a minority administration."""
    return tuple(_standing(composition, group) for group in composition.groups)


def _standing(composition: Composition, group: Group) -> GroupStanding:
    short_by = max(0, composition.majority_at - group.members)
    votes_short = max(0, composition.in_post // 2 + 1 - group.members)
    others = [other for other in composition.groups if other != group]
    by_size = sorted((other.members for other in others), reverse=True)
    ungrouped = composition.ungrouped
    return GroupStanding(
        group=group,
        short_by=short_by,
        votes_short=votes_short,
        abstentions=max(0, composition.in_post - 2 * group.members + 1),
        partners=tuple(o.name for o in others if votes_short and o.members >= votes_short),
        fewest_partners=_fewest(by_size, votes_short),
        ungrouped_enough=votes_short if ungrouped >= votes_short else 0,
        fewest_with_ungrouped=_fewest(by_size, votes_short - ungrouped),
    )


def _fewest(sizes: Sequence[int], votes: int) -> int | None:
    """Return how many of the sizes, the largest first, make that many votes; None if all do not."""
    gathered = accumulate(sizes, initial=0)
    return next((count for count, made in enumerate(gathered) if made >= votes), None)
