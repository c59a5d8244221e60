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

    def require(stored: AddressChange) -> str:
        asker = stored.first_stand_in or stored.user
        operator = User.objects.get(pk=by.pk)
        require_second_operator(
            operator, person=stored.user, asked_by=asker, asked_at=stored.asked_at
        )
        return ""

    before = change.first_stand_in
    with transaction.atomic():
        step = stand_in_for_address(change, by=by, why_not=require)
        if step is not None:
            kind = OperatorEvent.Kind.ADDRESS_STOOD_IN
            OperatorEvent.objects.create(kind=kind, person=change.user, by=by)
            first = _first_of_two(change, by=by, before=before)
            context = {
                "person": change.user,
                "who": with_addresses(by),
                "first": first,
                "is_done": step is AddressStep.DONE,
                "is_waiting": step in (AddressStep.WAITING, AddressStep.WAITING_FOR_NEW),
            }
            many = "Two people have" if first else "One person has"
            subject = f"{many} confirmed a new email address for {change.user.name}"
            tell_operators(subject, "operate/email/address_stood_in.txt", context)
    return step


def _first_of_two(change: AddressChange, *, by: User, before: User | None) -> User | None:
    """Return who had confirmed the change before `by` just did; None if `by` counts as the first.

    Someone who confirmed it `before` does not count if they have lost the right since.
    """
    stored = AddressChange.objects.filter(pk=change.pk).first()  # deleted once it is complete
    first = before if stored is None else stored.first_stand_in
    return None if first == by else first
