"""Two thousand requests with the ids of two councils mixed up: nothing of the other comes back.

Every address of a council or a plan, each id in its path, query and body taken from one council or
the other; asked by people of the one, and by advisers with a grant of the one. All the texts of a
council carry its mark.
"""

import itertools
import random

import pytest
from django.db import transaction
from django.urls import reverse

from assessments.plans.models import PlanItem
from tests.acting import HTMX, draw_pdf_with, signed_in
from tests.test_access_matrix import OURS, PLAN_PAGES, THEIRS, everything_in, world

__all__ = ["world"]

STRANGE, OWN = 1600, 400  # requests with an id of the other council in the path, and without
PEOPLE = ("owner", "reviewer", "adviser", "removed")
PAGES = sorted({name for _, name in PLAN_PAGES})


@pytest.fixture
def ids(world):
    """Each council's own value of what a form may name."""
    return {
        plan: {
            "plan_id": plan.pk,
            "item_id": world.own[plan].pk,
            "slug": plan.council.slug,
            "pk": world.member[plan].pk,
        }
        for plan in (world.ours, world.theirs)
    }


def mixtures(world):
    """Every page with every choice of whose ids it is asked with, and whether any is theirs."""
    for name in PAGES:
        number = {"number": 2} if name in {"plan_stage", "plan_area"} else {}
        ours, theirs = (world.arguments(name, plan) for plan in (world.ours, world.theirs))
        own = [key for key in ours if ours[key] != theirs[key] and key != "token"]
        for whose in itertools.product((ours, theirs), repeat=len(own)):
            path = ours | number | {key: it[key] for key, it in zip(own, whose, strict=True)}
            yield name, reverse(name, kwargs=path), theirs in whose


def fields(world, ids, whose, rng):
    """A query or a body that names things of `whose` plan, in every field that names anything."""
    found = ids[whose]
    back = reverse("plan_step", args=[whose.pk, 13])
    scope = rng.choice(["whole", "summary", "mine", "stage-2", f"stage-{found['plan_id']}"])
    return {
        "back": back,
        "next": back,
        "plan": found["plan_id"],
        "plan_id": found["plan_id"],
        "item": found["item_id"],
        "owner": found["pk"],
        "readers": [found["pk"]],
        "member": found["pk"],
        "council": found["slug"],
        "scope": scope,
        "page": rng.choice(["1", "2", str(found["item_id"])]),
        "version": rng.choice([1, 2]),
        "status": rng.choice(["in-progress", "nonsense"]),
        "part": rng.choice(["", "status"]),
        "note": "Words",
        "text": "Words",
        "title": "Words",
    }


def test_nothing_of_another_council_comes_back(world, ids, monkeypatch, sampled, figures):
    draw_pdf_with(monkeypatch, lambda report: repr(report).encode())
    monkeypatch.setattr(
        "assessments.seats.views.balances.balance_pdf", lambda report: repr(report).encode()
    )
    monkeypatch.setattr(
        "assessments.election_night.views.note_pdf", lambda note: repr(note).encode()
    )
    rng = random.Random(20261122)  # noqa: S311 - the same choice every time
    clients = {who: signed_in(world.cast[who]) for who in PEOPLE}
    theirs = PlanItem.objects.filter(plan=world.theirs)
    before = list(theirs.order_by("pk").values_list("pk", "version"))
    ways = list(itertools.product(PEOPLE, ("get", "post"), (False, True)))
    strange = [(way, page) for page in mixtures(world) for way in ways if page[2]]
    own = [(way, page) for page in mixtures(world) for way in ways if not page[2]]
    assert min(len(strange), len(own)) > 300
    cases = [*rng.choices(strange, k=STRANGE), *rng.choices(own, k=OWN)]
    for (who, method, fragment), (name, address, is_strange) in sampled(cases):
        data = fields(world, ids, world.ours if is_strange else world.theirs, rng)
        client = clients[who]
        with transaction.atomic():
            response = getattr(client, method)(address, data, headers=HTMX if fragment else {})
            assert response.status_code < 500, (name, address, who)
            assert THEIRS not in everything_in(response), (name, address, who, method, data)
            if method == "post" and response.status_code in {200, 302}:
                assert list(theirs.order_by("pk").values_list("pk", "version")) == before
            transaction.set_rollback(True)
    figures("Requests with ids swapped; leaks", f"{len(sampled(cases))}; 0")


def test_the_marks_are_there_to_be_found(world, ids):
    """What the test above looks for does come back to those whose it is."""
    for who, mark in (("adviser", OURS), ("owner", OURS), ("elsewhere", THEIRS)):
        plan = world.ours if mark == OURS else world.theirs
        address = reverse("plan_step", args=[plan.pk, 13])
        assert mark in everything_in(signed_in(world.cast[who]).get(address))
