import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from elections.balance_review import other_methods
from elections.bodies import BodyKind
from elections.political_balance import UNGROUPED, Allocation, BalanceError, Rules, allocate
from elections.seat_text import BalanceFile, SeatTextError, balance_from_csv


class Command(BaseCommand):
    help = (
        "Share out committee seats under political balance. The CSV file has the rows "
        "group,NAME,members; ungrouped,NAME,members and committee,NAME,size; also "
        "vacancy,NAME,number; joint group,NAME,Oak + Ash; and, in place of committee, "
        "sub-committee, joint committee, outside body or not balanced. A table of groups followed "
        "by a table of committees is understood too. Nothing is saved."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--json", action="store_true", help="as JSON")
        parser.add_argument(
            "--pool-sub-committees",
            action="store_true",
            help="add sub-committees to the ordinary committees under principle (c)",
        )
        parser.add_argument(
            "--other-methods",
            action="store_true",
            help="also show what other methods would give, and whether that is lawful",
        )

    def handle(
        self, *, file: Path, pool_sub_committees: bool, other_methods: bool, **options: Any
    ) -> None:
        try:
            read = balance_from_csv(_text(file))
            allocation = _allocation(read, pool_sub_committees=pool_sub_committees)
            others = _others(read, pool_sub_committees=pool_sub_committees) if other_methods else []
        except SeatTextError as error:
            raise CommandError(f"{file}: {error.first_line}") from error
        except BalanceError as error:
            raise CommandError(f"{file}: {error}") from error
        if options["json"]:
            data = _as_data(allocation) | {"notices": list(read.notices)}
            if other_methods:
                data["other_methods"] = others
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2))
        else:
            for line in _as_lines(allocation):
                self.stdout.write(line)
            for method in others:
                totals = ", ".join(f"{name} {seats}" for name, seats in method["totals"].items())
                self.stdout.write(f"{method['name']}: {totals}. {method['reason']}")
            for notice in read.notices:
                self.stdout.write(f"Note: {notice}")


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(
            f"{file} is not UTF-8 text. If it came from Excel, save it as “CSV UTF-8”."
        ) from error


def _outside(read: BalanceFile) -> dict[str, Any]:
    """The members in no group; a single row gives them its name."""
    return {
        "ungrouped": sum(row.members for row in read.ungrouped),
        "ungrouped_name": read.ungrouped[0].name if len(read.ungrouped) == 1 else UNGROUPED,
        "joint_groups": read.joint_groups,
    }


def _allocation(read: BalanceFile, *, pool_sub_committees: bool) -> Allocation:
    return allocate(
        read.groups,
        read.committees,
        vacancies=read.vacancies,
        rules=Rules(pool_sub_committees=pool_sub_committees),
        **_outside(read),
    )


def _others(read: BalanceFile, *, pool_sub_committees: bool) -> list[dict[str, Any]]:
    return [
        {
            "key": method.key,
            "name": method.name,
            "totals": dict(method.totals),
            "is_lawful": method.is_lawful,
            "reason": method.reason,
        }
        for method in other_methods(
            read.groups,
            read.committees,
            pool_sub_committees=pool_sub_committees,
            **_outside(read),
        )
    ]


def _as_data(allocation: Allocation) -> dict[str, Any]:
    return {
        "members": allocation.members,
        "seats": sum(committee.size for committee in allocation.committees),
        "totals": {share.party.name: share.seats for share in allocation.totals},
        "allocation": allocation.table,
        "kinds": {committee.name: committee.kind.value for committee in allocation.committees},
        "not_balanced": [committee.name for committee in allocation.left_out],
        "ties": [
            {
                "committee": tie.body or None,
                "between": list(tie.options),
                "shown": tie.shown,
            }
            for tie in allocation.open_ties
        ],
        "tie_outcomes": [
            {outcome.party: outcome.words for outcome in tie.outcomes}
            for tie in allocation.open_ties
        ],
        "warnings": [warning.words for warning in allocation.warnings],
        "working": [
            {
                "principle": row.principle,
                "committee": row.body or None,
                "words": row.words,
                "changes": [
                    {"committee": each.body or None, "party": each.party, "by": each.by}
                    for each in row.changes
                ],
            }
            for row in allocation.working
        ],
    }


def _together(allocation: Allocation) -> str:
    """Return what the bodies are called whose seats are added together under principle (c)."""
    if all(allocation.pooled):
        return "All"
    kinds = {
        committee.kind
        for committee, is_pooled in zip(allocation.committees, allocation.pooled, strict=True)
        if is_pooled
    }
    also = " and sub-committees" if BodyKind.SUB_COMMITTEE in kinds else ""
    return f"All ordinary committees{also}"


def _as_lines(allocation: Allocation) -> Iterator[str]:
    names = allocation.names
    widths = [max(len(name), 4) for name in names]
    together = _together(allocation)
    first = max(len(name) for name in [together, *(each.name for each in allocation.committees)])

    def line(name: str, cells: Sequence[str] | Sequence[int]) -> str:
        aligned = (f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        return f"{name:<{first}}  " + "  ".join(aligned)

    yield line("", names)
    for committee, row in allocation.rows:
        yield line(committee.name, [share.seats for share in row])
    yield line(together, [share.seats for share in allocation.totals])
    yield ""
    for step in allocation.working:
        yield (
            f"({step.principle}) {step.words}"
            if step.principle in {"a", "b", "c", "d"}
            else step.words
        )
    for tie in allocation.open_ties:
        where = tie.body or "all together"
        yield f"To be decided: 1 seat, {where}: {' or '.join(tie.options)}."
        for outcome in tie.outcomes:
            yield f"  {outcome.party} has it: {outcome.words}."
    for warning in allocation.warnings:
        yield f"Warning: {warning.words}"
