import logging
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from ..models import Council
from ..council_directory import RegisterError

logger = logging.getLogger(__name__)


@dataclass
class CouncilsImported:
    """What an import did, or would do."""

    created: list = field(default_factory=list)
    changed: int = 0
    changes: list = field(default_factory=list)
    unchanged: int = 0
    abolished: int = 0
    to_come: int = 0
    abolished_but_here: list = field(default_factory=list)


def import_councils(*, entries, dry_run=False):
    """Create or update a council for each of the register's entries that exists today.

    A council is found by its GSS code, else, where either side has no code, by its exact name.
    Slugs stay as they are, for they are in people's bookmarks. All or nothing: RegisterError names
    every row that cannot be imported. What a council chose itself is not touched, and none is ever
    deleted: its plans are its own.
    """
    today = timezone.localdate()
    outcome = CouncilsImported()
    with transaction.atomic():
        known = _KnownCouncils(Council.objects.select_for_update())
        changed, problems = [], []
        # The living come first, so that one who took over a name is not mistaken for its forebear.
        for entry in sorted(entries, key=lambda entry: entry.is_abolished(today)):
            council = known.find(entry)
            if entry.is_abolished(today):
                outcome.abolished += 1
                if council and not known.row_of(council):
                    outcome.abolished_but_here.append(council)
            elif entry.is_to_come(today):
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
            raise RegisterError(problems)
        if not dry_run:
            # In this order a name that one council gives up is free for the next.
            for council in changed:
                council.save(update_fields=["name", "type", "gss_code"])
            Council.objects.bulk_create(outcome.created)
    return outcome


class _KnownCouncils:
    """The councils in the database and those the import adds, by code, name and slug."""

    def __init__(self, councils):
        self.by_code, self.by_name, self.slugs, self.rows = {}, {}, set(), {}
        for council in councils:
            self._remember(council)

    def _remember(self, council):
        if council.gss_code:
            self.by_code[council.gss_code] = council
        self.by_name[council.name.lower()] = council
        self.slugs.add(council.slug)

    def row_of(self, council):
        """The register's row that this import has taken for `council` so far, if any."""
        return self.rows.get(id(council))

    def find(self, entry):
        if entry.gss_code in self.by_code:
            return self.by_code[entry.gss_code]
        namesake = self.by_name.get(entry.name.lower())
        if namesake and not (namesake.gss_code and entry.gss_code):
            return namesake
        return None

    def conflict(self, entry, council):
        """Why `entry` cannot be imported as `council`, or as a new one; empty if it can."""
        namesake = self.by_name.get(entry.name.lower())
        for other in (council, namesake):
            if other and self.row_of(other):
                return f"'{entry.name}' is also on row {self.row_of(other)}"
        if namesake and namesake is not council:
            return (
                f"'{entry.name}' is here already with GSS code {namesake.gss_code or 'none'}, "
                f"but this row says {entry.gss_code or 'none'}"
            )
        return ""

    def add(self, entry):
        council = Council(
            name=entry.name,
            slug=self._free_slug(entry.name),
            type=entry.type,
            gss_code=entry.gss_code or None,
        )
        self._remember(council)
        self.rows[id(council)] = entry.row
        return council

    def change(self, council, entry):
        """Bring `council` up to date with `entry`; a line for each change, none if it was."""
        old_name, changes = council.name, []
        values = {
            "name": entry.name,
            "type": entry.type,
            "gss_code": entry.gss_code or council.gss_code,
        }
        for attribute, value in values.items():
            old = getattr(council, attribute)
            if old != value:
                label = Council._meta.get_field(attribute).verbose_name
                changes.append(f"{old_name}: {label} was {old or 'not given'}, is now {value}")
                setattr(council, attribute, value)
        del self.by_name[old_name.lower()]
        self._remember(council)
        self.rows[id(council)] = entry.row
        return changes

    def _free_slug(self, name):
        base = slugify(name)[:110] or "council"
        slug, number = base, 2
        while slug in self.slugs:
            slug, number = f"{base}-{number}", number + 1
        return slug
