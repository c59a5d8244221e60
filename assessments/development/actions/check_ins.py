"""What two people do with a check-in. As with a development record, these leave no event.

The check-in's own row is held while a part changes, so that nobody takes back, or changes, what the
other came to see at that moment.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from assessments.versions import changes_between, update_at
from councils.models import User

from ..models import CheckIn, CheckInPart
from .others import find_other, tell


def open_check_in(person, *, email, link_for=None):
    """A new check-in with the person who has that address; returns the own part of `person`.

    `link_for(part)` makes the address that the e-mail to the other leads to; without it none is
    sent. ValidationError, by field, if nobody has that address or the two have one open already.
    """
    with transaction.atomic():
        other = find_other(person, email)
        _hold_both(person, other)
        earlier = CheckInPart.objects.of(person).filter(check_in__parts__person=other)
        if earlier.filter(is_seen=False).exists():
            raise ValidationError(
                {"email": f"You have a check-in with {other.name} already. Finish that first."}
            )
        check_in = CheckIn.objects.create()
        part, _ = [CheckInPart.objects.create(check_in=check_in, person=p) for p in (person, other)]
        if link_for:
            subject = f"{person.name} has opened a check-in with you in the transition planner"
            tell(other, subject, "check_in_email", person=person, link=link_for(part))
    return part


def save_part(part, *, version, show=False, link="", **fields):
    """Save what a person answers and, with `show`, choose to show it.

    If that makes both see both, the other is told by an e-mail that leads to `link`. Raises
    StaleVersion, with nothing saved, if it was saved since `version` or is chosen to be shown.
    """
    values = {change.name: change.value for change in changes_between(part, fields)}
    now = timezone.now()
    if show:
        values["shown_at"] = now
    if not values:
        return
    with transaction.atomic():
        _hold(part)
        update_at(
            CheckInPart.objects.filter(shown_at=None), part, version, values | {"saved_at": now}
        )
        seen = CheckInPart.objects.seen_by(part.person).filter(check_in=part.check_in_id).first()
        if seen and link:
            subject = f"You and {part.person.name} can read your check-in now"
            tell(seen.person, subject, "check_in_seen_email", person=part.person, link=link)


def take_back(part):
    """Choose not to show after all; whether that came in time, before both had chosen to."""
    with transaction.atomic():
        _hold(part)
        if CheckInPart.objects.of(part.person).filter(pk=part.pk, is_seen=True).exists():
            return False
        CheckInPart.objects.filter(pk=part.pk).update(shown_at=None)
    return True


def leave_check_in(part):
    """Delete a person's part; with the second the check-in goes as well."""
    with transaction.atomic():
        _hold(part)
        CheckInPart.objects.filter(pk=part.pk).delete()
        if not CheckInPart.objects.filter(check_in=part.check_in_id).exists():
            CheckIn.objects.filter(pk=part.check_in_id).delete()


def _hold(part):
    list(CheckIn.objects.select_for_update(no_key=True).filter(pk=part.check_in_id).values("pk"))


def _hold_both(person, other):
    """The same order for both, so that two who open one with each other do not wait in a ring."""
    people = User.objects.select_for_update(no_key=True).filter(pk__in=[person.pk, other.pk])
    list(people.order_by("pk").values("pk"))
