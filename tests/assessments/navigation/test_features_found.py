"""Every named feature is found from plan home within two clicks, and by searching for its name."""

import re

import pytest
from django.urls import reverse

from assessments.navigation.find import ALSO_CALLED
from assessments.navigation.places import PLACES
from tests.acting import signed_in, text_of, tree_of

# What people call a feature, where it is, what the page says, and the words to search for.
FEATURES = {
    "key dates": ("plan_dates", "Key dates"),
    "political balance": ("balances", "Political balance"),
    "election night": ("election_night", "Election night"),
    "register of agreements": ("register", "register"),
    "review rounds": ("rounds", "Review"),
    "check-ins": ("check_ins", "Check-ins"),
    "restricted notes": ("restricted_texts", "Restricted notes"),
    "snapshots": ("snapshots", "Snapshots"),
    "committee report in Word": ("action_plan", "Download Word committee report"),
    "action log in Excel": ("action_plan", "Download Excel action log"),
    "history": ("plan_history", "History"),
    "what advisers viewed": ("plan_advisers", "adviser access log"),
    "people and access": ("people", "People with access"),
    "annual council": ("annual_council", "Annual council"),
    "parity log": ("parity", "Parity log"),
    "ways of working": ("ways_of_working", "Ways of working with the groups"),
    "protocols": ("ways_of_working", "Ways of working with the groups"),
    "questions to advisers": ("advice", "Advice"),
    "new councillors": ("packs", "Day one for new councillors"),
    "leaders meeting": ("packs", "The next leaders’ meeting"),
    "appointments": ("group_notices", "appointments"),
    "budget": ("budget", "Budget"),
    "vacancies": ("vacancies", "Vacancies"),
    "pack before the poll": ("packs", "For group leaders before the poll"),
    "advice": ("advice", "Questions that owners have asked advisers"),
}


def address_of(route, plan):
    if route == "check_ins":
        return reverse(route)
    is_of_council = any(
        section.takes == "council"
        for place in PLACES
        for section in place.sections
        if section.route == route
    )
    return reverse(route, args=[plan.council.slug if is_of_council else plan.pk])


def links_of(page):
    found = {link.get("href", "").split("#")[0].split("?")[0] for link in tree_of(page).iter("a")}
    return {href for href in found if href.startswith("/")}


@pytest.fixture
def client(chief):
    return signed_in(chief)


def test_each_feature_is_two_clicks_from_plan_home(client, plan):
    first = links_of(client.get(plan.get_absolute_url()))
    # One page of each place and of the header is enough: the pages of a place have the same links.
    bar = {reverse("development"), *(address_of(p.sections[0].route, plan) for p in PLACES[3:])}
    bar |= {
        reverse(route, args=[plan.pk]) for route in ("plan_dates", "plan_for_you", "plan_comments")
    }
    assert bar <= first
    second = set().union(*(links_of(client.get(href)) for href in bar))
    for name, (route, words) in FEATURES.items():
        address = address_of(route, plan)
        assert address in first | second, name
        assert words in text_of(client.get(address)), name


def test_each_feature_is_found_by_its_name(client, plan):
    for name, (route, _) in FEATURES.items():
        page = client.get(reverse("plan_open", args=[plan.pk]), {"q": name})
        pages = re.search(r"Pages with this name:(.*?)</p>", page.content.decode(), re.S)
        assert pages, name
        assert f'href="{address_of(route, plan)}"' in pages[1], name


def test_an_adviser_is_not_led_to_pages_that_they_cannot_open(plan, adviser):
    page = signed_in(adviser).get(reverse("plan_open", args=[plan.pk]), {"q": "political balance"})
    assert "Pages with this name" not in text_of(page)


def test_other_names_are_of_pages_in_the_second_rows():
    assert set(ALSO_CALLED) <= {section.route for place in PLACES for section in place.sections}
