"""Attacks on development records and check-ins: ids of other people, counts, exports, search."""

import datetime as dt
import io
import re
import zipfile

import pytest
import time_machine
from django.db import transaction
from django.urls import get_resolver, reverse
from django.utils import timezone

from assessments.data_protection import council_export as exports
from assessments.development.actions import (
    open_check_in,
    save_answer,
    save_part,
    save_reflection,
    share_record,
    start_record,
    write_entry,
)
from assessments.development.models import (
    CheckIn,
    CheckInPart,
    DevelopmentShare,
    JournalEntry,
    Reflection,
    StandardAnswer,
)
from tests.acting import HTMX, signed_in, signed_in_just_now, text_of
from tests.test_access_matrix import PLAN_PAGES, PRIVATE, SHARED, everything_in, names_of, world

pytestmark = pytest.mark.slow

__all__ = ["world"]

OWN_PAGES = [
    name
    for name in names_of(get_resolver().url_patterns)
    if name.startswith(("development", "check_in")) and name != "check_in_accept"  # has no id
]
MINE, THEIRS = "Quagga", "Narwhal"


def used_by(person, partner, mark, plan):
    """A record in which every text carries `mark`; returns what addresses name."""
    record = start_record(person)
    standard = record.standards[0]
    answer = StandardAnswer(record=record, standard=standard, version=0)
    save_answer(answer, version=0, rating="begun", evidence=mark, next_step=mark)
    subject = Reflection.subjects("principle", record).first()
    note = Reflection(record=record, principle=subject, version=0)
    save_reflection(note, version=0, note=mark)
    entry = write_entry(
        record, day=timezone.localdate(), words=mark, plan=plan, step=plan.items.first().step
    )
    share = share_record(
        record,
        reader=partner,
        themes=[standard.theme],
        with_journal=False,
        until=timezone.localdate() + dt.timedelta(days=9),
    )
    part = open_check_in(person, other=partner)
    save_part(part, version=1, show=True, strain=mark)
    return {
        "theme": 1,
        "phase": 1,
        "standard_id": standard.pk,
        "kind": "principle",
        "subject_id": subject.pk,
        "entry_id": entry.pk,
        "share_id": share.pk,
        "check_in_id": part.check_in_id,
    }


def rows():
    models = (StandardAnswer, Reflection, JournalEntry, DevelopmentShare, CheckIn, CheckInPart)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
def test_the_ids_of_another_person_are_not_found(
    chief, officer, reviewer, stranger, plan, fragment
):
    own = used_by(chief, officer, MINE, plan)
    other = used_by(stranger, reviewer, THEIRS, plan)
    client, headers = signed_in(chief), HTMX if fragment else {}
    before, swapped = rows(), 0
    for name in OWN_PAGES:
        wanted = get_resolver().reverse_dict.getlist(name)[0][0][0][1]
        address = reverse(name, kwargs={key: other[key] for key in wanted})
        is_strange = any(own[key] != other[key] for key in wanted)
        swapped += is_strange
        for method in ("get", "post"):
            body = {"version": 1, "words": "X", "strain": "X", "day-day": 1} | other
            with transaction.atomic():
                response = getattr(client, method)(address, body, headers=headers)
                assert THEIRS not in everything_in(response), (method, name)
                if is_strange:
                    assert response.status_code in {404, 405}, (method, name)
                    assert rows() == before, (method, name)
                transaction.set_rollback(True)
    assert swapped == 7  # two pages of an entry, two of a share, three of a check-in


def test_no_page_of_a_council_changes_when_a_member_keeps_a_record(world):
    """No count, list or name, for a colleague; for the two people only their own For you."""

    def pages():
        found = {}
        for who in ("owner", "editor", "reviewer"):
            for name in {name for method, name in PLAN_PAGES if method == "GET"}:
                html = everything_in(world.ask(who, "GET", world.address(name, world.ours)))
                html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)
                html = re.sub(r"csrftoken=\w+|'X-Request-ID': '\w+'", "", html)
                if who != "reviewer":
                    html = re.sub(r'<span class="app-count">.*?</span></span>', "", html)
                found[who, name] = html
        return found

    with time_machine.travel(timezone.now(), tick=False):
        before = pages()
        assert len(before) > 100
        used_by(world.cast["editor"], world.cast["owner"], PRIVATE, world.ours)
        after = pages()
    changed = {key for key in before if before[key] != after[key]}
    assert changed <= {("owner", "plan_for_you"), ("editor", "plan_for_you")}


def test_no_export_of_a_council_includes_it(world, monkeypatch):
    monkeypatch.setattr(exports, "render_pdf", lambda report, **limits: repr(report).encode())
    address = reverse("council_data_export", args=[world.ours.council.slug])
    response = signed_in_just_now(world.cast["owner"]).post(address, {"restricted": "on"})
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        files = {name: archive.read(name).decode(errors="replace") for name in archive.namelist()}
    assert any("Quagga" in content for content in files.values())
    for name, content in files.items():
        assert not re.search(f"{PRIVATE}|{SHARED}", content), name
        assert not re.search("development(record|share)|journalentry|checkin", name), name


@pytest.mark.parametrize("word", [PRIVATE, SHARED])
def test_no_search_finds_it(world, word):
    page = signed_in(world.cast["owner"]).get(reverse("guidance_search"), {"q": word})
    assert "No results for" in text_of(page)
