"""All restricted notes and scenarios of a plan with the members who can read them."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import OuterRef, Prefetch
from django.urls import reverse

from assessments.plans.models import Plan
from assessments.seats.models import Scenario, ScenarioReader
from councils.models import has_second_factor

from .models import RestrictedNote, RestrictedNoteReader


@dataclass(frozen=True)
class NamedReader:
    """A member who is named as a reader. `reads_from` is None if they can read all texts."""

    name: str
    reads_from: dt.datetime | None
    needs_second_factor: bool


@dataclass(frozen=True)
class RestrictedText:
    """A restricted note or a scenario; `place` says where it belongs, if to an item."""

    title: str
    place: str
    url: str
    saved_at: dt.datetime
    saved_by: str
    readers: tuple[NamedReader, ...]


def restricted_notes_of(plan: Plan) -> tuple[RestrictedText, ...]:
    """Return the restricted notes that are not empty or name a reader. Two queries."""
    notes = (
        RestrictedNote.objects.filter(item__plan=plan, item__removed_at=None)
        .select_related("item__step", "item__source", "saved_by")
        .prefetch_related(_links(RestrictedNoteReader))
    )
    return tuple(
        RestrictedText(
            title=note.item.words(plan.term),
            place=f"Step {note.item.step.number}: {note.item.step.title}",
            url=reverse("restricted_note", args=[plan.pk, note.item_id]),
            saved_at=note.saved_at,
            saved_by=note.saved_by.name,
            readers=_readers(note),
        )
        for note in notes
        if note.text or note.reader_links.all()
    )


def scenarios_of(plan: Plan) -> tuple[RestrictedText, ...]:
    """Return the scenarios of the plan. Two queries."""
    scenarios = (
        Scenario.objects.filter(plan=plan)
        .select_related("saved_by")
        .prefetch_related(_links(ScenarioReader))
    )
    return tuple(
        RestrictedText(
            title=scenario.name,
            place="",
            url=reverse("scenario", args=[plan.pk, scenario.pk]),
            saved_at=scenario.saved_at,
            saved_by=scenario.saved_by.name,
            readers=_readers(scenario),
        )
        for scenario in scenarios
    )


def _links(model):
    links = model.objects.filter(membership__ended_at=None).select_related("membership__user")
    links = links.annotate(has_second_factor=has_second_factor(OuterRef("membership__user")))
    return Prefetch("reader_links", links.order_by("membership__user__name", "pk"))


def _readers(text):
    return tuple(
        NamedReader(
            name=str(link.membership),
            reads_from=link.reads_from,
            needs_second_factor=settings.SECOND_FACTOR_REQUIRED and not link.has_second_factor,
        )
        for link in text.reader_links.all()
    )
