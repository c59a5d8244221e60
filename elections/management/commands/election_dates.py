import datetime as dt
import json
import re

from django.core.management.base import BaseCommand, CommandError

from elections.timetable import ElectionDayError, Occasion, timetable_for

KEYS = (
    "notice_of_election",
    "pre_election_period",
    "nominations_close",
    "statement_of_persons_nominated",
    "notice_of_poll",
    "retirement",
    "annual_meeting_from",
    "annual_meeting_to",
    "annual_meeting_default",
    "summons_for_default",
    "acceptance_of_office_by",
)


class Command(BaseCommand):
    help = "Print the dates that the law and good practice hang on an election day."

    def add_arguments(self, parser):
        parser.add_argument("election_day", help="a Thursday, as YYYY-MM-DD")
        parser.add_argument("--json", action="store_true", help="the statutory dates as JSON")
        parser.add_argument(
            "--by-election",
            action="store_true",
            help="nobody retires, and the annual meeting is held in March, April or May",
        )
        parser.add_argument(
            "--bank-holiday",
            action="append",
            default=[],
            metavar="YYYY-MM-DD",
            help="a bank holiday that is too new to be known here; may be given again",
        )

    def handle(self, *, election_day, json, by_election, bank_holiday, **options):
        extra = [_day(each) for each in bank_holiday]
        occasion = Occasion.BY_ELECTION if by_election else Occasion.ORDINARY
        try:
            timetable = timetable_for(
                _day(election_day), extra_bank_holidays=extra, occasion=occasion
            )
        except ElectionDayError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_as_json(timetable) if json else _as_table(timetable))


def _day(text):
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is not a real date. Write it as YYYY-MM-DD.") from None


def _as_json(timetable):
    dates = {key: getattr(timetable, key) for key in KEYS}
    return json.dumps({key: day and day.isoformat() for key, day in dates.items()}, indent=2)


def _as_table(timetable):
    lines = []
    for date in timetable.key_dates:
        until = f" to {date.until:%a} {date.until.day} {date.until:%b %Y}" if date.until else ""
        lines.append(f"{date.date:%a} {date.date.day:>2} {date.date:%b %Y}{until}  {date.label}")
        lines.append(f"    {date.rule} {date.standing.capitalize()}: {date.source}.")
    return "\n".join(lines)
