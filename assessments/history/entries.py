"""The history of a plan as it is shown: who did what, when, and which words differ."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, takewhile

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list

from assessments.plans.actions import name_of
from assessments.plans.differences import Piece, pieces_of
from assessments.plans.item_fields import RESTORABLE_FIELDS
from assessments.plans.models import Event, EventChange, Plan, PlanItem, Status
from assessments.words import moment_in_words, within_sentence
from councils.models import AreaWords

from .subjects import (
    BUDGET_FIGURES,
    BY_KIND,
    BY_NAME,
    HistorySubject,
    changes_condition,
    events_condition,
)

# Kinds whose words are a whole phrase: their detail follows a colon.
SAYS_ALL = BY_NAME["rounds"].kinds | {
    Event.Kind.PLAN_CREATED,
    Event.Kind.PLAN_CHANGED,
    Event.Kind.PLAN_FOLLOWED,
    Event.Kind.PLAN_EXPORTED,
    Event.Kind.CONTROL_CHANGED,
}

# Kinds whose detail is a name or a title.
NAMES = frozenset(
    {
        Event.Kind.ADVISER_GRANTED,
        Event.Kind.ADVISER_CHANGED,
        Event.Kind.ADVISER_REVOKED,
        Event.Kind.BANK_HOLIDAY_ADDED,
        Event.Kind.BANK_HOLIDAY_REMOVED,
        Event.Kind.PROTOCOL_AGREED,
        Event.Kind.PROTOCOL_CHANGED,
        Event.Kind.RESULT_SAVED,
        Event.Kind.VACANCY_ADDED,
        Event.Kind.VACANCY_CHANGED,
    }
)

# Kinds whose detail is a step and, after a colon, what follows it in these words.
AFTER_STEP = {
    Event.Kind.STEP_MARKED: "{step} ({rest})",
    Event.Kind.CONCERN_ANSWERED: "{step}, raised by {rest}",
}

# The subjects whose details start with a type, or with a group, and a colon.
NAMED_BY_TYPE = frozenset({"register", "parity", "budget"})

ACTION_NAMED = "Step "  # how a field starts that is the `name_of` an action

CHECKSUM = re.compile(r",? SHA-256 [0-9a-f]{64}")

SHORT = 60  # characters; shorter values are shown in full, one after the other
AROUND = 80  # characters of unchanged text on each side of a change
WORD_BY_WORD = 10_000  # characters of a passage that is compared word by word
LONGEST = 600  # characters of a changed passage that are shown at first
ELLIPSIS = " … "


@dataclass(frozen=True)
class ShownChange:
    """One field of an event. `whole` has the full text if `pieces` is an excerpt."""

    label: str
    pieces: list[Piece]
    whole: list[Piece]
    bring_back: int | None  # primary key of the change whose earlier text can be restored


@dataclass(frozen=True)
class HistoryEntry:
    """One event. `subject` says what it is about; `url` is the page about that, if there is one.

    `how` says how an action was changed, if not on its own page.
    """

    at: datetime
    when: str
    who: str
    verb: str
    subject: str
    url: str
    step: int | None
    item: PlanItem | None
    changes: list[ShownChange]
    how: str = ""


def events_seen(plan: Plan) -> QuerySet[Event]:
    """Return the events that the reader of `plan` can see: all, for a member of its council."""
    events = Event.objects.filter(plan=plan)
    return events.filter(events_condition(plan)) if plan.grant_id else events


def changes_seen(plan: Plan) -> QuerySet[EventChange]:
    """Return the changes that the reader of `plan` can see: all, for a member of its council."""
    changes = EventChange.objects.order_by("pk")
    if not plan.grant_id:
        return changes
    items = PlanItem.objects.on(plan).select_related("step", "source")
    return changes.filter(changes_condition(plan, [name_of(item) for item in items]))


def events_of(plan, *, subject="", by=None, step=None, item=None):
    """Return the events that the reader of `plan` can see, newest first, filtered as asked."""
    events = events_seen(plan)
    if subject:
        events = events.filter(kind__in=BY_NAME[subject].kinds)
    if by:
        events = events.filter(by=by)
    if item:
        events = events.filter(item=item)
    if step:
        # Events that are not about an item name their step in the detail.
        named = Q(detail__istartswith=f"step {step}:") | Q(detail__iexact=f"step {step}")
        events = events.filter(Q(item__step__number=step) | Q(item=None) & named)
    return events.select_related("by", "item__step", "item__source").prefetch_related(
        Prefetch("changes", changes_seen(plan))
    )


def days_of(events, plan, *, can_edit, read_only):
    """Return pairs of a local date and its HistoryEntries.

    `read_only` has the primary keys of the signed-off stages, where no text can be restored.
    """
    events = list(events)
    actions = _actions_named(events, plan)
    by_day = groupby(events, key=lambda event: timezone.localdate(event.at))
    return [
        (
            day,
            [
                entry_of(event, plan, can_edit=can_edit, read_only=read_only, actions=actions)
                for event in found
            ],
        )
        for day, found in by_day
    ]


def _actions_named(events: list[Event], plan: Plan) -> dict[str, str]:
    """Return the step and words of each action that changes of `events` name, by its `name_of`."""
    fields = {change.field for event in events for change in event.changes.all()}
    if not any(field.startswith(ACTION_NAMED) for field in fields):
        return {}
    items = PlanItem.objects.filter(plan=plan).select_related("step", "source")
    return {
        name: f"Step {item.step.number}: {item.words(plan.term)}"
        for item in items
        if (name := name_of(item)) in fields
    }


def entry_of(event, plan, *, can_edit=False, read_only=(), actions=None):
    """Return the HistoryEntry of an event, which comes with its item and its changes.

    `actions` has the words of the actions that its changes name, as `_actions_named` gives them.
    """
    item, about = event.item, BY_KIND[event.kind]
    verb, url, step = event.get_kind_display(), "", None
    changes = list(event.changes.all()) if about.shows_changes else []
    if event.kind == Event.Kind.BUDGET_CHANGED:
        verb = _budget_verb(verb, [change.field for change in changes])
    if event.kind == Event.Kind.COUNT_CHANGED:
        verb = _count_verb(plan.council.area)
    if event.kind == Event.Kind.PLAN_EXPORTED and event.detail:
        verb = _download_verb(event.detail)
    if event.kind == Event.Kind.RESPONDENT_INVITED and event.detail.endswith(" on paper)"):
        verb = "began to enter answers from paper in a review round"
    # The checksum of a snapshot is part of the record, and for people on the snapshot's page only.
    detail = CHECKSUM.sub("", event.detail)
    if event.kind in SAYS_ALL and detail:
        subject, verb = detail, f"{verb}:"
    else:
        # The Leader of the council, names and titles keep the capital.
        is_kept = detail.startswith("Leader") or about.name == "links" or event.kind in NAMES
        subject = detail if is_kept else _subject_after(verb, detail, about)
        if event.kind in AFTER_STEP:
            subject = _after_step(subject, AFTER_STEP[event.kind])
        if about.name == "comments":
            verb = f"{verb} on"
    if about.name == "register":
        url = reverse("register", args=[plan.pk])
    if item:
        if about.name == "links":
            verb = f"{verb} {detail}, on"
        step = item.step.number
        subject = item.words(plan.term)
        url = reverse("plan_step", args=[plan.pk, step])
        if item.removed_at is None:
            url += f"#item-{item.pk}"
    is_open = item and not item.removed_at and item.step.stage_id not in read_only
    return HistoryEntry(
        at=timezone.localtime(event.at),
        when=moment_in_words(event.at),
        who=event.by.name if event.by else "System administrator",
        verb=verb,
        subject=subject,
        url=url,
        step=step,
        item=item,
        how=event.detail if event.kind == Event.Kind.ITEM_CHANGED else "",
        changes=[
            _shown(
                change,
                _label_of(change, event.kind, about, plan, actions or {}),
                item if can_edit and is_open else None,
            )
            for change in changes
            if change.field != "verdict" or change.before  # the first verdict is in the subject
        ],
    )


def _subject_after(verb: str, detail: str, about: HistorySubject) -> str:
    """Return the detail as it follows `verb`: with no second colon after one that ends in a colon.

    "Facts: reserves" becomes "reserves (facts)", and "Oak: Bins" is "Bins (Oak)".
    """
    first, _, rest = detail.partition(": ")
    if verb.endswith(":") and rest and about.name in NAMED_BY_TYPE:
        rest = rest.removesuffix(".")
        return f"{rest} ({first if about.name == 'budget' else within_sentence(first)})"
    return within_sentence(detail)


def _after_step(subject: str, words: str) -> str:
    """Write "step 13 (agree)" of "step 13: agree": more may follow, such as "and 2 more"."""
    step, _, rest = subject.partition(": ")
    return words.format(step=step, rest=rest) if rest else subject


def _budget_verb(verb: str, fields: list[str]) -> str:
    """Say which of the year, the dates and the figures of a budget an event changed."""
    dates = set(fields) - BUDGET_FIGURES - {"year"}
    parts = ["year"] * ("year" in fields) + ["dates"] * bool(dates)
    parts += ["figures"] * bool(BUDGET_FIGURES.intersection(fields))
    return f"changed the {get_text_list(parts, 'and')} of the budget" if parts else verb


def _count_verb(area: AreaWords) -> str:
    """Say what of election night an event changed, with the council's word for its wards."""
    parts = get_text_list([*area.many.split(" or "), "groups"], "or")
    return f"changed the {parts} of election night"


