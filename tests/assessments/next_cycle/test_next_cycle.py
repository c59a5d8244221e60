"""The next plan, made from a finished one: what is carried forward and what is reset."""

import datetime as dt
from unittest.mock import patch

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from assessments.data_protection.actions import purge_plan
from assessments.data_protection.expiry import expiry_of
from assessments.next_cycle import actions as next_cycle
from assessments.next_cycle.actions import make_next_plan
from assessments.plans.actions import create_plan, remove_item
from assessments.plans.models import Election, Event, Plan, PlanItem, Status
from assessments.restricted_notes.actions import save_restricted_note
from assessments.reviews.actions import (
    answer_concern,
    ask_for_review,
    mark_step,
    record_control_change,
)
from councils.models import Council, Membership
from councils.verification import verify
from tests.acting import answer, error_links, own_item, signed_in, text_of, tree_of

AFTER = dt.datetime(2028, 5, 10, 11, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def a_year_later():
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def client(chief):
    return signed_in(chief)


@pytest.fixture
def url(plan):
    return reverse("plan_next", args=[plan.pk])


@pytest.fixture
def lived(plan, item, chief, officer):
    """A plan whose first year has ended."""
    mine = Membership.objects.get(user=officer)
    answer(item, chief, status=Status.COMPLETED, owner=mine, note="Ask the groups sooner")
    own = own_item(
        plan, by=chief, title="Brief the chairs", status=Status.IN_PROGRESS, note="In May"
    )
    answer(own, chief, owner=mine, due=dt.date(2027, 6, 1))
    gone = own_item(plan, by=chief, title="Never mind")
    remove_item(gone, version=1, by=chief)
    stage = plan.transition.stages.get(number=2)
    review = ask_for_review(plan, stage, reviewers=[mine], due=dt.date(2028, 6, 1), by=chief)
    for number, words in ((11, "Answered one"), (13, "It is not said who chairs it. " * 9)):
        mark_step(
            review,
            stage.steps.get(number=number),
            reviewer=mine,
            verdict="concern",
            words=words.strip(),
            version=0,
            by=officer,
        )
    mark = review.marks.get(step__number=11)
    answer_concern(mark, answer="Seen to", version=1, by=chief)
    return plan


def make(client, url, **changes):
    """Make the next plan as a browser does: answer, check, confirm."""
    form = form_lists(client.get(url)) | changes
    check = client.post(url, form)
    assert check.status_code == 200, error_links(check)
    return client.post(url, form_lists(check) | {"make": "1"})


def form_lists(response):
    """Return what `form_on` does, for a form with several inputs of one name."""
    (form,) = (f for f in tree_of(response).iter("form") if f.get("method") == "post")
    data = {}
    for box in form.iter("input"):
        is_box = box.get("type") in {"checkbox", "radio"}
        ticked = not is_box or box.get("checked") is not None
        if ticked and box.get("name") != "csrfmiddlewaretoken":
            value = box.get("value", "on" if is_box else "")
            data.setdefault(box.get("name"), []).append(value)
    return data


def twin(following, item):
    return following.items.get(step__number=item.step.number, source__code=item.source.code)


def test_what_is_carried_forward_and_what_is_reset(client, url, lived, item, officer):
    response = make(client, url, lessons=[item.pk])
    following = Plan.objects.get(previous=lived)
    assert response.url == following.get_absolute_url()
    assert following.election_day == dt.date(2029, 5, 3)
    assert (following.control, following.version) == ("unknown", 1)
    assert following.items.filter(source__isnull=False).count() == 123
    answers = set(following.items.values_list("status", "completed_on", "reason"))
    assert answers == {("not-started", None, "")}
    same = twin(following, item)
    assert same.owner.user == officer
    assert same.note == "From the plan for the election on 6 May 2027:\nAsk the groups sooner"
    own, concern = following.items.filter(source=None).order_by("position")
    assert (own.title, own.step.number, own.owner.user) == ("Brief the chairs", 13, officer)
    assert own.due is None
    assert own.note == "From the plan for the election on 6 May 2027:\nIn May"
    assert concern.title.startswith("Unresolved concern: It is not said who chairs it.")
    assert (len(concern.title), concern.step.number) == (160, 13)
    assert concern.note.startswith(
        "Raised by Officer, Monitoring officer in the plan for the election on 6 May 2027:\n"
        "It is not said"
    )
    positions = list(following.items.filter(step__number=13).values_list("position", flat=True))
    assert len(set(positions)) == len(positions)


def test_the_record_has_what_the_actions_of_the_next_plan_begin_with(
    client, url, lived, item, chief, tmp_path
):
    make(client, url, lessons=[item.pk])
    following = Plan.objects.get(previous=lived)
    assert verify(lived.council).problems == []
    begun = Event.objects.filter(plan=following, kind=Event.Kind.ITEM_ADDED, by=chief)
    assert {event.item: dict(event.changes.values_list("field", "after")) for event in begun} == {
        each: {"note": each.note} | ({"owner": str(each.owner)} if each.owner else {})
        for each in following.items.exclude(note="")
    }
    path = tmp_path / "riverdale.zip"
    call_command("export_council", "riverdale", f"--output={path}", "--complete", "--no-pdfs")
    call_command("import_council", str(path), "--name=Other Council", "--slug=other")
    PlanItem.objects.filter(pk=twin(following, item).pk).update(note="From the plan for another")
    assert "its note is not what" in verify(lived.council).problems[0]


def test_a_next_plan_of_an_earlier_version_is_not_said_to_be_altered(lived, item, chief):
    """The record had no entry of its actions."""
    with patch.object(next_cycle, "_record_added"):
        following = make_next_plan(
            lived,
            election_day=dt.date(2029, 5, 3),
            items=[],
            keep_owners=True,
            lessons=[item],
            concerns=[],
            by=chief,
        )
    same = twin(following, item)
    assert same.note
    assert verify(lived.council).problems == []
    PlanItem.objects.filter(pk=same.pk).update(note="Added in the database")
    assert len(verify(lived.council).problems) == 1


def test_the_previous_plan_does_not_change_and_both_link_to_each_other(client, chief, url, lived):
    before = list(lived.items.order_by("pk").values())
    ends = expiry_of(lived).ends
    asked = text_of(client.get(url))
    assert "Nothing else in it changes, and it is not kept for longer because of this." in asked
    with time_machine.travel(timezone.now() + dt.timedelta(days=1000), tick=False):
        client = signed_in(chief)
        make(client, url)
        assert expiry_of(lived).ends == ends
    assert list(lived.items.order_by("pk").values()) == before
    following = Plan.objects.get(previous=lived)
    for page, other in ((lived, following), (following, lived)):
        html = client.get(page.get_absolute_url())
        assert other.get_absolute_url() in [a.get("href") for a in tree_of(html).iter("a")]
    made, followed = Event.objects.all()[:2]
    assert (made.kind, made.plan) == ("plan-created", following)
    assert made.detail == "from the plan for the election on 6 May 2027"
    assert (followed.kind, followed.plan) == ("plan-followed", lived)
    assert client.get(url).url == following.get_absolute_url()
    assert client.post(url, {"make": "1"}).url == following.get_absolute_url()
    assert Plan.objects.count() == 2


def test_only_what_was_selected_is_carried_forward(client, url, lived, item):
    empty = {name: [] for name in ("items", "lessons", "concerns", "keep_owners")}
    make(client, url, **empty)
    following = Plan.objects.get(previous=lived)
    assert not following.items.filter(source=None).exists()
    assert not following.items.exclude(note="", owner=None).exists()


def test_former_members_and_typed_names_are_not_carried_forward(client, url, lived, item):
    Membership.objects.filter(user__name="Officer").update(ended_at=AFTER)
    other = lived.items.filter(step__number=7).first()
    answer(other, lived.created_by, owner_name="A person outside")
    make(client, url)
    following = Plan.objects.get(previous=lived)
    assert not following.items.exclude(owner=None, owner_name="").exists()


def test_restricted_notes_are_not_carried_forward(client, url, lived, item, chief):
    save_restricted_note(item, None, text="Only for us", version=0, by=chief)
    page = client.get(url)
    assert "Only for us" not in text_of(page)
    make(client, url)
    assert "Only for us" not in str(list(PlanItem.objects.exclude(plan=lived).values()))


def test_the_longest_note_is_carried_forward_and_can_be_saved(client, url, item, chief):
    answer(item, chief, note="x" * 20_000)
    make(client, url, lessons=[item.pk])
    assert twin(Plan.objects.get(previous=item.plan), item).note == "x" * 20_000


def test_before_the_first_year_ends_the_owner_confirms_it_and_the_plan_stays_open(
    client, url, plan, item, officer
):
    with time_machine.travel(dt.datetime(2027, 11, 1, 11, tzinfo=dt.UTC), tick=False):
        form = form_lists(client.get(url))
        response = client.post(url, form)
        assert response.status_code == 422
        assert error_links(response) == [
            (
                "Confirm that you want to make the next plan before the first year of this one has "
                "ended",
                "id_finished",
            )
        ]
        assert "This plan is not closed. Its open actions stay open" in text_of(response)
        make(client, url, finished="on")
        answer(item, officer, note="Work goes on")
    assert Plan.objects.get(previous=plan).election_day == dt.date(2028, 5, 4)


def test_the_next_plan_is_offered_when_the_first_year_has_ended(client, plan, officer):
    home = plan.get_absolute_url()
    assert "The first year after this election has ended" in text_of(client.get(home))
    assert "Make the next plan" not in text_of(signed_in(officer).get(home))
    with time_machine.travel(dt.datetime(2027, 4, 1, 11, tzinfo=dt.UTC), tick=False):
        assert "Make the next plan" not in text_of(client.get(home))


def test_the_day_offered_follows_from_how_the_council_is_elected(client, url, plan):
    """A council elected as a whole has no election in the years between."""
    assert form_lists(client.get(url))["election_day-year"] == ["2029"]
    Council.objects.filter(pk=plan.council_id).update(election_cycle="whole")
    assert form_lists(client.get(url))["election_day-year"] == ["2031"]
    # Those elected at a by-election serve the rest of a term that began earlier.
    Plan.objects.filter(pk=plan.pk).update(occasion=Election.BY_ELECTION)
    assert form_lists(client.get(url))["election_day-year"] == ["2029"]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (("6", "5", "2027"), "The next election day must be after this plan’s election day"),
        (("3", "5", "2029"), "There is already a plan for this election day"),
        (("4", "5", "2029"), "Election day must be a Thursday. Friday 4 May 2029 is not"),
        (("", "", ""), "Enter the next election day"),
    ],
)
def test_an_invalid_election_day_is_refused(client, url, plan, chief, day, said):
    create_plan(council=plan.council, by=chief, election_day=dt.date(2029, 5, 3))
    parts = zip(("day", "month", "year"), day, strict=True)
    form = form_lists(client.get(url)) | {f"election_day-{part}": text for part, text in parts}
    response = client.post(url, form | {"make": "1"})
    assert (response.status_code, error_links(response)[0][0]) == (422, said)


