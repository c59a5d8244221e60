import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from elections.composition import (
    Composition,
    MajorityRule,
    control_of,
    exact_halves,
    minimal_combinations,
    standings,
)
from elections.seat_text import SeatTextError, read_composition

SHOWN = 20  # combinations in the text; --json has them all


class Command(BaseCommand):
    help = (
        "Say whether a group has a majority on a council, and which combinations of groups would. "
        "Nothing is saved."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "groups", help='for example "Oak 23, Ash 5, Elm 2", or rows as from a spreadsheet'
        )
        parser.add_argument("--vacancies", type=int, default=0, metavar="N", help="vacant seats")
        parser.add_argument(
            "--ungrouped",
            type=int,
            default=0,
            metavar="N",
            help="members in no group",
        )
        parser.add_argument(
            "--rule",
            choices=[rule.value for rule in MajorityRule],
            default=MajorityRule.SEATS.value,
            help="how a majority is calculated: of all seats (the default) or of members in post",
        )
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(
        self, *, groups: str, vacancies: int, ungrouped: int, rule: str, **options: Any
    ) -> None:
        try:
            reading = read_composition(
                groups,
                vacancies=vacancies,
                ungrouped=ungrouped,
                rule=MajorityRule(rule),
                word="Group" if "\n" not in groups.strip() else "Row",
            )
            if reading.composition is None:
                raise SeatTextError(reading.questions)
        except SeatTextError as error:
            raise CommandError(error.first_line) from error
        if options["json"]:
            data = _as_data(reading.composition) | {"notices": list(reading.notices)}
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2))
        else:
            for line in _as_lines(reading.composition):
                self.stdout.write(line)
            for notice in reading.notices:
                self.stdout.write(f"Note: {notice}")


def _as_data(composition: Composition) -> dict[str, Any]:
    control = control_of(composition)
    combinations = minimal_combinations(composition)
    halves = exact_halves(composition, with_ungrouped=True)
    return {
        "total": composition.seats,
        "in_post": composition.in_post,
        "vacancies": composition.vacancies,
        "ungrouped": composition.ungrouped,
        "rule": composition.rule.value,
        "majority_at": control.majority_at,
        "status": control.status.value,
        "majority_group": control.majority_group.name if control.majority_group else None,
        "groups": [
            {
                "name": standing.group.name,
                "members": standing.group.members,
                "short_by": standing.short_by,
                "abstentions_needed": standing.abstentions,
                "partners": list(standing.partners),
            }
            for standing in standings(composition)
        ],
        "combinations": [list(each.names) for each in combinations if not each.ungrouped],
        "combinations_with_ungrouped": [
            {"groups": list(each.names), "ungrouped": each.ungrouped}
            for each in combinations
            if each.ungrouped
        ],
        "exact_halves": [list(half.names) for half in halves if not half.ungrouped],
        "exact_halves_with_ungrouped": [
            {"groups": list(half.names), "ungrouped": half.ungrouped}
            for half in halves
            if half.ungrouped
        ],
    }


def _as_lines(composition: Composition) -> Iterator[str]:
    control = control_of(composition)
    counted = "members in post" if composition.rule is MajorityRule.IN_POST else "seats"
    vacant = f", {composition.vacancies} of them vacant" if composition.vacancies else ""
    yield f"{composition.seats} seats{vacant}."
    yield f"A majority takes {control.majority_at} of {composition.counted} {counted}."
    if control.majority_group is not None:
        yield f"{control.majority_group.name} has a majority."
    else:
        yield "No overall control: no group has a majority."
    yield ""
    for standing in standings(composition):
        words = f"{standing.short_by} short of a majority" if standing.short_by else "a majority"
        yield f"{standing.group.name:<30} {standing.group.members:>4}  {words}"
    combinations = minimal_combinations(composition)
    yield ""
    yield (
        f"Combinations that have a majority, and would lose it if any one part left: "
        f"{len(combinations)}"
    )
    for each in combinations[:SHOWN]:
        yield f"  {' + '.join(each.parts)}: {each.members}"
    if len(combinations) > SHOWN:
        yield f"  and {len(combinations) - SHOWN} more; --json lists them all"
    halves = exact_halves(composition, with_ungrouped=True)
    if halves:
        named = "; ".join(" + ".join(half.parts) for half in halves)
        yield f"Exactly half: {named}. A casting vote can carry a motion, but it is not a majority."