def _label_of(
    change: EventChange, kind: str, about: HistorySubject, plan: Plan, actions: dict[str, str]
) -> str:
    """Return the label of the field of a change in an event of `kind`.

    Wards have the council's word. `words` are those of a reviewer or of the request for a review.
    An action that a change names by its code has its words, from `actions`.
    """
    if change.field in actions:
        return actions[change.field]
    if about.name == "count" and change.field == "wards":
        return plan.council.area.many.capitalize()
    if change.field == "words" and kind in (Event.Kind.REVIEW_ASKED, Event.Kind.REVIEW_CHANGED):
        return "What to check"
    return about.label_of(change.field)


def _download_verb(detail: str) -> str:
    """Name the action plan if the detail is of its PDF, which does not: others name their file."""
    return "downloaded the action plan" if detail.startswith("PDF: ") else "downloaded"


def _shown(change, label, item):
    if max(len(change.before), len(change.after)) <= SHORT:
        pieces = [Piece(change.before, is_removed=True)] if change.before else []
        pieces += [Piece(change.after, is_added=True)] if change.after else []
    else:
        pieces = compared(change.before, change.after)
    excerpt = _excerpt(pieces)
    return ShownChange(
        label=label,
        pieces=excerpt,
        whole=pieces if excerpt != pieces else [],
        bring_back=change.pk if item and can_come_back(change, item) else None,
    )


def compared(before, after):
    """Return the pieces of `pieces_of`, comparing only between the first and last difference.

    A page compares many texts: where more than WORD_BY_WORD characters differ, the whole passage is
    shown as replaced.
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
    """Return the common start of two texts, in whole words."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    start = one[: sum(1 for _ in pairs)]
    # Not with a pattern: to find the last word, it would read a long one again from each letter.
    end = len(start)
    while end and (start[end - 1].isalnum() or start[end - 1] == "_"):
        end -= 1
    return start[:end]


def can_come_back(change, item):
    """Return whether the text from before `change` can be restored and differs from the current."""
    name = change.field
    if name not in RESTORABLE_FIELDS or change.before in ("", getattr(item, name)):
        return False
    if name == "reason":
        return item.status == Status.NOT_NEEDED
    return name == "note" or item.is_own


def _excerpt(pieces):
    """Return the changed passages with some words on each side."""
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
    """Return the first words of `text`, up to `length` characters."""
    head = text[:length]
    return head.rsplit(None, 1)[0] if len(head.split(None, 1)) > 1 else head


def _tail(text, length):
    tail = text[-length:]
    return tail.split(None, 1)[1] if len(tail.split(None, 1)) > 1 else tail
