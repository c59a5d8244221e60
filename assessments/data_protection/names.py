"""Find and replace names of councillors in notices, nominations, appointments and packs."""

import re
from collections.abc import Iterable, Iterator

from django.db import models, transaction
from django.db.models import Value

from assessments.appointments.models import (
    CouncilAppointment,
    GroupNotice,
    Nomination,
    SeatsNotice,
)
from assessments.packs.models import NewCouncillor
from councils.belongings import belongings_of
from councils.models import Council

# The fields with names: one name, or several with one on each line.
NAME_FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    GroupNotice: ("leader", "deputy", "signed_by"),
    SeatsNotice: ("addressee",),
    Nomination: ("members", "substitutes"),
    CouncilAppointment: ("holder",),
    NewCouncillor: ("name",),
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
    for model, rows in _rows_of(councils):
        for row in rows:
            old = {name: getattr(row, name) for name in NAME_FIELDS[model]}
            values = {name: line.sub("\0", text) for name, text in old.items()}
            if changed := {name: text for name, text in values.items() if text != old[name]}:
                found.append((row, changed))
    return found


def _rows_of(
    councils: list[Council],
) -> Iterator[tuple[type[models.Model], models.QuerySet[models.Model]]]:
    """Yield the rows of each model that has any: one query finds which, and one reads each."""
    ways = belongings_of(Council)
    rows = {
        model: model._default_manager.filter(**{f"{ways[model]}__in": councils})
        for model in NAME_FIELDS
    }
    numbers = [
        found.order_by().annotate(number=Value(number)).values_list("number")
        for number, found in enumerate(rows.values())
    ]
    present = {number for (number,) in numbers[0].union(*numbers[1:])}
    for number, (model, found) in enumerate(rows.items()):
        if number in present:
            yield model, found
