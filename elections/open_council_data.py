"""Reads councillors by council and party from a CSV file of Open Council Data UK.

The file has a row for each councillor, with the columns `Council`, `Party Name` and others that
are not needed. Vacant seats have the party “Vacant”. Parties are not political groups: the figures
are a suggestion for someone to check, and what has to be checked is in `notes`.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .composition import MAX_GROUPS, MAX_NAME, MAX_SEATS, Composition, CompositionError, Group
from .seat_text import is_ungrouped, is_vacant

COUNCIL, PARTY = ("council", "council name", "authority"), ("party name", "party")
CODE = ("ons code", "gss code", "gss", "council code")
# The names of the file, and how the groups are usually called.
PARTIES = {
    "alliance - alliance party of northern ireland": "Alliance",
    "conservative and unionist": "Conservative",
    "conservative and unionist party": "Conservative",
    "conservative": "Conservative",
    "conservative party": "Conservative",
    "green party": "Green",
    "green party (e&w)": "Green",
    "labour": "Labour",
    "labour party": "Labour",
    "labour and co-operative party": "Labour",
    "liberal democrat": "Liberal Democrat",
    "liberal democrats": "Liberal Democrat",
    "plaid cymru - the party of wales": "Plaid Cymru",
    "reform uk": "Reform UK",
    "scottish national party (snp)": "SNP",
}
OTHERS = {"independent / other", "independent/other", "independent", "independents", "other"}
GSS_CODE = re.compile(r"[EKNSW][0-9]{8}")
LEFT_OUT_OF_NAMES = re.compile(
    r"\b(?:council|borough|district|county|city|metropolitan|london|royal|unitary|authority|of|the)"
    r"\b|\([a-z]\)"
)


class OpenCouncilDataError(ValueError):
    """The file cannot be read; the message can be shown to people."""


@dataclass(frozen=True)
class SuggestedComposition:
    """The seats of one council as the file has them, with what someone has to check."""

    council: str
    code: str
    composition: Composition
    unknown_parties: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class OpenCouncilDataReading:
    """What was read: a suggestion for each council, and sentences about what could not be used."""

    suggestions: tuple[SuggestedComposition, ...]
    problems: tuple[str, ...]


def council_key(name: str) -> str:
    """Return a name by which councils are compared, whatever their style: “adur”, “kent”.

    Words such as “Borough Council” are left out, and “&” is “and”.
    """
    whole = name.casefold().replace("&", " and ")
    plain = LEFT_OUT_OF_NAMES.sub(" ", whole)
    return " ".join(re.findall(r"[a-z0-9]+", plain) or re.findall(r"[a-z0-9]+", whole))


def read_councillors(text: str) -> OpenCouncilDataReading:
    """Return the councils of a file. Raises OpenCouncilDataError if it has not the columns."""
    try:
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True))
    except csv.Error as error:
        raise OpenCouncilDataError(f"The file cannot be read as CSV: {error}.") from error
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    council, party, code = (_column(header, names) for names in (COUNCIL, PARTY, CODE))
    if council is None or party is None:
        raise OpenCouncilDataError(
            "The file needs a heading row with the columns Council and Party Name."
        )
    seats: dict[str, Counter[str]] = {}
    codes: dict[str, str] = {}
    problems = []
    for number, cells in enumerate(rows[1:], start=2):
        values = [" ".join(cell.split()) for cell in cells]
        if not any(values):
            continue
        if len(values) <= max(council, party) or not values[council]:
            problems.append(f"Row {number} has no council and has been left out.")
            continue
        name = values[council]
        seats.setdefault(name, Counter())[values[party]] += 1
        if code is not None and code < len(values) and GSS_CODE.fullmatch(values[code]):
            codes[name] = values[code]
    suggestions = []
    for name, parties in seats.items():
        try:
            suggestions.append(_suggestion(name, codes.get(name, ""), parties))
        except CompositionError as error:
            problems.append(f"{name}: {error}")
    return OpenCouncilDataReading(tuple(suggestions), tuple(problems))


def _column(header: list[str], names: Iterable[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _suggestion(council: str, code: str, parties: Counter[str]) -> SuggestedComposition:
    groups: Counter[str] = Counter()
    ungrouped = vacancies = 0
    unknown, notes = [], []
    for party, seats in parties.items():
        name = PARTIES.get(party.casefold())
        if is_vacant(party):
            vacancies += seats
        elif not party or party.casefold() in OTHERS or is_ungrouped(party):
            ungrouped += seats
        elif name:
            groups[name] += seats
        else:
            unknown.append(party)
            groups[party[:MAX_NAME]] += seats
    if ungrouped:
        notes.append(
            f"{ungrouped} {'is' if ungrouped == 1 else 'are'} listed as independent, as other or "
            "without a party, and counted as in no group. Check which of them have formed groups."
        )
    notes += [
        f"{party} is not a party that the planner knows. Check its name." for party in unknown
    ]
    if len(groups) > MAX_GROUPS or sum(parties.values()) > MAX_SEATS:
        raise CompositionError("It has more groups or seats than a council can have here.")
    composition = Composition(
        tuple(Group(name, seats) for name, seats in groups.items()),
        ungrouped=ungrouped,
        vacancies=vacancies,
    )
    return SuggestedComposition(council, code, composition, tuple(unknown), tuple(notes))
