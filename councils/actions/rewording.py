"""How a council's record names a person, and its entries with other words in place of that."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from ..models import AppendOnlyModel, Council, CouncilEvent, Office
from ..models.chain import is_words
from ..names import is_distinctive
from .amendments import Rewording

# Events that store a member's or an invited person's post, as "Post (access)".
KINDS_WITH_A_POST = {
    CouncilEvent.Kind.INVITED,
    CouncilEvent.Kind.INVITATION_RESENT,
    CouncilEvent.Kind.INVITATION_WITHDRAWN,
    CouncilEvent.Kind.JOINED,
    CouncilEvent.Kind.MEMBER_ADDED,
    CouncilEvent.Kind.MEMBER_CHANGED,
    CouncilEvent.Kind.MEMBER_REMOVED,
    CouncilEvent.Kind.ACCOUNTS_MERGED,
}
JOB_TITLE_REMOVED = "Job title removed"


@dataclass(frozen=True)
class DatedName:
    """A name of a person, and in which time an entry means them by it.

    One that they chose: while they had it. One that others gave them: since the council can have
    known them. `until` is None without an end. In entries of other times it can be any words.
    """

    name: str
    since: dt.datetime
    until: dt.datetime | None

    def applies_to(self, entry: AppendOnlyModel) -> bool:
        main: Any = getattr(entry, entry.part_of) if entry.part_of else entry
        return bool(self.since <= main.at and (self.until is None or main.at <= self.until))


@dataclass(frozen=True)
class Naming:
    """How a council's record names one person, and the name `new` that takes the place of it.

    `entered` are names that are replaced, in upper or lower case, where they are the whole text of
    a field for the name of a person; those of `entered_then` only in entries of their time, and
    they and those of `dated` in an entry that what was assigned to them is assigned to `new`.
    `shared` are names that other people may have: they are replaced only before an address, and
    where they are the whole text of an event about the person. So are those of `dated`, except in
    entries of their time. `job_titles` are titles of theirs, each with the officer role that takes
    its place after `new`.
    """

    new: str
    emails: Collection[str]
    entered: Collection[str] = ()
    entered_then: Collection[DatedName] = ()
    shared: Collection[str] = ()
    dated: Collection[DatedName] = ()
    job_titles: Collection[tuple[str, str]] = ()

    def rewordings(self, council: Council) -> list[Rewording]:
        """Return the entries of a council's record that name the person, with their new texts."""
        return [
            (entry, words)
            for model in apps.get_models()
            if issubclass(model, AppendOnlyModel) and _fields_of_words(model)
            for entry in self._entries(model, council)
            if (words := self._new_words(entry))
        ]

    def _entries(self, model: type[AppendOnlyModel], council: Council) -> QuerySet[Any]:
        """Return the entries of one kind that have an address or a name, `is_name` where they have
        it in a field for the name of a person.
        """
        named = Q()
        for field in _fields_of_words(model):
            for email in self.emails:
                named |= Q(**{f"{field}__icontains": email})
            for name in {each.name for each in self.dated}:
                named |= Q(**{f"{field}__contains": name})
        entries = model.objects.of_council(council.pk)
        if model.part_of and (self.dated or self.entered_then):
            entries = entries.select_related(model.part_of)
        if model.holds_name is None or not (self.entered or self.entered_then or self.dated):
            return entries.filter(named)
        is_name = ExpressionWrapper(model.holds_name, BooleanField())
        return entries.filter(named | model.holds_name).annotate(is_name=is_name)

    def _new_words(self, entry: Any) -> dict[str, str]:
        """Return the texts of an entry that change."""
        texts = {field: getattr(entry, field) for field in _fields_of_words(type(entry))}
        here = {each.name for each in self.dated if each.applies_to(entry)}
        shared = [*self.shared, *({each.name for each in self.dated} - here)]
        is_name = set(self._whole_names(entry, texts)) if getattr(entry, "is_name", False) else ()
        words = {}
        for field, before in texts.items():
            text = self._without_names(before, here, shared)
            for title, role in self.job_titles:
                # A title can contain the name, which has been replaced.
                for said in (title, self._without_names(title, here, shared)):
                    named = rf"(?<!\w){re.escape(f'{self.new}, {said}')}(?!\w)"
                    text = re.sub(named, f"{self.new}, {role}", text)
            if text.casefold() in is_name:
                text = self.new
            words[field] = text[: entry._meta.get_field(field).max_length]
        if isinstance(entry, CouncilEvent) and words["person"] != entry.person:
            words |= _without_job_title(entry, words)
            words |= {field: self.new for field, text in words.items() if text in shared}
        return {field: text for field, text in words.items() if text != texts[field]}

    def _without_names(self, text: str, names: Iterable[str], shared: Iterable[str]) -> str:
        for email in self.emails:
            text = without_names(text, names, email, self.new, shared=shared)
        return text

    def _whole_names(self, entry: AppendOnlyModel, texts: dict[str, str]) -> Iterator[str]:
        """Return the names, casefolded, that mean the person as the whole text of a field."""
        is_handed_over = self.new in texts.values()
        yield from (name.casefold() for name in self.entered)
        for each in [*self.entered_then, *(self.dated if is_handed_over else ())]:
            if is_handed_over or each.applies_to(entry):
                yield each.name.casefold()


def _fields_of_words(model: type[AppendOnlyModel]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if is_words(field)]


def job_titles_in(events: Iterable[CouncilEvent]) -> list[tuple[str, str]]:
    """Return the job titles in events about one person, longest first, each with its role."""
    posts = {
        text.rpartition(" (")[0]
        for event in events
        if event.kind in KINDS_WITH_A_POST
        for text in (event.before, event.after)
    }
    found = {
        (title, role)
        for post in posts
        for role in Office.labels
        if post.endswith(f", {role}") and (title := post.removesuffix(f", {role}"))
    }
    return sorted(found, key=lambda each: len(each[0]), reverse=True)


def _without_job_title(event: CouncilEvent, words: dict[str, str]) -> dict[str, str]:
    """Return the texts of an event about the person with an officer role in place of a job title.

    A job title was typed by hand, and may contain the name.
    """
    if event.kind not in KINDS_WITH_A_POST:
        return {}
    changed = {}
    for field in ("before", "after"):
        post, bracket, access = words[field].rpartition(" (")
        if bracket and post not in Office.labels:
            role = next((label for label in Office.labels if post.endswith(f", {label}")), "")
            kept = f"{JOB_TITLE_REMOVED}, {role}" if role else JOB_TITLE_REMOVED
            changed[field] = f"{kept} ({access}"
    return changed


def without_names(
    text: str, names: Iterable[str], email: str, new: str, *, shared: Iterable[str] = ()
) -> str:
    """Return `text` with a person's names and address replaced by `new`.

    A name that is not `is_distinctive` can also be ordinary words. It is replaced only where
    entries put names: at the start of a line, before a comma, a bracket or the end. A name in
    `shared` is replaced only before the address in brackets.
    """
    # Not as a part of a longer address.
    address = rf"(?<![\w.+-]){re.escape(email)}(?![\w-]|\.\w)"
    text = re.sub(address, new, text, flags=re.IGNORECASE)
    for name in shared:
        before = rf"(?<!\w){re.escape(name)}(?= \({re.escape(new)}\))"
        text = re.sub(before, new, text, flags=re.IGNORECASE)
    for name in sorted(names, key=len, reverse=True):
        if is_distinctive(name):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", new, text)
        else:
            text = re.sub(rf"^{re.escape(name)}(?=,| \(|$)", new, text, flags=re.MULTILINE)
    return text
