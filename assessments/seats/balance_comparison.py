"""An allocation compared: with other methods, with other sizes of body, with an earlier one."""

from dataclasses import dataclass, replace

from elections.balance_review import (
    BalanceComparison,
    SizeRow,
    compare,
    other_methods,
    size_table,
)

from .balance_report import balance_report


@dataclass(frozen=True)
class MethodRow:
    """What another method gives: totals and cells in the order of the allocation's parties."""

    name: str
    totals: tuple[int, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    is_lawful: bool
    reason: str


@dataclass(frozen=True)
class BeforeAndAfter:
    """Two allocations as adopted. `totals` are (party, before, after, change in words)."""

    totals: tuple[tuple[str, int | None, int | None, str], ...]
    sentences: tuple[str, ...]
    new_bodies: tuple[str, ...]
    ended_bodies: tuple[str, ...]


def methods_for(balance, allocation) -> tuple[MethodRow, ...]:
    """Return what methods that councils have used would give. Nothing is saved."""
    composition = balance.composition.worked_out
    return tuple(
        MethodRow(
            name=method.name,
            totals=tuple(method.totals.get(name, 0) for name in allocation.names),
            rows=tuple(
                (body, tuple(row.get(name, 0) for name in allocation.names))
                for body, row in method.table.items()
            ),
            is_lawful=method.is_lawful,
            reason=method.reason,
        )
        for method in other_methods(
            composition.groups,
            balance.bodies,
            ungrouped=composition.ungrouped,
            joint_groups=balance.groups_treated_as_one,
            pool_sub_committees=balance.pool_sub_committees,
        )
    )


def sizes_for(balance) -> tuple[SizeRow, ...]:
    """Return how a body of each size from 3 to 15 would be filled, and whether it balances."""
    composition = balance.composition.worked_out
    return size_table(
        composition.groups,
        ungrouped=composition.ungrouped,
        joint_groups=balance.groups_treated_as_one,
    )


def before_and_after(earlier, later) -> BeforeAndAfter:
    """Return what changes between two PoliticalBalances, each with the seats as adopted."""
    before, after = _as_adopted(earlier), _as_adopted(later)
    found = compare(before, after)
    names_before = {body.name.casefold() for body in before.committees}
    names_after = {body.name.casefold() for body in after.committees}
    return BeforeAndAfter(
        totals=_totals(found),
        sentences=found.sentences,
        new_bodies=tuple(
            body.name for body in after.committees if body.name.casefold() not in names_before
        ),
        ended_bodies=tuple(
            body.name for body in before.committees if body.name.casefold() not in names_after
        ),
    )


def _as_adopted(balance):
    allocation = balance.worked_out()
    report = balance_report(balance, current=None)
    return replace(
        allocation,
        seats=tuple(
            tuple(
                replace(share, seats=cell.adopted)
                for share, cell in zip(shares, row.cells, strict=True)
            )
            for shares, row in zip(allocation.seats, report.rows, strict=True)
        ),
        totals=tuple(replace(row.share, seats=row.adopted) for row in report.totals),
    )


def _totals(found: BalanceComparison):
    """The totals of all bodies in balance, so that they add up to what the sentences say."""
    rows = []
    for party in dict.fromkeys(cell.party for cell in found.cells):
        own = [cell for cell in found.cells if cell.party == party]
        before = [cell.before for cell in own if cell.before is not None]
        after = [cell.after for cell in own if cell.after is not None]
        change = sum(after) - sum(before)
        words = "no change" if not change else f"{'+' if change > 0 else '−'}{abs(change)}"
        rows.append((party, sum(before) if before else None, sum(after) if after else None, words))
    return tuple(rows)
