"""What an action records as "before" is what it replaced, also if someone else saved just then.

Each action is given rows that were fetched before another save, as a view does that has to wait.
"""

import datetime as dt
from itertools import pairwise

import pytest
import time_machine
from django.db import connection

from assessments.advisers.actions import change_grant, grant_adviser, revoke_grant
from assessments.comments.actions import edit_comment, remove_comment, start_thread
from assessments.comments.models import Comment
from assessments.plans.actions import (
    add_item,
    change_plan,
    remove_item,
    restore_item,
    save_item,
    set_due_in_bulk,
    suggest_due_in_bulk,
)
from assessments.plans.models import AdviserGrant, Event, EventChange, Plan, PlanItem, Status
from assessments.reviews.actions import take_snapshot
from assessments.timetable.actions import (
    add_bank_holiday,
    clear_date,
    save_order,
    set_date,
    state_of_order,
)
from assessments.versions import StaleVersion, update_at
from councils.actions import change_member, end_membership
from councils.models import Access, CouncilEvent, Membership
from elections.offsets import Offset, Side, Unit
from tests.acting import fresh, signed_in
from tests.assessments.plans.test_concurrency import all_at_once

pytestmark = pytest.mark.django_db

RULE = Offset(2, Unit.DAYS, Side.AFTER, "election_day")
LATER = dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def winter():
    with time_machine.travel(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC), tick=False):
        yield


def again(plan):
    """Return the plan as another request fetches it, with key dates that were read."""
    found = Plan.objects.select_related("council").get(pk=plan.pk)
    assert found.timetable
    return found


@pytest.fixture
def read(plan):
    """The plan as a request has read it before the election was moved by a week."""
    return again(plan)


def move_election(plan, by):
    """Move the election by a week, as someone else."""
    now = again(plan)
    return change_plan(now, version=now.version, by=by, election_day=now.election_day + LATER)


def changes_of(kind):
    return EventChange.objects.filter(event__kind=kind).order_by("pk")


# --- Comments -------------------------------------------------------------------------------------


@pytest.fixture
def comment(plan, item, officer):
    return start_thread(plan, item.step, text="One", by=officer, item=item)


def test_an_edited_comment_records_the_text_that_it_replaces(comment, officer):
    read = Comment.objects.select_related("thread__plan").get(pk=comment.pk)
    edit_comment(comment, text="Two", by=officer)
    edit_comment(read, text="Three", by=officer)
    said = changes_of(Event.Kind.COMMENT_EDITED).values_list("before", "after")
    assert list(said) == [("One", "Two"), ("Two", "Three")]


def test_a_text_that_someone_has_just_saved_as_well_is_no_change(comment, officer):
    read = Comment.objects.select_related("thread__plan").get(pk=comment.pk)
    edit_comment(comment, text="Two", by=officer)
    edit_comment(read, text="Two", by=officer)
    edit_comment(read, text="One", by=officer)  # which it does not say any more
    said = changes_of(Event.Kind.COMMENT_EDITED).values_list("before", "after")
    assert list(said) == [("One", "Two"), ("Two", "One")]


def test_a_removed_comment_records_its_last_text(comment, officer):
    read = Comment.objects.select_related("thread__plan").get(pk=comment.pk)
    edit_comment(comment, text="Two", by=officer)
    remove_comment(read, by=officer)
    assert changes_of(Event.Kind.COMMENT_REMOVED).get().before == "Two"


@pytest.mark.django_db(transaction=True)
def test_edits_of_one_comment_at_once_leave_a_chain_without_breaks(comment, officer, plan):
    url = f"/plans/{plan.pk}/comments/{comment.pk}/edit/"
    clients = [signed_in(officer) for _ in range(4)]

    def edit(client, n):
        def post():
            for turn in range(3):
                client.post(url, {"text": f"Text {n}.{turn}"})
            connection.close()

        return post

    all_at_once([edit(client, n) for n, client in enumerate(clients)])
    said = list(changes_of(Event.Kind.COMMENT_EDITED).values_list("before", "after"))
    assert len(said) == 12
    assert said[0][0] == "One"
    assert all(first[1] == second[0] for first, second in pairwise(said)), said


# --- People ---------------------------------------------------------------------------------------


def test_the_record_of_a_removal_has_the_access_that_ended(riverdale, chief, officer):
    read = Membership.objects.select_related("user", "council").get(user=officer)
    was = read.get_access_display().lower()
    change_member(Membership.objects.get(pk=read.pk), by=chief, access=Access.REVIEWER)
    end_membership(read, by=chief)
    event = CouncilEvent.objects.get(kind=CouncilEvent.Kind.MEMBER_REMOVED)
    assert "reviewer" in event.before
    assert f"({was})" not in event.before


def test_the_record_of_ended_advice_has_the_stages_that_ended(plan, chief):
    until = dt.date(2027, 6, 1)
    grant_adviser(
        plan,
        email="ada@example.org",
        name="Ada Adviser",
        by=chief,
        stages=[1],
        may_comment=False,
        until=until,
    )
    read = AdviserGrant.objects.select_related("plan", "adviser").get()
    now = AdviserGrant.objects.select_related("plan").get()
    change_grant(now, by=chief, stages=[2, 3], may_comment=True, until=until)
    revoke_grant(read, by=chief)
    ended = Event.objects.get(kind=Event.Kind.ADVISER_REVOKED)
    assert "tages 2 and 3" in ended.detail


def test_a_version_that_was_guessed_is_refused(item, officer):
    """The row was read at version 1: what it would record as before is not what is there."""
    read = fresh(item)
    save_item(fresh(item), version=1, by=officer, note="Theirs")
    with pytest.raises(StaleVersion):
        update_at(PlanItem, read, 2, {"note": "Mine"})
    with pytest.raises(StaleVersion):
        save_item(read, version=2, by=officer, note="Mine")
    assert fresh(item).note == "Theirs"


