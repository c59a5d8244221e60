"""Every form and address of a council, sent with the ids that another council's pages name.

Forms and addresses are found by walking the demo as people of two councils, so new ones are tried
by themselves. Whatever is answered, nothing named on the pages of the other council comes back, no
row of theirs changes, and no row of one council refers to a row of another.
"""

import io
import itertools
import random
from collections import defaultdict

import pytest
from django.core.management import call_command
from django.db import models, transaction
from django.urls import Resolver404, resolve, reverse

from councils.belongings import belongings_of
from councils.models import Council, Membership, User
from tests.acting import HTMX
from tests.test_payloads import Site, completed, content_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# People of one council, and of another that does not share an adviser with it.
OURS = ("chief@riverdale.example", "monitoring@riverdale.example", "people@riverdale.example")
THEIRS = ("chief@northwold.example",)
SAMPLE = 80  # of all mixtures, in the suite; `script/attack` sends every one


@pytest.fixture
def demo(db):
    call_command("seed_demo", stdout=io.StringIO())


def names_of_council(slug):
    """Return words by which a page of the council can be known: its name and its people's."""
    council = Council.objects.get(slug=slug)
    people = User.objects.filter(memberships__council=council)
    return {council.name, *people.values_list("email", flat=True)}


def crossing_references():
    """Return each foreign key that leads from a row of one council to a row of another."""
    ways = {Council: ""} | belongings_of(Council)
    found = []
    for model, way in ways.items():
        for key in model._meta.concrete_fields:
            other = key.related_model
            if not way or other not in ways or other is Council:
                continue
            there = f"{key.name}__{ways[other]}"
            crossed = model._base_manager.exclude(**{key.name: None})
            crossed = crossed.exclude(**{there: models.F(way)}).exclude(**{there: None})
            found += [(model.__name__, key.name, pk) for pk in crossed.values_list("pk", flat=True)]
    return found


def rows_of(slug):
    """Return the versions of everything of a council, to see that nothing has changed."""
    return {
        model.__name__: list(
            model._base_manager.filter(**{f"{way}__slug": slug}).order_by("pk").values_list()
        )
        for model, way in belongings_of(Council).items()
    }


def addresses_of(site):
    """Return the arguments of each address that the person has seen, by name."""
    found = defaultdict(list)
    for address in [*site.pages, *(action for action, _ in site.forms.values())]:
        try:
            match = resolve(address)
        except Resolver404:
            continue
        if match.kwargs and match.kwargs not in found[match.url_name]:
            found[match.url_name].append(match.kwargs)
    return found


def mixed_addresses(ours, theirs):
    """Yield addresses whose arguments are partly of one council and partly of the other."""
    here, there = addresses_of(ours), addresses_of(theirs)
    for name in here.keys() & there.keys():
        for one, two in itertools.product(here[name][:2], there[name][:2]):
            keys = [key for key in one if one[key] != two[key]]
            for whose in itertools.product((one, two), repeat=len(keys)):
                if two in whose:
                    mixed = {key: it[key] for key, it in zip(keys, whose, strict=True)}
                    yield reverse(name, kwargs=one | mixed), {}


def ids_in(form, name):
    """Return every number that a field of a form offers or holds."""
    values = set()
    for control in form.iter():
        if control.get("name") == name:
            values.add(control.get("value") or "")
            values |= {option.get("value") or "" for option in control.iter("option")}
    return {value for value in values if value.isdigit()}


def mixed_forms(ours, theirs):
    """Yield our forms with a number in one field taken from the same form of the other council."""
    for key in ours.forms.keys() & theirs.forms.keys():
        action, form = ours.forms[key]
        _, other = theirs.forms[key]
        sent = completed(form)
        for name in sent:
            foreign = ids_in(other, name) - ids_in(form, name)
            for value in sorted(foreign)[:3]:
                yield action, sent | {name: value}
    # And fields that name things on some form, on every other form.
    numbers = defaultdict(set)
    for _, form in theirs.forms.values():
        for name in completed(form):
            numbers[name] |= ids_in(form, name)
    for action, form in ours.forms.values():
        sent = completed(form)
        extra = {name: sorted(ids)[-1] for name, ids in numbers.items() if ids and name not in sent}
        yield action, sent | extra


def test_forms_with_ids_of_another_council_reach_nothing_of_it(
    request, demo, quick_press, django_capture_on_commit_callbacks, figures
):
    is_whole = request.config.getoption("--attack")
    theirs = Site(THEIRS[0], each_kind=2)
    strange, before = names_of_council("northwold"), rows_of("northwold")
    assert crossing_references() == []
    rng = random.Random(20261128)  # noqa: S311 - the same choice every time
    sent = saved = 0
    for email in OURS if is_whole else OURS[:1]:
        ours = Site(email, each_kind=2 if is_whole else 1)
        cases = [*mixed_addresses(ours, theirs), *mixed_forms(ours, theirs)]
        if not is_whole:
            cases = rng.sample(cases, min(SAMPLE, len(cases)))
        for address, data in cases:
            ways = ["post"] if data else ["get", "post"]
            for way, headers in itertools.product(ways, ({}, HTMX) if is_whole else ({},)):
                with transaction.atomic():
                    with django_capture_on_commit_callbacks():
                        response = getattr(ours.client, way)(address, data, headers=headers)
                    where = (email, way, address, data)
                    assert response.status_code < 500, where
                    content = content_of(response).decode(errors="replace")
                    assert not [name for name in strange if name in content], where
                    if way == "post" and response.status_code in {200, 302}:
                        saved += 1
                        assert crossing_references() == [], where
                        if saved % 10 == 0:
                            assert rows_of("northwold") == before, where
                    transaction.set_rollback(True)
                sent += 1
    assert sent > SAMPLE
    assert saved > 5
    figures("Forms with ids of another council; references", f"{sent}, {saved} saved; 0")


def test_a_reference_to_another_council_would_be_found(plan, their_plan, stranger):
    assert crossing_references() == []
    before = rows_of("riverdale")
    item = plan.items.first()
    plan.items.filter(pk=item.pk).update(owner=Membership.objects.get(user=stranger))
    assert crossing_references() == [("PlanItem", "owner", item.pk)]
    assert rows_of("riverdale") != before
