"""A plan's register put together for whoever may read it: as a page, in print, and by its days."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import BigIntegerField, CharField, F, Value

from assessments.addresses import address
from assessments.words import short_weekday

from .models import Agreement, EarlyWin, Issue, in_short

# The components that ask for what is kept here; a test holds that they are the ones meant.
COMPONENTS = (2, 3)
OPEN_WINS = (EarlyWin.State.PLANNED, EarlyWin.State.UNDER_WAY)


# --- Everything, in sections ----------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One entry as it stands `today`. `day` is when something has to be done about it, if known."""

    noun: str
    pk: int
    title: str
    state: str
    is_open: bool
    day: dt.date | None
    day_label: str
    facts: tuple[tuple[str, str], ...]
    today: dt.date

    @property
    def is_late(self):
        return self.is_open and self.day is not None and self.day < self.today


@dataclass(frozen=True)
class Section:
    noun: str
    heading: str
    lines: tuple[Line, ...]


def sections_of(plan, *, today):
    """What stands in the register: agreements, issues, early wins; each open first, by its day.

    Three queries; no section has a line where the reader may not see the register.
    """
    kinds = (
        ("agreement", "Agreements", Agreement.objects, _agreement),
        ("issue", "Red lines and crunch issues", Issue.objects, _issue),
        (
            "early-win",
            "Early wins for the first year",
            EarlyWin.objects.select_related("owner__user"),
            _win,
        ),
    )
    return tuple(
        Section(
            noun, heading, _in_order(line_of(entry, today) for entry in entries.on(plan).live())
        )
        for noun, heading, entries, line_of in kinds
    )


def _in_order(lines):
    return tuple(
        sorted(lines, key=lambda line: (not line.is_open, line.day or dt.date.max, line.pk))
    )


def _agreement(entry, today):
    about = (
        ("ways of working", entry.ways_of_working),
        ("a shared agenda", entry.shared_agenda),
        ("communication", entry.communication),
    )
    return Line(
        noun="agreement",
        pk=entry.pk,
        title=entry.parties_in_words,
        state=entry.get_kind_display(),
        is_open=True,
        day=entry.review_on,
        day_label="Next annual review",
        facts=_known(
            ("Verbal or written", entry.get_manner_display()),
            ("Made on", _day(entry.made_on)),
            ("About", ", ".join(words for words, holds in about if holds)),
            ("Covers", entry.covers),
            ("Kept at", entry.kept_at),
        ),
        today=today,
    )


def _issue(entry, today):
    return Line(
        noun="issue",
        pk=entry.pk,
        title=entry.words,
        state=entry.get_state_display(),
        is_open=entry.state == Issue.State.OPEN,
        day=entry.bites_on,
        day_label=entry.get_kind_display(),
        facts=_known(("Raised by", entry.group), ("What was agreed", entry.agreed)),
        today=today,
    )


def _win(entry, today):
    return Line(
        noun="early-win",
        pk=entry.pk,
        title=entry.words,
        state=entry.get_state_display(),
        is_open=entry.state in OPEN_WINS,
        day=entry.due,
        day_label="Early win",
        facts=_known(("Owner", str(entry.owner) if entry.owner_id else "Nobody yet")),
        today=today,
    )


def _known(*facts):
    return tuple(fact for fact in facts if fact[1])


def _day(day):
    return f"{day.day} {day:%B %Y}" if day else ""


# --- By its days ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dated:
    """A day that an open entry waits for. `about` is the same for all of a kind, so that it says
    nothing of what stands in the entry; `text` does."""

    noun: str
    pk: int
    day: dt.date
    about: str
    text: str
    who: str
    owner_id: int | None
    version: int
    saved_at: dt.datetime


# By what a row of the query below says it is: the noun of its address, and what the day is about.
KINDS = {
    "agreement": ("agreement", "Agreement’s annual review"),
    Issue.Kind.RED_LINE.value: ("issue", Issue.Kind.RED_LINE.label),
    Issue.Kind.CRUNCH.value: ("issue", Issue.Kind.CRUNCH.label),
    "early-win": ("early-win", "Early win"),
}


def dated(plan):
    """Every day that something open in the register waits for, soonest first, in one query."""
    wins = EarlyWin.objects.filter(state__in=OPEN_WINS)
    rows = _days(
        wins,
        plan,
        what=_text("early-win"),
        on=F("due"),
        said=F("words"),
        who=F("owner__user__name"),
        whose=F("owner_id"),
    ).union(
        _days(
            Agreement.objects, plan, what=_text("agreement"), on=F("review_on"), said=F("parties")
        ),
        _days(
            Issue.objects.filter(state=Issue.State.OPEN),
            plan,
            what=F("kind"),
            on=F("bites_on"),
            said=F("words"),
            who=F("group"),
        ),
        all=True,
    )
    return [
        Dated(
            noun=KINDS[what][0],
            pk=pk,
            day=on,
            about=KINDS[what][1],
            text=in_short(", ".join(said.splitlines()) if what == "agreement" else said),
            who=who or "",
            owner_id=owner,
            version=version,
            saved_at=saved_at,
        )
        for what, pk, on, said, who, owner, version, saved_at in rows.order_by("day", "number")
    ]


def _days(entries, plan, *, what, on, said, who=None, whose=None):
    """The rows of one kind, with the columns that all of them have. PostgreSQL takes the types of
    the columns from the first kind."""
    return (
        entries.on(plan)
        .live()
        .order_by()
        .annotate(day=on)
        .filter(day__isnull=False)
        .annotate(
            what=what,
            number=F("pk"),
            said=said,
            who=who or _text(""),
            whose=whose or Value(None, output_field=BigIntegerField()),
        )
        .values_list("what", "number", "day", "said", "who", "whose", "version", "saved_at")
    )


def _text(value):
    return Value(value, output_field=CharField())


# --- What is next ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Next:
    """A line of the plan home's list of what is next: an item, or an entry of the register."""

    day: dt.date
    url: str
    text: str
    due: str
    is_overdue: bool
    facts: tuple[str, ...]


def next_lines(rows, days, plan, *, today):
    """The `checklist.Row`s of items and the register's Dated days as one list, soonest first."""
    lines = [
        Next(
            day=row.item.due,
            url=row.step_url,
            text=row.text,
            due=row.due,
            is_overdue=row.is_overdue,
            facts=(row.owner or row.lead or "nobody yet", f"step {row.step}"),
        )
        for row in rows
    ]
    lines += [
        Next(
            day=each.day,
            url=address("register", plan.pk) + f"#{each.noun}-{each.pk}",
            text=each.text,
            due=short_weekday(each.day, today),
            is_overdue=each.day < today,
            facts=tuple(filter(None, (each.who, each.about.lower()))),
        )
        for each in days
    ]
    return sorted(lines, key=lambda line: line.day)
