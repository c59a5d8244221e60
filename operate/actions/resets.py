from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from councils.actions import reset_second_factor
from councils.models import User, signs_in_twice

from ..models import OperatorEvent, SecondFactorReset


class NeedsSecondOperator(Exception):
    """The operator who asked for a reset cannot agree to it, nor can the person it is for."""

    def __str__(self) -> str:
        return "Another operator has to agree to this."


def request_reset(*, email: str, reason: str, by: User) -> SecondFactorReset:
    """Ask for a reset of a person's two-step sign-in. Raises ValidationError by field."""
    with transaction.atomic():
        person = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        if person is None or not signs_in_twice(person):
            raise ValidationError({"email": "No one with this address uses two-step sign-in."})
        if person == by:
            raise ValidationError({"email": "Ask another operator to request your own reset."})
        if SecondFactorReset.objects.filter(person=person, closed_at=None).exists():
            raise ValidationError({"email": "A reset for this person has been requested already."})
        reset = SecondFactorReset.objects.create(person=person, reason=reason, asked_by=by)
        OperatorEvent.objects.create(
            kind=OperatorEvent.Kind.RESET_REQUESTED, person=person, by=by, detail=reason
        )
    return reset


def agree_to_reset(reset: SecondFactorReset, *, by: User) -> bool:
    """Carry out a reset that another operator asked for; False if it was closed before.

    Raises NeedsSecondOperator. The person is told by email and their councils get an event.
    """
    if by.pk in {reset.asked_by_id, reset.person_id}:
        raise NeedsSecondOperator
    with transaction.atomic():
        still_open = SecondFactorReset.objects.filter(pk=reset.pk, closed_at=None)
        if not still_open.update(closed_at=timezone.now(), agreed_by=by):
            return False
        reset_second_factor(reset.person, by=by)
        OperatorEvent.objects.create(kind=OperatorEvent.Kind.RESET_DONE, person=reset.person, by=by)
    return True


def cancel_reset(reset: SecondFactorReset, *, by: User) -> bool:
    """Close a request without a reset; False if it was closed before."""
    with transaction.atomic():
        still_open = SecondFactorReset.objects.filter(pk=reset.pk, closed_at=None)
        if not still_open.update(closed_at=timezone.now()):
            return False
        OperatorEvent.objects.create(
            kind=OperatorEvent.Kind.RESET_CANCELLED, person=reset.person, by=by
        )
    return True
