from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from ..council_directory import DirectoryEntry, DirectoryError
from ..models import Council


@dataclass
class CouncilsImported:
    """What an import did, or would do in a dry run."""

    created: list[Council] = field(default_factory=list)
    changed: int = 0
    changes: list[str] = field(default_factory=list)
    unchanged: int = 0
    abolished: int = 0
    to_come: int = 0
    links: list[str] = field(default_factory=list)
    abolished_but_here: list[Council] = field(default_factory=list)


def import_councils(
    *, entries: Iterable[DirectoryEntry], dry_run: bool = False, with_shadow: bool = False
) -> CouncilsImported:
    """Create or update a council for each entry of the directory that exists today.

    `with_shadow` includes authorities that are not yet established, which have their first
    election before they are. A council is found by its GSS code; by a former code of the entry; or
    by its exact name, if one side has no code or the file no longer has the stored code. Slugs do
    not change, because people have bookmarked them. What a council chose itself is not changed,
    and no council is deleted. All or nothing: raises DirectoryError with every row at fault.
    """
    entries = list(entries)
    try:
        return _import(entries, dry_run=dry_run, with_shadow=with_shadow)
    except IntegrityError:
        # Someone else has added councils of the file meanwhile. They are found now.
        return _import(entries, dry_run=dry_run, with_shadow=with_shadow)


def _import(entries: list[DirectoryEntry], *, dry_run: bool, with_shadow: bool) -> CouncilsImported:
    today = timezone.localdate()
    outcome = CouncilsImported()
    with transaction.atomic():
        codes = {entry.gss_code for entry in entries}
        known = _KnownCouncils(Council.objects.select_for_update(no_key=True), codes_in_file=codes)
        changed, problems = [], []
        # Existing councils first: one may have taken the name of an abolished council.
        for entry in sorted(entries, key=lambda entry: entry.is_abolished(today)):
            council = known.find(entry)
            if entry.is_abolished(today):
                outcome.abolished += 1
                if council and not known.row_of(council):
                    outcome.abolished_but_here.append(council)
            elif entry.is_to_come(today) and council is None and not with_shadow:
                outcome.to_come += 1
            elif problem := known.conflict(entry, council):
                problems.append(f"row {entry.row}: {problem}")
            elif council is None:
                outcome.created.append(known.add(entry))
            elif changes := known.change(council, entry):
                changed.append(council)
                outcome.changed += 1
                outcome.changes += changes
            else:
                outcome.unchanged += 1
        if problems:
            raise DirectoryError(problems)
        if not dry_run:
            # Changes first, so that a new council can take a name that another gives up.
            for council in changed:
                council.save(update_fields=["name", "type", "gss_code", "established_on"])
            Council.objects.bulk_create(outcome.created)
            outcome.links = _link_predecessors(entries, known)
    return outcome


def add_council(*, name: str, type: str, gss_code: str = "") -> Council:
    """Create one council, for example an authority that is not yet in the directory.

    Raises ValidationError by field. Callers record who added it.
    """
    with transaction.atomic():
        known = _KnownCouncils(Council.objects.select_for_update(no_key=True), codes_in_file=set())
        name, gss_code = " ".join(name.split()), gss_code.strip().upper()
        council = Council(
            name=name, slug=known.free_slug(name), type=type, gss_code=gss_code or None
        )
        council.full_clean()
        council.save()
    return council


def _link_predecessors(entries: Iterable[DirectoryEntry], known: "_KnownCouncils") -> list[str]:
    """Link the councils of the file that are in the database to those that replace them.

    Return a line for each new link. Links are never removed.
    """
    by_short_code = {
        entry.short_code: council
        for entry in entries
        if entry.short_code and (council := known.find(entry))
    }
    links = []
    for entry in entries:
        council = by_short_code.get(entry.short_code)
        for code in sorted(entry.replaced_by):
            successor = by_short_code.get(code)
            if council is None or successor is None or successor == council:
                continue
            if not successor.predecessors.filter(pk=council.pk).exists():
                successor.predecessors.add(council)
                links.append(f"{successor.name} takes over from {council.name}")
    return links


class _KnownCouncils:
    """The councils in the database and those that the import adds, by code, name and slug."""

    def __init__(self, councils: Iterable[Council], *, codes_in_file: set[str]):
        self.codes_in_file = codes_in_file
        self.by_code: dict[str, Council] = {}
        self.by_name: dict[str, Council] = {}
        self.slugs: set[str] = set()
        self.rows: dict[int, int] = {}
        for council in councils:
            self._remember(council)

    def _remember(self, council: Council) -> None:
        if council.gss_code:
            self.by_code[council.gss_code] = council
        self.by_name[council.name.lower()] = council
        self.slugs.add(council.slug)

    def row_of(self, council: Council) -> int | None:
        """Return the row of the file that this import has matched to `council`, if any."""
        return self.rows.get(id(council))

    def find(self, entry: DirectoryEntry) -> Council | None:
        if entry.gss_code in self.by_code:
            return self.by_code[entry.gss_code]
        for former in sorted(entry.former_codes - self.codes_in_file):
            if former in self.by_code:
                return self.by_code[former]
        namesake = self.by_name.get(entry.name.lower())
        if namesake and (not entry.gss_code or self._may_take_a_new_code(namesake)):
            return namesake
        return None

    def _may_take_a_new_code(self, council: Council) -> bool:
        """A council gets a new GSS code when its boundary changes; the file then has only that."""
        return not council.gss_code or council.gss_code not in self.codes_in_file

    def conflict(self, entry: DirectoryEntry, council: Council | None) -> str:
        """Return why `entry` cannot be imported as `council`, or as a new one; empty if it can."""
        namesake = self.by_name.get(entry.name.lower())
        for other in (council, namesake):
            if other and self.row_of(other):
                return f"'{entry.name}' is also on row {self.row_of(other)}"
        if namesake and namesake is not council:
            return (
                f"'{entry.name}' is already in the database with GSS code "
                f"{namesake.gss_code or 'none'}, but this row has {entry.gss_code or 'none'}"
            )
        return ""

    def add(self, entry: DirectoryEntry) -> Council:
        council = Council(
            name=entry.name,
            slug=self.free_slug(entry.name),
            type=entry.type,
            gss_code=entry.gss_code or None,
            established_on=entry.starts if entry.is_to_come(timezone.localdate()) else None,
        )
        self._remember(council)
        self.rows[id(council)] = entry.row
        return council

    def change(self, council: Council, entry: DirectoryEntry) -> list[str]:
        """Bring `council` up to date with `entry`; return a line for each change."""
        old_name, changes = council.name, []
        values: dict[str, Any] = {
            "name": entry.name,
            "type": entry.type,
            "gss_code": entry.gss_code or council.gss_code,
        }
        if council.established_on or entry.is_to_come(timezone.localdate()):
            values["established_on"] = entry.starts
        for attribute, value in values.items():
            old = getattr(council, attribute)
            if old != value:
                column: Any = Council._meta.get_field(attribute)
                changes.append(
                    f"{old_name}: {column.verbose_name} was {old or 'not given'}, is now {value}"
                )
                setattr(council, attribute, value)
        del self.by_name[old_name.lower()]
        self._remember(council)
        self.rows[id(council)] = entry.row
        return changes

    def free_slug(self, name: str) -> str:
        """Return a slug for a new council that no other has."""
        base = slugify(name)[:110] or "council"
        slug, number = base, 2
        while slug in self.slugs:
            slug, number = f"{base}-{number}", number + 1
        return slug
