"""Make the entries of a new edition from an earlier one and a file that lists what changes.

An edition file is one JSON object; docs/editions.md describes it. The steps, components, stages and
areas are the same in every edition, so that comments, reviews and answers keep their place. What
can change is the checklist (actions new, reworded or removed) and the guidance of the steps.
"""

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import models

from .models import (
    ChecklistItem,
    EditorialLink,
    Entry,
    Framework,
    PointerPlacement,
    RoleArea,
    RoleStatement,
    Stage,
    Step,
    SuggestedDue,
)
from .reading import BY_LABEL, FixtureEntry, FixtureError, json_in
from .wording import DEFAULT_TERM, Administration, Term, put_term

# The frameworks that plans are made from.
SLUGS = (Framework.TRANSITION, Framework.COMPONENTS)
PARTS = {"edition", "based_on", "frameworks", "changed", "removed", "new"}
MAY_CHANGE: dict[type[models.Model], set[str]] = {
    ChecklistItem: {"text", "prompts", "asks_about_people", "lead_role", "support_roles"},
    Step: {"summary", "guidance", "sources", "lead_role", "support_roles"},
    Stage: {"summary", "guidance", "focus", "sources"},
    RoleArea: {"summary", "guidance", "sources"},
    RoleStatement: {"text"},
}
OF_THE_DOCUMENT = {"title", "publisher", "author", "published", "url", "summary"}
OF_AN_ITEM = MAY_CHANGE[ChecklistItem] | {"code", "position"}
OF_A_DATE = {"number", "unit", "side", "anchor", "reason", "is_review"}


@dataclass
class EditionFileChange:
    """What an edition does to one entry: its texts in the earlier and in the new edition."""

    code: str
    before: str = ""
    after: str = ""


@dataclass
class EditionPreview:
    """What an edition file changes, for an editor to read before it is loaded."""

    edition: str
    based_on: str
    frameworks: list[str] = field(default_factory=list)
    new: list[EditionFileChange] = field(default_factory=list)
    changed: list[EditionFileChange] = field(default_factory=list)
    removed: list[EditionFileChange] = field(default_factory=list)
    guidance: list[str] = field(default_factory=list)


def with_edition(
    entries: Sequence[FixtureEntry], path: Path
) -> tuple[list[FixtureEntry], EditionPreview]:
    """Return `entries` with those of the edition in the file `path`, and what it changes.

    The new edition of each framework named becomes the current one. Raises FixtureError.
    """
    return _Edition(list(entries), path).composed()


