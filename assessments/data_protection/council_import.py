"""Brings a council from another installation into this one, from its complete export.

Every row gets a new key, in the order of the old ones; nothing that is here already is changed,
apart from a council without people and plans that is named to import into. The seals of the record
stay as they were made: `councils.models.CouncilImport` holds the old keys, with which they are
checked before anything is written, and again once it is.
"""

import datetime as dt
import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from assessments.comparisons.models import ComparisonShare
from assessments.plans.models import Plan
from assessments.rounds.models import RoundAnswer
from assessments.timetable.models import CalendarFeed
from assessments.words import counted
from councils.actions.merges import address_after_merge
from councils.belongings import belongings_of
from councils.models import (
    AppendOnlyModel,
    ChainHead,
    ChainLink,
    Council,
    CouncilEvent,
    CouncilImport,
    DigestFrequency,
    EarlierAddress,
    EarlierName,
    Invitation,
    User,
    counts_in,
)
from councils.models.chain import key_label
from councils.tokens import digest_of, new_token
from councils.validators import on_one_line
from councils.verification import ChainVerification, verify, verify_chain

from .calculations import require_calculable
from .council_file import TABLES, CouncilFile, ImportRefused, in_short, references_of

AT_ONCE = 500  # rows written at a time
# Purged entries have no row any more. Their keys from here on are those of no row.
GONE = 2**62
# Links to a person's calendar lead to the address of the other installation.
NOT_BROUGHT: set[type[models.Model]] = {CalendarFeed}
# Addresses of closed accounts, and those that `address_after_merge` returns.
OF_CLOSED = "@removed.invalid"
OF_MERGED = re.compile(r"merged-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@removed\.invalid")

Keys = dict[str, dict[int, int]]


@dataclass
class CouncilImported:
    council: Council
    plans: int
    entries: int
    people_here: int = 0
    people_made: int = 0
    notes: list[str] = field(default_factory=list)

    def in_words(self) -> str:
        entries = counted(self.entries, "entry", "entries")
        return f"{counted(self.plans, 'plan')}, {entries} of its record"


@dataclass(frozen=True)
class Destination:
    """Where the council goes: `into` one that is here, or a new one, with its own name and slug or
    others."""

    into: str = ""
    slug: str = ""
    name: str = ""


def import_council(
    path: Path,
    destination: Destination = Destination(),
    *,
    kept_head: tuple[int, str] | None = None,
    by: User | None = None,
) -> CouncilImported:
    """Import the council of a complete export; everything is written, or nothing.

    `kept_head` is a (sequence, checksum) of its record, noted in the other installation. Raises
    ImportRefused.
    """
    file = CouncilFile(path)
    _must_be_unaltered(verify_chain(file.record, kept_head=kept_head), "in the file")
    try:
        with transaction.atomic():
            return _Writing(file, destination, by).imported
    except DatabaseError as error:
        raise ImportRefused(
            f"The database refused what is in the file: {in_short(error)}."
        ) from error
    except (ValueError, ValidationError, OverflowError, RecursionError) as error:
        raise ImportRefused(f"The file is damaged: {in_short(error)}.") from error


