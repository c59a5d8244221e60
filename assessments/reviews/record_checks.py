"""Whether the tables still hold what the sealed record says about them.

The chain of a council shows that its events are as they were written. These checks compare the
events with what people read on pages: the snapshots, the sign-offs, the texts and steps of actions,
and the texts that only some can read.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from django.db.models import F, Min, OuterRef, Subquery
from django.utils import timezone

from assessments.budget.models import ConfidentialAmendment, ConfidentialAmendmentEvent
from assessments.parity.models import ConfidentialRequest, ConfidentialRequestEvent
from assessments.plans.item_forms import NOTE_MAX_LENGTH
from assessments.plans.models import (
    Event,
    EventChange,
    PlanItem,
    SignOff,
    SignOffStatement,
    Snapshot,
    SnapshotItem,
)
from assessments.restricted_notes.models import RestrictedNote, RestrictedNoteEvent
from assessments.seats.models import Scenario, ScenarioEvent
from assessments.versions import as_text
from councils.models import Council, Office
from councils.verification import amended_rows

from .frozen import SEAL_BEGINS, SEALING_EVENTS, Frozen

# What only people save, and so never without an event. Due dates follow their rule, and the name of
# an owner follows the person. Where a person was erased, their name is gone from the event alone.
COMPARED = ("status", "reason", "note")
AT_ONCE = 500  # rows read at a time
# A sign-off and its event are written in one transaction.
AT_MOST_APART = dt.timedelta(minutes=5)
# Which stage an event of signing off, or of reopening, is about.
STAGE = re.compile(r"Stage (\d+)[,:]")
SEAL = re.compile(rf"{SEAL_BEGINS}([0-9a-f]{{64}})")
# Earlier versions recorded nothing of the notes that a next plan begins with.
CARRIED = re.compile(r"(From|Raised by .+ in) the plan for the election on ")
LONGEST_DETAIL = Event._meta.get_field("detail").max_length
# Before the reason of a sign-off in a snapshot; earlier versions had none before it.
REASON_GIVEN = "\nReason given by "
# The texts that only some can read, their events, the path from these to them, and their parts.
RESTRICTED: tuple[tuple[Any, Any, str, str], ...] = (
    (RestrictedNote, RestrictedNoteEvent, "note", ""),
    (Scenario, ScenarioEvent, "scenario", "changes"),
    (ConfidentialRequest, ConfidentialRequestEvent, "request", ""),
    (ConfidentialAmendment, ConfidentialAmendmentEvent, "amendment", "lines"),
)
LONGEST_ORIGIN = 60  # characters before a note that was carried forward, if it leaves room for them


def problems_of_snapshots(council: Council) -> Iterator[str]:
    """Yield a sentence for each snapshot that no longer matches the checksum in the record."""
    snapshots = Snapshot.objects.filter(plan__council=council).order_by("pk")
    for snapshot in snapshots.select_related("plan"):
        if not Frozen.of(snapshot).is_intact:
            yield f"Snapshot {snapshot.pk} ({snapshot.title}) was altered since it was taken."
    takers: dict[tuple[int, str], set[int]] = {}
    events = Event.objects.filter(plan__council=council, kind__in=SEALING_EVENTS)
    for plan, by, detail in events.values_list("plan", "by", "detail"):
        for digest in SEAL.findall(detail):
            takers.setdefault((plan, digest), set()).add(by)
    for snapshot in snapshots:
        by = takers.get((snapshot.plan_id, snapshot.digest))
        if by is not None and snapshot.taken_by_id not in by:
            yield (
                f"Snapshot {snapshot.pk} ({snapshot.title}) was altered: the record says that "
                "another person took it."
            )


def problems_of_sealed_snapshots(council: Council) -> Iterator[str]:
    """Yield a sentence for each snapshot in the record that its plan no longer has."""
    events = Event.objects.filter(plan__council=council, kind__in=SEALING_EVENTS).order_by("pk")
    recorded = events.filter(detail__contains=SEAL_BEGINS).values_list("plan", "detail")
    snapshots = Snapshot.objects.filter(plan__council=council)
    present = set(snapshots.values_list("plan", "digest"))
    for plan, detail in recorded:
        for digest in SEAL.findall(detail):
            if (plan, digest) not in present:
                yield f"A snapshot of plan {plan} was removed or altered: SHA-256 {digest}."


def problems_of_sign_offs(council: Council) -> Iterator[str]:
    """Yield a sentence for each sign-off of which the record says something else, or nothing."""
    sign_offs = SignOff.objects.filter(plan__council=council).order_by("pk")
    for sign_off in sign_offs.select_related("stage", "snapshot"):
        events = Event.objects.filter(plan=sign_off.plan_id, by=sign_off.signed_by_id)
        signed = events.filter(
            kind=Event.Kind.STAGE_SIGNED_OFF,
            detail__startswith=f"Stage {sign_off.stage.number}, ",
            detail__contains=sign_off.snapshot.seal,
            at__range=(sign_off.signed_at - AT_MOST_APART, sign_off.signed_at + AT_MOST_APART),
        )
        if not signed.exists():
            yield (
                f"Sign-off {sign_off.pk} (stage {sign_off.stage.number}) was altered: the record "
                "has no event of this person signing off this snapshot of the stage at that time."
            )


def problems_of_reasons(council: Council) -> Iterator[str]:
    """Yield a sentence for each sign-off whose reason is not that in its snapshot.

    How a snapshot writes it has changed, so that it is in there is all that is asked.
    """
    sign_offs = SignOff.objects.filter(plan__council=council).select_related("stage", "snapshot")
    for sign_off in sign_offs.order_by("pk"):
        kept = sign_off.snapshot.reason
        if sign_off.reason not in kept or (not sign_off.reason and REASON_GIVEN in kept):
            yield (
                f"Sign-off {sign_off.pk} (stage {sign_off.stage.number}) was altered: its reason "
                "is not the one in its snapshot."
            )


def problems_of_reopened_sign_offs(council: Council) -> Iterator[str]:
    """Yield a sentence for each reopened sign-off whose reopening the record has otherwise.

    The record keeps the beginning of a long reason.
    """
    sign_offs = SignOff.objects.filter(plan__council=council, reopened_at__isnull=False)
    amended = amended_rows(council, Event)
    for sign_off in sign_offs.select_related("stage").order_by("pk"):
        stage, at = f"Stage {sign_off.stage.number}: ", sign_off.reopened_at
        events = Event.objects.filter(
            plan=sign_off.plan_id,
            by=sign_off.reopened_by_id,
            kind=Event.Kind.STAGE_REOPENED,
            detail__startswith=stage,
            at__range=(at - AT_MOST_APART, at + AT_MOST_APART),
        )
        recorded = f"{stage}{sign_off.reopening_reason}"[:LONGEST_DETAIL]
        if not any(
            detail == recorded or event in amended
            for event, detail in events.values_list("pk", "detail")
        ):
            yield (
                f"Sign-off {sign_off.pk} (stage {sign_off.stage.number}) was altered: the record "
                "has no event of this person reopening the stage at that time for this reason."
            )


def problems_of_signed_stages(council: Council) -> Iterator[str]:
    """Yield a sentence for each stage whose sign-offs are not those of the record's events.

    These are sign-offs that were deleted, reopened, or exchanged for another, without an event.
    """
    kinds = Event.Kind.STAGE_SIGNED_OFF, Event.Kind.STAGE_REOPENED
    events = Event.objects.filter(plan__council=council, kind__in=kinds).order_by("pk")
    sign_offs = SignOff.objects.filter(plan__council=council).select_related("stage", "snapshot")
    present = {(each.plan_id, each.stage.number, each.snapshot.digest) for each in sign_offs}
    shown = {
        (each.plan_id, each.stage.number): each.snapshot.digest
        for each in sign_offs
        if each.is_current
    }
    recorded: dict[tuple[int, int], str | None] = {}
    for plan, kind, detail in events.values_list("plan", "kind", "detail"):
        if not (found := STAGE.match(detail)):
            continue
        number, seal = int(found[1]), SEAL.search(detail)
        digest = seal[1] if seal and kind == Event.Kind.STAGE_SIGNED_OFF else None
        recorded[plan, number] = digest
        if digest and (plan, number, digest) not in present:
            yield (
                f"A sign-off of stage {number} of plan {plan} was removed or altered: that of the "
                f"snapshot with SHA-256 {digest}."
            )
    for plan, number in sorted(recorded.keys() | shown):
        digest, shows = recorded.get((plan, number)), shown.get((plan, number))
        if digest == shows:
            continue
        if digest and shows:
            words = "its sign-off that applies is not the last one in the record."
        else:
            is_or_not = "is" if shows else "is not"
            words = f"it {is_or_not} signed off, and its last event in the record says otherwise."
        yield f"Stage {number} of plan {plan} was altered: {words}"


def problems_of_statements(council: Council) -> Iterator[str]:
    """Yield a sentence for each statement on a sign-off that is not as the record has it."""
    statements = SignOffStatement.objects.filter(sign_off__plan__council=council).order_by("pk")
    events = Event.objects.filter(plan__council=council, kind=Event.Kind.STATEMENT_MADE)
    recorded = list(events.order_by("pk").prefetch_related("changes"))
    amended = amended_rows(council, Event)
    found: set[int] = set()
    for statement in statements.select_related("sign_off__stage"):
        number = statement.sign_off.stage.number
        made = [event for event in recorded if _is_of(event, statement)]
        found.update(event.pk for event in made)
        if not any(
            event.pk in amended
            or any(change.after == statement.words for change in event.changes.all())
            for event in made
        ):
            yield (
                f"Statement {statement.pk} on the sign-off of stage {number} was altered: the "
                "record has no event of this person making it in this role, then and in its words."
            )
    for event in recorded:
        if event.pk not in found:
            yield (
                f"A statement in plan {event.plan_id} was removed or altered: “{event.detail}” of "
                f"{timezone.localtime(event.at):%-d %B %Y}."
            )


def _is_of(event: Event, statement: SignOffStatement) -> bool:
    """Return whether an event can be that of a statement, whatever its words.

    How a deputy is written in the detail of the event has changed, so only its parts are compared.
    """
    detail = event.detail.lower()
    return (
        event.plan_id == statement.sign_off.plan_id
        and event.by_id == statement.by_id
        and abs(event.at - statement.at) <= AT_MOST_APART
        and detail.startswith(f"stage {statement.sign_off.stage.number}: ")
        and Office(statement.office).label.lower() in detail
        and ("deputy" in detail) == statement.as_deputy
    )


def problems_of_actions(council: Council) -> Iterator[str]:
    """Yield a sentence for each action whose text is not what its latest change says."""
    changes = EventChange.objects.filter(
        event__item__plan__council=council, field__in=COMPARED
    ).order_by("event__item", "pk")
    rows = changes.values_list("event__item", "field", "after", "event")
    latest = {(item, field): (after, event) for item, field, after, event in rows.iterator(AT_ONCE)}
    amended = amended_rows(council, Event)
    items = PlanItem.objects.filter(plan__council=council).order_by("pk").only("plan", *COMPARED)
    untouched, begun = PlanItem(), _begun_without_entries(council)
    for item in items.iterator(AT_ONCE):
        for field in COMPARED:
            shown = as_text(item, field, getattr(item, field))
            never_changed = as_text(untouched, field, getattr(untouched, field))
            after, event = latest.get((item.pk, field), (never_changed, None))
            if item.plan_id in begun and field == "note" and event is None and _is_carried(shown):
                continue
            if shown != after and event not in amended:
                yield (
                    f"Action {item.pk} of plan {item.plan_id} was altered: its {field} is not what "
                    "its latest change says."
                )


def problems_of_own_titles(council: Council) -> Iterator[str]:
    """Yield a sentence for each action of the council's own under a title that it was not given."""
    events = Event.objects.filter(item__plan__council=council, kind=Event.Kind.ITEM_ADDED)
    added = events.order_by("pk").values_list("item", "detail", "pk")
    latest = {item: (detail, event) for item, detail, event in added.iterator(AT_ONCE)}
    changes = EventChange.objects.filter(event__item__plan__council=council, field="title")
    rows = changes.order_by("pk").values_list("event__item", "after", "event")
    latest |= {item: (after, event) for item, after, event in rows.iterator(AT_ONCE)}
    amended, begun = amended_rows(council, Event), _begun_without_entries(council)
    items = PlanItem.objects.filter(plan__council=council, source=None).order_by("pk")
    for item in items.only("plan", "title").iterator(AT_ONCE):
        title, event = latest.get(item.pk, (None, None))
        if title is None and item.plan_id in begun:
            continue
        if title != item.title and event not in amended:
            yield (
                f"Action {item.pk} of plan {item.plan_id} was altered: its title is not what the "
                "record says."
            )


