from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction

from councils.actions import (
    agree_to_move_domain,
    ask_to_move_domain,
    cancel_domain_move,
    lock_council,
    lock_person,
)
from councils.models import Council, DomainMove, User

from ..models import OperatorEvent
from .second_operator import (
    require_second_operator,
    require_settled_asker,
    tell_operators,
    why_not_ask,
    with_addresses,
)


def request_domain_move(
    council: Council, *, old_domain: str, new_domain: str, people: Collection[int], by: User
) -> DomainMove:
    """Ask to move a council's people to another domain. Raises ValidationError by field.

    The other operators are told by email.
    """
    if problem := why_not_ask(by):
        raise ValidationError({"old_domain": problem})
    with transaction.atomic():
        move = ask_to_move_domain(
            council, old_domain=old_domain, new_domain=new_domain, people=people, by=by
        )
        _log(move, OperatorEvent.Kind.DOMAIN_MOVE_REQUESTED, by=by)
        _tell(move, by=by, is_agreed=False)
    return move


def agree_to_domain_move(move: DomainMove, *, by: User, account_page: str) -> bool:
    """Begin a move that another operator asked for; False if it is not waiting for that.

    No address changes: each person confirms their own. Raises NeedsSecondOperator.
    """
    with transaction.atomic():
        # Once both are locked, so that the role cannot end meanwhile; in the order of their keys.
        lock_council(move.council)
        people = {pk: lock_person(pk) for pk in sorted({by.pk, move.asked_by_id})}
        asker, operator = people[move.asked_by_id], people[by.pk]
        require_second_operator(operator, person=asker, asked_by=asker, asked_at=move.asked_at)
        require_settled_asker(asker, move.asked_at)
        if not agree_to_move_domain(move, by=by, account_page=account_page):
            return False
        _log(move, OperatorEvent.Kind.DOMAIN_MOVE_AGREED, by=by)
        _tell(move, by=by, is_agreed=True)
    return True


def cancel_move(move: DomainMove, *, by: User) -> bool:
    """End a move; False if it had ended. New addresses that people have confirmed stay."""
    with transaction.atomic():
        if not cancel_domain_move(move, by=by):
            return False
        _log(move, OperatorEvent.Kind.DOMAIN_MOVE_CANCELLED, by=by)
    return True


def _log(move: DomainMove, kind: OperatorEvent.Kind, *, by: User) -> None:
    OperatorEvent.objects.create(kind=kind, council=move.council, by=by, detail=str(move)[:300])


def _tell(move: DomainMove, *, by: User, is_agreed: bool) -> None:
    context = {"move": move, "who": with_addresses(by), "is_agreed": is_agreed}
    done = "agreed" if is_agreed else "requested"
    subject = f"A move of email addresses at {move.council} has been {done}"
    tell_operators(subject, "operate/email/domain_move.txt", context, but=by)
