"""What is restricted, or one group's, is in no pack: a word is planted in each such place."""

import datetime as dt
import io
import zipfile

from django.urls import reverse
from django.utils import timezone

from assessments.budget.actions import save_confidential_amendment
from assessments.comments.actions import start_thread
from assessments.packs.actions import add_leaders_meeting, save_councillors
from assessments.parity.actions import save_confidential_request
from assessments.register.actions import add_to_register
from assessments.register.models import Agreement, Issue
from assessments.restricted_notes.actions import save_restricted_note
from assessments.seats.actions import record_composition, save_scenario
from elections.budget import AmendmentLine
from elections.composition import Composition, Group
from elections.scenario import SeatSwing
from tests.acting import answer, signed_in

CANARY = "Kingfisher"
DOCUMENTS = (
    ("pack_before_poll", {"format": "word"}),
    ("pack_before_poll", {"format": "excel"}),
    ("pack_new_councillors", {}),
    ("pack_administration_download", {}),
    ("leaders_agenda", {}),
)
PAGES = ("packs", "new_councillors", "pack_administration", "leaders_meetings")


def plant(plan, item, by):
    """Write the canary wherever no pack may read it, beside what packs do read."""
    day = timezone.localdate()
    save_restricted_note(item, None, text=f"{CANARY} note", version=0, by=by, readers=[])
    composition = record_composition(
        council=plan.council,
        as_at=day,
        composition=Composition((Group("Ash", 10), Group("Oak", 10))),
        based_on=None,
        by=by,
    )
    save_scenario(
        None,
        plan=plan,
        base=composition,
        name=f"{CANARY} scenario",
        changes=[SeatSwing("Oak", "Ash", 1)],
        version=0,
        by=by,
    )
    save_confidential_request(
        None,
        plan=plan,
        version=0,
        by=by,
        group="Ash",
        asked_on=day,
        words=f"{CANARY} request",
        answer=f"{CANARY} answer",
    )
    save_confidential_amendment(
        None,
        plan=plan,
        version=0,
        group="Ash",
        title=f"{CANARY} amendment",
        received_on=day,
        lines=[AmendmentLine(f"{CANARY} line", 10, 10)],
        by=by,
    )
    issue = {"by": by, "bites_on": day}
    red_line = f"{CANARY} red line"
    add_to_register(Issue, plan, kind=Issue.Kind.RED_LINE, words=red_line, group="Ash", **issue)
    add_to_register(
        Issue,
        plan,
        kind=Issue.Kind.CRUNCH,
        words="The leisure contract",
        group=f"{CANARY} group",
        agreed=f"{CANARY} talks",
        **issue,
    )
    add_to_register(
        Agreement, plan, by=by, kind="other", manner="verbal", parties="Ash", covers=CANARY
    )
    answer(item, by, note=f"{CANARY} note of an action")
    start_thread(plan, item.step, item=item, text=f"{CANARY} comment", by=by, tell=[])
    save_councillors(plan, [(f"{CANARY} Lane", "")], version=0, by=by)
    add_leaders_meeting(plan, held_on=day, notes=f"{CANARY} notes", to_do="", by=by)


def texts_in(response):
    """Return all text of a Word or Excel file, its properties included."""
    with zipfile.ZipFile(io.BytesIO(response.content)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist() if "xml" in name)


def test_no_pack_has_what_is_restricted_or_of_one_group(time_machine, plan, item, chief, subtests):
    time_machine.move_to(dt.datetime(2027, 5, 20, 12, tzinfo=dt.UTC), tick=False)
    plant(plan, item, chief)
    client = signed_in(chief)
    decision = str(Issue.objects.get(kind=Issue.Kind.CRUNCH).pk)
    for name, data in DOCUMENTS:
        with subtests.test(name, **data):
            url = reverse(name, args=[plan.pk])
            text = texts_in(client.post(url, data | {"decision": decision}))
            assert CANARY not in text
            if name in {"pack_administration_download", "leaders_agenda"}:
                assert "The leisure contract" in text
    for name in PAGES:
        with subtests.test(name):
            page = client.get(reverse(name, args=[plan.pk])).text
            known = page.replace(f"{CANARY} Lane", "") if name == "new_councillors" else page
            assert CANARY not in known
