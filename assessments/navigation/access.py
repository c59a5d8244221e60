"""The navigation of a council as one person sees it: only what they can open."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from assessments.access import Rights
from assessments.addresses import address
from assessments.plans.models import Plan
from assessments.seats.access import may_read_scenarios
from councils.models import Council, Membership, User
from councils.permissions import may

from .last_plan import LAST_PLAN
from .places import COUNCIL, MANAGE, PLACES, PLAN, Place, Section, place_of


@dataclass(frozen=True)
class NavigationLink:
    """A link of the bar or of its second row; `current` is the value of its aria-current.

    `has_count`: it shows how many things need the person's answer.
    """

    label: str
    url: str
    current: str = ""
    has_count: bool = False


@dataclass(frozen=True)
class Navigation:
    """The bar of a page inside a council, and the second row of the place that the page is in.

    `find` is the address of the search in the plan; "" without a plan.
    """

    place: str
    places: list[NavigationLink]
    manage: NavigationLink | None
    sections: list[NavigationLink]
    find: str = ""


def navigation_for(
    request: HttpRequest, council: Council, plan: Plan | None = None
) -> Navigation | None:
    """Return the navigation of a page inside a council; None for a page that has no place.

    `plan` is the plan of the page, from `visible_to`: then this needs no query, except under
    Council for a person who is not an owner. A page of the council leads to `plan_of_council`.
    """
    match = request.resolver_match
    here, current = place_of(match.func) if match and is_in_council(match.kwargs) else (None, None)
    if here is None or not request.user.is_authenticated:
        return None
    plan = plan or plan_of_council(request, council)
    holder = plan or Membership.objects.held_by(request.user).filter(council=council).first()
    if holder is None:
        return None
    links = {}
    for place in PLACES:
        sections = [
            link_of(section, plan, council, request.path, is_current=section == current)
            for section in place.sections
            if may_open(section, holder, plan, request.user, is_near=place is here)
        ]
        if sections:
            links[place] = sections
    if plan is None:
        links = {PLAN: [NavigationLink(PLAN.name, reverse("home"))], **links}
    bar = {
        place: _of_place(place, sections[0], is_here=place is here)
        for place, sections in links.items()
    }
    manage = bar.pop(MANAGE, None)
    find = f"{address('plan_open', plan.pk)}#id_q" if plan else ""
    return Navigation(here.name, list(bar.values()), manage, links.get(here, []), find)


def is_in_council(kwargs: dict) -> bool:
    """Return whether an address, by its arguments, is inside one council."""
    return "plan_id" in kwargs or "slug" in kwargs


def plan_of_council(request: HttpRequest, council: Council) -> Plan | None:
    """Return the plan to which pages of a council lead: the one last opened, or the latest."""
    plans = list(Plan.objects.visible_to(request.user).filter(council=council)[:20])
    last = request.session.get(LAST_PLAN)
    return next((plan for plan in plans if plan.pk == last), plans[0] if plans else None)


def last_plan(request: HttpRequest) -> Plan | None:
    """Return the plan that the person last opened in this session, if they can still see it."""
    pk = request.session.get(LAST_PLAN)
    if pk is None or not request.user.is_authenticated:
        return None
    return Plan.objects.visible_to(request.user).select_related("council").filter(pk=pk).first()


def may_open(
    section: Section, holder: Membership | Plan, plan: Plan | None, user: User, *, is_near: bool
) -> bool:
    """Return whether the person can open a section. `is_near`: it would be shown on this page."""
    if section.takes == "council":
        return may(holder, section.needs)
    if plan is None or (section.only_if and not getattr(plan, section.only_if)):
        return False
    if may(holder, section.needs):
        return True
    # Readers who are not owners: asked only where the link would be shown.
    is_for_readers = section in COUNCIL.sections and section.route == "scenarios" and is_near
    return is_for_readers and may_read_scenarios(user, plan, Rights.of(plan))


def link_of(
    section: Section, plan: Plan | None, council: Council, path: str, *, is_current: bool
) -> NavigationLink:
    """Return the link to a section on a page at `path`, which may be in it (`is_current`)."""
    if plan is None or section.takes == "council":
        url = reverse(section.route, args=[council.slug])
    else:
        url = address(section.route, plan.pk, *_numbers(section, plan))
    return NavigationLink(section.label, url, "page" if url == path else "true" * is_current)


def _numbers(section: Section, plan: Plan) -> list[int]:
    """Return what follows the plan in the address: the stage of today, or the first area."""
    if section.takes == "stage":
        current = plan.boundaries.stage_on(timezone.localdate())
        return [current if current in plan.stages else plan.stages[0]]
    return [1] if section.takes == "area" else []


def _of_place(place: Place, first: NavigationLink, *, is_here: bool) -> NavigationLink:
    current = "page" if first.current == "page" else "true"
    return NavigationLink(place.name, first.url, current * is_here, has_count=place.shows_count)
