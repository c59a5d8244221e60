"""Moving a council's people to addresses of another domain; each confirms their own."""

from collections.abc import Callable, Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ..domain_moves import addresses_to_move, move_of
from ..mail import count_email, send_letter
from ..models import (
    AddressChange,
    Council,
    CouncilEvent,
    DomainMove,
    DomainMovePerson,
    Membership,
    User,
)
from ..tokens import digest_of, new_token
from .members import lock_council
from .people import lock_open_account


def ask_to_move_domain(
    council: Council, *, old_domain: str, new_domain: str, people: Collection[int], by: User
) -> DomainMove:
    """Save a move for the `people` chosen, by the ids of their accounts, until it is agreed to.

    Those who cannot move are left out. Raises ValidationError by field.
    """
    with transaction.atomic():
        lock_council(council)
        delete_ended_moves()
        if DomainMove.objects.filter(council=council, closed_at=None).exists():
            words = "A move of this council’s addresses is in progress. Cancel it first"
            raise ValidationError({"old_domain": words})
        chosen = [
            each
            for each in addresses_to_move(council, old_domain, new_domain)
            if not each.problem and each.user.pk in people
        ]
        if not chosen:
            raise ValidationError({"people": "Select at least one person"})
        move = DomainMove.objects.create(
            council=council, old_domain=old_domain, new_domain=new_domain, asked_by=by
        )
        DomainMovePerson.objects.bulk_create(
            DomainMovePerson(move=move, user=each.user, new_email=each.new_email) for each in chosen
        )
    return move


def agree_to_move_domain(move: DomainMove, *, by: User, account_page: str) -> bool:
    """Begin a move; False if it is not waiting for that any more.

    Each person and the council's owners are told by email, and the council gets an event.
    """
    with transaction.atomic():
        lock_council(move.council)
        waiting = DomainMove.objects.open().filter(pk=move.pk, agreed_at=None)
        if not waiting.update(agreed_by=by, agreed_at=timezone.now()):
            return False
        move.refresh_from_db()
        people = list(move.people.select_related("user"))
        _record(move, CouncilEvent.Kind.DOMAIN_MOVE_BEGUN, by=by)
        context = {"move": move, "council": move.council, "number": len(people)}
        for person in people:
            subject = f"Confirm your new email address at {move.council}"
            letter = context | {"person": person, "link": account_page}
            send_letter(person.user.email, subject, "domain_move_person", letter)
        _tell_owners(move, f"Email addresses at {move.council} are moving", context)
    return True


def cancel_domain_move(move: DomainMove, *, by: User) -> bool:
    """End a move; False if it had ended. New addresses that people have confirmed stay."""
    with transaction.atomic():
        lock_council(move.council)
        move.people.all().delete()
        still_open = DomainMove.objects.filter(pk=move.pk, closed_at=None)
        if not still_open.update(closed_at=timezone.now()):
            return False
        if move.agreed_at is not None:
            _record(move, CouncilEvent.Kind.DOMAIN_MOVE_CANCELLED, by=by)
            context = {"move": move, "council": move.council, "is_cancelled": True}
            subject = f"The move of email addresses at {move.council} has been cancelled"
            _tell_owners(move, subject, context)
    return True


def ask_to_move_address(user: User, *, link_for: Callable[[str], str]) -> AddressChange | None:
    """Send a link to the person's address of the new domain; None if no move waits for them.

    The old address gets an email from which the change can be cancelled, and works until the link
    was used. Raises TooManyEmails.
    """
    with transaction.atomic():
        lock_open_account(user)
        person = move_of(user)
        if person is None:
            return None
        for recipient in (user.email, person.new_email):
            count_email(sender=user, recipient=recipient)
        AddressChange.objects.filter(user=user).delete()
        tokens = new_token(), new_token()
        now = timezone.now()
        change = AddressChange.objects.create(
            user=user,
            new_email=person.new_email,
            old_digest=digest_of(tokens[0]),
            new_digest=digest_of(tokens[1]),
            asked_at=now,
            # Two operators agreed to the move, and the person is signed in.
            old_confirmed_at=now,
            move=person,
        )
        context = {
            "user": user,
            "change": change,
            "old": user.email,
            "council": person.move.council,
        }
        subject = "You asked to change your email address"
        send_letter(user.email, subject, "address_move", context | {"link": link_for(tokens[0])})
        is_taken = User.objects.filter(email=person.new_email).exists()
        if is_taken:
            subject = "This email address already has an account"
            send_letter(person.new_email, subject, "address_taken", context)
        else:
            subject = "Confirm your new email address"
            letter = context | {"link": link_for(tokens[1])}
            send_letter(person.new_email, subject, "address_move_new", letter)
    return change


def finish_move_of(person: DomainMovePerson) -> None:
    """Note that a person has moved; a move ends with the last of its people."""
    DomainMovePerson.objects.filter(pk=person.pk).update(moved_at=timezone.now())
    _close_if_all_moved(person.move_id)


def leave_moves(user: User) -> None:
    """Take an account that ends out of the moves that it is in."""
    for person in user.domain_moves.order_by("move_id"):
        person.delete()
        _close_if_all_moved(person.move_id)


def _close_if_all_moved(move_id: int) -> None:
    # The last two at once wait for each other, so that one of them finds that all have moved.
    DomainMove.objects.select_for_update(no_key=True).get(pk=move_id)
    people = DomainMovePerson.objects.filter(move=move_id)
    if not people.filter(moved_at=None).exists():
        DomainMove.objects.filter(pk=move_id, closed_at=None).update(closed_at=timezone.now())
        people.delete()


def delete_ended_moves() -> int:
    """Close moves that have expired and delete who was to move; return how many were closed."""
    with transaction.atomic():
        expired = list(DomainMove.objects.expired().values_list("pk", flat=True))
        DomainMovePerson.objects.filter(move__in=expired).delete()
        return DomainMove.objects.filter(pk__in=expired).update(closed_at=timezone.now())


def _record(move: DomainMove, kind: CouncilEvent.Kind, *, by: User) -> None:
    CouncilEvent.objects.create(
        council=move.council,
        kind=kind,
        by=by,
        before=f"@{move.old_domain}",
        after=f"@{move.new_domain}",
    )


def _tell_owners(move: DomainMove, subject: str, context: dict[str, Any]) -> None:
    owners = Membership.objects.active_owners().filter(council=move.council)
    for owner in owners.select_related("user"):
        send_letter(owner.user.email, subject, "domain_move_owner", context | {"to": owner.user})
