"""What a person does to their own development record.

Unlike every other change these leave no event and name nobody: only the person acts here, and an
event would be a trace of something that is nobody else's business. Ratings keep their own marks.
"""

from django.db import transaction
from django.utils import timezone

from frameworks.models import Framework

from ..models import DevelopmentRecord, RatingMark, StandardAnswer
from .changes import StaleVersion, changes_between, update_at

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
    changes = changes_between(answer, fields)
    if not changes:
        return
    values = {change.name: change.value for change in changes} | {"saved_at": timezone.now()}
    with transaction.atomic():
        if answer.pk is None:
            stored, is_new = StandardAnswer.objects.get_or_create(
                record=answer.record, standard=answer.standard, defaults=values
            )
            if not is_new:
                raise StaleVersion
        else:
            stored = answer
            update_at(StandardAnswer, answer, version, values)
        if "rating" in values:
            RatingMark.objects.create(answer=stored, rating=stored.rating)


def delete_record(record):
    """Delete a record with its answers, journal and readers, for good."""
    record.delete()
