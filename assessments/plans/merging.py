"""Merge two answers to an action, using the history of the plan.

The history says what the answer was at the version that was edited, so a field that only one of two
people changed needs no decision: that change is kept.
"""

from dataclasses import dataclass, replace

from django.db.models import Q

from assessments.versions import as_text

from .actions import name_of, settle_due
from .item_fields import CHOSEN_TOGETHER, LABELS
from .item_forms import NOTE_MAX_LENGTH
from .models import Event, Status

BETWEEN_NOTES = "\n\n"
THEIRS, MINE, BOTH = "theirs", "mine", "both"


def texts_before(versions):
    """Return what the fields changed since a version were at it: {pk: {field: text}}.

    `versions` are pairs of a current item, fetched with step and source, and a version number.
    The value is None for an item whose history does not reach back that far. 2 queries.
    """
    items = [item for item, _ in versions]
    of_one = Q(item__in=items, kind__in=Event.CHANGES_AN_ITEM)
    of_many = Q(plan__in={item.plan_id for item in items}, kind=Event.Kind.ITEMS_MOVED)
    saves = {item.pk: [] for item in items}
    for event in Event.objects.filter(of_one | of_many).order_by("-pk").prefetch_related("changes"):
        if event.item_id:
            saves[event.item_id].append({c.field: c.before for c in event.changes.all()})
            continue
        moved = {c.field: c.before for c in event.changes.all()}
        for item in items:
            if item.plan_id == event.plan_id and name_of(item) in moved:
                saves[item.pk].append({"due": moved[name_of(item)]})
    found = {}
    for item, version in versions:
        since = saves[item.pk][: item.version - version]
        if len(since) < item.version - version:
            found[item.pk] = None
        else:
            # Newest first, so the text from the earliest change is kept.
            found[item.pk] = {name: before for save in since for name, before in save.items()}
    return found


@dataclass(frozen=True)
class MergedFieldChange:
    label: str
    before: str
    after: str


def changes_since(item, before, *, hidden=frozenset()):
    """Return the fields of `item` that differ from `before`, the texts of `texts_before`.

    `hidden` names the fields that the reader must not see.
    """
    found = []
    for parts in CHOSEN_TOGETHER:
        if not hidden.isdisjoint(parts):
            continue
        then, now = _text(parts, _then(item, parts, before)), _text(parts, _now(item, parts))
        if then != now:
            found.append(MergedFieldChange(LABELS[parts[0]], then, now))
    return found


@dataclass(frozen=True)
class MergeChoice:
    """A field where two answers differ. `chosen` is THEIRS, MINE, BOTH or empty if undecided."""

    name: str
    label: str
    theirs: str
    mine: str
    chosen: str

    @property
    def may_keep_both(self):
        both = len(self.theirs) + len(BETWEEN_NOTES) + len(self.mine)
        return self.name == "note" and self.theirs and self.mine and both <= NOTE_MAX_LENGTH


def choices_for(item, version, fields, said):
    """Return a MergeChoice for each field where `fields`, an edit of `version`, differ from `item`.

    `said` holds what the user selected, as `merge-note` and so on. If omitted, a field that only
    one of the two changed is decided, and one that both changed is not.
    """
    return choices_since(item, texts_before([(item, version)])[item.pk], fields, said)


def choices_since(item, before, fields, said):
    """Return what `choices_for` does, for an edit of the version with the texts `before`.

    `fields` can be a part of the answer; a reason needs its status.
    """
    fields = dict(fields)
    if fields.get("status", Status.NOT_NEEDED) != Status.NOT_NEEDED:
        fields["reason"] = ""
    settle_due(item, fields)
    choices = []
    for parts in CHOSEN_TOGETHER:
        name = parts[0]
        values = {part: fields.get(part, getattr(item, part)) for part in parts}
        if name not in fields or all(getattr(item, part) == values[part] for part in parts):
            continue
        mine = {part: as_text(item, part, values[part]) for part in parts}
        choice = MergeChoice(
            name,
            LABELS[name],
            theirs=_text(parts, _now(item, parts)),
            mine=_text(parts, mine),
            chosen=said.get(f"merge-{name}", ""),
        )
        if choice.chosen not in (THEIRS, MINE) and not (
            choice.chosen == BOTH and choice.may_keep_both
        ):
            choice = replace(choice, chosen=_only_one_changed(item, parts, mine, before))
        choices.append(choice)
    return choices


def merged(item, fields, choices):
    """Return `fields` without those where the saved version is kept, and with merged notes."""
    fields = dict(fields)
    for choice in choices:
        parts = next(parts for parts in CHOSEN_TOGETHER if parts[0] == choice.name)
        if choice.chosen == THEIRS:
            for part in parts:
                fields.pop(part, None)
        elif choice.chosen == BOTH:
            fields["note"] = item.note + BETWEEN_NOTES + fields["note"]
    return fields


def _only_one_changed(item, parts, mine, before):
    """Return THEIRS or MINE if only one of the two changed the field; empty if both or unknown."""
    if before is None:
        return ""
    if not any(part in before for part in parts):
        return MINE
    return THEIRS if mine == _then(item, parts, before) else ""


def _now(item, parts):
    return {part: as_text(item, part, getattr(item, part)) for part in parts}


def _then(item, parts, before):
    return {part: before.get(part, text) for part, text in _now(item, parts).items()}


def _text(parts, texts):
    """Return one text for the parts of a field that are chosen together."""
    first, *more = (texts.get(part, "") for part in parts)
    if parts[0] == "status":
        return (
            ": ".join(filter(None, [first, *more])) if first == Status.NOT_NEEDED.label else first
        )
    if parts[0] == "due":
        return ", ".join(filter(None, [first, *more]))
    return first or "".join(more)
