"""The running state of a count, against every way in which the seats to come can be filled."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elections.composition import (
    Composition,
    CompositionError,
    Group,
    MajorityRule,
    control_of,
    minimal_combinations,
)
from elections.count import (
    NO_GROUP,
    GroupSeats,
    Outlook,
    RunningTotal,
    SeatsBeside,
    beyond,
    combinations_so_far,
    outlook_of,
)

LATER = "A new group"
totals = st.builds(
    RunningTotal,
    groups=st.lists(st.integers(0, 7), max_size=4).map(
        lambda seats: tuple(GroupSeats(f"G{n}", each) for n, each in enumerate(seats))
    ),
    no_group=st.integers(0, 4),
    to_come=st.integers(0, 5),
    vacant=st.integers(0, 2),
    rule=st.sampled_from(MajorityRule),
).filter(lambda total: total.seats)


@cache
def ways(seats, places):
    """Every way to put `seats` into `places`, as tuples."""
    if places == 1:
        return ((seats,),)
    return tuple(
        (first, *rest) for first in range(seats + 1) for rest in ways(seats - first, places - 1)
    )


def endings(total):
    """Who would have a majority at each end of the count: a name, or None for no group.

    The last place of each way is for seats that stay vacant.
    """
    names = [*(group.name for group in total.groups), LATER, NO_GROUP]
    for way in ways(total.to_come, len(names) + 1):
        result = {name: seats for name, seats in zip(names, way, strict=False) if seats}
        end = total.with_results([result])
        if end.filled:
            majority = control_of(end.composition()).majority_group
            yield majority.name if majority else None


@settings(max_examples=150, deadline=None)
@given(totals)
def test_the_outlook_says_what_every_ending_has_in_common_and_nothing_else(total):
    found = outlook_of(total)
    at_the_end = set(endings(total))
    if found.outlook is Outlook.MAJORITY:
        assert at_the_end == {found.majority_group.name}
    elif found.outlook is Outlook.NO_MAJORITY:
        assert at_the_end <= {None}
    else:
        assert len(at_the_end) > 1
        can = {group.name for group in found.can_reach} | (
            {LATER} if found.is_open_to_new else set()
        )
        assert at_the_end - {None} == can


@settings(max_examples=100, deadline=None)
@given(totals)
def test_a_combination_has_its_majority_whatever_comes(total):
    so_far = {(each.names, each.ungrouped) for each in combinations_so_far(total)}
    for names, no_group in so_far:
        votes = sum(group.seats for group in total.groups if group.name in names) + no_group
        assert votes >= total.majority_at
    if not total.to_come and total.filled:
        now = minimal_combinations(total.composition())
        assert so_far == {(each.names, each.ungrouped) for each in now}


@given(totals, st.data())
def test_results_move_seats_and_none_appears_or_disappears(total, data):
    seats = data.draw(st.integers(0, total.to_come))
    after = total.with_results([{"g0": seats}])
    assert (after.seats, after.majority_at) == (total.seats, total.majority_at)
    assert after.to_come == total.to_come - seats
    with pytest.raises(CompositionError):
        total.with_results([{"G0": total.to_come + 1}])


def test_half_of_the_seats_is_no_majority():
    total = RunningTotal((GroupSeats("Oak", 24), GroupSeats("Ash", 20)), no_group=4)
    assert outlook_of(total).outlook is Outlook.NO_MAJORITY
    one_more = replace(total, no_group=3, to_come=1)
    assert outlook_of(one_more).outlook is Outlook.OPEN
    assert [group.name for group in outlook_of(one_more).can_reach] == ["Oak"]
    assert outlook_of(one_more.with_results([{"OAK": 1}])).majority_group == GroupSeats("Oak", 25)
    assert outlook_of(one_more.with_results([{NO_GROUP: 1}])).outlook is Outlook.NO_MAJORITY


def test_a_scenario_is_excluded_once_a_group_has_more_seats_than_in_it():
    scenario = Composition((Group("Ash", 10), Group("Oak", 12)), ungrouped=1)
    total = RunningTotal((GroupSeats("Oak", 12), GroupSeats("Ash", 4)), no_group=1, to_come=6)
    assert beyond(total, scenario) == ()
    after = total.with_results([{"Oak": 1, "Elm": 1, NO_GROUP: 1}])
    assert beyond(after, scenario) == (
        SeatsBeside("Elm", 1, 0),
        SeatsBeside("Oak", 13, 12),
        SeatsBeside(NO_GROUP, 2, 1),
    )


def test_after_the_last_result_every_group_that_differs_from_a_scenario_is_named():
    scenario = Composition((Group("Ash", 10), Group("Oak", 12), Group("Yew", 1)), ungrouped=1)
    total = RunningTotal((GroupSeats("Oak", 9), GroupSeats("Ash", 14)), no_group=1)
    assert beyond(total, scenario) == (
        SeatsBeside("Ash", 14, 10),
        SeatsBeside("Oak", 9, 12),
        SeatsBeside("Yew", 0, 1),
    )
    same = RunningTotal(
        (GroupSeats("Oak", 12), GroupSeats("Ash", 10), GroupSeats("Yew", 1)), no_group=1
    )
    assert beyond(same, scenario) == ()


def test_more_seats_than_a_council_can_have_are_refused():
    with pytest.raises(CompositionError, match="at most 300 seats, not 301"):
        RunningTotal(to_come=301)
