"""What two people do with a check-in. As with a development record, these leave no event.

The check-in's row is locked while a part changes, so that a part cannot change, or be withdrawn, at
the moment when the other person comes to see it.
"""

from collections.abc import Callable
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from assessments.versions import changes_between, update_at
from councils.actions import lock_open_account
from councils.mail import TooManyEmails, count_email
from councils.models import User

from ..models import CheckIn, CheckInPart
from .others import tell


def open_check_in(
    person: User, *, other: User, link_for: Callable[[CheckInPart], str] | None = None
) -> CheckInPart:
    """Open a check-in between two people and return the part of `person`.

    If the two have one that is not finished, returns that. `link_for(part)` returns the address
    that the email to `person`, saying that `other` has accepted, leads to; without it, or above the
    daily limit on email, none is sent.
    """
    with transaction.atomic():
        _lock_both(person, other)
        earlier = CheckInPart.objects.of(person).filter(check_in__parts__person=other)
        unfinished = earlier.filter(is_seen=False).first()
        if unfinished:
            return unfinished
        check_in = CheckIn.objects.create()
        part, _ = [CheckInPart.objects.create(check_in=check_in, person=p) for p in (person, other)]
        if link_for:
            # The link of an offer can be used again after they leave. Above the daily limit they
            # find it in their list and in For you.
            with suppress(TooManyEmails):
                count_email(sender=other, recipient=person.email)
                tell(person, "check_in_accepted_email", person=other, link=link_for(part))
    return part


def save_part(
    part: CheckInPart, *, version: int, show: bool = False, link: str = "", **fields: str
) -> None:
    """Save a person's answers and, with `show`, their choice to share them.

    If both have then chosen to share, the other person is sent an email that leads to `link`.
    Raises StaleVersion, and saves nothing, if the part was saved since `version` or is shared.
    """
    values = {change.name: change.value for change in changes_between(part, fields)}
    now = timezone.now()
    if show:
        values["shown_at"] = now
    if not values:
        return
    with transaction.atomic():
        _lock(part)
        update_at(
            CheckInPart.objects.filter(shown_at=None), part, version, values | {"saved_at": now}
        )
        seen = CheckInPart.objects.seen_by(part.person).filter(check_in=part.check_in_id).first()
        if seen and link:
            tell(seen.person, "check_in_seen_email", person=part.person, link=link)


def take_back(part: CheckInPart) -> bool:
    """Withdraw the choice to share; return whether that was before both had chosen."""
    with transaction.atomic():
        _lock(part)
        if CheckInPart.objects.of(part.person).filter(pk=part.pk, is_seen=True).exists():
            return False
        CheckInPart.objects.filter(pk=part.pk).update(shown_at=None)
    return True


def leave_check_in(part: CheckInPart) -> None:
    """Delete a person's part, and the check-in with its last part."""
    with transaction.atomic():
        _lock(part)
        CheckInPart.objects.filter(pk=part.pk).delete()
        if not CheckInPart.objects.filter(check_in=part.check_in_id).exists():
            CheckIn.objects.filter(pk=part.check_in_id).delete()


def _lock(part: CheckInPart) -> None:
    list(CheckIn.objects.select_for_update(no_key=True).filter(pk=part.check_in_id).values("pk"))


def _lock_both(person: User, other: User) -> None:
    """Lock two people in the order of their keys, so that two who open one do not deadlock."""
    for each in sorted((person, other), key=lambda each: each.pk):
        lock_open_account(each)
