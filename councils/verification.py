"""Checks that a council's record is as it was written, by reading its chain link by link, and that
what pages show agrees with it.

What a chain can and cannot show is explained in `models.chain`.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from django.apps import apps

from .models import (
    AmendedEntry,
    Amendment,
    AppendOnlyModel,
    ChainHead,
    ChainLink,
    Council,
    CouncilImport,
)
from .models.chain import SealedKeys, facts_digest, words_digest
from .models.imports import SealedKeysByEntry
from .one_moment import in_one_moment

AT_ONCE = 500  # links read at a time

KindsOfEntry = dict[str, type[AppendOnlyModel]]
# By model and key: the entry and its parts.
Entries = dict[tuple[str, int], tuple[Any, list[Any]]]
# By number of the entry: the kind of its latest amendment, and the new seal of its text.
AmendedSeals = dict[int, tuple[str, str]]

# Checks by other apps of what they hold against the record; each yields a sentence per problem.
FURTHER_CHECKS: list[Callable[[Council], Iterable[str]]] = []


@dataclass
class ChainVerification:
    """The result of checking one council's chain: unaltered if there are no `problems`.

    `amended_since` counts the entries up to the kept head that were purged after it, or from which
    a name was erased. A person who can write to the database can add an erasure that no one made,
    and change the text of an entry under it.
    """

    head: ChainHead
    entries: int = 0
    erased: int = 0
    purged: int = 0
    amended_since: int = 0
    problems: list[str] = field(default_factory=list)


def kinds_of_entry() -> KindsOfEntry:
    """Return every model whose rows are entries of a chain, by the label that links store."""
    return {
        model._meta.label_lower: model
        for model in apps.get_models()
        if issubclass(model, AppendOnlyModel) and not model.part_of
    }


class StoredRecord:
    """A council's record as the database has it."""

    def __init__(self, council: Council):
        self.council = council
        self.head = ChainHead.objects.filter(council=council).first() or ChainHead(council=council)
        self.keys = SealedKeysByEntry(list(CouncilImport.objects.of_council(council.pk)))

    def amended(self) -> AmendedSeals:
        return _amended_entries(self.council)

    def links(self) -> Iterator[list[ChainLink]]:
        """Yield the links in order, some at a time."""
        links = ChainLink.objects.filter(council=self.council).order_by("sequence")
        rows = links.iterator(AT_ONCE)
        while batch := list(islice(rows, AT_ONCE)):
            yield batch

    def entries(self, links: list[ChainLink], kinds: KindsOfEntry) -> Entries:
        """Return the entries that links seal, by model and key, each with its parts."""
        found: Entries = {}
        for table, model in kinds.items():
            wanted = [link.row for link in links if link.table == table]
            entries = model.objects.filter(pk__in=wanted)
            if model.parts:
                entries = entries.prefetch_related(model.parts)
            found |= {(table, entry.pk): (entry, parts_of(entry)) for entry in entries}
        return found

    def rows_of(self, model: type[AppendOnlyModel]) -> Iterable[int]:
        """Return the keys of all entries of a model."""
        rows = model.objects.of_council(self.council.pk).order_by("pk")
        return rows.values_list("pk", flat=True)


class Record(Protocol):
    """Where `verify_chain` finds a record: the database, or the file of an import."""

    head: ChainHead
    keys: SealedKeysByEntry

    def amended(self) -> AmendedSeals: ...
    def links(self) -> Iterator[list[ChainLink]]: ...
    def entries(self, links: list[ChainLink], kinds: KindsOfEntry) -> Entries: ...
    def rows_of(self, model: type[AppendOnlyModel]) -> Iterable[int]: ...


def parts_of(entry: Any) -> list[Any]:
    return list(getattr(entry, entry.parts).all()) if entry.parts else []


def verify(council: Council, *, kept_head: tuple[int, str] | None = None) -> ChainVerification:
    """Check the whole chain of a council; `kept_head` is a (sequence, checksum) noted earlier.

    What is saved meanwhile can look altered, because not all is read at one moment. If there are
    problems and the chain has grown, all is read again as it is at one moment.
    """
    found = _verify(council, kept_head)
    if found.problems:
        head = found.head.sequence, found.head.digest
        with in_one_moment():
            now = ChainHead.objects.filter(council=council).values_list("sequence", "digest")
            if now.first() not in (None, head):
                found = _verify(council, kept_head)
    return found