class _Writing:
    """One import, within a transaction."""

    def __init__(self, file: CouncilFile, destination: Destination, by: User | None):
        self.file = file
        self.keys: Keys = {}
        head = file.record.head
        notes: list[str] = []
        council = _council(file, destination, notes)
        self.imported = CouncilImported(council, len(file.rows[Plan]), head.sequence, notes=notes)
        self.keys[Council._meta.label_lower] = {file.council_id: council.pk}
        self._find_guidance()
        self._find_people()
        for model in _referred_to_first(set(TABLES) - {ChainLink}):
            self._write(model)
        self._write_chain(council, head)
        require_calculable(council)
        CouncilImport.objects.create(
            council=council,
            entries=head.sequence,
            head=head.digest,
            keys=json.dumps(self._sealed_keys(), separators=(",", ":")),
        )
        CouncilEvent.objects.create(
            council=council,
            by=by,
            kind=CouncilEvent.Kind.COUNCIL_IMPORTED,
            after=self.imported.in_words(),
        )
        kept_head = (head.sequence, head.digest) if head.sequence else None
        _must_be_unaltered(verify(council, kept_head=kept_head), "after the import")

    def _find_guidance(self) -> None:
        """Find the guidance that rows refer to, by edition and code."""
        for model in {
            each.related_model
            for table in TABLES
            for each in references_of(table)
            if each.related_model._meta.app_label == "frameworks"
        }:
            label = model._meta.label_lower
            found = self.keys.setdefault(label, {})
            for key, natural in self.file.guidance.get(label, {}).items():
                try:
                    found[key] = model._default_manager.get_by_natural_key(*natural).pk
                except (model.DoesNotExist, TypeError) as error:
                    raise ImportRefused(
                        "The plans use guidance that is not loaded here: "
                        f"{' '.join(natural)[:80]}. Load that edition with: manage.py "
                        "load_frameworks"
                    ) from error

    def _find_people(self) -> None:
        """Find people by email address, and make an account without a password for the others.

        What the file says about a person must not change what another council can do with them. To
        those, an account that is made has its name, and is here, since the import.
        """
        keys = self.keys.setdefault(User._meta.label_lower, {})
        made = set()
        for key, person in sorted(self.file.people.items()):
            account = _account(person, is_merged=self._merged_into(key) is not None)
            name_chosen_at = account.name_chosen_at
            here = User.objects.filter(email=account.email).first()
            if account.erased_at is not None or here is None:
                account.set_unusable_password()
                if not account.is_active and not OF_MERGED.fullmatch(account.email):
                    # Someone else can have its address, now or later.
                    account.email = address_after_merge()
                account.joined_at = account.name_chosen_at = timezone.now()
                account.save()
                if account.erased_at is not None:
                    # Its address has the key of the account, as `erase_account` writes it.
                    account.email = f"removed-{account.pk}@removed.invalid"
                    account.save(update_fields=["email"])
                else:
                    self.imported.people_made += 1
                keys[key] = account.pk
                made.add(key)
            else:
                self.imported.people_here += 1
                keys[key] = here.pk
                if here.is_operator:
                    self.imported.notes.append(
                        f"{here.email} is an operator here and belongs to this council."
                    )
            is_same = here and (here.name, here.name_chosen_at) == (account.name, name_chosen_at)
            if account.erased_at is None and not is_same:
                self._keep_name(keys[key], account.name, chosen_at=name_chosen_at)
            for had in _earlier(person, "earlier_names", "name"):
                chosen_at = _moment(had, "chosen_at") if had.get("chosen_at") else None
                self._keep_name(keys[key], had["name"], chosen_at=chosen_at)
            for had in _earlier(person, "earlier_addresses", "email"):
                self._keep_address(keys[key], had)
        for key in made:  # no file merges an account that was here before
            merged_into = self._merged_into(key)
            if merged_into is None or keys[merged_into] == keys[key]:
                continue
            closed = User.objects.get(pk=keys[key])
            closed.merged_into = User.objects.get(pk=keys[merged_into])
            closed.save(update_fields=["merged_into"])

    def _merged_into(self, key: int) -> int | None:
        """Return the key of the person of the file that another was merged into, or None."""
        into = self.file.people[key].get("merged_into")
        is_other = isinstance(into, int) and into in self.file.people and into != key
        return into if is_other else None

    def _keep_name(self, person: int, name: str, *, chosen_at: dt.datetime | None) -> None:
        """Keep a name that the record may say, so that erasing the person reaches it."""
        council = self.imported.council
        EarlierName.keep(person, name[:120], chosen_at=chosen_at, brought_by=council)

    def _keep_address(self, person: int, had: dict[str, Any]) -> None:
        """Keep an address that the record may say, and until when the person had it."""
        address = EarlierAddress(user_id=person, email=had["email"].strip().lower())
        address.changed_at = _moment(had, "changed_at")
        address.brought_by = self.imported.council
        address.clean_fields()
        kept = EarlierAddress.objects.filter(counts_in(self.imported.council), user=person)
        if not kept.filter(email=address.email).exists():
            address.save()

    def _write(self, model: type[models.Model]) -> None:
        """Write the rows of a model under new keys, in the order of the old ones."""
        label = model._meta.label_lower
        rows: list[Any] = list(self.file.rows[model].values())
        if model in NOT_BROUGHT:
            return
        old_keys = [row.pk for row in rows]
        to_itself = [each for each in references_of(model) if each.related_model is model]
        later: list[tuple[int, str, int]] = []
        for row in rows:
            for each in references_of(model):
                key = getattr(row, each.attname)
                if key is None:
                    continue
                if each in to_itself:
                    later.append((row.pk, each.attname, key))
                    setattr(row, each.attname, None)
                else:
                    setattr(row, each.attname, self.keys[key_label(each)][key])
            for name, other in getattr(model, "keys_of", {}).items():
                key = getattr(row, name)
                setattr(row, name, key and self._key_of_any(other, key))
            if not model._meta.pk.is_relation:
                row.pk = None
        _fit_here(model, rows)
        written: list[Any] = models.QuerySet(model).bulk_create(rows, batch_size=AT_ONCE)
        keys = self.keys.setdefault(label, {})
        keys |= {old: row.pk for old, row in zip(old_keys, written, strict=True)}
        for old, name, key in later:
            models.QuerySet(model).filter(pk=keys[old]).update(**{name: keys[key]})

    def _key_of_any(self, label: str, key: int) -> int:
        """Return the new key of a row that may be gone. One that is gone keeps its number, unless a
        row here has it."""
        keys = self.keys[label]
        if key not in keys:
            taken = set(keys.values())
            keys[key] = next(each for each in chain([key], count(GONE)) if each not in taken)
        return keys[key]

    def _write_chain(self, council: Council, head: ChainHead) -> None:
        links = self.file.record.all_links
        gone = GONE + ChainLink.objects.filter(row__gte=GONE).count()
        for link in links:
            keys = self.keys.setdefault(link.table, {})  # purged, of a model that is no more
            if link.row not in keys:
                keys[link.row] = gone
                gone += 1
            link.pk, link.council, link.row = None, council, keys[link.row]
        ChainLink.objects.bulk_create(links, batch_size=AT_ONCE)
        ChainHead.objects.create(council=council, sequence=head.sequence, digest=head.digest)

    def _sealed_keys(self) -> dict[str, dict[str, int]]:
        """Return the old keys by the new ones, of each model that entries refer to."""
        labels = {Council._meta.label_lower}
        for model in TABLES:
            if issubclass(model, AppendOnlyModel):
                labels |= {key_label(each) for each in model._meta.concrete_fields} - {""}
        return {
            label: {str(new): old for old, new in self.keys.get(label, {}).items()}
            for label in sorted(labels)
        }


