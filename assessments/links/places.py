"""What links can be on, as pages and documents show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.urls import reverse

from assessments.addresses import address
from assessments.plans.models import Plan, PlanItem

from .models import PLACES, DocumentLink


@dataclass(frozen=True)
class ShownLink:
    """A link as plain text. `host` is shown beside the title, so that people see where it goes."""

    pk: int = field(compare=False)
    title: str
    address: str
    host: str

    @classmethod
    def of(cls, link: DocumentLink) -> "ShownLink":
        return cls(link.pk, link.title, link.address, link.host)


# The links of a plan by what they are on, for example ("item", 12) or ("date_key", "summons").
PlacedLinks: TypeAlias = dict[tuple[str, int | str], tuple[ShownLink, ...]]


@dataclass(frozen=True)
class LinkPlace:
    """Something that links can be on. `target` has the field of DocumentLink that refers to it.

    `about` is what a page calls it, `dom` the start of element ids and `url` the page of its links.
    """

    plan: Plan
    target: Mapping[str, Any]
    about: str
    dom: str
    url: str
    back: str
    links: tuple[ShownLink, ...]
    can_edit: bool

    @property
    def item(self) -> PlanItem | None:
        return self.target.get("item")


def links_on(plan: Plan, *places: str, **conditions: Any) -> PlacedLinks:
    """Return the links of `plan` on the `places`, all if none is named, in one query.

    The caller must have fetched `plan` through `access` and leave out what its reader cannot see.
    """
    return placed(DocumentLink.objects.filter(plan=plan, **conditions), *places)


def placed(links: Iterable[DocumentLink], *places: str) -> PlacedLinks:
    """Return these links by what they are on, as far as that is one of `places`."""
    found: dict[tuple[str, int | str], list[ShownLink]] = {}
    for link in links:
        for name in places or PLACES:
            value = link.date_key if name == "date_key" else getattr(link, f"{name}_id")
            if value:
                found.setdefault((name, value), []).append(ShownLink.of(link))
    return {place: tuple(links) for place, links in found.items()}


def place_of_item(
    item: PlanItem, plan: Plan, about: str, step: int, placed: PlacedLinks, *, can_edit: bool
) -> LinkPlace:
    """Return the place of links on an action of the step with the number `step`."""
    dom = f"item-{item.pk}"
    return LinkPlace(
        plan=plan,
        target={"item": item},
        about=about,
        dom=dom,
        url=address("item_links", plan.pk, item.pk),
        back=f"{address('plan_step', plan.pk, step)}#{dom}",
        links=placed.get(("item", item.pk), ()),
        can_edit=can_edit,
    )


def place_of_entry(
    noun: str, pk: int, plan: Plan, about: str, placed: PlacedLinks, *, can_edit: bool
) -> LinkPlace:
    """Return the place of links on an entry of the register."""
    name = noun.replace("-", "_")
    dom = f"{noun}-{pk}"
    return LinkPlace(
        plan=plan,
        target={f"{name}_id": pk},
        about=about,
        dom=dom,
        url=reverse("register_links", args=[plan.pk, noun, pk]),
        back=f"{address('register', plan.pk)}#{dom}",
        links=placed.get((name, pk), ()),
        can_edit=can_edit,
    )


def stored_key(key: str) -> str:
    """Return the key by which the links of a key date are stored."""
    return "annual_meeting" if key == "annual_meeting_from" else key


def place_of_date(
    key: str, plan: Plan, about: str, placed: PlacedLinks, *, can_edit: bool
) -> LinkPlace:
    """Return the place of links on a key date.

    The window of the annual meeting has the links of the meeting, so that they stay when the
    council fixes the day.
    """
    dom = f"date-{key}"
    key = stored_key(key)
    return LinkPlace(
        plan=plan,
        target={"date_key": key},
        about=about,
        dom=dom,
        url=reverse("plan_date_links", args=[plan.pk, key]),
        back=f"{address('plan_dates', plan.pk)}#{dom}",
        links=placed.get(("date_key", key), ()),
        can_edit=can_edit,
    )


def address_of(link: DocumentLink) -> str:
    """Return the address of the page on which `link` can be removed."""
    if link.item_id:
        return address("item_links", link.plan_id, link.item_id)
    if link.date_key:
        return reverse("plan_date_links", args=[link.plan_id, link.date_key])
    name = next(name for name in PLACES if getattr(link, f"{name}_id", None))
    noun = name.replace("_", "-")
    return reverse("register_links", args=[link.plan_id, noun, getattr(link, f"{name}_id")])
