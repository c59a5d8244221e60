"""The principles and attributes with what a person notes on them, by the essay they are from."""

from dataclasses import dataclass
from itertools import groupby

from frameworks.models import Attribute, Framework, Principle

from .models import Reflection


@dataclass(frozen=True)
class Entry:
    """A principle or an attribute; `note` is empty before there is one."""

    kind: str
    subject: Principle | Attribute
    note: str


@dataclass(frozen=True)
class Essay:
    framework: Framework
    entries: list[Entry]

    @property
    def noted(self):
        return [entry for entry in self.entries if entry.note]


def essays_of(record):
    """Three queries."""
    notes = {}
    for reflection in record.reflections.all():
        notes["principle", reflection.principle_id] = reflection.note
        notes["attribute", reflection.attribute_id] = reflection.note
    entries = [
        Entry(kind, subject, notes.get((kind, subject.pk), ""))
        for kind in Reflection.SUBJECTS
        for subject in Reflection.subjects(kind, record)
    ]
    return [
        Essay(framework, list(held))
        for framework, held in groupby(entries, key=lambda entry: entry.subject.framework)
    ]
