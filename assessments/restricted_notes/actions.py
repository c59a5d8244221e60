from django.db import transaction
from django.utils import timezone

from assessments.versions import StaleVersion, update_at

from .models import RestrictedNote, RestrictedNoteEvent


def save_restricted_note(item, note, *, text, version, by, readers=None):
    """Save the restricted note of an item; `note` is None for its first text, then version is 0.

    `readers` are memberships named beside the owners; None leaves them as they are. Leaves a
    RestrictedNoteEvent and no plan event: that something was noted is for its readers alone.
    Raises StaleVersion, with nothing saved, if it was saved since `version`.
    """
    with transaction.atomic():
        if note is None:
            note, created = RestrictedNote.objects.get_or_create(
                item=item, defaults={"text": text, "saved_by": by}
            )
            if not created:
                raise StaleVersion
        else:
            values = {"text": text, "saved_at": timezone.now(), "saved_by": by}
            update_at(RestrictedNote, note, version, values)
            note.item = item
        if readers is not None:
            note.readers.set(readers)
        named = note.readers.select_related("user").order_by("user__name")
        RestrictedNoteEvent.objects.create(
            note=note, by=by, text=text, readers="\n".join(str(reader) for reader in named)
        )
    return note
