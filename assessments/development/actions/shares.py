from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ..models import DevelopmentRecord, DevelopmentShare
from .others import find_other, tell


def share_record(record, *, email, themes, with_journal, until, link_for=None):
    """Let the person with that address read themes of a record until a day, that day included.

    `link_for(share)` makes the address that the e-mail to them leads to; without it none is sent.
    ValidationError, by field, if nobody has that address or they can read the record already.
    """
    with transaction.atomic():
        DevelopmentRecord.objects.select_for_update().get(pk=record.pk)
        reader = find_other(record.person, email)
        earlier = DevelopmentShare.objects.filter(record=record, reader=reader, ended_at=None)
        if earlier.live().exists():
            raise ValidationError(
                {"email": f"{reader.name} can read your record already. End that first."}
            )
        earlier.update(ended_at=timezone.now())
        share = DevelopmentShare.objects.create(
            record=record, reader=reader, with_journal=with_journal, until=until
        )
        share.themes.set(themes)
        if link_for:
            person = record.person
            subject = f"{person.name} has shared something with you in the transition planner"
            tell(reader, subject, "email", person=person, link=link_for(share), until=until)
    return share


def end_share(share):
    """End a reader's access, from their next request on. Does nothing if it has ended already."""
    DevelopmentShare.objects.filter(pk=share.pk, ended_at=None).update(ended_at=timezone.now())
