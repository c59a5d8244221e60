import re
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from assessments.data_protection.council_file import in_short
from assessments.data_protection.council_import import Destination, ImportRefused
from operate.actions import import_from_file


class Command(BaseCommand):
    help = (
        "Import a council from another installation of the planner, from the file of "
        "`export_council SLUG --complete`. Nothing that is here is replaced. People are found by "
        "their email address; the others get an account, and set a password from the sign-in page. "
        "The council's record is verified before and after; if anything is wrong, nothing is "
        "written and the exit code is 1."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--name", default="", help="instead of the council's own")
        parser.add_argument("--slug", default="", help="instead of the council's own")
        parser.add_argument(
            "--into",
            default="",
            metavar="SLUG",
            help="a council that is here without people and plans, for example from the council "
            "directory; it keeps its name, slug and GSS code",
        )
        parser.add_argument(
            "--successor",
            default="",
            metavar="SLUG",
            help="the council here that takes over from it; its owners can then read the plans",
        )
        parser.add_argument(
            "--head",
            default="",
            metavar="SEQUENCE:CHECKSUM",
            help="a head of its record that verify_events printed in the other installation",
        )

    def handle(self, *, file, name, slug, into, successor, head, **options):
        if into and (name or slug):
            raise CommandError("With --into, the council keeps its name and slug here.")
        try:
            imported = import_from_file(
                file,
                Destination(into=into, slug=slug, name=name),
                successor=successor,
                kept_head=_kept_head(head),
                by=None,
            )
        except ImportRefused as error:
            raise CommandError(" ".join(str(error).split())) from error
        except DatabaseError as error:
            raise CommandError(f"Nothing was imported: {in_short(error)}.") from error
        council = imported.council
        self.stdout.write(f"Imported {council.name} ({council.slug}): {imported.in_words()}.")
        self.stdout.write(
            f"Accounts found here by email address: {imported.people_here}. New accounts: "
            f"{imported.people_made}; these people set a password with “Forgotten your password, "
            "or signing in for the first time?” on the sign-in page."
        )
        for note in imported.notes:
            self.stdout.write(note)
        self.stdout.write("Its record is unaltered.")


def _kept_head(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    match = re.fullmatch(r"(?:[\w-]+=)?([0-9]{1,18}):([0-9a-f]{64})", text.strip())
    if not match:
        raise CommandError(f"--head: '{text}' is not SEQUENCE:CHECKSUM.")
    return int(match[1]), match[2]