class _Edition:
    def __init__(self, entries: list[FixtureEntry], path: Path):
        self.entries, self.name = entries, path.name
        content = json_in(path)
        if not isinstance(content, dict):
            raise FixtureError(path.name, "must hold one object")
        self._only(content, PARTS, "the file")
        self.edition = self._text(content, "edition", "the file")
        self.based_on = self._text(content, "based_on", "the file")
        self.documents = self._of(content, "frameworks", dict)
        self.changed = self._of(content, "changed", list)
        self.removed = self._of(content, "removed", list)
        self.new = self._of(content, "new", list)
        self.preview = EditionPreview(self.edition, self.based_on)
        if self.edition == self.based_on:
            raise FixtureError(path.name, "the edition and the one it is based on are the same")
        if not self.documents or self.documents.keys() - set(SLUGS):
            raise FixtureError(path.name, f"frameworks must be one or both of {', '.join(SLUGS)}")

    def composed(self) -> tuple[list[FixtureEntry], EditionPreview]:
        before = self._copied()
        codes_used = {e.fields["code"] for e in self.entries if self._is_editable(e)}
        self.made = deepcopy(before)
        self.by_code = {e.fields["code"]: e for e in self.made if issubclass(e.model, Entry)}
        touched: set[str] = set()
        for code in self.removed:
            self._remove(code, touched)
        for change in self.changed:
            self._change(change, touched)
        for item in self.new:
            self._add(item, codes_used)
        if not (self.preview.new or self.preview.changed or self.preview.removed) and not (
            self.preview.guidance
        ):
            raise FixtureError(self.name, "changes nothing")
        return [*self.entries, *self.made], self.preview

    # --- The earlier edition ---

    def _copied(self) -> list[FixtureEntry]:
        """Return the entries of the earlier edition with the keys of the new one."""
        found: list[FixtureEntry] = []
        for slug, own in self.documents.items():
            base = [slug, self.based_on]
            editions = [
                e for e in self.entries if e.model is Framework and e.fields["slug"] == slug
            ]
            earlier = next((e for e in editions if e.fields["edition"] == self.based_on), None)
            if earlier is None:
                raise FixtureError(self.name, f"there is no edition {self.based_on} of {slug}")
            if any(e.fields["edition"] == self.edition for e in editions):
                raise FixtureError(
                    self.name, f"there is an edition {self.edition} of {slug} already"
                )
            for each in editions:
                each.fields["is_current"] = False
            self._only(own, OF_THE_DOCUMENT, slug)
            place = {"edition": self.edition, "based_on": self.based_on, "is_current": True}
            where = f"{self.name} ({slug})"
            found.append(FixtureEntry(where, Framework, earlier.fields | own | place))
            found += [
                e
                for e in self.entries
                if issubclass(e.model, Entry) and e.fields.get("framework") == base
            ]
            self.preview.frameworks.append(f"{earlier.fields['title']} ({slug})")
        found += [e for e in self.entries if self._has_copied_end(e)]
        return [
            FixtureEntry(f"{self.name}, from {e.where}", e.model, self._rekeyed(e.fields))
            if e.model is not Framework
            else e
            for e in found
        ]

    def _is_base(self, key: Any) -> bool:
        return (
            isinstance(key, list)
            and len(key) > 1
            and key[1] == self.based_on
            and key[0] in self.documents
        )

    def _has_copied_end(self, entry: FixtureEntry) -> bool:
        return issubclass(entry.model, EditorialLink) and any(
            self._is_base(entry.fields.get(name)) for name in entry.model.LINKS
        )

    def _rekeyed(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {
            name: [value[0], self.edition, *value[2:]] if self._is_base(value) else deepcopy(value)
            for name, value in fields.items()
        }

    # --- What the file says ---

    def _remove(self, code: Any, touched: set[str]) -> None:
        entry = self._entry(code, touched)
        if entry.model is not ChecklistItem:
            raise FixtureError(self.name, f"{code} cannot be removed: only actions can")
        key = [*entry.fields["framework"], code]
        self.made = [
            e
            for e in self.made
            if e is not entry
            and not (
                issubclass(e.model, EditorialLink)
                and key in [e.fields.get(name) for name in e.model.LINKS]
            )
        ]
        self.preview.removed.append(EditionFileChange(code, before=entry.fields["text"]))

    def _change(self, change: Any, touched: set[str]) -> None:
        if not isinstance(change, dict) or not isinstance(change.get("code"), str):
            raise FixtureError(self.name, "each change must be an object with a code")
        code = change["code"]
        entry = self._entry(code, touched)
        allowed = MAY_CHANGE.get(entry.model)
        if allowed is None:
            kind = entry.model._meta.verbose_name
            raise FixtureError(
                self.name, f"{code} cannot change: a {kind} is the same in each edition"
            )
        fields = {name: value for name, value in change.items() if name != "code"}
        self._only(fields, allowed, code)
        before = dict(entry.fields)
        entry.fields.update(self._with_roles(fields))
        entry.where = f"{self.name} ({code})"
        if entry.fields == before:
            raise FixtureError(self.name, f"{code} is the same as in edition {self.based_on}")
        self._check_wording(entry.fields, code)
        if entry.model is ChecklistItem:
            prompts = before.get("prompts", "") != entry.fields.get("prompts", "")
            said = [_said(each, prompts=prompts) for each in (before, entry.fields)]
            self.preview.changed.append(EditionFileChange(code, *said))
        else:
            self.preview.guidance.append(f"{code}: {', '.join(sorted(fields))}")

    def _add(self, item: Any, codes_used: set[str]) -> None:
        if not isinstance(item, dict):
            raise FixtureError(self.name, "each new action must be an object")
        code = self._text(item, "code", "a new action")
        self._only(item, OF_AN_ITEM | {"step", "component", "due", "placements"}, code)
        if code in codes_used or code in self.by_code:
            raise FixtureError(
                self.name, f"{code} is the code of another entry; codes are not used again"
            )
        if len([name for name in ("step", "component") if name in item]) != 1:
            raise FixtureError(self.name, f"{code} must have a step or a component")
        parent_name = "step" if "step" in item else "component"
        parent = self._parent(item[parent_name], parent_name, code)
        if not code.startswith(f"{parent.fields['code']}."):
            raise FixtureError(self.name, f"{code} must begin with {parent.fields['code']}.")
        own = {name: value for name, value in item.items() if name in OF_AN_ITEM}
        fields = {
            "framework": parent.fields["framework"],
            "step": None,
            "component": None,
            "position": self._last_position(parent_name, parent) + 1,
        } | self._with_roles(own)
        fields[parent_name] = [*parent.fields["framework"], parent.fields["code"]]
        self._check_wording(fields, code)
        entry = FixtureEntry(f"{self.name} ({code})", ChecklistItem, fields)
        self.made.append(entry)
        self.by_code[code] = entry
        key = [*fields["framework"], code]
        if parent_name == "step":
            self._add_date(item.get("due"), key, fields["step"], code)
        else:
            self._place(item, key, code)
        self.preview.new.append(EditionFileChange(code, after=_said(fields)))

    def _place(self, item: dict[str, Any], key: list[str], code: str) -> None:
        """Put a new pointer on the steps of its `placements`."""
        placements = item.get("placements")
        if not isinstance(placements, list) or not placements:
            raise FixtureError(self.name, f"{code} must have placements: the steps it is shown in")
        for each in placements:
            if not isinstance(each, dict):
                raise FixtureError(self.name, f"each placement of {code} must be an object")
            self._only(each, {"step", "reason", "due"}, code)
            step = self._step_key(self._text(each, "step", code), code)
            fields = {"item": key, "step": step, "reason": self._text(each, "reason", code)}
            self.made.append(FixtureEntry(f"{self.name} ({code})", PointerPlacement, fields))
            self._add_date(each.get("due"), key, step, code)

    def _add_date(self, due: Any, key: list[str], step: list[str], code: str) -> None:
        if due is None:
            return
        if not isinstance(due, dict):
            raise FixtureError(self.name, f"the date of {code} must be an object")
        self._only(due, OF_A_DATE, code)
        dates = [e.fields for e in self.entries if e.model is SuggestedDue]
        for name in ("unit", "side", "anchor"):
            known = sorted({each[name] for each in dates})
            if due.get(name) not in known:
                raise FixtureError(
                    self.name, f"the {name} of the date of {code} must be one of {', '.join(known)}"
                )
        number = due.get("number")
        if type(number) is not int or not 0 <= number <= 500:
            raise FixtureError(self.name, f"the number of the date of {code} must be 0 to 500")
        self.made.append(
            FixtureEntry(f"{self.name} ({code})", SuggestedDue, {"item": key, "step": step} | due)
        )

    # --- Checks ---

    def _entry(self, code: Any, touched: set[str]) -> FixtureEntry:
        if not isinstance(code, str) or code not in self.by_code:
            raise FixtureError(self.name, f"edition {self.based_on} has no {code}")
        if code in touched:
            raise FixtureError(self.name, f"{code} is named twice")
        touched.add(code)
        return self.by_code[code]

    def _parent(self, code: Any, name: str, of: str) -> FixtureEntry:
        entry = self.by_code.get(code) if isinstance(code, str) else None
        wanted = BY_LABEL[f"frameworks.{'coalitioncomponent' if name == 'component' else name}"]
        if entry is None or entry.model is not wanted:
            raise FixtureError(self.name, f"{of}: edition {self.based_on} has no {name} {code}")
        return entry

    def _step_key(self, code: str, of: str) -> list[str]:
        """Return the key of a step in the new edition, or in the current one if it has none."""
        steps = [e.fields for e in (*self.made, *self.entries) if e.model is Step]
        if Framework.TRANSITION not in self.documents:
            editions = [e.fields for e in self.entries if e.model is Framework]
            current = next(
                f["edition"]
                for f in editions
                if f["slug"] == Framework.TRANSITION and f["is_current"]
            )
        else:
            current = self.edition
        for fields in steps:
            if fields["code"] == code and fields["framework"][1] == current:
                return [*fields["framework"], code]
        raise FixtureError(self.name, f"{of}: there is no step {code}")

    def _last_position(self, name: str, parent: FixtureEntry) -> int:
        key = [*parent.fields["framework"], parent.fields["code"]]
        return max(
            (
                e.fields["position"]
                for e in self.made
                if e.model is ChecklistItem and e.fields[name] == key
            ),
            default=0,
        )

    def _with_roles(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return the fields with officer roles, written as codes in the file, as natural keys."""
        fields = dict(fields)
        if "lead_role" in fields:
            fields["lead_role"] = [fields["lead_role"]]
        if isinstance(fields.get("support_roles"), list):
            fields["support_roles"] = [[role] for role in fields["support_roles"]]
        return fields

    def _check_wording(self, fields: dict[str, Any], code: str) -> None:
        """Refuse text that would show a bracket, in the wording for any administration."""
        for name in ("text", "prompts", "summary", "guidance"):
            text = fields.get(name, "")
            if not isinstance(text, str):
                raise FixtureError(self.name, f"{name} of {code} must be text")
            for term in (Term(DEFAULT_TERM, each) for each in Administration):
                if found := re.search(r"[\[\]{}|]", put_term(text, term)):
                    raise FixtureError(self.name, f"{name} of {code}: {found[0]} would be shown")

    def _is_editable(self, entry: FixtureEntry) -> bool:
        return issubclass(entry.model, Entry) and entry.fields["framework"][0] in SLUGS

    def _only(self, found: Any, allowed: set[str], where: str) -> None:
        if not isinstance(found, dict):
            raise FixtureError(self.name, f"{where} must be an object")
        if surplus := found.keys() - allowed:
            raise FixtureError(self.name, f"{where} cannot have {', '.join(sorted(surplus))}")

    def _text(self, found: dict[str, Any], name: str, where: str) -> str:
        value = found.get(name)
        if not isinstance(value, str) or not value.strip():
            raise FixtureError(self.name, f"{where} must have a text for {name}")
        return value

    def _of(self, content: dict[str, Any], name: str, kind: type) -> Any:
        value = content.get(name, kind())
        if not isinstance(value, kind):
            raise FixtureError(
                self.name, f"{name} must be {'a list' if kind is list else 'an object'}"
            )
        return value


def _said(fields: dict[str, Any], *, prompts: bool = True) -> str:
    """Return the text of an action for a preview, with its prompts if wanted."""
    lines = fields.get("prompts", "").splitlines() if prompts else []
    return " / ".join(line for line in (fields["text"], *lines) if line)
