from functools import partial

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from councils.models import User

from ..models import DevelopmentRecord, DevelopmentShare


def share_record(record, *, email, themes, with_journal, until, link_for=None):
    """Let the person with that address read themes of a record until a day, that day included.

    `link_for(share)` makes the address that the e-mail to them leads to; without it none is sent.
    ValidationError, by field, if nobody has that address or they can read the record already.
    """
    with transaction.atomic():
        DevelopmentRecord.objects.select_for_update().get(pk=record.pk)
        reader = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        if reader is None:
            raise ValidationError(
                {"email": "Nobody with this address has an account here. Check it with them."}
            )
        if reader.pk == record.person_id:
            raise ValidationError({"email": "Enter somebody else’s address: this is your own."})
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
            _write_to(share, link_for(share))
    return share


def end_share(share):
    """End a reader's access, from their next request on. Does nothing if it has ended already."""
    DevelopmentShare.objects.filter(pk=share.pk, ended_at=None).update(ended_at=timezone.now())


def _write_to(share, link):
    """Nothing but who shares, where and until when: e-mail is read by others."""
    person = share.record.person
    context = {"person": person, "reader": share.reader, "until": share.until, "link": link}
    transaction.on_commit(
        partial(
            send_mail,
            f"{person.name} has shared something with you in the transition planner",
            render_to_string("assessments/development/email.txt", context),
            None,
            [share.reader.email],
        )
    )