def _verify(council: Council, kept_head: tuple[int, str] | None) -> ChainVerification:
    found = verify_chain(StoredRecord(council), kept_head=kept_head)
    for check in FURTHER_CHECKS:
        found.problems += check(council)
    if kept_head:
        found.amended_since = _amended_since(council, kept_head[0])
    return found


def verify_chain(record: Record, *, kept_head: tuple[int, str] | None = None) -> ChainVerification:
    """Check a chain and its entries, without FURTHER_CHECKS."""
    head = record.head
    found = ChainVerification(head)
    kinds = kinds_of_entry()
    amended = record.amended()
    in_chain: dict[str, set[int]] = {table: set() for table in kinds}
    last = ChainLink(sequence=0)
    digests = {}
    for batch in record.links():
        entries = record.entries(batch, kinds)
        for link in batch:
            keys = record.keys.of(link.sequence)
            found.entries += 1
            _check_link(link, last, keys, found)
            entry = entries.get((link.table, link.row))
            _check_entry(link, entry, kinds, amended, keys, found)
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
        found.problems += [
            f"{table} {pk} is not in the chain, so the planner did not add it."
            for pk in record.rows_of(model)
            if pk not in in_chain[table]
        ]
    return found


def _amended_entries(council: Council) -> AmendedSeals:
    """Return the kind, and the new seal of the text, of each amended entry's latest amendment."""
    amendments = Amendment.objects.filter(council=council).order_by("pk")
    return {
        entry.sequence: (amendment.kind, entry.words)
        for amendment in amendments.prefetch_related("amended")
        for entry in amendment.amended.all()
    }


def _amended_since(council: Council, sequence: int) -> int:
    """Return how many entries up to that one were amended after it."""
    label = Amendment._meta.label_lower
    later = ChainLink.objects.filter(council=council, table=label, sequence__gt=sequence)
    amended = AmendedEntry.objects.filter(amendment__in=later.values("row"), sequence__lte=sequence)
    return amended.values("sequence").distinct().count()


def amended_rows(council: Council, model: type[AppendOnlyModel]) -> set[int]:
    """Return the keys of the entries of `model` from which a person was erased."""
    links = ChainLink.objects.filter(council=council, table=model._meta.label_lower)
    amended = _amended_entries(council)
    return set(links.filter(sequence__in=amended).values_list("row", flat=True))


def _check_link(
    link: ChainLink, last: ChainLink, keys: SealedKeys, found: ChainVerification
) -> None:
    if link.sequence != last.sequence + 1:
        gone = _span(last.sequence + 1, link.sequence - 1)
        found.problems.append(f"{gone} missing from the chain.")
    elif link.digest != link.digest_after(last.digest, keys):
        found.problems.append(
            f"Entry {link.sequence} does not follow from the one before it: its link or the order "
            "was altered."
        )


def _check_entry(
    link: ChainLink,
    entry: tuple[Any, list[Any]] | None,
    kinds: KindsOfEntry,
    amended: AmendedSeals,
    keys: SealedKeys,
    found: ChainVerification,
) -> None:
    name = f"Entry {link.sequence} ({link.table} {link.row})"
    kind, words = amended.get(link.sequence, ("", link.words))
    if kind == Amendment.Kind.PURGED:
        found.purged += 1
        if entry is not None:
            found.problems.append(f"{name} was purged, but exists again.")
        return
    if kind == Amendment.Kind.ERASED:
        found.erased += 1
    if link.table not in kinds:
        found.problems.append(f"{name} is of an unknown kind.")
    elif entry is None:
        found.problems.append(f"{name} was removed.")
    else:
        row, parts = entry
        if facts_digest(row, parts, keys) != link.facts:
            found.problems.append(
                f"{name} was altered: who, when, what it is about, or the fields it lists."
            )
        if words_digest(row, parts, link.salt) != words:
            found.problems.append(f"{name} was altered: its text.")


def _span(first: int, last: int) -> str:
    return f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
