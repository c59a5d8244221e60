"""The bar of a council's pages: its places, what each contains, and who sees what."""

import datetime as dt

from django.test import RequestFactory
from django.urls import get_resolver, resolve, reverse

from assessments.advisers.actions import revoke_grant
from assessments.navigation.access import is_in_council, navigation_for
from assessments.navigation.places import PLACES, place_of
from assessments.plans.actions import create_plan
from assessments.plans.models import AdviserGrant, Plan
from tests.acting import signed_in, text_of, tree_of

BAR = ["Plan", "For you", "Dates", "Council", "Joint working", "Reports"]


def links(response, name):
    """Return the links of one class as (label, address, aria-current)."""
    return [
        ("".join(link.itertext()).strip(), link.get("href"), link.get("aria-current"))
        for link in tree_of(response).iter("a")
        if name in link.get("class", "").split()
    ]


def bar(response):
    return links(response, "app-places__link")


def second_row(response):
    return links(response, "app-sections__link")


def routes(patterns, arguments=frozenset()):
    for pattern in patterns:
        within = arguments | set(pattern.pattern.converters)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, within)
        else:
            yield pattern.name, within, pattern.callback


def routes_in_a_council():
    return [
        (name, view)
        for name, arguments, view in routes(get_resolver().url_patterns)
        if is_in_council(dict.fromkeys(arguments))
    ]


def test_every_address_inside_a_council_belongs_to_one_place():
    assert len(routes_in_a_council()) > 100
    assert [name for name, view in routes_in_a_council() if place_of(view)[0] is None] == []


def test_every_entry_leads_to_a_page_of_its_own_place():
    views = dict(routes_in_a_council())
    for place in PLACES:
        for section in place.sections:
            assert place_of(views[section.route]) == (place, section)


def test_pages_outside_a_council_have_no_place():
    for address in ("/", "/guidance/", "/development/", "/account/", "/registers/"):
        assert not is_in_council(resolve(address).kwargs)


def who_sees_what(user, plan):
    """Return the bar and, by place, the second row, after opening every page they lead to."""
    client = signed_in(user)
    found = {}
    for label, address, _ in bar(client.get(plan.get_absolute_url())):
        page = client.get(address)
        assert page.status_code == 200, address
        assert [name for name, _, current in bar(page) if current] == [label]
        rows = second_row(page)
        for name, to, _ in rows:
            opened = client.get(to)
            assert opened.status_code == 200, to
            assert [each for each, _, current in second_row(opened) if current == "page"] == [name]
        found[label] = [name for name, _, _ in rows]
    return found


def test_an_owner_reaches_every_feature_in_two_clicks(plan, chief):
    assert who_sees_what(chief, plan) == {
        "Plan": [
            *("Matrix", "By stage", "By area", "By officer", "All actions", "Comments"),
            "Restricted notes",
        ],
        "For you": ["What needs you", "Your actions by step", "Advice"],
        "Dates": [
            *("Key dates", "Timeline", "Before annual council", "Calendar"),
            "Change many due dates",
        ],
        "Council": [
            *("Composition", "Election night", "Annual council"),
            *("Political balance", "Groups and appointments", "Scenarios"),
            *("Budget", "Vacancies", "Changes of control"),
        ],
        "Joint working": ["Register", "Review rounds", "Ways of working", "Parity log"],
        "Reports": [
            *("Action plan", "Packs", "Review and sign-off", "Snapshots"),
            *("Compared with others", "History"),
        ],
        "Manage": ["People", "Advisers", "Settings", "Data", "Next plan"],
    }


def test_others_see_only_what_they_can_open(
    plan, officer, reviewer, adviser, partial_adviser, subtests
):
    with subtests.test("an editor"):
        found = who_sees_what(officer, plan)
        assert list(found) == [*BAR, "Manage"]
        assert found["Manage"] == ["People", "Advisers"]
        assert "Scenarios" not in found["Council"]
    with subtests.test("a reviewer"):
        assert "Change many due dates" not in who_sees_what(reviewer, plan)["Dates"]
    with subtests.test("an adviser"):
        found = who_sees_what(adviser, plan)
        assert list(found) == ["Plan", "For you", "Dates", "Joint working", "Reports"]
        assert found["Reports"] == ["Action plan", "History"]
    with subtests.test("an adviser of some stages"):
        assert "Review rounds" not in who_sees_what(partial_adviser, plan).get("Joint working", [])


def test_pages_of_the_council_lead_to_the_plan_last_opened(plan, chief, riverdale):
    later = create_plan(council=riverdale, by=chief, election_day=dt.date(2031, 5, 1))
    client = signed_in(chief)
    people = reverse("people", args=[riverdale.slug])
    assert bar(client.get(people))[0][1] == later.get_absolute_url()
    client.get(plan.get_absolute_url())
    assert bar(client.get(people))[0][1] == plan.get_absolute_url()


def test_a_council_without_a_plan_has_its_own_places(eastmere, stranger):
    found = bar(signed_in(stranger).get(reverse("people", args=[eastmere.slug])))
    assert [label for label, _, _ in found] == ["Plan", "Council", "Manage"]
    assert found[0][1] == reverse("home")


def test_the_guidance_and_the_development_record_lead_back_to_the_plan(plan, adviser, chief):
    client = signed_in(adviser)
    back = "Back to the plan"
    assert back not in text_of(client.get("/guidance/"))
    client.get(plan.get_absolute_url())
    for address, label in (("/guidance/", "Guidance"), ("/development/", "Development")):
        header = links(client.get(address, follow=True), "app-header__link")
        assert f"{back} of {plan.council.name}" in [name for name, _, _ in header]
        assert [name for name, _, current in header if current] == [label]
    revoke_grant(AdviserGrant.objects.get(adviser=adviser), by=chief)
    assert back not in text_of(client.get("/guidance/"))


def test_the_bar_of_a_plan_needs_no_query(plan, chief, django_assert_num_queries):
    shown = Plan.objects.visible_to(chief).select_related("council").get()
    request = RequestFactory().get(plan.get_absolute_url())
    request.user, request.resolver_match = chief, resolve(request.path)
    with django_assert_num_queries(0):
        found = navigation_for(request, shown.council, shown)
    assert [link.label for link in found.places] == BAR
    assert found.manage.label == "Manage"


def test_the_menu_of_a_narrow_screen_has_the_same_entries(plan, chief):
    page = signed_in(chief).get(reverse("plan_timeline", args=[plan.pk]))
    menu = [name for name, _, _ in links(page, "app-menu__link")]
    entries = [
        "Key dates",
        "Timeline",
        "Before annual council",
        "Calendar",
        "Change many due dates",
    ]
    header = ["Search the plan", "Guidance", "Development", "Account"]
    assert menu == [*BAR[:3], *entries, *BAR[3:], "Manage", *header]
