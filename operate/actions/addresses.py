from django.db import transaction

from councils.actions import AddressStep, stand_in_for_address
from councils.models import AddressChange, User

from ..models import OperatorEvent
from .second_operator import require_second_operator, tell_operators, with_addresses


def confirm_address_of(change: AddressChange, *, by: User) -> AddressStep | None:
    """Confirm a person's change of address in place of their lost mailbox, as an operator.

    `by` has to be one who can agree to what someone else asked for: see `second_operator`. All
    operators are told. Raises NeedsSecondOperator and StandInRefused.
    """
    first = change.first_stand_in

    def require(stored: AddressChange) -> str:
        asker = stored.first_stand_in or stored.user
        operator = User.objects.get(pk=by.pk)
        require_second_operator(
            operator, person=stored.user, asked_by=asker, asked_at=stored.asked_at
        )
        return ""

    with transaction.atomic():
        step = stand_in_for_address(change, by=by, why_not=require)
        if step is not None:
            kind = OperatorEvent.Kind.ADDRESS_STOOD_IN
            OperatorEvent.objects.create(kind=kind, person=change.user, by=by)
            context = {"person": change.user, "who": with_addresses(by), "first": first}
            subject = f"A new email address for {change.user.name} has been confirmed"
            tell_operators(subject, "operate/email/address_stood_in.txt", context)
    return step