def _council(file: CouncilFile, destination: Destination, notes: list[str]) -> Council:
    """Return the council that the rows will belong to."""
    theirs = file.council
    day = theirs.get("established_on")
    council = Council(
        name=on_one_line(destination.name or str(theirs.get("name", ""))),
        slug=destination.slug or str(theirs.get("slug", "")),
        type=str(theirs.get("type", "")),
        election_cycle=str(theirs.get("election_cycle", "")),
        gss_code=theirs.get("gss_code") or None,
        established_on=parse_date(day) if isinstance(day, str) else None,
    )
    if destination.into:
        return _into(destination.into, council)
    for what, taken, option in (
        ("name", Council.objects.filter(name__iexact=council.name), "--name"),
        ("slug", Council.objects.filter(slug=council.slug), "--slug"),
        ("GSS code", Council.objects.filter(gss_code=council.gss_code or "-"), ""),
    ):
        for other in taken:
            value = {"name": council.name, "slug": council.slug}.get(what, council.gss_code)
            if not is_in_use(other):
                raise ImportRefused(
                    f"{other.name} is here already, without people or plans. To import into it, "
                    f"add --into {other.slug}"
                )
            if option:
                raise ImportRefused(
                    f"A council here already has the {what} “{value}”. Give another with {option}."
                )
            council.gss_code = None
            notes.append(f"{other.name} has the GSS code {value} here, so {council.name} has none.")
    try:
        council.full_clean()
    except ValidationError as error:
        raise ImportRefused(f"The council cannot be added: {' '.join(error.messages)}") from error
    council.save()
    return council


