import re

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from councils.models import Council
from councils.verification import ChainVerification, verify


class Command(BaseCommand):
    help = (
        "Check that no entry of the councils' records has been altered, removed, added or "
        "reordered; exit code 1 if one has. It also prints the head of each chain. Keep the heads "
        "somewhere else and pass them back with --head: a person who can write to the database "
        "can also rewrite a whole chain, or cut off its end, and only an earlier head shows that."
    )

    def add_arguments(self, parser):
        parser.add_argument("councils", nargs="*", metavar="SLUG", help="default: all councils")
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            metavar="[SLUG=]SEQUENCE:CHECKSUM",
            help=(
                "a head printed earlier, which must still be in the chain; SLUG can be left out if "
                "one council is named"
            ),
        )

    def handle(self, *, councils, head, **options):
        heads = dict(_kept_head(text, councils) for text in head)
        chosen = Council.objects.order_by("name")
        if councils:
            chosen = chosen.filter(slug__in=councils)
        else:
            has_a_record = Q(chain_head__isnull=False) | Q(memberships__isnull=False)
            chosen = chosen.filter(has_a_record | Q(slug__in=heads)).distinct()
        unknown = (set(councils) | set(heads)) - set(Council.objects.values_list("slug", flat=True))
        if unknown:
            raise CommandError(f"No council has the slug {', '.join(sorted(unknown))}.")
        if councils and (left_out := set(heads) - set(councils)):
            raise CommandError(
                f"--head is given for {', '.join(sorted(left_out))}, which is not checked."
            )
        problems = 0
        for council in chosen:
            found = verify(council, kept_head=heads.get(council.slug))
            problems += len(found.problems)
            self.stdout.write(f"{council.name}: {_in_words(found)}")
            if found.amended_since:
                self.stdout.write(
                    f"  Since the head given, {found.amended_since} of the entries before it had a "
                    "name erased or were purged. Compare this with the erasures and deletions that "
                    "you know of."
                )
            for problem in found.problems:
                self.stdout.write(f"  {problem}")
            if found.head.sequence:
                self.stdout.write(f"  --head {council.slug}={found.head}")
        if problems:
            raise CommandError(f"{problems} problem{'s' if problems > 1 else ''} found.")


def _kept_head(text: str, councils: list[str]) -> tuple[str, tuple[int, str]]:
    """Return the slug, and the sequence and checksum, that a --head names."""
    match = re.fullmatch(r"(?:([\w-]+)=)?([0-9]{1,18}):([0-9a-f]{64})", text.strip())
    if not match:
        raise CommandError(f"--head: '{text}' is not [SLUG=]SEQUENCE:CHECKSUM.")
    slug, sequence, digest = match.groups()
    if not slug:
        if len(councils) != 1:
            raise CommandError(f"--head: '{text}' does not say which council it is for.")
        slug = councils[0]
    return slug, (int(sequence), digest)


def _in_words(found: ChainVerification) -> str:
    entries = f"{found.entries} {'entry' if found.entries == 1 else 'entries'}"
    details = [
        f"{count} {what}"
        for count, what in ((found.erased, "with a name erased"), (found.purged, "purged"))
        if count
    ]
    state = "altered" if found.problems else "unaltered"
    return f"{', '.join([entries, *details])}; {state}"