# --- Key dates and due dates ----------------------------------------------------------------------


def test_a_key_date_records_the_day_that_it_replaces(plan, read, chief):
    moved = move_election(plan, chief).timetable.annual_meeting
    set_date(read, "annual_meeting", date=dt.date(2027, 6, 2), reason="Booked", version=0, by=chief)
    change = changes_of(Event.Kind.DATE_SET).get(field="annual_meeting")
    assert change.before == f"{moved.day} {moved:%B %Y}"


def test_a_reason_that_is_replaced_is_recorded(plan, chief):
    day = dt.date(2027, 6, 2)
    set_date(again(plan), "annual_meeting", date=day, reason="Booked", version=0, by=chief)
    set_date(again(plan), "annual_meeting", date=day, reason="Agreed", version=1, by=chief)
    set_date(again(plan), "annual_meeting", date=day + LATER, reason="Agreed", version=2, by=chief)
    said = changes_of(Event.Kind.DATE_SET).filter(field="reason").values_list("before", "after")
    assert list(said) == [("", "Booked"), ("Booked", "Agreed")]


def test_a_date_that_is_set_while_the_election_moves_leaves_due_dates_with_it(
    plan, read, item, chief
):
    """They were recalculated from the election day that had just been replaced."""
    save_item(stale(item, again(plan)), version=1, by=chief, due_rule=RULE)
    now = move_election(plan, chief)
    expected = dict(PlanItem.objects.filter(plan=plan).values_list("pk", "due"))
    set_date(
        read,
        "annual_meeting",
        date=now.timetable.annual_meeting,
        reason="Booked",
        version=0,
        by=chief,
    )
    assert dict(PlanItem.objects.filter(plan=plan).values_list("pk", "due")) == expected


def test_a_date_that_is_cleared_while_the_election_moves_follows_it(plan, chief):
    set_date(
        again(plan),
        "annual_meeting",
        date=dt.date(2027, 6, 2),
        reason="Booked",
        version=0,
        by=chief,
    )
    read = again(plan)
    move_election(plan, chief)
    clear_date(read, "annual_meeting", version=1, by=chief)
    after = again(plan).timetable.annual_meeting
    change = changes_of(Event.Kind.DATE_CLEARED).get(field="annual_meeting")
    assert (change.before, change.after) == ("2 June 2027", f"{after.day} {after:%B %Y}")


def test_an_order_records_no_change_of_dates_that_someone_else_made(plan, read, chief):
    day = dt.date(2027, 4, 20)
    add_bank_holiday(again(plan).council, day=day, name="A day off", by=chief)
    assert again(plan).timetable.by_rule != read.timetable.by_rule
    save_order(read, title="The Order", dates={}, others=[], state=state_of_order(plan), by=chief)
    names = changes_of(Event.Kind.DATE_SET).values_list("field", flat=True)
    assert list(names) == ["order"]


def stale(item, plan):
    """Return the item as a request has read it, with its plan."""
    found = PlanItem.objects.select_related("step", "source").get(pk=item.pk)
    found.plan = plan
    return found


def test_a_due_date_of_its_own_records_the_day_that_it_replaces(plan, read, item, chief):
    save_item(stale(item, again(plan)), version=1, by=chief, due_rule=RULE)
    mine = stale(item, read)
    move_election(plan, chief)
    now = fresh(item).due
    assert now != mine.due
    save_item(mine, version=2, by=chief, due=dt.date(2027, 7, 1))
    change = changes_of(Event.Kind.ITEM_CHANGED).filter(field="due").last()
    assert change.before == f"{now.day} {now:%B %Y}"


@pytest.mark.parametrize("how", ["reopened", "given a rule", "added", "restored", "in bulk"])
def test_a_due_date_is_counted_from_the_key_date_as_it_is(plan, read, item, chief, how):
    if how == "restored":
        item = add_item(again(plan), item.step, title="Own", by=chief, due_rule=RULE)
        remove_item(stale(item, again(plan)), version=1, by=chief)
    if how == "reopened":
        save_item(
            stale(item, again(plan)), version=1, by=chief, due_rule=RULE, status=Status.COMPLETED
        )
    mine = stale(item, read)
    day = move_election(plan, chief).election_day + dt.timedelta(days=2)
    match how:
        case "reopened":
            save_item(mine, version=2, by=chief, status=Status.IN_PROGRESS)
        case "given a rule":
            save_item(mine, version=1, by=chief, due_rule=RULE)
        case "added":
            item = add_item(read, item.step, title="Own", by=chief, due_rule=RULE)
        case "restored":
            restore_item(mine, by=chief)
        case "in bulk":
            items = PlanItem.objects.select_related("step", "source").filter(pk=item.pk)
            set_due_in_bulk(read, items, by=chief, due_rule=RULE)
    assert fresh(item).due == day


def test_a_snapshot_is_of_the_plan_as_it_is(plan, read, chief):
    move_election(plan, chief)
    snapshot = take_snapshot(read, [1], by=chief, reason="Now")
    assert snapshot.election_day == plan.election_day + LATER


@pytest.mark.parametrize("action", [set_due_in_bulk, suggest_due_in_bulk])
def test_due_dates_that_were_just_changed_are_not_changed_again(plan, item, chief, action):
    items = PlanItem.objects.select_related("step", "source").filter(pk=item.pk)
    seen = {item.pk: fresh(item).version}
    save_item(fresh(item), version=1, by=chief, due=dt.date(2027, 3, 1))
    with pytest.raises(StaleVersion):
        action(plan, items, by=chief, seen=seen)
    assert fresh(item).due == dt.date(2027, 3, 1)