def problems_of_steps(council: Council) -> Iterator[str]:
    """Yield a sentence for each action in another step than its guidance, or than in a snapshot.

    An action never moves to another step, and the steps of all editions that a plan can have have
    the same numbers.
    """
    items = PlanItem.objects.filter(plan__council=council).order_by("pk")
    moved = items.exclude(source=None).exclude(source__step=None)
    moved = moved.exclude(step__number=F("source__step__number"))
    for item in moved.only("plan"):
        where = f"Action {item.pk} of plan {item.plan_id}"
        yield f"{where} was altered: its guidance is of another step."
    frozen = SnapshotItem.objects.filter(item__plan__council=council)
    elsewhere = frozen.exclude(step__number=F("item__step__number"))
    keys = set(elsewhere.values_list("item", "item__plan").order_by())
    for key, plan in sorted(keys):
        yield f"Action {key} of plan {plan} was altered: a snapshot has it in another step."


def problems_of_restricted_texts(council: Council) -> Iterator[str]:
    """Yield a sentence for each text that only some can read that is not what it was saved as."""
    for model, events, path, parts in RESTRICTED:
        label = model._meta.verbose_name
        amended = amended_rows(council, events)
        saved = events.objects.filter(**{path: OuterRef("pk")}).order_by("-pk")
        if events is ScenarioEvent:
            saved = saved.filter(kind=ScenarioEvent.Kind.SAVED)
        texts = model.objects.filter(**{model.council: council}).annotate(
            saved_in=Subquery(saved.values("pk")[:1]), saved_as=Subquery(saved.values("text")[:1])
        )
        if parts:
            texts = texts.prefetch_related(parts)
        for row in texts.order_by("pk").iterator(AT_ONCE):
            is_saved = row.saved_as is not None and row.was_saved_as(row.saved_as)
            if not is_saved and row.saved_in not in amended:
                yield (
                    f"The {label} {row.pk} was altered: it is not what the record says that it was "
                    "saved as."
                )


def _begun_without_entries(council: Council) -> set[int]:
    """Return the plans made from others by a version that recorded nothing of their actions.

    Their first event is that of the plan itself.
    """
    events = Event.objects.filter(plan__council=council).order_by()
    first = events.values("plan").annotate(first=Min("pk")).values("first")
    made = events.filter(pk__in=first, kind=Event.Kind.PLAN_CREATED, detail__startswith="from ")
    return set(made.values_list("plan", flat=True))


def _is_carried(note: str) -> bool:
    """Return whether a note can be what a next plan began with."""
    return bool(CARRIED.match(note)) or len(note) > NOTE_MAX_LENGTH - LONGEST_ORIGIN


CHECKS = (
    problems_of_snapshots,
    problems_of_sealed_snapshots,
    problems_of_sign_offs,
    problems_of_reasons,
    problems_of_reopened_sign_offs,
    problems_of_signed_stages,
    problems_of_statements,
    problems_of_actions,
    problems_of_own_titles,
    problems_of_steps,
    problems_of_restricted_texts,
)
