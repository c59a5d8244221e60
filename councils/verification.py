"""Whether a council's record is what it was when each entry was made: its chain, read link by link.

Nothing is changed here. What a chain can show, and what it cannot, is said in `models.chain`.
"""

import secrets
from dataclasses import dataclass, field
from itertools import islice

from django.apps import apps

from .models import Amendment, AppendOnlyModel, ChainHead, ChainLink
from .models.chain import facts_digest, words_digest

AT_ONCE = 500


@dataclass
class Verified:
    """What checking one council's chain found. `problems` are sentences, none if all is well."""

    head: ChainHead
    entries: int = 0
    erased: int = 0
    purged: int = 0
    problems: list = field(default_factory=list)


def kinds_of_entry():
    """Every table whose rows are entries of a chain, by the name that links give it."""
    return {
        model._meta.label_lower: model
        for model in apps.get_models()
        if issubclass(model, AppendOnlyModel) and not model.part_of
    }


def verify(council, *, kept_head=None):
    """Check the whole chain of a council; `kept_head` is a (sequence, digest) noted earlier."""
    head = ChainHead.objects.filter(council=council).first() or ChainHead(council=council)
    found = Verified(head)
    kinds = kinds_of_entry()
    amended = _amended_entries(council)
    in_chain = {table: set() for table in kinds}
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
            f"The chain should end with entry {head.sequence}; it ends with entry {last.sequence}, "
            "or that one is not the one that was written."
        )
    if kept_head and not secrets.compare_digest(digests.get(kept_head[0], ""), kept_head[1]):
        found.problems.append(
            f"Entry {kept_head[0]} is not the one whose digest was kept: the chain was cut or "
            "written anew since."
        )
    for table, model in kinds.items():
        pks = model.objects.of_council(council.pk).order_by("pk").values_list("pk", flat=True)
        found.problems += [
            f"{table} {pk} was added, but not by the product: it is not in the chain."
            for pk in pks
            if pk not in in_chain[table]
        ]
    return found


def _amended_entries(council):
    """The latest amendment of each entry that has one: its kind, and the seal of its words."""
    amendments = Amendment.objects.filter(council=council).order_by("pk")
    return {
        entry.sequence: (amendment.kind, entry.words)
        for amendment in amendments.prefetch_related("amended")
        for entry in amendment.amended.all()
    }


def _rows_of(links, kinds):
    """The entries that links seal, by table and key, each with its parts."""
    rows = {}
    for table, model in kinds.items():
        wanted = [link.row for link in links if link.table == table]
        entries = model.objects.filter(pk__in=wanted)
        if model.parts:
            entries = entries.prefetch_related(model.parts)
        rows |= {(table, entry.pk): entry for entry in entries}
    return rows


def _check_link(link, last, found):
    if link.sequence != last.sequence + 1:
        gone = _span(last.sequence + 1, link.sequence - 1)
        found.problems.append(f"{gone} missing from the chain.")
    elif link.digest != link.digest_after(last.digest):
        found.problems.append(
            f"Entry {link.sequence} does not follow from the one before it: its link was altered, "
            "or the order was."
        )


def _check_entry(link, row, kinds, amended, found):
    name = f"Entry {link.sequence} ({link.table} {link.row})"
    kind, words = amended.get(link.sequence, ("", link.words))
    if kind == Amendment.Kind.PURGED:
        found.purged += 1
        if row is not None:
            found.problems.append(f"{name} was purged, and is there again.")
        return
    if kind == Amendment.Kind.ERASED:
        found.erased += 1
    if link.table not in kinds:
        found.problems.append(f"{name} is of a kind that the product does not know.")
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


def _span(first, last):
    return f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
