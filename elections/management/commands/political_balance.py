import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from elections.political_balance import UNGROUPED, BalanceError, allocate
from elections.seat_text import SeatTextError, balance_from_csv


class Command(BaseCommand):
    help = (
        "Share out committee seats under strict political balance. The CSV file has the rows "
        "group,NAME,members; ungrouped,NAME,members and committee,NAME,size. Nothing is saved."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *, file, **options):
        try:
            allocation = _allocation(_text(file))
        except SeatTextError as error:
            raise CommandError(f"{file}: {error.first_line}") from error
        except BalanceError as error:
            raise CommandError(f"{file}: {error}") from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(allocation), ensure_ascii=False, indent=2))
        else:
            for line in _as_lines(allocation):
                self.stdout.write(line)


def _text(file):
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(
            f"{file} is not UTF-8 text. If it came from Excel, save it as “CSV UTF-8”."
        ) from error


def _allocation(text):
    """Ungrouped members share what no group is due; one row alone lends them its name."""
    read = balance_from_csv(text)
    return allocate(
        read.groups,
        read.committees,
        ungrouped=sum(row.members for row in read.ungrouped),
        ungrouped_name=read.ungrouped[0].name if len(read.ungrouped) == 1 else UNGROUPED,
    )


def _as_data(allocation):
    return {
        "members": allocation.members,
        "seats": sum(committee.size for committee in allocation.committees),
        "totals": {share.party.name: share.seats for share in allocation.totals},
        "allocation": {
            committee.name: {share.party.name: share.seats for share in row}
            for committee, row in allocation.rows
        },
        "ties": [
            {
                "committee": tie.body or None,
                "between": list(tie.options),
                "shown": tie.shown,
            }
            for tie in allocation.open_ties
        ],
        "warnings": [warning.words for warning in allocation.warnings],
        "working": [
            {"principle": row.principle, "committee": row.body or None, "words": row.words}
            for row in allocation.working
        ],
    }


def _as_lines(allocation):
    names = [party.name for party in allocation.parties]
    widths = [max(len(name), 4) for name in names]
    first = max(len(committee.name) for committee in allocation.committees)

    def line(name, numbers):
        cells = (f"{n:>{width}}" for n, width in zip(numbers, widths, strict=True))
        return f"{name:<{first}}  " + "  ".join(cells)

    yield line("", names)
    for committee, row in allocation.rows:
        yield line(committee.name, [share.seats for share in row])
    yield line("All", [share.seats for share in allocation.totals])
    yield ""
    for row in allocation.working:
        yield (
            f"({row.principle}) {row.words}" if row.principle in {"a", "b", "c", "d"} else row.words
        )
    for tie in allocation.open_ties:
        where = tie.body or "all together"
        yield f"Someone has to choose: one seat, {where}: {' or '.join(tie.options)}."
    for warning in allocation.warnings:
        yield f"Warning: {warning.words}"
