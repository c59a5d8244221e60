import re

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from councils.models import Council
from councils.verification import verify


class Command(BaseCommand):
    help = (
        "Check that no entry of the councils' records was altered, removed, added or reordered. "
        "Ends with 1 if one was. Prints the head of each chain: keep it elsewhere and give it back "
        "with --head, for whoever can write to the database can also write a whole chain anew, or "
        "cut its end off together with its head."
    )

    def add_arguments(self, parser):
        parser.add_argument("councils", nargs="*", metavar="SLUG", help="all councils without one")
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            metavar="SLUG=SEQUENCE:DIGEST",
            help="a head printed earlier, which must still be in the chain",
        )

    def handle(self, *, councils, head, **options):
        heads = dict(map(_kept, head))
        chosen = Council.objects.order_by("name")
        if councils:
            chosen = chosen.filter(slug__in=councils)
        else:
            has_a_record = Q(chain_head__isnull=False) | Q(memberships__isnull=False)
            chosen = chosen.filter(has_a_record).distinct()
        unknown = (set(councils) | set(heads)) - set(Council.objects.values_list("slug", flat=True))
        if unknown:
            raise CommandError(f"No council has the slug {', '.join(sorted(unknown))}.")
        problems = 0
        for council in chosen:
            found = verify(council, kept_head=heads.get(council.slug))
            problems += len(found.problems)
            self.stdout.write(f"{council.name}: {_in_words(found)}")
            for problem in found.problems:
                self.stdout.write(f"  {problem}")
            self.stdout.write(f"  head {council.slug}={found.head}")
        if problems:
            raise CommandError(f"{problems} problem{'s' if problems > 1 else ''} found.")


def _kept(text):
    match = re.fullmatch(r"([\w-]+)=([0-9]{1,18}):([0-9a-f]{64})", text)
    if not match:
        raise CommandError(f"--head: '{text}' is not SLUG=SEQUENCE:DIGEST.")
    slug, sequence, digest = match.groups()
    return slug, (int(sequence), digest)


def _in_words(found):
    entries = f"{found.entries} {'entry' if found.entries == 1 else 'entries'}"
    details = [
        f"{count} {what}"
        for count, what in ((found.erased, "erased in part"), (found.purged, "purged"))
        if count
    ]
    state = "altered" if found.problems else "whole"
    return f"{', '.join([entries, *details])}; {state}"
