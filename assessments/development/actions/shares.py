import datetime as dt
from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from councils.mail import count_email
from councils.models import User
from frameworks.models import DevelopmentTheme

from ..models import DevelopmentRecord, DevelopmentShare
from .others import tell
from .records import lock_record


def share_record(
    record: DevelopmentRecord,
    *,
    reader: User,
    themes: Iterable[DevelopmentTheme],
    with_journal: bool,
    until: dt.date,
    link_for: Callable[[DevelopmentShare], str] | None = None,
) -> DevelopmentShare:
    """Share themes of a record with a reader until the end of a day.

    `link_for(share)` returns the address that the email to them leads to; without it none is sent.
    Raises ValidationError, by field, if they can read the record already, TooManyEmails, and
    StaleVersion if the record has been deleted.
    """
    with transaction.atomic():
        lock_record(record)
        earlier = DevelopmentShare.objects.filter(record=record, reader=reader, ended_at=None)
        if earlier.live().exists():
            raise ValidationError(
                {"email": f"{reader.name} can read your record already. Stop sharing it first"}
            )
        earlier.update(ended_at=timezone.now())
        share = DevelopmentShare.objects.create(
            record=record, reader=reader, with_journal=with_journal, until=until
        )
        share.themes.set(themes)
        if link_for:
            person = record.person
            count_email(sender=person, recipient=reader.email)
            tell(reader, "email", person=person, link=link_for(share), until=until)
    return share


def end_share(share: DevelopmentShare) -> None:
    """End a reader's access, from their next request. Does nothing if it has ended."""
    DevelopmentShare.objects.filter(pk=share.pk, ended_at=None).update(ended_at=timezone.now())
