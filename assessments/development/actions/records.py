"""What a person does to their own development record.

Unlike every other change these leave no event: only the person acts here, and an event would show
others that they did. Ratings keep their own history (`RatingMark`).
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.versions import StaleVersion, changes_between, update_at
from councils.actions import lock_open_account
from councils.models import User
from frameworks.models import Framework

from ..models import DevelopmentRecord, RatingMark, Reflection, StandardAnswer

ANSWER_FIELDS = ("rating", "evidence", "next_step", "next_step_on")


def start_record(person: User) -> DevelopmentRecord:
    """Return the person's record; create one with the current edition if they have none."""
    with transaction.atomic():
        lock_open_account(person)
        record, _ = DevelopmentRecord.objects.get_or_create(
            person=person,
            defaults={"edition": Framework.objects.current(Framework.DEVELOPMENT)},
        )
    return record


def save_answer(answer: StandardAnswer, *, version: int, **fields: Any) -> None:
    """Save a person's answer to a standard; the first is unsaved, with version 0.

    Raises StaleVersion, and saves nothing, if it was saved in another window since `version`, or if
    the record has been deleted.
    """
    fields = {name: fields[name] for name in ANSWER_FIELDS if name in fields}
    with transaction.atomic():
        stored, changed = _save(answer, ("record", "standard"), version, fields)
        if "rating" in changed:
            RatingMark.objects.create(answer=stored, rating=stored.rating)


def save_reflection(reflection: Reflection, *, version: int, note: str) -> None:
    """Save a note on a principle or an attribute, as `save_answer` does."""
    with transaction.atomic():
        _save(reflection, ("record", *Reflection.SUBJECTS), version, {"note": note})


def _save(instance: Any, key: tuple[str, ...], version: int, fields: dict[str, Any]) -> Any:
    """Return the row as it is stored now, and the names of the fields that changed.

    `key` are the fields that identify it; there is one row for each key.
    """
    values = {change.name: change.value for change in changes_between(instance, fields)}
    if not values:
        return instance, set()
    changed, values = set(values), values | {"saved_at": timezone.now()}
    lock_record(instance.record)
    if instance.pk is not None:
        update_at(type(instance), instance, version, values)
        return instance, changed
    place = {name: getattr(instance, name) for name in key}
    stored, is_new = type(instance).objects.get_or_create(**place, defaults=values)
    if not is_new:
        raise StaleVersion
    return stored, changed


def delete_records(people: Iterable[User]) -> None:
    """Permanently delete the records of people with their answers, notes, journal and shares.

    What is being saved in one of them is saved first, and deleted with it.
    """
    with transaction.atomic():
        records = DevelopmentRecord.objects.filter(person__in=people)
        list(records.select_for_update(no_key=True).order_by("pk").values("pk"))
        records.delete()


def lock_record(record: DevelopmentRecord) -> None:
    """Lock a record until the transaction ends. Raises StaleVersion if it has been deleted."""
    records = DevelopmentRecord.objects.select_for_update(no_key=True)
    if not records.filter(pk=record.pk).exists():
        raise StaleVersion
