"""Compositions side by side: before the poll, each scenario, and the result once it is known."""

from dataclasses import dataclass

from elections.composition import control_of, minimal_combinations


@dataclass(frozen=True)
class Column:
    """One composition: its title, members by group, and what it means for control."""

    title: str
    pk: int | None
    members: dict
    ungrouped: int
    vacancies: int
    majority_at: int
    control: str
    combinations: tuple[str, ...]
    combinations_more: int


@dataclass(frozen=True)
class Comparison:
    """Rows are groups in alphabetical order, the same for every column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


COMBINATIONS_SHOWN = 6


def compare(named):
    """`named`: (title, key of the scenario or None, elections Composition), in order."""
    columns = tuple(_column(*each) for each in named)
    groups = sorted({name for column in columns for name in column.members}, key=str.casefold)
    rows = [(name, tuple(c.members.get(name, 0) for c in columns)) for name in groups]
    for name, kind in (("In no group", "ungrouped"), ("Vacant", "vacancies")):
        numbers = tuple(getattr(column, kind) for column in columns)
        if any(numbers):
            rows.append((name, numbers))
    return Comparison(columns, tuple(rows))


def _column(title, pk, composition):
    control = control_of(composition)
    combinations = minimal_combinations(composition)
    winner = control.majority_group
    return Column(
        title=title,
        pk=pk,
        members={group.name: group.members for group in composition.groups},
        ungrouped=composition.ungrouped,
        vacancies=composition.vacancies,
        majority_at=control.majority_at,
        control=f"{winner.name} has a majority" if winner else "No overall control",
        combinations=tuple(
            " + ".join([*each.names, *([f"{each.ungrouped} in no group"] * bool(each.ungrouped))])
            for each in combinations[:COMBINATIONS_SHOWN]
        ),
        combinations_more=max(0, len(combinations) - COMBINATIONS_SHOWN),
    )
