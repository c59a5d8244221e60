"""Add and remove links to documents."""

from django.db import transaction

from assessments.plans.actions import hold, record
from assessments.plans.actions.events import hold_open
from assessments.plans.models import Event
from assessments.versions import FieldValueChange
from councils.models import User

from .models import DocumentLink
from .places import LinkPlace

LIMIT = 10  # links on one thing


class TooManyLinks(Exception):
    """The thing has as many links as it can have."""


def add_link(place: LinkPlace, *, title: str, address: str, by: User) -> DocumentLink:
    """Add a link. Raises TooManyLinks, and StageSignedOff for an action of such a stage."""
    with transaction.atomic():
        _hold(place)
        if DocumentLink.objects.filter(plan=place.plan, **place.target).count() >= LIMIT:
            raise TooManyLinks
        link = DocumentLink.objects.create(
            plan=place.plan, **place.target, title=title, address=address, added_by=by
        )
        _record(Event.Kind.LINK_ADDED, place, link, by=by, before="", after=address)
    return link


def remove_link(place: LinkPlace, pk: int, *, by: User) -> DocumentLink | None:
    """Remove a link of the place and return it; None if it had been removed before.

    The history keeps its title and address. Raises StageSignedOff.
    """
    with transaction.atomic():
        _hold(place)
        link = DocumentLink.objects.filter(plan=place.plan, **place.target, pk=pk).first()
        if link is None:
            return None
        _record(Event.Kind.LINK_REMOVED, place, link, by=by, before=link.address, after="")
        link.delete()
    return link


def _hold(place: LinkPlace) -> None:
    if place.item:
        hold_open(place.plan, place.item.step)
    else:
        hold(place.plan)


def _record(
    kind: Event.Kind, place: LinkPlace, link: DocumentLink, *, by: User, before: str, after: str
) -> None:
    detail = link.title if place.item else f"{link.title} ({place.about})"
    change = FieldValueChange("address", after, before, after)
    record(place.plan, kind, by=by, item=place.item, detail=detail, changes=[change])
