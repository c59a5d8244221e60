"""The record of a plan as people read it: who did what, when, and what differs, word by word."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, takewhile

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from assessments.plans.differences import Piece, pieces_of
from assessments.plans.models import Event, EventChange, PlanItem, Status
from assessments.words import moment_in_words, within_sentence

Kind = Event.Kind

# What one can ask the history for, with the kinds of event that belong to it.
SUBJECTS = {
    "answers": ("Answers to items", {Kind.ITEM_CHANGED}),
    "items": (
        "Items added, removed or put back",
        {Kind.ITEM_ADDED, Kind.ITEM_REMOVED, Kind.ITEM_RESTORED},
    ),
    "plan": (
        "The plan and its settings",
        {Kind.PLAN_CREATED, Kind.PLAN_CHANGED, Kind.PLAN_FOLLOWED},
    ),
    "dates": (
        "Key dates and due dates",
        {
            Kind.DATE_SET,
            Kind.DATE_CLEARED,
            Kind.BANK_HOLIDAY_ADDED,
            Kind.BANK_HOLIDAY_REMOVED,
            Kind.ITEMS_MOVED,
        },
    ),
    "control": (
        "Changes of control",
        {Kind.CONTROL_CHANGED, Kind.STEP_LOOKED_AGAIN},
    ),
    "register": (
        "Agreement and register",
        {
            Kind.REGISTER_ADDED,
            Kind.REGISTER_CHANGED,
            Kind.REGISTER_REMOVED,
            Kind.REGISTER_RESTORED,
        },
    ),
    "reviews": (
        "Reviews and sign-off",
        {
            Kind.REVIEW_ASKED,
            Kind.REVIEW_CHANGED,
            Kind.REVIEW_ENDED,
            Kind.STEP_MARKED,
            Kind.CONCERN_ANSWERED,
            Kind.STAGE_SIGNED_OFF,
            Kind.STAGE_REOPENED,
            Kind.SNAPSHOT_TAKEN,
        },
    ),
    "rounds": (
        "Rounds of the coalition review",
        {
            Kind.ROUND_MADE,
            Kind.ROUND_CHANGED,
            Kind.ROUND_OPENED,
            Kind.ROUND_CLOSED,
            Kind.RESPONDENT_INVITED,
            Kind.RESPONDENT_RESENT,
            Kind.RESPONDENT_REMOVED,
        },
    ),
    "comments": (
        "Comments",
        {
            Kind.COMMENT_ADDED,
            Kind.COMMENT_EDITED,
            Kind.COMMENT_REMOVED,
            Kind.THREAD_RESOLVED,
            Kind.THREAD_REOPENED,
        },
    ),
    "advisers": (
        "What advisers may see",
        {Kind.ADVISER_GRANTED, Kind.ADVISER_CHANGED, Kind.ADVISER_REVOKED},
    ),
    "exports": (
        "Exports and calendar addresses",
        {Kind.PLAN_EXPORTED, Kind.FEED_MADE, Kind.FEED_ENDED},
    ),
}

OF_THE_WHOLE = {Kind.PLAN_CREATED, Kind.PLAN_CHANGED}

# Of these only that it happened is shown; of any other kind the two texts as well.
WITHOUT_CHANGES = {"comments", "advisers", "exports"}
WITH_CHANGES = set().union(
    *(kinds for name, (_, kinds) in SUBJECTS.items() if name not in WITHOUT_CHANGES)
)

# Kinds whose words are a sentence without the detail, which then follows a colon.
SAYS_ALL = {
    Kind.PLAN_CREATED,
    Kind.PLAN_CHANGED,
    Kind.PLAN_FOLLOWED,
    Kind.PLAN_EXPORTED,
    Kind.CONTROL_CHANGED,
} | SUBJECTS["rounds"][1]

LABELS = {
    "title": "What is to be done",
    "reason": "Why it is not needed",
    "owner_name": "Owner, someone else",
    "control_standing": "Expected or known",
    "coalition_term": "Term",
    "stage_2_weeks": "Weeks of stage 2",
    "words": "In words",
    "manner": "Verbal or written",
    "parties": "Between",
    "group": "Raised by",
    "agreed": "What was agreed",
    "covers": "What it covers",
    "review_on": "Next annual review",
    "kept_at": "Where it is kept",
}

CAN_COME_BACK = ("note", "reason", "title")

SHORT = 60  # characters: values no longer than this are shown whole, one after the other
AROUND = 80  # how much of an unchanged passage is left on each side of a change
WORD_BY_WORD = 2000
LONGEST = 600  # how much of a changed passage is shown at first
ELLIPSIS = " … "


@dataclass(frozen=True)
class ShownChange:
    """One field of an event. `whole` is there when `pieces` leave out some of the text."""

    label: str
    pieces: list[Piece]
    whole: list[Piece]
    bring_back: int | None  # the key of the change whose earlier text can be brought back


@dataclass(frozen=True)
class Entry:
    """One event. `subject` is what was done something to, with the page about it, if there is."""

    at: datetime
    when: str
    who: str
    verb: str
    subject: str
    url: str
    step: int | None
    item: PlanItem | None
    changes: list[ShownChange]


def events_seen(plan):
    """All of the plan's events for a member of its council; for an adviser what was done to the
    items of the stages they may see, to the register if they see that, and to the plan's settings.
    """
    events = Event.objects.filter(plan=plan)
    if not plan.grant_id:
        return events
    kinds = OF_THE_WHOLE | (SUBJECTS["register"][1] if plan.shows_register else set())
    return events.filter(Q(item__step__stage__number__in=plan.stages) | Q(kind__in=kinds))


def events_of(plan, *, subject="", by=None, step=None, item=None):
    """The events that the plan's reader may see, newest first; given something, those about it."""
    events = events_seen(plan)
    if subject:
        events = events.filter(kind__in=SUBJECTS[subject][1])
    if by:
        events = events.filter(by=by)
    if item:
        events = events.filter(item=item)
    if step:
        # What is not about an item names its step in words.
        named = Q(detail__istartswith=f"step {step}:") | Q(detail__iexact=f"step {step}")
        events = events.filter(Q(item__step__number=step) | Q(item=None) & named)
    changes = EventChange.objects.order_by("pk")
    if not plan.is_seen_whole:
        # What moves many items names each by its step, granted or not: see `actions.due.name_of`.
        changes = changes.exclude(field__startswith="Step ")
    return events.select_related("by", "item__step", "item__source").prefetch_related(
        Prefetch("changes", changes)
    )


