"""Save restricted notes."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import hold
from assessments.plans.models import PlanItem
from assessments.versions import StaleVersion, update_at
from councils.models import Membership, User

from .models import RestrictedNote, RestrictedNoteEvent


def save_restricted_note(
    item: PlanItem,
    note: RestrictedNote | None,
    *,
    text: str,
    version: int,
    by: User,
    readers: Iterable[Membership] | None = None,
    earlier: bool = False,
) -> RestrictedNote:
    """Save the restricted note of an item; `note` is None and `version` 0 for its first text.

    `readers` are the memberships named beside the owners; if None, they stay the same. New readers
    can read this text and later ones, and earlier ones only with `earlier`. Leaves a
    RestrictedNoteEvent and no plan event, which more people could read. Raises StaleVersion, with
    nothing saved, if the note was saved since `version`.
    """
    now = timezone.now()
    with transaction.atomic():
        hold(item.plan)
        if note is None:
            note, created = RestrictedNote.objects.get_or_create(
                item=item, defaults={"text": text, "saved_at": now, "saved_by": by}
            )
            if not created:
                raise StaleVersion
        else:
            values = {"text": text, "saved_at": now, "saved_by": by}
            update_at(RestrictedNote, note, version, values)
            note.item = item
        if readers is not None:
            note.name_readers(readers, earlier=earlier, now=now)
        named = note.readers.select_related("user").order_by("user__name", "pk")
        RestrictedNoteEvent.objects.create(
            note=note,
            at=now,
            by=by,
            text=note.text_in_record,
            readers="\n".join(str(reader) for reader in named),
        )
    return note
