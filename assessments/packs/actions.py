"""Write what the packs need: new councillors and their returns, a note, leaders' meetings."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import (
    add_item,
    hold,
    leave_room,
    record,
    remove_entry,
    restore_entry,
)
from assessments.plans.models import Event, Plan
from assessments.versions import (
    FieldValueChange,
    StaleVersion,
    changes_between,
    first_values,
    update_at,
)
from councils.models import User

from .models import (
    CouncillorList,
    CouncillorReturn,
    FinanceNote,
    LeadersMeeting,
    MeetingAction,
    NewCouncillor,
)
from .new_councillors import NewCouncillorForm, count_in_words

# --- New councillors ------------------------------------------------------------------------------


def save_councillors(
    plan: Plan, names: Sequence[tuple[str, str]], *, version: int, by: User
) -> bool:
    """Make `names`, each with a group or "", the list; return whether anything changed.

    A name that stays keeps what was recorded for it, and one that is left out loses it. The event
    says how many there are and names no one. Raises StaleVersion.
    """
    with transaction.atomic():
        hold(plan)
        found = CouncillorList.objects.filter(plan=plan).first()
        if (found.version if found else 0) != version:
            raise StaleVersion
        known = {each.name.casefold(): each for each in found.councillors.all()} if found else {}
        if {(each.name, each.group) for each in known.values()} == set(names):
            return False
        stamp = {"saved_at": timezone.now(), "saved_by": by}
        if found is None:
            found = CouncillorList.objects.create(plan=plan, **stamp)
        else:
            update_at(CouncillorList, found, version, stamp)
        people = [known.get(name.casefold()) or NewCouncillor(listed_in=found) for name, _ in names]
        for person, (name, group) in zip(people, names, strict=True):
            person.name, person.group = name, group
        stay = [person for person in people if person.pk]
        NewCouncillor.objects.filter(listed_in=found).exclude(
            pk__in=[person.pk for person in stay]
        ).delete()
        NewCouncillor.objects.bulk_update(stay, ["name", "group"])
        NewCouncillor.objects.bulk_create(person for person in people if not person.pk)
        record(
            plan,
            Event.Kind.COUNCILLORS_LISTED,
            by=by,
            detail=count_in_words(len(names)),
            changes=[FieldValueChange("councillors", None, str(len(known)), str(len(names)))],
        )
    return True


def record_returns(
    plan: Plan,
    form: NewCouncillorForm,
    *,
    returned: Collection[int],
    mistaken: Collection[int] = (),
    day: dt.date,
    by: User,
) -> int:
    """Record that councillors returned a form on `day`, and remove what was a mistake.

    Both are primary keys of the plan's list; others are ignored, and so is what is recorded
    already. Return how many changed. The event says how many have returned it and names no one.
    """
    with transaction.atomic():
        hold(plan)
        people = NewCouncillor.objects.filter(listed_in__plan=plan)
        found = CouncillorReturn.objects.filter(councillor__listed_in__plan=plan, form=form.key)
        before = set(found.values_list("councillor", flat=True))
        new = set(people.filter(pk__in=returned).values_list("pk", flat=True)) - before
        wrong = before & set(mistaken)
        if not new and not wrong:
            return 0
        found.filter(councillor__in=wrong).delete()
        CouncillorReturn.objects.bulk_create(
            CouncillorReturn(councillor_id=pk, form=form.key, returned_on=day, recorded_by=by)
            for pk in sorted(new)
        )
        total = people.count()
        after = len(before) + len(new) - len(wrong)
        change = FieldValueChange(
            "returned", None, f"{len(before)} of {total}", f"{after} of {total}"
        )
        record(plan, Event.Kind.RETURNS_RECORDED, by=by, detail=form.title, changes=[change])
    return len(new) + len(wrong)


# --- The note of the section 151 officer ----------------------------------------------------------


def save_finance_note(plan: Plan, *, words: str, version: int, by: User) -> bool:
    """Save the section 151 officer's note; return whether anything changed.

    `version` is 0 for the first. Raises StaleVersion. Only that officer may call it: see `access`.
    """
    with transaction.atomic():
        hold(plan)
        found = FinanceNote.objects.filter(plan=plan).first()
        if (found.version if found else 0) != version:
            raise StaleVersion
        changes = changes_between(found or FinanceNote(), {"words": words})
        if not changes:
            return False
        stamp: dict[str, Any] = {"words": words, "saved_at": timezone.now(), "saved_by": by}
        if found is None:
            FinanceNote.objects.create(plan=plan, **stamp)
        else:
            update_at(FinanceNote, found, version, stamp)
        record(plan, Event.Kind.FINANCE_NOTE_SAVED, by=by, changes=changes)
    return True


# --- Leaders' meetings ----------------------------------------------------------------------------


def add_leaders_meeting(plan: Plan, *, by: User, **fields: Any) -> LeadersMeeting:
    """Record a meeting: `held_on`, `notes` and `to_do`. Raises TooManyEntries."""
    changes = first_values(LeadersMeeting, fields)
    with transaction.atomic():
        hold(plan)
        leave_room(LeadersMeeting, plan)
        meeting = LeadersMeeting.objects.create(plan=plan, saved_by=by, **fields)
        record(plan, Event.Kind.LEADERS_MET, by=by, detail=str(meeting), changes=changes)
    return meeting


def save_leaders_meeting(meeting: LeadersMeeting, *, version: int, by: User, **fields: Any) -> bool:
    """Save a meeting; return whether anything changed. Raises StaleVersion."""
    changes = changes_between(meeting, fields)
    if not changes:
        return False
    values = {change.name: change.value for change in changes}
    values |= {"saved_at": timezone.now(), "saved_by": by}
    with transaction.atomic():
        hold(meeting.plan)
        update_at(LeadersMeeting.objects.live(), meeting, version, values)
        kind = Event.Kind.LEADERS_NOTED
        record(meeting.plan, kind, by=by, detail=str(meeting), changes=changes)
    return True


def remove_leaders_meeting(meeting: LeadersMeeting, *, version: int, by: User) -> None:
    """Remove a meeting, so that it can be restored. Raises StaleVersion.

    The actions that were made from it stay in the plan.
    """
    remove_entry(meeting, Event.Kind.LEADERS_REMOVED, version=version, by=by)


def restore_leaders_meeting(meeting: LeadersMeeting, *, by: User) -> None:
    """Restore a removed meeting. Do nothing if it was not removed. Raises StaleVersion."""
    restore_entry(meeting, Event.Kind.LEADERS_RESTORED, by=by)


def make_actions(
    meeting: LeadersMeeting, new: Sequence[dict[str, Any]], *, left: str, version: int, by: User
) -> int:
    """Add an action to the plan for each of `new`, and leave `left` to be done; return how many.

    Each of `new` has the fields of `add_item`, with `step`. All are added or none: raises
    StaleVersion if the meeting was saved since `version`, so that no line is added twice,
    StageSignedOff and TooManyActions. Each action has an event of its own, as if added alone.
    """
    with transaction.atomic():
        hold(meeting.plan)
        changes = changes_between(meeting, {"to_do": left})
        stamp = {"to_do": left, "saved_at": timezone.now(), "saved_by": by}
        update_at(LeadersMeeting.objects.live(), meeting, version, stamp)
        for fields in new:
            item = add_item(meeting.plan, by=by, **fields)
            MeetingAction.objects.create(meeting=meeting, item=item)
        kind = Event.Kind.LEADERS_NOTED
        record(meeting.plan, kind, by=by, detail=str(meeting), changes=changes)
    return len(new)