def days_of(events, plan, *, can_edit, read_only):
    """The events by day, in the council's own time: pairs of the day and its Entries.

    `read_only` has the keys of the signed-off stages, where no text can be brought back.
    """
    by_day = groupby(events, key=lambda event: timezone.localdate(event.at))
    return [
        (day, [_entry(event, plan, can_edit=can_edit, read_only=read_only) for event in found])
        for day, found in by_day
    ]


def _entry(event, plan, *, can_edit, read_only):
    item = event.item
    verb, url, step = event.get_kind_display(), "", None
    if event.kind in SAYS_ALL and event.detail:
        subject, verb = event.detail, f"{verb}:"
    else:
        subject = within_sentence(event.detail)
        if event.kind in SUBJECTS["comments"][1]:
            verb = f"{verb} on"
    if event.kind in SUBJECTS["register"][1]:
        url = reverse("register", args=[plan.pk])
    if item:
        step = item.step.number
        subject = item.words(plan.term)
        url = reverse("plan_step", args=[plan.pk, step])
        if item.removed_at is None:
            url += f"#item-{item.pk}"
    is_open = item and not item.removed_at and item.step.stage_id not in read_only
    changes = event.changes.all() if event.kind in WITH_CHANGES else []
    return Entry(
        at=timezone.localtime(event.at),
        when=moment_in_words(event.at),
        who=event.by.name if event.by else "The service",
        verb=verb,
        subject=subject,
        url=url,
        step=step,
        item=item,
        changes=[
            _shown(change, item if can_edit and is_open else None)
            for change in changes
            if change.field != "verdict" or change.before  # a first one is in the subject
        ],
    )


def _shown(change, item):
    if max(len(change.before), len(change.after)) <= SHORT:
        pieces = [Piece(change.before, is_removed=True)] if change.before else []
        pieces += [Piece(change.after, is_added=True)] if change.after else []
    else:
        pieces = _compared(change.before, change.after)
    excerpt = _excerpt(pieces)
    return ShownChange(
        label=LABELS.get(change.field) or change.field.replace("_", " ").capitalize(),
        pieces=excerpt,
        whole=pieces if excerpt != pieces else [],
        bring_back=change.pk if item and can_come_back(change, item) else None,
    )


def _compared(before, after):
    """As `pieces_of`, word by word only between the first and the last difference.

    A page compares many texts, and repetitive ones take seconds: long rewritings are shown whole.
    """
    start = _common_start(before, after)
    old, new = before[len(start) :], after[len(start) :]
    end = _common_start(old[::-1], new[::-1])[::-1]
    old, new = old[: len(old) - len(end)], new[: len(new) - len(end)]
    if max(len(old), len(new)) <= WORD_BY_WORD:
        middle = pieces_of(old, new)
    else:
        middle = [Piece(old, is_removed=True), Piece(new, is_added=True)]
    return [piece for piece in (Piece(start), *middle, Piece(end)) if piece.text]


def _common_start(one, other):
    """What both begin with, in whole words: the last one may go on differently."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    start = one[: sum(1 for _ in pairs)]
    return start[: len(start) - len(re.search(r"\w*\Z", start)[0])]


def can_come_back(change, item):
    """Whether the text from before `change` differs from what `item` says now, and could say."""
    name = change.field
    if name not in CAN_COME_BACK or change.before in ("", getattr(item, name)):
        return False
    if name == "reason":
        return item.status == Status.NOT_NEEDED
    return name == "note" or item.is_own


def _excerpt(pieces):
    """The changed passages, with some words on each side of them."""
    last = len(pieces) - 1
    found = []
    for position, piece in enumerate(pieces):
        text = piece.text
        if piece.is_added or piece.is_removed:
            text = _cut(text, LONGEST, LONGEST // 2)
        elif position == 0 and last:
            text = text if len(text) <= 2 * AROUND else ELLIPSIS + _tail(text, AROUND)
        elif position == last:
            text = text if len(text) <= 2 * AROUND else _head(text, AROUND) + ELLIPSIS
        else:
            text = _cut(text, 3 * AROUND, AROUND)
        found.append(Piece(text, is_added=piece.is_added, is_removed=piece.is_removed))
    return found


def _cut(text, longest, around):
    if len(text) <= longest:
        return text
    return _head(text, around) + ELLIPSIS + _tail(text, around)


def _head(text, length):
    """The first words of `text`, at most so many characters."""
    head = text[:length]
    return head.rsplit(None, 1)[0] if len(head.split(None, 1)) > 1 else head


def _tail(text, length):
    tail = text[-length:]
    return tail.split(None, 1)[1] if len(tail.split(None, 1)) > 1 else tail
