"""A plan's register in sections, and by date."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import BigIntegerField, CharField, F, QuerySet, Value
from django.db.models.functions import Cast

from assessments.addresses import address
from assessments.links.places import links_on, place_of_entry
from assessments.plans.models import Plan
from assessments.words import short_weekday
from councils.prepared import PreparedQuery

from .kinds import BY_NOUN, KINDS, RegisterKind, RegisterLine
from .models import in_short

# The components of the guidance that ask for what the register holds.
COMPONENTS = (2, 3)


# --- In sections ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class RegisterSection:
    noun: str
    heading: str
    add: str
    lines: tuple[RegisterLine, ...]


def sections_of(
    plan: Plan, *, today: dt.date, can_edit: bool = False
) -> tuple[RegisterSection, ...]:
    """Return a section for each kind of entry, open entries first and then by date.

    One query for each kind and one for the links to documents. Sections are empty if the reader of
    `plan` cannot see the register. `can_edit` is whether links can be changed.
    """
    placed = links_on(plan, *(kind.field for kind in KINDS), item=None, date_key="")

    def documents(line: RegisterLine) -> RegisterLine:
        place = place_of_entry(line.noun, line.pk, plan, line.title, placed, can_edit=can_edit)
        return replace(line, documents=place)

    return tuple(
        RegisterSection(
            kind.noun,
            kind.heading,
            kind.add,
            _in_order(documents(kind.line_of(entry, today)) for entry in kind.live_on(plan)),
        )
        for kind in KINDS
    )


def _in_order(lines: Iterable[RegisterLine]) -> tuple[RegisterLine, ...]:
    return tuple(
        sorted(lines, key=lambda line: (not line.is_open, line.day or dt.date.max, line.pk))
    )


# --- By date --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RegisterDate:
    """The date of an open entry. `about` and `calendar` say nothing of its text; `text` does."""

    noun: str
    pk: int
    day: dt.date
    about: str
    calendar: str
    text: str
    who: str
    is_personal: bool
    owner_id: int | None
    version: int
    saved_at: dt.datetime


def dated(plan: Plan) -> list[RegisterDate]:
    """Return the dates of all open entries, soonest first, in one query."""
    rows = _rows.fetch(plan.pk) if plan.shows_register else []
    return [_date_of(BY_NOUN[noun], label, *values) for noun, label, *values in rows]


@PreparedQuery
def _rows(plan_id: int) -> QuerySet:
    first, *others = (_rows_of(kind, plan_id) for kind in KINDS)
    return first.union(*others, all=True).order_by("day", "number")


def _rows_of(kind, plan_id):
    """Return the rows of one kind, with the columns that all kinds share.

    PostgreSQL takes the types of a union's columns from its first query, so every column has one.
    """
    dates = kind.dates
    return (
        kind.model.objects.filter(dates.only, plan=plan_id)
        .live()
        .order_by()
        .annotate(day=F(dates.day))
        .filter(day__isnull=False)
        .annotate(
            noun=_text(kind.noun),
            label=F(dates.label_by) if dates.label_by else _text(""),
            number=F("pk"),
            title=F(dates.title),
            who=F(dates.who) if dates.who else _text(""),
            whose=F(dates.owner) if dates.owner else Cast(Value(None), BigIntegerField()),
        )
        .values_list(
            "noun", "label", "number", "day", "title", "who", "whose", "version", "saved_at"
        )
    )


def _text(value):
    return Value(value, output_field=CharField())


def _date_of(kind: RegisterKind, label, pk, day, title, who, owner_id, version, saved_at):
    dates = kind.dates
    return RegisterDate(
        noun=kind.noun,
        pk=pk,
        day=day,
        about=dates.labels[label],
        calendar=dates.calendar,
        text=in_short(", ".join(title.splitlines()) if dates.is_list else title),
        who=who or "",
        is_personal=bool(dates.owner),
        owner_id=owner_id,
        version=version,
        saved_at=saved_at,
    )


# --- What is due ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class DueLine:
    """A line of what is due on the plan's home page: an action, or an entry of the register."""

    day: dt.date
    url: str
    text: str
    due: str
    facts: str


def line_of_row(row) -> DueLine:
    """Return the line of an action, with its owner, or the role that we suggest as lead."""
    who = row.item.owner_name or (row.item.owner and row.item.owner.user.name)
    suggested = f"suggested lead: {row.lead_in_sentence}" if row.lead else "no owner"
    return DueLine(
        row.item.due, row.step_url, row.text, row.due, f"{who or suggested}, step {row.step}"
    )


def line_of_date(each: RegisterDate, plan: Plan, *, today: dt.date) -> DueLine:
    """Return the line of a date of the register."""
    facts = ", ".join(filter(None, (each.who, each.about.lower())))
    url = address("register", plan.pk) + f"#{each.noun}-{each.pk}"
    return DueLine(each.day, url, each.text, short_weekday(each.day, today), facts)
