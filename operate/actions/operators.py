from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from councils.actions import find_or_add_person
from councils.models import User
from councils.tokens import digest_of, new_token

from ..models import OperatorEvent, SetUpAddress
from .second_operator import tell_operators, with_addresses

SET_UP_LIFE = timedelta(hours=24)


class LastOperator(Exception):
    """The change would leave the service without an operator."""

    def __str__(self) -> str:
        return "There must be at least one operator. Make someone else an operator first."


class SetUpEnded(Exception):
    """The set-up address was used, replaced or has expired, or there is an operator already."""


def add_operator(*, email: str, name: str = "", by: User | None) -> User:
    """Give a person the operator role; a new person gets an account without a password.

    The other operators are told by email. Raises ValidationError by field.
    """
    with transaction.atomic():
        person = find_or_add_person(email=email, name=name)
        if person.is_operator:
            raise ValidationError({"email": f"{person.name} is an operator already"})
        OperatorEvent.objects.create(kind=OperatorEvent.Kind.OPERATOR_ADDED, person=person, by=by)
        person.is_operator = True
        person.save(update_fields=["is_operator"])
        context = {
            "person": person,
            "needs_password": bool(by) and not person.has_usable_password(),
            "is_first": not User.objects.filter(is_operator=True).exclude(pk=person.pk).exists(),
            "who": with_addresses(by) if by else "the set-up address in the server’s log",
        }
        subject = f"{person.name} is now an operator of the transition planner"
        own = "You are now an operator of the transition planner"
        template = "operate/email/operator_added.txt"
        tell_operators(subject, template, context, own_subject=own, but=by)
    return person


def remove_operator(person: User, *, by: User) -> None:
    """End a person's operator role; their account stays. Raises LastOperator.

    They and the other operators are told by email, so that no one can remove all others unnoticed.
    """
    with transaction.atomic():
        # All rows are locked, so that two operators who remove each other leave one.
        all_operators = list(User.objects.select_for_update(no_key=True).filter(is_operator=True))
        if not any(each.is_active for each in all_operators if each.pk != person.pk):
            raise LastOperator
        if person.pk not in {each.pk for each in all_operators}:
            return
        OperatorEvent.objects.create(kind=OperatorEvent.Kind.OPERATOR_REMOVED, person=person, by=by)
        User.objects.filter(pk=person.pk).update(is_operator=False)
        context = {"person": person, "who": with_addresses(by)}
        subject = f"{person.name} is no longer an operator of the transition planner"
        own = "You are no longer an operator of the transition planner"
        template = "operate/email/operator_removed.txt"
        tell_operators(subject, template, context, own_subject=own, but=by, also=person)


def new_set_up_address() -> str:
    """Return the token of a new set-up address, which ends earlier ones; empty if not needed."""
    with transaction.atomic():
        if User.objects.filter(is_operator=True, is_active=True).exists():
            return ""
        SetUpAddress.objects.filter(used_at=None).delete()
        token = new_token()
        SetUpAddress.objects.create(token_digest=digest_of(token))
    return token


def is_set_up_open(token: str) -> bool:
    """Return whether the set-up address with this token can be used."""
    if User.objects.filter(is_operator=True, is_active=True).exists():
        return False
    return _open_addresses(token).exists()


def make_first_operator(token: str, *, name: str, email: str, password: str) -> User:
    """Make the first operator from the set-up address. Raises SetUpEnded or ValidationError.

    An account that exists already keeps its name and password: its owner signs in with that.
    """
    with transaction.atomic():
        # Of two uses at once, only one finds the address unused.
        if not is_set_up_open(token) or not (_open_addresses(token).update(used_at=timezone.now())):
            raise SetUpEnded
        person = add_operator(email=email, name=name, by=None)
        if not person.has_usable_password():
            person.set_password(password)
            person.save(update_fields=["password"])
    return person


def _open_addresses(token: str) -> QuerySet[SetUpAddress]:
    since = timezone.now() - SET_UP_LIFE
    return SetUpAddress.objects.filter(
        token_digest=digest_of(token), used_at=None, made_at__gt=since
    )
