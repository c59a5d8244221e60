"""What a person does to their own development record.

Unlike every other change these leave no event and name nobody: only the person acts here, and an
event would be a trace of something that is nobody else's business. Ratings keep their own marks.
"""

from django.db import transaction
from django.utils import timezone

from assessments.versions import StaleVersion, changes_between, update_at
from frameworks.models import Framework

from ..models import DevelopmentRecord, RatingMark, Reflection

ANSWER_FIELDS = ("rating", "evidence", "next_step", "next_step_on")


def start_record(person):
    """The person's record: the one they have, else a new one with the current edition."""
    record, _ = DevelopmentRecord.objects.get_or_create(
        person=person,
        defaults={"edition": Framework.objects.current(Framework.DEVELOPMENT)},
    )
    return record


def save_answer(answer, *, version, **fields):
    """Save what a person says of a standard; an unsaved `answer` is its first, then version is 0.

    Raises StaleVersion, with nothing saved, if it was saved since `version`, from another window.
    """
    fields = {name: fields[name] for name in ANSWER_FIELDS if name in fields}
    with transaction.atomic():
        stored, changed = _save(answer, ("record", "standard"), version, fields)
        if "rating" in changed:
            RatingMark.objects.create(answer=stored, rating=stored.rating)


def save_reflection(reflection, *, version, note):
    """Save a note on a principle or an attribute, as `save_answer` does."""
    with transaction.atomic():
        _save(reflection, ("record", *Reflection.SUBJECTS), version, {"note": note})


def _save(instance, key, version, fields):
    """The row as it is stored now, and the names of the fields that changed.

    `key` are the fields that name its place: somebody's first answer there is there once.
    """
    values = {change.name: change.value for change in changes_between(instance, fields)}
    if not values:
        return instance, set()
    changed, values = set(values), values | {"saved_at": timezone.now()}
    if instance.pk is not None:
        update_at(type(instance), instance, version, values)
        return instance, changed
    place = {name: getattr(instance, name) for name in key}
    stored, is_new = type(instance).objects.get_or_create(**place, defaults=values)
    if not is_new:
        raise StaleVersion
    return stored, changed


def delete_record(record):
    """Delete a record with its answers, notes, journal and readers, for good."""
    record.delete()