def _into(slug: str, theirs: Council) -> Council:
    """Return the council with that slug, which must have nothing, with the settings of `theirs`."""
    council = Council.objects.select_for_update(no_key=True).filter(slug=slug).first()
    if council is None:
        raise ImportRefused(f"No council has the slug “{slug}”.")
    if is_in_use(council):
        raise ImportRefused(
            f"{council.name} has people, plans or a record already, so nothing can be imported "
            "into it. Import beside it, with another --name and --slug."
        )
    council.type, council.election_cycle = theirs.type, theirs.election_cycle
    council.established_on = theirs.established_on or council.established_on
    council.clean_fields(exclude=["gss_code"])
    council.save(update_fields=["type", "election_cycle", "established_on"])
    return council


def is_in_use(council: Council) -> bool:
    """Return whether anything belongs to a council, apart from the councils it takes over from."""
    return any(
        model._base_manager.filter(**{way: council.pk}).exists()
        for model, way in belongings_of(Council).items()
        if model is not Council.predecessors.through and "__" not in way
    )


def _account(person: dict[str, Any], *, is_merged: bool) -> User:
    """Return the unsaved account of a person in the file. Raises ValueError.

    It is closed only if the person was erased or `is_merged`: no council could invite anyone to
    the address of another closed account.
    """
    account = User(
        name=on_one_line(str(person.get("name", ""))),
        email=str(person.get("email", "")).strip().lower(),
        is_active=not is_merged,
        digest_frequency=person.get("digest_frequency", DigestFrequency.AT_ONCE),
    )
    for name in ("name_chosen_at", "erased_at", "digest_chosen_at"):
        if person.get(name) is not None:
            setattr(account, name, _moment(person, name))
    if account.erased_at is not None:
        account.is_active, account.email = False, f"removed-{uuid.uuid4()}@removed.invalid"
    elif account.email.endswith(OF_CLOSED) and not OF_MERGED.fullmatch(account.email):
        # Accounts that are erased here get such addresses.
        raise ValueError("a person has the address of a closed account")
    if "\0" in str(person.get("name", "")):
        raise ValueError("the name of a person is not text")
    try:
        account.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise ValueError(f"a person’s {'; '.join(error.message_dict)} cannot be read") from error
    return account


def _earlier(person: dict[str, Any], what: str, name: str) -> list[dict[str, Any]]:
    """Return what a person had before, each with the text `name`. Raises ValueError."""
    rows = person.get(what, [])
    if not isinstance(rows, list) or not all(
        isinstance(each, dict) and isinstance(each.get(name), str) for each in rows
    ):
        raise ValueError(f"{what} of a person cannot be read")
    return rows


def _moment(values: dict[str, Any], name: str) -> dt.datetime:
    """Return a time of the file, or now if that is earlier. Raises ValueError."""
    moment = parse_datetime(str(values.get(name)))
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"{name} of a person is not a time")
    return min(moment, timezone.now())


def _fit_here(model: type[models.Model], rows: list[Any]) -> None:
    """Give what must be unique in the database its own value, and end what was agreed elsewhere."""
    if model is ComparisonShare:
        for row in rows:  # an owner agreed to share with the councils of the other installation
            row.ended_at = row.ended_at or timezone.now()
    if model is Invitation:
        for row in rows:
            row.token_digest = digest_of(new_token())  # the link that was sent leads elsewhere
    if model is RoundAnswer:
        taken = set(RoundAnswer.objects.values_list("reference", flat=True))
        for row in rows:
            row.reference = uuid.uuid4() if row.reference in taken else row.reference


def _referred_to_first(tables: set[type[models.Model]]) -> Iterable[type[models.Model]]:
    """Yield models in an order in which their rows can be written."""
    by_label = {model._meta.label_lower: model for model in tables}
    needs = {
        model: {by_label.get(key_label(each)) for each in model._meta.concrete_fields}
        - {model, None}
        for model in tables
    }
    while needs:
        free = sorted(
            (model for model, others in needs.items() if not others & needs.keys()),
            key=lambda model: model._meta.label_lower,
        )
        if not free:
            raise ValueError(f"these models refer to one another in a circle: {set(needs)}")
        yield from free
        for model in free:
            del needs[model]


def _must_be_unaltered(found: ChainVerification, where: str) -> None:
    if found.problems:
        more = f" And {len(found.problems) - 1} more." if len(found.problems) > 1 else ""
        raise ImportRefused(
            f"The council’s record {where} is not as it was sealed: {found.problems[0]}{more}"
        )
