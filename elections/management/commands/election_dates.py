import datetime as dt
import json
import re
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from elections.timetable import (
    CouncilKind,
    Cycle,
    ElectionDayError,
    Occasion,
    Timetable,
    timetable_for,
)

KEYS = (
    "notice_of_election",
    "pre_election_period",
    "nominations_close",
    "statement_of_persons_nominated",
    "registration_deadline",
    "postal_vote_deadline",
    "proxy_vote_deadline",
    "notice_of_poll",
    "polling_agents_deadline",
    "lost_postal_votes_from",
    "retirement",
    "annual_meeting_from",
    "annual_meeting_to",
    "annual_meeting_default",
    "summons_for_default",
    "register_of_interests_by",
    "expenses_deadline",
    "acceptance_of_office_by",
)


class Command(BaseCommand):
    help = "Print the dates that follow from an election day by law and good practice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "election_day", help="a Thursday, or any working day for a by-election, as YYYY-MM-DD"
        )
        parser.add_argument("--json", action="store_true", help="the statutory dates as JSON")
        parser.add_argument(
            "--by-election",
            action="store_true",
            help="no councillors retire, and the annual meeting is the next one that is due",
        )
        parser.add_argument(
            "--bank-holiday",
            action="append",
            default=[],
            metavar="YYYY-MM-DD[:YYYY-MM-DD]",
            help="a bank holiday that is too new to be known here, and the day it was declared if "
            "that was after the notice of election; can be repeated",
        )
        parser.add_argument(
            "--council-type",
            choices=[kind.value for kind in CouncilKind],
            help="the type of council: a county issues a precept",
        )
        parser.add_argument(
            "--cycle",
            choices=[cycle.value for cycle in Cycle if cycle],
            default="",
            help="how the council is elected: who retires, and the next annual meeting",
        )

    def handle(
        self,
        *,
        election_day: str,
        json: bool,
        by_election: bool,
        bank_holiday: Sequence[str],
        council_type: str | None,
        cycle: str,
        **options: Any,
    ) -> None:
        holidays = [each.partition(":") for each in bank_holiday]
        try:
            timetable = timetable_for(
                _day(election_day),
                extra_bank_holidays=[_day(day) for day, _, _ in holidays],
                declared={_day(day): _day(on) for day, _, on in holidays if on},
                occasion=Occasion.BY_ELECTION if by_election else Occasion.ORDINARY,
                council_type=council_type,
                cycle=cycle,
            )
        except ElectionDayError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_as_json(timetable) if json else _as_table(timetable))


def _day(text: str) -> dt.date:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is not a real date. Write it as YYYY-MM-DD.") from None


def _as_json(timetable: Timetable) -> str:
    dates: dict[str, dt.date | None] = {key: getattr(timetable, key) for key in KEYS}
    return json.dumps({key: day and day.isoformat() for key, day in dates.items()}, indent=2)


def _as_table(timetable: Timetable) -> str:
    lines = []
    for date in timetable.all_dates:
        if date.date is None:
            continue
        until = f" to {date.until:%a} {date.until.day} {date.until:%b %Y}" if date.until else ""
        lines.append(f"{date.date:%a} {date.date.day:>2} {date.date:%b %Y}{until}  {date.label}")
        lines.append(f"    {date.rule} {date.standing.capitalize()}: {date.source}.")
    return "\n".join(lines)
