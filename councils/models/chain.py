"""The chain of a council's record: each entry is sealed together with all entries before it.

An entry is a row of an `AppendOnlyModel`, with the rows that are its parts. Its link seals, as
SHA-256 digests, the `facts` (who, when, what kind, which plan and action) apart from the `words`
(text that people wrote, and names), so that a name can be erased while the facts stay sealed. The
words are salted: once the salt is deleted, a short text cannot be found by trying.

A person who can write to the database can also seal a whole chain again. Only a head (the last
sequence and digest) that is kept elsewhere shows that, or that the newest entries were cut off:
see `manage.py verify_events`.

The seals cover keys of rows. A council that was imported from another installation has new keys,
and the seals of its earlier entries stay as they were made: `imports.CouncilImport`, itself an
entry, holds the keys from before, with which they are checked.
"""

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models, transaction

from .councils import Council
from .standing import StandingHasEnded

SALT_BYTES = 16
COUNCIL = Council._meta.label_lower


@dataclass(frozen=True)
class SealedKeys:
    """The keys that rows had when an entry was sealed, if it was imported since.

    `steps` has one mapping for each import, the latest first: the model, as app.model, and the key
    after the import to the key before it. Without imports, keys are as they are.
    """

    steps: tuple[Mapping[str, Mapping[int, int]], ...] = ()

    def of(self, label, key):
        for step in self.steps:
            key = step.get(label, {}).get(key, key)
        return key


AS_THEY_ARE = SealedKeys()


class ChainHead(models.Model):
    """The end of a council's chain. Appending locks this row; no other table refers to it."""

    council = models.OneToOneField(
        Council, models.PROTECT, primary_key=True, related_name="chain_head"
    )
    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    def __str__(self):
        return f"{self.sequence}:{self.digest}"


class ChainLink(models.Model):
    """The seal of one entry. It stays when the entry is purged; only its salt can change."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="chain")
    sequence = models.PositiveBigIntegerField()
    table = models.CharField(max_length=60, help_text="The entry's model, as app.model.")
    row = models.PositiveBigIntegerField(help_text="The entry's primary key.")
    facts = models.CharField(max_length=64)
    words = models.CharField(max_length=64)
    salt = models.CharField(max_length=2 * SALT_BYTES, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["council", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["council", "sequence"], name="chainlink_sequence_once"),
            models.UniqueConstraint(fields=["table", "row"], name="chainlink_entry_once"),
        ]

    def __str__(self):
        return f"{self.sequence}: {self.table} {self.row}"

    def digest_after(self, previous, keys=AS_THEY_ARE):
        """Return what `digest` must be if the link before has the digest `previous`."""
        council, row = keys.of(COUNCIL, self.council_id), keys.of(self.table, self.row)
        about = (council, self.sequence, self.table, row)
        return _sha256(previous, *about, self.facts, self.words)


def append(council_id, entries):
    """Append entries, pairs of a row and its parts, to a council's chain. 3 queries.

    The head stays locked until the transaction ends, so an action must take every other lock it
    needs (save its items, its memberships) before it records its event. No savepoint is set within
    that action: an error here must undo all of it. Raises StandingHasEnded if what let an author in
    no longer does.
    """
    with transaction.atomic(savepoint=False):
        head = _locked_head(council_id)
        links = links_after(head, entries)
        ChainLink.objects.bulk_create(links)
        # Asked in a statement that begins once the head is locked, or it would not see what was
        # committed while this waited for the lock.
        while_let_in = [models.Exists(each.rows()) for each in _standings(council_id, entries)]
        own_head = ChainHead.objects.filter(*while_let_in, pk=council_id)
        if not own_head.update(sequence=head.sequence, digest=head.digest):
            raise StandingHasEnded


def links_after(head, entries):
    """Return the unsaved links that follow `head`, and move `head` to the last of them."""
    links = []
    for row, parts in entries:
        salt = new_salt()
        link = ChainLink(
            council_id=head.council_id,
            sequence=head.sequence + 1,
            table=row._meta.label_lower,
            row=row.pk,
            facts=facts_digest(row, parts),
            words=words_digest(row, parts, salt),
            salt=salt,
        )
        link.digest = link.digest_after(head.digest)
        head.sequence, head.digest = link.sequence, link.digest
        links.append(link)
    return links


def facts_digest(row, parts, keys=AS_THEY_ARE):
    return _sha256(_as_json([_facts(each, keys) for each in (row, *_in_order(parts))]))


def words_digest(row, parts, salt):
    return _sha256(salt, _as_json([_words(each) for each in (row, *_in_order(parts))]))


def new_salt():
    return secrets.token_hex(SALT_BYTES)


def is_words(field):
    """Return whether a field holds text that a person wrote, or a name."""
    return isinstance(field, models.CharField | models.TextField) and not field.choices


def key_label(field):
    """Return the model, as app.model, of which a field holds a key; "" if it holds none."""
    if field.is_relation:
        return field.related_model._meta.label_lower
    if field.primary_key:
        return field.model._meta.label_lower
    return getattr(field.model, "keys_of", {}).get(field.attname, "")


def _facts(row, keys):
    values = _values(row, lambda field: not is_words(field))
    if keys.steps:
        labels = {each.attname: key_label(each) for each in row._meta.concrete_fields}
        values = {
            name: keys.of(labels[name], value) if labels[name] else value
            for name, value in values.items()
        }
    return row._meta.label_lower, values


def _words(row):
    return _values(row, is_words)


def _values(row, wanted):
    """Return the non-empty fields by name, so that adding a field leaves earlier seals valid."""
    values = {
        field.attname: field.to_python(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if wanted(field)
    }
    return {name: value for name, value in values.items() if value not in (None, "", False)}


def _in_order(parts):
    return sorted(parts, key=lambda part: part.pk)


def _as_json(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value):
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return str(value)


def _sha256(*pieces):
    return hashlib.sha256("\n".join(map(str, pieces)).encode()).hexdigest()


def _standings(council_id, entries):
    """Return what let the authors of entries into a council, as far as it was noted on them."""
    authors = [row._state.fields_cache.get("by") for row, _ in entries]
    standings = {each for author in authors if author for each in author.standings}
    return [each for each in standings if each.council_id == council_id]


def _locked_head(council_id):
    """Return the council's head, locked until the transaction ends."""
    heads = ChainHead.objects.select_for_update().filter(council_id=council_id)
    head = heads.first()
    if head is None:
        # Of two transactions that begin a chain at once, the second waits here for the first.
        ChainHead.objects.bulk_create([ChainHead(council_id=council_id)], ignore_conflicts=True)
        head = heads.get()
    return head
