"""The two permitted changes to the record: erasing a person's name, and purging old entries.

Each leaves an Amendment, itself an entry of the chain, which lists every entry that changed.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from ..models import AmendedEntry, Amendment, AppendOnlyModel, ChainLink, Council, User
from ..models.chain import new_salt, words_digest

Rewording = tuple[AppendOnlyModel, dict[str, str]]


def reword(council: Council, rewordings: Iterable[Rewording], *, by: User | None) -> Amendment:
    """Change the text of entries and destroy the salts of their earlier text.

    `rewordings` are pairs of an entry, or a part of one, and its new texts by field.
    """
    with transaction.atomic():
        touched: dict[type[AppendOnlyModel], set[int]] = {}
        for row, words in rewordings:
            type(row).objects.filter(pk=row.pk).reword(**words)
            model: Any = type(row)
            pk = row.pk
            if row.part_of:
                key: Any = row._meta.get_field(row.part_of)
                model, pk = key.related_model, getattr(row, key.attname)
            touched.setdefault(model, set()).add(pk)
        links, amended = [], []
        for model, pks in touched.items():
            entries = model.objects.in_bulk(pks)
            for link in _links_of(council, model, pks):
                entry = entries[link.row]
                parts = getattr(entry, entry.parts).all() if entry.parts else []
                link.salt = new_salt()
                words_seal = words_digest(entry, parts, link.salt)
                links.append(link)
                amended.append(AmendedEntry(sequence=link.sequence, words=words_seal))
        ChainLink.objects.bulk_update(links, ["salt"])
        return _record_amendment(council, Amendment.Kind.ERASED, amended, by=by)


def declare_purged(
    council: Council, entries: Iterable[QuerySet[Any]], *, by: User | None
) -> Amendment:
    """Record in the chain that entries are purged; their seals stay.

    `entries` are querysets, each of one model. The caller deletes the rows and their parts in the
    same transaction.
    """
    with transaction.atomic():
        amended = []
        for queryset in entries:
            links = _links_of(council, queryset.model, queryset.values("pk"))
            amended += [
                AmendedEntry(sequence=sequence)
                for sequence in links.values_list("sequence", flat=True)
            ]
            links.update(salt="")
        amended.sort(key=lambda entry: entry.sequence)
        return _record_amendment(council, Amendment.Kind.PURGED, amended, by=by)


def _links_of(council: Council, model: Any, pks: Any) -> QuerySet[ChainLink]:
    return ChainLink.objects.filter(council=council, table=model._meta.label_lower, row__in=pks)


def _record_amendment(
    council: Council, kind: Amendment.Kind, amended: list[AmendedEntry], *, by: User | None
) -> Amendment:
    amendment = Amendment.objects.create(council=council, kind=kind, by=by)
    for entry in amended:
        entry.amendment = amendment
    amendment.chain(AmendedEntry.objects.bulk_create(amended))
    return amendment