def test_unexpected_values_are_refused(client, url, lived, their_plan, item, stranger):
    theirs = own_item(their_plan, by=stranger)
    form = form_lists(client.get(url))
    for changes in (
        {"items": [theirs.pk]},
        {"items": ["x", "1\0", "9" * 40]},
        {"lessons": [their_plan.items.first().pk]},
        {"concerns": ["0"]},
        {"election_day-year": "9" * 9},
    ):
        assert client.post(url, form | changes | {"make": "1"}).status_code == 422, changes
    assert client.post(url, {}).status_code == 422
    twice = form | {"items": form["items"] * 2, "make": "1"}
    assert client.post(url, twice).status_code == 302
    assert Plan.objects.get(previous=lived).items.filter(title="Brief the chairs").count() == 1


def test_changing_answers_keeps_the_others(client, url, lived):
    form = form_lists(client.get(url)) | {"concerns": []}
    again = form_lists(client.post(url, form | {"change": "1"}))
    assert "concerns" not in again
    assert again["items"] == form["items"]


def test_two_presses_make_one_plan(client, url, plan, monkeypatch):
    def taken(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr("assessments.next_cycle.actions.make_next_plan", taken)
    response = client.post(url, form_lists(client.get(url)) | {"make": "1"})
    assert response.status_code == 422
    assert "Someone has just made a plan" in text_of(response)


def test_no_next_plan_is_made_of_one_that_has_just_been_deleted(
    client, url, lived, chief, monkeypatch
):
    def too_late(plan, **fields):
        purge_plan(plan, by=chief)
        return make_next_plan(plan, **fields)

    data = form_lists(client.get(url)) | {"make": "1"}
    monkeypatch.setattr("assessments.next_cycle.actions.make_next_plan", too_late)
    assert client.post(url, data).status_code == 404
    assert not Plan.objects.exists()


def test_the_next_plan_is_made_completely_or_not_at_all(lived, chief, monkeypatch):
    def full(*args, **kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr("assessments.next_cycle.actions.record", full)
    with pytest.raises(RuntimeError):
        make_next_plan(
            lived,
            election_day=dt.date(2029, 5, 3),
            items=[],
            keep_owners=True,
            lessons=[],
            concerns=[],
            by=chief,
        )
    assert Plan.objects.count() == 1


def test_the_previous_plan_can_be_permanently_deleted(client, url, lived, chief):
    record_control_change(
        lived,
        day=dt.date(2027, 11, 4),
        kind="leader",
        words="A new one",
        control="majority",
        control_standing="known",
        formality="unknown",
        steps=list(lived.transition.stages.get(number=2).steps.all())[:1],
        version=1,
        by=chief,
    )
    make(client, url)
    following = Plan.objects.get(previous=lived)
    purge_plan(lived, by=chief)
    following.refresh_from_db()
    assert following.previous is None
    assert client.get(following.get_absolute_url()).status_code == 200
