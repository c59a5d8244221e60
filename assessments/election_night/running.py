"""The running state of a count, for its page and its note: declared and expected kept apart."""

from dataclasses import dataclass, replace

from elections.bodies import count_of
from elections.composition import Combination, Composition, MajorityRule, control_of
from elections.count import (
    NO_GROUP,
    GroupSeats,
    Outlook,
    OutlookResult,
    RunningTotal,
    SeatsBeside,
    beyond,
    combinations_so_far,
    outlook_of,
)

from .models import CountWard, ElectionCount, WardResult

COMBINATIONS_SHOWN = 12


def total_not_up(count: ElectionCount) -> RunningTotal:
    """Return the seats that are not up for election, with those that are as still to come."""
    return RunningTotal(
        tuple(GroupSeats(group.name, group.not_up) for group in count.groups.all()),
        no_group=count.no_group_not_up,
        to_come=count.seats_up,
        vacant=count.vacant_not_up,
        rule=MajorityRule(count.rule),
    )


@dataclass(frozen=True)
class CountStanding:
    """A running total and what it means: the outlook, and who has a majority together.

    If the count `is_over`, seats still to come have no result, and get none.
    """

    total: RunningTotal
    outlook: OutlookResult
    combinations: tuple[Combination, ...]
    is_over: bool = False

    @classmethod
    def of(cls, total: RunningTotal, *, is_over: bool = False) -> "CountStanding":
        return cls(total, outlook_of(total), combinations_so_far(total), is_over)

    @property
    def sentence(self) -> str:
        """Return the outlook in one sentence."""
        found = self.outlook
        if found.outlook is Outlook.MAJORITY and found.majority_group:
            return f"{found.majority_group.name} has a majority"
        if found.outlook is Outlook.NO_MAJORITY:
            return (
                "No group can reach a majority any more"
                if self.total.to_come
                else ("No overall control")
            )
        if self.is_over:
            return f"Ended with {count_of(self.total.to_come, 'seat')} without a result"
        return "Still open"

    @property
    def can_reach(self) -> tuple[str, ...]:
        """Return, for each group that can still reach a majority, how many seats it needs."""
        needs, rest = "needs", f"{self.total.to_come} still to come"
        if self.is_over:
            needs, rest = "would need", f"{count_of(self.total.to_come, 'seat')} without a result"
        majority_at = self.outlook.majority_at
        return tuple(
            f"{group.name} {needs} {majority_at - group.seats} of the {rest}"
            for group in self.outlook.can_reach
        )

    @property
    def shown(self) -> tuple[str, ...]:
        return tuple(
            " + ".join([*each.names, *([f"{each.ungrouped} in no group"] * bool(each.ungrouped))])
            + f": {each.members}"
            for each in self.combinations[:COMBINATIONS_SHOWN]
        )

    @property
    def more(self) -> int:
        return max(0, len(self.combinations) - COMBINATIONS_SHOWN)


@dataclass(frozen=True)
class SeatsRow:
    """A row of the table of seats: a group, those in no group, or seats still to come."""

    name: str
    not_up: int
    declared: int
    expected: int


@dataclass(frozen=True)
class ScenarioBeside:
    """A saved scenario beside the seats so far, and the groups whose seats exclude it."""

    name: str
    pk: int
    control: str
    seats: int
    rows: tuple[tuple[str, int], ...]
    excluded_by: tuple[str, ...]


@dataclass(frozen=True)
class RunningState:
    """Everything that a page shows of a count.

    `declared` counts the declared results alone, `expected` those that are expected as well. Once
    the result is a composition, `seats_without` had none and are vacant in both.
    """

    count: ElectionCount
    declared: CountStanding
    expected: CountStanding
    rows: tuple[SeatsRow, ...]
    declared_wards: tuple[CountWard, ...]
    expected_wards: tuple[CountWard, ...]
    wards_to_come: tuple[CountWard, ...]
    seats_without: int = 0

    @property
    def has_expected(self) -> bool:
        return self.seats_expected > 0

    @property
    def has_not_up(self) -> bool:
        return self.seats_not_up > 0

    @property
    def seats_not_up(self) -> int:
        return self.declared.total.seats - self.count.seats_up

    @property
    def seats_declared(self) -> int:
        return self.count.seats_up - self.declared.total.to_come - self.seats_without

    @property
    def seats_expected(self) -> int:
        return self.declared.total.to_come - self.expected.total.to_come

    @property
    def seats_listed(self) -> int:
        """The number of seats of the wards that have been listed."""
        wards = (*self.declared_wards, *self.expected_wards, *self.wards_to_come)
        return sum(ward.seats for ward in wards)


def running_state(count: ElectionCount) -> RunningState:
    """Return the running state of a count `with_results`. Makes no query."""
    wards = list(count.wards.all())
    declared_wards = [ward for ward in wards if _has(ward, WardResult.Status.DECLARED)]
    expected_wards = [ward for ward in wards if _has(ward, WardResult.Status.EXPECTED)]
    not_up = total_not_up(count)
    declared = not_up.with_results(ward.result.by_group for ward in declared_wards)
    expected = declared.with_results(ward.result.by_group for ward in expected_wards)
    seats_without = 0
    if count.composition_id is not None:
        seats_without = declared.to_come
        declared = replace(declared, to_come=0, vacant=declared.vacant + seats_without)
        expected = declared
    return RunningState(
        count=count,
        declared=CountStanding.of(declared, is_over=not count.is_open),
        expected=CountStanding.of(expected, is_over=not count.is_open),
        rows=tuple(_rows(not_up, declared, expected, seats_without)),
        declared_wards=tuple(declared_wards),
        expected_wards=tuple(expected_wards),
        wards_to_come=tuple(ward for ward in wards if ward.result is None),
        seats_without=seats_without,
    )


def _has(ward: CountWard, status: WardResult.Status) -> bool:
    return ward.result is not None and ward.result.status == status


def _rows(not_up: RunningTotal, declared: RunningTotal, expected: RunningTotal, seats_without: int):
    for before, now, then in zip(not_up.groups, declared.groups, expected.groups, strict=True):
        yield SeatsRow(now.name, before.seats, now.seats, then.seats)
    if expected.no_group:
        yield SeatsRow("In no group", not_up.no_group, declared.no_group, expected.no_group)
    if not_up.vacant:
        yield SeatsRow("Vacant, not up", *[not_up.vacant] * 3)
    if seats_without:
        yield SeatsRow("Without a result, recorded as vacant", 0, seats_without, seats_without)


def beside(scenario, total: RunningTotal) -> ScenarioBeside:
    """Compare a saved scenario with the declared results."""
    planned: Composition = scenario.worked_out
    majority = control_of(planned).majority_group
    rows = [(group.name, group.members) for group in planned.groups]
    if planned.ungrouped:
        rows.append(("in no group", planned.ungrouped))
    if planned.vacancies:
        rows.append(("vacant", planned.vacancies))
    return ScenarioBeside(
        name=scenario.name,
        pk=scenario.pk,
        control=f"{majority.name} has a majority" if majority else "No overall control",
        seats=planned.seats,
        rows=tuple(rows),
        excluded_by=tuple(_seats_in_words(each) for each in beyond(total, planned)),
    )


def _seats_in_words(row: SeatsBeside) -> str:
    name = "in no group" if row.name == NO_GROUP else row.name
    return f"{name} {row.seats} instead of {row.in_scenario}"
