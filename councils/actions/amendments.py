"""The two lawful ways to touch the record: erase a person's name in it, purge what is too old.

Each leaves an Amendment, itself an entry of the chain, which names every entry that was touched.
"""

from django.db import transaction

from ..models import AmendedEntry, Amendment, ChainLink
from ..models.chain import new_salt, words_digest


def reword(council, rewordings, *, by):
    """Change what entries of a council's record say, and destroy the salts of what they said.

    `rewordings` are pairs of an entry, or a part of one, and its new texts by field.
    """
    with transaction.atomic():
        touched = {}
        for row, words in rewordings:
            type(row).objects.filter(pk=row.pk).reword(**words)
            model, pk = type(row), row.pk
            if row.part_of:
                key = row._meta.get_field(row.part_of)
                model, pk = key.related_model, getattr(row, key.attname)
            touched.setdefault(model, set()).add(pk)
        links, amended = [], []
        for model, pks in touched.items():
            entries = model.objects.in_bulk(pks)
            for link in _links_of(council, model, pks):
                entry = entries[link.row]
                parts = getattr(entry, entry.parts).all() if entry.parts else []
                link.salt = new_salt()
                words = words_digest(entry, parts, link.salt)
                links.append(link)
                amended.append(AmendedEntry(sequence=link.sequence, words=words))
        ChainLink.objects.bulk_update(links, ["salt"])
        return _declare(council, Amendment.Kind.ERASED, amended, by=by)


def declare_purged(council, entries, *, by):
    """Say in the chain that entries, querysets each of one table, are purged; their seals stay.

    The caller deletes them with their parts, in the same transaction.
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
        return _declare(council, Amendment.Kind.PURGED, amended, by=by)


def _links_of(council, model, pks):
    return ChainLink.objects.filter(council=council, table=model._meta.label_lower, row__in=pks)


def _declare(council, kind, amended, *, by):
    amendment = Amendment.objects.create(council=council, kind=kind, by=by)
    for entry in amended:
        entry.amendment = amendment
    amendment.chain(AmendedEntry.objects.bulk_create(amended))
    return amendment
