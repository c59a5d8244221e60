"""Many users at once, each with their own database connection."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, models
from django.utils import timezone

from assessments.comments.actions import reply, resolve_thread, start_thread
from assessments.plans.actions import remove_item, save_item
from assessments.plans.models import Event, EventChange, PlanItem, SignOff, SnapshotItem
from assessments.plans.stages import StageSignedOff
from assessments.presence.models import Presence
from assessments.reviews.actions import latest_change, sign_off_stage
from assessments.versions import StaleVersion
from councils.actions import accept, change_member, invite
from councils.models import Access, ChainHead, ChainLink, CouncilEvent, Membership, Office
from councils.verification import verify
from frameworks.models import Stage
from tests.acting import HTMX, fresh, item_url, own_item, signed_in, status_only, step_url, whole

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 10
EDITORS = 40


def all_at_once(functions):
    """Call the functions at once, each on its own thread and connection; return their results."""
    gate = threading.Barrier(len(functions))

    def run(function):
        try:
            connection.ensure_connection()
            gate.wait(timeout=60)
            return function()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions, timeout=120))


def by_kind(outcomes, kind):
    return [outcome for outcome in outcomes if isinstance(outcome, kind)]


def test_only_one_of_ten_saves_of_the_same_version_succeeds(item, officer):
    def save(n):
        return lambda: save_item(fresh(item), version=1, by=officer, note=f"Words {n}")

    outcomes = all_at_once([save(n) for n in range(PEOPLE)])
    others = [outcome for outcome in outcomes if outcome is not True]
    assert len(others) == PEOPLE - 1, outcomes
    assert len(by_kind(others, StaleVersion)) == PEOPLE - 1, others

    saved = fresh(item)
    assert saved.version == 2
    assert saved.note == f"Words {outcomes.index(True)}"
    assert list(EventChange.objects.values_list("before", "after")) == [("", saved.note)]
    assert Event.objects.filter(item=item).count() == 1


def test_of_ten_requests_one_is_saved_and_nine_show_both_texts(item, officer):
    clients = [signed_in(officer) for _ in range(PEOPLE)]
    bodies = [whole(item, note=f"Words {n}") for n in range(PEOPLE)]

    def post(client, body):
        return lambda: client.post(item_url(item), body, headers=HTMX)

    outcomes = all_at_once([post(*pair) for pair in zip(clients, bodies, strict=True)])
    assert by_kind(outcomes, Exception) == []
    statuses = [response.status_code for response in outcomes]
    assert sorted(statuses) == [200] + [409] * (PEOPLE - 1)
    winner = statuses.index(200)
    for n, response in enumerate(outcomes):
        if n != winner:
            html = response.content.decode()
            assert f'Words <mark class="app-ins">{winner}</mark>' in html
            assert f'Words <mark class="app-ins">{n}</mark>' in html
    assert_saved(item, note=f"Words {winner}", version=2)


def assert_saved(item, **values):
    saved = fresh(item)
    assert {name: getattr(saved, name) for name in values} == values


def test_ten_actions_saved_at_once_are_all_saved(plan, officer):
    items = list(plan.items.all()[:PEOPLE])
    clients = [signed_in(officer) for _ in items]
    bodies = [status_only(item, "in-progress") for item in items]

    def post(client, item, body):
        return lambda: client.post(item_url(item), body, headers=HTMX).status_code

    triples = zip(clients, items, bodies, strict=True)
    assert all_at_once([post(*triple) for triple in triples]) == [200] * PEOPLE

    changed = PlanItem.objects.filter(status="in-progress", version=2)
    assert {item.pk for item in changed} == {item.pk for item in items}
    assert Event.objects.filter(kind="item-changed").count() == PEOPLE


def test_forty_people_editing_one_plan_lose_nothing(plan, officer, figures):
    """Each saves an action of their own repeatedly, while their pages request news."""
    items = list(plan.items.select_related("step")[:EDITORS])
    clients = [signed_in(officer) for _ in items]

    def work(n):
        def run():
            item, client = items[n], clients[n]
            kept = []
            for turn in range(2):
                note = f"Words {n}.{turn}"
                body = whole(item, note=note)
                if client.post(item_url(item), body, headers=HTMX).status_code == 200:
                    kept.append(note)
                news = client.get(step_url(plan, item.step.number, "step_news"), headers=HTMX)
                assert news.status_code == 200
            return kept

        return run

    outcomes = all_at_once([work(n) for n in range(EDITORS)])
    assert by_kind(outcomes, Exception) == []
    acknowledged = {note for kept in outcomes for note in kept}
    assert len(acknowledged) == 2 * EDITORS

    recorded = set(EventChange.objects.filter(field="note").values_list("after", flat=True))
    assert recorded == acknowledged
    figures("People saving at once; saves; lost", f"{EDITORS}; {len(acknowledged)}; 0")
    notes = PlanItem.objects.filter(pk__in=[item.pk for item in items])
    assert set(notes.values_list("note", flat=True)) == {f"Words {n}.1" for n in range(EDITORS)}
    assert Presence.objects.filter(user=officer).count() == len({i.step_id for i in items})


def test_replies_sent_to_one_thread_at_once_are_all_kept(item, officer):
    thread = start_thread(item.plan, item.step, item=item, text="Who is free?", by=officer).thread
    outcomes = all_at_once(
        [lambda n=n: reply(thread, text=f"Me {n}", by=officer) for n in range(PEOPLE)]
    )
    assert by_kind(outcomes, Exception) == []

    assert set(thread.comments.values_list("text", flat=True)) == {
        "Who is free?",
        *(f"Me {n}" for n in range(PEOPLE)),
    }
    assert Event.objects.filter(kind="comment-added").count() == PEOPLE + 1


def test_a_thread_resolved_ten_times_at_once_is_resolved_once(item, officer):
    thread = start_thread(item.plan, item.step, text="Settled?", by=officer).thread
    outcomes = all_at_once([lambda: resolve_thread(thread, by=officer)] * PEOPLE)
    assert by_kind(outcomes, Exception) == []
    assert_resolved_once()


def assert_resolved_once():
    assert Event.objects.filter(kind="thread-resolved").count() == 1


def test_no_acknowledged_save_is_lost_under_constant_saving(item, officer):
    """Each reads the latest version, saves over it, and retries until the save is accepted."""

    def type_away(n):
        def run():
            kept = []
            for turn in range(3):
                note = f"Words {n}.{turn}"
                for _ in range(200):
                    latest = fresh(item)
                    try:
                        save_item(latest, version=latest.version, by=officer, note=note)
                    except StaleVersion:
                        continue
                    kept.append(note)
                    break
            return kept

        return run

    outcomes = all_at_once([type_away(n) for n in range(5)])
    assert by_kind(outcomes, Exception) == []
    acknowledged = {note for kept in outcomes for note in kept}
    assert len(acknowledged) == 15

    chain = list(EventChange.objects.order_by("pk").values_list("before", "after"))
    assert {after for _, after in chain} == acknowledged
    assert [before for before, _ in chain] == ["", *(after for _, after in chain[:-1])]
    assert_saved(item, note=chain[-1][1], version=16)


def test_a_save_and_a_removal_at_once_never_both_succeed(plan, chief):
    own = own_item(plan, by=chief)
    outcomes = all_at_once(
        [
            lambda: save_item(fresh(own), version=1, by=chief, note="Words"),
            lambda: remove_item(fresh(own), version=1, by=chief),
        ]
    )
    assert len(by_kind(outcomes, StaleVersion)) == 1, outcomes

    saved = fresh(own)
    assert saved.version == 2
    assert (saved.note == "Words") != (saved.removed_at is not None)
    assert Event.objects.filter(item=own).count() == 2


def test_two_plans_for_one_election_made_at_once_make_one(riverdale, chief):
    clients = [signed_in(chief) for _ in range(2)]
    data = {
        "election_day-day": "6",
        "election_day-month": "5",
        "election_day-year": "2027",
        "control": "unknown",
        "control_standing": "expected",
        "formality": "unknown",
        "coalition_term": "coalition",
        "stage_2_weeks": "6",
        "marking": "official",
        "create": "1",
    }

    def post(client):
        return lambda: client.post("/councils/riverdale/plans/new/", data).status_code

    assert sorted(all_at_once([post(client) for client in clients])) == [302, 422]
    assert_one_plan(123)


def assert_one_plan(items):
    assert PlanItem.objects.count() == items
    assert Event.objects.count() == 1


def test_an_invitation_used_fifty_times_at_once_adds_one_member(riverdale, chief):
    tokens = []
    invite(
        council=riverdale,
        by=chief,
        link_for=lambda token: tokens.append(token) or token,
        email="new@riverdale.example",
        name="New Person",
        office=Office.SLT_MEMBER,
        job_title="",
        access=Access.EDITOR,
    )
    outcomes = all_at_once([lambda: accept(tokens[0], password="seven brown herons")] * 50)
    assert len(by_kind(outcomes, Membership)) == 1, outcomes
    assert outcomes.count(None) == 49, outcomes
    joined = list(Membership.objects.filter(user__email="new@riverdale.example"))
    assert len(joined) == 1


def test_fifty_entries_added_at_once_form_one_chain(plan, chief, officer, person):
    """Saves, members and invitations of one council all add to its one chain."""
    council, items = plan.council, list(plan.items.all()[:30])
    members = [Membership.objects.get(user=person(council, f"p{n}")) for n in range(10)]

    def save(item):
        return lambda: save_item(fresh(item), version=1, by=officer, note="Words")

    def change(member, access):
        return lambda: change_member(member, by=chief, access=access)

    def offer(n, job_title="Director"):
        email = f"new{n % 5}@riverdale.example"
        place = {"email": email, "name": "New", "job_title": job_title}
        place |= {"office": Office.SLT_MEMBER, "access": Access.EDITOR}
        return lambda: invite(council=council, by=chief, link_for=lambda token: token, **place)

    for n in range(5):
        # Inviting them again, to another post, withdraws this one first: two events each.
        offer(n, job_title="Head of service")()
    before = ChainLink.objects.filter(council=council).count()
    work = [save(item) for item in items]
    work += [change(member, Access.REVIEWER) for member in members]
    work += [offer(n) for n in range(5)]
    work += [save(item) for item in items[:5]]
    outcomes = all_at_once(work)
    unexpected = [
        outcome for outcome in by_kind(outcomes, Exception) if not isinstance(outcome, StaleVersion)
    ]
    assert unexpected == []
    assert len(outcomes) == 50

    found = verify(council)
    assert found.problems == []
    assert found.entries == before + 30 + 10 + 5 * 2


def test_two_first_entries_added_at_once_are_both_in_the_chain(riverdale, chief):
    events = [CouncilEvent(council=riverdale, kind="joined", person=str(n)) for n in range(10)]
    ChainLink.objects.all().delete()
    ChainHead.objects.all().delete()
    models.QuerySet(CouncilEvent).all()._raw_delete("default")
    assert all_at_once([event.save for event in events]) == [None] * 10
    assert verify(riverdale).problems == []


def test_a_save_during_sign_off_is_in_the_snapshot_or_refused(plan, chief, officer):
    """In either order, the snapshot has what the actions have."""
    stage = Stage.objects.get(framework=plan.transition_id, number=2)
    items = list(plan.items.filter(step__stage=stage)[:PEOPLE])

    def save(item):
        def run():
            return save_item(fresh(item), version=1, by=officer, note="At the same moment")

        return run

    def sign():
        for _ in range(PEOPLE * 2):
            with suppress(StaleVersion):
                seen = latest_change(plan, stage)
                return sign_off_stage(plan, stage, seen=seen, reason="Now", by=chief)
        raise AssertionError("Never signed off")

    outcomes = all_at_once([sign, *map(save, items)])
    assert len(by_kind(outcomes, SignOff)) == 1, outcomes
    late = by_kind(outcomes, StageSignedOff)
    assert outcomes.count(True) + len(late) == PEOPLE, outcomes

    kept = dict(SnapshotItem.objects.values_list("item", "note"))
    notes = dict(plan.items.filter(pk__in=kept).values_list("pk", "note"))
    assert kept == notes
    assert list(notes.values()).count("At the same moment") == PEOPLE - len(late)


def test_ten_runs_at_once_send_each_email_update_once(plan, officer, reviewer):
    plan.items.update(due=timezone.localdate())
    runs = all_at_once([lambda: call_command("send_digests", stdout=io.StringIO())] * PEOPLE)
    assert runs == [None] * PEOPLE
    told = sorted(message.to[0] for message in mail.outbox)
    assert told == sorted({*told})
    assert officer.email in told
