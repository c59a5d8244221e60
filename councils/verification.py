"""Checks that a council's record is as it was written, by reading its chain link by link, and that
what pages show agrees with it.

What a chain can and cannot show is explained in `models.chain`.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.apps import apps

from .models import Amendment, AppendOnlyModel, ChainHead, ChainLink, Council
from .models.chain import facts_digest, words_digest

AT_ONCE = 500  # links read at a time

KindsOfEntry = dict[str, type[AppendOnlyModel]]

# Checks by other apps of what they hold against the record; each yields a sentence per problem.
FURTHER_CHECKS: list[Callable[[Council], Iterable[str]]] = []


@dataclass
class ChainVerification:
    """The result of checking one council's chain: unaltered if there are no `problems`."""

    head: ChainHead
    entries: int = 0
    erased: int = 0
    purged: int = 0
    problems: list[str] = field(default_factory=list)


def kinds_of_entry() -> KindsOfEntry:
    """Return every model whose rows are entries of a chain, by the label that links store."""
    return {
        model._meta.label_lower: model
        for model in apps.get_models()
        if issubclass(model, AppendOnlyModel) and not model.part_of
    }


def verify(council: Council, *, kept_head: tuple[int, str] | None = None) -> ChainVerification:
    """Check the whole chain of a council; `kept_head` is a (sequence, checksum) noted earlier."""
    head = ChainHead.objects.filter(council=council).first() or ChainHead(council=council)
    found = ChainVerification(head)
    kinds = kinds_of_entry()
    amended = _amended_entries(council)
    in_chain: dict[str, set[int]] = {table: set() for table in kinds}
    last = ChainLink(sequence=0)
    digests = {}
    links = ChainLink.objects.filter(council=council).order_by("sequence").iterator(AT_ONCE)
    while batch := list(islice(links, AT_ONCE)):
        rows = _rows_of(batch, kinds)
        for link in batch:
            found.entries += 1
            _check_link(link, last, found)
            _check_entry(link, rows.get((link.table, link.row)), kinds, amended, found)
            in_chain.setdefault(link.table, set()).add(link.row)
            if kept_head and link.sequence == kept_head[0]:
                digests[link.sequence] = link.digest
            last = link
    if (head.sequence, head.digest) != (last.sequence, last.digest):
        found.problems.append(
            f"The chain should end with entry {head.sequence}. It ends with entry {last.sequence}, "
            "or with another entry of that number."
        )
    if kept_head and not secrets.compare_digest(digests.get(kept_head[0], ""), kept_head[1]):
        found.problems.append(
            f"Entry {kept_head[0]} does not have the checksum given with --head: the chain has "
            "been cut or rewritten since."
        )
    for table, model in kinds.items():
        pks = model.objects.of_council(council.pk).order_by("pk").values_list("pk", flat=True)
        found.problems += [
            f"{table} {pk} is not in the chain, so the planner did not add it."
            for pk in pks
            if pk not in in_chain[table]
        ]
    for check in FURTHER_CHECKS:
        found.problems += check(council)
    return found


def _amended_entries(council: Council) -> dict[int, tuple[str, str]]:
    """Return the kind, and the new seal of the text, of each amended entry's latest amendment."""
    amendments = Amendment.objects.filter(council=council).order_by("pk")
    return {
        entry.sequence: (amendment.kind, entry.words)
        for amendment in amendments.prefetch_related("amended")
        for entry in amendment.amended.all()
    }


def amended_rows(council: Council, model: type[AppendOnlyModel]) -> set[int]:
    """Return the keys of the entries of `model` from which a person was erased."""
    links = ChainLink.objects.filter(council=council, table=model._meta.label_lower)
    amended = _amended_entries(council)
    return set(links.filter(sequence__in=amended).values_list("row", flat=True))


def _rows_of(links: list[ChainLink], kinds: KindsOfEntry) -> dict[tuple[str, int], Any]:
    """Return the entries that links seal, by model and key, each with its parts."""
    rows: dict[tuple[str, int], Any] = {}
    for table, model in kinds.items():
        wanted = [link.row for link in links if link.table == table]
        entries = model.objects.filter(pk__in=wanted)
        if model.parts:
            entries = entries.prefetch_related(model.parts)
        rows |= {(table, entry.pk): entry for entry in entries}
    return rows


def _check_link(link: ChainLink, last: ChainLink, found: ChainVerification) -> None:
    if link.sequence != last.sequence + 1:
        gone = _span(last.sequence + 1, link.sequence - 1)
        found.problems.append(f"{gone} missing from the chain.")
    elif link.digest != link.digest_after(last.digest):
        found.problems.append(
            f"Entry {link.sequence} does not follow from the one before it: its link or the order "
            "was altered."
        )


def _check_entry(
    link: ChainLink,
    row: Any,
    kinds: KindsOfEntry,
    amended: dict[int, tuple[str, str]],
    found: ChainVerification,
) -> None:
    name = f"Entry {link.sequence} ({link.table} {link.row})"
    kind, words = amended.get(link.sequence, ("", link.words))
    if kind == Amendment.Kind.PURGED:
        found.purged += 1
        if row is not None:
            found.problems.append(f"{name} was purged, but exists again.")
        return
    if kind == Amendment.Kind.ERASED:
        found.erased += 1
    if link.table not in kinds:
        found.problems.append(f"{name} is of an unknown kind.")
    elif row is None:
        found.problems.append(f"{name} was removed.")
    else:
        parts = list(getattr(row, row.parts).all()) if row.parts else []
        if facts_digest(row, parts) != link.facts:
            found.problems.append(
                f"{name} was altered: who, when, what it is about, or the fields it lists."
            )
        if words_digest(row, parts, link.salt) != words:
            found.problems.append(f"{name} was altered: its text.")


def _span(first: int, last: int) -> str:
    return f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
