"""The principles and attributes with a person's notes on them, by essay."""

from dataclasses import dataclass
from itertools import groupby

from frameworks.models import Attribute, Framework, Principle

from .models import Reflection


@dataclass(frozen=True)
class NotedSubject:
    """A principle or an attribute and the person's note on it, empty if there is none."""

    kind: str
    subject: Principle | Attribute
    note: str


@dataclass(frozen=True)
class EssayNotes:
    """An essay's principles or attributes with the person's notes."""

    framework: Framework
    entries: list[NotedSubject]

    @property
    def noted(self):
        return [entry for entry in self.entries if entry.note]


def essays_of(record):
    """Return the essays with the notes of a record. Three queries."""
    notes = {}
    for reflection in record.reflections.all():
        notes["principle", reflection.principle_id] = reflection.note
        notes["attribute", reflection.attribute_id] = reflection.note
    entries = [
        NotedSubject(kind, subject, notes.get((kind, subject.pk), ""))
        for kind in Reflection.SUBJECTS
        for subject in Reflection.subjects(kind, record)
    ]
    return [
        EssayNotes(framework, list(held))
        for framework, held in groupby(entries, key=lambda entry: entry.subject.framework)
    ]
