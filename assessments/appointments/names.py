"""Find and replace the names of councillors in what a council keeps about its groups."""

import re
from collections.abc import Iterable

from django.db import models, transaction

from councils.belongings import belongings_of
from councils.models import Council

from .models import CouncilAppointment, GroupNotice, Nomination, SeatsNotice

# The fields with names: one name, or several with one on each line.
NAME_FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    GroupNotice: ("leader", "deputy", "signed_by"),
    SeatsNotice: ("addressee",),
    Nomination: ("members", "substitutes"),
    CouncilAppointment: ("holder",),
}
TITLES = r"(?:(?:councillor|cllr)\.? +)?"


def count_named(names: Iterable[str], councils: Iterable[Council]) -> int:
    """Return how many rows of these councils name one of `names`."""
    return len(_named(list(names), list(councils)))


def replace_names(names: Iterable[str], new: str, councils: Iterable[Council]) -> int:
    """Put `new` in place of `names`, and return in how many rows.

    A name is a whole line, in upper or lower case, with or without “Councillor” before it.
    """
    with transaction.atomic():
        found = _named(list(names), list(councils))
        for row, values in found:
            type(row)._default_manager.filter(pk=row.pk).update(
                **{name: text.replace("\0", new) for name, text in values.items()}
            )
    return len(found)


def _named(names: list[str], councils: list[Council]) -> list[tuple[models.Model, dict[str, str]]]:
    """Return the rows that have a name, with their fields and a NUL in place of each name."""
    known = "|".join(r"\s+".join(map(re.escape, name.split())) for name in names if name.split())
    if not known:
        return []
    line = re.compile(rf"^{TITLES}(?:{known})$", re.IGNORECASE | re.MULTILINE)
    found: list[tuple[models.Model, dict[str, str]]] = []
    ways = belongings_of(Council)
    for model, fields in NAME_FIELDS.items():
        for row in model._default_manager.filter(**{f"{ways[model]}__in": councils}):
            old = {name: getattr(row, name) for name in fields}
            values = {name: line.sub("\0", text) for name, text in old.items()}
            if changed := {name: text for name, text in values.items() if text != old[name]}:
                found.append((row, changed))
    return found
