"""Say what the rows of an edited action log change, and what is wrong with them."""

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError

from assessments.plans.bulk import BulkPreview, preview
from assessments.plans.item_forms import NOTE_MAX_LENGTH
from assessments.plans.merging import MergeChoice, choices_since, merged, texts_before
from assessments.plans.models import TITLE_MAX_LENGTH, Plan, PlanItem, Status
from assessments.plans.stages import current_sign_offs
from assessments.versions import as_text
from assessments.words import day_in_words
from councils.models import Membership
from govuk.fields import DateField

from .cells import plain
from .workbook import COLUMNS, MAX_ROWS, MAY_BE_MISSING, LogRow

REFERENCE = re.compile(r"(\d{1,12})\.(\d{1,9})")
MAX_REASON = 2000
MAX_OWNER_NAME = 80
STATUSES = {label.casefold(): value for value, label in Status.choices}


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with a cell, or with a whole row if it has no `column`."""

    row: int
    cell: str
    column: str
    words: str


@dataclass(frozen=True)
class LogConflict:
    """An action that was saved since the file was made, and the fields that need a decision."""

    item: PlanItem
    row: int
    choices: tuple[MergeChoice, ...]


@dataclass(frozen=True)
class LogPreview:
    """What an edited log would change.

    `conflicts` need a decision; `unread` says which rows stay as they are and why. `rows` are all
    of these, to be sent again with the decisions. `matched` counts the rows with an action.
    """

    planned: BulkPreview
    conflicts: tuple[LogConflict, ...]
    unread: tuple[CellProblem, ...]
    rows: tuple[LogRow, ...]
    matched: int
    versions: str

    @property
    def is_decided(self) -> bool:
        return all(choice.chosen for each in self.conflicts for choice in each.choices)


class _BadCell(Exception):
    def __init__(self, name: str, words: str):
        self.name, self.words = name, words


def preview_log(
    plan: Plan,
    rows: Iterable[LogRow],
    *,
    members: Iterable[Membership],
    said: Mapping[str, str],
) -> LogPreview:
    """Return what `rows` change. `members` are all memberships of the council, ended ones too.

    `said` holds the decisions, as merge-12-note for the note of action 12. 3 queries.
    """
    people, rows = list(members), list(rows)
    unread: list[CellProblem] = []
    matched = _match(plan, rows, unread)
    stale = [(item, version) for item, version, _ in matched if version < item.version]
    before = texts_before(stale) if stale else {}
    fields_of: dict[int, dict[str, Any]] = {}
    conflicts = []
    for item, version, row in matched:
        then = before.get(item.pk) if version < item.version else {}
        try:
            fields = _fields(item, then or {}, row, people)
        except _BadCell as bad:
            unread.append(_problem(row, bad.name, bad.words))
            continue
        if not fields:
            continue
        prefix = f"merge-{item.pk}-"
        mine = {
            name.replace(prefix, "merge-", 1): value
            for name, value in said.items()
            if name.startswith(prefix)
        }
        automatic = choices_since(item, then, fields, {})
        choices = choices_since(item, then, fields, mine)
        asked = {choice.name for choice in automatic if not choice.chosen}
        open_ones = tuple(choice for choice in choices if choice.name in asked)
        if open_ones:
            conflicts.append(LogConflict(item, row.number, open_ones))
        decided = [choice for choice in choices if choice.chosen]
        undecided = [replace(c, chosen="theirs") for c in choices if not c.chosen]
        fields_of[item.pk] = merged(item, fields, decided + undecided)
    items = [item for item, _, _ in matched]
    unread.sort(key=lambda problem: problem.row)
    kept = {each.row for each in unread} | {
        row.number for item, _, row in matched if item.pk in fields_of
    }
    return LogPreview(
        planned=preview(
            plan,
            items,
            lambda item: fields_of.get(item.pk),
            signed_off=current_sign_offs(plan),
        ),
        conflicts=tuple(conflicts),
        unread=tuple(unread),
        rows=tuple(row for row in rows if row.number in kept),
        matched=len(matched),
        versions=",".join(f"{item.pk}.{item.version}" for item in items if item.pk in fields_of),
    )


def _match(
    plan: Plan, rows: list[LogRow], unread: list[CellProblem]
) -> list[tuple[PlanItem, int, LogRow]]:
    """Return each row with its action and the version it was made from; add the others to `unread`.

    1 query.
    """
    named = {row.number: REFERENCE.fullmatch(row.reference) for row in rows}
    items = PlanItem.objects.on(plan).filter(pk__in=[int(m[1]) for m in named.values() if m])
    found = items.with_everything().select_related("step__stage").in_bulk()
    seen: dict[int, int] = {}
    matched = []
    for row in rows:
        match = named[row.number]
        item = found.get(int(match[1])) if match else None
        words = ""
        if row.problems:
            unread.extend(_problem(row, *problem) for problem in row.problems)
            continue
        if not row.reference:
            words = "It has no reference. Add new actions on the page of their step"
        elif not match or not item or not 0 < int(match[2]) <= item.version:
            words = "Its reference does not belong to an action in this plan"
        elif item.removed_at:
            words = "The action was removed from the plan"
        elif item.pk in seen:
            words = f"The same action is in row {seen[item.pk]} already"
        if words or not item or not match:
            unread.append(_problem(row, "reference", words))
            continue
        seen[item.pk] = row.number
        item.plan = plan
        matched.append((item, int(match[2]), row))
    return matched


def _problem(row: LogRow, name: str, words: str) -> CellProblem:
    letter = row.letters.get(name, "")
    return CellProblem(
        row=row.number,
        cell=f"{letter}{row.number}" if letter else "",
        column=COLUMNS.get(name, "Reference"),
        words=words,
    )


def _fields(
    item: PlanItem, before: dict[str, str], row: LogRow, people: list[Membership]
) -> dict[str, Any]:
    """Return the fields that the row changes from what the file had. Raises _BadCell."""

    def then(name: str) -> str:
        return plain(before.get(name, as_text(item, name, getattr(item, name))))

    cells, fields = row.cells, {}
    words = plain(item.words(item.plan.term) if not item.is_own else then("title"))
    if _one_line(cells["title"]) != _one_line(words):
        fields["title"] = _title(item, _one_line(cells["title"]))
    if cells.get("note", then("note")) != then("note"):
        fields["note"] = _within(cells["note"], "note", NOTE_MAX_LENGTH)
    fields |= _status(then("status"), then("reason"), cells)
    fields |= _owner(item, then("owner"), then("owner_name"), cells, people)
    return fields | _due(then("due"), cells["due"])


def _title(item: PlanItem, text: str) -> str:
    if not item.is_own:
        raise _BadCell("title", "The wording of an action from the guidance cannot be changed")
    if not text:
        raise _BadCell("title", "Enter the action")
    return _within(text, "title", TITLE_MAX_LENGTH)


def _status(status: str, reason: str, cells: dict[str, str]) -> dict[str, Any]:
    value = STATUSES.get(_one_line(cells["status"]).casefold())
    if value is None:
        *most, last = Status.labels
        raise _BadCell("status", f"Enter {', '.join(most)} or {last}")
    is_changed = Status(value).label != status
    if not is_changed and cells["reason"] == reason:
        return {}
    if value == Status.NOT_NEEDED and not cells["reason"]:
        raise _BadCell("reason", "Enter the reason this is not needed")
    if value != Status.NOT_NEEDED and cells["reason"] not in ("", reason):
        raise _BadCell("reason", "A reason is kept only for an action that is not needed")
    if value != Status.NOT_NEEDED and not is_changed:
        return {}
    text = cells["reason"] if value == Status.NOT_NEEDED else ""
    return {"status": value, "reason": _within(text, "reason", MAX_REASON)}


def _owner(
    item: PlanItem, owner: str, owner_name: str, cells: dict[str, str], people: list[Membership]
) -> dict[str, Any]:
    """Return the owner that the row names: a member by address, anyone else by name."""
    shown = owner or owner_name
    email = next((each.user.email for each in people if owner and str(each) == owner), "")
    if item.owner and str(item.owner) == owner:
        email = item.owner.user.email
    typed, name = cells["owner_email"].lower(), _one_line(cells["owner"])
    if "@" in name and " " not in name and not typed:
        typed, name = name.lower(), ""
    if typed == email.lower():
        if name == _one_line(shown):
            return {}
        if typed:
            raise _BadCell("owner", "To change the owner, change or clear the email address")
        return {"owner": None, "owner_name": _within(name, "owner", MAX_OWNER_NAME)}
    if not typed:
        if owner and name == _one_line(shown):
            name = ""
        return {"owner": None, "owner_name": _within(name, "owner", MAX_OWNER_NAME)}
    for each in people:
        if each.ended_at is None and each.user.email.lower() == typed:
            return {"owner": each, "owner_name": ""}
    raise _BadCell("owner_email", "No one at the council with access has this email address")


def _due(due: str, cell: str) -> dict[str, Any]:
    day = _day(cell)
    if (day_in_words(day) if day else "") == due:
        return {}
    return {"due": day, "due_rule": None}


def _day(text: str) -> dt.date | None:
    """Return the date of a cell: 2027-05-06, 6 May 2027 or 6/5/2027. Raises _BadCell."""
    if not text:
        return None
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    parts = iso.groups()[::-1] if iso else tuple(re.split(r"[ ./-]+", text))
    try:
        return DateField(error_name="The date").clean(parts)
    except ValidationError as error:
        raise _BadCell("due", f"{error.messages[0]}, such as 6 May 2027") from error


def _within(text: str, name: str, longest: int) -> str:
    if len(text) > longest:
        raise _BadCell(name, f"It must be {longest:,} characters or fewer")
    return text


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- From the preview to the confirmation ---------------------------------------------------------


def pack(rows: Iterable[LogRow]) -> str:
    """Return rows as the text of a form field."""
    return json.dumps([list(astuple(row)) for row in rows])


def unpack(text: str) -> list[LogRow] | None:
    """Return the rows of `pack`, or None if it is not such a text."""
    try:
        rows = [
            LogRow(
                int(number),
                plain(str(reference)),
                {name: plain(str(cells[name])) for name in cells},
                {str(name): plain(str(letters[name])) for name in letters},
                tuple((str(name), plain(str(words))) for name, words in problems),
            )
            for number, reference, cells, letters, problems in json.loads(text)
        ]
    except (ArithmeticError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None
    needed = COLUMNS.keys() - MAY_BE_MISSING
    known = all(needed <= row.cells.keys() <= COLUMNS.keys() for row in rows)
    return rows if known and len(rows) <= MAX_ROWS else None
